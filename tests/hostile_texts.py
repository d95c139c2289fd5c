"""Thirty texts that break what is not careful, and how each format is read back."""

from __future__ import annotations

import csv
import html
import html.parser
import io
import re
from pathlib import Path
from typing import Any

VALUES = [
    "=1+1",
    '=HYPERLINK("http://example.invalid","点我")',
    "=cmd|' /C calc'!A0",
    "+86 0750",
    "-1-1",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠甲",
    "'=1+1",
    "''",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table><!-- ]]> -->",
    "&lt;b&gt; &amp; &#13; &nbsp;",
    "{{ 7*7 }} {% raw %} ${7*7}",
    "[red]红[/red] **粗** `码` ~~删~~ | 竖线 \\| _x_ # 井",
    "\x1b[31m红\x1b[0m\x1b]0;title\x07",
    "\u202e右到左\u202c \u2067אבג\u2069 مرحبا",
    "零宽\u200b\u200d\ufeff字",
    "第一行\n第二行\n\n第四行",
    "制表\t符，引号\"单'，逗号,分号;",
    "_x000D_ _x0041_ _x005F_x001B_ _x",
    "007",
    "2019-10-26",
    "#N/A",
    "😀𠮷𠀀é",
    "很长" * 9_000,
    "  前后有空格  ",
    "a\x00b\x01c\x1f",
    "TRUE",
]
"""The thirty and a few more; the empty text is every cell that nobody filled."""


def csv_rows(data: bytes, sign: str = ",") -> list[list[str]]:
    """A CSV or TSV file as a spreadsheet reads it."""
    assert data.startswith(b"\xef\xbb\xbf")
    csv.field_size_limit(1 << 24)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=sign))


def markdown_rows(text: str) -> list[list[str]]:
    """The cells of the rows of Markdown's tables, as text."""
    rows = []
    for line in text.split("\n"):
        if line.startswith("| ") and not re.fullmatch(r"[| :-]+", line):
            cells = re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]
            rows.append([_unmarked(cell.strip(" ")) for cell in cells])
    return rows


def _unmarked(cell: str) -> str:
    parts = re.split(r"(\\.|<br>|&#?\w+;)", cell)
    known = {"<br>": "\n"}
    return "".join(
        known.get(part)
        or (html.unescape(part) if part.startswith("&") else part[1:] if part.startswith("\\") else part)
        for part in parts
    )


class Cells(html.parser.HTMLParser):
    """The cells of the rows of HTML's tables, and every tag that was met."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def html_rows(text: str) -> list[list[str]]:
    """The rows of all tables of a page."""
    cells = Cells()
    cells.feed(text)
    assert cells.tags <= {"html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "p", "nav", "ol",
                          "li", "main", "form", "label", "input", "select", "option", "button", "output", "section",
                          "div", "table", "caption", "thead", "tr", "th", "tbody", "td", "svg", "rect", "footer",
                          "span", "figure", "text", "path", "polyline", "circle", "script", "bdi", "colgroup", "col", "details", "summary", "h3"}  # fmt: skip
    return cells.rows


def docx_tables(file: Path | io.BytesIO) -> list[list[list[str]]]:
    """The tables of a Word document, cell by cell, breaks and tabs as the signs they stand for."""
    import docx

    return [
        [["\n".join(_paragraph(p) for p in cell.findall(f"{W}p")) for cell in row.findall(f"{W}tc")] for row in table.findall(f"{W}tr")]
        for table in docx.Document(str(file) if isinstance(file, Path) else file).element.body.iter(f"{W}tbl")
    ]  # fmt: skip


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SIGNS = {f"{W}br": "\n", f"{W}cr": "\r", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}


def _paragraph(element: Any) -> str:
    runs = [part for part in element.iter() if part.tag in (f"{W}t", *_SIGNS) and part.getparent().tag == f"{W}r"]
    return "".join(part.text or "" if part.tag == f"{W}t" else _SIGNS[part.tag] for part in runs)


def fodt_tables(path: Path) -> list[list[list[str]]]:
    """The tables of a flat OpenDocument text, as LibreOffice writes what it has read."""
    from lxml import etree

    root = etree.parse(str(path), etree.XMLParser(huge_tree=True)).getroot()
    table, text = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "text"))

    def said(element: Any) -> str:
        out = element.text or ""
        for part in element:
            sign = {f"{text}tab": "\t", f"{text}line-break": "\n", f"{text}s": " " * int(part.get(f"{text}c", "1"))}
            out += sign.get(part.tag) or said(part)
            out += part.tail or ""
        return out.replace("\N{NON-BREAKING HYPHEN}", "-")

    return [
        [
            [
                "\n".join(said(p) for p in cell.iter(f"{text}p"))
                for cell in row.iter(f"{table}table-cell", f"{table}covered-table-cell")
            ]
            for row in one.iter(f"{table}table-row")
        ]
        for one in root.iter(f"{table}table")
    ]
