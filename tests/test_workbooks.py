"""Workbooks as an office keeps them, read back with openpyxl and printed by LibreOffice."""

from __future__ import annotations

import io
import re
from datetime import date, datetime

import openpyxl
import pytest

from gkcheck.exporters import xlsx
from gkcheck.exporters.sheet_rows import LONGEST_CELL, lines_of, pieces_of
from gkcheck.table import Column, LinkedText, Mark, Origin, StatusText, table_of
from gkcheck.text.escapes import from_workbook_text
from tests import drawn_year
from tests.forms.ledgers import plan as taishan
from tests.office import converted

COLUMNS = (
    Column("序号", kind="number"),
    Column("责任单位", wrap=True, kind="unit"),
    Column("到期日", kind="date"),
    Column("填报时间", kind="time"),
    Column("上报率", kind="percent"),
    Column("状态", kind="status"),
    Column("佐证材料", wrap=True),
)
LINKED = LinkedText("公告：https://a.cn/通知 1.html（2019-10-26）\n书", ("https://a.cn/通知 1.html", "https://b.cn/"))
ROWS = [
    ("1", "市教育局", "2019-12-31", "2019-11-30 09:05", "63.16%", StatusText("已完成", Mark.DONE), LINKED),
    ("007", "各镇（街）", "年内", "", "—", StatusText('受"阻', Mark.BLOCKED), LinkedText("附件", ("file:///etc/passwd",))),
    ("", "市财政局", "1900-01-01", "2019-11-30T09:05+08:00", "100.00%", StatusText("已完成", Mark.DONE), ""),
]  # fmt: skip


def sheets(*tables):
    return openpyxl.load_workbook(io.BytesIO(xlsx.render_tables(tables))).worksheets


def test_dates_times_and_figures_are_such_and_everything_else_is_text():
    (sheet,) = sheets(table_of(COLUMNS, ROWS))
    first, second, third = sheet.iter_rows(min_row=2)
    assert [cell.value for cell in first[:5]] == [
        1,
        "市教育局",
        datetime(2019, 12, 31),
        datetime(2019, 11, 30, 9, 5),
        0.6316,
    ]
    assert [cell.number_format for cell in first[2:5]] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0.00%"]
    assert [cell.value for cell in second[:5]] == ["007", "各镇（街）", "年内", None, "—"]
    assert [cell.value for cell in third[2:5]] == ["1900-01-01", "2019-11-30T09:05+08:00", 1], (
        "no day that Excel numbers its own way"
    )


def test_addresses_are_links_to_the_first_of_the_web_only():
    """In a column of their own: LibreOffice breaks no linked text over lines."""
    (sheet,) = sheets(table_of(COLUMNS, ROWS))
    assert [cell.value for cell in sheet[1]] == [*(column.title for column in COLUMNS), "链接"]
    assert {cell.coordinate: cell.hyperlink.target for row in sheet.iter_rows() for cell in row if cell.hyperlink} == {
        "H2": "https://a.cn/%E9%80%9A%E7%9F%A5%201.html"
    }
    assert (sheet["G2"].value, sheet["H2"].value, sheet["H3"].value) == (str(LINKED), "打开1/2", None)
    assert sheet["H2"].font.underline == "single"


def test_colours_follow_what_a_cell_says():
    (sheet,) = sheets(table_of(COLUMNS, ROWS))
    rules = {str(area.sqref): [rule.formula for rule in area.rules] for area in sheet.conditional_formatting}
    assert rules["F2:F4"] == [['"受""阻"'], ['"已完成"']]
    (bar,) = next(area.rules for area in sheet.conditional_formatting if str(area.sqref) == "E2:E4")
    assert bar.dataBar is not None


def test_frozen_filtered_printed():
    (sheet,) = sheets(table_of(COLUMNS, ROWS, title="小表 & 大表", notes=("说明一",)))
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:H4"
    assert sheet.dimensions == "A1:H4"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddHeader.center.text == "小表 && 大表　　说明一"
    assert sheet.data_validations.dataValidation[0].prompt == "说明一"


def test_rows_are_as_high_as_their_text():
    long = "按照“谁起草、谁解读”原则，切实做到政策文件与解读方案同步组织、同步审签、同步部署。" * 5
    (sheet,) = sheets(table_of((Column("要求", wrap=True), Column("备注", wrap=True)), [("短", "短"), (long, long)]))
    low, high = sheet.row_dimensions[2].height, sheet.row_dimensions[3].height
    wide = sheet.column_dimensions["A"].width - 2
    assert low < 20
    assert high > lines_of(long, wide) * 14
    assert lines_of(long, wide) > 2


def test_a_text_higher_than_a_row_is_printed_whole_elsewhere():
    tall = "".join(f"第{i}条进展。\n" for i in range(60))
    sheet, rest = sheets(table_of((Column("进展", wrap=True),), [(tall,)]))
    assert sheet["A2"].value == tall
    assert "".join(row[1].value for row in rest.iter_rows(min_row=2)) == tall
    assert {row[0].value for row in rest.iter_rows(min_row=2)} == {f"{sheet.title}!A2（打印放不下，全文）"}
    assert sheet.row_dimensions[2].height == 409
    assert all(row.height < 409 for i, row in rest.row_dimensions.items() if i > 1)


@pytest.mark.parametrize("text", ["", "甲", "😀" * 20_000, "_x000D_" * 9_000, "a\r" * 9_000])
def test_pieces_are_what_a_cell_holds_and_come_back(text):
    from gkcheck.text.escapes import workbook_text

    pieces = pieces_of(text)
    assert "".join(pieces) == text
    assert all(len(workbook_text(piece).encode("utf-16-le")) // 2 <= LONGEST_CELL for piece in pieces)
    assert [from_workbook_text(workbook_text(piece)) for piece in pieces] == pieces


def test_a_wide_table_takes_a_greater_page_and_never_less_than_eight_points():
    def page(columns, letters=6):
        made = table_of(tuple(Column(f"栏{i}") for i in range(columns)), [("字" * (letters // 2),) * columns])
        (sheet,) = sheets(made)
        total = sum(dimension.width for dimension in sheet.column_dimensions.values())
        setup = sheet.page_setup
        points = {9: 523 if setup.orientation == "portrait" else 770, 8: 1118}[int(setup.paperSize)]
        return (
            setup.orientation,
            int(setup.paperSize),
            setup.fitToWidth,
            10.5 * points * setup.fitToWidth / (total * 5.25),
        )

    assert page(4)[:3] == ("portrait", 9, 1)
    assert page(16)[:3] == ("landscape", 9, 1)
    assert page(26)[:3] == ("landscape", 8, 1)
    assert page(80)[:2] == ("landscape", 8)
    assert page(80)[2] > 1
    wide = table_of((*(Column(f"栏{i}") for i in range(50)), Column("责任单位", kind="unit")), [("六个字的单位",) * 51])
    (sheet,) = sheets(wide)
    assert sheet.print_title_cols == "$AY:$AY", "the units stand on each of the pages that lie beside each other"
    assert min(page(columns)[3] for columns in range(1, 90)) >= 8


def test_sheets_have_names_of_their_own_that_excel_allows():
    names = ["长" * 40, "长" * 40, "甲/乙:[丙]", "续文", "abc", "ABC", ""]
    made = [sheet.title for sheet in sheets(*(table_of(COLUMNS, ROWS, title=name) for name in names))]
    assert made == ["长" * 27, "长" * 27 + "2", "甲 乙  丙", "续文2", "abc", "ABC2", "表"]


def test_the_file_tells_author_and_day():
    table = table_of(COLUMNS, ROWS, title="小表")._replace(origin=Origin("台山市人民政府办公室", date(2019, 10, 26)))
    told = openpyxl.load_workbook(io.BytesIO(xlsx.render_tables([table]))).properties
    assert (told.title, told.creator, told.language) == ("小表", "台山市人民政府办公室", "zh-CN")
    assert told.created == told.modified == datetime(2019, 10, 26)


# -- the export of a ledger -----------------------------------------------------------------------------


def exported(gk, path, *options):
    assert gk("export", path, *options).code == 0
    return openpyxl.load_workbook(path)


def test_summary_and_matrix_agree_with_status(gk, tmp_path):
    for command in (["done", 1, 2, 3, 31], ["block", 9, "--unit", "四九镇"], ["skip", 30, "--unit", "白沙镇"]):
        gk(*command)
    _, summary, matrix, _ = sheets = exported(gk, tmp_path / "a.xlsx").worksheets
    assert [sheet.title for sheet in sheets[1:]] == ["汇总", "对照表", "逐月进度与序时进度"]
    status = gk("status", "--format", "json").json()
    head, *rows = summary.iter_rows(values_only=True)
    assert head == ("口径", "名称", "所属类别", "总数", "已报", "办结", "逾期", "上报率", "办结率", "亮灯")
    by_name = {row[:2]: row[3:] for row in rows}
    wanted = {("全部", "合计"): status["assignments"]}
    wanted |= {("工作任务", f"{one['number']}、{one['title']}"): one for one in status["sections"]}
    wanted |= {("责任单位", one["unit"]): one for one in status["units"]}
    for name, counts in wanted.items():
        numbers = [counts["total"], counts["done"] + counts["confirmed"], counts["confirmed"], counts["overdue"]]
        assert by_name[name][:4] == tuple(numbers), name
        assert by_name[name][4] in ("—", round(counts["reported_rate"] / 100, 4)), name
    for of in ("类别", "工作任务", "责任单位"):
        assert sum(row[3] for row in rows if row[0] == of) == status["assignments"]["total"]
    cells = [cell for row in matrix.iter_rows(min_row=2, min_col=2, values_only=True) for cell in row if cell]
    assert len(cells) == status["assignments"]["total"]
    assert matrix.freeze_panes == "B2"


def test_the_summary_counts_the_rows_that_are_exported(gk, tmp_path):
    ledger, summary, matrix, _ = exported(gk, tmp_path / "a.xlsx", "--unit", "市教育局", "--section", "九").worksheets
    assert summary["D2"].value == ledger.max_row - 1 == matrix.max_column - 1


def test_a_matrix_too_great_is_left_out_and_named(gk, tmp_path, monkeypatch):
    from gkcheck.views import exports

    monkeypatch.setattr(exports, "MOST_CELLS", 100)
    done = gk("export", tmp_path / "a.xlsx")
    assert "没有对照表" in done.err
    assert len(openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets) == 3


def test_the_day_of_a_deadline_stands_once(gk, tmp_path):
    gk("deadline", 23, "2019-12-01", "--unit", "市教育局")
    sheet = exported(gk, tmp_path / "a.xlsx").worksheets[0]
    head = [cell.value for cell in sheet[1]]
    words, day = head.index("完成时限"), head.index("到期日")
    rows = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[day]]
    assert {row[words] for row in rows} == {"年内", None}
    assert datetime(2019, 12, 1) in {row[day] for row in rows}


def test_spare_columns_are_not_printed_where_a_page_is_too_narrow_for_all():
    """From the first of them on, and the head of the page says so; a table that fits is printed whole."""

    def page(count, letters):
        columns = (*(Column(f"栏{i}", wrap=True) for i in range(count)), Column("填报人", spare=True), Column("备注"))
        table = table_of(columns, [("字" * letters,) * count + ("李明", "无")], title="表")
        (sheet,) = sheets(table)
        return sheet.print_area, sheet.page_setup.fitToWidth, sheet.oddHeader.center.text

    told = "表　　（“填报人”起的各栏不打印，见电子表格）"
    assert page(8, 40) == ("'表'!$A$1:$H$2", 1, told)
    assert page(2, 40) == ("", 1, "表")
    assert page(8, 9)[0] == ""
    area, beside, said = page(40, 40)
    assert (area, said) == ("", "表"), "even without them it is too wide"
    assert beside > 1


@pytest.fixture
def year(tmp_path, monkeypatch):
    """The journal of a drawn year."""
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "年.jsonl"))
    drawn_year.write_journal(tmp_path / "年.jsonl", taishan())


def test_the_ledger_of_a_year_has_days_links_heights_and_one_page_across(gk, tmp_path, year):
    """Every day is a day, every address a link beside it, every row has a height for its text."""
    cells = gk("tasks", "--format", "json").json()
    sheet = exported(gk, tmp_path / "a.xlsx").worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    rows = list(sheet.iter_rows(min_row=2))
    for title, many in (("到期日", 30), ("填报时间", 400), ("审核时间", 50)):
        held = [row[titles.index(title)].value for row in rows]
        assert {type(value) for value in held} == {datetime, type(None)}
        assert sum(value is not None for value in held) > many
    links = [row[titles.index("链接")].hyperlink for row in rows]
    addresses = [a["evidence"][0]["value"] for task in cells for a in task["assignments"] if a["evidence"]]
    assert sorted(link.target for link in links if link) == sorted(addresses)
    for row in rows:
        wanted = max(
            lines_of(str(cell.value), int(sheet.column_dimensions[cell.column_letter].width) - 2)
            for cell in row
            if isinstance(cell.value, str)
        )
        assert sheet.row_dimensions[row[0].row].height >= 14 * wanted
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (8, 1)
    assert titles.index("填报人") == len(next(iter(sheet[sheet.print_area.split("!")[1]])))
    assert "“填报人”起的各栏不打印" in sheet.oddHeader.center.text
    whole = (
        "到期日",
        "填报时间",
        "审核时间",
        "序号",
        "编号",
        "职责",
        "状态",
        "逾期",
        "退回",
        "链接",
        "催办次数",
        "下一步措施",
    )
    narrow = [t for c, t in enumerate(titles) if sheet.column_dimensions[sheet.cell(1, c + 1).column_letter].width < 12]
    assert set(narrow) <= set(whole) | {"填报人", "审核人"}, "five characters at least, but for names and figures"


@pytest.mark.long
def test_every_cell_of_a_year_is_printed_whole(gk, tmp_path, year):
    """LibreOffice's pages of a section: each cell of the printed columns, to its last character."""
    pdfplumber = pytest.importorskip("pdfplumber")
    book = exported(gk, tmp_path / "a.xlsx", "--section", "二")
    sheet = book.worksheets[0]
    width = len(next(iter(sheet[sheet.print_area.split("!")[1]])))

    def said(value):
        text = value.date().isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
        return re.sub(r"\s", "", text)

    rows = [tuple(map(said, row[:width])) for row in sheet.iter_rows(values_only=True)]
    (pdf,) = converted(tmp_path / "out", "pdf", tmp_path / "a.xlsx")
    with pdfplumber.open(pdf) as opened:
        pages = [page.extract_tables() for page in opened.pages]
        sizes = {round(char["size"], 1) for page in opened.pages for char in page.chars}
    printed = [
        tuple(said(cell) for cell in row) for tables in pages for table in tables for row in table if len(row) == width
    ]
    assert [row for row in printed if row != rows[0]] == rows[1:]
    assert min(sizes) >= 7.9


def test_word_refuses_a_ledger_that_it_would_hardly_open(gk, tmp_path, monkeypatch):
    from gkcheck.exporters import docx
    from gkcheck.exporters.registry import Exporter

    monkeypatch.setattr(docx, "DOCX", docx.DOCX._replace(most_rows=21))
    assert isinstance(docx.DOCX, Exporter)
    done = gk("export", tmp_path / "a.docx", "--by", "assignment", "--unit", "市教育局")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "22 个责任项，Word 文档一次最多放 21 个；请用 .xlsx 导出" in done.err
    assert list(tmp_path.glob("*.docx")) == []
    assert gk("export", tmp_path / "b.docx", "--by", "assignment", "--unit", "市教育局", "--section", "九").code == 0
    assert gk("export", tmp_path / "c.docx").code == 0, "the table as printed has no such bound"


@pytest.mark.long
def test_no_cell_is_clipped_on_paper(gk, tmp_path):
    """LibreOffice's pages of a ledger with long notes: every note is there to its last character."""
    pdfplumber = pytest.importorskip("pdfplumber")
    gk(
        "done",
        23,
        "--unit",
        "市教育局",
        "--note",
        "已在门户网站公开义务教育招生方案、招生范围、报名条件，" * 9 + "全部办结。",
    )
    gk(
        "done",
        12,
        "--unit",
        "市教育局",
        "--note",
        "见 https://example.gov.cn/zwgk/2019/11/26/post_123456.html 等公告 10 份。",
    )
    exported(gk, tmp_path / "a.xlsx", "--unit", "市教育局")
    (pdf,) = converted(tmp_path / "out", "pdf", tmp_path / "a.xlsx")
    with pdfplumber.open(pdf) as opened:
        text = re.sub(
            r"\s",
            "",
            "".join(
                cell or "" for page in opened.pages for table in page.extract_tables() for row in table for cell in row
            ),
        )
        sizes = {round(char["size"], 1) for page in opened.pages for char in page.chars if page.chars}
    assert "全部办结。" in text
    assert "等公告10份。" in text
    assert "公共企事业单位" in text or "义务教育招生方案" in text
    assert min(sizes) >= 7.9
