"""Decide which entries of other journals may come in. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gkcheck.journal import EntryLine
from gkcheck.model import CLAIMS, Action, Entry


class MergeResult(NamedTuple):
    """The entries of one journal: the new ones, the number already here, and those that the unit may not bring in.

    `acts`: the new ones that are acts of the office, undos of such acts included.
    """

    new: list[EntryLine]
    known: int
    refused: list[EntryLine]
    acts: list[Entry]


_Batches = Mapping[str, Sequence[Entry]]


def merge_entries(ours: Sequence[Entry], sources: Iterable[Sequence[EntryLine]], unit: str | None) -> list[MergeResult]:
    """Sort the entries of each source in turn into new, known (by id) and refused ones.

    With `unit`, only what that unit may record itself comes in: claims and notes about its own assignments, in batches
    that hold nothing else here, and undos of batches that hold nothing else anywhere, through undos of undos. The
    accounts of units in a database are held to the same rule.
    """
    here = list(ours)
    results = []
    for sealed in sources:
        results.append(_merge_one(here, sealed, unit))
        here += [one.entry for one in results[-1].new]
    return results


def _merge_one(ours: Sequence[Entry], sealed: Sequence[EntryLine], unit: str | None) -> MergeResult:
    ids = {entry.id for entry in ours}
    coming = [one for one in sealed if one.entry.id not in ids]
    here, everywhere = _by_batch(ours), _by_batch([*ours, *(one.entry for one in sealed)])
    result = MergeResult([], len(sealed) - len(coming), [], [])
    for one in coming:
        is_allowed = unit is None or _may_record(unit, one.entry, here, everywhere)
        (result.new if is_allowed else result.refused).append(one)
    result.acts.extend(one.entry for one in result.new if _is_act(one.entry, everywhere))
    return result


def _by_batch(entries: Iterable[Entry]) -> _Batches:
    batches = defaultdict(list)
    for entry in entries:
        batches[entry.batch].append(entry)
    return batches


def _may_record(unit: str, entry: Entry, here: _Batches, everywhere: _Batches) -> bool:
    """True if a unit may record the entry: it and its batch are the unit's own, and so is all that their undos reach."""
    for one in [entry, *here.get(entry.batch, ())]:
        reached = _undone_by(one, everywhere)
        if not _is_own(unit, one) or not all(batch and all(_is_own(unit, one) for one in batch) for batch in reached):
            return False
    return True


def _is_own(unit: str, entry: Entry) -> bool:
    """True if the entry by itself is the unit's: a claim or note about one of its assignments, or an undo of a batch."""
    if entry.action is Action.UNDO:
        return entry.task is None and entry.unit is None and bool(entry.undoes)
    return entry.action in CLAIMS and entry.unit == unit and entry.task is not None


def _is_act(entry: Entry, everywhere: _Batches) -> bool:
    """True if the entry is an act of the office, or an undo that reaches one."""
    reached = [one for batch in _undone_by(entry, everywhere) for one in batch]
    return any(one.action not in CLAIMS and one.action is not Action.UNDO for one in [entry, *reached])


def _undone_by(entry: Entry, everywhere: _Batches) -> list[Sequence[Entry]]:
    """Return the batches that an undo takes back or, through undos of undos, brings back; none of another entry."""
    names = [entry.undoes] if entry.action is Action.UNDO else []
    for name in names:  # grows by the batches that these undo
        undone = {one.undoes for one in everywhere.get(name or "", ()) if one.action is Action.UNDO and one.undoes}
        names += undone.difference(names)
    return [everywhere.get(name or "", ()) for name in names]
