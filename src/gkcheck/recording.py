"""What a request to record comes to: the drafts it adds, given what is recorded already. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gkcheck.errors import BadRequest
from gkcheck.ledger import Ledger, State, assignments_of_task, fingerprint, members_of
from gkcheck.model import STATUS_AFTER, Action, Draft, Evidence, Plan, Status, Task


class Request(NamedTuple):
    """What was asked for: an action on tasks, for some units or (None) for the whole of each task."""

    action: Action
    tasks: Sequence[Task]
    units: Sequence[str] | None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()
    on: str | None = None
    due: str | None = None


class Outcome(NamedTuple):
    """What comes of a request for one task: how many assignments it covers, which stay as they are and why."""

    task: Task
    drafts: list[Draft]
    covered: int
    same: list[State]
    confirmed: list[State]


def units_meant(plan: Plan, name: str) -> list[str]:
    """The assignees that a unit or group stands for: a group's members, else the name itself."""
    return members_of(plan).get(name) or [name]


def check_assigned(plan: Plan, tasks: Iterable[Task], name: str) -> None:
    """Refuse a unit (or group) that one of the tasks is not assigned to, naming the real assignees."""
    members = members_of(plan)
    meant = set(units_meant(plan, name))
    for task in tasks:
        assigned = [assignment.unit for assignment in assignments_of_task(task, members)]
        if not meant & set(assigned):
            shown = "、".join(part for _, names in task.named() for part in names)
            raise BadRequest(f"具体要求 {task.id} 没有分给{name}，它的责任单位是：{shown}")


def outcomes(ledger: Ledger, request: Request) -> list[Outcome]:
    """What a request adds to the journal, task by task.

    An assignment that already stands as asked is left alone unless something new is said of it; one that
    the office has confirmed is changed by nothing but reopen and the office's own acts. Where every
    assignment of a task is covered, one draft (unit None) stands for all of them.
    """
    return [_outcome(ledger, request, task) for task in request.tasks]


_OFFICE = frozenset({Action.CONFIRM, Action.RETURN, Action.REOPEN, Action.NOTE, Action.DEADLINE})


def _outcome(ledger: Ledger, request: Request, task: Task) -> Outcome:
    wanted = None if request.units is None else set(request.units)
    states = [state for state in ledger.states(task) if wanted is None or state.assignment.unit in wanted]
    confirmed = [state for state in states if state.status is Status.CONFIRMED and request.action not in _OFFICE]
    same = [state for state in states if state not in confirmed and _stands(request, state)]
    kept_out = {state.assignment.unit for state in confirmed + same}
    if request.action is Action.DONE and wanted is None:
        kept_out |= {state.assignment.unit for state in states if state.status is Status.SKIPPED}
    covered = [state.assignment.unit for state in states if state.assignment.unit not in kept_out]
    if wanted is None and covered and len(covered) == len(states):
        drafts = [_draft(request, task, None)]
    else:
        drafts = [_draft(request, task, unit) for unit in covered]
    return Outcome(task, drafts, len(covered), same, confirmed)


def _stands(request: Request, state: State) -> bool:
    """Whether an assignment already is what is asked for, and nothing new is said."""
    if request.note or request.evidence or request.on:
        return False
    if request.action is Action.DEADLINE:
        day = state.deadline.date.isoformat() if state.deadline and state.deadline.date else None
        return day == request.due and not (request.due is None and state.deadline)
    target = STATUS_AFTER.get(request.action)
    return target is state.status and not state.returned and not state.changed


def _draft(request: Request, task: Task, unit: str | None) -> Draft:
    return Draft(
        action=request.action,
        task=task.id,
        unit=unit,
        of=fingerprint(task),
        note=request.note,
        evidence=request.evidence,
        on=request.on,
        due=request.due,
    )
