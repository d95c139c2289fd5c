"""What reading a notice yields: the draft of a plan and an account of every part of the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from gkcheck.model import Role


class Heading(NamedTuple):
    """A heading above tasks: as printed, number included; `rank` as in `numbers.Number`."""

    printed: str
    rank: float


@dataclass(frozen=True, slots=True)
class DraftTask:
    """One task as printed. `number`, `section` and `subsection` as printed, None where there is none.

    `inherited`: its units come from a merged cell or a heading. `place` says where it stands.
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

    def names(self) -> tuple[str, ...]:
        """Every name, strongest role first."""
        return (*self.lead, *self.responsible, *self.support)

    def of(self, role: Role) -> tuple[str, ...]:
        """The names in one role."""
        return {Role.LEAD: self.lead, Role.RESPONSIBLE: self.responsible, Role.SUPPORT: self.support}[role]


class LeftOut(NamedTuple):
    """A part of the source that no task holds: where, what, and why."""

    place: str
    text: str
    why: str


class Finding(NamedTuple):
    """Something for a person to look at."""

    place: str
    message: str


@dataclass(slots=True)
class Account:
    """What happens to the source while it is read; the readers write into it.

    `placed` holds what became a heading, a header or a title: (place, text, what it became). `tick` is called
    with the number of rows read, now and then.
    """

    left_out: list[LeftOut] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    placed: list[tuple[str, str, str]] = field(default_factory=list)
    tables: int = 0
    rows: int = 0
    first_leads: bool = False
    tick: Callable[[int], None] | None = None

    def read_rows(self, count: int = 1) -> None:
        """Count rows as read, and tell whoever watches."""
        self.rows += count
        if self.tick and self.rows % 50 == 0:
            self.tick(self.rows)

    def leave(self, place: str, text: str, why: str) -> None:
        """List a part as left out, unless it is empty."""
        if text.strip():
            self.left_out.append(LeftOut(place, text.strip(), why))

    def find(self, place: str, message: str) -> None:
        """Note something for a person to look at."""
        self.findings.append(Finding(place, message))

    def put(self, place: str, text: str, what: str) -> None:
        """Note what a part became, other than a task."""
        if text.strip():
            self.placed.append((place, text.strip(), what))


def sections_of(headings: list[Heading]) -> tuple[str | None, str | None]:
    """The top heading, and the lower ones in one line."""
    if not headings:
        return None, None
    return headings[0].printed, " ".join(heading.printed for heading in headings[1:]) or None


def under(headings: list[Heading], new: Heading) -> list[Heading]:
    """The headings in force once `new` is printed: it ends those of its rank and deeper."""
    return [heading for heading in headings if heading.rank < new.rank] + [new]
