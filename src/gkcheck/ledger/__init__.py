"""Fold a plan and its entries into the present state of every assignment; the queries as typed rows.

Pure: no clock, no file. The day is an argument.
"""

from gkcheck.ledger.fold import DUE_SOON, Ledger, State, TaskRow, status_of
from gkcheck.ledger.pace import Pace, pace_of
from gkcheck.ledger.queries import Wanted, open_tasks_for, select
from gkcheck.ledger.summary import Counts, SectionRow, Summary, UnitRow, rate, summarise
from gkcheck.ledger.table import assignments_of, assignments_of_task, fingerprint, members_of

__all__ = [
    "DUE_SOON",
    "Counts",
    "Ledger",
    "Pace",
    "SectionRow",
    "State",
    "Summary",
    "TaskRow",
    "UnitRow",
    "Wanted",
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
