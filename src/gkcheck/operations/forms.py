"""Decide which units get a form, and under which file name. Pure."""

from collections.abc import Iterable, Sequence

from gkcheck.model import Plan
from gkcheck.operations.record import assignees_of


def form_units(plan: Plan, names: Sequence[str]) -> list[str]:
    """Return the units that the names stand for, each once and in order; without names every unit, then every group."""
    if not names:
        return [unit.name for unit in plan.units] + [group.name for group in plan.groups]
    return list(dict.fromkeys(unit for name in names for unit in assignees_of(plan, name)))


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return file names that differ in more than case, in the same order: a repeated one is numbered, from 2."""
    distinct: dict[str, str] = {}
    for name in names:
        numbered, number = name, 1
        while numbered.casefold() in distinct:
            number += 1
            numbered = f"{name}-{number}"
        distinct[numbered.casefold()] = numbered
    return list(distinct.values())
