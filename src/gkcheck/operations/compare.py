"""Two plans compared: which tasks, units and groups are new, gone, changed or only numbered otherwise.

The order of units and groups and the comments of the file are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from gkcheck.model import Group, Plan, Section, Task, Unit
from gkcheck.text.normalize import key


class Change(StrEnum):
    """The difference between two plans in one task, unit or group, the most telling first."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENUMBERED = "renumbered"


class PlacedTask(NamedTuple):
    """A task and the section it stands in."""

    section: Section
    task: Task


class TaskChange(NamedTuple):
    """One task that differs; `old` is None for a new one, `new` for one that is gone.

    `fields` are those that differ, of `TASK_FIELDS`.
    """

    change: Change
    old: PlacedTask | None
    new: PlacedTask | None
    fields: tuple[str, ...] = ()


class EntityChange(NamedTuple):
    """One unit or group of the registry that differs, with the names of the fields that do."""

    change: Change
    old: Unit | Group | None
    new: Unit | Group | None
    fields: tuple[str, ...] = ()


class PlanComparison(NamedTuple):
    """The differences of two plans. `facts` are the fields of the plan itself that differ; `same` counts equal tasks.

    The tasks stand in the order of the new plan, one that is gone where it stood in the old one.
    """

    old: Plan
    new: Plan
    facts: tuple[str, ...]
    registry: tuple[EntityChange, ...]
    tasks: tuple[TaskChange, ...]
    same: int

    @property
    def is_same(self) -> bool:
        return not (self.facts or self.registry or self.tasks)


FACTS = ("id", "title", "document_number", "issuer", "issued", "zone", "note")
"""The fields of a plan that are compared."""

TASK_FIELDS: dict[str, Callable[[PlacedTask], Hashable]] = {
    "text": lambda one: one.task.text,
    "units": lambda one: one.task.names_by_role(),
    "deadline": lambda one: one.task.deadline,
    "channels": lambda one: one.task.channels,
    "section": lambda one: (one.section.title, one.section.note),
    "subsection": lambda one: one.task.subsection,
    "note": lambda one: one.task.note,
}
"""The fields of a task that are compared, by name."""


def compare_plans(old: Plan, new: Plan) -> PlanComparison:
    """Return the differences of two plans."""
    tasks = [change for pair in pair_tasks(old, new) if (change := _task_change(*pair))]
    removed = sum(change.new is None for change in tasks)
    return PlanComparison(
        old,
        new,
        tuple(name for name in FACTS if getattr(old, name) != getattr(new, name)),
        (*_registry_changes(old.groups, new.groups), *_registry_changes(old.units, new.units)),
        tuple(tasks),
        len(old.tasks()) - removed - sum(change.old is not None and change.new is not None for change in tasks),
    )


def _task_change(old: PlacedTask | None, new: PlacedTask | None) -> TaskChange | None:
    if old is None or new is None:
        return TaskChange(Change.ADDED if old is None else Change.REMOVED, old, new)
    fields = tuple(name for name, field in TASK_FIELDS.items() if field(old) != field(new))
    if fields:
        return TaskChange(Change.CHANGED, old, new, fields)
    return None if _numbers(old) == _numbers(new) else TaskChange(Change.RENUMBERED, old, new)


def _numbers(one: PlacedTask) -> tuple[int, str, str]:
    return one.task.id, one.task.number, one.section.number


def _registry_changes(old: Iterable[Unit | Group], new: Iterable[Unit | Group]) -> Iterator[EntityChange]:
    """Yield the changes in units or in groups, found by name: those of the old ones in their order, then the new."""
    before, after = ({one.name: one for one in entities} for entities in (old, new))
    for name, was in before.items():
        now = after.get(name)
        if now is None:
            yield EntityChange(Change.REMOVED, was, None)
        elif was != now:
            fields = tuple(field for field in was._fields if getattr(was, field) != getattr(now, field))
            yield EntityChange(Change.CHANGED, was, now, fields)
    yield from (EntityChange(Change.ADDED, None, one) for name, one in after.items() if name not in before)


# -- which task is which ---------------------------------------------------------------------------------


def pair_tasks(old: Plan, new: Plan) -> list[tuple[PlacedTask | None, PlacedTask | None]]:
    """Return the tasks of two plans side by side, in the order of the new one; None where a task has no counterpart.

    Tasks of the same text are one, those of the same number first; then those whose texts are most alike.
    """
    before, after = _placed(old), _placed(new)
    pairs: dict[int, int] = {}
    _pair_equal(before, after, pairs, lambda one: (one.section.title, one.task.number, one.task.text))
    _pair_equal(before, after, pairs, lambda one: one.task.text)
    _pair_similar(before, after, pairs)
    old_of = {b: a for a, b in pairs.items()}
    out: list[tuple[PlacedTask | None, PlacedTask | None]] = []
    gone = iter(sorted(before.keys() - pairs.keys()))
    waiting = next(gone, None)
    for b, one in after.items():
        counterpart = old_of.get(b)
        while counterpart is not None and waiting is not None and waiting < counterpart:
            out.append((before[waiting], None))
            waiting = next(gone, None)
        out.append((before[counterpart] if counterpart is not None else None, one))
    return out + [(before[a], None) for a in ([waiting, *gone] if waiting is not None else [])]


def _placed(plan: Plan) -> dict[int, PlacedTask]:
    """Return the tasks of a plan by id, in order."""
    return {task.id: PlacedTask(section, task) for section in plan.sections for task in section.tasks}


def _unpaired(
    before: Mapping[int, PlacedTask], after: Mapping[int, PlacedTask], pairs: Mapping[int, int]
) -> tuple[list[PlacedTask], list[PlacedTask]]:
    taken = set(pairs.values())
    return [one for a, one in before.items() if a not in pairs], [one for b, one in after.items() if b not in taken]


def _pair_equal(
    before: Mapping[int, PlacedTask],
    after: Mapping[int, PlacedTask],
    pairs: dict[int, int],
    of: Callable[[PlacedTask], Hashable],
) -> None:
    """Add the pairs of tasks of which `of` says the same, in their order."""
    old, new = _unpaired(before, after, pairs)
    waiting: dict[Hashable, list[PlacedTask]] = {}
    for one in reversed(old):
        waiting.setdefault(of(one), []).append(one)
    for one in new:
        if found := waiting.get(of(one)):
            pairs[found.pop().task.id] = one.task.id


_LEAST_ALIKE = 0.5
"""The least likeness of two texts of one task."""

_SAME_NUMBER = 0.1
"""The likeness that the same printed number is worth."""

_FEW_TASKS = 200
"""A pair of characters that no more tasks have always tells something."""

_MOST_COMPARED = 20
"""The most tasks that one is held against."""


def _pair_similar(before: Mapping[int, PlacedTask], after: Mapping[int, PlacedTask], pairs: dict[int, int]) -> None:
    """Add the pairs of tasks whose texts are alike, the most alike first."""
    old, new = ([one.task for one in side] for side in _unpaired(before, after, pairs))
    scored = sorted((-score, a.id, b.id) for score, a, b in _alike(old, new))
    taken: set[int] = set()
    for _, a, b in scored:
        if a not in pairs and b not in taken:
            pairs[a] = b
            taken.add(b)


def _alike(old: list[Task], new: list[Task]) -> Iterator[tuple[float, Task, Task]]:
    """Yield every two tasks that are alike enough, with their likeness.

    Each old one is held against those of the new ones that share the most pairs of characters with it; pairs that many
    tasks have tell nothing and are passed over there, so that thousands of tasks take seconds.
    """
    grams = {id(task): pairs_of_characters(task.text) for task in (*old, *new)}
    holders: dict[str, list[int]] = {}
    for place, task in enumerate(new):
        for gram in grams[id(task)]:
            holders.setdefault(gram, []).append(place)
    many = max(_FEW_TASKS, len(new) // 10)
    for a in old:
        shared: Counter[int] = Counter()
        for gram in sorted(grams[id(a)]):
            if len(having := holders.get(gram, ())) <= many:
                shared.update(having)
        for place, _ in shared.most_common(_MOST_COMPARED):
            b = new[place]
            score = likeness(grams[id(a)], grams[id(b)]) + (_SAME_NUMBER if a.number == b.number != "" else 0)
            if score >= _LEAST_ALIKE:
                yield score, a, b


def pairs_of_characters(text: str) -> frozenset[str]:
    """Return every two characters that stand side by side, in the shape that spellings share."""
    shape = key(text)
    return frozenset(shape[i : i + 2] for i in range(max(1, len(shape) - 1)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the pairs of characters that two texts have in common, 0 to 1 (Dice's coefficient)."""
    return 2 * len(one & other) / (len(one) + len(other))
