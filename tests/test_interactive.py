"""review and fill: answered in a real pseudo-terminal, interrupted, refused without one."""

from __future__ import annotations

import os
import sys

import pytest

from tests.terminal import Terminal

ASKED = "退出\\(q\\)："


@pytest.fixture
def walk():
    def start(*arguments):
        env = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "INPUTRC": "/dev/null"}
        return Terminal([sys.executable, "-m", "gkcheck", *arguments], env, 100)

    return start


def actions(gkcheck):
    return [(entry["action"], entry["task"], entry["unit"]) for entry in gkcheck("log", "--format", "json").json()]


def test_a_unit_walks_through_its_own(gkcheck, walk):
    with walk("fill", "--unit", "教育局") as terminal:
        assert "[1/22] 具体要求 1（一）" in terminal.wait_for(ASKED)
        terminal.type("d\n")
        terminal.wait_for("备注")
        terminal.type("已公开\n")
        terminal.wait_for("佐证")
        terminal.type("https://www.example.gov.cn/1\n")
        assert "市教育局 → 已完成" in terminal.wait_for(ASKED)
        terminal.type("b\n")
        terminal.wait_for("理由：")
        terminal.type("\n")
        assert "没有写理由，没有记录" in terminal.wait_for(ASKED)
        terminal.type("z\n")
        assert "请输入括号里的字母" in terminal.wait_for(ASKED)
        terminal.type("在办\n")
        terminal.wait_for("备注")
        terminal.type("\n")
        terminal.wait_for(ASKED)
        terminal.type("\n")
        terminal.wait_for(ASKED)
        terminal.type("q\n")
        assert terminal.wait() == 0
        assert "完成 1 项，在办 1 项，跳过 1 项，还有 19 项没有看" in terminal.plain
    assert actions(gkcheck) == [("done", 1, "市教育局"), ("start", 2, "市教育局")]
    entry = gkcheck("log", "--format", "json").json()[0]
    assert entry["note"] == "已公开"
    assert entry["evidence"][0]["value"] == "https://www.example.gov.cn/1"


@pytest.mark.parametrize(("keys", "code"), [("\x03", 130), ("\x04", 0)])
def test_what_was_answered_stays_when_it_is_interrupted(gkcheck, walk, keys, code):
    with walk("fill", "--unit", "市教育局") as terminal:
        terminal.wait_for(ASKED)
        terminal.type("x\n")
        terminal.wait_for("备注")
        terminal.type("\n")
        terminal.wait_for(ASKED)
        terminal.type("d\n")
        terminal.wait_for("备注")
        terminal.type(keys)
        assert terminal.wait() == code
        assert "不涉及 1 项，还有 21 项没有看" in terminal.plain
        assert "Traceback" not in terminal.plain
    assert actions(gkcheck) == [("skip", 1, "市教育局")]


def test_the_office_walks_through_what_was_reported(gkcheck, walk):
    gkcheck("done", "23", "--note", "见网站")
    gkcheck("done", "29", "--unit", "市政府办公室")
    with walk("review") as terminal:
        seen = terminal.wait_for(ASKED)
        assert "[1/2] 具体要求 23（二十三）" in seen
        assert "说明：见网站" in seen
        terminal.type("y\n")
        terminal.wait_for("备注（可不写）")
        terminal.type("\n")
        terminal.wait_for(ASKED)
        terminal.type("r\n")
        terminal.wait_for("理由")
        terminal.type("链接打不开\n")
        assert terminal.wait() == 0
        assert "确认办结 1 项，退回 1 项，全部看完" in terminal.plain
    assert [action for action, _, _ in actions(gkcheck)] == ["done", "done", "confirm", "return"]
    assert gkcheck("status", "--format", "json").json()["assignments"]["confirmed"] == 1


def test_what_comes_round_again_is_shown_with_its_periods(gkcheck, walk):
    gkcheck("deadline", "1", "--every", "quarter")
    gkcheck("done", "1", "--unit", "市教育局", "--on", "2019-09-05")
    gkcheck("done", "1", "--unit", "市教育局", "--on", "2019-11-05")
    with walk("review") as terminal:
        seen = terminal.wait_for(ASKED)
        assert "市教育局（责任）：已完成" in seen
        assert "（2019年第四季度）" in seen
        terminal.type("y\n")
        terminal.wait_for("备注（可不写）")
        terminal.type("\n")
        assert terminal.wait() == 0
        assert "定期的任务另有 1 期等待审核" in terminal.plain
    with walk("review") as terminal:
        assert "（2019年第三季度）" in terminal.wait_for(ASKED)
        terminal.type("q\n")
        assert terminal.wait() == 0
        assert "另有" not in terminal.plain
    with walk("fill", "--unit", "市教育局") as terminal:
        seen = terminal.wait_for(ASKED)
        assert "各期：第一季度" in seen
        terminal.type("q\n")
        assert terminal.wait() == 0


def test_nothing_to_review(walk):
    with walk("review") as terminal:
        assert terminal.wait() == 0
        assert "没有等待审核的责任项" in terminal.plain


@pytest.mark.parametrize(("command", "instead"), [("review", "gkcheck confirm"), ("fill", "gkcheck done")])
def test_without_a_terminal_it_says_what_to_use(gkcheck, command, instead):
    answer = gkcheck(command, stdin=b"y\n")
    assert (answer.code, answer.out) == (2, "")
    assert "这里不是终端" in answer.err
    assert instead in answer.err


@pytest.mark.parametrize("arguments", [["fill"], ["fill", "--unit", "各镇（街）"], ["review", "--unit", "没有这个"]])
def test_it_must_be_clear_whose(walk, arguments):
    with walk(*arguments) as terminal:
        assert terminal.wait() == 2
        assert terminal.plain.startswith("gkcheck: ")
