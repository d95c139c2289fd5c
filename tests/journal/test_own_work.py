"""Nobody's work is undone or judged unseen: the last batch of somebody else is named, an answer is about what was shown."""

from __future__ import annotations

import os
import re
import sys

import pytest

from gkcheck.journal.stores import open_journal
from gkcheck.model import Action, Draft
from tests.terminal import Terminal

PLAN = "taishan-2019"
UNIT = "市教育局"
ASKED = "退出\\(q\\)："


def status_of(gk, task):
    (cell,) = [
        cell for cell in gk("show", task, "--format", "json").json()["assignments"] if cell["unit"] == UNIT
    ]  # fmt: skip
    return cell["status"]


def done(gk, task, *words):
    assert gk("done", task, "--unit", UNIT, *words).code == 0


def collected(gk, store, tmp_path):
    draft = Draft(Action.DONE, task=2, unit=UNIT, form="f" * 12)
    open_journal(store, PLAN).record(lambda _: [draft], by="测试", at="2019-11-01T09:00:00.000000+08:00")


def taken_over(gk, store, tmp_path):
    draft = Draft(Action.DONE, task=2, unit=UNIT, by="填表人")
    open_journal(store, PLAN).record(lambda _: [draft], by="测试", at="2019-11-01T09:00:00.000000+08:00")


def merged(gk, store, tmp_path):
    other = tmp_path / "other.jsonl"
    assert gk("merge", store, "--store", other).code == 0
    done(gk, 2, "--store", other)
    assert "已并入 1 条" in gk("merge", other).out


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (lambda gk, store, tmp_path: done(gk, 2, "--by", "李"), "是李记录的"),
        (collected, "是收来的"),
        (taken_over, "是收来的"),
        (merged, "是合并进来的"),
    ],
    ids=["other", "collected", "taken over", "merged"],
)
def test_the_last_batch_of_others_is_named_and_stays(gk, store, tmp_path, last, why):
    done(gk, 1)
    last(gk, store, tmp_path)
    batch = gk("log", "--format", "json").json()[-1]["batch"]
    for words in (["undo"], ["undo", "--dry-run"], ["undo", "--force"]):
        answer = gk(*words)
        assert (answer.code, answer.out) == (2, "")
        assert why in answer.err
        assert answer.err.rstrip().endswith(f"gkcheck undo {batch}")
    assert (status_of(gk, 1), status_of(gk, 2)) == ("done", "done")
    assert gk("undo", batch).code == 0
    assert (status_of(gk, 1), status_of(gk, 2)) == ("done", "todo")
    if last is not merged:
        assert gk("undo").code == 0
        assert status_of(gk, 1) == "todo"


def test_own_work_is_undone_batch_after_batch(gk, store):
    done(gk, 1, "--by", "李")
    done(gk, 2)
    done(gk, 3)
    assert gk("undo").code == gk("undo").code == 0
    assert [status_of(gk, task) for task in (1, 2, 3)] == ["done", "todo", "todo"]
    assert "是李记录的" in gk("undo").err
    assert gk("undo", "--by", "李").code == 0
    assert status_of(gk, 1) == "todo"
    assert "没有可以撤销的记录" in gk("undo").err


def test_the_line_to_undo_names_who_recorded(gk, store):
    assert gk("done", 1, "--by", "李").out.endswith("如需撤销：gkcheck undo --by 李\n")
    assert gk("done", 2).out.endswith("如需撤销：gkcheck undo\n")


def test_after_a_merge_what_is_recorded_here_is_undone(gk, store, tmp_path):
    done(gk, 1)
    merged(gk, store, tmp_path)
    done(gk, 3)
    assert gk("undo").code == 0
    assert [status_of(gk, task) for task in (1, 2, 3)] == ["done", "done", "todo"]
    assert "在合并之前记录的" in gk("undo").err


def test_what_was_pushed_came_from_elsewhere(gk, url, tmp_path):
    own = tmp_path / "own.jsonl"
    done(gk, 1, "--store", own)
    assert gk("push", url, "--store", own).code == 0
    assert "是合并进来的" in gk("undo", "--store", url).err
    assert gk("undo", "--store", own).code == 0


@pytest.mark.parametrize("note", [b"", b"[]", b'{"x', b'{"taishan-2019 x": 7}'])
def test_a_note_of_merges_that_is_damaged_stops_nothing(gk, tmp_path, monkeypatch, note):
    from gkcheck.paths import data_directory

    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "journal.jsonl"))
    data_directory().mkdir(parents=True)
    (data_directory() / "merges.json").write_bytes(note)
    done(gk, 1)
    assert gk("undo").code == 0
    done(gk, 1)
    merged(gk, str(tmp_path / "journal.jsonl"), tmp_path)
    assert "是合并进来的" in gk("undo").err


# -- answers to what was shown ------------------------------------------------------------------------------


@pytest.fixture
def walk(store):
    def start(*arguments):
        env = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "INPUTRC": "/dev/null"}
        return Terminal([sys.executable, "-m", "gkcheck", *arguments], env, 100)

    return start


def answer(terminal, key, note=""):
    """Answer and give the note; return what the terminal shows until it asks again."""
    terminal.type(f"{key}\n")
    terminal.wait_for("理由：" if key in ("r", "b") else "备注（可不写）：")
    terminal.type(f"{note}\n")
    if key == "d":
        terminal.wait_for("佐证")
        terminal.type("\n")
    return terminal.wait_for(ASKED)


def actions(gk):
    return [(entry["action"], entry["task"]) for entry in gk("log", "--format", "json").json()]


@pytest.mark.parametrize("key", ["d", *(pytest.param(key, marks=pytest.mark.long) for key in "abx")])
def test_a_claim_made_meanwhile_is_not_replaced_unseen(gk, walk, key):
    with walk("fill", "--unit", UNIT) as terminal:
        assert "[1/22] 具体要求 1" in terminal.wait_for(ASKED)
        done(gk, 1, "--note", "科室已报")
        shown = answer(terminal, key, "要查一下")
        assert "没有记录：刚才又有新的记录" in shown
        assert re.search(r"\[1/22\] 具体要求 1.*已完成.*说明：科室已报", shown, re.DOTALL)
        assert actions(gk) == [("done", 1)]
        terminal.type("\n")
        assert "[2/22]" in terminal.wait_for(ASKED)
        terminal.type("q\n")
        assert terminal.wait() == 0
    assert actions(gk) == [("done", 1)]


MOVES = {
    "evidence": (["note", 23, "--unit", UNIT, "--evidence", "https://www.example.gov.cn/new"], "example.gov.cn/new"),
    "returned": (["return", 23, "--unit", UNIT, "--note", "链接打不开"], "推进中（退回）"),
    "confirmed": (["confirm", 23, "--unit", UNIT, "--by", "王"], "已办结"),
    "deadline": (["deadline", 23, "2019-12-01"], "时限：2019-12-01"),
    "whole": (["reopen", 23], "未开始"),
    "undone": (["undo"], "未开始"),
}


QUICK = ("evidence", "undone")


@pytest.mark.parametrize(
    "move", [move if move in QUICK else pytest.param(move, marks=pytest.mark.long) for move in MOVES]
)
@pytest.mark.parametrize("key", ["y", pytest.param("r", marks=pytest.mark.long)])
def test_what_came_meanwhile_is_not_judged_unseen(gk, walk, move, key):
    done(gk, 23, "--evidence", "https://www.example.gov.cn/old")
    words, visible = MOVES[move]
    with walk("review", "--unit", UNIT) as terminal:
        assert visible not in terminal.wait_for(ASKED)
        assert gk(*words).code == 0
        before = actions(gk)
        shown = answer(terminal, key, "看过了")
        assert "没有记录：刚才又有新的记录" in shown
        assert visible in shown
        assert actions(gk) == before
        terminal.type("q\n")
        assert terminal.wait() == 0
    assert actions(gk) == before


def test_what_is_shown_anew_can_be_answered(gk, walk):
    """And what was recorded about others meanwhile is no reason to ask again."""
    done(gk, 23)
    done(gk, 1)
    with walk("review", "--unit", UNIT) as terminal:
        terminal.wait_for(ASKED)
        done(gk, 2)
        gk("note", 1, "--unit", "市财政局", "--note", "别的单位")
        assert "已办结" in answer(terminal, "y")
        gk("note", 23, "--unit", UNIT, "--note", "补充")
        assert "说明：补充" in answer(terminal, "y")
        terminal.type("y\n")
        terminal.wait_for("备注")
        terminal.type("\n")
        assert terminal.wait() == 0
        assert "确认办结 2 项" in terminal.plain
    assert actions(gk)[-1] == ("confirm", 23)
