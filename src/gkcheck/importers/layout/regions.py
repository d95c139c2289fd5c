"""A grid that holds more than one table, or a notice above its table, as one grid for each part (worksheets do)."""

from __future__ import annotations

from gkcheck.importers.recognize.header_terms import is_header, squeezed
from gkcheck.table import Table

_FEW = 2
"""So many lines above the titles are the table's own title; more are a notice."""


def regions_of(grid: Table) -> list[Table]:
    """The parts of a table grid from the top down: lines of text, and tables that each begin at their titles."""
    if grid.kind != "table" or len(grid.rows) < 2:
        return [grid]
    heads = _heads(grid)
    if not heads:
        return [grid]
    cuts: list[tuple[int, str]] = []
    for n, head in enumerate(heads):
        above = head
        while above > (heads[n - 1] + 1 if n else 0) and _alone(grid, above - 1):
            above -= 1
        if n == 0 and head - above <= _FEW:
            above = head if above else 0
            cuts.append((0, "table") if above == 0 else (head, "table"))
            if above:
                cuts.insert(0, (0, "lines"))
        else:
            if n == 0 and above > 0:
                cuts.append((0, "table"))
            if above < head:
                cuts.append((above, "lines"))
            cuts.append((head, "table"))
    ends = [start for start, _ in cuts[1:]] + [len(grid.rows)]
    return [_part(grid, start, end, kind) for (start, kind), end in zip(cuts, ends, strict=True) if end > start]


def _heads(grid: Table) -> list[int]:
    """Rows of titles that begin a table: not a second tier, not the same titles once more."""
    out: list[int] = []
    seen: list[str] = []
    for r, row in enumerate(grid.rows):
        cells = [cell for cell in row if cell and cell.strip()]
        if len(cells) < 2 or not is_header(cells):
            continue
        titles = [squeezed(cell) for cell in cells]
        if out and (r <= out[-1] + 1 or titles == seen):
            continue
        out.append(r)
        seen = titles
    return out


def _alone(grid: Table, r: int) -> bool:
    return len({cell for cell in grid.rows[r] if cell and cell.strip()}) <= 1


def _part(grid: Table, start: int, end: int, kind: str) -> Table:
    rows, places = grid.rows[start:end], grid.places[start:end]
    if kind == "lines":
        texts = [
            (
                " ".join(dict.fromkeys(cell for cell in row if cell and cell.strip())),
                places[i] if i < len(places) else "",
            )
            for i, row in enumerate(rows)
        ]
        lines = [(line, place) for text, place in texts for line in text.split("\n")]
        return Table(rows=tuple((line,) for line, _ in lines), kind="lines", places=tuple(place for _, place in lines))
    spans = tuple(
        span._replace(row=span.row - start, rows=min(span.rows, end - span.row))
        for span in grid.spans
        if start <= span.row < end
    )
    return grid._replace(rows=rows, places=places, spans=spans)
