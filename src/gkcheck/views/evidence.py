"""Evidence as a table."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck import labels
from gkcheck.model import Plan
from gkcheck.table import Column, Table, table_of
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from gkcheck.evidence.inventory import EvidenceItem

KIND = {"url": "网址", "file": "文件", "text": "文字"}


def evidence(plan: Plan, pieces: Sequence[EvidenceItem], checked: bool) -> Table:
    """Return one row a piece, oldest first, with a column for the result where they were checked."""
    columns = [
        Column("编号"),
        Column("责任单位", wrap=True),
        Column("类别"),
        Column("标题", wrap=True),
        Column("佐证", wrap=True),
        Column("发布日期"),
        Column("记录日期"),
        Column("填报人", wrap=True),
    ]
    numbers = {task.id: labels.task_number(task) for task in plan.tasks()}
    rows = [_row(piece, numbers) for piece in pieces]
    notes = [labels.total(len(rows), "件佐证")]
    if checked:
        columns.append(Column("检查结果", wrap=True))
        rows = [(*row, _result(piece)) for row, piece in zip(rows, pieces, strict=True)]
        notes.append(f"有问题的 {sum(bool(piece.faults) for piece in pieces)} 件。")
    return table_of(tuple(columns), rows, title=f"{plan.title}：佐证", notes=tuple(notes))


def _row(item: EvidenceItem, numbers: dict[int, str]) -> tuple[str, ...]:
    entry, evidence = item.entry, item.evidence
    return (
        numbers.get(entry.task or 0, str(entry.task or "")),
        entry.unit or "全部责任单位",
        KIND.get(evidence.kind, evidence.kind),
        evidence.title or "",
        evidence.value,
        evidence.published or "",
        entry.at[:10],
        entry.by,
    )


def _result(item: EvidenceItem) -> str:
    if item.faults:
        return "；".join(item.faults)
    return "未检查（文字）" if item.evidence.kind == "text" else "正常"
