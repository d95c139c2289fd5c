"""Journals read, checked, united and mended as streams: what comes out is what decoding every line gives."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gkcheck.cli.context import built_in_plan
from gkcheck.cli.output import json_line
from gkcheck.errors import BadJournal, StoreFault
from gkcheck.journal import file_lines, in_order, record_format
from gkcheck.journal.entry_line import EntryLine, LineBlock
from gkcheck.journal.line_fields import fields_of
from gkcheck.journal.record_format import MAX_LEAP
from gkcheck.model import Action, Draft
from gkcheck.operations.check import check_entries
from gkcheck.operations.merge import Merging
from gkcheck.plan.reader import read_plan
from tests import processes
from tests.conftest import examples
from tests.journal.exchange import faults
from tests.journal.faults import AT, PLAN, journal_at
from tests.journal.histories import histories
from tests.operations.samples import Sealed

HEADER = record_format.header(PLAN)
BUILT_IN, _ = read_plan(built_in_plan().read_text("utf-8"), "")
TODAY = date(2019, 12, 20)
UNKNOWN = b'{"seq":2,"at":"x","action":"fly"'
UNKNOWN += b',"id":"%b"}' % hashlib.sha256(UNKNOWN).hexdigest()[:32].encode()
"""A whole line of a form that this version does not know."""


def leaping() -> bytes:
    return record_format.encode(Draft(Action.DONE, task=1), seq=9 + MAX_LEAP, at=AT, by="李", batch="b")[:-1]


def sealed(text: str) -> bytes:
    """A line of any text with the id of its own bytes."""
    before = text.encode()
    return before + b',"id":"%b"}' % hashlib.sha256(before).hexdigest()[:32].encode()


def entry_saying(more: str) -> bytes:
    """A whole line of the seq 9 that says something more at its end."""
    line = record_format.encode(Draft(Action.DONE, task=1), seq=9, at=AT, by="李", batch="b")[:-42].decode()
    return sealed(line + more)


STRANGE = {
    "unknown": UNKNOWN,
    "beyond": sealed('{"seq":1000000000001,"at":"x","action":"fly"'),
    "leap": leaping(),
    "twice": entry_saying(',"seq":1'),
    "empty": b"",
}

HURTS = st.lists(
    st.tuples(
        st.sampled_from(["alter", "cut", "join", "blanks", "gb18030", "wrap", "swap", "repeat", *STRANGE]),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=4,
)


def hurt(lines: list[bytes], hurts: list[tuple[str, int, int]]) -> list[bytes]:
    """The lines of a file after what happens to files."""
    for what, one, other in hurts:
        if not lines:
            break
        at, by = one % len(lines), other % len(lines)
        match what:
            case "alter":
                lines[at] = lines[at].replace(b'"seq":', b'"seq":1', 1)
            case "cut":
                lines[at] = lines[at][: other * 7]
            case "join":
                lines[at : at + 2] = [b"".join(lines[at : at + 2])]
            case "blanks":
                lines[at] += b" \t\r"
            case "wrap":
                lines[at] = b"x" + lines[at] + b"y" + lines[by]
            case "gb18030":
                lines[at] = lines[at].decode(errors="replace").encode("gb18030", errors="replace")
            case "swap":
                lines[at], lines[by] = lines[by], lines[at]
            case _:
                new = lines[by] if what == "repeat" else STRANGE[what]
                lines.insert(at if other % 2 else len(lines), new)
    return lines


FILES = st.builds(
    lambda history, is_sorted, hurts, end: b"\n".join(
        hurt([one.line for one in (sorted(history, key=lambda one: one.order) if is_sorted else history)], hurts)
    )
    + end,
    histories,
    st.booleans(),
    HURTS,
    st.sampled_from([b"\n", b"", b'\n{"seq":1,"at'],),
)  # fmt: skip


@pytest.fixture(params=["by fields", "decoded"])
def however_long(request, monkeypatch):
    """All of these journals count as long, so that fields are read, or as short."""
    monkeypatch.setattr(file_lines, "LONG_JOURNAL", 1 if request.param == "by fields" else 1 << 30)


def plainly(data: bytes) -> tuple[list[bytes], list[tuple[int, str]]]:
    """The lines of the entries of a file in the order of facts, and what is wrong with which line, by decoding each."""
    found, wrong, first, greatest = [], [], {}, 0
    *whole, last = data.split(b"\n")
    for number, physical in enumerate([*(line + b"\n" for line in whole), last], 2):
        for line in file_lines.lines_at(number, physical):
            if line.seq > greatest + MAX_LEAP:
                wrong.append((number, "大得太多"))
            elif line.entry and first.setdefault(line.data, number) != number:
                wrong.append((number, f"与第 {first[line.data]} 行重复"))
            elif line.fault:
                wrong.append((number, line.fault))
            if line.seq <= greatest + MAX_LEAP:
                greatest = max(greatest, line.seq)
                found += [line.entry] if line.entry else []
    return [entry.id for entry in sorted(set(found), key=lambda entry: entry.order)], wrong


both = pytest.mark.usefixtures("however_long")
quick = settings(max_examples=examples(150), deadline=None)


@both
@quick
@given(FILES)
def test_the_entries_and_what_is_wrong(data):
    """In the order of facts, each once; each fault with its line, in the order of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(HEADER + data)
        expected, wrong = plainly(data)
        with journal_at(path).lines() as lines:
            lines.settle()
            for _ in range(2):
                assert [one.id for one in lines] == expected
                told = [problem for problem in lines.problems if "传送" not in problem.message]
                assert [problem.where.line for problem in told] == [number for number, _ in wrong]
                assert all(words in str(one) for one, (_, words) in zip(told, wrong, strict=True))


@both
@quick
@given(FILES)
def test_what_is_checked_is_what_decoded_entries_give(data):
    """By fields or decoded, read in one go or found again by their places: the same is said."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(HEADER + data)
        with journal_at(path).lines() as lines:
            every = in_order(lambda: [one.decoded() for one in lines])
            found = check_entries(BUILT_IN, lines, TODAY)
            decoded = check_entries(BUILT_IN, Sealed(*every), TODAY)
            assert list(found.to_look_at("p", "j")) == list(decoded.to_look_at("p", "j"))
        unfit = [[str(one).partition("（")[2] for one in check.unfit("j")] for check in (found, decoded)]
        assert unfit[0] == unfit[1]
        assert (found.count, found.files) == (len(every), decoded.files)


@both
@quick
@given(FILES, FILES, st.sampled_from([None, "市教育局"]))
def test_uniting_and_mending(ours, theirs, unit):
    """A mended journal holds every whole line; a merge adds what is taken, and refuses a damaged journal."""
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "one.jsonl", Path(folder) / "other.jsonl"
        one.write_bytes(HEADER + ours)
        other.write_bytes(HEADER + theirs)
        here, there = set(plainly(ours)[0]), set(plainly(theirs)[0])
        with journal_at(other).lines() as lines, journal_at(one).lines() as mine:
            merging = in_order(lambda: Merging(mine, [lines], unit))
            (result,) = merging.results
            taken = {line.id for line in merging.new}
            refused = {line.id for line in merging.refused}
            assert (result.known, len(taken), len(refused)) == (len(here & there), result.new, result.refused)
            assert taken | refused == there - here
            assert unit is not None or not refused
            before = one.read_bytes()
            try:
                assert journal_at(one).merge(merging.new, at=AT) == len(taken)
            except BadJournal:
                assert one.read_bytes() == before
                assert mine.damaged
                taken = set()
        assert {entry.id for entry in journal_at(one).read().entries} == here | taken
        journal_at(one).repair(at=AT)
        mended = one.read_bytes()
        assert {entry.id for entry in journal_at(one).read().entries} >= here | taken
        assert all("看不懂" in problem.message for problem in faults(journal_at(one)))
        assert journal_at(one).repair(at=AT).saved == 0
        assert one.read_bytes() == mended


@both
@settings(quick, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES)
def test_a_log_as_json_lines_is_the_entries_as_they_would_be_printed(gk, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(HEADER + data)
        printed = [json_line(one.fields()) for one in journal_at(path).read().entries]
        answer = gk("log", "--format", "jsonl", "--store", path)
        assert (answer.code, answer.out.split("\n")[:-1]) == (0, printed)
        last = gk("log", "-n", 2, "--format", "jsonl", "--store", path).out.split("\n")[:-1]
        assert last == printed[len(printed) - len(last) :]


@both
def test_rescued_lines_are_put_in_their_order(tmp_path):
    """One that stands again after it, too: the mended journal has each once, in the order of facts."""
    path = tmp_path / "journal.jsonl"
    first, second, third = sorted(
        (
            record_format.encode(Draft(Action.DONE, task=task), seq=1, at=AT, by="李", batch="b")[:-1]
            for task in (1, 2, 3)
        ),
        key=lambda line: line[-34:],
    )
    path.write_bytes(HEADER + b"x" + first + b"y" + third + b"\n" + second + b"\n" + third + b"\n")
    assert journal_at(path).repair(at=AT).saved == 2
    assert path.read_bytes() == HEADER + b"".join(line + b"\n" for line in (first, second, third))


@pytest.mark.parametrize(
    ("changed", "is_canonical"),
    [
        ((), True),
        (('"note":null', '"note":"a\\"b"'), True),
        (('"note":null', '"note":"a\\/b"'), False),
        (('"evidence":[]', '"evidence":[],"due":null'), False),
        (('"done"', '"deadline"'), False),
        (('"by":"李",', '"by": "李",'), False),
    ],
)
def test_a_line_that_would_be_printed_otherwise_is_printed_anew(changed, is_canonical):
    text = record_format.encode(Draft(Action.DONE, task=1), seq=1, at=AT, by="李", batch="b")[:-42].decode()
    line = sealed(text.replace(*changed) if changed else text)
    one = EntryLine(line, fields_of(line), record_format.decode(line))
    assert one.is_canonical is is_canonical
    assert (json_line(one.decoded().fields()).encode() == line) is is_canonical


@both
@pytest.mark.parametrize("more", [',"seq":1', ',"s\\u0065q" :1', ',"later":{"a":1,"a":1}'])
def test_a_line_that_says_something_twice_is_none_of_ours(gk, tmp_path, more):
    """Whichever of the two would count, a search of its bytes may find the other."""
    path = tmp_path / "journal.jsonl"
    first = record_format.encode(Draft(Action.DONE, task=1), seq=8, at=AT, by="李", batch="b")
    path.write_bytes(HEADER + first + entry_saying(more) + b"\n")
    answer = gk("log", "--format", "jsonl", "--store", path)
    assert (answer.code, answer.out.encode()) == (0, first)
    assert "journal.jsonl:3: 记录看不懂（同一个字段写了两次）" in answer.err


@both
def test_a_line_longer_than_any_entry_is_damaged_although_its_id_is_right(tmp_path):
    path = tmp_path / "journal.jsonl"

    def noted(length: int, seq: int) -> bytes:
        return record_format.encode(Draft(Action.NOTE, 1, note="x" * length), seq=seq, at=AT, by="李", batch="b")

    longest = record_format.MAX_LINE - len(noted(0, seq=1)[:-1])
    for more in (0, 1):
        path.write_bytes(HEADER + noted(longest + more, seq=1) + noted(1, seq=2))
        with journal_at(path).lines() as lines:
            for blocks in (lines, lines.in_blocks(("seq", "id"))):
                count = sum(len(one.lines) if isinstance(one, LineBlock) else 1 for one in blocks)
                assert (count, [problem.where.line for problem in lines.problems]) == (2 - more, [2] * more)


@both
def test_a_file_that_others_turn_round_while_it_is_read(tmp_path):
    """Its lines were in order when that was looked at."""
    path = tmp_path / "journal.jsonl"
    lines = [record_format.encode(Draft(Action.DONE, task=1), seq=seq, at=AT, by="李", batch="b") for seq in (1, 2)]
    path.write_bytes(HEADER + b"".join(lines))
    with journal_at(path).lines() as found:
        found.settle()
        path.write_bytes(HEADER + b"".join(reversed(lines)))
        with pytest.raises(StoreFault, match="在读取时被别的程序改动"):
            list(found)


MANY, MOST_MEGABYTES = 200_000, 100
"""Entries that took 290 MB and more when they were held as objects, and what they may take as a stream."""


@pytest.mark.long
def test_many_entries_take_little_memory(tmp_path):
    """check, log, merge of two halves and repair, also of a journal that is in no order, and all of another plan."""
    paths = [tmp_path / f"{name}.jsonl" for name in ("one", "other", "turned", "strange")]
    units = [unit.name for unit in BUILT_IN.units]
    with ExitStack() as stack:
        one, other, turned, strange = (stack.enter_context(path.open("wb")) for path in paths)
        halves: list[bytes] = []
        for file in (one, other, turned, strange):
            file.write(HEADER)
        for seq in range(1, MANY + 1):
            draft = Draft([Action.DONE, Action.START, Action.CONFIRM][seq % 3], task=seq % 37 + 1, unit=units[seq % 40])
            line = record_format.encode(draft, seq=seq, at=AT, by="李", batch=f"{seq:012x}")
            (one if seq % 2 else other).write(line)
            if seq * 2 > MANY:
                turned.write(line)
            else:
                halves.append(line)
            strange.write(record_format.encode(draft._replace(task=99), seq=seq, at=AT, by="李", batch=f"{seq:012x}"))
        turned.writelines(halves)
    for words, code in (
        (("merge", paths[1], "--store", paths[0], "--dry-run"), 0),
        (("merge", paths[1], "--from", units[0], "--store", paths[0], "--dry-run"), 1),
        (("merge", paths[1], "--store", paths[0]), 0),
        (("check", "--store", paths[0]), 1),
        (("log", "--format", "jsonl", "--store", paths[0]), 0),
        (("log", "--format", "csv", "--store", paths[0]), 0),
        (("log", "-n", 5, "--by", "李", "--store", paths[0]), 0),
        (("log", "--format", "jsonl", "--store", paths[2]), 0),
        (("check", "--store", paths[2]), 1),
        (("repair", "--store", paths[2]), 0),
        (("check", "--store", paths[3]), 1),
    ):
        done = processes.measured(*words)
        assert done.code == code, (words, done.err[-500:])
        assert done.megabytes < MOST_MEGABYTES, (words, done.megabytes)
    assert paths[0].read_bytes() == paths[2].read_bytes()
