"""Glyphs as they are read: the page turned upright, each once, and what no reader sees taken out and named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from gkcheck.importers.formats.pdf.painting import PaintedArea, PaintedGlyph, PaintedPage, Point

HIDDEN, WATERMARK, ASKEW = "隐藏", "水印", "方向与正文不同"
RECOGNISED = "是扫描件，文字由机器识别，请逐项核对"

_PALE = 0.95
_LIGHT = 0.6
_TINY = 1.5
_SLANT = 3.0
_MOST_IMAGE = 0.5
_FEW = 50


class Glyph(NamedTuple):
    """A glyph of an upright page, in points from the top left corner."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float

    @property
    def centre(self) -> Point:
        """The middle of its em box; it decides to which cell the glyph belongs."""
        return (self.x0 + self.x1) / 2, self.baseline - 0.38 * self.size


class Rule(NamedTuple):
    """A ruled line along an axis: at `at` on the other axis, from `start` to `end`."""

    horizontal: bool
    at: float
    start: float
    end: float


class Unread(NamedTuple):
    """Words on a page that are not read, and the reason."""

    text: str
    why: str


class UprightPage(NamedTuple):
    """A page turned upright. `scan` says what a person has to know of a page that is an image; "" for any other."""

    number: int
    width: float
    glyphs: list[Glyph]
    rules: list[Rule]
    unread: list[Unread]
    scan: str


def upright(page: PaintedPage) -> UprightPage:
    """Return a page as a reader holds it, in its commonest direction of writing."""
    straight = Counter(round(one.angle / 90) % 4 for one in page.glyphs if _quarter_slant(one.angle) <= _SLANT)
    quarter = straight.most_common(1)[0][0] if straight else 0
    scan = _scan(page)
    kept: list[PaintedGlyph] = []
    out: list[tuple[str, PaintedGlyph]] = []
    sizes = sorted(one.size for one in page.glyphs)
    body = sizes[len(sizes) // 2] if sizes else 0.0
    for one in page.glyphs:
        why = _reason_unread(one, quarter, page, scan == RECOGNISED, body)
        if why:
            out.append((why, one))
        else:
            kept.append(one)
    turned = _Turn(quarter, page.width, page.height)
    return UprightPage(
        page.number,
        page.height if quarter % 2 else page.width,
        _once(turned.glyph(one) for one in kept),
        [turned.rule(*stroke) for stroke in page.strokes],
        [*_runs(out), *(Unread(note, "批注") for note in page.notes)],
        scan,
    )


class _Turn(NamedTuple):
    """The turn of a page by quarters, clockwise, and from bottom up to top down."""

    quarters: int
    width: float
    height: float

    def point(self, point: Point) -> Point:
        x, y = point
        return ((x, self.height - y), (y, x), (self.width - x, y), (self.height - y, self.width - x))[self.quarters]

    def glyph(self, one: PaintedGlyph) -> Glyph:
        (ax, _), (bx, _) = map(self.point, one.corners)
        return Glyph(one.text, min(ax, bx), max(ax, bx), self.point(one.origin)[1], one.size)

    def rule(self, start: Point, end: Point) -> Rule:
        (ax, ay), (bx, by) = self.point(start), self.point(end)
        if abs(ax - bx) >= abs(ay - by):
            return Rule(True, (ay + by) / 2, min(ax, bx), max(ax, bx))
        return Rule(False, (ax + bx) / 2, min(ay, by), max(ay, by))


def _quarter_slant(angle: float) -> float:
    """Return the degrees between a direction and the nearest axis."""
    return abs((angle + 45) % 90 - 45)


def _reason_unread(one: PaintedGlyph, quarter: int, page: PaintedPage, is_scan: bool, body: float) -> str | None:
    (ax, ay), (bx, by) = one.corners
    x, y = (ax + bx) / 2, (ay + by) / 2
    outside = not (0 <= x <= page.width and 0 <= y <= page.height)
    if outside or one.size < _TINY or (not one.drawn and not is_scan):
        return HIDDEN
    if one.lightness >= _PALE and one.drawn and not any(_holds(area, x, y) for area in page.areas):
        return HIDDEN
    if _quarter_slant(one.angle) > _SLANT or (one.lightness >= _LIGHT and one.size >= 2 * body):
        return WATERMARK
    return ASKEW if round(one.angle / 90) % 4 != quarter else None


def _holds(area: PaintedArea, x: float, y: float) -> bool:
    (ax, ay), (bx, by) = area.corners
    return min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)


def _scan(page: PaintedPage) -> str:
    """Return a remark on a page that an image covers, as far as no more than a few words are drawn upon it."""
    drawn = sum(one.drawn for one in page.glyphs)
    if _image_share(page) < _MOST_IMAGE or drawn > _FEW:
        return ""
    return RECOGNISED if len(page.glyphs) > drawn == 0 else "有图片，图中的文字没有读，请核对"


def _image_share(page: PaintedPage) -> float:
    """Return the share of the page that its largest image covers."""
    sizes = [abs((a[0] - b[0]) * (a[1] - b[1])) for (a, b), is_image in page.areas if is_image]
    return max(sizes, default=0.0) / (page.width * page.height or 1.0)


def _once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Return the glyphs without those painted again in the same place, as for a bold face that there is not."""
    out: list[Glyph] = []
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    for one in glyphs:
        near = 0.4 * max(one.x1 - one.x0, 0.2 * one.size)
        column, row = int(one.x0 // (one.size or 1)), int(one.baseline // (one.size or 1))
        again = any(
            abs(other.x0 - one.x0) < near and abs(other.baseline - one.baseline) < 0.3 * one.size
            for k in (-1, 0, 1)
            for i in (-1, 0, 1)
            for other in seen.get((one.text, column + k, row + i), ())
        )
        if not again:
            seen.setdefault((one.text, column, row), []).append(one)
            out.append(one)
    return out


def _runs(glyphs: list[tuple[str, PaintedGlyph]]) -> list[Unread]:
    """Return the words that neighbouring glyphs make, with the reason they share."""
    out = []
    for why, run in groupby(glyphs, key=lambda pair: pair[0]):
        out.append(Unread("".join(one.text for _, one in run).strip(), why))
    return [unread for unread in out if unread.text]
