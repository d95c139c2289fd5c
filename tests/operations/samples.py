"""A small plan, and entries about it, to decide about without a journal."""

from __future__ import annotations

from datetime import date

from gkcheck.journal.entry_line import EntryLine
from gkcheck.journal.live import live_entries
from gkcheck.ledger.fold import Ledger, fold
from gkcheck.model import Action, Entry, Group, Plan, Section, Task, Unit

TODAY = date(2019, 11, 20)

PLAN = Plan(
    id="sample",
    title="责任分工表",
    document_number=None,
    issuer=None,
    issued=None,
    groups=(Group("各镇（街）"), Group("市各行政执法单位")),
    units=(Unit("台城街道", groups=("各镇（街）",)), Unit("大江镇", groups=("各镇（街）",)), Unit("市教育局")),
    sections=(
        Section(
            "一",
            "决策公开",
            (
                Task(1, "一", "公开招生方案", responsible=("市教育局",)),
                Task(2, "二", "公开办事指南", lead=("市教育局",), support=("各镇（街）",)),
            ),
        ),
        Section("二", "执行公开", (Task(3, "三", "公开执法结果", responsible=("市各行政执法单位", "大江镇")),)),
    ),
)
"""Task 1 is owed by one unit, task 2 by a unit and a group of two, task 3 by an open group and a unit."""


def entry(seq, action=Action.DONE, task=1, unit="市教育局", **changes):
    """An entry of a batch of its own (`b1` for seq 1), one for each day of November."""
    values = {
        "seq": seq,
        "at": f"2019-11-{(seq - 1) % 30 + 1:02}T09:00:00+08:00",
        "by": "李",
        "task": task,
        "unit": unit,
        "of": None,
    }
    values |= {"action": action, "note": None, "evidence": (), "batch": f"b{seq}", "id": f"id{seq}"}
    return Entry(**(values | changes))


def undo(seq, batch, **changes):
    """An entry that takes a batch back."""
    return entry(seq, Action.UNDO, task=None, unit=None, undoes=batch, **changes)


def seqs(entries):
    """The sequence numbers of entries: enough to tell them apart."""
    return [one.seq for one in entries]


class Sealed(list):
    """Entries as they pass between journals, and as a journal gives them to be checked."""

    def __init__(self, *entries):
        super().__init__(EntryLine(f',"id":"{one.id:>32}"}}'.encode(), None, one) for one in entries)

    def in_blocks(self, names):
        return iter(self)

    def undos(self):
        return [one.entry for one in self if one.entry.action is Action.UNDO]


def ledger(*entries, plan=PLAN):
    return Ledger(plan, fold(live_entries(entries)), TODAY)


def task(number):
    return PLAN.tasks()[number - 1]
