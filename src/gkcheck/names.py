"""What a person typed → the unit, group, section or task that is meant. One door for every command.

A name is tried in steps, and the first step that finds anything decides: the exact name or alias; the
short form (without the leading 市, without the name of the place, a town without 镇); the same after
Traditional script is made Simplified; pinyin initials or full pinyin; a part of a name. Several finds
are ambiguous and listed; none at all: the nearest are suggested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from gkcheck.chinese import key, nearest, number_of, simplified
from gkcheck.errors import AmbiguousName, BadRequest, UnknownName
from gkcheck.model import Group, Plan, Section, Task, Unit

MAX_RANGE = 10_000
"""How many tasks one range may name."""


def unit_named(plan: Plan, typed: str) -> str:
    """The name of the unit or group that `typed` means.

    Raises:
        UnknownName: nothing is called so; the text suggests the nearest.
        AmbiguousName: several are; the text lists them.
    """
    if not key(typed):
        raise UnknownName("没有写单位名称，用 gkcheck units 查看全部单位")
    for step in (_by_name, _by_short_name, _by_script, _by_pinyin, _by_part):
        found = sorted(set(step(plan, typed)), key=_registry_order(plan))
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousName(f"“{typed.strip()}”可以指 {len(found)} 个单位：{_listed(found)}，请写全名")
    near = nearest(simplified(typed), _spellings(plan), 12)
    owners = _names(plan)
    suggested = list(dict.fromkeys(name for word in near for name in owners[word]))[:3]
    hint = f"，是否要找：{'、'.join(suggested)}" if suggested else ""
    raise UnknownName(f"没有叫“{typed.strip()}”的单位{hint}（用 gkcheck units 查看全部）")


def _listed(names: list[str]) -> str:
    return "、".join(names[:12]) + (f" 等 {len(names)} 个" if len(names) > 12 else "")


def _registry_order(plan: Plan) -> Callable[[str], int]:
    order = {
        name: i for i, name in enumerate([unit.name for unit in plan.units] + [group.name for group in plan.groups])
    }
    return lambda name: order[name]


def _spellings(plan: Plan) -> list[str]:
    return list(_names(plan))


def _names(plan: Plan) -> dict[str, list[str]]:
    """Every name and alias, with the units or groups it belongs to."""
    names: dict[str, list[str]] = {}
    things: list[Unit | Group] = [*plan.units, *plan.groups]
    for thing in things:
        for spelling in (thing.name, *thing.aliases):
            names.setdefault(spelling, []).append(thing.name)
    return names


def _by_name(plan: Plan, typed: str) -> Iterable[str]:
    wanted = key(typed)
    return [name for spelling, names in _names(plan).items() if key(spelling) == wanted for name in names]


def _by_short_name(plan: Plan, typed: str) -> Iterable[str]:
    wanted = {short for form in _without_place(plan, key(typed)) for short in (form, _short(form))}
    return [name for spelling, names in _names(plan).items() if _short(key(spelling)) in wanted for name in names]


def _short(name: str) -> str:
    """A name as people shorten it: 市教育局 → 教育局, 水步镇 → 水步, 台城街道 → 台城."""
    bare = re.sub(r"^[省市县区州](?=...)", "", name)
    return re.sub(r"(?<=..)(?:街道办事处|镇人民政府|镇政府|街道办|街道|镇|乡)$", "", bare)


def _without_place(plan: Plan, name: str) -> list[str]:
    """A name as typed and without the place that the plan's issuer is in (台山市教育局 → 市教育局, 教育局)."""
    place = re.match(r"(.{2,4}?)([省市县区州])", plan.issuer or plan.title)
    forms = [name]
    if place and name.startswith(key(place[1])) and len(name) > len(place[1]) + 1:
        rest = name[len(place[1]) :]
        forms += [rest, rest.removeprefix(place[2])]
    return forms


def _by_script(plan: Plan, typed: str) -> Iterable[str]:
    if typed.isascii():
        return []
    folded = simplified(typed)
    if folded == typed:
        return []
    return [*_by_name(plan, folded)] or [*_by_short_name(plan, folded)] or [*_by_part(plan, folded)]


def _by_pinyin(plan: Plan, typed: str) -> Iterable[str]:
    letters = re.sub(r"[\s'’-]", "", key(typed))
    if not (letters.isascii() and letters.isalpha()):
        return []
    from gkcheck.pinyin import spelt

    return [
        name
        for spelling, names in _names(plan).items()
        if spelt(letters, key(spelling)) or spelt(letters, _short(key(spelling)))
        for name in names
    ]


def _by_part(plan: Plan, typed: str) -> Iterable[str]:
    wanted = key(typed)
    if len(wanted) < 2:
        return []
    return [name for spelling, names in _names(plan).items() if wanted in key(spelling) for name in names]


def section_named(plan: Plan, typed: str) -> Section:
    """The section that `typed` means: its printed number (九, 9) or a part of its title."""
    wanted = key(typed).rstrip("、.")
    number = number_of(wanted)
    found = [
        section
        for section in plan.sections
        if key(section.number) == wanted or (number is not None and number_of(section.number) == number)
    ] or [section for section in plan.sections if wanted and wanted in key(section.title)]
    if not found and not wanted.isascii():
        folded = key(simplified(typed))
        found = [section for section in plan.sections if folded in key(section.title)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = "；".join(_titled(section) for section in found[:6])
        raise AmbiguousName(f"“{typed.strip()}”可以指 {len(found)} 项工作任务：{listed}，请写编号")
    near = nearest(typed, [section.title for section in plan.sections], 2)
    hint = "；".join(_titled(section) for title in near for section in plan.sections if section.title == title)
    numbers = "、".join(section.number for section in plan.sections[:30] if section.number)
    remedy = f"是否要找：{hint}" if hint else f"编号有：{numbers}"
    raise UnknownName(f"没有“{typed.strip()}”这项工作任务，{remedy}")


def _titled(section: Section) -> str:
    return f"{section.number}、{section.title}" if section.number else section.title


def tasks_named(plan: Plan, typed: Iterable[str]) -> list[Task]:
    """The tasks that words like `23`, `二十三`, `（二十三）` and `30-32` mean, each once, as typed.

    A number is the task's id; where no id fits and exactly one task is printed so, that task.

    Raises:
        UnknownName: no such task. BadRequest: a range backwards or too long.
    """
    by_id = {task.id: task for task in plan.tasks()}
    found: dict[int, Task] = {}
    for word in typed:
        for part in re.split(r"[,，、\s]+", word.strip()) or [""]:
            for task in _tasks_of(by_id, part):
                found.setdefault(task.id, task)
    return list(found.values())


_RANGE = re.compile(r"(.+?)(?:-|–|—|~|～|至|到)(.+)")


def _tasks_of(by_id: dict[int, Task], word: str) -> list[Task]:
    span = _RANGE.fullmatch(word)
    if not span:
        return [_task(by_id, word)]
    first, last = _task(by_id, span[1]).id, _task(by_id, span[2]).id
    if first > last:
        raise BadRequest(f"范围“{word}”前后颠倒，应写成 {last}-{first}")
    if last - first > MAX_RANGE:
        raise BadRequest(f"范围“{word}”太大，一次最多 {MAX_RANGE} 项")
    return [by_id[number] for number in range(first, last + 1) if number in by_id]


def _task(by_id: dict[int, Task], word: str) -> Task:
    bare = key(word).strip("().、第项条")
    number = number_of(bare)
    if number is not None and number in by_id:
        return by_id[number]
    printed = [task for task in by_id.values() if bare and key(task.number).strip("().、") == bare]
    if len(printed) == 1:
        return printed[0]
    if printed:
        ids = "、".join(str(task.id) for task in printed[:8])
        raise AmbiguousName(f"编号“{word}”有 {len(printed)} 项具体要求，请用序号：{ids}")
    if number is None:
        raise UnknownName(f"“{word}”不是具体要求的编号，应写成 23、二十三 或 30-32")
    near = sorted(by_id, key=lambda known: abs(known - number))[:1]
    raise UnknownName(f"没有第 {word} 项具体要求，编号是 {min(by_id)}–{max(by_id)}，最接近的是 {near[0]}")
