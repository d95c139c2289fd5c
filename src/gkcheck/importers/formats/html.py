"""Web pages (.html): paragraphs and tables with rowspan and colspan. Entities are HTML's own; nothing is fetched."""

from __future__ import annotations

import re
from typing import Any

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.blocks import DEEPEST, Block, BlockCollector, Format, TableCell, refuse_huge, too_deep
from gkcheck.importers.formats.html_display import HiddenParts, take_out_hidden
from gkcheck.importers.recognize.header_terms import is_header
from gkcheck.text.characters import ordinary
from gkcheck.text.encodings import decode

_LONGEST = 20_000_000
_TAGS = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|table|div|p|meta|span|tr|h[1-6])\b[^>]{0,2000}>", re.IGNORECASE
)
_HEAD = 1_000_000
"""The bytes at the beginning of a page that are searched for its encoding: scripts may stand before it."""
_MUCH = 200
"""More hidden characters than this may be a hidden table."""
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SKIPPED = frozenset({"script", "style", "head", "noscript", "template", "svg", "iframe", "object", "textarea"})
_INLINE = frozenset({"a", "abbr", "b", "bdo", "big", "cite", "code", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "o:p", "q", "rb", "rt", "ruby",
                     "s", "small", "span", "strong", "sub", "sup", "tt", "u", "var", "wbr", "st1:chsdate", "time"})  # fmt: skip


def detect(data: bytes) -> bool:
    """True if the bytes are a web page: its first kilobytes hold HTML tags."""
    head = data[:4096].replace(b"\0", b"")
    found = _TAGS.findall(head)
    return bool(found) and (head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"<" or len(found) >= 3)


def read(data: bytes, name: str) -> list[Block]:
    """Return the blocks of the page in order; a table that only lays out the page is looked into."""
    refuse_huge(data, name, _LONGEST)
    text = _page_text(data)
    if text is None:
        raise BadDocument(f"{name} 的编码认不出；请用浏览器打开后另存为 UTF-8 网页再导入。")
    if _deepest(text) > DEEPEST:
        raise too_deep(name)
    from lxml import etree
    from lxml import html as parser_of

    parser = parser_of.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = parser_of.document_fromstring(_plain(text).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    if any("depth" in str(entry.message).lower() or "huge" in str(entry.message).lower() for entry in parser.error_log):
        raise too_deep(name)
    reader = _Reader(BlockCollector(name))
    _account(take_out_hidden(root), reader.out)
    reader.walk(root)
    return reader.out.blocks()


FORMAT = Format("html", (".html", ".htm"), "网页", detect, read)


def _plain(text: str) -> str:
    """Return the text without a declared encoding and without characters that no page may hold."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


def _account(parts: HiddenParts, out: BlockCollector) -> None:
    for place, text in parts.hidden:
        out.leave_unread(place, text, "隐藏")
    if sum(len(text) for _, text in parts.hidden) > _MUCH:
        out.remark(parts.hidden[0][0], "网页里有大段不显示的内容没有读，见“未收录”，请核对其中有没有任务")
    for place, text in parts.struck:
        out.leave_unread(place, text, "删除线")
        out.remark(place, f"“{text[:20]}”有删除线，没有读入，请核对")


def _page_text(data: bytes) -> str | None:
    """Return the text of a page: UTF-8 where it is that, else the encoding it declares, else the one it looks like."""
    found = _CHARSET.search(data[:_HEAD])
    declared = found[1].decode("ascii", "replace").lower() if found else ""
    encodings = [
        "gb18030"
        if declared.startswith(("gb", "936", "x-gb"))
        else "big5hkscs"
        if declared.startswith("big5")
        else declared
    ]
    for encoding in ["utf-8-sig", *filter(None, encodings)]:
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return decode(data) or data.decode("utf-8", "replace")


def _deepest(text: str) -> int:
    depth = deepest = 0
    for found in re.finditer(r"<(/?)table\b", text, re.IGNORECASE):
        depth = max(0, depth - 1) if found[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


class _Reader:
    """Walks the page without recursion over inline elements; a line ends where a block begins or ends."""

    def __init__(self, out: BlockCollector) -> None:
        self.out = out
        self.line: list[str] = []

    def walk(self, element: Any, depth: int = 0) -> None:
        if depth > 240:
            raise too_deep(self.out.name)
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _SKIPPED:
            return
        if tag == "table":
            self._table(element, depth)
            return
        block = tag not in _INLINE
        if tag == "br":
            self.line.append("\n")
            return
        if block:
            self._end_line()
        if tag == "pre":
            self.out.add_paragraph("".join(element.itertext()))
            return
        self.line.append(_flow(element.text))
        for child in element:
            self.walk(child, depth + 1)
            self.line.append(_flow(child.tail))
        if block:
            self._end_line()

    def _end_line(self) -> None:
        text = tidy("".join(self.line))
        self.line = []
        if text:
            self.out.add_paragraph(text)

    def _table(self, element: Any, depth: int) -> None:
        self._end_line()
        rows = _rows(element)
        nested = any(cell.find(".//table") is not None for row in rows for cell in row)
        single = all(len(row) <= 1 for row in rows)
        if (nested or single) and not any(
            is_header([ordinary(tidy(_cell_text(cell))) for cell in row]) for row in rows[:6]
        ):
            for row in rows:
                for cell in row:
                    self._inside(cell, depth)
            return
        caption = element.find("caption")
        if caption is not None:
            self.out.add_paragraph(tidy("".join(caption.itertext())))
        data_rows: list[list[Any]] = []
        for row in rows:
            if len(row) == 1 and row[0].find(".//table") is not None:
                self._data(data_rows)
                data_rows = []
                self._inside(row[0], depth)
            else:
                data_rows.append(row)
        self._data(data_rows)

    def _inside(self, cell: Any, depth: int) -> None:
        """Collect the blocks of a cell that lays out the page, or that holds a table of its own."""
        self.line.append(_flow(cell.text))
        for child in cell:
            self.walk(child, depth + 1)
            self.line.append(_flow(child.tail))
        self._end_line()

    def _data(self, rows: list[list[Any]]) -> None:
        if not rows:
            return
        cells = [
            [
                TableCell(tidy(_cell_text(cell)), _extent(cell, "colspan", 100), _extent(cell, "rowspan", 5000))
                for cell in row
            ]
            for row in rows
        ]
        self.out.add_cells(cells)


def _rows(table: Any) -> list[list[Any]]:
    """Return the rows of a table itself, not of tables inside it."""
    out = []
    for child in table:
        if child.tag == "tr":
            out.append([cell for cell in child if cell.tag in ("td", "th")])
        elif child.tag in ("thead", "tbody", "tfoot"):
            out.extend([cell for cell in row if cell.tag in ("td", "th")] for row in child if row.tag == "tr")
    return out


def _extent(cell: Any, key: str, most: int) -> int:
    text = (cell.get(key) or "1").strip()
    return max(1, min(int(text), most)) if text.isascii() and text.isdecimal() and len(text) < 9 else 1


def _cell_text(cell: Any) -> str:
    """Return the text of a cell, its paragraphs and line breaks as lines."""
    from lxml import etree

    out: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        skipped = not tag or tag in _SKIPPED
        if event == "start":
            hidden += skipped
            if not hidden:
                out.append("\n" if tag not in _INLINE and element is not cell else "")
                out.append(_flow(element.text))
        else:
            hidden -= skipped
            if not hidden and element is not cell:
                out.append("\n" if tag not in _INLINE and tag != "br" and not skipped else "")
                out.append(_flow(element.tail))
    return "".join(out)


_WRAP = "\x1f"


def _flow(text: str | None) -> str:
    """Return a text node with the line breaks of the source marked; `tidy` decides on them."""
    return re.sub(r"[ \t]*[\r\n\f]+[ \t\r\n\f]*", _WRAP, text or "")


def tidy(text: str) -> str:
    """Return lines with blanks collapsed; a source line break is nothing beside a Chinese character, else a blank."""
    text = re.sub(rf"(?<=[⺀-鿿\u3000-〿＀-￯]){_WRAP}|{_WRAP}(?=[⺀-鿿\u3000-〿＀-￯])", "", text)
    lines = [
        re.sub(r"[ \t\v]+", " ", line.replace(_WRAP, " ")).replace("\xa0", " ").strip() for line in text.split("\n")
    ]
    return "\n".join(line for line in lines if line)
