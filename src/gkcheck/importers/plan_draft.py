"""The draft of a plan as YAML that `gkcheck check` accepts, and the registry of units it is written with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from gkcheck.importers.draft import DraftTask
from gkcheck.importers.notice import Reading
from gkcheck.importers.recognize.numbering import leading_number, shown
from gkcheck.importers.recognize.org_names import is_class
from gkcheck.model import Group, Plan, Role, Unit
from gkcheck.text.normalize import key
from gkcheck.text.numerals import number_of
from gkcheck.text.script import simplified


@dataclass(frozen=True, slots=True)
class Registry:
    """The names of a draft: every printed name with the name it is written under, and what stands in the plan.

    `unknown`: names that the registry asked does not have; `renamed`: printed name and registered name, where
    they differ.
    """

    names: dict[str, str]
    units: list[Unit]
    groups: list[Group]
    unknown: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)


def registry_of(reading: Reading, known: Plan, ours: bool) -> Registry:
    """Sort the printed names into units and groups, with the help of a plan whose registry is known.

    Args:
        ours: The registry is this notice's own, so that its members, aliases and names are taken over. Otherwise
            it only tells which names it does not have: another city's 市教育局 is not ours.
    """
    entries: dict[str, Unit | Group] = {}
    registered: list[Unit | Group] = [*known.groups, *known.units]
    for entry in registered:
        for name in (entry.name, *entry.aliases):
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
        elif is_class(name):
            groups.setdefault(name, Group(name))
        else:
            units.setdefault(name, Unit(name))
    if ours:
        members = [unit for unit in known.units if set(unit.groups) & set(groups)]
        ordered = {unit.name: unit for unit in known.units if unit in members or unit.name in units}
        units = {**ordered, **{name: unit for name, unit in units.items() if name not in ordered}}
    return Registry(names, _tidied(list(units.values()), set(groups)), list(groups.values()), unknown, renamed)


def _tidied(units: list[Unit], groups: set[str]) -> list[Unit]:
    """Units without groups that this plan does not print, and without aliases that are another's name."""
    taken = {key(unit.name) for unit in units} | {key(name) for name in groups}
    out = []
    for unit in units:
        aliases = tuple(alias for alias in unit.aliases if key(alias) not in taken)
        out.append(Unit(unit.name, aliases, tuple(name for name in unit.groups if name in groups), unit.note))
    return out


class _Numbered(NamedTuple):
    number: str
    title: str


def render(reading: Reading, registry: Registry, plan_id: str, title: str, source: str) -> str:
    """The plan file of a draft; `source` is what its first line calls the notice."""
    out = [
        f"# 由 gkcheck import 从 {_comment(source)} 读出；请对照原文核对后使用。",
        "",
        "format: 1",
        f"id: {scalar(plan_id)}",
        f"title: {scalar(title)}",
    ]
    for fact, said in (
        ("document_number", reading.document_number),
        ("issuer", reading.issuer),
        ("issued", reading.issued),
    ):
        if said:
            out.append(f"{fact}: {scalar(str(said))}")
    if reading.gaps:
        out.append(f"note: {scalar('、'.join(reading.gaps) + '，照原文不补。')}")
    out += ["", "groups:" if registry.groups else "groups: []"]
    out += [
        f"  - {_flow(('name', group.name), ('ranked', group.ranked or None), ('aliases', group.aliases), ('note', group.note))}"
        for group in registry.groups
    ]
    out += ["", "units:" if registry.units else "units: []"]
    out += [
        f"  - {_flow(('name', unit.name), ('groups', unit.groups), ('aliases', unit.aliases), ('note', unit.note))}"
        for unit in registry.units
    ]
    out += ["", "sections:"]
    task_id, last_section, last_number = 0, 0, 0
    for (section, section_number), tasks in groupby(
        reading.tasks, key=lambda task: (task.section, task.section_number)
    ):
        head = _section(section, section_number, title)
        value = number_of(head.number) or 0
        if 0 < value <= last_section:
            head = _Numbered("", section or title)
        last_section = max(last_section, value)
        out += [f"  - number: {scalar(head.number)}"] if head.number else []
        out += [f"  {' ' if head.number else '-'} title: {scalar(head.title)}", "    tasks:"]
        for task in tasks:
            task_id += 1
            number = shown(task.number)
            counted = number_of(number) or 0
            odd = 1 < counted <= last_number
            last_number = last_number if odd else counted or last_number
            out += _task(task, task_id, None if odd else number, registry, f"原文编号为“{number}”。" if odd else None)
        out.append("")
    return "\n".join(out).rstrip() + "\n"


def _section(section: str | None, number: str | None, title: str) -> _Numbered:
    if section is None:
        return _Numbered("", title)
    found = leading_number(section)
    if found and section[found.end :].strip():
        return _Numbered(shown(found.printed), section[found.end :].strip())
    return _Numbered(shown(number) if number else "", section)


def _task(task: DraftTask, task_id: int, number: str | None, registry: Registry, remark: str | None) -> list[str]:
    lines = [f"      - id: {task_id}"]
    if number:
        lines.append(f"        number: {scalar(number)}")
    if task.subsection:
        lines.append(f"        subsection: {scalar(task.subsection)}")
    lines.append(f"        text: {scalar(task.text)}")
    given: set[str] = set()
    for role in (Role.LEAD, Role.RESPONSIBLE, Role.SUPPORT):
        names = [
            name for name in dict.fromkeys(registry.names[printed] for printed in task.of(role)) if name not in given
        ]
        given.update(names)
        if names:
            lines.append(f"        {role}: {_listed(names)}")
    if task.deadline:
        lines.append(
            f"        deadline: {_flow(('text', task.deadline), ('date', str(task.day) if task.day else None))}"
        )
    notes = [*task.notes, *([remark] if remark else [])]
    if notes:
        lines.append(f"        note: {scalar(' '.join(notes))}")
    return lines


def _flow(*pairs: tuple[str, object]) -> str:
    parts = []
    for name, value in pairs:
        if isinstance(value, tuple | list) and value:
            parts.append(f"{name}: {_listed([str(one) for one in value])}")
        elif value is True:
            parts.append(f"{name}: true")
        elif value and not isinstance(value, tuple | list):
            parts.append(f"{name}: {scalar(str(value))}")
    return "{" + ", ".join(parts) + "}"


def _listed(names: list[str]) -> str:
    return "[" + ", ".join(scalar(name) for name in names) + "]"


_PLAIN = re.compile(
    r"[\w，。；、（）“”《》〔〕—…！？％·‘’][\w，。；、（）“”《》〔〕—…！？％·‘’./+-]*(?: [\w，。；、（）“”《》〔〕—…！？％·‘’./+-]+)*"
)
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "~"})


def scalar(text: str) -> str:
    """A text as a YAML scalar: bare where that is safe in every place, else in double quotes."""
    if (
        _PLAIN.fullmatch(text)
        and text.casefold() not in _WORDS
        and "…" not in text[:1]
        and not text.startswith(("—", "-", "."))
    ):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(
        r"[\x7f-\x84\x86-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]",
        lambda found: f"\\u{ord(found[0]):04x}",
        quoted,
    )


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]", " ", text)
