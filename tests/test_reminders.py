"""Which letters go to whom: `operations.remind`, without a terminal."""

from __future__ import annotations

from datetime import date

import pytest

from gkcheck.ledger.fold import Ledger, fold
from gkcheck.model import Action, Entry
from gkcheck.operations.remind import letters_for
from gkcheck.plan.reader import read_plan

PLAN = """
format: 1
id: small
title: 小表
groups:
  - {name: 各镇}
  - {name: 有关单位}
units:
  - {name: 甲镇, groups: [各镇]}
  - {name: 乙镇, groups: [各镇]}
  - {name: 丙局}
  - {name: 丁局}
sections:
  - number: 一
    title: 公开
    tasks:
      - {id: 1, number: 一, text: 甲, responsible: [各镇, 丙局]}
      - {id: 2, number: 二, text: 乙, responsible: [丙局], deadline: {text: 年内, date: 2019-12-31}}
      - {id: 3, number: 三, text: 丙, lead: [丙局], support: [有关单位], deadline: {text: 六月底, date: 2019-06-30}}
"""
DAY = date(2019, 11, 18)


def ledger(*done: tuple[int, str, Action], as_of: date = DAY) -> Ledger:
    plan, problems = read_plan(PLAN, "plan.yaml")
    assert plan, problems
    entries = [
        Entry(seq=i, at=f"2019-11-0{i}T09:00:00+08:00", by="李", task=task, unit=unit, action=action, of="", note=None, evidence=(), batch=f"b{i}", id=f"i{i}")
        for i, (task, unit, action) in enumerate(done, 1)
    ]  # fmt: skip
    return Ledger(plan, fold(entries), as_of)


def brief(letters):
    return [(letter.number, letter.unit, [item.task.id for item in letter.owed]) for letter in letters]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [(1, "甲镇", [1]), (2, "乙镇", [1]), (3, "丙局", [3, 2, 1]), (4, "有关单位", [3])]),
        ({"first_number": 7, "units": {"乙镇", "丙局"}}, [(7, "乙镇", [1]), (8, "丙局", [3, 2, 1])]),
        ({"before": date(2019, 6, 30)}, [(1, "丙局", [3]), (2, "有关单位", [3])]),
        ({"units": {"丁局"}}, []),
    ],
)
def test_units_in_registry_order_numbered_on_and_urgent_tasks_first(options, expected):
    assert brief(letters_for(ledger(), DAY, **options)) == expected


def test_what_is_finished_or_not_theirs_is_not_asked_for():
    done = [(1, "甲镇", Action.DONE), (1, "乙镇", Action.SKIP), (2, "丙局", Action.DONE), (2, "丙局", Action.CONFIRM)]
    assert brief(letters_for(ledger(*done), DAY)) == [(1, "丙局", [3, 1]), (2, "有关单位", [3])]
    assert brief(letters_for(ledger((1, "甲镇", Action.BLOCK)), DAY))[0] == (1, "甲镇", [1])


def test_a_letter_knows_its_day_the_day_it_tells_of_and_open_classes():
    letters = letters_for(ledger(as_of=date(2019, 1, 1)), DAY, before=date(2019, 12, 31))
    assert {(letter.day, letter.as_of, letter.before) for letter in letters} == {
        (DAY, date(2019, 1, 1), date(2019, 12, 31))
    }
    assert {letter.unit: letter.open for letter in letters} == {"丙局": False, "有关单位": True}
