"""The letters of a reminder: one for every unit that owes something."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from gkcheck.ledger.assignments import members_of
from gkcheck.ledger.fold import Ledger, State
from gkcheck.ledger.queries import TaskFilter, select
from gkcheck.model import Status, Task

UNFINISHED = frozenset({Status.TODO, Status.DOING, Status.BLOCKED})


class Owed(NamedTuple):
    """One unfinished assignment with its task; `times` counts the letters about it, this one included."""

    task: Task
    state: State
    times: int = 1


class Letter(NamedTuple):
    """One letter. `number` runs within a year; `as_of` is the day whose state it tells, `day` that of the letter.

    `open`: the addressee is a class whose members no source lists. `reply_by` is the day by which it asks for an answer.
    """

    unit: str
    number: int
    day: date
    as_of: date
    before: date | None
    open: bool
    owed: tuple[Owed, ...]
    reply_by: date | None = None

    @property
    def times(self) -> int:
        """The most letters about one of its assignments, this one included: 2 for a second reminder."""
        return max(item.times for item in self.owed)


def letters_for(
    ledger: Ledger, day: date, units: Collection[str] | None = None, before: date | None = None, first_number: int = 1
) -> list[Letter]:
    """Return a letter for every unit that has unfinished assignments: units in registry order, open classes last.

    Args:
        day: the date of the letters.
        units: only these; None: all.
        before: only what is due by this day.
        first_number: the number of the first letter; the others are numbered on from it.
    """
    owed: dict[str, list[Owed]] = {}
    for row in select(ledger, TaskFilter(due_by=before)):
        for state in row.states:
            if state.status in UNFINISHED:
                owed.setdefault(state.assignment.unit, []).append(Owed(row.task, state))
    members = members_of(ledger.plan)
    order = dict.fromkeys([*(unit.name for unit in ledger.plan.units), *members])
    reminded = [unit for unit in order if unit in owed and (units is None or unit in units)]
    return [
        Letter(unit, number, day, ledger.as_of, before, members.get(unit) == [], urgent_first(owed[unit]))
        for number, unit in enumerate(reminded, first_number)
    ]


def urgent_first(owed: Collection[Owed]) -> tuple[Owed, ...]:
    """Return overdue assignments first, the longest overdue before the others; then by deadline; then in task order."""

    def urgency(item: Owed) -> tuple[bool, date, int]:
        deadline = item.state.deadline
        return (not item.state.overdue, deadline.date if deadline and deadline.date else date.max, item.task.id)

    return tuple(sorted(owed, key=urgency))
