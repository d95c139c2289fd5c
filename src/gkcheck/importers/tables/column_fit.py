"""Which cell belongs to which column, by what it holds as well as by where it stands.

Merged cells vanish when a table becomes text, and rows shift. So the cells of a table are laid over its
columns from left to right, row after row, so that they fit best: a number under 序号, bodies under
责任单位. Where the rows themselves are lost, their beginnings are found in the same way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gkcheck.importers.recognize.assignee_lists import likeness
from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.importers.recognize.header_terms import Kind
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.importers.recognize.org_names import is_person
from gkcheck.importers.tables.columns import Field
from gkcheck.model import Role
from gkcheck.text.script import folded

_ENDED = re.compile(r"[。；！？;!?”）)〕】]\s*$")


class Cell(NamedTuple):
    """A cell with words in it: the row it was printed in, its position there, its text.

    `hold`: how much its position tells of its column, from 0 (nothing) to 6 (all).
    """

    row: int
    column: int
    text: str
    hold: float = 0.0


class _Look(NamedTuple):
    number: bool
    units: float
    deadline: bool
    person: bool
    length: int
    rank: float | None
    ended: bool
    inner_stop: bool


@lru_cache(maxsize=20_000)
def _look(text: str) -> _Look:
    shape = folded(text).strip()
    number = leading_number(text)
    names = [part for part in re.split(r"[、,\s]+", shape) if part]
    return _Look(
        number=is_number(shape),
        units=0.0 if number and number.rank != 3.5 else likeness(text),
        deadline=is_deadline(shape.replace("\n", "")),
        person=bool(names)
        and all(is_person(part) or (2 <= len(part) <= 3 and not is_deadline(part)) for part in names),
        length=len(shape),
        rank=number.rank if number else None,
        ended=bool(_ENDED.search(shape)),
        inner_stop=bool(re.search(r"[。；;]", shape[:-1])),
    )


def fit(text: str, field: Field, text_rank: float | None = None) -> float:
    """How well a cell fits a column; above 0 it may well belong there, far below 0 it does not.

    `text_rank`: how the tasks of this table are numbered, where that is known.
    """
    look = _look(text)
    if field.kind is Kind.NUMBER:
        return 6.0 if look.number else -8.0
    if field.kind is Kind.UNITS:
        if look.number or look.deadline:
            return -5.0
        return 6.0 * look.units - 1.5 if look.units > 0.3 else (-1.5 if look.length <= 8 and not look.ended else -5.0)
    if field.kind is Kind.DEADLINE:
        return (
            5.0 if look.deadline else (-1.0 if re.search(r"[年月日季期]", folded(text)) and look.length < 20 else -4.0)
        )
    if field.kind is Kind.PERSON:
        return 4.0 if look.person else -3.0
    if field.kind is Kind.TEXT:
        return _fit_text(look, text_rank)
    if field.kind is Kind.HEADING:
        return _fit_heading(look, field, text_rank)
    return -0.5 - (2.0 if look.number or look.rank is not None else 0.0)


def _fit_text(look: _Look, text_rank: float | None) -> float:
    if look.number:
        return -8.0
    score = 1.0 + min(look.length, 40) / 20 + (1.5 if look.ended else 0.0)
    if look.rank is not None:
        score += 2.0 if text_rank is None or look.rank == text_rank else -2.0
    return score - 5.0 * look.units - (5.0 if look.deadline else 0.0)


def _fit_heading(look: _Look, field: Field, text_rank: float | None) -> float:
    if look.number:
        return -6.0
    score = 1.5 - (3.0 if look.inner_stop else 0.0) - max(0, look.length - 25) / 8
    if look.rank is not None:
        score += -4.0 if look.rank == text_rank else (2.5 if look.rank <= 2 else 0.5)
        if look.rank <= 2:
            score += 1.0 if look.rank == field.depth else 0.0
    return score - 3.0 * look.units - (4.0 if look.deadline else 0.0)


_MISSING = {Kind.TEXT: 7.0, Kind.HEADING: 0.6, Kind.NUMBER: 1.5, Kind.UNITS: 2.0, Kind.DEADLINE: 1.2, Kind.PERSON: 0.8}


def laid_out(
    cells: list[Cell], fields: list[Field], flowing: bool, loose: bool = False, text_rank: float | None = None
) -> list[dict[int, list[Cell]]]:
    """Rows of the table: for each, the cells of every column that has any, in order.

    Args:
        cells: In reading order.
        flowing: The printed rows mean nothing; rows are found by content. Otherwise printed rows are kept.
        loose: Neighbouring cells of a printed row may belong to one cell of the table.
    """
    if not cells:
        return []
    skip = [0.0]
    for field in fields:
        skip.append(skip[-1] + (0.9 if field.role is Role.SUPPORT else _MISSING.get(field.kind, 0.1)))
    width = len(fields)
    best: list[float] = []
    back: list[list[tuple[int, bool]]] = []
    for t, cell in enumerate(cells):
        scores = [fit(cell.text, field, text_rank) + _by_place(cell, j) for j, field in enumerate(fields)]
        if not t:
            best = [scores[j] - skip[j] for j in range(width)]
            back.append([(-1, True)] * width)
            continue
        best, came = _step(cells[t - 1], cell, best, scores, skip, fields, flowing, loose)
        back.append(came)
    ends = [best[j] - (skip[width] - skip[j + 1]) for j in range(width)]
    return _rows(cells, back, max(range(width), key=lambda j: ends[j]))


def _by_place(cell: Cell, j: int) -> float:
    return cell.hold if cell.column == j else (-cell.hold if cell.hold > 5 else 0.0)


def _step(
    before: Cell,
    cell: Cell,
    best: list[float],
    scores: list[float],
    skip: list[float],
    fields: list[Field],
    flowing: bool,
    loose: bool,
) -> tuple[list[float], list[tuple[int, bool]]]:
    """One cell further: the best score of ending in each column, and where each came from."""
    width = len(fields)
    same_row = before.row == cell.row
    fresh, source = max((best[i] - (skip[width] - skip[i + 1]), i) for i in range(width))
    out, came = [], []
    for j in range(width):
        options: list[tuple[float, int, bool]] = []
        if flowing or not same_row:
            options.append((fresh - skip[j], source, True))
        if flowing or same_row:
            options.extend((best[i] - (skip[j] - skip[i + 1]), i, False) for i in range(j))
            if flowing or loose:
                options.append((best[j] - _carry_on(before, cell, fields[j]), j, False))
        if not options:
            options.append((fresh - skip[j], source, True))
        score, i, new = max(options)
        out.append(score + scores[j])
        came.append((i, new))
    return out, came


def _carry_on(before: Cell, cell: Cell, field: Field) -> float:
    """What it costs to read a cell as the rest of the one before it, in the same column."""
    if leading_number(cell.text) or field.kind in (Kind.NUMBER, Kind.DEADLINE):
        return 9.0
    if field.kind is Kind.TEXT:
        return 3.5 if not _look(before.text).ended else 5.0
    return 6.0


def _rows(cells: list[Cell], back: list[list[tuple[int, bool]]], last: int) -> list[dict[int, list[Cell]]]:
    steps: list[tuple[int, bool]] = []
    j = last
    for t in range(len(cells) - 1, -1, -1):
        i, new = back[t][j]
        steps.append((j, new))
        j = i
    rows: list[dict[int, list[Cell]]] = []
    for cell, (j, new) in zip(cells, reversed(steps), strict=True):
        if new:
            rows.append({})
        rows[-1].setdefault(j, []).append(cell)
    return rows
