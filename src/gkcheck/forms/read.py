"""Read a filled-in workbook: its rows with the address of every cell, or why it is not a form.

The workbook may have been saved by Excel, WPS or LibreOffice, sorted, filtered, widened, and have rows added below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, NamedTuple

from gkcheck.errors import BadDocument
from gkcheck.forms.account import spread_merged, unread_of_table, unread_sheet
from gkcheck.forms.cells import number_in, text_in
from gkcheck.forms.layout import (
    COLUMNS,
    FORMAT,
    METADATA_SHEET,
    NUMBER,
    OLD_COLUMNS,
    PERSON,
    PHONE,
    STATUS,
    TEXT,
    VERSION,
)
from gkcheck.forms.workbook import Sheet, address, read_workbook
from gkcheck.importers.formats.ooxml import PackageGuard
from gkcheck.model import Problem, Where
from gkcheck.text.characters import ordinary

_HEADER_ROWS = 30
"""Rows, from the top of a sheet, that are searched for the column titles."""

LARGEST = 20 << 20
"""The largest file, in bytes, that is taken for a form; a filled one has some 30 KB."""

MOST_ROWS = 20_000
"""The most rows of a form that are filled in or numbered."""

_AGAIN = "请在发下去的填报表（xlsx）上填写后交回"
_GUARD = PackageGuard("", _AGAIN, most_parts=500, most_unpacked=40 << 20, most_marks=800_000)
"""The bounds of a form that comes back. One of 2,000 tasks, filled in and saved by LibreOffice, has 540,000 marks."""

_NO_FORM = "不是 gkcheck 的填报表（没有登记页），可能是另做的或复制到新工作簿的，请在发下去的填报表上填写"


class Cell(NamedTuple):
    """A cell's value as it was typed, its address (H12), and where its hyperlink leads."""

    value: Any
    address: str
    link: str = ""

    @property
    def text(self) -> str:
        return text_in(self.value)


class FilledRow(NamedTuple):
    """One row in which something is filled in or a number stands: its row number and its cells by column title."""

    row: int
    cells: dict[str, Cell]


class FormBaseline(NamedTuple):
    """State of an assignment when the form was made: the task's fingerprint, the entry of its last status.

    `marks` are those of the printed texts, in the order of `PRINTED`; empty in forms made before there were any.
    """

    fingerprint: str
    last: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilledForm:
    """A form that came back.

    `tasks` are the assignments it was made with, by task id; `unit_cells` are the unit as written on each sheet.
    `registration` holds the cells of 填报人 and 联系电话, by title. `year` is the one the form was made in, `made_at` the
    time, ISO 8601. `unread` is what stands in the file beside the rows. `validate` fills `problems` and `understood`
    (words of a status, as typed → as meant).
    """

    name: str
    id: str
    plan: str
    unit: str
    tasks: dict[int, FormBaseline]
    rows: tuple[FilledRow, ...]
    unit_cells: tuple[Cell, ...]
    year: int | None = None
    registration: dict[str, list[Cell]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)
    understood: dict[str, str] = field(default_factory=dict)
    made_at: str = ""

    def add_problem(self, cell: Cell | None, message: str) -> None:
        """Add a problem at a cell, or with the file as a whole."""
        self.problems.append(problem_at(self.name, cell.address if cell else None, message))

    def add_unread(self, cell: Cell, message: str) -> None:
        """List a cell of which something was not recorded."""
        self.unread.append(problem_at(self.name, cell.address, message))


def problem_at(name: str, address: str | None, message: str) -> Problem:
    """Return a problem that reads `台城街道.xlsx!H12: …`, or `台城街道.xlsx: …` without an address."""
    return Problem(Where(f"{name}!{address}" if address else name, 0), message)


def read_form(data: bytes, name: str) -> FilledForm:
    """Read a filled-in form; `name` is what messages call the file.

    Raises:
        BadDocument: it is no form, or none that this version can read; the text is one sentence without the name.
    """
    _check_workbook(data)
    metadata = None
    tables: list[_Table] = []
    unread: list[tuple[str, str]] = []
    for sheet in read_workbook(data, _GUARD):
        if sheet.title == METADATA_SHEET:
            metadata = sheet
        elif table := _table(sheet):
            tables.append(table._replace(prefix=f"{sheet.title}!" if tables else ""))
        else:
            unread += [(f"{sheet.title}!{place}", what) for place, what in unread_sheet(sheet)]
    if metadata is None:
        raise BadDocument(_NO_FORM)
    facts, tasks = _metadata(metadata)
    if not tables:
        raise BadDocument("找不到表头（序号、完成情况），请在发下去的填报表上填写")
    for table in tables:
        _check_titles(table)
    year = facts.get("made", "")[:4]
    form = FilledForm(
        name,
        facts["form"],
        facts["plan"],
        facts["unit"],
        tasks,
        (),
        (),
        int(year) if year.isascii() and year.isdecimal() else None,
        made_at=facts.get("made", "-"),
    )
    for table in tables:
        unread += [(f"{table.prefix}{place}", what) for place, what in unread_of_table(*table[:3])]
        units = (*form.unit_cells, *_labelled(table, _UNIT))
        form = replace(form, rows=(*form.rows, *_filled_rows(form, table)), unit_cells=units)
    form.unread.extend(problem_at(name, place, what) for place, what in unread)
    return replace(form, registration=_registration(tables, form.rows))


def _check_titles(table: _Table) -> None:
    missing = [
        column.title
        for column in COLUMNS
        if column.title not in table.columns and (column.fill_in or column.title == TEXT)
    ]
    if missing:
        raise BadDocument(f"表头缺少“{'、'.join(missing)}”，可能删了列或改了表头，请在发下去的填报表上填写")


def _check_workbook(data: bytes) -> None:
    """Refuse what is no workbook, in words that tell what it is instead, and what the guard refuses."""
    if len(data) > LARGEST:
        raise BadDocument(f"文件超过 {LARGEST >> 20} MB，不像填报表，{_AGAIN}")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadDocument("是旧格式（.xls、.et、.doc）或有密码的文件，请去掉密码，另存为 xlsx 后交回")
    if not data.strip():
        raise BadDocument(f"是空文件，{_AGAIN}")
    if not data.startswith(b"PK"):
        raise BadDocument(f"不是工作簿（可能是 CSV 或别的文件），{_AGAIN}")
    for _ in _GUARD.read(data, lambda _: True):  # a sheet may have any name
        pass


def _metadata(sheet: Sheet) -> tuple[dict[str, str], dict[int, FormBaseline]]:
    """Return the facts of the hidden sheet by key (`form`, `plan`, `unit` …), and its assignments by task id."""
    facts: dict[str, str] = {}
    tasks: dict[int, FormBaseline] = {}
    for row, values in sheet.rows.items():
        key, value, last, marks = (text_in(values.get(column)) for column in (1, 2, 3, 4))
        task = number_in(key)
        if task is not None:
            tasks[task] = FormBaseline(value, last, tuple(marks.split()))
        elif key.isdecimal():
            raise BadDocument(f"登记页第 {row} 行的编号有 {len(key)} 位，登记页已被改动，{_AGAIN}")
        elif key:
            facts.setdefault(key, value)
    if not {FORMAT, "form", "plan", "unit"} <= facts.keys():
        raise BadDocument(_NO_FORM)
    version = number_in(facts[FORMAT])
    if version is None or version > VERSION:
        raise BadDocument(f"是第 {facts[FORMAT][:20]} 版填报表，本程序只认到第 {VERSION} 版，请升级 gkcheck")
    if not re.fullmatch(r"[0-9a-f]{16}", facts["form"]) or max(map(len, facts.values())) > _LONGEST_FACT:
        raise BadDocument(f"登记页已被改动，{_AGAIN}")
    return facts, tasks


_LONGEST_FACT = 1_000
"""The most characters of a fact on the hidden sheet; an id or a name has a tenth of that."""


class _Table(NamedTuple):
    """The table of a form: its sheet, the row of the titles, the column of each, and what its addresses begin with."""

    sheet: Sheet
    head: int
    columns: Mapping[str, int]
    prefix: str = ""

    def cell(self, row: int, column: int) -> Cell:
        value, link = self.sheet.rows.get(row, {}).get(column), self.sheet.links.get((row, column), "")
        return Cell(value, f"{self.prefix}{address(row, column)}", link)


def _table(sheet: Sheet) -> _Table | None:
    """Return the table of a sheet; None where no row near its top has the titles."""
    for row, values in sheet.rows.items():
        if row > _HEADER_ROWS:
            break
        titles: dict[str, int] = {}
        for column, value in sorted(values.items()):
            titles.setdefault(re.sub(r"\s", "", ordinary(text_in(value))), column)
        if {NUMBER, STATUS} <= titles.keys():
            known = [title for title in (*(column.title for column in COLUMNS), *OLD_COLUMNS) if title in titles]
            return _Table(sheet, row, {title: titles[title] for title in known})
    return None


_FILL_IN = [column.title for column in COLUMNS if column.fill_in]


def _filled_rows(form: FilledForm, table: _Table) -> Iterator[FilledRow]:
    """Yield the rows below the column titles in which a number stands or something is filled in.

    A cell merged over several rows speaks for all of them. Rows of other merged areas are problems of the form.
    """
    unclear = _spread_merged(form, table)
    count = 0
    for row in table.sheet.rows:
        if row <= table.head or row in unclear:
            continue
        cells = {title: table.cell(row, column) for title, column in table.columns.items()}
        if (
            any(cells[title].text for title in (*_FILL_IN, *OLD_COLUMNS) if title in cells)
            or number_in(cells[NUMBER].value) is not None
        ):
            count += 1
            if count > MOST_ROWS:
                raise BadDocument(f"填写的行超过 {MOST_ROWS} 行，不像填报表，{_AGAIN}")
            yield FilledRow(row, cells)


def _spread_merged(form: FilledForm, table: _Table) -> range:
    """Spread cells merged downwards; add a problem where areas are merged so that nobody knows whose words they hold.

    Returns:
        The rows of those areas.
    """
    number = table.columns[NUMBER]
    numbered = [
        row
        for row, values in table.sheet.rows.items()
        if row > table.head and number_in(values.get(number)) is not None
    ]
    columns = [table.columns[title] for title in _FILL_IN]
    merged = spread_merged(table.sheet, numbered, columns, number)
    if not merged:
        return range(0)
    corners = f"{address(merged[0].top, merged[0].left)}:{address(merged[0].bottom, merged[0].right)}"
    others = f"（共 {len(merged)} 处）" if len(merged) > 1 else ""
    form.add_problem(
        Cell(None, f"{table.prefix}{corners}"),
        f"合并了单元格{others}，分不清填的是哪一行、哪一列，请取消合并后逐格填写",
    )
    return range(merged[0].top, max(area.bottom for area in merged) + 1)


_UNIT = "填报单位"
_PRINTED = re.compile(rf"\s*(?:{_UNIT}|{PERSON}|{PHONE}|共 \d+ 项，状态截至)")
"""The text that may stand beside an empty cell in the row of the unit: the next label, or the count and the day of the form."""


def _registration(tables: Sequence[_Table], rows: Sequence[FilledRow]) -> dict[str, list[Cell]]:
    """Return the cells with 填报人 and 联系电话: above each table, and in every row of a form of before."""
    found: dict[str, list[Cell]] = {}
    for title in (PERSON, PHONE):
        above = (cell for table in tables for cell in _labelled(table, title))
        found[title] = [cell for cell in (*above, *(row.cells.get(title) for row in rows)) if cell and cell.text]
    return found


def _labelled(table: _Table, label: str) -> Iterator[Cell]:
    """Yield the cells above the table with what a label asks for: that of the label itself, or the next in its row."""
    for row, values in table.sheet.rows.items():
        if row >= table.head:
            break
        cells = [cell for column in sorted(values) if (cell := table.cell(row, column)).text]
        for cell, after in zip_longest(cells, cells[1:]):
            if not cell.text.lstrip().startswith(label):
                continue
            own = cell.text.partition(label)[2].lstrip("：: ")
            if own:
                yield Cell(own, cell.address)
            elif after and not _PRINTED.match(after.text):
                yield after
