"""What a cell holds beside its text: where its hyperlinks lead, and the whole day of a date."""

from __future__ import annotations

import datetime
import io
import re
import zipfile

import docx
import openpyxl
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from gkcheck.importers.formats.blocks import CellDetail
from gkcheck.importers.formats.registry import read_document

PAGE = "https://www.example.gov.cn/a.html"


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def details_of(data) -> tuple[CellDetail, ...]:
    (block,) = read_document(data, "a").blocks
    return block.details


def with_results(data: bytes) -> bytes:
    """The workbook with 方案 as the result of its formulas, which openpyxl does not write."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part.startswith("xl/worksheets/"):
                content = re.sub(
                    rb'(<c r="A2")([^>]*>.*?<f>.*?</f>)<v ?/>', r'\1 t="str"\2<v>方案</v>'.encode(), content
                )
                content = content.replace(b"<v></v>", "<v>方案</v>".encode())
            new.writestr(part, content)
    return out.getvalue()


def test_cells_of_a_workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["方案", datetime.date(2018, 11, 5), "文字", 3.5])
    sheet["A1"].hyperlink = PAGE
    sheet["B1"].number_format = 'm"月"d"日"'
    sheet.append([f'=HYPERLINK("{PAGE}","方案")', "11月5日"])
    assert details_of(with_results(saved(book))) == (
        CellDetail(0, 1, (), datetime.date(2018, 11, 5)),
        CellDetail(1, 0, (PAGE,)),
        CellDetail(0, 0, (PAGE,)),
    )


def test_cells_of_a_word_table():
    """A hyperlink is an element, or a field."""
    document = docx.Document()
    cells = document.add_table(rows=1, cols=3).rows[0].cells
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), document.part.relate_to(PAGE, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    cells[0].paragraphs[0]._p.append(link)
    field = OxmlElement("w:instrText")
    field.text = f' HYPERLINK "{PAGE}" '
    cells[2].paragraphs[0].add_run()._r.append(field)
    cells[1].text = "文字"
    assert details_of(saved(document)) == (CellDetail(0, 0, (PAGE,)), CellDetail(0, 2, (PAGE,)))
