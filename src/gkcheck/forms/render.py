"""Render a form as the bytes of an .xlsx workbook, laid out for the screen and for A4."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from html import escape
from math import ceil

from gkcheck import labels
from gkcheck.forms.cells import encoded, mark_of, text_in
from gkcheck.forms.layout import (
    COLUMNS,
    CURRENT_STATUS,
    DAY,
    DEADLINE,
    FONT_SIZE,
    FORMAT,
    HEADER_ROW,
    NUMBER,
    PRINTED,
    PUBLISHED,
    REGISTRATION,
    ROLE,
    SECTION,
    STATUS,
    VERSION,
    Form,
    FormRow,
)
from gkcheck.forms.template import MAIN, METADATA, Template, template
from gkcheck.model import Deadline, Status
from gkcheck.text.escapes import needs_quote_prefix
from gkcheck.text.width import width
from gkcheck.views.statuses import assignment_status, missed_periods

_INSTRUCTIONS = (
    "填写说明：只填浅黄色的格。没有变化的行留空；要报告的行必须在“完成情况”中选一项（已完成、推进中、受阻、不涉及、未开始），其余各格可以不填。"
    "填报人和联系电话只在上面写一次。日期写成 2019-11-01。佐证材料写网址（可加标题，一行一个）或文号；附件请另行报送。保存为 xlsx 后交回，不要复制到别的工作簿。"
)
_OF_PERIODS = "定期的任务填“完成时限”里写明的那一期；补报往期的，“办理日期”写那一期里的日子。"

_LINE_HEIGHT = 15.0
"""In points."""

_MIN_LINES = 4
"""The fewest lines of a row: an address that somebody fills in takes three or four."""

_MAX_HEIGHT = 409.0
"""The tallest row that Excel allows, in points."""

_LETTERS = [chr(ord("A") + i) for i in range(26)]
_CENTRED = frozenset({NUMBER, ROLE, DEADLINE, CURRENT_STATUS, STATUS})


def render_form(form: Form) -> bytes:
    """Return one form as .xlsx."""
    blank = template(len(form.rows))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in blank.parts.items():
            package.writestr(name, data)
        package.writestr(MAIN, _sheet(blank.main, _main_rows(form, blank)))
        package.writestr(METADATA, _sheet(blank.metadata, _metadata_rows(form)))
    return out.getvalue()


def _sheet(xml: tuple[bytes, bytes], rows: Iterable[str]) -> bytes:
    return xml[0] + f"<sheetData>{''.join(rows)}</sheetData>".encode() + xml[1]


def _main_rows(form: Form, blank: Template) -> Iterable[str]:
    styles = blank.styles
    label, total = styles["label"], sum(column.width for column in COLUMNS)
    title, subtitle = f"{form.title}填报表", f"共 {len(form.rows)} 项，状态截至 {labels.when(form.made_at)}"
    yield _row(1, max(30.0, 24.0 * _line_count(title, total / 16 * FONT_SIZE)), [_text(1, 0, title, styles["title"])])
    unit = [_text(2, 0, "填报单位：", label), _text(2, 2, form.unit, label)]
    for title, (column, first, last) in REGISTRATION.items():
        unit += [_text(2, c - 1, f"{title}：" if c == column else "", styles["ask"]) for c in range(column, first)]
        unit += [_text(2, c - 1, "", styles["open-short"]) for c in range(first, last + 1)]
    unit.append(_text(2, 9, subtitle, label))
    yield _row(2, max(24.0, _LINE_HEIGHT * _line_count(form.unit, COLUMNS[2].width) + 3), unit)
    how = _INSTRUCTIONS + (_OF_PERIODS if any(row.state.period for row in form.rows) else "")
    yield _row(3, _LINE_HEIGHT * _line_count(how, total) + 6, [_text(3, 0, how, styles["how"])])
    titles = [
        _text(HEADER_ROW, c, column.title, styles["header-open" if column.fill_in else "header"])
        for c, column in enumerate(COLUMNS)
    ]
    yield _row(HEADER_ROW, 2 * _LINE_HEIGHT + 6, titles)
    for r, row in enumerate(form.rows, HEADER_ROW + 1):
        yield _assignment(r, row, styles)


def _assignment(r: int, row: FormRow, styles: dict[str, int]) -> str:
    state = row.state
    printed = _printed(row)
    texts = (str(row.task), printed[SECTION], row.text, *(printed[title] for title in (ROLE, DEADLINE, CURRENT_STATUS)))
    cells = [f'<c r="A{r}" s="{styles["short"]}"><v>{row.task}</v></c>']
    for c, column in enumerate(COLUMNS[1:], 1):
        if column.fill_in:
            cells.append(f'<c r="{_LETTERS[c]}{r}" s="{styles[_fill_in_style(column.title, state.status)]}"/>')
        else:
            kind = "short" if column.title in _CENTRED else "text"
            cells.append(_text(r, c, texts[c], styles["quoted" if needs_quote_prefix(texts[c]) else kind]))
    lines = max(_line_count(text, column.width) for text, column in zip(texts, COLUMNS, strict=False))
    return _row(r, max(_MIN_LINES, lines) * _LINE_HEIGHT + 6, cells)


def _printed(row: FormRow) -> dict[str, str]:
    """Return the texts that are printed for the unit to read, by column."""
    state = row.state
    status = assignment_status(state) + (f"：{state.reason}" if state.reason else "")
    missed = missed_periods(state)
    status += f"\n往期未报：{missed}" if missed else ""
    texts = (row.section, labels.ROLE[state.assignment.role], _due(state.deadline), status)
    return dict(zip(PRINTED, texts, strict=True))


def _due(deadline: Deadline | None) -> str:
    """Return `labels.deadline`, with the day on a line of its own."""
    if deadline and deadline.date and (words := labels.deadline_words(deadline)):
        return f"{words}\n{labels.due_day(deadline)}"
    return labels.deadline(deadline)


def _fill_in_style(title: str, status: Status) -> str:
    if status is Status.CONFIRMED:
        return "closed"
    if title in (DAY, PUBLISHED):
        return "open-day"
    return "open-short" if title in _CENTRED else "open-text"


def _metadata_rows(form: Form) -> Iterable[str]:
    """Render the hidden sheet: the facts of the form, then the fingerprint and last entry of every assignment."""
    facts: list[tuple[str, ...]] = [
        (FORMAT, str(VERSION)),
        ("form", form.id),
        ("plan", form.plan),
        ("unit", form.unit),
        ("made", form.made_at),
        ("seq", str(form.seq)),
        ("entry", form.entry),
        ("task", "fingerprint", "last", "printed"),
        *((str(row.task), row.fingerprint, row.last_entry, _marks(row)) for row in form.rows),
    ]
    for r, fact in enumerate(facts, 1):
        yield _row(r, None, [_text(r, c, text, 0) for c, text in enumerate(fact)])


def _marks(row: FormRow) -> str:
    """Return the marks of the printed texts as they stand in the workbook, by which a change of them is found."""
    return " ".join(mark_of(text_in(encoded(text))) for text in _printed(row).values())


def _row(r: int, height: float | None, cells: Iterable[str]) -> str:
    tall = f' ht="{min(height, _MAX_HEIGHT):g}" customHeight="1"' if height else ""
    return f'<row r="{r}"{tall}>{"".join(cells)}</row>'


def _text(r: int, c: int, text: str, style: int) -> str:
    """Render a cell that holds text: never a formula, never a number."""
    place = f'r="{_LETTERS[c]}{r}" s="{style}"'
    if not text:
        return f"<c {place}/>"
    return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{escape(encoded(text), quote=False)}</t></is></c>'


def _line_count(text: str, columns: float) -> int:
    """Estimate the lines of a text in a column as wide as `columns` digits of the standard font, a tenth too many."""
    room = max(2.0, columns * 0.9 - 1)
    return sum(max(1, ceil(width(line) / room)) for line in text.split("\n")) or 1
