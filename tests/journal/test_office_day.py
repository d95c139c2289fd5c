"""The office's day: one zone decides what today is, whatever zone a machine or an entry is in; later facts do not count."""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta

import pytest

from gkcheck.cli import context
from gkcheck.journal import STATUSES, History, file_store, index, record_format
from gkcheck.journal.clock import at_office, in_zone, set_back
from gkcheck.journal.file_store import FileJournal
from gkcheck.journal.stores import open_journal
from gkcheck.model import ZONE, Action, Draft
from gkcheck.plan.reader import read_plan
from gkcheck.plan.writer import render_plan
from tests.conftest import ROOT
from tests.journal.exchange import entry_line

PLAN = "taishan-2019"
UNIT = "市教育局"
DONE = Draft(Action.DONE, task=23, unit=UNIT)


def test_the_clock_is_read_in_one_place():
    readings = re.compile(r"\b(date\.today|datetime\.(now|utcnow|today)|time\.(time|localtime)|astimezone\(\))\b")
    found = [
        (path.name, line.strip())
        for path in (ROOT / "src").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if readings.search(line)
    ]
    assert found == [
        ("atomic_files.py", "return time.time() - os.stat(temporary).st_mtime > _LEFT_BEHIND"),
        ("context.py", 'self._moment = datetime.now(UTC).isoformat(timespec="microseconds")'),
    ]


@pytest.fixture
def clock(monkeypatch):
    """Sets the machine's clock, and the zone it is in."""

    class Clock(datetime):
        moment = 0.0

        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(cls.moment, tz)

    def set_to(moment, zone="UTC"):
        Clock.moment = datetime.fromisoformat(moment).timestamp()
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    monkeypatch.setattr(context, "datetime", Clock)
    yield set_to
    monkeypatch.undo()
    time.tzset()


ZONES = {"UTC": "UTC0", "+08:00": "CST-8", "-05:00": "EST5"}


@pytest.mark.parametrize("machine", ZONES)
@pytest.mark.parametrize(
    ("moment", "at_the_office"),
    [
        ("2019-11-01T15:59:59+00:00", "2019-11-01T23:59:59.000000+08:00"),
        ("2019-11-01T16:00:00+00:00", "2019-11-02T00:00:00.000000+08:00"),
        ("2019-11-01T23:30:00+00:00", "2019-11-02T07:30:00.000000+08:00"),
        ("2019-11-02T04:59:59+00:00", "2019-11-02T12:59:59.000000+08:00"),
        ("2019-11-02T15:59:59+00:00", "2019-11-02T23:59:59.000000+08:00"),
        ("2019-12-31T16:00:00+00:00", "2020-01-01T00:00:00.000000+08:00"),
        ("2020-02-28T16:00:00+00:00", "2020-02-29T00:00:00.000000+08:00"),
    ],
)
def test_today_is_the_office_s_on_every_machine(gk, clock, machine, moment, at_the_office):
    clock(moment, ZONES[machine])
    today = date.fromisoformat(at_the_office[:10])
    assert gk("done", 23, "--unit", UNIT, "--on", today).code == 0
    assert "还没有到" in gk("done", 24, "--on", today + timedelta(days=1)).err
    (entry,) = gk("log", "--format", "json").json()
    assert (entry["at"], entry["on"]) == (at_the_office, str(today))
    assert at_the_office[:16].replace("T", " ") in gk("log").out
    assert len(gk("log", "--since", today, "--until", "今天", "--format", "json").json()) == 1
    assert gk("log", "--until", today - timedelta(days=1), "--format", "json").json() == []
    status = gk("status", "--format", "json").json()
    assert (status["as_of"], status["assignments"]["done"]) == (str(today), 1)
    gk("deadline", 24, today)
    gk("deadline", 25, today - timedelta(days=1))
    overdue = {task["id"] for task in gk("tasks", "--overdue", "--format", "json").json()}
    assert overdue & {24, 25} == {25}
    letter = gk("remind", "--unit", UNIT).out
    assert f"{today.year}年{today.month}月{today.day}日" in letter
    assert f"〔{today.year}〕" in letter
    clock(at_the_office, ZONES[machine])
    assert gk("tasks", "--status", "done", "--as-of", today - timedelta(days=1), "--format", "json").json() == []


def sealed(draft, at, seq=1, batch="b" * 12):
    line = record_format.encode(draft, seq=seq, at=at, by="李", batch=batch)[:-1]
    return entry_line(line)


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2019-11-01T23:30:00+00:00", "2019-11-02"),
        ("2019-11-01T15:59:59.999999+00:00", "2019-11-01"),
        ("2019-11-01T11:00:00-05:00", "2019-11-02"),
        ("2019-11-02T00:30:00+09:00", "2019-11-01"),
        ("2019-11-02T00:00:00+08:00", "2019-11-02"),
    ],
)
def test_an_entry_of_another_zone_is_of_the_office_s_day(gk, clock, store, monkeypatch, long, at, day):
    if long:
        monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    clock("2019-11-30T00:00:00+00:00")
    open_journal(store, PLAN).merge([sealed(DONE, at)], at=at)
    (entry,) = gk("log", "--format", "json").json()
    assert entry["at"] == at, "JSON gives the line as it is written"
    assert f"{day} {in_zone(at, ZONE)[11:16]}" in gk("log").out
    assert len(gk("log", "--since", day, "--until", day, "--format", "json").json()) == 1
    before = date.fromisoformat(day) - timedelta(days=1)
    for as_of, count in ((before, 0), (day, 1), (None, 1)):
        words = ["--as-of", as_of] if as_of else []
        assert gk("status", *words, "--format", "json").json()["assignments"]["done"] == count
    (task,) = gk("tasks", "--unit", UNIT, "--status", "done", "--format", "json").json()
    assert task["assignments"][0]["claim"]["day"] == day


def test_a_plan_may_be_of_another_zone(gk, clock, tmp_path, monkeypatch):
    """The same entry is of another day where the office is elsewhere, in a short journal, a long one and its index."""
    text = (ROOT / "data" / "tasks.yaml").read_text("utf-8")
    plan = tmp_path / "plan.yaml"
    plan.write_text(text.replace("format: 1\n", 'format: 1\nzone: "-05:00"\n'), "utf-8")
    clock("2019-11-02T04:59:59+00:00", "CST-8")
    assert gk("done", 23, "--unit", UNIT, "--plan", plan).code == 0
    assert gk("status", "--plan", plan, "--format", "json").json()["as_of"] == "2019-11-01"
    (entry,) = gk("log", "--plan", plan, "--format", "json").json()
    assert entry["at"] == "2019-11-01T23:59:59.000000-05:00"
    for smallest in (1 << 18, 1, 1):
        monkeypatch.setattr(file_store, "LONG_JOURNAL", smallest)
        for words, count in ((["--plan", plan], 1), ([], 0)):
            status = gk("status", *words, "--as-of", "2019-11-01", "--format", "json").json()
            assert status["assignments"]["done"] == count


@pytest.mark.parametrize("written", ["8", "Asia/Shanghai", "+14:01", "+24:00", "+8:00", "08:00", "[]"])
def test_a_zone_is_an_offset(written):
    text = (ROOT / "data" / "tasks.yaml").read_text("utf-8").replace("format: 1\n", f"format: 1\nzone: {written}\n")
    _, problems = read_plan(text, "t.yaml")
    assert [problem for problem in problems if "zone" in problem.message and problem.where.line]


@pytest.mark.parametrize("zone", ["+08:00", "-05:00", "+14:00", "+00:00"])
def test_the_zone_of_a_plan_is_written_and_read(zone):
    plan, _ = read_plan((ROOT / "data" / "tasks.yaml").read_text("utf-8"), "t.yaml")
    text = render_plan(plan._replace(zone=zone), "表")
    assert read_plan(text, "t.yaml") == (plan._replace(zone=zone), [])
    assert ("zone" in text.split("groups:")[0]) == (zone != ZONE)


# -- facts of days to come ------------------------------------------------------------------------------


def later_line(gk):
    """The line on stderr about facts of days to come; None where there is none."""
    said = [line for line in gk("status").err.splitlines() if "晚于今天" in line]
    assert len(said) <= 1
    return said[0] if said else None


@pytest.mark.parametrize("long", [False, True])
def test_facts_of_days_to_come_are_named_and_not_counted(gk, clock, store, monkeypatch, long):
    if long:
        monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    clock("2019-11-02T01:00:00+00:00")
    assert gk("done", 1, "--unit", UNIT).code == 0
    assert later_line(gk) is None
    journal = open_journal(store, PLAN)
    to_come = [
        sealed(DONE._replace(on="2099-01-01"), "2019-11-01T09:00:00+08:00", seq=2, batch="c" * 12),
        sealed(DONE._replace(task=2), "2019-11-02T16:00:00+00:00", seq=3, batch="d" * 12),
        sealed(DONE._replace(task=3, on="2019-11-02"), "2020-01-01T00:00:00+08:00", seq=4),
    ]
    journal.merge(to_come, at="2019-11-02T09:00:00+08:00")
    assert later_line(gk) == "有 2 条记录的日期晚于今天（2019-11-02），没有计入；用 gkcheck log --later 查看"
    shown = gk("log", "--later", "--format", "json").json()
    assert [entry["task"] for entry in shown] == [23, 2]
    assert gk("status", "--format", "json").json()["assignments"]["done"] == 2
    assert gk("status", "--as-of", "2099-01-01", "--format", "json").json()["assignments"]["done"] == 4
    assert gk("status", "--as-of", "2019-11-02").err == ""
    clock("2019-11-02T16:00:00+00:00")
    assert "有 1 条" in later_line(gk)
    clock("2019-11-02T15:59:59+00:00")
    answer = gk("done", 23, "--unit", UNIT)
    assert "已记录" in answer.out, "what does not count yet is no reason to record nothing"
    assert "有 2 条" in answer.err
    done = gk("tasks", "--unit", UNIT, "--status", "done", "--format", "json").json()
    assert [task["id"] for task in done] == [1, 3, 23]
    assert gk("undo", "c" * 12, "--force").code == 0
    assert gk("undo", "d" * 12).code == 0
    assert later_line(gk) is None
    assert gk("log", "--later", "--format", "json").json() == []


def test_a_writer_sees_what_the_writer_before_it_dated_in_days_to_come(gk, clock, store, monkeypatch):
    """A writer does not read a file that it knows: the index has the greatest day of what was appended, too."""
    monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    clock("2019-11-02T01:00:00+00:00")
    gk("done", 1, "--unit", UNIT)
    gk("done", 2, "--unit", UNIT)
    clock("2099-11-02T01:00:00+00:00")
    gk("done", 23, "--unit", UNIT)
    clock("2019-11-02T01:00:00+00:00")
    answer = gk("done", 23, "--unit", UNIT)
    assert ("已记录" in answer.out, "有 1 条" in answer.err) == (True, True)


def test_the_whole_is_not_read_for_a_day_nor_because_of_days_to_come(gk, clock, store, monkeypatch):
    """Readers and writers of a long journal keep to its index, or to the ends of the indexes of the database."""
    clock("2019-11-02T01:00:00+00:00")
    for task in (23, 24):
        gk("done", task)
    monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)
    assert gk("status").code == 0

    def refuse(*_):
        raise AssertionError("the whole journal was read")

    from gkcheck.journal.postgres.store import PostgresJournal

    for owner, name in ((index, "read_whole"), (FileJournal, "lines"), (PostgresJournal, "_history")):
        monkeypatch.setattr(owner, name, refuse)
    for words in (["status"], ["tasks", "--unit", UNIT], ["status", "--as-of", "2019-11-02"], ["done", 25], ["status"]):
        assert gk(*words).code == 0, words
    journal = open_journal(store, PLAN)
    if isinstance(journal, FileJournal):
        assert journal.current(STATUSES, date(2019, 11, 1)) == History([], [], later=3)
        return
    with pytest.raises(AssertionError, match="whole"):
        journal.current(STATUSES, date(2019, 11, 1))


# -- a clock that was set back ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "warns"), [("2019-11-02T00:00:00+00:00", False), ("2019-11-01T23:59:59+00:00", True)]
)
def test_a_clock_set_back_is_doubted(gk, clock, store, moment, warns):
    clock("2019-11-02T01:00:00+00:00")
    gk("done", 23)
    clock(moment)
    answer = gk("done", 24)
    assert (answer.code, "已记录" in answer.out) == (0, True)
    assert ("本机时间 2019-11-02 07:59 比最后一条记录的时间 2019-11-02 09:00 早" in answer.err) == warns
    assert "本机时间" not in gk("done", 24).err, "nothing was recorded"


def test_times_in_a_zone():
    assert in_zone("2019-11-01T23:30:00+00:00", "+08:00") == "2019-11-02T07:30:00+08:00"
    assert in_zone("2019-11-01T23:30:00.000000-05:30", "+08:00") == "2019-11-02T13:00:00.000000+08:00"
    for edge in ("9999-12-31T23:30:00-05:00", "0001-01-01T00:30:00+14:00"):
        assert in_zone(edge, "+08:00") == edge
    entry = sealed(DONE, "2019-11-01T23:30:00+00:00").entry
    moved = at_office(entry, "+08:00")
    assert (moved.day, moved.order, moved.fields()) == ("2019-11-02", entry.order, entry.fields())
    assert set_back("2019-11-01T23:30:00+00:00", "altered", "+08:00") is None
