"""Reading of the past by scope, held against everything there is."""

from __future__ import annotations

from gkcheck.errors import BadRequest
from gkcheck.journal import NOTHING, Scope
from gkcheck.journal.live import live_entries
from gkcheck.ledger.latest import fold, later
from gkcheck.model import Action
from gkcheck.operations.undo import relevant_entries, undo_of


def check_past(journal, task, unit, count):
    """Every entry of each scope and every undo, the last entries, and what an undo of any batch comes to."""
    every = journal.read().entries
    batches = list(dict.fromkeys(entry.batch for entry in every))
    beginning = batches[count % len(batches)][:2] if batches else "a"
    tasks, units = frozenset({task}), frozenset({unit})
    for scope in (NOTHING, Scope(tasks), Scope(units=units), Scope(tasks, units), Scope(batch=beginning)):
        past = journal.read(scope)
        assert past.problems == []
        assert [e for e in past.entries if belongs(e, scope)] == [e for e in every if belongs(e, scope)]
    assert journal.latest(count) == every[-count:]
    for typed in (None, *batches):
        assert comes_to(lambda typed=typed: relevant_entries(journal.read, journal.latest, typed), typed) == comes_to(
            lambda: every, typed
        ), typed


def belongs(entry, scope):
    """True if an entry has to be among those read of a scope."""
    if entry.action is Action.UNDO:
        return True
    tasks = scope.tasks is None or entry.task in scope.tasks
    units = scope.units is None or entry.unit is None or entry.unit in scope.units
    return tasks and units and entry.batch.startswith(scope.batch or "")


def comes_to(read, typed):
    """The undo, or the refusal in words."""
    try:
        return undo_of(read(), typed, force=False)
    except BadRequest as refusal:
        return str(refusal)


def check_statuses(journal, days):
    """What had set each status at the end of each day, whatever was undone or recorded since, and which came later."""
    found, every = journal.past_statuses(days), journal.read().entries
    for at, day in enumerate(days):
        set_by = {key: later(one.claim, one.act) for key, one in fold(live_entries(every, day)).items()}
        changes = {key: of_days[at] for key, of_days in found.items() if of_days[at] is not None}
        assert {key: change.action for key, change in changes.items()} == {
            key: entry.action for key, entry in set_by.items() if entry
        }
        for (task, unit), change in changes.items():
            whole = changes.get((task, None), change)
            last = later(set_by[task, unit], set_by.get((task, None)))
            assert max(change, whole).action is last.action
