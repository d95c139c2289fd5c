"""Days as people write them: the one reader of days, and the one place that knows the calendar."""

import re
from datetime import date, timedelta

from gkcheck.text.characters import comparable

DAY = r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?"
"""A pattern, without groups, for a day inside other text; `read_day` reads what it matches."""

_DAY = re.compile(r"(\d{4})(?:\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))")


def calendar_day(year: int, month: int, day: int | None = None) -> date | None:
    """Return the day, the last of the month where `day` is None; None where the calendar has no such day."""
    try:
        if day is not None:
            return date(year, month, day)
        return (date(year, month, 1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def read_day(text: str) -> date | None:
    """Return the day of 2019-12-31, 20191231, 2019年12月31日 or 2019.12.31, full-width digits too; else None."""
    found = _DAY.fullmatch(comparable(text).strip())
    return calendar_day(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])) if found else None


_DAY_OF_YEAR = re.compile(r"(\d{1,2})\s*(?:[-./]\s*(\d{1,2})|月\s*(\d{1,2})\s*[日号]?)")
_MONTH = re.compile(r"(\d{4})\s*(?:年\s*(\d{1,2})\s*月(?:份|底)?|[-./]\s*(\d{1,2}))")


def read_day_within(text: str, year: int | None) -> date | None:
    """Return the day of a short writing, too: 11月5日, 11.5, 11-5 in `year`; 2019年11月 and 2019.11, its last day.

    None where the text is no such writing and nothing else, and where `year` is None but the text has none.
    """
    shape = comparable(text).strip().rstrip("。")
    if found := _MONTH.fullmatch(shape):
        return calendar_day(int(found[1]), int(found[2] or found[3]))
    found = _DAY_OF_YEAR.fullmatch(shape)
    if found and year is not None:
        return calendar_day(year, int(found[1]), int(found[2] or found[3]))
    return read_day(shape)


def may_lack_zero(number: str) -> bool:
    """True for a number that is a day or a month, typed with a zero at its end or not: 11.1 may be 11.10, 2019.1 2019.10."""
    return re.fullmatch(r"\d{1,2}\.[123]|\d{4}\.1", number) is not None


def read_iso_day(text: str) -> date | None:
    """Return the day of a text written exactly as 2019-12-31; None for anything else."""
    return read_day(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
