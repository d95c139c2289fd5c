"""What a request to record comes to: the drafts it adds, given what is recorded already. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gkcheck import labels
from gkcheck.errors import BadRequest
from gkcheck.ledger.assignments import assignments_of_task, fingerprint, members_of
from gkcheck.ledger.fold import Ledger, State
from gkcheck.model import FINISHED, STATUS_AFTER, Action, Draft, Evidence, Plan, Status, Task


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
    """What comes of a request for one task: the units it covers, in order, and which stay as they are and why.

    `same` already stand as asked, `confirmed` are closed to the units, `unreported` have nothing to review.
    """

    task: Task
    drafts: list[Draft]
    covered: list[str]
    same: list[State]
    confirmed: list[State]
    unreported: Sequence[State] = ()


def assignees_of(plan: Plan, name: str) -> list[str]:
    """Return the assignees that a unit or group stands for: a group's members, else the name itself."""
    return members_of(plan).get(name) or [name]


def check_assigned(plan: Plan, tasks: Iterable[Task], name: str) -> None:
    """Refuse a unit (or group) that one of the tasks is not assigned to, naming the real assignees."""
    members = members_of(plan)
    meant = set(assignees_of(plan, name))
    for task in tasks:
        assigned = [assignment.unit for assignment in assignments_of_task(task, members)]
        if not meant & set(assigned):
            shown = "、".join(part for _, names in task.names_by_role() for part in names)
            raise BadRequest(f"具体要求 {task.id} 没有分给{name}，它的责任单位是：{shown}")


def outcomes(ledger: Ledger, request: Request) -> list[Outcome]:
    """What a request adds to the journal, task by task.

    An assignment that already stands as asked is left alone unless something new is said of it; one that
    the office has confirmed is changed by nothing but reopen and the office's own acts. Where every
    assignment of a task is covered, one draft (unit None) stands for all of them.

    Raises:
        BadRequest: there is nothing reported to confirm or return in one of the tasks.
    """
    return [_outcome(ledger, request, task) for task in request.tasks]


_OFFICE = frozenset({Action.CONFIRM, Action.RETURN, Action.REOPEN, Action.NOTE, Action.DEADLINE})


def _outcome(ledger: Ledger, request: Request, task: Task) -> Outcome:
    wanted = None if request.units is None else set(request.units)
    states = [state for state in ledger.states(task) if wanted is None or state.assignment.unit in wanted]
    if request.action in _REVIEWS:
        return _reviewed(request, task, states)
    confirmed = [state for state in states if state.status is Status.CONFIRMED and request.action not in _OFFICE]
    same = [state for state in states if state not in confirmed and _stands(request, state)]
    kept_out = {state.assignment.unit for state in confirmed + same}
    if request.action is Action.DONE and wanted is None:
        kept_out |= {state.assignment.unit for state in states if state.status is Status.SKIPPED}
    covered = [state.assignment.unit for state in states if state.assignment.unit not in kept_out]
    return Outcome(task, _drafts(request, task, covered, len(states)), covered, same, confirmed)


_REVIEWS = frozenset({Action.CONFIRM, Action.RETURN})


def _reviewed(request: Request, task: Task, states: list[State]) -> Outcome:
    """The office's acts are about what is reported. A confirmed assignment is sent back only where it is named."""
    open_to_it = {Status.DONE}
    if request.action is Action.CONFIRM or request.units is not None:
        open_to_it.add(Status.CONFIRMED)
    same = [state for state in states if _review_stands(request, state)]
    covered = [state.assignment.unit for state in states if state not in same and state.status in open_to_it]
    rest = [state for state in states if state not in same and state.assignment.unit not in covered]
    confirmed = [state for state in rest if state.status is Status.CONFIRMED]
    unreported = [state for state in rest if state.status is not Status.CONFIRMED]
    if not covered and not same:
        raise BadRequest(_nothing_to_review(request, task, rest))
    return Outcome(task, _drafts(request, task, covered, len(states)), covered, same, confirmed, unreported)


def _review_stands(request: Request, state: State) -> bool:
    if request.action is Action.RETURN:
        return state.returned and state.status not in FINISHED and state.reason == request.note
    return state.status is Status.CONFIRMED and not state.changed and not _says_more(request, state)


def _nothing_to_review(request: Request, task: Task, states: list[State]) -> str:
    doing = "确认办结" if request.action is Action.CONFIRM else "退回"
    stand = [f"{state.assignment.unit}是“{labels.STATUS[state.status]}”" for state in states[:3]]
    more = f"等 {len(states)} 个责任单位" if len(states) > 3 else ""
    if states and all(state.status is Status.CONFIRMED for state in states):
        remedy = "要退回已办结的，请用 --unit 写明单位"
    elif any(state.returned for state in states):
        remedy = "已退回的要等单位重新报告；补充理由请用 gkcheck note"
    else:
        remedy = "要等单位报告完成（gkcheck done）"
    return f"具体要求 {task.id} 没有可以{doing}的：{'、'.join(stand)}{more}；{remedy}"


def _drafts(request: Request, task: Task, covered: list[str], all_of_them: int) -> list[Draft]:
    if request.units is None and covered and len(covered) == all_of_them:
        return [_draft(request, task, None)]
    return [_draft(request, task, unit) for unit in covered]


def _stands(request: Request, state: State) -> bool:
    """Whether an assignment already is what is asked for, and nothing new is said."""
    if _says_more(request, state):
        return False
    if request.action is Action.DEADLINE:
        day = state.deadline.date.isoformat() if state.deadline and state.deadline.date else None
        return day == request.due and not (request.due is None and state.deadline)
    target = STATUS_AFTER.get(request.action)
    return target is state.status and not state.changed


def _says_more(request: Request, state: State) -> bool:
    """Whether a request says something of an assignment that is not known yet."""
    new_note = request.note is not None and request.note != state.note
    return new_note or not set(request.evidence) <= set(state.evidence) or request.on is not None


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
