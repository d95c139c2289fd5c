"""Select tasks and assignments of a ledger by filter."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from gkcheck.ledger.assignments import assignments_of, members_of
from gkcheck.ledger.fold import Ledger, State, TaskRow
from gkcheck.model import FINISHED, Plan, Qualifier, Role, Status, Task
from gkcheck.types import NamedTuple


class TaskFilter(NamedTuple):
    """The conditions of a query; None and False accept all.

    `units`, `roles`, `named`, `overdue` and `due_by` select assignments, and a task where one remains. With units, a
    row is about these alone: status, assigned and finished are computed over their assignments. `statuses` holds
    statuses of the row and qualifiers of its assignments. `named` drops the assignments that come through a group.
    """

    tasks: Collection[int] | None = None
    units: frozenset[str] | None = None
    roles: Collection[Role] | None = None
    statuses: frozenset[str] | None = None
    channel: str | None = None
    named: bool = False
    overdue: bool = False
    due_by: date | None = None


def select(ledger: Ledger, task_filter: TaskFilter) -> list[TaskRow]:
    """Return the matching rows in document order, each with only its matching states."""
    rows = []
    for section in ledger.plan.sections:
        for task in section.tasks:
            if not _task_matches(task, task_filter):
                continue
            row = ledger.row(task, section, task_filter.units)
            if row is None:
                continue
            states = [state for state in row.states if _state_matches(state, task_filter)]
            if task_filter.statuses is not None and row.status not in task_filter.statuses:
                states = [state for state in states if task_filter.statuses & qualifiers_of(state)]
            if states:
                rows.append(row._replace(states=states))
    return rows


class Sort(StrEnum):
    """The orders in which tasks may be listed."""

    NUMBER = "number"
    DEADLINE = "deadline"
    STATUS = "status"
    UNIT = "unit"


_PRESSING = (Status.BLOCKED, Status.TODO, Status.DOING, Status.DONE, Status.CONFIRMED, Status.SKIPPED)


def sort_rows(plan: Plan, rows: list[TaskRow], order: Sort) -> list[TaskRow]:
    """Return rows in an order, equal ones as they were; but for that of the numbers, what is overdue comes first.

    By deadline: the earliest first, those without a day last. By status: what is blocked first, what is confirmed or
    skipped last. By unit: by the first unit of each task, in the order of the registry.
    """
    if order is Sort.NUMBER:
        return rows
    place = {
        name: i for i, name in enumerate([*(unit.name for unit in plan.units), *(group.name for group in plan.groups)])
    }

    def key(row: TaskRow) -> tuple[int, int]:
        if order is Sort.UNIT:
            return (min(place[state.assignment.unit] for state in row.states), not row.overdue)
        if order is Sort.STATUS:
            return (not row.overdue, _PRESSING.index(row.status))
        day = row.deadline.date if row.deadline and row.deadline.date else date.max
        return (not row.overdue, day.toordinal())

    return sorted(rows, key=key)


def qualifiers_of(state: State) -> set[str]:
    """Return what qualifies the status of an assignment."""
    holds = {
        Qualifier.OVERDUE: state.overdue,
        Qualifier.RETURNED: state.returned,
        Qualifier.DUE_SOON: state.due_soon,
    }
    return {qualifier for qualifier, is_so in holds.items() if is_so}


def _task_matches(task: Task, task_filter: TaskFilter) -> bool:
    if task_filter.tasks is not None and task.id not in task_filter.tasks:
        return False
    return task_filter.channel is None or any(task_filter.channel in channel for channel in task.channels)


def _state_matches(state: State, task_filter: TaskFilter) -> bool:
    assignment = state.assignment
    if task_filter.roles is not None and assignment.role not in task_filter.roles:
        return False
    if task_filter.named and assignment.group is not None:
        return False
    if task_filter.overdue and not state.overdue:
        return False
    return task_filter.due_by is None or _due_by(state, task_filter.due_by)


def _due_by(state: State, day: date) -> bool:
    if state.status in FINISHED or state.status is Status.SKIPPED:
        return False
    return state.deadline is not None and state.deadline.date is not None and state.deadline.date <= day


def open_tasks_for(plan: Plan, unit: str) -> dict[str, list[int]]:
    """Return the ids of tasks that groups owe which `unit` may belong to, by group, both in order.

    These are the open groups and, for a unit in no group at all, every group. Tasks of the unit itself are left out.
    """
    members = members_of(plan)
    in_some_group = any(unit in inside for inside in members.values())
    owed = {assignment.task for assignment in assignments_of(plan, unit)}
    by_group: dict[str, list[int]] = {}
    for group in plan.groups:
        if unit == group.name or (members[group.name] and in_some_group):
            continue
        tasks = [task.id for task in plan.tasks() if any(group.name in names for _, names in task.names_by_role())]
        tasks = [task for task in tasks if task not in owed]
        if tasks:
            by_group[group.name] = tasks
    return by_group
