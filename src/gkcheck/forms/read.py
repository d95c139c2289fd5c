"""Read a filled-in workbook: its rows with the address of every cell, or why it is not a form.

The workbook may have been saved by Excel, WPS or LibreOffice, sorted, filtered, widened, and have rows added below.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gkcheck.errors import BadDocument
from gkcheck.forms.cells import number_in, text_in
from gkcheck.forms.layout import COLUMNS, FORMAT, METADATA_SHEET, NUMBER, STATUS, TEXT, VERSION
from gkcheck.importers.formats.ooxml import PackageGuard, is_xml
from gkcheck.model import Problem, Where
from gkcheck.text.characters import ordinary

_HEADER_ROWS = 30
"""Rows, from the top of a sheet, that are searched for the column titles."""

LARGEST = 20 << 20
"""The largest file, in bytes, that is taken for a form; a filled one has some 30 KB."""

_AGAIN = "请在发下去的填报表（xlsx）上填写后交回"
_GUARD = PackageGuard("", _AGAIN, most_parts=500, most_unpacked=40 << 20)

_NO_FORM = "不是 gkcheck 的填报表（没有登记页），可能是另做的或复制到新工作簿的，请在发下去的填报表上填写"


class Cell(NamedTuple):
    """A cell's value as it was typed, and its address (H12)."""

    value: Any
    address: str

    @property
    def text(self) -> str:
        return text_in(self.value)


class FilledRow(NamedTuple):
    """One row in which something is filled in or a number stands: its row number and its cells by column title."""

    row: int
    cells: dict[str, Cell]


class FormBaseline(NamedTuple):
    """State of an assignment when the form was made: the task's fingerprint, the entry of its last status."""

    fingerprint: str
    last: str


@dataclass(frozen=True)
class FilledForm:
    """A form that came back.

    `tasks` are the assignments it was made with, by task id; `unit_cell` is the unit as written on the visible sheet.
    `validate` fills `problems` and `ignored_rows` (rows without a number and a status: signatures, sums).
    """

    name: str
    id: str
    plan: str
    unit: str
    tasks: dict[int, FormBaseline]
    rows: tuple[FilledRow, ...]
    unit_cell: Cell | None
    problems: list[Problem] = field(default_factory=list)
    ignored_rows: list[int] = field(default_factory=list)

    def add_problem(self, cell: Cell | None, message: str) -> None:
        """Add a problem at a cell, or with the file as a whole."""
        self.problems.append(problem_at(self.name, cell.address if cell else None, message))


def problem_at(name: str, address: str | None, message: str) -> Problem:
    """Return a problem that reads `台城街道.xlsx!H12: …`, or `台城街道.xlsx: …` without an address."""
    return Problem(Where(f"{name}!{address}" if address else name, 0), message)


def read_form(data: bytes, name: str) -> FilledForm:
    """Read a filled-in form; `name` is what messages call the file.

    Raises:
        BadDocument: it is no form, or none that this version can read; the text is one sentence without the name.
    """
    _check_workbook(data)
    book = _open(data, formulas=True)
    if METADATA_SHEET not in book.sheetnames:
        raise BadDocument(_NO_FORM)
    facts, tasks = _metadata(book[METADATA_SHEET])
    sheet, head, columns = _table(book)
    _compute(data, sheet, head)
    rows = tuple(_filled_rows(sheet, head, columns))
    return FilledForm(name, facts["form"], facts["plan"], facts["unit"], tasks, rows, _unit(sheet, head))


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
    if "xl/workbook.xml" not in dict(_GUARD.read(data, is_xml)):
        raise BadDocument(f"不是 xlsx 工作簿，{_AGAIN}")


def _open(data: bytes, formulas: bool) -> Any:
    """Open the workbook; with `formulas` a cell holds its formula, else the value last computed."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(io.BytesIO(data), data_only=not formulas)
        except MemoryError:
            raise
        except Exception:  # openpyxl raises whatever its parsing meets
            raise BadDocument("工作簿已损坏，打不开，请用办公软件修复后另存为 xlsx 再交回") from None


def _compute(data: bytes, sheet: Any, head: int) -> None:
    """Replace each formula by its last computed value, or by its own text where it was never computed."""
    formulas = [cell for row in sheet.iter_rows(min_row=head + 1) for cell in row if cell.data_type == "f"]
    if not formulas:
        return
    values = _open(data, formulas=False)[sheet.title]
    for cell in formulas:
        computed = values[cell.coordinate].value
        cell.value = str(getattr(cell.value, "text", cell.value)) if computed is None else computed


def _metadata(sheet: Any) -> tuple[dict[str, str], dict[int, FormBaseline]]:
    """Return the facts of the hidden sheet by key (`form`, `plan`, `unit` …), and its assignments by task id."""
    facts: dict[str, str] = {}
    tasks: dict[int, FormBaseline] = {}
    for row in sheet.iter_rows(min_row=1, max_col=3, values_only=True):
        key, value, last = (text_in(cell) for cell in (*row, None, None, None)[:3])
        if key.isdecimal():
            tasks[int(key)] = FormBaseline(value, last)
        elif key:
            facts.setdefault(key, value)
    if not {FORMAT, "form", "plan", "unit"} <= facts.keys():
        raise BadDocument(_NO_FORM)
    if not facts[FORMAT].isdecimal() or int(facts[FORMAT]) > VERSION:
        raise BadDocument(f"是第 {facts[FORMAT]} 版填报表，本程序只认到第 {VERSION} 版，请升级 gkcheck")
    return facts, tasks


def _table(book: Any) -> tuple[Any, int, dict[str, int]]:
    """Find the table: its sheet, the row of the column titles, and the column (from 0) of each title."""
    for sheet in book.worksheets:
        if sheet.title == METADATA_SHEET:
            continue
        for r, row in enumerate(sheet.iter_rows(min_row=1, max_row=_HEADER_ROWS, values_only=True), 1):
            titles: dict[str, int] = {}
            for c, value in enumerate(row):
                titles.setdefault(re.sub(r"\s", "", ordinary(text_in(value))), c)
            if {NUMBER, STATUS} <= titles.keys():
                missing = [
                    column.title
                    for column in COLUMNS
                    if column.title not in titles and (column.fill_in or column.title == TEXT)
                ]
                if missing:
                    raise BadDocument(f"表头缺少“{'、'.join(missing)}”，可能删了列或改了表头，请在发下去的填报表上填写")
                return sheet, r, {column.title: titles[column.title] for column in COLUMNS if column.title in titles}
    raise BadDocument("找不到表头（序号、完成情况），请在发下去的填报表上填写")


_FILL_IN = [column.title for column in COLUMNS if column.fill_in]


def _filled_rows(sheet: Any, head: int, columns: dict[str, int]) -> Any:
    """Yield the rows below the column titles in which a number stands or something is filled in."""
    for row in sheet.iter_rows(min_row=head + 1):
        cells = {}
        for title, c in columns.items():
            cell = row[c] if c < len(row) else None
            if cell is not None:
                cells[title] = Cell(cell.value, cell.coordinate)
        is_filled = any(cells[title].text for title in _FILL_IN if title in cells)
        if is_filled or (NUMBER in cells and number_in(cells[NUMBER].value) is not None):
            yield FilledRow(row[0].row, cells)


def _unit(sheet: Any, head: int) -> Cell | None:
    """Return the cell with the unit on the visible sheet: the one that says 填报单位, or the next."""
    for row in sheet.iter_rows(min_row=1, max_row=head - 1):
        label = next((i for i, cell in enumerate(row) if "填报单位" in ordinary(text_in(cell.value))), None)
        if label is not None:
            own = ordinary(text_in(row[label].value)).partition("填报单位")[2].lstrip("：: ")
            if own:
                return Cell(own, row[label].coordinate)
            unit = next((cell for cell in row[label + 1 :] if text_in(cell.value)), None)
            return Cell(unit.value, unit.coordinate) if unit is not None else None
    return None
