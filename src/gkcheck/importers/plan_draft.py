"""A reading → the draft of a plan that `gkcheck check` accepts, and the registry of its units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from gkcheck.importers.draft import DraftTask
from gkcheck.importers.notice import Reading
from gkcheck.importers.recognize.numbering import leading_number, plain_number
from gkcheck.importers.recognize.org_names import is_group_name
from gkcheck.model import Deadline, Group, Plan, Role, Section, Task, Unit
from gkcheck.text.normalize import key
from gkcheck.text.numerals import number_of
from gkcheck.text.script import simplified
from gkcheck.text.similarity import nearest

_MOST_COMPARED = 50
"""The most unknown names that are compared with every name of a registry."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The units of a plan: for every printed name the name it is registered by, the units and the groups.

    `unknown`: names that the plan asked does not have; `renamed`: printed name and registered name, where
    they differ; `similar`: for names it does not have, those it has that are like them.
    """

    names: dict[str, str]
    units: list[Unit]
    groups: list[Group]
    unknown: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    similar: dict[str, list[str]] = field(default_factory=dict)

    def is_ungrouped(self, name: str) -> bool:
        """True for a unit that is in none of the groups, where the plan has any."""
        return bool(self.groups) and any(unit.name == name and not unit.groups for unit in self.units)


def registered_names(plan: Plan) -> Iterator[tuple[str, Unit | Group]]:
    """Yield every name and alias of a plan's groups and units, with its owner."""
    owners: list[Unit | Group] = [*plan.groups, *plan.units]
    for owner in owners:
        for name in (owner.name, *owner.aliases):
            yield name, owner


def registry_of(reading: Reading, known: Plan, ours: bool) -> Registry:
    """Sort the printed names into units and groups, with the help of a plan whose registry is known.

    Args:
        ours: The registry is this notice's own: its members, aliases and names are used. Otherwise it only
            tells which names it does not have: another city's 市教育局 is not ours.
    """
    entries: dict[str, Unit | Group] = {}
    for name, entry in registered_names(known):
        entries.setdefault(key(name), entry)
    names: dict[str, str] = {}
    units: dict[str, Unit] = {}
    groups: dict[str, Group] = {}
    spelled: dict[str, str] = {}
    unknown: list[str] = []
    renamed: list[tuple[str, str]] = []
    for printed in dict.fromkeys(name for task in reading.tasks for name in task.names()):
        found = entries.get(key(printed)) or entries.get(key(simplified(printed)))
        if found is None:
            unknown.append(printed)
        name = found.name if found and ours else spelled.setdefault(key(printed), printed)
        names[printed] = name
        if name != printed and found and ours:
            renamed.append((printed, name))
        if isinstance(found, Group) and ours:
            groups[name] = found
        elif isinstance(found, Unit) and ours:
            units[name] = found
        elif is_group_name(name):
            groups.setdefault(name, Group(name))
        else:
            units.setdefault(name, Unit(name))
    if ours:
        members = [unit for unit in known.units if set(unit.groups) & set(groups)]
        ordered = {unit.name: unit for unit in known.units if unit in members or unit.name in units}
        units = {**ordered, **{name: unit for name, unit in units.items() if name not in ordered}}
        groups = {group.name: group for group in known.groups if group.name in groups} | groups
    known_names = [name for name, _ in registered_names(known)] if ours else []
    similar = {name: nearest(name, known_names, 2) for name in unknown[:_MOST_COMPARED]}
    return Registry(
        names, _without_foreign(list(units.values()), set(groups)), list(groups.values()), unknown, renamed, similar
    )


def _without_foreign(units: list[Unit], groups: set[str]) -> list[Unit]:
    """Units without groups that this plan does not print, and without aliases that are another's name."""
    taken = {key(unit.name) for unit in units} | {key(name) for name in groups}
    out = []
    for unit in units:
        aliases = tuple(alias for alias in unit.aliases if key(alias) not in taken)
        out.append(unit._replace(aliases=aliases, groups=tuple(name for name in unit.groups if name in groups)))
    return out


def plan_of(reading: Reading, registry: Registry, plan_id: str, title: str) -> Plan:
    """Return the plan of a reading. Numbers out of order are left out, those of tasks with a note."""
    sections: list[Section] = []
    task_id = last_section = last_number = 0
    for (printed, number), drafts in groupby(reading.tasks, key=lambda task: (task.section, task.section_number)):
        section = _section(printed, number, title)
        value = number_of(section.number) or 0
        if 0 < value <= last_section:
            section = Section("", printed or title, ())
        last_section = max(last_section, value)
        tasks: list[Task] = []
        for draft in drafts:
            task_id += 1
            count = number_of(plain_number(draft.number)) or 0
            in_order = not 1 < count <= last_number
            tasks.append(_task(draft, task_id, in_order, registry))
            last_number = (count or last_number) if in_order else last_number
        sections.append(section._replace(tasks=tuple(tasks)))
    return Plan(
        id=plan_id,
        title=title,
        document_number=reading.facts.document_number,
        issuer=reading.facts.issuer,
        issued=reading.facts.issued,
        groups=tuple(registry.groups),
        units=tuple(registry.units),
        sections=tuple(sections),
        note="、".join(reading.gaps) + "，照原文不补。" if reading.gaps else None,
    )


def _section(printed: str | None, number: str | None, title: str) -> Section:
    found = leading_number(printed or "")
    if printed is None:
        return Section("", title, ())
    if found and printed[found.end :].strip():
        return Section(plain_number(found.printed), printed[found.end :].strip(), ())
    return Section(plain_number(number), printed, ())


def _task(draft: DraftTask, task_id: int, in_order: bool, registry: Registry) -> Task:
    number = plain_number(draft.number)
    notes = [*draft.notes, *([] if in_order else [f"原文编号为“{number}”。"])]
    names: dict[Role, tuple[str, ...]] = {}
    for role in (Role.LEAD, Role.RESPONSIBLE, Role.SUPPORT):
        stronger = {name for others in names.values() for name in others}
        registered = dict.fromkeys(registry.names[printed] for printed in draft.in_role(role))
        names[role] = tuple(name for name in registered if name not in stronger)
    return Task(
        id=task_id,
        number=number if in_order else "",
        text=draft.text,
        lead=names[Role.LEAD],
        responsible=names[Role.RESPONSIBLE],
        support=names[Role.SUPPORT],
        deadline=Deadline(draft.deadline, draft.day, draft.every) if draft.deadline or draft.every else None,
        note=" ".join(notes) or None,
        subsection=draft.subsection,
    )
