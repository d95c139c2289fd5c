"""Gather the forms of units from the ledger. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from gkcheck import labels
from gkcheck.forms.layout import Form, FormRow
from gkcheck.ledger.assignments import fingerprint
from gkcheck.ledger.fold import Ledger, State
from gkcheck.model import Entry, Section, Task


def forms_of(ledger: Ledger, entries: Sequence[Entry], units: Collection[str], made_at: str) -> list[Form]:
    """Return the form of each unit that owes something, in the order of `units`; rows in document order.

    Args:
        entries: the journal, in the order of facts.
        made_at: the time of making, ISO 8601.
    """
    rows: dict[str, list[FormRow]] = {unit: [] for unit in units}
    for section in ledger.plan.sections:
        for task in section.tasks:
            for state in ledger.states(task):
                unit = state.assignment.unit
                if unit in rows:
                    rows[unit].append(_form_row(section, task, state))
    plan = ledger.plan
    seq, entry = (entries[-1].seq, entries[-1].id) if entries else (0, "")
    return [
        Form(_form_id(plan.id, unit, made_at, seq, entry), plan.id, plan.title, unit, made_at, seq, entry, tuple(owed))
        for unit, owed in rows.items()
        if owed
    ]


def _form_row(section: Section, task: Task, state: State) -> FormRow:
    last = state.entry
    title = labels.section_title(section)
    return FormRow(task.id, task.number, title, task.text, fingerprint(task), state, last.id if last else "")


def _form_id(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
