"""The days that a command line names, read as people write them; what had to be inferred is said on stderr."""

from __future__ import annotations

import re
from datetime import date

from gkcheck.cli.streams import talk
from gkcheck.errors import BadRequest
from gkcheck.ledger.plan_year import year_of
from gkcheck.model import Plan
from gkcheck.text.dates import read_day, read_typed_days
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    OfMonth = Literal["first", "last", "none"]
    """The day of a month that is meant where only the month was typed; none: that is too little."""

_LONGEST = 40
"""The most letters of a writing of a day."""


def day_typed(plan: Plan, today: date, text: str, what: str, of_month: OfMonth = "last") -> date:
    """Return the day that was typed; `what` names it in messages. A day that was not written whole is said on stderr.

    Raises:
        BadRequest: no such day, or a month where a day is needed.
    """
    days = _days(plan, today, text, of_month)
    if days is None:
        raise BadRequest(f"{what}“{text}”不是日期，应写成 2019-12-31、12月31日、昨天 或 10月底 的形式")
    if days[0] != days[1] and of_month == "none":
        raise BadRequest(f"{what}“{text}”是一个月，请写明是哪一天")
    day = days[0] if of_month == "first" else days[1]
    if text.strip() != day.isoformat():
        talk(f"“{text.strip()}”按 {day.isoformat()} 理解")
    return day


def is_day(plan: Plan, today: date, text: str) -> bool:
    """True if a word that stands beside numbers of tasks is a day: 5-9 is a range of numbers, 20191231 and 2019-12 are none."""
    if read_day(text) or re.fullmatch(r"\d{4}-\d{1,2}", text.strip()):
        return True
    from gkcheck.lookup.tasks import is_number

    return not is_number(text) and _days(plan, today, text, "last") is not None


def _days(plan: Plan, today: date, text: str, of_month: OfMonth) -> tuple[date, date] | None:
    """Return the first and the last day that were typed, with the year of the plan; a time limit is read as `import` does."""
    if whole := read_day(text):
        return whole, whole
    year = year_of(plan, today)
    days = read_typed_days(text, year, today) if len(text) <= _LONGEST else None
    if days is None and of_month == "last":
        from gkcheck.importers.recognize.deadlines import day_of, is_deadline

        limit = day_of(text, year) if is_deadline(text) else None
        days = (limit, limit) if limit else None
    return days
