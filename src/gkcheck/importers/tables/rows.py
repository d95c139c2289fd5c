"""A grid that holds a table of tasks → tasks. Columns are found in `columns`, cells laid over them in `align`."""

from __future__ import annotations

import re
from dataclasses import replace

from gkcheck.importers.draft import Account, DraftTask, Heading, sections_of, under
from gkcheck.importers.layout.paragraphs import flat, glued
from gkcheck.importers.recognize.assignee_lists import likeness, owners_of, states_order
from gkcheck.importers.recognize.assignees import Owners
from gkcheck.importers.recognize.header_terms import Kind
from gkcheck.importers.recognize.headings import ends_sentence
from gkcheck.importers.recognize.inline_assignees import cut_assignments, heading_owners
from gkcheck.importers.recognize.numbering import is_number, leading_number, numbered_pieces
from gkcheck.importers.recognize.org_names import is_body
from gkcheck.importers.tables.column_fit import Cell, laid_out
from gkcheck.importers.tables.columns import Field
from gkcheck.importers.tables.table_view import (
    Sheet,
    add_number_column,
    is_header_again,
    numbers_headings,
    rank_of_tasks,
    repeated_headers,
)
from gkcheck.model import Role

_REMARK = re.compile(r"(?:备?注|说明)\s*[:：]|^※")


def read_table(
    sheet: Sheet, headings: list[Heading], account: Account, last: bool
) -> tuple[list[DraftTask], list[Heading]]:
    """The tasks of a table in order, and the headings in force below it.

    Args:
        headings: Those in force above it.
        last: Nothing but trailing matter follows in the document, so that a torn last row can be known.
    """
    add_number_column(sheet)
    sheet.text_rank = rank_of_tasks(sheet)
    reader = _Rows(sheet, headings, account)
    account.tables += 1
    segment: list[Cell] = []
    flowing = sheet.grid.kind == "cells"
    width = len(sheet.fields)
    skipped = repeated_headers(sheet) if flowing else set()
    for r in range(sheet.start, len(sheet.rows)):
        row = sheet.rows[r]
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            continue
        if r in skipped or (not flowing and is_header_again(sheet, row)):
            account.put(sheet.place(r), " ".join(filled), "重复表头")
            continue
        account.read_rows(not flowing)
        if not flowing and reader.is_heading_row(r, filled):
            reader.rows(laid_out(segment, sheet.fields, flowing, sheet.grid.kind == "spaced", sheet.text_rank))
            segment = []
            reader.heading_row(r, filled)
            continue
        covered = any((r, c) in sheet.origin for c in range(len(row)))
        sure = bool(sheet.grid.spans) and len(row) >= width and (covered or len(filled) == len(row))
        hold = 6.0 if sure else (2.0 if len(row) == width and not flowing else (0.0 if flowing else 0.8))
        segment.extend(Cell(r, c, cell.strip(), hold) for c, cell in enumerate(row) if cell.strip())
        if sure:
            reader.rows(laid_out(segment, sheet.fields, flowing, False, sheet.text_rank))
            segment = []
    reader.rows(laid_out(segment, sheet.fields, flowing, sheet.grid.kind == "spaced", sheet.text_rank))
    if flowing:
        account.read_rows(reader.read)
    if last:
        reader.leave_last_headings()
        reader.drop_torn_tail()
    return reader.tasks, reader.headings


class _Rows:
    """Makes tasks of laid-out rows, keeping headings and what merged cells hand down."""

    def __init__(self, sheet: Sheet, headings: list[Heading], account: Account) -> None:
        self.sheet, self.headings, self.account = sheet, headings, account
        self.tasks: list[DraftTask] = []
        self.heading_owners: dict[str, Owners] = {}
        self.default: Role | None = None
        self.read = 0
        self.torn: Cell | None = None
        self.numbers_headings = numbers_headings(sheet)
        self.opened: list[tuple[str, str]] = []

    def is_heading_row(self, r: int, filled: list[str]) -> bool:
        """Whether a printed row is a heading over the rows below it, and not a task whose other cells vanished."""
        sheet = self.sheet
        if len(set(filled)) != 1 or len(sheet.fields) < 2:
            if len(filled) == 2 and is_number(filled[0]) and sheet.grid.spans:
                return self.sheet.spans_rest(r)
            return False
        text = filled[0]
        if _REMARK.match(text):
            return True
        if is_number(text):
            return False
        number = leading_number(text)
        spread = sheet.spans_rest(r)
        if spread or len(filled) > 1:
            return True
        if number and sheet.text_rank is not None:
            return number.rank < sheet.text_rank and len(text) <= 60
        if any((r, c) in sheet.origin for c in range(len(sheet.fields))):
            return False
        return (
            len(text) <= 30
            and not ends_sentence(text)
            and (number is None or number.rank <= 2)
            and likeness(text) < 0.6
        )

    def heading_row(self, r: int, filled: list[str]) -> None:
        """A heading in a row of its own, or a remark below the table."""
        place, text = self.sheet.place(r), "".join(dict.fromkeys(filled))
        if _REMARK.match(text) or len(text) > 80:
            self.account.first_leads |= states_order(text)
            self.account.leave(place, text, "表中附注")
            return
        number = leading_number(text)
        self._open(Heading(text, number.rank if number else 0.9), place)

    def _open(self, heading: Heading, place: str) -> None:
        printed = re.sub(r"\s+", "", heading.printed) if not heading.printed.isascii() else heading.printed
        printed = re.sub(r"[（(]\s*续\s*[）)]$", "", printed)
        title, owners, role = heading_owners(printed)
        if any(kept.printed == title for kept in self.headings):
            self.account.put(place, heading.printed, "重复标题")
            return
        self.account.put(place, heading.printed, "标题")
        self.opened.append((place, heading.printed))
        self.headings = under(self.headings, Heading(title, heading.rank))
        if owners:
            self.heading_owners[title] = owners
        self.default = role

    def rows(self, laid: list[dict[int, list[Cell]]]) -> None:
        """Take in laid-out rows."""
        for row in laid:
            self.read += 1
            self._row(row)

    def _row(self, row: dict[int, list[Cell]]) -> None:
        sheet = self.sheet
        first = min((cells[0] for cells in row.values()), key=lambda cell: (cell.row, cell.column))
        place = sheet.place(first.row)
        said: dict[Kind, list[tuple[Field, str]]] = {}
        for j in sorted(row):
            said.setdefault(sheet.fields[j].kind, []).append((sheet.fields[j], glued([cell.text for cell in row[j]])))
        number = next((text for _, text in said.get(Kind.NUMBER, [])), None)
        section_number = self._headings(said, number, place)
        owners = self._owners(row, said, first.row)
        text = next((text for _, text in said.get(Kind.TEXT, [])), "")
        if not text:
            self._without_text(said, owners, place, number)
            return
        self._tasks(text, None if section_number else number, owners, said, place, section_number, first)

    def _headings(self, said: dict[Kind, list[tuple[Field, str]]], number: str | None, place: str) -> str | None:
        """Open the headings of a row; the number cell, where it numbers the heading and not the task."""
        rank = 0.0
        for one, text in said.get(Kind.HEADING, []):
            printed = leading_number(text)
            rank = max(printed.rank if printed else float(one.depth), rank + 0.1)
            self._open(Heading(text.replace("\n", ""), rank), place)
        return number if number and said.get(Kind.HEADING) and self.numbers_headings else None

    def _owners(self, row: dict[int, list[Cell]], said: dict[Kind, list[tuple[Field, str]]], r: int) -> Owners:
        """What the unit cells of a row say, cells that a merge hands down included (`handed` notes that)."""
        owners = Owners()
        for j, one in enumerate(self.sheet.fields):
            if one.kind is not Kind.UNITS:
                continue
            role = one.role
            if self.sheet.spans_roles(r, j):
                role = None
            if role in (None, Role.RESPONSIBLE) and self.default:
                role = self.default
            if j in row:
                owners.merge(owners_of("\n".join([cell.text for cell in row[j]]), role))
        return owners

    def _inherit(self, owners: Owners, r: int, place: str) -> bool:
        """Fill in what merged cells hand down; whether anything was. A guess is noted."""
        handed = False
        for j, one in enumerate(self.sheet.fields):
            up = self.sheet.origin.get((r, j))
            if one.kind is Kind.UNITS and up and up[0] < r and (up[1] == j):
                owners.merge(owners_of(self.sheet.rows[up[0]][up[1]], one.role))
                handed = True
        if owners.names():
            return handed
        printed = {heading.printed for heading in self.headings}
        from_heading = [self.heading_owners[title] for title in printed if title in self.heading_owners]
        if from_heading:
            for given in from_heading:
                owners.merge(given)
            return True
        if self.tasks and self.tasks[-1].names():
            above = self.tasks[-1]
            for role in Role:
                for name in above.of(role):
                    owners.add(name, role)
            owners.tail = above.units_tail
            self.account.find(place, f"责任单位为空，按合并单元格沿用上一行：{'、'.join(above.names())}")
            return True
        return False

    def _without_text(
        self, said: dict[Kind, list[tuple[Field, str]]], owners: Owners, place: str, number: str | None
    ) -> None:
        """A row without a requirement: more of the task above, or only a heading."""
        if owners.names() and self.tasks:
            above = self.tasks[-1]
            held = Owners(list(above.lead), list(above.responsible), list(above.support), above.units_tail)
            held.merge(owners)
            self.tasks[-1] = replace(
                above,
                lead=tuple(held.lead),
                responsible=tuple(held.responsible),
                support=tuple(held.support),
                units_tail=held.tail,
                notes=(*above.notes, *owners.notes),
            )
        elif owners.names():
            self.account.leave(place, "、".join(owners.names()), "只有责任单位，没有任务")
        for kind in (Kind.DEADLINE, Kind.PERSON, Kind.NOTE, Kind.OTHER):
            for one, text in said.get(kind, []):
                if self.tasks and kind is Kind.DEADLINE and not self.tasks[-1].deadline:
                    self.tasks[-1] = replace(self.tasks[-1], deadline=text)
                else:
                    self.account.leave(place, text, f"所在行没有任务（{one.title}）")
        if number and not said.get(Kind.HEADING):
            self.account.leave(place, number, "所在行没有任务（序号）")

    def _tasks(
        self,
        text: str,
        number: str | None,
        owners: Owners,
        said: dict[Kind, list[tuple[Field, str]]],
        place: str,
        section_number: str | None,
        first: Cell,
    ) -> None:
        """The task of a row, or the tasks where one cell holds several."""
        own = bool(owners.names())
        if self.sheet.column(Kind.UNITS) is None:
            cut = cut_assignments(text)
            if cut and cut[-1][1]:
                for piece, given in cut:
                    self._task(piece, number, given or Owners(), said, place, section_number, False, first)
                return
        inherited = self._inherit(owners, first.row, place)
        deadline = said.get(Kind.DEADLINE) or [
            (Field("", Kind.DEADLINE), handed)
            for handed in [self.sheet.handed_down(first.row, Kind.DEADLINE)]
            if handed
        ]
        said = {**said, Kind.DEADLINE: deadline}
        if not owners.names() and own is False and not self.tasks and self.sheet.column(Kind.UNITS) is None:
            self.account.leave(place, text, "没有责任单位")
            return
        pieces = self._pieces(text, number)
        for n, piece in enumerate(pieces):
            self._task(
                piece,
                number,
                owners,
                said if n == 0 else {Kind.DEADLINE: deadline},
                place,
                section_number,
                inherited or n > 0,
                first,
            )

    def _pieces(self, text: str, number: str | None) -> list[str]:
        """A cell that holds several numbered tasks, cut before each; a cell with a number of its own is one task."""
        head = leading_number(text)
        if number or head is None or head.rank != self.sheet.text_rank:
            return [text]
        out: list[str] = []
        for piece in numbered_pieces(text):
            begins = leading_number(piece)
            if out and (begins is None or begins.rank != head.rank):
                out[-1] += piece
            else:
                out.append(piece)
        return out

    def _task(
        self,
        text: str,
        number: str | None,
        owners: Owners,
        said: dict[Kind, list[tuple[Field, str]]],
        place: str,
        section_number: str | None,
        inherited: bool,
        first: Cell,
    ) -> None:
        printed = leading_number(text)
        if number is None and printed:
            number, text = printed.printed, text[printed.end :]
        for one, person in said.get(Kind.PERSON, []):
            self.account.leave(place, f"{one.title}：{person}", "个人，不作责任单位")
        for person in owners.persons:
            self.account.leave(place, person, "个人，不作责任单位")
        for name in owners.unsure:
            self.account.find(place, f"“{name}”不像单位名称，请核对")
        notes = list(owners.notes)
        notes.extend(
            f"{one.title}：{said_text}" if one.title and one.kind is Kind.OTHER else said_text
            for kind in (Kind.NOTE, Kind.OTHER)
            for one, said_text in said.get(kind, [])
            if not re.fullmatch(r"[-—/／无\s]*", said_text)
        )
        self.account.first_leads |= owners.first_leads
        section, subsection = sections_of(self.headings)
        deadline = (
            "；".join(text for _, text in said.get(Kind.DEADLINE, []) if not re.fullmatch(r"[-—/／无\s]*", text))
            or owners.deadline
        )
        self.tasks.append(
            DraftTask(
                number=number,
                section=section,
                subsection=subsection,
                text=flat(text),
                lead=tuple(owners.lead),
                responsible=tuple(owners.responsible),
                support=tuple(owners.support),
                place=place,
                units_tail=owners.tail,
                deadline=deadline and flat(deadline),
                inherited=inherited,
                notes=tuple(notes),
                section_number=section_number,
            )
        )
        self.torn = first
        self.opened = []

    def leave_last_headings(self) -> None:
        """What reads as headings but has no task below it in the table, at the end of the document, is no heading."""
        for place, text in self.opened:
            self.account.placed.remove((place, text.strip(), "标题"))
            self.account.leave(place, text, "任务之外的文字")

    def drop_torn_tail(self) -> None:
        """Leave out a last task that the text breaks off in: no bodies of its own, or a name cut short."""
        if not self.tasks or self.torn is None:
            return
        task = self.tasks[-1]
        row = [cell for cell in self.sheet.rows[self.torn.row] if cell.strip()]
        bare = (
            task.inherited
            and len(row) <= 2
            and not ends_sentence(task.text)
            and not self.sheet.grid.spans
            and len(self.sheet.rows[self.torn.row]) < len(self.sheet.fields)
        )
        names = task.names()
        cut_name = bool(names) and not task.inherited and self._cut_name(task)
        if bare or cut_name or not names:
            self.tasks.pop()
            self.account.findings = [found for found in self.account.findings if found.place != task.place]
            self.account.leave(
                task.place,
                (task.number or "") + task.text + "｜" + "、".join(names if cut_name else ()),
                "原文在此中断，任务不完整",
            )
            self.account.find(task.place, "原文在此中断，最后一项任务不完整，未收录")

    def _cut_name(self, task: DraftTask) -> bool:
        """Whether the last name of the table breaks off: in a whole row, where a longer name begins with it."""
        last = self.sheet.rows[-1]
        words = [cell for cell in last if cell.strip()]
        if self.sheet.grid.spans or not words:
            return False
        name = re.split(r"[、，,；;]", words[-1])[-1].strip()
        if not name or is_body(name) or name not in task.names():
            return False
        whole = self.sheet.grid.kind == "table" and len(last) >= len(self.sheet.fields)
        return not whole or any(
            other != name and other.startswith(name) for kept in self.tasks for other in kept.names()
        )
