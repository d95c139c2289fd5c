"""The ledger as data: the columns that real ledgers (台账) carry, one row an assignment or one row a task."""

from __future__ import annotations

from collections.abc import Iterable

from gkcheck import labels
from gkcheck.ledger.fold import State, TaskRow
from gkcheck.table import Column, Table, number_columns, table_of
from gkcheck.views import tables
from gkcheck.views.statuses import status_text

_TASK = (
    Column("序号", kind="number"),
    Column("编号"),
    Column("工作任务", wrap=True),
    Column("具体要求", wrap=True),
)

_STANDING = (Column("完成时限", wrap=True), Column("到期日"), Column("状态", kind="status"), Column("逾期"))


def _task(row: TaskRow) -> tuple[str, ...]:
    return (str(row.task.id), row.task.number, labels.section_title(row.section), row.task.text)


def _standing(item: TaskRow | State) -> tuple[str, ...]:
    due = (labels.deadline(item.deadline), labels.due_date(item.deadline))
    return (*due, status_text(item.status), labels.OVERDUE if item.overdue else "")


def by_assignment(rows: Iterable[TaskRow], title: str) -> Table:
    """Return one row an assignment, in task order: task, unit, deadline, status, progress, evidence, reporter."""
    columns = (
        *_TASK,
        Column("责任单位", wrap=True),
        Column("职责"),
        Column("类别", wrap=True),
        *_STANDING,
        Column("退回"),
        Column("进展情况", wrap=True),
        Column("存在问题", wrap=True),
        Column("下一步措施", wrap=True),
        Column("佐证材料", wrap=True),
        Column("填报人", wrap=True),
        Column("填报时间"),
        Column("审核人", wrap=True),
        Column("审核时间"),
        Column("审核意见", wrap=True),
        Column("催办次数", kind="number"),
    )
    listed = [
        (
            *_task(row),
            state.assignment.unit,
            labels.ROLE[state.assignment.role],
            state.assignment.group or "",
            *_standing(state),
            labels.RETURNED if state.returned else "",
            *_claimed(state),
            *_acted(state),
            str(len(state.letters) or ""),
        )
        for row in rows
        for state in row.states
    ]
    return table_of(columns, listed, title=title)


def _claimed(state: State) -> tuple[str, ...]:
    """Return progress, problem, next step, evidence, and who said so when."""
    evidence = "\n".join(map(labels.evidence, state.evidence))
    claim = state.claim
    if claim is None:
        return ("", "", "", evidence, "", "")
    return (claim.note or "", claim.problem or "", claim.next or "", evidence, claim.by, labels.when(claim.at))


def _acted(state: State) -> tuple[str, str, str]:
    """Return who of the office answered last, when, and the answer with its reason."""
    act = state.act
    if act is None:
        return ("", "", "")
    return (act.by, labels.when(act.at), "：".join(filter(None, (labels.ACTION[act.action], act.note))))


def by_task(rows: Iterable[TaskRow], title: str) -> Table:
    """Return one row a task: requirement, units as printed, deadline, status, assignments finished of all."""
    columns = (
        *_TASK,
        Column("责任单位", wrap=True),
        *_STANDING,
        *number_columns("已完成", "责任项"),
        Column("发布渠道", wrap=True),
        Column("说明", wrap=True),
    )
    listed = [
        (
            *_task(row),
            tables.owners(row.task),
            *_standing(row),
            str(row.finished),
            str(row.assigned),
            "、".join(row.task.channels),
            row.task.note or "",
        )
        for row in rows
    ]
    return table_of(columns, listed, title=title)
