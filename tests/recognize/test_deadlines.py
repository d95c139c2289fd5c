"""Deadlines, and the day each means where that is certain."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.deadlines import day_of, is_deadline


@pytest.mark.parametrize(
    ("clause", "answer"),
    [
        ("6月底完成", True), ("2019年12月31日前", True), ("年底前", True), ("今年年底前完成整改", True), ("12月", True), ("2022.3", True),
        ("第三季度末", True), ("上半年", True), ("长期坚持", True), ("全年", True), ("每季度", True), ("即时", True), ("按上级要求", True),
        ("10个工作日内", True), ("2021年2月公布预算，2021年8月公布决算", True),
        ("修订目录", False), ("市教育局", False), ("做好6月底前的工作", False), ("完成", False), ("2021", False), ("12", False), ("", False),
    ],
)  # fmt: skip
def test_a_clause_that_is_a_deadline_and_nothing_else(clause, answer):
    assert is_deadline(clause) is answer


@pytest.mark.parametrize(
    ("deadline", "day"),
    [
        ("2019-12-31", "2019-12-31"), ("2019.12.31前", "2019-12-31"), ("2024年2月29日前", "2024-02-29"), ("11月30日前", "2021-11-30"),
        ("6月底", "2021-06-30"), ("2月底", "2021-02-28"), ("2024年2月底", "2024-02-29"), ("本年12月底", "2021-12-31"), ("年底前", "2021-12-31"),
        ("年内", "2021-12-31"), ("第三季度末", "2021-09-30"),
        ("2023年2月29日前", None), ("2019-02-30", None), ("13月底", None), ("8月前", None), ("长期", None), ("10月起", None),
        ("1月至6月", None), ("6月底前、12月底前", None), ("明年底前", None), ("每年12月底", None), ("2020年上半年", None),
    ],
)  # fmt: skip
def test_the_day_of_a_deadline_in_a_plan_of_2021(deadline, day):
    found = day_of(deadline, 2021)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(("deadline", "day"), [("6月底", None), ("2019年6月底", "2019-06-30"), ("年底前", None)])
def test_without_a_year_no_day_is_guessed(deadline, day):
    found = day_of(deadline, None)
    assert (found and found.isoformat()) == day
