"""The plan writer is the inverse of the plan reader."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.cli.context import built_in_plan
from gkcheck.model import Deadline, Every, Group, Plan, Section, Task, Unit
from gkcheck.plan.reader import Reader, read_plan
from gkcheck.plan.writer import render_plan

TEXTS = st.text(min_size=1).map(str.strip).filter(bool)
"""Any text that the reader gives back: it strips blanks and knows no empty text."""


def plan_with(**changed) -> Plan:
    task = Task(1, "一", "修订目录。", responsible=("县司法局",))
    plan = Plan("a", "分工表", None, None, None, (), (Unit("县司法局"),), (Section("一", "决策公开", (task,)),))
    return plan._replace(**changed)


def read_back(plan: Plan, comment: str = "x") -> Plan | None:
    """The plan that the reader makes of the file, without the checks of its sense."""
    reader = Reader("a.yaml")
    root = reader.compose(render_plan(plan, comment))
    assert reader.problems == []
    return reader.plan(root)


def test_the_built_in_plan_is_written_and_read_back_whole():
    plan, _ = read_plan(built_in_plan().read_text("utf-8"), "a")
    assert read_plan(render_plan(plan, "台账"), "b") == (plan, [])


def test_every_field_is_written():
    task = Task(
        7, "七", "公布指南。", ("甲局",), ("乙局", "各镇"), ("丙局",), ("“开放甲”",), Deadline("年底前", date(2024, 2, 29), Every.QUARTER), "注", "（一）小节"
    )  # fmt: skip
    plan = Plan(
        "a", "分工表", "甲发〔2024〕1号", "甲县", date(2024, 2, 29), (Group("各镇", True, ("镇街",), "注"),),
        (Unit("甲局", ("甲",), ("各镇",), "注"), Unit("乙局"), Unit("丙局")), (Section("", "决策: 公开", (task,), "注"),), "缺号",
    )  # fmt: skip
    assert read_plan(render_plan(plan, "a"), "b") == (plan, [])


def test_the_file_is_written_for_people():
    assert render_plan(plan_with(issued=date(2024, 2, 29)), "由甲\n读出") == (
        "# 由甲 读出\n\nformat: 1\nid: a\ntitle: 分工表\nissued: 2024-02-29\n\ngroups: []\n\nunits:\n  - {name: 县司法局}\n\n"
        "sections:\n  - number: 一\n    title: 决策公开\n    tasks:\n      - id: 1\n        number: 一\n"
        "        text: 修订目录。\n        responsible: [县司法局]\n"
    )


@pytest.mark.parametrize(
    "text",
    ["null", "~", "True", "off", "- 甲", "甲: 乙", "甲 #乙", "[甲]", "{甲}", "“甲”", "'甲'", '"甲"', "…甲", "—", "1.5", "2024-02-29", "甲\n乙", "甲\\n乙", "&a", "*a",
     "!a", "%a", "@a", "甲\x07乙", "甲\x85乙", "甲\u2028乙", "甲\ufeff乙", "𠮷", "甲:", "甲,乙", "=", "<<", "0x10", "甲　乙"],
)  # fmt: skip
def test_texts_that_yaml_would_take_for_something_else(text):
    plan = plan_with(title=text, note=text, units=(Unit(text, (text,)),))
    assert read_back(plan) == plan


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_is_read_back(title, name, comment):
    plan = plan_with(title=title, groups=(Group(name),), units=(Unit(name, (title,), (name,)),))
    assert read_back(plan, comment) == plan
