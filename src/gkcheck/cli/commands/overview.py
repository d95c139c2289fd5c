"""gkcheck alone: the state of the table, and three commands to try next."""

from __future__ import annotations

import shutil
import sys

from gkcheck.cli.context import Context
from gkcheck.cli.output import say
from gkcheck.errors import GkcheckError
from gkcheck.journal import STATUSES
from gkcheck.labels import percent
from gkcheck.ledger.summary import Counts, Summary, summarise
from gkcheck.lookup.units import find_unit
from gkcheck.text.width import width


def welcome(context: Context) -> None:
    """Print the state of the table (and of the user's own unit), and commands to try next."""
    summary = summarise(context.ledger(scope=STATUSES))
    plan = summary.plan
    unit = _own_unit(context)
    lines = [
        plan.title,
        f"{summary.tasks.total} 项具体要求，{len(plan.units)} 个单位；{_standing(summary.assignments, '责任项')}",
    ]
    tried = _next(summary)
    if unit is not None:
        own = next((row.counts for row in summary.units if row.unit == unit), Counts())
        lines.append(f"{unit}：{_standing(own, '责任项')}")
        tried = _next_of_unit(unit, own)
    tried = tried[:3]
    room = max(width(command) for command, _ in tried) + 3
    beside = [f"  {command}{' ' * (room - width(command))}{what}" for command, what in tried]
    fits = not sys.stdout.isatty() or max(map(width, beside)) <= shutil.get_terminal_size().columns
    lines += ["", "下一步可用："]
    lines += beside if fits else [line for command, what in tried for line in (f"  {command}", f"    {what}")]
    lines += ["", "全部命令：gkcheck --help；某个命令的用法：gkcheck done --help"]
    say("\n".join(lines) + "\n")


def _own_unit(context: Context) -> str | None:
    """Return the default unit; None where there is none, or the plan does not know it as a unit."""
    try:
        typed = context.setting("unit").value
        name = find_unit(context.plan, typed) if typed else None
    except GkcheckError:
        return None
    return name if any(unit.name == name for unit in context.plan.units) else None


def _standing(counts: Counts, what: str) -> str:
    """Return the counts in a sentence: all assignments as `status` counts them, those that are skipped named."""
    if not counts.total:
        return f"没有{what}"
    skipped = f"（不涉及 {counts.skipped} 个）" if counts.skipped else ""
    if not counts.reported[1]:
        return f"{counts.total} 个{what}{skipped}，没有要办的"
    rates = f"上报率 {percent(counts.reported_rate)}，办结率 {percent(counts.confirmed_rate)}"
    late = f"，逾期 {counts.overdue} 项" if counts.overdue else ""
    return f"{counts.total} 个{what}{skipped}，已报 {counts.reported[0]} 个，{rates}{late}"


def _next_of_unit(unit: str, own: Counts) -> list[tuple[str, str]]:
    """Return commands for the clerk of a unit to try next and their purpose, the most pressing first."""
    finished, counted = own.reported
    found = [("gkcheck tasks --mine", "看本单位要做什么"), (f"gkcheck status {unit}", "看本单位的进度和名次")]
    if finished < counted:
        found.insert(0, ("gkcheck fill", f"逐项填报还没有办完的 {counted - finished} 个责任项"))
    if own.overdue:
        found.insert(0, ("gkcheck tasks --mine --overdue", f"看逾期的 {own.overdue} 项"))
    return found


def _next(summary: Summary) -> list[tuple[str, str]]:
    """Return commands for the office to try next and their purpose, the most pressing first."""
    shown = next((row.unit for row in summary.units if row.counts.total), summary.plan.units[0].name)
    found = []
    if summary.assignments.overdue:
        found.append(("gkcheck tasks --overdue", f"看逾期的 {summary.assignments.overdue} 项"))
    found.append((f"gkcheck tasks {shown}", "看一个单位要做什么"))
    task = summary.plan.tasks()[0].id
    found.append((f"gkcheck done {task} --unit {shown}", "报告完成"))
    if summary.assignments.done:
        found.insert(1, ("gkcheck review", f"逐项审核已报告的 {summary.assignments.done} 个责任项"))
    found.append(("gkcheck status --by unit", "看各单位的进度和名次"))
    return found
