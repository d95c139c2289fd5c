"""The rows of a sheet as SpreadsheetML text: each distinct text of a column is made once, as a ledger has a million cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from html import escape

from gkcheck.table import Table
from gkcheck.text.escapes import needs_quote_prefix, shown_directions, workbook_text
from gkcheck.text.width import width, wrap
from gkcheck.types import NamedTuple

LONGEST_CELL = 32_767
"""The UTF-16 units that a cell holds."""

_LINE, _MARGIN, _HIGHEST = 15.6, 4.0, 409.0
"""The points of a line, those that a row needs besides, and the height that no row of a workbook exceeds."""

MOST_LINES = int((_HIGHEST - _MARGIN) // _LINE)
"""The lines of the highest row."""

Styles = Mapping[tuple[str, str], int]
"""The number of a style by the kind of a column and the use of a cell: head, text, quoted or value."""


class Cell(NamedTuple):
    """The rest of a cell after its place in SpreadsheetML, and the lines that its text takes."""

    xml: str
    lines: int


def rows_of(table: Table, letters: Sequence[int], styles: Styles) -> Iterator[str]:
    """Yield each row with its height; `letters` are the widths of the columns."""
    from openpyxl.utils import get_column_letter

    names = [get_column_letter(c + 1) for c in range(table.width)]
    head, body = ([_cells(table, c, letters[c], styles, part) for c in range(table.width)] for part in (True, False))
    shared = {
        (span.row + i, span.column): -(-lines_of(table.rows[span.row][span.column] or "", letters[span.column]) // span.rows)
        for span in table.spans
        for i in range(span.rows)
    }  # fmt: skip
    for r, row in enumerate(table.rows):
        known = head if r < table.header else body
        cells = [made[text or ""] for made, text in zip(known, row, strict=True)]
        lines = [cell.lines for cell in cells]
        if shared:
            lines = [shared.get((r, c), count) for c, count in enumerate(lines)]
        high = min(_HIGHEST, max(lines) * _LINE + _MARGIN)
        inner = "".join([f'<c r="{name}{r + 1}"{cell.xml}' for name, cell in zip(names, cells, strict=True)])
        yield f'<row r="{r + 1}" ht="{high:.1f}" customHeight="1">{inner}</row>'


def _cells(table: Table, c: int, letters: int, styles: Styles, head: bool) -> dict[str, Cell]:
    """Return the cells of all texts that a column has in its header or below."""
    column = table.columns[c]
    rows = table.rows[: table.header] if head else table.rows[table.header :]
    texts = {row[c] or "" for row in rows}
    if head:
        return {text: Cell(_text(text, styles[column.kind, "head"]), lines_of(text, letters)) for text in texts}
    return {text: Cell(_body(text, column.kind, styles), lines_of(text, letters)) for text in texts}


def lines_of(text: str, letters: int) -> int:
    """Return the lines that a text takes in a column of so many letters."""
    lines = 0
    for part in text.split("\n"):
        lines += 1 if width(part) <= letters else len(wrap(part, max(2, letters)))
    return lines


def _body(text: str, kind: str, styles: Styles) -> str:
    value = _value(text, kind)
    if value is not None:
        return f' s="{styles[kind, "value"]}"><v>{value}</v></c>'
    return _text(text, styles[kind, "quoted" if needs_quote_prefix(text) else "text"])


def _text(text: str, style: int) -> str:
    """Return a cell that comes back as the same text: never a formula, an error value or a number of its own."""
    if not text:
        return f' s="{style}"/>'
    held = escape(workbook_text(pieces_of(shown_directions(text))[0]), quote=False)
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{held}</t></is></c>'


_NUMBER = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
_PERCENT = re.compile(r"\d{1,3}\.\d\d%", re.ASCII)
_FIRST_DAY = date(1900, 3, 1)
"""The first day that all spreadsheets number alike."""


def _value(text: str, kind: str) -> str | None:
    """Return the number that a spreadsheet keeps for a figure, a day or a time; None for what is none."""
    if kind == "number" and _NUMBER.fullmatch(text):
        return text
    if kind == "percent" and _PERCENT.fullmatch(text):
        return f"{float(text[:-1]) / 100:.4f}"
    return _serial(text) if kind in ("date", "time") else None


def _serial(text: str) -> str | None:
    from openpyxl.utils.datetime import to_excel

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None or moment.date() < _FIRST_DAY:
        return None
    return str(to_excel(moment))  # type: ignore[no-untyped-call]


def pieces_of(text: str) -> list[str]:
    """Return a text in pieces of which a cell holds each, escapes counted; one piece where it holds all."""
    if len(text) * 7 <= LONGEST_CELL:
        return [text]
    pieces, start, used = [], 0, 0
    for i, char in enumerate(text):
        need = len(workbook_text(text[i : i + 7])) - len(workbook_text(text[i + 1 : i + 7])) + (char > "\uffff")
        if used + need > LONGEST_CELL:
            pieces.append(text[start:i])
            start, used = i, 0
        used += need
    return [*pieces, text[start:]]
