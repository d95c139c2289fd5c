"""The queries: tasks, show, status, units, log."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from gkcheck.cli.commands.tasks import list_tasks, unit_of, wanted_of
from gkcheck.cli.context import session_of
from gkcheck.cli.filters import (
    AsOfOption,
    ChannelOption,
    DueByOption,
    FormatOption,
    MatchOption,
    NamedOption,
    OverdueOption,
    RoleOption,
    SectionOption,
    StatusOption,
    UnitOption,
)
from gkcheck.cli.output import Format, answer
from gkcheck.errors import BadRequest
from gkcheck.journal import STATUSES, Scope
from gkcheck.journal.live import undone_batches
from gkcheck.ledger.queries import TaskFilter, select
from gkcheck.lookup.tasks import find_tasks
from gkcheck.model import Action, Entry

if TYPE_CHECKING:
    from gkcheck.table import Table

app = typer.Typer()


@app.command("tasks")
def tasks(
    ctx: typer.Context,
    unit: UnitOption = None,
    section: SectionOption = None,
    role: RoleOption = None,
    status: StatusOption = None,
    match: MatchOption = None,
    channel: ChannelOption = None,
    named: NamedOption = False,
    overdue: OverdueOption = False,
    due_by: DueByOption = None,
    as_of: AsOfOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """列出具体要求。加 --unit 列出该单位要做的每一项，包括通过“市直各单位”等类别涉及的。

    例：gkcheck tasks --unit 市教育局
    """
    session = session_of(ctx)
    wanted = wanted_of(session, unit, section, role, status, match, channel, named, overdue, due_by)
    list_tasks(session, wanted, as_of, format)


@app.command("show")
def show(
    ctx: typer.Context,
    task: Annotated[str, typer.Argument(metavar="编号", help="具体要求：23、二十三")],
    as_of: AsOfOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """一项具体要求的全文、每个责任单位的状态和佐证，以及历史记录。

    例：gkcheck show 23
    """
    from gkcheck.views import contract, tables

    session = session_of(ctx)
    wanted = find_tasks(session.plan, [task])
    if len(wanted) != 1:
        raise BadRequest(f"一次只看一项，“{task}”有 {len(wanted)} 项")
    only = frozenset({wanted[0].id})
    row = select(session.ledger(as_of, Scope(tasks=only)), TaskFilter(tasks=only))[0]
    past = session.past(Scope(tasks=only)).entries
    entries = about(past, wanted[0].id)
    dead = undone_batches(past)
    answer(
        format,
        lambda: contract.detail(row, entries),
        lambda: [tables.facts(row), tables.assignees(row), tables.history(entries, dead, "记录")],
    )


def about(past: Sequence[Entry], task: int) -> list[Entry]:
    """The entries about a task, and the undoing of them, in order."""
    own = [entry for entry in past if entry.task == task]
    batches = {entry.batch for entry in own}
    found = list(own)
    for entry in past:
        if entry.action is Action.UNDO and entry.undoes in batches:
            batches.add(entry.batch)
            found.append(entry)
    return sorted(found, key=lambda entry: entry.order)


class By(StrEnum):
    """What a summary is listed by."""

    SECTION = "section"
    UNIT = "unit"
    TASK = "task"


@app.command("status")
def status(
    ctx: typer.Context,
    by: Annotated[By, typer.Option(metavar="WORD", help="按工作任务、责任单位或具体要求列出")] = By.SECTION,
    as_of: AsOfOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """汇总：各状态的数量、上报率、办结率、逾期和序时进度；责任单位只在同一类别内排名。

    例：gkcheck status --by unit
    """
    from gkcheck.ledger.summary import summarise
    from gkcheck.views import contract, tables

    ledger = session_of(ctx).ledger(as_of, STATUSES)
    summary = summarise(ledger)

    def grids() -> list[Table]:
        head = [tables.overview(summary), tables.pace(summary)]
        if by is By.UNIT:
            return [*head, *tables.by_unit(summary)]
        if by is By.TASK:
            return [*head, tables.by_task(ledger.rows())]
        return [*head, tables.by_section(summary)]

    answer(format, lambda: contract.status(summary), grids)


@app.command("units")
def units(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="单位", help="只看这一个；类别则看它的成员")] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """责任单位名录，以及各单位的责任项数量和进度。

    例：gkcheck units 教育局
    """
    from gkcheck.ledger.assignments import members_of
    from gkcheck.ledger.summary import summarise
    from gkcheck.views import contract, tables

    session = session_of(ctx)
    plan = session.plan
    summary = summarise(session.ledger(scope=STATUSES))
    chosen: set[str] | None = None
    if name is not None:
        found = unit_of(plan, name)
        chosen = {found, *members_of(plan).get(found, ())}
    answer(
        format,
        lambda: [unit for unit in contract.units(plan, summary) if chosen is None or unit["unit"] in chosen],
        lambda: [tables.units(plan, summary, chosen)],
    )
