"""The letters of a reminder: one for every unit that owes something; and the register of those that were sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from gkcheck.errors import BadRequest
from gkcheck.journal import STATUSES, Scope
from gkcheck.journal.live import undone_batches
from gkcheck.ledger.assignments import fingerprint, members_of
from gkcheck.ledger.fold import Ledger, State
from gkcheck.ledger.latest import LatestEntries
from gkcheck.ledger.queries import TaskFilter, select
from gkcheck.model import CLAIMS, Action, Draft, Entry, Status, Task
from gkcheck.types import NamedTuple

UNFINISHED = frozenset({Status.TODO, Status.DOING, Status.BLOCKED})

LETTERS = Scope(action=Action.REMIND)
"""The part of the journal that `recorded_letters` needs."""


class Owed(NamedTuple):
    """One unfinished assignment with its task; `times` counts the letters about it, this one included."""

    task: Task
    state: State
    times: int = 1


class Letter(NamedTuple):
    """One letter. `number` runs within a year; `as_of` is the day whose state it tells, `day` that of the letter.

    `open`: the addressee is a class whose members no source lists. `reply_by` is the day by which it asks for an answer.
    """

    unit: str
    number: int
    day: date
    as_of: date
    before: date | None
    open: bool
    owed: tuple[Owed, ...]
    reply_by: date | None = None

    @property
    def times(self) -> int:
        """The most letters about one of its assignments, this one included: 2 for a second reminder."""
        return max(item.times for item in self.owed)

    def drafts(self) -> list[Draft]:
        """Return the facts that record the letter as sent, one for each of its assignments."""
        reply_by = self.reply_by.isoformat() if self.reply_by else None
        return [
            Draft(Action.REMIND, item.task.id, self.unit, fingerprint(item.task), letter=self.number, reply_by=reply_by)
            for item in self.owed
        ]


class RecordedLetter(NamedTuple):
    """A letter as the journal holds it: one entry for each of its assignments, in the order of facts.

    `undone`: its batch was taken back; its number is not given again.
    """

    entries: tuple[Entry, ...]
    undone: bool

    @property
    def number(self) -> int:
        return self.entries[0].letter or 0

    @property
    def day(self) -> str:
        """The day of the letter, as YYYY-MM-DD; its number is within that year."""
        return self.entries[0].day

    @property
    def unit(self) -> str | None:
        return self.entries[0].unit

    @property
    def reply_by(self) -> str | None:
        return self.entries[0].reply_by

    @property
    def batch(self) -> str:
        return self.entries[0].batch

    @property
    def tasks(self) -> list[int]:
        return [entry.task for entry in self.entries if entry.task is not None]


def recorded_letters(entries: Iterable[Entry]) -> list[RecordedLetter]:
    """Return every letter that was ever recorded, those taken back included, in the order of facts.

    Args:
        entries: what a journal reads of `LETTERS`; others may be among them.
    """
    entries = list(entries)
    undone = undone_batches(entries)
    letters: dict[tuple[str, str | None, int | None], list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.order):
        if entry.action is Action.REMIND:
            letters.setdefault((entry.batch, entry.unit, entry.letter), []).append(entry)
    return [RecordedLetter(tuple(held), batch in undone) for (batch, _, _), held in letters.items()]


def letters_by_unit(sent: Iterable[RecordedLetter]) -> Counter[str]:
    """Return how many letters each unit was sent; those taken back are not counted."""
    return Counter(letter.unit for letter in sent if letter.unit is not None and not letter.undone)


class RegisterRow(NamedTuple):
    """A sent letter, the tasks about which its unit has said something since, and if it is past its reply-by date."""

    letter: RecordedLetter
    answered: list[int]
    late: bool


def answers_scope(sent: Collection[RecordedLetter]) -> Scope:
    """Return the part of the journal that `register` needs to tell which of the letters were answered."""
    if not sent:
        return STATUSES
    tasks = frozenset(task for letter in sent for task in letter.tasks)
    units = [letter.unit for letter in sent if letter.unit is not None]
    return Scope(tasks, frozenset(units) if len(units) == len(sent) else None)


def register(ledger: Ledger, sent: Iterable[RecordedLetter]) -> list[RegisterRow]:
    """Return the register of letters in the order of `sent`; late are those not answered in full, as of the ledger's day."""
    rows = []
    for letter in sent:
        answered = [entry.task for entry in letter.entries if entry.task is not None and _is_answered(ledger, entry)]
        is_open = not letter.undone and len(answered) < len(letter.tasks)
        late = is_open and letter.reply_by is not None and letter.reply_by < ledger.as_of.isoformat()
        rows.append(RegisterRow(letter, answered, late))
    return rows


def _is_answered(ledger: Ledger, reminder: Entry) -> bool:
    """True if the unit has claimed or noted anything about the assignment after the reminder."""
    held = (ledger.latest.get((reminder.task or 0, unit)) for unit in {reminder.unit, None})
    return any(entry.order > reminder.order for latest in held if latest for entry in _claims(latest))


def _claims(latest: LatestEntries) -> list[Entry]:
    entries = (latest.claim, latest.note, latest.problem, latest.next, *latest.evidence)
    return [entry for entry in entries if entry is not None and entry.action in CLAIMS]


def next_number(sent: Iterable[RecordedLetter], day: date, first_number: int | None = None) -> int:
    """Return the number of the next letter of the day's year.

    Numbers of letters taken back count as used: such a letter may have left the office.

    Args:
        first_number: begin the year, or go on, with this number.

    Raises:
        BadRequest: `first_number` would give a number again.
    """
    year = str(day.year)
    used = max((letter.number for letter in sent if letter.day[:4] == year), default=0)
    if first_number is None:
        return used + 1
    if first_number <= used:
        raise BadRequest(f"{year} 年的催办单已编到 {used} 号，--first-number 请写 {used + 1} 或更大的数，或者不写")
    return first_number


def letters_for(
    ledger: Ledger,
    day: date,
    units: frozenset[str] | None = None,
    before: date | None = None,
    first_number: int | None = None,
    sent: Sequence[RecordedLetter] = (),
    reply_by: date | None = None,
) -> list[Letter]:
    """Return a letter for every unit that has unfinished assignments: units in registry order, open classes last.

    Args:
        day: the date of the letters.
        units: only these; None: all.
        before: only what is due by this day.
        first_number: the number of the first letter, see `next_number`; the others are numbered on from it.
        sent: all letters of before.
        reply_by: the day by which they ask for an answer.
    """
    times = Counter((task, letter.unit) for letter in sent if not letter.undone for task in letter.tasks)
    owed: dict[str, list[Owed]] = {}
    for row in select(ledger, TaskFilter(units=units, due_by=before)):
        for state in row.states:
            unit = state.assignment.unit
            if state.status in UNFINISHED:
                owed.setdefault(unit, []).append(Owed(row.task, state, times[row.task.id, unit] + 1))
    members = members_of(ledger.plan)
    order = dict.fromkeys([*(unit.name for unit in ledger.plan.units), *members])
    reminded = [unit for unit in order if unit in owed]
    return [
        Letter(unit, number, day, ledger.as_of, before, members.get(unit) == [], urgent_first(owed[unit]), reply_by)
        for number, unit in enumerate(reminded, next_number(sent, day, first_number))
    ]


def urgent_first(owed: Collection[Owed]) -> tuple[Owed, ...]:
    """Return overdue assignments first, the longest overdue before the others; then by deadline; then in task order."""

    def urgency(item: Owed) -> tuple[bool, date, int]:
        deadline = item.state.deadline
        return (not item.state.overdue, deadline.date if deadline and deadline.date else date.max, item.task.id)

    return tuple(sorted(owed, key=urgency))
