"""List the evidence in entries, with what is wrong with each item. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from gkcheck.model import Entry, Evidence
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gkcheck.evidence.links import LinkCheck


class EvidenceItem(NamedTuple):
    """One item of evidence and the entry it is in; `faults` are sentences."""

    entry: Entry
    evidence: Evidence
    faults: tuple[str, ...] = ()


def evidence_items(entries: Iterable[Entry]) -> list[EvidenceItem]:
    """Return the evidence in live entries, oldest first, each once for a task and unit."""
    found: dict[tuple[int | None, str | None, Evidence], EvidenceItem] = {}
    for entry in entries:
        for item in entry.evidence:
            found.setdefault((entry.task, entry.unit, item), EvidenceItem(entry, item))
    return list(found.values())


def with_link_faults(item: EvidenceItem, check: LinkCheck | None) -> EvidenceItem:
    """Add the faults that the check of its address found; unchanged where there was none.

    A document at an address must have its title and day in the entry, since they cannot be read from it; a page's
    day must agree with the entry's.
    """
    if check is None:
        return item
    evidence, faults = item.evidence, list(check.faults)
    reached = check.status is not None and 200 <= check.status < 300
    if reached and not check.is_page:
        missing = [word for word, value in (("标题", evidence.title), ("发布日期", evidence.published)) if not value]
        faults += [f"不是网页，读不出标题和日期；填报时也没有写{'、'.join(missing)}"] if missing else []
    elif check.published and evidence.published and check.published != evidence.published:
        faults.append(f"页面日期是 {check.published}，填报的是 {evidence.published}")
    return item._replace(faults=(*item.faults, *faults))
