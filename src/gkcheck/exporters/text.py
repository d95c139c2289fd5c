"""Plain text of a document, as it may be pasted into a message: every row of a table as a numbered item."""

from __future__ import annotations

from gkcheck.table import Document, Paragraph, ParagraphKind, Table
from gkcheck.text.width import width

ROOM = 72


def render_document(document: Document, room: int = ROOM) -> str:
    """Paragraphs and tables in their order, a blank line between them; titles stand in the middle of `room` columns."""
    parts = []
    for block in document.blocks:
        if isinstance(block, Table):
            parts.append(_items(block))
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
    """Each row: label and text of each cell, empty ones left out."""
    titles = table.rows[0]
    items = []
    for i, row in enumerate(table.rows[table.header :], 1):
        said = [f"{title}：{cell}" for title, cell in zip(titles, row, strict=True) if cell]
        items.append(f"{i}. " + "\n   ".join(said))
    return "\n\n".join(items)
