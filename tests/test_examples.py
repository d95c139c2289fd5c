"""Every example (例：…) of the help does what it shows, over a ledger that is half done."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.cli.help import purpose
from gkcheck.cli.registry import COMMANDS
from tests.terminal import Terminal

EXAMPLES = [
    (name, line) for name in COMMANDS for line in re.findall(r"^例：gkcheck (.*)$", purpose(name), re.MULTILINE)
]
ASKING = ("fill", "review")
SERVERS = ("store", "push")


@pytest.fixture
def desk(tmp_path, monkeypatch, gk):
    """A working folder with the files that examples name, and a ledger in which everything was reported and one sent back."""
    monkeypatch.chdir(tmp_path)
    for name in ("tasks.yaml", "旧.yaml", "新.yaml", "去年.yaml"):
        shutil.copyfile(built_in_plan(), name)
    assert gk("export", "通知.docx").code == 0
    Path("照片.jpg").write_bytes(b"\xff\xd8\xff")
    assert gk("done", "9", "-u", "市教育局", "--store", "教育局.jsonl").code == 0
    assert gk("done", "23", "-u", "市教育局", "-e", "照片.jpg").code == 0
    assert gk("done", "1", "-u", "市教育局").code == 0
    assert gk("return", "1", "-u", "市教育局", "-n", "缺佐证").code == 0


def test_every_command_has_an_example():
    assert {name for name, _ in EXAMPLES} == set(COMMANDS)


@pytest.mark.parametrize(("name", "line"), EXAMPLES)
def test_an_example_works(gk, desk, name, line):
    if name == "import":
        Path("tasks.yaml").unlink()
    if name == "collect":
        gk("form", "-o", "填报表")
    if name == "done":
        gk("reopen", "23", "-u", "市教育局")
    if name in ASKING:
        env = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm"}
        with Terminal([sys.executable, "-m", "gkcheck", *shlex.split(line)], env, 100) as terminal:
            terminal.wait_for("退出")
            terminal.type("q\n")
            assert terminal.wait() == 0
        return
    answer = gk(*shlex.split(line))
    if name in SERVERS:  # nobody listens there: it was read, and refused for that alone
        assert answer.code == 2
        assert "数据库" in answer.err
    else:
        assert answer.code in ((0, 1) if name in ("import", "evidence") else (0,)), answer.err
        assert "没有重复记录" not in answer.out
