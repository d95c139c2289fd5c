"""The one reader of days: every writing it knows, and what is no day of the calendar."""

from __future__ import annotations

import re
from datetime import date

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.text.dates import DAY, calendar_day, read_day, read_day_within, read_iso_day, read_typed_days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-12-31", "2019-12-31"), ("2019-1-2", "2019-01-02"), ("20191231", "2019-12-31"), ("2019.12.31", "2019-12-31"),
        ("2019/12/31", "2019-12-31"), ("2019年12月31日", "2019-12-31"), ("2019 年 12 月 31 日", "2019-12-31"),
        ("２０１９年１２月３１日", "2019-12-31"), (" 2024-02-29 ", "2024-02-29"), ("2000年2月29日", "2000-02-29"),
        ("2023-02-29", None), ("1900年2月29日", None), ("2019-13-01", None), ("2019-00-10", None), ("2019-04-31", None),
        ("0000-01-01", None), ("12-31", None), ("2019-12", None), ("2019-12-31前", None), ("2019123", None), ("", None),
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text, day):
    found = read_day(text)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("11月5日", "2019-11-05"), ("11月5", "2019-11-05"), ("11.5", "2019-11-05"), ("11-5", "2019-11-05"), ("11/5", "2019-11-05"),
        ("１１月５日。", "2019-11-05"), ("11月5号", "2019-11-05"), ("2018年11月5日", "2018-11-05"), ("2018.11.5", "2018-11-05"),
        ("2018/11/5", "2018-11-05"), ("2019年11月", "2019-11-30"), ("2020年2月", "2020-02-29"), ("2019.11", "2019-11-30"),
        ("11月", None), ("13.5", None), ("2月30日", None), ("11月5日前", None), ("年底前", None), ("5", None), ("", None),
    ],
)  # fmt: skip
def test_a_short_day_is_read_in_a_year(text, day):
    found = read_day_within(text, 2019)
    assert (found and found.isoformat()) == day


def test_a_short_day_without_a_year_is_none():
    assert read_day_within("11月5日", None) is None
    assert read_day_within("2019年11月", None).isoformat() == "2019-11-30"


@pytest.mark.parametrize(
    ("text", "is_day"),
    [("2019-12-31", True), ("2024-02-29", True), ("2019-2-1", False), ("20191231", False), ("2019-W52-1", False),
     ("２０１９-１２-３１", False), ("2023-02-29", False), ("2019-12-31 ", False)],
)  # fmt: skip
def test_a_plan_writes_days_in_one_way_only(text, is_day):
    """2019-W52-1 is ten characters that `date.fromisoformat` reads, and no day as a plan writes it."""
    assert (read_iso_day(text) is not None) is is_day


@pytest.mark.parametrize(
    ("year", "month", "last"),
    [(2023, 2, 28), (2024, 2, 29), (1900, 2, 28), (2000, 2, 29), (2019, 4, 30), (2019, 12, 31), (2019, 13, None), (2019, 0, None)],
)  # fmt: skip
def test_the_last_day_of_a_month(year, month, last):
    found = calendar_day(year, month)
    assert (found and found.day) == last


def test_what_the_pattern_finds_the_reader_reads():
    """The pattern is for days inside other text; it takes no more than the reader understands."""
    text = "2019年10月26日印发，2020-1-5 修订，见 2021. 3 .7 版"
    assert [str(read_day(found[0])) for found in re.finditer(DAY, text)] == ["2019-10-26", "2020-01-05", "2021-03-07"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2019-09-30", "2019-09-30"), ("9月30日", "2019-09-30"), ("9/30", "2019-09-30"), ("9.30", "2019-09-30"), ("9-30", "2019-09-30"),
        ("９月３０号", "2019-09-30"), ("10月底", "2019-10-31"), ("十月底", "2019-10-31"), ("九月三十日", "2019-09-30"), ("十三月一日", None), ("2月末", "2019-02-28"), ("2020年2月底", "2020-02-29"),
        ("10月", "2019-10-01 2019-10-31"), ("10月份", "2019-10-01 2019-10-31"), ("2020-10", "2020-10-01 2020-10-31"),
        ("2020年10月", "2020-10-01 2020-10-31"), ("2020.2", "2020-02-01 2020-02-29"), ("12/2019", None),
        ("昨天", "2020-01-14"), ("今天", "2020-01-15"), ("today", "2020-01-15"), ("Yesterday", "2020-01-14"), ("明天", "2020-01-16"),
        ("前天", "2020-01-13"), ("大后天", "2020-01-18"), ("3天前", "2020-01-12"), ("三日后", "2020-01-18"), ("两周之后", "2020-01-29"),
        ("周五", "2020-01-17"), ("本周一", "2020-01-13"), ("下周五", "2020-01-24"), ("上星期日", "2020-01-12"), ("下下个礼拜天", "2020-02-02"),
        ("月底", "2020-01-31"), ("本月", "2020-01-01 2020-01-31"), ("上个月", "2019-12-01 2019-12-31"), ("下月底", "2020-02-29"),
        ("下月5日", "2020-02-05"), ("下个月31日", None), ("年底", "2019-12-31"), ("年内", "2019-12-31"), ("今年底", "2020-12-31"),
        ("去年9月30日", "2019-09-30"), ("明年3月", "2021-03-01 2021-03-31"), ("2021年底", "2021-12-31"),
        ("13月1日", None), ("2月30日", None), ("13月", None), ("0月底", None), ("明年", None), ("月", None), ("5", None), ("", None),
        ("下周八", None), ("昨天吧", None), ("9月30日前", None), ("999年前", None), ("去去年9月30日", None), ("去年去年9月30日", None), ("\ud800", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_type_it(text, days):
    """The plan is of 2019, and it is Wednesday, 15 January 2020."""
    found = read_typed_days(text, 2019, date(2020, 1, 15))
    assert (found and [day.isoformat() for day in found]) == (days and (days.split() * 2)[:2])


def test_the_ends_of_the_calendar_are_no_fault():
    assert read_typed_days("明天", 9999, date(9999, 12, 31)) is None
    assert read_typed_days("下月底", 9999, date(9999, 12, 31)) is None
    assert read_typed_days("上周一", 1, date(1, 1, 1)) is None
    assert read_typed_days("去年底", 1, date(1, 1, 1)) is None
    assert read_typed_days("999周前", 1, date(1, 1, 1)) is None


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("deadline 23 9月30日", "9月30日 2019-09-30"), ("deadline 23 10月", "10月 2019-10-31"), ("deadline 23 9.30", "9.30 2019-09-30"),
        ("deadline 23 2019年12月底前", "2019年12月底前 2019-12-31"), ("deadline 23 第三季度末", "第三季度末 2019-09-30"),
        ("deadline 23 2019-12", "2019-12 2019-12-31"), ("deadline 23 20191231", "20191231 2019-12-31"), ("deadline 23 2019-12-31", None),
        ("tasks --due 10月底", "10月底 2019-10-31"), ("tasks --before 10月", "10月 2019-10-31"), ("remind --due-by 10月", "10月 2019-10-31"),
        ("log --since 10月", "10月 2019-10-01"), ("log --until 10月", "10月 2019-10-31"), ("done 9 --on 11月1日", "11月1日 2019-11-01"),
        ("status --as-of 2019年10月", "2019年10月 2019-10-31"), ("deadline 3 5 9月30日", "9月30日 2019-09-30"),
        ("deadline 3 --every quarter 12月31日", "12月31日 2019-12-31"),
    ],
)  # fmt: skip
def test_what_is_understood_of_a_day_is_said(gk, line, understood):
    """The built-in plan was issued in 2019; whatever year it is now, a day without one is of that year."""
    answer = gk(*line.split())
    assert answer.code == 0
    assert ("按" in answer.err) is (understood is not None)
    if understood:
        typed, day = understood.split()
        assert f"“{typed}”按 {day} 理解\n" in answer.err


def test_a_day_without_a_year_is_one_of_the_plan_s_title(gk, tmp_path):
    """A plan for 2019 may be issued in the last days of 2018."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(built_in_plan().read_text("utf-8").replace("issued: 2019-10-26", "issued: 2018-12-28"), "utf-8")
    assert "“9月30日”按 2019-09-30 理解" in gk("deadline", "23", "9月30日", "--plan", plan).err


def test_a_range_of_tasks_is_no_day(gk):
    """5-9 may be a day elsewhere; beside numbers of tasks it is five of them."""
    assert gk("deadline", "3", "5-9", "--every", "quarter").code == 0
    assert {entry["task"] for entry in gk("log", "--json").json()} == {3, 5, 6, 7, 8, 9}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("done 9 --on 10月", "“10月”是一个月，请写明是哪一天"),
        ("done 9 --on 月", "“月”不是日期"),
        ("log --since 年底前", "不是日期"),
    ],
)
def test_too_little_of_a_day_is_refused(gk, line, said):
    answer = gk(*line.split())
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


@pytest.mark.parametrize(
    "line",
    [
        "status --as-of 9999-12-31",
        "report 通报.md --as-of 9999-12-31",
        "tasks --due 9999-12",
        "deadline 3 9999-12-31 --every month",
        "matrix --as-of 0001-01-01",
    ],
)
def test_the_last_year_of_the_calendar_is_no_fault(gk, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert gk(*line.split()).code == 0
    assert gk("status", "--by", "unit", "--as-of", "9999-12-31").code == 0


def test_a_letter_of_the_last_day_is_answered_on_it(gk, monkeypatch):
    import gkcheck.cli.context as context

    class Clock(context.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(9999, 12, 31, 9, 30, tzinfo=tz)

    monkeypatch.setattr(context, "datetime", Clock)
    assert "9999年12月31日前" in gk("remind", "市教育局").out
