"""Word documents (.docx) in the layout of GB/T 9704-2012.

Paragraphs go through python-docx; tables are written as XML text, since a matrix has a hundred thousand cells.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from gkcheck.exporters.charts import bar_cell, burn_up_table
from gkcheck.exporters.column_widths import broken, column_widths, paper_width
from gkcheck.exporters.docx_styles import (
    CELL,
    FINE,
    FINE_HEAD,
    HEAD_CELL,
    LISTING,
    SMALL,
    SMALL_HEAD,
    SPACE,
    STANDING,
    STYLES,
    TABLE,
    count_from_one,
    number_pages,
    parsed,
    prepare_styles,
    set_page,
    style_name,
    tell_origin,
    turn_page,
)
from gkcheck.exporters.registry import Advance, Exporter, idle
from gkcheck.exporters.shades import SHADES
from gkcheck.exporters.signature import Place, place_of
from gkcheck.table import (
    Block,
    Column,
    Document,
    PageBreak,
    Paragraph,
    ParagraphKind,
    Span,
    Table,
    mark_of,
    without_empty_columns,
)
from gkcheck.text.escapes import shown_directions, xml_text

if TYPE_CHECKING:
    from docx.document import Document as Word


def render_tables(tables: Sequence[Table]) -> bytes:
    """Return tables alone: lying pages, each table under its title."""
    blocks: list[Paragraph | Table | PageBreak] = [PageBreak(landscape=True)]
    for table in tables:
        blocks += [Paragraph(table.title, ParagraphKind.TITLE)] if table.title else []
        shown = without_empty_columns(table) if _is_tight(table) else table
        blocks.append(shown._replace(title=None))
    first = tables[0] if tables else Table(())
    broad = any(isinstance(block, Table) and len(block.columns) > _MOST_ON_A4 for block in blocks)
    return _rendered(Document(first.title or "", tuple(blocks), first.origin), idle, LISTING, broad)


_MOST_ON_A4 = 12
"""The columns of a ledger that a lying page of A4 holds."""


def render_document(document: Document, advance: Advance = idle) -> bytes:
    """Return a document with real headings, tables whose header rows are repeated, and page numbers — 1 —.

    `advance` is called for every row below the header of a table.
    """
    return _rendered(document, advance, STANDING)


def _rendered(document: Document, advance: Advance, margins: tuple[int, int, int, int], broad: bool = False) -> bytes:
    import docx

    word = docx.Document()
    prepare_styles(word)
    tell_origin(word, document.name, document.origin)
    blocks = document.blocks
    turned = blocks[0] if blocks and isinstance(blocks[0], PageBreak) else None
    set_page(word.sections[0], bool(turned and turned.landscape), margins, broad)
    number_pages(word)
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

            section = word.add_section(WD_SECTION.NEW_PAGE)
            turn_page(section, block.landscape)
            if block.restart:
                count_from_one(section)
        elif isinstance(block, Table):
            if block.title and not (isinstance(last, Paragraph) and last.kind is ParagraphKind.HEADING):
                _paragraph(word, Paragraph(block.title, ParagraphKind.SUBHEADING))
            elif isinstance(last, Table):
                word.add_paragraph(style=SMALL)
            if block.is_burn_up:
                _append(word, burn_up_table(block, room(word)))
            else:
                _table(word, block, advance)
            for note in block.notes:
                _paragraph(word, Paragraph(note, ParagraphKind.NOTE))
        elif place := place_of(blocks, i, room(word) / STYLES[block.kind].size / 20, sealed):
            _closing(word, block, place)
        else:
            _paragraph(word, block)
        last = block
    if isinstance(last, Table):
        word.add_paragraph(style=SMALL)


def _paragraph(word: Word, block: Paragraph) -> None:
    """Append a paragraph; text in several lines becomes several, so that each has its indent."""
    apart = block.kind in (ParagraphKind.BODY, ParagraphKind.NOTE)
    for text in block.text.split("\n") if apart else [block.text]:
        word.add_paragraph(style=style_name(word, block.kind))._p.append(parsed(_run(text)))


def _closing(word: Word, block: Paragraph, place: Place) -> None:
    """Append a name or a date at its place, on one page with what belongs to it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    look = STYLES[block.kind]
    paragraph = word.add_paragraph(style=style_name(word, block.kind))
    paragraph._p.append(parsed(_run(block.text)))
    form = paragraph.paragraph_format
    form.keep_with_next = block.kind is ParagraphKind.SIGNATURE
    form.space_before = Pt(place.above * look.line)
    form.left_indent = Pt(place.left * look.size)
    if place.centred:
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER


def room(word: Word) -> int:
    """Return the width of the text of the last section, in twentieths of a point."""
    section = word.sections[-1]
    return round(sum((section.page_width or 0, -(section.left_margin or 0), -(section.right_margin or 0))) / 635)


_DAY = re.compile(r"(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])", re.ASCII)


def _run(text: str) -> str:
    """Return a run: line breaks, tabs and the hyphens of a day amid text as elements, everything else as it is."""
    inner = escape(xml_text(shown_directions(text)).replace("\r\n", "\n"), quote=False)
    if len(text) > len("2019-12-31"):
        inner = _DAY.sub(lambda found: found[0].replace("-", f"</w:t><w:noBreakHyphen/>{_TEXT}"), inner)
    for sign, element in (("\n", "<w:br/>"), ("\r", "<w:cr/>"), ("\t", "<w:tab/>")):
        inner = inner.replace(sign, f"</w:t>{element}{_TEXT}")
    return f"<w:r>{_TEXT}{inner}</w:t></w:r>"


_TEXT = '<w:t xml:space="preserve">'
_DAY_AFTER_ADDRESS = re.compile(r"(?<=[!-~])（(?=\d{4}-\d\d-\d\d）)", re.ASCII)
"""The place before a bracketed day that would hang on an address: together they are broken anywhere."""


# -- tables ---------------------------------------------------------------------------------------------


def _table(word: Word, table: Table, advance: Advance) -> None:
    """Append a table as wide as the text, so that the tables of a document share their edges."""
    columns = table.columns
    scale = _scale(table)
    widths = _widths(table, room(word), scale)
    edges = (scale.above, scale.side, scale.above, scale.side)
    margins = zip(("top", "left", "bottom", "right"), edges, strict=True)
    xml = [
        f"<w:tbl {SPACE}><w:tblPr><w:tblStyle w:val='{TABLE}'/><w:tblW w:w='{sum(widths)}' w:type='dxa'/>"
        "<w:jc w:val='center'/><w:tblLayout w:type='fixed'/><w:tblCellMar>",
        *(f"<w:{edge} w:w='{wide}' w:type='dxa'/>" for edge, wide in margins),
        "</w:tblCellMar><w:tblLook w:val='0020' w:firstRow='1'/></w:tblPr><w:tblGrid>",
        *(f"<w:gridCol w:w='{wide}'/>" for wide in widths),
        "</w:tblGrid>",
        *_rows(table, columns, widths, scale, advance),
        "</w:tbl>",
    ]
    _append(word, "".join(xml))


def _append(word: Word, xml: str) -> None:
    from docx.oxml import parse_xml

    body = word.element.body
    body.insert(len(body) - 1, parse_xml(xml))


class _Scale(NamedTuple):
    """The type of a table: its styles, and in twentieths of a point a letter of half width and the edges of a cell."""

    style: str
    head_style: str
    letter: int
    side: int
    above: int

    @property
    def margin(self) -> int:
        """Both sides and the lines of a cell."""
        return 2 * self.side + 15


_USUAL = _Scale(CELL, HEAD_CELL, letter=105, side=85, above=40)
_TIGHT = _Scale(SMALL, SMALL_HEAD, letter=90, side=40, above=10)
_MATRIX = _TIGHT._replace(side=20)
_FINE = _Scale(FINE, FINE_HEAD, letter=75, side=40, above=10)


def _scale(table: Table) -> _Scale:
    if _is_matrix(table):
        return _MATRIX
    return _FINE if table.fine else _TIGHT if _is_tight(table) else _USUAL


def _widths(table: Table, room: int, scale: _Scale) -> list[int]:
    """Return widths in twentieths of a point, together `room`."""
    letters = column_widths(table, (room - scale.margin * len(table.columns)) // scale.letter)
    widths = [wide * scale.letter + scale.margin for wide in letters]
    return [*widths[:-1], room - sum(widths[:-1])]


_SHORT, _SPLIT = 10, 300
"""The characters of a cell that is made once; those of a text with which a row may go on over the page."""


def _rows(
    table: Table, columns: Sequence[Column], widths: Sequence[int], scale: _Scale, advance: Advance
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
                known = _cell(text, columns[c], sum(widths[c : c + covers]), head, scale, span, below, r in with_head)
                if span is None and len(text) < _SHORT and r not in with_head:
                    made[c, head, text] = known
            yield known
            c += span.columns if span else 1
        yield "</w:tr>"


def _cell(
    text: str, column: Column, wide: int, head: bool, scale: _Scale, span: Span | None, below: int, stays: bool
) -> str:
    """Return one cell; `below` counts the rows between it and the top of its span, `stays` keeps it with the next row."""
    merge = f"<w:vMerge w:val='{'continue' if below else 'restart'}'/>" if span and span.rows > 1 else ""
    over = f"<w:gridSpan w:val='{span.columns}'/>" if span and span.columns > 1 else ""
    style = scale.head_style if head else scale.style
    middle = "center" if head or (span and span.rows > 1) or scale.style != CELL else "top"
    align = "center" if head or column.kind in ("cell", "status", "light") else "right" if column.is_figure else "left"
    if column.kind == "rates" and not head and text:
        return bar_cell(text, wide, wide - scale.margin, style, stays)
    shown = _DAY_AFTER_ADDRESS.sub("\n（", text)
    if not column.wrap or column.kind == "status":
        held = (wide - scale.margin) // scale.letter
        shown = "\n".join(broken(line) if paper_width(line) > held else line for line in text.split("\n"))
    return (
        f"<w:tc><w:tcPr><w:tcW w:w='{wide}' w:type='dxa'/>{over}{merge}{'' if head else _shade(text, column)}"
        f"<w:vAlign w:val='{middle}'/></w:tcPr><w:p><w:pPr><w:pStyle w:val='{style}'/>"
        f"{'<w:keepNext/>' if stays else ''}<w:jc w:val='{align}'/></w:pPr>"
        f"{_run(shown) if text and not below else ''}</w:p></w:tc>"
    )


def _shade(text: str, column: Column) -> str:
    """Return the shade of the mark of a cell of the matrix, or of a light."""
    mark = mark_of(text) if column.kind in ("cell", "light") else None
    colour = SHADES.get(mark) if mark else None
    return f"<w:shd w:val='clear' w:color='auto' w:fill='{colour}'/>" if colour else ""


def _is_tight(table: Table) -> bool:
    """True if a table is set in small type: a matrix, or more columns than a page holds in the usual one."""
    return table.dense or len(table.columns) > _MOST_COLUMNS or _is_matrix(table)


def _is_matrix(table: Table) -> bool:
    return any(column.kind == "cell" for column in table.columns)


_MOST_COLUMNS = 10


DOCX = Exporter(".docx", "Word 文档", tables=render_tables, document=render_document, most_rows=2_000)
