"""The fit of cells to columns, by their content as well as by their place.

Merged cells vanish when a table becomes text, and rows shift. So the cells of a table are laid over its
columns from left to right, row after row, so that they fit best: a number headings_after 序号, bodies headings_after
责任单位. Where the rows themselves are lost, their beginnings are found in the same way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gkcheck.importers.recognize.assignees import assignee_share
from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.importers.recognize.header_terms import Kind
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.importers.recognize.org_names import is_person
from gkcheck.importers.tables.columns import Column
from gkcheck.model import Role
from gkcheck.text.script import folded

_ENDED = re.compile(r"[。；！？;!?”）)〕】]\s*$")


class Cell(NamedTuple):
    """A cell with words in it: the row it was printed in, its position there, its text.

    `certainty`: how much its position tells of its column, from 0 (nothing) to 6 (all).
    """

    row: int
    column: int
    text: str
    certainty: float = 0.0


class _Traits(NamedTuple):
    number: bool
    units: float
    deadline: bool
    person: bool
    length: int
    rank: float | None
    ended: bool
    inner_stop: bool


@lru_cache(maxsize=20_000)
def _traits_of(text: str) -> _Traits:
    shape = folded(text).strip()
    number = leading_number(text)
    names = [part for part in re.split(r"[、,\s]+", shape) if part]
    return _Traits(
        number=is_number(shape),
        units=0.0 if number and number.rank != 3.5 else assignee_share(text) * (0.5 if shape.endswith("。") else 1.0),
        deadline=is_deadline(shape.replace("\n", "")),
        person=bool(names)
        and all(is_person(part) or (2 <= len(part) <= 3 and not is_deadline(part)) for part in names),
        length=len(shape),
        rank=number.rank if number else None,
        ended=bool(_ENDED.search(shape)),
        inner_stop=bool(re.search(r"[。；;]", shape[:-1])),
    )


def fit(text: str, column: Column, text_rank: float | None = None) -> float:
    """Return how well a cell fits a column; above 0 it may well belong there, far below 0 it does not.

    `text_rank`: how the tasks of this table are numbered, where that is known.
    """
    traits = _traits_of(text)
    if column.kind is Kind.NUMBER:
        return 6.0 if traits.number else -8.0
    if column.kind is Kind.UNITS:
        if traits.number or traits.deadline:
            return -5.0
        return (
            6.0 * traits.units - 1.5
            if traits.units > 0.3
            else (-1.5 if traits.length <= 8 and not traits.ended else -5.0)
        )
    if column.kind is Kind.DEADLINE:
        return (
            5.0
            if traits.deadline
            else (-1.0 if re.search(r"[年月日季期]", folded(text)) and traits.length < 20 else -4.0)
        )
    if column.kind is Kind.PERSON:
        return 4.0 if traits.person else -3.0
    if column.kind is Kind.TEXT:
        return _fit_text(traits, text_rank)
    if column.kind is Kind.HEADING:
        return _fit_heading(traits, column, text_rank)
    return -0.5 - (2.0 if traits.number or traits.rank is not None else 0.0)


def _fit_text(traits: _Traits, text_rank: float | None) -> float:
    if traits.number:
        return -8.0
    score = 1.0 + min(traits.length, 40) / 20 + (1.5 if traits.ended else 0.0)
    if traits.rank is not None:
        score += 2.0 if text_rank is None or traits.rank == text_rank else -2.0
    return score - 5.0 * traits.units - (5.0 if traits.deadline else 0.0)


def _fit_heading(traits: _Traits, column: Column, text_rank: float | None) -> float:
    if traits.number:
        return -6.0
    score = 1.5 - (3.0 if traits.inner_stop else 0.0) - max(0, traits.length - 25) / 8
    if traits.rank is not None:
        score += -4.0 if traits.rank == text_rank else (2.5 if traits.rank <= 2 else 0.5)
        if traits.rank <= 2:
            score += 1.0 if traits.rank == column.depth else 0.0
    return score - 3.0 * traits.units - (4.0 if traits.deadline else 0.0)


_MISSING = {Kind.TEXT: 7.0, Kind.HEADING: 0.6, Kind.NUMBER: 1.5, Kind.UNITS: 2.0, Kind.DEADLINE: 1.2, Kind.PERSON: 0.8}


def fit_rows(
    cells: list[Cell], columns: list[Column], flowing: bool, loose: bool = False, text_rank: float | None = None
) -> list[dict[int, list[Cell]]]:
    """Return the rows of the table: for each, the cells of every column that has any, in order.

    Args:
        cells: In reading order.
        flowing: Find the rows by content, as the printed ones mean nothing.
        loose: Neighbouring cells of a printed row may belong to one cell of the table.
    """
    if not cells:
        return []
    skip = [0.0]
    for column in columns:
        skip.append(skip[-1] + (0.9 if column.role is Role.SUPPORT else _MISSING.get(column.kind, 0.1)))
    width = len(columns)
    best: list[float] = []
    back: list[list[tuple[int, bool]]] = []
    for t, cell in enumerate(cells):
        scores = [fit(cell.text, column, text_rank) + _score_of_place(cell, j) for j, column in enumerate(columns)]
        if not t:
            best = [scores[j] - skip[j] for j in range(width)]
            back.append([(-1, True)] * width)
            continue
        best, came = _step(cells[t - 1], cell, best, scores, skip, columns, flowing, loose)
        back.append(came)
    ends = [best[j] - (skip[width] - skip[j + 1]) for j in range(width)]
    return _rows(cells, back, max(range(width), key=lambda j: ends[j]))


def _score_of_place(cell: Cell, j: int) -> float:
    return cell.certainty if cell.column == j else (-cell.certainty if cell.certainty > 5 else 0.0)


def _step(
    before: Cell,
    cell: Cell,
    best: list[float],
    scores: list[float],
    skip: list[float],
    columns: list[Column],
    flowing: bool,
    loose: bool,
) -> tuple[list[float], list[tuple[int, bool]]]:
    """Go one cell further: return the best score of ending in each column, and where each came from."""
    width = len(columns)
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
                options.append((best[j] - _carry_on(before, cell, columns[j]), j, False))
        if not options:
            options.append((fresh - skip[j], source, True))
        score, i, new = max(options)
        out.append(score + scores[j])
        came.append((i, new))
    return out, came


def _carry_on(before: Cell, cell: Cell, column: Column) -> float:
    """Return the cost of reading a cell as the rest of the one before it, in the same column."""
    if leading_number(cell.text) or column.kind in (Kind.NUMBER, Kind.DEADLINE):
        return 9.0
    if column.kind is Kind.UNITS and min(_traits_of(before.text).units, _traits_of(cell.text).units) > 0.9:
        return 2.5
    if column.kind is Kind.TEXT:
        return 3.5 if not _traits_of(before.text).ended else 5.0
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
