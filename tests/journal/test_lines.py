"""Lines of a journal one by one: their format, their reading, and which of their entries are live."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gkcheck.errors import BadJournal, StoreFault
from gkcheck.journal import reader, record_format
from gkcheck.journal.file_store import FileJournal
from gkcheck.journal.line_fields import order_of
from gkcheck.journal.live import live_entries, undone_batches
from gkcheck.journal.reader import (
    blocks_of_lines,
    blocks_to_end,
    header_fault,
    lines_at,
    numbered,
    open_regular,
    read_tail,
)
from gkcheck.journal.record_format import decode_key, encode_key
from gkcheck.journal.stores import open_journal
from gkcheck.model import Action, Draft, Entry, Evidence
from tests.journal.faults import AT, PLAN

FULL = Draft(
    Action.DEADLINE, task=23, unit="市教育局", of="0" * 16, note='引号"与\\换行\n', on="2019-10-31", due="2019-12-01", form="f",
    evidence=(Evidence("url", "https://a.example/1", title="标题", published="2019-10-01"),), by="张",
)  # fmt: skip


def encode(draft=FULL, seq=1, at=AT, batch="b"):
    return record_format.encode(draft, seq=seq, at=at, by="李", batch=batch)


def signed(fields, id_=None):
    """A line of any fields with the id of its own bytes."""
    before = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()[:-1]
    return before + b',"id":"%b"}' % (id_ or hashlib.sha256(before).hexdigest()[:32]).encode()


FIELDS = {"seq": 1, "at": AT, "by": "李", "task": 1, "unit": None, "action": "done", "of": None, "note": None}
FIELDS |= {"evidence": [], "batch": "b"}


# -- the format ------------------------------------------------------------------------------------------


def test_a_line_is_as_the_design_describes_it():
    line = encode()
    fields = json.loads(line)
    assert line.endswith(b'"}\n')
    assert list(fields) == [
        "seq", "at", "by", "task", "unit", "action", "of", "note", "evidence", "on", "due", "form", "recorded_by",
        "batch", "id",
    ]  # fmt: skip
    assert fields["id"] == hashlib.sha256(line[: line.rindex(b',"id":')]).hexdigest()[:32]
    assert fields["by"] == "张", "who filled the form in, not who records"


def test_optional_keys_stand_only_where_they_have_a_value():
    assert "due" in json.loads(encode(Draft(Action.DEADLINE, task=1)))
    assert set(json.loads(encode(Draft(Action.DONE, task=1)))) == {*FIELDS, "id"}


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


DRAFT = st.builds(
    lambda action, task, unit, note: Draft(
        action, task, unit, note=note, letter=1 if action is Action.REMIND else None
    ),
    st.sampled_from(Action),
    st.integers(1, 99),
    TEXT | st.none(),
    TEXT | st.none(),
)


@given(DRAFT)
@example(FULL._replace(by=None))
@example(Draft(Action.UNDO, undoes="0" * 12))
def test_what_is_encoded_is_decoded(draft):
    entry = record_format.decode(encode(draft, seq=7)[:-1])
    assert (entry.seq, entry.at, entry.by, entry.batch) == (7, AT, "李", "b")
    for name in set(Draft._fields) - {"by"}:
        assert getattr(entry, name) == getattr(draft, name), name
    assert record_format.seq_of(encode(draft, seq=7)) == 7


def test_any_altered_byte_is_found():
    line = encode()[:-1]
    for i in range(len(line)):
        altered = line[:i] + bytes([line[i] ^ 1]) + line[i + 1 :]
        assert not record_format.is_whole(altered), i
        with pytest.raises(record_format.DamagedLine, match="校验码不符"):
            record_format.decode(altered)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"action": "fly"}, "不认识的动作“fly”"),
        ({"seq": 0}, "不是编号"),
        ({"seq": True}, "不是编号"),
        ({"seq": "1"}, "不是编号"),
        ({"task": "1"}, "不是编号"),
        ({"seq": 10**12 + 1}, "不是编号"),
        ({"task": 2**31}, "不是编号"),
        ({"task": 0}, "不是编号"),
        ({"at": "昨天"}, "时区"),
        ({"at": "2019-11-01T09:00:00"}, "时区"),
        ({"at": "2019-W44-5T09:00:00+08:00"}, "时区"),
        ({"at": "2019-02-29T09:00:00+08:00"}, "不是 gkcheck"),
        ({"at": "2019-11-01T24:00:00+08:00"}, "时区"),  # which Python 3.14 would take
        ({"by": None}, "类型不对"),
        ({"unit": 5}, "类型不对"),
        ({"note": ["a"]}, "类型不对"),
        ({"batch": 1}, "类型不对"),
        ({"evidence": [{"kind": "url", "value": "a", "colour": "red"}]}, "不是 gkcheck"),
        ({"evidence": 3}, "不是列表"),
        ({"evidence": None}, "不是列表"),
        ({"evidence": {}}, "不是列表"),
        ({"evidence": ["a"]}, "不是 gkcheck"),
        ({"evidence": [{"kind": "url", "value": ["x"]}]}, "佐证"),
        ({"evidence": [{"kind": "url", "value": None}]}, "佐证"),
        ({"evidence": [{"kind": "link", "value": "x"}]}, "佐证"),
        ({"evidence": [{"kind": "url", "value": "x", "title": 1}]}, "佐证"),
        ({"evidence": [{"kind": "file", "value": "x", "sha256": "\0"}]}, "sha256"),
        ({"evidence": [{"kind": "url", "value": "x", "published": "2019"}]}, "日期"),
        ({"on": "2019-02-29"}, "不是 gkcheck"),
        ({"on": "2019-W52-1"}, "日期"),
        ({"on": "20191231"}, "日期"),
        ({"on": 20191231}, "不是 gkcheck"),
        ({"due": "later"}, "日期"),
        ({"undoes": 4}, "类型不对"),
        ({"form": []}, "类型不对"),
    ],
)
def test_a_whole_line_of_another_form_is_unknown_not_damaged(change, reason):
    with pytest.raises(record_format.UnknownLine, match=reason):
        record_format.decode(signed({**FIELDS, **change}))


def test_a_whole_line_without_a_field_is_unknown():
    assert record_format.decode(signed(FIELDS)).task == 1
    for name in FIELDS:
        with pytest.raises(record_format.UnknownLine):
            record_format.decode(signed({key: value for key, value in FIELDS.items() if key != name}))


def test_a_line_is_read_to_the_same_depth_by_every_python():
    """What a desk with another Python could not read is not counted here either; signs within texts nest nothing."""

    def nested(depth):
        value = []
        for _ in range(depth - 2):
            value = [value]
        return signed(FIELDS | {"x": value, "note": '["{' * 100 + "\\"})

    assert record_format.decode(nested(record_format.MAX_DEPTH)).task == 1
    with pytest.raises(record_format.UnknownLine, match="嵌套"):
        record_format.decode(nested(record_format.MAX_DEPTH + 1))


def test_a_line_too_long_is_no_entry(monkeypatch):
    line = encode()[:-1]
    monkeypatch.setattr(record_format, "MAX_LINE", len(line) - 1)
    with pytest.raises(record_format.DamagedLine, match=f"超过 {len(line) - 1} 字节"):
        record_format.decode(line)


@pytest.mark.parametrize(
    ("line", "seq"),
    [(b'{"seq":12,', 12), (b'{"seq":0,', None), (b'{"seq":01,', None), (b'{"at":1,"seq":3,', None), (b"", None)],
)
def test_the_seq_of_a_line_of_any_version(line, seq):
    assert record_format.seq_of(line) == seq


def test_entries_are_saved_out_of_damaged_bytes():
    one, two = encode(seq=1)[:-1], encode(seq=2)[:-1]
    assert record_format.split_damaged(one + two) == ([one, two], b"")
    assert record_format.split_damaged(b'{"seq":' + one + b"garbage" + two + b"}") == ([one, two], b'{"seq":garbage}')
    assert record_format.split_damaged(one[:-9] + two) == ([two], one[:-9])
    assert record_format.split_damaged(one[:-1] + b"]") == ([], one[:-1] + b"]")
    assert record_format.split_damaged(one[:-33] + b"0" * 32 + b'"}' + two) == ([two], one[:-33] + b"0" * 32 + b'"}')


# -- the header ------------------------------------------------------------------------------------------

HEADER = record_format.header(PLAN)
DEEP = b"[" * 100_000


def test_the_header_names_the_plan():
    assert HEADER == b'{"format": "gkcheck-journal", "version": 1, "plan": "taishan-2019"}\n'
    assert record_format.read_header(HEADER) == PLAN


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[1]", b"not json", b"\xff", DEEP, b'{"format": "other", "version": 1, "plan": "p"}'],
    ids=lambda line: repr(line[:60]),
)  # fmt: skip
def test_what_is_no_header_is_damaged(line):
    with pytest.raises(record_format.DamagedLine, match="不是 gkcheck 日志的首行"):
        record_format.read_header(line)


@pytest.mark.parametrize(("version", "plan"), [(0, '"p"'), ('"1"', '"p"'), ("true", '"p"'), (1, "5"), (1, "null")])
def test_a_header_with_a_wrong_field_is_damaged(version, plan):
    with pytest.raises(record_format.DamagedLine, match="version 或 plan 不对"):
        record_format.read_header(b'{"format": "gkcheck-journal", "version": %s, "plan": %s}' % (
            str(version).encode(), plan.encode()))  # fmt: skip


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (HEADER, None),
        (b"", None),
        (b"\n", "首行是空的"),
        (HEADER[:9], "没有写完"),
        (HEADER.replace(b": ", b":"), "首行有改动"),
        (b"hello\n", "以下按本计划的日志读取"),
    ],
)
def test_the_fault_of_a_header(tmp_path, line, fault):
    found = header_fault(tmp_path, PLAN, line)
    assert (found is None) if fault is None else (fault in found)


@pytest.mark.parametrize(("old", "new"), [(b"taishan-2019", b"other"), (b'"version": 1', b'"version": 2')])
def test_another_plan_and_a_newer_version_are_refused(tmp_path, old, new):
    with pytest.raises(BadJournal, match="第 1 行"):
        header_fault(tmp_path, PLAN, HEADER.replace(old, new))


# -- reading ---------------------------------------------------------------------------------------------


def test_lines_are_read_with_their_numbers_and_faults(monkeypatch):
    one, unknown = encode()[:-1], signed({**FIELDS, "action": "fly"})
    monkeypatch.setattr(record_format, "MAX_LINE", 1000)
    content = b"\n".join([one, b"", unknown, b"garbage", b"x" * 5000, one, one[:20]])
    lines = [line for number, _, data in numbered(io.BytesIO(content), len(content)) for line in lines_at(number, data)]
    assert [line.number for line in lines] == [2, 4, 5, 6, 7, 8]
    assert [line.is_damaged for line in lines] == [False, False, True, True, False, True]
    assert [bool(line.entry) for line in lines] == [True, False, False, False, True, False]
    assert (lines[0].data, lines[1].data, lines[1].unknown) == (one, unknown, True)
    for line, fault in zip(lines[1:4], ["已保留但不计入", "校验码不符", "超过 1000 字节"], strict=True):
        assert fault in str(line.fault)
    assert "没有写完" in str(lines[-1].fault)


@pytest.mark.parametrize("size", [1, 7, 64, 400, 1000])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\ntorn"])
def test_lines_are_the_same_many_at_once(monkeypatch, size, end):
    """However little is read at once, with lines longer than that and longer than any entry."""
    monkeypatch.setattr(record_format, "MAX_LINE", 1000)
    monkeypatch.setattr(reader, "_BLOCK", size)
    content = b"\n".join([b"one", b"", b"x" * 5000, b"y" * 1001, b"z" * 300, *[b"short"] * 300, b"last"]) + end
    found = []
    for number, place, lines, is_complete in blocks_of_lines(io.BytesIO(content), len(content)):
        for line in lines:
            found.append((number, place, line + b"\n" * is_complete))
            number, place = number + 1, place + len(line) + 1
    assert found == list(numbered(io.BytesIO(content), len(content)))


ONE, TWO = encode(seq=1)[:-1], encode(seq=2)[:-1]


@pytest.mark.parametrize(
    ("content", "tail"),
    [
        (b"", (0, 0, b"", False)),
        (HEADER, (len(HEADER), 0, b"", False)),
        (HEADER[:-1], (len(HEADER) - 1, 0, b"", True)),
        (HEADER[:5], (0, 0, HEADER[:5], False)),
        (HEADER + ONE + b"\n", (len(HEADER + ONE) + 1, 1, b"", False)),
        (HEADER + ONE + b"\n" + TWO, (len(HEADER + ONE + TWO) + 1, 2, b"", True)),
        (HEADER + ONE + b"\n" + TWO[:30], (len(HEADER + ONE) + 1, 1, TWO[:30], False)),
        (HEADER + TWO + b"\ngarbage\n\n", (len(HEADER + TWO) + 10, 2, b"", False)),
        (HEADER + TWO + b'\n{"seq":9,"at"}\n', (len(HEADER + TWO) + 16, 2, b"", False)),
        (HEADER + TWO + b"\n" + b"x" * 300_000, (len(HEADER + TWO) + 1, 2, b"x" * 300_000, False)),
        (HEADER + TWO + b"\n" + b"x" * 300_000 + b"\n", (len(HEADER + TWO) + 300_002, 2, b"", False)),
    ],
)
def test_the_tail_of_a_file(content, tail):
    assert read_tail(io.BytesIO(content), len(content), HEADER)[:4] == tail


@pytest.mark.parametrize("size", [0, 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 1 << 20])
def test_blocks_grow_from_the_end_to_the_whole_file(size):
    content = bytes(i % 251 for i in range(size))
    blocks = list(blocks_to_end(io.BytesIO(content), size))
    assert all(block == content[start:] for start, block in blocks)
    starts = [start for start, _ in blocks]
    assert starts[-1] == 0
    assert starts == sorted(set(starts), reverse=True)


def test_only_regular_files_are_opened(tmp_path):
    with open_regular(tmp_path / "none") as file:
        assert file is None
    with pytest.raises(StoreFault, match="是一个目录"), open_regular(tmp_path):
        pass


# -- live entries ----------------------------------------------------------------------------------------


def made(seq, action=Action.DONE, batch=None, undoes=None, on="2019-11-01"):
    id_ = f"{seq:032x}"
    return Entry(seq, AT, "李", 1, None, action, None, None, (), batch or f"b{seq}", id_, on=on, undoes=undoes)


@pytest.mark.parametrize(
    ("undos", "undone"),
    [
        ({}, set()),
        ({2: "b1"}, {"b1"}),
        ({2: "b1", 3: "b2"}, {"b2"}),
        ({2: "b1", 3: "b2", 4: "b3"}, {"b3", "b1"}),
        ({2: "b1", 3: "b1"}, {"b1"}),
        ({2: "b1", 3: "b1", 4: "b2"}, {"b1", "b2"}),
        ({2: "b2"}, set()),
        ({2: "none"}, {"none"}),
    ],
)
def test_an_undo_counts_unless_it_is_undone(undos, undone):
    entries = [made(1), *(made(seq, Action.UNDO, undoes=batch) for seq, batch in undos.items())]
    assert undone_batches(entries) == undone
    assert undone_batches(reversed(entries)) == undone


def test_entries_and_undos_of_later_days_are_not_live():
    entries = [made(3, Action.UNDO, undoes="b1", on="2019-11-03"), made(2, on="2019-11-02"), made(1)]
    assert [entry.seq for entry in live_entries(entries)] == [2, 3]
    assert [entry.seq for entry in live_entries(entries, date(2019, 11, 2))] == [1, 2]
    assert [entry.seq for entry in live_entries(entries, date(2019, 11, 1))] == [1]
    assert undone_batches(entries, "2019-11-02") == set()
    assert undone_batches(entries, "2019-11-03") == {"b1"}


# -- without decoding -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [(1, None), (37, "市教育局"), (2, '引号"'), (2, "")])
def test_a_key_is_read_as_it_is_written(key):
    written = encode_key(*key)
    assert decode_key(written) == key
    assert written.encode() + b',"action":' in encode(Draft(Action.DONE, task=key[0], unit=key[1]))


def test_lines_are_ordered_as_their_entries_are():
    lines = [
        encode(seq=seq, at=at, batch=batch)[:-1]
        for seq in (1, 2)
        for at in (AT, AT.replace("09", "08"))
        for batch in "ab"
    ]
    by_entry = sorted(lines, key=lambda line: record_format.decode(line).order)
    assert sorted(lines, key=order_of) == by_entry != lines


# -- stores ----------------------------------------------------------------------------------------------


def test_an_address_chooses_the_store(tmp_path):
    journal = open_journal(str(tmp_path / "journal.jsonl"), PLAN, lock_limit=3.0)
    assert isinstance(journal, FileJournal)
    assert (journal.name, journal.plan, journal.lock_limit) == (str(tmp_path / "journal.jsonl"), PLAN, 3.0)
    assert type(open_journal("postgresql://a:secret@b/c", PLAN)).__name__ == "PostgresJournal"
    assert "secret" not in open_journal("postgresql://a:secret@b/c", PLAN).name
