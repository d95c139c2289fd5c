"""Documents made to harm a reader, made at test time: each a function that writes one file into a folder."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def docx_of(body: bytes, prefix: bytes = b"") -> bytes:
    """A Word package whose document is `body`, with `prefix` between the XML declaration and the root."""
    document = (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        + prefix
        + f"<w:document {_W}><w:body>".encode()
        + body
        + b"</w:body></w:document>"
    )
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": document})


def xlsx_of(sheet: bytes, prefix: bytes = b"", strings: bytes | None = None) -> bytes:
    """A workbook of one sheet."""
    types = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        b'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    )
    rels = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    book = f'<workbook {_S} {_R}><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'.encode()
    book_rels = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": rels,
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": book_rels,
        "xl/worksheets/sheet1.xml": prefix + f"<worksheet {_S}>".encode() + sheet + b"</worksheet>",
    }
    return package({**parts, **({"xl/sharedStrings.xml": strings} if strings is not None else {})})


def package(parts: dict[str, bytes]) -> bytes:
    """A ZIP package of the parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return out.getvalue()


_BILLION = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">'.encode() for i in range(9))
    + b"]>"
)
_EXTERNAL = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_TABLE = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>工作任务</w:t></w:r></w:p>{}</w:tc></w:tr></w:tbl>"


def _nested(depth: int) -> bytes:
    opening, closing = _TABLE.split("{}")
    return (opening * depth + closing * depth).encode()


def _html_nested(depth: int) -> bytes:
    return (
        "<html><body>" + "<table><tr><td>工作任务" * depth + "</td></tr></table>" * depth + "</body></html>"
    ).encode()


def _rows(count: int) -> bytes:
    return (
        b"<sheetData>"
        + b"".join(
            b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n) for n in range(1, count + 1)
        )
        + b"</sheetData>"
    )


def _bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as opened,
        opened.open("word/document.xml", "w", force_zip64=True) as part,
    ):
        block = b" " * 10_000_000
        for _ in range(60):
            part.write(block)
    return out.getvalue()


def _lying_bomb() -> bytes:
    """A bomb whose directory says that it is small."""
    data = bytearray(_bomb())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


HOSTILE = {
    "bomb.docx": _bomb,
    "lying-bomb.docx": _lying_bomb,
    "many-parts.docx": lambda: package({"word/document.xml": b"<a/>", **{f"p{n}": b"" for n in range(6000)}}),
    "entities.docx": lambda: docx_of(b"<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", _BILLION),
    "external.docx": lambda: docx_of(b"<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", _EXTERNAL),
    "entities.xlsx": lambda: xlsx_of(b"<sheetData/>", _BILLION),
    "external.xlsx": lambda: xlsx_of(b"<sheetData/>", _EXTERNAL),
    "million-rows.xlsx": lambda: xlsx_of(_rows(1_000_000)),
    "half-million-rows.xlsx": lambda: xlsx_of(_rows(500_000)),
    "far-cell.xlsx": lambda: xlsx_of(
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>y</t></is></c></row></sheetData>'
    ),
    "merge-all.xlsx": lambda: xlsx_of(
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "no-strings.xlsx": lambda: xlsx_of(b'<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>'),
    "nested-100.docx": lambda: docx_of(_nested(100)),
    "nested-40.docx": lambda: docx_of(_nested(40)),
    "nested-100.html": lambda: _html_nested(100),
    "nested-5000.html": lambda: _html_nested(5000),
    "deep-spans.html": lambda: b"<html><body>" + b"<span>" * 100_000 + b"x" + b"</body></html>",
    "deep-divs.html": lambda: b"<html><body>" + b"<div>" * 100_000 + b"x" + b"</body></html>",
    "huge-spans.html": lambda: (
        b"<html><table>" + b'<tr><td rowspan="9999999" colspan="9999999">x</td></tr>' * 3000 + b"</table></html>"
    ),
    "wide-span.docx": lambda: docx_of(
        b"<w:tbl>"
        + b'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr><w:p/></w:tc></w:tr>' * 3000
        + b"</w:tbl>"
    ),
    "line-50mb.txt": lambda: "任务".encode() * 8_500_000,
    "line-50mb-ascii.txt": lambda: b"a|" * 25_000_000,
    "lines-million.txt": lambda: b"a\n" * 1_000_000,
    "brackets.txt": lambda: ("（" * 49_000).encode(),
    "brackets-lines.txt": lambda: "\n".join(["（责任单位：" * 300] * 300).encode(),
    "pairs.txt": lambda: ("（市局）" * 12_000).encode(),
    "names.txt": lambda: ("1.任务。（责任单位：" + "市教育局、" * 9_000 + "）").encode(),
    "verbs.txt": lambda: ("1.任务。（" + "按职责分工" * 9_000 + "负责）").encode(),
    "pipes.txt": lambda: "\n".join(["工作任务|责任单位"] + ["|" * 2000] * 90).encode(),
    "blanks.txt": lambda: b" " * 49_000 + b"x",
    "digits.txt": lambda: b"1." * 24_000,
    "binary.txt": lambda: bytes(range(256)) * 4000,
    "zeros.bin": lambda: bytes(1_000_000),
    "torn.docx": lambda: docx_of(b"<w:p/>")[:200],
    "empty.docx": lambda: b"",
    "text.pdf": lambda: b"%PDF-1.4\n" + b"1 0 obj<<>>endobj\n" * 20_000,
    "old.doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
    "table.et": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
    "scan.png": lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "page.ofd": lambda: package({"OFD.xml": b"<OFD/>"}),
    "archive.zip": lambda: package({"a.txt": b"a"}),
    "notice.rtf": lambda: b"{\\rtf1 a}",
}
"""Name of the file → its content, made when asked for."""


def write(folder: Path, name: str) -> Path:
    """Write one of them."""
    path = folder / name
    path.write_bytes(HOSTILE[name]())
    return path
