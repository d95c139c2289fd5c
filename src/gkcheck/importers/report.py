"""The reconciliation of an import with its source, for people (lines) and for programs (JSON)."""

from __future__ import annotations

from typing import Any

from gkcheck import labels
from gkcheck.importers.checks import is_possible_loss
from gkcheck.importers.draft import DraftTask
from gkcheck.importers.notice import Reading
from gkcheck.importers.plan_draft import Registry
from gkcheck.importers.script_repair import ScriptRepairs
from gkcheck.model import Role


def remarks_on(reading: Reading, registry: Registry, asked: bool) -> list[str]:
    """Return everything that a person should check, a line each, with its place.

    `asked`: the user named the registry, so that a unit it does not have is worth a remark.
    """
    out = [f"编号：{gap}，照原文不补" for gap in reading.gaps]
    out += [f"{found.place}：{found.message}" for found in reading.findings]
    if asked:
        out += [f"名录中没有“{name}”，已按原文登记{_compared(name, registry)}" for name in registry.unknown]
    out += [f"“{printed}”按名录写作“{name}”" for printed, name in registry.renamed if asked]
    return out


def _compared(name: str, registry: Registry) -> str:
    """Return what a person should know of a new name: names like it, and that it is in no group."""
    similar = registry.similar.get(name)
    like = f"；相近：{'、'.join(similar)}" if similar else ""
    return like + ("；未归类" if registry.is_ungrouped(registry.names[name]) else "")


def as_text(reading: Reading, registry: Registry, remarks: list[str]) -> str:
    """Return the reconciliation for a person."""
    sections = len(dict.fromkeys(task.section for task in reading.tasks if task.section))
    inherited = sum(task.inherited for task in reading.tasks)
    lines = [
        f"读出：表格 {reading.tables} 张、{reading.rows} 行；工作任务 {sections} 项，具体要求 {len(reading.tasks)} 项，"
        f"责任单位 {len(_of(reading, registry, False))} 个、类别 {len(_of(reading, registry, True))} 个；沿用合并单元格或标题的 {inherited} 项",
        f"修复：{_repairs(reading.repairs)}",
    ]
    if reading.first_leads:
        lines.append("牵头：原文写明排名第一的单位牵头，已按此登记")
    lines += [f"定期　{task.place}：{_period(task)}（{task.period}）" for task in reading.tasks if task.period]
    if registry.unknown:
        lines.append(
            f"名录外的单位和类别 {len(registry.unknown)} 个：{'、'.join(registry.unknown[:12])}{'……' if len(registry.unknown) > 12 else ''}"
        )
    lines += [f"请核对　{line}" for line in remarks]
    for left in reading.left_out:
        word = "未收录，可能漏了" if is_possible_loss(left) else "未收录"
        lines.append(f"{word}　{left.place}（{left.why}）：{_short(left.text)}")
    return "\n".join(lines) + "\n"


def _period(task: DraftTask) -> str:
    return labels.EVERY[task.every] if task.every else "没有记周期"


def _repairs(repairs: ScriptRepairs) -> str:
    """Return what was repaired and how often, in one line."""
    counts = (
        ("看不见的字符 {} 个", repairs.invisible),
        ("形近字符 {} 个", repairs.lookalikes),
        ("页码页眉 {} 行", len(repairs.furniture)),
        ("拼音 {} 个字符", repairs.pinyin),
        ("繁体转简体 {} 字", repairs.script),
        ("半角转全角 {} 处", repairs.punctuation),
        ("按编码还原 {} 处", len(repairs.restored)),
    )
    return "，".join(words.format(count) for words, count in counts if count) or "无"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:58] + "……"


def _of(reading: Reading, registry: Registry, groups: bool) -> list[str]:
    """Return the names that tasks print, units or groups, in document order."""
    classes = {group.name for group in registry.groups}
    names = dict.fromkeys(registry.names[name] for task in reading.tasks for name in task.names())
    return [name for name in names if (name in classes) is groups]


def as_data(reading: Reading, registry: Registry, remarks: list[str], about: dict[str, Any]) -> dict[str, Any]:
    """Return the reconciliation for a program; `about` (file, format, output …) comes first."""
    facts, repairs = reading.facts, reading.repairs
    return {
        **about,
        "title": facts.title,
        "document_number": facts.document_number,
        "issuer": facts.issuer,
        "issued": str(facts.issued) if facts.issued else None,
        "year": facts.year,
        "first_listed_is_lead": reading.first_leads,
        "counts": {
            "tables": reading.tables,
            "rows": reading.rows,
            "tasks": len(reading.tasks),
            "sections": len(dict.fromkeys(task.section for task in reading.tasks if task.section)),
            "units": len(_of(reading, registry, False)),
            "groups": len(_of(reading, registry, True)),
            "inherited": sum(task.inherited for task in reading.tasks),
        },
        "units": _of(reading, registry, False),
        "groups": _of(reading, registry, True),
        "unknown": registry.unknown,
        "gaps": list(reading.gaps),
        "mends": {
            "invisible": repairs.invisible,
            "lookalikes": repairs.lookalikes,
            "furniture": [{"place": place, "text": text} for place, text in repairs.furniture],
            "pinyin": repairs.pinyin,
            "script": repairs.script,
            "punctuation": repairs.punctuation,
            "restored": [
                {"place": place, "before": before, "after": after} for place, before, after in repairs.restored
            ],
            "suspect": [{"place": place, "text": text} for place, text in repairs.suspect],
        },
        "layouts": [
            {
                "table": layout.number,
                "place": layout.place,
                "rows": layout.rows,
                "assigns": layout.assigns,
                "columns": [{"title": title, "as": word} for title, word, _ in layout.columns],
            }
            for layout in reading.layouts
        ],
        "left_out": [left._asdict() for left in reading.left_out],
        "placed": [{"place": place, "text": text, "as": what} for place, text, what in reading.placed],
        "findings": remarks,
        "tasks": [_task(n, task) for n, task in enumerate(reading.tasks, 1)],
    }


def _task(n: int, task: DraftTask) -> dict[str, Any]:
    return {
        "id": n,
        "number": task.number,
        "section": task.section,
        "subsection": task.subsection,
        "text": task.text,
        "units": {str(role): list(task.in_role(role)) for role in (Role.LEAD, Role.SUPPORT, Role.RESPONSIBLE)},
        "units_tail": task.units_tail,
        "deadline": task.deadline,
        "date": str(task.day) if task.day else None,
        **({"every": task.every, "period": task.period} if task.period else {}),
        "inherited": task.inherited,
        "notes": list(task.notes),
        "place": task.place,
    }
