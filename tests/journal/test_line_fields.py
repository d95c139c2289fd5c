"""The fields of a line without decoding it are those of the entry that decoding returns."""

from __future__ import annotations

import pytest
from hypothesis import given

from gkcheck.journal import record_format
from gkcheck.journal.clock import at_office
from gkcheck.journal.line_fields import day_of, entries_of, entry_of, fields_of
from gkcheck.journal.record_format import decode_key
from gkcheck.model import ZONE, Action, Draft, Every
from tests.journal.histories import histories
from tests.journal.test_lines import FULL, encode


@given(histories)
def test_the_fields_of_a_line_are_those_of_its_entry(lines):
    """And the entries of many lines at once are those of each."""
    assert entries_of([one.line for one in lines]) == [record_format.decode(one.line) for one in lines]
    for one in lines:
        fields = fields_of(one.line)
        if fields is not None:
            assert entry_of(fields) == one.entry
            assert fields["batch"] == one.entry.batch
            assert decode_key(fields["key"]) == (one.entry.task, one.entry.unit)
            assert day_of(fields["at"], fields["on"], ZONE) == at_office(one.entry, ZONE).day
            for name in ("note", "evidence", "problem", "next"):
                assert bool(fields[name]) == bool(getattr(one.entry, name))


@pytest.mark.parametrize(
    "draft",
    [
        FULL,
        Draft(Action.DONE, task=1, unit="市教育局", note='引号"', problem="经费", next="下月"),
        Draft(Action.NOTE, 1),
    ],
)
def test_a_plain_line_needs_no_decoding(draft):
    """Or the test above would be of nothing."""
    assert fields_of(encode(draft)[:-1]) is not None


@pytest.mark.parametrize(
    "draft",
    [
        Draft(Action.UNDO, undoes="b"),
        Draft(Action.REMIND, task=1, letter=1),
        Draft(Action.DONE, task=1, unit='引号"'),
        Draft(Action.DONE, task=1, note=""),
        Draft(Action.DONE, task=1, note="\x00"),
        Draft(Action.DEADLINE, task=1, every=Every.YEAR),
    ],
)
def test_a_line_of_any_other_form_is_decoded(draft):
    assert fields_of(encode(draft)[:-1]) is None


def test_a_line_without_the_id_of_its_bytes_has_no_fields():
    line = encode()[:-1]
    assert fields_of(line) is not None
    for altered in (
        line.replace("张".encode(), "章".encode()),
        line[:-34] + b"0" * 32 + b'"}',
        line + b" ",
        line + b"\n",
    ):
        assert fields_of(altered) is None
