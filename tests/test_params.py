"""The short way means what typer means; what is unusual is left to typer."""

from __future__ import annotations

import json

import pytest

from gkcheck.cli import main, params
from gkcheck.cli.registry import app


def declared(command):
    """Map every spelling of a command's options, as typer has them, to the name of its parameter."""
    import typer

    group = typer.main.get_command(app)
    params = group.get_command(None, command).params
    return {spelled: param.name.removeprefix("shared_") for param in params for spelled in param.opts}


@pytest.mark.parametrize("command", ["tasks", *params.RECORDING])
def test_every_word_is_spelled_as_typer_spells_it(command):
    known = declared(command)
    valued = params.TASKS if command == "tasks" else params.RECORD
    flags = params._TASKS_FLAGS if command == "tasks" else params._RECORD_FLAGS
    for spelled, name in {**valued, **{flag: params.FLAGS[flag] for flag in flags}}.items():
        assert known[spelled] == name


LINES = [
    "tasks",
    "tasks --unit 市教育局",
    "tasks -u jyj -f json",
    "tasks --section 九 --format csv",
    "tasks --role lead --named --format md",
    "tasks --status todo --match 公开 --channel 政府 --format tsv",
    "tasks --overdue --due-by 2019-12-31 --as-of 2020-01-01 --format json",
    "tasks --unit 教育居",
    "tasks --as-of 某日",
    "tasks --plan /nonexistent",
    "done 23",
    "done 23 24-25 --dry-run",
    "done 6 -u 税务局 -n 已报 --on 2019-11-01 --by 李",
    "start 99",
    "note 23",
    "block 6 --unit 市公安局 --note 等文件",
    "skip 30 --unit 台城街道",
    "reopen 30-28",
]


def without_what_varies(text):
    try:
        entries = json.loads(text)
    except ValueError:
        return text
    return [{key: value for key, value in entry.items() if key not in ("at", "batch", "id")} for entry in entries]


@pytest.mark.parametrize("line", LINES)
def test_the_short_way_answers_as_typer_does(gk, tmp_path, monkeypatch, line):
    """The same answer, the same words on stderr, the same exit code, the same entries."""
    found = []
    for way in ("short", "typer"):
        store = tmp_path / f"{way}.jsonl"
        with monkeypatch.context() as patch:
            if way == "typer":
                patch.setattr(params, "understood", lambda arguments: None)
            else:
                assert params.understood(line.split()) is not None
            answer = gk(*line.split(), "--store", store)
        log = without_what_varies(gk("log", "--store", store, "--format", "json").out)
        found.append((answer.code, answer.out, answer.err, log))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "line",
    [
        "", "--version", "-h", "tasks --help", "tasks -h", "tasks extra", "tasks --unit", "tasks --unit=市教育局", "tasks -u市教育局",
        "tasks --unit a --unit b", "tasks --unit --named", "tasks --role chief", "tasks --status finished", "tasks --format xml",
        "tasks --fromat json", "tasks --no-pager", "done", "done --dry-run", "done 23 --evidence x", "done 23 --title t", "done -- 23",
        "done 23 --by", "done 23 -x", "confirm 23", "status", "--store x tasks", "log 23",
    ],
)  # fmt: skip
def test_what_is_unusual_is_left_to_typer(line):
    assert params.understood(line.split()) is None


def test_the_short_way_loads_no_typer():
    import sys

    from tests import processes

    script = "import sys; from gkcheck.cli.main import run; code = run(sys.argv[1:]); sys.exit(code or ('typer' in sys.modules))"
    for line in ("tasks --unit 市教育局 --format json", "done 23", "--version"):
        processes.run([sys.executable, "-c", script, *line.split()], check=True, capture_output=True)


def test_a_line_for_typer_reaches_it(gk):
    assert main.run(["tasks", "--unit=市教育局"]) == 0
