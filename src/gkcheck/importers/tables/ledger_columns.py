"""The columns of a ledger (台账): those of the plan as the columns of a notice are found, those of a claim by their titles.

Which of these holds the statuses is told by the words in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from gkcheck.importers.formats.blocks import Block, CellDetail
from gkcheck.importers.formats.sheet_notes import letters
from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.importers.recognize.header_terms import Kind, header_key, meaning_of
from gkcheck.importers.recognize.ledger_terms import Field, field_of
from gkcheck.importers.tables.columns import Column, read_columns
from gkcheck.text.dates import read_day
from gkcheck.text.status_words import status_of_word

_HEADER_ROWS = 20
"""Rows, from the top of a table, that are searched for the column titles."""

_SAMPLE = 200


class LedgerCell(NamedTuple):
    """A cell with words in it: its text, its address (H12), and what it holds beside the text (as in `CellDetail`).

    A cell merged over rows or columns stands in each of them, with the address of its corner.
    """

    text: str
    address: str
    links: tuple[str, ...] = ()
    day: date | None = None
    cut: bool = False


def sheet_of(block: Block) -> str:
    """Return the title of the sheet that a table is, where the workbook has several."""
    found = re.match(r"工作表“(.*)”", block.places[0]) if block.places else None
    return found[1] if found else ""


@dataclass(slots=True)
class Grid:
    """A block with the cells that merges cover: `corner` tells for a position where its cell begins."""

    block: Block
    in_workbook: bool
    corner: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    details: dict[tuple[int, int], CellDetail] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for span in self.block.spans:
            for r in range(span.row, min(span.row + span.rows, len(self.block.rows))):
                for c in range(span.column, span.column + span.columns):
                    self.corner[r, c] = (span.row, span.column)
        for one in self.block.details:
            other = self.details.get((one.row, one.column), one)
            links = dict.fromkeys((*other.links, *one.links))
            self.details[one.row, one.column] = one._replace(
                links=tuple(links), day=one.day or other.day, cut=one.cut or other.cut
            )

    def text(self, r: int, c: int) -> str:
        """Return the text at a position, also where a merge covers it."""
        r, c = self.corner.get((r, c), (r, c))
        row = self.block.rows[r]
        return ((row[c] if c < len(row) else "") or "").strip()

    def own(self, r: int, c: int) -> str:
        """Return the text at a position; nothing where a merge covers it from above or from the left."""
        return self.text(r, c) if self.corner.get((r, c), (r, c)) == (r, c) else ""

    def cell(self, r: int, c: int) -> LedgerCell | None:
        """Return the cell at a position; None where it is empty."""
        text = self.text(r, c)
        r, c = self.corner.get((r, c), (r, c))
        held = self.details.get((r, c), CellDetail(r, c))
        return LedgerCell(text, self.address(r, c), held.links, held.day, held.cut) if text or held.links else None

    def address(self, r: int, c: int) -> str:
        """Return what people call a cell: H12, 甲!H12, 表1第12行第8列."""
        if not self.in_workbook:
            return f"{self.block.places[r]}第{c + 1}列"
        sheet = sheet_of(self.block)
        return f"{sheet}!{letters(c)}{r + 1}" if sheet else f"{letters(c)}{r + 1}"


class LedgerColumns(NamedTuple):
    """The columns of a ledger: every title, the first row below them, the fields of claims, the columns of the plan."""

    titles: list[str]
    start: int
    fields: dict[int, Field]
    plan: dict[int, Column]


def find_columns(grid: Grid) -> LedgerColumns | None:
    """Return the columns of a table; None where its titles name no claim, no unit, or neither a task nor its number."""
    width = max((len(row) for row in grid.block.rows), default=0)
    head = next((r for r in range(min(_HEADER_ROWS, len(grid.block.rows))) if _is_header(grid, r, width)), None)
    if head is None:
        return None
    while head and _is_upper_tier(grid, head - 1, width):
        head -= 1
    titles, start = _titles(grid, head, width)
    fields = _fields(grid, titles, start)
    plan = _plan_columns(grid, titles, start, fields)
    kinds = {column.kind for column in plan.values()}
    if not _CLAIMED & set(fields.values()) or not kinds & {Kind.TEXT, Kind.NUMBER} or Kind.UNITS not in kinds:
        return None
    return LedgerColumns(titles, start, fields, plan | _columns_of_assignees(grid, plan, start))


_CLAIMED = {Field.STATUS, Field.PROGRESS, Field.PROBLEM, Field.NEXT, Field.EVIDENCE, Field.DAY}


def _known_title(text: str) -> bool:
    """True for the title of a column of a ledger; a label with its value (填报单位：市教育局) is none."""
    labelled = re.search(r"[:：]\s*\S", text) is not None
    return not labelled and (field_of(text) is not None or meaning_of(text) is not None)


def _is_header(grid: Grid, r: int, width: int) -> bool:
    """True if a row is of column titles: three or more words of a ledger, one of them of a claim."""
    cells = list(dict.fromkeys(text for c in range(width) if (text := grid.text(r, c))))
    words = [text for text in cells if _known_title(text)]
    return len(words) >= max(3, 0.5 * len(cells)) and any(field_of(text) for text in words)


def _is_upper_tier(grid: Grid, r: int, width: int) -> bool:
    """True if a row above titles holds titles, too: two or more words of a ledger, and little else."""
    cells = list(dict.fromkeys(text for c in range(width) if (text := grid.own(r, c))))
    return sum(map(_known_title, cells)) >= max(2, 0.5 * len(cells))


def _titles(grid: Grid, head: int, width: int) -> tuple[list[str], int]:
    """Return the column titles, of all tiers the lowest that says something, and the first row below them."""
    end = max([r for (r, _), (top, _) in grid.corner.items() if top == head], default=head)
    while end + 1 < len(grid.block.rows) and _is_tier(grid, end + 1, width):
        end += 1
    titles = []
    for c in range(width):
        tiers = list(dict.fromkeys(text for r in range(head, end + 1) if (text := grid.text(r, c))))
        titles.append(next((text for text in reversed(tiers) if _known_title(text)), tiers[0] if tiers else ""))
    return titles, end + 1


def _is_tier(grid: Grid, r: int, width: int) -> bool:
    """True if a row below titles holds nothing but titles, two or more."""
    cells = [text for c in range(width) if (text := grid.own(r, c))]
    return len(cells) >= 2 and all(map(_known_title, cells)) and not any(map(status_of_word, cells))


def repeats_titles(grid: Grid, r: int, titles: list[str]) -> bool:
    """True if a row prints the titles once more, as after a page break."""
    cells = [(header_key(grid.own(r, c)), header_key(title)) for c, title in enumerate(titles) if grid.own(r, c)]
    return len(cells) >= 3 and all(cell == title for cell, title in cells)


def _fields(grid: Grid, titles: list[str], start: int) -> dict[int, Field]:
    """Return the columns of claims; of those that may hold statuses, the one whose cells most often say one does,
    and any other that mostly does.

    A column of limits (年底前) under 完成时间 holds no days of claims: it belongs to the plan.
    """
    fields = {c: found for c, title in enumerate(titles) if (found := field_of(title))}
    for c in [c for c, one in fields.items() if one is Field.DUE_OR_DAY]:
        if any(
            is_deadline(text) and not read_day(text) and re.search("[前底内末年]$|长期|持续|每", text)
            for text in _cells(grid, c, start)
        ):
            del fields[c]
    claims = [c for c, one in fields.items() if one is Field.CLAIM]
    shares = {c: _share_of_statuses(_cells(grid, c, start)) for c in claims}
    status = max(claims, key=lambda c: (shares[c], "状态" in titles[c]), default=None)
    for c in claims:
        says = shares[c] >= _SOME_STATUSES if c == status else shares[c] > 0.5
        fields[c] = Field.STATUS if says else Field.PROGRESS
    return fields


_SOME_STATUSES = 0.3
"""The least share of a column's cells that say a status, where it holds the statuses; the others are asked back."""


def _share_of_statuses(cells: list[str]) -> float:
    return sum(status_of_word(cell) is not None for cell in cells) / len(cells) if cells else 0.0


def _cells(grid: Grid, c: int, start: int) -> list[str]:
    return [text for r in range(start, len(grid.block.rows)) if (text := grid.own(r, c))]


def _plan_columns(grid: Grid, titles: list[str], start: int, fields: dict[int, Field]) -> dict[int, Column]:
    """Return the columns of the plan among those that hold no claim, as the columns of a notice are found."""
    rest = [c for c in range(len(titles)) if c not in fields]
    rows = range(start, min(start + _SAMPLE, len(grid.block.rows)))
    below = [[grid.own(r, c) for c in rest] for r in rows]
    covered = [sum(grid.corner.get((r, c), (r, c))[0] < r for r in rows) for c in rest]
    reading = read_columns([titles[c] for c in rest], below, covered)
    if reading is not None and any(column.kind is Kind.UNITS for column in reading.columns):
        columns = dict(zip(rest, reading.columns, strict=True))
        return {c: _titled_number(column) or column for c, column in columns.items()}
    found = {c: meaning for c in rest if (meaning := meaning_of(titles[c]))}
    return {c: Column(titles[c], meaning.kind, meaning.role) for c, meaning in found.items()}


def _columns_of_assignees(grid: Grid, columns: dict[int, Column], start: int) -> dict[int, Column]:
    """Return those columns of units that name the assignees of a task and not who a row is about, as headings.

    Where a task takes several rows, one a unit, the columns that say the same in all of them are such.
    """
    units = [c for c, column in columns.items() if column.kind is Kind.UNITS]
    named = [c for c, column in columns.items() if column.kind in (Kind.NUMBER, Kind.TEXT)]
    cells: dict[tuple[str, ...], list[list[str]]] = {}
    key: tuple[str, ...] = ()
    for r in range(start, len(grid.block.rows)):
        texts = tuple(grid.text(r, c) for c in named if columns[c].kind is Kind.TEXT or len(named) == 1)
        key = texts if any(texts) else key
        cells.setdefault(key, []).append([grid.text(r, c) for c in units])
    vary = {c for rows in cells.values() for i, c in enumerate(units) if len({row[i] for row in rows}) > 1}
    same = [c for c in units if c not in vary] if vary else []
    return {c: Column(columns[c].title, Kind.HEADING) for c in same}


def _titled_number(column: Column) -> Column | None:
    """Return a column of numbers in any order (23, 17), which only its title tells from figures."""
    meaning = meaning_of(column.title)
    return Column(column.title, Kind.NUMBER) if meaning and meaning.kind is Kind.NUMBER else None


_PERSON = re.compile(r"责任人|负责人|责任领导|分管领导|联系人|联络员")
_CLASS = re.compile(r"类别|分类|类型|性质|职责|角色|渠道")


_NO_PART_OF_A_PLAN = (Kind.OTHER, Kind.NOTE)


def is_of_plan(column: Column | None) -> bool:
    """True for a column that says nothing but what the plan says: a number, a task, its units, its heading, its limit."""
    if column is None or is_class(column):
        return column is not None
    if column.kind in (Kind.NUMBER, Kind.TEXT, Kind.UNITS):
        return True
    if column.kind is Kind.PERSON:
        return _PERSON.search(header_key(column.title)) is not None
    meaning = meaning_of(column.title)
    return meaning is not None and (column.kind not in _NO_PART_OF_A_PLAN or meaning.kind is Kind.HEADING)


def is_class(column: Column) -> bool:
    return _CLASS.search(column.title) is not None
