"""Decide which entries of a log are about a task, a unit, a person or a span of days. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
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


class EntrySelection:
    """The wanted entries among all those of a journal, which may be iterated over more than once."""

    def __init__(self, plan: Plan, entries: Iterable[Entry], wanted: EntryFilter) -> None:
        self._wanted = wanted
        self._first = wanted.since.isoformat() if wanted.since else ""
        self._last = wanted.until.isoformat() if wanted.until else "9999"
        self._batches = batches_about(entries, wanted.tasks) if wanted.tasks is not None else frozenset()
        self._owed = tasks_of_units(plan, wanted.units) if wanted.units is not None else frozenset()

    def takes(self, entry: Entry) -> bool:
        """True if an entry is wanted."""
        tasks, units, actions, by, *_ = self._wanted
        return (
            (tasks is None or entry.task in tasks or entry.undoes in self._batches)
            and (units is None or entry.unit in units or (entry.unit is None and entry.task in self._owed))
            and (actions is None or entry.action in actions)
            and (by is None or entry.by == by)
            and self._first <= entry.at[:10] <= self._last
        )


def select_entries(plan: Plan, entries: Sequence[Entry], wanted: EntryFilter) -> list[Entry]:
    """Return the wanted entries in their order."""
    return list(filter(EntrySelection(plan, entries, wanted).takes, entries))


def batches_about(entries: Iterable[Entry], tasks: Collection[int]) -> Set[str]:
    """Return the batches of the entries about the tasks, and of the undos of these; `entries` are iterated over twice."""
    batches = {entry.batch for entry in entries if entry.task in tasks}
    for entry in entries:
        if entry.undoes in batches:
            batches.add(entry.batch)
    return batches


def tasks_of_units(plan: Plan, units: Collection[str]) -> Set[int]:
    """Return the tasks that one of the units owes: entries about the whole of these are the units' too."""
    members = members_of(plan)
    return {task.id for task in plan.tasks() if assignments_of_units(task, units, members)}


def alike(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries in runs that tell one fact: what a batch says of a task for many units, the tasks of a letter."""

    def fact(entry: Entry) -> Entry:
        if entry.action is Action.REMIND:
            return entry._replace(seq=0, id="", task=None, of=None)
        return entry._replace(seq=0, id="", unit="")

    return (list(run) for _, run in groupby(entries, fact))
