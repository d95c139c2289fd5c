"""Text on a terminal: how wide it is, and where a line of it may be broken."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache


@lru_cache(1 << 12)
def width(text: str, ambiguous: int = 1) -> int:
    """Return the terminal columns that text takes: 2 for wide characters, 0 for combining and invisible ones.

    Args:
        ambiguous: the columns of a character of ambiguous width (“ ” … █): 1 as rich counts them, 2 in some terminals.
    """
    if text.isascii():
        return len(text)
    total = 0
    for char in text:
        kind = unicodedata.east_asian_width(char)
        if kind in "WF" or (kind == "A" and ambiguous == 2 and not unicodedata.combining(char)):
            total += 2
        elif not (unicodedata.combining(char) or unicodedata.category(char) == "Cf"):
            total += 1
    return total


_PIECE = r"[“‘（《〈【〔「『(]{0,9}(?:[!-'*-~]+|[^!-~ “‘（《〈【〔「『])[，。、；：？！”’）》〉】〕」』％)]*[…—]* ?|."


def wrap(text: str, room: int, cut: bool = True, ambiguous: int = 1) -> list[str]:
    """Return text in lines of at most `room` columns (see `width`), broken between Chinese characters and at blanks.

    No line begins with a closing sign or ends with an opening one (避头尾), unless there is no room at all.
    A word longer than a line (a path, an address) is cut, or with `cut` False left whole.
    """
    lines = []
    for paragraph in text.split("\n"):
        line, taken = "", 0
        for piece in re.findall(_PIECE, paragraph):
            words = piece.rstrip()
            if line and taken + width(words, ambiguous) > room:
                lines.append(line.rstrip())
                line, taken = "", 0
            if cut and taken + width(words, ambiguous) > room:
                *full, last = _cut(words, room, ambiguous)
                lines += full
                piece = last + piece[len(words) :]
            line += piece
            taken += width(piece, ambiguous)
        lines.append(line.rstrip())
    return lines


def _cut(text: str, room: int, ambiguous: int) -> Iterator[str]:
    """Yield a text in pieces of at most `room` columns, each as long as can be and of one character at least."""
    start = taken = 0
    for i, char in enumerate(text):
        taken += width(char, ambiguous)
        if taken > room and i > start:
            yield text[start:i]
            start, taken = i, width(char, ambiguous)
    yield text[start:]
