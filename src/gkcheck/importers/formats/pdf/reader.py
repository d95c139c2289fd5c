"""PDF files, with the extra gkcheck[pdf]: ruled tables with their merged cells, and the paragraphs between them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable
from typing import NamedTuple

from gkcheck.errors import BadDocument, GkcheckError
from gkcheck.importers.formats.blocks import (
    MOST_CELLS,
    Block,
    BlockCollector,
    BlockKind,
    Line,
    refuse_huge,
    text_block,
    too_much,
)
from gkcheck.importers.formats.ooxml import notice_guard
from gkcheck.importers.formats.pdf.furniture import furniture
from gkcheck.importers.formats.pdf.glyphs import ASKEW, CUT_OFF, Unread, UprightPage, upright
from gkcheck.importers.formats.pdf.grids import Grid, find_grids
from gkcheck.importers.formats.pdf.lines import PageLine, joined, measure, read_lines, read_paragraphs
from gkcheck.importers.formats.pdf.painting import read_pages
from gkcheck.importers.formats.pdf.tables import Fragment, goes_on, is_frame, read_fragment, table_of

_LONGEST = 50_000_000
_MOST_UNDEFINED = 0.05
"""The share of glyphs without Unicode above which a file is refused; the rest is named where it stands."""

_APART, _MANY_APART = 1.5, 8
"""So many lines with so wide a space within them, in ems, may be columns of text, or a table without ruled lines."""


def read(data: bytes, name: str, pages: frozenset[int] | None = None) -> list[Block]:
    """Return tables and paragraphs, page after page; what goes on over a page break is one.

    Args:
        pages: The numbers of the pages to read, from 1; None for all.
    """
    refuse_huge(data, name, _LONGEST)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            contents = _contents(map(upright, read_pages(data, name, pages)), name)
    except (GkcheckError, ImportError, MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # pdfminer raises whatever its parsing of foreign bytes runs into
        raise notice_guard(name).damaged() from error
    _refuse_without_unicode(contents, name)
    return _blocks(contents, name)


class _Content(NamedTuple):
    """A page's tables and the lines outside them, each from the top down, and what is not read.

    `scan` says what a person has to know of a page that is an image.
    """

    page: int
    width: float
    fragments: list[Fragment]
    lines: list[PageLine]
    unread: list[Unread]
    scan: str
    glyphs: int
    undefined: int


def _contents(pages: Iterable[UprightPage], name: str) -> list[_Content]:
    """Return the content of each page; lines that frame all text of a page make a table only if one goes on there."""
    out: list[_Content] = []
    for page in pages:
        before = out[-1].fragments[-1].grid if out and out[-1].fragments else None
        out.append(_content(page, before, name))
    return out


def _content(page: UprightPage, before: Grid | None, name: str) -> _Content:
    grids = find_grids(page.rules)
    if grids is None:
        raise BadDocument(f"{name} 第{page.number}页的线条太多，不像一份通知；请另存为 docx 再导入。")
    rest = page.glyphs
    fragments: list[Fragment] = []
    for grid in sorted(grids, key=lambda grid: grid.area):
        held = [one for one in rest if grid.cell_at(*one.centre) is not None]
        if is_frame(grid, held) and not (held and before and grid.has_columns_of(before)):
            continue
        rest = [one for one in rest if grid.cell_at(*one.centre) is None]
        fragments.append(read_fragment(grid, held, page.number))
    fragments.sort(key=lambda fragment: (fragment.grid.ys[0], fragment.grid.xs[0]))
    lines = [PageLine(line, page.number, n) for n, line in enumerate(read_lines(rest), 1)]
    undefined = sum(one.text.startswith("(cid:") for one in page.glyphs)
    return _Content(page.number, page.width, fragments, lines, page.unread, page.scan, len(page.glyphs), undefined)


def _refuse_without_unicode(contents: Iterable[_Content], name: str) -> None:
    undefined, glyphs = sum(one.undefined for one in contents), sum(one.glyphs for one in contents)
    if undefined > _MOST_UNDEFINED * glyphs:
        raise BadDocument(f"{name} 的字体没有附文字编码，读不出文字；请改用 docx、xlsx 原件，或先识别成文字再导入。")


def _blocks(contents: list[_Content], name: str) -> list[Block]:
    """Return everything in reading order; a table at the top of a page goes on where the page before ended in one."""
    out: list[Block] = []
    fixed = furniture([content.lines for content in contents])
    kept = {
        content.page: [one.line for one in content.lines if (one.page, one.number) not in fixed] for content in contents
    }
    edges = measure({page: ones for page, ones in kept.items() if ones}, {one.page: one.width for one in contents})
    lines: list[PageLine] = []
    table: list[Fragment] = []
    tables = 0

    def flush_lines() -> None:
        if lines:
            paragraphs = read_paragraphs(lines, edges)
            out.append(text_block(map(_paragraph, paragraphs), BlockKind.LINES))
            lines.clear()

    def flush_table() -> None:
        nonlocal tables
        if table:
            flush_lines()
            tables += 1
            out.append(table_of(table, tables))
            if sum(len(row) for block in out for row in block.rows) > MOST_CELLS:
                raise too_much(name, "表格行")
            table.clear()

    for content in contents:
        for piece in _in_order(content, fixed):
            if isinstance(piece, PageLine):
                flush_table()
                lines.append(piece)
            else:
                if table and not goes_on(table[-1], piece):
                    flush_table()
                table.append(piece)
    flush_table()
    flush_lines()
    return [*out, *_asides(contents, fixed, name)]


def _in_order(content: _Content, fixed: set[tuple[int, int]]) -> list[PageLine | Fragment]:
    pieces: list[tuple[float, PageLine | Fragment]] = [
        (one.line.top, one) for one in content.lines if (one.page, one.number) not in fixed
    ]
    pieces += [(fragment.grid.ys[0], fragment) for fragment in content.fragments]
    return [piece for _, piece in sorted(pieces, key=lambda pair: pair[0])]


def _paragraph(lines: list[PageLine]) -> Line:
    return Line(joined(lines), f"第{lines[0].page}页第{lines[0].number}行")


def _asides(contents: list[_Content], fixed: set[tuple[int, int]], name: str) -> list[Block]:
    """Return what was not read, and what a person has to look at."""
    out = BlockCollector(name)
    for content in contents:
        place = f"第{content.page}页"
        for text, why in content.unread:
            out.leave_unread(place, text, why)
            if why == ASKEW:
                out.remark(place, f"“{text[:20]}”的方向与正文不同，未读，请核对")
            elif why == CUT_OFF:
                out.remark(place, f"“{text[:20]}”印到了页边以外，未读，请核对")
        if content.scan:
            out.remark(place, content.scan)
        apart = sum(one.line.gap >= _APART for one in content.lines)
        if apart >= _MANY_APART and apart * 2 > len(content.lines):
            out.remark(place, f"有 {apart} 行中间留着大片空白，像是分栏排印或没有框线的表，请核对")
        for one in content.lines:
            if (one.page, one.number) in fixed:
                out.leave_unread(f"{place}第{one.number}行", one.line.text, "页眉页脚")
    return out.blocks()
