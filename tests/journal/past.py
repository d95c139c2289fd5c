"""Reading of the past by scope, held against everything there is."""

from __future__ import annotations

from gkcheck.errors import BadRequest
from gkcheck.journal import NOTHING, Scope
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
