"""Lists of one line a task, for a screen on which the full texts would take pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gkcheck import labels
from gkcheck.ledger.fold import TaskRow
from gkcheck.model import Deadline
from gkcheck.table import Column, Table, table_of, without_empty_columns
from gkcheck.views.statuses import pressing_word

_NUMBER = Column("编号")
_STATUS = Column("状态", kind="status")
_DEADLINE = Column("时限")
_TEXT = Column("具体要求", wrap=True, kind="brief")


def tasks(rows: Iterable[TaskRow], title: str, year: int) -> Table:
    """Return one row a task: number, the word that presses most, the day it is due, finished of assigned, its text.

    The days of `year` stand without it.
    """
    columns = (_NUMBER, _STATUS, _DEADLINE, Column("进度", kind="number"), _TEXT)
    listed = [
        (
            labels.task_number(row.task),
            pressing_word(row.status, overdue=row.overdue),
            _day(row.deadline, year),
            f"{row.finished}/{row.assigned}",
            row.task.text,
        )
        for row in rows
    ]
    return _table(columns, listed, title, labels.total(len(listed), "项具体要求"))


def assignments(rows: Iterable[TaskRow], title: str, year: int, notes: tuple[str, ...]) -> Table:
    """Return one row an assignment of one unit: the number of its task, status, the day it is due, text."""
    listed = [
        (
            labels.task_number(row.task),
            pressing_word(state.status, state.returned, state.overdue, state.due_soon),
            _day(state.deadline, year),
            row.task.text,
        )
        for row in rows
        for state in row.states
    ]
    columns = (_NUMBER, _STATUS, _DEADLINE, _TEXT)
    return _table(columns, listed, title, labels.total(len(listed), "项", "责任项"), *notes)


def _table(columns: tuple[Column, ...], listed: Sequence[tuple[str, ...]], title: str, *notes: str) -> Table:
    how = ("每项只列一行，看全文用 gkcheck show 编号，或加 --full。",) if listed else ()
    return without_empty_columns(table_of(columns, listed, title=title, notes=(*notes[:1], *how, *notes[1:])))


def _day(deadline: Deadline | None, year: int) -> str:
    """Return the day of a deadline: 11-01 in the year of the query, 2020-11-01 in another."""
    return labels.due_date(deadline).removeprefix(f"{year}-")
