"""Which evidence the ledger holds, and what is wrong with each piece. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gkcheck.evidence.links import LinkCheck
from gkcheck.model import Entry, Evidence


class Piece(NamedTuple):
    """One piece of evidence and the entry that brought it; `faults` what is wrong with it, in words."""

    entry: Entry
    item: Evidence
    faults: tuple[str, ...] = ()


def pieces(entries: Iterable[Entry]) -> list[Piece]:
    """The evidence in live entries, oldest first, each once for a task and unit."""
    found: dict[tuple[int | None, str | None, Evidence], Piece] = {}
    for entry in entries:
        for item in entry.evidence:
            found.setdefault((entry.task, entry.unit, item), Piece(entry, item))
    return list(found.values())


def judged(piece: Piece, looked: LinkCheck | None) -> Piece:
    """A web address with what was found there; a piece without title or day where those can be told only by people."""
    item = piece.item
    if looked is None:
        return piece
    faults = list(looked.faults)
    reached = looked.status is not None and 200 <= looked.status < 300
    if reached and not looked.is_page:
        missing = "、".join(what for what, said in (("标题", item.title), ("发布日期", item.published)) if not said)
        faults += [f"不是网页，读不出标题和日期；填报时也没有写{missing}"] if missing else []
    elif looked.published and item.published and looked.published != item.published:
        faults.append(f"页面日期是 {looked.published}，填报的是 {item.published}")
    return piece._replace(faults=(*piece.faults, *faults))
