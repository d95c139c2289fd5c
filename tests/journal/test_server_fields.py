"""Every field of a line that is pushed by hand: the server refuses each wrong type and shape, from whomever."""

from __future__ import annotations

import hashlib
import json

import pytest

psycopg = pytest.importorskip("psycopg")

from gkcheck.errors import BadJournal  # noqa: E402
from gkcheck.journal import record_format  # noqa: E402
from gkcheck.journal.postgres import schema  # noqa: E402
from gkcheck.journal.postgres.store import PostgresJournal  # noqa: E402
from gkcheck.model import Action, Draft  # noqa: E402
from tests.conftest import ROOT  # noqa: E402
from tests.journal.conftest import PLAN  # noqa: E402
from tests.journal.exchange import contents, entry_line, merge  # noqa: E402

AT = "2019-11-01T09:00:00.000000+08:00"
UNIT = "市教育局"
INSERT = "INSERT INTO gkcheck.entries (plan, payload) VALUES (%s, %s)"
ITEM = {"kind": "url", "value": "https://a.example/1", "title": "标题", "published": "2019-10-01", "sha256": "0" * 64}
FIELDS = {"seq": 7, "at": AT, "by": "李", "task": 23, "unit": UNIT, "action": "done", "of": "0" * 16, "note": "说明"}
FIELDS |= {"evidence": [ITEM], "on": "2019-10-31", "due": "2019-12-01", "undoes": None, "form": "f", "batch": "b"}

NO_TEXT = [7, 1.5, True, ["x"], {"x": 1}, "\ud800"]
NO_NUMBER = ["7", 1.5, True, False, [7], {"x": 1}, -1, 0, 2**63, float("inf")]
NO_DAY = [
    *NO_TEXT,
    "",
    "2019-02-30",
    "2019-1-1",
    "20191101",
    "2019-W52-1",
    "infinity",
    "2019-11-01T00:00:00",
    "today",
    "10000-01-01",
]
MISSING = object()

WRONG = {
    "seq": [*NO_NUMBER, None, MISSING, 10**12 + 1, 999_999_999_999_999],
    "at": [*NO_TEXT, None, MISSING, "", "now", "2019-11-01", "2019-11-01T09:00:00", "2019-02-30T09:00:00+08:00", "2019-11-01T25:00:00+08:00"],
    "by": [*NO_TEXT, None, MISSING],
    "task": [*NO_NUMBER, MISSING, 2**31],
    "unit": [*NO_TEXT, MISSING, "", "市\x00局", "局" * 1000],
    "action": [*NO_TEXT, None, MISSING, "", "approve", "DONE"],
    "of": [*NO_TEXT, MISSING],
    "note": [*NO_TEXT, MISSING],
    "evidence": [*NO_TEXT, None, MISSING, [7], ["x"], [None], [[]]],
    "on": NO_DAY,
    "due": NO_DAY,
    "undoes": NO_TEXT,
    "form": NO_TEXT,
    "batch": [*NO_TEXT, None, MISSING, "b\x00", "b" * 1000],
    "recorded_by": [*NO_TEXT, None, ""],
    "problem": [*NO_TEXT, None, ""],
    "next": [*NO_TEXT, None, ""],
    "letter": [1, None],
    "reply_by": ["2019-12-01", None],
    "every": ["month", None],
}  # fmt: skip
WRONG_REMINDER = {"letter": [*NO_NUMBER, None, MISSING, 2**31], "reply_by": [*NO_DAY, None]}
WRONG_DEADLINE = {"every": [*NO_TEXT, None, "", "week", "MONTH"]}
WRONG_ITEM = {
    "kind": [*NO_TEXT, None, MISSING, "", "video", "URL"],
    "value": [*NO_TEXT, None, MISSING],
    "title": NO_TEXT,
    "published": NO_DAY,
    "sha256": [*NO_TEXT, "", "0" * 63, "../../x", "G" * 64],
    "other": ["x", None, 1],
}
SOUND = {
    "all": {},
    "whole task": {"unit": None},
    "no evidence": {"evidence": []},
    "null where there may be nothing": {"of": None, "note": None, "on": None, "due": None, "form": None, "evidence": [dict.fromkeys(ITEM) | {"kind": "text", "value": "文号"}]},
    "greatest task": {"task": 2**31 - 1},
    "texts": {"note": "引号\"、\\u0000 与\x00\n换行🙂\u2028", "by": "李\x00\x00", "evidence": [ITEM | {"title": "\\\x00\\\\\x00"}]},
    "an escaped backslash": {"batch": "b\\u0000", "note": "\x00"},
    "a key of later versions": {"colour": "red"},
    "a claim with all its words": {"recorded_by": "录入", "problem": "缺数据\x00", "next": "催要"},
    "a reminder": {"action": "remind", "letter": 2**31 - 1, "reply_by": "2019-12-01"},
    "a reminder without a day": {"action": "remind", "letter": 1},
    "a deadline that comes round again": {"action": "deadline", "every": "half-year"},
}  # fmt: skip


def sealed(fields: dict[str, object]) -> str:
    """A line of any fields, with the id of its own bytes; lone surrogates as JSON can write them."""
    whole = {key: value for key, value in fields.items() if value is not MISSING}
    before = json.dumps(whole, ensure_ascii="\\ud8" in json.dumps(whole), separators=(",", ":"))[:-1]
    return before + f',"id":"{hashlib.sha256(before.encode()).hexdigest()[:32]}"}}'


def wrong_lines():
    for key, values in WRONG.items():
        yield from ((key, sealed(FIELDS | {key: value})) for value in values)
    for action, wrong in (("remind", WRONG_REMINDER), ("deadline", WRONG_DEADLINE)):
        fields = FIELDS | {"action": action} | ({"letter": 1} if action == "remind" else {})
        for key, values in wrong.items():
            yield from ((f"{action} {key}", sealed(fields | {key: value})) for value in values)
    for key, values in WRONG_ITEM.items():
        for value in values:
            item = {name: one for name, one in (ITEM | {key: value}).items() if one is not MISSING}
            yield (f"evidence {key}", sealed(FIELDS | {"evidence": [item]}))
    yield ("a key twice", sealed(FIELDS).replace('"note":', '"unit":"市财政局","note":'))
    yield ("a key twice, once by escape", sealed(FIELDS | {"x": 1}).replace('"x":1', '"\\u0075nit":"市财政局"'))
    yield ("nested", sealed(FIELDS | {"x": 1}).replace('"x":1', '"x":' + "[" * 50_000 + "]" * 50_000))


def resealed(line: str) -> str:
    before = line[: line.rindex(',"id":"')]
    return before + f',"id":"{hashlib.sha256(before.encode()).hexdigest()[:32]}"}}'


@pytest.fixture
def accounts(server, database, url):
    schema.grant(url, PLAN, "f_unit", schema.RoleKind.UNIT, UNIT)
    schema.grant(url, PLAN, "f_office", schema.RoleKind.OFFICE)
    return [server.url(role, database) for role in ("f_unit", "f_office")] + [url]


def test_every_field_is_checked(accounts):
    """Each field with each wrong type, from a unit, the office and the owner; as many as the manual says."""
    lines = [(what, resealed(line)) for what, line in wrong_lines()]
    assert f"{len(lines)} 种写坏的行" in (ROOT / "docs" / "server.md").read_text("utf-8")
    for address in accounts:
        with psycopg.connect(address, autocommit=True) as connection:
            for what, line in lines:
                with pytest.raises(psycopg.Error) as refused:
                    connection.execute(INSERT, [PLAN, line])
                assert refused.value.sqlstate == "GK001", (what, line[:300], refused.value)
    assert contents(PostgresJournal(accounts[-1], PLAN)) == ([], [])


STRICTER = {"unit": ["", "市\x00局", "局" * 1000], "batch": ["b\x00", "b" * 1000]}
"""Names that a file may hold and the columns of a table may not; besides keys that stand twice."""


def test_files_and_databases_refuse_the_same():
    """A line that is refused here is no entry of a file either, so that no push fails on what a journal counts."""
    excepted = {resealed(sealed(FIELDS | {key: value})) for key, values in STRICTER.items() for value in values}
    for what, line in wrong_lines():
        if resealed(line) not in excepted and "twice" not in what:
            with pytest.raises(record_format.UnknownLine):
                record_format.decode(resealed(line).encode())


ASK = [
    "tasks",
    "status",
    "show 23",
    "log",
    "matrix",
    "units",
    "check",
    "remind --list",
    "evidence",
    "export x.csv",
    "report x.html",
    "undo",
    "done 23",
    "confirm 23",
]


@pytest.mark.parametrize("step", [23, pytest.param(1, marks=pytest.mark.long)])
def test_no_line_that_was_forced_in_ends_a_command(gk, server, database, url, tmp_path, monkeypatch, step):
    """A superuser switched the triggers off: lines that are no entries are named by `check` and stop nobody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GKCHECK_STORE", url)
    lines = [resealed(line) for _, line in wrong_lines()][::step]
    values = "'2019-11-01', 'x', 23, %s, 'done', 'b', NULL, true, true, %s, 'x', now(), true"
    with psycopg.connect(server.url("postgres", database), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for seq, line in enumerate(lines, 1):
            superuser.execute(
                f"INSERT INTO gkcheck.entries VALUES ('{PLAN}', %s, %s, {values}) ON CONFLICT DO NOTHING",
                [line[-34:-2], seq, UNIT, line],
            )
        superuser.execute(f"INSERT INTO gkcheck.cells VALUES ('{PLAN}', '{UNIT}', 23)")
    for words in ASK:
        answer = gk(*words.split())
        assert answer.code in (0, 1, 2), (words, answer)
        assert "Traceback" not in answer.err
    assert gk("check").code == 1


def test_no_setting_of_a_session_changes_what_is_checked(accounts):
    """Backslashes in our functions mean the same, however the session reads strings, days and nulls."""
    with psycopg.connect(accounts[0], autocommit=True) as connection:
        connection.execute(
            "SET standard_conforming_strings = off; SET transform_null_equals = on; SET DateStyle = 'SQL, DMY'"
        )
        for _, line in list(wrong_lines())[::7]:
            with pytest.raises(psycopg.Error):
                connection.execute(INSERT, [PLAN, resealed(line)])
        connection.execute(INSERT, [PLAN, sealed(FIELDS | SOUND["texts"] | {"batch": "c"})])


def test_what_is_refused_here_is_no_entry_in_a_file_either(accounts):
    """And the other way about: what a server takes in, every reader understands."""
    for case, changes in SOUND.items():
        line = sealed(FIELDS | changes)
        with psycopg.connect(accounts[-1], autocommit=True) as connection:
            connection.execute(INSERT, [case, line])
        assert contents(PostgresJournal(accounts[-1], case)) == (
            [entry_line(line.encode())],
            [],
        ), case


def entry(seq):
    line = record_format.encode(Draft(Action.DONE, task=23, unit=UNIT), seq=seq, at=AT, by="测试", batch="b")[:-1]
    return entry_line(line)


def test_seq_neither_leaps_nor_runs_away(url):
    """More than a million over what is there is refused by name, in one statement or two; writes go on."""
    journal = PostgresJournal(url, PLAN)
    most = record_format.MAX_LEAP
    assert journal.merge([entry(most)], at=AT) == 1
    for lines in ([entry(2 * most + 1)], [entry(2 * most), entry(3 * most + 1)], [entry(2), entry(2 * most + 1)]):
        with pytest.raises(BadJournal, match=f"记录 {lines[-1].entry.id} 的 seq {lines[-1].entry.seq} .*大出太多"):
            journal.merge(lines, at=AT)
        assert journal.read().entries == [entry(most).entry]
    assert merge(journal, [entry(3 * most), entry(2 * most), entry(5)]) == 3
    (new,) = journal.record(lambda history: [Draft(Action.DONE, task=24)], by="测试", at=AT)
    assert new.seq == 3 * most + 1
    assert PostgresJournal(url, "other-plan").merge([entry(most)], at=AT) == 1


def test_leaps_do_not_use_up_the_numbers(url):
    """A thousand leaps of a million: the next is refused, and everybody goes on."""
    journal = PostgresJournal(url, PLAN)
    most = record_format.MAX_LEAP
    assert journal.merge([entry(number * most) for number in range(1, 1001)], at=AT) == 1000
    with pytest.raises(BadJournal, match="大出太多"):
        journal.merge([entry(1001 * most)], at=AT)
    assert journal.merge([entry(1000 * most + 1000)], at=AT) == 1
    (new,) = journal.record(lambda history: [Draft(Action.DONE, task=24)], by="测试", at=AT)
    assert new.seq == 1000 * most + 1001


def test_a_pushed_file_that_leaps_is_named_and_stops_nobody(gk, url, tmp_path):
    here = tmp_path / "here.jsonl"
    gk("done", 23, "--store", here)
    for seq in (10**12, 999_999_999_999_999):
        far = record_format.encode(Draft(Action.DONE, task=24), seq=seq, at=AT, by="测试", batch="b")
        source = tmp_path / f"{seq}.jsonl"
        source.write_bytes(here.read_bytes() + far)
        answer = gk("push", url, "--store", source)
        assert answer.code in (1, 2)
        assert str(source) in answer.out or far[-35:-3].decode() in answer.err
        assert gk("done", 25, "--note", str(seq), "--store", url).code == 0
    assert max(entry.seq for entry in PostgresJournal(url, PLAN).read().entries) < 10
