"""The widths of a table's columns by what they hold: one rule for Word, for print from a browser and for workbooks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence, Set

from gkcheck.table import Column, Table
from gkcheck.text.width import width

LEAST = 10
"""The letters of half width, five characters, that a column of text is given at least."""

_LONGEST_WORD = 14
"""A word or an address of more letters may be broken."""

_ONE_LINE = 6
"""The letters of a title that is kept in one line; a longer one may stand in two."""

_SAMPLE = 300
"""The rows that widths are weighed by, taken evenly from a long table."""

_SHARPNESS = 4
"""The exponent of the mean that stands for the highest cell of a row: the greater, the nearer to it."""


Measure = Callable[[str], int]
"""A function that returns the letters of half width that a line takes."""


def paper_width(text: str) -> int:
    """Return the letters that a line takes on paper, where Latin fonts may be wider than half a Chinese character."""
    return math.ceil(width(text) + sum(_WIDER.get(char, 0.26) for char in text if "!" <= char <= "~"))


_WIDER = dict.fromkeys("MWmw%@&", 1.0) | dict.fromkeys(".,:;'|!il()-", 0.0)
"""The width that a letter takes beyond half a character, in the widest of the usual fonts."""


def column_widths(table: Table, room: int, fill: bool = True, measure: Measure = paper_width) -> list[int]:
    """Return the width of each column in letters of half width, together `room`; without `fill` only what is of use.

    Every column first gets its least width, in which nothing is broken that must be whole. Then every letter goes
    to the column that makes the rows lower by most, until each text stands in one line. Where even the least
    widths do not fit, those of texts are made smaller in proportion, or without `fill` all are returned as they are.
    """
    table = _with_short_bars(table)
    texts = [_texts(table, c) for c in range(len(table.columns))]
    least = [least_width(column, held, measure) for column, held in zip(table.columns, texts, strict=True)]
    most = [max(at_least, _longest_line(held, measure)) for at_least, held in zip(least, texts, strict=True)]
    if sum(least) > room:
        return _squeezed(least, [column.wrap for column in table.columns], room) if fill else least
    widths = _grown(least, most, _demands(table), room)
    return _filled(widths, room) if fill else widths


def _filled(widths: Sequence[int], room: int) -> list[int]:
    """Return widths that fill the room: each takes the same of what is left, the widest what cannot be shared."""
    share, rest = divmod(room - sum(widths), len(widths) or 1)
    filled = [wide + share for wide in widths]
    if filled:
        filled[widths.index(max(widths))] += rest
    return filled


def least_width(column: Column, texts: Set[str], measure: Measure = paper_width) -> int:
    """Return the letters that a column needs: its cells whole, or its longest piece and a readable few."""
    whole_title = measure(column.title)
    title = whole_title if whole_title <= _ONE_LINE else -(-whole_title // 4) * 2
    longest = _longest_line(texts, measure)
    if column.is_whole:
        return max(title, longest)
    piece = max((measure(piece) for text in texts for piece in _pieces(text, column.wrap)), default=0)
    return max(title, piece, min(LEAST, max(longest, whole_title)) if column.wrap else 0)


def _longest_line(texts: Iterable[str], measure: Measure) -> int:
    return max((measure(line) for text in texts for line in text.split("\n")), default=0)


def broken(text: str) -> str:
    """Return a short text with line breaks at its natural places: 23 / （二十三）, 2019-12-31 / 09:30."""
    return re.sub(r"(?<=[^\n（])（(?=[^（）]*）)", "\n（", text).replace(" ", "\n")


_WORD = re.compile(r"（\d[\d-]{5,12}\d）|[!-~]+")


def _pieces(text: str, wraps: bool) -> list[str]:
    """Return the pieces of a text that are not to be broken."""
    if not wraps:
        return broken(text).split("\n")
    return [word for word in _WORD.findall(text) if len(word) <= _LONGEST_WORD] if len(text) > 1 else [text]


_BAR = "　" * 4
"""A text as wide as a bar."""


def _with_short_bars(table: Table) -> Table:
    """Return the table with a text of the width of a bar for each bar, whatever its rates."""
    bars = {c for c, column in enumerate(table.columns) if column.kind == "rates"}
    if not bars:
        return table
    head, body = table.rows[: table.header], table.rows[table.header :]
    shown = (tuple(_BAR if c in bars and cell else cell for c, cell in enumerate(row)) for row in body)
    return table._replace(rows=(*head, *shown))


def _texts(table: Table, c: int) -> set[str]:
    return {row[c] or "" for row in table.rows[table.header :] if c < len(row)}


def _demands(table: Table) -> list[list[float]]:
    """Return for some rows the letters of every cell; a cell over several rows counts for each of them in part."""
    first = table.header
    step = -(-len(table.rows[first:]) // _SAMPLE) or 1
    over = {
        (span.row + i, span.column): width(table.rows[span.row][span.column] or "") / span.rows
        for span in table.spans
        for i in range(span.rows)
    }
    return [
        [over.get((r, c), 0) or width(cell or "") for c, cell in enumerate(table.rows[r])]
        for r in range(first, len(table.rows), step)
    ]


def _grown(least: Sequence[int], most: Sequence[int], demands: Sequence[Sequence[float]], room: int) -> list[int]:
    """Return `least` widths grown by one character after another, each where it makes the rows lower by most."""
    widths = list(least)
    open_columns = {c for c in range(len(widths)) if widths[c] < most[c]}
    powers = [[(letters / max(1, widths[c])) ** _SHARPNESS for c, letters in enumerate(row)] for row in demands]
    left = room - sum(widths)
    while left > 0 and open_columns:
        gains = dict.fromkeys(open_columns, 0.0)
        for row in powers:
            height = (1 + sum(row)) ** (1 / _SHARPNESS - 1)
            for c in open_columns:
                gains[c] += height * row[c] / widths[c]
        best = max(open_columns, key=lambda c: (gains[c], -c))
        step = min(2, left, most[best] - widths[best])
        shrunk = (widths[best] / (widths[best] + step)) ** _SHARPNESS
        for row in powers:
            row[best] *= shrunk
        widths[best] += step
        left -= step
        if widths[best] >= most[best]:
            open_columns.discard(best)
    return widths


def _squeezed(least: Sequence[int], wrapped: Sequence[bool], room: int) -> list[int]:
    """Return widths smaller than the least: those of wrapped columns, and where that is not enough, all of them."""
    firm = sum(wide for wide, wraps in zip(least, wrapped, strict=True) if not wraps)
    soft = sum(least) - firm
    left = room - firm
    if soft == 0 or left < soft / 3:
        return [max(1, wide * room // sum(least)) for wide in least]
    return [wide * left // soft if wraps else wide for wide, wraps in zip(least, wrapped, strict=True)]
