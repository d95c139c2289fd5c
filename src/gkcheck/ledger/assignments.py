"""The responsibility matrix of a plan: which unit owes which task, in which role."""

from __future__ import annotations

from collections.abc import Collection

from gkcheck.model import Assignment, Plan, Task


def members_of(plan: Plan) -> dict[str, list[str]]:
    """Return the units of every group, in registry order; an open group has none."""
    members: dict[str, list[str]] = {group.name: [] for group in plan.groups}
    for unit in plan.units:
        for name in unit.groups:
            members.setdefault(name, []).append(unit.name)
    return members


def assignments_of_task(task: Task, members: dict[str, list[str]]) -> list[Assignment]:
    """Return every assignment of a task, strongest role first, in printed order, groups in registry order.

    One per unit: the strongest role wins, and within a role a unit's own name wins over its group.
    """
    by_unit: dict[str, Assignment] = {}
    for role, names in task.names_by_role():
        direct = {name for name in names if not members.get(name)}
        for name in names:
            if name in direct:
                by_unit.setdefault(name, Assignment(task.id, name, role, None))
                continue
            for unit in members[name]:
                if unit not in direct:
                    by_unit.setdefault(unit, Assignment(task.id, unit, role, name))
    return list(by_unit.values())


def assignments_of(plan: Plan, unit: str) -> list[Assignment]:
    """Return the unit's assignments in task order, one role per task (lead > responsible > support)."""
    members = members_of(plan)
    owed = (assignment_of(task, unit, members) for task in plan.tasks())
    return [assignment for assignment in owed if assignment is not None]


def assignments_of_units(task: Task, units: Collection[str], members: dict[str, list[str]]) -> list[Assignment]:
    """Return the assignments of a task that are those of `units`, in order; one unit's without expanding groups."""
    if len(units) == 1:
        owed = assignment_of(task, next(iter(units)), members)
        return [] if owed is None else [owed]
    return [assignment for assignment in assignments_of_task(task, members) if assignment.unit in units]


def assignment_of(task: Task, unit: str, members: dict[str, list[str]]) -> Assignment | None:
    """Return the unit's assignment of a task, by the rule of `assignments_of_task`; None where it has none."""
    for role, names in task.names_by_role():
        if unit in names and not members.get(unit):
            return Assignment(task.id, unit, role, None)
        for name in names:
            if unit in members.get(name, ()):
                return Assignment(task.id, unit, role, name)
    return None


def fingerprint(task: Task) -> str:
    """Return a hash of the task's text and units as printed. Entries carry it, so that a later change shows."""
    from gkcheck.digest import sha256

    parts = [task.text, *("\t".join((role, *names)) for role, names in task.names_by_role())]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]
