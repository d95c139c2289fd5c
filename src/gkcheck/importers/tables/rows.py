"""A table of tasks → tasks. `columns` finds its columns, `column_fit` lays the cells over them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from gkcheck.importers.draft import DraftTask, Heading, ReadingLog, headings_after, section_titles
from gkcheck.importers.formats.blocks import BlockKind
from gkcheck.importers.layout.paragraphs import join_lines
from gkcheck.importers.recognize.assignees import Assignees, assignee_share, read_assignees, says_first_leads
from gkcheck.importers.recognize.header_terms import Kind
from gkcheck.importers.recognize.headings import ends_sentence
from gkcheck.importers.recognize.inline_assignees import read_heading, split_assignments
from gkcheck.importers.recognize.numbering import is_han_number, is_number, leading_number, split_at_numbers
from gkcheck.importers.recognize.org_names import is_bare_ending, is_org_name
from gkcheck.importers.tables.column_fit import Cell, fit_rows
from gkcheck.importers.tables.columns import Column
from gkcheck.importers.tables.table_view import (
    TableView,
    add_number_column,
    numbers_headings,
    rank_of_tasks,
    repeated_headers,
    repeats_header,
    style_of_numbers,
)
from gkcheck.model import Role
from gkcheck.text.normalize import join_pieces

_BLANK = re.compile(r"[-—/／无\s]*")
_REMARK = re.compile(r"(?:备?注|说明)\s*[:：]|^※")


def read_table(
    view: TableView, headings: list[Heading], log: ReadingLog, last: bool
) -> tuple[list[DraftTask], list[Heading]]:
    """Return the tasks of a table in order, and the headings in force below it.

    Args:
        headings: Those in force above it.
        last: Nothing but trailing matter follows in the document, so that a torn last row can be known.
    """
    add_number_column(view)
    view.text_rank = rank_of_tasks(view)
    view.number_style = style_of_numbers(view)
    reader = _Rows(view, headings, log)
    log.tables += 1
    segment: list[Cell] = []
    flowing = view.block.kind is BlockKind.CELLS
    width = len(view.columns)
    skipped = repeated_headers(view) if flowing else set()
    for r in range(view.start, len(view.rows)):
        row = view.rows[r]
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            continue
        if r in skipped or (not flowing and repeats_header(view, row)):
            log.place(view.place(r), " ".join(filled), "重复表头")
            continue
        log.count_rows(not flowing)
        if not flowing and reader.is_heading_row(r, filled):
            reader.rows(fit_rows(segment, view.columns, flowing, view.block.kind is BlockKind.SPACED, view.text_rank))
            segment = []
            reader.heading_row(r, filled)
            continue
        covered = any((r, c) in view.origin for c in range(len(row)))
        sure = bool(view.block.spans) and len(row) >= width and (covered or len(filled) == len(row))
        whole = len(filled) == len(row) == width
        hold = (
            6.0 if sure else (4.5 if whole else 2.0 if len(row) == width and not flowing else (0.0 if flowing else 0.8))
        )
        segment.extend(Cell(r, c, cell.strip(), hold) for c, cell in enumerate(row) if cell.strip())
        if sure:
            reader.rows(fit_rows(segment, view.columns, flowing, False, view.text_rank))
            segment = []
    reader.rows(fit_rows(segment, view.columns, flowing, view.block.kind is BlockKind.SPACED, view.text_rank))
    if flowing:
        log.count_rows(reader.read)
    if last:
        reader.leave_last_headings()
        reader.drop_torn_tail()
    return reader.tasks, reader.headings


@dataclass(slots=True)
class _Row:
    """A row of the table: its texts by the kind of their column, its number, its place and its first cell."""

    place: str
    first: Cell
    texts: dict[Kind, list[tuple[Column, str]]] = field(default_factory=dict)
    number: str | None = None
    numbers_heading: bool = False

    def text(self, kind: Kind) -> str:
        """Return the first text of a kind; empty where there is none."""
        return next((text for _, text in self.texts.get(kind, [])), "")

    @property
    def task_number(self) -> str | None:
        """The number, where it is the task's."""
        return None if self.numbers_heading else self.number


class _Rows:
    """Makes tasks of rows, under the headings in force and with the assignees of merged cells."""

    def __init__(self, view: TableView, headings: list[Heading], log: ReadingLog) -> None:
        self.view, self.headings, self.log = view, headings, log
        self.tasks: list[DraftTask] = []
        self.heading_assignees: dict[str, Assignees] = {}
        self.default_role: Role | None = None
        self.read = 0
        self.last_cell: Cell | None = None
        self.numbers_headings = numbers_headings(view)
        self.opened: list[tuple[str, str]] = []

    def is_heading_row(self, r: int, filled: list[str]) -> bool:
        """True if a printed row is a heading over the rows below it, and not a task whose other cells vanished."""
        view = self.view
        if len(set(filled)) != 1 or len(view.columns) < 2:
            return len(filled) == 2 and is_number(filled[0]) and self._is_band(r, filled)
        text = filled[0]
        if _REMARK.match(text):
            return True
        if is_number(text):
            return False
        number = leading_number(text)
        if view.spans_rest(r) or len(filled) > 1:
            return True
        if number and view.text_rank is not None:
            return number.rank < view.text_rank and len(text) <= 60
        if any((r, c) in view.origin for c in range(len(view.columns))):
            return False
        return (
            len(text) <= 30
            and not ends_sentence(text)
            and (number is None or number.rank <= 2)
            and assignee_share(text) < 0.6
        )

    def _is_band(self, r: int, filled: list[str]) -> bool:
        """True if a number and a text stand over the rows below: alone in a merged or whole row, and numbered otherwise."""
        view = self.view
        if view.block.spans:
            return view.spans_rest(r)
        row = view.rows[r]
        return (
            len(row) >= len(view.columns) > 3
            and view.number_style is not None
            and is_han_number(filled[0]) is not view.number_style
            and filled[1][-1] not in "。；;"
        )

    def heading_row(self, r: int, filled: list[str]) -> None:
        """Read a heading in a row of its own, or a remark below the table."""
        place, text = self.view.place(r), "".join(dict.fromkeys(filled))
        if _REMARK.match(text) or len(text) > 80:
            self.log.first_leads |= says_first_leads(text)
            self.log.leave_out(place, text, "表中附注")
            return
        number = leading_number(text)
        self._open(Heading(text, number.rank if number else 0.9), place)

    def _open(self, heading: Heading, place: str) -> None:
        printed = re.sub(r"\s+", "", heading.printed) if not heading.printed.isascii() else heading.printed
        printed = re.sub(r"[（(]\s*续\s*[）)]$", "", printed)
        title, assignees, role = read_heading(printed)
        if any(other.printed == title for other in self.headings):
            self.log.place(place, heading.printed, "重复标题")
            return
        self.log.place(place, heading.printed, "标题")
        self.opened.append((place, heading.printed))
        self.headings = headings_after(self.headings, Heading(title, heading.rank))
        if assignees:
            self.heading_assignees[title] = assignees
        self.default_role = role

    def rows(self, rows: list[dict[int, list[Cell]]]) -> None:
        """Add the tasks of rows."""
        for row in rows:
            self.read += 1
            self._row(row)

    def _row(self, cells: dict[int, list[Cell]]) -> None:
        columns = self.view.columns
        first = min((column[0] for column in cells.values()), key=lambda cell: (cell.row, cell.column))
        row = _Row(self.view.place(first.row), first)
        for j in sorted(cells):
            text = join_pieces([cell.text for cell in cells[j]])
            row.texts.setdefault(columns[j].kind, []).append((columns[j], text))
        row.number = row.text(Kind.NUMBER) or None
        self._headings(row)
        assignees = self._assignees(cells, first.row)
        if row.text(Kind.TEXT):
            self._tasks(row, assignees)
        else:
            self._without_text(row, assignees)

    def _headings(self, row: _Row) -> None:
        """Open the headings of a row; its number may be theirs and not the task's."""
        rank = 0.0
        for column, text in row.texts.get(Kind.HEADING, []):
            printed = leading_number(text)
            rank = max(printed.rank if printed else float(column.depth), rank + 0.1)
            self._open(Heading(text.replace("\n", ""), rank), row.place)
        row.numbers_heading = bool(row.number and row.texts.get(Kind.HEADING) and self.numbers_headings)

    def _assignees(self, cells: dict[int, list[Cell]], r: int) -> Assignees:
        """Return the assignees of the unit cells of a row."""
        assignees = Assignees()
        for j, column in enumerate(self.view.columns):
            if column.kind is not Kind.UNITS or j not in cells:
                continue
            role = None if self.view.spans_roles(r, j) else column.role
            if role in (None, Role.RESPONSIBLE) and self.default_role:
                role = self.default_role
            assignees.merge(read_assignees("\n".join([cell.text for cell in cells[j]]), role, self.view.known))
        return assignees

    def _inherit(self, assignees: Assignees, r: int, place: str) -> bool:
        """Add the assignees of merged cells, headings or the row above; True if any were. A guess is logged."""
        inherited = False
        for j, one in enumerate(self.view.columns):
            up = self.view.origin.get((r, j))
            if one.kind is Kind.UNITS and up and up[0] < r and (up[1] == j):
                assignees.merge(read_assignees(self.view.rows[up[0]][up[1]], one.role, self.view.known))
                inherited = True
        if assignees.names():
            return inherited
        over = [heading.printed for heading in self.headings if heading.printed in self.heading_assignees]
        if over:
            for title in over:
                assignees.merge(self.heading_assignees[title])
            return True
        if self.tasks and self.tasks[-1].names():
            above = self.tasks[-1]
            for role in Role:
                for name in above.in_role(role):
                    assignees.add(name, role)
            assignees.tail = above.units_tail
            self.log.note(place, f"责任单位为空，按合并单元格沿用上一行：{'、'.join(above.names())}")
            return True
        return False

    def _without_text(self, row: _Row, assignees: Assignees) -> None:
        """Read a row without a requirement: more of the task above, or only a heading."""
        if assignees.names() and self.tasks:
            above = self.tasks[-1]
            united = Assignees(list(above.lead), list(above.responsible), list(above.support), above.units_tail)
            for role in Role:
                names, rest = united.in_role(role), assignees.in_role(role)
                if names and rest and is_bare_ending(rest[0]) and is_org_name(names[-1] + rest[0]):
                    names[-1] += rest.pop(0)
            united.merge(assignees)
            self.tasks[-1] = replace(
                above,
                lead=tuple(united.lead),
                responsible=tuple(united.responsible),
                support=tuple(united.support),
                units_tail=united.tail,
                notes=(*above.notes, *assignees.notes),
            )
        elif assignees.names():
            self.log.leave_out(row.place, "、".join(assignees.names()), "只有责任单位，没有任务")
        for kind in (Kind.DEADLINE, Kind.PERSON, Kind.NOTE, Kind.OTHER):
            for column, text in row.texts.get(kind, []):
                if self.tasks and kind is Kind.DEADLINE and not self.tasks[-1].deadline:
                    self.tasks[-1] = replace(self.tasks[-1], deadline=text)
                else:
                    self.log.leave_out(row.place, text, f"所在行没有任务（{column.title}）")
        if row.number and not row.texts.get(Kind.HEADING):
            self.log.leave_out(row.place, row.number, "所在行没有任务（序号）")

    def _tasks(self, row: _Row, assignees: Assignees) -> None:
        """Add the task of a row, or the tasks where one cell holds several."""
        text = row.text(Kind.TEXT)
        without_units = self.view.index_of(Kind.UNITS) is None
        if without_units:
            stretches = split_assignments(text)
            if stretches and stretches[-1][1]:
                for piece, inline in stretches:
                    self._task(piece, row, inline or Assignees(), inherited=False)
                return
        inherited = self._inherit(assignees, row.first.row, row.place)
        merged = self.view.merged_text(row.first.row, Kind.DEADLINE)
        if merged and not row.texts.get(Kind.DEADLINE):
            row.texts[Kind.DEADLINE] = [(Column("", Kind.DEADLINE), merged)]
        if without_units and not assignees.names() and not self.tasks:
            self.log.leave_out(row.place, text, "没有责任单位")
            return
        for piece in self._pieces(text, row.task_number):
            self._task(piece, row, assignees, inherited)
            inherited = True
            row.texts = {Kind.DEADLINE: row.texts.get(Kind.DEADLINE, [])}

    def _pieces(self, text: str, number: str | None) -> list[str]:
        """Cut a cell that holds several numbered tasks before each; with a number of its own it is one task."""
        head = leading_number(text)
        if number or head is None or head.rank != self.view.text_rank:
            return [text]
        out: list[str] = []
        for piece in split_at_numbers(text):
            begins = leading_number(piece)
            if out and (begins is None or begins.rank != head.rank):
                out[-1] += piece
            else:
                out.append(piece)
        return out

    def _task(self, text: str, row: _Row, assignees: Assignees, inherited: bool) -> None:
        number = row.task_number
        printed = leading_number(text)
        if number is None and printed:
            number, text = printed.printed, text[printed.end :]
        persons = [f"{column.title}：{person}" for column, person in row.texts.get(Kind.PERSON, [])]
        for person in (*persons, *assignees.persons):
            self.log.leave_out(row.place, person, "个人，不作责任单位")
        for name in assignees.unsure:
            self.log.note(row.place, f"“{name}”不像单位名称，请核对")
        for name in assignees.torn:
            self.log.note(row.place, f"“{name}”在原文中断成两行，按一个单位读，请核对")
        remarks = [
            f"{column.title}：{remark}" if column.title and column.kind is Kind.OTHER else remark
            for kind in (Kind.NOTE, Kind.OTHER)
            for column, remark in row.texts.get(kind, [])
            if not _BLANK.fullmatch(remark)
        ]
        self.log.first_leads |= assignees.leads_below
        section, subsection = section_titles(self.headings)
        deadlines = [deadline for _, deadline in row.texts.get(Kind.DEADLINE, []) if not _BLANK.fullmatch(deadline)]
        deadline = "；".join(deadlines) or assignees.deadline
        self.tasks.append(
            DraftTask(
                number=number,
                section=section,
                subsection=subsection,
                text=join_lines(text),
                lead=tuple(assignees.lead),
                responsible=tuple(assignees.responsible),
                support=tuple(assignees.support),
                place=row.place,
                units_tail=assignees.tail,
                deadline=deadline and join_lines(deadline),
                inherited=inherited,
                notes=(*assignees.notes, *remarks),
                section_number=row.number if row.numbers_heading else None,
            )
        )
        self.last_cell = row.first
        self.opened = []

    def leave_last_headings(self) -> None:
        """Leave out the headings that have no task below them at the end of the document."""
        for place, text in self.opened:
            self.log.placed.remove((place, text.strip(), "标题"))
            self.log.leave_out(place, text, "任务之外的文字")

    def drop_torn_tail(self) -> None:
        """Leave out a last task that the text breaks off in: no bodies of its own, or a name cut short."""
        if not self.tasks or self.last_cell is None:
            return
        task = self.tasks[-1]
        row = [cell for cell in self.view.rows[self.last_cell.row] if cell.strip()]
        alone = (
            task.inherited
            and len(row) <= 2
            and not ends_sentence(task.text)
            and not self.view.block.spans
            and len(self.view.rows[self.last_cell.row]) < len(self.view.columns)
        )
        names = task.names()
        cut_name = bool(names) and not task.inherited and self._cut_name(task)
        if alone or cut_name or not names:
            self.tasks.pop()
            self.log.findings = [found for found in self.log.findings if found.place != task.place]
            self.log.leave_out(
                task.place,
                (task.number or "") + task.text + "｜" + "、".join(names if cut_name else ()),
                "原文在此中断，任务不完整",
            )
            self.log.note(task.place, "原文在此中断，最后一项任务不完整，未收录")

    def _cut_name(self, task: DraftTask) -> bool:
        """True if the last name of the table breaks off: in a whole row, where a longer name begins with it."""
        last = self.view.rows[-1]
        words = [cell for cell in last if cell.strip()]
        if self.view.block.spans or not words:
            return False
        name = re.split(r"[、，,；;]", words[-1])[-1].strip()
        if not name or is_org_name(name) or name not in task.names():
            return False
        whole = self.view.block.kind is BlockKind.TABLE and len(last) >= len(self.view.columns)
        return not whole or any(
            other != name and other.startswith(name) for task in self.tasks for other in task.names()
        )
