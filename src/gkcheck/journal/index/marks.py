"""Marks: one number for each line about a task, with its place, its day, and the kinds of things it says.

A place is the offset of a line in the file. A state depends on the latest line of each kind (`ledger.latest`), which
the marks of an assignment tell without reading the lines.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, reduce
from itertools import repeat
from operator import and_, or_

from gkcheck.journal.record_format import DamagedLine
from gkcheck.model import ACTS, CLAIMS, REVIEWS, STATUS_AFTER, Action, StatusChange

CLAIM, ACT, REVIEW, DEADLINE, KEPT, WORDS, NOTE, PROBLEM, NEXT, UNDONE = (1 << bit for bit in range(10))
"""The kinds of a line: CLAIM, ACT, REVIEW, DEADLINE, NOTE, PROBLEM and NEXT replace an earlier one of the same kind;
those with evidence and letters are KEPT, all of them. Of a line with WORDS, what it says of NOTE, PROBLEM and NEXT
counts. UNDONE: an undo has taken it back."""

STATUS = CLAIM | ACT
_LATEST = CLAIM | ACT | REVIEW | DEADLINE | NOTE | PROBLEM | NEXT

_CHANGE, _DAY, PLACE = 10, 13, 31
"""The bits of a mark from which on the number of the action in `_CHANGES` stands, the day, the place."""

_CHANGES = (None, *STATUS_AFTER)
_DAYS = (1 << PLACE) - (1 << _DAY)
_EPOCH = date(1800, 1, 1).toordinal()


def kinds_of_action(action: Action) -> int:
    """Return the kinds that an action alone makes of a line."""
    kinds = WORDS if action in CLAIMS else 0
    kinds |= CLAIM if action in CLAIMS and action in STATUS_AFTER else 0
    kinds |= ACT if action in ACTS else 0
    kinds |= REVIEW if action in REVIEWS else 0
    kinds |= DEADLINE if action is Action.DEADLINE else 0
    kinds |= _CHANGES.index(action) << _CHANGE if action in STATUS_AFTER else 0
    return kinds | (KEPT if action is Action.REMIND else 0)


@cache
def day_bits(day: str) -> int:
    """Return a day (YYYY-MM-DD) as it stands in a mark.

    Raises:
        DamagedLine: the day is so far from ours that only a reading of the whole can judge the journal.
    """
    number = date.fromisoformat(day).toordinal() - _EPOCH
    if not 0 <= number < 1 << PLACE - _DAY:
        raise DamagedLine(f"日期 {day} 太早或太晚")
    return number << _DAY


def mark_of(place: int, day: str, kinds: int) -> int:
    """Return the mark of a line."""
    return place << PLACE | day_bits(day) | kinds


def place_of(mark: int) -> int:
    """Return the place of a line."""
    return mark >> PLACE


def greatest_day(marks: Iterable[int]) -> int:
    """Return the greatest day of the facts of some lines, as `day_bits`."""
    return int(max(map(and_, marks, repeat(_DAYS))))


def count_later(marks: Iterable[int], last_day: int) -> int:
    """Return the number of lines that count and are about days after `last_day` (`day_bits`)."""
    return sum(mark & _DAYS > last_day and not mark & UNDONE for mark in marks)


def toggled(marks: Iterable[int], places: Collection[int]) -> array[int]:
    """Return the marks, those at some places undone where they were not, and the other way round."""
    return array("Q", (mark ^ UNDONE if mark >> PLACE in places else mark for mark in marks))


def latest_places(
    marks: Sequence[int], last_day: int | None = None, details: bool = True, alone: bool = False
) -> list[int]:
    """Return the places of the lines about one assignment that its state depends on, latest first.

    Args:
        marks: those of all its lines, in the order of facts.
        last_day: leaves out the facts of later days (`day_bits`).
        details: False: only what sets the status and the deadline, and tells that a return stands.
        alone: no return of the whole task is to be held against a later review of this one alone.
    """
    wanted = reduce(or_, marks, 0) & (_LATEST | KEPT if details else STATUS | DEADLINE | REVIEW)
    places: list[int] = []
    for mark in reversed(marks):
        if mark & UNDONE or (last_day is not None and mark & _DAYS > last_day):
            continue
        kinds = mark & wanted
        if kinds == REVIEW and alone and not details and not _is_return(mark):
            wanted &= ~REVIEW  # it says no more than that no return stands
        elif kinds or (details and not places):
            places.append(mark >> PLACE)
            if not details and kinds & STATUS:
                kinds |= STATUS
            wanted &= ~kinds | KEPT
        if not wanted:
            break
    return places


def has_review(marks: Iterable[int]) -> bool:
    """True if one of the lines is a review."""
    return bool(reduce(or_, marks, 0) & REVIEW)


def _is_return(mark: int) -> bool:
    return mark >> _CHANGE & 7 == _CHANGES.index(Action.RETURN)


def changes_on(
    marks: Iterable[int], ends: Sequence[int], undone: Mapping[int, Sequence[bool]]
) -> list[StatusChange | None]:
    """Return what had set the status of one assignment at the end of some days, which ascend.

    Args:
        marks: those of all its lines, in the order of facts.
        ends: the days, as `day_bits`.
        undone: for the places of lines that an undo had taken back on some of the days and not on all, or not in the
            end: if it had, by day.
    """
    changes: list[StatusChange | None] = [None] * len(ends)
    for mark in marks:
        place = mark >> PLACE
        if not mark & STATUS or (mark & UNDONE and place not in undone):
            continue
        first, action = bisect_left(ends, mark & _DAYS), _CHANGES[mark >> _CHANGE & 7]
        if action is None or first == len(ends):
            continue
        change = StatusChange(place, action)
        if place in undone:
            for at in range(first, len(ends)):
                if not undone[place][at]:
                    changes[at] = change
        else:
            changes[first:] = [change] * (len(ends) - first)
    return changes
