"""Fold a plan and its entries into the present state of every assignment; the queries as typed rows.

Pure: no clock, no file. The day is an argument.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from gkcheck.model import (
    FINISHED,
    STATUS_AFTER,
    Action,
    Assignment,
    Deadline,
    Entry,
    Evidence,
    Plan,
    Role,
    Section,
    Status,
    Task,
)

# -- assignments: what the table says before anything is recorded ---------------------------------------


def members_of(plan: Plan) -> dict[str, list[str]]:
    """The units of every group, in registry order; an open group has none."""
    members: dict[str, list[str]] = {group.name: [] for group in plan.groups}
    for unit in plan.units:
        for name in unit.groups:
            members.setdefault(name, []).append(unit.name)
    return members


def assignments_of_task(task: Task, members: dict[str, list[str]]) -> list[Assignment]:
    """Every assignment of a task, strongest role first, in printed order, groups in registry order.

    One per unit: the strongest role wins, and within a role a unit that is named wins over its group.
    """
    taken: dict[str, Assignment] = {}
    for role, names in task.named():
        direct = {name for name in names if not members.get(name)}
        for name in names:
            if name in direct:
                taken.setdefault(name, Assignment(task.id, name, role, None))
                continue
            for unit in members[name]:
                if unit not in direct:
                    taken.setdefault(unit, Assignment(task.id, unit, role, name))
    return list(taken.values())


def assignments_of(plan: Plan, unit: str) -> list[Assignment]:
    """What `unit` owes, in task order, one role per task (lead > responsible > support)."""
    members = members_of(plan)
    groups = {name for name, inside in members.items() if unit in inside}
    owed: list[Assignment] = []
    for task in plan.tasks():
        for role, names in task.named():
            if unit in names:
                owed.append(Assignment(task.id, unit, role, None))
                break
            through = next((name for name in names if name in groups), None)
            if through:
                owed.append(Assignment(task.id, unit, role, through))
                break
    return owed


def fingerprint(task: Task) -> str:
    """A hash of the task's text and units as printed: entries carry it, so that a later change shows."""
    parts = [task.text, *("\t".join((role, *names)) for role, names in task.named())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


# -- the fold -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Mark:
    """What the live entries about one (task, unit) or one whole task leave behind."""

    status: Entry | None = None
    note: Entry | None = None
    deadline: Entry | None = None
    last: Entry | None = None
    evidence: list[Entry] = field(default_factory=list)

    def take(self, entry: Entry) -> None:
        """Fold in a later entry."""
        if entry.action in STATUS_AFTER:
            self.status = entry
        if entry.action is Action.DEADLINE:
            self.deadline = entry
        if entry.note:
            self.note = entry
        if entry.evidence:
            self.evidence.append(entry)
        self.last = entry


Marks = dict[tuple[int, str | None], Mark]


def taken_back(entries: Iterable[Entry]) -> set[str]:
    """The batches that no longer count: an undo takes its batch back unless it was taken back itself.

    An undo reaches only what stands before it in the order of facts.
    """
    undos = [entry for entry in entries if entry.action is Action.UNDO and entry.undoes]
    dead: set[str] = set()
    for entry in sorted(undos, key=lambda entry: entry.order, reverse=True):
        if entry.batch not in dead and entry.undoes != entry.batch:
            dead.add(str(entry.undoes))
    return dead


def live(entries: Iterable[Entry], as_of: date | None = None) -> list[Entry]:
    """The entries that count, in the order of facts: up to the day `as_of` (None: all), undone ones left out."""
    chosen = list(entries)
    if as_of is not None:
        last_day = as_of.isoformat()
        chosen = [entry for entry in chosen if entry.day <= last_day]
    chosen.sort(key=lambda entry: entry.order)
    dead = taken_back(chosen)
    return [entry for entry in chosen if entry.batch not in dead]


def fold(entries: Iterable[Entry]) -> Marks:
    """Live entries in the order of facts → the marks they leave, by (task, unit); unit None: the whole task."""
    marks: Marks = {}
    for entry in entries:
        if entry.task is not None and entry.action is not Action.UNDO:
            marks.setdefault((entry.task, entry.unit), Mark()).take(entry)
    return marks


class State(NamedTuple):
    """The present state of one assignment.

    `note` is the latest word since its status was set; `returned` a claim sent back by the office and not
    yet made again; `changed` a status recorded before the task's text or units changed. `updated` is the
    time of the last entry that touched it.
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
    """Plan and entries, folded. `as_of` is the day by which overdue is judged."""

    def __init__(self, plan: Plan, marks: Marks, as_of: date) -> None:
        self.plan = plan
        self.as_of = as_of
        self.marks = marks
        self.members = members_of(plan)

    def state(self, task: Task, assignment: Assignment) -> State:
        """The state of one assignment: its own entries and those about the whole task, whichever is later."""
        own = self.marks.get((task.id, assignment.unit))
        whole = self.marks.get((task.id, None))
        if own is None and whole is None:
            overdue = self._late(task.deadline, Status.TODO)
            return State(assignment, Status.TODO, task.deadline, overdue, None, None, None, (), False, False)
        own, whole = own or _NOTHING, whole or _NOTHING
        status_entry = _later(own.status, whole.status)
        status = STATUS_AFTER[status_entry.action] if status_entry else Status.TODO
        deadline = _deadline(task, _later(own.deadline, whole.deadline))
        note = _later(own.note, whole.note)
        if note and status_entry and note.order < status_entry.order:
            note = None
        last = _later(own.last, whole.last)
        assert last is not None
        return State(
            assignment=assignment,
            status=status,
            deadline=deadline,
            overdue=self._late(deadline, status),
            updated=last.at,
            by=last.by,
            note=note.note if note else None,
            evidence=_evidence(own, whole),
            returned=status_entry is not None and status_entry.action is Action.RETURN,
            changed=status_entry is not None and status_entry.of not in (None, fingerprint(task)),
        )

    def states(self, task: Task) -> list[State]:
        """The states of all assignments of a task, in the order of `assignments_of_task`."""
        return [self.state(task, assignment) for assignment in assignments_of_task(task, self.members)]

    def row(self, task: Task, section: Section) -> TaskRow:
        """A task as it stands."""
        states = self.states(task)
        whole = self.marks.get((task.id, None))
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
        """Every task as it stands, in document order."""
        return [self.row(task, section) for section in self.plan.sections for task in section.tasks]

    def _late(self, deadline: Deadline | None, status: Status) -> bool:
        if deadline is None or deadline.date is None or status in FINISHED or status is Status.SKIPPED:
            return False
        return deadline.date < self.as_of


_NOTHING = Mark()


def _later(one: Entry | None, other: Entry | None) -> Entry | None:
    if one is None or other is None:
        return one or other
    return one if one.order > other.order else other


def _deadline(task: Task, entry: Entry | None) -> Deadline | None:
    if entry is None:
        return task.deadline
    return Deadline(None, date.fromisoformat(entry.due)) if entry.due else None


def _evidence(own: Mark, whole: Mark) -> tuple[Evidence, ...]:
    entries = own.evidence
    if whole.evidence:
        entries = sorted(entries + whole.evidence, key=lambda entry: entry.order)
    return tuple(dict.fromkeys(item for entry in entries for item in entry.evidence))


def status_of(states: list[State]) -> Status:
    """A task's status, computed from its assignments (the skipped ones do not count unless all are)."""
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


# -- queries --------------------------------------------------------------------------------------------


class Wanted(NamedTuple):
    """Which tasks and assignments a query asks for; None: any.

    `unit`, `role`, `overdue` and `due_by` choose assignments, and a task is in the answer where one
    remains. `status` means the assignment's where a unit is given, else the task's. `named` leaves out
    assignments through a group.
    """

    tasks: frozenset[int] | None = None
    unit: str | None = None
    section: str | None = None
    role: Role | None = None
    status: Status | None = None
    match: str | None = None
    channel: str | None = None
    named: bool = False
    overdue: bool = False
    due_by: date | None = None


def select(ledger: Ledger, wanted: Wanted) -> list[TaskRow]:
    """The rows a query asks for, in document order, each with only the states that were asked for."""
    chosen = []
    for section in ledger.plan.sections:
        if wanted.section is not None and section.number != wanted.section:
            continue
        for task in section.tasks:
            if not _task_wanted(task, wanted):
                continue
            row = ledger.row(task, section)
            if wanted.status and wanted.unit is None and row.status is not wanted.status:
                continue
            states = [state for state in row.states if _state_wanted(state, wanted)]
            if states:
                chosen.append(row._replace(states=states))
    return chosen


def _task_wanted(task: Task, wanted: Wanted) -> bool:
    if wanted.tasks is not None and task.id not in wanted.tasks:
        return False
    if wanted.match is not None and wanted.match not in task.text:
        return False
    return wanted.channel is None or any(wanted.channel in channel for channel in task.channels)


def _state_wanted(state: State, wanted: Wanted) -> bool:
    assignment = state.assignment
    if wanted.unit is not None and assignment.unit != wanted.unit:
        return False
    if wanted.role is not None and assignment.role is not wanted.role:
        return False
    if wanted.named and assignment.group is not None:
        return False
    if wanted.status is not None and wanted.unit is not None and state.status is not wanted.status:
        return False
    if wanted.overdue and not state.overdue:
        return False
    return wanted.due_by is None or _due_by(state, wanted.due_by)


def _due_by(state: State, day: date) -> bool:
    if state.status in FINISHED or state.status is Status.SKIPPED:
        return False
    return state.deadline is not None and state.deadline.date is not None and state.deadline.date <= day


def open_tasks_for(plan: Plan, unit: str) -> dict[str, list[int]]:
    """Tasks owed by classes that `unit` may be part of although no source says so, by class, in order.

    Open groups always; for a unit in no group at all, every group.
    """
    members = members_of(plan)
    in_some_group = any(unit in inside for inside in members.values())
    owed = {assignment.task for assignment in assignments_of(plan, unit)}
    found: dict[str, list[int]] = {}
    for group in plan.groups:
        if unit == group.name or (members[group.name] and in_some_group):
            continue
        tasks = [task.id for task in plan.tasks() if any(group.name in names for _, names in task.named())]
        tasks = [task for task in tasks if task not in owed]
        if tasks:
            found[group.name] = tasks
    return found


# -- summaries ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Counts:
    """How many stand at each status. `total` is the sum of the six; `overdue` counts across them."""

    todo: int = 0
    doing: int = 0
    blocked: int = 0
    done: int = 0
    confirmed: int = 0
    skipped: int = 0
    overdue: int = 0

    def add(self, status: Status, overdue: bool) -> None:
        setattr(self, status.value, getattr(self, status.value) + 1)
        self.overdue += overdue

    @property
    def total(self) -> int:
        return self.todo + self.doing + self.blocked + self.done + self.confirmed + self.skipped

    @property
    def reported(self) -> tuple[int, int]:
        """(done + confirmed, all − skipped)."""
        return (self.done + self.confirmed, self.total - self.skipped)

    @property
    def reported_rate(self) -> float:
        """Percent with two decimals, halves up; 0.0 where everything is skipped."""
        return rate(*self.reported)

    @property
    def confirmed_rate(self) -> float:
        """Percent with two decimals, halves up; 0.0 where everything is skipped."""
        return rate(self.confirmed, self.total - self.skipped)


def rate(part: int, whole: int) -> float:
    """A percentage with two decimals, halves up (963 of 1032: 93.31); 0.0 of nothing."""
    return (part * 20_000 + whole) // (2 * whole) / 100 if whole else 0.0


class SectionRow(NamedTuple):
    """A section and the counts of its assignments."""

    section: Section
    counts: Counts


class UnitRow(NamedTuple):
    """A unit (or open group) that owes something, its first group, and the counts of its assignments.

    `rank` is its place within a ranked group by reported rate, equal rates sharing a place; else None.
    """

    unit: str
    group: str | None
    counts: Counts
    rank: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Where everything stands on a day: tasks, assignments, by section and by unit (registry order)."""

    plan: Plan
    as_of: date
    tasks: Counts
    assignments: Counts
    sections: list[SectionRow]
    units: list[UnitRow]


def summarise(ledger: Ledger) -> Summary:
    """Count every assignment once; sections and units each sum to the whole."""
    tasks, assignments = Counts(), Counts()
    sections: list[SectionRow] = []
    by_unit: dict[str, Counts] = {}
    for section in ledger.plan.sections:
        counts = Counts()
        for task in section.tasks:
            row = ledger.row(task, section)
            tasks.add(row.status, row.overdue)
            for state in row.states:
                counts.add(state.status, state.overdue)
                assignments.add(state.status, state.overdue)
                by_unit.setdefault(state.assignment.unit, Counts()).add(state.status, state.overdue)
        sections.append(SectionRow(section, counts))
    return Summary(ledger.plan, ledger.as_of, tasks, assignments, sections, _unit_rows(ledger.plan, by_unit))


def _unit_rows(plan: Plan, by_unit: dict[str, Counts]) -> list[UnitRow]:
    first_group = {unit.name: (unit.groups[0] if unit.groups else None) for unit in plan.units}
    ranked = {group.name for group in plan.groups if group.ranked}
    order = [*first_group, *(group.name for group in plan.groups)]
    rows = [UnitRow(name, first_group.get(name), by_unit[name], None) for name in order if name in by_unit]
    places: dict[str, dict[float, int]] = {}
    for group in ranked:
        rates = sorted(
            (row.counts.reported_rate for row in rows if row.group == group and row.counts.reported[1]), reverse=True
        )
        places[group] = {value: rates.index(value) + 1 for value in set(rates)}
    return [
        row._replace(rank=places[row.group].get(row.counts.reported_rate))
        if row.group in ranked and row.group and row.counts.reported[1]
        else row
        for row in rows
    ]
