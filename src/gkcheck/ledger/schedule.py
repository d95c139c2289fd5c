"""The expected progress (序时进度): the share of the plan's year that is over."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from gkcheck.ledger.plan_year import MONTHS, year_of
from gkcheck.ledger.summary import Counts, rate
from gkcheck.model import Plan
from gkcheck.types import NamedTuple


class ExpectedProgress(NamedTuple):
    """The months of the plan's year that are over, and the share of the work expected by then."""

    months: int
    percent: float


def expected_progress(plan: Plan, as_of: date) -> ExpectedProgress:
    """Return the progress expected on a day: n/12 of the work when n months are over, a month from its last day on."""
    months = max(0, min(MONTHS, (as_of.year - year_of(plan, as_of)) * MONTHS + _months_over(as_of)))
    return ExpectedProgress(months, rate(months, MONTHS))


class Light(StrEnum):
    """The light (红黄绿灯) of a unit or a section."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


def light_of(counts: Counts, expected: ExpectedProgress) -> Light | None:
    """Return red where anything is overdue, yellow where less is reported than expected, else green.

    None where everything is skipped.
    """
    if not counts.reported[1]:
        return None
    if counts.overdue:
        return Light.RED
    return Light.YELLOW if counts.reported_rate < expected.percent else Light.GREEN


def _months_over(day: date) -> int:
    last_of_month = day == date.max or (day + timedelta(days=1)).day == 1
    return day.month if last_of_month else day.month - 1
