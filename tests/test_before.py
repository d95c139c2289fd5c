"""A journal that the program wrote before claims and acts stood apart: it opens, and means the same.

The files in fixtures/before were made by that program; make.sh there tells how.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

BEFORE = Path(__file__).parent / "fixtures" / "before"
NEW_KEYS = {"claim", "act", "letters"}


@pytest.fixture
def answer(gk, tmp_path):
    store = tmp_path / "journal.jsonl"
    shutil.copy(BEFORE / "journal.jsonl", store)
    return lambda *words: gk(*words, "--format", "json", "--store", store).json()


def then(name):
    return json.loads((BEFORE / f"{name}.json").read_text(encoding="utf-8"))


def test_the_summary_is_the_same(answer):
    """But for the classes, which came later."""
    found = answer("status", "--as-of", "2026-12-31")
    assert sum(group["total"] for group in found.pop("groups")) == found["assignments"]["total"]
    assert found == then("status")


def test_the_history_is_the_same(answer):
    assert answer("log") == then("log")


def test_every_state_is_the_same(answer):
    """But for what acts of the office had covered, and a form's columns that were folded into the note."""
    differing = {}
    for was, task in zip(then("tasks"), answer("tasks"), strict=True):
        cells = task.pop("assignments")
        for old, new in zip(was.pop("assignments"), cells, strict=True):
            said = {key: new[key] for key in new if key not in NEW_KEYS}
            changed = {key for key in old if old[key] != said[key]}
            if changed:
                assert changed <= {"by", "note"}
                differing[(task["id"], new["unit"])] = (new["by"], new["note"])
        assert task == was
    assert {key: said for key, said in differing.items() if key[0] != 7} == {
        (1, "市水利局"): ("填表人", "已起草"),
        (23, "市教育局"): ("经办人", "已公布"),
        (1, "台城街道"): ("经办人", None),
    }
    assert {said[1] for key, said in differing.items() if key[0] == 7} <= {None, "正在起草"}


def test_what_was_covered_is_read_from_the_right_side(answer):
    (task,) = answer("tasks", "--unit", "市水利局", "--status", "blocked")
    (cell,) = task["assignments"]
    assert (cell["claim"]["problem"], cell["claim"]["next"]) == ("缺数据", "催要")
    (task,) = [task for task in answer("tasks", "--unit", "台城街道") if task["id"] == 1]
    assert task["assignments"][0]["act"]["note"] == "链接打不开"
    assert task["assignments"][0]["claim"]["status"] == "done"
