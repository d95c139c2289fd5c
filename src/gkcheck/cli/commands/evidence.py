"""evidence: list the evidence, and check that its pages and files are still there."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck.cli.context import Context
from gkcheck.cli.options import OutputFormat, UnitFilter, UnitWords
from gkcheck.cli.output import Format, answer
from gkcheck.cli.params import Option
from gkcheck.cli.streams import talk
from gkcheck.cli.typed.units import UnitSelection
from gkcheck.cli.typed.words import units_typed
from gkcheck.evidence.inventory import EvidenceItem, evidence_items, with_link_faults
from gkcheck.journal import EVERYTHING, Scope
from gkcheck.operations.log import EntryFilter, select_entries
from gkcheck.terminal import progress
from gkcheck.types import TYPE_CHECKING, Annotated
from gkcheck.views.evidence import evidence as evidence_table

if TYPE_CHECKING:
    from typing import Any

FOUND = 1


def evidence(
    context: Context,
    units: UnitWords = None,
    unit: UnitFilter = None,
    check: Annotated[
        bool, Option("--check", help="打开每个网址、核对每个留存的文件，报告打不开、跳转、没有标题或日期的")
    ] = False,
    timeout: Annotated[float, Option("--timeout", least=0.1, most=600, metavar="秒", help="每个网址最多等几秒")] = 30.0,
    format: OutputFormat = Format.TABLE,
) -> int:
    """列出佐证。加 --check 逐个检查；有问题退出码为 1。

    例：gkcheck evidence --unit 市教育局 --check
    """
    listed = _list_pieces(context, units_typed(context, units, unit))
    if check:
        listed = _check_pieces(context, listed, timeout)
    answer(
        format,
        lambda: [_fields(piece) for piece in listed],
        lambda: [evidence_table(context.plan, listed, check)],
    )
    return FOUND if any(piece.faults for piece in listed) else 0


def _list_pieces(context: Context, chosen: UnitSelection | None) -> list[EvidenceItem]:
    if chosen is None:
        return evidence_items(context.current(EVERYTHING))
    entries = context.current(Scope(units=chosen.units))
    return evidence_items(select_entries(context.plan, entries, EntryFilter(units=chosen.units)))


def _check_pieces(context: Context, listed: Sequence[EvidenceItem], timeout: float) -> list[EvidenceItem]:
    from gkcheck.evidence.links import Limits, check_links
    from gkcheck.journal.attachments import attachment_fault

    urls = list(dict.fromkeys(piece.evidence.value for piece in listed if piece.evidence.kind == "url"))
    with progress("检查网址", len(urls)) as step:
        links = check_links(urls, Limits(connect=min(10.0, timeout), total=timeout), step) if urls else {}
    if urls:
        talk(f"检查了 {len(urls)} 个网址，{sum(bool(link.faults) for link in links.values())} 个有问题")
    checked = []
    for piece in listed:
        fault = attachment_fault(context.evidence_folder, piece.evidence) if piece.evidence.kind == "file" else None
        link = links.get(piece.evidence.value) if piece.evidence.kind == "url" else None
        checked.append(with_link_faults(piece._replace(faults=(fault,)) if fault else piece, link))
    return checked


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
        "at": entry.at_as_written,
        "by": entry.by,
        "problems": list(item.faults),
    }
