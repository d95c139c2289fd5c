"""The rules of entries: which of them count, and what those leave behind. Pure.

Undone batches are left out first; what remains is folded, in the order of facts, into one `Mark` for
each (task, unit) and each whole task.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from gkcheck.model import STATUS_AFTER, Action, Entry

REVIEWS = frozenset({Action.RETURN, Action.DONE, Action.CONFIRM, Action.SKIP, Action.REOPEN})
"""A return and what ends it: until one of these the reason stands, however the work goes on meanwhile."""


class Mark:
    """What the live entries about one (task, unit) or one whole task leave behind.

    `review` is the latest of the office's returns and of what ends one.
    """

    __slots__ = ("deadline", "evidence", "last", "note", "review", "status")

    def __init__(self) -> None:
        self.status: Entry | None = None
        self.review: Entry | None = None
        self.note: Entry | None = None
        self.deadline: Entry | None = None
        self.last: Entry | None = None
        self.evidence: list[Entry] = []

    def take(self, entry: Entry) -> None:
        """Fold in a later entry."""
        if entry.action in STATUS_AFTER:
            self.status = entry
        if entry.action in REVIEWS:
            self.review = entry
        if entry.action is Action.DEADLINE:
            self.deadline = entry
        if entry.note:
            self.note = entry
        if entry.evidence:
            self.evidence.append(entry)
        self.last = entry


Marks = dict[tuple[int, str | None], Mark]


def taken_back(entries: Iterable[Entry]) -> set[str]:
    """The batches that no longer count: an undo takes its batch back unless it was taken back itself.

    An undo reaches only what stands before it in the order of facts.
    """
    undos = [entry for entry in entries if entry.action is Action.UNDO and entry.undoes]
    dead: set[str] = set()
    for entry in sorted(undos, key=lambda entry: entry.order, reverse=True):
        if entry.batch not in dead and entry.undoes != entry.batch:
            dead.add(str(entry.undoes))
    return dead


def live(entries: Iterable[Entry], as_of: date | None = None) -> list[Entry]:
    """The entries that count, in the order of facts: up to the day `as_of` (None: all), undone ones left out."""
    chosen = list(entries)
    if as_of is not None:
        last_day = as_of.isoformat()
        chosen = [entry for entry in chosen if entry.day <= last_day]
    chosen.sort(key=lambda entry: entry.order)
    dead = taken_back(chosen)
    return [entry for entry in chosen if entry.batch not in dead]


def fold(entries: Iterable[Entry]) -> Marks:
    """Live entries in the order of facts → the marks they leave, by (task, unit); unit None: the whole task."""
    marks: Marks = {}
    for entry in entries:
        if entry.task is not None and entry.action is not Action.UNDO:
            marks.setdefault((entry.task, entry.unit), Mark()).take(entry)
    return marks
