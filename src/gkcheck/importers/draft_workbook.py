"""A reading as a workbook that a person mends and imports again: 原文 beside 读成, one row a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from gkcheck import labels
from gkcheck.errors import BadDocument
from gkcheck.importers.draft import DraftTask, Finding, Omission, ReadingLog
from gkcheck.importers.formats.blocks import Block
from gkcheck.importers.notice import Reading, gaps_in, with_limit
from gkcheck.importers.recognize.assignees import read_assignees
from gkcheck.importers.recognize.deadlines import day_of
from gkcheck.importers.recognize.notice_facts import NoticeFacts
from gkcheck.importers.script_repair import repair_script
from gkcheck.model import Role
from gkcheck.table import Column, Table
from gkcheck.text.dates import read_day

_TASKS = (
    "位置",
    "原文",
    "读成：编号",
    "工作任务",
    "子标题",
    "具体要求",
    "牵头单位",
    "责任单位",
    "配合单位",
    "完成时限",
    "备注",
    "请核对",
)
_PERIOD = "周期"
"""The last column, which drafts of before do not have; empty, it is what limit and requirement say."""

_NO_PERIOD = "无"

_FACTS = ("项目", "内容")
_LEFT = ("位置", "未收录的原文", "原因")
_FACT_NAMES = ("名称", "文号", "印发单位", "印发日期")


def draft_tables(reading: Reading, sources: Mapping[str, str]) -> list[Table]:
    """Return the sheets of the workbook: the tasks, the facts of the notice, what was left out."""
    findings: dict[str, list[str]] = {}
    for found in reading.findings:
        findings.setdefault(found.place, []).append(found.message)
    rows: list[tuple[str | None, ...]] = [
        (
            task.place, sources.get(task.place, ""), task.number or "", _section(task), task.subsection or "", task.text,
            *("\n".join(task.in_role(role)) for role in (Role.LEAD, Role.RESPONSIBLE, Role.SUPPORT)),
            task.deadline or "", "\n".join(task.notes), "\n".join(findings.get(task.place, [])),
            labels.EVERY[task.every] if task.every else "",
        )
        for task in reading.tasks
    ]  # fmt: skip
    facts = reading.facts
    values = (facts.title, facts.document_number, facts.issuer, str(facts.issued) if facts.issued else None)
    told = {task.place for task in reading.tasks}
    loose = [(place, text, "请核对") for place, messages in findings.items() if place not in told for text in messages]
    left = [(one.place, one.text, one.why) for one in reading.left_out]
    return [
        _table("任务", (*_TASKS, _PERIOD), rows),
        _table("基本情况", _FACTS, [(name, value or "") for name, value in zip(_FACT_NAMES, values, strict=True)]),
        _table("未收录", _LEFT, [*loose, *left]),
    ]


def _section(task: DraftTask) -> str:
    """Return the heading of a task, its number before it where that stood in a column of its own."""
    number = f"{task.section_number}、" if task.section and task.section_number else ""
    return number + (task.section or "")


def _table(title: str, titles: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> Table:
    return Table((tuple(titles), *rows), header=1, columns=tuple(Column(one, wrap=True) for one in titles), title=title)


def read_draft(blocks: Sequence[Block], name: str) -> Reading | None:
    """Read a workbook that `draft_tables` made and a person mended; None for any other document.

    The columns 位置 and 原文 are not read; a row whose 具体要求 is empty is left out, as somebody deleted it.

    Raises:
        BadDocument: A task has no unit, or there is none.
    """
    whole = [block for block in blocks if block.rows]
    first = next((block for block in whole if _cells(block, 0)[: len(_TASKS)] == _TASKS), None)
    if first is None:
        return None
    repaired, repairs = repair_script(whole, keep_script=True)
    rows = {_cells(block, 0)[:2]: block for block in repaired}
    facts = _facts(rows.get(_FACTS))
    tasks: list[DraftTask] = []
    left: list[Omission] = []
    findings: list[Finding] = []
    table = rows[_TASKS[:2]]
    for r in range(1, len(table.rows)):
        cells = (*_cells(table, r), *[""] * len(_TASKS))[: len(_TASKS)]
        place = table.places[r]
        task, doubts = _task(cells, name, place, facts, (*_cells(table, r), *[""] * len(_TASKS))[len(_TASKS)])
        if task.text and task.names():
            tasks.append(task)
        elif task.text:
            raise BadDocument(f"{name} {place}：“{task.text[:20]}”没有责任单位；请补上，或删去这一行")
        elif any(cells):
            left.append(Omission(place, cells[1] or " ".join(filter(None, cells)), "具体要求已删去"))
        findings += [Finding(place, doubt) for doubt in doubts if doubt not in cells[-1]]
        if cells[-1]:
            findings.append(Finding(place, cells[-1].replace("\n", "；")))
    if not tasks:
        raise BadDocument(f"{name} 的“任务”表里没有任务；请重新导入原通知")
    omitted = rows.get(_LEFT[:2])
    for r in range(1, len(omitted.rows) if omitted else 0):
        place, text, why = (*_cells(omitted, r), "", "", "")[:3] if omitted else ("", "", "")
        left += [Omission(place, text, why)] if text and why != "请核对" else []
        findings += [Finding(place, text)] if text and why == "请核对" else []
    return Reading(
        facts,
        tuple(tasks),
        tuple(left),
        (),
        tuple(findings),
        tuple(gaps_in(tasks)),
        repairs,
        1,
        len(table.rows) - 1,
        False,
    )


def _cells(block: Block, r: int) -> tuple[str, ...]:
    return tuple((cell or "").strip() for cell in block.rows[r])


def _task(cells: Sequence[str], name: str, place: str, facts: NoticeFacts, period: str) -> tuple[DraftTask, list[str]]:
    """Return the task of a row and what is doubtful about its period, which the row's own column settles.

    Raises:
        BadDocument: that column holds something else.
    """
    _, _, number, section, subsection, text, lead, responsible, support, deadline, notes, _ = cells
    task = DraftTask(
        number or None, section or None, subsection or None, text,
        _names(lead), _names(responsible), _names(support), place,
        deadline=deadline or None, notes=tuple(line for line in notes.split("\n") if line),
    )  # fmt: skip
    log = ReadingLog()
    read = with_limit(task, facts, log)
    if not period:
        return read, [f"{found.message}；请在“{_PERIOD}”写明，不定期的写“无”" for found in log.findings]
    chosen = next((every for every, word in labels.EVERY.items() if word == period), None)
    if chosen is None and period != _NO_PERIOD:
        words = "、".join(labels.EVERY.values())
        raise BadDocument(f"{name} {place}：“{_PERIOD}”写的是“{period[:20]}”；请改成{words}或{_NO_PERIOD}")
    if chosen is read.every:
        return read, []
    day = day_of(deadline, facts.year) if deadline else None
    return replace(read, every=chosen, day=day, period=period if chosen else None), []


def _names(cell: str) -> tuple[str, ...]:
    """Return the names of a cell, one a line; a line may hold several as a notice prints them."""
    names = [name for line in cell.split("\n") if line.strip() for name in read_assignees(line.strip()).names()]
    return tuple(dict.fromkeys(names))


def _facts(block: Block | None) -> NoticeFacts:
    values = {_cells(block, r)[0]: (*_cells(block, r), "")[1] for r in range(1, len(block.rows))} if block else {}
    title, number, issuer, issued = (values.get(name) or None for name in _FACT_NAMES)
    day: date | None = read_day(issued) if issued else None
    return NoticeFacts(title, number, issuer, day)
