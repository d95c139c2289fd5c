"""What the table says before anything is recorded: which unit owes which task, in which role."""

from __future__ import annotations

from gkcheck.model import Assignment, Plan, Task


def members_of(plan: Plan) -> dict[str, list[str]]:
    """The units of every group, in registry order; an open group has none."""
    members: dict[str, list[str]] = {group.name: [] for group in plan.groups}
    for unit in plan.units:
        for name in unit.groups:
            members.setdefault(name, []).append(unit.name)
    return members


def assignments_of_task(task: Task, members: dict[str, list[str]]) -> list[Assignment]:
    """Every assignment of a task, strongest role first, in printed order, groups in registry order.

    One per unit: the strongest role wins, and within a role a unit that is named wins over its group.
    """
    taken: dict[str, Assignment] = {}
    for role, names in task.named():
        direct = {name for name in names if not members.get(name)}
        for name in names:
            if name in direct:
                taken.setdefault(name, Assignment(task.id, name, role, None))
                continue
            for unit in members[name]:
                if unit not in direct:
                    taken.setdefault(unit, Assignment(task.id, unit, role, name))
    return list(taken.values())


def assignments_of(plan: Plan, unit: str) -> list[Assignment]:
    """What `unit` owes, in task order, one role per task (lead > responsible > support)."""
    members = members_of(plan)
    owed = (assignment_of(task, unit, members) for task in plan.tasks())
    return [assignment for assignment in owed if assignment is not None]


def assignment_of(task: Task, unit: str, members: dict[str, list[str]]) -> Assignment | None:
    """What `unit` owes of a task, by the rule of `assignments_of_task`; None where it owes nothing."""
    for role, names in task.named():
        if unit in names and not members.get(unit):
            return Assignment(task.id, unit, role, None)
        for name in names:
            if unit in members.get(name, ()):
                return Assignment(task.id, unit, role, name)
    return None


def fingerprint(task: Task) -> str:
    """A hash of the task's text and units as printed: entries carry it, so that a later change shows."""
    import hashlib

    parts = [task.text, *("\t".join((role, *names)) for role, names in task.named())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
