"""Workbooks (.xlsx): the cells of each sheet as they show, merged ranges as spans; sheets are streamed."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from gkcheck.importers.formats.blocks import (
    MOST_CELLS,
    MOST_ROWS,
    Block,
    BlockCollector,
    CellDetail,
    Format,
    Span,
    too_much,
)
from gkcheck.importers.formats.cell_formats import BUILT_IN, day_of_number, shown_number, shown_text, shows_day
from gkcheck.importers.formats.ooxml import (
    Package,
    attribute,
    children,
    first,
    local,
    main_part,
    notice_guard,
)
from gkcheck.importers.formats.sheet_notes import letters, notes_of
from gkcheck.importers.formats.word_styles import is_on
from gkcheck.text.dates import may_lack_zero
from gkcheck.text.escapes import from_workbook_text

_MAIN = "xl/workbook.xml"
_WIDEST = 60
_MOST_TAGS = 2_000_000
_MOST_MERGES = 50_000
_NUMBER = re.compile(r"[+-]?(?:\d{1,320}\.?\d{0,320}|\.\d{1,320})(?:[eE][+-]?\d{1,4})?")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def detect(data: bytes) -> bool:
    """True if the bytes are a package with a workbook in it."""
    return main_part(data, "workbook", _MAIN) is not None


def read(data: bytes, name: str) -> list[Block]:
    """Return each visible sheet as a block, in the order of the tabs; a hidden one is left unread."""
    guard = notice_guard(name)
    package = Package(guard, data)
    main = main_part(data, "workbook", _MAIN) or _MAIN
    book = package.tree(main)
    if book is None:
        raise guard.damaged()
    since_1904 = attribute(first(book, "workbookPr"), "date1904") in ("1", "true", "on")
    reader = _Reader(BlockCollector(name), package, main, since_1904)
    targets = {one.id: one.target for one in package.related(main, "worksheet")}
    sheets = [sheet for sheet in children(book, "sheets", "sheet") if attribute(sheet, "id") in targets]
    for sheet in sheets:
        title = attribute(sheet, "name") or ""
        reader.out.part = f"工作表“{title}”" if len(sheets) > 1 else ""
        reader.prefix = f"{title}!" if len(sheets) > 1 else ""
        if attribute(sheet, "state") in ("hidden", "veryHidden"):
            reader.out.leave_unread(f"工作表“{title}”", "（整张工作表）", "隐藏的工作表")
        else:
            reader.sheet(targets[attribute(sheet, "id") or ""])
    return reader.out.blocks()


FORMAT = Format("xlsx", (".xlsx",), "Excel 工作簿", detect, read, in_package=True)


class _Text(NamedTuple):
    """The text of a cell: what shows, and what is struck out in it."""

    shown: str
    struck: str = ""


@dataclass(slots=True)
class _Sheet:
    """A sheet while it is read: texts by row and column, counted from 0, and what is to be accounted for."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    struck: list[tuple[str, str]] = field(default_factory=list)
    unshown: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    details: list[CellDetail] = field(default_factory=list)
    last_row: int = -1


class _Reader:
    def __init__(self, out: BlockCollector, package: Package, main: str, since_1904: bool) -> None:
        self.out, self.package, self.since_1904 = out, package, since_1904
        self.prefix = ""
        self.formats, self.struck_styles = _formats(package.only(main, "styles"))
        if len(self.formats) > MOST_STYLES:
            raise too_much(self.out.name, "单元格格式")
        strings = package.only(main, "sharedStrings")
        self.strings = [_rich_text(one) for one in children(strings, "si")]

    def sheet(self, part: str) -> None:
        """Collect a sheet and account for what does not show in it, or cannot be read."""
        sheet = _Sheet()
        links = self.package.links(part)
        for element in self._elements(part):
            kind = local(element)
            if kind == "row":
                self._row(sheet, element)
            elif kind == "col" and (is_hidden(element) or attribute(element, "width") == "0"):
                sheet.hidden_columns += range(_index(element, "min"), min(_index(element, "max"), _WIDEST) + 1)
            elif kind == "mergeCell" and (span := _span(attribute(element, "ref") or "")):
                sheet.spans.append(span)
            elif kind == "hyperlink" and (target := links.get(attribute(element, "id") or "")):
                sheet.details += _linked(attribute(element, "ref") or "", target)
            if len(sheet.spans) > _MOST_MERGES:
                raise too_much(self.out.name, "合并单元格")
        self._account(sheet, part)
        self._collect(sheet)

    def _elements(self, part: str) -> Iterator[Any]:
        """Yield the elements of a sheet as they end, and forget them."""
        from lxml import etree

        content = self.package.part(part)
        if content is None or content.count(b"</") > _MOST_TAGS:
            raise self.package.guard.damaged() if content is None else too_much(self.out.name, "单元格")
        walk = etree.iterparse(
            io.BytesIO(content), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            for _, element in walk:
                kind = local(element)
                if kind in ("row", "col", "mergeCell", "hyperlink"):
                    yield element
                    element.clear()
        except (etree.XMLSyntaxError, ValueError, LookupError) as error:
            raise self.package.guard.damaged() from error

    def _row(self, sheet: _Sheet, element: Any) -> None:
        number = attribute(element, "r") or ""
        r = int(number) - 1 if number.isdecimal() and len(number) < 8 else sheet.last_row + 1
        sheet.last_row = r
        texts: dict[int, str] = {}
        c = -1
        for cell in children(element, "c"):
            place = _REFERENCE.match(attribute(cell, "r") or "")
            c = _column(place[1]) if place else c + 1
            if c < _WIDEST and (text := self._cell(sheet, cell, r, c)):
                texts[c] = text
        if not texts:
            return
        if len(sheet.rows) >= MOST_ROWS:
            raise too_much(self.out.name, "行")
        sheet.rows[r] = texts
        if is_hidden(element) or attribute(element, "ht") == "0":
            sheet.hidden_rows.append(r)

    def _cell(self, sheet: _Sheet, cell: Any, r: int, c: int) -> str:
        """Return what a cell shows; account for what it does not show."""
        at = f"{self.prefix}{letters(c)}{r + 1}"
        kind, style = attribute(cell, "t") or "n", _index(cell, "s") + 1
        code = self.formats[style] if style < len(self.formats) else "General"
        value = first(cell, "v")
        raw = (value.text or "") if value is not None else ""
        if first(cell, "f") is not None and not raw:
            sheet.formulas.append(f"{letters(c)}{r + 1}")
        text = self._text(kind, raw, cell)
        if "DISPIMG(" in text.shown[:40]:
            sheet.pictures.append(at)
            return ""
        shown = _as_shown(kind, text.shown, code, self.since_1904)
        if text.shown and not shown:
            sheet.unshown.append((at, text.shown))
        if shown and (detail := _detail(r, c, kind, raw, code, self.since_1904, first(cell, "f"))):
            sheet.details.append(detail)
        if style < len(self.struck_styles) and self.struck_styles[style]:
            text, shown = _Text("", shown), ""
        if text.struck.strip():
            sheet.struck.append((at, text.struck.strip()))
        return shown.strip()

    def _text(self, kind: str, raw: str, cell: Any) -> _Text:
        if kind == "s":
            position = int(raw) if raw.isdecimal() and len(raw) < 9 else -1
            if not 0 <= position < len(self.strings):
                raise self.package.guard.damaged()
            return self.strings[position]
        if kind == "inlineStr":
            return _rich_text(first(cell, "is"))
        return _Text(_plain(raw))

    def _account(self, sheet: _Sheet, part: str) -> None:
        for at, text in sheet.struck:
            self.out.leave_unread(at, text, "删除线")
            self.out.remark(at, f"“{text}”有删除线，没有读入，请核对")
        for at, text in sheet.unshown:
            self.out.leave_unread(at, text, "单元格格式不显示")
            self.out.remark(at, f"“{text[:20]}”按单元格的格式不显示，没有读入，请核对")
        if sheet.formulas:
            listed = "、".join(sheet.formulas[:20]) + ("等" if len(sheet.formulas) > 20 else "")
            message = f"{listed}共 {len(sheet.formulas)} 格是公式，文件里没有存下结果，没有读到；请用办公软件打开，另存后再导入"
            self.out.remark(self.out.part or "工作表", message)
        columns = [c for c in sheet.hidden_columns if any(c in row for row in sheet.rows.values())]
        hidden = [f"第{_ranges([r + 1 for r in sheet.hidden_rows])}行"] if sheet.hidden_rows else []
        hidden += [f"{'、'.join(map(letters, columns))}列"] if columns else []
        if hidden:
            message = f"{'、'.join(hidden)}是隐藏的（可能是筛选所致），已照常读入，请核对是否应当保留"
            self.out.remark(self.out.part or "工作表", message)
        for at in sheet.pictures:
            self.out.leave_unread(at, "（图片）", "图片")
        self._notes(part)

    def _notes(self, part: str) -> None:
        """Account for the comments, text boxes, pictures and files of a sheet."""
        found = list(notes_of(self.package, part))
        for at, text, kind in found:
            self.out.leave_unread(self._place(at), text or f"（{kind}）", kind)
        if written := [note for note in found if note.text]:
            kinds = "、".join(dict.fromkeys(note.kind for note in written))
            message = f"{kinds}共 {len(written)} 处没有读入任务，原文见“未收录”，请核对"
            self.out.remark(self._place(written[0].at), message)

    def _place(self, cell: str) -> str:
        return f"{self.prefix}{cell}" if cell else self.out.part or "工作表"

    def _collect(self, sheet: _Sheet) -> None:
        """Collect a sheet down to its last row with words, as wide as its widest row with words."""
        rows, last = sheet.rows, -1
        for r in sorted(rows):
            if r - last > MOST_ROWS:
                self.out.remark(self.out.part or "工作表", f"第 {r + 1} 行起离上面的表太远，没有读，请核对")
                break
            last = r
        if last >= 2 * MOST_ROWS:
            raise too_much(self.out.name, "行")
        width = max((max(row) + 1 for r, row in rows.items() if r <= last), default=0)
        if width * (last + 1) > MOST_CELLS * 4:
            raise too_much(self.out.name, "单元格")
        if width <= 1:
            for r in range(last + 1):
                self.out.add_paragraph(rows.get(r, {}).get(0, ""))
            self.out.end_paragraphs()
            return
        inside = [
            Span(s.row, s.column, min(s.rows, last + 1 - s.row), min(s.columns, width - s.column))
            for s in sheet.spans
            if s.row <= last and s.column < width
        ]
        covered = {
            (r, c)
            for span in inside
            for r in range(span.row, span.row + span.rows)
            for c in range(span.column, span.column + span.columns)
            if (r, c) != (span.row, span.column)
        }
        full = [
            tuple(None if (r, c) in covered else rows.get(r, {}).get(c, "") for c in range(width))
            for r in range(last + 1)
        ]
        self.out.add_table(full, inside, [one for one in sheet.details if one.row <= last and one.column < width])


def is_hidden(element: Any) -> bool:
    """True if an element of a workbook has the attribute `hidden`."""
    return attribute(element, "hidden") in ("1", "true", "on")


MOST_STYLES = 65_490
"""The most formats of cells that Excel keeps in a workbook (its published limits)."""


def _formats(styles: Any) -> tuple[list[str], list[bool]]:
    """Return for every style of cells its number format, and whether its font is struck out."""
    codes = dict(BUILT_IN)
    for one in children(styles, "numFmts", "numFmt"):
        codes[_index(one, "numFmtId") + 1] = attribute(one, "formatCode") or "General"
    struck = [is_on(first(font, "strike")) for font in children(styles, "fonts", "font")]
    found = list(islice(children(styles, "cellXfs", "xf"), MOST_STYLES + 1))
    fonts = [_index(one, "fontId") + 1 for one in found]
    formats = [codes.get(_index(one, "numFmtId") + 1, "General") for one in found]
    return formats, [font < len(struck) and struck[font] for font in fonts]


def _rich_text(element: Any) -> _Text:
    """Return the text of a string of runs; readings of characters (phonetic runs) are no part of it."""
    shown: list[str] = []
    struck: list[str] = []
    for child in element if element is not None else ():
        if local(child) == "t":
            shown.append(child.text or "")
        elif local(child) == "r":
            text = "".join(one.text or "" for one in children(child, "t"))
            (struck if is_on(first(child, "rPr", "strike")) else shown).append(text)
    return _Text(_plain("".join(shown)), _plain("".join(struck)))


def _plain(text: str) -> str:
    return from_workbook_text(text).replace("\r\n", "\n").replace("\r", "\n")


def _as_shown(kind: str, text: str, code: str, since_1904: bool) -> str:
    """Return the value of a cell as its number format shows it."""
    if kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(text, text)
    if kind in ("s", "inlineStr", "str"):
        return shown_text(text, code)
    number = float(text) if kind == "n" and _NUMBER.fullmatch(text.strip()) else math.inf
    return shown_number(number, code, since_1904) if math.isfinite(number) else text


LINK_FORMULA = re.compile(r'HYPERLINK\("([^"]+)"', re.IGNORECASE)


def _detail(r: int, c: int, kind: str, raw: str, code: str, since_1904: bool, formula: Any) -> CellDetail | None:
    """Return the day of a cell that shows one, where a formula HYPERLINK leads, and a number as 11.1; None without any."""
    day = None
    if kind == "n" and shows_day(code) and _NUMBER.fullmatch(raw.strip()):
        moment = day_of_number(float(raw), since_1904)
        day = moment.date() if moment else None
    links = LINK_FORMULA.findall(formula.text or "") if formula is not None else []
    cut = kind == "n" and may_lack_zero(raw)
    return CellDetail(r, c, tuple(links), day, cut) if day or links or cut else None


def _linked(reference: str, target: str) -> list[CellDetail]:
    """Return the cell, or the first cell of a range, that a hyperlink stands in."""
    place = _REFERENCE.match(reference)
    return [CellDetail(int(place[2]) - 1, _column(place[1]), (target,))] if place else []


def _index(element: Any, name: str) -> int:
    """Return an attribute that counts from 1 as a position from 0; -1 where it is none."""
    text = attribute(element, name) or ""
    return int(text) - 1 if text.isdecimal() and len(text) < 9 else -1


def _span(reference: str) -> Span | None:
    """Return a merged range as a span; None where it is none, or far out of any table."""
    corners = [_REFERENCE.fullmatch(corner) for corner in reference.split(":")]
    if len(corners) != 2 or not corners[0] or not corners[1]:
        return None
    left, right = _column(corners[0][1]), _column(corners[1][1])
    top, bottom = int(corners[0][2]) - 1, int(corners[1][2]) - 1
    if not (0 <= top <= bottom and left <= right and left < _WIDEST and top < 2 * MOST_ROWS):
        return None
    return Span(top, left, min(bottom - top + 1, MOST_ROWS), min(right - left + 1, _WIDEST))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _ranges(numbers: Iterable[int]) -> str:
    """Return numbers in a row as ranges: 3、5-8."""
    out: list[list[int]] = []
    for number in numbers:
        if out and number == out[-1][-1] + 1:
            out[-1] = [out[-1][0], number]
        else:
            out.append([number])
    return "、".join("-".join(map(str, one)) for one in out)
