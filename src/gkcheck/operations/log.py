"""Decide which entries of a log are about a task, a unit, a person or a span of days. Pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from gkcheck.ledger.assignments import assignments_of
from gkcheck.model import Action, Entry, Plan


class EntryFilter(NamedTuple):
    """The entries to list; None: any. `since` and `until` are days of recording, both included."""

    tasks: Collection[int] | None = None
    unit: str | None = None
    action: Action | None = None
    by: str | None = None
    since: date | None = None
    until: date | None = None


def select_entries(plan: Plan, entries: Sequence[Entry], wanted: EntryFilter) -> list[Entry]:
    """Return the wanted entries in their order."""
    if wanted.tasks is not None:
        entries = entries_about(entries, wanted.tasks)
    if wanted.unit is not None:
        entries = entries_of_unit(plan, entries, wanted.unit)
    first = wanted.since.isoformat() if wanted.since else ""
    last = wanted.until.isoformat() if wanted.until else "9999"
    return [
        entry
        for entry in entries
        if (wanted.action is None or entry.action is wanted.action)
        and (wanted.by is None or entry.by == wanted.by)
        and first <= entry.at[:10] <= last
    ]


def entries_about(entries: Sequence[Entry], tasks: Collection[int]) -> list[Entry]:
    """Return the entries about the tasks, and the undos of their batches, in the order of `entries`."""
    batches = {entry.batch for entry in entries if entry.task in tasks}
    for entry in entries:
        if entry.undoes in batches:
            batches.add(entry.batch)
    return [entry for entry in entries if entry.task in tasks or entry.undoes in batches]


def entries_of_unit(plan: Plan, entries: Iterable[Entry], unit: str) -> list[Entry]:
    """Return the unit's own entries and those about the whole of a task that it owes, in the order of `entries`."""
    owed = {assignment.task for assignment in assignments_of(plan, unit)}
    return [entry for entry in entries if entry.unit == unit or (entry.unit is None and entry.task in owed)]
