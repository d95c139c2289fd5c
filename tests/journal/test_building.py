"""Building an index: in one pass, by two processes, extended by what comes later; always as decoding everything says."""

from __future__ import annotations

import os
import random
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gkcheck.journal import EVERYTHING, STATUSES, Scope, file_store, index, record_format
from gkcheck.journal.clock import at_office
from gkcheck.journal.file_store import FileJournal
from gkcheck.journal.index import building, child
from gkcheck.journal.index.building import read_whole
from gkcheck.journal.live import live_history
from gkcheck.ledger.latest import NO_ENTRIES, LatestEntries, fold, later
from gkcheck.model import ZONE, Action, Draft
from tests.conftest import examples
from tests.journal.exchange import contents
from tests.journal.faults import AT, PLAN, filled, journal_at
from tests.journal.histories import TASKS, UNITS, histories
from tests.journal.past import belongs
from tests.journal.test_lines import HEADER, encode, signed

SCOPES = (EVERYTHING, Scope(units=frozenset({UNITS[0]})), Scope(frozenset({TASKS[0]})), Scope(frozenset(), None))
GARBAGE = [b"garbage", b"", b"  ", signed({"seq": 3, "action": "fly"}), b'{"seq":1']


def state_of(entries, scope):
    """What is held of each (task, unit) of a scope."""
    return {
        (task, unit): {
            name: sorted(held, key=lambda one: one.order) if isinstance(held, list) else held
            for name in LatestEntries.__slots__
            for held in [getattr(latest, name)]
        }
        for (task, unit), latest in fold(entries).items()
        if (scope.tasks is None or task in scope.tasks) and (scope.units is None or unit in (None, *scope.units))
    }


def check_statuses_of(found, expected):
    """What `STATUSES` has to tell of each (task, unit): the entry of the status, the deadline, and that a return stands."""
    latest, whole = fold(found), fold(expected)
    for task, unit in whole:
        told = []
        for held in (latest, whole):
            own, of_all = held.get((task, unit), NO_ENTRIES), held.get((task, None), NO_ENTRIES)
            review = later(own.review, of_all.review)
            told.append((later(own.claim, own.act), own.deadline, bool(review and review.action is Action.RETURN)))
        assert told[0] == told[1], (task, unit)
    assert set(latest) <= set(whole)


def check_answers(journal, day):
    """Every answer of the index is that of the whole."""
    whole = contents(journal)
    every = [at_office(one.entry, journal.zone) for one in whole.lines]
    faults = [problem for problem in whole.problems if "重复" not in problem.message]
    for until in (None, day):
        for scope in SCOPES:
            found = journal.current(scope, until)
            expected = live_history(file_store.History(every, []), until)
            if not scope.is_empty:
                assert state_of(found.entries, scope) == state_of(expected.entries, scope)
                assert (found.problems, found.later) == (faults, expected.later)
        check_statuses_of(journal.current(STATUSES, until).entries, expected.entries)
    for scope in (*SCOPES[1:], Scope(batch=every[0].batch[:11] if every else "b"), Scope(action=Action.REMIND)):
        past = journal.read(scope)
        chosen = [
            e for e in every if (belongs(e, scope) and scope.action in (None, e.action)) or e.action is Action.UNDO
        ]
        assert past.problems == faults
        assert [entry for entry in past.entries if entry in chosen] == chosen
    assert journal.latest(3) == every[-3:]


@settings(max_examples=examples(80), deadline=None)
@given(
    histories,
    st.lists(st.sampled_from(GARBAGE), max_size=4),
    st.randoms(use_true_random=False),
    st.lists(st.integers(0, 30), max_size=3),
    st.sampled_from(["2019-10-31", "2019-11-01", "2019-11-02", "2019-12-29", "2019-12-30"]),
    st.sampled_from([ZONE, "+00:00", "-09:30"]),
    st.booleans(),
)
def test_the_index_answers_as_decoding_everything_does(lines, garbage, chance, cuts, day, zone, in_order):
    """Lines of machines that did not know of each other, damaged and unknown ones, some of them twice, in any order.

    The file grows by parts, and is asked in between.
    """
    content = [one.line for one in lines] + garbage
    content += [line for line in content if chance.random() < 0.1]
    chance.shuffle(content)
    if in_order:
        content = [one.line for one in sorted(lines, key=lambda one: one.entry.order)]
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_store, "LONG_JOURNAL", 1)
        patch.setattr(index, "_STALE_AFTER", 900)
        patch.setenv("XDG_CACHE_HOME", directory)
        path = Path(directory) / "journal.jsonl"
        path.write_bytes(HEADER)
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(content)], strict=True):
            with path.open("ab") as file:
                file.write(b"".join(line + b"\n" for line in content[start:end]))
            check_answers(FileJournal(path, PLAN, zone=zone), date.fromisoformat(day))


def entries_in_turn(count):
    """Lines of an undo, a letter and a damaged one among plain ones, and more than the tail of a turn can tell."""
    chance = random.Random(19)
    lines = []
    for seq in range(1, count + 1):
        draft = Draft(
            chance.choice([Action.DONE, Action.REOPEN, Action.NOTE]), task=seq % 37 + 1, unit=f"第{seq % 7}号单位"
        )
        if seq % 50 == 0:
            draft = Draft(Action.UNDO, undoes=f"{seq - 7:012x}")
        lines.append(encode(draft, seq=seq, batch=f"{seq:012x}"))
        if seq % 97 == 0:
            lines.append(b"damaged\n")
    return lines


def read_by(path, monkeypatch, forks):
    with path.open("rb") as file, monkeypatch.context() as patch:
        patch.setattr(building, "_TWO_HALVES", 1)
        patch.setattr(child, "can_fork", lambda: forks)
        marked, undone, digest = read_whole(file, path.stat().st_size, ZONE, lambda done, total: None)
    names = ("marks", "others", "odd", "faults", "end", "number", "seq", "day", "in_order")
    return {name: getattr(marked, name) for name in names}, undone, digest


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process cannot be forked here")


def meet_at(place, lines):
    """True if one process reads so many of the lines and another the rest: the middle of the file is in the last of the first."""
    first, size = len(HEADER + b"".join(lines[:place])), len(HEADER + b"".join(lines))
    return place > 0 and first - len(lines[place - 1]) <= size // 2 < first


@needs_fork
@pytest.mark.parametrize("order", ["in order", "the second half first", "a damaged line between"])
def test_two_processes_mark_what_one_does(tmp_path, monkeypatch, order):
    lines = entries_in_turn(400)
    if order == "the second half first":
        lines = next(turned for place in range(len(lines)) if meet_at(place, turned := lines[-place:] + lines[:-place]))
    elif order == "a damaged line between":
        lines = [*lines[:206], b"damaged\n" * 400, *lines[206:]]
    path = tmp_path / "journal.jsonl"
    path.write_bytes(HEADER + b"".join(lines) + b"torn")
    alone = read_by(path, monkeypatch, forks=False)
    assert read_by(path, monkeypatch, forks=True) == alone
    assert len(alone[0]["faults"]) >= 4
    assert alone[0]["in_order"] is (order != "the second half first")


@needs_fork
@pytest.mark.parametrize("fault", [ValueError, MemoryError, KeyboardInterrupt, SystemExit])
def test_a_child_that_fails_is_done_without(tmp_path, monkeypatch, capfd, fault):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(HEADER + b"".join(entries_in_turn(300)))
    alone = read_by(path, monkeypatch, forks=False)

    def fail(*_):
        raise fault

    monkeypatch.setattr(building.MarkedLines, "as_values", fail)
    assert read_by(path, monkeypatch, forks=True) == alone
    assert capfd.readouterr() == ("", "")


@needs_fork
def test_a_seq_that_leaps_between_the_halves_is_not_passed_over(tmp_path, monkeypatch):
    lines = [encode(seq=seq) for seq in (*range(1, 22), *range(2_000_000, 2_000_020))]
    assert meet_at(21, lines)
    path = tmp_path / "journal.jsonl"
    path.write_bytes(HEADER + b"".join(lines))
    for forks in (False, True):
        with pytest.raises(record_format.DamagedLine, match="太多"):
            read_by(path, monkeypatch, forks)


def test_a_first_reading_tells_how_far_it_is(tmp_path, monkeypatch):
    told = []
    filled(tmp_path / "journal.jsonl", 20)
    monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    journal = FileJournal(tmp_path / "journal.jsonl", PLAN, advance=lambda done, total: told.append((done, total)))
    size = journal.path.stat().st_size
    journal.current()
    assert told[-1] == (size, size)
    told.clear()
    journal.current()
    assert told == [], "the second reading has the index"


def test_what_a_writer_added_and_others_cut_off_is_not_believed(tmp_path, monkeypatch):
    """The index held lines of a writer that a restored file has not, and answered with them."""
    monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    one = [Draft(Action.DONE, task=1, unit="市教育局")]
    other = record_format.encode(one[0]._replace(task=2), seq=21, at=AT, by="测试", batch="0" * 12)
    for more in (b"", other, other * 9, None):
        path = tmp_path / f"{len(more) if more is not None else 'longer'}.jsonl"
        journal = filled(path, 20)
        journal.current()
        whole = path.read_bytes()
        for _ in range(2):
            journal.record(lambda _: one, by="测试", at=AT, scope=EVERYTHING)
        path.write_bytes(path.read_bytes() if more is None else whole + more)
        expected = live_history(journal_at(path).read())
        for scope in (EVERYTHING, SCOPES[1]):
            found = journal_at(path).current(scope)
            assert state_of(found.entries, scope) == state_of(expected.entries, scope)


def test_the_file_is_verified_once_a_process(tmp_path, monkeypatch):
    """An undo asks the index four times."""
    monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    filled(tmp_path / "journal.jsonl", 20).current()
    digests = []
    real = index.digest_of
    monkeypatch.setattr(index, "digest_of", lambda file, size: digests.append(size) or real(file, size))
    journal = journal_at(tmp_path / "journal.jsonl")
    for _ in range(3):
        journal.current()
        journal.read(SCOPES[1])
        journal.latest(3)
    assert len(digests) == 1
    with journal.path.open("ab") as file:
        file.write(b"\n")
    journal.current()
    assert len(digests) == 2, "another file has to be verified"
