"""Find what no longer fits between the plan, the entries and the files handed in as evidence. Pure.

The entries are looked at once, in the order of facts, by the fields of their lines. Only letters, undos, entries with
files and those of which something is to be said are decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import date, datetime, timedelta
from itertools import chain

from gkcheck import labels
from gkcheck.journal import Lines, in_order
from gkcheck.journal.clock import at_office, in_zone
from gkcheck.journal.entry_line import EntryLine, LineBlock
from gkcheck.journal.live import undone_batches
from gkcheck.journal.record_format import decode
from gkcheck.ledger.assignments import assignments_of_task, fingerprint, members_of
from gkcheck.ledger.fold import Ledger
from gkcheck.ledger.latest import LatestByAssignment, LatestEntries, fold, later, recurring_tasks
from gkcheck.model import CLAIMS, STATUS_AFTER, Action, Entry, Evidence, Period, Plan, Problem, Task, Where
from gkcheck.operations.remind import RecordedLetter, recorded_letters, register
from gkcheck.spool import TextSpool

_SETS_STATUS = frozenset(STATUS_AFTER)
_SELDOM = frozenset({Action.RETURN, Action.DEADLINE})
_REPORTED = frozenset({Action.DONE, Action.CONFIRM})
_SEEN = ("seq", "at", "by", "task", "unit", "action", "of", "evidence", "on", "recorded_by", "batch", "id")
_WENT_BACK = frozenset({Action.START, Action.BLOCK, Action.REOPEN})


def check_entries(plan: Plan, lines: Lines, today: date) -> EntryCheck:
    """Look at every entry of a journal.

    The undone batches and the tasks that come round again have to be known beforehand: the entries are looked at again
    where they hold others than those that are found quickly.
    """
    undos = (at_office(undo, plan.zone) for undo in lines.undos())
    undone: Set[str] = undone_batches(undos, today.isoformat())
    recurring = recurring_tasks(plan, {})
    while True:
        check = in_order(lambda: EntryCheck(plan, lines, today, undone, recurring))  # noqa: B023 - called at once
        if check.undone == undone and check.recurring <= recurring:
            return check
        undone, recurring = check.undone, check.recurring | recurring


Kept = int | bytes | Entry
"""An entry that is kept: by its place; by its line, or as decoded, where it has none."""

Key = tuple[int, str | None]
"""A task and a unit (None: the whole task)."""


class _Marks:
    """The latest live entry of a unit about each task, by the task's place in the plan: which set the status, reported."""

    __slots__ = ("reported", "status")

    def __init__(self, tasks: int) -> None:
        self.status: list[Kept | None] = [None] * tasks
        self.reported: list[Kept | None] = [None] * tasks


class Problems(Iterable[Problem]):
    """Problems about a file as a whole whose messages were set aside."""

    def __init__(self, file: str, messages: TextSpool) -> None:
        self._where, self._messages = Where(file, 0), messages

    def __bool__(self) -> bool:
        return bool(self._messages)

    def __iter__(self) -> Iterator[Problem]:
        return (Problem(self._where, message) for message in self._messages)


class EntryCheck:
    """The findings about the entries of a journal, of which there are `count`.

    `files` are those handed in as evidence, each content once. `undone` are the batches that are undone by the end of
    today and `recurring` the tasks that come round again, as the entries have it.

    Args:
        lines: the entries in the order of facts, each once.
        undone, recurring: these, as far as they are known beforehand.
    """

    def __init__(
        self,
        plan: Plan,
        lines: Lines,
        today: date,
        undone: Set[str] = frozenset(),
        recurring: Set[int] = frozenset(),
    ) -> None:
        self.count = 0
        self._plan, self._today, self._last_day, self._lines = plan, today, today.isoformat(), lines
        self._known_undone, self._known_recurring = undone, recurring
        tasks = plan.tasks()
        self._tasks = {str(task.id): (place, fingerprint(task)) for place, task in enumerate(tasks)}
        names: list[str | None] = [None, *(unit.name for unit in plan.units), *(group.name for group in plan.groups)]
        self._marks = {name: _Marks(len(tasks)) for name in names}
        self._returned: dict[Key, Kept] = {}
        self._answered: dict[Key, Kept] = {}
        self._about_recurring: dict[int, list[Kept]] = {}
        self._recurs: set[Key] = set()
        self._recorded: dict[str, str] = {}
        self._unfit, self._jumps = TextSpool(), TextSpool()
        self._undos: list[Entry] = []
        self._reminders: list[Entry] = []
        self._reminded: set[Key] = set()
        self._attachments: dict[str | None, Evidence] = {}
        self._look_at(lines)
        self.undone = undone_batches(self._undos, self._last_day)
        self.recurring = frozenset(task for task, _ in self._recurs)
        self.files = list(self._attachments.values())

    def _look_at(self, lines: Lines) -> None:
        """Look at all entries, at the usual ones many at once: a journal may have a million."""
        for one in lines.in_blocks(_SEEN):
            if isinstance(one, LineBlock):
                self._look_at_block(one)
            elif one.fields is not None:
                row = [field or "" for field in one.fields.group(*_SEEN)]
                self._look_at_block(LineBlock([one.line], [one.place], [row]))
            else:
                self._look_at_entry(one)
                self.count += 1

    def _look_at_block(self, block: LineBlock) -> None:
        """Look at entries by the fields of their lines, at the usual ones without a call."""
        tasks, marks_of, recorded, zone = self._tasks, self._marks, self._recorded, self._plan.zone
        recurring, reminded = set(map(str, self._known_recurring)), self._reminded
        tomorrow, undone = self._last_day + "U", self._known_undone  # "U" follows the "T" of a time
        self.count += len(block.lines)
        for line, place, (_, at, by, task, unit, action, of, evidence, on, recorder, batch, id_) in zip(
            *block, strict=True
        ):
            if not at.endswith(zone):
                at = in_zone(at, zone)
            known, marks = tasks.get(task), marks_of.get(unit or None)
            if known is None or marks is None or (of and of != known[1]):
                self._check_fit(id_, at, task, unit or None)
            by = recorder or by
            before = recorded.get(by)
            if before is not None and at < before:
                self._check_clock(id_, at, by, before)
            recorded[by] = at
            if evidence and '"kind":"file"' in evidence:
                self._add_files(decode(line))
            if (on or at) >= tomorrow or batch in undone:
                continue
            if known is not None and marks is not None and action in _SETS_STATUS:
                kept = place if place >= 0 else line
                marks.status[known[0]] = kept
                if action in _REPORTED:
                    marks.reported[known[0]] = kept
            if action in _SELDOM or task in recurring or (reminded and (int(task), unit or None) in reminded):
                self._note(decode(line), place if place >= 0 else line)

    def _look_at_entry(self, one: EntryLine) -> None:
        """Look at an entry whose line has to be decoded: an undo, a letter, a name with an escape."""
        entry = at_office(one.decoded(), self._plan.zone)
        kept = one.place if one.place >= 0 else entry
        if entry.action is Action.UNDO:
            self._undos.append(entry)
        elif entry.action is Action.REMIND:
            self._reminders.append(entry)
            self._reminded |= {(entry.task or 0, entry.unit), (entry.task or 0, None)}
        known, marks = self._tasks.get(str(entry.task)), self._marks.get(entry.unit)
        if entry.task is not None and (known is None or marks is None or entry.of not in (None, known[1])):
            self._check_fit(one.id, entry.at, str(entry.task), entry.unit)
        by = entry.recorded_by or entry.by
        before = self._recorded.get(by)
        if before is not None and entry.at < before:
            self._check_clock(one.id, entry.at, by, before)
        self._recorded[by] = entry.at
        self._add_files(entry)
        if entry.day > self._last_day or entry.batch in self._known_undone or entry.action is Action.UNDO:
            return
        if known is not None and marks is not None and entry.action in _SETS_STATUS:
            marks.status[known[0]] = kept
            if entry.action in _REPORTED:
                marks.reported[known[0]] = kept
        self._note(entry, kept)

    def _note(self, entry: Entry, kept: Kept) -> None:
        """Note what only few live entries say, or what is asked of few."""
        if entry.task is None:
            return
        key = entry.task, entry.unit
        if entry.action is Action.RETURN:
            self._returned[key] = kept
        elif entry.action is Action.DEADLINE:
            (self._recurs.add if entry.every else self._recurs.discard)(key)
        says = entry.action is not Action.NOTE or entry.note or entry.problem or entry.next or entry.evidence
        if key in self._reminded and entry.action in CLAIMS and says:
            self._answered[key] = kept
        if entry.task in self._known_recurring:
            self._about_recurring.setdefault(entry.task, []).append(kept)

    def _check_fit(self, id_: str, at: str, task: str, unit: str | None) -> None:
        """Note an entry whose task or unit is no longer in the plan, or whose task has changed since."""
        if task not in self._tasks:
            fault = "责任分工表已没有这项具体要求，记录保留但不计入"
        elif unit not in self._marks:
            fault = "责任分工表已没有这个单位，记录保留但不计入"
        else:
            fault = "内容已变更，请复核"
        about = f"记录 {id_[:12]}（{at[:10]}，具体要求 {task}，{unit or '全部责任单位'}）"
        self._unfit.add(f"{about}：{fault}")

    def _check_clock(self, id_: str, at: str, recorder: str, before: str) -> None:
        """Note an entry recorded more than a day before the one of the same recorder that it follows.

        Of one recorder only: the order of facts interleaves the journals that different people kept apart.
        """
        if before[:10] > at[:10]:
            gap = datetime.fromisoformat(before) - datetime.fromisoformat(at)
            if gap > timedelta(days=1):
                self._jumps.add(
                    f"记录时间倒退 {gap.days} 天以上：{recorder} 在 {labels.when(before)} 之后的一条（记录 {id_[:12]}）"
                    f"是 {labels.when(at)}，请检查那台机器的时钟"
                )

    def _add_files(self, entry: Entry) -> None:
        if not entry.evidence:
            return
        from gkcheck.journal.attachments import attachments_of

        for file in attachments_of(entry.evidence):
            self._attachments[file.sha256] = file

    # -- what is to be said ----------------------------------------------------------------------------

    def unfit(self, journal: str) -> Problems:
        """Return a problem for each entry whose task or unit is no longer in the plan, or whose task has changed since.

        `journal` is the name that the problems call the journal by.
        """
        return Problems(journal, self._unfit)

    def to_look_at(self, plan_name: str, journal: str) -> Iterator[Problem]:
        """Yield what a person should look at although nothing is damaged, in the order of the kinds below.

        Units in no group; claims that went back after they were reported; letters of one number; letters past their
        reply-by date without an answer; recording times that jump back.
        """
        letters = recorded_letters([*self._undos, *self._reminders])
        said = chain(
            self._claims_gone_back(), _letters_of_one_number(letters), self._unanswered_letters(letters), self._jumps
        )
        yield from (Problem(Where(plan_name, 0), f"请核对：{line}") for line in _units_in_no_group(self._plan))
        yield from (Problem(Where(journal, 0), f"请核对：{line}") for line in said)

    def _claims_gone_back(self) -> Iterator[str]:
        """Yield a line for each assignment claimed to be unfinished after it was reported, with no return in between."""
        members, whole = members_of(self._plan), self._marks[None]
        for place, task in enumerate(self._plan.tasks()):
            ledger = self._ledger_of(task) if task.id in self._known_recurring else None
            for assignment in assignments_of_task(task, members):
                own = self._marks[assignment.unit]
                if own.status[place] == own.reported[place] and whole.status[place] is None and ledger is None:
                    continue  # what set the status is the report itself, or nothing was said
                before = self._later(own.reported[place], whole.reported[place])
                if before is None:
                    continue
                now, period = self._later(own.status[place], whole.status[place]), None
                if ledger is not None:
                    state = ledger.state(task, assignment)
                    now, period = state.entry, state.period
                if now is None or now.action not in _WENT_BACK or not _is_within(before, period):
                    continue
                back = self._later(self._returned.get((task.id, assignment.unit)), self._returned.get((task.id, None)))
                if back is None or back.order <= before.order:
                    yield (
                        f"具体要求 {task.id} {assignment.unit}：{before.day} 记为“{labels.STATUS[STATUS_AFTER[before.action]]}”，"
                        f"{now.day} 又改为“{labels.STATUS[STATUS_AFTER[now.action]]}”（{now.by}，批次 {now.batch}）"
                    )

    def _ledger_of(self, task: Task) -> Ledger:
        """Return the ledger of one task that comes round again."""
        entries = [self._entry(kept) for kept in self._about_recurring.get(task.id, ())]
        return Ledger(self._plan, fold(entries), self._today, entries)

    def _unanswered_letters(self, letters: Sequence[RecordedLetter]) -> Iterator[str]:
        """Yield a line for each letter past its reply-by date that was not answered in full."""
        latest: LatestByAssignment = {}
        for (task, unit), kept in self._answered.items():
            latest[task, unit] = LatestEntries()
            latest[task, unit].add(self._entry(kept))
        for row in register(Ledger(self._plan, latest, self._today, ()), letters):
            if row.late:
                number = labels.letter_number(row.letter.day, row.letter.number)
                open_tasks = "、".join(str(task) for task in row.letter.tasks if task not in row.answered)
                yield f"{number} 请 {row.letter.unit or '各单位'} 在 {row.letter.reply_by} 前答复，具体要求 {open_tasks} 还没有答复"

    def _later(self, one: Kept | None, other: Kept | None) -> Entry | None:
        """Return the later of two kept entries; None where there is neither."""
        return later(*(None if kept is None else self._entry(kept) for kept in (one, other)))

    def _entry(self, kept: Kept) -> Entry:
        if isinstance(kept, Entry):
            return kept
        entry = decode(kept) if isinstance(kept, bytes) else self._lines.entry_at(kept)
        return at_office(entry, self._plan.zone)


def check_files(
    files: Iterable[Evidence], attachment_fault: Callable[[Evidence], str | None], journal: str
) -> list[Problem]:
    """Return a problem for each file that is missing or altered: those in which `attachment_fault` finds a fault."""
    faults = (attachment_fault(file) for file in files)
    return [Problem(Where(journal, 0), fault) for fault in faults if fault]


def _units_in_no_group(plan: Plan) -> Iterator[str]:
    """Yield one line for all units in no group that no note explains, where the plan has units in groups at all."""
    if any(unit.groups for unit in plan.units):
        names = [unit.name for unit in plan.units if not unit.groups and not unit.note]
        if names:
            more = f" 等 {len(names)} 个单位" if len(names) > 6 else ""
            yield f"{'、'.join(names[:6])}{more}不属于任何类别，发给类别的不算它的，也不参加排名；请补上 groups，确实不属于的用 note 写明"


def _is_within(entry: Entry, period: Period | None) -> bool:
    """True if an entry is of the period that is asked of; where the assignment does not come round, each is."""
    return period is None or period.start.isoformat() <= entry.day <= period.end.isoformat()


def _letters_of_one_number(letters: Sequence[RecordedLetter]) -> Iterator[str]:
    """Yield a line for each number of a year that several letters bear: two journals numbered on, then were merged.

    A letter that was taken back is settled.
    """
    by_number: dict[str, list[RecordedLetter]] = {}
    for letter in letters:
        if not letter.undone:
            by_number.setdefault(labels.letter_number(letter.day, letter.number), []).append(letter)
    for number, held in by_number.items():
        if len(held) > 1:
            listed = "、".join(f"{one.day} 给{one.unit or '各单位'}的（批次 {one.batch}）" for one in held)
            yield f"{number} 编了 {len(held)} 份：{listed}；请只留一份，其余的用 gkcheck undo 撤销，另行编号"
