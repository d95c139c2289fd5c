"""Letters, bulletins, forms, exports and the matrix tell which period they are about, and which were missed."""

from __future__ import annotations

import csv
import re

import openpyxl
import pytest

from tests.journal.recurring_year import DAYS

SOME = ("2019-02-01", "2019-07-03", "2019-12-31", "2020-01-01")
ALL = [day for day, *_ in DAYS]
ON_DAYS = pytest.mark.parametrize(
    "day", [pytest.param(day, marks=() if day in SOME else pytest.mark.long) for day in ALL]
)


def cells_on(year, day):
    """The assignments that come round again, on a day, by task."""
    tasks = year("tasks", "--as-of", day, "--format", "json").json()[:4]
    return {task["id"]: task["assignments"][0] for task in tasks}


def missed(cell):
    """第二、第三季度: the periods of a cell that were missed, as a sentence names them."""
    names = [period["name"] for period in cell["periods"] if period["overdue"]]
    return "、".join([name.removesuffix("季度") for name in names[:-1]] + names[-1:])


def number(pattern, text):
    """The number that a sentence gives; 0 where there is none, since nothing is said of what is zero."""
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


@ON_DAYS
def test_a_bulletin_agrees_with_the_figures_and_names_the_periods(year, tmp_path, day):
    """The present period in the sentence and the annex; with --since those that ended, reported and missed."""
    first = f"{day[:4]}-01-01"
    since = ["--since", first] if day > first else []
    assert year("report", tmp_path / "通报.txt", "--as-of", day, *since).code == 0
    text, cells = (tmp_path / "通报.txt").read_text("utf-8"), cells_on(year, day)
    status = year("status", "--as-of", day, "--format", "json").json()
    counts = status["assignments"]
    over = [one for cell in cells.values() for one in cell["periods"] if one["end"] < day and since]
    for pattern, value in (
        (r"共(\d+)项具体要求", status["tasks"]["total"]),
        (r"、(\d+)个责任项。", counts["total"]),
        (r"责任项。已报完成(\d+)个", counts["done"] + counts["confirmed"]),
        (r"责任项中，逾期(\d+)个", counts["overdue"]),
        (r"定期办理的责任项有(\d+)个", status["recurring"]),
        (
            r"当期（[^）]*），其中已报完成(\d+)个",
            sum(cell["status"] in ("done", "confirmed") for cell in cells.values()),
        ),
        (r"以来到期的，已报完成(\d+)期", sum(not one["overdue"] for one in over)),
        (r"以来到期的，(?:已报完成\d+期，)?未报完成(\d+)期", sum(one["overdue"] for one in over)),
        (r"以来到期未报完成的有(\d+)期", sum(one["overdue"] for one in over)),
    ):
        assert number(pattern, text) == value, pattern
    (present,) = re.findall(r"只计当期（([^）]*)）", text)
    assert set(present.split("、")) == {cell["periods"][-1]["name"] for cell in cells.values()}
    listed = "，".join(f"{missed(cell)}（{task}）" for task, cell in cells.items() if missed(cell))
    assert (f"市教育局{listed}。" in text) is bool(over and listed)
    assert f"时限：每月更新（{cells[2]['periods'][-1]['name']}，" in text
    assert f"；{cells[1]['periods'][-1]['name']} 1" in text


@ON_DAYS
def test_a_letter_names_the_present_period_and_those_missed(year, day):
    text, cells = year("remind", "--unit", "市教育局", "--as-of", day).out, cells_on(year, day)
    owed = {task: cell for task, cell in cells.items() if cell["status"] == "todo"}
    assert number(r"尚有(\d+)项未完成", text) == len(owed)
    assert number(r"往期未报(\d+)项", text) == sum(bool(missed(cell)) for cell in owed.values())
    items = re.split(r"\n\d+\. 编号：", text)[1:]
    assert len(items) == len(owed)
    for item in items:
        cell = owed[int(item[0])]
        name = cell["periods"][-1]["name"]
        assert name in item or name == f"{day[:4]}年"
        assert re.findall(r"往期未报：(.*)", item) == [missed(cell)] * bool(missed(cell))


def test_a_form_names_the_period_to_report_on(year, tmp_path):
    year("form", "--unit", "市教育局", "-o", tmp_path / "表")
    sheet = openpyxl.load_workbook(tmp_path / "表" / "市教育局.xlsx").worksheets[0]
    today = cells_on(year, year("status", "--format", "json").json()["as_of"])
    assert "定期的任务填“完成时限”里写明的那一期" in sheet["A3"].value
    for row in (5, 6):
        cell = today[sheet.cell(row, 1).value]
        assert sheet.cell(row, 5).value.split("\n")[1].startswith(cell["periods"][-1]["name"] + "，")
        assert sheet.cell(row, 6).value.endswith(f"\n往期未报：{missed(cell)}")


def test_an_export_has_the_periods_of_the_year_in_its_last_column(year, tmp_path):
    assert year("export", tmp_path / "台账.csv", "--as-of", "2019-12-30").code == 0
    rows = list(csv.reader((tmp_path / "台账.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0][-1] == "各期"
    assert rows[1][-1] == "第一季度 √　第二季度 逾期　第三季度 逾期　第四季度 未开始"
    assert rows[5][-1] == ""
    assert [row[7] for row in rows[1:]] == ["每季度", "每月更新", "每半年", "每年", ""]
    year("export", tmp_path / "无.csv", "--unit", "市财政局")
    assert "各期" not in (tmp_path / "无.csv").read_text("utf-8-sig")


def test_an_export_is_read_back_with_its_periods(year, tmp_path):
    """As a ledger, no column of it unknown; as a notice, the periods those of the plan."""
    ledger, notice, again = tmp_path / "台账.xlsx", tmp_path / "表.docx", tmp_path / "again.yaml"
    year("export", ledger)
    assert "一栏不认识" not in "".join(year("collect", ledger, "--dry-run")[1:])
    year("deadline", 1, "none")
    year("export", notice)
    year("import", notice, "-o", again)
    written = again.read_text("utf-8")
    for deadline in ("{text: 每季度, every: quarter}", "{text: 每月更新, every: month}", "{text: 每半年, every: half-year}",
                     "{text: 每年（2019-03-31）, date: 2019-03-31, every: year}"):  # fmt: skip
        assert f"deadline: {deadline}" in written


def test_status_says_how_many_are_counted_in_their_present_period(year):
    assert "其中定期办理的责任项 4 个，只计当期。" in year("status").out
    assert year("status", "--format", "json").json()["recurring"] == 4
    for task in range(1, 5):
        year("deadline", task, "none")
    assert "定期" not in year("status").out
    assert "recurring" not in year("status", "--format", "json").json()


def test_the_matrix_says_of_which_periods_its_cells_are(year):
    shown = year("matrix", "--as-of", "2019-12-30").out
    assert "定期的任务是当期的：下半年 3；12月 2；第四季度 1；2019年 4" in shown
    cells = year("matrix", "--as-of", "2019-12-30", "--format", "json").json()["units"][0]["cells"]
    assert [cells[task].get("period") for task in "1234"] == ["2019年第四季度", "2019年12月", "2019年下半年", "2019年"]
    other = year("matrix", "--group", "市财政局", "--format", "json").json()["units"][0]["cells"]
    assert "period" not in other["5"]
    assert "定期" not in year("matrix", "--group", "市财政局").out
