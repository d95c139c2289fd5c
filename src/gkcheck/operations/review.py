"""Decide which assignments `review` and `fill` go through, and which answers they accept. Pure."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from gkcheck.errors import GkcheckError
from gkcheck.ledger.fold import Ledger, State, TaskRow
from gkcheck.ledger.queries import TaskFilter, select
from gkcheck.model import Action, Status, Task


class Moved(GkcheckError):
    """The state that was shown of an assignment is no longer its state, which is `state` now; nothing was recorded."""

    def __init__(self, state: State) -> None:
        super().__init__("刚才又有新的记录，请按现在的情况重新回答")
        self.state = state


def check_unmoved(ledger: Ledger, task: Task, shown: State, action: Action) -> None:
    """Refuse an answer to what is no longer so: anything recorded about the assignment since it was shown, or undone.

    Raises:
        Moved: with the state as it is now.
    """
    state = ledger.state_for(task, shown.assignment, action, ledger.as_of)
    if state != shown:
        raise Moved(state)


class Choice(NamedTuple):
    """An answer: its keys (any is enough), its name, the action it records, and what is asked after it."""

    keys: tuple[str, ...]
    name: str
    action: Action | None
    needs_note: bool = False
    asks_evidence: bool = False


SKIP = Choice(("", "s", "跳过"), "跳过", None)
QUIT = Choice(("q", "quit", "退出"), "退出", None)
REVIEW = (
    Choice(("y", "确认", "是"), "确认办结", Action.CONFIRM),
    Choice(("r", "退回"), "退回", Action.RETURN, needs_note=True),
    SKIP,
    QUIT,
)
FILL = (
    Choice(("d", "完成"), "完成", Action.DONE, asks_evidence=True),
    Choice(("a", "在办"), "在办", Action.START),
    Choice(("b", "受阻"), "受阻", Action.BLOCK, needs_note=True),
    Choice(("x", "不涉及"), "不涉及", Action.SKIP),
    SKIP,
    QUIT,
)


def choice_of(choices: Sequence[Choice], typed: str) -> Choice | None:
    """Return the choice that has `typed` among its keys, in whatever case; None where no choice has."""
    return next((choice for choice in choices if typed.lower() in choice.keys), None)


def assignments_to_review(
    ledger: Ledger, units: frozenset[str] | None = None, tasks: Collection[int] | None = None
) -> list[tuple[TaskRow, State]]:
    """Return the assignments reported done and not yet confirmed, in document order; `units` None: of all.

    Of an assignment that comes round again, that is the period that the next answer belongs to: it may be over.
    """
    found = []
    for row in select(ledger, TaskFilter(tasks, units)):
        for state in row.states:
            asked = ledger.state_for(row.task, state.assignment, Action.CONFIRM, ledger.as_of)
            if asked.status is Status.DONE:
                found.append((row, asked))
    return found


def assignments_to_fill(ledger: Ledger, unit: str, tasks: Collection[int] | None = None) -> list[tuple[TaskRow, State]]:
    """Return the unit's assignments that it has yet to report on, in document order."""
    rows = select(ledger, TaskFilter(tasks, frozenset({unit})))
    unreported = (Status.TODO, Status.DOING, Status.BLOCKED)
    return [(row, state) for row in rows for state in row.states if state.status in unreported]
