"""What the columns of a table hold, from their titles and from what stands below."""

from __future__ import annotations

from dataclasses import dataclass

from gkcheck.importers.recognize.assignee_lists import likeness, states_order
from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.importers.recognize.header_terms import Kind, is_header, meaning_of
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.importers.recognize.org_names import is_body
from gkcheck.model import Role


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its title, what it holds, the role it gives to units, the depth of a heading (1, 2, …)."""

    title: str
    kind: Kind
    role: Role | None = None
    depth: int = 0


def fields_of(titles: list[str], below: list[list[str]]) -> list[Field] | None:
    """The columns that titles name; `below` holds sample rows of full width. None where no column is the tasks'.

    Of the columns that could be headings or tasks, the one whose title or whose cells say so is the
    tasks'; those before it are headings from the top down, those after it remarks.
    """
    fields: list[Field] = []
    for title in titles:
        meaning = meaning_of(title)
        if meaning is None:
            fields.append(Field(title, Kind.OTHER if title.strip() else Kind.NOTE))
        else:
            role = None if states_order(title) else meaning.role
            fields.append(Field(title, meaning.kind, role))
    for i, one in enumerate(fields):
        if not one.title.strip() and _holds_numbers(below, i):
            fields[i] = Field("", Kind.NUMBER)
    text = _text_column(fields, below)
    if text is None:
        return None
    depth = 0
    for i, one in enumerate(fields):
        if i == text:
            fields[i] = Field(one.title, Kind.TEXT)
        elif one.kind in (Kind.HEADING, Kind.TEXT):
            depth += i < text
            fields[i] = Field(one.title, Kind.HEADING, depth=depth) if i < text else Field(one.title, Kind.OTHER)
    return fields


def _holds_numbers(below: list[list[str]], i: int) -> bool:
    cells = [row[i] for row in below if i < len(row) and row[i].strip()]
    return bool(cells) and all(is_number(cell) for cell in cells)


def _text_column(fields: list[Field], below: list[list[str]]) -> int | None:
    candidates = [i for i, one in enumerate(fields) if one.kind in (Kind.HEADING, Kind.TEXT)]
    if not candidates:
        candidates = [i for i, one in enumerate(fields) if one.kind is Kind.OTHER]
    if not candidates:
        return None
    last_units = max((i for i, one in enumerate(fields) if one.kind is Kind.UNITS), default=len(fields))

    def weight(i: int) -> tuple[float, int]:
        cells = [row[i] for row in below if i < len(row) and row[i].strip()]
        length = sum(map(len, cells)) / len(cells) if cells else 0
        filled = len(cells) / len(below) if below else 0
        return (
            (40 if fields[i].kind is Kind.TEXT else 0) + min(length, 60) + 20 * filled - (60 if i > last_units else 0),
            i,
        )

    return max(candidates, key=weight)


def header_at(rows: list[list[str]], limit: int = 12) -> int | None:
    """Where the row of column titles stands among the first rows; None where there is none."""
    for i, row in enumerate(rows[:limit]):
        if is_header(row):
            return i
    return None


def guessed_fields(rows: list[list[str]]) -> list[Field] | None:
    """Columns of a table without titles, from its cells alone; None where no column names bodies."""
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
    fields: list[Field] = []
    for i, kind in enumerate(kinds):
        if kind is Kind.TEXT and i != text:
            depth += i < text
            fields.append(Field("", Kind.HEADING, depth=depth) if i < text else Field("", Kind.OTHER))
        else:
            fields.append(Field("", kind, Role.RESPONSIBLE if kind is Kind.UNITS else None))
    return fields


def _kind_of(cells: list[str]) -> Kind:
    if not cells:
        return Kind.NOTE
    if sum(is_number(cell) for cell in cells) > 0.7 * len(cells):
        return Kind.NUMBER
    if sum(is_deadline(cell) for cell in cells) > 0.6 * len(cells):
        return Kind.DEADLINE
    if sum(likeness(cell) > 0.6 and not leading_number(cell) for cell in cells) > 0.6 * len(cells):
        return Kind.UNITS
    return Kind.TEXT


def sub_titles(titles: list[str], second: list[str]) -> list[str] | None:
    """Titles of two tiers as one row, where the second row lost its merged cells: it stands under one title.

    (序号, 任务, 责任单位, 时限) over (牵头单位, 配合单位) → (序号, 任务, 牵头单位, 配合单位, 时限).
    """
    filled = [cell for cell in second if cell.strip()]
    meanings = [meaning_of(cell) for cell in filled]
    if (
        len(filled) < 2
        or not all(meaning and meaning.kind is Kind.UNITS for meaning in meanings)
        or any(is_body(cell) and not meaning_of(cell) for cell in filled)
    ):
        return None
    over = [i for i, title in enumerate(titles) if (meaning := meaning_of(title)) and meaning.kind is Kind.UNITS]
    if len(over) != 1:
        return None
    kept = titles[: over[0]], titles[over[0] + 1 :]
    return [*kept[0], *filled, *[title for title in kept[1] if title.strip()]]
