"""The columns of a table, read from their titles and from the cells below."""

from __future__ import annotations

from dataclasses import dataclass

from gkcheck.importers.recognize.assignees import assignee_share, says_first_leads
from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.importers.recognize.header_terms import Kind, is_header, meaning_of
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.importers.recognize.org_names import is_org_name
from gkcheck.model import Role


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its kind, the role it gives to units, the depth of a heading (1, 2, …)."""

    title: str
    kind: Kind
    role: Role | None = None
    depth: int = 0


def read_columns(titles: list[str], below: list[list[str]]) -> list[Column] | None:
    """Return the columns that titles name; `below` holds sample rows of full width. None where no column is the tasks'.

    Of the columns that could be headings or tasks, the one whose title or whose cells say so is the
    tasks'; those before it are headings from the top down, those after it remarks.
    """
    columns: list[Column] = []
    for title in titles:
        meaning = meaning_of(title)
        if meaning is None:
            columns.append(Column(title, Kind.OTHER if title.strip() else Kind.NOTE))
        else:
            role = None if says_first_leads(title) else meaning.role
            columns.append(Column(title, meaning.kind, role))
    for i, one in enumerate(columns):
        if not one.title.strip() and _holds_numbers(below, i):
            columns[i] = Column("", Kind.NUMBER)
    text = _text_column(columns, below)
    if text is None:
        return None
    depth = 0
    for i, one in enumerate(columns):
        if i == text:
            columns[i] = Column(one.title, Kind.TEXT)
        elif one.kind in (Kind.HEADING, Kind.TEXT):
            depth += i < text
            columns[i] = Column(one.title, Kind.HEADING, depth=depth) if i < text else Column(one.title, Kind.OTHER)
    return columns


def _holds_numbers(below: list[list[str]], i: int) -> bool:
    cells = [row[i] for row in below if i < len(row) and row[i].strip()]
    return bool(cells) and all(is_number(cell) for cell in cells)


def _text_column(columns: list[Column], below: list[list[str]]) -> int | None:
    candidates = [i for i, one in enumerate(columns) if one.kind in (Kind.HEADING, Kind.TEXT)]
    if not candidates:
        candidates = [i for i, one in enumerate(columns) if one.kind is Kind.OTHER]
    if not candidates:
        return None
    last_units = max((i for i, one in enumerate(columns) if one.kind is Kind.UNITS), default=len(columns))

    def weight(i: int) -> tuple[float, int]:
        cells = [row[i] for row in below if i < len(row) and row[i].strip()]
        length = sum(map(len, cells)) / len(cells) if cells else 0
        filled = len(cells) / len(below) if below else 0
        return (
            (40 if columns[i].kind is Kind.TEXT else 0) + min(length, 60) + 20 * filled - (60 if i > last_units else 0),
            i,
        )

    return max(candidates, key=weight)


def find_header(rows: list[list[str]], limit: int = 12) -> int | None:
    """Return where the row of column titles stands among the first rows; None where there is none."""
    for i, row in enumerate(rows[:limit]):
        if is_header(row):
            return i
    return None


def guess_columns(rows: list[list[str]]) -> list[Column] | None:
    """Return the columns of a table without titles, from its cells alone; None where no column names assignees."""
    width = max((len(row) for row in rows), default=0)
    if width < 2 or width > 12:
        return None
    kinds: list[Kind] = []
    lengths: list[float] = []
    for i in range(width):
        cells = [row[i] for row in rows if i < len(row) and row[i].strip()]
        kinds.append(_kind_of(cells))
        lengths.append(sum(map(len, cells)) / len(cells) if cells else 0)
    if Kind.UNITS not in kinds:
        return None
    open_columns = [i for i, kind in enumerate(kinds) if kind is Kind.TEXT]
    if not open_columns:
        return None
    text = max(open_columns, key=lambda i: lengths[i])
    depth = 0
    columns: list[Column] = []
    for i, kind in enumerate(kinds):
        if kind is Kind.TEXT and i != text:
            depth += i < text
            columns.append(Column("", Kind.HEADING, depth=depth) if i < text else Column("", Kind.OTHER))
        else:
            columns.append(Column("", kind, Role.RESPONSIBLE if kind is Kind.UNITS else None))
    return columns


def _kind_of(cells: list[str]) -> Kind:
    if not cells:
        return Kind.NOTE
    if sum(is_number(cell) for cell in cells) > 0.7 * len(cells):
        return Kind.NUMBER
    if sum(is_deadline(cell) for cell in cells) > 0.6 * len(cells):
        return Kind.DEADLINE
    if sum(assignee_share(cell) > 0.6 and not leading_number(cell) for cell in cells) > 0.6 * len(cells):
        return Kind.UNITS
    return Kind.TEXT


def join_tiers(titles: list[str], second: list[str]) -> list[str] | None:
    """Return titles of two tiers as one row, where the second lost its merged cells and stands under one title.

    (序号, 任务, 责任单位, 时限) over (牵头单位, 配合单位) → (序号, 任务, 牵头单位, 配合单位, 时限).
    """
    filled = [cell for cell in second if cell.strip()]
    meanings = [meaning_of(cell) for cell in filled]
    if (
        len(filled) < 2
        or not all(meaning and meaning.kind is Kind.UNITS for meaning in meanings)
        or any(is_org_name(cell) and not meaning_of(cell) for cell in filled)
    ):
        return None
    over = [i for i, title in enumerate(titles) if (meaning := meaning_of(title)) and meaning.kind is Kind.UNITS]
    if len(over) != 1:
        return None
    return [*titles[: over[0]], *filled, *[title for title in titles[over[0] + 1 :] if title.strip()]]
