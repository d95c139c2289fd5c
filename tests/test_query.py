"""tasks, show, units, log and status through the front door."""

from __future__ import annotations

import csv
import io
import json

import pytest

THROUGH_CITY = [1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 27, 28, 30, 31, 33, 34, 35, 36, 37]
"""Tasks that 市直各单位 owes, by DOMAIN: as responsible, or in support of a lead (8, 27, 30, 34)."""


def test_tasks_json_is_the_whole_table(gk):
    """37 tasks in 16 sections, each with the keys of the contract and no others."""
    tasks = gk("tasks", "--format", "json").json()
    assert [task["id"] for task in tasks] == list(range(1, 38))
    assert len({task["section"]["number"] for task in tasks}) == 16
    assert {frozenset(task) for task in tasks} == {
        frozenset(
            [
                "id",
                "number",
                "section",
                "text",
                "status",
                "deadline",
                "channels",
                "overdue",
                "assigned",
                "finished",
                "assignments",
            ]
        )
    }
    assert {frozenset(cell) for task in tasks for cell in task["assignments"]} == {
        frozenset(
            [
                "unit",
                "role",
                "group",
                "status",
                "overdue",
                "updated",
                "by",
                "note",
                "evidence",
                "claim",
                "act",
                "letters",
            ]
        )
    }
    assert tasks[22]["number"] == "二十三"
    assert tasks[22]["deadline"] == {"text": None, "date": None}
    assert tasks[28]["deadline"] == {"text": "年内", "date": "2019-12-31"}


def test_what_one_unit_owes(gk):
    """Named tasks and those through the class, each with its role and where it came from."""
    tasks = gk("tasks", "--unit", "市教育局", "--format", "json").json()
    owed = {task["id"]: task["assignments"] for task in tasks}
    assert sorted(owed) == sorted([6, 23, *THROUGH_CITY])
    assert all(len(cells) == 1 and cells[0]["unit"] == "市教育局" for cells in owed.values())
    assert {number for number, (cell,) in owed.items() if cell["role"] == "support"} == {8, 27, 30, 34}
    assert {number for number, (cell,) in owed.items() if cell["group"] is None} == {6, 23}
    assert owed[1][0]["group"] == "市直各单位"


def test_one_role_per_unit_the_strongest(gk):
    """市政府办公室 leads task 8 and is not also a supporter of it through 市直各单位."""
    (task,) = gk("tasks", "--unit", "政府办", "--match", "舆情处置通知", "--format", "json").json()
    assert [(cell["role"], cell["group"]) for cell in task["assignments"]] == [("lead", None)]
    tasks = gk("tasks", "--format", "json").json()
    assert all(len({cell["unit"] for cell in task["assignments"]}) == len(task["assignments"]) for task in tasks)
    assert sum(cell["unit"] == "市政府办公室" for cell in tasks[7]["assignments"]) == 1


def test_with_a_unit_a_row_is_about_that_unit_alone(gk):
    """One of twelve has reported: done for it, not for its neighbour; without a unit the whole task counts."""
    gk("done", 6, "--unit", "税务局")

    def row(*unit):
        (task,) = gk("tasks", *unit, "--match", "减税降费、金融安全", "--format", "json").json()
        return task["status"], task["assigned"], task["finished"]

    assert row("--unit", "税务局") == ("done", 1, 1)
    assert row("--unit", "教育局") == ("todo", 1, 0)
    assert row() == ("doing", 12, 1)


def test_the_footer_names_open_classes(gk):
    """Tasks 14–16 and 26 may concern the unit; gkcheck says so and does not guess."""
    answer = gk("tasks", "--unit", "市教育局")
    assert "市各行政执法单位”，来源没有写明；该类别另有具体要求 14、15、16" in answer.out
    assert "相关单位”，来源没有写明；该类别另有具体要求 26" in answer.out


def test_a_unit_in_no_class_is_told_of_every_class(gk):
    """Nothing states that the tax office is one of 市直各单位."""
    answer = gk("tasks", "--unit", "税务局")
    assert "共 2 项" in answer.out
    assert "市税务局是否属于“市直各单位”" in answer.out


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--section", "九"], [22, 23, 24, 25]),
        (["--section", "民生领域"], [22, 23, 24, 25]),
        (["--channel", "信用江门"], [21]),
        (["--unit", "市教育局", "--named"], [6, 23]),
        (["--unit", "市教育局", "--role", "support"], [8, 27, 30, 34]),
        (["--match", "义务教育"], [23]),
        (["--overdue", "--as-of", "2020-01-01"], [29]),
        (["--overdue", "--as-of", "2019-12-31"], []),
        (["--due-by", "2019-12-31"], [29]),
        (["--status", "done"], []),
    ],
)
def test_filters(gk, options, ids):
    assert [task["id"] for task in gk("tasks", *options, "--format", "json").json()] == ids


def test_every_format_tells_the_same(gk):
    """CSV with a BOM for spreadsheets, TSV and Markdown, and a plain table, each with every task whole."""
    table = gk("tasks", "--unit", "市教育局").out
    text = gk("tasks", "--format", "json", "--match", "义务教育").json()[0]["text"]
    assert text in table
    assert "\x1b" not in table
    rows = list(csv.reader(io.StringIO(gk("tasks", "--format", "csv").out.removeprefix("\ufeff"))))
    assert len(rows) == 38
    assert rows[23][1] == text
    lines = gk("tasks", "--format", "tsv").out.splitlines()
    assert lines[23].split("\t")[1] == text
    assert f"| {text} |" in gk("tasks", "--format", "md").out


def test_csv_in_a_pipe_has_a_bom(gkcheck):
    """Excel and WPS open UTF-8 only with one; a GBK pipe needs none."""
    assert gkcheck("tasks", "--format", "csv").out.startswith("\ufeff编号")


def test_a_gbk_pipe(tmp_path):
    """Windows redirects in GBK: nothing is lost and nothing breaks."""
    import os
    import sys

    from tests import processes

    done = processes.run(
        [sys.executable, "-m", "gkcheck", "tasks", "--unit", "市教育局"],
        env={**os.environ, "PYTHONIOENCODING": "gbk"}, capture_output=True, check=True,
    )  # fmt: skip
    assert "通过多种形式及时公开义务教育招生方案" in done.stdout.decode("gbk")
    assert "\\u" not in done.stdout.decode("gbk")


def test_show(gk):
    """The requirement whole, every assignee, and the count of finished ones."""
    gk("done", 6, "--unit", "税务局")
    out = gk("show", "六").out
    assert "推进中  1/12" in out
    assert "市税务局" in out
    shown = gk("show", 6, "--format", "json").json()
    assert (shown["assigned"], shown["finished"], shown["status"]) == (12, 1, "doing")
    assert [entry["action"] for entry in shown["history"]] == ["done"]


def test_units(gk):
    """The registry, open classes as assignees, each with its load."""
    listed = {unit["unit"]: unit for unit in gk("units", "--format", "json").json()}
    assert len(listed) == 42
    assert listed["市教育局"]["total"] == 22
    assert listed["市各行政执法单位"]["open"]
    assert listed["广海湾工业园区"]["total"] == 0
    assert len(gk("units", "各镇（街）", "--format", "json").json()) == 17


def test_log_holds_both_facts(gk):
    gk("done", 23)
    gk("undo")
    log = gk("log", "--format", "json").json()
    assert [entry["action"] for entry in log] == ["done", "undo"]
    assert log[1]["undoes"] == log[0]["batch"]
    assert list(log[0]) == ["seq", "at", "by", "task", "unit", "action", "of", "note", "evidence", "batch", "id"]


def test_status_adds_up(gk):
    """Total is the sum of the six statuses in every row; sections and units each sum to the whole."""
    gk("done", "6", "--unit", "税务局")
    gk("done", 23)
    gk("start", "1-3", "--unit", "台城街道")
    gk("block", 30, "--unit", "财政局", "--note", "等系统")
    gk("skip", 30, "--unit", "台城街道")
    status = gk("status", "--format", "json").json()
    names = ["todo", "doing", "blocked", "done", "confirmed", "skipped"]
    rows = [status["tasks"], status["assignments"], *status["sections"], *status["units"]]
    assert all(row["total"] == sum(row[name] for name in names) for row in rows)
    assert status["tasks"]["total"] == 37
    for part in ("sections", "units"):
        for name in [*names, "total", "overdue"]:
            assert sum(row[name] for row in status[part]) == status["assignments"][name]
    assert status["assignments"]["done"] == 2
    assert status["assignments"]["reported_rate"] == round(100 * 2 / (767 - 1), 2)


def test_units_are_ranked_within_their_group(gk):
    """Towns with towns, departments with departments; one table a group."""
    gk("done", 1, "--unit", "广海镇")
    out = gk("status", "--by", "unit", "--format", "md").out
    towns = out[out.index("**各镇（街）**") : out.index("**市直各单位**")]
    assert towns.splitlines()[4].startswith("| 1 | 广海镇 |")
    assert towns.splitlines()[5].startswith("| 2 | ")
    assert "市教育局" not in towns


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tasks", "--unit", "教育居"], "是否要找：市教育局"),
        (["tasks", "--section", "十二"], "没有“十二”"),
        (["show", "99"], "没有第 99 项"),
        (["tasks", "--as-of", "2019-13-01"], "不是日期"),
        (["tasks", "--due-by", "明天吧"], "不是日期"),
        (["tasks", "--format", "xml"], "可选：table、json、csv、tsv、md"),
        (["tasks", "--statu", "done"], "是否要用 --status"),
        (["taks"], "是否要用 gkcheck tasks"),
        (["show"], "缺少参数 编号"),
        (["where", "extra"], "多出了“extra”"),
        (["status", "extra"], "没有叫“extra”的单位"),
        (["tasks", "--plan", "/nonexistent/tasks.yaml"], "没有这个文件"),
        (["tasks", "--plan", "/"], "这是一个目录"),
    ],
)
def test_wrong_words_get_one_line(gk, arguments, said):
    answer = gk(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert said in answer.err


def test_the_overview_counts_assignments_as_status_does(gk):
    """Skipped ones are among them, and named."""
    gk("skip", "1", "--unit", "市教育局", "--note", "不承担")
    status = gk("status", "--format", "json").json()
    total, skipped = status["assignments"]["total"], status["assignments"]["skipped"]
    own = next(unit for unit in status["units"] if unit["unit"] == "市教育局")
    gk("config", "set", "unit", "市教育局")
    said = gk().out
    assert skipped == 1
    assert f"；{total} 个责任项（不涉及 1 个），已报 0 个" in said
    assert f"市教育局：{own['total']} 个责任项（不涉及 1 个），已报 0 个" in said


def test_a_span_of_days_that_ends_before_it_begins_is_refused(gk):
    answer = gk("log", "--since", "2019-12-01", "--until", "2019-11-01")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "gkcheck: --since 2019-12-01 晚于 --until 2019-11-01，请把两个日期对调或改正\n"
    assert gk("log", "--since", "2019-12-01", "--until", "2019-12-01").code == 0


def test_a_status_that_qualifies_is_that_of_an_assignment(gk, tmp_path):
    """Overdue and returned stand beside the statuses, and an export of assignments holds only those."""
    gk("done", "1", "2", "--unit", "教育局、财政局")
    gk("deadline", "2", "2019-11-01", "--unit", "公安局")
    gk("return", "1", "--unit", "财政局", "--note", "缺佐证")

    def found(*options):
        answer = gk("tasks", "--section", "一", "--format", "json", *options).json()
        return {task["id"]: [state["unit"] for state in task["assignments"]] for task in answer}

    assert found("--status", "退回") == {1: ["市财政局"]}
    assert found("--status", "逾期") == {2: ["市公安局"]}
    assert found("--status", "退回、逾期") == {1: ["市财政局"], 2: ["市公安局"]}
    assert found("--status", "退回", "-u", "教育局") == {}
    gk("export", tmp_path / "逾期.json", "--status", "逾期,退回", "--section", "一")
    listed = json.loads((tmp_path / "逾期.json").read_text("utf-8"))
    assert [(item["task"], item["unit"]) for item in listed] == [(1, "市财政局"), (2, "市公安局")]
    assert found("--status", "已完成、退回", "-u", "教育局、财政局") == {1: ["市财政局"], 2: ["市教育局", "市财政局"]}
