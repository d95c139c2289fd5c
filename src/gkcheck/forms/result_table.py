"""The rows that a collection of forms records, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck import labels
from gkcheck.forms.validate import AcceptedRow
from gkcheck.model import STATUS_AFTER
from gkcheck.table import Column, Table, table_of
from gkcheck.views.statuses import status_text


def accepted_table(accepted: Sequence[AcceptedRow], person: str, dry_run: bool) -> Table:
    """Return one row an assignment: the cell it came from, its status before, and the draft.

    Args:
        person: who records; stands where a form names nobody.
    """
    columns = (
        Column("位置", wrap=True),
        Column("编号"),
        Column("责任单位", wrap=True),
        Column("原状态", kind="status"),
        Column("填报", kind="status"),
        Column("办理日期"),
        Column("进展", wrap=True),
        Column("佐证", wrap=True),
        Column("填报人", wrap=True),
    )
    rows = [
        (
            f"{row.name}!{row.cell.address}",
            labels.task_number(row.task),
            row.draft.unit or "全部责任单位",
            status_text(row.state.status),
            status_text(STATUS_AFTER.get(row.draft.action, row.state.status)),
            row.draft.on or "",
            row.draft.note or "",
            "；".join(map(labels.evidence, row.draft.evidence)),
            row.draft.by or person,
        )
        for row in accepted
    ]
    return table_of(columns, rows, title="将要记录（未写入）" if dry_run else "收到的填报")
