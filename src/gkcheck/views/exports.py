"""The ledger as data: the columns that real ledgers (台账) carry, one row an assignment or one row a task."""

from __future__ import annotations

from collections.abc import Iterable

from gkcheck import labels
from gkcheck.ledger.fold import State, TaskRow
from gkcheck.table import Column, LinkedText, Mark, StatusText, Table, number_columns, table_of
from gkcheck.views import tables
from gkcheck.views.statuses import status_text

_TASK = (
    Column("序号", kind="number"),
    Column("编号"),
    Column("工作任务", wrap=True),
    Column("具体要求", wrap=True),
)

_STANDING = (
    Column("完成时限", wrap=True),
    Column("到期日", kind="date"),
    Column("状态", kind="status"),
    Column("逾期", kind="status"),
)


_OVERDUE = StatusText(labels.OVERDUE, Mark.OVERDUE)
_RETURNED = StatusText(labels.RETURNED, Mark.RETURNED)


def _task(row: TaskRow) -> tuple[str, ...]:
    return (str(row.task.id), row.task.number, labels.section_title(row.section), row.task.text)


def _standing(item: TaskRow | State) -> tuple[str, ...]:
    """Return the deadline in words, its day, the status and 逾期: the day stands once, in its own column."""
    words = (item.deadline.text if item.deadline else None) or ""
    return (words, labels.due_date(item.deadline), status_text(item.status), _OVERDUE if item.overdue else "")


def by_assignment(rows: Iterable[TaskRow], title: str) -> Table:
    """Return one row an assignment, in task order: task, unit, deadline, status, progress, evidence, reporter."""
    columns = (
        *_TASK,
        Column("责任单位", wrap=True, kind="unit"),
        Column("职责"),
        Column("类别", wrap=True),
        *_STANDING,
        Column("退回", kind="status"),
        Column("进展情况", wrap=True),
        Column("存在问题", wrap=True),
        Column("下一步措施", wrap=True),
        Column("佐证材料", wrap=True),
        Column("填报人", wrap=True),
        Column("填报时间", kind="time"),
        Column("审核人", wrap=True),
        Column("审核时间", kind="time"),
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
            _RETURNED if state.returned else "",
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
    evidence = _evidence(state)
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


def _evidence(state: State) -> str:
    text = "\n".join(map(labels.evidence, state.evidence))
    addresses = tuple(item.value for item in state.evidence if item.kind == "url")
    return LinkedText(text, addresses) if addresses else text


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
