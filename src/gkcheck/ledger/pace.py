"""The progress of assignments over the plan's year beside the expected one (序时进度): the points of a burn-up chart."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from gkcheck.ledger.fold import TaskRow, ledger_of
from gkcheck.ledger.latest import fold, recurring_tasks
from gkcheck.ledger.plan_year import MONTHS, year_of
from gkcheck.ledger.schedule import expected_progress
from gkcheck.ledger.summary import rate
from gkcheck.model import FINISHED, STATUS_AFTER, Action, Assignment, Entry, Plan, Status, Task
from gkcheck.types import NamedTuple


class PacePoint(NamedTuple):
    """The numbers at the end of a day: the expected progress in percent, and assignments reported and confirmed.

    `counted` are all but the skipped ones.
    """

    day: date
    expected: float
    reported: int
    confirmed: int
    counted: int

    @property
    def reported_rate(self) -> float:
        """Percent, as in `Counts`."""
        return rate(self.reported, self.counted)

    @property
    def confirmed_rate(self) -> float:
        """Percent, as in `Counts`."""
        return rate(self.confirmed, self.counted)


def pace_of(
    plan: Plan, rows: Sequence[TaskRow], as_of: date, live: Callable[[date], Sequence[Entry]]
) -> list[PacePoint]:
    """Return a point for the end of each month of the plan's year before `as_of`, and one for `as_of` itself.

    Args:
        rows: the assignments that are counted, whatever their states.
        live: returns the entries that were live at the end of a day, in the order of facts.
    """
    owed = {row.task: {state.assignment.unit: state.assignment for state in row.states} for row in rows}
    points = []
    for day in pace_days(plan, as_of):
        found = _statuses(plan, owed, day, live(day))
        reported = sum(found[status] for status in FINISHED)
        counted = found.total() - found[Status.SKIPPED]
        expected = expected_progress(plan, day).percent
        points.append(PacePoint(day, expected, reported, found[Status.CONFIRMED], counted))
    return points


def pace_days(plan: Plan, as_of: date) -> list[date]:
    """Return the last days of the months of the plan's year before `as_of`, then `as_of`."""
    year = year_of(plan, as_of)
    ends = [date(year, month, monthrange(year, month)[1]) for month in range(1, MONTHS + 1)]
    return [*(day for day in ends if day < as_of), as_of]


def _statuses(
    plan: Plan, owed: Mapping[Task, Mapping[str, Assignment]], day: date, entries: Sequence[Entry]
) -> Counter[Status]:
    """Return the number of assignments at each status after the live entries of a day, without the rest of their states.

    It is set by the later of its own entry and the whole task's; only a task that comes round again needs its ledger.
    """
    recurring = recurring_tasks(plan, fold(entry for entry in entries if entry.action is Action.DEADLINE))
    ledger = ledger_of(plan, [entry for entry in entries if entry.task in recurring], day)
    latest: dict[int | None, dict[str | None, tuple[int, Action]]] = {}
    for place, entry in enumerate(entries):
        if entry.action in STATUS_AFTER:
            latest.setdefault(entry.task, {})[entry.unit] = (place, entry.action)
    found: Counter[Status] = Counter()
    for task, assignments in owed.items():
        if task.id in recurring:
            found.update(ledger.state(task, assignment).status for assignment in assignments.values())
            continue
        of_units = latest.get(task.id, {})
        whole = of_units.pop(None, _NO_ENTRY)
        own = [entry for unit, entry in of_units.items() if unit in assignments and entry > whole]
        found[STATUS_AFTER[whole[1]]] += len(assignments) - len(own)
        found.update(STATUS_AFTER[action] for _, action in own)
    return found


_NO_ENTRY = (-1, Action.REOPEN)
