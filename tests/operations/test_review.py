"""Which assignments review and fill go through, and which answers they accept."""

from __future__ import annotations

import pytest

from gkcheck.model import Action
from gkcheck.operations.review import FILL, QUIT, REVIEW, SKIP, assignments_to_fill, assignments_to_review, choice_of
from tests.operations.samples import entry, ledger

LEDGER = ledger(
    entry(1, Action.DONE, task=1),
    entry(2, Action.DONE, task=2, unit=None),
    entry(3, Action.CONFIRM, task=2, unit="台城街道"),
    entry(4, Action.BLOCK, task=3, unit="大江镇"),
)
"""Reported: the school in 1 and 2, 大江镇 in 2. Confirmed: 台城街道 in 2. Blocked: 大江镇 in 3."""


def named(items):
    return [(row.task.id, state.assignment.unit) for row, state in items]


@pytest.mark.parametrize(
    ("units", "tasks", "expected"),
    [
        (None, None, [(1, "市教育局"), (2, "市教育局"), (2, "大江镇")]),
        ({"市教育局"}, None, [(1, "市教育局"), (2, "市教育局")]),
        ({"大江镇", "台城街道"}, None, [(2, "大江镇")]),
        (set(), None, []),
        (None, {3}, []),
        (None, {1}, [(1, "市教育局")]),
    ],
)
def test_reported_and_not_yet_confirmed(units, tasks, expected):
    assert named(assignments_to_review(LEDGER, units, tasks)) == expected


@pytest.mark.parametrize(
    ("unit", "tasks", "expected"),
    [
        ("大江镇", None, [(3, "大江镇")]),
        ("大江镇", {1, 2}, []),
        ("市教育局", None, []),
        ("市各行政执法单位", None, [(3, "市各行政执法单位")]),
    ],
)
def test_not_yet_reported(unit, tasks, expected):
    assert named(assignments_to_fill(LEDGER, unit, tasks)) == expected


@pytest.mark.parametrize(
    ("action", "asked"), [(Action.START, 1), (Action.BLOCK, 1), (Action.REOPEN, 1), (Action.RETURN, 1), (Action.SKIP, 0),
                          (Action.DONE, 0), (Action.CONFIRM, 0)],
)  # fmt: skip
def test_what_is_finished_or_skipped_is_not_asked_for_again(action, asked):
    """A returned claim has to be made again."""
    assert len(assignments_to_fill(ledger(entry(1), entry(2, action)), "市教育局", {1, 2})) == 1 + asked


@pytest.mark.parametrize(
    ("choices", "typed", "action"),
    [
        (REVIEW, "y", Action.CONFIRM),
        (REVIEW, "Y", Action.CONFIRM),
        (REVIEW, "退回", Action.RETURN),
        (FILL, "d", Action.DONE),
        (FILL, "在办", Action.START),
        (FILL, "b", Action.BLOCK),
        (FILL, "x", Action.SKIP),
    ],
)
def test_an_answer_records_its_action(choices, typed, action):
    choice = choice_of(choices, typed)
    assert choice is not None
    assert choice.action is action
    assert choice.needs_note is (action in (Action.BLOCK, Action.RETURN))


@pytest.mark.parametrize("choices", [REVIEW, FILL])
def test_enter_skips_q_quits_and_other_keys_mean_nothing(choices):
    assert choice_of(choices, "") is SKIP
    assert choice_of(choices, "q") is QUIT
    assert [choice_of(choices, typed) for typed in ("z", "dd", "?")] == [None] * 3
    keys = [key for choice in choices for key in choice.keys]
    assert len(keys) == len(set(keys))
