"""The one normaliser of a document: every text of its blocks as ordinary characters, with an account of the changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gkcheck.importers.formats.blocks import Block, BlockKind
from gkcheck.importers.recognize.page_marks import is_page_mark, page_furniture
from gkcheck.text.characters import cleaned, without_readings
from gkcheck.text.damage import damaged_spots, restored, without_pinyin
from gkcheck.text.normalize import full_width
from gkcheck.text.script import simplified


@dataclass(slots=True)
class ScriptRepairs:
    """The repairs of a document, counted in characters by kind.

    `furniture`: page numbers, headers and footers taken out (place, text). `restored`: torn characters put back
    (place, before, after). `suspect`: damage that was left as it is (place, text around it).
    """

    invisible: int = 0
    lookalikes: int = 0
    pinyin: int = 0
    script: int = 0
    punctuation: int = 0
    furniture: list[tuple[str, str]] = field(default_factory=list)
    restored: list[tuple[str, str, str]] = field(default_factory=list)
    suspect: list[tuple[str, str]] = field(default_factory=list)

    def repair(self, text: str, place: str, keep_script: bool) -> str:
        """Return a text repaired, and count what was done. `keep_script` leaves script and punctuation as printed."""
        bare, readings = without_readings(text)
        plain = cleaned(bare)
        whole, changes = restored(plain.text)
        spoken, residue = without_pinyin(whole)
        self.invisible += plain.invisible
        self.lookalikes += plain.lookalikes
        self.pinyin += readings + len(whole) - len(spoken)
        self.restored += [(place, before, after) for before, after in changes]
        spots = sorted([*residue, *damaged_spots(spoken)])
        self.suspect += [(place, spoken[max(0, spot.at - 6) : spot.at + len(spot.text) + 6]) for spot in spots]
        if keep_script:
            return spoken
        turned = simplified(spoken)
        self.script += sum(a != b for a, b in zip(spoken, turned, strict=False))
        wide = full_width(turned)
        self.punctuation += sum(a != b for a, b in zip(turned, wide, strict=False))
        return wide

    def without_furniture(self, block: Block) -> Block:
        """Return a block without page numbers, headers and footers: lines of running text, and lines in a cell."""
        if block.kind is not BlockKind.LINES:
            return block._replace(rows=tuple(tuple(self._cell(row, place)) for row, place in _placed(block)))
        lines = block.lines
        gone = page_furniture([line.text for line in lines])
        self.furniture += [(lines[i].place, lines[i].text.strip()) for i in sorted(gone)]
        kept = [i for i in range(len(lines)) if i not in gone]
        return block._replace(rows=tuple(block.rows[i] for i in kept), places=tuple(block.places[i] for i in kept))

    def _cell(self, row: tuple[str | None, ...], place: str) -> Iterator[str | None]:
        for cell in row:
            lines = cell.split("\n") if cell else []
            marks = [line for line in lines if is_page_mark(line)] if len(lines) > 1 else []
            self.furniture += [(place, line.strip()) for line in marks]
            yield "\n".join(line for line in lines if line not in marks) if marks else cell


def _placed(block: Block) -> Iterator[tuple[tuple[str | None, ...], str]]:
    return zip(block.rows, block.places, strict=True)


def repair_script(blocks: list[Block], keep_script: bool) -> tuple[list[Block], ScriptRepairs]:
    """Return the blocks repaired, and the repairs.

    Invisible characters, look-alikes, glued pinyin and page furniture are damage and always go; `keep_script`
    leaves script and punctuation as printed.
    """
    repairs = ScriptRepairs()
    out = []
    for block in blocks:
        rows = tuple(
            tuple(repairs.repair(cell, place, keep_script) if cell else cell for cell in row)
            for row, place in _placed(block)
        )
        out.append(repairs.without_furniture(block._replace(rows=rows)))
    return out, repairs
