"""Which batch an undo takes back, what it has to read for that, and when it is refused."""

from __future__ import annotations

import pytest

from gkcheck.errors import BadRequest
from gkcheck.journal import History
from gkcheck.model import Action, Draft
from gkcheck.operations.undo import relevant_entries, undo_of
from tests.journal.past import belongs, comes_to
from tests.operations.samples import entry, seqs, undo


@pytest.mark.parametrize(
    ("entries", "typed", "batch"),
    [
        ([entry(1), entry(2, task=2)], None, "b2"),
        ([entry(1), entry(2, batch="b1")], None, "b1"),
        ([entry(1), entry(2), undo(3, "b2")], None, "b1"),
        ([entry(1), undo(2, "b1"), undo(3, "b2")], None, "b1"),
        ([entry(1), entry(2, task=2)], "b1", "b1"),
        ([entry(1, batch="c0ffee"), entry(2, task=2)], " C0F", "c0ffee"),
        ([entry(1), undo(2, "b1")], "b2", "b2"),
        ([entry(1, batch="b"), entry(2, task=2)], "b", "b"),
    ],
)
def test_the_batch_to_take_back(entries, typed, batch):
    found = undo_of(entries, typed, force=False)
    assert (found.batch, found.draft) == (batch, Draft(Action.UNDO, undoes=batch))
    assert found.entries == [one for one in entries if one.batch == batch]


@pytest.mark.parametrize(
    ("entries", "typed", "said"),
    [
        ([], None, "没有可以撤销的记录"),
        ([entry(1), undo(2, "b1")], None, "没有可以撤销的记录"),
        ([entry(1)], "x", "没有批次“x”"),
        ([entry(1)], " ", "没有批次“ ”"),
        ([entry(1), entry(2)], "b", "可以指 b1、b2，"),
        ([entry(1), undo(2, "b1")], "b1", "已经撤销了"),
    ],
)
def test_no_such_batch(entries, typed, said):
    with pytest.raises(BadRequest, match=said):
        undo_of(entries, typed, force=True)


@pytest.mark.parametrize(
    ("later", "builds_on_it"),
    [
        (entry(2), True),
        (entry(2, unit=None), True),
        (entry(2, batch="b1"), False),
        (entry(2, unit="大江镇"), False),
        (entry(2, task=2), False),
    ],
)
def test_later_entries_about_the_same_assignment_forbid_it(later, builds_on_it):
    if builds_on_it:
        with pytest.raises(BadRequest, match=r"建立在它上面：2019-11-02 09:00 具体要求 1 .*（批次 b2）；请先撤销"):
            undo_of([entry(1), later], "b1", force=False)
    else:
        assert undo_of([entry(1), later], "b1", force=False).batch == "b1"
    assert undo_of([entry(1), later], "b1", force=True).batch == "b1"


def test_an_entry_about_a_whole_task_is_built_on_by_every_unit():
    with pytest.raises(BadRequest, match="b2"):
        undo_of([entry(1, task=2, unit=None), entry(2, task=2, unit="大江镇")], "b1", force=False)


def test_an_earlier_entry_forbids_nothing():
    assert undo_of([entry(1), entry(2)], "b2", force=False).batch == "b2"


def test_an_undone_entry_forbids_nothing_and_an_undo_stands_on_what_it_brought_back():
    assert undo_of([entry(1), entry(2), undo(3, "b2")], "b1", force=False).batch == "b1"
    with pytest.raises(BadRequest, match="b3"):
        undo_of([entry(1), undo(2, "b1"), entry(3)], "b2", force=False)


def test_a_long_refusal_names_the_first_three():
    with pytest.raises(BadRequest, match=r"b2.*b3.*（批次 b4）等 4 条；"):
        undo_of([entry(seq) for seq in range(1, 6)], "b1", force=False)


HISTORY = [
    *(entry(seq, task=2, unit="大江镇", at="2019-11-01T09:00:00+08:00") for seq in range(1, 101)),
    entry(101),
    entry(102, task=3, unit=None, batch="b101"),
    undo(103, "b101"),
    undo(104, "b103"),
    *(undo(seq, f"b{seq - 4}") for seq in range(105, 205)),
    entry(205, task=3, unit="大江镇"),
]


@pytest.mark.parametrize("typed", [None, "b1", "b101", "b103", "b77", "b204", "b205"])
def test_few_entries_decide_as_all_of_them_do(typed):
    """Of a journal that gives no more than it is asked for, the entries read are enough."""
    entries = sorted(HISTORY, key=lambda one: one.order)

    def read(scope):
        return History([one for one in entries if belongs(one, scope)], [])

    def few():
        return relevant_entries(read, lambda count: entries[-count:], typed)

    assert comes_to(few, typed) == comes_to(lambda: entries, typed)


def test_only_the_units_concerned_are_read():
    entries = [entry(1), entry(2, unit="大江镇", task=2), entry(3, task=2), entry(4, unit="台城街道", task=2)]

    def read(scope):
        return History([one for one in entries if belongs(one, scope)], [])

    assert seqs(relevant_entries(read, lambda count: [], "b2")) == [2]
    assert seqs(relevant_entries(read, lambda count: [], "b1")) == [1, 3]
