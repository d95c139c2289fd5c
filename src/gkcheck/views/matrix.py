"""Units by tasks, one letter a cell: the whole ledger at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gkcheck import labels
from gkcheck.ledger.fold import State, TaskRow
from gkcheck.model import Period, Plan
from gkcheck.table import Column, Table, table_of
from gkcheck.types import TYPE_CHECKING, NamedTuple
from gkcheck.views.statuses import matrix_letter

if TYPE_CHECKING:
    from typing import Any

LEGEND = "　".join(f"{letter} {word}" for letter, word in labels.LETTERS.items()) + "　空白 不承担"


def legend(lines: Iterable[Line]) -> str:
    """Return the legend; where tasks come round again, with the period that their cells are of: 第四季度 1、5；11月 2."""
    found: dict[Period, dict[int, None]] = {}
    for line in lines:
        for task, state in line.states.items():
            if state.period:
                found.setdefault(state.period, {})[task] = None
    present = "；".join(
        f"{labels.period(period, period.start)} {'、'.join(map(str, sorted(found[period])))}"
        for period in sorted(found)
    )
    return f"{LEGEND}　定期的任务是当期的：{present}" if present else LEGEND


class Line(NamedTuple):
    """One unit: its first group, and its states by task id."""

    unit: str
    group: str | None
    states: dict[int, State]


def lines(plan: Plan, rows: Iterable[TaskRow]) -> list[Line]:
    """Return every assignee that owes something, in registry order, open classes last."""
    by_unit: dict[str, dict[int, State]] = {}
    for row in rows:
        for state in row.states:
            by_unit.setdefault(state.assignment.unit, {})[row.task.id] = state
    groups = {unit.name: (unit.groups[0] if unit.groups else None) for unit in plan.units}
    order = [*groups, *(group.name for group in plan.groups)]
    return [Line(name, groups.get(name), by_unit[name]) for name in dict.fromkeys(order) if name in by_unit]


def blocks(tasks: Sequence[int], most: int) -> list[list[int]]:
    """Return tasks in runs of at most `most`, as even as may be."""
    count = -(-len(tasks) // most) or 1
    size = -(-len(tasks) // count)
    return [list(tasks[i : i + size]) for i in range(0, len(tasks), size)]


def tables(lines: Sequence[Line], tasks: Sequence[int], most: int | None = None) -> list[Table]:
    """Return the matrix in tables of at most `most` tasks, letters and a legend; without tasks that no unit owes."""
    out = []
    for block in blocks(_owed(lines, tasks), most or max(len(tasks), 1)):
        columns = (Column("责任单位", wrap=True, kind="unit"), *(Column(str(task), kind="cell") for task in block))
        listed = [
            (line.unit, *(matrix_letter(line.states[task]) if task in line.states else "" for task in block))
            for line in lines
        ]
        out.append(table_of(columns, listed))
    if out:
        out[-1] = Table(out[-1].rows, 1, (), out[-1].columns, None, (legend(lines),))
    return out


def flat(lines: Sequence[Line], tasks: Sequence[int]) -> Table:
    """Return the matrix as one table for programs: each unit with its class, words for letters."""
    owed = _owed(lines, tasks)
    columns = (Column("类别"), Column("责任单位", kind="unit"), *(Column(str(task), kind="cell") for task in owed))
    listed = [
        (
            line.group or "",
            line.unit,
            *(labels.LETTERS[matrix_letter(line.states[task])] if task in line.states else "" for task in owed),
        )
        for line in lines
    ]
    return table_of(columns, listed)


def _owed(lines: Iterable[Line], tasks: Iterable[int]) -> list[int]:
    """Return the tasks that one of the units owes."""
    owed = {task for line in lines for task in line.states}
    return [task for task in tasks if task in owed]


def contract(lines: Sequence[Line], tasks: Sequence[int]) -> dict[str, Any]:
    """Return the matrix for programs: status, overdue and returned of every cell, by unit and task id."""
    return {
        "tasks": list(tasks),
        "units": [
            {
                "unit": line.unit,
                "group": line.group,
                "cells": {str(task): _cell(state) for task, state in line.states.items()},
            }
            for line in lines
        ],
    }


def _cell(state: State) -> dict[str, Any]:
    """Return one cell for programs; `period` only where the task comes round again."""
    cell = {"status": state.status.value, "overdue": state.overdue, "returned": state.returned}
    return {**cell, "period": labels.period(state.period)} if state.period else cell
