"""Plain text of a document, as it may be pasted into a message: every row of a table as a numbered item."""

from __future__ import annotations

from gkcheck.exporters.registry import Advance, Exporter, idle
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
    for block in document.blocks:
        if isinstance(block, Table):
            parts += filter(None, (block.title, _items(without_charts(block)), *block.notes))
        elif isinstance(block, Paragraph):
            parts.append(_paragraph(block, room))
    return "\n\n".join(parts) + "\n"


def _paragraph(block: Paragraph, room: int) -> str:
    if block.kind in (ParagraphKind.TITLE, ParagraphKind.NUMBER):
        return " " * max(0, (room - width(block.text)) // 2) + block.text
    if block.kind in (ParagraphKind.SIGNATURE, ParagraphKind.DATE):
        return " " * max(0, room - width(block.text)) + block.text
    if block.kind is ParagraphKind.BODY:
        return "　　" + block.text
    return block.text


def _items(table: Table) -> str:
    """Return each row: label and text of each cell, empty ones left out; the letters of a matrix in one line."""
    items = []
    for i, row in enumerate(table.rows[table.header :], 1):
        cells = [(column, cell) for column, cell in zip(table.columns, row, strict=True) if cell]
        lines = [f"{column.title}：{cell}" for column, cell in cells if column.kind != "cell"]
        letters = "、".join(f"{column.title} {cell}" for column, cell in cells if column.kind == "cell")
        items.append(f"{i}. " + "\n   ".join(filter(None, (*lines, letters))))
    return "\n\n".join(items)


TEXT = Exporter(".txt", "纯文本", document=render_document, is_text=True)
