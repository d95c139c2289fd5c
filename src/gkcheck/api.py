"""The Python API: load a plan, read its ledger, ask it. Reading only; facts are recorded by the command line.

import gkcheck

plan = gkcheck.load_plan("tasks.yaml")
ledger = gkcheck.load_ledger(plan, "台账.jsonl")
for row in gkcheck.query(ledger, units="市教育局", statuses="todo"):
    print(row.task.id, row.task.text)
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from datetime import date

from gkcheck.cli.context import Context
from gkcheck.errors import BadRequest, GkcheckError
from gkcheck.journal import History
from gkcheck.ledger.assignments import members_of
from gkcheck.ledger.fold import Ledger, TaskRow
from gkcheck.ledger.queries import TaskFilter, select
from gkcheck.ledger.summary import Summary, summarise
from gkcheck.lookup.sections import find_sections
from gkcheck.lookup.tasks import tasks_with_words
from gkcheck.lookup.unit_lists import find_units
from gkcheck.model import Plan, Qualifier, Role, Status

__all__ = [
    "GkcheckError",
    "JournalWarning",
    "Ledger",
    "Plan",
    "Role",
    "Status",
    "Summary",
    "TaskRow",
    "load_ledger",
    "load_plan",
    "query",
    "summarise",
]


class JournalWarning(UserWarning):
    """A line of the journal is damaged and was left out, or entries about days to come were."""


class _Reading(Context):
    """A run that warns where the command line would talk on stderr."""

    def warned(self, history: History) -> History:
        for problem in history.problems:
            warnings.warn(str(problem), JournalWarning, stacklevel=4)
        if history.later:
            warnings.warn(f"有 {history.later} 条记录的日期晚于今天，没有计入", JournalWarning, stacklevel=4)
        return history


def load_plan(file: str | os.PathLike[str] | None = None) -> Plan:
    """Return the plan in a file; without one, the plan that the command line would take (GKCHECK_PLAN, the settings).

    Raises:
        GkcheckError: the file cannot be read, or has problems; the text names the first with its line.
    """
    return _Reading({"plan": os.fspath(file)} if file is not None else {}).plan


def load_ledger(plan: Plan, store: str | os.PathLike[str] | None = None, as_of: date | None = None) -> Ledger:
    """Return the present state of a plan, or as it stood at the end of a day.

    Args:
        store: the journal's file or the address of its server; without one, where the command line would record.

    Raises:
        GkcheckError: the journal cannot be read, is another plan's, or was named and is not there.

    Warns:
        JournalWarning: once for each line that is damaged and left out.
    """
    reading = _Reading({"store": os.fspath(store)} if store is not None else {})
    reading.plan = plan
    reading.require_journal()
    return reading.ledger(as_of.isoformat() if as_of is not None else None)


def query(
    ledger: Ledger,
    *,
    units: str | Iterable[str] = (),
    sections: str | Iterable[str] = (),
    roles: str | Iterable[str] = (),
    statuses: str | Iterable[str] = (),
    words: str | Iterable[str] = (),
    named: bool = False,
    overdue: bool = False,
    due_by: date | None = None,
) -> list[TaskRow]:
    """Return the tasks that meet every condition given, in the plan's order, each with its matching assignments.

    Args:
        units: names as they may be typed (教育局, 市教育局、市财政局); a class means its members.
        sections: printed numbers or parts of titles. `words`: all stand in the task's text.
        roles, statuses: values of `Role` and `Status` (lead, todo), or overdue, returned, due-soon.
        named: only assignments that name the unit, not those through a class.

    Raises:
        GkcheckError: no unit or section has such a name; it suggests the nearest. No such role or status.
    """
    plan = ledger.plan
    names = [match.name for typed in _listed(units) for _, match in find_units(plan, typed)]
    members = members_of(plan)
    chosen = frozenset(unit for name in names for unit in members.get(name) or [name])
    tasks = frozenset(task.id for task in plan.tasks())
    if sections:
        tasks &= {task.id for section in find_sections(plan, _listed(sections)) for task in section.tasks}
    if words:
        tasks &= {task.id for task in tasks_with_words(plan, _listed(words))}
    _check(roles, Role)
    _check(statuses, [*Status, *Qualifier])
    task_filter = TaskFilter(
        tasks=tasks,
        units=chosen or None,
        roles=[Role(role) for role in _listed(roles)] or None,
        statuses=frozenset(_listed(statuses)) or None,
        named=named,
        overdue=overdue,
        due_by=due_by,
    )
    return select(ledger, task_filter)


def _listed(words: str | Iterable[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _check(words: str | Iterable[str], known: Iterable[str]) -> None:
    unknown = [word for word in _listed(words) if word not in {*known}]
    if unknown:
        raise BadRequest(f"没有“{unknown[0]}”，可用的有：{'、'.join(known)}")
