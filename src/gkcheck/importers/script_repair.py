"""Script repair of the blocks of a document: glued pinyin, Traditional script, half-width punctuation."""

from __future__ import annotations

from typing import NamedTuple

from gkcheck.importers.formats.blocks import Block
from gkcheck.text.damage import restored, without_pinyin
from gkcheck.text.normalize import full_width
from gkcheck.text.script import simplified


class ScriptRepairs(NamedTuple):
    """The repairs of a document: characters changed, by kind; torn characters put back (place, before, after);
    damage that was left as it is (place, text around it)."""

    pinyin: int
    script: int
    punctuation: int
    restored: tuple[tuple[str, str, str], ...]
    suspect: tuple[tuple[str, str], ...]


def repair_script(blocks: list[Block], keep_script: bool) -> tuple[list[Block], ScriptRepairs]:
    """Return the blocks with their script repaired, and the repairs.

    Glued pinyin is damage and always goes; `keep_script` leaves script and punctuation as printed.
    """
    counts = [0, 0, 0]
    put_back: list[tuple[str, str, str]] = []
    suspect: list[tuple[str, str]] = []

    def repair(text: str, place: str) -> str:
        whole, changes = restored(text)
        put_back.extend((place, before, after) for before, after in changes)
        plain, residue = without_pinyin(whole)
        counts[0] += len(whole) - len(plain)
        suspect.extend((place, plain[max(0, spot.at - 6) : spot.at + len(spot.text) + 6]) for spot in residue)
        if keep_script:
            return plain
        turned = simplified(plain)
        counts[1] += sum(a != b for a, b in zip(plain, turned, strict=False))
        wide = full_width(turned)
        counts[2] += sum(a != b for a, b in zip(turned, wide, strict=False))
        return wide

    out = []
    for block in blocks:
        rows = tuple(
            tuple(repair(cell, place) if cell else cell for cell in row)
            for row, place in zip(block.rows, block.places, strict=True)
        )
        out.append(block._replace(rows=rows))
    return out, ScriptRepairs(counts[0], counts[1], counts[2], tuple(put_back), tuple(suspect))
