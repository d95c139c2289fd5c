"""Who a cell, a label line or a bracket names, by role, and what else it says."""

from __future__ import annotations

from dataclasses import dataclass, field

from gkcheck.model import Role


@dataclass(slots=True)
class Owners:
    """What a cell says. Names as printed, without role words; `tail` is what follows 等, verb included.

    `notes` are clauses that name nobody; `persons` people, who are never units; `unsure` names that do
    not look like one; `first_leads`: the cell says that the first-named unit leads, from here on where
    `from_here`; `unclosed`: the bracket that holds it is never closed.
    """

    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    support: list[str] = field(default_factory=list)
    tail: str | None = None
    deadline: str | None = None
    notes: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    first_leads: bool = False
    from_here: bool = False
    unclosed: bool = False

    def names(self) -> list[str]:
        """Every name, strongest role first."""
        return [*self.lead, *self.responsible, *self.support]

    def add(self, name: str, role: Role) -> None:
        """Take a name in, in the strongest role it is given."""
        if name in self.names():
            order = list(Role)
            held = next(kept for kept in order if name in self.of(kept))
            if order.index(role) >= order.index(held):
                return
            self.of(held).remove(name)
        self.of(role).append(name)

    def of(self, role: Role) -> list[str]:
        """The names in one role."""
        return {Role.LEAD: self.lead, Role.RESPONSIBLE: self.responsible, Role.SUPPORT: self.support}[role]

    def merge(self, other: Owners) -> None:
        """Take in what another cell of the same task says."""
        for role in Role:
            for name in other.of(role):
                self.add(name, role)
        self.tail = "；".join(filter(None, (self.tail, other.tail))) or None
        self.deadline = "；".join(filter(None, (self.deadline, other.deadline))) or None
        for mine, theirs in ((self.notes, other.notes), (self.persons, other.persons), (self.unsure, other.unsure)):
            mine.extend(theirs)
        self.first_leads |= other.first_leads
        self.from_here |= other.from_here
        self.unclosed |= other.unclosed
