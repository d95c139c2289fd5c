"""序时进度: how far the year says things should be."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from gkcheck.ledger.summary import rate
from gkcheck.model import Plan

MONTHS = 12


class Pace(NamedTuple):
    """How many months of the plan's year are over, and the share of the work expected by then, in percent."""

    months: int
    expected: float


def pace_of(plan: Plan, as_of: date) -> Pace:
    """A list of work for a year is expected to be n/12 done when n months are over; a month counts from its last day on.

    The year is the one the title names (台山市2019年……), else the year of issue, else that of `as_of`.
    """
    months = max(0, min(MONTHS, (as_of.year - year_of(plan, as_of)) * MONTHS + _months_over(as_of)))
    return Pace(months, rate(months, MONTHS))


def year_of(plan: Plan, as_of: date) -> int:
    """The year a plan is for."""
    named = re.search(r"(?<!\d)((?:19|20)\d\d)\s*年", plan.title)
    if named:
        return int(named[1])
    return plan.issued.year if plan.issued else as_of.year


def _months_over(day: date) -> int:
    last_of_month = (day + timedelta(days=1)).day == 1
    return day.month if last_of_month else day.month - 1
