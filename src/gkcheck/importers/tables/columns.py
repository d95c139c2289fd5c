"""The columns of a table: each column's kind is scored from its cells, with its title as a prior.

The best whole assignment is taken: one column holds the tasks, those before it are headings, and every other
column is of the kind that its own score is best for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from gkcheck.importers.recognize.assignees import says_first_leads
from gkcheck.importers.recognize.header_terms import Kind, header_key, is_header, meaning_of, role_in
from gkcheck.importers.recognize.org_names import is_office_name, is_org_name
from gkcheck.importers.tables.column_traits import Traits, traits_of
from gkcheck.model import Role

_MOST_COLUMNS = 30
_SAMPLE = 80
"""Rows whose cells are looked at: enough to tell a column's kind."""

_OPEN = (Kind.HEADING, Kind.TEXT, Kind.NOTE, Kind.OTHER)
_CLOSE_CALL = 0.4
_DUTY = 2.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its kind, the role it gives to units, the depth of a heading (1, 2, …)."""

    title: str
    kind: Kind
    role: Role | None = None
    depth: int = 0


class ColumnReading(NamedTuple):
    """The columns of a table, how far they assign duties, and the columns that could as well hold the tasks.

    `duty` above 0: the table says who has to do what; below, it lists projects, sites, firms or figures.
    """

    columns: list[Column]
    duty: float
    rivals: tuple[str, ...] = ()


def read_columns(titles: list[str], below: list[list[str]], covered: list[int]) -> ColumnReading | None:
    """Return the columns of a table; None where no column can hold tasks.

    Args:
        titles: One a column, empty where it has none.
        below: Sample rows of full width, covered positions empty.
        covered: For each column the number of sample rows that a cell from above covers.
    """
    if not 1 < len(titles) <= _MOST_COLUMNS:
        return None
    sample = below[:_SAMPLE]
    traits = [
        traits_of(
            [row[i].strip() for row in sample if i < len(row) and row[i].strip()], max(1, len(sample)), covered[i]
        )
        for i in range(len(titles))
    ]
    kinds = [_kind_of(title, one) for title, one in zip(titles, traits, strict=True)]
    candidates = [i for i, kind in enumerate(kinds) if kind in (Kind.HEADING, Kind.TEXT)]
    candidates = candidates or [i for i, kind in enumerate(kinds) if kind is Kind.OTHER]
    if not candidates:
        return None
    last_units = max((i for i, kind in enumerate(kinds) if kind is Kind.UNITS), default=len(kinds))
    weights = {i: _text_score(titles[i], traits[i]) - (5.0 if i > last_units else 0.0) for i in candidates}
    text = max(candidates, key=lambda i: (weights[i], i))
    rivals = [
        i for i in candidates if i != text and weights[i] > weights[text] - _CLOSE_CALL and titles[i] != titles[text]
    ]
    columns: list[Column] = []
    depth = 0
    for i, (title, kind) in enumerate(zip(titles, kinds, strict=True)):
        if i == text:
            columns.append(Column(title, Kind.TEXT))
        elif kind in (Kind.HEADING, Kind.TEXT):
            depth += i < text
            columns.append(Column(title, Kind.HEADING, depth=depth) if i < text else Column(title, Kind.OTHER))
        else:
            columns.append(Column(title, kind, _role_of(title) if kind is Kind.UNITS else None))
    return ColumnReading(columns, _duty(columns, traits) - _DUTY, tuple(titles[i] for i in rivals))


def _role_of(title: str) -> Role | None:
    if says_first_leads(title):
        return None
    meaning = meaning_of(title)
    return meaning.role if meaning and meaning.kind is Kind.UNITS else (role_in(title) or Role.RESPONSIBLE)


def _kind_of(title: str, traits: Traits) -> Kind:
    """Return the kind that a column's cells and title together speak for; HEADING for any column of open text."""
    meaning = meaning_of(title)
    if not traits.filled:
        return meaning.kind if meaning else Kind.NOTE if not title.strip() else Kind.OTHER
    weight = traits.cells / (traits.cells + 1)  # few cells tell less than a title does
    scores = {
        Kind.NUMBER: 8 * weight * traits.numbers - 3,
        Kind.UNITS: 8 * weight * traits.bodies - 3,
        Kind.DEADLINE: 8 * weight * traits.deadlines - 3,
        Kind.PERSON: 8 * weight * traits.persons - 3.5,
    }
    closed = weight * max(traits.numbers, traits.bodies, traits.deadlines, traits.persons, traits.amounts)
    text = 3 - 6 * closed + (1.0 if traits.sentences > 0.5 else 0.0)
    scores |= {Kind.HEADING: text, Kind.OTHER: text - 0.5 + 6 * traits.amounts}
    if meaning:
        kind = Kind.HEADING if meaning.kind is Kind.TEXT else meaning.kind
        scores[kind] = scores.get(kind, 0.0) + {Kind.HEADING: 3.0, Kind.OTHER: 9.0}.get(kind, 6.5)
    return max(scores, key=lambda kind: scores[kind])


def _text_score(title: str, traits: Traits) -> float:
    """Return how well an open column would hold the tasks: long, unmerged, distinct sentences, and a title that says so."""
    meaning = meaning_of(title)
    return (
        (3.3 if meaning and meaning.kind is Kind.TEXT else 0.0)
        + (0.8 if meaning and meaning.kind is Kind.HEADING else 0.0)
        + min(traits.length, 60) / 12
        + 1.7 * traits.filled
        + traits.sentences
        + traits.distinct
        - 4.0 * traits.merged
    )


_SAYS_DUTY = re.compile(r"牵头|责任|负责|配合|协[办同作助]|承办|主办|落实|分工")
_SAYS_TASK = re.compile(r"任务|要求|措施|举措|工作|事项|内容")
_INVENTORY = re.compile(
    r"名称|地点|地址|选址|投资|规模|面积|金额|企业|产值|参数|赛道|简介|概况|描述|基础|年限|起止|分类|性质|是否|拟|建设主体|建设单位|业主"
)
_ASKS = re.compile(r"诉求|建议|需求")


def _duty(columns: list[Column], traits: list[Traits]) -> float:
    """Return how strongly a table assigns duties, from its bodies, its titles and its tasks."""
    units = [(one, trait) for one, trait in zip(columns, traits, strict=True) if one.kind is Kind.UNITS]
    if not units:
        return 0.0
    score = max(
        2.0 * bool(_SAYS_DUTY.search(header_key(one.title)) or meaning_of(one.title))
        + 2.0 * trait.offices
        - 1.5 * (trait.bodies - trait.offices)
        for one, trait in units
    )
    titles = [header_key(one.title) for one in columns]
    score += 0.7 * any(one.kind is Kind.DEADLINE for one in columns)
    score += 1.0 * any(_SAYS_TASK.search(title) for title in titles)
    score += 1.0 * any(re.search("牵头|配合", title) for title in titles)
    score += max(trait.sentences for one, trait in zip(columns, traits, strict=True) if one.kind is Kind.TEXT)
    score -= min(4.0, 0.8 * sum(bool(_INVENTORY.search(title)) for title in titles))
    score -= 2.5 * sum(bool(_ASKS.search(title)) for title in titles)
    score -= sum(trait.amounts > 0.6 for trait in traits)
    score -= sum(trait.bodies > 0.6 and trait.offices < 0.4 and not meaning_of(one.title) for one, trait in units)
    if titles != [""] * len(titles) and not any(_SAYS_DUTY.search(header_key(one.title)) for one, _ in units):
        score -= 0.5
    return score


def fits(columns: list[Column], rows: list[list[str]]) -> bool:
    """True if rows without titles go on under columns: what these say of numbers, bodies and dates is so below."""
    told = [i for i, one in enumerate(columns) if one.kind in (Kind.NUMBER, Kind.UNITS, Kind.DEADLINE)]
    cells = [(i, [row[i] for row in rows[:_SAMPLE] if i < len(row) and row[i].strip()]) for i in told]
    agree = [_kind_of("", traits_of(below, len(below))) is columns[i].kind for i, below in cells if below]
    return not agree or sum(agree) >= 0.5 * len(agree)


def find_header(rows: list[list[str]], limit: int = 12) -> int | None:
    """Return where the row of column titles stands among the first rows; None where there is none."""
    for i, row in enumerate(rows[:limit]):
        if is_header(row) or _stands_out(rows, i):
            return i
    return None


def _stands_out(rows: list[list[str]], i: int) -> bool:
    """True if a row of short words stands over cells of another kind: over numbers, bodies, dates or long text.

    Each title that is known or unlike the cells below it speaks for a header, each that is like data against it.
    """
    cells = [(c, cell.strip()) for c, cell in enumerate(rows[i]) if cell.strip()]
    if len({cell for _, cell in cells}) < 2 or any(re.search(r"[。；;]", cell) for _, cell in cells):
        return False
    score = unlike = 0
    for c, cell in cells:
        below = [row[c].strip() for row in rows[i + 1 : i + 1 + _SAMPLE] if c < len(row) and row[c].strip()]
        meaning = meaning_of(cell)
        known = meaning is not None
        own = traits_of([cell], 1)
        kind = _kind_of("", traits_of(below, len(below) or 1))
        told = kind in (Kind.NUMBER, Kind.UNITS, Kind.DEADLINE) and (
            _kind_of("", own) is not kind
            or (meaning is not None and meaning.kind is kind)
            or (kind is Kind.UNITS and not is_office_name(cell))
        )
        longer = bool(below) and sum(map(len, below)) / len(below) > 1.5 * len(cell) + 8
        alike = not known and max(own.numbers, own.deadlines, own.amounts, own.offices * is_office_name(cell)) > 0
        unlike += told or longer
        score += known + (told or longer) - 2 * alike - (len(header_key(cell)) > 14)
    return unlike >= 2 and score >= max(2, 0.6 * len(cells))


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
