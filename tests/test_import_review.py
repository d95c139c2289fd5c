"""A reading that is unsure: shown beside the original, decided by options, mended in a workbook, asked about on a terminal."""

from __future__ import annotations

import io
import json
import os
import sys

import openpyxl
import pytest

from gkcheck.plan.reader import read_plan
from tests.notices_read import FIXTURES
from tests.terminal import Terminal

UNSURE = (
    "某县2021年公开任务分工表\n序号 | 主题 | 工作任务 | 责任单位 | 完成时限 |\n1 | 甲 | 修订目录。 | 县司法局 | 年底前 |\n"
    "2 | 乙 | 公布\ufffd指南。 | 县司法局牵头，各县、市、区政府配合 | 长期 |\n"
)


@pytest.fixture
def notice(tmp_path):
    path = tmp_path / "通知.txt"
    path.write_text(UNSURE, "utf-8")
    return path


def account(done):
    return json.loads(done.out)


def plan_in(path):
    plan, problems = read_plan(path.read_text("utf-8"), path.name)
    assert problems == []
    return plan


def test_how_tables_were_read_and_doubtful_rows_are_shown(gk, notice):
    """Each column with what it was taken for and samples; the original beside what was made of it."""
    done = gk("import", notice)
    assert done.code == 1
    assert "表 1　第2行起 2 行，读成任务\n    序号     → 序号　1；2\n    主题     → 标题　甲；乙\n" in done.err
    assert "原文　第4行：2 | 乙 | 公布" in done.err
    assert "读成　2公布" in done.err
    assert "牵头：县司法局｜配合：各县、市、区政府｜长期" in done.err


def test_a_sure_reading_is_not_shown(gk, notice):
    notice.write_text(UNSURE.replace("\ufffd", ""), "utf-8")
    done = gk("import", notice)
    assert (done.code, "读成　" in done.err) == (0, False)


def test_a_person_says_what_the_columns_are(gk, notice):
    plan, _ = read_plan(gk("import", notice, "--columns", "序号，标题、任务,配合,备注").out, "a")
    first = plan.tasks()[0]
    assert (first.support, first.note, first.deadline, plan.sections[0].title) == (("县司法局",), "年底前", None, "甲")


def test_a_person_says_which_tables_are_read(gk, notice):
    """The others are listed as left out; a table that would not be read is, where it is asked for."""
    notice.write_text(
        UNSURE
        + "\n附表\n\n项目名称 | 投资额 | 建设单位 |\n大桥 | 300万元 | 县交通集团 |\n学校 | 200万元 | 县城投集团 |\n",
        "utf-8",
    )
    both = account(gk("import", notice, "--format", "json"))
    assert [(one["table"], one["assigns"]) for one in both["layouts"]] == [(1, True), (2, False)]
    chosen = account(gk("import", notice, "--table", "2", "--columns", "任务,备注,责任", "--format", "json"))
    assert [task["units"]["responsible"] for task in chosen["tasks"]] == [["县交通集团"], ["县城投集团"]]
    assert any("修订目录" in left["text"] for left in chosen["left_out"])


def test_pages_of_a_pdf(gk):
    pytest.importorskip("pdfminer", reason="needs pdfminer.six")
    path = FIXTURES / "taishan.pdf"
    whole = account(gk("import", path, "--format", "json"))
    part = account(gk("import", path, "--pages", "1-2", "--format", "json"))
    assert 0 < len(part["tasks"]) < len(whole["tasks"])
    assert {left["place"][:3] for left in part["left_out"]} <= {"第1页", "第2页"}


@pytest.mark.parametrize(
    ("options", "say"),
    [
        (["--columns", "序号,任务,配合"], "写了 3 栏，要读的表有 5 栏"), (["--columns", "序号,任物"], "不认识“任物”"),
        (["--columns", "序号,标题"], "也只能有一栏“任务”"), (["--table", "2"], "没有表 2，这份文件有 1 张表"), (["--table", "0"], "不是编号"),
        (["--pages", "1"], "--pages 只用于 PDF"), (["--pages", "3-1"], "不是编号"), (["--table", "1-99999"], "不是编号"),
    ],
)  # fmt: skip
def test_a_choice_that_does_not_fit_is_refused(gk, notice, options, say):
    done = gk("import", notice, *options)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert say in done.err


def test_a_draft_is_mended_and_imported_again(gk, notice, tmp_path):
    """The original stands beside every task; what is mended counts, and a remark that is cleared is settled."""
    draft, plan = tmp_path / "草稿.xlsx", tmp_path / "tasks.yaml"
    assert gk("import", notice, "-o", draft).code == 1
    book = openpyxl.load_workbook(draft)
    sheet = book.worksheets[0]
    assert sheet["B3"].value.startswith("2 | 乙 | 公布\ufffd指南。 | 县司法局牵头")
    assert sheet["I3"].value == "各县、市、区政府"
    sheet["B3"], sheet["F3"], sheet["I3"], sheet["L3"] = "2", "公布指南。", "各县、市、区政府\n县档案局", None
    saved = io.BytesIO()
    book.save(saved)
    draft.write_bytes(saved.getvalue())
    assert gk("import", draft, "-o", plan, "--id", "a").code == 0
    read = plan_in(plan)
    assert (read.title, [task.text for task in read.tasks()]) == (
        "某县2021年公开任务分工表",
        ["修订目录。", "公布指南。"],
    )
    assert read.tasks()[1].support == ("各县、市、区政府", "县档案局")
    assert str(read.tasks()[0].deadline.date) == "2021-12-31"


def test_a_draft_that_nobody_touched_is_read_as_the_notice_was(gk, tmp_path):
    """Sections, numbers, names, limits and notes of the table of 2019; what is left to check stays so."""
    draft, plan, again = tmp_path / "a.xlsx", tmp_path / "a.yaml", tmp_path / "b.yaml"
    source = FIXTURES / "taishan.docx"
    gk("import", source, "-o", draft)
    first, second = gk("import", source, "-o", plan, "--id", "a"), gk("import", draft, "-o", again, "--id", "a")
    assert (first.code, second.code) == (1, 1)
    assert plan_in(again) == plan_in(plan)


@pytest.mark.parametrize(
    ("cell", "value", "say"), [("H2", None, "没有责任单位；请补上"), ("F2", None, None)], ids=["no unit", "deleted"]
)
def test_a_row_of_a_draft_that_is_not_whole(gk, notice, tmp_path, cell, value, say):
    """A task without a unit is refused with its place; a row without a task is listed as left out."""
    draft = tmp_path / "草稿.xlsx"
    gk("import", notice, "-o", draft)
    book = openpyxl.load_workbook(draft)
    book.worksheets[0][cell] = value
    book.save(draft)
    done = gk("import", draft)
    assert done.code == (2 if say else 1)
    assert (say or "具体要求已删去") in done.err


ROUNDS = (
    "某县2021年公开任务分工表\n序号 | 工作任务 | 责任单位 | 完成时限 |\n1 | 修订目录。 | 县司法局 | 每季度 |\n"
    "2 | 建好台账，每月通报。 | 县司法局 | 长期 |\n3 | 每月10日前报送台账。 | 县司法局 | 长期 |\n"
)


@pytest.mark.parametrize(
    ("mended", "code", "every"),
    [
        ({}, 1, ["quarter", None, "month"]),
        ({"L3": None}, 1, ["quarter", None, "month"]),
        ({"L3": None, "M3": "无"}, 0, ["quarter", None, "month"]),
        ({"L3": None, "M3": "每月", "M2": "无", "M4": "每半年"}, 0, [None, "month", "half-year"]),
        ({"L3": None, "M3": "无", "J2": "每周", "M2": None}, 1, [None, None, "month"]),
        ({"M1": None, "M2": None, "M3": None, "M4": None}, 1, ["quarter", None, "month"]),
        ({"M3": "每周"}, 2, []),
    ],
)
def test_the_period_of_a_draft_is_as_read_or_as_mended(gk, tmp_path, mended, code, every):
    """A draft of before has no such column; a limit that is mended is read again where the column is empty."""
    notice, draft, plan = tmp_path / "通知.txt", tmp_path / "草稿.xlsx", tmp_path / "tasks.yaml"
    notice.write_text(ROUNDS, "utf-8")
    gk("import", notice, "-o", draft)
    book = openpyxl.load_workbook(draft)
    sheet = book.worksheets[0]
    assert [sheet[f"M{row}"].value for row in range(1, 5)] == ["周期", "每季度", None, "每月"]
    for cell, value in mended.items():
        sheet[cell] = value
    book.save(draft)
    done = gk("import", draft, "-o", plan)
    assert (done.code, [task.deadline.every for task in plan_in(plan).tasks()] if plan.exists() else []) == (
        code,
        every,
    )
    if not mended:
        assert [str(task.deadline.date) for task in plan_in(plan).tasks()] == ["None", "None", "2021-01-10"]


@pytest.mark.parametrize(("answer", "code", "written"), [("\n", 1, True), ("n\n", 1, False)])
def test_a_person_at_a_terminal_is_asked(notice, tmp_path, answer, code, written):
    output = tmp_path / "tasks.yaml"
    env = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "INPUTRC": "/dev/null"}
    with Terminal([sys.executable, "-m", "gkcheck", "import", str(notice), "-o", str(output)], env, 100) as terminal:
        assert "读成　2公布" in terminal.wait_for("n 不写：")
        terminal.type(answer)
        assert terminal.wait() == code
        assert ("没有写入" in terminal.plain) is not written
    assert output.exists() is written


def test_yes_takes_a_reading_without_a_question(notice, tmp_path):
    output = tmp_path / "tasks.yaml"
    env = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm"}
    arguments = [sys.executable, "-m", "gkcheck", "import", str(notice), "-o", str(output), "--yes"]
    with Terminal(arguments, env, 100) as terminal:
        assert terminal.wait() == 1
    assert output.exists()


def test_a_new_unit_is_compared_with_the_registry(gk, notice, tmp_path):
    """Names like it are told, and that it belongs to no group of the plan."""
    registry = tmp_path / "registry.yaml"
    registry.write_text(
        "format: 1\nid: r\ntitle: 名录\nissued: 2021-01-02\ngroups: [{name: 各县、市、区政府}]\nunits: [{name: 县司法行政局}]\n"
        "sections:\n  - {number: 一, title: 甲, tasks: [{id: 1, number: 一, text: 乙。, responsible: [县司法行政局]}]}\n",
        "utf-8",
    )
    assert (
        "名录中没有“县司法局”，已按原文登记；相近：县司法行政局；未归类"
        in gk("import", notice, "--units", registry).err
    )


def test_a_table_whose_titles_nobody_knows_has_to_be_checked(gk, notice):
    """Its columns are told by their cells, so that its titles may be read as a task; said columns are believed."""
    rows = "修订目录并上网。 | 县司法局 | 年底前 |\n公布指南并解读。 | 县财政局 | 6月底前 |\n核对台账并通报。 | 县水利局 | 长期坚持 |\n"
    notice.write_text(rows, "utf-8")
    done = gk("import", notice)
    assert (done.code, "没有认出栏名，各栏按内容读，请核对" in done.err) == (1, True)
    assert "没有认出栏名" not in gk("import", notice, "--columns", "任务,责任,时限").err
