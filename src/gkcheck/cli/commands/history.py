"""log: the history of the entries."""

from __future__ import annotations

from typing import Annotated

from gkcheck.cli.context import Context
from gkcheck.cli.options import BY, FORMAT, UnitFilter
from gkcheck.cli.output import LogFormat, answer, json_lines
from gkcheck.cli.params import Argument, Option
from gkcheck.journal import Scope
from gkcheck.journal.live import undone_batches
from gkcheck.lookup.tasks import find_tasks
from gkcheck.lookup.units import find_unit
from gkcheck.model import Action
from gkcheck.operations.log import EntryFilter, select_entries
from gkcheck.views import tables

SINCE = Option("--since", metavar="日期", help="从这一天（含）起")

UNTIL = Option("--until", metavar="日期", help="到这一天（含）止")


def log(
    context: Context,
    task: Annotated[str | None, Argument("编号", "只看这一项具体要求", completes="task")] = None,
    unit: UnitFilter = None,
    action: Annotated[Action | None, Option("--action", metavar="WORD", help="只看这种动作")] = None,
    by: Annotated[str | None, BY("只看这个人填报的", metavar="姓名")] = None,
    since: Annotated[str | None, SINCE] = None,
    until: Annotated[str | None, UNTIL] = None,
    format: Annotated[LogFormat, FORMAT("输出格式")] = LogFormat.TABLE,
) -> None:
    """记录的历史，从旧到新；撤销的记录也在，并注明已撤销。日期按填报的时间算。

    例：gkcheck log 23 --since 2019-11-01
    """
    plan = context.plan
    tasks = None if task is None else frozenset(one.id for one in find_tasks(plan, [task]))
    named = None if unit is None else find_unit(plan, unit)
    entries = context.past(Scope(tasks, None if named is None else frozenset({named}))).entries
    undone = undone_batches(entries)
    first = context.day(since, SINCE) if since is not None else None
    last = context.day(until, UNTIL) if until is not None else None
    entries = select_entries(plan, entries, EntryFilter(tasks, named, action, by, first, last))
    if format is LogFormat.JSONL:
        json_lines(entry.fields() for entry in entries)
    else:
        answer(format.plain(), lambda: [entry.fields() for entry in entries], lambda: [tables.history(entries, undone)])
