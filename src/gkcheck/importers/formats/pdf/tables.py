"""Grids with their glyphs → tables, put together again where pages part them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gkcheck.importers.formats.blocks import Block, Span
from gkcheck.importers.formats.pdf.glyphs import Glyph
from gkcheck.importers.formats.pdf.grids import Grid
from gkcheck.importers.formats.pdf.lines import cell_text
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.text.normalize import join_pieces

_NEAR = 4.0
_ROOM = 1.6
"""Less than this, in ems, below a baseline is no room for another line."""
_TITLE_ROWS, _RECENT = 3, 60
_SENTENCE_ENDS = ("。", "；")


class Fragment(NamedTuple):
    """The part of a table that stands on one page: its grid, and for each of its cells the text and if it is full."""

    grid: Grid
    texts: tuple[str, ...]
    full: tuple[bool, ...]
    page: int


def read_fragment(grid: Grid, glyphs: Sequence[Glyph], page: int) -> Fragment:
    """Return a grid with its text; a glyph belongs to the cell that holds its centre."""
    held: list[list[Glyph]] = [[] for _ in grid.cells]
    for one in glyphs:
        if (index := grid.cell_at(*one.centre)) is not None:
            held[index].append(one)
    texts = (cell_text(ones, cell.x0, cell.x1) for cell, ones in zip(grid.cells, held, strict=True))
    full = (_is_full(cell.bottom, ones) for cell, ones in zip(grid.cells, held, strict=True))
    return Fragment(grid, tuple(texts), tuple(full), page)


def _is_full(bottom: float, glyphs: Sequence[Glyph]) -> bool:
    """True if the last line of a cell leaves no room for another."""
    last = max(glyphs, key=lambda one: one.baseline, default=None)
    return last is not None and bottom - last.baseline < _ROOM * last.size


def is_frame(grid: Grid, glyphs: Sequence[Glyph]) -> bool:
    """True if lines only frame their text: no two cells side by side hold any."""
    rows: dict[float, set[int]] = {}
    for one in glyphs:
        if one.text.strip() and (index := grid.cell_at(*one.centre)) is not None:
            rows.setdefault(grid.cells[index].top, set()).add(index)
    return all(len(cells) < 2 for cells in rows.values())


def goes_on(above: Fragment, below: Fragment) -> bool:
    """True if a fragment may go on in another: both are as wide, and share all but few of their columns."""
    one, other = above.grid.xs, below.grid.xs
    return abs(one[0] - other[0]) <= _NEAR and abs(one[-1] - other[-1]) <= _NEAR


def table_of(fragments: Sequence[Fragment], count: int) -> Block:
    """Return the fragments of one table as a block; `count` is its count in the document.

    Column titles printed again on the next page stand once; a row that a page break tore is one row, and a merged
    cell that goes on over the break one cell.
    """
    table = _Table(_columns(fragments), [], [], [], [])
    for fragment in fragments:
        table.append(fragment, count)
    return Block(tuple(tuple(row) for row in table.rows), tuple(table.places), spans=tuple(table.spans))


def _columns(fragments: Sequence[Fragment]) -> list[float]:
    """Return the left edges of the columns of all fragments."""
    out: list[float] = []
    for left in sorted(cell.x0 for fragment in fragments for cell in fragment.grid.cells):
        if not out or left - out[-1] > _NEAR:
            out.append(left)
    return out


@dataclass(slots=True)
class _Table:
    """A table on its way through the pages.

    `full` tells for each column if the last page's text reached down to the end of the page's last cell in it.
    """

    lefts: list[float]
    rows: list[list[str | None]]
    places: list[str]
    spans: list[Span]
    full: list[bool]
    closed: bool = True

    def append(self, fragment: Fragment, count: int) -> None:
        """Add the part of the table that stands on the next page."""
        start = len(self.rows)
        first = self._place(fragment, count)
        if start and start < len(self.rows):
            if self._is_torn(start):
                self._join_torn(start)
            else:
                self._carry_on(start)
        self.full = first
        self.closed = fragment.grid.closed

    def _place(self, fragment: Fragment, count: int) -> list[bool]:
        """Put the cells of a fragment below the rows so far; return the columns whose last cell is full."""
        tops = list(fragment.grid.ys[:-1])
        rows: list[list[str | None]] = [[""] * len(self.lefts) for _ in tops]
        spans: list[Span] = []
        full = [False] * len(self.lefts)
        for cell, text, is_full in zip(fragment.grid.cells, fragment.texts, fragment.full, strict=True):
            down = [r for r, top in enumerate(tops) if cell.top - 1 < top < cell.bottom - 1]
            across = [c for c, left in enumerate(self.lefts) if cell.x0 - _NEAR < left < cell.x1 - _NEAR]
            if not down or not across:
                continue
            for r in down:
                for c in across:
                    rows[r][c] = None
            rows[down[0]][across[0]] = text
            if down[-1] == len(tops) - 1:
                full[across[0]] = is_full
            if len(down) * len(across) > 1:
                spans.append(Span(down[0], across[0], len(down), len(across)))
        titles = _titles_again(self.rows, rows)
        moved = len(self.rows) - titles
        self.places += [f"第{fragment.page}页表{count}第{r + 1}行" for r in range(titles, len(rows))]
        self.rows += rows[titles:]
        self.spans += [span._replace(row=span.row + moved) for span in spans if span.row >= titles]
        return full

    def _is_torn(self, start: int) -> bool:
        """True if the first row of a page only ends the row above.

        It has no number where rows have one, and each of its texts goes on from one that fills its cell to the end.
        Where no ruled line ends the row above, that is enough. Else one of those texts has to stop in a sentence,
        and all of them where the number is missing anyway: no column of numbers, or a number merged over rows.
        """
        filled = [c for c, cell in enumerate(self.rows[start]) if cell and cell.strip()]
        numbered = self._numbered(start)
        if not filled or any(_is_numbered(self.rows[start][c]) for c in numbered):
            return False
        if any(self._span_at(start, c).columns != self._span_above(start, c).columns for c in filled):
            return False
        above = [self._text_above(start, c).rstrip() for c in filled]
        if not all(above) or not all(self.full[c] for c in filled):
            return False
        if not self.closed:
            return True
        if any(self._span_above(start, c).rows == 1 == self._span_at(start, c).rows for c in numbered):
            return not all(text.endswith(_SENTENCE_ENDS) for text in above)
        return not any(text.endswith((*_SENTENCE_ENDS, "）")) for text in above)

    def _numbered(self, end: int) -> list[int]:
        """Return the columns in which most rows, of those last before `end`, begin with a number."""
        rows = self.rows[max(0, end - _RECENT) : end]
        return [c for c in range(len(self.lefts)) if sum(_is_numbered(row[c]) for row in rows) * 2 > len(rows) - 1]

    def _owner(self, row: int, column: int) -> tuple[int, int]:
        """Return the place of the cell that covers a place."""
        return next(
            (
                (span.row, span.column)
                for span in self.spans
                if span.row <= row < span.row + span.rows and span.column <= column < span.column + span.columns
            ),
            (row, column),
        )

    def _text_above(self, start: int, column: int) -> str:
        r, c = self._owner(start - 1, column)
        return self.rows[r][c] or ""

    def _span_above(self, start: int, column: int) -> Span:
        return self._span_at(*self._owner(start - 1, column))

    def _span_at(self, row: int, column: int) -> Span:
        return next((span for span in self.spans if (span.row, span.column) == (row, column)), Span(row, column, 1, 1))

    def _lengthen(self, row: int, column: int, more: int) -> None:
        """Let a cell cover as many more rows."""
        span = self._span_at(row, column)
        self.spans = [one for one in self.spans if one != span]
        self.spans.append(span._replace(rows=span.rows + more))

    def _join_torn(self, start: int) -> None:
        """Join the row `start` to the one above, and its merged cells to those above."""
        for c, rest in enumerate(self.rows[start]):
            if rest is None:
                continue
            row, column = self._owner(start - 1, c)
            self.rows[row][column] = join_pieces([self.rows[row][column] or "", rest], words_only=True)
            below = self._span_at(start, c)
            if below.rows > 1:
                self._lengthen(row, column, below.rows - 1)
        del self.rows[start], self.places[start]
        self.spans = [span._replace(row=span.row - (span.row > start)) for span in self.spans if span.row != start]

    def _carry_on(self, start: int) -> None:
        """Let the merged cells above go on in the empty ones below the page break."""
        for c, cell in enumerate(self.rows[start]):
            if cell is None or cell.strip():
                continue
            below, above = self._span_at(start, c), self._span_above(start, c)
            same = (below.column, below.columns) == (above.column, above.columns)
            if same and max(below.rows, above.rows) > 1:
                self.spans = [span for span in self.spans if span != below]
                self._lengthen(above.row, above.column, below.rows)
                for k in range(c, c + below.columns):
                    self.rows[start][k] = None


def _titles_again(rows: list[list[str | None]], more: list[list[str | None]]) -> int:
    """Return how many rows of the next page only print the column titles again."""
    for first in range(min(_TITLE_ROWS, len(rows))):
        n = 0
        while n < min(_TITLE_ROWS, len(more), len(rows) - first) and more[n] == rows[first + n]:
            n += 1
        if n and sum(bool(cell and cell.strip()) for cell in more[0]) > 1:
            return n
    return 0


def _is_numbered(cell: str | None) -> bool:
    return bool(cell) and (is_number(cell or "") or leading_number(cell or "") is not None)
