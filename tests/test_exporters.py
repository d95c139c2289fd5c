"""The contract of the formats: every one of the registry renders the same small data set, and it is read back."""

from __future__ import annotations

import html
import io
import json
import re
import sys
import types

import pytest

from gkcheck.errors import BadTarget
from gkcheck.exporters import registry
from gkcheck.exporters.registry import DATA, DOCUMENTS, Exporter, exporter_for, exporters_of, idle, suffixes_of
from gkcheck.table import Column, Document, Mark, PageBreak, Paragraph, ParagraphKind, StatusText, table_of
from gkcheck.text.escapes import from_spreadsheet_text, from_workbook_text
from tests import hostile_texts as hostile
from tests import processes

COLUMNS = (Column("序号", kind="number"), Column("责任单位", wrap=True), Column("状态", kind="status"), Column("备注"))
ROWS = [
    ("1", "市教育局", StatusText("已完成（逾期）", Mark.OVERDUE), "=1+1"),
    ("2", "各镇（街）", StatusText("未开始", Mark.TODO), "甲|乙 <b> & _x0041_"),
    ("3", "市财政局", "", "第一行\n第二行"),
]
TABLE = table_of(COLUMNS, ROWS, title="小表", notes=("共 3 项。",))
DOCUMENT = Document(
    "催办单",
    (
        *(Paragraph(f"{kind.value}段", kind) for kind in ParagraphKind if kind not in (ParagraphKind.SIGNATURE, ParagraphKind.DATE)),
        PageBreak(landscape=True),
        TABLE,
        PageBreak(landscape=False),
        Paragraph("市政府办公室", ParagraphKind.SIGNATURE),
        Paragraph("2019年10月26日", ParagraphKind.DATE),
    ),
)  # fmt: skip
VALUES = [{"task": 1, "unit": "市教育局", "note": "=1+1", "evidence": []}, {"task": 2, "note": None}]


def workbook_rows(data):
    import openpyxl

    rows = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    return [[from_workbook_text(str(cell)) if cell is not None else "" for cell in row] for row in rows]


def word_rows(data):
    return [row for table in hostile.docx_tables(io.BytesIO(data)) for row in table]


ROWS_IN = {
    ".xlsx": workbook_rows,
    ".csv": lambda data: [list(map(from_spreadsheet_text, row)) for row in hostile.csv_rows(data)],
    ".tsv": lambda data: [list(map(from_spreadsheet_text, row)) for row in hostile.csv_rows(data, "\t")],
    ".md": lambda data: hostile.markdown_rows(data.decode()),
    ".html": lambda data: hostile.html_rows(data.decode()),
    ".docx": word_rows,
}
"""How each format's tables are read back."""


def word_text(data):
    import docx

    body = docx.Document(io.BytesIO(data)).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(f"{hostile.W}t")) for p in body.iter(f"{hostile.W}p"))


TEXT_IN = {
    ".md": lambda data: data.decode(),
    ".txt": lambda data: data.decode(),
    ".html": lambda data: html.unescape(re.sub(r"(?s)<style>.*?</style>|<script>.*?</script>|<[^>]*>", "\n", data.decode())),
    ".docx": word_text,
}  # fmt: skip
"""How each format's documents are read back, as text."""


@pytest.mark.parametrize("exporter", [one for one in exporters_of(DATA) if one.tables], ids=lambda one: one.suffix)
def test_tables_come_back_cell_by_cell(exporter):
    head, *rows = ROWS_IN[exporter.suffix](exporter.tables([TABLE]))
    assert head == [column.title for column in COLUMNS]
    assert [tuple(row) for row in rows] == [tuple(map(str, row)) for row in ROWS]


@pytest.mark.parametrize("exporter", [one for one in exporters_of(DATA) if one.tables], ids=lambda one: one.suffix)
def test_several_tables_are_all_there(exporter):
    other = table_of(COLUMNS, [("4", "甲局", "", "")], title="另一张")
    data = exporter.tables([TABLE, other])
    if exporter.suffix == ".xlsx":
        import openpyxl

        assert len(openpyxl.load_workbook(io.BytesIO(data)).worksheets) == 2
    else:
        assert sum("甲局" in row for row in ROWS_IN[exporter.suffix](data)) == 1


@pytest.mark.parametrize("exporter", exporters_of(DOCUMENTS), ids=lambda one: one.suffix)
def test_a_document_is_told_in_its_order(exporter):
    rows = []
    text = TEXT_IN[exporter.suffix](exporter.document(DOCUMENT, lambda: rows.append(1)))
    parts = [f"{kind}段" for kind in ("number", "addressee", "heading", "subheading", "body", "note")]
    parts = [
        "title段",
        *parts,
        "小表",
        "市教育局",
        "已完成（逾期）",
        "各镇（街）",
        "市财政局",
        "市政府办公室",
        "2019年10月26日",
    ]
    if exporter.suffix == ".html":  # where the headings are listed once more, before the text
        text = text[text.index("number段") :]
        parts.remove("title段")
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)
    assert len(rows) in (0, len(ROWS)), "progress is told by the rows below the header, or not at all"


@pytest.mark.parametrize("exporter", [one for one in exporters_of(DATA) if one.values], ids=lambda one: one.suffix)
def test_values_come_back_as_they_were(exporter):
    assert json.loads(exporter.values(VALUES)) == VALUES


@pytest.mark.parametrize("exporter", exporters_of([*DATA, *DOCUMENTS]), ids=lambda one: one.suffix)
def test_what_is_called_text_is_text(exporter):
    data = [render(thing, *more) for render, thing, more in (
        (exporter.tables, [TABLE], ()), (exporter.document, DOCUMENT, (idle,)), (exporter.values, VALUES, ())
    ) if render]  # fmt: skip
    assert data
    for one in data:
        readable = "\0" not in one.decode("utf-8", "replace") and "市教育局" in one.decode("utf-8", "replace")
        assert readable or not exporter.is_text


def test_suffixes_are_told_apart_and_refused_by_what_a_format_can_hold(tmp_path):
    assert suffixes_of(DATA) == [".xlsx", ".csv", ".tsv", ".json", ".md", ".docx", ".html"]
    assert suffixes_of(DOCUMENTS) == [".md", ".docx", ".html", ".txt"]
    assert exporter_for(tmp_path / "A.XLSX", DATA, "导出").label == "工作簿"
    for name, reason in (("a.xlsx", "不能通报成 .xlsx 格式"), ("a", "文件名没有后缀")):
        with pytest.raises(BadTarget, match=f"{reason}，请用 .md、.docx、.html、.txt"):
            exporter_for(tmp_path / name, DOCUMENTS, "通报")


def test_a_new_format_is_one_file_and_one_line(gk, tmp_path, monkeypatch):
    """`export` and `report` write it, and refusals name it."""
    module = types.ModuleType("gkcheck.exporters.sample")
    module.SAMPLE = Exporter(
        ".sample", "样例", tables=lambda tables: tables[0].title.encode(), document=lambda document, advance: document.name.encode()
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "gkcheck.exporters.sample", module)
    monkeypatch.setattr(registry, "_EXPORTERS", (*registry._EXPORTERS, "sample:SAMPLE"))
    for command in ("export", "report"):
        path = tmp_path / f"{command}.sample"
        assert gk(command, path).code == 0
        assert "责任分工表" in path.read_text("utf-8")
        assert ".sample" in gk(command, tmp_path / "a.xls").err


def test_a_report_as_plain_text_has_the_letters_of_the_matrix_in_one_line(gk, tmp_path):
    path = tmp_path / "通报.txt"
    gk("done", 23, "--unit", "市教育局")
    assert gk("report", path).code == 0
    text = path.read_text("utf-8")
    assert re.search(r"责任单位：市教育局\n   (?:\d+ [逾退未推阻完结免]、)*23 完", text)
    assert not re.search(r"(?<!序时)进度：", text), "what only a chart can show is left out"


def test_a_list_of_formats_loads_no_library():
    script = (
        "import sys; from gkcheck.exporters.registry import *; suffixes_of([*DATA, *DOCUMENTS]); "
        "sys.exit(','.join({'openpyxl', 'docx', 'lxml', 'jinja2', 'urllib.request', 'rich'} & set(sys.modules)) or 0)"
    )
    done = processes.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
