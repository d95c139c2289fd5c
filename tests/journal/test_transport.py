"""Journals that git, Notepad, PowerShell, mail or a power cut has changed: every entry read, one warning, mended."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.journal import file_store, record_format
from gkcheck.journal.reader import lines_at, numbered
from gkcheck.journal.transport import lines_in, mended
from gkcheck.model import Action, Draft
from tests import processes
from tests.conftest import needs
from tests.journal.exchange import faults
from tests.journal.faults import AT, PLAN, filled, ids, journal_at

HEADER = record_format.header(PLAN)
ROOT = Path(__file__).resolve().parents[2]


def in_utf16(data):
    return data.decode().encode("utf-16")


TRANSPORTS = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "CRCRLF": lambda data: data.replace(b"\n", b"\r\r\n"),
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": in_utf16,
    "UTF-16 without BOM": lambda data: data.decode().encode("utf-16-le"),
    "UTF-16 BE without BOM": lambda data: data.decode().encode("utf-16-be"),
    "PowerShell": lambda data: in_utf16(data.replace(b"\n", b"\r\n")),
    "UTF-32": lambda data: data.decode().encode("utf-32"),
    "Notepad": lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
    "blanks": lambda data: data.replace(b"\n", b" \t\n"),
    "blanks after entries": lambda data: HEADER + data[len(HEADER) :].replace(b"\n", b"  \n"),
    "CRLF after entries": lambda data: HEADER + data[len(HEADER) :].replace(b"\n", b"\r\n"),
    "indented": lambda data: HEADER + b"".join(b"    " + line + b"\n" for line in data.split(b"\n")[1:-1]),
    "joined header": lambda data: data.replace(b"\n", b"", 1),
    "header and blank": lambda data: data.replace(b"\n", b" ", 1),
    "no line breaks": lambda data: data.replace(b"\n", b""),
    "no last line break": lambda data: data.replace(b"\n", b"\r\n")[:-2],
    "no line breaks after the header": lambda data: HEADER + data[len(HEADER) :].replace(b"\n", b""),
    "NUL": lambda data: b"\x00" * 512 + data,
    "one NUL": lambda data: b"\x00" + data,
    "NUL and CRLF": lambda data: b"\x00" * 4096 + data.replace(b"\n", b"\r\n"),
    "empty lines": lambda data: b"\n\n" + data,
    "end mark of DOS": lambda data: data.replace(b"\n", b"\r\n") + b"\x1a",
    "a BOM in the middle": lambda data: HEADER + b"\xef\xbb\xbf" + data[len(HEADER) :],
    "GB18030": lambda data: data.decode().encode("gb18030"),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


@pytest.fixture(params=["short", "long"])
def length(request, monkeypatch):
    if request.param == "long":
        monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)


@pytest.mark.parametrize("name", TRANSPORTS)
def test_every_entry_is_read_with_one_warning_and_mended(path, gk, name, length):
    """5 of 5: read by queries, reported by check, put back byte for byte by repair."""
    filled(path, 5)
    whole = path.read_bytes()
    path.write_bytes(TRANSPORTS[name](whole))
    if name == "empty lines" or path.read_bytes() != whole:
        for command in (["log", "--format", "json"], ["tasks"], ["show", "23"], ["undo", "--dry-run"]):
            answer = gk(*command, "--store", path)
            assert (answer.code, answer.err.count("\n"), answer.err.count("警告")) == (0, 1, 1), answer
        assert len(gk("log", "--format", "json", "--store", path).json()) == 5
        checked = gk("check", "--store", path)
        assert (checked.code, checked.out.count("传送")) == (1, 1), checked.out
    mended_ = gk("repair", "--store", path)
    assert (mended_.code, mended_.err) == (0, "")
    assert path.read_bytes() == whole
    assert faults(journal_at(path)) == []
    assert not list(path.parent.glob("*.damaged-*"))


@pytest.mark.parametrize("name", TRANSPORTS)
def test_what_is_recorded_in_a_changed_journal_is_there(path, gk, name, length):
    """After the others, and counted on from them."""
    known = ids(filled(path, 5))
    path.write_bytes(TRANSPORTS[name](path.read_bytes()))
    answer = gk("done", "23", "--unit", "市教育局", "--store", path)
    assert (answer.code, "警告" in answer.err) == (0, True)
    after = journal_at(path).read().entries
    assert [entry.id for entry in after][:5] == known
    assert [entry.seq for entry in after] == [1, 2, 3, 4, 5, 6]
    assert not list(path.parent.glob("*.torn-*"))
    gk("repair", "--store", path)
    assert ids(journal_at(path)) == [entry.id for entry in after]


@pytest.mark.parametrize("name", TRANSPORTS)
def test_a_changed_journal_is_merged(path, gk, name):
    """Either way: nothing in it is refused."""
    other = path.with_name("other.jsonl")
    known = ids(filled(other, 5))
    other.write_bytes(TRANSPORTS[name](other.read_bytes()))
    filled(path, 2)
    answer = gk("merge", other, "--store", path)
    assert "新 5 条，已有 0 条，未收 0 条" in answer.out
    assert set(known) < set(ids(journal_at(path)))
    assert gk("merge", path, "--store", other).code == 0
    assert ids(journal_at(other)) == ids(journal_at(path))
    assert faults(journal_at(other)) == []


def test_the_sample_of_autocrlf(gk, path):
    path.write_bytes((Path(__file__).parent / "crlf-autocrlf.jsonl").read_bytes())
    assert faults(journal_at(path))
    assert gk("repair", "--store", path).code == 0
    assert faults(journal_at(path)) == []
    assert b"\r" not in path.read_bytes()


def test_damage_in_a_changed_journal_is_still_damage(path, gk):
    """A flipped byte is named by its line, and set aside alone."""
    filled(path, 5)
    path.write_bytes(in_utf16(path.read_bytes().replace(b'"seq":3', b'"seq":4', 1)))
    checked = gk("check", "--store", path).out
    assert f"{path}:4: 记录已损坏" in checked
    gk("repair", "--store", path)
    assert len(ids(journal_at(path))) == 4
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes().count(b"\n") == 1


@given(st.binary(max_size=300))
def test_no_bytes_stop_the_reader(data):
    for content in (data, HEADER + data, HEADER[:-1] + data, b"\xff\xfe" + data):
        file, _ = mended(io.BytesIO(content))
        file.readline()
        for number, _, line in numbered(file, len(content) * 2):
            lines_at(number, line)
        lines_in(content)


@pytest.mark.parametrize(
    "line",
    [
        b'{"seq":' * 150_000 + b',"id":"' + b"0" * 32 + b'"}',
        b'{"seq":1' + b',"id":"00000000000000000000000000000000"}' * 25_000,
        b" " * 1_000_000,
        b'"}' + b" \t" * 500_000,
        b'"} ' * 300_000,
    ],
    ids=["beginnings", "ids", "blanks", "tabs", "ends"],
)
def test_hostile_lines_are_read_in_linear_work(line, monkeypatch):
    """The bytes that are hashed do not grow faster than the line."""
    hashed = 0
    real = record_format._hash

    def counted(before):
        nonlocal hashed
        hashed += len(before)
        return real(before)

    monkeypatch.setattr(record_format, "_hash", counted)
    lines_in(line)
    mended(io.BytesIO(b'{"format": "gkcheck-journal", "version": 1, "plan": "p"}{"seq":' + line))
    assert hashed <= 4 * len(line)


def test_git_leaves_journals_alone(tmp_path):
    """With the .gitattributes of this project a journal comes out of git as it went in, autocrlf or not."""
    needs("git")
    filled(tmp_path / "journal.jsonl", 3)
    whole = (tmp_path / "journal.jsonl").read_bytes()
    (tmp_path / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    git = ["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=true"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        processes.run([*git, *words], check=True)
    (tmp_path / "journal.jsonl").unlink()
    processes.run([*git, "checkout", "--", "journal.jsonl"], check=True)
    assert (tmp_path / "journal.jsonl").read_bytes() == whole


# -- the order of facts ------------------------------------------------------------------------------------


def line(seq, action=Action.DONE, note=None):
    return record_format.encode(
        Draft(action, task=23, unit="市教育局", note=note), seq=seq, at=AT, by="测", batch=f"{seq:012x}"
    )


def claim(gk, path):
    (task,) = [task for task in gk("tasks", "--store", path, "--format", "json").json() if task["id"] == 23]
    return task["assignments"][0]["status"]


@pytest.mark.parametrize("repaired", [False, True])
def test_two_journals_put_together_count_on_from_the_greater(path, gk, length, repaired):
    """`cat a b > c`: a later reopen counts, with repair and without."""
    path.write_bytes(HEADER + b"".join(map(line, range(1, 41))) + HEADER + b"".join(line(i, note="b") for i in (1, 2)))
    if repaired:
        assert gk("repair", "--store", path).code == 0
        assert gk("check", "--store", path).code == 0
    assert gk("reopen", "23", "--unit", "市教育局", "--store", path).code == 0
    assert claim(gk, path) == "todo"
    assert journal_at(path).read().entries[-1].seq == 41


def test_joined_lines_count_before_their_repair(path, gk, length):
    """An entry recorded beside a damaged line is later than what a repair saves out of that."""
    path.write_bytes(HEADER + line(1) + line(2)[:-1] + b"garbage" + line(3) + line(1, note="b"))
    assert gk("reopen", "23", "--unit", "市教育局", "--store", path).code == 0
    assert gk("repair", "--store", path).code == 0
    assert claim(gk, path) == "todo"
    assert [entry.seq for entry in journal_at(path).read().entries] == [1, 1, 2, 3, 4]


def test_a_journal_out_of_order_is_reported_and_put_in_order(path, gk, length):
    path.write_bytes(HEADER + line(2) + line(1))
    assert gk("tasks", "--store", path).err == ""
    checked = gk("check", "--store", path)
    assert (checked.code, f"{path}:3: 从这一行起记录的先后不对" in checked.out) == (1, True)
    assert gk("repair", "--store", path).code == 0
    assert path.read_bytes() == HEADER + line(1) + line(2)
    assert gk("check", "--store", path).code == 0


LEAP = record_format.MAX_LEAP


@pytest.mark.parametrize("seq", [LEAP + 3, 10**12, 999_999_999_999])
def test_a_seq_that_leaps_is_refused_with_its_line(path, gk, length, seq):
    """Read without it, named by check, set aside by repair; the entries after it have numbers of their own."""
    path.write_bytes(HEADER + line(1) + line(2) + line(seq, Action.CONFIRM))
    assert claim(gk, path) == "done"
    assert gk("reopen", "23", "--unit", "市教育局", "--store", path).code == 0
    assert claim(gk, path) == "todo"
    checked = gk("check", "--store", path)
    assert (checked.code, f"{path}:4: 记录的 seq {seq} " in checked.out) == (1, True)
    gk("repair", "--store", path)
    assert [entry.seq for entry in journal_at(path).read().entries] == [1, 2, 3]
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == line(seq, Action.CONFIRM)


def test_a_seq_within_the_leap_counts(path, gk, length):
    path.write_bytes(HEADER + line(1) + line(LEAP + 1, Action.SKIP))
    assert claim(gk, path) == "skipped"
    assert gk("check", "--store", path).code == 0
    gk("done", "23", "--unit", "市教育局", "--store", path)
    assert journal_at(path).read().entries[-1].seq == LEAP + 2


def test_a_seq_that_leaps_does_not_come_in_by_merge(path, gk):
    """From another journal, and out of a part of one whose other entries do not come in."""
    other = path.with_name("other.jsonl")
    filled(path, 2)
    before = path.read_bytes()
    other.write_bytes(HEADER + line(10**12))
    answer = gk("merge", other, "--store", path)
    assert (answer.code, f"{other}:2: 记录的 seq" in answer.out, path.read_bytes() == before) == (1, True, True)
    foreign = record_format.encode(
        Draft(Action.DONE, task=25, unit="市自然资源局"), seq=LEAP, at=AT, by="测", batch="f"
    )
    other.write_bytes(HEADER + foreign + line(LEAP * 2))
    answer = gk("merge", other, "--from", "教育局", "--store", path)
    assert (answer.code, answer.err.count("\n"), path.read_bytes() == before) == (2, 1, True)
    assert f"seq {LEAP * 2} " in answer.err


def test_the_last_number_is_refused_in_words(path, gk, monkeypatch):
    monkeypatch.setattr(record_format, "MAX_SEQ", 3)
    filled(path, 3)
    answer = gk("done", "23", "--store", path)
    assert (answer.code, "seq 已经用完" in answer.err, len(ids(journal_at(path)))) == (2, True, 3)
