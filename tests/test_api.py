"""import gkcheck: what programs may rely on."""

from __future__ import annotations

import io
import re
import sys
from contextlib import redirect_stdout
from datetime import date

import pytest

import gkcheck
from tests import processes
from tests.conftest import ROOT


@pytest.fixture
def plan():
    return gkcheck.load_plan()


def test_the_documented_lines_run(gk):
    gk("done", "23", "--unit", "教育局", "--note", "已公布")
    lines = re.findall(r"```python\n(.*?)```", (ROOT / "docs/PYTHON.md").read_text("utf-8"), re.DOTALL)[0]
    shown = io.StringIO()
    with redirect_stdout(shown):
        exec(compile(lines, "docs/PYTHON.md", "exec"), {})
    assert shown.getvalue().startswith("6 todo 对减税降费")
    assert "23 " not in shown.getvalue()
    assert re.search(r"^0\.\d\d$", shown.getvalue(), re.MULTILINE)


def test_every_name_is_there_and_no_other():
    for name in gkcheck.__all__:
        assert getattr(gkcheck, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        gkcheck.nothing  # noqa: B018


def test_a_ledger_is_that_of_the_command_line(gk, plan, tmp_path):
    store = tmp_path / "台账.jsonl"
    gk("done", "23", "--store", store)
    gk("start", "24", "--unit", "卫健局", "--store", store)
    ledger = gkcheck.load_ledger(plan, store)
    listed = gk("tasks", "--store", store, "--format", "json").json()
    assert [(row.task.id, row.status, row.finished) for row in gkcheck.query(ledger)] == [
        (one["id"], one["status"], one["finished"]) for one in listed
    ]
    assert gkcheck.summarise(ledger).assignments.done == 1
    assert gkcheck.summarise(gkcheck.load_ledger(plan, store, as_of=date(2019, 1, 1))).assignments.done == 0


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"units": "jyj"}, ["--unit", "jyj"]),
        (
            {"units": ["市教育局", "财政局"], "roles": "responsible"},
            ["--unit", "市教育局、财政局", "--role", "responsible"],
        ),
        ({"units": "各镇（街）"}, ["--unit", "各镇（街）"]),
        ({"units": "教育局", "named": True}, ["--unit", "教育局", "--named"]),
        ({"sections": "九"}, ["--section", "九"]),
        ({"words": ["义务教育"]}, ["--match", "义务教育"]),
        ({"statuses": ["done", "todo"], "sections": ["九"]}, ["--status", "done、todo", "--section", "九"]),
        ({"overdue": True}, ["--overdue"]),
        ({"due_by": date(2019, 12, 31)}, ["--due-by", "2019-12-31"]),
    ],
)
def test_a_query_is_that_of_the_command_line(gk, plan, conditions, words):
    gk("done", "23")
    rows = gkcheck.query(gkcheck.load_ledger(plan), **conditions)
    assert rows
    assert [row.task.id for row in rows] == [one["id"] for one in gk("tasks", *words, "--format", "json").json()]


@pytest.mark.parametrize(
    "conditions", [{"units": "没有这个局"}, {"statuses": "finished"}, {"roles": ["chief"]}, {"sections": "九十九"}]
)
def test_a_condition_that_means_nothing_is_refused(plan, conditions):
    with pytest.raises(gkcheck.GkcheckError):
        gkcheck.query(gkcheck.load_ledger(plan), **conditions)


def test_what_is_wrong_with_files_is_told(gk, plan, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: 1\n", "utf-8")
    with pytest.raises(gkcheck.GkcheckError, match=r"bad\.yaml"):
        gkcheck.load_plan(bad)
    with pytest.raises(gkcheck.GkcheckError, match="还没有日志"):
        gkcheck.load_ledger(plan, tmp_path / "no.jsonl")
    store = tmp_path / "a.jsonl"
    gk("done", "23", "--store", store)
    with store.open("ab") as file:
        file.write(b"x\n")
    with pytest.warns(gkcheck.JournalWarning, match=r"a\.jsonl:3") as told:
        assert gkcheck.summarise(gkcheck.load_ledger(plan, store)).assignments.done == 1
    assert told[0].filename == __file__


def test_nothing_is_loaded_before_it_is_used():
    code = "import sys, gkcheck; sys.exit(len([name for name in sys.modules if name.startswith('gkcheck.')]) - 1)"
    assert processes.run([sys.executable, "-c", code]).returncode == 0
