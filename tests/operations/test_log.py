"""Which entries of a log are about a task, a unit, a person or a span of days."""

from __future__ import annotations

from datetime import date

import pytest

from gkcheck.model import Action
from gkcheck.operations.log import EntryFilter, select_entries
from tests.operations.samples import PLAN, entry, seqs, undo

ENTRIES = [
    entry(1, task=1),
    entry(2, task=2, unit=None, by="张"),
    entry(3, Action.NOTE, task=2, unit="大江镇"),
    undo(4, "b1"),
    undo(5, "b4"),
    entry(6, Action.CONFIRM, task=3, unit=None),
    undo(7, "b6"),
    entry(8, task=9, unit=None),
]


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [({1}, [1, 4, 5]), ({2}, [2, 3]), ({1, 3}, [1, 4, 5, 6, 7]), ({9}, [8]), ({7}, []), ((), [])],
)
def test_the_entries_about_tasks(tasks, expected):
    assert seqs(select_entries(PLAN, ENTRIES, EntryFilter(tasks=tasks))) == expected


def test_an_undo_that_stands_before_its_batch_is_about_it():
    """Two machines whose clocks differ may write so."""
    assert seqs(select_entries(PLAN, [undo(1, "b2"), entry(2)], EntryFilter(tasks={1}))) == [1, 2]


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ({"市教育局"}, [1, 2]),
        ({"大江镇"}, [2, 3, 6]),
        ({"台城街道"}, [2]),
        ({"市各行政执法单位"}, [6]),
        ({"市财政局"}, []),
        ({"台城街道", "大江镇"}, [2, 3, 6]),
        ({"市教育局", "市各行政执法单位"}, [1, 2, 6]),
    ],
)
def test_the_entries_of_units(units, expected):
    """Their own, and those about the whole of a task that one owes, by itself or through a group."""
    assert seqs(select_entries(PLAN, ENTRIES, EntryFilter(units=units))) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EntryFilter(), [1, 2, 3, 4, 5, 6, 7, 8]),
        (EntryFilter(tasks={1}), [1, 4, 5]),
        (EntryFilter(tasks={2}, units={"大江镇"}), [2, 3]),
        (EntryFilter(tasks=frozenset()), []),
        (EntryFilter(actions=[Action.UNDO]), [4, 5, 7]),
        (EntryFilter(actions=[Action.CONFIRM, Action.NOTE]), [3, 6]),
        (EntryFilter(by="张"), [2]),
        (EntryFilter(since=date(2019, 11, 6)), [6, 7, 8]),
        (EntryFilter(until=date(2019, 11, 2)), [1, 2]),
        (EntryFilter(since=date(2019, 11, 3), until=date(2019, 11, 3)), [3]),
        (EntryFilter(tasks={1}, units={"市教育局"}, actions=[Action.DONE], by="李"), [1]),
    ],
)
def test_a_filter_selects_what_meets_all_of_it(wanted, expected):
    assert seqs(select_entries(PLAN, ENTRIES, wanted)) == expected
