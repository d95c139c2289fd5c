"""The summary as one table for programs: a figure a cell, every status counted, no bars."""

from __future__ import annotations

from collections.abc import Iterable

from gkcheck import labels
from gkcheck.ledger.fold import TaskRow
from gkcheck.ledger.summary import Counts, Summary
from gkcheck.table import Column, Table, number_columns, table_of

_FIGURES = (
    *number_columns("总数", *labels.STATUS.values(), "已报", labels.OVERDUE),
    Column("上报率", kind="percent"),
    Column("办结率", kind="percent"),
)


def by_section(summary: Summary) -> Table:
    """Return one row a section, counting assignments."""
    columns = (Column("编号"), Column("工作任务"), *_FIGURES)
    return table_of(
        columns, [(row.section.number, row.section.title, *_figures(row.counts)) for row in summary.sections]
    )


def by_unit(summary: Summary) -> Table:
    """Return one row a unit in registry order, with its class and its place in a class that is ranked."""
    columns = (Column("类别"), Column("责任单位", kind="unit"), *number_columns("名次"), *_FIGURES)
    return table_of(
        columns, [(row.group or "", row.unit, str(row.rank or ""), *_figures(row.counts)) for row in summary.units]
    )


def by_class(summary: Summary) -> Table:
    """Return one row a class of units, counting their assignments."""
    columns = (Column("类别"), *_FIGURES)
    return table_of(columns, [(group or "", *_figures(counts)) for group, counts in counts_by_class(summary)])


def counts_by_class(summary: Summary) -> list[tuple[str | None, Counts]]:
    """Return the counts of each class in registry order, those of the units of none under None; they sum to the whole."""
    classes: dict[str | None, Counts] = {}
    for row in summary.units:
        classes.setdefault(row.group, Counts()).include(row.counts)
    return list(classes.items())


def by_task(rows: Iterable[TaskRow]) -> Table:
    """Return one row a task, counting its assignments."""
    columns = (Column("序号", kind="number"), Column("编号"), Column("具体要求"), *_FIGURES)
    return table_of(
        columns,
        [(str(row.task.id), row.task.number, row.task.text, *_figures(counts_of(row))) for row in rows],
    )


def counts_of(row: TaskRow) -> Counts:
    """Return the counts of a task's assignments."""
    counts = Counts()
    for state in row.states:
        counts.add(state.status, state.overdue)
    return counts


def _figures(counts: Counts) -> tuple[str, ...]:
    """Return the figures of a row; the rates are empty where everything is skipped and there is nothing to rate."""
    reported, rated = counts.reported
    rates = (labels.percent(counts.reported_rate), labels.percent(counts.confirmed_rate)) if rated else ("", "")
    statuses = (counts.of(status) for status in labels.STATUS)
    return (*map(str, (counts.total, *statuses, reported, counts.overdue)), *rates)
