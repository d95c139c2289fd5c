"""Power cuts and altered bytes: every truncation of the last entries, a flip of every byte."""

from __future__ import annotations

import re

import pytest

from gkcheck.errors import BadJournal
from gkcheck.model import Action, Draft
from tests.journal.faults import AT, filled, ids, journal_at


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


def add(path, note="后来"):
    return journal_at(path).record(lambda history: [Draft(Action.NOTE, task=1, note=note)], by="测试", at=AT)


@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.long)])
def test_every_cut_of_the_last_two_entries(path, tmp_path, step):
    """Whole entries are read; a torn one is reported, and set aside by the next write."""
    journal = filled(path, 6)
    whole, known = path.read_bytes(), ids(journal)
    ends = [match.end() for match in re.finditer(b"\n", whole)]
    for cut in range(ends[4], len(whole) + 1, step):
        path.write_bytes(whole[:cut])
        history = journal_at(path).read()
        complete = sum(end - 1 <= cut for end in ends[1:])
        torn = whole[max(end for end in [0, *ends] if end <= cut) : cut] if cut + 1 not in ends else b""
        assert [entry.id for entry in history.entries] == known[:complete], cut
        assert bool(history.problems) == bool(torn), cut
        (added,) = add(path)
        assert added.seq == complete + 1
        after = journal_at(path).read()
        assert [entry.id for entry in after.entries] == [*known[:complete], added.id], cut
        assert after.problems == [], cut
        asides = [aside.read_bytes() for aside in tmp_path.glob("*.torn-*")]
        assert asides == ([torn] if torn else []), cut
        for aside in tmp_path.glob("*.torn-*"):
            aside.unlink()


def test_every_cut_of_the_header(path):
    """A journal cut before its first entry holds nothing, and takes the next entry."""
    filled(path, 1)
    whole = path.read_bytes()
    for cut in range(whole.index(b"\n") + 2):
        path.write_bytes(whole[:cut])
        assert journal_at(path).read().entries == []
        (added,) = add(path)
        history = journal_at(path).read()
        assert (ids(journal_at(path)), history.problems) == ([added.id], [])


@pytest.mark.parametrize("step", [97, pytest.param(1, marks=pytest.mark.long)])
def test_a_flip_of_every_byte_is_found_and_named(path, step):
    """50 entries: whatever single byte is altered, its line is named and no other entry is lost."""
    journal = filled(path, 50)
    whole, known = path.read_bytes(), ids(journal)
    header_end = whole.index(b"\n")
    for at in range(0, len(whole), step):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        path.write_bytes(flipped)
        line = whole.count(b"\n", 0, at) + 1
        history, refused = None, ""
        try:
            history = journal_at(path).read()
        except BadJournal as error:
            refused = str(error)
        if history is None:
            assert at <= header_end, at
            assert "第 1 行" in refused, at
            continue
        assert line in [problem.where.line for problem in history.problems], at
        found = [entry.id for entry in history.entries]
        glued = 2 if whole[at : at + 1] == b"\n" else 1
        assert len(found) >= (50 if at < header_end else 50 - glued), at
        assert set(found) <= set(known), at


@pytest.mark.parametrize("step", [211])
def test_repair_after_a_flip_anywhere(path, tmp_path, gk, step):
    """check exits 1, repair sets the damaged line aside, check is content, the rest is there."""
    journal = filled(path, 50)
    whole, known = path.read_bytes(), ids(journal)
    header_end = whole.index(b"\n")
    for at in [*range(header_end + 1, len(whole), step), *(m.start() for m in re.finditer(b"\n", whole[:3000]))]:
        flipped = bytearray(whole)
        flipped[at] ^= 1
        path.write_bytes(flipped)
        checked = gk("check", "--store", path)
        assert checked.code == 1, at
        assert f"{path}:{whole.count(bytes([10]), 0, at) + 1}: " in checked.out, at
        read = gk("tasks", "--unit", "市教育局", "--store", path, "--format", "json")
        assert read.code == 0
        assert "警告" in read.err
        mended = gk("repair", "--store", path)
        assert (mended.code, mended.err) == (0, ""), at
        kept = ids(journal_at(path))
        newline = whole[at : at + 1] == b"\n"
        assert len(kept) == (50 if newline else 49), at
        assert set(kept) <= set(known)
        assert journal_at(path).read().problems == []
        (aside,) = tmp_path.glob("*.damaged-*")
        assert bytes(flipped[at : at + 1]) in aside.read_bytes()
        aside.unlink()


def test_repair_of_a_sound_journal_changes_nothing(path, tmp_path, gk):
    filled(path, 5)
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
    assert "没有损坏" in gk("repair", "--store", path).out
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before
    assert not list(tmp_path.glob("*.damaged-*"))


def test_a_header_of_another_plan_can_be_adopted(path, gk):
    """Only when asked: the header may really be another plan's."""
    filled(path, 3)
    path.write_bytes(path.read_bytes().replace(b"taishan-2019", b"taishan-2018", 1))
    assert gk("repair", "--store", path).code == 2
    assert gk("repair", "--adopt", "--store", path).code == 0
    assert len(ids(journal_at(path))) == 3
