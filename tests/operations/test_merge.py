"""Which entries of other journals are new, known or refused."""

from __future__ import annotations

import pytest

from gkcheck.model import CLAIMS, Action
from gkcheck.operations.merge import Merging
from tests.operations.samples import Sealed, entry, seqs, undo
from tests.operations.unit_rule import ALLOWED, CASES, HERE, UNIT

SCHOOL = "市教育局"


def sorted_out(ours, *sources, unit=None):
    """The sequence numbers of each source: new, how many known, refused."""
    merging = Merging(Sealed(*ours), [Sealed(*source) for source in sources], unit)
    new, told = set(seqs(one.entry for one in merging.new)), []
    for source, result in zip(sources, merging.results, strict=True):
        theirs = [seq for seq in seqs(source) if seq in new]
        new -= set(theirs)
        assert (len(theirs), len(result.shown)) == (result.new, result.refused)
        told.append((theirs, result.known, seqs(result.shown)))
    return told


def test_nothing_comes_of_nothing():
    assert sorted_out([]) == []
    assert sorted_out([entry(1)], [], unit=SCHOOL) == [([], 0, [])]


def test_entries_are_known_by_their_id():
    altered = entry(2, note="改过")
    assert sorted_out([entry(1), entry(2)], [entry(1), altered, entry(3)]) == [([3], 2, [])]


def test_an_entry_of_two_sources_comes_in_with_the_first():
    assert sorted_out([], [entry(1), entry(2)], [entry(2), entry(3)]) == [([1, 2], 0, []), ([3], 1, [])]


def test_new_entries_stand_in_the_order_of_facts_each_once():
    merging = Merging(Sealed(entry(3)), [Sealed(entry(2), entry(4)), Sealed(entry(1), entry(2), entry(3))], None)
    assert seqs(one.entry for one in merging.new) == [1, 2, 4]
    assert merging.end == entry(4).order


def test_only_the_entries_of_a_unit():
    """Those about whole tasks are not the unit's own; an undo is where all of its batch is."""
    theirs = [
        entry(1),
        entry(2, unit="大江镇"),
        entry(3, unit=None),
        entry(4, Action.NOTE, task=2),
        undo(5, "b1"),
        undo(6, "b2"),
        undo(7, "b5"),
        undo(8, "b6"),
        undo(9, "b99"),
    ]
    assert sorted_out([], theirs, unit=SCHOOL) == [([1, 4, 5, 7], 0, [2, 3, 6, 8, 9])]


def test_a_batch_with_one_foreign_entry_is_foreign():
    theirs = [entry(1, batch="b"), entry(2, batch="b", unit="大江镇"), undo(3, "b")]
    assert sorted_out([], theirs, unit=SCHOOL) == [([1], 0, [2, 3])]


def test_a_batch_that_is_here_tells_whose_its_undo_is():
    assert sorted_out([entry(1)], [undo(2, "b1")], unit=SCHOOL) == [([2], 0, [])]
    assert sorted_out([], [entry(1)], [undo(2, "b1")], unit=SCHOOL) == [([1], 0, []), ([2], 0, [])]
    assert sorted_out([entry(1, unit="大江镇")], [undo(2, "b1")], unit=SCHOOL) == [([], 0, [2])]


def test_undos_of_each_other_come_to_an_end():
    assert sorted_out([], [undo(1, "b2"), undo(2, "b1")], unit=SCHOOL) == [([1, 2], 0, [])]


def test_a_known_entry_of_another_unit_is_not_refused():
    foreign = entry(1, unit="大江镇")
    assert sorted_out([foreign], [foreign], unit=SCHOOL) == [([], 1, [])]


# -- the rule for units; tests/journal/test_rights.py holds the database to the same table ------------------


@pytest.mark.parametrize("case", CASES)
def test_a_unit_brings_in_its_own(case):
    """By the table: one entry after what is here, with the batches `own` of the unit and `act` of the office."""
    draft, batch = CASES[case]
    here = [entry(seq, batch=name, **draft._asdict() | {"by": "李"}) for seq, (name, draft) in enumerate(HERE, 1)]
    (result,) = Merging(Sealed(*here), [Sealed(entry(9, batch=batch, **draft._asdict() | {"by": "李"}))], UNIT).results
    assert (result.new, result.refused) == ((1, 0) if case in ALLOWED else (0, 1))


def test_every_action_is_in_the_table_for_units():
    """An action that is added is refused until it is called a claim."""
    tried = {draft.action for draft, _ in CASES.values() if draft.unit == UNIT and draft.task}
    assert tried == set(Action)
    assert {CASES[case][0].action for case in ALLOWED} == CLAIMS | {Action.UNDO}


def test_acts_of_the_office_are_counted():
    """A confirmation, its undo and the undo of that; not a claim and its undo, nor what was known."""
    theirs = [
        entry(1),
        entry(2, Action.CONFIRM),
        undo(3, "b2"),
        undo(4, "b3"),
        undo(5, "b1"),
        entry(6, Action.DEADLINE),
        entry(7, Action.RETURN),
    ]
    (result,) = Merging(Sealed(theirs[6]), [Sealed(*theirs)], None).results
    assert result.acts == {Action.CONFIRM: 1, Action.UNDO: 2, Action.DEADLINE: 1}
