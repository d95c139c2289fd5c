"""Words that say a task comes round again: the period they give, the day within it, and what a person is asked."""

from __future__ import annotations

from datetime import date

import pytest

from gkcheck.importers.recognize.deadlines import day_of, is_deadline
from gkcheck.importers.recognize.periods import first_due, mentions_in, printed_day, read_period
from gkcheck.model import Every

ISSUED = date(2019, 10, 26)


def read(limit, text="报送情况。"):
    """The period of a task in a notice of 26 October 2019, with the day it is first due: 每月 2019-11-10."""
    placed = read_period(limit, text, day_of(limit, 2019) if limit else None).placed
    if placed is None:
        return None
    return " ".join(filter(None, (placed.every.value, str(first_due(placed, ISSUED) or ""))))


@pytest.mark.parametrize(
    ("limit", "period"),
    [
        ("每月", "month"), ("每个月底", "month"), ("每月末", "month"), ("逐月", "month"), ("按月", "month"), ("一月一报", "month"),
        ("各月10日前", "month 2019-11-10"), ("每月10日前", "month 2019-11-10"), ("每月31日前", "month 2019-10-31"),
        ("每月十日前", "month 2019-11-10"), ("每季度", "quarter"), ("每季末", "quarter"), ("按季度", "quarter"), ("逐季", "quarter"),
        ("一季度一通报", "quarter"), ("每三个月", "quarter"), ("每季度末前", "quarter"), ("每季度首月10日前", "quarter 2020-01-10"),
        ("每季度第一个月底前", "quarter 2019-10-31"), ("每季度末月25日前", "quarter 2019-12-25"), ("每半年", "half-year"),
        ("半年一小结", "half-year"), ("每6个月", "half-year"), ("每年", "year"), ("每年度", "year"), ("每年底前", "year"),
        ("每年1月31日前", "year 2020-01-31"), ("每年12月底前", "year 2019-12-31"), ("一年一评", "year"),
        ("长期坚持，每季度", "quarter"), ("每季度，持续推进", "quarter"), ("每季度，每季度末月20日前", "quarter 2019-12-20"),
        ("每月，每季度", None), ("按季度推进，年底前完成", None), ("每周", None), ("每两个月", None), ("每半月", None), ("每年两次", None),
        ("第三季度", None), ("第三季度公布", None), ("12月", None), ("2019年一月一日前", None), ("按年度计划", None), ("长期", None),
    ],
)  # fmt: skip
def test_a_limit_that_names_one_period_gives_it(limit, period):
    assert read(limit) == period


@pytest.mark.parametrize(
    ("limit", "text", "period"),
    [
        (None, "每季度报送一篇稿件。", "quarter"), ("持续推进", "每季度报送一篇稿件。", "quarter"), ("长期", "问题清单按月更新", "month"),
        (None, "会议每季度至少开一场，由主要负责人讲经济情况。", "quarter"), ("12月底前", "每季度核对一次目录。", "quarter"),
        (None, "每月10日前报送台账。", "month 2019-11-10"), ("每季度", "每月更新目录。", "quarter"), (None, "每年组织一次培训。", "year"),
        ("6月底前", "每季度核对一次目录。", None), (None, "建好台账，每季度通报一次。", None), (None, "建好台账。每季度通报一次。", None),
        (None, "实行月调度、季通报。", None), (None, "每周更新专栏。", None), (None, "每月递增5%。", None), (None, "每年新增1000套住房。", None),
        (None, "单家企业每年最高补贴800万元。", None), (None, "当月公开，次月公布。", None), (None, "每年级一个班。", None), (None, "修订目录。", None),
    ],
)  # fmt: skip
def test_a_text_that_is_about_one_act_gives_its_period(limit, text, period):
    assert read(limit, text) == period


@pytest.mark.parametrize(
    ("limit", "text", "doubt"),
    [
        ("按季度推进，年底前完成", "", "“按季度推进”像是定期的任务，没有记周期"),
        ("每周", "", "“每周”像是定期的任务，没有记周期"),
        ("每月5日、20日前", "", "“每月5日、20日前”里的日子没有读懂，按每期最后一天算"),
        ("每年春节前", "", "“每年春节前”里的日子没有读懂，按每期最后一天算"),
        ("每年第一季度", "", "“每年第一季度”里的日子没有读懂，按每期最后一天算"),
        ("每年上半年", "", "“每年上半年”里的日子没有读懂，按每期最后一天算"),
        ("每月上旬", "", "“每月上旬”里的日子没有读懂，按每期最后一天算"),
        ("每季度结束后10日内", "", "“每季度结束后10日内”里的日子没有读懂，按每期最后一天算"),
        ("每年6月底、12月底前", "", "“每年6月底、12月底前”里的日子没有读懂，按每期最后一天算"),
        (None, "建好台账，每季度通报一次。", "“每季度通报一次”像是定期的任务，没有记周期"),
        ("每季度", "每月更新目录。", "“每月更新目录”像是定期的任务，没有记周期"),
        ("6月底前", "每季度核对一次。", "“每季度核对一次”像是定期的任务，没有记周期"),
    ],
)  # fmt: skip
def test_a_period_that_finds_no_place_is_named(limit, text, doubt):
    assert read_period(limit, text, day_of(limit, 2019) if limit else None).doubts == (doubt,)


@pytest.mark.parametrize(
    "limit", ["每月底前", "每年年底前", "每季度末前", "每季度结束前", "每半年", "每月最后一天前", "每月10日前"]
)
def test_the_end_of_a_period_asks_nothing(limit):
    assert read_period(limit, "", None).doubts == ()


def test_a_yearly_clause_of_a_longer_text_is_told_and_asks_nothing():
    reading = read_period(None, "建好台账。每年遴选两个场景。", None)
    assert reading == (None, (), "每年遴选两个场景")


@pytest.mark.parametrize(
    ("limit", "period", "day"),
    [
        ("每季度（2019-12-31）", "quarter", "2019-12-31"), ("持续推进，每季度（2019-11-10）", "quarter", "2019-11-10"),
        ("每月；2019年11月30日", "month", "2019-11-30"), ("每月；2019-11-30；2019-12-01", None, None), ("每月", "month", None),
    ],
)  # fmt: skip
def test_a_day_printed_beside_a_period(limit, period, day):
    found = printed_day(limit)
    assert (read(limit), found and str(found)) == (period, day)


def test_a_clause_is_kept_as_printed():
    (mention,) = mentions_in("先论证，案卷　每季度１０次都評。")
    assert mention == ("案卷　每季度１０次都評", None, None, None, False)
    assert mentions_in("每月" * 3)[0].every is Every.MONTH


@pytest.mark.parametrize("clause", ["逐月", "一月一报", "半年一小结", "按季度推进"])
def test_a_period_alone_is_a_limit(clause):
    assert is_deadline(clause)
