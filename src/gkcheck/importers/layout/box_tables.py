"""Tables drawn with lines: ┌─┬─┐ │ ├─┼─┤ └─┴─┘, or +---+---+ and |."""

from __future__ import annotations

import re
import unicodedata

from gkcheck.importers.formats.blocks import Block, Line, Span
from gkcheck.text.normalize import join_pieces

_RULE = "─━═—―-=╌┄┈"
_JOINT = "┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛╓╥╖╟╫╢╙╨╜┠┯┨┷┿╂┰┸+"
_BAR = "│┃║|｜"
_SPLIT = re.compile(f"[{re.escape(_BAR + _JOINT)}]")


def is_box_line(text: str) -> bool:
    """True if a line is a drawn rule that can begin a table."""
    rule = text.strip()
    return len(rule) >= 3 and rule[0] in _JOINT and all(char in _RULE + _JOINT + " " for char in rule)


def read_box_table(lines: list[Line]) -> Block | None:
    """Return a drawn table as a block, None where it has no columns. A rule that skips a column merges its cell."""
    bars = _columns([line.text for line in lines])
    if len(bars) < 3:
        return None
    width = len(bars) - 1
    rows: list[list[str | None]] = []
    at: list[str] = []
    open_row: list[list[str]] | None = None
    runs: list[int] = [0] * width
    origin: list[int] = [-1] * width
    spans: dict[tuple[int, int], int] = {}

    def close() -> None:
        nonlocal open_row
        if open_row is None:
            return
        row: list[str | None] = []
        for c, parts in enumerate(open_row):
            text = join_pieces(parts, words_only=True)
            if runs[c] and origin[c] >= 0:
                above = rows[origin[c]][c]
                rows[origin[c]][c] = join_pieces([above or "", text], words_only=True)
                spans[(origin[c], c)] = len(rows) - origin[c] + 1
                row.append(None)
            else:
                origin[c] = len(rows)
                row.append(text)
        rows.append(row)
        open_row = None

    for line, place in lines:
        cells = _cells(line, bars)
        ruled = [
            cell is not None and bool(cell.strip()) and all(char in _RULE for char in cell.strip()) for cell in cells
        ]
        if any(ruled):
            if open_row is not None and any(any(parts) for parts in open_row):
                close()
            runs = [0 if rule else 1 for rule in ruled]
            open_row = [[] for _ in range(width)]
            at.append(place)
            if all(ruled):
                runs = [0] * width
        elif open_row is None:
            open_row = [[] for _ in range(width)]
            at.append(place)
        for c, cell in enumerate(cells):
            if cell and not ruled[c] and cell.strip():
                open_row[c].append(cell.strip())
    if open_row is not None and any(any(parts) for parts in open_row):
        close()
    if not rows:
        return None
    merged = tuple(Span(r, c, count, 1) for (r, c), count in spans.items())
    return Block(tuple(map(tuple, rows)), tuple(at[: len(rows)]), spans=merged)


def _columns(lines: list[str]) -> list[int]:
    """Return where the vertical lines stand, in display columns, by the line with the most of them."""
    best: list[int] = []
    for line in lines:
        found = [column for column, char in _placed(line, _wide(lines)) if char in _BAR + _JOINT]
        if len(found) > len(best):
            best = found
    return best


def _wide(lines: list[str]) -> bool:
    """True if drawn lines count two columns each, as Chinese editors draw them."""
    rules = [line for line in lines if is_box_line(line)]
    content = [line for line in lines if not is_box_line(line) and any(char in _BAR for char in line)]
    if not rules or not content:
        return False

    def misfit(wide: bool) -> int:
        return sum(abs(_length(line, wide) - _length(rules[0], wide)) for line in content[:50])

    return misfit(True) < misfit(False)


def _length(line: str, wide: bool) -> int:
    placed = _placed(line.rstrip(), wide)
    return placed[-1][0] if placed else 0


def _placed(line: str, wide: bool) -> list[tuple[int, str]]:
    out, column = [], 0
    for char in line:
        out.append((column, char))
        ambiguous = (char in _RULE + _BAR + _JOINT) and not char.isascii()
        column += (
            (2 if wide else 1)
            if ambiguous
            else (2 if unicodedata.east_asian_width(char) in "WF" or char in "“”‘’…—" else 1)
        )
    return out


def _cells(line: str, bars: list[int]) -> list[str | None]:
    """Return a line cut at its vertical lines; by place where a merged cell leaves some out (None: covered)."""
    parts = _SPLIT.split(line.strip())
    inner = parts[1:-1] if len(parts) > 2 else parts
    width = len(bars) - 1
    if len(inner) == width:
        return list(inner)
    out: list[str | None] = [None] * width
    if len(inner) == 1:
        out[0] = inner[0]
        return out
    column = 0
    for n, part in enumerate(inner):
        if column < width:
            out[column] = part
        column += 1 if len(inner) - n - 1 >= width - column - 1 else max(1, width - len(inner) + 1 if n == 0 else 1)
    return out
