"""The rules that a well-formed plan can still break: one function a rule, all of one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gkcheck.model import Plan, Problem, Task, Where
from gkcheck.text.normalize import key
from gkcheck.text.numerals import number_of
from gkcheck.text.phones import is_phone, phone_in
from gkcheck.text.similarity import nearest

Check = Callable[[Plan, Callable[..., Where]], Iterator[Problem]]


def _located(plan: Plan) -> Iterator[tuple[Task, tuple[Any, ...]]]:
    for i, section in enumerate(plan.sections):
        for k, task in enumerate(section.tasks):
            yield task, ("section", i, "task", k)


def check_names(plan: Plan, place: Callable[..., Where]) -> Iterator[Problem]:
    """Find names and aliases that mean more than one thing."""
    owner: dict[str, str] = {}
    entries = [(group.name, group.aliases, ("group", i)) for i, group in enumerate(plan.groups)]
    entries += [(unit.name, unit.aliases, ("unit", i)) for i, unit in enumerate(plan.units)]
    for name, _, path in entries:
        if name and key(name) in owner:
            yield Problem(place(*path), f"“{name}”登记了两次，请删去一处")
        owner.setdefault(key(name), name)
    for name, aliases, path in entries:
        for k, alias in enumerate(aliases):
            other = owner.setdefault(key(alias), name)
            if other != name:
                yield Problem(place(*path, "aliases", k), f"别名“{alias}”同时指“{other}”和“{name}”，请只留一处")


def check_groups(plan: Plan, place: Callable[..., Where]) -> Iterator[Problem]:
    """Find groups that a unit names and nobody registers, and groups that no task names."""
    known = [group.name for group in plan.groups]
    for i, unit in enumerate(plan.units):
        for k, name in enumerate(unit.groups):
            if name not in known:
                yield Problem(
                    place("unit", i, "groups", k), f"单位“{unit.name}”的类别“{name}”没有登记{_near(name, known)}"
                )
    used = {name for task in plan.tasks() for _, names in task.names_by_role() for name in names}
    for i, group in enumerate(plan.groups):
        if group.name and group.name not in used:
            yield Problem(place("group", i), f"类别“{group.name}”没有任何具体要求用到，请删去或改正")


def check_assignees(plan: Plan, place: Callable[..., Where]) -> Iterator[Problem]:
    """Find assignees that are not in the registry or stand twice in one role."""
    known = [unit.name for unit in plan.units] + [group.name for group in plan.groups]
    registered = set(known)
    for task, path in _located(plan):
        for role, names in task.names_by_role():
            for k, name in enumerate(names):
                if name not in registered:
                    message = f"具体要求 {task.id} 的单位“{name}”没有登记{_near(name, known)}"
                    yield Problem(place(*path, str(role), k), message)
                elif name in names[:k]:
                    yield Problem(place(*path, str(role), k), f"具体要求 {task.id} 的单位“{name}”写了两次")


def check_ids(plan: Plan, place: Callable[..., Where]) -> Iterator[Problem]:
    """Find ids that stand twice or do not rise through the document."""
    seen: set[int] = set()
    last = 0
    for task, path in _located(plan):
        if task.id in seen and task.id:
            yield Problem(place(*path, "id"), f"具体要求的 id {task.id} 重复，请改成没有用过的编号")
        elif 0 < task.id < last:
            yield Problem(place(*path, "id"), f"具体要求的 id {task.id} 排在 {last} 之后，请按先后编号")
        seen.add(task.id)
        last = max(last, task.id)


def check_numbers(plan: Plan, place: Callable[..., Where]) -> Iterator[Problem]:
    """Find printed numbers that do not rise. A gap is the document's affair; tasks may begin again at one."""
    last = 0
    for i, section in enumerate(plan.sections):
        number = number_of(section.number) or 0
        if 0 < number <= last:
            yield Problem(place("section", i, "number"), f"工作任务编号“{section.number}”顺序不对，应大于前一项")
        last = max(last, number)
    last = 0
    for task, path in _located(plan):
        number = number_of(task.number) or 0
        if 1 < number <= last:
            yield Problem(place(*path, "number"), f"具体要求编号“{task.number}”顺序不对，应大于前一项")
        last = number or last


def check_phones(plan: Plan, place: Callable[..., Where]) -> Iterator[Problem]:
    """Find telephone numbers that are none, and such as stand where a person's name belongs."""
    for i, unit in enumerate(plan.units):
        if unit.phone is not None and not is_phone(unit.phone):
            yield Problem(place("unit", i, "phone"), f"单位“{unit.name}”的 phone 不像电话号码，应写成 0750-5512345")
        if unit.contact is not None and phone_in(unit.contact):
            yield Problem(place("unit", i, "contact"), f"单位“{unit.name}”的 contact 里有电话号码，请移到 phone")


CHECKS: tuple[Check, ...] = (check_names, check_groups, check_assignees, check_ids, check_numbers, check_phones)


def _near(word: str, known: list[str]) -> str:
    near = nearest(word, known)
    return f"，是否应为“{near[0]}”" if near else "，请先在 units 或 groups 中登记"
