"""The bulletin (通报) as a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gkcheck import labels
from gkcheck.ledger.fold import TaskRow
from gkcheck.ledger.pace import PacePoint
from gkcheck.ledger.schedule import ExpectedProgress, expected_progress
from gkcheck.ledger.summary import Counts, Summary, rate
from gkcheck.model import Status
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
from gkcheck.text.titles import broken_title
from gkcheck.types import NamedTuple
from gkcheck.views import bulletin_prose as prose
from gkcheck.views import matrix, pace
from gkcheck.views.published import chinese_day
from gkcheck.views.statuses import HOW_LIT, light, status_text
from gkcheck.views.tables import Ranking, group_name, rankings, rates

WIDEST_MATRIX = 40
"""The most tasks beside each other that a printed page holds."""

MOST_CELLS = 400_000
"""The most cells of a matrix that a browser opens and a person takes in; beyond it, `matrix --group` shows a part."""


class Head(NamedTuple):
    """The parts of a bulletin that the office sets: its number, addressees, copies, what is asked next, and until when."""

    number: str = ""
    addressee: str = ""
    copies: str = ""
    demand: str = ""
    until: date | None = None


def document(
    summary: Summary,
    rows: Sequence[TaskRow],
    day: date,
    head: Head | None = None,
    before: Summary | None = None,
    points: Sequence[PacePoint] = (),
) -> Document:
    """Return the bulletin of `rows`, which are all rows of the ledger, in the order of an official one.

    总体情况, 排名, 存在问题, 下一步要求, signature and date, then the annexes. Nothing is said of what is zero.

    Args:
        day: the day it is issued.
        before: the summary of an earlier day, to tell what has changed since.
        points: the progress over the year, which is drawn.
    """
    plan, head = summary.plan, head or Head()
    name = f"关于《{plan.title}》落实情况的通报"
    blocks: list[Block] = [Paragraph(broken_title(name, _TITLE_WIDTH), ParagraphKind.TITLE)]
    blocks += [Paragraph(head.number, ParagraphKind.NUMBER)] if head.number else []
    blocks += [Paragraph(f"{head.addressee}：", ParagraphKind.ADDRESSEE)] if head.addressee else []
    blocks += [
        Paragraph("一、总体情况", ParagraphKind.HEADING),
        *map(Paragraph, [*prose.overall(summary, before), *prose.recurring(rows, before)]),
        _overall(summary),
        Paragraph(HOW_LIT, ParagraphKind.NOTE),
        *([pace.burn_up(points)] if points else []),
        _sections(summary),
        Paragraph("二、排名情况", ParagraphKind.HEADING),
        *map(Paragraph, prose.leaders(summary)),
        Paragraph(HOW_COUNTED, ParagraphKind.NOTE),
        *_rankings(summary),
        Paragraph("三、存在问题", ParagraphKind.HEADING),
        *_problems(summary, rows, before),
        Paragraph("四、下一步工作要求", ParagraphKind.HEADING),
        Paragraph(head.demand or prose.demand(summary, head.until)),
        Paragraph(_list_of_annexes(summary)),
    ]
    if plan.issuer:
        blocks.append(Paragraph(plan.issuer, ParagraphKind.SIGNATURE))
    blocks.append(Paragraph(chinese_day(day), ParagraphKind.DATE))
    if head.copies:
        blocks.append(Paragraph(f"抄送：{head.copies}", ParagraphKind.NOTE))
    blocks += [
        PageBreak(landscape=True),
        Paragraph(f"附件1　{_ANNEXES[0]}", ParagraphKind.HEADING),
        *_matrix(summary, rows),
        Paragraph(f"附件2　{_ANNEXES[1]}", ParagraphKind.HEADING),
        _tasks(rows),
    ]
    if _is_long(summary):
        blocks += [Paragraph(f"附件3　{_ANNEXES[2]}", ParagraphKind.HEADING), *_whole_rankings(summary)]
    return Document(name, tuple(blocks), fields=(("抄送", head.copies),))


_TITLE_WIDTH = 40
"""The letters of half width in a line of the title: 22 pt on a text 156 mm wide (GB/T 9704-2012)."""

_ANNEXES = ("责任单位与具体要求对照表", "逐项办理情况", "各单位进度")


def _list_of_annexes(summary: Summary) -> str:
    names = _ANNEXES if _is_long(summary) else _ANNEXES[:2]
    return "附件：" + "；".join(f"{number}．{name}" for number, name in enumerate(names, 1))


MOST_RANKED, _SHOWN_AT_AN_END = 300, 10
"""Above so many units a ranking in the text shows its first and last few only, and whole in an annex."""


def _is_long(summary: Summary) -> bool:
    return len(summary.units) > MOST_RANKED


def _whole_rankings(summary: Summary) -> list[Table]:
    expected = expected_progress(summary.plan, summary.as_of)
    return [_ranking(ranking, expected) for ranking in rankings(summary)]


def _rankings(summary: Summary) -> list[Table]:
    """Return one table a class; of many units the first and the last of each."""
    tables = []
    expected = expected_progress(summary.plan, summary.as_of)
    for ranking in rankings(summary):
        count = len(ranking.rows)
        if not _is_long(summary) or count <= 2 * _SHOWN_AT_AN_END:
            tables.append(_ranking(ranking, expected))
            continue
        ends = (*ranking.rows[:_SHOWN_AT_AN_END], *ranking.rows[-_SHOWN_AT_AN_END:])
        table = _ranking(ranking._replace(rows=ends), expected)
        tables.append(
            table._replace(title=f"{table.title}：共{count}个，前{_SHOWN_AT_AN_END}个和后{_SHOWN_AT_AN_END}个")
        )
    return tables


def _problems(summary: Summary, rows: Sequence[TaskRow], before: Summary | None) -> list[Block]:
    found = prose.problems(summary, rows, before)
    if not found:
        return [Paragraph("目前没有逾期、退回和受阻的责任项，也没有尚未报告完成的单位。")]
    return [Paragraph(f"（{'一二三四五'[place]}）{heading}。{text}") for place, (heading, text) in enumerate(found)]


HOW_COUNTED = (
    "上报率＝（已完成＋已办结）÷（全部－不涉及），办结率＝已办结÷（全部－不涉及）；只在同一类别内排名，同率同名次。"
)


_NUMBERS = number_columns("上报率", "办结率", "逾期", "总数", "已报", "办结")
_UNIT = Column("责任单位", wrap=True, kind="unit")
_SHOWN = (Column("亮灯", kind="light"), Column("进度", kind="rates"))


def _progress(counts: Counts, expected: ExpectedProgress) -> tuple[str, ...]:
    """Return both rates, overdue, total, reported, confirmed, the light, and the two rates for the bar."""
    numbers = (counts.overdue, counts.total, counts.reported[0], counts.confirmed)
    return (
        *rates(counts),
        *map(str, numbers),
        light(counts, expected),
        f"{counts.reported_rate:.2f}/{counts.confirmed_rate:.2f}",
    )


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
    return table_of(columns, rows, title="各状态数量")._replace(dense=True)


def _sections(summary: Summary) -> Table:
    expected = expected_progress(summary.plan, summary.as_of)
    rows = [(labels.section_title(row.section), *_progress(row.counts, expected)) for row in summary.sections]
    table = table_of((Column("工作任务", wrap=True), *_NUMBERS, *_SHOWN), rows, title="各项工作任务的责任项")
    return table._replace(dense=True)


def _ranking(ranking: Ranking, expected: ExpectedProgress) -> Table:
    name = group_name(ranking.group)
    columns: tuple[Column, ...] = (_UNIT, *_NUMBERS, *_SHOWN)
    if ranking.ranked:
        rows = [(str(row.rank or "—"), row.unit, *_progress(row.counts, expected)) for row in ranking.rows]
        table = table_of((Column("名次", kind="number"), *columns), rows, title=f"{name}（按上报率排名）")
    else:
        rows = [(row.unit, *_progress(row.counts, expected)) for row in ranking.rows]
        table = table_of(columns, rows, title=f"{name}（不排名）")
    return table._replace(dense=True)


def _matrix(summary: Summary, rows: Sequence[TaskRow]) -> list[Block]:
    """Return one table a group, each in blocks of tasks that a lying page holds."""
    lines = matrix.lines(summary.plan, rows)
    if not lines or len(lines) * len(rows) > MOST_CELLS:
        return [Paragraph("责任单位和具体要求太多，对照表请用 gkcheck matrix --group 按类别查看。")]
    texts = {str(row.task.id): row.task.text for row in rows}
    blocks: list[Block] = [Paragraph(matrix.legend(lines), ParagraphKind.NOTE)]
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
        Column("编号", kind="number"),
        Column("具体要求", wrap=True),
        Column("状态", kind="status"),
        *number_columns("已完成", "责任项"),
    )
    listed = [
        (
            str(row.task.id),
            "\n".join(filter(None, (row.task.text, row.deadline and f"时限：{labels.deadline(row.deadline)}"))),
            status_text(row.status, overdue=row.overdue),
            str(row.finished),
            str(row.assigned),
        )
        for row in rows
    ]
    return table_of(columns, listed, title="各项具体要求的办理情况")._replace(dense=True)
