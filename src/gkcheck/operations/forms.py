"""Decide which units get a form, and under which file name. Pure."""

from collections.abc import Collection, Iterable

from gkcheck.ledger.assignments import assignments_of_task, members_of
from gkcheck.model import Plan


def form_units(plan: Plan, chosen: Collection[str] | None) -> list[str]:
    """Return those of the chosen units and groups (None: all) that owe something, in plan order, units first."""
    members = members_of(plan)
    owing = {owed.unit for task in plan.tasks() for owed in assignments_of_task(task, members)}
    names = [unit.name for unit in plan.units] + [group.name for group in plan.groups]
    return [name for name in names if name in owing and (chosen is None or name in chosen)]


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
