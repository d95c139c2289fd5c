"""The bulletin (通报) as a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gkcheck import labels
from gkcheck.ledger.fold import TaskRow
from gkcheck.ledger.summary import Counts, Summary, rate
from gkcheck.model import Plan, Status
from gkcheck.table import (
    Block,
    Column,
    Document,
    Mark,
    PageBreak,
    Paragraph,
    ParagraphKind,
    StatusText,
    Table,
    number_columns,
    table_of,
)  # fmt: skip
from gkcheck.views import matrix
from gkcheck.views.published import chinese_day
from gkcheck.views.statuses import status_text
from gkcheck.views.tables import Ranking, group_name, rankings, rates

WIDEST_MATRIX = 40
"""The most tasks beside each other that a printed page holds."""

MOST_CELLS = 400_000
"""The most cells of a matrix that a browser opens and a person takes in; beyond it, `matrix --group` shows a part."""


def document(summary: Summary, rows: Sequence[TaskRow], day: date) -> Document:
    """Return the bulletin of `rows`, which are all rows of the ledger; `day` is the day it is issued.

    The charts that only HTML can draw stand in columns of the kind `rates`.
    """
    plan = summary.plan
    title = f"{plan.title}办理情况通报"
    overdue, setbacks = _overdue(plan, rows), _setbacks(rows)
    blocks: list[Block] = [
        Paragraph(title, ParagraphKind.TITLE),
        Paragraph(f"（截至{chinese_day(summary.as_of)}）", ParagraphKind.NUMBER),
        Paragraph("一、总体情况", ParagraphKind.HEADING),
        Paragraph(_overview(summary, sum(state.returned for row in rows for state in row.states))),
        _overall(summary),
        Paragraph("二、各项工作任务进度", ParagraphKind.HEADING),
        _sections(summary),
        Paragraph("三、责任单位进度和排名", ParagraphKind.HEADING),
        Paragraph(HOW_COUNTED, ParagraphKind.NOTE),
        *map(_ranking, rankings(summary)),
        Paragraph("四、逾期", ParagraphKind.HEADING),
        overdue if len(overdue.rows) > overdue.header else Paragraph("没有逾期的责任项。"),
        Paragraph("五、退回和受阻", ParagraphKind.HEADING),
        setbacks if len(setbacks.rows) > setbacks.header else Paragraph("没有退回或受阻的责任项。"),
        PageBreak(landscape=True),
        Paragraph("六、责任单位与具体要求对照", ParagraphKind.HEADING),
        *_matrix(summary, rows),
        PageBreak(landscape=False),
        Paragraph("七、具体要求", ParagraphKind.HEADING),
        _tasks(rows),
    ]
    if plan.issuer:
        blocks.append(Paragraph(plan.issuer, ParagraphKind.SIGNATURE))
    blocks.append(Paragraph(chinese_day(day), ParagraphKind.DATE))
    return Document(title, tuple(blocks))


def _overview(summary: Summary, returned: int) -> str:
    """Return the summary in one paragraph, both rates with two decimals."""
    tasks, counts = summary.tasks, summary.assignments
    reported_rate, confirmed_rate = rates(counts)
    return (
        f"截至{chinese_day(summary.as_of)}，{summary.plan.title}共 {tasks.total} 项具体要求、"
        f"{counts.total} 个责任项（不涉及 {counts.skipped} 个）。已报完成 {counts.reported[0]} 个，其中经核实办结 {counts.confirmed} 个；"
        f"上报率 {reported_rate}，办结率 {confirmed_rate}。受阻 {counts.of(Status.BLOCKED)} 个，逾期 {counts.overdue} 个，退回未再报 {returned} 个。"
    )


HOW_COUNTED = (
    "上报率＝（已完成＋已办结）÷（全部－不涉及），办结率＝已办结÷（全部－不涉及）；只在同一类别内排名，同率同名次。"
)


_NUMBERS = number_columns("上报率", "办结率", "逾期", "总数", "已报", "办结")
_UNIT = Column("责任单位", wrap=True, kind="unit")
_CHART = Column("进度", kind="rates")


def _progress(counts: Counts) -> tuple[str, ...]:
    """Return both rates, overdue, total, reported, confirmed, and the two rates for the chart."""
    numbers = (counts.overdue, counts.total, counts.reported[0], counts.confirmed)
    return (*rates(counts), *map(str, numbers), f"{counts.reported_rate:.2f}/{counts.confirmed_rate:.2f}")


def _overall(summary: Summary) -> Table:
    """Return the numbers of assignments and tasks at each status, then those overdue, whatever their status."""
    tasks, counts = summary.tasks, summary.assignments
    figures = [(status_text(status), counts.of(status), tasks.of(status)) for status in Status]
    figures.append((StatusText(f"其中{labels.OVERDUE}", Mark.OVERDUE), counts.overdue, tasks.overdue))
    rows: list[tuple[str, ...]] = []
    for name, count, of_tasks in figures:
        share = rate(count, counts.total)
        rows.append((name, str(count), labels.percent(share), str(of_tasks), f"{share:.2f}"))
    rows.append(("合计", str(counts.total), "", str(tasks.total), ""))
    numbers = number_columns("责任项", "占全部", "具体要求")
    columns = (Column("状态", kind="status"), *numbers, Column("分布", kind="rates"))
    return table_of(columns, rows, title="各状态数量")


def _sections(summary: Summary) -> Table:
    rows = [(labels.section_title(row.section), *_progress(row.counts)) for row in summary.sections]
    return table_of((Column("工作任务", wrap=True), *_NUMBERS, _CHART), rows, title="各项工作任务的责任项")


def _ranking(ranking: Ranking) -> Table:
    name = group_name(ranking.group)
    columns: tuple[Column, ...] = (_UNIT, *_NUMBERS, _CHART)
    if ranking.ranked:
        rows = [(str(row.rank or "—"), row.unit, *_progress(row.counts)) for row in ranking.rows]
        return table_of((Column("名次", kind="number"), *columns), rows, title=f"{name}（按上报率排名）")
    return table_of(columns, [(row.unit, *_progress(row.counts)) for row in ranking.rows], title=f"{name}（不排名）")


def _overdue(plan: Plan, rows: Sequence[TaskRow]) -> Table:
    """Return one row a unit that is late: its tasks and the days they were due, 23（2019-11-30到期）, the longest overdue first."""
    listed = []
    for line in matrix.lines(plan, rows):
        late = sorted((labels.due_date(state.deadline), task) for task, state in line.states.items() if state.overdue)
        if late:
            listed.append((line.unit, str(len(late)), "、".join(f"{task}（{due}到期）" for due, task in late)))
    columns = (_UNIT, *number_columns("项数"), Column("具体要求", wrap=True))
    return table_of(columns, listed, title="逾期的责任项")


def _setbacks(rows: Sequence[TaskRow]) -> Table:
    """Return one row an assignment that was returned, then that is blocked, with the reason as given."""
    columns = (_UNIT, Column("编号"), Column("情况"), Column("原因", wrap=True), Column("记录日期"))
    states = [(row.task, state) for row in rows for state in row.states]
    returned = [(task, labels.RETURNED, state) for task, state in states if state.returned]
    blocked = [(task, labels.STATUS[state.status], state) for task, state in states if state.status is Status.BLOCKED]
    listed = [
        (
            state.assignment.unit,
            labels.task_number(task),
            word,
            state.reason or (state.claim.problem if state.claim else None) or "—",
            (state.act.at if state.returned and state.act else state.claim.day if state.claim else "")[:10],
        )
        for task, word, state in returned + blocked
    ]
    return table_of(columns, listed, title="退回和受阻的责任项")


def _matrix(summary: Summary, rows: Sequence[TaskRow]) -> list[Block]:
    """Return one table a group, each in blocks of tasks that a lying page holds."""
    lines = matrix.lines(summary.plan, rows)
    if not lines or len(lines) * len(rows) > MOST_CELLS:
        return [Paragraph("责任单位和具体要求太多，对照表请用 gkcheck matrix --group 按类别查看。")]
    texts = {str(row.task.id): row.task.text for row in rows}
    blocks: list[Block] = [Paragraph(matrix.LEGEND, ParagraphKind.NOTE)]
    for ranking in rankings(summary):
        units = {row.unit for row in ranking.rows}
        mine = [line for line in lines if line.unit in units]
        tables = matrix.tables(mine, [row.task.id for row in rows], WIDEST_MATRIX)
        for table in tables:
            columns = tuple(column._replace(hint=texts.get(column.title, "")) for column in table.columns)
            span = f"，具体要求 {columns[1].title}—{columns[-1].title}" if len(tables) > 1 else ""
            blocks.append(Table(table.rows, 1, (), columns, f"{group_name(ranking.group)}对照表{span}"))
    return blocks


def _tasks(rows: Sequence[TaskRow]) -> Table:
    columns = (
        Column("编号"),
        Column("具体要求", wrap=True),
        Column("时限", wrap=True),
        Column("状态", kind="status"),
        *number_columns("已完成", "责任项"),
    )
    listed = [
        (
            labels.task_number(row.task),
            row.task.text,
            labels.deadline(row.deadline),
            status_text(row.status, overdue=row.overdue),
            str(row.finished),
            str(row.assigned),
        )
        for row in rows
    ]
    return table_of(columns, listed, title="各项具体要求的办理情况")
