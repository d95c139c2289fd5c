"""The values that reading a notice yields: the tasks as printed, and the log of every part of the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from gkcheck.model import Every, Role


class Heading(NamedTuple):
    """A heading above tasks: as printed, number included; `rank` as in `recognize.numbering.Number`."""

    printed: str
    rank: float


@dataclass(frozen=True, slots=True)
class DraftTask:
    """One task as printed. `number`, `section` and `subsection` as printed, None where there is none.

    `inherited`: its units come from a merged cell or a heading. `place` tells where it stands. `period` are the words
    that say it comes round again, and `every` the period, None where it is not certain.
    """

    number: str | None
    section: str | None
    subsection: str | None
    text: str
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    support: tuple[str, ...]
    place: str
    units_tail: str | None = None
    deadline: str | None = None
    day: date | None = None
    inherited: bool = False
    notes: tuple[str, ...] = ()
    section_number: str | None = None
    every: Every | None = None
    period: str | None = None

    def names(self) -> tuple[str, ...]:
        """Return every name, strongest role first."""
        return (*self.lead, *self.responsible, *self.support)

    def in_role(self, role: Role) -> tuple[str, ...]:
        """Return the names in one role."""
        return {Role.LEAD: self.lead, Role.RESPONSIBLE: self.responsible, Role.SUPPORT: self.support}[role]


class Omission(NamedTuple):
    """A part of the source that no task holds: its place, its text, and the reason.

    `in_text` is False for what the file holds beside its text: hidden or struck parts, notes.
    """

    place: str
    text: str
    why: str
    in_text: bool = True


class Finding(NamedTuple):
    """Something for a person to check."""

    place: str
    message: str


@dataclass(slots=True)
class ReadingLog:
    """The account of the source, written by the readers while they read.

    `placed` holds the parts that became a heading, a header or a title: (place, text, use). `tick` is called
    with the number of rows read, now and then.
    """

    left_out: list[Omission] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    placed: list[tuple[str, str, str]] = field(default_factory=list)
    tables: int = 0
    rows: int = 0
    first_leads: bool = False
    tick: Callable[[int], None] | None = None

    def count_rows(self, count: int = 1) -> None:
        """Count rows as read, and report the progress."""
        self.rows += count
        if self.tick and self.rows % 50 == 0:
            self.tick(self.rows)

    def leave_out(self, place: str, text: str, why: str, in_text: bool = True) -> None:
        """Record that a part is left out, unless it is empty."""
        if text.strip():
            self.left_out.append(Omission(place, text.strip(), why, in_text))

    def note(self, place: str, message: str) -> None:
        """Record something for a person to check."""
        self.findings.append(Finding(place, message))

    def place(self, place: str, text: str, use: str) -> None:
        """Record the use of a part that is no task, unless it is empty."""
        if text.strip():
            self.placed.append((place, text.strip(), use))


def section_titles(headings: list[Heading]) -> tuple[str | None, str | None]:
    """Return the top heading, and the lower ones in one line."""
    if not headings:
        return None, None
    return headings[0].printed, " ".join(heading.printed for heading in headings[1:]) or None


def headings_after(headings: list[Heading], new: Heading) -> list[Heading]:
    """Return the headings in force once `new` is printed: it ends those of its rank and deeper."""
    return [heading for heading in headings if heading.rank < new.rank] + [new]
