"""Many processes at everything that writes, on two journals whose lock files somebody keeps deleting."""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from gkcheck.cli.main import run
from gkcheck.model import Action
from tests import processes
from tests.forms.sheets import fill
from tests.journal.exchange import faults
from tests.journal.faults import journal_at

UNITS = [
    "台城街道",
    "大江镇",
    "水步镇",
    "四九镇",
    "都斛镇",
    "赤溪镇",
    "冲蒌镇",
    "斗山镇",
    "端芬镇",
    "广海镇",
    "海宴镇",
    "汶村镇",
]
ACTS = ["done", "done", "done", "undo", "merge", "repair", "check", "collect"]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def work(place: Path, number: int, turns: int, told: int) -> None:
    """Do `turns` acts of one unit, and tell of each that was answered as done."""
    sys.stdout = sys.stderr = open(place / f"said-{number}", "w", encoding="utf-8", buffering=1)  # noqa: SIM115
    chance, unit = random.Random(number), UNITS[number]
    form = place / f"{unit}.xlsx"
    for turn in range(turns):
        act = chance.choice(ACTS)
        ours, theirs = chance.sample([place / "one.jsonl", place / "two.jsonl"], 2)
        mark = f"{number}-{turn}"
        words = {
            "done": ["done", "1", "--unit", unit, "--note", mark],
            "undo": ["undo", "--by", mark, "--force"],
            "merge": ["merge", theirs],
            "collect": ["collect", form, "--by", mark, "--force"],
        }.get(act, [act])
        if act == "collect":
            fill(form, (1, {"完成情况": "推进中", "进展情况": mark}))
        code = run([*map(str, words), "--store", str(ours)])
        if act in ("undo", "collect") and code == 2:
            continue  # there is nothing to undo, or another undo came first
        if act == "check" and code == 1:
            continue  # claims go back here; nothing may be damaged in the end
        assert code == 0, (act, mark, code)
        if act in ("done", "undo", "collect"):
            os.write(told, f"{act} {mark}\n".encode())


def delete_locks(place: Path) -> None:
    """Delete the lock files at random moments, until this process is killed."""
    chance = random.Random(13)
    while True:
        time.sleep(chance.uniform(0.0, 0.02))
        for name in ("one.jsonl.lock", "two.jsonl.lock"):
            with suppress(FileNotFoundError):
                (place / name).unlink()


@pytest.mark.parametrize(("count", "turns"), [(4, 10), pytest.param(12, 100, marks=pytest.mark.long)])
def test_every_answered_fact_is_there_exactly_once(tmp_path, gk, monkeypatch, count, turns):
    monkeypatch.setenv("GKCHECK_LOCK_TIMEOUT", "300")  # twelve queue, and a lock is given to whoever asks first
    for name in ("one.jsonl", "two.jsonl"):
        gk("repair", "--store", tmp_path / name)
    units = [word for unit in UNITS[:count] for word in ("--unit", unit)]
    assert gk("form", *units, "-o", tmp_path, "--store", tmp_path / "one.jsonl").code == 0
    thirteenth = processes.fork(partial(delete_locks, tmp_path))
    heard, told = os.pipe()
    children = [processes.fork(partial(work, tmp_path, number, turns, told)) for number in range(count)]
    os.close(told)
    try:
        with os.fdopen(heard) as answers:
            answered = Counter(answers.read().splitlines())
        codes = [processes.wait(child, 600) for child in children]
    finally:
        os.kill(thirteenth, 9)
        processes.wait(thirteenth)
    assert codes == [0] * count, "".join((tmp_path / f"said-{number}").read_text("utf-8") for number in range(count))
    for ours, theirs in (("one.jsonl", "two.jsonl"), ("two.jsonl", "one.jsonl")):
        assert gk("merge", tmp_path / theirs, "--store", tmp_path / ours).code == 0
    assert faults(journal_at(tmp_path / "one.jsonl")) == []
    history = journal_at(tmp_path / "one.jsonl").read()
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
    found = Counter(
        f"undo {entry.by}"
        if entry.action is Action.UNDO
        else f"collect {entry.note}"
        if entry.form
        else f"done {entry.note}"
        for entry in history.entries
    )
    assert set(answered.values()) == {1}
    assert set(found.values()) == {1}
    assert found.keys() == answered.keys()
    assert len(answered) > count * turns // 4
    assert not list(tmp_path.glob("*.damaged-*")) + list(tmp_path.glob("*.torn-*"))
