"""Fold a plan and its entries into the present state of every assignment; the queries as typed rows.

Pure: no clock, no file. The day is an argument.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gkcheck.ledger.assignments import assignments_of, assignments_of_task, fingerprint, members_of
    from gkcheck.ledger.fold import DUE_SOON, Ledger, State, TaskRow, status_of
    from gkcheck.ledger.queries import TaskFilter, open_tasks_for, select
    from gkcheck.ledger.schedule import Pace, pace_of
    from gkcheck.ledger.summary import Counts, SectionRow, Summary, UnitRow, rate, summarise

__all__ = [
    "DUE_SOON",
    "Counts",
    "Ledger",
    "Pace",
    "SectionRow",
    "State",
    "Summary",
    "TaskFilter",
    "TaskRow",
    "UnitRow",
    "assignments_of",
    "assignments_of_task",
    "fingerprint",
    "members_of",
    "open_tasks_for",
    "pace_of",
    "rate",
    "select",
    "status_of",
    "summarise",
]

_HOME = {
    "gkcheck.ledger.fold": (
        "DUE_SOON",
        "Ledger",
        "State",
        "TaskRow",
        "status_of",
    ),
    "gkcheck.ledger.schedule": (
        "Pace",
        "pace_of",
    ),
    "gkcheck.ledger.queries": (
        "TaskFilter",
        "open_tasks_for",
        "select",
    ),
    "gkcheck.ledger.summary": (
        "Counts",
        "SectionRow",
        "Summary",
        "UnitRow",
        "rate",
        "summarise",
    ),
    "gkcheck.ledger.assignments": (
        "assignments_of",
        "assignments_of_task",
        "fingerprint",
        "members_of",
    ),
}


def __getattr__(name: str) -> Any:
    """What is asked for, from the module it is in: a command loads only the part of the ledger that it uses."""
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(name)
