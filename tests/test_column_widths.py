"""Column widths by content: the rule itself, and what comes of it on paper."""

from __future__ import annotations

import re

import pytest

from gkcheck.exporters.column_widths import broken, column_widths, least_width, paper_width
from gkcheck.table import Column, Span, Table, table_of
from tests import drawn_year
from tests.forms.ledgers import plan as taishan
from tests.office import converted

LONG = "按照“谁起草、谁解读”原则，切实做到政策文件与解读方案同步组织、同步审签、同步部署，解读材料应准确详尽。"
LEDGER = table_of(
    (
        Column("编号"),
        Column("具体要求", wrap=True),
        Column("责任单位", wrap=True),
        Column("时限", kind="date"),
        Column("上报率", kind="percent"),
        Column("备注", wrap=True),
    ),
    [
        ("23（二十三）", LONG * 2, "市教育局", "2019-12-31", "100.00%", "已公开。"),
        ("24（二十四）", LONG, "市人力资源和社会保障局", "", "8.33%", "因资金没有到位，暂缓实施，拟于下季度申请预算。"),
        ("1（一）", LONG, "市财政局", "2019-11-30", "", ""),
    ],
)


@pytest.mark.parametrize("room", [70, 100, 141, 200])
def test_widths_fill_the_room_and_keep_whole_what_must_be(room):
    widths = dict(zip((column.title for column in LEDGER.columns), column_widths(LEDGER, room), strict=True))
    assert sum(widths.values()) == room
    assert widths["时限"] >= paper_width("2019-12-31") > 10
    assert widths["上报率"] >= paper_width("100.00%")
    assert widths["编号"] >= paper_width("（二十三）")
    assert min(widths["责任单位"], widths["备注"]) >= 10
    assert widths["具体要求"] == max(widths.values())


@pytest.mark.parametrize("room", [100, 120, 141])
def test_the_longest_text_gets_the_greatest_share_not_all(room):
    assert 0.3 <= column_widths(LEDGER, room)[1] / room <= 0.5


def test_a_narrow_room_takes_from_texts_and_not_from_dates():
    widths = column_widths(LEDGER, 60)
    assert sum(widths) <= 60
    assert widths[3] >= paper_width("2019-12-31")
    assert min(widths) >= 1
    assert sum(column_widths(LEDGER, 10)) <= 10


def test_without_filling_a_column_stops_where_its_text_stands_in_one_line():
    small = table_of((Column("单位", wrap=True), Column("总数", kind="number")), [("市教育局", "3")])
    assert column_widths(small, 100, fill=False) == [8, 4]
    assert sum(column_widths(LEDGER, 20, fill=False)) > 20


def test_a_cell_over_several_rows_asks_for_less():
    """Merged down, the section needs the lines of all its rows together."""
    columns = (Column("工作任务", wrap=True), Column("具体要求", wrap=True))
    plain = Table((("工作任务", "具体要求"), (LONG, LONG), ("", LONG)), 1, (), columns)
    merged = plain._replace(rows=(plain.rows[0], (LONG, LONG), (None, LONG)), spans=(Span(1, 0, 2, 1),))
    assert column_widths(merged, 60)[0] < column_widths(plain, 60)[0]


@pytest.mark.parametrize(
    ("column", "text", "letters"),
    [
        (Column("序号", kind="number"), "7", 4),
        (Column("即将到期（7天内）", kind="number"), "7", 10),
        (Column("编号"), "23（二十三）", 10),
        (Column("填报时间", kind="time"), "2019-12-31 09:30", paper_width("2019-12-31")),
        (Column("状态", kind="status"), "推进中（逾期）", 8),
        (Column("职责"), "牵头", 4),
        (Column("单位", wrap=True), "很长的单位名称", 10),
        (Column("材料", wrap=True), "见 https://example.gov.cn/zwgk/2019/post_1.html", 10),
    ],
)
def test_least_width(column, text, letters):
    assert least_width(column, {text}) == letters


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("23（二十三）", "23\n（二十三）"),
        ("（二十三）", "（二十三）"),
        ("推进中（退回）（逾期）", "推进中\n（退回）\n（逾期）"),
        ("2019-12-31 09:30", "2019-12-31\n09:30"),
        ("开口（", "开口（"),
    ],
)
def test_natural_places_of_a_break(text, lines):
    assert broken(text) == lines


# -- on paper -------------------------------------------------------------------------------------------


@pytest.mark.long
def test_documents_on_paper(gk, tmp_path):
    """LibreOffice's pages: no date is broken, all tables reach from edge to edge, the longest column has its share."""
    pdfplumber = pytest.importorskip("pdfplumber")
    for task in (3, 12, 23):
        gk(
            "done",
            task,
            "--unit",
            "市教育局",
            "--note",
            "已公开，共12条。",
            "--evidence",
            "http://a.cn/1.html",
        )
        gk("block", task, "--unit", "台城街道", "--note", LONG)
    gk("export", tmp_path / "table.docx")
    gk("export", tmp_path / "ledger.docx", "--by", "assignment", "--unit", "市教育局")
    gk("report", tmp_path / "report.docx")
    pages = {}
    for path in converted(tmp_path / "out", "pdf", *sorted(tmp_path.glob("*.docx"))):
        with pdfplumber.open(path) as pdf:
            pages[path.stem] = [(page.width, page.find_tables()) for page in pdf.pages]
    assert len(pages["table"]) <= 8
    cells = [
        (cell or "").replace("\N{NON-BREAKING HYPHEN}", "-")
        for found in pages.values() for _, tables in found for table in tables for row in table.extract() for cell in row
    ]  # fmt: skip
    assert sum(bool(re.search(r"\d{4}-\d\d-\d\d", cell)) for cell in cells) >= 4
    assert not [cell for cell in cells if re.search(r"\d-\n|\d\n-\d", cell)]
    for name, found in pages.items():
        for wide in {wide for wide, _ in found}:
            edges = [(t.bbox[0], t.bbox[2]) for other, tables in found if other == wide for t in tables]
            for side in zip(*edges, strict=True):
                assert max(side) - min(side) < 1, (name, sorted(set(edges)))  # points; LibreOffice rounds a cell's edge
    assert {round(wide) for wide, _ in pages["ledger"]} <= {842, 1191}
    _, (first, *_) = pages["ledger"][0]
    shares = [right - left for left, _, right, _ in first.rows[0].cells]
    assert max(shares) == shares[3]


@pytest.mark.long
def test_documents_of_a_year_break_no_figure_and_no_narrow_cell(gk, tmp_path, monkeypatch):
    """A cell that has its text in several lines is five characters wide; days and figures stand in one line."""
    pdfplumber = pytest.importorskip("pdfplumber")
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "年.jsonl"))
    drawn_year.write_journal(tmp_path / "年.jsonl", taishan())
    assert gk("report", tmp_path / "bulletin.docx", "--since", "2019-09-30", "--as-of", "2019-12-10").code == 0
    assert gk("export", tmp_path / "table.docx").code == 0
    assert gk("export", tmp_path / "ledger.docx", "--by", "assignment", "--unit", "市教育局").code == 0
    assert gk("remind", "--all", "-o", tmp_path / "letters.docx").code == 0
    most = {"bulletin": 9, "table": 8}
    found = 0
    for path in converted(tmp_path / "out", "pdf", *sorted(tmp_path.glob("*.docx"))):
        with pdfplumber.open(path) as pdf:
            assert len(pdf.pages) <= most.get(path.stem, 200)
            for page in pdf.pages[:12]:
                for cell, lines, size in broken_cells(page):
                    found += 1
                    text = "|".join(lines).replace("\N{NON-BREAKING HYPHEN}", "-")
                    assert cell[2] - cell[0] >= 5 * size, (path.stem, text)
                    assert not re.search(r"\d-\|\d|\d\|-\d|^[\d.%|]+$", text), (path.stem, text)
    assert found > 300


def broken_cells(page):
    """Yield each cell of the tables of a page whose text stands in several lines, with these and the size of its type."""
    chars = page.chars
    for table in page.find_tables():
        for cell in table.cells:
            left, top, right, bottom = cell
            held = [
                c
                for c in chars
                if left <= (c["x0"] + c["x1"]) / 2 <= right and top <= (c["top"] + c["bottom"]) / 2 <= bottom
            ]
            lines: dict[int, str] = {}
            for char in held:
                lines[round(char["bottom"] / 4)] = lines.get(round(char["bottom"] / 4), "") + char["text"]
            bottoms = sorted({round(char["bottom"], 1) for char in held})
            if bottoms and bottoms[-1] - bottoms[0] > 6:
                yield cell, list(lines.values()), max(char["size"] for char in held)
