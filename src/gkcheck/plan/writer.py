"""Plan values → YAML. The reader reads the same plan from it; scalars are quoted only where they must be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from gkcheck.model import ZONE, Deadline, Group, Plan, Section, Task, Unit
from gkcheck.plan.reader import FORMAT

_UNPRINTABLE = r"\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff"
_SIGNS = "，。；、（）“”《》〔〕—…！？％·‘’"
_BARE = re.compile(rf"(?![—.…])[\w{_SIGNS}][\w{_SIGNS}./+-]*(?: [\w{_SIGNS}./+-]+)*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "~"})

Pairs = Iterable[tuple[str, Any]]


def render_plan(plan: Plan, comment: str) -> str:
    """Return a plan as the text of a plan file; `comment` is its first line."""
    facts = _lines(
        ("format", FORMAT), ("id", plan.id), ("title", plan.title), ("document_number", plan.document_number),
        ("issuer", plan.issuer), ("issued", plan.issued),
        ("zone", plan.zone if plan.zone != ZONE else None), ("note", plan.note),
    )  # fmt: skip
    comment = re.sub(rf"[\x00-\x1f{_UNPRINTABLE}]", " ", comment)
    lines = [f"# {comment}", "", *facts, ""]
    lines += ["groups:" if plan.groups else "groups: []", *(f"  - {_flow(_group(group))}" for group in plan.groups), ""]
    lines += ["units:" if plan.units else "units: []", *(f"  - {_flow(_unit(unit))}" for unit in plan.units), ""]
    lines += ["sections:"]
    for section in plan.sections:
        lines += [*_section(section), ""]
    return "\n".join(lines).rstrip() + "\n"


def _group(group: Group) -> Pairs:
    return ("name", group.name), ("ranked", group.ranked), ("aliases", group.aliases), ("note", group.note)


def _unit(unit: Unit) -> Pairs:
    return (
        ("name", unit.name), ("groups", unit.groups), ("aliases", unit.aliases), ("contact", unit.contact),
        ("phone", unit.phone), ("note", unit.note),
    )  # fmt: skip


def _section(section: Section) -> list[str]:
    lines = _item("  ", ("number", section.number), ("title", section.title), ("note", section.note))
    lines.append("    tasks:")
    for task in section.tasks:
        lines += _task(task)
    return lines


def _task(task: Task) -> list[str]:
    roles = [(str(role), names) for role, names in task.names_by_role()]
    return _item(
        "      ", ("id", task.id), ("number", task.number), ("subsection", task.subsection), ("text", task.text),
        *roles, ("channels", task.channels), ("deadline", task.deadline), ("note", task.note),
    )  # fmt: skip


def _lines(*pairs: tuple[str, Any]) -> list[str]:
    return [f"{name}: {_value(value)}" for name, value in pairs if value]


def _item(indent: str, *pairs: tuple[str, Any]) -> list[str]:
    """Return pairs as an item of a list, a line each."""
    return [f"{indent}{'  ' if i else '- '}{line}" for i, line in enumerate(_lines(*pairs))]


def _flow(pairs: Pairs) -> str:
    return "{" + ", ".join(_lines(*pairs)) + "}"


def _value(value: Any) -> str:
    if isinstance(value, Deadline):
        return _flow((("text", value.text), ("date", value.date), ("every", value.every)))
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_scalar, value)) + "]"
    return "true" if value is True else _scalar(str(value))


def _scalar(text: str) -> str:
    """Return a text as a YAML scalar: bare where that is safe in every place, else in double quotes."""
    if _BARE.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(rf"[{_UNPRINTABLE}]", lambda found: f"\\u{ord(found[0]):04x}", quoted)
