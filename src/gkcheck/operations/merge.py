"""Decide which entries of other journals may come in. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gkcheck.journal import EntryLine
from gkcheck.model import Entry


class MergeResult(NamedTuple):
    """The entries of one journal: the new ones, the number already here, and those of other units, refused."""

    new: list[EntryLine]
    known: int
    refused: list[EntryLine]


def merge_entries(ours: Sequence[Entry], sources: Iterable[Sequence[EntryLine]], unit: str | None) -> list[MergeResult]:
    """Sort the entries of each source in turn into new, known (by id) and refused ones.

    With `unit`, only that unit's own entries may come in: those about it, and the undos of batches that hold
    nothing else, through undos of undos.
    """
    here = list(ours)
    results = []
    for sealed in sources:
        results.append(_merge_one(here, sealed, unit))
        here += [one.entry for one in results[-1].new]
    return results


def _merge_one(ours: Sequence[Entry], sealed: Sequence[EntryLine], unit: str | None) -> MergeResult:
    ids = {entry.id for entry in ours}
    everything = [*ours, *(one.entry for one in sealed)]
    result = MergeResult([], len([one for one in sealed if one.entry.id in ids]), [])
    for one in sealed:
        if one.entry.id not in ids:
            own = unit is None or _is_about_only(unit, one.entry, everything)
            (result.new if own else result.refused).append(one)
    return result


def _is_about_only(unit: str, entry: Entry, entries: Sequence[Entry]) -> bool:
    if entry.undoes is None:
        return entry.unit == unit
    batches = [entry.undoes]
    for name in batches:  # grows by the batches that these undo
        batch = [one for one in entries if one.batch == name]
        if not batch or any(one.undoes is None and one.unit != unit for one in batch):
            return False
        batches += {one.undoes for one in batch if one.undoes}.difference(batches)
    return True
