"""A form → the bytes of a workbook that looks right and prints right without touching anything."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from html import escape
from math import ceil

from gkcheck import labels
from gkcheck.forms import (
    COLUMNS,
    DAY,
    DEADLINE,
    FORMAT,
    HEAD,
    NUMBER,
    PERSON,
    PHONE,
    PUBLISHED,
    ROLE,
    SIZE,
    STANDS,
    STATUS,
    VERSION,
    Form,
    FormRow,
)
from gkcheck.forms.cells import encoded
from gkcheck.forms.template import MAIN, MARK, Template, template
from gkcheck.model import Deadline, Status
from gkcheck.text.escapes import needs_quote_prefix
from gkcheck.text.width import width
from gkcheck.views.statuses import assignment_status

_HOW = (
    "填写说明：只填浅黄色的格。没有变化的行留空；要报告的行必须在“完成情况”中选一项（已完成、推进中、受阻、不涉及、未开始），其余各格可以不填。"
    "日期写成 2019-11-01。佐证材料写网址（可加标题，一行一个）或文号；附件请另行报送。保存为 xlsx 后交回，不要复制到别的工作簿。"
)

_LINE = 15.0
"""The height of a line of the table, in points."""

_ROOM = 4
"""How many lines a row has room for at least: an address that somebody fills in takes three or four."""

_TALLEST = 409.0
"""The tallest row that Excel allows, in points."""

_LETTERS = [chr(ord("A") + i) for i in range(26)]
_CENTRED = frozenset({NUMBER, ROLE, DEADLINE, STANDS, STATUS, PERSON, PHONE})


def render_form(form: Form) -> bytes:
    """One form as .xlsx."""
    empty = template(len(form.rows))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in empty.parts.items():
            package.writestr(name, data)
        package.writestr(MAIN, _sheet(empty.main, _main_rows(form, empty)))
        package.writestr(MARK, _sheet(empty.mark, _mark_rows(form)))
    return out.getvalue()


def _sheet(around: tuple[bytes, bytes], rows: Iterable[str]) -> bytes:
    return around[0] + f"<sheetData>{''.join(rows)}</sheetData>".encode() + around[1]


def _main_rows(form: Form, empty: Template) -> Iterable[str]:
    styles = empty.styles
    title, last = f"{form.title}填报表", len(COLUMNS) - 1
    whole = sum(column.width for column in COLUMNS)
    stand = f"共 {len(form.rows)} 项，状态截至 {labels.when(form.made)}"
    yield _row(1, max(30.0, 24.0 * _lines(title, whole / 16 * SIZE)), [_text(1, 0, title, styles["title"])])
    yield _row(
        2,
        max(20.0, _LINE * _lines(form.unit, 70) + 3),
        [
            _text(2, 0, "填报单位：", styles["label"]),
            _text(2, 2, form.unit, styles["label"]),
            _text(2, 8, stand, styles["label"]),
        ],
    )
    yield _row(3, _LINE * _lines(_HOW, whole) + 6, [_text(3, 0, _HOW, styles["how"])])
    heads = [styles["header-open" if column.fill_in else "header"] for column in COLUMNS]
    yield _row(HEAD, 2 * _LINE + 6, [_text(HEAD, c, COLUMNS[c].title, heads[c]) for c in range(last + 1)])
    for r, row in enumerate(form.rows, HEAD + 1):
        yield _assignment(r, row, styles)


def _assignment(r: int, row: FormRow, styles: dict[str, int]) -> str:
    state = row.state
    stands = assignment_status(state) + (f"：{state.reason}" if state.reason else "")
    role, due = labels.ROLE[state.assignment.role], _due(state.deadline)
    said = (str(row.task), row.section, row.text, role, due, stands)
    cells = [f'<c r="A{r}" s="{styles["short"]}"><v>{row.task}</v></c>']
    for c, column in enumerate(COLUMNS[1:], 1):
        if column.fill_in:
            cells.append(f'<c r="{_LETTERS[c]}{r}" s="{styles[_fill_in(column.title, state.status)]}"/>')
        else:
            kind = "short" if column.title in _CENTRED else "text"
            cells.append(_text(r, c, said[c], styles["quoted" if needs_quote_prefix(said[c]) else kind]))
    lines = max(_lines(text, column.width) for text, column in zip(said, COLUMNS, strict=False))
    return _row(r, max(_ROOM, lines) * _LINE + 6, cells)


def _due(deadline: Deadline | None) -> str:
    """As `words.deadline`, the day on a line of its own."""
    if deadline and deadline.text and deadline.date:
        return f"{deadline.text}\n{deadline.date.isoformat()}"
    return labels.deadline(deadline)


def _fill_in(title: str, status: Status) -> str:
    if status is Status.CONFIRMED:
        return "closed"
    if title in (DAY, PUBLISHED):
        return "open-day"
    return "open-short" if title in _CENTRED else "open-text"


def _mark_rows(form: Form) -> Iterable[str]:
    """Which form this is, and where every assignment stood when it was made."""
    facts: list[tuple[str, ...]] = [
        (FORMAT, str(VERSION)),
        ("form", form.id),
        ("plan", form.plan),
        ("unit", form.unit),
        ("made", form.made),
        ("seq", str(form.seq)),
        ("entry", form.entry),
        ("task", "fingerprint", "last"),
        *((str(row.task), row.fingerprint, row.last) for row in form.rows),
    ]
    for r, fact in enumerate(facts, 1):
        yield _row(r, None, [_text(r, c, text, 0) for c, text in enumerate(fact)])


def _row(r: int, height: float | None, cells: Iterable[str]) -> str:
    tall = f' ht="{min(height, _TALLEST):g}" customHeight="1"' if height else ""
    return f'<row r="{r}"{tall}>{"".join(cells)}</row>'


def _text(r: int, c: int, text: str, style: int) -> str:
    """A cell that holds text and nothing else: never a formula, never a number."""
    place = f'r="{_LETTERS[c]}{r}" s="{style}"'
    if not text:
        return f"<c {place}/>"
    return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(encoded(text), quote=False)}</t></is></c>'


def _lines(text: str, columns: float) -> int:
    """How many lines a text takes in a column, in digits of the standard font; on the safe side by a tenth."""
    room = max(2.0, columns * 0.9 - 1)
    return sum(max(1, ceil(width(line) / room)) for line in text.split("\n")) or 1
