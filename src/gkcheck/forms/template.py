"""The form's workbook without its rows, built by openpyxl once for each number of rows.

openpyxl takes 25 ms and more to build one workbook; writing only the rows takes a tenth of that.
"""

from __future__ import annotations

import io
import re
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck import labels
from gkcheck.forms.layout import (
    CLAIMS,
    COLUMNS,
    DAY,
    FONT_SIZE,
    HEADER_ROW,
    METADATA_SHEET,
    PUBLISHED,
    REGISTRATION,
    SHEET,
    STATUS,
)

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

Worksheet = Any
"""The type stubs of openpyxl know neither that page setup is always there nor what a style may be set to."""


class Template(NamedTuple):
    """A workbook without rows: its parts by name, each sheet's XML before and after its rows, styles by name."""

    parts: dict[str, bytes]
    main: tuple[bytes, bytes]
    metadata: tuple[bytes, bytes]
    styles: dict[str, int]


MAIN, METADATA = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"


@lru_cache(maxsize=64)
def template(rows: int) -> Template:
    """Return the workbook of a form of `rows` rows."""
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = SHEET
    styles = _styles(book)
    _merge(sheet)
    _arrange(sheet, HEADER_ROW + rows)
    _validate(sheet, HEADER_ROW + rows)
    _protect(book, sheet)
    metadata = book.create_sheet(METADATA_SHEET)
    metadata.sheet_state = "hidden"
    metadata.protection.sheet = True
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return Template(parts, _around_rows(parts.pop(MAIN)), _around_rows(parts.pop(METADATA)), styles)


def _around_rows(xml: bytes) -> tuple[bytes, bytes]:
    """Split the XML of an empty sheet where its rows go; the element with its extent is dropped."""
    xml = re.sub(rb"<dimension [^<>]*/>", b"", xml, count=1)
    before, empty, after = xml.partition(b"<sheetData/>" if b"<sheetData/>" in xml else b"<sheetData />")
    if not empty:
        before, _, rest = xml.partition(b"<sheetData>")
        after = rest.partition(b"</sheetData>")[2]
    return before, after


def _merge(sheet: Worksheet) -> None:
    last = len(COLUMNS)
    asked = [
        (2, *columns) for label, first, end in REGISTRATION.values() for columns in ((label, first - 1), (first, end))
    ]
    for row, first, end in ((1, 1, last), (2, 1, 2), *asked, (2, 10, last), (3, 1, last)):
        if first < end:
            sheet.merged_cells.add(_reference(row, first, end))


def _reference(row: int, first: int, last: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}"


def _styles(book: Workbook) -> dict[str, int]:
    """Register the styles of the cells; return their numbers by name."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    line = Side(style="thin", color="808080")
    border = Border(line, line, line, line)
    body, bold = Font(name="宋体", size=FONT_SIZE), Font(name="黑体", size=FONT_SIZE)
    left = Alignment(horizontal="left", vertical="center", wrap_text=True)
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    yellow, grey = PatternFill("solid", fgColor="FFF9DB"), PatternFill("solid", fgColor="E9EDF2")
    open_cell = Protection(locked=False)
    scratch = book.create_sheet("styles")

    def style(number: int, **settings: Any) -> int:
        cell = scratch.cell(number, 1)
        for name, value in settings.items():
            setattr(cell, name, value)
        return int(cell.style_id)

    text = {"font": body, "border": border, "number_format": "@"}
    styles = {
        "title": style(1, font=Font(name="黑体", size=16), alignment=middle),
        "label": style(2, font=bold, alignment=left),
        "how": style(3, font=Font(name="楷体", size=FONT_SIZE), alignment=left),
        "header": style(4, font=bold, border=border, alignment=middle, fill=grey),
        "header-open": style(
            5, font=bold, border=border, alignment=middle, fill=PatternFill("solid", fgColor="FFE79A")
        ),
        "text": style(6, **{**text, "number_format": "General"}, alignment=left),
        "short": style(7, **{**text, "number_format": "General"}, alignment=middle),
        "open-text": style(8, **text, alignment=left, fill=yellow, protection=open_cell),
        "open-short": style(9, **text, alignment=middle, fill=yellow, protection=open_cell),
        "open-day": style(
            10,
            font=body,
            border=border,
            number_format="yyyy-mm-dd",
            alignment=middle,
            fill=yellow,
            protection=open_cell,
        ),
        "closed": style(11, **text, alignment=middle, fill=grey),
        "ask": style(13, font=bold, alignment=Alignment(horizontal="right", vertical="center")),
        "quoted": style(12, **{**text, "number_format": "General"}, alignment=left, quotePrefix=True),
    }
    book.remove(scratch)
    return styles


def _arrange(sheet: Worksheet, last: int) -> None:
    """Set widths, frozen titles, filter and the printed page: A4 landscape, one page wide, titles on every page."""
    from openpyxl.utils import get_column_letter

    for c, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(c)].width = column.width
    right = get_column_letter(len(COLUMNS))
    sheet.freeze_panes = f"D{HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{right}{last}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.print_area = f"A1:{right}{last}"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.sheet_view.zoomScale = 100


def _validate(sheet: Worksheet, last: int) -> None:
    """Offer the statuses a unit may claim in a drop-down; accept only dates in the columns of dates."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letters = {column.title: get_column_letter(c) for c, column in enumerate(COLUMNS, 1)}
    statuses = DataValidation(
        type="list",
        formula1='"' + ",".join(labels.STATUS[status] for status in CLAIMS) + '"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="完成情况",
        error="请从下拉列表中选择",
        showInputMessage=True,
        promptTitle="完成情况",
        prompt="要报告的行必填；没有变化的行留空",
    )
    statuses.add(f"{letters[STATUS]}{HEADER_ROW + 1}:{letters[STATUS]}{last}")
    days = DataValidation(
        type="date",
        operator="between",
        formula1="36526",
        formula2="73050",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="日期",
        error="请写成 2019-11-01 的形式",
    )
    for title in (DAY, PUBLISHED):
        days.add(f"{letters[title]}{HEADER_ROW + 1}:{letters[title]}{last}")
    sheet.add_data_validation(statuses)
    sheet.add_data_validation(days)


def _protect(book: Workbook, sheet: Worksheet) -> None:
    """Lock all but the open cells, without a password: against slips. Widths, heights and the filter stay free."""
    from openpyxl.workbook.protection import WorkbookProtection

    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.autoFilter = False
    sheet.protection.sort = False
    book.security = WorkbookProtection(lockStructure=True)
