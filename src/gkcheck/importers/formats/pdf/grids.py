"""Ruled lines → grids, and the cells that the lines between them part."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from gkcheck.importers.formats.pdf.glyphs import Rule

_NEAR = 2.5
"""Lines nearer than this, in points, are one."""
_REACH = 3.5
"""Lines that miss each other by no more than this meet."""
_SHORTEST = 5.0
_MOST_PAIRS, _MOST_PLACES, _MOST_GRIDS = 4_000_000, 50_000, 300
_OVERHANG = 12.0
"""A grid goes on to where its lines end if they reach this far beyond its last crossing line."""


class Cell(NamedTuple):
    """A cell by its edges."""

    x0: float
    top: float
    x1: float
    bottom: float


class Grid(NamedTuple):
    """A grid of cells: its lines from left to right and from the top down, and the cell at each place between them.

    `closed` is False where no ruled line ends it at the bottom.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Cell, ...]
    at: tuple[tuple[int, ...], ...]
    closed: bool

    def has_columns_of(self, other: Grid) -> bool:
        """True if both have the same columns at the same places."""
        return len(self.xs) == len(other.xs) and all(
            abs(a - b) <= _REACH for a, b in zip(self.xs, other.xs, strict=True)
        )

    @property
    def area(self) -> float:
        """The area it covers."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def cell_at(self, x: float, y: float) -> int | None:
        """Return the cell that holds a point, by its index; None outside the grid."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        inside = 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1
        return self.at[row][column] if inside else None


def find_grids(rules: Iterable[Rule]) -> list[Grid] | None:
    """Return the grids that ruled lines make; None if there are more lines than a page of tables has.

    A line that no other crosses makes no grid, and a single box frames its text but parts nothing.
    """
    lines = list(rules)
    across = _merged([rule for rule in lines if rule.horizontal])
    down = _merged([rule for rule in lines if not rule.horizontal])
    if len(across) * len(down) > _MOST_PAIRS:
        return None
    parts = _components(across, down)
    if sum(len(h) * len(v) for h, v in parts) > _MOST_PLACES:
        return None
    grids = [grid for h, v in parts if (grid := _grid(h, v)) and len(grid.cells) > 1]
    return grids if len(grids) <= _MOST_GRIDS else None


def _merged(rules: list[Rule]) -> list[Rule]:
    """Return lines of one direction with pieces put together: those of about one place that touch."""
    out: list[Rule] = []
    for same in _clusters(rules):
        at = sum(rule.at for rule in same) / len(same)
        pieces: list[Rule] = []
        for rule in sorted(same, key=lambda rule: rule.start):
            if pieces and rule.start <= pieces[-1].end + _REACH:
                pieces[-1] = pieces[-1]._replace(end=max(pieces[-1].end, rule.end))
            else:
                pieces.append(rule._replace(at=at))
        out.extend(piece for piece in pieces if piece.end - piece.start >= _SHORTEST)
    return out


def _clusters(rules: list[Rule]) -> list[list[Rule]]:
    out: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if out and rule.at - out[-1][0].at <= _NEAR:
            out[-1].append(rule)
        else:
            out.append([rule])
    return out


def _components(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Return the lines in groups that hang together by their crossings."""
    heights = [rule.at for rule in across]
    parent = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for k, upright in enumerate(down):
        i = bisect_right(heights, upright.start - _REACH)
        while i < len(across) and across[i].at <= upright.end + _REACH:
            if across[i].start - _REACH <= upright.at <= across[i].end + _REACH:
                parent[root(i)] = root(len(across) + k)
            i += 1
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate([*across, *down]):
        groups.setdefault(root(i), ([], []))[0 if rule.horizontal else 1].append(rule)
    return list(groups.values())


def _grid(across: list[Rule], down: list[Rule]) -> Grid | None:
    if not across or not down:
        return None
    xs = _with_ends([rule.at for rule in down], across)
    ys = _with_ends([rule.at for rule in across], down)
    if len(xs) < 2 or len(ys) < 2:
        return None
    spans_across, spans_down = _spans_by_place(across), _spans_by_place(down)
    width, height = len(xs) - 1, len(ys) - 1
    middles_x = [(a + b) / 2 for a, b in pairwise(xs)]
    middles_y = [(a + b) / 2 for a, b in pairwise(ys)]
    wall = [[_covers(spans_down.get(xs[c + 1]), middles_y[r]) for c in range(width)] for r in range(height)]
    floor = [[_covers(spans_across.get(ys[r + 1]), middles_x[c]) for c in range(width)] for r in range(height)]
    at = _regions(wall, floor)
    cells: dict[int, Cell] = {}
    for r in range(height):
        for c in range(width):
            here = Cell(xs[c], ys[r], xs[c + 1], ys[r + 1])
            there = cells.get(at[r][c], here)
            cells[at[r][c]] = Cell(
                min(here.x0, there.x0), min(here.top, there.top), max(here.x1, there.x1), here.bottom
            )
    index = {region: i for i, region in enumerate(cells)}
    closed = sum(floor[-1]) * 2 > width
    return Grid(tuple(xs), tuple(ys), tuple(cells.values()), tuple(tuple(index[i] for i in row) for row in at), closed)


def _with_ends(places: list[float], crossing: list[Rule]) -> list[float]:
    """Return the places of the lines of one direction, and the ends of the others where those reach far beyond."""
    out = sorted(set(places))
    start, end = min(rule.start for rule in crossing), max(rule.end for rule in crossing)
    return [*([start] if start < out[0] - _OVERHANG else []), *out, *([end] if end > out[-1] + _OVERHANG else [])]


def _spans_by_place(rules: list[Rule]) -> dict[float, list[Rule]]:
    out: dict[float, list[Rule]] = {}
    for rule in rules:
        out.setdefault(rule.at, []).append(rule)
    return out


def _covers(rules: Sequence[Rule] | None, middle: float) -> bool:
    return any(rule.start <= middle <= rule.end for rule in rules or ())


def _regions(wall: list[list[bool]], floor: list[list[bool]]) -> list[list[int]]:
    """Return, for each place of a grid, the number of its cell: places that no line parts are one if a rectangle.

    `wall[r][c]` and `floor[r][c]` tell if a line stands to the right of a place and below it.
    """
    height, width = len(wall), len(wall[0])
    at = [[-1] * width for _ in range(height)]
    count = 0
    for r in range(height):
        for c in range(width):
            if at[r][c] >= 0:
                continue
            end = c + 1
            while end < width and not wall[r][end - 1] and at[r][end] < 0:
                end += 1
            last = r + 1
            while last < height and _open_below(wall, floor, at, last - 1, c, end):
                last += 1
            for i in range(r, last):
                at[i][c:end] = [count] * (end - c)
            count += 1
    return at


def _open_below(
    wall: list[list[bool]], floor: list[list[bool]], at: list[list[int]], r: int, start: int, end: int
) -> bool:
    """True if no line parts the places of a row from those below, and no line stands between the latter."""
    return (
        not any(floor[r][start:end])
        and not any(wall[r + 1][start : end - 1])
        and all(cell < 0 for cell in at[r + 1][start:end])
    )
