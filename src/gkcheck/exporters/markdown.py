"""Markdown: tables (GitHub's and most others' form) and whole documents."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gkcheck.table import Block, Document, PageBreak, Paragraph, ParagraphKind, Table, without_charts


def render(tables: Sequence[Table]) -> str:
    """Title, table and notes of each table; what Markdown or HTML would read as markup is escaped."""
    return "\n".join(_grid(table) for table in tables)


def file(tables: Sequence[Table]) -> bytes:
    """As `render`, as a file."""
    return render(tables).encode("utf-8", "backslashreplace")


def render_document(document: Document) -> str:
    """Paragraphs and tables in their order."""
    return "\n".join(part for block in document.blocks if (part := _block(block)))


_LEAD = {ParagraphKind.TITLE: "# ", ParagraphKind.HEADING: "## "}


def _block(block: Block) -> str:
    if isinstance(block, PageBreak):
        return ""
    if isinstance(block, Table):
        return _grid(without_charts(block))
    return _paragraph(block)


def _paragraph(block: Paragraph) -> str:
    return _LEAD.get(block.kind, "") + _line_start(escape(block.text)) + "\n"


def _line_start(text: str) -> str:
    """A sign that would begin a list or a heading, made text."""
    return re.sub(r"\A(\d+)([.)])", r"\1\\\2", re.sub(r"\A([-+=])", r"\\\1", text))


def _grid(table: Table) -> str:
    parts = [f"**{escape(table.title)}**\n"] if table.title else []
    head, *body = table.rows
    columns = [column.kind for column in table.columns] or ["text"] * table.width
    rule = "|" + "|".join(" ---: " if kind == "number" else " --- " for kind in columns) + "|"
    parts.append("\n".join([_row(head), rule, *map(_row, body)]) + "\n")
    parts += [escape(note) + "\n" for note in table.notes]
    return "\n".join(parts)


def _row(cells: tuple[str | None, ...]) -> str:
    return "| " + " | ".join(escape(cell or "") for cell in cells) + " |"


_ESCAPED = str.maketrans(
    {char: "\\" + char for char in "\\`*_[]|~#"}
    | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "\n": "<br>", "\r": "&#13;", "\t": "&#9;"}
)


def escape(text: str) -> str:
    """Text that reads the same when the Markdown is shown, the blanks at its ends included."""
    escaped = text.translate(_ESCAPED)
    start, end = len(escaped) - len(escaped.lstrip(" ")), len(escaped.rstrip(" "))
    if start or end < len(escaped):
        blanks = len(escaped) - end if end else 0
        escaped = "&#32;" * start + escaped.strip(" ") + "&#32;" * blanks
    return escaped
