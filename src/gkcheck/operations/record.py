"""Decide what a request to record adds to the journal, given what is recorded already. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from gkcheck import labels
from gkcheck.errors import BadRequest
from gkcheck.journal import Scope
from gkcheck.ledger.assignments import assignments_of_task, assignments_of_units, fingerprint, members_of
from gkcheck.ledger.fold import Ledger, State
from gkcheck.model import STATUS_AFTER, Action, Deadline, Draft, Every, Evidence, Period, Plan, Status, Task
from gkcheck.types import NamedTuple


class Request(NamedTuple):
    """An action on tasks, for some units or (None) for the whole of each task. `on` and `due` are ISO days."""

    action: Action
    tasks: Sequence[Task]
    units: frozenset[str] | None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()
    on: str | None = None
    due: str | None = None
    problem: str | None = None
    next: str | None = None
    every: Every | None = None

    @property
    def deadline(self) -> Deadline | None:
        """The deadline that the request sets; None: it removes it."""
        due = date.fromisoformat(self.due) if self.due else None
        return Deadline(None, due, self.every) if due or self.every else None

    @property
    def scope(self) -> Scope:
        """The part of the journal that decides the request."""
        return Scope(frozenset(task.id for task in self.tasks), self.units)


class Outcome(NamedTuple):
    """The drafts that a request adds for one task, the units they cover, in order, and the assignments left alone.

    `unchanged` already are as requested, `confirmed` are closed to the request, `unreported` have nothing to review.
    `periods` are those that the request is about, of the units covered whose assignments come round again.
    """

    task: Task
    drafts: list[Draft]
    covered: list[str]
    unchanged: list[State]
    confirmed: list[State]
    unreported: list[State]
    periods: tuple[Period, ...] = ()


def check_assigned(plan: Plan, tasks: Iterable[Task], name: str) -> None:
    """Refuse a unit (or group) that one of the tasks is not assigned to, naming the task's assignees."""
    members = members_of(plan)
    for task in tasks:
        assigned = {assignment.unit for assignment in assignments_of_task(task, members)}
        if not assigned & set(members.get(name) or [name]):
            listed = "、".join(unit for _, names in task.names_by_role() for unit in names)
            raise BadRequest(f"具体要求 {task.id} 没有分给{name}，它的责任单位是：{listed}")


def outcomes_of(ledger: Ledger, request: Request) -> list[Outcome]:
    """Return what a request adds to the journal, task by task.

    An assignment that already is as requested is left alone unless the request adds a note or evidence; one that
    the office has confirmed is changed only by reopen and the office's own acts, and returned only where its unit
    is named. Where every assignment of a task is covered, one draft (unit None) stands for all of them.

    Raises:
        BadRequest: there is nothing reported to confirm or return in one of the tasks.
    """
    return [_outcome_of(ledger, request, task) for task in request.tasks]


_REVIEWS = frozenset({Action.CONFIRM, Action.RETURN})
_REPORTS = frozenset({Action.START, Action.DONE, Action.BLOCK, Action.SKIP})


def _outcome_of(ledger: Ledger, request: Request, task: Task) -> Outcome:
    day = date.fromisoformat(request.on) if request.on else ledger.as_of
    owed = (
        assignments_of_units(task, request.units, ledger.members)
        if request.units is not None
        else assignments_of_task(task, ledger.members)
    )
    states = [ledger.state_for(task, assignment, request.action, day) for assignment in owed]
    groups: dict[str, list[State]] = {"covered": [], "unchanged": [], "confirmed": [], "unreported": [], "skipped": []}
    for state in states:
        groups[_group_of(request, state)].append(state)
    covered = [state.assignment.unit for state in groups["covered"]]
    if request.action in _REVIEWS and not covered and not groups["unchanged"]:
        raise BadRequest(_nothing_to_review(request, task, states))
    whole = request.units is None and covered and len(covered) == len(states)
    draft = Draft(
        request.action, task.id, None, fingerprint(task), request.note, request.evidence, request.on, request.due,
        problem=request.problem, next=request.next, every=request.every,
    )  # fmt: skip
    drafts = [draft._replace(unit=unit) for unit in ([None] if whole else covered)]
    periods = dict.fromkeys(state.period for state in groups["covered"] if state.period)
    said_of = () if request.action is Action.DEADLINE else tuple(periods)
    return Outcome(task, drafts, covered, groups["unchanged"], groups["confirmed"], groups["unreported"], said_of)


def _group_of(request: Request, state: State) -> str:
    """Return the field of `Outcome` that an assignment belongs to, or "skipped": a whole task done leaves it out."""
    whole = request.units is None
    if _is_recorded(request, state):
        return "unchanged"
    if state.status is Status.CONFIRMED:
        closed = request.action in _REPORTS or (request.action is Action.RETURN and whole)
        return "confirmed" if closed else "covered"
    if request.action in _REVIEWS and state.status is not Status.DONE:
        return "unreported"
    return "skipped" if request.action is Action.DONE and whole and state.status is Status.SKIPPED else "covered"


def _is_recorded(request: Request, state: State) -> bool:
    """True if the assignment already is as requested, and the request adds no note, evidence or day."""
    if request.action is Action.RETURN:
        return state.returned and state.reason == request.note
    claim, act = state.claim, state.act
    if request.action is Action.CONFIRM:
        held: tuple[str | None, ...] = (act.note if act else None, None, None)
    else:
        held = (claim.note, claim.problem, claim.next) if claim else (None, None, None)
    words = (request.note, request.problem, request.next)
    if (
        any(word not in (None, said) for word, said in zip(words, held, strict=True))
        or not set(request.evidence) <= set(state.evidence)
        or request.on
    ):
        return False
    if request.action is Action.DEADLINE:
        return _is_set(request, state)
    return STATUS_AFTER.get(request.action) is state.status and not state.changed


def _is_set(request: Request, state: State) -> bool:
    """True if the deadline in force is the one requested; the day of one that comes round is compared as it was set."""
    if state.deadline is None or request.deadline is None:
        return state.deadline is request.deadline
    day = state.recurrence.day if state.recurrence else state.deadline.date
    return state.deadline.every is request.every and (day.isoformat() if day else None) == request.due


def _nothing_to_review(request: Request, task: Task, states: list[State]) -> str:
    review = "确认办结" if request.action is Action.CONFIRM else "退回"
    listed = "、".join(f"{state.assignment.unit}是“{labels.STATUS[state.status]}”" for state in states[:3])
    more = f"等 {len(states)} 个责任单位" if len(states) > 3 else ""
    if states and all(state.status is Status.CONFIRMED for state in states):
        remedy = "要退回已办结的，请用 --unit 写明单位"
    elif any(state.returned for state in states):
        remedy = "已退回的要等单位重新报告；补充理由请用 gkcheck note"
    else:
        remedy = "要等单位报告完成（gkcheck done）"
    return f"具体要求 {task.id} 没有可以{review}的：{listed}{more}；{remedy}"
