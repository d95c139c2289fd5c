"""A block → its tables and paragraphs. Worksheets have several parts: lines of a notice, and tables below them."""

from __future__ import annotations

from gkcheck.importers.formats.blocks import Block, BlockKind, Line, text_block
from gkcheck.importers.layout.text_tables import lay_out_lines
from gkcheck.importers.recognize.header_terms import header_key, is_header
from gkcheck.importers.recognize.inline_assignees import split_assignments

_SHORT = 20
_FEW = 2
"""Up to this many lines above the column titles are the table's own title; more are a notice."""


def lay_out(block: Block) -> list[Block]:
    """Return lines as the tables and paragraphs they hold, a table of several parts as those parts."""
    out: list[Block] = []
    for part in _regions(block):
        out.extend(lay_out_lines(part.lines) if part.kind is BlockKind.LINES else [part])
    return out


def read_frame(block: Block) -> list[Block] | None:
    """Return the paragraphs and tables of a grid that only frames a page; None where its cells hold no paragraphs.

    A frame's rows are mostly one cell each, or one of its cells holds lines that assign in a bracket or label.
    """
    rows = [list(dict.fromkeys(cell for cell in row if cell and cell.strip())) for row in block.rows]
    total = sum(len(cell) for row in rows for cell in row)
    alone = sum(len(cell) for row in rows for cell in row if len(row) == 1 and len(cell) > _SHORT)
    if alone < 0.6 * total and not any(_assigns(cell) for row in rows for cell in row if "\n" in cell):
        return None
    lines = [
        Line(line, place)
        for row, place in zip(rows, block.places, strict=True)
        for cell in row
        for line in cell.split("\n")
    ]
    return lay_out_lines(lines)


def _assigns(cell: str) -> bool:
    return any(assignees for line in cell.split("\n") for _, assignees in split_assignments(line))


def _regions(block: Block) -> list[Block]:
    """Return the parts from the top down: lines of text, and tables that each begin at their column titles."""
    if block.kind is not BlockKind.TABLE or len(block.rows) < 2:
        return [block]
    heads = _heads(block)
    if not heads:
        return [block]
    cuts: list[tuple[int, BlockKind]] = []
    for n, head in enumerate(heads):
        above = head
        while above > (heads[n - 1] + 1 if n else 0) and _alone(block, above - 1):
            above -= 1
        if n == 0 and head - above <= _FEW:
            above = head if above else 0
            cuts.extend([(0, BlockKind.LINES), (head, BlockKind.TABLE)] if above else [(0, BlockKind.TABLE)])
        else:
            if n == 0 and above > 0:
                cuts.append((0, BlockKind.TABLE))
            if above < head:
                cuts.append((above, BlockKind.LINES))
            cuts.append((head, BlockKind.TABLE))
    ends = [start for start, _ in cuts[1:]] + [len(block.rows)]
    return [_part(block, start, end, kind) for (start, kind), end in zip(cuts, ends, strict=True) if end > start]


def _heads(block: Block) -> list[int]:
    """Return the rows of titles that begin a table: no second tier, and not the same titles once more."""
    out: list[int] = []
    seen: list[str] = []
    tops = _tops(block)
    for r, row in enumerate(block.rows):
        cells = [cell for cell in row if cell and cell.strip()]
        if len(cells) < 2 or not is_header(cells):
            continue
        titles = [header_key(cell) for cell in cells]
        if out and (r <= out[-1] + 1 or titles == seen):
            continue
        out.append(tops.get(r, r))
        seen = titles
    return out


def _tops(block: Block) -> dict[int, int]:
    """Return for the second row of short merged cells the row they begin in: titles of two tiers begin there."""
    return {span.row + 1: span.row for span in block.spans if span.rows == 2 and span.columns == 1}


def _alone(block: Block, r: int) -> bool:
    return len({cell for cell in block.rows[r] if cell and cell.strip()}) <= 1


def _part(block: Block, start: int, end: int, kind: BlockKind) -> Block:
    rows, places = block.rows[start:end], block.places[start:end]
    if kind is BlockKind.LINES:
        texts = [" ".join(dict.fromkeys(cell for cell in row if cell and cell.strip())) for row in rows]
        lines = (Line(line, place) for text, place in zip(texts, places, strict=True) for line in text.split("\n"))
        return text_block(lines, kind)
    spans = tuple(
        span._replace(row=span.row - start, rows=min(span.rows, end - span.row))
        for span in block.spans
        if start <= span.row < end
    )
    return block._replace(rows=rows, places=places, spans=spans)
