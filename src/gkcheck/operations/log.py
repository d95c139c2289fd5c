"""Decide which entries of a log are about a task, a unit, a person or a span of days. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby

from gkcheck.ledger.assignments import assignments_of_units, members_of
from gkcheck.model import Action, Entry, Plan
from gkcheck.types import NamedTuple


class EntryFilter(NamedTuple):
    """The entries to list; None: any. `since` and `until` are days of recording, both included."""

    tasks: Collection[int] | None = None
    units: frozenset[str] | None = None
    actions: Collection[Action] | None = None
    by: str | None = None
    since: date | None = None
    until: date | None = None


def select_entries(plan: Plan, entries: Sequence[Entry], wanted: EntryFilter) -> list[Entry]:
    """Return the wanted entries in their order."""
    if wanted.tasks is not None:
        entries = entries_about(entries, wanted.tasks)
    if wanted.units is not None:
        entries = entries_of_units(plan, entries, wanted.units)
    first = wanted.since.isoformat() if wanted.since else ""
    last = wanted.until.isoformat() if wanted.until else "9999"
    return [
        entry
        for entry in entries
        if (wanted.actions is None or entry.action in wanted.actions)
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


def alike(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Return the entries in runs that tell one fact: what a batch says of a task for many units, the tasks of a letter."""

    def fact(entry: Entry) -> Entry:
        bare = entry._replace(seq=0, id="")
        return bare._replace(task=None, of=None) if entry.action is Action.REMIND else bare._replace(unit="")

    return [list(run) for _, run in groupby(entries, fact)]


def entries_of_units(plan: Plan, entries: Iterable[Entry], units: Collection[str]) -> list[Entry]:
    """Return the units' own entries and those about the whole of a task that one owes, in the order of `entries`."""
    members = members_of(plan)
    owed = {task.id for task in plan.tasks() if assignments_of_units(task, units, members)}
    return [entry for entry in entries if entry.unit in units or (entry.unit is None and entry.task in owed)]
