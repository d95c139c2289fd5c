"""Ledgers (台账) as offices keep them: rows of our own table, laid out in other ways and saved in other formats."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

import docx
import openpyxl

from gkcheck.cli.context import built_in_plan
from gkcheck.ledger.assignments import assignments_of_task, members_of
from gkcheck.model import Plan
from gkcheck.plan.reader import read_plan

WORDS = {
    "已完成": "done", "√": "done", "已落实": "done", "推进中": "doing", "进行中": "doing", "在办。": "doing", "未开始": "todo",
    "未启动": "todo", "受阻": "blocked", "不涉及": "skipped", "☑": "done",
}  # fmt: skip
"""Words that people write, and the statuses they mean; eleven, so that they do not fall in step with the tasks."""

UNIT_TITLES = (
    "序号",
    "工作任务",
    "具体要求",
    "责任单位",
    "完成时限",
    "完成情况",
    "办理日期",
    "进展情况",
    "佐证材料",
    "填报人",
    "联系电话",
)
TASK_TITLES = (
    "编号",
    "工作任务",
    "具体要求",
    "责任单位",
    "完成情况",
    "完成时间",
    "进展情况",
    "存在问题",
    "下一步措施",
    "备注",
)


def plan() -> Plan:
    found, _ = read_plan(built_in_plan().read_text("utf-8"), "tasks.yaml")
    assert found
    return found


def unit_rows() -> tuple[list[dict[str, str]], dict[tuple[int, str], str]]:
    """One row a unit, the rows counted: 767 of them; and the status that each (task, unit) has to come out with."""
    rows, expected = [], {}
    words = itertools.cycle(WORDS.items())
    found = plan()
    members = members_of(found)
    for section in found.sections:
        for task in section.tasks:
            for assignment in assignments_of_task(task, members):
                word, status = next(words)
                number = len(rows) + 1
                expected[task.id, assignment.unit] = status
                rows.append({
                    "序号": str(number), "工作任务": section.title, "具体要求": task.text, "责任单位": assignment.unit, "完成时限": "年底前",
                    "完成情况": word, "办理日期": "" if status == "todo" else "11月5日", "进展情况": f"进展{number}" if number % 3 else "",
                    "佐证材料": f"https://www.example.gov.cn/{number}.html" if status == "done" else "", "填报人": "张三",
                    "联系电话": "13800138000",
                })  # fmt: skip
    return rows, expected


def task_rows() -> tuple[list[dict[str, str]], dict[tuple[int, str], str]]:
    """One row a task, its units in one cell as the notice prints them: 37 rows."""
    rows, expected = [], {}
    words = itertools.cycle(WORDS.items())
    found = plan()
    members = members_of(found)
    for section in found.sections:
        for task in section.tasks:
            word, status = next(words)
            for assignment in assignments_of_task(task, members):
                expected[task.id, assignment.unit] = status
            rows.append({
                "编号": f"（{task.number}）", "工作任务": section.title, "具体要求": task.text, "责任单位": printed(task), "完成情况": word,
                "完成时间": "" if status == "todo" else "2019.11.5", "进展情况": f"进展{task.id}", "存在问题": "缺人" if status == "blocked" else "",
                "下一步措施": "继续推进" if status == "doing" else "", "备注": "按季度报送" if task.id % 5 == 0 else "",
            })  # fmt: skip
    return rows, expected


def printed(task) -> str:
    if not task.lead:
        return "、".join((*task.responsible, *task.support))
    return f"{'、'.join(task.lead)}牵头，{'，'.join((*task.responsible, *task.support))}配合"


def grid_of(rows, titles) -> list[list[str]]:
    """A title row, a row with the unit that keeps the ledger, the column titles, the rows."""
    blank = [""] * (len(titles) - 1)
    return [["2019年政务公开工作台账", *blank], ["填报单位：市政府办公室", *blank], list(titles),
            *([row.get(title, "") for title in titles] for row in rows)]  # fmt: skip


def save_xlsx(path: Path, grid, merged=(), change=None) -> Path:
    """Save a grid; `merged` are columns whose equal neighbours become one cell, `change` is given the sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in grid:
        sheet.append([value or None for value in row])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(grid[0]))
    head = next(i for i, row in enumerate(grid) if "具体要求" in row or "编号" in row or "任务内容" in row)
    for title in merged:
        c = grid[head].index(title)
        for _, group in itertools.groupby(range(head + 1, len(grid)), key=lambda r, c=c: grid[r][c]):
            same = list(group)
            sheet.merge_cells(start_row=same[0] + 1, end_row=same[-1] + 1, start_column=c + 1, end_column=c + 1)
    if change:
        change(sheet)
    book.save(path)
    return path


def save_csv(path: Path, grid, encoding="utf-8-sig") -> Path:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(grid)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def save_docx(path: Path, grid, change=None) -> Path:
    """Save a grid as a table below its title."""
    document = docx.Document()
    document.add_paragraph(grid[0][0])
    document.add_paragraph(grid[1][0])
    table = document.add_table(rows=0, cols=len(grid[2]))
    for row in grid[2:]:
        cells = table.add_row().cells
        for cell, value in zip(cells, row, strict=True):
            cell.text = value
    if change:
        change(document, table)
    document.save(path)
    return path


def statuses(gk) -> dict[tuple[int, str], str]:
    """The status of every assignment in the journal."""
    tasks = gk("tasks", "--format", "json").json()
    return {(task["id"], one["unit"]): one["status"] for task in tasks for one in task["assignments"]}
