"""Decide which units get a form, and under which file name. Pure."""

from collections.abc import Collection, Iterable

from gkcheck.model import Plan


def form_units(plan: Plan, chosen: Collection[str] | None) -> list[str]:
    """Return the chosen units and groups (None: all) in the order of the plan, units first."""
    names = [unit.name for unit in plan.units] + [group.name for group in plan.groups]
    return names if chosen is None else [name for name in names if name in chosen]


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
