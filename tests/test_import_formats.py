"""The contract of import formats: each reads the same small table, and the registry alone decides what is read."""

from __future__ import annotations

import io

import pytest

from gkcheck.errors import BadDocument
from gkcheck.importers.formats import registry
from gkcheck.importers.formats.blocks import BlockCollector, BlockKind, Format, Line, text_block
from gkcheck.importers.formats.registry import FORMATS, read_document
from gkcheck.importers.notice import read_notice
from tests.hostile import docx_of, package
from tests.notices_read import FIXTURES, brief, reading_of

ROWS = [
    ["序号", "工作任务", "责任单位", "完成时限"],
    ["1", "修订目录。", "县司法局", "年底前"],
    ["2", "公布指南。", "县司法局牵头，各镇配合", "长期"],
]
TITLE = "某县2021年公开任务分工表"


def text_file() -> bytes:
    return (TITLE + "\n" + "\n".join(" | ".join(row) + " |" for row in ROWS)).encode()


def html_file() -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    return f"<html><body><p>{TITLE}</p><table>{rows}</table></body></html>".encode()


def docx_file() -> bytes:
    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    rows = "".join("<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in ROWS)
    return docx_of((paragraph(TITLE) + f"<w:tbl>{rows}</w:tbl>").encode())


def xlsx_file() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in [[TITLE], *ROWS]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_file() -> bytes:
    return "\r\n".join([TITLE + ",,,", *('"' + '","'.join(row) + '"' for row in ROWS)]).encode("utf-8-sig")


FILES = {"text": text_file, "csv": csv_file, "html": html_file, "docx": docx_file, "xlsx": xlsx_file}


@pytest.mark.parametrize("name", FILES)
def test_every_format_reads_the_same_small_table(name):
    """Title, tasks, roles and days are the same whatever the file is."""
    data = FILES[name]()
    assert read_document(data, "通知").format == name
    reading = reading_of(data, "通知")
    assert reading.facts.title == TITLE
    assert brief(reading) == [
        "1|-|-|修订目录。|责任:县司法局|年底前=2021-12-31",
        "2|-|-|公布指南。|牵头:县司法局|配合:各镇|长期",
    ]


def test_every_format_has_its_small_table_here():
    """PDF cannot be written without a heavy library: its table is a fixture, read in test_import_samples."""
    assert {one.name for one in FORMATS} == {*FILES, "pdf"}


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
def test_a_format_knows_its_own_files_and_no_others(one):
    """`detect` goes by the bytes; a text is what remains, so it is asked last."""
    files = {name: make() for name, make in FILES.items()} | {"pdf": (FIXTURES / "taishan.pdf").read_bytes()}
    own = [name for name, data in files.items() if one.detect(data)]
    assert sorted(own) == ["csv", "html", "text"] if one.name == "text" else own == [one.name]
    assert FORMATS[-1].name == "text"


def test_pdf_is_read_by_its_bytes():
    """Its name says otherwise."""
    pytest.importorskip("pdfminer", reason="needs pdfminer.six")
    assert read_document((FIXTURES / "two-tiers.pdf").read_bytes(), "a.docx").format == "pdf"


def test_a_new_format_is_one_value_in_the_registry(gk, monkeypatch, tmp_path):
    """It is read, and named where a file is refused, with nothing else changed; a package format too."""

    def read(data, name):
        return [text_block([Line("1. 修订目录。（责任单位：县司法局）", "第1行")], BlockKind.LINES)]

    odt = Format("odt", (".odt",), "ODF 文本", lambda data: b"content.xml" in data, read, in_package=True)
    path = tmp_path / "a.odt"
    path.write_bytes(package({"content.xml": b"<a/>", "mimetype": b"x"}))
    assert "不能直接读" in gk("import", path).err
    monkeypatch.setattr(registry, "FORMATS", (odt, *FORMATS))
    assert "县司法局" in gk("import", path).out
    with pytest.raises(BadDocument, match=r"能读的有 odt、docx、"):
        read_document(bytes(range(128, 256)) * 9, "b")


def test_the_help_of_import_names_every_suffix(gk):
    shown = gk("import", "--help").out
    assert registry.suffixes() in shown
    assert [suffix for one in FORMATS for suffix in one.suffixes if suffix[1:] not in shown] == []


def test_a_format_accounts_for_what_it_leaves_unread():
    """Hidden parts are listed as left out; a remark of the format is something to check; neither is text."""
    collector = BlockCollector("a")
    collector.add_paragraph("1. 修订目录。（责任单位：县司法局）")
    collector.leave_unread(collector.next_paragraph(), "县审计局", "隐藏")
    collector.leave_unread("第3段", "  ", "隐藏")
    collector.remark("第4段", "嵌入的文档没有读")
    reading = read_notice(collector.blocks(), "a")
    assert brief(reading) == ["1.|-|-|修订目录。|责任:县司法局"]
    assert reading.left_out == (("第2段", "县审计局", "隐藏", False),)
    assert reading.findings == (("第4段", "嵌入的文档没有读"),)
