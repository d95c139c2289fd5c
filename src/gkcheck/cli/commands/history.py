"""log: the history of what was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from gkcheck.cli.commands.query import about
from gkcheck.cli.context import Session
from gkcheck.cli.options import BY, FORMAT, UnitFilter
from gkcheck.cli.output import LogFormat, answer, json_lines
from gkcheck.cli.params import Argument, Option
from gkcheck.journal import Scope
from gkcheck.journal.validity import taken_back
from gkcheck.ledger.assignments import assignments_of
from gkcheck.lookup.tasks import find_tasks
from gkcheck.lookup.units import find_unit
from gkcheck.model import Action, Entry, Plan
from gkcheck.views import tables


def log(
    session: Session,
    task: Annotated[str | None, Argument("编号", "只看这一项具体要求", completes="task")] = None,
    unit: UnitFilter = None,
    action: Annotated[Action | None, Option("--action", metavar="WORD", help="只看这种动作")] = None,
    by: Annotated[str | None, BY("只看这个人填报的", metavar="姓名")] = None,
    since: Annotated[str | None, Option("--since", metavar="日期", help="从这一天（含）起")] = None,
    until: Annotated[str | None, Option("--until", metavar="日期", help="到这一天（含）止")] = None,
    format: Annotated[LogFormat, FORMAT("输出格式")] = LogFormat.TABLE,
) -> None:
    """记录的历史，从旧到新；撤销的记录也在，并注明已撤销。日期按填报的时间算。

    例：gkcheck log 23 --since 2019-11-01
    """
    plan = session.plan
    tasks = None if task is None else frozenset(found.id for found in find_tasks(plan, [task]))
    meant = None if unit is None else find_unit(plan, unit)
    entries = session.past(Scope(tasks, None if meant is None else frozenset({meant}))).entries
    dead = taken_back(entries)
    first = session.day(since, "--since ").isoformat() if since is not None else ""
    last = session.day(until, "--until ").isoformat() if until is not None else "9999"
    entries = [
        entry
        for entry in _of_unit(plan, _of_tasks(entries, tasks), meant)
        if (action is None or entry.action is action)
        and (by is None or entry.by == by)
        and first <= entry.at[:10] <= last
    ]
    if format is LogFormat.JSONL:
        json_lines(entry.fields() for entry in entries)
    else:
        answer(format.plain(), lambda: [entry.fields() for entry in entries], lambda: [tables.history(entries, dead)])


def _of_tasks(entries: list[Entry], tasks: frozenset[int] | None) -> Iterable[Entry]:
    """The entries about tasks, and the undoing of them."""
    if tasks is None:
        return entries
    chosen = {entry for number in tasks for entry in about(entries, number)}
    return [entry for entry in entries if entry in chosen]


def _of_unit(plan: Plan, entries: Iterable[Entry], unit: str | None) -> Iterable[Entry]:
    """The entries about a unit: its own, and those about the whole of a task that it owes."""
    if unit is None:
        return entries
    owed = {assignment.task for assignment in assignments_of(plan, unit)}
    return [entry for entry in entries if entry.unit == unit or (entry.unit is None and entry.task in owed)]
