"""log: the history of what was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from gkcheck.cli.commands.query import about
from gkcheck.cli.context import session_of
from gkcheck.cli.filters import UnitOption
from gkcheck.cli.output import LogFormat, answer, json_lines
from gkcheck.journal import Scope
from gkcheck.journal.live import undone_batches
from gkcheck.ledger.assignments import assignments_of
from gkcheck.lookup.tasks import find_tasks
from gkcheck.lookup.units import find_unit
from gkcheck.model import Action, Entry, Plan
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
    tasks = None if task is None else frozenset(found.id for found in find_tasks(plan, [task]))
    meant = None if unit is None else find_unit(plan, unit)
    entries = session.past(Scope(tasks, None if meant is None else frozenset({meant}))).entries
    dead = undone_batches(entries)
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
