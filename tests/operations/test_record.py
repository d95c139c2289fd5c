"""What a request adds to the journal: which assignments it covers, which it leaves alone, and when it is refused."""

from __future__ import annotations

from datetime import date

import pytest

from gkcheck.errors import BadRequest
from gkcheck.journal import Scope
from gkcheck.ledger.assignments import fingerprint
from gkcheck.model import Action, Deadline, Draft, Evidence
from gkcheck.operations.record import Request, check_assigned, outcomes_of
from tests.operations.samples import PLAN, entry, ledger, task

SCHOOL, TOWN, STREET, OPEN = "市教育局", "大江镇", "台城街道", "市各行政执法单位"
REPORTS = [Action.START, Action.DONE, Action.BLOCK, Action.SKIP]
OTHERS = [Action.REOPEN, Action.NOTE, Action.DEADLINE]
PAGE, LETTER = Evidence("url", "https://www.example.gov.cn/1"), Evidence("text", "台府办函〔2019〕362号")


def outcome(action, *entries, number=2, units=None, plan=PLAN, **words):
    """The one outcome of a request about one task."""
    (found,) = outcomes_of(ledger(*entries, plan=plan), Request(action, [task(number)], units, **words))
    return found


def names(states):
    return [state.assignment.unit for state in states]


def sorted_into(found):
    """The units covered, unchanged, confirmed and unreported."""
    return found.covered, names(found.unchanged), names(found.confirmed), names(found.unreported)


# -- drafts ----------------------------------------------------------------------------------------------


def test_a_whole_task_is_one_draft():
    found = outcome(Action.DONE, note="已公开", evidence=(PAGE,), on="2019-11-02")
    assert found.covered == [SCHOOL, STREET, TOWN]
    assert found.drafts == [
        Draft(Action.DONE, 2, None, fingerprint(task(2)), note="已公开", evidence=(PAGE,), on="2019-11-02")
    ]


def test_units_are_a_draft_each_in_the_order_of_the_task():
    found = outcome(Action.DEADLINE, units=[TOWN, SCHOOL, OPEN], due="2019-12-01")
    assert [(draft.unit, draft.due) for draft in found.drafts] == [(SCHOOL, "2019-12-01"), (TOWN, "2019-12-01")]


def test_a_whole_task_of_which_something_is_left_alone_is_a_draft_for_each_of_the_rest():
    found = outcome(Action.DONE, entry(1, task=2, unit=TOWN))
    assert sorted_into(found) == ([SCHOOL, STREET], [TOWN], [], [])
    assert [draft.unit for draft in found.drafts] == [SCHOOL, STREET]


def test_all_units_by_name_are_not_the_whole_task():
    assert [draft.unit for draft in outcome(Action.DONE, number=1, units=[SCHOOL]).drafts] == [SCHOOL]


def test_each_task_has_its_outcome():
    tasks = [task(3), task(1)]
    found = outcomes_of(ledger(), Request(Action.START, tasks, [SCHOOL]))
    assert [(one.task.id, one.covered, len(one.drafts)) for one in found] == [(3, [], 0), (1, [SCHOOL], 1)]


def test_a_task_that_nobody_owes_has_no_draft():
    (found,) = outcomes_of(ledger(), Request(Action.DONE, [task(1)._replace(responsible=())], None))
    assert (found.drafts, found.covered) == ([], [])


# -- what is recorded already ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "action", "words", "unchanged"),
    [
        ([], Action.START, {}, False),
        ([], Action.REOPEN, {}, True),
        ([entry(1)], Action.DONE, {}, True),
        ([entry(1)], Action.START, {}, False),
        ([entry(1)], Action.DONE, {"note": "新的"}, False),
        ([entry(1, note="旧的")], Action.DONE, {"note": "旧的"}, True),
        ([entry(1, evidence=(PAGE,))], Action.DONE, {"evidence": (PAGE,)}, True),
        ([entry(1, evidence=(PAGE,))], Action.DONE, {"evidence": (PAGE, LETTER)}, False),
        ([entry(1)], Action.DONE, {"on": "2019-11-01"}, False),
        ([entry(1, of="0" * 16)], Action.DONE, {}, False),
        ([entry(1, note="备注")], Action.NOTE, {"note": "备注"}, False),
        ([], Action.DEADLINE, {"due": None}, True),
        ([], Action.DEADLINE, {"due": "2019-12-01"}, False),
        ([entry(1, Action.DEADLINE, due="2019-12-01")], Action.DEADLINE, {"due": "2019-12-01"}, True),
        ([entry(1, Action.DEADLINE, due="2019-12-01")], Action.DEADLINE, {"due": "2019-12-02"}, False),
        ([entry(1, Action.DEADLINE, due="2019-12-01")], Action.DEADLINE, {"due": None}, False),
    ],
)
def test_an_assignment_that_is_as_requested_is_left_alone(before, action, words, unchanged):
    found = outcome(action, *before, number=1, **words)
    assert sorted_into(found) == (([], [SCHOOL], [], []) if unchanged else ([SCHOOL], [], [], []))
    assert len(found.drafts) == (not unchanged)


@pytest.mark.parametrize(
    ("deadline", "due", "unchanged"),
    [
        (Deadline("年内", date(2019, 12, 31)), "2019-12-31", True),
        (Deadline("征集结束后1个月内", None), "2019-12-31", False),
        (Deadline("征集结束后1个月内", None), None, False),
    ],
)
def test_the_deadline_of_the_plan_counts_as_set(deadline, due, unchanged):
    dated = task(1)._replace(deadline=deadline)
    (found,) = outcomes_of(ledger(), Request(Action.DEADLINE, [dated], None, due=due))
    assert (not found.drafts) is unchanged


# -- confirmed and skipped assignments -----------------------------------------------------------------------

CONFIRMED = [entry(1, task=2, unit=TOWN), entry(2, Action.CONFIRM, task=2, unit=TOWN)]


@pytest.mark.parametrize("action", REPORTS)
@pytest.mark.parametrize("units", [None, [TOWN]])
def test_a_confirmed_assignment_is_closed_to_reports(action, units):
    found = outcome(action, *CONFIRMED, units=units)
    assert names(found.confirmed) == [TOWN]
    assert found.covered == ([] if units else [SCHOOL, STREET])


@pytest.mark.parametrize("action", OTHERS)
def test_a_confirmed_assignment_is_open_to_the_office(action):
    found = outcome(action, *CONFIRMED, units=[TOWN], note="核对", due="2019-12-01")
    assert sorted_into(found) == ([TOWN], [], [], [])


def test_done_for_a_whole_task_leaves_the_skipped_alone():
    skipped = entry(1, Action.SKIP, task=2, unit=TOWN)
    assert sorted_into(outcome(Action.DONE, skipped)) == ([SCHOOL, STREET], [], [], [])
    assert outcome(Action.DONE, skipped, units=[TOWN]).covered == [TOWN]
    assert outcome(Action.START, skipped).covered == [SCHOOL, STREET, TOWN]


# -- reviews -------------------------------------------------------------------------------------------------

REPORTED = [entry(1, task=2, unit=SCHOOL), entry(2, task=2, unit=TOWN), entry(3, Action.CONFIRM, task=2, unit=TOWN)]
"""Of task 2 the school is reported, the town confirmed, the street not begun."""


@pytest.mark.parametrize(
    ("action", "units", "expected"),
    [
        (Action.CONFIRM, None, ([SCHOOL], [TOWN], [], [STREET])),
        (Action.CONFIRM, [SCHOOL], ([SCHOOL], [], [], [])),
        (Action.CONFIRM, [TOWN], ([], [TOWN], [], [])),
        (Action.RETURN, None, ([SCHOOL], [], [TOWN], [STREET])),
        (Action.RETURN, [TOWN], ([TOWN], [], [], [])),
        (Action.RETURN, [SCHOOL, STREET], ([SCHOOL], [], [], [STREET])),
    ],
)
def test_reviews_are_about_what_is_reported(action, units, expected):
    assert sorted_into(outcome(action, *REPORTED, units=units)) == expected


def test_a_confirmation_again_adds_only_what_is_new():
    assert outcome(Action.CONFIRM, *REPORTED, units=[TOWN], note="已核").covered == [TOWN]
    changed = [entry(1, of="0" * 16), entry(2, Action.CONFIRM, of="0" * 16)]
    assert outcome(Action.CONFIRM, *changed, number=1).covered == [SCHOOL]


def test_a_return_again_adds_nothing_and_another_reason_needs_a_note():
    returned = [entry(1), entry(2, Action.RETURN, note="链接打不开")]
    assert names(outcome(Action.RETURN, *returned, number=1, note="链接打不开").unchanged) == [SCHOOL]
    with pytest.raises(BadRequest, match="补充理由请用 gkcheck note"):
        outcome(Action.RETURN, *returned, number=1, note="没有日期")
    again = [*returned, entry(3)]
    assert outcome(Action.RETURN, *again, number=1, note="链接打不开").covered == [SCHOOL]


@pytest.mark.parametrize(
    ("action", "before", "units", "said"),
    [
        (
            Action.CONFIRM,
            [],
            None,
            "具体要求 2 没有可以确认办结的：市教育局是“未开始”、台城街道是“未开始”、大江镇是“未开始”；要等单位报告完成",
        ),
        (Action.CONFIRM, [], [TOWN], "确认办结的：大江镇是“未开始”；要等单位报告完成（gkcheck done）"),
        (Action.RETURN, [entry(1, Action.SKIP, task=2)], [SCHOOL], "没有可以退回的：市教育局是“不涉及”；要等单位"),
        (
            Action.RETURN,
            [entry(1, task=2, unit=None), entry(2, Action.CONFIRM, task=2, unit=None)],
            None,
            "请用 --unit 写明单位",
        ),
        (Action.CONFIRM, [], [OPEN], "没有可以确认办结的：；要等单位报告完成"),
    ],
)
def test_a_review_of_nothing_is_refused_with_the_remedy(action, before, units, said):
    with pytest.raises(BadRequest, match=said):
        outcome(action, *before, units=units)


# -- names and scope ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "numbers"), [(SCHOOL, [1, 2]), (TOWN, [2, 3]), (STREET, [2]), ("各镇（街）", [2, 3]), (OPEN, [3])]
)
def test_a_name_that_is_assigned(name, numbers):
    check_assigned(PLAN, [task(number) for number in numbers], name)


@pytest.mark.parametrize(
    ("name", "numbers", "said"),
    [
        (TOWN, [2, 1], "^具体要求 1 没有分给大江镇，它的责任单位是：市教育局$"),
        ("各镇（街）", [1], "没有分给各镇（街）"),
        (OPEN, [2], "没有分给市各行政执法单位，它的责任单位是：市教育局、各镇（街）$"),
    ],
)
def test_a_name_that_is_not_assigned_is_refused(name, numbers, said):
    with pytest.raises(BadRequest, match=said):
        check_assigned(PLAN, [task(number) for number in numbers], name)


def test_the_scope_of_a_request_is_its_tasks_and_units():
    assert Request(Action.DONE, [task(1), task(2)], None).scope == Scope(frozenset({1, 2}))
    assert Request(Action.DONE, [task(3)], frozenset({TOWN})).scope == Scope(frozenset({3}), frozenset({TOWN}))
