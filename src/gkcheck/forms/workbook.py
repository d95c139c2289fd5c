"""Workbooks that come back, as sheets of sparse cells: what a workbook costs is bounded before any of it is parsed.

openpyxl makes a cell of every position as far as the last one used, and of every position of a merged area: a blank in
A1048576 took 3 GB. Here only cells that hold something exist, and a merged area is its four corners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.ooxml import Package, PackageGuard, attribute, children, first, local, whole_number

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_TEXT = 10_000_000
"""The most characters in the cells of a workbook; a form of 2,000 tasks, all filled in, has a million."""

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


class Area(NamedTuple):
    """A merged area by its corners, rows and columns from 1."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet(NamedTuple):
    """A sheet: its rows that hold something, in ascending order, each with its values by column (both from 1)."""

    title: str
    rows: dict[int, dict[int, Any]]
    merged: tuple[Area, ...]


def address(row: int, column: int) -> str:
    """Return the address of a cell as spreadsheets write it: H12."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def _position(reference: str) -> tuple[int, int] | None:
    """Return the row and the column of an address; None where it is none that a spreadsheet has."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(found[2])
    return (row, column) if row <= _LAST_ROW and column <= _LAST_COLUMN else None


def read_workbook(data: bytes, guard: PackageGuard) -> Iterator[Sheet]:
    """Yield the sheets of an .xlsx file in the order of their tabs, each read when it is asked for.

    A formula is its last computed value, or its own text where it was never computed.

    Raises:
        BadDocument: it is no workbook, damaged, or the guard refuses it.
    """
    package = Package(guard, data)
    main = next((one.target for one in package.related("", "officeDocument")), "")
    book = package.tree(main) if main else None
    if book is None or local(book) != "workbook":
        raise BadDocument(f"不是 xlsx 工作簿，{guard.remedy}")
    related = package.related(main)
    shared, styles = (
        package.tree(next((one.target for one in related if one.kind == kind), ""))
        for kind in ("sharedStrings", "styles")
    )
    targets = {one.id: one.target for one in related}
    reader = _Reader(guard, [_text(string) for string in children(shared, "si")], _day_styles(styles), _zero(book))
    del shared, styles
    for sheet in children(book, "sheets", "sheet"):
        target = targets.get(attribute(sheet, "id") or "")
        root = package.tree(target) if target else None
        if root is None:
            raise guard.damaged()
        if local(root) == "worksheet":
            yield reader.sheet(attribute(sheet, "name") or "", root)


def _text(string: _Element | None) -> str:
    """Return the text of a string that may have runs of different fonts; readings (rPh) are no part of it."""
    pieces: list[str] = []
    for one in string if string is not None else ():
        parts = [one] if local(one) == "t" else children(one, "t") if local(one) == "r" else ()
        pieces += [part.text or "" for part in parts]
    return "".join(pieces)


_DAY_NUMBERS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""The numbers of built-in formats of days and times, those of Chinese spreadsheets included (ECMA-376-1, 18.8.30)."""

_NO_LETTER = re.compile(r'"[^"]*"|\[[^\[\]]*\]|\\.|_.|\*.')


def _day_styles(styles: _Element | None) -> frozenset[int]:
    """Return the numbers of the cell styles whose number is shown as a day or a time."""
    formats = {
        attribute(one, "numFmtId"): (attribute(one, "formatCode") or "")[:255]
        for one in children(styles, "numFmts", "numFmt")
    }
    found = set()
    for number, style in enumerate(children(styles, "cellXfs", "xf")):
        key = attribute(style, "numFmtId")
        code = formats.get(key)
        letters = _NO_LETTER.sub("", code.lower()) if code is not None else ""
        if whole_number(key, 0) in _DAY_NUMBERS if code is None else re.search("[ymdhs]", letters):
            found.add(number)
    return frozenset(found)


def _zero(book: _Element) -> datetime:
    """Return the day from which the workbook counts."""
    late = attribute(first(book, "workbookPr"), "date1904") in ("1", "true")
    return datetime(1904, 1, 1) if late else datetime(1899, 12, 30)


class _Reader:
    """Reads the sheets of one workbook, whose strings, styles and calendar they share."""

    def __init__(self, guard: PackageGuard, strings: list[str], day_styles: frozenset[int], zero: datetime) -> None:
        self.guard, self.strings, self.day_styles, self.zero = guard, strings, day_styles, zero
        self.characters = 0

    def sheet(self, title: str, root: _Element) -> Sheet:
        """Return a sheet; a row or a cell without an address follows the one before."""
        rows: dict[int, dict[int, Any]] = {}
        last = 0
        for row in children(root, "sheetData", "row"):
            last = self._number(attribute(row, "r"), last + 1)
            column = 0
            for cell in children(row, "c"):
                reference = attribute(cell, "r")
                found = _position(reference if reference is not None else address(last, column + 1))
                if found is None or found[0] != last or found[1] in rows.get(last, ()):
                    raise self.guard.damaged()
                column = found[1]
                value = self._value(cell)
                if value not in (None, ""):
                    rows.setdefault(last, {})[column] = value
        return Sheet(title, dict(sorted(rows.items())), tuple(self._areas(root)))

    def _number(self, text: str | None, otherwise: int) -> int:
        number = otherwise if text is None else int(text) if text.isdecimal() and len(text) < 8 else 0
        if not 0 < number <= _LAST_ROW:
            raise self.guard.damaged()
        return number

    def _areas(self, root: _Element) -> Iterator[Area]:
        for one in children(root, "mergeCells", "mergeCell"):
            corners = [_position(corner) for corner in (attribute(one, "ref") or "").split(":")]
            start, end = corners[0], corners[-1]
            if start is None or end is None or len(corners) > 2:
                raise self.guard.damaged()
            yield Area(*start, *end)

    def _value(self, cell: _Element) -> Any:
        """Return the value of a cell as text, number, bool or day; None where it is empty."""
        kind = attribute(cell, "t") or "n"
        if kind == "inlineStr":
            return self._counted(_text(first(cell, "is")))
        element = first(cell, "v")
        text = (element.text if element is not None else None) or ""
        if not text:
            formula = first(cell, "f")
            return self._counted(f"={formula.text or ''}") if formula is not None else None
        if kind == "s":
            number = int(text) if text.isdecimal() and len(text) < 8 else len(self.strings)
            if number >= len(self.strings):
                raise self.guard.damaged()
            return self._counted(self.strings[number])
        if kind == "b":
            return text == "1"
        if kind == "d":
            return _iso_day(text) or self._counted(text)
        return self._number_or_day(text, cell) if kind == "n" else self._counted(text)

    def _number_or_day(self, text: str, cell: _Element) -> Any:
        """Return the number of a cell, or the day or time it is shown as; digits that are no number stay as text."""
        try:
            value = float(text) if len(text) <= _LONGEST_NUMBER else None
        except ValueError:
            value = None
        if value is None:
            return self._counted(text)
        if whole_number(attribute(cell, "s"), 0) in self.day_styles and 0 <= value < _DAYS:
            moment = self.zero + timedelta(seconds=round(value * 86_400))
            return moment if value >= 1 else moment.time()
        return int(text) if text.isdecimal() else value

    def _counted(self, text: str) -> str:
        """Return a text; refuse a workbook in which all of them come to more than a form holds."""
        self.characters += len(text)
        if self.characters > MOST_TEXT:
            raise BadDocument(f"单元格里的文字合计超过 {MOST_TEXT // 10_000} 万字，不像填报表，{self.guard.remedy}")
        return text


_LONGEST_NUMBER = 40
"""The most characters of a number; spreadsheets write at most 24."""

_DAYS = 2_900_000
"""The days that spreadsheets count, to the year 9839."""


def _iso_day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
