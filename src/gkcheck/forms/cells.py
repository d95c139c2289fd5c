"""The cells of a workbook: our text into them, and the text, day or number that people and their programs left there."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta
from typing import Any

from gkcheck.text.characters import comparable, ordinary
from gkcheck.text.dates import read_day, read_day_within
from gkcheck.text.escapes import from_workbook_text, workbook_text

LONGEST = 32_000
"""The most characters written to a cell; Excel accepts 32,767."""


def encoded(text: str) -> str:
    """Return text as `workbook_text` does; what is longer than `LONGEST` ends in ……"""
    return workbook_text(text[:LONGEST] + "……" if len(text) > LONGEST else text)


def text_in(value: Any) -> str:
    """The text of a cell's value as people see it; blanks around it and codes of SpreadsheetML undone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    text = from_workbook_text(str(value))
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\r\n", "\n").strip()


def same_text(one: str, other: str) -> bool:
    """True if two texts are the same but for blanks, line breaks and what nobody sees, which programs change at will."""
    return re.sub(r"\s+", "", ordinary(one)) == re.sub(r"\s+", "", ordinary(other))


def mark_of(text: str) -> str:
    """Return a short mark of a text, the same for texts that are the same by `same_text`."""
    return hashlib.sha256(re.sub(r"\s+", "", ordinary(text)).encode("utf-8", "surrogatepass")).hexdigest()[:8]


_ZERO = date(1899, 12, 30)
"""The day from which spreadsheets count."""

_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
"""The days that make sense on a form: a small number in a date cell is no day of 1900."""


def day_in(value: Any, year: int | None = None) -> date | None:
    """The day in a cell: a date, a day number that lost its format, or a date in whatever writing; None where none.

    Args:
        year: the year of 11月5日 and 11.5, which say none.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if _FIRST <= value <= _LAST else None
    text = _folded(value)
    found = re.fullmatch(r"(.*?[\d日号月份底])(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?", text)
    day = read_day_within(found[1], year) if found else None
    if day is None and re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        day = _ZERO + timedelta(days=int(float(text)))
    return day if day is not None and _FIRST <= day <= _LAST else None


def is_short_day(value: Any) -> bool:
    """True if a cell says a day without its year, or a month without a day: 11月5日, 11.5, 2019年11月, 2019.11."""
    text = _folded(value)
    return not isinstance(value, date) and read_day_within(text, _LEAP_YEAR) is not None and read_day(text) is None


_LEAP_YEAR = 2000


def _folded(value: Any) -> str:
    """Return a short text in ordinary, half-width characters; what is too long for a day or a number is empty."""
    text = text_in(value)
    return comparable(text).strip() if len(text) <= _LONGEST_DAY else ""


_LONGEST_DAY = 40


def number_in(value: Any) -> int | None:
    """The number in a cell, also typed in full-width digits or with a dot after it; None where there is none."""
    text = _folded(value).rstrip(".、")
    return int(text) if text.isdecimal() and len(text) < 10 else None
