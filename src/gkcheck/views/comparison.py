"""Two plans compared → a table and the JSON contract. What a contact or a phone number is, neither of them tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gkcheck import labels
from gkcheck.model import Group, Plan, Unit
from gkcheck.operations.compare import Change, EntityChange, PlacedTask, PlanComparison, TaskChange
from gkcheck.table import Column, Table, table_of
from gkcheck.views import contract
from gkcheck.views.tables import owners

CHANGE = {Change.ADDED: "新增", Change.REMOVED: "取消", Change.CHANGED: "修改", Change.RENUMBERED: "改号"}

_FIELD = {
    "text": "具体要求",
    "units": "责任单位",
    "deadline": "时限",
    "channels": "发布渠道",
    "section": "工作任务",
    "subsection": "分项",
    "note": "说明",
}
_FACT = {
    "id": "id",
    "title": "标题",
    "document_number": "文号",
    "issuer": "印发单位",
    "issued": "印发日期",
    "zone": "时区",
    "note": "说明",
}
_ENTITY = {
    "aliases": "别名",
    "groups": "类别",
    "ranked": "排名",
    "note": "说明",
    "contact": "联系人",
    "phone": "联系电话",
}
_COLUMNS = (
    Column("变动"),
    Column("编号", wrap=True),
    Column("项目", wrap=True),
    Column("旧表", wrap=True),
    Column("新表", wrap=True),
)
_KEPT_FOR_THE_OFFICE = ("contact", "phone")

Row = tuple[str, str, str, str, str]


def table(comparison: PlanComparison, marked: bool) -> Table:
    """Return one row a difference: of the plan itself, then of the registry, then of the tasks in the new order.

    `marked`: the stretch that differs stands in 【】 where a text is mostly the same.
    """
    rows = [*_facts(comparison)]
    for entity in comparison.registry:
        rows += _entity(entity)
    for task in comparison.tasks:
        rows += _task(task, marked)
    return table_of(_COLUMNS, rows, title=f"{comparison.new.title}：与旧表比较", notes=_notes(comparison))


def _notes(comparison: PlanComparison) -> tuple[str, ...]:
    if comparison.is_same:
        return ("两张表没有不同。",)
    counted = "，".join(f"{CHANGE[change]} {count} 项" for change, count in _counts(comparison).items() if count)
    tasks = f"旧表 {len(comparison.old.tasks())} 项具体要求，新表 {len(comparison.new.tasks())} 项"
    notes = [f"{tasks}：{counted or '没有变动'}，相同 {comparison.same} 项。"]
    moved = any(one.old and one.new and one.old.task.id != one.new.task.id for one in comparison.tasks)
    if moved and comparison.old.id == comparison.new.id:
        notes.append("两张表的 id 相同：编号变了的具体要求，原有的记录仍在旧编号上，不会跟着改。")
    return tuple(notes)


def _counts(comparison: PlanComparison) -> dict[Change, int]:
    return {change: sum(one.change is change for one in comparison.tasks) for change in Change}


def _facts(comparison: PlanComparison) -> Iterator[Row]:
    for name in comparison.facts:
        old, new = (getattr(plan, name) for plan in (comparison.old, comparison.new))
        yield (CHANGE[Change.CHANGED], "", _FACT[name], str(old or ""), str(new or ""))


def _entity(one: EntityChange) -> Iterator[Row]:
    entity = one.new or one.old
    assert entity is not None
    name = f"{'类别' if isinstance(entity, Group) else '单位'} {entity.name}"
    if one.change is not Change.CHANGED:
        groups = ["、".join(side.groups) if isinstance(side, Unit) else "" for side in (one.old, one.new)]
        yield (CHANGE[one.change], "", name, groups[0], groups[1])
        return
    for field in one.fields:
        old, new = (_entity_text(getattr(side, field), field) for side in (one.old, one.new))
        new = f"{new}（已改）" if old == new else new
        yield (CHANGE[one.change], "", f"{name}的{_ENTITY[field]}", old, new)


def _entity_text(value: Any, field: str) -> str:
    if field in _KEPT_FOR_THE_OFFICE:
        return "有" if value else ""
    if isinstance(value, tuple):
        return "、".join(value)
    return ("是" if value else "否") if isinstance(value, bool) else value or ""


def _task(one: TaskChange, marked: bool) -> Iterator[Row]:
    change = CHANGE[one.change]
    number = "→".join(dict.fromkeys(labels.task_number(side.task) for side in (one.old, one.new) if side))
    if one.old and one.new and one.fields:
        for field in one.fields:
            old, new = _task_text(one.old, field), _task_text(one.new, field)
            if field == "text" and marked:
                old, new = mark_difference(old, new)
            yield (change, number, _FIELD[field], old, new)
        return
    whole = [f"{side.task.text}（{owners(side.task)}）" if side else "" for side in (one.old, one.new)]
    yield (change, number, _FIELD["text"], whole[0] if one.new is None else "", whole[1])


def _task_text(one: PlacedTask, field: str) -> str:
    """Return a field of a task (`operations.compare.TASK_FIELDS`) as a person reads it."""
    if field == "units":
        return owners(one.task)
    if field == "deadline":
        return labels.deadline(one.task.deadline)
    if field == "channels":
        return "、".join(one.task.channels)
    if field == "section":
        return labels.section_title(one.section) + (f"（{one.section.note}）" if one.section.note else "")
    return getattr(one.task, field) or ""


def mark_difference(old: str, new: str) -> tuple[str, str]:
    """Return two texts with the stretch that differs in 【】; as they are where less than half of them is the same."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    if 2 * (start + end) < min(len(old), len(new)):
        return old, new
    first, second = (_marked(side, start, len(side) - end) for side in (old, new))
    return first, second


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _marked(text: str, start: int, end: int) -> str:
    return f"{text[:start]}【{text[start:end]}】{text[end:]}" if start < end else text


# -- JSON ------------------------------------------------------------------------------------------------


def fields(comparison: PlanComparison) -> dict[str, Any]:
    """Return every difference for a program; docs/json.md says what the keys are."""
    old, new = comparison.old, comparison.new
    return {
        "old": _plan_fields(old),
        "new": _plan_fields(new),
        "counts": {**{str(change): count for change, count in _counts(comparison).items()}, "same": comparison.same},
        "facts": [
            {"field": name, "old": _plain(getattr(old, name)), "new": _plain(getattr(new, name))}
            for name in comparison.facts
        ],
        "groups": [_entity_fields(one) for one in comparison.registry if isinstance(one.old or one.new, Group)],
        "units": [_entity_fields(one) for one in comparison.registry if isinstance(one.old or one.new, Unit)],
        "tasks": [
            {
                "change": one.change.value,
                "fields": list(one.fields),
                "old": _task_fields(one.old) if one.old else None,
                "new": _task_fields(one.new) if one.new else None,
            }
            for one in comparison.tasks
        ],
    }


def _plan_fields(plan: Plan) -> dict[str, Any]:
    return {"id": plan.id, "title": plan.title, "tasks": len(plan.tasks())}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else None if value is None else str(value)


def _entity_fields(one: EntityChange) -> dict[str, Any]:
    sides = {"old": one.old, "new": one.new}
    return {
        "change": one.change.value,
        "name": (one.new or one.old or Unit("")).name,
        "fields": list(one.fields),
        **{
            side: entity
            and {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in entity._asdict().items()
                if name not in ("name", *_KEPT_FOR_THE_OFFICE)
            }
            for side, entity in sides.items()
        },
    }


def _task_fields(one: PlacedTask) -> dict[str, Any]:
    task = one.task
    return {
        "id": task.id,
        "number": task.number,
        "section": {"number": one.section.number, "title": one.section.title},
        "subsection": task.subsection,
        "text": task.text,
        **{role.value: list(names) for role, names in task.names_by_role()},
        "deadline": contract.deadline(task.deadline),
        "channels": list(task.channels),
        "note": task.note,
    }
