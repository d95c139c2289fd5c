"""The task and the assignees that a row of a ledger (台账) is about: by its number and its text, by its units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from gkcheck.errors import GkcheckError
from gkcheck.importers.ledger_table import LedgerRow, LedgerTable
from gkcheck.importers.tables.ledger_columns import LedgerCell
from gkcheck.ledger.assignments import assignments_of_task, members_of
from gkcheck.lookup.units import match_unit
from gkcheck.model import Plan, Task
from gkcheck.text.normalize import key
from gkcheck.text.numerals import number_of
from gkcheck.text.script import simplified


class Mismatch(NamedTuple):
    """A reason why a row is not taken over, and the address it stands at."""

    address: str
    message: str


class RowMatcher:
    """Matches the rows of one table with a plan. `loose` are the names that were understood, as typed → as meant.

    Numbers are held against the texts: where most disagree and merely count the rows, they number nothing.
    """

    def __init__(self, plan: Plan, table: LedgerTable) -> None:
        self.plan, self.tasks, self.members = plan, plan.tasks(), members_of(plan)
        self.loose: dict[str, str] = {}
        self._units: dict[str, tuple[str, str]] = {}
        self._by_text: dict[str, list[Task]] = {}
        for task in self.tasks:
            self._by_text.setdefault(_shape(task.text), []).append(task)
        self.titles = {_shape(section.title) for section in plan.sections}
        texts = {row.text.text for row in table.rows if row.text}
        self.by_number = not table.has_text or (bool(texts) and all(map(self.is_title, texts)))
        self.counts_rows = self._numbers_count_rows(table)

    def is_title(self, text: str) -> bool:
        """True for a heading of the plan, with its number or without."""
        shape = _shape(text)
        return shape in self.titles or _NUMBERED.sub("", shape) in self.titles

    def task(self, row: LedgerRow) -> Task | Mismatch:
        """Return the task of a row; its number has to agree with its text."""
        if row.text is None or self.by_number:
            return self._by_numbers(row)
        printed, found = self._of_text(row.text.text)
        numbers = [cell.text for cell in row.numbers] if not self.counts_rows else []
        numbers += [printed] if printed else []
        agreeing = [task for task in found if any(_is_numbered(task, number) for number in numbers)]
        if not found:
            near = next((task for task in self.tasks if any(_is_numbered(task, number) for number in numbers)), None)
            hint = f"；第 {near.id} 项的文字与此不同" if near else ""
            return Mismatch(row.text.address, f"责任分工表里没有这项具体要求{hint}，请核对")
        if numbers and not agreeing:
            cell = next(iter(row.numbers), row.text)
            listed = "、".join(str(task.id) for task in found)
            return Mismatch(cell.address, f"编号“{numbers[0]}”与文字不符，这段文字是具体要求 {listed}，请核对")
        if len(agreeing or found) > 1:
            return Mismatch(row.text.address, f"有 {len(agreeing or found)} 项具体要求是这段文字，请写上编号")
        return (agreeing or found)[0]

    def _by_numbers(self, row: LedgerRow) -> Task | Mismatch:
        if not row.numbers:
            return Mismatch(_place(row), "没有编号，也没有具体要求，不知道是哪一项")
        cell = row.numbers[0]
        if self.counts_rows:
            return Mismatch(cell.address, "序号像是行号，又没有具体要求可以对照，不知道是哪一项；请加上具体要求一栏")
        found = [task for task in self.tasks if _is_numbered(task, cell.text)]
        by_id = [task for task in found if number_of(_bare(cell.text)) == task.id]
        if len(by_id or found) != 1:
            return Mismatch(
                cell.address, f"编号“{cell.text[:20]}”在责任分工表里{'有几项' if found else '没有'}，请核对"
            )
        return (by_id or found)[0]

    def _of_text(self, text: str) -> tuple[str | None, list[Task]]:
        """Return the number printed before a text, and the tasks of the text; one cut short by …… is its beginning."""
        shape = _shape(text)
        if shape in self._by_text:
            return None, self._by_text[shape]
        number = _NUMBERED.match(shape)
        if number and shape[number.end() :] in self._by_text:
            return number[0], self._by_text[shape[number.end() :]]
        if text.rstrip().endswith(("…", "...")) and len(shape) >= _BEGINNING:
            return None, [task for task in self.tasks if _shape(task.text).startswith(shape)]
        return None, []

    def _numbers_count_rows(self, table: LedgerTable) -> bool:
        """True if the numbers count rows, of the table or of each heading: 1, 2, 3 … whatever the texts beside them."""
        cells = list(dict.fromkeys(row.numbers[0] for row in table.rows if row.numbers))
        values = [number_of(_bare(cell.text)) for cell in cells]
        running = values[:1] == [1] and all(after in (1, (before or 0) + 1) for before, after in pairwise(values))
        if self.by_number:
            return running and len(values) != len(self.tasks) and "编" not in table.number_title
        agree = disagree = 0
        for row in table.rows:
            found = self._of_text(row.text.text)[1] if row.text else []
            if found and row.numbers:
                agrees = any(_is_numbered(task, cell.text) for task in found for cell in row.numbers)
                agree, disagree = agree + agrees, disagree + (not agrees)
        return running and disagree > agree

    def units(self, row: LedgerRow, task: Task) -> tuple[list[str], list[Mismatch]]:
        """Return the assignees of the task that a row is about, all of them where it names no unit, and what is wrong."""
        assigned = [assignment.unit for assignment in assignments_of_task(task, self.members)]
        if not row.unit_cells:
            return assigned, []
        found: dict[str, None] = {}
        wrong = [Mismatch(row.unit_cells[0].address, f"“{word}”不是单位，请核对") for word in row.unread]
        for name in row.units:
            meant, error = self._unit(name)
            owed = [unit for unit in self.members.get(meant) or [meant] if unit in assigned]
            if not owed:
                cell = next((cell for cell in row.unit_cells if name in cell.text), row.unit_cells[0])
                wrong.append(Mismatch(cell.address, error or f"具体要求 {task.id} 没有分给{meant}，请核对"))
            found |= dict.fromkeys(owed)
        if not found and not wrong:
            wrong.append(Mismatch(row.unit_cells[0].address, f"“{row.unit_cells[0].text[:40]}”里没有单位名称"))
        return [unit for unit in assigned if unit in found], wrong

    def _unit(self, name: str) -> tuple[str, str]:
        """Return the unit or class that a name means, and nothing; or nothing, and why it means none."""
        if name not in self._units:
            try:
                match = match_unit(self.plan, name)
            except GkcheckError as error:
                self._units[name] = ("", str(error))
            else:
                inner = f"“{name}”只是“{match.name}”中间的几个字，请写全名、简称" if match.inner else ""
                self._units[name] = ("" if inner else match.name, inner)
                if match.loose and not inner:
                    self.loose[name] = match.name
        return self._units[name]


_BEGINNING = 10
"""The fewest characters by which a text that was cut short is known."""

_NUMBERED = re.compile(r"\(?(?:\d{1,4}|[〇零一二三四五六七八九十百]{1,6})(?:\)[.、:]?|[.、:])")
"""A number before a text, in the shape that texts are compared in."""


def _shape(text: str) -> str:
    """Return the shape that texts are compared in: Simplified, width folded, without blanks, quotes and a last stop."""
    return key(simplified(text)).rstrip("。.;…")


def _bare(number: str) -> str:
    return key(number).strip("().、,第项条")


def _is_numbered(task: Task, number: str) -> bool:
    """True if a number is the task's: its id, or its number as printed."""
    bare, value = _bare(number), number_of(_bare(number))
    printed = _bare(task.number)
    return bare == printed or (value is not None and value in (task.id, number_of(printed)))


def _place(row: LedgerRow) -> str:
    return row.cells[0].address if row.cells else row.place


def unknown_columns(table: LedgerTable) -> Iterator[Mismatch]:
    """Yield a remark for each column that nobody knows, at its first cell."""
    columns: dict[str, list[LedgerCell]] = {}
    for row in table.rows:
        for title, cell in row.rest:
            columns.setdefault(title, []).append(cell)
    for title, cells in columns.items():
        yield Mismatch(cells[0].address, f"“{title}”一栏不认识，{len(cells)} 格没有记录，请核对")
