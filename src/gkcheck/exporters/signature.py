"""The place of name and date below an official document (GB/T 9704-2012, 7.3.5), by the widths of both."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck.table import Block, Paragraph, ParagraphKind
from gkcheck.text.width import width
from gkcheck.types import NamedTuple

_GAP, _SEALED_GAP = 2, 4
"""Characters between the right edge and what stands nearest to it: an unsealed name or date, a sealed date."""

_SHIFT = 2
"""Characters by which an unsealed date begins to the right of the name."""


class Place(NamedTuple):
    """The place of a name or a date: `left` characters from the left edge, or `centred` between there and the right edge.

    `above`: the empty lines before it.
    """

    left: float
    centred: bool
    above: float


def place_of(blocks: Sequence[Block], i: int, line: float, sealed: bool) -> Place | None:
    """Return where a name or a date stands on a line of `line` characters; None for any other block.

    Without a seal (7.3.5.2): one line below the text, the name two characters from the right, the date two characters
    right of its beginning; a date longer than the name stands two characters from the right itself, and the name moves
    left. With a seal (7.3.5.1): both on one centre, the date four characters from the right; a line and a quarter above
    keeps a seal pressed on both clear of the text and within one line of it. What does not fit begins at the left.
    """
    name, day = _text(blocks, i, ParagraphKind.SIGNATURE), _text(blocks, i, ParagraphKind.DATE)
    if name is not None:
        day = _text(blocks, i + 1, ParagraphKind.DATE) or ""
        return _name_place(width(name) / 2, width(day) / 2, line, sealed)
    if day is None:
        return None
    name = _text(blocks, i - 1, ParagraphKind.SIGNATURE) or ""
    place = _name_place(width(name) / 2, width(day) / 2, line, sealed)
    if not name:
        return place if sealed else place._replace(left=max(0.0, line - _GAP - width(day) / 2))
    return place._replace(above=0) if sealed else place._replace(left=place.left + _SHIFT, above=0)


def _text(blocks: Sequence[Block], i: int, kind: ParagraphKind) -> str | None:
    block = blocks[i] if 0 <= i < len(blocks) else None
    return block.text if isinstance(block, Paragraph) and block.kind is kind else None


def _name_place(name: float, day: float, line: float, sealed: bool) -> Place:
    if sealed:
        return Place(max(0.0, line - max(day + 2 * _SEALED_GAP, name)), centred=True, above=1.25)
    left = line - _GAP - (name if name >= day else _SHIFT + day)
    return Place(max(0.0, left), centred=False, above=1)
