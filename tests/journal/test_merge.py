"""merge: union by id. Clocks and the order of facts. undo across replicas."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gkcheck.journal.live import live_entries
from gkcheck.ledger.fold import fold
from gkcheck.model import Action, Draft
from tests.conftest import examples
from tests.journal.exchange import contents
from tests.journal.faults import AT, filled, ids, journal_at

UNITS = ["市教育局", "市财政局", None]


def record(path, *drafts, at=AT, by="测试"):
    return journal_at(path).record(lambda history: drafts, by=by, at=at)


def merged(target, *others):
    journal = journal_at(target)
    for other in others:
        journal.merge(contents(journal_at(other)).lines, at=AT)
    return target.read_bytes() if target.exists() else b""


HISTORY = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([Action.START, Action.DONE, Action.REOPEN, Action.NOTE, Action.UNDO, None]),
        st.integers(1, 3),
        st.sampled_from(UNITS),
        st.integers(0, 9),
    ),
    max_size=14,
)


@settings(max_examples=examples(60), deadline=None)
@given(HISTORY)
def test_merge_is_commutative_associative_idempotent(history):
    """Three replicas with random histories (action None: a merge under way): every order gives the same bytes."""
    with tempfile.TemporaryDirectory() as directory:
        paths = [Path(directory) / f"{name}.jsonl" for name in "abc"]
        for replica, action, task, unit, other in history:
            path = paths[replica]
            if action is None:
                merged(path, paths[other % 3])
            elif action is Action.UNDO:
                entries = journal_at(path).read().entries
                if entries:
                    record(path, Draft(action, undoes=entries[other % len(entries)].batch))
            else:
                year = 2010 + other
                record(path, Draft(action, task=task, unit=unit), at=f"{year}-01-01T00:00:00.000000+08:00")
        results = set()
        for number, order in enumerate(itertools.permutations(paths)):
            target = Path(directory) / f"merged{number}.jsonl"
            merged(target, *order)
            once = merged(target)
            assert merged(target, *order) == once
            results.add(once)
        nested = Path(directory) / "nested.jsonl"
        merged(paths[1], paths[2])
        results.add(merged(nested, paths[1], paths[0]))
        assert len(results) == 1


def test_the_later_entry_wins_with_the_clock_set_back(tmp_path, gk):
    """Recorded in 2026, the clock set back ten years, recorded again: the second is the state."""
    path = tmp_path / "journal.jsonl"
    record(path, Draft(Action.START, task=23, unit="市教育局"), at="2026-11-01T09:00:00.000000+08:00")
    record(path, Draft(Action.DONE, task=23, unit="市教育局"), at="2016-11-01T09:00:00.000000+08:00")
    (cell,) = gk("show", 23, "--store", path, "--format", "json").json()["assignments"]
    assert cell["status"] == "done"


def test_two_machines_with_different_clocks_agree_in_either_order(tmp_path):
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    for i in range(6):
        action = [Action.START, Action.BLOCK, Action.DONE][i % 3]
        record(one, Draft(action, task=23, unit="市教育局"), at=f"2030-01-0{i + 1}T00:00:00.000000+08:00")
        record(two, Draft(action, task=23), at=f"2001-01-0{i + 1}T00:00:00.000000-05:00")
    assert merged(one, two) == merged(two, one)
    marks = fold(live_entries(journal_at(one).read().entries))
    assert {key: mark.claim.action for key, mark in marks.items()} == {
        (23, "市教育局"): Action.DONE,
        (23, None): Action.DONE,
    }


def test_what_was_new_known_and_refused(tmp_path, gk):
    """Counts for every file; --from takes only a unit's own entries, and its own undoing of them."""
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    filled(ours, 2)
    theirs.write_bytes(ours.read_bytes())
    (own,) = record(theirs, Draft(Action.DONE, task=23, unit="市教育局"))
    (foreign,) = record(theirs, Draft(Action.DONE, task=25, unit="市自然资源局"))
    record(theirs, Draft(Action.DONE, task=24))
    record(theirs, Draft(Action.UNDO, undoes=own.batch))
    record(theirs, Draft(Action.UNDO, undoes=foreign.batch))
    answer = gk("merge", theirs, "--from", "教育局", "--store", ours, "--dry-run")
    assert "新 2 条，已有 2 条，未收 3 条" in answer.out
    before = ours.read_bytes()
    answer = gk("merge", theirs, "--from", "教育局", "--store", ours)
    assert answer.code == 1
    assert answer.out.count("不是“市教育局”自己的记录") == 3
    assert ours.read_bytes() != before
    assert {entry.unit for entry in journal_at(ours).read().entries} == {"市教育局", None}
    answer = gk("merge", theirs, "--store", ours)
    assert (answer.code, "新 3 条，已有 4 条，未收 0 条" in answer.out) == (0, True)
    assert "已并入 0 条" in gk("merge", theirs, "--store", ours).out


def test_acts_of_the_office_in_the_file_of_a_unit(tmp_path, gk):
    """A unit that confirms its own work is refused with --from; without it, the summary counts what came in by action."""
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    record(theirs, Draft(Action.DONE, task=23, unit="市教育局"))
    record(theirs, Draft(Action.DEADLINE, task=23, due="2029-01-01"), Draft(Action.CONFIRM, task=23, unit="市教育局"))
    answer = gk("merge", theirs, "--from", "教育局", "--store", ours)
    assert (answer.code, "新 1 条，已有 0 条，未收 2 条" in answer.out) == (1, True)
    assert answer.out.count("由办公室记录，不从单位的日志收") == 2
    assert "已并入 1 条记录\n" in answer.out
    assert [entry.action for entry in journal_at(ours).read().entries] == [Action.DONE]
    said = "2 条记录，其中办公室的记录 2 条（确认办结 1 条、设定时限 1 条）"
    for more in (["--dry-run"], []):
        assert said in gk("merge", theirs, "--store", ours, *more).out


def test_a_damaged_line_is_refused_aloud(tmp_path, gk):
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    filled(ours, 1)
    filled(theirs, 3)
    theirs.write_bytes(theirs.read_bytes().replace(b'"seq":2', b'"seq":5', 1))
    answer = gk("merge", theirs, "--store", ours)
    assert answer.code == 1
    assert "新 2 条" in answer.out
    assert f"{theirs}:3: 记录已损坏" in answer.out
    assert len(ids(journal_at(ours))) == 3


def test_merge_into_a_damaged_journal_is_refused(tmp_path, gk):
    """A replacement would drop the damaged line."""
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    filled(ours, 3)
    filled(theirs, 1)
    ours.write_bytes(ours.read_bytes().replace(b'"seq":2', b'"seq":5', 1))
    before = ours.read_bytes()
    answer = gk("merge", theirs, "--store", ours)
    assert answer.code == 2
    assert "请先用 gkcheck repair" in answer.err
    assert ours.read_bytes() == before


@pytest.mark.parametrize("name", ["missing.jsonl", "directory", "other-plan.jsonl", "text.jsonl"])
def test_what_cannot_be_merged(tmp_path, gk, name):
    ours = tmp_path / "ours.jsonl"
    filled(ours, 1)
    before = ours.read_bytes()
    (tmp_path / "directory").mkdir()
    (tmp_path / "text.jsonl").write_text("hello\n")
    (tmp_path / "other-plan.jsonl").write_text('{"format": "gkcheck-journal", "version": 1, "plan": "other"}\n')
    answer = gk("merge", tmp_path / name, "--store", ours)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "请用 --store" not in answer.err  # it is the other file that is wrong
    assert ours.read_bytes() == before


def test_after_a_merge_undo_takes_back_only_what_it_names(tmp_path, gk):
    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    gk("done", 23, "--store", ours)
    gk("done", 25, "--store", theirs)
    gk("done", 24, "--unit", "卫健局", "--store", theirs)
    gk("merge", theirs, "--store", ours)
    batch = next(entry.batch for entry in journal_at(ours).read().entries if entry.task == 23)
    assert gk("undo", batch[:6], "--store", ours).code == 0
    status = {task["id"]: task["finished"] for task in gk("tasks", "--store", ours, "--format", "json").json()}
    assert (status[23], status[25], status[24]) == (0, 1, 1)


def test_log_filters(tmp_path, gk):
    """By task, unit, action, person, since and until; JSON Lines is the entries a line each."""
    path = tmp_path / "journal.jsonl"
    record(path, Draft(Action.START, task=23, unit="市教育局"), at="2019-10-01T09:00:00.000000+08:00", by="甲")
    record(path, Draft(Action.DONE, task=23), at="2019-11-01T09:00:00.000000+08:00", by="乙")
    record(path, Draft(Action.DONE, task=25), at="2019-12-01T09:00:00.000000+08:00", by="甲")

    def tasks(*options):
        return [
            (entry["task"], entry["action"])
            for entry in gk("log", *options, "--store", path, "--format", "json").json()
        ]

    assert tasks("23") == [(23, "start"), (23, "done")]
    assert tasks("--unit", "教育局") == [(23, "start"), (23, "done")]
    assert tasks("--action", "done") == [(23, "done"), (25, "done")]
    assert tasks("--by", "甲") == [(23, "start"), (25, "done")]
    assert tasks("--since", "2019-11-01") == [(23, "done"), (25, "done")]
    assert tasks("--since", "2019-11-01", "--until", "2019-11-30") == [(23, "done")]
    out = gk("log", "--store", path, "--format", "jsonl").out
    assert out.encode() == path.read_bytes().split(b"\n", 1)[1]
