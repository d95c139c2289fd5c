"""Blocks, the parts of a document in reading order, and their collector. Every format is read into these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from gkcheck.errors import BadDocument

MOST_ROWS = 20_000
MOST_CELLS = 200_000
DEEPEST = 20


class BlockKind(StrEnum):
    """The state of a block: lines still to be laid out, paragraphs, or a table as far as its rows are known."""

    LINES = "lines"
    """Lines of text, still to be laid out as paragraphs and tables."""
    PROSE = "prose"
    """Paragraphs, one a row."""
    TABLE = "table"
    """A table: its rows are rows, its cells are cells."""
    SPACED = "spaced"
    """A table whose rows are rows of words; neighbouring words may belong to one cell."""
    CELLS = "cells"
    """A table whose rows were lost: one cell a row, in reading order."""
    UNREAD = "unread"
    """Parts of the file that are not part of its text: a row each, of the part and the reason (隐藏)."""
    REMARK = "remark"
    """Remarks of a format for a person to check: one a row."""


class Span(NamedTuple):
    """A cell that covers more than one position: top left corner (from 0) and extent."""

    row: int
    column: int
    rows: int
    columns: int


class CellDetail(NamedTuple):
    """The things that a cell (row and column from 0) holds beside the text it shows: where its hyperlinks lead, the whole day of a date.

    `cut`: a number that was typed with a zero at its end, or was not (11.1 for 11.10), as a workbook cannot tell.
    """

    row: int
    column: int
    links: tuple[str, ...] = ()
    day: date | None = None
    cut: bool = False


class Line(NamedTuple):
    """A line or a paragraph, and where it stands as people are told: 第12行."""

    text: str
    place: str


class Block(NamedTuple):
    """A part of a document: rows of cells, and where each row stands in the source.

    `rows[r][c]` is None where a span covers the position. Running text has one cell a row.
    """

    rows: tuple[tuple[str | None, ...], ...]
    places: tuple[str, ...]
    kind: BlockKind = BlockKind.TABLE
    spans: tuple[Span, ...] = ()
    details: tuple[CellDetail, ...] = ()

    @property
    def lines(self) -> list[Line]:
        """The first cell of every row, for running text."""
        return [Line((row[0] or "") if row else "", place) for row, place in zip(self.rows, self.places, strict=True)]


def text_block(lines: Iterable[Line], kind: BlockKind) -> Block:
    """Return running text as a block of one cell a row."""
    lines = list(lines)
    return Block(tuple((line.text,) for line in lines), tuple(line.place for line in lines), kind)


class Format(NamedTuple):
    """A format that can be imported; every module of this room but the shared ones declares one.

    `detect` tells a file of the format by its bytes, never by its name. `read` takes the bytes and what messages
    call the file, and returns the blocks in document order. `in_package`: its files are ZIP packages. `read_pages`, where files have pages, reads some of them
    (numbers from 1).
    """

    name: str
    suffixes: tuple[str, ...]
    label: str
    detect: Callable[[bytes], bool]
    read: Callable[[bytes, str], list[Block]]
    in_package: bool = False
    read_pages: Callable[[bytes, str, frozenset[int]], list[Block]] | None = None


@dataclass(slots=True)
class TableCell:
    """A cell on its way into a table: its text, how many positions it covers, and where its hyperlinks lead."""

    text: str
    columns: int = 1
    rows: int = 1
    links: tuple[str, ...] = ()


@dataclass(slots=True)
class BlockCollector:
    """Gathers a document. `name` is what messages call the file; `part` names a page or a sheet in places."""

    name: str
    part: str = ""
    _blocks: list[Block] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)
    _paragraphs: int = 0
    _tables: int = 0
    _cells: int = 0
    _unread: list[tuple[str, str, str]] = field(default_factory=list)
    _remarks: list[Line] = field(default_factory=list)

    def leave_unread(self, place: str, text: str, why: str) -> None:
        """Account for a part of the file that is not part of its text: hidden, struck, printed beside it."""
        if text.strip():
            self._unread.append((place, text.strip(), why))

    def remark(self, place: str, message: str) -> None:
        """Tell a person to check something."""
        self._remarks.append(Line(message, place))

    def next_paragraph(self) -> str:
        """Return the place of the paragraph that comes next."""
        return f"{self.part}第{self._paragraphs + 1}段"

    def next_row(self, row: int = 0) -> str:
        """Return the place of a row, counted from 0, of the table that comes next."""
        return f"{self.part}表{self._tables + 1}第{row + 1}行"

    def add_paragraph(self, text: str) -> None:
        """Add a paragraph; line breaks inside it make lines of their own."""
        self._paragraphs += 1
        if self._paragraphs > MOST_CELLS:
            raise too_much(self.name, "段落")
        self._lines.extend(Line(line, f"{self.part}第{self._paragraphs}段") for line in text.split("\n"))

    def add_table(
        self, rows: Sequence[tuple[str | None, ...]], spans: Sequence[Span], details: Sequence[CellDetail] = ()
    ) -> None:
        """Add a table whose covered positions are None."""
        self.end_paragraphs()
        self._tables += 1
        self._cells += sum(len(row) for row in rows)
        if len(rows) > MOST_ROWS or self._cells > MOST_CELLS:
            raise too_much(self.name, "表格行")
        places = tuple(f"{self.part}表{self._tables}第{r + 1}行" for r in range(len(rows)))
        self._blocks.append(Block(tuple(rows), places, spans=tuple(spans), details=tuple(details)))

    def add_cells(self, rows: list[list[TableCell]]) -> None:
        """Add a table given as rows of cells with their extents."""
        self.add_table(*_rectangle(rows, self.name))

    def end_paragraphs(self) -> None:
        """Close the run of paragraphs so far."""
        if any(line.text.strip() for line in self._lines):
            self._blocks.append(text_block(self._lines, BlockKind.LINES))
        self._lines = []

    def blocks(self) -> list[Block]:
        """Return everything gathered, in document order; what was left unread and the remarks come last."""
        self.end_paragraphs()
        if self._unread:
            rows = tuple((text, why) for _, text, why in self._unread)
            self._blocks.append(Block(rows, tuple(place for place, _, _ in self._unread), BlockKind.UNREAD))
        if self._remarks:
            self._blocks.append(text_block(self._remarks, BlockKind.REMARK))
        return self._blocks


def _rectangle(
    rows: list[list[TableCell]], name: str
) -> tuple[list[tuple[str | None, ...]], list[Span], list[CellDetail]]:
    """Return rows of cells with extents as a rectangle with None where a span covers, the spans and the details."""
    covered: set[tuple[int, int]] = set()
    placed: list[dict[int, str]] = []
    spans: list[Span] = []
    details: list[CellDetail] = []
    width = 0
    for r, cells in enumerate(rows):
        row: dict[int, str] = {}
        c = 0
        for cell in cells:
            while (r, c) in covered:
                c += 1
            down = max(1, min(cell.rows, len(rows) - r))
            across = max(1, min(cell.columns, 100))
            row[c] = cell.text
            if cell.links:
                details.append(CellDetail(r, c, cell.links))
            if down * across > 1:
                spans.append(Span(r, c, down, across))
                if len(covered) + down * across > MOST_CELLS:
                    raise too_much(name, "合并单元格")
                covered.update((r + i, c + k) for i in range(down) for k in range(across))
            width = max(width, c + across)
            c += across
        placed.append(row)
        width = max([width, *(k + 1 for i, k in covered if i == r)]) if len(covered) < 2000 else width
    full = []
    for r, row in enumerate(placed):
        end = max([*row, *(c for c in range(width) if (r, c) in covered)], default=-1) + 1
        full.append(tuple(row.get(c) if c in row or (r, c) in covered else "" for c in range(end)))
    return full, spans, details


def too_much(name: str, what: str) -> BadDocument:
    """Return the refusal of a document too big to be a notice."""
    return BadDocument(f"{name} 的{what}太多，不像一份通知；请只保留任务表再导入。")


def too_deep(name: str) -> BadDocument:
    """Return the refusal of tables nested beyond reason."""
    return BadDocument(f"{name} 的表格嵌套过深，不像一份通知；请把任务表单独另存为 docx 或 xlsx 再导入。")


def refuse_huge(data: bytes, name: str, most: int) -> None:
    """Refuse a file of more than `most` bytes."""
    if len(data) > most:
        raise BadDocument(f"{name} 有 {len(data) // 1_000_000} MB，不像一份通知；请只保留任务表再导入。")
