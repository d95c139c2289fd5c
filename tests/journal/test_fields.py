"""Whole lines with a field that no entry has: kept, not counted, named by `check`, and no command stops at one."""

from __future__ import annotations

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.journal import file_store, index, record_format
from gkcheck.journal.index.building import MarkedLines
from gkcheck.journal.record_format import encode_key
from gkcheck.model import Action, Draft
from tests.journal.faults import filled, ids, journal_at
from tests.journal.test_lines import FIELDS, FULL, encode, signed

DAYS = ("2019-02-29", "2019-W52-1", "20191231", "2019-12-31T00:00:00", "２０１９-12-31", "", 20191231)
TEXTS = (5, True, 1.5, ["x"], {"a": 1}, "\ud800")
PROOF = {"kind": "url", "value": "https://a"}

WRONG = {
    "seq": (0, -1, True, "1", 1.0, None, [1], 10**12 + 1, 10**40),
    "at": (*DAYS, "2019-11-01", "2019-11-01T09:00:00", "2019-11-01T09:00:00Z", "0000-11-01T09:00:00+08:00", None),
    "by": (None, *TEXTS),
    "task": (0, -1, True, "1", 1.0, [1], 2**31, 10**40),
    "unit": TEXTS,
    "action": (None, 5, ["done"], {}, "fly", "\ud800"),
    "of": TEXTS,
    "note": TEXTS,
    "batch": (None, *TEXTS),
    "on": DAYS,
    "due": DAYS,
    "undoes": TEXTS,
    "form": TEXTS,
    "recorded_by": (None, "", *TEXTS),
    "problem": (None, "", *TEXTS),
    "next": (None, "", *TEXTS),
    "letter": (1, None, "1"),
    "reply_by": ("2019-12-31",),
    "every": ("month", None),
    "evidence": (None, 3, "x", {}, {"kind": "url"}, ["x"], [[]], [None], [{}], [{"kind": "url"}]),
}
WRONG_ITEMS = {
    "kind": (None, 5, "link", ["url"], ""),
    "value": (None, 5, ["x"], {"a": 1}, "\ud800"),
    "title": (5, ["x"], "\ud800"),
    "published": (5, *DAYS[:6]),
    "sha256": (5, "\x00", "../../etc/passwd", "a" * 63, "A" * 64),
    "colour": ("red",),
}


def odd(**change):
    """A whole line of the task, unit and time that people look at, with something else in it."""
    fields = {**FIELDS, "task": 23, "unit": "市教育局", **change}
    before = json.dumps(fields, separators=(",", ":")).encode()[:-1]
    return signed_bytes(before)


def signed_bytes(before):
    return before + b',"id":"' + record_format._hash(before).encode() + b'"}'


LINES = {
    **{f"{name}={value!r}": odd(**{name: value}) for name, values in WRONG.items() for value in values},
    **{
        f"evidence.{name}={value!r}": odd(evidence=[{**PROOF, name: value}])
        for name, values in WRONG_ITEMS.items()
        for value in values
    },
    **{
        f"a reminder with letter={value!r}": odd(action="remind", letter=value)
        for value in (0, -1, True, 1.5, "1", None, 2**31, 10**40)
    },
    **{
        f"a reminder with reply_by={value!r}": odd(action="remind", letter=1, reply_by=value) for value in (None, *DAYS)
    },
    "a reminder without a number": odd(action="remind"),
    **{
        f"a deadline with every={value!r}": odd(action="deadline", due=None, every=value)
        for value in (None, "", 1, "week", ["month"])
    },
    "a number": signed_bytes(b"7"),
    "a list": signed_bytes(b'["a"'),
    "no JSON": signed_bytes(b'{"seq":7,'),
    "not UTF-8": signed_bytes(encode()[:40] + b"\xff" + encode()[40:-44]),
    "deep": signed_bytes(b'{"seq":7,"note":' + b"[" * 50_000),
    "a long number": signed_bytes(b'{"seq":7,"task":' + b"9" * 5000),
}
COMMANDS = [
    [], ["tasks"], ["tasks", "--unit", "市教育局"], ["show", "23"], ["status"], ["status", "--as-of", "2019-12-31"], ["units"],
    ["matrix"], ["log"], ["log", "23"], ["log", "--format", "json"], ["evidence"], ["evidence", "--unit", "市教育局"],
    ["where"], ["remind"], ["form", "-o", "forms", "--force"], ["export", "a.csv", "--force"], ["report", "a.txt", "--force"],
    ["undo", "--dry-run"], ["done", "23", "--unit", "市教育局", "--dry-run"], ["done", "23", "--unit", "市教育局"],
    ["undo"], ["merge", "other.jsonl"], ["repair"],
]  # fmt: skip
"""Those that write come last."""


@pytest.fixture(params=["short", "long"])
def length(request, monkeypatch):
    """Journals as they are, and journals that are read by their index."""
    if request.param == "long":
        monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
        monkeypatch.setattr(index, "_STALE_AFTER", 700)


def check_every_command(gk, path, lines):
    """Every command answers; `check` names every line; nothing of the file is lost."""
    journal = filled(path, 6)
    whole = path.read_bytes()
    path.write_bytes(whole + b"".join(line + b"\n" for line in lines))
    known = ids(journal)
    checked = gk("check", "--store", path)
    assert checked.code == 1
    named = [
        int(line.removeprefix(f"{path}:").split(":")[0]) for line in checked.out.splitlines() if "记录看不懂" in line
    ]
    assert named == list(range(8, 8 + len(lines)))
    filled(path.with_name("other.jsonl"), 2)
    for command in COMMANDS:
        answer = gk(*command, "--store", path)
        assert answer.code in ((0, 1) if command[:1] == ["merge"] else (0,)), (command, answer)
    assert set(known) < set(ids(journal_at(path)))
    assert set(lines) <= set(path.read_bytes().split(b"\n"))


def test_lines_of_every_wrong_field_stop_no_command(gk, tmp_path, monkeypatch, length):
    monkeypatch.chdir(tmp_path)
    check_every_command(gk, tmp_path / "journal.jsonl", list(LINES.values()))


@pytest.mark.long
@pytest.mark.parametrize("name", LINES)
def test_a_line_of_one_wrong_field_stops_no_command(gk, tmp_path, monkeypatch, length, name):
    monkeypatch.chdir(tmp_path)
    check_every_command(gk, tmp_path / "journal.jsonl", [LINES[name]])


@pytest.mark.parametrize("name", LINES)
def test_a_wrong_field_is_unknown_to_both_readers(name):
    """The quick reader of long journals takes no line that the other would refuse."""
    with pytest.raises(record_format.UnknownLine):
        record_format.decode(LINES[name])
    marked = MarkedLines()
    marked.add([LINES[name]])
    assert (marked.marks, marked.others, len(marked.faults)) == ({}, [], 1)


@given(st.data())
def test_a_line_altered_and_signed_again_is_the_same_to_both_readers(data):
    """Whatever byte is changed in the middle, both take the line or neither does."""
    before = bytearray(encode(FULL)[: -44 - 1])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(before) - 1))
        before[at : at + 1] = data.draw(st.sampled_from([b"", b'"', b"\\", b",", b"9", b"\xff", b"\x00", b"[", b"\\u"]))
    line = signed_bytes(bytes(before))
    try:
        entry = record_format.decode(line)
    except record_format.UnknownLine:
        entry = None
    marked = MarkedLines(seq=record_format.MAX_SEQ)
    if entry is not None and not "1800" <= entry.day[:4] < "2500":
        with pytest.raises(record_format.DamagedLine, match="太早或太晚"):
            marked.add([line])
        return
    marked.add([line])
    assert bool(marked.faults) is (entry is None)
    if entry is not None and entry.task is not None:
        assert list(marked.marks) == [encode_key(entry.task, entry.unit)]


def test_the_plain_lines_are_signed_as_the_journal_signs_them():
    """The lines above are refused for their field alone."""
    assert record_format.decode(odd(note="备注")).note == "备注"
    assert record_format.decode(odd(evidence=[PROOF])).evidence
    assert record_format.is_whole(signed(FIELDS))


@pytest.mark.parametrize(
    "fault", [sqlite3.OperationalError, OverflowError, ValueError, KeyError, ImportError, MemoryError]
)
def test_any_fault_of_the_index_means_no_index(gk, tmp_path, monkeypatch, fault):
    monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    path = tmp_path / "journal.jsonl"
    filled(path, 6)

    def fail(*_):
        raise fault("index")

    for name in ("__init__", "current", "history", "latest", "add_appended", "greatest_seq"):
        with monkeypatch.context() as patch:
            patch.setattr(index.Index, name, fail)
            for command in (["tasks"], ["show", "23"], ["log"], ["undo", "--dry-run"], ["note", "23", "--note", name]):
                assert gk(*command, "--store", path).code == 0, (name, command)
    assert journal_at(path).record(lambda _: [Draft(Action.NOTE, task=1)], by="测", at="2019-11-01T09:00:00+08:00")
