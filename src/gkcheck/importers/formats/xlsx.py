"""Workbooks (.xlsx). Cells are streamed with openpyxl; merged ranges, which it does not stream, are read beside it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.blocks import MOST_CELLS, MOST_ROWS, Block, BlockCollector, Format, Span, too_much
from gkcheck.importers.formats.ooxml import PackageGuard, is_xml, notice_guard, part_names

_WIDEST = 60
MOST_TAGS = 100_000
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")


def detect(data: bytes) -> bool:
    """True if the bytes are a package with a workbook in it."""
    return data[:2] == b"PK" and "xl/workbook.xml" in part_names(data)


def read(data: bytes, name: str) -> list[Block]:
    """Return each visible sheet as a block, in the order of the tabs, and a line for each hidden one, unread."""
    guard = notice_guard(name)
    for part, content in guard.read(data, is_xml):
        if "worksheets/" in part and (
            content.count(b"<row") > MOST_TAGS
            or content.count(b":row ") > MOST_TAGS
            or content.count(b"</") > 20 * MOST_TAGS
        ):
            raise too_much(name, "行")
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        out = BlockCollector(name)
        for sheet in book.worksheets:
            out.part = f"工作表“{sheet.title}”" if len(book.worksheets) > 1 else ""
            if sheet.sheet_state != "visible":
                out.add_paragraph(f"（隐藏的工作表“{sheet.title}”没有读）")
                continue
            _sheet(out, sheet, _merges(data, guard, name, str(getattr(sheet, "_worksheet_path", ""))))
        return out.blocks()
    except (BadDocument, MemoryError):
        raise
    except (
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
        SyntaxError,
        OverflowError,
        NotImplementedError,
    ) as error:
        raise guard.damaged() from error
    except Exception as error:
        if type(error).__module__.split(".")[0] in ("openpyxl", "lxml", "zlib", "xml"):
            raise guard.damaged() from error
        raise


FORMAT = Format("xlsx", (".xlsx",), "Excel 工作簿", detect, read, in_package=True)


def _sheet(out: BlockCollector, sheet: Any, merges: list[Span]) -> None:
    """Collect the cells of a sheet down to its last row with words, as wide as its widest row with words."""
    rows: list[list[str]] = []
    empty = 0
    sheet.reset_dimensions()
    for n, row in enumerate(sheet.iter_rows()):
        texts = [cell_text(cell) for cell in row[:_WIDEST]]
        while texts and not texts[-1]:
            texts.pop()
        empty = 0 if texts else empty + 1
        rows.append(texts)
        if n - empty >= MOST_ROWS or sum(map(len, rows[-1:])) > 500_000:
            raise too_much(out.name, "行")
        if empty > MOST_ROWS:
            break
    while rows and not rows[-1]:
        rows.pop()
    width = max(map(len, rows), default=0)
    if width * len(rows) > MOST_CELLS * 4:
        raise too_much(out.name, "单元格")
    if width <= 1:
        for row in rows:
            out.add_paragraph(row[0] if row else "")
        out.end_paragraphs()
        return
    inside = [span for span in merges if span.row < len(rows) and span.column < width]
    covered = {
        (r, c)
        for span in inside
        for r in range(span.row, min(span.row + span.rows, len(rows)))
        for c in range(span.column, min(span.column + span.columns, width))
        if (r, c) != (span.row, span.column)
    }
    full = [
        tuple(None if (r, c) in covered else (row[c] if c < len(row) else "") for c in range(width))
        for r, row in enumerate(rows)
    ]
    out.add_table(
        full, [Span(s.row, s.column, min(s.rows, len(rows) - s.row), min(s.columns, width - s.column)) for s in inside]
    )


def _merges(data: bytes, guard: PackageGuard, name: str, path: str) -> list[Span]:
    content = guard.part(data, path.lstrip("/")) if path else None
    spans = []
    for found in _MERGE.finditer(content or b""):
        left, top, right, bottom = _column(found[1]), int(found[2]), _column(found[3]), int(found[4])
        if right >= left and bottom >= top and left < _WIDEST and top <= 2 * MOST_ROWS:
            spans.append(Span(top - 1, left, min(bottom - top + 1, MOST_ROWS), min(right - left + 1, _WIDEST)))
        if len(spans) > 50_000:
            raise too_much(name, "合并单元格")
    return spans


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def cell_text(cell: Any) -> str:
    """Return a cell as it shows: whole numbers without a point, days as the sheet's format has them."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return _day(value, str(getattr(cell, "number_format", "")))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, float) and "%" in str(getattr(cell, "number_format", "")):
        return f"{value * 100:g}%"
    return str(value).replace("_x000D_", "").replace("\r", "\n").strip()


def _day(value: date, form: str) -> str:
    plain = form.lower()
    has_day = "d" in plain.replace("[dbnum", "").replace("red", "") or plain in ("", "general")
    if "年" in form or "月" in form or 'yyyy"' in plain:
        year = f"{value.year}年" if "y" in plain else ""
        return f"{year}{value.month}月" + (f"{value.day}日" if has_day else "")
    return f"{value.year}-{value.month:02}-{value.day:02}" if has_day else f"{value.year}年{value.month}月"
