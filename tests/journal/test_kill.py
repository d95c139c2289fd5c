"""A process killed anywhere in a write leaves a journal that opens, and every answered entry in it."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from gkcheck.cli.main import run
from gkcheck.journal import Scope
from gkcheck.model import Action, Draft
from tests import processes
from tests.journal.exchange import contents
from tests.journal.faults import AT, filled, ids, journal_at, killed_at_every_call

NOTHING = Scope(tasks=frozenset())
STEPS = pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
"""Every system call is a point to kill at; in the quick run every seventh."""


def quiet(arguments: list[str]) -> int:
    """A whole command in this process, its words thrown away."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return run(arguments)


@STEPS
def test_done_killed_at_every_call(tmp_path, gk, step):
    """Before the kill or after it, never in between; the next write works and leaves a sound journal."""
    path = tmp_path / "journal.jsonl"
    filled(path, 5)
    before = path.read_bytes()
    gk("done", 9, "--unit", "市教育局", "--store", path)  # loads every module once, so that the child loads none
    old = set(ids(journal_at(path)))
    path.write_bytes(before)
    old = set(ids(journal_at(path)))
    points = 0
    for call, answered in killed_at_every_call(
        lambda: path.write_bytes(before),
        lambda: quiet(["done", "9", "--unit", "市教育局", "--store", str(path)]),
        step,
    ):
        points += 1
        history = journal_at(path).read()
        now = {entry.id for entry in history.entries}
        assert old <= now, call
        assert len(now) == 6 if answered else len(now) in (5, 6), call
        assert len(history.problems) <= 1, call
        journal_at(path).record(lambda history: [Draft(Action.NOTE, task=1, note="后来")], by="测试", at=AT)
        after = journal_at(path).read()
        assert now < {entry.id for entry in after.entries}, call
        assert after.problems == [], call
    assert points > 20 / step


@STEPS
def test_the_first_done_killed_at_every_call(tmp_path, gk, step, monkeypatch):
    """The journal and the user's data directory are new: either no journal yet, or a whole one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    directory = tmp_path / "share" / "gkcheck"
    path = directory / "taishan-2019.jsonl"
    gk("done", 9, "--unit", "市教育局", "--store", tmp_path / "other.jsonl")

    def empty() -> None:
        for file in directory.glob("*") if directory.exists() else ():
            file.unlink()
        for file in directory.glob(".*") if directory.exists() else ():
            file.unlink()
        if directory.exists():
            directory.rmdir()

    for call, answered in killed_at_every_call(empty, lambda: quiet(["done", "9", "--unit", "市教育局"]), step):
        history = journal_at(path).read()
        assert history.problems == [], call
        assert len(history.entries) == 1 if answered else len(history.entries) in (0, 1), call


@pytest.mark.long
def test_repair_killed_at_every_call(tmp_path):
    """The journal is the damaged one or the mended one; the damaged bytes are in it or beside it."""
    path = tmp_path / "journal.jsonl"
    filled(path, 8)
    damaged = bytearray(path.read_bytes())
    place = damaged.index(b'"seq":4') + 30
    damaged[place] ^= 1
    path.write_bytes(damaged)
    sound = set(ids(journal_at(path)))
    assert len(sound) == 7
    (bad_line,) = [line for line in bytes(damaged).split(b"\n") if line.startswith(b'{"seq":4')]
    points = 0
    for call, _ in killed_at_every_call(lambda: path.write_bytes(damaged), lambda: journal_at(path).repair(at=AT)):
        points += 1
        assert set(ids(journal_at(path))) == sound, call
        if path.read_bytes() != damaged:
            assert any(bad_line in aside.read_bytes() for aside in tmp_path.glob("*.damaged-*")), call
    assert points > 20
    assert journal_at(path).read().problems == []


@pytest.mark.long
def test_merge_killed_at_every_call(tmp_path):
    """Nothing of the other journal or all of it, in one step."""
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    filled(ours, 4)
    other = contents(filled(theirs, 6)).lines
    before = ours.read_bytes()
    old, both = set(ids(journal_at(ours))), {one.entry.id for one in other} | set(ids(journal_at(ours)))
    points = 0
    for call, answered in killed_at_every_call(
        lambda: ours.write_bytes(before), lambda: journal_at(ours).merge(other, at=AT)
    ):
        points += 1
        history = journal_at(ours).read()
        assert history.problems == [], call
        found = {entry.id for entry in history.entries}
        assert found == both if answered else found in (old, both), call
    assert points > 20


@pytest.mark.parametrize("turns", [20, pytest.param(500, marks=pytest.mark.long)])
def test_kills_at_random_moments(tmp_path, turns):
    """A writing loop killed again and again; the parent, who heard every answer, is the referee."""
    path = tmp_path / "journal.jsonl"
    chance = random.Random(20191026)
    answered: set[str] = set()
    for turn in range(20 * turns):
        heard, told = os.pipe()
        child = processes.fork(lambda told=told, turn=turn: _write_until_killed(path, told, turn))
        os.close(told)
        time.sleep(chance.uniform(0.0, 0.02 if turn < turns else 0.2))
        os.kill(child, signal.SIGKILL)
        assert processes.wait(child) == -signal.SIGKILL
        with os.fdopen(heard) as answers:
            answered |= {line[:-1] for line in answers if line.endswith("\n")}
        if turn % 20 == 0:
            assert answered <= set(ids(journal_at(path))), turn
        if turn >= turns - 1 and len(answered) > turns // 10:
            break  # a busy machine needs more turns
    history = journal_at(path).read()
    assert len(answered) > turns // 10
    assert answered <= {entry.id for entry in history.entries}
    assert len(history.problems) <= 1
    numbers = [entry.seq for entry in history.entries]
    assert len(set(numbers)) == len(numbers)


def _write_until_killed(path: Path, told: int, turn: int) -> None:
    journal = journal_at(path)
    for i in range(10_000):
        draft = Draft(Action.NOTE, task=i % 37 + 1, note=f"{turn}-{i}" + "长" * (i % 500))
        for entry in journal.record(lambda history, draft=draft: [draft], by="测试", at=AT, scope=NOTHING):
            os.write(told, f"{entry.id}\n".encode())


@pytest.fixture(autouse=True)
def fork_is_there():
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
