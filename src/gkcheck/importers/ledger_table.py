"""The tables of a document that are ledgers (台账): rows that say how far a task is, whoever laid them out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gkcheck.importers.formats.blocks import Block, BlockKind
from gkcheck.importers.formats.registry import Document
from gkcheck.importers.recognize.assignees import read_assignees
from gkcheck.importers.recognize.header_terms import Kind
from gkcheck.importers.recognize.ledger_terms import Field
from gkcheck.importers.tables.columns import Column
from gkcheck.importers.tables.ledger_columns import (
    Grid,
    LedgerCell,
    find_columns,
    is_class,
    is_of_plan,
    repeats_titles,
    sheet_of,
)
from gkcheck.model import Role
from gkcheck.text.script import folded
from gkcheck.text.status_words import status_of_word

_SHEETS = ("xlsx", "csv")
"""The formats whose cells people know by column letter and row."""

_SEPARATORS = (re.compile(r"\n"), re.compile(r"[\s、，,；;/／]+"), re.compile(r"[\s、，,；;/／及和与]+"))
"""Those between names that are known, the surest first: a name may hold some of them."""

FORMATS = ("xlsx", "docx", "csv")
"""The formats in which a ledger is read: those whose hyperlinks are kept, or that have none."""


class LedgerRow(NamedTuple):
    """A row below the titles: its numbers, its text and its units as printed, and the cells of its claim by field.

    `unit_cells` are those the units were read from; `unread` their words that name no unit. `rest` are
    the titles and cells of columns that nobody knows.
    """

    place: str
    numbers: tuple[LedgerCell, ...]
    text: LedgerCell | None
    units: tuple[str, ...]
    unit_cells: tuple[LedgerCell, ...]
    unread: tuple[str, ...]
    claim: dict[Field, tuple[LedgerCell, ...]]
    rest: tuple[tuple[str, LedgerCell], ...]

    @property
    def cells(self) -> list[LedgerCell]:
        """Return every cell of the row that is known, in the order of the fields."""
        text = (self.text,) if self.text else ()
        return [*self.numbers, *text, *self.unit_cells, *(cell for cells in self.claim.values() for cell in cells)]

    def claimed(self) -> Iterator[tuple[Field, LedgerCell]]:
        """Yield every cell of the claim with its field."""
        return ((one, cell) for one, cells in self.claim.items() for cell in cells)

    def first(self, wanted: Field) -> LedgerCell | None:
        """Return the first cell of a field; None where it has none."""
        return next(iter(self.claim.get(wanted, ())), None)


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """A ledger as printed: its rows, the titles of its columns of claims by field, and that of its numbers.

    `links` are the hyperlinks of cells that claim nothing, each after the address of its cell.
    """

    rows: tuple[LedgerRow, ...]
    titles: dict[Field, tuple[str, ...]]
    has_text: bool
    number_title: str
    links: tuple[tuple[str, str], ...] = ()

    def statuses(self) -> int:
        """Return the number of rows that say a status."""
        cells = (row.first(Field.STATUS) for row in self.rows)
        return sum(cell is not None and status_of_word(cell.text) is not None for cell in cells)


class LedgerDocument(NamedTuple):
    """The ledgers of a document in their order, and what else it holds: an address or a place, and what stands there."""

    tables: list[LedgerTable]
    left_out: list[tuple[str, str]]


def read_ledgers(document: Document, known: Container[str] = frozenset()) -> LedgerDocument:
    """Return the ledgers of a document.

    Args:
        known: names of units and classes, folded; a cell that is one of them is not taken apart.
    """
    tables: list[LedgerTable] = []
    left_out: list[tuple[str, str]] = []
    for block in document.blocks:
        if block.kind is BlockKind.UNREAD:
            left_out += [(place, _unread(row[0] or "", row[1] or "")) for row, place in _rows_of(block)]
        elif block.kind is BlockKind.REMARK:
            left_out += [(place, row[0] or "") for row, place in _rows_of(block) if "没有读入" not in (row[0] or "")]
        elif block.kind is BlockKind.TABLE and (table := _read_table(block, document.format in _SHEETS, known)):
            tables.append(table)
            left_out += [(address, f"超链接 {link[:80]} 没有记录，请核对") for address, link in table.links]
        elif block.kind is BlockKind.TABLE:
            left_out.append((sheet_of(block) or block.places[0], f"这张表不是台账，{len(block.rows)} 行没有读"))
        elif tables:
            left_out += [(line.place, f"“{line.text.strip()[:40]}”没有读") for line in block.lines if line.text.strip()]
    return LedgerDocument(tables, left_out)


def _unread(text: str, why: str) -> str:
    """Return what is said of a part left unread; one without a text has its kind in brackets in place of it."""
    return f"{why}没有读" if text == f"（{why}）" else f"“{text}”没有读（{why}）"


def _rows_of(block: Block) -> Iterable[tuple[tuple[str | None, ...], str]]:
    return zip(block.rows, block.places, strict=True)


def _read_table(block: Block, in_workbook: bool, known: Container[str]) -> LedgerTable | None:
    """Return a block as a ledger; None where it is none."""
    grid = Grid(block, in_workbook)
    found = find_columns(grid)
    if found is None:
        return None
    reader = _RowReader(grid, found.titles, found.fields, found.plan, known)
    below = (r for r in range(found.start, len(block.rows)) if not repeats_titles(grid, r, found.titles))
    rows = _continued(reader.row(r) for r in below)
    by_field = {one: tuple(found.titles[c] for c in found.fields if found.fields[c] is one) for one in Field}
    return LedgerTable(
        rows=tuple(row for row in rows if row.cells or row.rest),
        titles={one: titles for one, titles in by_field.items() if titles},
        has_text=any(column.kind is Kind.TEXT for column in found.plan.values()),
        number_title=next((column.title for column in found.plan.values() if column.kind is Kind.NUMBER), ""),
        links=tuple(
            (grid.address(r, c), link)
            for (r, c), one in sorted(grid.details.items())
            if r < found.start or c not in found.fields
            for link in one.links
        ),
    )


def _continued(rows: Iterable[LedgerRow]) -> Iterator[LedgerRow]:
    """Yield the rows; one with a unit and neither number nor text goes on with the task of the row above."""
    above: LedgerRow | None = None
    for row in rows:
        if above and row.units and not row.numbers and row.text is None:
            row = row._replace(numbers=above.numbers, text=above.text)
        above = row if row.numbers or row.text else above
        yield row


@dataclass(frozen=True, slots=True)
class _RowReader:
    """Reads the rows of one table, whose columns are known."""

    grid: Grid
    titles: list[str]
    fields: dict[int, Field]
    columns: dict[int, Column]
    known: Container[str]

    def row(self, r: int) -> LedgerRow:
        """Return a row with every cell in the part it belongs to."""
        claim: dict[Field, list[LedgerCell]] = {}
        for c, one in self.fields.items():
            if cell := self.grid.cell(r, c):
                claim.setdefault(one, []).append(cell)
        unit_cells = self._of(r, Kind.UNITS)
        units: dict[str, None] = {}
        unread: list[str] = []
        for cell in unit_cells:
            names, words = self._units(cell.text)
            units |= dict.fromkeys(names)
            unread += words
        return LedgerRow(
            place=self.grid.block.places[r],
            numbers=self._of(r, Kind.NUMBER),
            text=next(iter(self._of(r, Kind.TEXT)), None),
            units=tuple(units),
            unit_cells=unit_cells,
            unread=tuple(unread),
            claim={one: tuple(dict.fromkeys(cells)) for one, cells in claim.items()},
            rest=tuple(self._rest(r)),
        )

    def _of(self, r: int, kind: Kind) -> tuple[LedgerCell, ...]:
        columns = (c for c, column in self.columns.items() if column.kind is kind and not is_class(column))
        return tuple(dict.fromkeys(cell for c in columns if (cell := self.grid.cell(r, c))))

    def _units(self, text: str) -> tuple[list[str], list[str]]:
        """Return the names of a cell, and its words that name nobody."""
        for separators in _SEPARATORS:
            names = [name.strip() for name in separators.split(text) if name.strip()]
            if names and all(folded(name) in self.known for name in names):
                return names, []
        read = read_assignees(text, Role.RESPONSIBLE, self.known)
        return read.names(), [*read.notes, *read.persons, *filter(None, (read.tail, read.deadline))]

    def _rest(self, r: int) -> Iterator[tuple[str, LedgerCell]]:
        """Yield the row's own cells, with their titles, in columns that hold neither a claim nor a part of the plan."""
        for c in range(len(self.titles)):
            column = self.columns.get(c)
            if (
                c not in self.fields
                and not is_of_plan(column)
                and self.grid.own(r, c)
                and (cell := self.grid.cell(r, c))
            ):
                yield self.titles[c], cell
