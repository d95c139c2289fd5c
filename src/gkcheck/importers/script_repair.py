"""Script repair of what a document held: glued pinyin, Traditional script, half-width punctuation."""

from __future__ import annotations

from typing import NamedTuple

from gkcheck.table import Table
from gkcheck.text.damage import restored, without_pinyin
from gkcheck.text.normalize import full_width
from gkcheck.text.script import simplified


class Mends(NamedTuple):
    """How many characters were changed, by kind; what was torn and put back (place, before, after); what looks
    damaged and was left (place, text around)."""

    pinyin: int
    script: int
    punctuation: int
    restored: tuple[tuple[str, str, str], ...]
    left: tuple[tuple[str, str], ...]


def repaired(grids: list[Table], keep_script: bool) -> tuple[list[Table], Mends]:
    """Tables with their script repaired, and what was done.

    Glued pinyin is damage and always goes; `keep_script` leaves script and punctuation as printed.
    """
    counts = [0, 0, 0]
    put_back: list[tuple[str, str, str]] = []
    left: list[tuple[str, str]] = []

    def mend(text: str, place: str) -> str:
        whole, changes = restored(text)
        put_back.extend((place, before, after) for before, after in changes)
        plain, residue = without_pinyin(whole)
        counts[0] += len(whole) - len(plain)
        left.extend((place, plain[max(0, spot.at - 6) : spot.at + len(spot.text) + 6]) for spot in residue)
        if keep_script:
            return plain
        turned = simplified(plain)
        counts[1] += sum(a != b for a, b in zip(plain, turned, strict=False))
        wide = full_width(turned)
        counts[2] += sum(a != b for a, b in zip(turned, wide, strict=False))
        return wide

    out = []
    for grid in grids:
        rows = tuple(
            tuple(
                mend(cell, grid.places[r] if r < len(grid.places) else f"第{r + 1}行") if cell else cell for cell in row
            )
            for r, row in enumerate(grid.rows)
        )
        out.append(grid._replace(rows=rows))
    return out, Mends(counts[0], counts[1], counts[2], tuple(put_back), tuple(left))
