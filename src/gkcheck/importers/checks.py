"""Checks of a reading as a whole: what its tasks, its numbers and its source say against each other.

A check compares two things that the reader did not read off one another; where they differ, a person should look.
Every check takes the tasks in document order and what was left out, and returns findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from gkcheck.importers.draft import DraftTask, Finding, Omission
from gkcheck.importers.recognize.assignees import assignee_share
from gkcheck.importers.recognize.inline_assignees import brackets_in
from gkcheck.importers.recognize.numbering import leading_number, value_of
from gkcheck.importers.recognize.org_names import is_office_name, is_org_name, is_person
from gkcheck.text.numerals import number_of
from gkcheck.text.script import folded

_HAN = "一二三四五六七八九十百"
_COUNT = re.compile(rf"\((?:共)?(\d{{1,3}}|[{_HAN}]{{1,4}})[项条个](?:任务|工作|措施)?\)")
_TOTAL = re.compile(
    rf"共[^,。;\d]{{0,8}}?(\d{{1,4}}|[{_HAN}]{{2,4}})[项条](?:具体|重点|主要)?(?:任务|工作|要求|措施|举措)"
)
_ROLE = re.compile(r"牵头|负责|配合|责任单位|会同|落实$")
_LOSSES = ("没有责任单位", "只有编号", "只有责任单位", "所在行没有任务", "原文在此中断", "未能归类", "不是任务表")
_LONGEST_LIMIT = 60
_HEADINGS = 2
_TELLING = 4
"""From so many characters on an unplaced clause is more than a sign or a page number."""


def is_possible_loss(omission: Omission) -> bool:
    """True if a part left out could be a task or a piece of one, and is no furniture of the page."""
    return omission.in_text and (omission.why.startswith(_LOSSES) or bool(_brackets_of_roles(omission.text)))


def check_reading(tasks: Sequence[DraftTask], left_out: Sequence[Omission]) -> list[Finding]:
    """Return what the checks find, check by check, each in document order."""
    return [found for check in _CHECKS for found in check(tasks, left_out)]


def _repeated_numbers(tasks: Sequence[DraftTask], _: Sequence[Omission]) -> Iterator[Finding]:
    """One list of bodies a number: a number printed twice running is a task read twice, or torn in two."""
    for (section, number), same in groupby(tasks, key=lambda task: (task.section, task.number)):
        count = sum(1 for _ in same)
        if number and value_of(number) is not None and count > 1:
            place = next(task.place for task in tasks if (task.section, task.number) == (section, number))
            yield Finding(place, f"编号“{number}”连着出现 {count} 次，可能是一项拆成了几项")


def _second_numbers(tasks: Sequence[DraftTask], _: Sequence[Omission]) -> Iterator[Finding]:
    """A heading that ran into its task: a text with a number of its own behind the task's."""
    for task in tasks:
        second = leading_number(task.text)
        if task.number and second and second.rank <= _HEADINGS:
            yield Finding(task.place, f"编号“{task.number}”后面的“{task.text[:12]}……”又有编号，可能混进了标题")


def _counted_headings(tasks: Sequence[DraftTask], _: Sequence[Omission]) -> Iterator[Finding]:
    """Headings that say how many tasks they have: 攻坚算力（2项）."""
    for level in ("section", "subsection"):
        for heading, below in groupby(tasks, key=lambda task: getattr(task, level)):
            found = _COUNT.search(folded(heading or ""))
            if not found:
                continue
            under = list(below)
            count = number_of(found[1])
            if count not in (len(under), len({task.subsection for task in under})):
                yield Finding(under[0].place, f"“{heading}”写明 {count} 项，读出 {len(under)} 项")


def _counted_total(tasks: Sequence[DraftTask], left_out: Sequence[Omission]) -> Iterator[Finding]:
    """Introductions that say how many tasks there are in all: 共分解为37项任务."""
    headings = len({task.section for task in tasks if task.section})
    for left in left_out:
        for found in _TOTAL.finditer(folded(left.text)):
            if number_of(found[1]) not in (len(tasks), headings):
                yield Finding(left.place, f"原文说“{found[0]}”，读出 {len(tasks)} 项")


def _unread_brackets(tasks: Sequence[DraftTask], left_out: Sequence[Omission]) -> Iterator[Finding]:
    """Tasks against closing brackets: one with a role word in it that is still in a text was not read."""
    for task in tasks:
        for bracket in _brackets_of_roles(task.text):
            yield Finding(task.place, f"任务文字里的“{bracket}”像责任单位，没有读成")
    for left in left_out:
        for bracket in _brackets_of_roles(left.text):
            yield Finding(left.place, f"未收录的文字里“{bracket}”像责任单位")


def _brackets_of_roles(text: str) -> list[str]:
    """Return the brackets that close a sentence or a text and speak of roles."""
    shape = folded(text)
    out = []
    for start, end in brackets_in(shape):
        inner = shape[start + 1 : end - 1]
        ends = not shape[end:].strip(" 。;") or shape[:start].rstrip().endswith(("。", ";"))
        if ends and len(inner) <= 120 and _ROLE.search(inner):
            out.append(text[start:end])
    return out


def _odd_names(tasks: Sequence[DraftTask], _: Sequence[Omission]) -> Iterator[Finding]:
    """Bodies that hold digits, or another body and a second one after it."""
    names = {folded(name) for task in tasks for name in task.names()}
    doubtful = {name: reason for name in names if (reason := _oddity(name, names))}
    for task in tasks:
        for name in task.names():
            if reason := doubtful.get(folded(name)):
                yield Finding(task.place, f"“{name}”{reason}")


def _oddity(name: str, names: set[str]) -> str | None:
    if re.search(r"\d{2}|\d%|[—-]\d", name):
        return "含有数字，不像单位名称"
    for cut in range(4, len(name) - 3):
        if name[:cut] in names and name[cut:] in names:
            return f"像是“{name[:cut]}”和“{name[cut:]}”两个单位"
    return None


def _odd_limits(tasks: Sequence[DraftTask], _: Sequence[Omission]) -> Iterator[Finding]:
    """Time limits that hold more than a time: a sentence, or the beginning of another task."""
    for task in tasks:
        limit = task.deadline or ""
        if len(limit) > _LONGEST_LIMIT or re.search(r"\d[.．][一-鿿]", limit) or is_person(limit):
            yield Finding(task.place, f"时限“{limit[:20]}”不像时限")


def _tasks_like_bodies(tasks: Sequence[DraftTask], _: Sequence[Omission]) -> Iterator[Finding]:
    """Columns taken for one another: a requirement that reads as a list of offices."""
    for task in tasks:
        text = task.text.rstrip("。；; ")
        names = re.split(r"[、，,]", text)
        if assignee_share(text) > 0.9 and all(is_org_name(name) and is_office_name(name) for name in names):
            yield Finding(task.place, f"具体要求“{text[:20]}”像单位名称")


def _silent_losses(_: Sequence[DraftTask], left_out: Sequence[Omission]) -> Iterator[Finding]:
    """Clauses that found no place in the reading, and rows whose task is missing."""
    for left in left_out:
        if left.why.startswith(("所在行没有任务", "只有责任单位")) or (
            left.why == "未能归类" and len(left.text) >= _TELLING
        ):
            yield Finding(left.place, f"“{left.text[:30]}”未收录（{left.why}）")


_CHECKS: tuple[Callable[[Sequence[DraftTask], Sequence[Omission]], Iterator[Finding]], ...] = (
    _repeated_numbers,
    _second_numbers,
    _counted_headings,
    _counted_total,
    _unread_brackets,
    _odd_names,
    _odd_limits,
    _tasks_like_bodies,
    _silent_losses,
)
