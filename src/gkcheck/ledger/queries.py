"""The questions that `tasks` and its kin ask of a ledger, answered as rows."""

from datetime import date
from typing import NamedTuple

from gkcheck.ledger.assignments import assignments_of, members_of
from gkcheck.ledger.fold import Ledger, State, TaskRow
from gkcheck.model import FINISHED, Plan, Role, Status, Task


class TaskFilter(NamedTuple):
    """Which tasks and assignments a query asks for; None: any.

    `unit`, `role`, `overdue` and `due_by` choose assignments, and a task is in the answer where one
    remains. With a unit, a row is about that unit alone: status, assigned and finished are of its
    assignment. `named` leaves out assignments through a group.
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


def select(ledger: Ledger, wanted: TaskFilter) -> list[TaskRow]:
    """The rows a query asks for, in document order, each with only the states that were asked for."""
    chosen = []
    for section in ledger.plan.sections:
        if wanted.section is not None and section.number != wanted.section:
            continue
        for task in section.tasks:
            if not _task_wanted(task, wanted):
                continue
            row = ledger.row(task, section, wanted.unit)
            if row is None or (wanted.status and row.status is not wanted.status):
                continue
            states = [state for state in row.states if _state_wanted(state, wanted)]
            if states:
                chosen.append(row._replace(states=states))
    return chosen


def _task_wanted(task: Task, wanted: TaskFilter) -> bool:
    if wanted.tasks is not None and task.id not in wanted.tasks:
        return False
    if wanted.match is not None and wanted.match not in task.text:
        return False
    return wanted.channel is None or any(wanted.channel in channel for channel in task.channels)


def _state_wanted(state: State, wanted: TaskFilter) -> bool:
    assignment = state.assignment
    if wanted.role is not None and assignment.role is not wanted.role:
        return False
    if wanted.named and assignment.group is not None:
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
