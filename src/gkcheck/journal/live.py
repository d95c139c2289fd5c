"""Select the live entries: those that no undo takes back and that are not about later days."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from gkcheck.journal import History
from gkcheck.model import STATUS_AFTER, Action, Entry, PastStatuses, StatusChange


def undone_batches(entries: Iterable[Entry], last_day: str | None = None) -> set[str]:
    """Return the batches that an undo takes back, by the undos up to `last_day` (YYYY-MM-DD; None: all).

    An undo counts unless it is undone itself, and reaches only entries before it in the order of facts.
    """
    undos = [entry for entry in entries if entry.action is Action.UNDO and entry.undoes]
    undone: set[str] = set()
    for entry in sorted(undos, key=lambda entry: entry.order, reverse=True):
        in_time = last_day is None or entry.day <= last_day
        if in_time and entry.batch not in undone and entry.undoes != entry.batch:
            undone.add(str(entry.undoes))
    return undone


def live_entries(entries: Iterable[Entry], as_of: date | None = None) -> list[Entry]:
    """Return the live entries in the order of facts: up to the day `as_of` (None: all), undone ones left out."""
    last_day = as_of.isoformat() if as_of is not None else None
    chosen = [entry for entry in entries if last_day is None or entry.day <= last_day]
    undone = undone_batches(chosen)
    return sorted((entry for entry in chosen if entry.batch not in undone), key=lambda entry: entry.order)


def later_entries(entries: Iterable[Entry], as_of: date) -> Iterator[Entry]:
    """Yield the entries about days after `as_of` that were not undone by its end, in their order.

    Args:
        entries: they are iterated over twice.
    """
    last_day = as_of.isoformat()
    undone = undone_batches(entries, last_day)
    return (entry for entry in entries if entry.day > last_day and entry.batch not in undone)


def statuses_on(entries: Iterable[Entry], days: Sequence[date]) -> PastStatuses:
    """Return what `Journal.past_statuses` does, of all entries in the order of facts."""
    entries, ends = list(entries), [day.isoformat() for day in days]
    undos = [entry for entry in entries if entry.action is Action.UNDO]
    undone = [undone_batches(undos, end) for end in ends]
    ever_undone = set[str]().union(*undone)
    found: PastStatuses = {}
    for place, entry in enumerate(entries):
        if entry.task is None or entry.action not in STATUS_AFTER:
            continue
        statuses = found.setdefault((entry.task, entry.unit), [None] * len(days))
        change, first = StatusChange(place, entry.action), bisect_left(ends, entry.day)
        for at in range(first, len(days)):
            if entry.batch not in ever_undone or entry.batch not in undone[at]:
                statuses[at] = change
    return found


def live_history(history: History, as_of: date | None = None) -> History:
    """Return a history with its live entries alone, those about days after `as_of` (None: none) counted."""
    later = sum(1 for _ in later_entries(history.entries, as_of)) if as_of is not None else 0
    return History(live_entries(history.entries, as_of), history.problems, later)
