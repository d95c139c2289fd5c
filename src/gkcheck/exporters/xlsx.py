"""Workbooks (.xlsx) as an office keeps them: one sheet a table, ready to filter, to follow links and to print.

openpyxl makes styles, rules and the package; rows are written into it as text, one after the other, as the ledger
of a province has a million cells.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.exporters.charts import draw_lines
from gkcheck.exporters.column_widths import column_widths
from gkcheck.exporters.registry import Exporter
from gkcheck.exporters.shades import HEAD, SHADES
from gkcheck.exporters.sheet_rows import MOST_LINES, Styles, lines_of, pieces_of, rows_of
from gkcheck.table import Column, LinkedText, Origin, Table, mark_of, table_of, with_columns
from gkcheck.text.escapes import shown_directions, workbook_text
from gkcheck.text.width import width

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_REST = "续文"
"""The sheet of the texts that no cell can hold, and of those that are higher than a row can be."""


_FONT, _SIZE = "宋体", 10.5


class _Paper(NamedTuple):
    """A page: its code in SpreadsheetML, if it lies, and the letters that it holds in 8 pt."""

    code: int
    lying: bool
    letters: int


_PAPERS = (_Paper(9, False, 102), _Paper(9, True, 150), _Paper(8, True, 218))
"""A4 standing, A4 lying, A3 lying, with margins of 13 mm. A letter is counted as 6.7 points, as it is where the fonts
of the workbook are missing; where they are there, it takes 5.25 points and the type is larger."""

_COMFORT = 24
"""The letters that a long text should have at least, before a greater page is taken."""

_PADDING = 2
"""The letters between the edges of a cell and its text."""


def render_tables(tables: Sequence[Table]) -> bytes:
    """Return a workbook. Header rows are frozen, can be filtered and are repeated on every printed page."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book: Any = Workbook()
    book.remove(book.worksheets[0])
    book._named_styles["Normal"].font = Font(name=_FONT, size=_SIZE)  # its digits are the unit of column widths
    book._fonts[0] = book._named_styles["Normal"].font
    _tell_origin(book, tables[0].title if tables else None, tables[0].origin if tables else None)
    rows: dict[str, Iterable[str]] = {}
    rest: list[tuple[str, str]] = []
    for table in map(_with_links, tables):
        name = _sheet_name(table, rows)
        rows[name], letters = _add_sheet(book, name, table)
        rest += _rest_of(table, letters, name)
    if rest:
        columns = (Column("单元格", wrap=True), Column("接在该单元格文字之后", wrap=True))
        rows[_REST], _ = _add_sheet(book, _REST, table_of(columns, rest))
    return _workbook_bytes(book, rows)


def _tell_origin(book: Workbook, title: str | None, origin: Origin | None) -> None:
    """Set title, author, language and day, without the names that the library puts there."""
    from datetime import datetime, time

    told = book.properties
    told.title, told.language = workbook_text(title or "")[:255], "zh-CN"
    told.creator = told.lastModifiedBy = workbook_text(origin.author)[:255] if origin else ""
    if origin:
        told.created = told.modified = datetime.combine(origin.day, time())


def _workbook_bytes(book: Workbook, rows: dict[str, Iterable[str]]) -> bytes:
    """Return a workbook as bytes, made in memory: openpyxl itself writes sheets to a disk that may be full.

    `rows` are those of each sheet, by its name.
    """
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):
        def write_worksheet(self, ws: Any) -> None:
            held, links = io.BytesIO(), ws._hyperlinks
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts = ws._charts
            writer: Any = WorksheetWriter(ws, held)
            ws._hyperlinks = links  # the writer begins with none
            writer.write()
            ws._rels = writer._rels
            before, after = re.split(rb"<sheetData\s*/>|<sheetData></sheetData>", held.getvalue())
            archive: ZipFile = vars(self)["_archive"]
            with archive.open(ws.path[1:], "w") as sheet:
                sheet.write(before + b"<sheetData>")
                for chunk in _chunks(rows[ws.title]):
                    sheet.write(chunk)
                sheet.write(b"</sheetData>" + after)
            self.manifest.append(ws)

    out = io.BytesIO()
    InMemory(book, ZipFile(out, "w", ZIP_DEFLATED, allowZip64=True)).save()
    return out.getvalue()


def _chunks(rows: Iterable[str], size: int = 200) -> Iterator[bytes]:
    """Yield rows as bytes, `size` of them together."""
    held: list[str] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield "".join(held).encode()
            held.clear()
    yield "".join(held).encode()


def _sheet_name(table: Table, taken: Collection[str]) -> str:
    """Return at most 31 characters, without the signs that Excel forbids; with a number where the name is taken."""
    name = re.sub(r"[\x00-\x1f\\/*?:\[\]]", " ", table.title or "").strip(" '")[:27] or "表"
    used = {one.casefold() for one in taken} | {_REST}
    numbered = (f"{name}{number or ''}" for number in (0, *range(2, len(used) + 3)))
    return next(one for one in numbered if one.casefold() not in used)


def _add_sheet(book: Workbook, name: str, table: Table) -> tuple[Iterator[str], list[int]]:
    """Add a sheet with everything but its rows; return these, and the letters of its columns."""
    from openpyxl.utils import get_column_letter

    sheet: Any = book.create_sheet(name)
    page = _page_of(table)
    for c, wide in enumerate(page.letters):
        sheet.column_dimensions[get_column_letter(c + 1)].width = wide + _PADDING
    area = f"A1:{get_column_letter(max(1, table.width))}{max(1, len(table.rows))}"
    sheet.calculate_dimension = lambda: area
    for span in table.spans:
        sheet.merged_cells.add(_area(span.column, span.row, span.columns, span.rows))
    _print(sheet, table, page)
    _freeze(sheet, table, area)
    _colour(sheet, table)
    _link(sheet, table)
    if table.is_burn_up:
        draw_lines(sheet, table, _place(0, len(table.rows) + 1))
    return rows_of(table, page.letters, _styles(sheet, table)), page.letters


def _area(column: int, row: int, columns: int, rows: int) -> str:
    """Return the cells from a top left corner (from 0) on: B2:B40."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)}{row + 1}:{get_column_letter(column + columns)}{row + rows}"


def _place(column: int, row: int) -> str:
    """Return a cell by its column and row (from 0): B2."""
    return _area(column, row, 1, 1).split(":")[0]


# -- looks ----------------------------------------------------------------------------------------------


def _styles(sheet: Any, table: Table) -> Styles:
    """Return the styles of the kinds of columns that a table has; the library keeps one a look."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="999999")
    border = Border(line, line, line, line)
    formats = {"percent": "0.00%", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}
    styles: dict[tuple[str, str], int] = {}
    for column in {column.kind: column for column in table.columns}.values():
        across = "right" if column.is_figure else "center" if column.kind in _MIDDLE else "left"
        for use in ("head", "text", "quoted", "value"):
            cell = WriteOnlyCell(sheet)
            cell.border = border
            cell.alignment = Alignment(across if use != "head" else "center", "center", wrap_text=True)
            cell.font = Font(name="黑体" if use == "head" else _FONT, size=_SIZE)
            if use == "head":
                cell.fill = PatternFill("solid", fgColor=HEAD)
            elif column.kind == "link":
                cell.font = Font(name=_FONT, size=_SIZE, color="0563C1", underline="single")
            elif use == "value" and column.kind in formats:
                cell.number_format = formats[column.kind]
            cell.quotePrefix = use == "quoted"
            styles[column.kind, use] = cell.style_id
    return styles


_MIDDLE = ("status", "cell", "light", "date", "time", "link")


def _colour(sheet: Any, table: Table) -> None:
    """Colour the cells that tell a mark as long as they say so, and draw a bar into percentages."""
    from openpyxl.formatting.rule import CellIsRule, DataBarRule
    from openpyxl.styles import PatternFill

    body = table.rows[table.header :]
    for c, column in enumerate(table.columns):
        if not body:
            break
        area = _area(c, table.header, 1, len(body))
        if column.kind == "percent":
            ends = {"start_type": "num", "start_value": 0, "end_type": "num", "end_value": 1}
            sheet.conditional_formatting.add(area, DataBarRule(color="8FB9DD", **ends))  # type: ignore[no-untyped-call]
        elif column.kind in ("status", "cell", "light"):
            marks = {row[c] or "": mark for row in body if (mark := mark_of(row[c])) in SHADES}
            for text, mark in sorted(marks.items()):
                said = text.replace('"', '""')
                fill = PatternFill(bgColor=SHADES[mark])
                sheet.conditional_formatting.add(area, CellIsRule("equal", [f'"{said}"'], fill=fill))  # type: ignore[no-untyped-call]


_MOST_LINKS = 65_530
_LONGEST_LINK = 2_079
"""The links of a sheet and the letters of one, beyond which Excel takes a workbook to be damaged."""


def _with_links(table: Table) -> Table:
    """Return the table with a column of links beside one that names addresses: each opens the first of its row.

    The links stand apart, as LibreOffice does not break a linked text over lines.
    """
    named = next((c for c in range(table.width) if any(isinstance(row[c], LinkedText) for row in table.rows)), None)
    if named is None:
        return table
    after = named + 1
    rows = [
        (*row[:after], _linked(row[named]) if r >= table.header else "链接", *row[after:])
        for r, row in enumerate(table.rows)
    ]
    columns = (*table.columns[:after], Column("链接", kind="link"), *table.columns[after:])
    return table._replace(rows=tuple(rows), columns=columns)


def _linked(text: str | None) -> str:
    addresses = text.addresses if isinstance(text, LinkedText) else ()
    target = _uri(addresses[0]) if addresses else None
    if target is None or len(target) > _LONGEST_LINK:
        return ""
    return LinkedText(f"打开1/{len(addresses)}" if len(addresses) > 1 else "打开", (target,))


def _uri(address: str) -> str | None:
    """Return an address of the web with the signs that no URI may have as %XX; None for any other address."""
    from urllib.parse import quote

    known = re.match(r"https?://[^/]", address, re.IGNORECASE)
    return quote(address, safe="%/:?#[]@!$&'()*+,;=~", errors="replace") if known else None


def _link(sheet: Any, table: Table) -> None:
    """Link the cells of the column 链接, as many as a workbook may have."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    for c in (c for c, column in enumerate(table.columns) if column.kind == "link"):
        found = ((r, row[c]) for r, row in enumerate(table.rows))
        links = ((r, text.addresses[0]) for r, text in found if isinstance(text, LinkedText))
        sheet._hyperlinks += [Hyperlink(ref=_place(c, r), target=to) for r, to in islice(links, _MOST_LINKS)]


# -- pages ----------------------------------------------------------------------------------------------


class _Page(NamedTuple):
    """A page on which a table can be read, the letters of all columns, and the columns that are printed."""

    paper: _Paper
    letters: list[int]
    printed: int

    @property
    def beside(self) -> int:
        """The pages beside each other that hold the printed columns."""
        wide = sum(self.letters[: self.printed]) + _PADDING * self.printed
        return 1 if wide <= self.paper.letters else -(-wide // (self.paper.letters - 2 * _COMFORT))


def _page_of(table: Table) -> _Page:
    """Return the smallest page on which a table can be read.

    The type is 8 pt at least. Where even the greatest page is too narrow for that, the columns from the first spare one
    on are not printed; where that is not enough, pages lie beside each other, with room for the units on each of them
    and for what a page leaves blank before a column that is too wide for it.
    """
    whole = (column._replace(kind="date") if column.kind == "time" else column for column in table.columns)
    table = table._replace(columns=tuple(whole))  # a day or a time is never broken over lines, but shown as ####
    natural = column_widths(table, 1_000_000, fill=False, measure=width)
    needed = sum(min(wide, _COMFORT) + _PADDING for wide in natural)
    paper = next((one for one in _PAPERS if needed <= one.letters), _PAPERS[-1])
    spare = next((c for c, column in enumerate(table.columns) if column.spare), 0)
    if needed > paper.letters and spare:
        kept = with_columns(table, range(spare))
        letters = column_widths(kept, paper.letters - _PADDING * spare, fill=False, measure=width)
        if sum(letters) + _PADDING * spare <= paper.letters:
            return _Page(paper, letters + [min(wide, _COMFORT) for wide in natural[spare:]], spare)
    pages = -(-needed // paper.letters)
    room = paper.letters if pages == 1 else pages * (paper.letters - 2 * _COMFORT)
    return _Page(paper, column_widths(table, room - _PADDING * len(natural), fill=False, measure=width), len(natural))


def _freeze(sheet: Any, table: Table, area: str) -> None:
    """Freeze header rows and the columns up to the units, and let the rows be filtered."""
    unit = next((c for c, column in enumerate(table.columns) if column.kind == "unit"), -1)
    if table.header:
        sheet.freeze_panes = _place(unit + 1, table.header)
        sheet.print_title_rows = f"1:{table.header}"
        if unit >= 0 and sheet.page_setup.fitToWidth != 1:
            sheet.print_title_cols = re.sub(r"\d", "", _area(unit, 0, 1, 1))
        if len(table.rows) > table.header:
            sheet.auto_filter.ref = area.replace("A1:", f"A{table.header}:", 1)
    if table.header and table.notes:
        from openpyxl.worksheet.datavalidation import DataValidation

        told = DataValidation(
            promptTitle="说明", prompt=workbook_text("\n".join(table.notes))[:250], showInputMessage=True
        )
        told.add(_area(0, 0, table.width, table.header))
        sheet.add_data_validation(told)


def _print(sheet: Any, table: Table, page: _Page) -> None:
    sheet.page_setup.paperSize = page.paper.code
    sheet.page_setup.orientation = "landscape" if page.paper.lying else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = page.beside, 0
    notes = table.notes
    if page.printed < len(page.letters):
        sheet.print_area = _area(0, 0, page.printed, max(1, len(table.rows)))
        notes = (*notes, f"（“{table.columns[page.printed].title}”起的各栏不打印，见电子表格）")
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top, sheet.page_margins.bottom = 0.8, 0.7
    sheet.print_options.horizontalCentered = True
    head = sheet.oddHeader.center
    head.text = "　　".join(_printed(text) for text in (table.title or "", *notes))[:220]
    head.font, head.size = "黑体,Regular", 12
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _printed(text: str) -> str:
    """Return a text for the head of printed pages, where & begins a code."""
    return workbook_text(shown_directions(text)).replace("&", "&&")


def _rest_of(table: Table, letters: Sequence[int], name: str) -> Iterator[tuple[str, str]]:
    """Yield the place of each cell that cannot hold or show its text, with what goes on there, in pieces."""
    for c in range(table.width):
        rest: dict[str, tuple[str, list[str]]] = {}
        for text in {row[c] or "" for row in table.rows}:
            if more := pieces_of(shown_directions(text))[1:]:
                rest[text] = ("", more)
            elif lines_of(text, letters[c]) > MOST_LINES:
                rest[text] = (_WHOLE, list(_shown(text)))
        for r, row in enumerate(table.rows if rest else ()):
            mark, pieces = rest.get(row[c] or "", ("", []))
            yield from ((f"{name}!{_place(c, r)}{mark}", piece) for piece in pieces)


_WHOLE = "（打印放不下，全文）"
_LETTERS = 80
"""The letters that the sheet 续文 has at least in a line."""


def _shown(text: str) -> Iterator[str]:
    """Yield a text in pieces of which a row of the sheet 续文 shows each."""
    if lines_of(text, _LETTERS) <= MOST_LINES:
        yield text
    else:
        yield from _shown(text[: len(text) // 2])
        yield from _shown(text[len(text) // 2 :])


XLSX = Exporter(".xlsx", "工作簿", tables=render_tables, has_sheets=True)
