"""The cells of one column, described by the shares of them that read as numbers, bodies, deadlines, persons, text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from gkcheck.importers.recognize.assignees import assignee_share, read_assignees
from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.importers.recognize.org_names import is_enterprise_name, is_office_name, is_person
from gkcheck.text.script import folded

_SENTENCE = re.compile(r"[。；;!?！？]|，.{6}")
_PLACE = re.compile(r"[^各全有相关]{1,4}[市区县州盟旗]")
_PLAIN = re.compile(r"\d{1,4}(?:[.-]\d{1,3})*")
_LISTS = re.compile(r"[、，,；;]|牵头|负责|配合")
_SHORT = 8
_AMOUNT = re.compile(r"[-+]?\d+(?:[.,]\d+)?%?|\d{4,}")


@dataclass(frozen=True, slots=True)
class Traits:
    """A column's cells in figures: shares from 0 to 1, lengths in characters.

    `cells` is their number. `offices` is the share of cells that name bodies of the administration, `amounts` that of figures that are no
    serial numbers, `merged` that of rows that a cell from above covers, `filled` that of rows with a cell.
    """

    cells: int = 0
    numbers: float = 0.0
    bodies: float = 0.0
    offices: float = 0.0
    deadlines: float = 0.0
    persons: float = 0.0
    amounts: float = 0.0
    sentences: float = 0.0
    distinct: float = 0.0
    merged: float = 0.0
    filled: float = 0.0
    length: float = 0.0


def traits_of(cells: list[str], rows: int, covered: int = 0) -> Traits:
    """Return the traits of a column.

    Args:
        cells: The column's cells with words in them.
        rows: The number of rows of the table, or of the sample.
        covered: How many of these a cell from above covers.
    """
    if not cells:
        return Traits()
    serial = _counts_up(cells)
    return Traits(
        cells=len(cells),
        numbers=_share(map(is_number, cells)) if serial else 0.0,
        bodies=_share(map(_names_bodies, cells)),
        offices=_share(map(_names_offices, cells)),
        deadlines=_share(is_deadline(cell.replace("\n", "")) for cell in cells),
        persons=_share(map(_names_persons, cells)),
        amounts=0.0 if serial else _share(bool(_AMOUNT.fullmatch(folded(cell).strip())) for cell in cells),
        sentences=_share(bool(_SENTENCE.search(cell)) or len(cell) > 30 for cell in cells),
        distinct=len(set(cells)) / len(cells),
        merged=covered / rows,
        filled=len(cells) / rows,
        length=sum(map(len, cells)) / len(cells),
    )


def _share(answers: Iterable[bool]) -> float:
    values = list(answers)
    return sum(values) / len(values)


def _counts_up(cells: list[str]) -> bool:
    """True if numbers are serial ones: each mostly above the one before, or beginning anew; figures are not."""
    shapes = [folded(cell).strip() for cell in cells]
    values = [tuple(map(int, re.split("[.-]", shape))) for shape in shapes if _PLAIN.fullmatch(shape)]
    steps = sum(_is_next(a, b) for a, b in itertools.pairwise(values))
    return len(values) < 2 or steps >= 0.5 * (len(values) - 1)


def _is_next(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    return after[-1] == 1 or (after > before and after[0] - before[0] <= 20 and abs(after[-1] - before[-1]) <= 20)


@lru_cache(maxsize=8192)
def _names_bodies(cell: str) -> bool:
    """True if a cell is a list of bodies; long names that no office, firm or class ends like are more likely words."""
    alone = cell.rstrip().endswith("。") and not _LISTS.search(cell)
    if assignee_share(cell) <= 0.6 or leading_number(cell) or alone:
        return False
    names = read_assignees(cell).names()
    return all(len(name) <= _SHORT or is_office_name(name) or is_enterprise_name(name) for name in names)


@lru_cache(maxsize=8192)
def _names_offices(cell: str) -> bool:
    """True if most of the bodies that a cell names are neither firms nor mere places (甲河市)."""
    if not _names_bodies(cell):
        return False
    names = read_assignees(cell).names()
    return bool(names) and sum(
        not is_enterprise_name(name) and not _PLACE.fullmatch(name) for name in names
    ) > 0.5 * len(names)


@lru_cache(maxsize=8192)
def _names_persons(cell: str) -> bool:
    names = [part for part in re.split(r"[、,，\s]+", cell) if part]
    return bool(names) and all(is_person(name) for name in names)
