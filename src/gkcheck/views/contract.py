"""The JSON that other programs read. A promise: keys are added with care and never change their meaning.

Shapes are written down in docs/json.md and tested.
"""

from __future__ import annotations

from gkcheck.model import Status
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gkcheck.ledger.fold import Act, Claim, State, TaskRow
    from gkcheck.ledger.summary import Counts, Summary
    from gkcheck.model import Deadline, Entry, Plan
    from gkcheck.operations.remind import RegisterRow


def task(row: TaskRow) -> dict[str, Any]:
    """Return one task with the assignments that were asked for.

    `status`, `assigned` and `finished` are of the whole task; where one unit was asked for, of that unit alone.
    """
    return {
        "id": row.task.id,
        "number": row.task.number,
        "section": {"number": row.section.number, "title": row.section.title},
        "text": row.task.text,
        "status": row.status.value,
        "deadline": deadline(row.deadline),
        "channels": list(row.task.channels),
        "overdue": row.overdue,
        "assigned": row.assigned,
        "finished": row.finished,
        "assignments": [assignment(state) for state in row.states],
    }


def assignment(state: State) -> dict[str, Any]:
    """Return one assignment as it stands."""
    return {
        "unit": state.assignment.unit,
        "role": state.assignment.role.value,
        "group": state.assignment.group,
        "status": state.status.value,
        "overdue": state.overdue,
        "updated": state.updated,
        "by": state.claim.by if state.claim else None,
        "note": state.note,
        "evidence": [item.fields() for item in state.evidence],
        "claim": _claim(state.claim),
        "act": _act(state.act),
        "letters": [letter._asdict() for letter in state.letters],
        **_periods(state),
    }


def _periods(state: State) -> dict[str, Any]:
    """Return the periods of the year up to the present one, of an assignment that comes round again only."""
    if state.recurrence is None:
        return {}
    from gkcheck import labels
    from gkcheck.ledger.periods import periods_of_year

    return {
        "periods": [
            {
                "name": labels.period(one.period, state.recurrence.as_of),
                "start": one.period.start.isoformat(),
                "end": one.period.end.isoformat(),
                "status": one.status.value,
                "overdue": one.overdue,
            }
            for one in periods_of_year(state.recurrence)
        ]
    }


def _claim(claim: Claim | None) -> dict[str, Any] | None:
    """Return what the unit said last; None where it said nothing."""
    if claim is None:
        return None
    return {**claim._asdict(), "status": claim.status.value if claim.status else None}


def _act(act: Act | None) -> dict[str, Any] | None:
    """Return the office's latest answer; None where there was none."""
    return {**act._asdict(), "action": act.action.value} if act else None


def assignments(rows: list[TaskRow]) -> list[dict[str, Any]]:
    """Return one flat object an assignment, with its own deadline, in task order."""
    return [
        {
            "task": row.task.id,
            "number": row.task.number,
            "section": {"number": row.section.number, "title": row.section.title},
            "text": row.task.text,
            **assignment(state),
            "deadline": deadline(state.deadline),
            "returned": state.returned,
            "changed": state.changed,
        }
        for row in rows
        for state in row.states
    ]


def deadline(value: Deadline | None) -> dict[str, str | None]:
    """Return text and date always, null where there is none; `every` only where the task comes round again."""
    if value is None:
        return {"text": None, "date": None}
    fields = {"text": value.text, "date": value.date.isoformat() if value.date else None}
    return {**fields, "every": value.every.value} if value.every else fields


def detail(row: TaskRow, entries: list[Entry]) -> dict[str, Any]:
    """Return the answer of `show`: the task as in `task`, its notes, the returned and changed assignments, its history."""
    fields = task(row)
    fields["subsection"] = row.task.subsection
    fields["note"] = row.task.note
    for written, state in zip(fields["assignments"], row.states, strict=True):
        written["deadline"] = deadline(state.deadline)
        written["returned"] = state.returned
        written["changed"] = state.changed
    fields["history"] = [entry.fields() for entry in entries]
    return fields


def counts(value: Counts, rates: bool = True) -> dict[str, Any]:
    """Return the counts; `total` is the sum of the six statuses; rates in percent with two decimals."""
    fields: dict[str, Any] = {"total": value.total}
    fields |= {status.value: value.of(status) for status in Status}
    fields["overdue"] = value.overdue
    if rates:
        fields["reported_rate"] = value.reported_rate
        fields["confirmed_rate"] = value.confirmed_rate
    return fields


def status(summary: Summary) -> dict[str, Any]:
    """Return the whole summary; `sections`, `groups` and `units` count assignments and each sum to `assignments`.

    `recurring` only where assignments come round again.
    """
    from gkcheck.views.counts import counts_by_class

    return {
        "plan": summary.plan.id,
        "as_of": summary.as_of.isoformat(),
        "tasks": counts(summary.tasks, rates=False),
        "assignments": counts(summary.assignments),
        "sections": [
            {"number": row.section.number, "title": row.section.title, **counts(row.counts)} for row in summary.sections
        ],
        "groups": [{"group": group, **counts(of_group)} for group, of_group in counts_by_class(summary)],
        "units": [{"unit": row.unit, "group": row.group, **counts(row.counts)} for row in summary.units],
        **({"recurring": summary.recurring} if summary.recurring else {}),
    }


def letter(row: RegisterRow) -> dict[str, Any]:
    """Return one letter of the register; `answered` are the tasks about which its unit has said something since."""
    sent = row.letter
    return {
        "number": sent.number,
        "day": sent.day,
        "unit": sent.unit,
        "tasks": sent.tasks,
        "reply_by": sent.reply_by,
        "answered": row.answered,
        "late": row.late,
        "undone": sent.undone,
        "batch": sent.batch,
    }


def units(plan: Plan, summary: Summary, letters: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the registry in its order: units, then groups that have no members and so are assignees themselves.

    `letters` counts those that each unit was sent.
    """
    from gkcheck.ledger.summary import Counts

    loads = {row.unit: row.counts for row in summary.units}
    members = {name for unit in plan.units for name in unit.groups}
    rows = [(unit.name, unit.aliases, list(unit.groups), False) for unit in plan.units]
    rows += [(group.name, group.aliases, [], True) for group in plan.groups if group.name not in members]
    return [
        {
            "unit": name,
            "aliases": list(aliases),
            "groups": groups,
            "open": is_open,
            **counts(loads.get(name, Counts())),
            "letters": letters.get(name, 0),
        }
        for name, aliases, groups, is_open in rows
    ]
