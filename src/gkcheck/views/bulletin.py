"""The bulletin (通报): one value with all its facts, and the document made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from gkcheck import labels
from gkcheck.ledger.fold import State, TaskRow
from gkcheck.ledger.summary import Counts, SectionRow, Summary, rate
from gkcheck.model import Plan, Status, Task
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
    table_of,
)
from gkcheck.views import matrix
from gkcheck.views.published import chinese_day
from gkcheck.views.statuses import status_text
from gkcheck.views.tables import Ranking, group_name, rankings, rates

WIDEST_MATRIX = 40
"""The most tasks beside each other that a printed page holds."""

MOST_CELLS = 400_000
"""The most cells of a matrix that a browser opens and a person takes in; beyond it, `matrix --group` shows a part."""


class OverdueUnit(NamedTuple):
    """The overdue tasks of one unit, the longest overdue first."""

    unit: str
    tasks: tuple[tuple[Task, State], ...]


class Setback(NamedTuple):
    """One assignment that was sent back or is blocked, with the reason as given."""

    unit: str
    task: Task
    state: State


class Bulletin(NamedTuple):
    """All facts of the bulletin of a day. `lines` is empty where the matrix would be too large."""

    summary: Summary
    day: date
    rows: tuple[TaskRow, ...]
    rankings: tuple[Ranking, ...]
    late: tuple[OverdueUnit, ...]
    returned: tuple[Setback, ...]
    blocked: tuple[Setback, ...]
    lines: tuple[matrix.Line, ...]

    @property
    def plan(self) -> Plan:
        return self.summary.plan

    @property
    def sections(self) -> list[SectionRow]:
        return self.summary.sections

    @property
    def title(self) -> str:
        return f"{self.plan.title}办理情况通报"


def bulletin(summary: Summary, rows: Sequence[TaskRow], day: date) -> Bulletin:
    """Return the bulletin of `rows`, which are all rows of the ledger; `day` is the day it is issued."""
    lines = matrix.lines(summary.plan, rows)
    fits = len(lines) * len(rows) <= MOST_CELLS
    setbacks = [Setback(state.assignment.unit, row.task, state) for row in rows for state in row.states]
    return Bulletin(
        summary=summary,
        day=day,
        rows=tuple(rows),
        rankings=tuple(rankings(summary)),
        late=tuple(_overdue_units(lines, {row.task.id: row.task for row in rows})),
        returned=tuple(item for item in setbacks if item.state.returned),
        blocked=tuple(item for item in setbacks if item.state.status is Status.BLOCKED),
        lines=tuple(lines) if fits else (),
    )


def _overdue_units(lines: Sequence[matrix.Line], tasks: dict[int, Task]) -> list[OverdueUnit]:
    late = []
    for line in lines:
        mine = [(tasks[task], state) for task, state in line.states.items() if state.overdue]
        mine.sort(key=lambda pair: (labels.due_date(pair[1].deadline), pair[0].id))
        if mine:
            late.append(OverdueUnit(line.unit, tuple(mine)))
    return late


def overview(value: Bulletin) -> str:
    """Return the summary in one paragraph, both rates with two decimals."""
    tasks, counts = value.summary.tasks, value.summary.assignments
    reported_rate, confirmed_rate = rates(counts)
    return (
        f"截至{chinese_day(value.summary.as_of)}，{value.plan.title}共 {tasks.total} 项具体要求、"
        f"{counts.total} 个责任项（不涉及 {counts.skipped} 个）。已报完成 {counts.reported[0]} 个，其中经核实办结 {counts.confirmed} 个；"
        f"上报率 {reported_rate}，办结率 {confirmed_rate}。受阻 {counts.of(Status.BLOCKED)} 个，逾期 {counts.overdue} 个，退回未再报 {len(value.returned)} 个。"
    )


HOW_COUNTED = (
    "上报率＝（已完成＋已办结）÷（全部－不涉及），办结率＝已办结÷（全部－不涉及）；只在同一类别内排名，同率同名次。"
)


def reason(setback: Setback) -> str:
    """Return the reason as given; a dash where none was given."""
    return setback.state.reason or setback.state.note or "—"


# -- as a document --------------------------------------------------------------------------------------


def document(value: Bulletin) -> Document:
    """Return the bulletin as a document; the charts that only HTML can draw stand in columns of the kind `rates`."""
    blocks: list[Block] = [
        Paragraph(value.title, ParagraphKind.TITLE),
        Paragraph(f"（截至{chinese_day(value.summary.as_of)}）", ParagraphKind.NUMBER),
        Paragraph("一、总体情况", ParagraphKind.HEADING),
        Paragraph(overview(value)),
        _overall(value),
        Paragraph("二、各项工作任务进度", ParagraphKind.HEADING),
        _sections(value),
        Paragraph("三、责任单位进度和排名", ParagraphKind.HEADING),
        Paragraph(HOW_COUNTED, ParagraphKind.NOTE),
        *map(_ranking, value.rankings),
        Paragraph("四、逾期", ParagraphKind.HEADING),
        _late_table(value.late) if value.late else Paragraph("没有逾期的责任项。"),
        Paragraph("五、退回和受阻", ParagraphKind.HEADING),
        _setback_table(value) if value.returned or value.blocked else Paragraph("没有退回或受阻的责任项。"),
        PageBreak(landscape=True),
        Paragraph("六、责任单位与具体要求对照", ParagraphKind.HEADING),
        *_matrix(value),
        PageBreak(landscape=False),
        Paragraph("七、具体要求", ParagraphKind.HEADING),
        _tasks(value),
    ]
    if value.plan.issuer:
        blocks.append(Paragraph(value.plan.issuer, ParagraphKind.SIGNATURE))
    blocks.append(Paragraph(chinese_day(value.day), ParagraphKind.DATE))
    return Document(value.title, tuple(blocks))


_NUMBERS = tuple(Column(title, kind="number") for title in ("上报率", "办结率", "逾期", "总数", "已报", "办结"))
_UNIT = Column("责任单位", wrap=True, kind="unit")
_CHART = Column("进度", kind="rates")


def _progress(counts: Counts) -> tuple[str, ...]:
    """Return both rates, overdue, total, reported, confirmed, and the two rates for the chart."""
    numbers = (counts.overdue, counts.total, counts.reported[0], counts.confirmed)
    return (*rates(counts), *map(str, numbers), f"{counts.reported_rate:.2f}/{counts.confirmed_rate:.2f}")


def _overall(value: Bulletin) -> Table:
    """Return the numbers of assignments and tasks at each status, then those overdue, whatever their status."""
    tasks, counts = value.summary.tasks, value.summary.assignments
    names: dict[str, str] = {status.value: status_text(status) for status in Status}
    names["overdue"] = StatusText(f"其中{labels.OVERDUE}", Mark.OVERDUE)
    rows = []
    for field, name in names.items():
        count = getattr(counts, field)
        share = rate(count, counts.total)
        rows.append((name, str(count), labels.percent(share), str(getattr(tasks, field)), f"{share:.2f}"))
    rows.append(("合计", str(counts.total), "", str(tasks.total), ""))
    columns = (
        Column("状态", kind="status"),
        Column("责任项", kind="number"),
        Column("占全部", kind="number"),
        Column("具体要求", kind="number"),
        Column("分布", kind="rates"),
    )
    return table_of(columns, rows, title="各状态数量")


def _sections(value: Bulletin) -> Table:
    rows = [(labels.section_title(row.section), *_progress(row.counts)) for row in value.sections]
    return table_of((Column("工作任务", wrap=True), *_NUMBERS, _CHART), rows, title="各项工作任务的责任项")


def _ranking(ranking: Ranking) -> Table:
    name = group_name(ranking.group)
    columns: tuple[Column, ...] = (_UNIT, *_NUMBERS, _CHART)
    if ranking.ranked:
        rows = [(str(row.rank or "—"), row.unit, *_progress(row.counts)) for row in ranking.rows]
        return table_of((Column("名次", kind="number"), *columns), rows, title=f"{name}（按上报率排名）")
    return table_of(columns, [(row.unit, *_progress(row.counts)) for row in ranking.rows], title=f"{name}（不排名）")


def late_tasks(late: OverdueUnit) -> str:
    """Return the numbers of the tasks and the days they were due: 23（2019-11-30到期）、24（…）."""
    return "、".join(f"{task.id}（{labels.due_date(state.deadline)}到期）" for task, state in late.tasks)


def _late_table(units: Sequence[OverdueUnit]) -> Table:
    columns = (_UNIT, Column("项数", kind="number"), Column("具体要求", wrap=True))
    return table_of(
        columns, [(late.unit, str(len(late.tasks)), late_tasks(late)) for late in units], title="逾期的责任项"
    )


def _setback_table(value: Bulletin) -> Table:
    columns = (_UNIT, Column("编号"), Column("情况"), Column("原因", wrap=True), Column("记录日期"))
    rows = [
        (setback.unit, labels.task_number(setback.task), word, reason(setback), (setback.state.updated or "")[:10])
        for word, setbacks in ((labels.RETURNED, value.returned), (labels.STATUS[Status.BLOCKED], value.blocked))
        for setback in setbacks
    ]
    return table_of(columns, rows, title="退回和受阻的责任项")


def _matrix(value: Bulletin) -> list[Block]:
    """Return one table a group, each in blocks of tasks that a lying page holds."""
    if not value.lines:
        return [Paragraph("责任单位和具体要求太多，对照表请用 gkcheck matrix --group 按类别查看。")]
    texts = {str(row.task.id): row.task.text for row in value.rows}
    blocks: list[Block] = [Paragraph(matrix.LEGEND, ParagraphKind.NOTE)]
    for ranking in value.rankings:
        units = {row.unit for row in ranking.rows}
        mine = [line for line in value.lines if line.unit in units]
        tables = matrix.tables(mine, [row.task.id for row in value.rows], WIDEST_MATRIX)
        for table in tables:
            columns = tuple(column._replace(hint=texts.get(column.title, "")) for column in table.columns)
            span = f"，具体要求 {columns[1].title}—{columns[-1].title}" if len(tables) > 1 else ""
            blocks.append(Table(table.rows, 1, (), columns, f"{group_name(ranking.group)}对照表{span}"))
    return blocks


def _tasks(value: Bulletin) -> Table:
    columns = (
        Column("编号"),
        Column("具体要求", wrap=True),
        Column("时限", wrap=True),
        Column("状态", kind="status"),
        Column("已完成", kind="number"),
        Column("责任项", kind="number"),
    )
    rows = [
        (
            labels.task_number(row.task),
            row.task.text,
            labels.deadline(row.deadline),
            status_text(row.status, overdue=row.overdue),
            str(row.finished),
            str(row.assigned),
        )
        for row in value.rows
    ]
    return table_of(columns, rows, title="各项具体要求的办理情况")
