"""Fold entries, then derive the present state of each assignment from them on demand."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, overload

from gkcheck.ledger.assignments import assignment_of, assignments_of_task, fingerprint, members_of
from gkcheck.model import (
    FINISHED,
    REVIEWS,
    STATUS_AFTER,
    Action,
    Assignment,
    Deadline,
    Entry,
    Evidence,
    Plan,
    Section,
    Status,
    Task,
)


class LatestEntries:
    """The latest entry of each kind about one (task, unit) or one whole task, and every entry with evidence.

    `review` is the latest entry whose action is in `REVIEWS`.
    """

    __slots__ = ("deadline", "evidence", "last", "note", "review", "status")

    def __init__(self) -> None:
        self.status: Entry | None = None
        self.review: Entry | None = None
        self.note: Entry | None = None
        self.deadline: Entry | None = None
        self.last: Entry | None = None
        self.evidence: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Add a later entry."""
        if entry.action in STATUS_AFTER:
            self.status = entry
        if entry.action in REVIEWS:
            self.review = entry
        if entry.action is Action.DEADLINE:
            self.deadline = entry
        if entry.note:
            self.note = entry
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


class State(NamedTuple):
    """The present state of one assignment.

    `note` is the latest since the status was set. `returned`: the office sent the claim back, for `reason`, and it
    was not claimed again. `changed`: the task's text or units changed after the status was recorded. `updated` is
    the time of the last entry about it. `due_soon`: unfinished, not overdue, due within `DUE_SOON`.
    """

    assignment: Assignment
    status: Status
    deadline: Deadline | None
    overdue: bool
    updated: str | None
    by: str | None
    note: str | None
    evidence: tuple[Evidence, ...]
    returned: bool
    changed: bool
    reason: str | None = None
    due_soon: bool = False


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
            return State(
                assignment, Status.TODO, task.deadline, overdue, None, None, None, (), False, False, None, due_soon
            )
        own, whole = own or _NO_ENTRIES, whole or _NO_ENTRIES
        status_entry = _later(own.status, whole.status)
        status = STATUS_AFTER[status_entry.action] if status_entry else Status.TODO
        deadline = _deadline(task, _later(own.deadline, whole.deadline))
        note = _later(own.note, whole.note)
        if note and status_entry and note.order < status_entry.order:
            note = None
        review = _later(own.review, whole.review)
        returned = review if review is not None and review.action is Action.RETURN else None
        last = _later(own.last, whole.last)
        assert last is not None
        overdue, due_soon = self._lateness(deadline, status)
        return State(
            assignment=assignment,
            status=status,
            deadline=deadline,
            overdue=overdue,
            updated=last.at,
            by=last.by,
            note=note.note if note else None,
            evidence=_evidence(own, whole),
            returned=returned is not None,
            changed=status_entry is not None and status_entry.of not in (None, self._fingerprint(task)),
            reason=returned.note if returned else None,
            due_soon=due_soon,
        )

    def status_entry(self, task: Task, unit: str) -> Entry | None:
        """Return the entry that last set the status of the unit's assignment of a task; None where none did."""
        own, whole = self.latest.get((task.id, unit)), self.latest.get((task.id, None))
        return _later(own.status if own else None, whole.status if whole else None)

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


def _evidence(own: LatestEntries, whole: LatestEntries) -> tuple[Evidence, ...]:
    entries = own.evidence
    if whole.evidence:
        entries = sorted(entries + whole.evidence, key=lambda entry: entry.order)
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
