"""Entries folded by assignment: of each kind the latest, which is all that a state depends on."""

from collections.abc import Iterable, Sequence

from gkcheck.model import ACTS, CLAIMS, REVIEWS, STATUS_AFTER, Action, Entry, Plan


class LatestEntries:
    """The latest entry of each kind about one (task, unit) or one whole task, every letter and all with evidence.

    `claim` set the status of a claim, `act` is the office's answer, `review` the latest whose action is in `REVIEWS`;
    `note`, `problem` and `next` are the latest claims, notes included, that say anything of these.
    """

    __slots__ = ("act", "claim", "deadline", "evidence", "last", "letters", "next", "note", "problem", "review")

    def __init__(self) -> None:
        self.claim: Entry | None = None
        self.act: Entry | None = None
        self.review: Entry | None = None
        self.note: Entry | None = None
        self.problem: Entry | None = None
        self.next: Entry | None = None
        self.deadline: Entry | None = None
        self.last: Entry | None = None
        self.evidence: Sequence[Entry] = ()
        self.letters: Sequence[Entry] = ()

    def add(self, entry: Entry) -> None:
        """Add a later entry."""
        if entry.action in CLAIMS:
            if entry.action in STATUS_AFTER:
                self.claim = entry
            if entry.note:
                self.note = entry
            if entry.problem:
                self.problem = entry
            if entry.next:
                self.next = entry
        elif entry.action in ACTS:
            self.act = entry
        elif entry.action is Action.DEADLINE:
            self.deadline = entry
        elif entry.action is Action.REMIND:
            self.letters = _with(self.letters, entry)
        if entry.action in REVIEWS:
            self.review = entry
        if entry.evidence:
            self.evidence = _with(self.evidence, entry)
        self.last = entry


def _with(entries: Sequence[Entry], entry: Entry) -> Sequence[Entry]:
    """Return entries with one more; most assignments have none, and a list for each of them would cost."""
    if not isinstance(entries, list):
        return [entry]
    entries.append(entry)
    return entries


LatestByAssignment = dict[tuple[int, str | None], LatestEntries]


def fold(entries: Iterable[Entry]) -> LatestByAssignment:
    """Return the latest entries by (task, unit); unit None: those about the whole task.

    Args:
        entries: the live entries, in the order of facts.
    """
    latest: LatestByAssignment = {}
    for entry in entries:
        if entry.task is not None and entry.action is not Action.UNDO:
            key = entry.task, entry.unit
            held = latest.get(key)
            if held is None:
                held = latest[key] = LatestEntries()
            held.add(entry)
    return latest


def recurring_tasks(plan: Plan, latest: LatestByAssignment) -> frozenset[int]:
    """Return the tasks that come round again, for all their units or for some: by the plan or by a later deadline."""
    planned = {task.id for task in plan.tasks() if task.deadline and task.deadline.every}
    return frozenset(planned | {task for (task, _), one in latest.items() if one.deadline and one.deadline.every})


def ever_recurring(plan: Plan, deadlines: Iterable[Entry]) -> frozenset[int]:
    """Return the tasks that came round again on some day, given every deadline that was ever set, undone ones too."""
    return recurring_tasks(plan, {}) | {entry.task for entry in deadlines if entry.task is not None and entry.every}


NO_ENTRIES = LatestEntries()


def by_assignment(entries: Iterable[Entry]) -> dict[tuple[int | None, str | None], list[Entry]]:
    """Return entries by (task, unit), each list in their order."""
    grouped: dict[tuple[int | None, str | None], list[Entry]] = {}
    for entry in entries:
        grouped.setdefault((entry.task, entry.unit), []).append(entry)
    return grouped


def in_order(own: Sequence[Entry], whole: Sequence[Entry]) -> Sequence[Entry]:
    """Return the entries of both in the order of facts."""
    return sorted([*own, *whole], key=lambda entry: entry.order) if whole else own


def later(one: Entry | None, other: Entry | None) -> Entry | None:
    """Return the later of two entries in the order of facts; None where there is neither."""
    if one is None or other is None:
        return one or other
    return one if one.order > other.order else other
