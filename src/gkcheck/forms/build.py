"""Gather the forms of units from the ledger. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from gkcheck import labels
from gkcheck.forms.layout import Form, FormRow
from gkcheck.ledger.assignments import fingerprint
from gkcheck.ledger.fold import Ledger, State
from gkcheck.ledger.queries import TaskFilter, select
from gkcheck.model import Entry, Task


def forms_of(ledger: Ledger, last: Entry | None, units: Sequence[str], made_at: str) -> list[Form]:
    """Return the form of each unit that owes something, in the order of `units`; rows in document order.

    Args:
        ledger: of these units; it may be without details.
        last: the last entry of the journal in the order of facts.
        made_at: the time of making, ISO 8601.
    """
    rows: dict[str, list[FormRow]] = {unit: [] for unit in units}
    for row in select(ledger, TaskFilter(units=frozenset(units))):
        title, printed = labels.section_title(row.section), fingerprint(row.task)
        for state in row.states:
            rows[state.assignment.unit].append(_form_row(row.task, title, printed, state))
    plan = ledger.plan
    seq, entry = (last.seq, last.id) if last else (0, "")
    return [
        Form(_form_id(plan.id, unit, made_at, seq, entry), plan.id, plan.title, unit, made_at, seq, entry, tuple(owed))
        for unit, owed in rows.items()
        if owed
    ]


def _form_row(task: Task, section: str, printed: str, state: State) -> FormRow:
    return FormRow(task.id, task.number, section, task.text, printed, state, state.entry.id if state.entry else "")


def _form_id(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
