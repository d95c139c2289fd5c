"""Word documents (.docx) in the layout of GB/T 9704-2012. Fonts are named, never embedded.

Paragraphs go through python-docx; tables are written as XML text, since a matrix has a hundred thousand cells.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.exporters.registry import Advance, Exporter, idle
from gkcheck.exporters.signature import Place, place_of
from gkcheck.table import (
    Block,
    Column,
    Document,
    Mark,
    PageBreak,
    Paragraph,
    ParagraphKind,
    Span,
    Table,
    mark_of,
    without_charts,
    without_empty_columns,
)
from gkcheck.text.escapes import xml_text
from gkcheck.text.width import width

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.section import Section

TITLE_FONT, BODY_FONT, BLACK_FONT, SCRIPT_FONT = "方正小标宋简体", "仿宋", "黑体", "楷体"


class ParagraphStyle(NamedTuple):
    """The setting of a kind of paragraph: font, size and line in points, alignment, indents of the first line and of
    all lines in characters, points before and after, level of a heading."""

    font: str
    size: float
    line: float = 28.8
    align: str = "justify"
    indent: int = 0
    left: int = 0
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
    ParagraphKind.NOTE: ParagraphStyle(BODY_FONT, 12, line=20, left=2, indent=-2),
    ParagraphKind.SIGNATURE: ParagraphStyle(BODY_FONT, 16, align="left"),
    ParagraphKind.DATE: ParagraphStyle(BODY_FONT, 16, align="left"),
}
"""GB/T 9704-2012, 7.3: title 22 pt, text 16 pt 仿宋 with lines of 28.8 pt, first-level headings 黑体, second-level 楷体."""

_STANDING = (37, 26, 35, 28)
"""Margins of a standing page in millimetres: top, right, bottom, left (GB/T 9704-2012, 6.2)."""

_CELL = "GkcheckCell"
_HEAD = "GkcheckHead"
_SMALL = "GkcheckSmall"


def render_tables(tables: Sequence[Table]) -> bytes:
    """Return tables alone: lying pages, each table under its title."""
    blocks: list[Paragraph | Table | PageBreak] = [PageBreak(landscape=True)]
    for table in tables:
        blocks += [Paragraph(table.title, ParagraphKind.TITLE)] if table.title else []
        shown = without_empty_columns(table) if _is_tight(table.columns) else table
        blocks.append(shown._replace(title=None))
    return render_document(Document((tables[0].title if tables else "") or "", tuple(blocks)))


def render_document(document: Document, advance: Advance = idle) -> bytes:
    """Return a document with real headings, tables whose header rows are repeated, and page numbers — 1 —.

    `advance` is called for every row below the header of a table.
    """
    import docx

    word = docx.Document()
    _prepare(word, document.name)
    blocks = document.blocks
    turned = blocks[0] if blocks and isinstance(blocks[0], PageBreak) else None
    _page(word.sections[0], landscape=bool(turned and turned.landscape))
    _number_pages(word)
    write_blocks(word, blocks[bool(turned) :], document.sealed, advance)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def write_blocks(word: Word, blocks: Sequence[Block], sealed: bool, advance: Advance) -> None:
    """Append blocks to a document that has the styles of `prepare_styles`."""
    last: object = None
    for i, block in enumerate(blocks):
        if isinstance(block, PageBreak):
            from docx.enum.section import WD_SECTION

            _page(word.add_section(WD_SECTION.NEW_PAGE), block.landscape)
        elif isinstance(block, Table):
            if block.title and not (isinstance(last, Paragraph) and last.kind is ParagraphKind.HEADING):
                _paragraph(word, Paragraph(block.title, ParagraphKind.SUBHEADING))
            elif isinstance(last, Table):
                word.add_paragraph(style=_SMALL)
            _table(word, without_charts(block), advance)
            for note in block.notes:
                _paragraph(word, Paragraph(note, ParagraphKind.NOTE))
        elif place := place_of(blocks, i, room(word) / STYLES[block.kind].size / 20, sealed):
            _closing(word, block, place)
        else:
            _paragraph(word, block)
        last = block
    if isinstance(last, Table):
        word.add_paragraph(style=_SMALL)


# -- page and styles ------------------------------------------------------------------------------------


def _page(section: Section, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    top, right, bottom, left = _STANDING
    if landscape:
        top, right, bottom, left = left, top, right, bottom
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    else:
        section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    section.top_margin, section.right_margin = Mm(top), Mm(right)
    section.bottom_margin, section.left_margin = Mm(bottom), Mm(left)
    section.footer_distance = Mm(bottom - 11)


def _prepare(word: Word, name: str) -> None:
    """Set fonts and spacing of the styles in use, without the colours and themes of the library's template."""
    from docx.enum.style import WD_STYLE_TYPE

    word.core_properties.title = xml_text(name)[:255]
    word.core_properties.author = word.core_properties.comments = ""
    word.core_properties.language = "zh-CN"
    _style(word.styles["Normal"], BODY_FONT, 16)
    for kind, look in STYLES.items():
        style = word.styles[f"Heading {look.level}"] if look.level else None
        if style is None:
            style = word.styles.add_style(f"Gkcheck {kind.value}", WD_STYLE_TYPE.PARAGRAPH)
        _style(style, look.font, look.size)
        _spacing(style, look)
    for name, font, size in ((_CELL, BODY_FONT, 12), (_HEAD, BLACK_FONT, 12), (_SMALL, BODY_FONT, 9)):
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _style(style, font, size)


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
    form.left_indent = Pt(look.size * look.left)
    indent = style.element.pPr.ind
    indent.set(qn("w:firstLineChars" if look.indent >= 0 else "w:hangingChars"), str(100 * abs(look.indent)))
    indent.set(qn("w:leftChars"), str(100 * look.left))


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


def style_name(kind: ParagraphKind) -> str:
    """Return the name of the style that a kind of paragraph is set in."""
    level = STYLES[kind].level
    return f"Heading {level}" if level else f"Gkcheck {kind.value}"


def _paragraph(word: Word, block: Paragraph) -> None:
    """Append a paragraph; text in several lines becomes several, so that each has its indent."""
    apart = block.kind in (ParagraphKind.BODY, ParagraphKind.NOTE)
    for text in block.text.split("\n") if apart else [block.text]:
        word.add_paragraph(style=style_name(block.kind))._p.append(_parsed(_run(text)))


def _closing(word: Word, block: Paragraph, place: Place) -> None:
    """Append a name or a date at its place, on one page with what belongs to it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for text in [""] * place.above + [block.text]:
        paragraph = word.add_paragraph(style=style_name(block.kind))
        if text:
            paragraph._p.append(_parsed(_run(text)))
        form = paragraph.paragraph_format
        form.keep_with_next = block.kind is ParagraphKind.SIGNATURE or not text
        form.left_indent = Pt(place.left * STYLES[block.kind].size)
        if place.centred:
            form.alignment = WD_ALIGN_PARAGRAPH.CENTER


def room(word: Word) -> int:
    """Return the width of the text of the last section, in twentieths of a point."""
    section = word.sections[-1]
    return round(sum((section.page_width or 0, -(section.left_margin or 0), -(section.right_margin or 0))) / 635)


def _run(text: str) -> str:
    """Return a run: line breaks and tabs as elements, everything else as it is."""
    inner = escape(xml_text(text).replace("\r\n", "\n"), quote=False)
    for sign, element in (("\n", "<w:br/>"), ("\r", "<w:cr/>"), ("\t", "<w:tab/>")):
        inner = inner.replace(sign, f'</w:t>{element}<w:t xml:space="preserve">')
    return f'<w:r><w:t xml:space="preserve">{inner}</w:t></w:r>'


# -- tables ---------------------------------------------------------------------------------------------


def _table(word: Word, table: Table, advance: Advance) -> None:
    columns = table.columns
    tight = _is_tight(columns)
    widths = column_widths(table, columns, room(word))
    xml = [
        f"<w:tbl {_SPACE}><w:tblPr><w:tblW w:w='{sum(widths)}' w:type='dxa'/><w:jc w:val='center'/><w:tblBorders>",
        *(f"<w:{side} w:val='single' w:sz='4' w:space='0' w:color='000000'/>" for side in _SIDES),
        f"</w:tblBorders><w:tblLayout w:type='fixed'/><w:tblCellMar><w:left w:w='{20 if tight else 85}' w:type='dxa'/>"
        f"<w:right w:w='{20 if tight else 85}' w:type='dxa'/></w:tblCellMar></w:tblPr><w:tblGrid>",
        *(f"<w:gridCol w:w='{wide}'/>" for wide in widths),
        "</w:tblGrid>",
        *_rows(table, columns, widths, tight, advance),
        "</w:tbl>",
    ]
    from docx.oxml import parse_xml

    body = word.element.body
    body.insert(len(body) - 1, parse_xml("".join(xml)))


_SPLIT = 300
"""A row with a text of this many characters may go on over the page; others are kept whole."""

_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def _rows(
    table: Table, columns: Sequence[Column], widths: Sequence[int], tight: bool, advance: Advance
) -> Iterator[str]:
    """Yield the rows as XML. Short cells outside merges repeat by the thousand and are made once."""
    across = {(span.row + i, span.column): (span, i) for span in table.spans for i in range(span.rows)}
    made: dict[tuple[int, bool, str], str] = {}
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
                known = _cell(text, columns[c], sum(widths[c : c + covers]), head, tight, span, below)
                if span is None and len(text) < _SHORT:
                    made[c, head, text] = known
            yield known
            c += span.columns if span else 1
        yield "</w:tr>"


_SHORT = 10


def _cell(text: str, column: Column, wide: int, head: bool, tight: bool, span: Span | None, below: int) -> str:
    """Return one cell; `below` counts the rows between it and the top of its span."""
    merge = f"<w:vMerge w:val='{'continue' if below else 'restart'}'/>" if span and span.rows > 1 else ""
    over = f"<w:gridSpan w:val='{span.columns}'/>" if span and span.columns > 1 else ""
    shade = "" if head else _shade(text, column)
    style = _SMALL if tight else _HEAD if head else _CELL
    middle = "center" if head or (span and span.rows > 1) or tight else "top"
    align = "center" if head or column.kind in ("cell", "status") else _ALIGN.get(column.kind, "left")
    return (
        f"<w:tc><w:tcPr><w:tcW w:w='{wide}' w:type='dxa'/>{over}{merge}{shade}<w:vAlign w:val='{middle}'/>"
        f"</w:tcPr><w:p><w:pPr><w:pStyle w:val='{style}'/><w:jc w:val='{align}'/></w:pPr>"
        f"{_run(text) if text and not below else ''}</w:p></w:tc>"
    )


_ALIGN = {"number": "right"}
_SHADES = {
    Mark.OVERDUE: "F4B9A7",
    Mark.RETURNED: "E3C6E8",
    Mark.BLOCKED: "FFE0A3",
    Mark.DOING: "CFE6F7",
    Mark.DONE: "BFE8D8",
    Mark.CONFIRMED: "7FCDB0",
}
"""Colours only repeat the letter of a cell of the matrix."""


def _shade(text: str, column: Column) -> str:
    mark = mark_of(text) if column.kind == "cell" else None
    colour = _SHADES.get(mark) if mark else None
    return f"<w:shd w:val='clear' w:color='auto' w:fill='{colour}'/>" if colour else ""


def _is_tight(columns: Sequence[Column]) -> bool:
    """True if a table is set in small type: a matrix, or more columns than a page holds in the usual one."""
    return len(columns) > _MOST_COLUMNS or any(column.kind == "cell" for column in columns)


_MOST_COLUMNS = 10
_LEAST = 10
"""The half-width letters that a wrapped column is given before the rest is shared."""


def column_widths(table: Table, columns: Sequence[Column], room: int) -> list[int]:
    """Return widths in twentieths of a point, together at most `room`.

    Short columns are whole; wrapped ones get a readable least, and share the rest by what they hold.
    """
    letter, margin = (90, 100) if _is_tight(columns) else (130, 240)
    held = [[width(row[c] or "") if c < len(row) else 0 for row in table.rows] for c in range(len(columns))]
    most = [max(cells, default=0) or 2 for cells in held]
    wrapped = [c for c, column in enumerate(columns) if column.wrap]
    widths = [(min(most[c], _LEAST) if c in wrapped else most[c]) * letter + margin for c in range(len(columns))]
    left = room - sum(widths)
    if left < 0:
        return [int(wide * room / sum(widths)) for wide in widths]
    shares = {c: sum(held[c]) / len(table.rows) for c in wrapped if most[c] > _LEAST}
    for c in sorted(shares, key=lambda c: most[c]):
        taken = min(int(left * shares[c] / sum(shares.values())), (most[c] - _LEAST) * letter)
        widths[c] += taken
        left -= taken
        del shares[c]
    if wrapped:
        widths[max(wrapped, key=lambda c: most[c])] += left
    return widths


DOCX = Exporter(".docx", "Word 文档", tables=render_tables, document=render_document)
