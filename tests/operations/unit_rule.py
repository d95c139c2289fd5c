"""The rule for what a unit may record, as a table: files (`merge --from`) and the accounts of units are held to it."""

from __future__ import annotations

from gkcheck.model import CLAIMS, Action, Draft

UNIT, OTHER = "市教育局", "市财政局"


def _about(action, unit=UNIT, task=23):
    draft = Draft(action, task=task, unit=unit, undoes="own-done" if action is Action.UNDO else None)
    return draft._replace(letter=1) if action is Action.REMIND else draft


def _undo(batch):
    return Draft(Action.UNDO, undoes=batch)


HERE = [
    ("own-done", _about(Action.DONE)),
    ("own-note", _about(Action.NOTE)),
    ("own-undo", _undo("own-note")),
    ("act", _about(Action.CONFIRM)),
    ("act-undone", _undo("act")),
    ("other", _about(Action.DONE, OTHER)),
    ("whole", _about(Action.DONE, None)),
]
"""The batches of one entry each that are here already; those whose name begins with `own` are the unit's."""

CASES = {
    **{f"{action}": (_about(action), "new") for action in Action},
    **{f"{action} of another unit": (_about(action, OTHER), "new") for action in Action},
    **{f"{action} of the whole task": (_about(action, None), "new") for action in Action},
    **{f"{action} of no task": (_about(action, UNIT, None), "new") for action in Action},
    **{f"undo of {name}": (_undo(name), "new") for name, _ in HERE},
    "undo of nothing": (_undo("nowhere"), "new"),
    "undo without a batch": (Draft(Action.UNDO), "new"),
    **{f"joining {name}": (_about(Action.NOTE), name) for name, _ in HERE},
    **{f"undo joining {name}": (_undo("own-done"), name) for name, _ in HERE},
}
"""Entries, each with the batch that it claims to be of."""

ALLOWED = {
    *CLAIMS,
    *(f"undo of {name}" for name, _ in HERE if name.startswith("own")),
    *(f"{how} {name}" for how in ("joining", "undo joining") for name, _ in HERE if name.startswith("own")),
}
"""The cases that may come in; every other is refused."""
