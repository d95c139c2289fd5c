"""Read the filter that `tasks` and `export` were given, and list the tasks. Loads no typer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gkcheck.cli.context import Session
from gkcheck.cli.output import Format, answer
from gkcheck.journal import Scope
from gkcheck.ledger.queries import TaskFilter, open_tasks_for, select
from gkcheck.model import Plan, Role, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gkcheck.ledger import TaskRow
    from gkcheck.table import Table


def list_tasks(session: Session, wanted: TaskFilter, as_of: str | None, format: Format) -> None:
    """Print the wanted tasks; with a unit, its assignments."""
    plan = session.plan
    scope = Scope(units=frozenset({wanted.unit})) if wanted.unit is not None else None
    rows = select(session.ledger(as_of, scope), wanted)

    def data() -> list[dict[str, Any]]:
        from gkcheck.views import contract

        return [contract.task(row) for row in rows]

    def grids() -> Sequence[Table]:
        from gkcheck.views import tables

        return [tables.tasks(rows, plan) if wanted.unit is None else _unit_table(session, wanted.unit, rows)]

    answer(format, data, grids)


def _unit_table(session: Session, unit: str, rows: list[TaskRow]) -> Table:
    from gkcheck.views import tables

    notes = [
        f"{unit}是否属于“{group}”，来源没有写明；该类别另有具体要求 {'、'.join(map(str, ids))}，请自行核对。"
        for group, ids in open_tasks_for(session.plan, unit).items()
    ]
    return tables.assignments(rows, f"{unit}的责任项", tuple(notes))


def unit_of(plan: Plan, typed: str) -> str:
    """Return the unit (or group) that was typed; a unit's own name needs no search, and none is loaded for it."""
    if any(unit.name == typed for unit in plan.units):
        return typed
    from gkcheck.lookup.units import unit_named

    return unit_named(plan, typed)


def section_of(plan: Plan, typed: str) -> str:
    """Return the printed number of the section that was typed."""
    from gkcheck.lookup.sections import section_named

    return section_named(plan, typed).number


def wanted_of(
    session: Session,
    unit: str | None,
    section: str | None,
    role: Role | None,
    status: Status | None,
    match: str | None,
    channel: str | None,
    named: bool,
    overdue: bool,
    due_by: str | None,
) -> TaskFilter:
    """Return the filter that the options ask for, names and days resolved."""
    plan = session.plan
    return TaskFilter(
        unit=unit_of(plan, unit) if unit is not None else None,
        section=section_of(plan, section) if section is not None else None,
        role=role,
        status=status,
        match=match,
        channel=channel,
        named=named,
        overdue=overdue,
        due_by=session.day(due_by, "--due-by") if due_by is not None else None,
    )
