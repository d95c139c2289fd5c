"""Which entries of another journal may come in. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from gkcheck.journal import EntryLine
from gkcheck.model import Entry


class MergeResult(NamedTuple):
    """The entries of another journal: those to take, how many are here already, those refused and why."""

    new: list[EntryLine]
    known: int
    refused: list[tuple[Entry, str]]


def sort_out(theirs: Sequence[EntryLine], ours: Sequence[Entry], only: str | None) -> MergeResult:
    """Tell new entries from known ones by id; with `only`, refuse what is not that unit's own.

    An undo is a unit's own where every entry of the batch it takes back is, through undos of undos.
    """
    here = {entry.id for entry in ours}
    every = [*ours, *(one.entry for one in theirs)]
    new: list[EntryLine] = []
    known, refused = 0, []
    for one in theirs:
        if one.entry.id in here:
            known += 1
        elif only is not None and not _is_of(one.entry, only, every):
            refused.append((one.entry, f"不是“{only}”自己的记录"))
        else:
            here.add(one.entry.id)
            new.append(one)
    return MergeResult(new, known, refused)


def _is_of(entry: Entry, unit: str, every: Sequence[Entry]) -> bool:
    pending, seen = [entry], set()
    while pending:
        one = pending.pop()
        if one.undoes is None:
            if one.unit != unit:
                return False
        elif one.undoes not in seen:
            seen.add(one.undoes)
            taken = [other for other in every if other.batch == one.undoes]
            if not taken:
                return False
            pending += taken
    return True
