"""Markdown tables (GitHub's and most others' form)."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck.grid import Grid


def render(grids: Sequence[Grid]) -> str:
    """Title, table and notes of each grid; what Markdown or HTML would read as markup is escaped."""
    return "\n".join(_grid(grid) for grid in grids)


def _grid(grid: Grid) -> str:
    parts = [f"**{escape(grid.title)}**\n"] if grid.title else []
    head, *body = grid.rows
    rule = "|" + "|".join(" ---: " if column.kind == "number" else " --- " for column in grid.columns) + "|"
    parts.append("\n".join([_row(head), rule, *map(_row, body)]) + "\n")
    parts += [escape(note) + "\n" for note in grid.notes]
    return "\n".join(parts)


def _row(cells: tuple[str | None, ...]) -> str:
    return "| " + " | ".join(escape(cell or "") for cell in cells) + " |"


_ESCAPED = str.maketrans(
    {char: "\\" + char for char in "\\`*_[]|~#"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "\n": "<br>", "\r": " "}
)


def escape(text: str) -> str:
    """Text that reads the same when the Markdown is shown."""
    return text.translate(_ESCAPED)
