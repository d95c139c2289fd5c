"""A view of a block as a table of tasks: its title rows, its columns, the positions that merges cover."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field

from gkcheck.importers.draft import ReadingLog
from gkcheck.importers.formats.blocks import Block, BlockKind
from gkcheck.importers.recognize.assignees import assignee_share, says_first_leads
from gkcheck.importers.recognize.header_terms import Kind, header_key, is_header, meaning_of, role_in
from gkcheck.importers.recognize.headings import ends_sentence, is_title
from gkcheck.importers.recognize.inline_assignees import split_assignments
from gkcheck.importers.recognize.numbering import is_han_number, is_number, leading_number
from gkcheck.importers.tables.columns import Column, ColumnReading, find_header, fits, join_tiers, read_columns

_STREAM = 1000
_UNSURE = 1.0
"""Below this much of `duty` a person should say if the table assigns anything."""


@dataclass(slots=True)
class TableView:
    """A table while it is read: its rows as printed from row `start` on, its columns, its merged cells.

    `origin` tells for a covered position where its cell begins. `text_rank` is how the tasks are numbered. `duty`
    above 0: the table assigns duties. `number_style`: True where the rows are numbered in Chinese numerals.
    `known`: names seen whole in the document or in a registry.
    """

    block: Block
    rows: list[list[str]]
    columns: list[Column]
    start: int
    origin: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    text_rank: float | None = None
    duty: float = 1.0
    number_style: bool | None = None
    known: Container[str] = frozenset()
    wide: dict[tuple[int, int], int] = field(default_factory=dict)
    widest: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for span in self.block.spans:
            self.wide[span.row, span.column] = span.columns
            self.widest[span.row] = max(span.columns, self.widest.get(span.row, 1))

    def place(self, row: int) -> str:
        """Return where a row stands in the source."""
        return self.block.places[row]

    def across(self, row: int, column: int) -> int:
        """Return the number of columns that the cell at a position covers."""
        return self.wide.get((row, column), 1)

    def spans_rest(self, row: int) -> bool:
        """True if a cell of a row covers all columns, or all but one."""
        return self.widest.get(row, 1) >= len(self.columns) - 1 > 0

    def spans_roles(self, row: int, column: int) -> bool:
        """True if a cell covers more than one column of bodies, and so gives no role by its column."""
        covered = self.columns[column : column + self.across(row, column)]
        return sum(one.kind is Kind.UNITS for one in covered) > 1

    def merged_text(self, r: int, kind: Kind) -> str | None:
        """Return the text of a cell of this kind merged from a row above over row r."""
        for j, one in enumerate(self.columns):
            up = self.origin.get((r, j))
            if one.kind is kind and up and up[0] < r:
                return self.rows[up[0]][up[1]]
        return None

    def index_of(self, kind: Kind) -> int | None:
        """Return the first column of a kind."""
        return next((j for j, one in enumerate(self.columns) if one.kind is kind), None)


def view_table(block: Block, before: TableView | None, log: ReadingLog) -> TableView | None:
    """Return the view of a block; None where no column can hold tasks. Only a view with `duty` above 0 assigns any.

    `before`: the table before it, which goes on where a page break cut off the titles.
    """
    rows = [[cell or "" for cell in row] for row in block.rows]
    origin = {
        (r, c): (span.row, span.column)
        for span in block.spans
        for r in range(span.row, min(span.row + span.rows, len(rows)))
        for c in range(span.column, span.column + span.columns)
        if (r, c) != (span.row, span.column)
    }
    head = find_header(rows)
    if block.kind is BlockKind.CELLS:  # its titles were gathered in the one row of several cells
        head = next((r for r, row in enumerate(rows) if len(row) > 1), None)
    if head is None:
        return _view_without_titles(block, rows, origin, before)
    titles, start = _titles(block, rows, head, origin)
    strange = block.kind is BlockKind.CELLS and not all(map(meaning_of, titles))
    below = _rows_of_cells(rows[start:], len(titles)) if block.kind is BlockKind.CELLS else None
    reading = read_columns(titles, below, [0] * len(titles)) if below else _columns(titles, rows, start, origin)
    if reading is None:
        return None
    view = TableView(block, rows, reading.columns, start, origin, duty=reading.duty)
    if block.kind is BlockKind.CELLS and _counts_first(view):
        view.columns = [Column(titles[0], Kind.NUMBER), *view.columns[1:]]
    if not _assigns(view):
        return view
    for r in range(head):
        _before_header(view, r, head, log)
    for r in range(head, start):
        log.place(view.place(r), " ".join(filter(None, rows[r])), "表头")
        log.first_leads |= any(says_first_leads(cell) for cell in rows[r])
    if strange:
        unknown = "、".join(title for title in titles if not meaning_of(title))
        log.note(view.place(head), f"“{unknown}”不是常见的栏名，各行是按内容拼出来的，请核对")
    if view.duty < _UNSURE and (block.kind is not BlockKind.CELLS or below):
        log.note(view.place(head), "这张表分派任务的样子不足，仍按任务表收录，请核对")
    text = next(one.title for one in reading.columns if one.kind is Kind.TEXT)
    for rival in reading.rivals:
        log.note(view.place(head), f"“{text}”和“{rival}”两栏都像具体要求，取了“{text}”，请核对")
    return view


def _view_without_titles(
    block: Block, rows: list[list[str]], origin: dict[tuple[int, int], tuple[int, int]], before: TableView | None
) -> TableView | None:
    width = max((len(row) for row in rows), default=0)
    if before and width <= len(before.columns) and fits(before.columns, rows):
        return TableView(block, rows, before.columns, 0, origin, duty=before.duty)
    if block.kind is not BlockKind.TABLE or len(rows) < 2:
        return None
    reading = _columns([""] * width, rows, 0, origin)
    return TableView(block, rows, reading.columns, 0, origin, duty=reading.duty) if reading else None


def _columns(
    titles: list[str], rows: list[list[str]], start: int, origin: dict[tuple[int, int], tuple[int, int]]
) -> ColumnReading | None:
    """Return the columns that titles and the rows below them speak for; rows that lost cells are not asked."""
    numbered = [
        (r, row) for r, row in enumerate(rows[start:], start) if len([cell for cell in row if cell.strip()]) > 1
    ]
    whole = ([(r, row) for r, row in numbered if len(row) >= len(titles)] or numbered)[:200]
    whole += [(r, _last_cells(row, whole, len(titles))) for r, row in numbered if len(row) < len(titles)][:200]
    covered = [sum(origin.get((r, c), (r, c))[0] < r for r, _ in whole) for c in range(len(titles))]
    return read_columns(titles, [row for _, row in whole], covered)


def _last_cells(row: list[str], whole: list[tuple[int, list[str]]], width: int) -> list[str]:
    """Return a row that lost cells, laid to the right: its number, and the columns that no whole row has a cell in."""
    empty = {c for c in range(width) if not any(c < len(other) and other[c].strip() for _, other in whole)}
    shift = width - len(row)
    cells = [row[c - shift] if c in empty and c >= shift else "" for c in range(width)]
    return [row[0] if is_number(row[0]) else cells[0], *cells[1:]]


def _counts_first(view: TableView) -> bool:
    """True if the first title of a stream stands over its numbers, whatever it says: no row has more cells than titles."""
    cells = [cell for row in view.rows[view.start : view.start + _STREAM] for cell in row if cell.strip()]
    starts = [i for i, cell in enumerate(cells) if is_number(cell)]
    longest = max((b - a for a, b in itertools.pairwise([*starts, len(cells)])), default=0)
    return starts[:1] == [0] and view.columns[0].kind in (Kind.HEADING, Kind.OTHER) and longest <= len(view.columns)


def _rows_of_cells(rows: list[list[str]], width: int) -> list[list[str]]:
    """Return the rows that a stream of cells certainly holds: as many cells as titles from one number to the next."""
    cells = [cell for row in rows[:_STREAM] for cell in row if cell.strip()]
    starts = [i for i, cell in enumerate(cells) if is_number(cell)]
    whole = [cells[a:b] for a, b in itertools.pairwise([*starts, len(cells)]) if b - a == width]
    return whole if len(whole) > 0.6 * len(starts) else []


def _assigns(view: TableView) -> bool:
    """True if the table assigns duties: by its columns, or in brackets and labels within its tasks."""
    text = view.index_of(Kind.TEXT)
    if view.index_of(Kind.UNITS) is None and text is not None:
        cells = [row[text] for row in view.rows[view.start :] if text < len(row)][:40]
        view.duty = max(view.duty, 1.0 * any(one for cell in cells for _, one in split_assignments(cell)))
    return view.duty > 0


def _before_header(view: TableView, r: int, head: int, log: ReadingLog) -> None:
    """Log a row above the column titles: the title of the table, or text of the notice."""
    text = " ".join(dict.fromkeys(cell for cell in view.rows[r] if cell.strip()))
    log.first_leads |= says_first_leads(text)
    if is_title(text) or (r == head - 1 and len(text) <= 40 and not ends_sentence(text)):
        log.place(view.place(r), text, "表题")
    else:
        log.leave_out(view.place(r), text, "任务之外的文字")


def _titles(
    block: Block, rows: list[list[str]], head: int, origin: dict[tuple[int, int], tuple[int, int]]
) -> tuple[list[str], int]:
    """Return the column titles, of two tiers where there are two, and the first row below them."""
    titles = list(rows[head])
    while titles and not titles[-1].strip() and not origin:
        titles.pop()
    for c in range(len(titles)):
        if not titles[c].strip() and (up := origin.get((head, c))):
            titles[c] = rows[up[0]][up[1]]
    if head + 1 >= len(rows):
        return titles, head + 1
    second = rows[head + 1]
    if any(r == head + 1 and up[0] <= head for (r, _), up in origin.items()):
        if not _is_lower_tier(second, head, origin):
            return titles, head + 1
        return [
            low if low.strip() and (meaning_of(low) or role_in(low)) else high
            for low, high in itertools.zip_longest(second[: len(titles)], titles, fillvalue="")
        ], head + 2
    if merged := join_tiers(titles, second):
        return merged, head + 2
    if is_tier(second) and len(second) == len(titles):
        return [
            low if low.strip() and (meaning_of(low) or role_in(low)) else high
            for low, high in zip(second, titles, strict=True)
        ], head + 2
    return titles, head + 1


def _is_lower_tier(second: list[str], head: int, origin: dict[tuple[int, int], tuple[int, int]]) -> bool:
    """True if the row below a header holds titles: words that are some, or short ones under titles set across only."""
    lower = [(c, cell) for c, cell in enumerate(second) if cell.strip()]
    if not lower or any(len(cell) > 12 for _, cell in lower):
        return False
    if is_tier([cell for _, cell in lower]):
        return True
    across = {up[1] for (r, _), up in origin.items() if r == head and up[0] == head}
    across |= {c for (r, c), up in origin.items() if r == head and up[0] == head}
    rest = [c for c in range(len(second)) if c not in across]
    return bool(across) and all(c in across for c, _ in lower) and all((head + 1, c) in origin for c in rest)


def is_tier(cells: list[str]) -> bool:
    """True if cells are the lower tier of a header: two or more, every one of them a title."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) >= 2 and all(meaning_of(cell) is not None for cell in filled)


def add_number_column(view: TableView) -> None:
    """Add a column for number cells without a title of their own: 4 titles over rows of 5 cells."""
    text = view.index_of(Kind.TEXT)
    if view.index_of(Kind.NUMBER) is not None or view.block.spans or text is None:
        return
    counted = sum(is_number(cell) for row in view.rows[view.start :] for cell in row if cell.strip())
    if counted >= 2:
        view.columns = [*view.columns[:text], Column("", Kind.NUMBER), *view.columns[text:]]


def rank_of_tasks(view: TableView) -> float | None:
    """Return the rank of the tasks' numbers: that of most numbers that stand right before the assignees."""
    ranks: Counter[float | None] = Counter()
    flat = [cell for row in view.rows[view.start :] for cell in row if cell.strip()][:3000]
    for cell, following in itertools.pairwise(flat):
        if (
            not is_number(cell)
            and assignee_share(following) > 0.6
            and not leading_number(following)
            and assignee_share(cell) < 0.6
        ):
            number = leading_number(cell)
            ranks[number.rank if number else None] += 1
    if not ranks:
        return None
    return max(ranks, key=lambda rank: ranks[rank])


def style_of_numbers(view: TableView) -> bool | None:
    """Return True if most rows of the number column are numbered in Chinese numerals; None without such a column."""
    number = view.index_of(Kind.NUMBER)
    if number is None:
        return None
    rows = view.rows[view.start :]
    cells = [row[number] for row in rows if number < len(row) and len([cell for cell in row if cell.strip()]) > 2]
    numbers = [cell for cell in cells if is_number(cell)]
    return sum(map(is_han_number, numbers)) > 0.5 * len(numbers) if numbers else None


def repeats_header(view: TableView, row: list[str]) -> bool:
    """True if a row below prints the column titles once more, as after a page break."""
    titles = {header_key(one.title) for one in view.columns if one.title.strip()}
    cells = [header_key(cell) for cell in row if cell.strip()]
    return len(cells) > 1 and (all(cell in titles for cell in cells) or (is_header(row) and is_tier(row)))


def repeated_headers(view: TableView) -> set[int]:
    """Return the rows of one cell each that print the titles once more."""
    titles = [header_key(one.title) for one in view.columns if one.title.strip()]
    cells = [header_key(row[0]) if row else "" for row in view.rows]
    out: set[int] = set()
    for r in range(view.start, len(cells) - len(titles) + 1):
        if cells[r : r + len(titles)] == titles:
            out.update(range(r, r + len(titles)))
    return out


def numbers_headings(view: TableView) -> bool:
    """True if the number column is merged along with the heading column, and so numbers headings, not tasks."""
    number, heading = view.index_of(Kind.NUMBER), view.index_of(Kind.HEADING)
    if number is None or heading is None:
        return False
    spans = view.block.spans
    if spans:
        numbered = {(s.row, s.rows) for s in spans if s.column == number and s.rows > 1 and s.row >= view.start}
        return bool(numbered) and numbered <= {(s.row, s.rows) for s in spans if s.column == heading}
    if view.block.kind is not BlockKind.TABLE or view.text_rank is None:
        return False
    filled = [row for row in view.rows[view.start :] if any(cell.strip() for cell in row)]
    return sum(any(is_number(cell) for cell in row) for row in filled) < 0.8 * len(filled)
