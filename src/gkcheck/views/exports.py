"""The ledger as data: the columns that real ledgers (台账) carry, one row an assignment or one row a task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from gkcheck import labels
from gkcheck.ledger.fold import State, TaskRow
from gkcheck.ledger.schedule import ExpectedProgress
from gkcheck.ledger.summary import Counts
from gkcheck.model import Entry, Plan
from gkcheck.table import Column, LinkedText, Mark, StatusText, Table, number_columns, table_of
from gkcheck.views import matrix, tables
from gkcheck.views.bulletin import MOST_CELLS
from gkcheck.views.statuses import light, opinion, periods, status_text

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
    words = labels.deadline_words(item.deadline) if item.deadline else ""
    return (words, labels.due_date(item.deadline), status_text(item.status), _OVERDUE if item.overdue else "")


def by_assignment(rows: Sequence[TaskRow], title: str) -> Table:
    """Return one row an assignment, in task order: task, unit, deadline, status, progress, evidence, reporter.

    The last column are the periods of the year, where any comes round again.
    """
    columns: tuple[Column, ...] = (
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
        Column("填报人", wrap=True, spare=True),
        Column("填报时间", kind="time"),
        Column("审核人", wrap=True),
        Column("审核时间", kind="time"),
        Column("审核意见", wrap=True),
        Column("催办次数", kind="number"),
    )
    if any(state.recurrence for row in rows for state in row.states):
        columns = (*columns, Column("各期", wrap=True))
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
            periods(state),
        )[: len(columns)]
        for row in rows
        for state in row.states
    ]
    return table_of(columns, listed, title=title)


def _evidence(state: State) -> str:
    text = "\n".join(map(labels.evidence, state.evidence))
    addresses = tuple(item.value for item in state.evidence if item.kind == "url")
    return LinkedText(text, addresses) if addresses else text


def _claimed(state: State) -> tuple[str, ...]:
    """Return progress, problem, next step, evidence, and who said so when."""
    claim, evidence = state.claim, _evidence(state)
    if claim is None:
        return ("", "", "", evidence, "", "")
    return (claim.note or "", claim.problem or "", claim.next or "", evidence, claim.by, labels.when(claim.at))


def _acted(state: State) -> tuple[str, str, str]:
    """Return who of the office answered last, when, and the answer with its reason."""
    act = state.act
    if act is None:
        return ("", "", "")
    return (act.by, labels.when(act.at), opinion(act))


def by_task(rows: Iterable[TaskRow], title: str) -> Table:
    """Return one row a task: requirement, units as printed, deadline, status, assignments finished of all."""
    columns = (
        *_TASK,
        Column("责任单位", wrap=True, kind="unit"),
        *_STANDING,
        *number_columns("已报", "总数"),
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


def summary(plan: Plan, rows: Sequence[TaskRow], expected: ExpectedProgress) -> Table:
    """Return the counts and the lights of the assignments in `rows`: of all, by class, by section and by unit."""
    lines = matrix.lines(plan, rows)
    groups = {line.unit: tables.group_name(line.group) for line in lines}
    names = [("全部", "合计", "")]
    names += [("类别", group, "") for group in dict.fromkeys(groups.values())]
    names += [("工作任务", section, "") for section in dict.fromkeys(labels.section_title(row.section) for row in rows)]
    names += [("责任单位", unit, group) for unit, group in groups.items()]
    counts = {name[:2]: Counts() for name in names}
    for row in rows:
        section = labels.section_title(row.section)
        for state in row.states:
            unit = state.assignment.unit
            of = (("全部", "合计"), ("类别", groups[unit]), ("工作任务", section), ("责任单位", unit))
            for name in of:
                counts[name].add(state.status, state.overdue)
    percents = (Column("上报率", kind="percent"), Column("办结率", kind="percent"))
    figures = (*number_columns("总数", "已报", "办结", "逾期"), *percents)
    columns = (
        Column("口径"),
        Column("名称", wrap=True, kind="unit"),
        Column("所属类别", wrap=True),
        *figures,
        Column("亮灯", kind="light"),
    )
    listed = [(*name, *_figures(counts[name[:2]]), light(counts[name[:2]], expected)) for name in names]
    return table_of(columns, listed, title="汇总")


def _figures(counts: Counts) -> tuple[str, ...]:
    numbers = (counts.total, counts.reported[0], counts.confirmed, counts.overdue)
    return (*map(str, numbers), *tables.rates(counts))


_BESIDE = 60
"""The most tasks of a matrix beside each other on a sheet that is printed on A3."""


def matrices(plan: Plan, rows: Sequence[TaskRow]) -> list[Table]:
    """Return the matrix of `rows`, one letter a cell; nothing where it has more cells than a person takes in."""
    lines = matrix.lines(plan, rows)
    if not lines or len(lines) * len(rows) > MOST_CELLS:
        return []
    found = matrix.tables(lines, [row.task.id for row in rows], _BESIDE)
    return [table._replace(title="对照表") for table in found]


def log(entries: Iterable[Entry], dead: set[str], code: str) -> Iterator[Table]:
    """Yield the table of `tables.history` with each entry in a row of its own, in parts: the first has the titles."""
    rest, header = iter(entries), 1
    while (records := [[entry] for entry in islice(rest, 500)]) or header:
        table = tables.history(records, dead, code=code)
        yield table if header else table._replace(rows=table.rows[1:], header=0)
        header = 0
