"""A year of a plan whose tasks come round again: claims, late ones, reviews, an undo; and how it stands on 26 days."""

from __future__ import annotations

from gkcheck.journal import Journal
from gkcheck.model import Action, Draft

PLAN = """
format: 1
id: rounds
title: 甲市2019年政务公开工作要点
issued: 2019-01-10
groups: []
units:
  - {name: 市教育局}
  - {name: 市财政局}
sections:
  - title: 公开
    tasks:
      - {id: 1, text: 报送稿件。, responsible: [市教育局], deadline: {every: quarter}}
      - {id: 2, text: 更新目录。, responsible: [市教育局], deadline: {text: 每月更新, every: month}}
      - {id: 3, text: 公开决算。, responsible: [市教育局], deadline: {every: half-year}}
      - {id: 4, text: 公开年报。, responsible: [市教育局], deadline: {every: year, date: 2019-03-31}}
      - {id: 5, text: 公开预算。, responsible: [市财政局]}
"""

HISTORY = [
    ("2019-01-31", Action.DONE, 2, None),
    ("2019-02-28", Action.DONE, 2, None),
    ("2019-03-31", Action.DONE, 1, None),
    ("2019-04-01", Action.DONE, 2, "2019-03-31"),
    ("2019-04-03", Action.CONFIRM, 1, None),
    ("2019-07-01", Action.DONE, 1, None),
    ("2019-07-02", Action.DONE, 1, "2019-06-30"),
    ("2019-07-03", Action.RETURN, 1, None),
    ("2019-07-03", Action.DONE, 3, "2019-06-30"),
    ("2019-10-01", Action.UNDO, 1, None),
    ("2019-12-31", Action.DONE, 1, None),
    ("2019-12-31", Action.DONE, 4, None),
    ("2020-01-02", Action.CONFIRM, 1, None),
    ("2020-02-29", Action.DONE, 2, None),
]
"""Day of recording, action, task, day of the fact. The undo takes back the claim of 1 July, made for the third quarter."""

DAYS = [
    ("2019-01-09", "todo todo todo todo", ["2019-03-31", "2019-01-31", "2019-06-30", "2019-03-31"], ""),
    ("2019-01-31", "todo done todo todo", ["2019-03-31", "2019-01-31", "2019-06-30", "2019-03-31"], ""),
    ("2019-02-01", "todo todo todo todo", ["2019-03-31", "2019-02-28", "2019-06-30", "2019-03-31"], ""),
    ("2019-02-28", "todo done todo todo", ["2019-03-31", "2019-02-28", "2019-06-30", "2019-03-31"], ""),
    ("2019-03-01", "todo todo todo todo", ["2019-03-31", "2019-03-31", "2019-06-30", "2019-03-31"], ""),
    ("2019-03-30", "todo todo todo todo", ["2019-03-31", "2019-03-31", "2019-06-30", "2019-03-31"], ""),
    ("2019-03-31", "done done todo todo", ["2019-03-31", "2019-03-31", "2019-06-30", "2019-03-31"], ""),
    ("2019-04-01", "todo todo todo todo!", ["2019-06-30", "2019-04-30", "2019-06-30", "2019-03-31"], ""),
    ("2019-04-03", "todo todo todo todo!", ["2019-06-30", "2019-04-30", "2019-06-30", "2019-03-31"], ""),
    ("2019-04-30", "todo todo todo todo!", ["2019-06-30", "2019-04-30", "2019-06-30", "2019-03-31"], ""),
    ("2019-05-01", "todo todo todo todo!", ["2019-06-30", "2019-05-31", "2019-06-30", "2019-03-31"], "4月"),
    ("2019-06-29", "todo todo todo todo!", ["2019-06-30", "2019-06-30", "2019-06-30", "2019-03-31"], "4月 5月"),
    ("2019-06-30", "done todo done todo!", ["2019-06-30", "2019-06-30", "2019-06-30", "2019-03-31"], "4月 5月"),
    ("2019-07-01", "done todo todo todo!", ["2019-09-30", "2019-07-31", "2019-12-31", "2019-03-31"], "4月 5月 6月"),
    ("2019-07-02", "done todo todo todo!", ["2019-09-30", "2019-07-31", "2019-12-31", "2019-03-31"], "4月 5月 6月"),
    ("2019-07-03", "done todo todo todo!", ["2019-09-30", "2019-07-31", "2019-12-31", "2019-03-31"], "第二季度 4月 5月 6月"),
    ("2019-09-30", "done todo todo todo!", ["2019-09-30", "2019-09-30", "2019-12-31", "2019-03-31"], "第二季度 4月 5月 6月 7月 8月"),
    ("2019-10-01", "todo todo todo todo!", ["2019-12-31", "2019-10-31", "2019-12-31", "2019-03-31"], "第二季度 第三季度 4月 5月 6月 7月 8月 9月"),
    ("2019-12-30", "todo todo todo todo!", ["2019-12-31", "2019-12-31", "2019-12-31", "2019-03-31"], "第二季度 第三季度 4月 5月 6月 7月 8月 9月 10月 11月"),
    ("2019-12-31", "done todo todo done", ["2019-12-31", "2019-12-31", "2019-12-31", "2019-03-31"], "第二季度 第三季度 4月 5月 6月 7月 8月 9月 10月 11月"),
    ("2020-01-01", "todo todo todo todo", ["2020-03-31", "2020-01-31", "2020-06-30", "2020-03-31"], ""),
    ("2020-01-02", "todo todo todo todo", ["2020-03-31", "2020-01-31", "2020-06-30", "2020-03-31"], ""),
    ("2020-02-28", "todo todo todo todo", ["2020-03-31", "2020-02-29", "2020-06-30", "2020-03-31"], "1月"),
    ("2020-02-29", "todo done todo todo", ["2020-03-31", "2020-02-29", "2020-06-30", "2020-03-31"], "1月"),
    ("2020-03-01", "todo todo todo todo", ["2020-03-31", "2020-03-31", "2020-06-30", "2020-03-31"], "1月"),
    ("2020-04-01", "todo todo todo todo!", ["2020-06-30", "2020-04-30", "2020-06-30", "2020-03-31"], "第一季度 1月 3月"),
]  # fmt: skip
"""As of a day: the status of the tasks 1 to 4 (! overdue), the day each is due, and the periods of the year that were missed."""


def record_history(journal: Journal) -> None:
    """Record `HISTORY`."""
    batches: dict[str, str] = {}
    for recorded, action, task, on in HISTORY:
        draft = Draft(action, task, "市教育局", on=on)
        if action is Action.UNDO:
            draft = Draft(action, undoes=batches["2019-07-01"])
        (entry,) = journal.record(lambda _, draft=draft: [draft], by="李", at=f"{recorded}T09:00:00.000000+08:00")
        batches.setdefault(recorded, entry.batch)
