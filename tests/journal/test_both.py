"""The promises of a journal, held against both stores."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gkcheck.errors import BadRequest
from gkcheck.journal import EVERYTHING, Scope, record_format
from gkcheck.journal.clock import at_office
from gkcheck.journal.live import live_entries
from gkcheck.ledger.fold import LatestEntries, fold
from gkcheck.model import ZONE, Action, Draft
from tests.conftest import examples
from tests.journal.exchange import contents, entry_line, merge
from tests.journal.histories import TASKS, UNITS, histories
from tests.journal.past import check_past, check_statuses

AT = "2019-11-01T09:00:00.000000+08:00"
DONE = Draft(Action.DONE, task=23, unit="市教育局", note="已公布")


def record(journal, *drafts, **more):
    return journal.record(lambda history: drafts, by="测试", at=AT, **more)


def sealed(seq, draft=DONE, batch="0" * 12):
    line = record_format.encode(draft, seq=seq, at=AT, by="测试", batch=batch)[:-1]
    return entry_line(line)


random = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_an_empty_journal(journal):
    assert journal.read() == journal.current() == ([], [], 0)
    assert contents(journal) == ([], [])


def test_what_is_recorded_is_read(journal):
    first = record(journal, DONE, Draft(Action.NOTE, task=1, note="说明"))
    second = record(journal, Draft(Action.DEADLINE, task=1, due="2019-12-31"))
    assert journal.read() == (first + second, [], 0)
    assert [entry.seq for entry in first + second] == [1, 2, 3]
    assert first[0].batch == first[1].batch != second[0].batch


def test_nothing_to_add_adds_nothing(journal):
    assert record(journal) == []
    assert journal.read().entries == []


def test_a_refused_batch_leaves_nothing(journal):
    def refuse(history):
        raise BadRequest("不行")

    with pytest.raises(BadRequest):
        journal.record(refuse, by="测试", at=AT)
    assert journal.read().entries == []


def test_what_decide_is_shown(journal):
    """Everything, undone included, without a scope; what counts, with one."""
    (done,) = record(journal, DONE)
    (undo,) = record(journal, Draft(Action.UNDO, undoes=done.batch))
    seen = []
    for scope in (None, EVERYTHING):
        journal.record(lambda history: seen.append(history.entries) or [], by="测试", at=AT, scope=scope)
    assert seen[0] == [done, undo]
    assert fold(seen[1]) == {}


def test_entries_come_in_once_and_the_counter_stays_above_them(journal):
    record(journal, DONE)
    coming = [sealed(40), sealed(7)]
    assert [merge(journal, coming) for _ in range(2)] == [2, 0]
    assert [entry.seq for entry in journal.read().entries] == [1, 7, 40]
    assert record(journal, DONE)[0].seq == 41


def test_lines_travel_byte_for_byte(fresh):
    one, other = fresh(), fresh()
    record(one, DONE, Draft(Action.NOTE, task=1, note='引号"与\\反斜杠\n换行\x00🙂'))
    merge(other, contents(one).lines)
    assert contents(other) == contents(one)


def said(mark):
    return [getattr(mark, kind) for kind in LatestEntries.__slots__]


def asked(marks, scope):
    return {
        cell: said(mark)
        for cell, mark in marks.items()
        if (scope.tasks is None or cell[0] in scope.tasks)
        and (scope.units is None or cell[1] is None or cell[1] in scope.units)
    }


@settings(random, max_examples=examples(10))
@given(history=histories, task=st.sampled_from(TASKS), unit=st.sampled_from(UNITS), count=st.integers(1, 12))
def test_the_past_is_read_by_scope(fresh, history, task, unit, count):
    journal = fresh()
    merge(journal, history)
    check_past(journal, task, unit or "市教育局", count)
    check_statuses(journal, [date(2019, 10, 31), date(2019, 11, 1), date(2019, 11, 30), date(2019, 12, 31)])


def test_undos_that_take_each_other_back_come_to_an_end(journal):
    one, other = "a" * 12, "b" * 12
    undos = [Draft(Action.UNDO, undoes=batch) for batch in (other, one)]
    journal.merge([sealed(1), sealed(2, undos[0], one), sealed(3, undos[1], other)], at=AT)
    check_past(journal, 23, "市教育局", 5)


@random
@given(history=histories, cut=st.integers(0, 25), day=st.sampled_from([None, date(2019, 11, 1), date(2019, 12, 1)]))
def test_random_histories_leave_the_same_marks(fresh, history, cut, day):
    """However they came in: in two parts, undos before what they take back; all of them, or up to a day."""
    journal = fresh()
    whole = sorted(history, key=lambda one: one.entry.order)
    merge(journal, history[cut:])
    merge(journal, history)
    assert [one.line for one in contents(journal).lines] == [one.line for one in whole]
    entries = [at_office(one.entry, ZONE) for one in whole]
    marks = fold(live_entries(entries))
    for scope in (EVERYTHING, Scope(frozenset(TASKS[:2])), Scope(units=frozenset(UNITS[:1])),
                  Scope(frozenset(TASKS[1:]), frozenset(UNITS[1:])), Scope(frozenset(), frozenset())):  # fmt: skip
        assert asked(fold(journal.current(scope).entries), scope) == asked(marks, scope)
    assert asked(fold(journal.current(EVERYTHING, day).entries), EVERYTHING) == asked(
        fold(live_entries(entries, day)), EVERYTHING
    )


@random
@given(history=histories, split=st.integers(0, 25))
def test_uniting_takes_any_order(fresh, history, split):
    one, other = fresh(), fresh()
    for part in (history[:split], history[split:]):
        merge(one, part)
    for part in (history[split:], history, history[:split]):
        merge(other, part)
    assert contents(one) == contents(other)


# -- by the front door ---------------------------------------------------------------------------------


def states(gk, task):
    return {cell["unit"]: cell["status"] for cell in gk("show", task, "--format", "json").json()["assignments"]}


def test_recorded_shown_undone_and_brought_back(gk, store):
    assert "已记录" in gk("done", 23, "--evidence", "https://example.gov.cn/zs").out
    assert gk("tasks", "--unit", "市教育局", "--named", "--status", "done", "--format", "json").json()[0]["id"] == 23
    assert "没有重复记录" in gk("done", 23).out
    assert gk("undo").code == 0
    assert states(gk, 23) == {"市教育局": "todo"}
    assert gk("undo", gk("log", "--format", "json").json()[-1]["batch"]).code == 0
    assert states(gk, 23) == {"市教育局": "done"}
    assert gk("status", "--format", "json").json()["tasks"]["done"] == 1
    assert gk("status", "--as-of", "2019-12-31", "--format", "json").json()["tasks"]["done"] == 0
    assert gk("check").code == 0
    assert [entry["seq"] for entry in gk("log", "--format", "json").json()] == [1, 2, 3]


def test_dry_run_writes_nothing(gk, store):
    assert "将记录" in gk("done", 23, "--dry-run").out
    assert gk("log", "--format", "json").json() == []


def test_undo_of_what_others_stand_on_is_refused(gk, store):
    gk("start", 23)
    first = gk("log", "--format", "json").json()[0]["batch"]
    gk("done", 23)
    assert "之后还有记录" in gk("undo", first).err
    assert gk("undo", first, "--force").code == 0


def test_merge_takes_in_a_file(gk, store, tmp_path):
    other = tmp_path / "other.jsonl"
    gk("done", 23, "--store", other)
    gk("start", 24)
    assert "已并入 1 条" in gk("merge", other).out
    assert "已并入 0 条" in gk("merge", other).out
    assert states(gk, 23) == {"市教育局": "done"}
