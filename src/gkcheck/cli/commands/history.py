"""log: the history of the entries."""

from __future__ import annotations

from typing import Annotated

import typer

from gkcheck.cli.context import session_of
from gkcheck.cli.filters import UnitOption
from gkcheck.cli.output import LogFormat, answer, json_lines
from gkcheck.journal import Scope
from gkcheck.journal.validity import taken_back
from gkcheck.lookup.tasks import tasks_named
from gkcheck.lookup.units import unit_named
from gkcheck.model import Action
from gkcheck.operations.log import EntryFilter, select_entries
from gkcheck.views import tables

app = typer.Typer()


@app.command("log")
def log(
    ctx: typer.Context,
    task: Annotated[str | None, typer.Argument(metavar="编号", help="只看这一项具体要求")] = None,
    unit: UnitOption = None,
    action: Annotated[Action | None, typer.Option(metavar="WORD", help="只看这种动作")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="姓名", help="只看这个人填报的")] = None,
    since: Annotated[str | None, typer.Option(metavar="日期", help="从这一天（含）起")] = None,
    until: Annotated[str | None, typer.Option(metavar="日期", help="到这一天（含）止")] = None,
    format: Annotated[LogFormat, typer.Option("--format", "-f", metavar="WORD", help="输出格式")] = LogFormat.TABLE,
) -> None:
    """记录的历史，从旧到新；撤销的记录也在，并注明已撤销。日期按填报的时间算。

    例：gkcheck log 23 --since 2019-11-01
    """
    session = session_of(ctx)
    plan = session.plan
    tasks = None if task is None else frozenset(one.id for one in tasks_named(plan, [task]))
    named = None if unit is None else unit_named(plan, unit)
    entries = session.past(Scope(tasks, None if named is None else frozenset({named}))).entries
    undone = taken_back(entries)
    first = session.day(since, "--since ") if since is not None else None
    last = session.day(until, "--until ") if until is not None else None
    entries = select_entries(plan, entries, EntryFilter(tasks, named, action, by, first, last))
    if format is LogFormat.JSONL:
        json_lines(entry.fields() for entry in entries)
    else:
        answer(format.plain(), lambda: [entry.fields() for entry in entries], lambda: [tables.history(entries, undone)])
