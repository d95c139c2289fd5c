"""A grid seen as a table of tasks: its title rows, its columns, the positions that merges cover."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field

from gkcheck.importers.draft import Account
from gkcheck.importers.recognize.assignee_lists import likeness, states_order
from gkcheck.importers.recognize.header_terms import Kind, is_header, meaning_of, squeezed
from gkcheck.importers.recognize.headings import ends_sentence, is_title
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.importers.tables.columns import Field, fields_of, guessed_fields, header_at, sub_titles
from gkcheck.table import Table


@dataclass(slots=True)
class Sheet:
    """A grid while it is read: its rows as printed, its columns, which positions a merge covers."""

    grid: Table
    rows: list[list[str]]
    fields: list[Field]
    start: int
    origin: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    text_rank: float | None = None
    wide: dict[tuple[int, int], int] = field(default_factory=dict)
    widest: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for span in self.grid.spans:
            self.wide[span.row, span.column] = span.columns
            self.widest[span.row] = max(span.columns, self.widest.get(span.row, 1))

    def place(self, row: int) -> str:
        """Where a row stands in the source."""
        return self.grid.places[row] if row < len(self.grid.places) else f"第{row + 1}行"

    def across(self, row: int, column: int) -> int:
        """How many columns the cell that begins at a position covers."""
        return self.wide.get((row, column), 1)

    def spans_rest(self, row: int) -> bool:
        """Whether a cell of a row covers all columns, or all but one."""
        return self.widest.get(row, 1) >= len(self.fields) - 1 > 0

    def spans_roles(self, row: int, column: int) -> bool:
        """Whether a cell covers more than one column of bodies, and so gives no role by its column."""
        covered = self.fields[column : column + self.across(row, column)]
        return sum(one.kind is Kind.UNITS for one in covered) > 1

    def handed_down(self, r: int, kind: Kind) -> str | None:
        """The text of a cell of this kind merged from a row above over row r."""
        for j, one in enumerate(self.fields):
            up = self.origin.get((r, j))
            if one.kind is kind and up and up[0] < r:
                return self.rows[up[0]][up[1]]
        return None

    def column(self, kind: Kind) -> int | None:
        """The first column of a kind."""
        return next((j for j, one in enumerate(self.fields) if one.kind is kind), None)


def sheet_of(grid: Table, before: list[Field] | None, account: Account) -> Sheet | None:
    """Find the columns of a grid; None where it is no table of tasks.

    `before`: the columns of the table before it, which go on where a page break cut off the titles.
    """
    rows = [[cell or "" for cell in row] for row in grid.rows]
    origin = {
        (r, c): (span.row, span.column)
        for span in grid.spans
        for r in range(span.row, min(span.row + span.rows, len(rows)))
        for c in range(span.column, span.column + span.columns)
        if (r, c) != (span.row, span.column)
    }
    head = header_at([list(row) for row in rows])
    if head is None:
        width = max((len(row) for row in rows), default=0)
        fields = before if before and width <= len(before) else None
        fields = fields or (guessed_fields(rows) if grid.kind == "table" and len(rows) > 1 else None)
        return Sheet(grid, rows, fields, 0, origin) if fields else None
    titles, start = _titles(grid, rows, head, origin)
    below = [row for row in rows[start:] if len([cell for cell in row if cell.strip()]) > 1][:200]
    fields = fields_of(titles, [row for row in below if len(row) >= len(titles)] or below)
    if fields is None:
        return None
    sheet = Sheet(grid, rows, fields, start, origin)
    for r in range(head):
        _before_header(sheet, r, head, account)
    for r in range(head, start):
        account.put(sheet.place(r), " ".join(filter(None, rows[r])), "表头")
        account.first_leads |= any(states_order(cell) for cell in rows[r])
    return sheet


def _before_header(sheet: Sheet, r: int, head: int, account: Account) -> None:
    """A row above the column titles: the title of the table, or text of the notice."""
    text = " ".join(dict.fromkeys(cell for cell in sheet.rows[r] if cell.strip()))
    account.first_leads |= states_order(text)
    if is_title(text) or (r == head - 1 and len(text) <= 40 and not ends_sentence(text)):
        account.put(sheet.place(r), text, "表题")
    else:
        account.leave(sheet.place(r), text, "任务之外的文字")


def _titles(
    grid: Table, rows: list[list[str]], head: int, origin: dict[tuple[int, int], tuple[int, int]]
) -> tuple[list[str], int]:
    """The column titles, of two tiers where there are two, and the first row below them."""
    titles = list(rows[head])
    while titles and not titles[-1].strip() and not origin:
        titles.pop()
    if head + 1 >= len(rows):
        return titles, head + 1
    second = rows[head + 1]
    if origin and any(r == head + 1 and up[0] <= head for (r, _), up in origin.items()):
        for c in range(len(titles)):
            if not titles[c].strip():
                up = origin.get((head, c))
                titles[c] = rows[up[0]][up[1]] if up else titles[c]
        lower = [cell for cell in second if cell.strip()]
        if lower and all(meaning_of(cell) or len(cell) <= 8 for cell in lower) and is_tier(lower):
            for c, cell in enumerate(second):
                if cell.strip() and c < len(titles):
                    titles[c] = cell if meaning_of(cell) else titles[c]
            return titles, head + 2
        return titles, head + 1
    if merged := sub_titles(titles, second):
        return merged, head + 2
    if is_tier(second) and len(second) == len(titles):
        return [
            low if low.strip() and meaning_of(low) else high for low, high in zip(second, titles, strict=True)
        ], head + 2
    return titles, head + 1


def is_tier(cells: list[str]) -> bool:
    """Whether cells are the lower tier of a header: two or more, every one of them a title."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) >= 2 and all(meaning_of(cell) is not None for cell in filled)


def add_number_column(sheet: Sheet) -> None:
    """Number cells without a title of their own: 4 titles over rows of 5 cells."""
    text = sheet.column(Kind.TEXT)
    if sheet.column(Kind.NUMBER) is not None or sheet.grid.spans or text is None:
        return
    counted = sum(is_number(cell) for row in sheet.rows[sheet.start :] for cell in row if cell.strip())
    if counted >= 2:
        sheet.fields = [*sheet.fields[:text], Field("", Kind.NUMBER), *sheet.fields[text:]]


def rank_of_tasks(sheet: Sheet) -> float | None:
    """How the tasks of a table are numbered: the rank of most numbers that stand right before the bodies."""
    ranks: Counter[float | None] = Counter()
    flat = [cell for row in sheet.rows[sheet.start :] for cell in row if cell.strip()][:3000]
    for cell, following in itertools.pairwise(flat):
        if not is_number(cell) and likeness(following) > 0.6 and not leading_number(following) and likeness(cell) < 0.6:
            number = leading_number(cell)
            ranks[number.rank if number else None] += 1
    if not ranks:
        return None
    return max(ranks, key=lambda rank: ranks[rank])


def is_header_again(sheet: Sheet, row: list[str]) -> bool:
    """Whether a row below prints the column titles once more, as after a page break."""
    titles = {squeezed(one.title) for one in sheet.fields if one.title.strip()}
    cells = [squeezed(cell) for cell in row if cell.strip()]
    return len(cells) > 1 and (all(cell in titles for cell in cells) or (is_header(row) and is_tier(row)))


def repeated_headers(sheet: Sheet) -> set[int]:
    """Rows of one cell each that print the titles once more."""
    titles = [squeezed(one.title) for one in sheet.fields if one.title.strip()]
    cells = [squeezed(row[0]) if row else "" for row in sheet.rows]
    out: set[int] = set()
    for r in range(sheet.start, len(cells) - len(titles) + 1):
        if cells[r : r + len(titles)] == titles:
            out.update(range(r, r + len(titles)))
    return out


def numbers_headings(sheet: Sheet) -> bool:
    """Whether the number column is merged along with the heading column, and so numbers headings, not tasks."""
    number, heading = sheet.column(Kind.NUMBER), sheet.column(Kind.HEADING)
    if number is None or heading is None:
        return False
    spans = sheet.grid.spans
    if spans:
        numbered = {(s.row, s.rows) for s in spans if s.column == number and s.rows > 1 and s.row >= sheet.start}
        return bool(numbered) and numbered <= {(s.row, s.rows) for s in spans if s.column == heading}
    if sheet.grid.kind != "table" or sheet.text_rank is None:
        return False
    filled = [row for row in sheet.rows[sheet.start :] if any(cell.strip() for cell in row)]
    return sum(any(is_number(cell) for cell in row) for row in filled) < 0.8 * len(filled)
