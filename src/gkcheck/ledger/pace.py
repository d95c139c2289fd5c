"""The progress of assignments over the plan's year beside the expected one (序时进度): the points of a burn-up chart."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from gkcheck.ledger.fold import TaskRow, ledger_of
from gkcheck.ledger.latest import fold, recurring_tasks
from gkcheck.ledger.plan_year import MONTHS, year_of
from gkcheck.ledger.schedule import expected_progress
from gkcheck.ledger.summary import rate
from gkcheck.model import FINISHED, STATUS_AFTER, Action, Entry, PastStatuses, Plan, Status, StatusChange
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
    plan: Plan,
    rows: Sequence[TaskRow],
    days: Sequence[date],
    statuses: PastStatuses,
    recurring: Callable[[date], Sequence[Entry]],
) -> list[PacePoint]:
    """Return a point for the end of each of the days, which are those of `pace_days`.

    Args:
        rows: the assignments that are counted, whatever their states.
        statuses: what `Journal.past_statuses` gives for the days.
        recurring: returns, of the tasks of `ever_recurring`, the entries that were live at the end of a day, in order.
    """
    found = [_recurring_statuses(plan, rows, day, recurring(day)) for day in days]
    counts = [Counter(states.values()) for states in found]
    for row in rows:
        whole = statuses.get((row.task.id, None))
        for state in row.states:
            key = (row.task.id, state.assignment.unit)
            own = statuses.get(key)
            for at, count in enumerate(counts):
                if key not in found[at]:
                    count[_status(own[at] if own else None, whole[at] if whole else None)] += 1
    points = []
    for day, count in zip(days, counts, strict=True):
        reported = sum(count[status] for status in FINISHED)
        counted = count.total() - count[Status.SKIPPED]
        expected = expected_progress(plan, day).percent
        points.append(PacePoint(day, expected, reported, count[Status.CONFIRMED], counted))
    return points


def _status(own: StatusChange | None, whole: StatusChange | None) -> Status:
    """Return the status that the later of an assignment's own entry and the whole task's set."""
    last = max(filter(None, (own, whole)), default=None)
    return STATUS_AFTER[last.action] if last else Status.TODO


def pace_days(plan: Plan, as_of: date) -> list[date]:
    """Return the last days of the months of the plan's year before `as_of`, then `as_of`."""
    year = year_of(plan, as_of)
    ends = [date(year, month, monthrange(year, month)[1]) for month in range(1, MONTHS + 1)]
    return [*(day for day in ends if day < as_of), as_of]


def _recurring_statuses(
    plan: Plan, rows: Sequence[TaskRow], day: date, entries: Sequence[Entry]
) -> dict[tuple[int, str], Status]:
    """Return the statuses, in the period of a day, of the assignments that come round again by then."""
    recurring = recurring_tasks(plan, fold(entry for entry in entries if entry.action is Action.DEADLINE))
    ledger = ledger_of(plan, [entry for entry in entries if entry.task in recurring], day)
    return {
        (row.task.id, state.assignment.unit): ledger.state(row.task, state.assignment).status
        for row in rows
        if row.task.id in recurring
        for state in row.states
    }
