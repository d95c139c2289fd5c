"""Fold entries, then derive the present state of each assignment from them on demand."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, overload

from gkcheck.ledger.assignments import assignment_of, assignments_of_task, fingerprint, members_of
from gkcheck.model import (
    ACTS,
    CLAIMS,
    FINISHED,
    REVIEWS,
    STATUS_AFTER,
    Action,
    Assignment,
    Deadline,
    Draft,
    Entry,
    Evidence,
    Plan,
    Section,
    Status,
    Task,
)


class LatestEntries:
    """The latest entry of each kind about one (task, unit) or one whole task, every letter and all with evidence.

    `claim` set the status of a claim, `act` is the office's answer, `review` the latest whose action is in `REVIEWS`;
    `note`, `problem` and `next` are the latest claims, notes included, that say anything of these.
    """

    __slots__ = ("act", "claim", "deadline", "evidence", "last", "letters", "next", "note", "problem", "review")

    def __init__(self) -> None:
        self.claim: Entry | None = None
        self.act: Entry | None = None
        self.review: Entry | None = None
        self.note: Entry | None = None
        self.problem: Entry | None = None
        self.next: Entry | None = None
        self.deadline: Entry | None = None
        self.last: Entry | None = None
        self.evidence: list[Entry] = []
        self.letters: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Add a later entry."""
        if entry.action in CLAIMS:
            if entry.action in STATUS_AFTER:
                self.claim = entry
            if entry.note:
                self.note = entry
            if entry.problem:
                self.problem = entry
            if entry.next:
                self.next = entry
        elif entry.action in ACTS:
            self.act = entry
        elif entry.action is Action.DEADLINE:
            self.deadline = entry
        elif entry.action is Action.REMIND:
            self.letters.append(entry)
        if entry.action in REVIEWS:
            self.review = entry
        if entry.evidence:
            self.evidence.append(entry)
        self.last = entry


LatestByAssignment = dict[tuple[int, str | None], LatestEntries]


def fold(entries: Iterable[Entry]) -> LatestByAssignment:
    """Return the latest entries by (task, unit); unit None: those about the whole task.

    Args:
        entries: the live entries, in the order of facts.
    """
    latest: LatestByAssignment = {}
    for entry in entries:
        if entry.task is not None and entry.action is not Action.UNDO:
            latest.setdefault((entry.task, entry.unit), LatestEntries()).add(entry)
    return latest


DUE_SOON = timedelta(days=7)
"""An unfinished assignment is due soon from this long before its deadline."""


class Claim(NamedTuple):
    """What was last said for a unit. Acts of the office, deadlines and letters leave it as it is.

    `status` is None where only notes were recorded. `by` is who filled it in, `recorded_by` who typed it in where that
    is somebody else, `at` the time of recording, `day` that of the fact. `note` (进展情况), `problem` (存在问题) and
    `next` (下一步措施) are the latest since the status was claimed.
    """

    status: Status | None
    by: str
    recorded_by: str | None
    at: str
    day: str
    note: str | None
    problem: str | None
    next: str | None


class Act(NamedTuple):
    """The office's latest answer to a claim: `action` is confirm or return, `note` its reason (审核意见)."""

    action: Action
    by: str
    at: str
    note: str | None


class SentLetter(NamedTuple):
    """A letter that reminded of the assignment: its number within the year of its `day`; `reply_by` as YYYY-MM-DD."""

    number: int
    day: str
    reply_by: str | None


class State(NamedTuple):
    """The present state of one assignment.

    `status` is that of the claim or of the act, whichever came later. `returned`: the office sent the claim back and
    it was not claimed again. `changed`: the task's text or units changed after the status was recorded. `updated` is
    the time of the last entry about it as written, whatever it says. `due_soon`: unfinished, not overdue, due within `DUE_SOON`.
    """

    assignment: Assignment
    status: Status
    deadline: Deadline | None
    overdue: bool
    updated: str | None = None
    claim: Claim | None = None
    act: Act | None = None
    letters: tuple[SentLetter, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    returned: bool = False
    changed: bool = False
    due_soon: bool = False

    @property
    def note(self) -> str | None:
        """The progress that was claimed (进展情况)."""
        return self.claim.note if self.claim else None

    @property
    def reason(self) -> str | None:
        """The reason of a return that still stands."""
        return self.act.note if self.returned and self.act else None


class TaskRow(NamedTuple):
    """A task with its section, its computed status, and the states of its assignments in their order."""

    task: Task
    section: Section
    status: Status
    deadline: Deadline | None
    overdue: bool
    assigned: int
    finished: int
    states: list[State]


class Ledger:
    """The present state of a plan: its assignments and their latest entries. Overdue is as of the day `as_of`."""

    def __init__(self, plan: Plan, latest: LatestByAssignment, as_of: date) -> None:
        self.plan = plan
        self.as_of = as_of
        self.latest = latest
        self.members = members_of(plan)
        self._rows: list[TaskRow] | None = None
        self._fingerprints: dict[int, str] = {}

    def state(self, task: Task, assignment: Assignment) -> State:
        """Return the state of an assignment, from its own entries and those about the whole task by their order."""
        own = self.latest.get((task.id, assignment.unit))
        whole = self.latest.get((task.id, None))
        if own is None and whole is None:
            overdue, due_soon = self._lateness(task.deadline, Status.TODO)
            return State(assignment, Status.TODO, task.deadline, overdue, due_soon=due_soon)
        own, whole = own or _NO_ENTRIES, whole or _NO_ENTRIES
        claim, act = _later(own.claim, whole.claim), _later(own.act, whole.act)
        status_entry = _later(claim, act)
        status = STATUS_AFTER[status_entry.action] if status_entry else Status.TODO
        deadline = _deadline(task, _later(own.deadline, whole.deadline))
        review = _later(own.review, whole.review)
        last = _later(own.last, whole.last)
        assert last is not None
        overdue, due_soon = self._lateness(deadline, status)
        return State(
            assignment=assignment,
            status=status,
            deadline=deadline,
            overdue=overdue,
            updated=last.at_as_written,
            claim=_claim(claim, own, whole),
            act=Act(act.action, act.by, act.at, act.note) if act else None,
            letters=_letters(own, whole),
            evidence=_evidence(own, whole),
            returned=review is not None and review.action is Action.RETURN,
            changed=status_entry is not None and status_entry.of not in (None, self._fingerprint(task)),
            due_soon=due_soon,
        )

    def status_entry(self, task: Task, unit: str) -> Entry | None:
        """Return the entry that last set the status of the unit's assignment of a task; None where none did."""
        own, whole = self.latest.get((task.id, unit)), self.latest.get((task.id, None))
        entries = [held for one in (own, whole) if one for held in (one.claim, one.act) if held]
        return max(entries, key=lambda entry: entry.order, default=None)

    def states(self, task: Task) -> list[State]:
        """Return the states of all assignments of a task, in the order of `assignments_of_task`."""
        return [self.state(task, assignment) for assignment in assignments_of_task(task, self.members)]

    @overload
    def row(self, task: Task, section: Section) -> TaskRow: ...

    @overload
    def row(self, task: Task, section: Section, unit: str | None) -> TaskRow | None: ...

    def row(self, task: Task, section: Section, unit: str | None = None) -> TaskRow | None:
        """Return a task with the states of all its assignments, or of one unit's; None where `unit` has none."""
        if unit is None:
            states = self.states(task)
        else:
            owed = assignment_of(task, unit, self.members)
            if owed is None:
                return None
            states = [self.state(task, owed)]
        whole = self.latest.get((task.id, None))
        return TaskRow(
            task=task,
            section=section,
            status=status_of(states),
            deadline=_deadline(task, whole.deadline if whole else None),
            overdue=any(state.overdue for state in states),
            assigned=len(states),
            finished=sum(state.status in FINISHED for state in states),
            states=states,
        )

    def rows(self) -> list[TaskRow]:
        """Return the rows of every task, in document order; computed once."""
        if self._rows is None:
            self._rows = [self.row(task, section) for section in self.plan.sections for task in section.tasks]
        return self._rows

    def _fingerprint(self, task: Task) -> str:
        if task.id not in self._fingerprints:
            self._fingerprints[task.id] = fingerprint(task)
        return self._fingerprints[task.id]

    def _lateness(self, deadline: Deadline | None, status: Status) -> tuple[bool, bool]:
        """Return (overdue, due soon)."""
        if deadline is None or deadline.date is None or status in FINISHED or status is Status.SKIPPED:
            return (False, False)
        late = deadline.date < self.as_of
        return (late, not late and deadline.date - self.as_of <= DUE_SOON)


_NO_ENTRIES = LatestEntries()


def _later(one: Entry | None, other: Entry | None) -> Entry | None:
    """Return the later of two entries in the order of facts; None where there is neither."""
    if one is None or other is None:
        return one or other
    return one if one.order > other.order else other


def _deadline(task: Task, entry: Entry | None) -> Deadline | None:
    if entry is None:
        return task.deadline
    return Deadline(None, date.fromisoformat(entry.due)) if entry.due else None


def _claim(claim: Entry | None, own: LatestEntries, whole: LatestEntries) -> Claim | None:
    """Return the claim, with the words said since its status was set; None where nothing was said at all."""
    held = [_later(own.note, whole.note), _later(own.problem, whole.problem), _later(own.next, whole.next)]
    since = [entry if entry is not None and (claim is None or entry.order >= claim.order) else None for entry in held]
    said = claim or max((entry for entry in since if entry is not None), key=lambda entry: entry.order, default=None)
    if said is None:
        return None
    note, problem, next_step = since
    words = words_of(note) if note is not None else Words()
    return Claim(
        status=STATUS_AFTER[claim.action] if claim else None,
        by=said.by,
        recorded_by=said.recorded_by,
        at=said.at,
        day=said.day,
        note=words.note,
        problem=problem.problem if problem else words.problem,
        next=next_step.next if next_step else words.next,
    )


class Words(NamedTuple):
    """The words of a claim: 进展情况, 存在问题, 下一步措施."""

    note: str | None = None
    problem: str | None = None
    next: str | None = None


def words_of(entry: Entry | Draft) -> Words:
    """Return the words of one claim as they were meant.

    Forms of before wrote all their columns into the note, each on a line after its title; a telephone number among
    them is nobody's progress. The note of a block that names no problem is its reason.
    """
    if entry.problem or entry.next or not entry.note:
        return Words(entry.note, entry.problem, entry.next)
    if entry.form is None:
        return Words(entry.note, entry.note if entry.action is Action.BLOCK else None)
    note, *rest = _FORM_COLUMN.split(entry.note)
    by_title = dict(zip(rest[::2], rest[1::2], strict=True))
    return Words(note.rstrip("\n") or None, by_title.get("存在问题") or None, by_title.get("下一步措施") or None)


_FORM_COLUMN = re.compile(r"(?:^|\n)(存在问题|下一步措施|联系电话)：")


def _letters(own: LatestEntries, whole: LatestEntries) -> tuple[SentLetter, ...]:
    return tuple(
        SentLetter(entry.letter or 0, entry.day, entry.reply_by) for entry in _in_order(own.letters, whole.letters)
    )


def _in_order(own: list[Entry], whole: list[Entry]) -> list[Entry]:
    return sorted(own + whole, key=lambda entry: entry.order) if whole else own


def _evidence(own: LatestEntries, whole: LatestEntries) -> tuple[Evidence, ...]:
    entries = _in_order(own.evidence, whole.evidence)
    return tuple(dict.fromkeys(item for entry in entries for item in entry.evidence))


def status_of(states: list[State]) -> Status:
    """Return a task's status, computed from its assignments (the skipped ones count only where all are)."""
    counted = {state.status for state in states} - {Status.SKIPPED}
    if not counted:
        return Status.SKIPPED
    if counted == {Status.CONFIRMED}:
        return Status.CONFIRMED
    if counted <= FINISHED:
        return Status.DONE
    if Status.BLOCKED in counted:
        return Status.BLOCKED
    return Status.TODO if counted == {Status.TODO} else Status.DOING
