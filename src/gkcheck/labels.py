"""The Chinese words for statuses, roles, actions and letters of the matrix; one wording for tables, letters, workbooks and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from gkcheck.model import Action, Deadline, Every, Evidence, Period, Qualifier, Role, Section, Status, Task
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

ROLE = {Role.LEAD: "牵头", Role.RESPONSIBLE: "责任", Role.SUPPORT: "配合"}

STATUS = {
    Status.TODO: "未开始",
    Status.DOING: "推进中",
    Status.BLOCKED: "受阻",
    Status.DONE: "已完成",
    Status.CONFIRMED: "已办结",
    Status.SKIPPED: "不涉及",
}

LETTER = dict(zip(STATUS, "未推阻完结免", strict=True))
"""The letter of a status in a cell of the matrix."""

OVERDUE, RETURNED, DUE_SOON, CHANGED = "逾期", "退回", "即将到期", "内容已变更，请复核"
QUALIFIER = {Qualifier.OVERDUE: OVERDUE, Qualifier.RETURNED: RETURNED, Qualifier.DUE_SOON: DUE_SOON}
OVERDUE_LETTER, RETURNED_LETTER = "逾", "退"

LETTERS = {OVERDUE_LETTER: OVERDUE, RETURNED_LETTER: RETURNED}
LETTERS |= {letter: STATUS[status] for status, letter in LETTER.items()}
"""Every letter of the matrix and the word it stands for, the most pressing first."""

ACTION = {
    Action.START: "开始办理",
    Action.DONE: "报告完成",
    Action.CONFIRM: "确认办结",
    Action.RETURN: "退回",
    Action.BLOCK: "报告受阻",
    Action.SKIP: "不涉及",
    Action.REOPEN: "重新打开",
    Action.NOTE: "备注",
    Action.DEADLINE: "设定时限",
    Action.REMIND: "催办",
    Action.UNDO: "撤销",
}


EVERY = {Every.MONTH: "每月", Every.QUARTER: "每季度", Every.HALF_YEAR: "每半年", Every.YEAR: "每年"}


def _words(labels: Mapping[Any, str], also: Mapping[str, str]) -> dict[str, str]:
    """Return the words that may be typed for each value: its label, then others that people write."""
    return {value: f"{label} {also.get(value, '')}".strip() for value, label in labels.items()}


STATUS_WORDS = _words(
    STATUS | QUALIFIER,
    {"doing": "进行中 在办", "done": "完成", "confirmed": "办结", "overdue": "已逾期", "returned": "已退回"},
)
ROLE_WORDS = _words(ROLE, {"lead": "牵头单位", "responsible": "责任单位", "support": "配合单位"})
ACTION_WORDS = _words(
    ACTION,
    {"start": "开始 推进中 进行中", "done": "完成 已完成", "confirm": "确认 办结 已办结", "return": "已退回",
     "block": "受阻", "deadline": "时限", "undo": "已撤销"},
)  # fmt: skip
EVERY_WORDS = _words(EVERY, {}) | {"none": "不再定期"}
SORT_WORDS = {"number": "编号 序号", "deadline": "时限 完成时限 到期", "status": "状态", "unit": "责任单位 单位"}
BY_WORDS = {"class": "类别", "section": "工作任务", "unit": "责任单位 单位", "task": "具体要求", "assignment": "责任项"}
"""The words that may be typed for a choice of an option, separated by blanks, the one that screens show first."""


def period(value: Period, as_of: date | None = None) -> str:
    """Return 2019年第三季度, 2019年11月, 2019年上半年 or 2019年; without the year where it is that of `as_of`."""
    month = value.start.month
    name = {
        Every.MONTH: f"{month}月",
        Every.QUARTER: f"第{'一二三四'[(month - 1) // 3]}季度",
        Every.HALF_YEAR: "上半年" if month == 1 else "下半年",
        Every.YEAR: "",
    }[value.every]
    return name if name and as_of and as_of.year == value.start.year else f"{value.start.year}年{name}"


def periods(values: Sequence[Period], as_of: date) -> str:
    """Return 第一、第二季度, 4月、5月 or 上半年 for periods in order; the year stands where it is not that of `as_of`."""
    names = [period(value, as_of) for value in values]
    shortened = [name.removesuffix("季度") if follower.endswith("季度") else name for name, follower in pairwise(names)]
    return "、".join([*shortened, *names[-1:]])


def total(number: int, counted: str, none: str | None = None) -> str:
    """Return the line below a list: 共 37 项具体要求。, or 没有符合条件的具体要求。 where it is empty."""
    return f"共 {number} {counted}。" if number else f"没有符合条件的{none or counted[1:]}。"


def section_title(section: Section) -> str:
    """Return 九、强化重点民生领域信息公开, or the title alone where no number is printed."""
    return f"{section.number}、{section.title}" if section.number else section.title


def task_number(task: Task) -> str:
    """Return the number as a table shows it: the id, with the printed number where it differs from it."""
    return f"{task.id}" if task.number in ("", str(task.id)) else f"{task.id}（{task.number}）"


def deadline(value: Deadline | None) -> str:
    """Return 2019-12-31, 年内（2019-12-31）, 征集结束后1个月内, 每季度（第四季度，2019-12-31）, or nothing."""
    if value is None:
        return ""
    day, words = due_day(value), deadline_words(value)
    if words and day:
        return f"{words}（{day}）"
    return words or day


def deadline_words(value: Deadline) -> str:
    """Return the words of a deadline, with those of its period where they do not say it: 持续推进，每季度."""
    every = EVERY[value.every] if value.every else ""
    return "，".join(filter(None, (value.text, every if every not in (value.text or "") else "")))


def due_day(value: Deadline) -> str:
    """Return the day of a deadline, after the period that it is the deadline of: 第四季度，2019-12-31."""
    name = period(value.period, value.period.start) if value.period and value.every is not Every.YEAR else ""
    return "，".join(filter(None, (name, due_date(value))))


def due_date(value: Deadline | None) -> str:
    """Return the day of a deadline, 2019-12-31; nothing where it has none."""
    return value.date.isoformat() if value and value.date else ""


def evidence(item: Evidence) -> str:
    """Return one piece of evidence in a line: title, where it is, publication date."""
    text = f"{item.title}：{item.value}" if item.title else item.value
    return f"{text}（{item.published}）" if item.published else text


LETTER_CODE = "催办"
"""The 发文代字 of letters where the office has set none of its own."""


def letter_number(day: str, number: int, code: str = LETTER_CODE) -> str:
    """Return 催办〔2019〕1号: the year of the day in full, no leading zeros (GB/T 9704-2012, 7.2.5)."""
    return f"{code}〔{day[:4]}〕{number}号"


def percent(value: float) -> str:
    """Return a rate with two decimals, as bulletins print it: 93.31%."""
    return f"{value:.2f}%"


def gap(points: float) -> str:
    """Return the distance of a rate from the expected one, in percentage points: 落后 8.34 个百分点."""
    if abs(points) < 0.005:
        return "持平"
    return f"{'超前' if points > 0 else '落后'} {abs(points):.2f} 个百分点"


def when(at: str) -> str:
    """Return the time of an entry (`Entry.at`, in the office's zone) to the minute."""
    return at[:16].replace("T", " ")
