"""confirm, return, deadline: the office's acts, and what they refuse."""

from __future__ import annotations

import re

import pytest


def cell(gk, task, unit, *more):
    found = gk("show", task, "--format", "json", *more).json()["assignments"]
    return next(item for item in found if item["unit"] == unit)


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    monkeypatch.setenv("GKCHECK_STORE", str(path))
    return path


def test_confirm_follows_a_report(gk):
    gk("done", 23)
    assert "已办结" in gk("confirm", 23, "--unit", "市教育局").out
    status = gk("status", "--format", "json").json()["assignments"]
    assert (status["done"], status["confirmed"], status["reported_rate"], status["confirmed_rate"]) == (
        0,
        1,
        0.13,
        0.13,
    )


@pytest.mark.parametrize("before", [None, "start", "block", "skip", "reopen"])
def test_what_is_not_reported_is_not_confirmed_or_returned(gk, store, before):
    """The refusal says what stands, and nothing is written."""
    if before:
        gk(before, 23)
    kept = store.read_bytes() if store.exists() else b""
    for command in (["confirm", 23], ["return", 23, "--note", "无链接"], ["confirm", 23, "--unit", "教育局"]):
        answer = gk(*command)
        assert answer.code == 2
        assert "市教育局是“" in answer.err
    assert (store.read_bytes() if store.exists() else b"") == kept


def test_confirm_and_return_again_write_nothing(gk, store):
    for command in (["confirm", 23], ["return", 23, "--unit", "教育局", "--note", "无链接"]):
        gk("done", 23, "--note", "再报")
        assert gk(*command).code == 0
        before = store.read_bytes()
        answer = gk(*command)
        assert (answer.code, store.read_bytes()) == (0, before)
        assert "没有重复记录" in answer.out


def test_a_whole_task_confirms_only_what_is_reported_and_says_so(gk):
    gk("done", 6, "--unit", "税务局")
    gk("done", 6, "--unit", "公安局")
    gk("start", 6, "--unit", "民政局")
    answer = gk("confirm", 6)
    assert "10 个责任单位还没有报告完成" in answer.out
    assert cell(gk, 6, "市税务局")["status"] == "confirmed"
    assert cell(gk, 6, "市民政局")["status"] == "doing"


def test_return_needs_a_reason_and_shows_it_until_reported_again(gk):
    gk("done", 23)
    assert "--note" in gk("return", 23).err
    assert gk("return", 23, "--note", " ").code == 2
    gk("return", 23, "--note", "链接打不开")
    assert (cell(gk, 23, "市教育局")["status"], cell(gk, 23, "市教育局")["returned"]) == ("doing", True)
    gk("note", 23, "--note", "正在换链接")
    gk("block", 23, "--note", "等网站恢复")
    found = cell(gk, 23, "市教育局")
    assert (found["returned"], found["note"]) == (True, "等网站恢复")
    assert re.search(r"等网站恢复 +退回：链接打不开（测试，\d{4}-\d\d-\d\d）", gk("show", 23).out)
    assert "链接打不开" in gk("tasks", "--unit", "教育局").out
    gk("done", 23)
    assert cell(gk, 23, "市教育局")["returned"] is False
    assert "退回：" not in gk("show", 23).out


def test_a_confirmed_assignment_is_returned_only_by_name(gk):
    gk("done", 23)
    gk("confirm", 23)
    assert "--unit" in gk("return", 23, "--note", "抽查发现链接失效").err
    assert gk("return", 23, "--unit", "教育局", "--note", "抽查发现链接失效").code == 0
    assert cell(gk, 23, "市教育局")["status"] == "doing"


def test_review_is_undone_like_everything(gk):
    gk("done", 23)
    gk("return", 23, "--note", "错了")
    gk("undo")
    assert cell(gk, 23, "市教育局")["status"] == "done"


# -- deadlines ------------------------------------------------------------------------------------------


def overdue(gk, day):
    return gk("status", "--as-of", day, "--format", "json").json()["assignments"]["overdue"]


def test_a_deadline_makes_overdue_from_the_day_after(gk):
    gk("deadline", 23, "2019-12-01", "--on", "2019-10-28")
    assert (overdue(gk, "2019-12-01"), overdue(gk, "2019-12-02")) == (0, 1)
    assert cell(gk, 23, "市教育局")["deadline"] == {"text": None, "date": "2019-12-01"}
    assert cell(gk, 23, "市教育局")["overdue"] is True
    gk("done", 23)
    assert cell(gk, 23, "市教育局")["overdue"] is False


def test_the_plans_own_deadline_falls_due(gk):
    """Task 29 says 年内: not overdue on the day itself, overdue on the next."""
    assert (overdue(gk, "2019-12-31"), overdue(gk, "2020-01-01")) == (0, 18)


def test_a_deadline_for_one_unit_and_for_the_task_the_later_wins(gk):
    gk("deadline", 29, "2019年11月1日", "--unit", "台城")
    assert cell(gk, 29, "台城街道")["deadline"]["date"] == "2019-11-01"
    assert cell(gk, 29, "大江镇")["deadline"]["date"] == "2019-12-31"
    gk("deadline", 29, "20191115")
    assert cell(gk, 29, "台城街道")["deadline"]["date"] == "2019-11-15"


def test_none_removes_a_deadline_and_the_same_again_writes_nothing(gk, store):
    gk("deadline", 29, "none")
    assert overdue(gk, "2020-01-01") == 18  # set later: a day is judged by what was known on it
    before = store.read_bytes()
    assert "本来就是“不设时限”" in gk("deadline", 29, "无").out
    assert store.read_bytes() == before
    assert cell(gk, 29, "台城街道")["deadline"] == {"text": None, "date": None}


def test_several_tasks_get_one_deadline(gk):
    assert gk("deadline", 23, 24, "30-31", "2019-12-01").code == 0
    assert cell(gk, 31, "市民政局")["deadline"]["date"] == "2019-12-01"


@pytest.mark.parametrize("day", ["2019-02-30", "明年", "", "2019-13-01"])
def test_no_such_day(gk, store, day):
    assert gk("deadline", 23, day).code == 2
    assert not store.exists()


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2019-11-30", "11/12 91.67%"),
        ("2019-11-29", "10/12 83.33%"),
        ("2019-12-31", "12/12 100.00%"),
        ("2019-01-15", "0/12 0.00%"),
        ("2018-06-30", "0/12 0.00%"),
        ("2021-03-01", "12/12 100.00%"),
    ],
)
def test_the_pace_of_the_year_stands_beside_the_rates(gk, day, said):
    for form in ("table", "md"):
        assert said in gk("status", "--as-of", day, "--format", form).out


@pytest.mark.parametrize(
    ("day", "due_soon"), [("2019-12-23", 0), ("2019-12-24", 18), ("2019-12-31", 18), ("2020-01-01", 0)]
)
def test_due_soon_is_counted_from_a_week_before(gk, day, due_soon):
    row = next(line for line in gk("status", "--as-of", day).out.splitlines() if "/12 " in line)
    assert row.split()[-1] == str(due_soon)


def test_due_soon_is_said_of_the_assignment(gk):
    assert "未开始（即将到期）" in gk("tasks", "--unit", "台城", "--as-of", "2019-12-30").out


def test_the_contract_of_status(gk):
    found = gk("status", "--format", "json").json()
    assert set(found["tasks"]) == {"total", "todo", "doing", "blocked", "done", "confirmed", "skipped", "overdue"}
    assert set(found) == {"plan", "as_of", "tasks", "assignments", "sections", "groups", "units"}
