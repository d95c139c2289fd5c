"""evidence: what proves the claims, and whether it still does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from gkcheck.cli.context import Session, session_of, talk
from gkcheck.cli.filters import FormatOption, UnitOption
from gkcheck.cli.output import Format, answer
from gkcheck.evidence.inventory import EvidenceItem, evidence_items, with_link_faults
from gkcheck.journal import Scope
from gkcheck.journal.live import live_entries
from gkcheck.ledger.assignments import assignments_of
from gkcheck.lookup.units import find_unit
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
        lambda: [_fields(item) for item in found],
        lambda: [evidence_table(session.plan, found, check)],
    )
    if any(item.faults for item in found):
        raise typer.Exit(FOUND)


def _found(session: Session, unit: str | None) -> list[EvidenceItem]:
    if unit is None:
        return evidence_items(live_entries(session.history.entries), None, None)
    plan = session.plan
    meant = find_unit(plan, unit)
    entries = live_entries(session.past(Scope(units=frozenset({meant}))).entries)
    return evidence_items(entries, [assignment.task for assignment in assignments_of(plan, meant)], meant)


def _checked(session: Session, found: Sequence[EvidenceItem], timeout: float) -> list[EvidenceItem]:
    from gkcheck.evidence.links import Limits, check_links
    from gkcheck.journal.attachments import attachment_fault

    folder = session.evidence_folder
    checked = []
    for item in found:
        fault = attachment_fault(folder, item.evidence) if item.evidence.kind == "file" else None
        checked.append(item._replace(faults=(fault,)) if fault else item)
    urls = list(dict.fromkeys(item.evidence.value for item in found if item.evidence.kind == "url"))
    with progress("检查网址", len(urls)) as step:
        looked = check_links(urls, Limits(connect=min(10.0, timeout), total=timeout), step) if urls else {}
    bad = sum(bool(answered.faults) for answered in looked.values())
    if urls:
        talk(f"检查了 {len(urls)} 个网址，{bad} 个有问题")
    return [
        with_link_faults(item, looked.get(item.evidence.value) if item.evidence.kind == "url" else None)
        for item in checked
    ]


def _fields(item: EvidenceItem) -> dict[str, Any]:
    entry = item.entry
    return {
        "task": entry.task,
        "unit": entry.unit,
        "kind": item.evidence.kind,
        "value": item.evidence.value,
        "title": item.evidence.title,
        "published": item.evidence.published,
        "sha256": item.evidence.sha256,
        "at": entry.at,
        "by": entry.by,
        "problems": list(item.faults),
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
