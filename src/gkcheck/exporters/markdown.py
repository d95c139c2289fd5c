"""Markdown: tables (GitHub's and most others' form) and whole documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gkcheck.exporters.registry import Advance, Exporter, idle
from gkcheck.table import Block, Document, PageBreak, Paragraph, ParagraphKind, Table, without_charts
from gkcheck.text.escapes import shown_directions


def render_tables(tables: Sequence[Table]) -> bytes:
    """Return title, table and notes of each table; what Markdown or HTML would read as markup is escaped."""
    return _encoded(map(_rendered, tables))


def render_document(document: Document, advance: Advance = idle) -> bytes:
    """Return paragraphs and tables in their order."""
    return _encoded(part for block in document.blocks if (part := _block(block)))


def _encoded(parts: Iterable[str]) -> bytes:
    return "\n".join(parts).encode("utf-8", "backslashreplace")


_LEAD = {ParagraphKind.TITLE: "# ", ParagraphKind.HEADING: "## "}


def _block(block: Block) -> str:
    if isinstance(block, PageBreak):
        return ""
    if isinstance(block, Table):
        return _rendered(without_charts(block))
    return _paragraph(block)


def _paragraph(block: Paragraph) -> str:
    return _LEAD.get(block.kind, "") + _line_start(escape(block.text)) + "\n"


def _line_start(text: str) -> str:
    """Return a text whose first sign would begin a list or a heading, made text."""
    return re.sub(r"\A(\d+)([.)])", r"\1\\\2", re.sub(r"\A([-+=])", r"\\\1", text))


def _rendered(table: Table) -> str:
    parts = [f"**{escape(table.title)}**\n"] if table.title else []
    head, *body = table.rows
    rule = "|" + "|".join(" ---: " if column.kind == "number" else " --- " for column in table.columns) + "|"
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
    """Return text that reads the same when the Markdown is shown, the blanks at its ends included."""
    escaped = shown_directions(text).translate(_ESCAPED)
    start, end = len(escaped) - len(escaped.lstrip(" ")), len(escaped.rstrip(" "))
    if start or end < len(escaped):
        blanks = len(escaped) - end if end else 0
        escaped = "&#32;" * start + escaped.strip(" ") + "&#32;" * blanks
    return escaped


MARKDOWN = Exporter(".md", "Markdown", tables=render_tables, document=render_document, is_text=True)
