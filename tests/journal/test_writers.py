"""Any number of writers at once: every entry there, each once. Waiting, giving up, and dead holders of the lock."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from functools import partial

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.cli.main import run
from gkcheck.journal.lock import hold_lock
from gkcheck.ledger.assignments import assignments_of
from gkcheck.plan.reader import read_plan
from tests import processes
from tests.journal.faults import journal_at

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

UNITS = ["台城街道", "大江镇", "水步镇", "市教育局", "市公安局", "市民政局", "市司法局", "市财政局"]


def write_at_once(paths, each):
    """One process a path, each recording `each` times for a unit of its own; returns their exit codes."""

    def write(unit, path):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return max(run([["done", "reopen"][i % 2], "1", "--unit", unit, "--store", str(path)]) for i in range(each))

    children = [processes.fork(partial(write, unit, path)) for unit, path in zip(UNITS, paths, strict=True)]
    return [processes.wait(child, 300) for child in children]


def check_all_there(entries, each):
    assert len({entry.id for entry in entries}) == len(entries) == 8 * each
    for unit in UNITS:
        own = [entry.action.value for entry in entries if entry.unit == unit]
        assert own == ["done", "reopen"] * (each // 2)


EACH = [20, pytest.param(200, marks=pytest.mark.long)]


@pytest.mark.parametrize("each", EACH)
def test_eight_writers_of_one_journal(tmp_path, each):
    """8 processes, `each` entries: all there, each once, no seq twice, no error."""
    path = tmp_path / "journal.jsonl"
    assert write_at_once([path] * 8, each) == [0] * 8
    history = journal_at(path).read()
    assert history.problems == []
    check_all_there(history.entries, each)
    assert [entry.seq for entry in history.entries] == list(range(1, 8 * each + 1))


@pytest.mark.parametrize("each", EACH)
def test_eight_writers_of_two_replicas_merged(tmp_path, gk, each):
    """Four on each replica, merged both ways: both hold all entries, byte for byte the same."""
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert write_at_once([one, two] * 4, each) == [0] * 8
    assert gk("merge", two, "--store", one).code == 0
    assert gk("merge", one, "--store", two).code == 0
    assert one.read_bytes() == two.read_bytes()
    check_all_there(journal_at(one).read().entries, each)


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock of `journal.jsonl` until it is killed."""
    ready, told = os.pipe()

    def hold():
        with hold_lock(tmp_path / "journal.jsonl.lock", 1, lambda: None):
            os.write(told, b"!")
            time.sleep(60)

    child = processes.fork(hold)
    os.close(told)
    assert os.read(ready, 1) == b"!"
    yield child
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGKILL)
        processes.wait(child)


def test_a_writer_says_that_it_waits_and_gives_up(tmp_path, gkcheck, holder):
    """A notice after a second, a clear error at the limit, nothing written."""
    answer = gkcheck("done", 23, "--store", tmp_path / "journal.jsonl", env={"GKCHECK_LOCK_TIMEOUT": "1.5"})
    assert answer.code == 2
    notice, refused = answer.err.splitlines()
    assert "等待中" in notice
    assert "等了 1.5 秒" in refused
    assert not (tmp_path / "journal.jsonl").exists()


def test_a_lock_left_by_a_killed_process_never_blocks(tmp_path, gkcheck, holder):
    os.kill(holder, signal.SIGKILL)
    processes.wait(holder)
    assert gkcheck("done", 23, "--store", tmp_path / "journal.jsonl", env={"GKCHECK_LOCK_TIMEOUT": "0"}).code == 0


def test_readers_never_wait_and_leave_no_trace(tmp_path, gkcheck, holder):
    """With the lock held, every query answers, and nothing in the folder changes."""
    path = tmp_path / "journal.jsonl"
    os.kill(holder, signal.SIGSTOP)
    (tmp_path / "other").mkdir()
    copy = tmp_path / "other" / "journal.jsonl"
    assert gkcheck("done", 23, "--store", copy).code == 0
    path.write_bytes(copy.read_bytes())
    before = {file.name: (file.stat().st_mtime_ns, file.stat().st_size) for file in tmp_path.iterdir()}
    for command in (["tasks"], ["status"], ["log"], ["show", "23"], ["units"], ["check"], ["where"]):
        assert gkcheck(*command, "--store", path, env={"GKCHECK_LOCK_TIMEOUT": "0"}).code == 0
    assert {file.name: (file.stat().st_mtime_ns, file.stat().st_size) for file in tmp_path.iterdir()} == before
    os.kill(holder, signal.SIGCONT)


@pytest.mark.parametrize("limit", ["soon", "-1", "nan"])
def test_a_limit_that_is_no_number(gk, monkeypatch, limit):
    monkeypatch.setenv("GKCHECK_LOCK_TIMEOUT", limit)
    answer = gk("done", 23)
    assert answer.code == 2
    assert "应是秒数" in answer.err


def test_the_units_of_these_tests_owe_task_one():
    plan, _ = read_plan(built_in_plan().read_text("utf-8"), "")
    assert plan is not None
    assert all(any(owed.task == 1 for owed in assignments_of(plan, unit)) for unit in UNITS)
