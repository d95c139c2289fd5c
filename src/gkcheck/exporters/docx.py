"""Word documents (.docx) in the layout of GB/T 9704-2012. Fonts are named, never embedded.

Paragraphs go through python-docx; tables are written as XML text, since a matrix has a hundred thousand cells.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.exporters.column_widths import broken, column_widths, paper_width
from gkcheck.exporters.registry import Advance, Exporter, idle
from gkcheck.exporters.shades import HEAD, SHADES
from gkcheck.table import (
    Column,
    Document,
    Origin,
    PageBreak,
    Paragraph,
    ParagraphKind,
    Span,
    Table,
    mark_of,
    without_charts,
    without_empty_columns,
)
from gkcheck.text.escapes import shown_directions, xml_text

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.section import Section

TITLE_FONT, BODY_FONT, BLACK_FONT, SCRIPT_FONT = "方正小标宋简体", "仿宋", "黑体", "楷体"


class ParagraphStyle(NamedTuple):
    """The setting of a kind of paragraph: font, size and line in points, alignment, first-line and right indent
    in characters, points before and after, level of a heading."""

    font: str
    size: float
    line: float = 28.8
    align: str = "justify"
    indent: int = 0
    right: int = 0
    before: float = 0
    after: float = 0
    level: int = 0


STYLES = {
    ParagraphKind.TITLE: ParagraphStyle(TITLE_FONT, 22, line=35, align="center", after=8, level=1),
    ParagraphKind.NUMBER: ParagraphStyle(BODY_FONT, 16, align="center", after=20),
    ParagraphKind.ADDRESSEE: ParagraphStyle(BODY_FONT, 16, align="left"),
    ParagraphKind.HEADING: ParagraphStyle(BLACK_FONT, 16, indent=2, before=6, after=4, level=2),
    ParagraphKind.SUBHEADING: ParagraphStyle(SCRIPT_FONT, 16, indent=2, before=6, after=4, level=3),
    ParagraphKind.BODY: ParagraphStyle(BODY_FONT, 16, indent=2),
    ParagraphKind.NOTE: ParagraphStyle(BODY_FONT, 12, line=20),
    ParagraphKind.SIGNATURE: ParagraphStyle(BODY_FONT, 16, align="right", right=2),
    ParagraphKind.DATE: ParagraphStyle(BODY_FONT, 16, align="right", right=4, after=8),
}
"""GB/T 9704-2012, 7.3: title 22 pt, text 16 pt 仿宋 with lines of 28.8 pt, first-level headings 黑体, second-level 楷体."""

_STANDING = (37, 26, 35, 28)
"""Margins of a standing page in millimetres: top, right, bottom, left (GB/T 9704-2012, 6.2)."""

_LISTING = (20, 20, 22, 20)
"""The same where there is nothing but tables; of many columns these lie on A3."""

_CELL, _HEAD, _SMALL, _SMALL_HEAD = "GkcheckCell", "GkcheckHead", "GkcheckSmall", "GkcheckSmallHead"
_TYPE = {_CELL: (BODY_FONT, 10.5), _HEAD: (BLACK_FONT, 10.5), _SMALL: (BODY_FONT, 9), _SMALL_HEAD: (BLACK_FONT, 9)}
"""The font and size of cells, of header cells, and of both in a matrix or a table of many columns."""


def render_tables(tables: Sequence[Table]) -> bytes:
    """Return tables alone: lying pages, each table under its title."""
    blocks: list[Paragraph | Table | PageBreak] = [PageBreak(landscape=True)]
    for table in tables:
        blocks += [Paragraph(table.title, ParagraphKind.TITLE)] if table.title else []
        shown = without_empty_columns(table) if _is_tight(table.columns) else table
        blocks.append(shown._replace(title=None))
    first = tables[0] if tables else Table(())
    broad = any(isinstance(block, Table) and len(block.columns) > _MOST_ON_A4 for block in blocks)
    return _rendered(Document(first.title or "", tuple(blocks), first.origin), idle, _LISTING, broad)


_MOST_ON_A4 = 12
"""The columns of a ledger that a lying page of A4 holds."""


def render_document(document: Document, advance: Advance = idle) -> bytes:
    """Return a document with real headings, tables whose header rows are repeated, and page numbers — 1 —.

    `advance` is called for every row below the header of a table.
    """
    return _rendered(document, advance, _STANDING)


def _rendered(document: Document, advance: Advance, margins: tuple[int, int, int, int], broad: bool = False) -> bytes:
    import docx

    word = docx.Document()
    _prepare(word)
    _tell_origin(word, document.name, document.origin)
    blocks = document.blocks
    turned = blocks[0] if blocks and isinstance(blocks[0], PageBreak) else None
    _page(word.sections[0], bool(turned and turned.landscape), margins, broad)
    _number_pages(word)
    last: object = None
    for block in blocks[bool(turned) :]:
        if isinstance(block, PageBreak):
            from docx.enum.section import WD_SECTION

            _page(word.add_section(WD_SECTION.NEW_PAGE), block.landscape, margins)
        elif isinstance(block, Table):
            if block.title and not (isinstance(last, Paragraph) and last.kind is ParagraphKind.HEADING):
                _paragraph(word, Paragraph(block.title, ParagraphKind.SUBHEADING))
            elif isinstance(last, Table):
                word.add_paragraph(style=_SMALL)
            _table(word, without_charts(block), advance)
            for note in block.notes:
                _paragraph(word, Paragraph(note, ParagraphKind.NOTE))
        else:
            _paragraph(word, block)
        last = block
    if isinstance(last, Table):
        word.add_paragraph(style=_SMALL)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


# -- page and styles ------------------------------------------------------------------------------------


def _page(section: Section, landscape: bool, margins: tuple[int, int, int, int], broad: bool = False) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    top, right, bottom, left = margins
    if landscape:
        top, right, bottom, left = left, top, right, bottom
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = (Mm(420), Mm(297)) if broad else (Mm(297), Mm(210))
    else:
        section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.top_margin, section.right_margin = Mm(top), Mm(right)
    section.bottom_margin, section.left_margin = Mm(bottom), Mm(left)
    section.footer_distance = Mm(bottom - 11)


def _tell_origin(word: Word, name: str, origin: Origin | None) -> None:
    """Set title, author, language and day; the library's template carries those of its own."""
    from datetime import datetime, time

    told = word.core_properties
    told.title, told.language, told.comments = xml_text(name)[:255], "zh-CN", ""
    told.author = told.last_modified_by = xml_text(origin.author)[:255] if origin else ""
    if origin:
        told.created = told.modified = datetime.combine(origin.day, time())


def _prepare(word: Word) -> None:
    """Set fonts and spacing of the styles in use, without the colours and themes of the library's template."""
    from docx.enum.style import WD_STYLE_TYPE

    _style(word.styles["Normal"], BODY_FONT, 16)
    for kind, look in STYLES.items():
        style = word.styles[f"Heading {look.level}"] if look.level else None
        if style is None:
            style = word.styles.add_style(f"Gkcheck {kind.value}", WD_STYLE_TYPE.PARAGRAPH)
        _style(style, look.font, look.size)
        _spacing(style, look)
    for name, (font, size) in _TYPE.items():
        _style(word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH), font, size)
    lines = "".join(f"<w:{edge} w:val='single' w:sz='4' w:space='0' w:color='000000'/>" for edge in _EDGES)
    look = word.styles.add_style(_TABLE, WD_STYLE_TYPE.TABLE).element
    look.append(_parsed(f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr>"))
    shade = f"<w:tcPr><w:shd w:val='clear' w:color='auto' w:fill='{HEAD}'/></w:tcPr>"
    look.append(_parsed(f"<w:tblStylePr w:type='firstRow'>{shade}</w:tblStylePr>"))


_TABLE = "GkcheckTable"
"""The style of tables: their lines, and the shade of header rows."""

_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


def _style(style: Any, font: str, size: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.size, style.font.bold, style.font.italic = Pt(size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), "Times New Roman")
    fonts.set(qn("w:eastAsia"), font)
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = 1.0


def _spacing(style: Any, look: ParagraphStyle) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Pt

    form = style.paragraph_format
    form.alignment = getattr(WD_ALIGN_PARAGRAPH, look.align.upper())
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.line)
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.first_line_indent = Pt(look.size * look.indent)
    form.right_indent = Pt(look.size * look.right)
    indent = style.element.pPr.ind
    indent.set(qn("w:firstLineChars"), str(100 * look.indent))
    indent.set(qn("w:rightChars"), str(100 * look.right))


def _number_pages(word: Word) -> None:
    """Put — 1 — in 14 pt 宋体 at the outside: right on odd pages, left on even ones, one character in (7.5)."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        paragraph._p.append(_parsed(f"<w:r>{_PAGE_FONT}<w:t xml:space='preserve'>— </w:t></w:r>"))
        for part in ("begin", "PAGE", "separate", "1", "end"):
            inner = {"PAGE": "<w:instrText xml:space='preserve'> PAGE </w:instrText>", "1": "<w:t>1</w:t>"}
            xml = inner.get(part, f"<w:fldChar w:fldCharType='{part}'/>")
            paragraph._p.append(_parsed(f"<w:r>{_PAGE_FONT}{xml}</w:r>"))
        paragraph._p.append(_parsed(f"<w:r>{_PAGE_FONT}<w:t xml:space='preserve'> —</w:t></w:r>"))


_PAGE_FONT = (
    "<w:rPr><w:rFonts w:ascii='宋体' w:hAnsi='宋体' w:eastAsia='宋体'/><w:sz w:val='28'/><w:szCs w:val='28'/></w:rPr>"
)
_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _parsed(xml: str) -> Any:
    """Return an element from XML text whose root is not empty and has no namespace declaration."""
    from docx.oxml import parse_xml

    return parse_xml(xml.replace(">", f" {_SPACE}>", 1))


def _paragraph(word: Word, block: Paragraph) -> None:
    look = STYLES[block.kind]
    name = f"Heading {look.level}" if look.level else f"Gkcheck {block.kind.value}"
    word.add_paragraph(style=name)._p.append(_parsed(_run(block.text)))


_DAY = re.compile(r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])", re.ASCII)


def _run(text: str) -> str:
    """Return a run: line breaks, tabs and the hyphens of a date amid text as elements, everything else as it is."""
    inner = escape(xml_text(shown_directions(text)).replace("\r\n", "\n"), quote=False)
    if len(text) > len("2019-12-31"):
        inner = _DAY.sub(r"\1\f\2\f\3", inner).replace("\f", f"</w:t><w:noBreakHyphen/>{_TEXT}")
    for sign, element in (("\n", "<w:br/>"), ("\r", "<w:cr/>"), ("\t", "<w:tab/>")):
        inner = inner.replace(sign, f"</w:t>{element}{_TEXT}")
    return f"<w:r>{_TEXT}{inner}</w:t></w:r>"


_TEXT = '<w:t xml:space="preserve">'


# -- tables ---------------------------------------------------------------------------------------------


def _table(word: Word, table: Table, advance: Advance) -> None:
    """Append a table as wide as the text, so that the tables of a document share their edges."""
    section = word.sections[-1]
    room = round(sum((section.page_width or 0, -(section.left_margin or 0), -(section.right_margin or 0))) / 635)
    columns = table.columns
    tight = _is_tight(columns)
    widths = _widths(table, room, tight)
    side, above = (_TIGHT.side, 30) if tight else (_USUAL.side, 40)
    margins = zip(("top", "left", "bottom", "right"), (above, side, above, side), strict=True)
    xml = [
        f"<w:tbl {_SPACE}><w:tblPr><w:tblStyle w:val='{_TABLE}'/><w:tblW w:w='{sum(widths)}' w:type='dxa'/>"
        "<w:jc w:val='center'/><w:tblLayout w:type='fixed'/><w:tblCellMar>",
        *(f"<w:{edge} w:w='{wide}' w:type='dxa'/>" for edge, wide in margins),
        "</w:tblCellMar><w:tblLook w:val='0020' w:firstRow='1'/></w:tblPr><w:tblGrid>",
        *(f"<w:gridCol w:w='{wide}'/>" for wide in widths),
        "</w:tblGrid>",
        *_rows(table, columns, widths, tight, advance),
        "</w:tbl>",
    ]
    from docx.oxml import parse_xml

    body = word.element.body
    body.insert(len(body) - 1, parse_xml("".join(xml)))


class _Scale(NamedTuple):
    """The twentieths of a point of a letter of half width, and between the edge of a cell and its text."""

    letter: int
    side: int

    @property
    def margin(self) -> int:
        """Both sides and the lines of a cell."""
        return 2 * self.side + 15


_USUAL, _TIGHT = _Scale(105, 85), _Scale(90, 40)


def _widths(table: Table, room: int, tight: bool) -> list[int]:
    """Return widths in twentieths of a point, together `room`."""
    scale = _TIGHT if tight else _USUAL
    letters = column_widths(table, (room - scale.margin * len(table.columns)) // scale.letter)
    widths = [wide * scale.letter + scale.margin for wide in letters]
    return [*widths[:-1], room - sum(widths[:-1])]


_SHORT, _SPLIT = 10, 300
"""The characters of a cell that is made once; those of a text with which a row may go on over the page."""


def _rows(
    table: Table, columns: Sequence[Column], widths: Sequence[int], tight: bool, advance: Advance
) -> Iterator[str]:
    """Yield the rows as XML. Short cells outside merges repeat by the thousand and are made once."""
    across = {(span.row + i, span.column): (span, i) for span in table.spans for i in range(span.rows)}
    made: dict[tuple[int, bool, str], str] = {}
    with_head = range(table.header)
    for r, row in enumerate(table.rows):
        head = r < table.header
        if not head:
            advance()
        whole = "<w:cantSplit/>" if head or all(len(text or "") < _SPLIT for text in row) else ""
        yield f"<w:tr><w:trPr>{whole}{'<w:tblHeader/>' if head else ''}</w:trPr>"
        c = 0
        while c < len(columns):
            text = row[c] or "" if c < len(row) else ""
            span, below = across.get((r, c), (None, 0))
            known = made.get((c, head, text)) if span is None else None
            if known is None:
                covers = span.columns if span else 1
                known = _cell(text, columns[c], sum(widths[c : c + covers]), head, tight, span, below, r in with_head)
                if span is None and len(text) < _SHORT and r not in with_head:
                    made[c, head, text] = known
            yield known
            c += span.columns if span else 1
        yield "</w:tr>"


def _cell(
    text: str, column: Column, wide: int, head: bool, tight: bool, span: Span | None, below: int, stays: bool
) -> str:
    """Return one cell; `below` counts the rows between it and the top of its span, `stays` keeps it with the next row."""
    merge = f"<w:vMerge w:val='{'continue' if below else 'restart'}'/>" if span and span.rows > 1 else ""
    over = f"<w:gridSpan w:val='{span.columns}'/>" if span and span.columns > 1 else ""
    style = (_SMALL_HEAD if head else _SMALL) if tight else _HEAD if head else _CELL
    middle = "center" if head or (span and span.rows > 1) or tight else "top"
    align = "center" if head or column.kind in ("cell", "status") else "right" if column.is_figure else "left"
    scale = _TIGHT if tight else _USUAL
    if not column.wrap and paper_width(text) * scale.letter > wide - scale.margin:
        text = broken(text)
    return (
        f"<w:tc><w:tcPr><w:tcW w:w='{wide}' w:type='dxa'/>{over}{merge}{'' if head else _shade(text, column)}"
        f"<w:vAlign w:val='{middle}'/></w:tcPr><w:p><w:pPr><w:pStyle w:val='{style}'/>"
        f"{'<w:keepNext/>' if stays else ''}<w:jc w:val='{align}'/></w:pPr>"
        f"{_run(text) if text and not below else ''}</w:p></w:tc>"
    )


def _shade(text: str, column: Column) -> str:
    """Return the shade of the mark of a cell of the matrix."""
    mark = mark_of(text) if column.kind == "cell" else None
    colour = SHADES.get(mark) if mark else None
    return f"<w:shd w:val='clear' w:color='auto' w:fill='{colour}'/>" if colour else ""


def _is_tight(columns: Sequence[Column]) -> bool:
    """True if a table is set in small type: a matrix, or more columns than a page holds in the usual one."""
    return len(columns) > _MOST_COLUMNS or any(column.kind == "cell" for column in columns)


_MOST_COLUMNS = 10


DOCX = Exporter(".docx", "Word 文档", tables=render_tables, document=render_document, most_rows=2_000)
