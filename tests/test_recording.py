"""done and its kin, undo, and what they refuse."""

from __future__ import annotations

import shlex

import pytest


def states(gk, task):
    return {cell["unit"]: cell["status"] for cell in gk("show", task, "--format", "json").json()["assignments"]}


def lines(path):
    return path.read_text("utf-8").splitlines()


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    monkeypatch.setenv("GKCHECK_STORE", str(path))
    return path


def test_done_shows_and_undo_brings_back(gk):
    assert "已记录" in gk("done", 23).out
    (task,) = [t for t in gk("tasks", "--unit", "市教育局", "--format", "json").json() if t["id"] == 23]
    assert (task["status"], task["assignments"][0]["status"], task["assignments"][0]["by"]) == ("done", "done", "测试")
    assert gk("undo").code == 0
    assert states(gk, 23) == {"市教育局": "todo"}


def test_a_whole_task_covers_every_unit(gk, store):
    """One entry with unit null; the answer says how many units it covers."""
    assert "全部 12 个责任单位" in gk("done", 6).out
    assert set(states(gk, 6).values()) == {"done"}
    assert len(lines(store)) == 2


def test_several_tasks_and_ranges_are_one_batch(gk, store):
    gk("done", 23, "二十四", "30-32", "--unit", "市政府办公室")  # 23, 24 are not its tasks
    assert not store.exists()
    assert gk("done", "30-32", "（三十三）", "--unit", "市政府办公室").code == 0
    assert len({entry["batch"] for entry in gk("log", "--format", "json").json()}) == 1
    gk("undo")
    assert states(gk, 31)["市政府办公室"] == "todo"


def test_all_or_nothing(gk, store):
    """One wrong task among several: nothing is written."""
    answer = gk("done", 23, 99)
    assert (answer.code, store.exists()) == (2, False)


def test_the_same_again_writes_nothing(gk, store):
    gk("done", 23)
    before = store.read_bytes()
    answer = gk("done", 23)
    assert answer.code == 0
    assert "没有重复记录" in answer.out
    assert store.read_bytes() == before


def test_a_unit_that_is_not_assigned_is_refused(gk, store):
    answer = gk("done", 23, "--unit", "财政局")
    assert answer.code == 2
    assert "责任单位是：市教育局" in answer.err
    assert not store.exists()


def test_every_action_sets_its_status(gk):
    for action, status in [
        ("start", "doing"),
        ("block", "blocked"),
        ("skip", "skipped"),
        ("done", "done"),
        ("reopen", "todo"),
    ]:
        assert gk(action, 23, "--unit", "市教育局").code == 0
        assert states(gk, 23) == {"市教育局": status}


def test_the_last_word_wins_between_task_and_unit(gk):
    """A later entry about the whole task sets every unit; a later one about a unit sets only that."""
    gk("done", 6, "--unit", "税务局")
    gk("start", 6)
    gk("block", 6, "--unit", "公安局", "--note", "缺数据")
    found = states(gk, 6)
    assert (found["市税务局"], found["市公安局"], found["市民政局"]) == ("doing", "blocked", "doing")


def test_a_note_keeps_the_status(gk):
    gk("done", 23)
    gk("note", 23, "--note", "已在门户网站公布", "--evidence", "https://example.gov.cn/zs")
    (cell,) = gk("show", 23, "--format", "json").json()["assignments"]
    assert (cell["status"], cell["note"]) == ("done", "已在门户网站公布")
    assert [item["kind"] for item in cell["evidence"]] == ["url"]


def test_a_note_of_an_earlier_state_is_not_shown_for_a_later_one(gk):
    gk("block", 23, "--note", "等经费")
    gk("start", 23)
    (cell,) = gk("show", 23, "--format", "json").json()["assignments"]
    assert cell["note"] is None


def test_dry_run_writes_nothing(gk, store):
    assert "将记录" in gk("done", 23, "--dry-run").out
    assert not store.exists()


def test_a_group_as_unit_records_for_each_member(gk):
    gk("start", 29, "--unit", "各镇（街）")
    found = states(gk, 29)
    assert found.pop("市政府办公室") == "todo"
    assert len(found) == 17
    assert set(found.values()) == {"doing"}


def test_the_default_unit_of_the_environment(gk, monkeypatch):
    monkeypatch.setenv("GKCHECK_UNIT", "税务局")
    gk("done", 6)
    assert [unit for unit, status in states(gk, 6).items() if status == "done"] == ["市税务局"]


def test_as_of_a_day(gk):
    """An entry about an earlier day counts from that day on."""
    gk("done", 23, "--on", "2019-11-20")
    for day, done in [("2019-11-19", 0), ("2019-11-20", 1), ("2019-12-31", 1)]:
        assert gk("status", "--as-of", day, "--format", "json").json()["tasks"]["done"] == done


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["done", "32-30"], "前后颠倒"),
        (["done", "abc"], "不是具体要求的编号"),
        (["done", "23", "--note", " "], "备注是空的"),
        (["note", "23"], "备注是空的"),
        (["done", "23", "--on", "2019-02-30"], "不是日期"),
        (["done", "23", "--on", "2999-01-01"], "还没有到"),
        (["done", "23", "--unit", ""], "没有写单位名称"),
        (["done", "23", "--by", " "], "--by 是空的"),
        (["done", "23", "--evidence", ""], "佐证是空的"),
        (["done", "1-99999"], "没有第 99999 项"),
        (["undo"], "没有可以撤销的记录"),
        (["undo", "zzzz"], "没有可以撤销的记录"),
    ],
)
def test_refused_in_one_line_and_nothing_written(gk, store, arguments, said):
    answer = gk(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert said in answer.err or arguments == ["undo", "zzzz"]
    assert not store.exists()


def test_a_store_that_cannot_be_one(gk, tmp_path):
    """A directory, a file where a directory should be, an empty name: one line each."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file" / "journal", ""):
        answer = gk("done", 23, "--store", path)
        assert answer.code == 2, path
        assert answer.err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "x"


def test_undo_goes_back_step_by_step_and_can_be_undone(gk):
    gk("start", 23)
    gk("done", 23)
    gk("undo")
    assert states(gk, 23) == {"市教育局": "doing"}
    gk("undo")
    assert states(gk, 23) == {"市教育局": "todo"}
    last = gk("log", "--format", "json").json()[-1]["batch"]
    assert gk("undo", last).code == 0
    assert states(gk, 23) == {"市教育局": "doing"}


def test_undo_prints_the_line_that_brings_it_back(gk, tmp_path):
    """Copied as it is, whatever was typed; and so does the undo of that undo."""
    store = tmp_path / "局 里.jsonl"
    gk("done", 23, "--store", store)
    line = ["undo", "--store", store]
    for status in ("todo", "done", "todo"):
        out = gk(*line).out
        assert "已撤销 1 条（批次 " in out
        found = gk("show", 23, "--store", store, "--format", "json").json()["assignments"]
        assert [one["status"] for one in found] == [status]
        said = shlex.split(out.splitlines()[-1].removeprefix("如需恢复："))
        assert said[:2] == ["gkcheck", "undo"]
        line = said[1:]
    assert gk("done", 24, "--store", store).out.endswith(f"如需撤销：gkcheck undo --store '{store}'\n")
    out = gk("undo", "--store", store, "--dry-run").out
    assert "将撤销 1 条" in out
    assert "如需恢复" not in out


def test_undo_of_what_others_stand_on_is_refused(gk):
    gk("start", 23)
    first = gk("log", "--format", "json").json()[0]["batch"]
    gk("done", 23)
    answer = gk("undo", first)
    assert answer.code == 2
    assert "之后还有记录" in answer.err
    assert gk("undo", first, "--force").code == 0
    assert states(gk, 23) == {"市教育局": "done"}


def test_a_problem_and_a_next_step_are_kept_apart(gk):
    """Both stand beside the progress, in the history and in the state, and may be noted alone."""
    assert gk("block", 23, "--problem", "缺少系统接口", "--next", "与省厅对接", "--note", "已开发").code == 0
    claim = gk("show", 23, "--format", "json").json()["assignments"][0]["claim"]
    assert [claim[key] for key in ("note", "problem", "next")] == ["已开发", "缺少系统接口", "与省厅对接"]
    for said in (gk("show", 23).out, gk("log", 23, "--format", "csv").out):
        assert "存在问题：缺少系统接口" in said
        assert "下一步措施：与省厅对接" in said
    assert gk("note", 23, "--next", "下周上线").code == 0
    assert gk("show", 23, "--format", "json").json()["assignments"][0]["claim"]["next"] == "下周上线"


def test_a_blank_problem_is_refused_and_names_its_option(gk, store):
    answer = gk("block", 23, "--problem", " ")
    assert (answer.code, store.exists()) == (2, False)
    assert "--problem" in answer.err
    assert "--next" in gk("done", 23, "--next", "").err
