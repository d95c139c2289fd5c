"""Plain text of a document, as it may be pasted into a message: every row of a table as a numbered item."""

from __future__ import annotations

from gkcheck.exporters.registry import Advance, Exporter, idle
from gkcheck.exporters.signature import Place, place_of
from gkcheck.table import Document, Paragraph, ParagraphKind, Table, without_charts
from gkcheck.text.escapes import shown_directions
from gkcheck.text.width import width

ROOM = 72


def render_document(document: Document, advance: Advance = idle) -> bytes:
    """Return paragraphs and tables in their order, titles in the middle of `ROOM` columns."""
    return shown_directions(text_of(document)).encode("utf-8", "backslashreplace")


def text_of(document: Document, room: int = ROOM) -> str:
    """Return a document as text, a blank line between its parts; titles stand in the middle of `room` columns."""
    parts: list[str] = []
    for i, block in enumerate(document.blocks):
        if isinstance(block, Table):
            parts += filter(None, (block.title, _items(without_charts(block)), *block.notes))
        elif isinstance(block, Paragraph):
            place = place_of(document.blocks, i, room / 2, document.sealed)
            parts.append(_placed(block.text, place, room) if place else _paragraph(block, room))
    return "\n\n".join(parts) + "\n"


def _paragraph(block: Paragraph, room: int) -> str:
    if block.kind in (ParagraphKind.TITLE, ParagraphKind.NUMBER):
        return " " * max(0, (room - width(block.text)) // 2) + block.text
    if block.kind is ParagraphKind.BODY:
        return "\n".join("　　" + line for line in block.text.split("\n"))
    return block.text


def _placed(text: str, place: Place, room: int) -> str:
    """Return a name or a date at its place; empty lines before it are those between all parts."""
    left = place.left * 2
    return " " * int(left + max(0.0, room - left - width(text)) / 2 if place.centred else left) + text


def _items(table: Table) -> str:
    """Return each row: label and text of each cell, empty ones left out; the letters of a matrix in one line."""
    items = []
    for i, row in enumerate(table.rows[table.header :], 1):
        cells = [(column, cell) for column, cell in zip(table.columns, row, strict=True) if cell]
        lines = [f"{column.title}：{_indented(cell)}" for column, cell in cells if column.kind != "cell"]
        letters = "、".join(f"{column.title} {cell}" for column, cell in cells if column.kind == "cell")
        items.append(f"{i}. " + _INDENT.join(filter(None, (*lines, letters))))
    return "\n\n".join(items)


_INDENT = "\n   "


def _indented(text: str) -> str:
    return text.replace("\n", _INDENT)


TEXT = Exporter(".txt", "纯文本", document=render_document, is_text=True)
