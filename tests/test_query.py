"""tasks, show, units, log and status through the front door."""

from __future__ import annotations

import csv
import io
import json
import re

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
    assert "没有列明“市各行政执法单位”包括哪些单位；市教育局如在其中，还有具体要求 14、15、16。" in answer.out
    assert "相关单位”包括哪些单位；市教育局如在其中，还有具体要求 26。" in answer.out
    for filtered in (["--status", "todo"], ["--section", "九"], ["--match", "招生"], ["--named"], ["--overdue"]):
        assert "没有列明" not in gk("tasks", "--unit", "市教育局", *filtered).out


def test_a_unit_in_no_class_is_told_of_every_class(gk):
    """Nothing states that the tax office is one of 市直各单位."""
    answer = gk("tasks", "--unit", "税务局")
    assert "共 2 项" in answer.out
    assert "“市直各单位”包括哪些单位；市税务局如在其中，" in answer.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tasks --match 没有这样的话", "没有符合条件的具体要求。"),
        ("tasks --unit 教育局 --status done", "没有符合条件的责任项。"),
        ("log", "没有符合条件的记录。"),
        ("evidence", "没有符合条件的佐证。"),
        ("remind --list", "没有符合条件的催办单。"),
    ],
)
def test_an_empty_answer_says_so(gk, line, said):
    out = gk(*line.split()).out
    assert said in out
    assert "共 0" not in out


def test_the_brief_list_has_one_line_a_task(gk):
    gk("deadline", 2, "2019-11-01")
    gk("done", 23, "--unit", "教育局")
    lines = gk("tasks", "--brief", "--as-of", "2099-11-25").out.splitlines()
    assert len(lines) == 37 + 4
    assert re.match(r"2（二） +逾期 +2019-11-01 +0/36  对人民群众", lines[3])
    assert " 12-31 " in gk("tasks", "--brief", "--as-of", "2019-11-25").out
    mine = gk("tasks", "--brief", "--unit", "教育局").out
    assert re.search(r"^23（二十三） +已完成 +通过多种形式", mine, re.MULTILINE)
    assert "没有列明" in mine
    assert gk("tasks", "--brief", "--full").code == 2


def test_tasks_may_be_sorted_with_the_overdue_first(gk):
    gk("deadline", 5, "2019-11-01")
    gk("deadline", 4, "2019-10-01")
    gk("deadline", 3, "2099-01-01")
    gk("block", 9, "--unit", "教育局", "--note", "等")
    gk("done", 23, "--unit", "教育局")

    def ids(order, *more):
        return [task["id"] for task in gk("tasks", "--sort", order, *more, "--format", "json").json()]

    assert ids("deadline")[:4] == [4, 5, 29, 3]
    assert ids("时限") == ids("deadline")
    assert ids("status")[:5] == [4, 5, 29, 9, 1]
    assert ids("status")[-1] == 23
    assert ids("number") == list(range(1, 38))
    towns, office = ids("unit").index(1), ids("unit").index(6)
    assert towns < office
    assert ids("unit")[:3] == [4, 5, 29]
    assert ids("unit", "--unit", "教育局")[:2] == [4, 5]
    gk("deadline", 8, "2019-01-01", "--unit", "教育局")  # overdue for one unit; the task has no day of its own
    assert ids("deadline")[:5] == [4, 5, 29, 8, 3]


def test_status_by_class_sums_to_the_whole(gk):
    gk("done", 1, "--unit", "镇街")
    out = gk("status", "--by", "class").out
    assert re.search(r"^各镇（街） +340 +17 +0 +17 +5.00%", out, re.MULTILINE)
    assert gk("status", "--by", "类别").out == out
    rows = list(
        csv.DictReader(io.StringIO(gk("status", "--by", "class", "--format", "csv").out.removeprefix("\ufeff")))
    )
    status = gk("status", "--by", "class", "--format", "json").json()
    counts = status["assignments"]
    assert (sum(int(row["总数"]) for row in rows), sum(int(row["已报"]) for row in rows)) == (counts["total"], 17)
    assert [(row["group"], row["total"], row["done"]) for row in status["groups"]] == [
        ("各镇（街）", 340, 17),
        ("市直各单位", 419, 0),
        (None, 8, 0),
    ]


def test_the_log_folds_what_a_batch_says_alike(gk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    gk("done", 1, "--unit", "镇街")
    gk("done", 23, "--unit", "教育局")
    out = gk("log").out
    assert "台城街道等 17 个单位" in out
    assert "大江镇" not in out
    assert "共 18 条记录。同一批中内容相同的并为一行，共 2 行。" in out
    assert "台城街道等 17 个单位" in gk("show", 1).out
    assert "大江镇" in gk("log", "--unit", "大江镇").out
    assert "大江镇" in gk("log", "--format", "csv").out
    assert len(gk("log", "--format", "json").json()) == 18
    assert [entry["task"] for entry in gk("log", "-n", 1, "--format", "json").json()] == [23]
    assert len(gk("log", "-n", 2, "--format", "json").json()) == 18
    assert gk("log", "-n", 0).code == 2
    gk("remind", "--unit", "公安局", "-o", "催办")
    last = gk("log", "-n", 1)
    assert re.search(r" 1 等 21 项 +市公安局 +催办 ", last.out), last.out
    assert len(gk("log", "-n", 1, "--format", "json").json()) == 21


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
    assert (rows[23][0], rows[23][3]) == ("23", text)
    lines = gk("tasks", "--format", "tsv").out.splitlines()
    assert lines[23].split("\t")[3] == text
    assert f"| {text} |" in gk("tasks", "--format", "md").out


QUERIES = [
    "tasks", "tasks --unit 市教育局", "tasks --unit 镇街", "show 1", "status", "status --by unit", "status --by task",
    "matrix", "units", "units --contacts", "log", "evidence", "remind --list", "where", "config",
]  # fmt: skip


@pytest.mark.parametrize("line", QUERIES)
def test_csv_and_tsv_hold_one_table_with_a_figure_a_cell(gk, line):
    """`1/3` becomes a date in a spreadsheet; a bar is no figure; a second table has other columns."""
    gk("done", 1, "--unit", "台城街道", "--evidence", "台府办〔2019〕1号")
    for form, sign in (("csv", ","), ("tsv", "\t")):
        text = gk(*line.split(), "--format", form).out.removeprefix("\ufeff")
        head, *rows = csv.reader(io.StringIO(text), delimiter=sign)
        assert len(set(head)) == len(head) >= 3
        assert all(head)
        assert {len(row) for row in rows} <= {len(head)}
        assert not [cell for row in rows for cell in row if re.fullmatch(r"\d+/\d+|[#.█░]{5,}", cell)]


def test_counts_stand_in_columns_of_their_own(gk):
    gk("done", 1, "--unit", "台城街道,大江镇")
    first = {line: _first_row(gk, line) for line in ("tasks", "status", "status --by unit", "status --by task")}
    assert (first["tasks"]["已报"], first["tasks"]["总数"]) == ("2", "36")
    assert (first["status"]["已报"], first["status"]["总数"], first["status"]["已完成"]) == ("2", "108", "2")
    assert (first["status --by task"]["已报"], first["status --by task"]["总数"]) == ("2", "36")
    unit = first["status --by unit"]
    assert (unit["类别"], unit["责任单位"], unit["名次"], unit["已报"]) == ("各镇（街）", "台城街道", "1", "1")
    assert _first_row(gk, "matrix")["类别"] == "各镇（街）"
    assert _first_row(gk, "tasks --unit 台城街道")["类别"] == "各镇（街）"


def _first_row(gk, line):
    return next(csv.DictReader(io.StringIO(gk(*line.split(), "--format", "csv").out.removeprefix("\ufeff"))))


def test_csv_in_a_pipe_has_a_bom(gkcheck):
    """Excel and WPS open UTF-8 only with one; a GBK pipe needs none."""
    assert gkcheck("tasks", "--format", "csv").out.startswith("\ufeff序号,")


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
    for part in ("sections", "groups", "units"):
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
