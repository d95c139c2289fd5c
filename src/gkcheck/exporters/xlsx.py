"""Workbooks (.xlsx): one sheet a table, every text a text, ready to print on A4."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gkcheck.exporters.registry import Exporter
from gkcheck.table import Table
from gkcheck.text.escapes import needs_quote_prefix, workbook_text
from gkcheck.text.width import width

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook.workbook import Workbook

LONGEST_CELL = 32_767
"""The UTF-16 units that a cell holds; a longer text goes on in the sheet 续文."""

_WIDEST = 44
_LEAST = 16
_REST = "续文"


def render_tables(tables: Sequence[Table]) -> bytes:
    """Return a workbook. The header row is frozen, can be filtered and is repeated on every printed page."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    rest: list[tuple[str, str]] = []
    for i, table in enumerate(tables):
        sheet = book.create_sheet(_sheet_name(table, i))
        _fill(sheet, table, rest)
        _arrange(sheet, table)
    if rest:
        _continue(book, rest)
    return workbook_bytes(book)


def workbook_bytes(book: Workbook) -> bytes:
    """Return a workbook as bytes, made in memory: openpyxl itself writes sheets to a disk that may be full."""
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):
        def write_worksheet(self, ws: Any) -> None:
            if ws._charts or ws._images:
                super().write_worksheet(ws)
                return
            held = io.BytesIO()
            writer: Any = WorksheetWriter(ws, held)
            writer.write()
            ws._rels = writer._rels
            archive: ZipFile = vars(self)["_archive"]
            archive.writestr(ws.path[1:], held.getvalue())
            self.manifest.append(ws)

    out = io.BytesIO()
    InMemory(book, ZipFile(out, "w", ZIP_DEFLATED, allowZip64=True)).save()
    return out.getvalue()


def _sheet_name(table: Table, i: int) -> str:
    """Return at most 31 characters, without the signs that Excel forbids."""
    name = re.sub(r"[\x00-\x1f\\/*?:\[\]]", " ", table.title or "").strip(" '")[:28]
    return f"{name or '表'}{i + 1 if i else ''}"


def _fill(sheet: Any, table: Table, rest: list[tuple[str, str]]) -> None:
    """Fill in cells with their styles; a style is made once a column and copied, as a workbook may have a million cells."""
    from copy import copy

    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="999999")
    border = Border(line, line, line, line)
    plain, bold = Font(name="宋体", size=10.5), Font(name="黑体", size=10.5)
    shade = PatternFill("solid", fgColor="E7EDF3")
    aligned = [
        Alignment(horizontal="right" if column.kind == "number" else "left", vertical="top", wrap_text=True)
        for column in table.columns
    ]
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    styles: dict[tuple[bool, int], Any] = {}
    for r, row in enumerate(table.rows):
        head = r < table.header
        for c, text in enumerate(row):
            cell = sheet.cell(r + 1, c + 1)
            if (head, c) not in styles:
                cell.font, cell.border = (bold if head else plain), border
                cell.alignment = middle if head else aligned[c]
                if head:
                    cell.fill = shade
                styles[head, c] = cell._style
            cell._style = copy(styles[head, c])
            place = f"{sheet.title}!{cell.coordinate}"
            put(cell, text or "", number=not head and table.columns[c].kind == "number", place=place, rest=rest)
    for span in table.spans:
        sheet.merge_cells(
            start_row=span.row + 1,
            start_column=span.column + 1,
            end_row=span.row + span.rows,
            end_column=span.column + span.columns,
        )


def put(
    cell: Cell, text: str, number: bool = False, place: str = "", rest: list[tuple[str, str]] | None = None
) -> None:
    """Write a text that comes back as the same text: never a formula, an error value or a number of its own.

    `number`: digits may become a number. What a cell cannot hold is added to `rest` with the cell's place.
    """
    if not text:
        return
    if number and re.fullmatch(r"0|[1-9]\d{0,14}", text):
        cell.value = int(text)
        return
    pieces = list(_pieces(text))
    cell.value = workbook_text(pieces[0])
    cell.data_type = "s"
    if needs_quote_prefix(text):
        cell.quotePrefix = True
    if rest is not None:
        rest.extend((place, piece) for piece in pieces[1:])


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces of which a cell holds each, escapes counted."""
    if len(text) * 7 <= LONGEST_CELL:
        yield text
        return
    start, used = 0, 0
    for i, char in enumerate(text):
        need = len(workbook_text(text[i : i + 7])) - len(workbook_text(text[i + 1 : i + 7])) + (char > "\uffff")
        if used + need > LONGEST_CELL:
            yield text[start:i]
            start, used = i, 0
        used += need
    yield text[start:]


def _arrange(sheet: Any, table: Table) -> None:
    """Set widths by the texts of the columns; frozen header, filter, A4 lying, titles repeated, page numbers."""
    from openpyxl.utils import get_column_letter

    total: float = 0
    for c in range(table.width):
        longest = [max(map(width, (row[c] or "").split("\n"))) if c < len(row) else 0 for row in table.rows]
        body = longest[table.header :] or [0]
        wide = min(max(body), _WIDEST)
        if table.columns and table.columns[c].wrap:
            wide = min(wide, max(_LEAST, sum(body) // len(body)))
        full = max(*longest[: table.header], 4, wide) + 2.5
        sheet.column_dimensions[get_column_letter(c + 1)].width = full
        total += full
    if table.header:
        sheet.freeze_panes = sheet.cell(table.header + 1, 1)
        sheet.print_title_rows = f"1:{table.header}"
        if len(table.rows) > table.header:
            sheet.auto_filter.ref = f"A{table.header}:{get_column_letter(table.width)}{len(table.rows)}"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape" if total > 90 else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _continue(book: Workbook, rest: list[tuple[str, str]]) -> None:
    """Add the sheet for texts that no cell could hold: the place of the cell, and the text that follows there."""
    sheet: Any = book.create_sheet(_REST)
    for r, (place, piece) in enumerate([("单元格", "接在该单元格文字之后"), *rest]):
        put(sheet.cell(r + 1, 1), place)
        put(sheet.cell(r + 1, 2), piece)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100


XLSX = Exporter(".xlsx", "工作簿", tables=render_tables)
