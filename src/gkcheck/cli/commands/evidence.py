"""evidence: list the evidence, and check that its pages and files are still there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from gkcheck.cli.context import Session, session_of, talk
from gkcheck.cli.filters import FormatOption, UnitOption
from gkcheck.cli.output import Format, answer
from gkcheck.evidence.inventory import Piece, judged, pieces
from gkcheck.journal import Scope
from gkcheck.journal.validity import live
from gkcheck.lookup.units import unit_named
from gkcheck.operations.log import entries_of_unit
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
    listed = _list_pieces(session, unit)
    if check:
        listed = _check_pieces(session, listed, timeout)
    answer(
        format,
        lambda: [_fields(piece) for piece in listed],
        lambda: [evidence_table(session.plan, listed, check)],
    )
    if any(piece.faults for piece in listed):
        raise typer.Exit(FOUND)


def _list_pieces(session: Session, unit: str | None) -> list[Piece]:
    if unit is None:
        return pieces(live(session.history.entries))
    name = unit_named(session.plan, unit)
    entries = live(session.past(Scope(units=frozenset({name}))).entries)
    return pieces(entries_of_unit(session.plan, entries, name))


def _check_pieces(session: Session, listed: Sequence[Piece], timeout: float) -> list[Piece]:
    from gkcheck.evidence.links import Limits, look_up
    from gkcheck.journal.attachments import fault_of

    urls = list(dict.fromkeys(piece.item.value for piece in listed if piece.item.kind == "url"))
    with progress("检查网址", len(urls)) as step:
        links = look_up(urls, Limits(connect=min(10.0, timeout), whole=timeout), step) if urls else {}
    if urls:
        talk(f"检查了 {len(urls)} 个网址，{sum(bool(link.faults) for link in links.values())} 个有问题")
    checked = []
    for piece in listed:
        fault = fault_of(session.evidence_folder, piece.item) if piece.item.kind == "file" else None
        link = links.get(piece.item.value) if piece.item.kind == "url" else None
        checked.append(judged(piece._replace(faults=(fault,)) if fault else piece, link))
    return checked


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


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr where that is a terminal; gives what to call after each of `total` steps."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)
