"""Ledger → the forms of units. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from gkcheck import labels
from gkcheck.forms import Form, FormRow
from gkcheck.ledger.assignments import fingerprint
from gkcheck.ledger.fold import Ledger, State
from gkcheck.model import Entry, Task


def forms_of(ledger: Ledger, entries: Sequence[Entry], units: Collection[str], made: str) -> list[Form]:
    """The form of each unit that owes something, in the order of `units`; rows in document order.

    Args:
        entries: the journal, in the order of facts.
        made: the time of making, ISO 8601.
    """
    rows: dict[str, list[FormRow]] = {unit: [] for unit in units}
    for section in ledger.plan.sections:
        for task in section.tasks:
            for state in ledger.states(task):
                unit = state.assignment.unit
                if unit in rows:
                    title = labels.section_title(section)
                    rows[unit].append(
                        FormRow(
                            task.id,
                            task.number,
                            title,
                            task.text,
                            fingerprint(task),
                            state,
                            _id_of(status_entry(ledger, task, state)),
                        )
                    )
    last = entries[-1] if entries else None
    seq, entry = (last.seq, last.id) if last else (0, "")
    return [
        Form(
            id=_id(ledger.plan.id, unit, made, seq, entry),
            plan=ledger.plan.id,
            title=ledger.plan.title,
            unit=unit,
            made=made,
            seq=seq,
            entry=entry,
            rows=tuple(owed),
        )
        for unit, owed in rows.items()
        if owed
    ]


def status_entry(ledger: Ledger, task: Task, state: State) -> Entry | None:
    """The entry that last set the status of an assignment; None where none did."""
    marks = (ledger.marks.get((task.id, state.assignment.unit)), ledger.marks.get((task.id, None)))
    found = [mark.status for mark in marks if mark is not None and mark.status is not None]
    return max(found, key=lambda entry: entry.order, default=None)


def _id_of(entry: Entry | None) -> str:
    return entry.id if entry else ""


def _id(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
