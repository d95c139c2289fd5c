"""Text on a terminal: how wide it is, and where a line of it may be broken."""

import re
import unicodedata


def width(text: str) -> int:
    """Return the terminal columns that text takes: 2 for wide characters, 0 for combining and invisible ones.

    Characters of ambiguous width (“ ” … █) count as 1, as rich counts them.
    """
    if text.isascii():
        return len(text)
    total = 0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            total += 2
        elif not (unicodedata.combining(char) or unicodedata.category(char) == "Cf"):
            total += 1
    return total


_PIECE = r"[“‘（《〈【〔「『(]*(?:[!-'*-~]+|[^!-~ “‘（《〈【〔「『])[，。、；：？！”’）》〉】〕」』％)]*[…—]* ?|."


def wrap(text: str, room: int, cut: bool = True) -> list[str]:
    """Return text in lines of at most `room` columns, broken between Chinese characters and at blanks.

    No line begins with a closing sign or ends with an opening one (避头尾), unless there is no room at all.
    A word longer than a line (a path, an address) is cut, or with `cut` False left whole.
    """
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in re.findall(_PIECE, paragraph):
            if line and width(line + piece.rstrip()) > room:
                lines.append(line.rstrip())
                line = ""
            line += piece
            while cut and width(line.rstrip()) > room and len(line) > 1:
                fits = next(i for i in range(len(line), 0, -1) if width(line[:i]) <= room or i == 1)
                lines.append(line[:fits])
                line = line[fits:]
        lines.append(line.rstrip())
    return lines
