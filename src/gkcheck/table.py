"""The tables and documents that answers become, free of any file format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from gkcheck.types import NamedTuple


class Span(NamedTuple):
    """A cell that covers more than one position: top left corner (from 0) and extent."""

    row: int
    column: int
    rows: int
    columns: int


class Column(NamedTuple):
    """A column and the way it is shown. `wrap`: long text, may be broken over lines; others are kept whole.

    `kind` is text, number, status or bar; an exporter may use it for alignment and colour. Further kinds:
    unit, the name that a row is about; light, a word in the colour of its mark; cell, one letter of a matrix; percent (63.16%); date (2019-12-31) and
    time (2019-12-31 09:30), which a workbook keeps as such; rates, one or two percentages (63.16/20.00) that a
    format with bars draws and any other leaves out. `hint` is the title in full. `spare`: a workbook leaves it and
    those after it off the printed pages where these are too narrow for all.
    """

    title: str
    wrap: bool = False
    kind: str = "text"
    hint: str = ""
    spare: bool = False

    @property
    def is_figure(self) -> bool:
        """True if its cells are figures, which stand at the right."""
        return self.kind in ("number", "percent")

    @property
    def is_whole(self) -> bool:
        """True if none of its cells may be broken over lines: figures, dates, letters of a matrix."""
        return self.is_figure or self.kind in ("date", "cell", "bar")


class Mark(StrEnum):
    """The status that a cell tells, a fact more pressing than it, or a light. Each renderer gives every mark its colour."""

    TODO = "todo"
    DOING = "doing"
    BLOCKED = "blocked"
    DONE = "done"
    CONFIRMED = "confirmed"
    SKIPPED = "skipped"
    OVERDUE = "overdue"
    RETURNED = "returned"
    DUE_SOON = "due-soon"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class StatusText(str):
    """The text of a cell that tells a status, with its mark: no renderer reads a status off the words."""

    mark: Mark

    def __new__(cls, text: str, mark: Mark) -> StatusText:
        made = super().__new__(cls, text)
        made.mark = mark
        return made


class LinkedText(str):
    """The text of a cell that names addresses of the web, with these addresses in their order."""

    addresses: tuple[str, ...]

    def __new__(cls, text: str, addresses: tuple[str, ...]) -> LinkedText:
        made = super().__new__(cls, text)
        made.addresses = addresses
        return made


class Origin(NamedTuple):
    """The author of a file and the day it is made, which a viewer shows among its properties."""

    author: str
    day: date


def mark_of(cell: str | None) -> Mark | None:
    """Return the mark of a cell; None where it tells no status."""
    return cell.mark if isinstance(cell, StatusText) else None


class Table(NamedTuple):
    """Rows of cells with their spans.

    `rows[r][c]` is a cell's text, or None where the position is covered by a span. The first `header` rows are column titles. `columns`, where given, says how to
    show each column. `title` stands above, `notes` below. The `origin` of the first table is that of its file.
    `dense`: set in small type. `fine`: in smaller type yet, so that a letter with a long list in it stays on one page.
    `is_burn_up`: each row is a day and the percentages then, which a format with charts draws as lines over time.
    """

    rows: tuple[tuple[str | None, ...], ...]
    header: int = 0
    spans: tuple[Span, ...] = ()
    columns: tuple[Column, ...] = ()
    title: str | None = None
    notes: tuple[str, ...] = ()
    origin: Origin | None = None
    dense: bool = False
    fine: bool = False
    is_burn_up: bool = False

    @property
    def width(self) -> int:
        """The number of columns of the widest row."""
        return max((len(row) for row in self.rows), default=len(self.columns))


def number_columns(*titles: str) -> tuple[Column, ...]:
    """Return a column of numbers for each title."""
    return tuple(Column(title, kind="number") for title in titles)


def with_columns(table: Table, columns: Sequence[int]) -> Table:
    """Return the table with only the columns of these numbers; spans go, as they may reach over a column that is gone."""
    if len(columns) == table.width:
        return table
    rows = tuple(tuple(row[i] for i in columns) for row in table.rows)
    return table._replace(rows=rows, spans=(), columns=tuple(table.columns[i] for i in columns))


def without_empty_columns(table: Table) -> Table:
    """Return the table without the columns that are empty in every row; all of them where no row holds anything."""
    columns = [i for i in range(table.width) if any(row[i] for row in table.rows[table.header :])]
    return with_columns(table, columns) if columns else table


def without_charts(table: Table) -> Table:
    """Return the table without the columns that only a chart can show."""
    return with_columns(table, [i for i, column in enumerate(table.columns) if column.kind != "rates"])


def table_of(
    columns: tuple[Column, ...], rows: Sequence[tuple[str, ...]], title: str | None = None, notes: tuple[str, ...] = ()
) -> Table:
    """Return a table with one header row made of the column titles, as the views make them."""
    head: tuple[str | None, ...] = tuple(column.title for column in columns)
    return Table(rows=(head, *rows), header=1, columns=columns, title=title, notes=notes)


class ParagraphKind(StrEnum):
    """The parts of an official document (GB/T 9704-2012, 7.3); each format sets each in its own type."""

    TITLE = "title"
    NUMBER = "number"
    ADDRESSEE = "addressee"
    HEADING = "heading"
    SUBHEADING = "subheading"
    BODY = "body"
    NOTE = "note"
    SIGNATURE = "signature"
    DATE = "date"


class Paragraph(NamedTuple):
    """One paragraph of text."""

    text: str
    kind: ParagraphKind = ParagraphKind.BODY


class PageBreak(NamedTuple):
    """From here on a new page, lying or standing; formats without pages pass over it.

    `restart`: what follows is a document of its own, whose pages are counted from 1.
    """

    landscape: bool
    restart: bool = False


Block = Paragraph | Table | PageBreak


class Document(NamedTuple):
    """Blocks in reading order. `name` is what a viewer shows as the title of the window.

    `sealed`: a seal is to be pressed on name and date. `fields` are single facts by the names under which a template
    of the office may ask for them, `listing` the rows that it may print one by one.
    """

    name: str
    blocks: tuple[Block, ...]
    origin: Origin | None = None
    sealed: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    listing: Table | None = None

    @property
    def tables(self) -> list[Table]:
        """The tables alone."""
        return [block for block in self.blocks if isinstance(block, Table)]
