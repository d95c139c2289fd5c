"""The one reader of days: every writing it knows, and what is no day of the calendar."""

from __future__ import annotations

import re

import pytest

from gkcheck.text.dates import DAY, calendar_day, read_day, read_day_within, read_iso_day


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
