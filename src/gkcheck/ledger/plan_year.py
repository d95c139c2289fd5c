"""The year that a plan is for."""

from __future__ import annotations

import re
from datetime import date

from gkcheck.model import Plan

MONTHS = 12
"""The months of a year."""


def year_of(plan: Plan, as_of: date) -> int:
    """Return the year that the plan's title names (台山市2019年……), else the year of issue, else that of `as_of`."""
    named = re.search(r"(?<!\d)((?:19|20)\d\d)\s*年", plan.title)
    if named:
        return int(named[1])
    return plan.issued.year if plan.issued else as_of.year
