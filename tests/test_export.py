"""`export`: every format carries every fact, comes back as the same text, and opens in an office."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import datetime, timedelta, timezone

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.cli.main import run
from gkcheck.text.escapes import (
    from_shown_directions,
    from_spreadsheet_text,
    from_workbook_text,
    from_xml_text,
    shown_directions,
    spreadsheet_text,
    workbook_text,
    xml_text,
)
from tests import hostile_texts as hostile
from tests.office import CSV, converted

NOTE = 12
"""The column of 进展情况 in an export by assignment."""


@pytest.fixture(scope="module")
def attack(tmp_path_factory):
    """A small plan, and a journal in which its unit has noted every hostile text."""
    folder = tmp_path_factory.mktemp("attack")
    count = len(hostile.VALUES)
    tasks = "".join(
        f"      - {{id: {i}, number: '{i}', text: 第{i}项, responsible: [甲局]}}\n" for i in range(1, count + 1)
    )
    plan, store = folder / "plan.yaml", folder / "journal.jsonl"
    plan.write_text(
        "format: 1\nid: attacked\ntitle: 受攻击的表\nunits:\n  - {name: 甲局}\n"
        f"sections:\n  - number: 一\n    title: 试\n    tasks:\n{tasks}",
        "utf-8",
    )
    for i, value in enumerate(hostile.VALUES, 1):
        assert (
            run(["start", str(i), "--unit", "甲局", "--note", value, "--plan", str(plan), "--store", str(store)]) == 0
        )
    return plan, store


@pytest.fixture
def attacked(attack, monkeypatch):
    """The hostile texts by task, where plan and journal are in use."""
    plan, store = attack
    monkeypatch.setenv("GKCHECK_PLAN", str(plan))
    monkeypatch.setenv("GKCHECK_STORE", str(store))
    return dict(enumerate(hostile.VALUES, 1))


DIRECTED = "\u202e右到左\u202c \u2067אבג\u2069 \u200f"


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".md", ".html", ".docx", ".xlsx"])
def test_controls_of_direction_are_shown_and_not_obeyed(gk, tmp_path, suffix):
    gk("start", 23, "--unit", "市教育局", "--note", DIRECTED)
    options = ("--by", "assignment", "--unit", "市教育局", "--status", "doing")
    data = exported(gk, tmp_path / f"a{suffix}", *options).read_bytes()
    if suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            data = b"".join(map(package.read, package.namelist()))
    text = data.decode("utf-8", "replace").replace("_x005F", "").replace("\\", "")
    assert "_x202E_右到左_x202C_ _x2067_אבג_x2069_ _x200F_" in text
    assert not set(text) & set("\u202e\u202c\u2067\u2069\u200f")
    if suffix == ".html":
        assert "<bdi>_x202E_" in text


def exported(gk, path, *options):
    done = gk("export", path, *options)
    assert done.code == 0, done
    return path


def test_delimited_files_return_every_text(gk, attacked, tmp_path):
    for suffix, sign in ((".csv", ","), (".tsv", "\t")):
        head, *rows = hostile.csv_rows(exported(gk, tmp_path / f"a{suffix}").read_bytes(), sign)
        assert head[NOTE] == "进展情况"
        assert {int(row[0]): from_shown_directions(from_spreadsheet_text(row[NOTE])) for row in rows} == attacked
        assert not any(cell[:1] in "=+-@\t\r＝＋－＠" for row in rows for cell in row if cell)


def test_json_returns_every_text(gk, attacked, tmp_path):
    rows = json.loads(exported(gk, tmp_path / "a.json").read_bytes())
    assert {row["task"]: row["note"] for row in rows} == attacked


def test_markdown_returns_every_text(gk, attacked, tmp_path):
    text = exported(gk, tmp_path / "a.md").read_bytes().decode()
    _, *rows = hostile.markdown_rows(text)
    assert {int(row[0]): from_shown_directions(row[NOTE]) for row in rows} == attacked


def test_html_returns_every_text_and_nothing_else(gk, attacked, tmp_path):
    text = exported(gk, tmp_path / "a.html").read_bytes().decode()
    _, *rows = hostile.html_rows(text)
    notes = {int(row[0]): from_shown_directions(row[NOTE].replace("_x0000_", "\0")) for row in rows}
    assert notes == attacked
    assert text.count("<script") == 1


def test_workbook_returns_every_text(gk, attacked, tmp_path):
    import openpyxl

    sheet = openpyxl.load_workbook(exported(gk, tmp_path / "a.xlsx")).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2))
    assert {row[0].value: from_shown_directions(from_workbook_text(row[NOTE].value)) for row in rows} == attacked
    when = [cell.value for cell in sheet[1]].index("填报时间")
    assert {row[when].data_type for row in rows} == {"d"}
    assert {cell.data_type for row in rows for cell in (*row[1:when], *row[when + 1 :])} <= {"s", "n"}
    formulas = [row[NOTE] for row in rows if attacked[row[0].value][0] in "=+-@\t\r＝＋－＠'"]
    assert len(formulas) >= 13
    assert all(cell.quotePrefix for cell in formulas)
    assert sheet.freeze_panes == "F2", "the columns up to 责任单位 stay"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.auto_filter.ref


def test_workbook_keeps_what_no_cell_can_hold(gk, tmp_path):
    """Excel's 32,767 characters: the rest of a text stands in a sheet of its own."""
    import io

    import openpyxl

    from gkcheck.exporters import xlsx
    from gkcheck.table import Column, table_of

    long = "=很长😀" * 20_000
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render_tables([table_of((Column("甲", wrap=True),), [(long,)])])))
    first, rest = book.worksheets
    pieces = [first["A2"].value, *(row[1].value for row in rest.iter_rows(min_row=2))]
    assert rest["A2"].value == f"{first.title}!A2"
    assert "".join(map(from_workbook_text, pieces)) == long
    assert max(len(piece.encode("utf-16-le")) // 2 for piece in pieces) <= 32_767


@pytest.mark.long
def test_workbook_in_libreoffice(gk, attacked, tmp_path):
    exported(gk, tmp_path / "a.xlsx")
    (made,) = (path for path in converted(tmp_path / "out", CSV, tmp_path / "a.xlsx") if "受攻击的表" in path.name)
    _, *rows = hostile.csv_rows(b"\xef\xbb\xbf" + made.read_bytes())
    seen = {int(row[0]): from_shown_directions(row[NOTE]) for row in rows}
    assert seen.pop(33) in ("a\0b\x01c\x1f", "a")  # LibreOffice itself ends a CSV field at NUL
    assert seen == {i: value for i, value in attacked.items() if i != 33}


def test_word_returns_every_text(gk, attacked, tmp_path):
    path = exported(gk, tmp_path / "a.docx", "--by", "assignment")
    assert noted(hostile.docx_tables(path)) == attacked


@pytest.mark.long
def test_word_in_libreoffice(gk, attacked, tmp_path):
    """LibreOffice knows one kind of line break only, and drops blanks at the end of a paragraph."""
    path = exported(gk, tmp_path / "a.docx", "--by", "assignment")
    (made,) = converted(tmp_path / "out", "fodt", path)
    wanted = {i: text.replace("\r", "\n").rstrip(" ") for i, text in attacked.items()}
    assert noted(hostile.fodt_tables(made)) == wanted


def noted(tables):
    ((head, *rows),) = tables
    note = head.index("进展情况")
    return {int(row[0]): from_shown_directions(from_xml_text(row[note])) for row in rows}


@pytest.mark.parametrize("text", hostile.VALUES, ids=range(len(hostile.VALUES)))
def test_escapes_are_undone(text):
    assert from_spreadsheet_text(spreadsheet_text(text)) == text
    assert from_workbook_text(workbook_text(text)) == text
    assert from_xml_text(xml_text(text)) == text
    assert from_shown_directions(shown_directions(text)) == text
    assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown_directions(text))
    assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f]", xml_text(text))


# -- what is in it --------------------------------------------------------------------------------------


def test_every_assignment_is_exported_once(gk, tmp_path):
    status = gk("status", "--format", "json").json()
    rows = hostile.csv_rows(exported(gk, tmp_path / "a.csv").read_bytes())
    assert len(rows) - 1 == status["assignments"]["total"]
    assert rows[0] == ["序号", "编号", "工作任务", "具体要求", "责任单位", "职责", "类别", "完成时限", "到期日", "状态",
                       "逾期", "退回", "进展情况", "存在问题", "下一步措施", "佐证材料", "填报人", "填报时间",
                       "审核人", "审核时间", "审核意见", "催办次数"]  # fmt: skip


def test_by_task_is_the_contract_of_tasks(gk, tmp_path):
    path = exported(gk, tmp_path / "t.json", "--by", "task", "--unit", "教育局")
    assert json.loads(path.read_bytes()) == gk("tasks", "--unit", "教育局", "--format", "json").json()


def test_filters_are_those_of_tasks(gk, tmp_path):
    gk("done", 23, "--note", "已发布")
    (row,) = json.loads(exported(gk, tmp_path / "a.json", "--unit", "jyj", "--status", "done").read_bytes())
    assert (row["task"], row["unit"], row["note"]) == (23, "市教育局", "已发布")
    rows = json.loads(exported(gk, tmp_path / "b.json", "--status", "done").read_bytes())
    assert rows == [row], "where a row is an assignment, --status is the assignment's"
    lead = json.loads(exported(gk, tmp_path / "c.json", "--role", "lead").read_bytes())
    assert [row["task"] for row in lead] == [8, 27, 30, 34]


def parts_of(path):
    """Return what a package holds, whenever it was written."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist() if name != "docProps/core.xml"}


def test_the_published_table_is_merged_as_printed(gk, tmp_path):
    import docx

    path = exported(gk, tmp_path / "plan.docx")
    assert parts_of(path) == parts_of(exported(gk, tmp_path / "plan2.docx", "--by", "task"))
    document = docx.Document(str(path))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["工作任务", "具体要求", "责任单位"]
    assert len(table.rows) == 38
    sections = [table.cell(r, 0)._tc for r in range(1, 38)]
    assert len(set(map(id, sections))) == 16
    assert table.cell(1, 0).text == "一、深入解读重要政策措施"
    assert table.cell(37, 0).text == "十七、加强相关基础工作"
    units = [table.cell(r, 2)._tc for r in range(1, 38)]
    for merged in ((1, 2, 3), (14, 15, 16), (35, 36)):
        assert len({id(units[r - 1]) for r in merged}) == 1
    assert table.cell(8, 2).text == "市政府办公室牵头，各镇（街），市直各单位配合"
    assert table.cell(18, 2).text == "市农业农村局、市民政局、市财政局"
    assert table.cell(26, 2).text.startswith("市财政局，涉及公共资源配置、")
    assert table.cell(23, 1).text.startswith("（二十三）通过多种形式")
    assert [p.text for p in document.paragraphs][:4] == [
        "台山市2019年政务公开工作要点责任分工表", "台府办函〔2019〕362号", "台山市人民政府办公室", "2019年10月26日",
    ]  # fmt: skip


def test_a_deadline_that_stands_in_the_text_is_not_printed_again(gk, tmp_path):
    import docx

    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "format: 1\nid: dated\ntitle: 表\nunits:\n  - {name: 甲局}\nsections:\n  - number: 一\n    title: 试\n    tasks:\n"
        "      - {id: 1, number: '1', text: 年底前办结, responsible: [甲局], deadline: {text: 年底前, date: 2019-12-31}}\n"
        "      - {id: 2, number: '2', text: 公开指南, responsible: [甲局], deadline: {text: 长期}}\n",
        "utf-8",
    )
    (table,) = docx.Document(str(exported(gk, tmp_path / "plan.docx", "--plan", plan))).tables
    assert [row.cells[-1].text for row in table.rows] == ["完成时限", "", "长期"]


@pytest.mark.parametrize(("columns", "millimetres"), [(12, (297, 210)), (13, (420, 297))])
def test_a_listing_of_many_columns_lies_on_a3(columns, millimetres):
    import docx

    from gkcheck.exporters.docx import render_tables
    from gkcheck.table import Column, table_of

    data = render_tables([table_of(tuple(Column(f"栏{i}") for i in range(columns)), [("字",) * columns])])
    section = docx.Document(io.BytesIO(data)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == millimetres


def test_a_word_file_tells_title_author_language_and_day(gk, tmp_path):
    import docx

    told = docx.Document(str(exported(gk, tmp_path / "a.docx"))).core_properties
    assert (told.title, told.author) == ("台山市2019年政务公开工作要点责任分工表", "台山市人民政府办公室")
    today = datetime.now(timezone(timedelta(hours=8))).date()  # of the office
    assert (told.language, told.created.date(), told.modified.date()) == ("zh-CN", today, today)


def test_only_known_suffixes(gk, tmp_path):
    for name in ("a.xls", "a.pdf", "a"):
        done = gk("export", tmp_path / name)
        assert done.code == 2
        assert done.err.count("\n") == 1
        assert ".xlsx" in done.err
    assert list(tmp_path.iterdir()) == []
    assert gk("export", tmp_path / "A.CSV").code == 0


@pytest.mark.parametrize("saved_by", ["gkcheck", pytest.param("LibreOffice", marks=pytest.mark.long)])
def test_the_published_table_is_read_again_as_the_same_plan(gk, tmp_path, saved_by):
    """Sections, tasks, units and roles; what the notice does not print (aliases, notes, channels) is not in it."""
    from gkcheck.plan.reader import read_plan

    again, table = tmp_path / "again.yaml", exported(gk, tmp_path / "plan.docx")
    if saved_by == "LibreOffice":
        (table,) = converted(tmp_path / "saved", "docx", table)
    assert gk("import", table, "-o", again).code in (0, 1)
    source = built_in_plan()
    one, two = (read_plan(path.read_text("utf-8"), path.name)[0] for path in (source, again))
    for name in ("title", "document_number", "issuer", "issued"):
        assert getattr(one, name) == getattr(two, name)
    assert [printed(one)] == [printed(two)]


def printed(plan):
    return [
        (section.number, section.title, task.id, task.number, task.text, task.lead, task.responsible, task.support)
        for section in plan.sections
        for task in section.tasks
    ]
