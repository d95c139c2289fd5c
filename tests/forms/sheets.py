"""A unit's form as the unit sees it: its columns, how it is filled in, and what came of it."""

from __future__ import annotations

import openpyxl

TITLES = ["序号", "工作任务", "具体要求", "职责", "完成时限", "目前状态", "完成情况", "办理日期", "进展情况", "佐证材料",
          "佐证发布日期", "存在问题", "下一步措施"]  # fmt: skip
ASKED_ONCE = {"填报人": "F2", "联系电话": "I2"}
COLUMN = {title: i for i, title in enumerate(TITLES, 1)}


def row_of(sheet, task):
    return next(row[0].row for row in sheet.iter_rows(min_row=5) if row[0].value == task)


def fill(path, *rows, change=None):
    """Fill rows in: each a task and the cells by title."""
    book = openpyxl.load_workbook(path)
    sheet = book["填报表"]
    for task, cells in rows:
        for title, value in cells.items():
            cell = sheet[ASKED_ONCE[title]] if title in ASKED_ONCE else sheet.cell(row_of(sheet, task), COLUMN[title])
            cell.value = value
            if isinstance(value, str) and value.startswith("="):
                cell.data_type = "s"
    if change:
        change(book)
    book.save(path)


def state(gk, task, unit):
    found = gk("show", task, "--format", "json").json()["assignments"]
    return next(item for item in found if item["unit"] == unit)


def entries(store):
    return len(store.read_text("utf-8").splitlines()) - 1 if store.exists() else 0
