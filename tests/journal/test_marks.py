"""Marks of lines: what a state depends on is told from them as from the entries."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.journal import record_format
from gkcheck.journal.index.building import MarkedLines, mark_of_entry, read_whole
from gkcheck.journal.index.lines import (
    complete_lines,
    entries_at,
    lines_with,
    positions_of,
    positions_of_batches,
)
from gkcheck.journal.index.marks import count_later, day_bits, latest_places, place_of, toggled
from gkcheck.ledger.latest import LatestEntries, fold, later
from gkcheck.model import ZONE, Action, Draft, Evidence
from tests.journal.faults import AT
from tests.journal.test_lines import FULL, HEADER, encode


def step(action, note, problem, next_step, evidence, on):
    letter = 1 if action is Action.REMIND else None
    words = {"note": note, "problem": problem, "next": next_step, "evidence": evidence}
    return Draft(action, task=1, unit="市教育局", on=on, letter=letter, **words)


STEPS = st.lists(
    st.builds(
        step,
        st.sampled_from([action for action in Action if action is not Action.UNDO]),
        st.sampled_from([None, "", "备注"]),
        st.sampled_from([None, "经费"]),
        st.sampled_from([None, "下月"]),
        st.sampled_from([(), (Evidence("text", "会议记录"),)]),
        st.sampled_from([None, "2019-10-01", "2019-12-01"]),
    ),
    min_size=1,
    max_size=12,
)


def marked_of(lines):
    marked = MarkedLines()
    marked.add([line.removesuffix(b"\n") for line in lines])
    return marked


@given(STEPS, st.sampled_from([None, "2019-10-31", "2019-11-30", "2019-12-01"]))
def test_the_lines_that_marks_choose_fold_to_the_state_of_all(steps, last_day):
    """On any day, and with no line that the state does not depend on."""
    lines = [encode(draft, seq=seq) for seq, draft in enumerate(steps, 1)]
    marked = marked_of([*lines, b"garbage"])
    (marks,) = marked.marks.values()
    until = None if last_day is None else day_bits(last_day)
    entries = [record_format.decode(line[:-1]) for line in lines]
    live = [entry for entry in entries if last_day is None or entry.day <= last_day]
    chosen = entries_at(io.BytesIO(b"".join(lines)), latest_places(marks, until), ZONE)
    assert len({entry.id for entry in chosen}) == len(chosen)
    assert until is None or count_later(marks, until) == len(entries) - len(live)
    assert marked.faults == [(len(lines) + 1, "记录已损坏（内容与校验码不符），已跳过")]
    both = zip(marks, entries, strict=True)
    assert list(marks) == [mark_of_entry(place_of(mark), entry) for mark, entry in both]
    if not live:
        assert chosen == []
        return
    (all_,) = fold(live).values()
    (reduced,) = fold(sorted(chosen, key=lambda entry: entry.order)).values()
    for name in LatestEntries.__slots__:
        assert getattr(reduced, name) == getattr(all_, name), name
    assert len(chosen) <= len(LatestEntries.__slots__) - 2 + len(all_.evidence) + len(all_.letters)
    by_entry = dict(zip(entries, map(place_of, marks), strict=True))
    wanted = {by_entry[entry] for entry in (later(all_.claim, all_.act), all_.deadline) if entry}
    review = {by_entry[all_.review]} if all_.review else set()
    assert set(latest_places(marks, until, details=False)) == wanted | review
    returned = review if all_.review and all_.review.action is Action.RETURN else set()
    assert set(latest_places(marks, until, details=False, alone=True)) == wanted | returned


def test_marks_tell_the_order_and_the_undos():
    one, two = encode(seq=1), encode(Draft(Action.UNDO, undoes="b"), seq=2)
    in_order, backwards = marked_of([one, two]), marked_of([two, one])
    assert (in_order.seq, backwards.seq) == (2, 2)
    assert (in_order.in_order, backwards.in_order) == (True, False)
    assert (in_order.others, backwards.others) == ([len(one)], [0])
    assert (in_order.end, in_order.number) == (len(one) + len(two), 2)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 3, 0, 1)])
def test_lines_of_undone_batches_are_marked_whatever_their_order(order):
    lines = [encode(seq=seq, batch=batch) for seq, batch in enumerate("bcb", 1)]
    lines.append(encode(Draft(Action.UNDO, undoes="b"), seq=4, batch="u"))
    file = io.BytesIO(HEADER + b"".join(lines[place] for place in order))
    marked, undone, _ = read_whole(file, len(file.getvalue()), ZONE, lambda done, total: None)
    assert undone == {"b"}
    (marks,) = marked.marks.values()
    assert [entry.seq for entry in entries_at(file, map(place_of, marks), ZONE)] == [1, 2, 3]
    assert [entry.seq for entry in entries_at(file, latest_places(marks), ZONE)] == [2]
    assert latest_places(toggled(marks, set(map(place_of, marks))))[0] == place_of(marks[2])


def test_a_line_that_says_nothing_special_is_not_decoded(monkeypatch):
    """Decoding every line would double the time of a long journal."""

    def refuse(line):
        raise AssertionError("decoded")

    lines = [encode(Draft(Action.DONE, task=1, unit="市教育局", note="已公开"), seq=seq) for seq in range(1, 20)]
    lines.append(encode(FULL._replace(by=None), seq=20))
    monkeypatch.setattr(record_format, "decode", refuse)
    marked = marked_of(lines)
    assert (len(marked.marks), marked.faults, marked.day) == (2, [], day_bits(AT[:10]))


@pytest.mark.parametrize("day", ["1700-01-01", "2700-01-01"])
def test_a_day_that_no_mark_can_hold_is_left_to_a_reading_of_the_whole(day):
    with pytest.raises(record_format.DamagedLine, match=day):
        marked_of([encode(Draft(Action.DONE, task=1, on=day))])


def test_days_are_in_order_as_bits():
    days = [date(2019, 1, 1) + timedelta(step) for step in (0, 1, 31, 365, 36500)]
    assert sorted(day_bits(day.isoformat()) for day in days) == [day_bits(day.isoformat()) for day in days]


TEXT = b"one a\ntwo b\nthree a b a\nfour"


@pytest.mark.parametrize("block", [1, 4, 7, 100])
@pytest.mark.parametrize("end", [0, 6, 9, 14, 23, 24, 28])
def test_the_lines_of_a_file_by_place(monkeypatch, block, end):
    """However few bytes are read at once."""
    monkeypatch.setattr("gkcheck.journal.index.lines._BLOCK", block)
    expected = [line for line in TEXT[:end].split(b"\n") if b"a" in line]
    found = list(lines_with(io.BytesIO(TEXT), end, positions_of(b"a")))
    assert [line for _, line in found] == expected
    assert all(TEXT[place : place + len(line)] == line for place, line in found)
    complete = [line for lines in complete_lines(io.BytesIO(TEXT), 0, end) for line in lines]
    assert complete == TEXT[:end].split(b"\n")[:-1]


def test_the_lines_of_batches_are_found_by_their_names():
    names = ['"', "b", "bc", "\\"]
    lines = [encode(Draft(Action.NOTE, task=1, note=f'"batch":"{name}"'), batch=name) for name in names]
    file = io.BytesIO(b"".join(lines))
    for chosen in ({"b"}, {'"'}, {"b", "\\"}, set(names)):
        found = [line + b"\n" for _, line in lines_with(file, len(file.getvalue()), positions_of_batches(chosen))]
        assert found == [line for name, line in zip(names, lines, strict=True) if name in chosen]
