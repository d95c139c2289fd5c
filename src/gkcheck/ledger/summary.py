"""Count the assignments of a ledger by status: of the whole, by section and by unit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from gkcheck.ledger.fold import Ledger, status_of
from gkcheck.model import Plan, Section, Status
from gkcheck.types import NamedTuple


class Counts:
    """The number of tasks or assignments at each status. `total` is the sum of the six; `overdue` is among them."""

    __slots__ = ("_by_status", "due_soon", "overdue")

    def __init__(self) -> None:
        self._by_status = dict.fromkeys(Status, 0)
        self.overdue = 0
        self.due_soon = 0

    def add(self, status: Status, overdue: bool, due_soon: bool = False) -> None:
        """Count one more."""
        self._by_status[status] += 1
        self.overdue += overdue
        self.due_soon += due_soon

    def include(self, other: Counts) -> None:
        """Count all that another has counted."""
        for status in Status:
            self._by_status[status] += other.of(status)
        self.overdue += other.overdue
        self.due_soon += other.due_soon

    def of(self, status: Status) -> int:
        """Return the number at one status."""
        return self._by_status[status]

    @property
    def done(self) -> int:
        return self._by_status[Status.DONE]

    @property
    def confirmed(self) -> int:
        return self._by_status[Status.CONFIRMED]

    @property
    def skipped(self) -> int:
        return self._by_status[Status.SKIPPED]

    @property
    def total(self) -> int:
        return sum(self._by_status.values())

    @property
    def reported(self) -> tuple[int, int]:
        """(done + confirmed, all − skipped)."""
        return (self.done + self.confirmed, self.total - self.skipped)

    @property
    def reported_rate(self) -> float:
        """Percent with two decimals, halves up; 0.0 where everything is skipped."""
        return rate(*self.reported)

    @property
    def confirmed_rate(self) -> float:
        """Percent with two decimals, halves up; 0.0 where everything is skipped."""
        return rate(self.confirmed, self.total - self.skipped)


def rate(part: int, whole: int) -> float:
    """Return a percentage with two decimals, halves up (963 of 1032: 93.31); 0.0 where `whole` is 0."""
    return (part * 20_000 + whole) // (2 * whole) / 100 if whole else 0.0


class SectionRow(NamedTuple):
    """A section and the counts of its assignments."""

    section: Section
    counts: Counts


class UnitRow(NamedTuple):
    """A unit (or open group) with assignments, its first group, and the counts of its assignments.

    `rank` is the place by reported rate within a ranked group, equal rates sharing a place; else None.
    """

    unit: str
    group: str | None
    counts: Counts
    rank: int | None


class Summary(NamedTuple):
    """The counts on a day: all tasks, all assignments, by section and by unit (registry order).

    `recurring` counts the assignments that come round again, which are counted as they stand in the present period.
    """

    plan: Plan
    as_of: date
    tasks: Counts
    assignments: Counts
    sections: list[SectionRow]
    units: list[UnitRow]
    recurring: int = 0


def summarise(ledger: Ledger, units: Collection[str] | None = None) -> Summary:
    """Return the counts of a ledger; those of the sections and those of the units each sum to the whole.

    With `units`, only their assignments are counted, and only tasks and sections that have some; the ranks stay those
    among all units of a group.
    """
    tasks, assignments = Counts(), Counts()
    sections: list[SectionRow] = []
    by_unit: dict[str, Counts] = {}
    recurring = 0
    rows = iter(ledger.rows())
    for section in ledger.plan.sections:
        counts = Counts()
        for _, row in zip(section.tasks, rows, strict=False):
            wanted = row.states
            if units is not None:
                wanted = [state for state in row.states if state.assignment.unit in units]
                row = row._replace(status=status_of(wanted), overdue=any(state.overdue for state in wanted))
            if wanted or units is None:
                tasks.add(row.status, row.overdue)
            for state in wanted:
                counts.add(state.status, state.overdue, state.due_soon)
                recurring += state.period is not None
            for state in row.states:
                unit = by_unit.get(state.assignment.unit)
                if unit is None:
                    unit = by_unit[state.assignment.unit] = Counts()
                unit.add(state.status, state.overdue)
        assignments.include(counts)
        if units is None or counts.total:
            sections.append(SectionRow(section, counts))
    ranked = _unit_rows(ledger.plan, by_unit)
    ranked = ranked if units is None else [row for row in ranked if row.unit in units]
    return Summary(ledger.plan, ledger.as_of, tasks, assignments, sections, ranked, recurring)


def _unit_rows(plan: Plan, by_unit: dict[str, Counts]) -> list[UnitRow]:
    first_group = {unit.name: (unit.groups[0] if unit.groups else None) for unit in plan.units}
    ranked = {group.name for group in plan.groups if group.ranked}
    order = [*first_group, *(group.name for group in plan.groups)]
    rows = [UnitRow(name, first_group.get(name), by_unit[name], None) for name in order if name in by_unit]
    places: dict[str, dict[float, int]] = {}
    for group in ranked:
        rates = sorted(
            (row.counts.reported_rate for row in rows if row.group == group and row.counts.reported[1]), reverse=True
        )
        places[group] = {value: rates.index(value) + 1 for value in set(rates)}
    return [
        row._replace(rank=places[row.group].get(row.counts.reported_rate))
        if row.group in ranked and row.group and row.counts.reported[1]
        else row
        for row in rows
    ]
