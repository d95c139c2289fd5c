"""Which entries count: undone batches and later days left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from gkcheck.model import Action, Entry


def taken_back(entries: Iterable[Entry]) -> set[str]:
    """The batches that no longer count: an undo takes its batch back unless it was taken back itself.

    An undo reaches only what stands before it in the order of facts.
    """
    undos = [entry for entry in entries if entry.action is Action.UNDO and entry.undoes]
    dead: set[str] = set()
    for entry in sorted(undos, key=lambda entry: entry.order, reverse=True):
        if entry.batch not in dead and entry.undoes != entry.batch:
            dead.add(str(entry.undoes))
    return dead


def live(entries: Iterable[Entry], as_of: date | None = None) -> list[Entry]:
    """The entries that count, in the order of facts: up to the day `as_of` (None: all), undone ones left out."""
    chosen = list(entries)
    if as_of is not None:
        last_day = as_of.isoformat()
        chosen = [entry for entry in chosen if entry.day <= last_day]
    chosen.sort(key=lambda entry: entry.order)
    dead = taken_back(chosen)
    return [entry for entry in chosen if entry.batch not in dead]
