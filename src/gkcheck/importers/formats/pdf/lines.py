"""Glyphs → lines of text by their baselines, and lines → paragraphs by the room that each line left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from gkcheck.importers.formats.pdf.glyphs import Glyph
from gkcheck.importers.recognize.header_terms import LABEL
from gkcheck.importers.recognize.inline_assignees import unclosed_brackets
from gkcheck.importers.recognize.numbering import leading_number
from gkcheck.text.characters import ordinary
from gkcheck.text.normalize import is_han, join_pieces
from gkcheck.text.script import folded

_NEVER_FIRST = "，。、；：！？）〕】》”’),.;:!?%]"
_NEVER_LAST = "（〔【《“‘("
_STOPS = "。；：！？"
_MANY, _LEAST_MEASURE = 4, 0.55
"""So many lines, and so much of the width of the page between their ends, tell where text ends on a page."""
_BLANK = 0.4
"""The gap between glyphs, in ems, that is a blank."""


class TextLine(NamedTuple):
    """A line of text.

    `first` is the width of its first unbreakable piece, a Chinese character or a Latin word; `gap` is the widest
    space within it, in ems.
    """

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    first: float
    gap: float

    @property
    def top(self) -> float:
        """The upper edge of its largest glyph."""
        return self.baseline - 0.88 * self.size


def read_lines(glyphs: Iterable[Glyph]) -> list[TextLine]:
    """Return the lines that glyphs make, from the top down: what shares a baseline shares a line, whatever its size."""
    rows: list[list[Glyph]] = []
    largest: Glyph | None = None
    for one in sorted((one for one in glyphs if one.text.strip()), key=lambda one: one.baseline):
        if largest is None or one.baseline - largest.baseline > 0.45 * max(one.size, largest.size):
            rows.append([])
            largest = one
        rows[-1].append(one)
        largest = max(largest, one, key=lambda one: one.size)
    return [_line(sorted(row, key=lambda one: one.x0)) for row in rows]


def _line(row: list[Glyph]) -> TextLine:
    blank = _BLANK + _letter_spacing(row)
    text = row[0].text
    widest = 0.0
    for before, after in pairwise(row):
        gap = (after.x0 - before.x1) / (min(before.size, after.size) or 1)
        widest = max(widest, gap)
        text += (" " if gap > blank else "") + after.text
    biggest = max(row, key=lambda one: one.size)
    return TextLine(text, row[0].x0, row[-1].x1, biggest.baseline, biggest.size, _first_width(row), widest)


def _letter_spacing(row: list[Glyph]) -> float:
    """Return the space, in ems, that a line of four or more Chinese characters leaves between any two."""
    if len(row) < 4 or not all(is_han(one.text[0]) for one in row):
        return 0.0
    return max(0.0, median((after.x0 - before.x1) / (before.size or 1) for before, after in pairwise(row)))


def _first_width(row: list[Glyph]) -> float:
    """Return the width of the first unbreakable piece of a line, with the sign that may not be parted from it."""
    n = 1
    while n < len(row) and (
        not (is_han(row[n - 1].text[0]) or is_han(row[n].text[0]) or row[n].x0 - row[n - 1].x1 > _BLANK * row[n].size)
        or row[n].text[0] in _NEVER_FIRST
        or row[n - 1].text[0] in _NEVER_LAST
    ):
        n += 1
    return row[n - 1].x1 - row[0].x0


def cell_text(glyphs: Iterable[Glyph], left: float, right: float) -> str:
    """Return the text of a cell. A line goes on in the next unless that could have begun in the room that was left."""
    lines = read_lines(glyphs)
    if not lines:
        return ""
    upright = len(lines) > 1 and all(len(line.text) == 1 for line in lines)
    room = right - max(1.0, min(line.x0 for line in lines) - left)
    out = lines[0].text
    for above, line in pairwise(lines):
        if upright or room - above.x1 <= line.first + 1:
            out = join_pieces([out, line.text], words_only=True)
        else:
            out += "\n" + line.text
    return out


Edges = dict[int, tuple[float, float]]
"""The left and right edge of the text of each page."""


class PageLine(NamedTuple):
    """A line, its page and its count on it; `apart` is True if a table stands between it and the line before."""

    line: TextLine
    page: int
    number: int
    apart: bool = False


def read_paragraphs(lines: Sequence[PageLine], edges: Edges) -> list[list[PageLine]]:
    """Return lines as paragraphs, over page breaks too.

    A line goes on in the next where it left no room for it, the next is not indented, and the space between them is
    that between other lines, and no number begins after the end of a sentence.

    Args:
        edges: Where the text of each page begins and ends.
    """
    pitch = _pitch(lines)
    out: list[list[PageLine]] = []
    for one in lines:
        if out and not one.apart and _goes_on(out[-1], one, edges, pitch):
            out[-1].append(one)
        else:
            out.append([one])
    return out


def joined(paragraph: Sequence[PageLine]) -> str:
    """Return the text of a paragraph."""
    return join_pieces([one.line.text for one in paragraph], words_only=True)


def measure(pages: dict[int, list[TextLine]], widths: dict[int, float]) -> Edges:
    """Return the left and right edge of the text of each page, for margins alternate.

    A page of short lines is as wide as others of its size; where all are short, margins are taken to be equal.
    """
    own = {page: (min(line.x0 for line in lines), _common_end(lines)) for page, lines in pages.items()}
    measured: dict[float, list[float]] = {}
    for page, (left, right) in own.items():
        if len(pages[page]) >= _MANY and right - left > _LEAST_MEASURE * widths[page]:
            measured.setdefault(widths[page], []).append(right - left)
    out = {}
    for page, (left, right) in own.items():
        usual = measured.get(widths[page])
        out[page] = left, max(right, left + median(usual) if usual else widths[page] - left)
    return out


def _common_end(lines: list[TextLine]) -> float:
    """Return where most of the longest lines end: one may run over the edge, and signs hang beyond it."""
    ends = sorted(line.x1 for line in lines)
    longest = ends[-2] if len(ends) > 2 else ends[-1]
    near = Counter(round(end) for end in ends if abs(longest - end) <= 1.2 * lines[0].size)
    return max(near, key=lambda end: (near[end], end))


def _pitch(lines: Sequence[PageLine]) -> float:
    """Return the usual distance of baselines, in ems."""
    steps = [
        (below.line.baseline - above.line.baseline) / below.line.size
        for above, below in pairwise(lines)
        if above.page == below.page and not below.apart and below.line.size
    ]
    return median([step for step in steps if 0 < step < 4] or [2.0])


def _begins_anew(above: list[str], text: str) -> bool:
    """True if a line is a label (责任单位：) or has the number of a heading (一、), and no bracket is open above it.

    A number in figures begins a task below a label; elsewhere a line may well be broken before one.
    """
    first, shape = (folded(ordinary(one)) for one in (above[0], text))
    number = leading_number(shape) and (not shape[:1].isdecimal() or LABEL.match(first))
    return bool(number or LABEL.match(shape)) and unclosed_brackets("".join(above)) <= 0


def _goes_on(paragraph: list[PageLine], below: PageLine, edges: dict[int, tuple[float, float]], pitch: float) -> bool:
    above, line = paragraph[-1].line, below.line
    left, right = edges[below.page][0], edges[paragraph[-1].page][1]
    same_page = paragraph[-1].page == below.page
    if right - above.x1 > line.first + 1 or abs(above.size - line.size) > 0.2 * line.size:
        return False
    if same_page and line.baseline - above.baseline > 1.35 * pitch * line.size:
        return False
    if above.text[-1] in _STOPS and leading_number(line.text):
        return False
    if _begins_anew([one.line.text for one in paragraph], line.text):
        return False
    if line.x0 < left + 0.9 * line.size:
        return True
    hanging = len(paragraph) > 1 and same_page and abs(line.x0 - above.x0) < 0.5 * line.size
    return hanging or (same_page and line.x0 < above.x0 - 0.5 * line.size)
