"""The index of a long journal: the same answers as without it, checked, made again, safe to delete."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gkcheck.journal import EVERYTHING, STATUSES, Scope, file_store, index
from gkcheck.journal.index.marks import UNDONE
from gkcheck.journal.live import live_entries
from gkcheck.ledger.latest import LatestEntries, fold
from gkcheck.model import STATUS_AFTER, Action, Draft, Evidence
from gkcheck.paths import cache_directory
from tests.conftest import examples
from tests.journal.exchange import contents
from tests.journal.faults import AT, filled, journal_at
from tests.journal.past import check_past, check_statuses
from tests.journal.test_building import check_statuses_of

PROOF = (Evidence("text", "会议记录"),)


@pytest.fixture
def every_journal_is_long(monkeypatch):
    monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    monkeypatch.setattr(index, "_STALE_AFTER", 700)


def of_kind(held):
    return sorted(held, key=lambda entry: entry.order) if isinstance(held, list) else held


def marks_of(entries):
    """Return the marks that entries leave behind, in a form that compares."""
    return {
        key: [of_kind(getattr(mark, kind)) for kind in LatestEntries.__slots__] for key, mark in fold(entries).items()
    }


def within(marks, scope):
    return {
        (task, unit): mark
        for (task, unit), mark in marks.items()
        if (scope.tasks is None or task in scope.tasks) and (scope.units is None or unit is None or unit in scope.units)
    }


def indexes():
    return sorted((cache_directory() / "journals").glob("*.sqlite3"))


STEP = st.tuples(
    st.sampled_from([*STATUS_AFTER, Action.NOTE, Action.DEADLINE, Action.UNDO, "merge", "ask", "ask-day"]),
    st.integers(1, 3),
    st.sampled_from(["市教育局", "市财政局", None]),
    st.integers(0, 9),
)
ONE_UNIT = Scope(units=frozenset({"市教育局"}))
ONE_TASK = Scope(tasks=frozenset({2}))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(STEP, max_size=25))
def test_the_index_answers_as_the_whole_journal_does(steps):
    """Random histories with merges, undos and undos of undos, asked at random moments, in every scope."""
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_store, "LONG_JOURNAL", 1)
        patch.setattr(index, "_STALE_AFTER", 700)
        patch.setenv("XDG_CACHE_HOME", directory)
        ours, theirs = Path(directory) / "ours.jsonl", Path(directory) / "theirs.jsonl"
        for action, task, unit, number in [*steps, ("ask", 1, None, 0)]:
            journal = journal_at(ours)
            if action == "ask":
                whole = live_entries(journal.read().entries)
                for scope in (EVERYTHING, ONE_UNIT, ONE_TASK):
                    found = journal.current(scope)
                    assert found.problems == []
                    assert within(marks_of(found.entries), scope) == within(marks_of(whole), scope)
                check_statuses_of(journal.current(STATUSES).entries, whole)
                check_past(journal, 2, "市教育局", number + 1)
            elif action == "ask-day":
                day = date(2019, 1, number + 1)
                whole = live_entries(journal.read().entries, day)
                assert marks_of(journal.current(EVERYTHING, day).entries) == marks_of(whole)
                check_statuses(journal, [day, date(2019, 1, 10), date(2019, 1, 31)])
            elif action == "merge":
                journal.merge(contents(journal_at(theirs)).lines, at=AT)
            else:
                target = journal_at([ours, ours, theirs][number % 3])
                batches = [entry.batch for entry in target.read().entries]
                if action is Action.UNDO and not batches:
                    continue
                draft = Draft(
                    action,
                    task=None if action is Action.UNDO else task,
                    unit=None if action is Action.UNDO else unit,
                    note=["", "备注", None][number % 3],
                    evidence=PROOF if number == 4 else (),
                    on=f"2019-01-{number + 1:02}" if number % 2 else None,
                    due="2019-12-31" if action is Action.DEADLINE and number % 2 else None,
                    undoes=batches[number % len(batches)] if action is Action.UNDO else None,
                )
                before = marks_of(live_entries(target.read().entries, date(2019, 1, number + 1)))
                seen = {}

                def decide(history, seen=seen, draft=draft):
                    seen.update(marks_of(history.entries))
                    return [draft]

                target.record(decide, by="测试", at=f"2019-01-{number + 1:02}T00:00:00.000000+08:00", scope=EVERYTHING)
                assert seen == before


@pytest.fixture
def journal(tmp_path, every_journal_is_long):
    found = filled(tmp_path / "journal.jsonl", 30)
    found.current()
    return found


def expected(journal):
    return marks_of(live_entries(journal.read().entries))


def test_a_query_reads_the_index_and_writes_nothing_beside_the_journal(journal, tmp_path):
    assert indexes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.jsonl", "journal.jsonl.lock"]
    assert marks_of(journal.current().entries) == expected(journal)


def test_a_flip_of_any_byte_is_found_although_it_is_indexed(journal):
    """Same size, whatever the times say: the bytes are checked, not the clock."""
    whole = journal.path.read_bytes()
    times = journal.path.stat()
    for at in range(0, len(whole), 97):
        flipped = bytearray(whole)
        flipped[at] ^= 1
        journal.path.write_bytes(flipped)
        os.utime(journal.path, ns=(times.st_atime_ns, times.st_mtime_ns))
        line = whole.count(b"\n", 0, at) + 1
        try:
            history = journal.current()
        except Exception as error:
            assert line == 1, error  # noqa: PT017
            continue
        assert line in [problem.where.line for problem in history.problems], at
    journal.path.write_bytes(whole)
    assert journal.current().problems == []


@pytest.mark.parametrize("damage", ["delete", "empty", "garbage", "cut", "other", "rows", "directory"])
def test_a_damaged_index_does_no_harm(journal, damage, own_home):
    before = expected(journal)
    (path,) = indexes()
    data = path.read_bytes()
    for side in path.parent.glob(path.name + "-*"):
        side.unlink()
    if damage == "delete":
        path.unlink()
    elif damage == "directory":
        path.unlink()
        path.mkdir()
    elif damage == "other":
        path.unlink()
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE reduced (x)")
        other.close()
    elif damage == "rows":
        database = sqlite3.connect(path)
        for task, unit, blob in database.execute("SELECT task, unit, marks FROM assignments").fetchall():
            altered = (int.from_bytes(blob[:8], sys.byteorder) ^ UNDONE).to_bytes(8, sys.byteorder) + blob[8:]
            change = "UPDATE assignments SET marks = ? WHERE task = ? AND unit = ?"
            database.execute(change, (altered, task, unit))
        database.commit()
        database.close()
    else:
        path.write_bytes({"empty": b"", "garbage": b"\x00" * 5000, "cut": data[: len(data) // 2]}[damage])
    for _ in range(2):
        assert marks_of(journal.current().entries) == before
        assert (
            len(
                journal.record(
                    lambda history: [Draft(Action.NOTE, task=1, note="又")], by="测", at=AT, scope=EVERYTHING
                )
            )
            == 1
        )
        before = expected(journal)


def test_a_cache_that_cannot_be_written_is_done_without(journal, own_home, monkeypatch):
    import shutil

    folder = cache_directory()
    shutil.rmtree(folder)
    folder.write_text("in the way")
    whole = expected(journal)

    def refuse(*_):
        raise AssertionError("decoded whole")

    monkeypatch.setattr(file_store.FileJournal, "lines", refuse)  # it is made in memory
    assert marks_of(journal.current().entries) == whole


def test_recording_reads_the_tail_only(tmp_path, monkeypatch):
    """The bytes that a `done` reads from a long journal do not grow with it."""
    import builtins

    read = {}
    for count in (3000, 9000):
        path = tmp_path / f"{count}.jsonl"
        lines = journal_at(path)
        drafts = [Draft(Action.DONE, task=i % 37 + 1, unit="市教育局", of="0" * 16) for i in range(count)]
        lines.record(lambda history, drafts=drafts: drafts, by="测试", at=AT)
        one = [Draft(Action.REOPEN, task=1, unit="市教育局")]
        lines.record(lambda history, one=one: one, by="测试", at=AT, scope=ONE_UNIT)
        total = 0
        real_open = builtins.open

        def counting(name, *rest, real_open=real_open, path=path, **options):
            opened = real_open(name, *rest, **options)
            if str(name) != str(path):
                return opened
            real_read, real_line = opened.read, opened.readline

            class Counted:
                def __getattr__(self, what):
                    return getattr(opened, what)

                def __enter__(self):
                    return self

                def __exit__(self, *_):
                    opened.close()

                def __iter__(self):
                    return iter(self.readline, b"")

                def read(self, *size):
                    nonlocal total
                    data = real_read(*size)
                    total += len(data)
                    return data

                def readline(self, *size):
                    nonlocal total
                    data = real_line(*size)
                    total += len(data)
                    return data

            return Counted()

        with monkeypatch.context() as patch:
            patch.setattr(builtins, "open", counting)
            lines.record(lambda history, one=one: one, by="测试", at=AT, scope=ONE_UNIT)
        read[count] = total
        assert path.stat().st_size > file_store.LONG_JOURNAL
    assert read[3000] == read[9000] > 0


def test_an_undo_leaves_the_days_before_it_as_they_were(every_journal_is_long, tmp_path):
    """Done in January; taken back in March; one of the two brought back in May."""
    journal = journal_at(tmp_path / "journal.jsonl")

    def record(draft, day):
        return journal.record(lambda _: [draft], by="李", at=f"{day}T09:00:00.000000+08:00")[0].batch

    first, second = (record(Draft(Action.DONE, task, "市教育局"), "2019-01-05") for task in (1, 2))
    record(Draft(Action.BLOCK, 1, None), "2019-01-05")
    undo, _ = (record(Draft(Action.UNDO, undoes=batch), "2019-03-10") for batch in (first, second))
    record(Draft(Action.UNDO, undoes=undo), "2019-05-02")
    days = [date(2018, 12, 31), date(2019, 1, 31), date(2019, 3, 31), date(2019, 5, 31)]
    found = {
        key: [change and change.action for change in changes] for key, changes in journal.past_statuses(days).items()
    }
    assert found == {
        (1, "市教育局"): [None, Action.DONE, None, Action.DONE],
        (1, None): [None, Action.BLOCK, Action.BLOCK, Action.BLOCK],
        (2, "市教育局"): [None, Action.DONE, None, None],
    }
    check_statuses(journal, days)
