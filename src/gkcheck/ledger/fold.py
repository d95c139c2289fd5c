"""Fold entries, then derive the present state of each assignment from them on demand."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from gkcheck.ledger.assignments import assignments_of_task, assignments_of_units, fingerprint, members_of
from gkcheck.ledger.latest import (
    NO_ENTRIES,
    LatestByAssignment,
    LatestEntries,
    by_assignment,
    fold,
    in_order,
    later,
    recurring_tasks,
)
from gkcheck.model import (
    FINISHED,
    STATUS_AFTER,
    Action,
    Assignment,
    Deadline,
    Draft,
    Entry,
    Every,
    Evidence,
    Period,
    Plan,
    Section,
    Status,
    Task,
)
from gkcheck.types import TYPE_CHECKING, NamedTuple, overload

if TYPE_CHECKING:
    from gkcheck.ledger.periods import Recurrence


def ledger_of(plan: Plan, entries: Sequence[Entry], as_of: date) -> Ledger:
    """Return the ledger of all live entries, which stand in the order of facts."""
    latest = fold(entries)
    recurring = recurring_tasks(plan, latest)
    return Ledger(plan, latest, as_of, [entry for entry in entries if entry.task in recurring] if recurring else ())


DUE_SOON = timedelta(days=7)
"""An unfinished assignment is due soon from this long before its deadline."""


class Claim(NamedTuple):
    """The last thing that was said for a unit. Acts of the office, deadlines and letters leave it as it is.

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
    """The present state of one assignment; where it comes round again, what was said for one `period` alone.

    `status` is that of the claim or of the act, whichever came later. `returned`: the office sent the claim back and
    it was not claimed again. `changed`: the task's text or units changed after the status was recorded. `updated` is
    the time of the last entry about it as written, whatever it says. `due_soon`: unfinished, not overdue, due within
    `DUE_SOON`. `entry` is the one that set the status.
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
    entry: Entry | None = None
    period: Period | None = None
    recurrence: Recurrence | None = None

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
    """The present state of a plan: its assignments and their latest entries. Overdue is as of the day `as_of`.

    `recurring` are all live entries about the tasks of `recurring_tasks`, in the order of facts. With `details` False
    its states are of statuses and deadlines alone: no `updated`, claim, letters and evidence (`Scope.details`).
    """

    def __init__(
        self,
        plan: Plan,
        latest: LatestByAssignment,
        as_of: date,
        recurring: Sequence[Entry] | None = None,
        details: bool = True,
    ) -> None:
        self.plan = plan
        self._details = details
        self.as_of = as_of
        self.latest = latest
        self.members = members_of(plan)
        self._recurring = None if recurring is None else by_assignment(recurring)
        self._rows: list[TaskRow] | None = None
        self._fingerprints: dict[int, str] = {}

    def state(self, task: Task, assignment: Assignment) -> State:
        """Return the state of an assignment, from its own entries and those about the whole task by their order.

        Where it comes round again, that is its state in the period that holds `as_of`.
        """
        own = self.latest.get((task.id, assignment.unit))
        whole = self.latest.get((task.id, None))
        deadline = _deadline_of(task, own, whole)
        if deadline is not None and deadline.every:
            return self._state_in_period(task, assignment, deadline, deadline.every, None, self.as_of)
        if own is None and whole is None:
            overdue, due_soon = self._lateness(deadline, Status.TODO)
            return State(assignment, Status.TODO, deadline, overdue, due_soon=due_soon)
        return self._state_after(task, assignment, deadline, own or NO_ENTRIES, whole or NO_ENTRIES)

    def state_for(self, task: Task, assignment: Assignment, action: Action, day: date) -> State:
        """Return the state that an entry of this action and day would change.

        Where the assignment comes round again, that is its state in the period that the entry would belong to.
        """
        own, whole = self.latest.get((task.id, assignment.unit)), self.latest.get((task.id, None))
        deadline = _deadline_of(task, own, whole)
        if deadline is None or not deadline.every:
            return self.state(task, assignment)
        return self._state_in_period(task, assignment, deadline, deadline.every, action, day)

    def _state_in_period(
        self, task: Task, assignment: Assignment, deadline: Deadline, every: Every, action: Action | None, day: date
    ) -> State:
        """Return the state in the period that an entry of `action` (None: any claim) and `day` would belong to."""
        from gkcheck.ledger.periods import deadline_in, fold_periods, period_of, recurrence_of, start_for

        entries = self._entries_about(task, assignment.unit)
        folded = fold_periods(every, entries)
        period = period_of(every, start_for(every, folded, action, day))
        own = folded.get(period.start, NO_ENTRIES)
        return self._state_after(task, assignment, deadline_in(deadline, period), own, NO_ENTRIES)._replace(
            period=period, recurrence=recurrence_of(deadline, every, self.plan, task, entries, folded, self.as_of)
        )

    def _entries_about(self, task: Task, unit: str) -> Sequence[Entry]:
        """Return all live entries about an assignment that comes round again, in the order of facts."""
        if self._recurring is None:
            raise ValueError("a ledger of tasks that come round again needs all entries about them")
        return in_order(self._recurring.get((task.id, unit), []), self._recurring.get((task.id, None), []))

    def _state_after(
        self, task: Task, assignment: Assignment, deadline: Deadline | None, own: LatestEntries, whole: LatestEntries
    ) -> State:
        """Return the state of an assignment after its own entries and those about the whole task."""
        claim, act, review = own.claim, own.act, own.review
        if whole is not NO_ENTRIES:
            claim, act, review = later(claim, whole.claim), later(act, whole.act), later(review, whole.review)
        status_entry = later(claim, act)
        status = STATUS_AFTER[status_entry.action] if status_entry else Status.TODO
        overdue, due_soon = self._lateness(deadline, status)
        returned = review is not None and review.action is Action.RETURN
        changed = status_entry is not None and status_entry.of not in (None, self._fingerprint(task))
        answer = Act(act.action, act.by, act.at, act.note) if act else None
        updated, said, letters, evidence = _details(claim, own, whole) if self._details else _NO_DETAILS
        return State(
            assignment, status, deadline, overdue, updated, said, answer, letters, evidence,
            returned, changed, due_soon, status_entry,
        )  # fmt: skip

    def states(self, task: Task) -> list[State]:
        """Return the states of all assignments of a task, in the order of `assignments_of_task`."""
        return [self.state(task, assignment) for assignment in assignments_of_task(task, self.members)]

    @overload
    def row(self, task: Task, section: Section) -> TaskRow: ...

    @overload
    def row(self, task: Task, section: Section, units: Collection[str] | None) -> TaskRow | None: ...

    def row(self, task: Task, section: Section, units: Collection[str] | None = None) -> TaskRow | None:
        """Return a task with the states of all its assignments, or those of `units`; None where these have none."""
        if units is None:
            states = self.states(task)
        else:
            states = [self.state(task, owed) for owed in assignments_of_units(task, units, self.members)]
            if not states:
                return None
        return TaskRow(
            task=task,
            section=section,
            status=status_of(states),
            deadline=self._task_deadline(task),
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

    def _task_deadline(self, task: Task) -> Deadline | None:
        deadline = _deadline_of(task, None, self.latest.get((task.id, None)))
        if deadline is None or not deadline.every:
            return deadline
        from gkcheck.ledger.periods import deadline_in, period_of

        return deadline_in(deadline, period_of(deadline.every, self.as_of))

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


def _deadline_of(task: Task, own: LatestEntries | None, whole: LatestEntries | None) -> Deadline | None:
    """Return the deadline in force: the latest that was set for the assignment or the task, else that of the plan."""
    entry = later(own.deadline if own else None, whole.deadline if whole else None)
    if entry is None:
        return task.deadline
    due = date.fromisoformat(entry.due) if entry.due else None
    return Deadline(None, due, entry.every) if due or entry.every else None


_Details = tuple[str | None, Claim | None, tuple[SentLetter, ...], tuple[Evidence, ...]]
"""The part of a state that readers of statuses do without: `updated`, `claim`, `letters`, `evidence`."""

_NO_DETAILS: _Details = (None, None, (), ())


def _details(claim: Entry | None, own: LatestEntries, whole: LatestEntries) -> _Details:
    last = later(own.last, whole.last)
    return (
        last.at_as_written if last else None,
        _claim(claim, own, whole),
        _letters(own, whole) if own.letters or whole.letters else (),
        _evidence(own, whole) if own.evidence or whole.evidence else (),
    )


def _claim(claim: Entry | None, own: LatestEntries, whole: LatestEntries) -> Claim | None:
    """Return the claim, with the words said since its status was set; None where nothing was said at all."""
    note, problem, next_step = own.note, own.problem, own.next
    if whole is not NO_ENTRIES:
        note, problem = later(note, whole.note), later(problem, whole.problem)
        next_step = later(next_step, whole.next)
    if claim is not None:
        note, problem, next_step = _since(claim, note), _since(claim, problem), _since(claim, next_step)
    said = claim or later(later(note, problem), next_step)
    if said is None:
        return None
    words = words_of(note) if note is not None else _NO_WORDS
    return Claim(
        STATUS_AFTER[claim.action] if claim else None,
        said.by,
        said.recorded_by,
        said.at,
        said.day,
        note=words.note,
        problem=problem.problem if problem else words.problem,
        next=next_step.next if next_step else words.next,
    )


def _since(claim: Entry, entry: Entry | None) -> Entry | None:
    """Return the entry unless it was made before the claim."""
    return entry if entry is claim or (entry is not None and entry.order >= claim.order) else None


class Words(NamedTuple):
    """The words of a claim: 进展情况, 存在问题, 下一步措施."""

    note: str | None = None
    problem: str | None = None
    next: str | None = None


_NO_WORDS = Words()


def words_of(entry: Entry | Draft) -> Words:
    """Return the words of one claim as they were meant.

    Forms of before wrote all their columns into the note, each on a line after its title; a telephone number among
    them is nobody's progress. The note of a block that names no problem is its reason.
    """
    if entry.problem or entry.next or not entry.note:
        return Words(entry.note, entry.problem, entry.next)
    if entry.form is None:
        return Words(entry.note, entry.note if entry.action is Action.BLOCK else None)
    note, *rest = re.split(_FORM_COLUMN, entry.note)
    by_title = dict(zip(rest[::2], rest[1::2], strict=True))
    return Words(note.rstrip("\n") or None, by_title.get("存在问题") or None, by_title.get("下一步措施") or None)


_FORM_COLUMN = r"(?:^|\n)(存在问题|下一步措施|联系电话)："


def _letters(own: LatestEntries, whole: LatestEntries) -> tuple[SentLetter, ...]:
    return tuple(
        SentLetter(entry.letter or 0, entry.day, entry.reply_by) for entry in in_order(own.letters, whole.letters)
    )


def _evidence(own: LatestEntries, whole: LatestEntries) -> tuple[Evidence, ...]:
    entries = in_order(own.evidence, whole.evidence)
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
