"""Values of a workbook's cells: text as SpreadsheetML stores it; texts, days and numbers read back as typed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from gkcheck.text.dates import read_day

LONGEST = 32_000
"""The most characters written to a cell; Excel accepts 32,767."""

_FORBIDDEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\ud800-\\udfff\\ufffe\\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def encoded(text: str) -> str:
    """Text as SpreadsheetML keeps it, every character of it; what is longer than `LONGEST` ends in ……

    What XML forbids is written _x001B_, and what looks like such a code _x005F_x001B_ (ECMA-376, 22.9.2.19).
    """
    if len(text) > LONGEST:
        text = text[:LONGEST] + "……"
    return _FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


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
    text = _CODE.sub(lambda found: chr(int(found[1], 16)), str(value))
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\r\n", "\n").strip()


def same_text(one: str, other: str) -> bool:
    """True if two texts differ in blanks and line breaks alone, which spreadsheet programs change."""
    return re.sub(r"\s+", "", one) == re.sub(r"\s+", "", other)


_ZERO = date(1899, 12, 30)
"""The day from which spreadsheets count."""

_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
"""The days that make sense on a form: a small number in a date cell is no day of 1900."""


def day_in(value: Any) -> date | None:
    """The day in a cell: a date, a day number that lost its format, or a date in whatever writing; None where none."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if _FIRST <= value <= _LAST else None
    text = unicodedata.normalize("NFKC", text_in(value))
    found = re.fullmatch(r"(.*?[\d日])(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?", text)
    day = read_day(found[1]) if found else None
    if day is None and re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        day = _ZERO + timedelta(days=int(float(text)))
    return day if day is not None and _FIRST <= day <= _LAST else None


def number_in(value: Any) -> int | None:
    """The number in a cell, also typed in full-width digits or with a dot after it; None where there is none."""
    text = unicodedata.normalize("NFKC", text_in(value)).rstrip(".、")
    return int(text) if text.isdecimal() and len(text) < 10 else None
