"""The glyphs, ruled lines and filled areas that the pages of a PDF file paint, in the order of painting."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.utils import apply_matrix_pt

from gkcheck.errors import BadDocument

_MOST_PAGES = 200
_MOST_PAINTED = 200_000
"""Glyphs, lines and figures of one page; a printed page has a few thousand."""

_INVISIBLE_MODES = (3, 7)
_SPOT_SPACES = ("Separation", "DeviceN", "Indexed", "Pattern")
_THIN = 3.0
_ABOVE_BASELINE, _BELOW_BASELINE = 0.88, 0.12

Point = tuple[float, float]


class PaintedGlyph(NamedTuple):
    """A glyph as painted: the corners of its em box, the start of its baseline, in points from the bottom left.

    `angle` is the direction of its line in degrees, anticlockwise; `lightness` runs from 0 (black) to 1 (white);
    `drawn` is False where the file only places it, for searching.
    """

    text: str
    corners: tuple[Point, Point]
    origin: Point
    size: float
    angle: float
    lightness: float
    drawn: bool


class PaintedArea(NamedTuple):
    """A filled rectangle, or an image, by two opposite corners."""

    corners: tuple[Point, Point]
    is_image: bool


class PaintedPage(NamedTuple):
    """A page as painted. `number` counts from 1; `strokes` are the ruled lines, straight along an axis."""

    number: int
    width: float
    height: float
    glyphs: list[PaintedGlyph]
    strokes: list[tuple[Point, Point]]
    areas: list[PaintedArea]
    notes: list[str]


def read_pages(data: bytes, name: str, wanted: frozenset[int] | None) -> Iterator[PaintedPage]:
    """Yield the pages of a file, one at a time, all or those whose numbers (from 1) are wanted.

    Raises:
        BadDocument: The file wants a password, has too many pages, or lacks a page that is wanted.
    """
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
    except PDFPasswordIncorrect:
        raise BadDocument(f"{name} 要输入密码才能打开；请去掉密码，或另存为 docx 再导入。") from None
    pages = list(enumerate(PDFPage.create_pages(document), 1))
    if missing := sorted((wanted or frozenset()) - {number for number, _ in pages}):
        raise BadDocument(f"{name} 只有 {len(pages)} 页，没有第{missing[0]}页；请核对页码。")
    pages = [(number, page) for number, page in pages if wanted is None or number in wanted]
    if len(pages) > _MOST_PAGES:
        raise BadDocument(f"{name} 有 {len(pages)} 页，不像一份通知；请只保留任务表再导入。")
    resources = PDFResourceManager()
    for number, page in pages:
        painter = _Painter(resources, name)
        PDFPageInterpreter(resources, painter).process_page(page)
        yield painter.page(number, page)


class _Painter(PDFLayoutAnalyzer):
    """The device that pdfminer paints a page on."""

    def __init__(self, resources: PDFResourceManager, name: str) -> None:
        super().__init__(resources)
        self.name = name
        self.glyphs: list[PaintedGlyph] = []
        self.strokes: list[tuple[Point, Point]] = []
        self.areas: list[PaintedArea] = []
        self.figures = 0
        self.outer: list[Any] = []
        self.drawn = True
        self.size = (0.0, 0.0)

    def page(self, number: int, page: Any) -> PaintedPage:
        return PaintedPage(number, *self.size, self.glyphs, self.strokes, self.areas, _notes(page))

    def begin_page(self, page: Any, ctm: Any) -> None:
        x0, y0, x1, y1 = page.mediabox
        (ax, ay), (bx, by) = apply_matrix_pt(ctm, (x0, y0)), apply_matrix_pt(ctm, (x1, y1))
        self.size = (abs(ax - bx), abs(ay - by))

    def end_page(self, page: Any) -> None:
        """Keep what was painted; there is no layout to be made of it here."""

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        self.figures += 1
        self.outer.append(self.ctm)
        self._count()

    def end_figure(self, _: str) -> None:
        """Go on in the coordinates of what the form stands in."""
        self.set_ctm(self.outer.pop())

    def render_image(self, name: str, stream: Any) -> None:
        self.areas.append(PaintedArea((apply_matrix_pt(self.ctm, (0, 0)), apply_matrix_pt(self.ctm, (1, 1))), True))

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self.drawn = textstate.render not in _INVISIBLE_MODES
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(
        self,
        matrix: Any,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        try:
            text = str(font.to_unichr(cid))
        except PDFUnicodeNotDefined:
            text = f"(cid:{cid})"
        advance = float(font.char_width(cid) * fontsize * scaling)
        if font.is_vertical():
            across, down = font.char_disp(cid)
            x = -fontsize / 2 if across is None else -across * fontsize * 0.001
            y = (1000 - down) * fontsize * 0.001 + rise
            box = ((x, y + advance), (x + fontsize, y))
        else:
            box = ((0.0, rise - _BELOW_BASELINE * fontsize), (advance, rise + _ABOVE_BASELINE * fontsize))
        a, b, c, d = matrix[:4]
        way = math.copysign(1, fontsize * scaling)
        self.glyphs.append(
            PaintedGlyph(
                text,
                (apply_matrix_pt(matrix, box[0]), apply_matrix_pt(matrix, box[1])),
                apply_matrix_pt(matrix, (box[0][0], box[0][1] + _BELOW_BASELINE * fontsize)),
                abs(fontsize) * math.hypot(c, d),
                math.degrees(math.atan2(b * way, a * way)),
                _lightness(graphicstate.ncolor, str(getattr(ncs, "name", ""))),
                self.drawn,
            )
        )
        self._count()
        return advance

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        pen = stroke and _lightness(gstate.scolor, "") < 1
        brush = fill and _lightness(gstate.ncolor, "") < 1
        for points in self._subpaths(path):
            xs, ys = [x for x, _ in points], [y for _, y in points]
            low, high = (min(xs), min(ys)), (max(xs), max(ys))
            width, height = high[0] - low[0], high[1] - low[1]
            if pen:
                self.strokes.extend(
                    (one, two) for one, two in pairwise(points) if abs(one[0] - two[0]) < 1 or abs(one[1] - two[1]) < 1
                )
            elif brush and min(width, height) < _THIN:
                middle = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2)
                flat = width >= height
                self.strokes.append(
                    ((low[0], middle[1]), (high[0], middle[1])) if flat else ((middle[0], low[1]), (middle[0], high[1]))
                )
            if brush and min(width, height) >= _THIN:
                self.areas.append(PaintedArea((low, high), False))
            self._count()

    def _subpaths(self, path: Sequence[Any]) -> Iterator[list[Point]]:
        """Yield the corners of every part of a path that is made of straight lines; a closed one ends at its start."""
        points: list[Point] = []
        straight = True
        for step in [*path, ("m",)]:
            if step[0] == "m":
                if len(points) > 1 and straight:
                    yield points
                points, straight = [], True
            if step[0] == "h" and points:
                points.append(points[0])
            elif step[0] in "ml" and len(step) > 2:
                points.append(apply_matrix_pt(self.ctm, (float(step[-2]), float(step[-1]))))
            elif step[0] in "cvy":
                straight = False

    def _count(self) -> None:
        if len(self.glyphs) + len(self.strokes) + len(self.areas) + self.figures > _MOST_PAINTED:
            raise BadDocument(
                f"{self.name} 有一页画了 {_MOST_PAINTED // 10_000} 万个以上的字符和线条，不像一份通知；请另存为 docx 再导入。"
            )


def _lightness(color: Any, space: str) -> float:
    """Return how light a colour is, from 0 to 1; 0 where its space (spot colours, patterns) does not tell."""
    parts = color if isinstance(color, (tuple, list)) else (color,)
    if space in _SPOT_SPACES or not all(isinstance(part, (int, float)) for part in parts):
        return 0.0
    levels = [float(part) for part in parts]
    if len(levels) == 4:
        return max(0.0, 1 - max(levels[:3]) - levels[3])
    return min(1.0, *levels) if len(levels) in (1, 3) else 0.0


def _notes(page: Any) -> list[str]:
    """Return the words of the remarks that somebody put upon a page."""
    from pdfminer.pdftypes import dict_value, list_value, resolve1
    from pdfminer.psparser import literal_name
    from pdfminer.utils import decode_text

    out = []
    for entry in list_value(page.annots) if page.annots else []:
        note = dict_value(entry)
        words = resolve1(note.get("Contents"))
        if literal_name(note.get("Subtype")) != "Link" and isinstance(words, (bytes, str)) and words.strip():
            out.append(decode_text(words) if isinstance(words, bytes) else words)
    return out
