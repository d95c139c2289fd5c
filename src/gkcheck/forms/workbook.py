"""Workbooks that come back, as sheets of sparse cells: what a workbook costs is bounded before any of it is parsed.

openpyxl makes a cell of every position as far as the last one used, and of every position of a merged area: a blank in
A1048576 took 3 GB. Here only cells that hold something exist, and a merged area is its four corners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.ooxml import Package, PackageGuard, attribute, children, first, local, whole_number
from gkcheck.importers.formats.sheet_notes import letters, notes_of
from gkcheck.importers.formats.word_styles import is_on
from gkcheck.importers.formats.xlsx import LINK_FORMULA

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
    """A sheet: its rows that hold something, in ascending order, each with its values by column (both from 1).

    `links` are the addresses that cells lead to, by row and column. `unread` is what is no value of a cell, by the
    cell it stands at: words struck out, comments, pictures, text boxes.
    """

    title: str
    rows: dict[int, dict[int, Any]]
    merged: tuple[Area, ...]
    links: dict[tuple[int, int], str]
    unread: tuple[tuple[str, str], ...]


def address(row: int, column: int) -> str:
    """Return the address of a cell as spreadsheets write it: H12."""
    return f"{letters(column - 1)}{row}"


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
    strings = [_text(string) for string in children(shared, "si")]
    reader = _Reader(guard, strings, _day_styles(styles), _struck_styles(styles), _zero(book))
    del shared, styles
    for sheet in children(book, "sheets", "sheet"):
        target = targets.get(attribute(sheet, "id") or "")
        root = package.tree(target) if target else None
        if target is None or root is None:
            raise guard.damaged()
        if local(root) == "worksheet":
            read = reader.sheet(attribute(sheet, "name") or "", root, package.links(target))
            notes = (
                (at, f"{kind}“{_beginning(text)}”" if text else kind) for at, text, kind in notes_of(package, target)
            )
            yield read._replace(unread=(*read.unread, *notes))


class _Text(NamedTuple):
    """A text, without what is struck out in it, and that."""

    shown: str
    struck: str = ""


def _text(string: _Element | None) -> _Text:
    """Return the text of a string that may have runs of different fonts; readings (rPh) are no part of it."""
    shown: list[str] = []
    struck: list[str] = []
    for one in string if string is not None else ():
        parts = [one] if local(one) == "t" else children(one, "t") if local(one) == "r" else ()
        crossed = local(one) == "r" and is_on(first(one, "rPr", "strike"))
        (struck if crossed else shown).extend(part.text or "" for part in parts)
    return _Text("".join(shown), "".join(struck))


def _struck_styles(styles: _Element | None) -> frozenset[int]:
    """Return the numbers of the cell styles whose font is struck out."""
    fonts = [is_on(first(font, "strike")) for font in children(styles, "fonts", "font")]
    used = [whole_number(attribute(style, "fontId"), 0) for style in children(styles, "cellXfs", "xf")]
    return frozenset(number for number, font in enumerate(used) if font < len(fonts) and fonts[font])


def _beginning(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:40] + "……"


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

    def __init__(
        self,
        guard: PackageGuard,
        strings: list[_Text],
        day_styles: frozenset[int],
        struck_styles: frozenset[int],
        zero: datetime,
    ) -> None:
        self.guard, self.strings, self.zero = guard, strings, zero
        self.day_styles, self.struck_styles = day_styles, struck_styles
        self.characters = 0
        self.unread: list[tuple[str, str]] = []

    def sheet(self, title: str, root: _Element, targets: Mapping[str, str]) -> Sheet:
        """Return a sheet; a row or a cell without an address follows the one before.

        Args:
            targets: where the sheet leads to outside the workbook, by the ids of its hyperlinks.
        """
        rows: dict[int, dict[int, Any]] = {}
        links = self._links(root, targets)
        self.unread = []
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
                value = self._shown(cell, address(last, column))
                if value not in (None, ""):
                    rows.setdefault(last, {})[column] = value
                    formula = first(cell, "f")
                    if formula is not None and (led := LINK_FORMULA.search(formula.text or "")):
                        links.setdefault((last, column), led[1])
        return Sheet(title, dict(sorted(rows.items())), tuple(self._areas(root)), links, tuple(self.unread))

    def _links(self, root: _Element, targets: Mapping[str, str]) -> dict[tuple[int, int], str]:
        """Return where the cells of a sheet lead to; a range by its first cell, which holds the words."""
        links: dict[tuple[int, int], str] = {}
        for one in children(root, "hyperlinks", "hyperlink"):
            position = _position((attribute(one, "ref") or "").partition(":")[0])
            target = targets.get(attribute(one, "id") or "")
            if position and target:
                links[position] = target
        return links

    def _shown(self, cell: _Element, at: str) -> Any:
        """Return the value of a cell without what is struck out in it, which is kept as unread."""
        value = self._value(cell)
        value = value if isinstance(value, _Text) else _Text(value)
        shown: Any = value.shown
        struck = value.struck
        if shown not in (None, "") and whole_number(attribute(cell, "s"), 0) in self.struck_styles:
            shown, struck = None, f"{shown}{struck}"
        if isinstance(shown, str) and "DISPIMG(" in shown[:40]:
            self.unread.append((at, "图片"))
            return None
        if struck.strip():
            self.unread.append((at, f"有删除线的“{_beginning(struck)}”"))
        return shown

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
        """Return the value of a cell as `_Text`, text, number, bool or day; None where it is empty."""
        kind = attribute(cell, "t") or "n"
        if kind == "inlineStr":
            return self._counted_runs(_text(first(cell, "is")))
        element = first(cell, "v")
        text = (element.text if element is not None else None) or ""
        if not text:
            formula = first(cell, "f")
            return self._counted(_words_of_formula(formula.text or "")) if formula is not None else None
        if kind == "s":
            number = int(text) if text.isdecimal() and len(text) < 8 else len(self.strings)
            if number >= len(self.strings):
                raise self.guard.damaged()
            return self._counted_runs(self.strings[number])
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
        if whole_number(attribute(cell, "s"), 0) in self.day_styles and (value < 1 or _TYPED <= value < _DAYS):
            moment = self.zero + timedelta(seconds=round(value * 86_400))
            return moment if value >= 1 else moment.time()
        return int(text) if text.isdecimal() else value

    def _counted_runs(self, text: _Text) -> _Text:
        self._counted(text.shown + text.struck)
        return text

    def _counted(self, text: str) -> str:
        """Return a text; refuse a workbook in which all of them come to more than a form holds."""
        self.characters += len(text)
        if self.characters > MOST_TEXT:
            raise BadDocument(f"单元格里的文字合计超过 {MOST_TEXT // 10_000} 万字，不像填报表，{self.guard.remedy}")
        return text


_LONGEST_NUMBER = 40
"""The most characters of a number; spreadsheets write at most 24."""

_TYPED = 2_100
"""The least number that is a day where a cell shows days: 11.5 and 2019.11 were typed so, and are no days of 1900."""

_DAYS = 2_900_000
"""The days that spreadsheets count, to the year 9839."""


def _words_of_formula(formula: str) -> str:
    """Return what stands for a formula that no program has computed: the words of a HYPERLINK, else the formula itself."""
    link = _LINK_WITH_WORDS.match(formula)
    return (link[2] or link[1]) if link else f"={formula}"


_LINK_WITH_WORDS = re.compile(LINK_FORMULA.pattern + r'(?:,"([^"]*)")?\)$', re.IGNORECASE)


def _iso_day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
