"""The choices of a person about tables: the tables to read, and the content of each of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gkcheck.errors import BadRequest
from gkcheck.importers.draft import ReadingLog
from gkcheck.importers.formats.blocks import Block
from gkcheck.importers.recognize.header_terms import Kind, meaning_of
from gkcheck.importers.tables.columns import Column, find_header
from gkcheck.importers.tables.table_view import TableView
from gkcheck.model import Role

_WORDS: dict[str, tuple[Kind, Role | None]] = {
    "序号": (Kind.NUMBER, None), "标题": (Kind.HEADING, None), "任务": (Kind.TEXT, None), "时限": (Kind.DEADLINE, None),
    "牵头": (Kind.UNITS, Role.LEAD), "责任": (Kind.UNITS, Role.RESPONSIBLE), "配合": (Kind.UNITS, Role.SUPPORT),
    "个人": (Kind.PERSON, None), "备注": (Kind.NOTE, None), "其他": (Kind.OTHER, None),
}  # fmt: skip
COLUMN_WORDS = tuple(_WORDS)
"""The words for what a column may hold, as people type and read them."""


class TableChoice(NamedTuple):
    """The columns of the tables in their order, and the numbers of the tables to read; empty: as they are recognised."""

    columns: tuple[tuple[Kind, Role | None], ...] = ()
    tables: frozenset[int] = frozenset()


class TableLayout(NamedTuple):
    """A table as it is read: its number, where it begins, its rows, each column with its word and two sample cells.

    `assigns`: its rows become tasks.
    """

    number: int
    place: str
    rows: int
    columns: tuple[tuple[str, str, tuple[str, ...]], ...]
    assigns: bool


def columns_of(words: Sequence[str]) -> tuple[tuple[Kind, Role | None], ...]:
    """Return what the columns hold that a person names.

    Raises:
        BadRequest: A word is unknown, or there is not one column of tasks.
    """
    for word in words:
        if word not in _WORDS:
            raise BadRequest(f"--columns 不认识“{word}”；每栏写一个：{'、'.join(_WORDS)}")
    found = tuple(_WORDS[word] for word in words)
    if [kind for kind, _ in found].count(Kind.TEXT) != 1:
        raise BadRequest("--columns 要有一栏、也只能有一栏“任务”，例如 --columns 序号,标题,任务,时限,牵头,配合")
    return found


def word_for(column: Column) -> str:
    """Return the word for what a column holds."""
    wanted = (column.kind, (column.role or Role.RESPONSIBLE) if column.kind is Kind.UNITS else None)
    return next(word for word, meaning in _WORDS.items() if meaning == wanted)


def chosen_view(
    block: Block, view: TableView | None, number: int, choice: TableChoice, log: ReadingLog
) -> TableView | None:
    """Return the view of a table as a person chose it; one that is not chosen assigns nothing."""
    if choice.tables and number not in choice.tables:
        if view:
            view.duty = 0.0
        return view
    assigned = view is not None and view.duty > 0
    width = max((len(row) for row in block.rows), default=0)
    if choice.columns and len(choice.columns) == (len(view.columns) if view else width):
        view = _with_columns(block, view, choice.columns)
    elif not choice.tables:
        return view
    if view:
        view.duty = max(view.duty, 1.0)
        for r in range(view.start if not assigned else 0):
            log.place(view.place(r), " ".join(dict.fromkeys(filter(None, view.rows[r]))), "表头")
    return view


def _with_columns(block: Block, view: TableView | None, kinds: Sequence[tuple[Kind, Role | None]]) -> TableView:
    rows = [[cell or "" for cell in row] for row in block.rows]
    if view is None or not view.start:
        head = find_header(rows)
        titled = bool(rows) and any(meaning_of(cell) for cell in rows[0])
        start = int(titled) if head is None else head + 1
        view = TableView(block, rows, [], start, view.origin if view else {})
    titles = [column.title for column in view.columns] or (rows[view.start - 1] if view.start else [])
    depth = 0
    columns = []
    for i, (kind, role) in enumerate(kinds):
        depth += kind is Kind.HEADING
        title = titles[i] if i < len(titles) else ""
        columns.append(Column(title, kind, role, depth if kind is Kind.HEADING else 0))
    view.columns = columns
    view.duty = 1.0
    return view


def layout_of(block: Block, view: TableView | None, number: int) -> TableLayout:
    """Return a table as a person is shown it."""
    start = view.start if view else 0
    rows = [[cell or "" for cell in row] for row in block.rows[start:]]
    columns = []
    for i, column in enumerate(view.columns if view else ()):
        cells = (" ".join(row[i].split()) for row in rows if i < len(row) and row[i].strip())
        samples = [cell for cell, _ in zip(dict.fromkeys(cells), range(2), strict=False)]
        columns.append((" ".join(column.title.split()), word_for(column), tuple(samples)))
    place = block.places[0] if block.places else ""
    return TableLayout(number, place, len(rows), tuple(columns), view is not None and view.duty > 0)
