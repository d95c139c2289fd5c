"""What a run takes from its environment: env lists it all, colour and quiet obey it."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest

import gkcheck as package
from gkcheck.cli.environment import VARIABLES
from gkcheck.config import KEYS
from gkcheck.paths import data_directory
from tests import processes

SOURCE = Path(package.__file__).parent

OTHERS = {
    "_GKCHECK_COMPLETE",
    "COMP_TYPE",
    "COMPUTERNAME",
    "LESS",
    "LESSCHARSET",
    "LD_LIBRARY_PATH",
    "LD_LIBRARY_PATH_ORIG",
}
"""Nobody sets them for us by hand: the shells' own, Windows' name of the machine, what the pager is told, and what the folder's launcher set."""


def variables_read_by(path: Path) -> set[str]:
    """The strings of capitals in a file that reads the environment, but for the flags of `os.open`."""
    text = path.read_text("utf-8")
    if "environ" not in text:
        return set()
    strings = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    words = {one for one in strings if isinstance(one, str) and re.fullmatch("_?[A-Z][A-Z_0-9]{2,}[A-Z]", one)}
    return {word for word in words if not word.startswith("O_")}


def test_every_variable_that_is_read_is_listed():
    read = set().union(*(variables_read_by(path) for path in SOURCE.rglob("*.py") if path.name != "environment.py"))
    assert {"HOME", "NO_COLOR", "GKCHECK_DEBUG", "GKCHECK_LOCK_TIMEOUT", "PAGER"} <= read
    assert read - OTHERS - set(VARIABLES) == set()
    assert {f"GKCHECK_{key.upper()}" for key in KEYS} <= set(VARIABLES)


def test_every_variable_and_file_is_shown_with_what_is_set(gk, monkeypatch, own_home):
    monkeypatch.setenv("GKCHECK_UNIT", "教育局")
    shown = gk("env", "--format", "json").json()
    assert list(shown["variables"]) == list(VARIABLES)
    assert shown["variables"]["GKCHECK_UNIT"] == "教育局"
    assert shown["variables"]["GKCHECK_PLAN"] is None
    assert shown["files"]["store"] == {
        "path": str(data_directory() / "taishan-2019.jsonl"), "exists": False,
    }  # fmt: skip
    assert shown["problems"] == []
    gk("done", "23")
    assert gk("env", "--format", "json").json()["files"]["store"]["exists"] is True


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("GKCHECK_STORE", "postgresql://zfb:geheim@10.0.0.5/gk", "postgresql://zfb@10.0.0.5/gk"),
        ("PGPASSWORD", "geheim", "（已设，不显示）"),
        ("HTTPS_PROXY", "http://me:geheim@proxy:8080", "http://…@proxy:8080"),
        ("https_proxy", "http://me:geheim@proxy:8080", "http://…@proxy:8080"),
    ],
)
def test_no_password_is_shown(gk, monkeypatch, name, value, shown):
    monkeypatch.setenv(name, value)
    for chosen in ("json", "table"):
        answer = gk("env", "--format", chosen)
        assert "geheim" not in answer.out + answer.err
    assert gk("env", "--format", "json").json()["variables"][name.upper()] == shown


def test_a_variable_that_is_misspelled_is_named(gk, monkeypatch):
    monkeypatch.setenv("GKCHECK_UNTI", "教育局")
    answer = gk("env")
    assert answer.code == 1
    assert "没有 GKCHECK_UNTI 这个变量" in answer.out


def test_what_cannot_be_used_hides_nothing_else(gk, monkeypatch, tmp_path):
    monkeypatch.setenv("GKCHECK_PLAN", str(tmp_path / "没有.yaml"))
    answer = gk("env", "--format", "json")
    shown = json.loads(answer.out)
    assert answer.code == 1
    assert any("读不了责任分工表" in problem for problem in shown["problems"])
    assert shown["files"]["config"]["path"]


# -- colour -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"CLICOLOR_FORCE": "0"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"CLICOLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "CLICOLOR": "0"}, True),
    ],
)
def test_colour_in_a_pipe_is_for_those_who_ask(gk, monkeypatch, env, coloured):
    gk("done", "23")
    plain = gk("tasks", "--unit", "教育局", "--named").out
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    shown = gk("tasks", "--unit", "教育局", "--named").out
    assert ("\x1b[32m已完成\x1b[0m" in shown) is coloured
    assert shown.replace("\x1b[32m", "").replace("\x1b[0m", "") == plain
    assert "\x1b" not in gk("tasks", "--format", "csv").out


# -- quiet and debug ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["-q", "done", "23"], ["done", "23", "--quiet"]])
def test_quiet_leaves_out_advice_and_nothing_else(gk, words):
    answer = gk(*words)
    assert (answer.code, answer.out) == (0, "已记录：具体要求 23（二十三）：市教育局 → 已完成\n")
    assert "如需撤销" in gk("done", "24").out
    assert gk("-q", "undo").err == ""


def test_quiet_hides_no_warning(gk, own_home):
    gk("done", "23")
    with (data_directory() / "taishan-2019.jsonl").open("ab") as file:
        file.write(b"x\n")
    assert "警告" in gk("status", "-q").err


def test_debug_shows_where_a_fault_of_ours_is():
    code = (
        "import sys, gkcheck.cli.commands.query as query\n"
        "def units(context): raise ValueError('broken')\n"
        "query.units = units\n"
        "from gkcheck.cli.main import run\n"
        "sys.exit(run(sys.argv[1:]))"
    )
    for words, shown in (["units"], False), (["units", "--debug"], True):
        done = processes.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
        assert done.returncode == 3
        assert "加 --debug 可得详情" in done.stderr
        assert ("Traceback" in done.stderr) is shown
