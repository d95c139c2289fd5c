"""Title, document number, issuer and date, from the lines above the first task."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.notice_facts import NoticeFacts, read_facts


@pytest.mark.parametrize(
    ("lines", "title", "number", "issuer", "issued"),
    [
        ("某县2021年公开任务分工表", "某县2021年公开任务分工表", None, None, None), ("某县2021年|公开任务分工表", "某县2021年公开任务分工表", None, None, None),
        ("某县人民政府|公开任务分工表", "公开任务分工表", None, None, None),
        ("台府办函〔2019〕362号", None, "台府办函〔2019〕362号", None, None), ("（台府办函〔2019〕362 号）", None, "台府办函〔2019〕362号", None, None),
        ("甲发〔2019〕1号|乙发〔2020〕2号", None, "甲发〔2019〕1号", None, None), ("发布机构：某县人民政府", None, None, "某县人民政府", None),
        ("某县人民政府办公室|2024年2月29日", None, None, "某县人民政府办公室", "2024-02-29"), ("发文日期：2019-10-26", None, None, None, "2019-10-26"),
        ("成文日期：2019年10月26日|2020年1月1日", None, None, None, "2019-10-26"), ("公开，透明。|2019年1月2日", None, None, None, "2019-01-02"),
        ("2023年2月29日", None, None, None, None), ("会议于2019年1月2日召开", None, None, None, None), ("第362号", None, None, None, None),
        ("联系电话：0000", None, None, None, None), ("", None, None, None, None),
    ],
)  # fmt: skip
def test_the_facts_that_lines_print(lines, title, number, issuer, issued):
    facts = read_facts(lines.split("|"))
    day = facts.issued and facts.issued.isoformat()
    assert (facts.title, facts.document_number, facts.issuer, day) == (title, number, issuer, issued)


@pytest.mark.parametrize(
    ("lines", "year"),
    [("某县2021年公开任务分工表|2020年12月30日", 2021), ("公开任务分工表|2020年12月30日", 2020), ("公开任务分工表", None)],
)  # fmt: skip
def test_the_year_is_of_the_title_else_of_the_date(lines, year):
    assert read_facts(lines.split("|")).year == year


def test_nothing_is_made_up():
    assert read_facts([]) == NoticeFacts(None, None, None, None)
