"""A plan as its notice prints it: the responsibility table, cells merged, nothing of the journal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from gkcheck import labels
from gkcheck.ledger.fold import TaskRow
from gkcheck.model import Deadline, Plan, Task
from gkcheck.table import Block, Column, Document, Paragraph, ParagraphKind, Span, Table
from gkcheck.text.normalize import is_han
from gkcheck.text.numerals import number_of


def document(plan: Plan, rows: Sequence[TaskRow]) -> Document:
    """Return the notice's head and the table of the tasks in `rows`, each with all of its units."""
    head = [Paragraph(plan.title, ParagraphKind.TITLE)]
    if plan.document_number:
        head.append(Paragraph(plan.document_number, ParagraphKind.NUMBER))
    tail: list[Block] = [Paragraph(plan.issuer, ParagraphKind.SIGNATURE)] if plan.issuer else []
    if plan.issued:
        tail.append(Paragraph(chinese_day(plan.issued), ParagraphKind.DATE))
    return Document(plan.title, (*head, *tail, table(plan, rows)))


def table(plan: Plan, rows: Sequence[TaskRow]) -> Table:
    """工作任务, 具体要求, 责任单位: a heading stands once beside its tasks, units once beside equal neighbours.

    A column 分项 where the plan has subsections; a column 完成时限 where a deadline is not in the text itself.
    """
    classes = frozenset(group.name for group in plan.groups)
    divided = any(row.task.subsection for row in rows)
    dated = any(_own_deadline(row.task) for row in rows)
    columns = [Column("工作任务", wrap=True), Column("具体要求", wrap=True), Column("责任单位", wrap=True)]
    if divided:
        columns.insert(1, Column("分项", wrap=True))
    if dated:
        columns.append(Column("完成时限", wrap=True))
    listed = []
    for row in rows:
        cells = [labels.section_title(row.section), printed_number(row.task.number) + row.task.text]
        cells.append(printed_units(row.task, classes))
        if divided:
            cells.insert(1, row.task.subsection or "")
        if dated:
            cells.append(labels.deadline(_beside_text(row.task)) if _own_deadline(row.task) else "")
        listed.append(cells)
    sections = [row.section.number + row.section.title for row in rows]
    merged = [0, 1, len(columns) - 1 - dated] if divided else [0, 2]
    spans = [span for column in merged for span in _spans(listed, sections, column)]
    covered = {(span.row + i, span.column) for span in spans for i in range(1, span.rows)}
    body = [
        tuple(None if (r + 1, c) in covered else cell for c, cell in enumerate(cells)) for r, cells in enumerate(listed)
    ]
    head: tuple[str | None, ...] = tuple(column.title for column in columns)
    return Table((head, *body), 1, tuple(spans), tuple(columns))


_NO_DEADLINE = Deadline(None, None)


def _own_deadline(task: Task) -> bool:
    """True if a deadline does not stand in the text and needs a column."""
    deadline = _beside_text(task)
    return deadline != _NO_DEADLINE and (labels.deadline_words(deadline) or "\0") not in task.text


def _beside_text(task: Task) -> Deadline:
    """Return the deadline without its period where the text of the task names that."""
    deadline = task.deadline or _NO_DEADLINE
    is_named = deadline.every is not None and labels.EVERY[deadline.every] in task.text
    return deadline._replace(every=None) if is_named else deadline


def _spans(rows: Sequence[Sequence[str]], sections: Sequence[str], column: int) -> list[Span]:
    """Return spans for runs of equal cells within one section, below a header row."""
    spans, start = [], 0
    for r in range(1, len(rows) + 1):
        if r < len(rows) and rows[r][column] == rows[start][column] and sections[r] == sections[start]:
            continue
        if r - start > 1 and rows[start][column]:
            spans.append(Span(start + 1, column, r - start, 1))
        start = r
    return spans


def printed_number(number: str) -> str:
    """Return the number before a requirement: （二十三）, 1. and others as they are; nothing where there is none."""
    if number and is_han(number[0]) and number_of(number) is not None:
        return f"（{number}）"
    return f"{number}." if number.isdecimal() else number


def printed_units(task: Task, classes: frozenset[str]) -> str:
    """Return the units as the table prints them: 市政府办公室牵头，各镇（街），市直各单位配合; 市财政局、市民政局.

    Named units are parted by 、 and classes by ，, since a class may hold 、 in its name.
    """
    lead, responsible, support = (_listed(names, classes) for _, names in task.names_by_role())
    parts = (f"{lead}牵头" if lead else "", responsible, f"{support}配合" if support else "")
    if lead and responsible:
        parts = (parts[0], f"{responsible}负责", parts[2])
    return "，".join(part for part in parts if part)


def _listed(names: Sequence[str], classes: frozenset[str]) -> str:
    out = ""
    for i, name in enumerate(names):
        if i:
            apart = name in classes or names[i - 1] in classes or re.search("[、，]", name + names[i - 1])
            out += "，" if apart else "、"
        out += name
    return out


def chinese_day(day: date) -> str:
    """Return a day as official documents write it, 2019年10月26日 (GB/T 9704-2012, 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"
