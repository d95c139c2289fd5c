"""The page and the styles of Word documents, by GB/T 9704-2012. Fonts are named, never embedded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.exporters.shades import HEAD
from gkcheck.table import Origin, ParagraphKind
from gkcheck.text.escapes import xml_text

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
    ParagraphKind.TITLE: ParagraphStyle(TITLE_FONT, 22, line=33, align="center", after=4, level=1),
    ParagraphKind.NUMBER: ParagraphStyle(BODY_FONT, 16, align="center", after=6),
    ParagraphKind.ADDRESSEE: ParagraphStyle(BODY_FONT, 16, align="left"),
    ParagraphKind.HEADING: ParagraphStyle(BLACK_FONT, 16, indent=2, before=6, after=4, level=2),
    ParagraphKind.SUBHEADING: ParagraphStyle(SCRIPT_FONT, 16, indent=2, before=6, after=4, level=3),
    ParagraphKind.BODY: ParagraphStyle(BODY_FONT, 16, indent=2),
    ParagraphKind.NOTE: ParagraphStyle(BODY_FONT, 12, line=20, left=2, indent=-2),
    ParagraphKind.SIGNATURE: ParagraphStyle(BODY_FONT, 16, align="left"),
    ParagraphKind.DATE: ParagraphStyle(BODY_FONT, 16, align="left"),
}
"""GB/T 9704-2012, 7.3: title 22 pt, text 16 pt 仿宋 with lines of 28.8 pt, first-level headings 黑体, second-level 楷体."""

STANDING = (37, 26, 35, 28)
"""Margins of a standing page in millimetres: top, right, bottom, left (GB/T 9704-2012, 6.2)."""

LISTING = (20, 20, 22, 20)
"""The same where there is nothing but tables; of many columns these lie on A3."""

CELL, SMALL, FINE = "GkcheckCell", "GkcheckSmall", "GkcheckFine"
HEAD_CELL, SMALL_HEAD, FINE_HEAD = "GkcheckHead", "GkcheckSmallHead", "GkcheckFineHead"
TYPE: dict[str, tuple[str, float, float | None]] = {
    CELL: (BODY_FONT, 10.5, None),
    HEAD_CELL: (BLACK_FONT, 10.5, None),
    SMALL: (BODY_FONT, 9, 10.5),
    SMALL_HEAD: (BLACK_FONT, 9, 10.5),
    FINE: (BODY_FONT, 7.5, 9.2),
    FINE_HEAD: (BLACK_FONT, 7.5, 9.2),
}
"""The font, size and line of cells and of header cells: usual, in small type, and in the smallest, 六号.

Lines in small type are as high as given, so that pages hold the same whatever font stands in for one that is missing.
"""


def set_page(section: Section, landscape: bool, margins: tuple[int, int, int, int], broad: bool = False) -> None:
    """Make the pages of a section A4, or if `broad` A3, with the margins of a standing page, in millimetres clockwise."""
    from docx.shared import Mm

    section.page_width, section.page_height = (Mm(297), Mm(420)) if broad else (Mm(210), Mm(297))
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, margins)
    section.footer_distance = Mm(margins[2] - 11)
    turn_page(section, landscape)


def turn_page(section: Section, landscape: bool) -> None:
    """Lay or stand the pages of a section, their margins with them; the line of page numbers keeps to the text."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Length

    if landscape is (section.orientation is WD_ORIENT.LANDSCAPE):
        return
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width
    top, right, bottom, left = section.top_margin, section.right_margin, section.bottom_margin, section.left_margin
    below = (bottom or 0) - (section.footer_distance or 0)
    turned = (left, top, right, bottom) if landscape else (right, bottom, left, top)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = turned
    section.footer_distance = Length((section.bottom_margin or 0) - below)


def count_from_one(section: Section) -> None:
    """Begin the page numbers of a section anew."""
    from docx.oxml.ns import qn

    for count in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(count)
    margins = section._sectPr.find(qn("w:pgMar"))
    margins.addnext(parsed("<w:pgNumType w:start='1'></w:pgNumType>"))


def tell_origin(word: Word, name: str, origin: Origin | None) -> None:
    """Set title, author, language and day; the library's template carries those of its own."""
    from datetime import datetime, time

    told = word.core_properties
    told.title, told.language, told.comments = xml_text(name)[:255], "zh-CN", ""
    told.author = told.last_modified_by = xml_text(origin.author)[:255] if origin else ""
    if origin:
        told.created = told.modified = datetime.combine(origin.day, time())


def prepare_styles(word: Word) -> None:
    """Set fonts and spacing of the styles in use, without the colours and themes of the library's template."""
    _style(word.styles["Normal"], BODY_FONT, 16)
    for look in STYLES.values():
        if look.level:
            style = word.styles[f"Heading {look.level}"]
            _style(style, look.font, look.size)
            _spacing(style, look)
    add_styles(word, [kind for kind, look in STYLES.items() if not look.level])


def add_styles(word: Word, kinds: Iterable[ParagraphKind] = STYLES) -> None:
    """Add the styles of paragraphs of these kinds and of tables, as far as the document has none of their names."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    known = {style.name for style in word.styles}
    for kind in kinds:
        if (name := _own_name(kind)) not in known:
            style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            _style(style, STYLES[kind].font, STYLES[kind].size)
            _spacing(style, STYLES[kind])
    for name, (font, size, line) in TYPE.items():
        if name not in known:
            style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            _style(style, font, size)
            style.paragraph_format.line_spacing = Pt(line) if line else 1.0
    if TABLE not in known:
        lines = "".join(f"<w:{edge} w:val='single' w:sz='4' w:space='0' w:color='000000'/>" for edge in _EDGES)
        look = word.styles.add_style(TABLE, WD_STYLE_TYPE.TABLE).element
        look.append(parsed(f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr>"))
        shade = f"<w:tcPr><w:shd w:val='clear' w:color='auto' w:fill='{HEAD}'/></w:tcPr>"
        look.append(parsed(f"<w:tblStylePr w:type='firstRow'>{shade}</w:tblStylePr>"))


def style_name(word: Word, kind: ParagraphKind) -> str:
    """Return the name of the style for a kind of paragraph: a heading of the library, unless there is one of our own."""
    level, name = STYLES[kind].level, _own_name(kind)
    return f"Heading {level}" if level and name not in word.styles else name


def _own_name(kind: ParagraphKind) -> str:
    return f"Gkcheck {kind.value}"


TABLE = "GkcheckTable"
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
    for apart in ("DE", "DN"):  # no gaps between Chinese and Latin letters or digits: a line holds what is counted
        style.element.pPr.find(qn("w:spacing")).addprevious(
            parsed(f"<w:autoSpace{apart} w:val='0'></w:autoSpace{apart}>")
        )


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


def number_pages(word: Word) -> None:
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
        paragraph._p.append(parsed(f"<w:r>{_PAGE_FONT}<w:t xml:space='preserve'>— </w:t></w:r>"))
        for part in ("begin", "PAGE", "separate", "1", "end"):
            inner = {"PAGE": "<w:instrText xml:space='preserve'> PAGE </w:instrText>", "1": "<w:t>1</w:t>"}
            xml = inner.get(part, f"<w:fldChar w:fldCharType='{part}'/>")
            paragraph._p.append(parsed(f"<w:r>{_PAGE_FONT}{xml}</w:r>"))
        paragraph._p.append(parsed(f"<w:r>{_PAGE_FONT}<w:t xml:space='preserve'> —</w:t></w:r>"))


_PAGE_FONT = (
    "<w:rPr><w:rFonts w:ascii='宋体' w:hAnsi='宋体' w:eastAsia='宋体'/><w:sz w:val='28'/><w:szCs w:val='28'/></w:rPr>"
)
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def parsed(xml: str) -> Any:
    """Return an element from XML text whose root is not empty and has no namespace declaration."""
    from docx.oxml import parse_xml

    return parse_xml(xml.replace(">", f" {SPACE}>", 1))
