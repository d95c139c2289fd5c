"""Every kind of place an answer may go to: terminals of any width, pipes, other encodings, pagers."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from gkcheck.chinese import width, wrap
from tests.terminal import Terminal

QUERIES = [["tasks"], ["tasks", "--unit", "市教育局"], ["show", "23"], ["status"], ["status", "--by", "unit"],
           ["status", "--by", "task"], ["units"], ["log"], ["where"], ["config"], [], ["--help"], ["tasks", "--help"],
           ["check"]]  # fmt: skip

RUN = [sys.executable, "-m", "gkcheck"]


def screen(arguments, columns, **env):
    """What a command shows on a terminal of so many columns, line by line, and its exit code."""
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm-256color", "GKCHECK_PAGER": "", **env}
    with Terminal([*RUN, *arguments], own, columns) as terminal:
        code = terminal.wait()
        return code, terminal.plain.split("\n"), terminal.seen


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("arguments", QUERIES, ids=" ".join)
def test_nothing_is_wider_than_the_screen_or_cut(gkcheck, arguments, columns):
    gkcheck("done", "23", "--note", "长" * 60)
    code, lines, seen = screen(arguments, columns)
    assert code == 0
    assert max(map(width, lines)) <= columns or arguments in (["where"], ["config"], ["check"], [])
    assert "\ufffd" not in seen
    assert not [line for line in lines if line.endswith("…") and not line.endswith("……")]


def test_no_line_begins_with_a_comma(gkcheck):
    for columns in (60, 80, 97):
        _, lines, _ = screen(["tasks"], columns)
        assert not [line for line in lines if line.strip()[:1] in "，。、；：）”》〕" and line.strip()]


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("公开，透明。", 8, ["公开，透", "明。"]),
        ("公开“透明”", 6, ["公开", "“透明”"]),
        ("公开，透明。", 10, ["公开，透", "明。"]),
        ("公开透明。", 8, ["公开透", "明。"]),
        ("公开", 3, ["公", "开"]),
        ("see the manual", 8, ["see the", "manual"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("", 5, [""]),
        ("一\n二", 5, ["一", "二"]),
        ("，，，，，", 4, ["，，", "，，", "，"]),
    ],
)
def test_wrapping(text, room, lines):
    assert wrap(text, room) == lines


def test_a_dumb_terminal_has_its_own_width():
    _, lines, _ = screen(["tasks"], 44, TERM="dumb")
    assert max(map(width, lines)) <= 44


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(env):
    _, _, seen = screen(["status"], 80, **env)
    assert "\x1b[3" not in seen
    assert "\x1b[9" not in seen


ENCODINGS = [
    {"PYTHONIOENCODING": "gbk"},
    {"PYTHONIOENCODING": "cp936"},
    {"LC_ALL": "C"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "latin-1"},
    {"TERM": "dumb"},
]


def piped(arguments, env):
    done = subprocess.run([*RUN, *arguments], capture_output=True, env={**os.environ, **env}, check=False)
    assert b"Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("env", ENCODINGS, ids=str)
@pytest.mark.parametrize("arguments", QUERIES, ids=" ".join)
def test_any_encoding_takes_every_answer(arguments, env):
    done = piped(arguments, env)
    assert done.returncode == 0
    assert b"?" not in done.stdout.replace("？".encode("gbk"), b"").replace(b"\\u", b"")


def test_what_gbk_has_is_there_and_what_it_lacks_is_spelled(gkcheck):
    gkcheck("done", "23", "--note", "— ‐ “” √ 㙍 ✓ \u00a0€ 😀")
    text = piped(["show", "23"], {"PYTHONIOENCODING": "gbk"}).stdout.decode("gbk")
    assert "— ‐ “” √ \\u364d √  EUR \\U0001f600" in text


@pytest.mark.parametrize("arguments", [["show", "23", "--format", "json"], ["log", "--format", "json"]])
def test_json_stays_json_in_any_encoding(gkcheck, arguments):
    gkcheck("done", "23", "--note", "㙍 😀 \u00a0")
    for encoding in ("gbk", "ascii", "utf-8"):
        done = piped(arguments, {"PYTHONIOENCODING": encoding})
        assert "㙍 😀 \u00a0" in json.dumps(json.loads(done.stdout.decode(encoding)), ensure_ascii=False)


def test_a_pipe_gets_every_row_whole(gkcheck):
    text = gkcheck("tasks").out
    assert "促进发展更加公平更有质量的教育。" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("arguments", [["tasks"], ["tasks", "--format", "json"], ["--help"], ["log"]])
def test_a_closed_pipe_ends_quietly(arguments):
    for reader in ("head -1", "true", "head -c 10"):
        line = " ".join([*RUN, *arguments]) + f" | {reader}; exit ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_stream_that_is_not_there_is_no_fault():
    done = subprocess.run(["sh", "-c", " ".join([*RUN, "tasks"]) + " >&-"], capture_output=True, check=False)
    assert done.stderr == b""


# -- the pager -------------------------------------------------------------------------------------------


@pytest.fixture
def pager(tmp_path):
    """A pager that says it was used."""
    script = tmp_path / "pager"
    script.write_text("#!/bin/sh\necho PAGED\ncat\n")
    script.chmod(0o755)
    return str(script)


def test_a_long_answer_goes_through_the_pager(pager, monkeypatch):
    for name in ("PAGER", "GKCHECK_PAGER"):
        env = {"GKCHECK_PAGER": pager} if name == "GKCHECK_PAGER" else {"PAGER": pager}
        own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", **env}
        with Terminal([*RUN, "tasks"], own, 80) as terminal:
            assert terminal.wait() == 0
            assert terminal.plain.startswith("PAGED")
            assert "37（三十七）" in terminal.plain


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["where"], {}),
        (["tasks", "--no-pager"], {}),
        (["--no-pager", "tasks"], {}),
        (["tasks"], {"GKCHECK_PAGER": ""}),
        (["tasks"], {"GKCHECK_PAGER": "no-such-program"}),
        (["tasks"], {"GKCHECK_PAGER": "cat"}),
        (["tasks"], {"GKCHECK_PAGER": "'"}),
        (["tasks"], {"TERM": "dumb"}),
    ],
)
def test_the_pager_stays_away(pager, arguments, env):
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "GKCHECK_PAGER": pager, **env}
    with Terminal([*RUN, *arguments], own, 80) as terminal:
        assert terminal.wait() == 0
        assert "PAGED" not in terminal.plain
        assert len(terminal.plain) > 200


def test_a_pager_that_is_left_early_is_no_fault(tmp_path):
    script = tmp_path / "pager"
    script.write_text("#!/bin/sh\nhead -1\n")
    script.chmod(0o755)
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "GKCHECK_PAGER": str(script)}
    with Terminal([*RUN, "tasks"], own, 80) as terminal:
        assert terminal.wait() == 0
        assert len(terminal.plain.strip().split("\n")) == 1
