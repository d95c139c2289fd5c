"""evidence: what proves the claims, and whether it still does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from gkcheck.cli.context import Session, session_of, talk
from gkcheck.cli.filters import FormatOption, UnitOption
from gkcheck.cli.output import Format, answer
from gkcheck.evidence.inventory import Piece, judged, pieces
from gkcheck.journal import Scope
from gkcheck.journal.validity import live
from gkcheck.ledger import assignments_of
from gkcheck.lookup.units import unit_named
from gkcheck.terminal import progress
from gkcheck.views.evidence import evidence as evidence_table

app = typer.Typer()

FOUND = 1


@app.command("evidence")
def evidence(
    ctx: typer.Context,
    unit: UnitOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="打开每个网址、核对每个留存的文件，报告打不开、跳转、没有标题或日期的")
    ] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, max=600, metavar="秒", help="每个网址最多等几秒")
    ] = 30.0,
    format: FormatOption = Format.TABLE,
) -> None:
    """列出佐证。加 --check 逐个检查；有问题退出码为 1。

    例：gkcheck evidence --unit 市教育局 --check
    """
    session = session_of(ctx)
    found = _found(session, unit)
    if check:
        found = _checked(session, found, timeout)
    answer(
        format,
        lambda: [_fields(piece) for piece in found],
        lambda: [evidence_table(session.plan, found, check)],
    )
    if any(piece.faults for piece in found):
        raise typer.Exit(FOUND)


def _found(session: Session, unit: str | None) -> list[Piece]:
    if unit is None:
        return pieces(live(session.history.entries), None, None)
    plan = session.plan
    meant = unit_named(plan, unit)
    entries = live(session.past(Scope(units=frozenset({meant}))).entries)
    return pieces(entries, [assignment.task for assignment in assignments_of(plan, meant)], meant)


def _checked(session: Session, found: Sequence[Piece], timeout: float) -> list[Piece]:
    from gkcheck.evidence.links import Limits, look_up
    from gkcheck.journal.attachments import fault_of

    folder = session.evidence_folder
    checked = []
    for piece in found:
        fault = fault_of(folder, piece.item) if piece.item.kind == "file" else None
        checked.append(piece._replace(faults=(fault,)) if fault else piece)
    urls = list(dict.fromkeys(piece.item.value for piece in found if piece.item.kind == "url"))
    with progress("检查网址", len(urls)) as step:
        looked = look_up(urls, Limits(connect=min(10.0, timeout), whole=timeout), step) if urls else {}
    bad = sum(bool(answered.faults) for answered in looked.values())
    if urls:
        talk(f"检查了 {len(urls)} 个网址，{bad} 个有问题")
    return [judged(piece, looked.get(piece.item.value) if piece.item.kind == "url" else None) for piece in checked]


def _fields(piece: Piece) -> dict[str, Any]:
    entry = piece.entry
    return {
        "task": entry.task,
        "unit": entry.unit,
        "kind": piece.item.kind,
        "value": piece.item.value,
        "title": piece.item.title,
        "published": piece.item.published,
        "sha256": piece.item.sha256,
        "at": entry.at,
        "by": entry.by,
        "problems": list(piece.faults),
    }
