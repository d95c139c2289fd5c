"""Turn filled-in forms into drafts of entries, or report every problem with its cell.

A form is accepted whole or, if asked for, without the rows that have problems. Entries carry the id of the form they came from, so that the same form
collected again adds nothing, and one sent in again with more filled in adds only that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from gkcheck import labels
from gkcheck.errors import GkcheckError
from gkcheck.evidence.parse import read_linked_cell
from gkcheck.forms.cells import day_in, encoded, is_short_day, mark_of, number_in, same_text, text_in
from gkcheck.forms.layout import (
    CLAIMS,
    CURRENT_STATUS,
    DAY,
    EVIDENCE,
    NEXT,
    NUMBER,
    PERSON,
    PRINTED,
    PROBLEM,
    PROGRESS,
    PUBLISHED,
    STATUS,
    TEXT,
)
from gkcheck.forms.read import Cell, FilledForm, FilledRow
from gkcheck.forms.registration import filled_in_by, wrong_phones
from gkcheck.ledger.assignments import assignments_of, fingerprint
from gkcheck.ledger.fold import Ledger, State, Words, words_of
from gkcheck.lookup.units import find_unit, match_unit
from gkcheck.model import MAX_TEXT, STATUS_AFTER, Draft, Entry, Evidence, Plan, Status, Task
from gkcheck.operations.claims import Claim, adds_to, goes_back
from gkcheck.text.dates import may_lack_zero
from gkcheck.text.phones import name_and_phone, phone_in
from gkcheck.text.status_words import status_of_word

_EMPTY = Cell(None, "")


class AcceptedRow(NamedTuple):
    """A row to be recorded: the form's name, the cell of the status, the assignment's present state, the draft."""

    name: str
    cell: Cell
    task: Task
    state: State
    draft: Draft


def accept_forms(
    forms: Sequence[FilledForm],
    ledger: Ledger,
    entries: Sequence[Entry],
    today: date,
    force: bool = False,
    partial: bool = False,
) -> tuple[list[AcceptedRow], list[AcceptedRow]]:
    """Return the rows to be recorded from several forms, in their order, and the sound rows of forms with problems.

    Where two forms claim different things of one assignment, the later form is refused. The problems of each
    form are added to its `problems`.

    Args:
        entries: the live entries recorded from these forms before, in the order of facts; others may be among them.
        force: accept claims although others were recorded since the form was made, or they go back.
        partial: record the sound rows of forms with problems, too.
    """
    held: list[AcceptedRow] = []
    accepted: dict[tuple[int, str | None], AcceptedRow] = {}
    for form in forms:
        rows = []
        for row in _accept_form(form, ledger, entries, today, force):
            other = accepted.get((row.task.id, row.draft.unit))
            if other is not None and other.draft._replace(form=None, by=None) != row.draft._replace(form=None, by=None):
                place = f"{other.name}!{other.cell.address}"
                form.add_problem(row.cell, f"具体要求 {row.task.id} 在 {place} 填的不一样，请只交一份")
            else:
                rows.append(row)
        if form.problems and not partial:
            held += rows
            continue
        for row in rows:
            accepted.setdefault((row.task.id, row.draft.unit), row)
    return list(accepted.values()), held


def _accept_form(
    form: FilledForm, ledger: Ledger, entries: Iterable[Entry], today: date, force: bool
) -> list[AcceptedRow]:
    """Return the rows of a form that add something and have no problem, in task order."""
    if not _belongs_to(form, ledger):
        return []
    tasks = {task.id: task for task in ledger.plan.tasks()}
    owed = {assignment.task: assignment for assignment in assignments_of(ledger.plan, form.unit)}
    recorded = _entries_by_task(form, entries)
    for person in form.registration[PERSON]:
        if phone_in(name_and_phone(_text(form, person))[0]):
            form.add_problem(person, "分不清填报人和电话号码，号码请填在“联系电话”")
    for wrong in wrong_phones(form):
        form.add_problem(wrong, "联系电话不像电话号码，应写成 0750-5512345")
    for row in form.rows:
        _check_printed(form, row, tasks)
    accepted: dict[int, AcceptedRow] = {}
    contradicted: set[int] = set()
    for row in form.rows:
        task = _task(form, row, tasks)
        if task is None or not _matches_task(form, row, task, task.id in owed):
            continue
        claim = _claim(form, row, today)
        if claim is None:
            continue
        day = date.fromisoformat(claim.on) if claim.on else today
        state = ledger.state_for(task, owed[task.id], claim.action, day)
        cell = row.cells[STATUS]
        if not _is_new(claim, state, recorded.get(task.id, [])):
            continue
        is_current = force or (_is_current(form, cell, task, state) and _goes_on(form, cell, task, claim, state))
        if not _names_period(form, row, task, claim, state) or not is_current:
            continue
        draft = _draft(form, task, claim, filled_in_by(form, row.cells.get(PERSON, _EMPTY).text))
        if task.id in accepted and accepted[task.id].draft != draft:
            form.add_problem(cell, f"具体要求 {task.id} 在表中填了两次，内容不同，请只留一行")
            contradicted.add(task.id)
        accepted[task.id] = AcceptedRow(form.name, cell, task, state, draft)
    return [accepted[number] for number in sorted(accepted) if number not in contradicted]


# -- the form as a whole --------------------------------------------------------------------------------


def _belongs_to(form: FilledForm, ledger: Ledger) -> bool:
    """True if the form is of the ledger's plan and of one of its units, and every sheet of it says so too."""
    plan = ledger.plan
    if form.plan != plan.id:
        form.add_problem(None, f"这是“{_shortened(form.plan)}”的填报表，现在用的是“{plan.id}”，请换 --plan")
        return False
    known = {unit.name for unit in plan.units} | {group.name for group in plan.groups}
    if form.unit not in known:
        try:
            now = f"，现在可能叫“{find_unit(plan, form.unit)}”"
        except GkcheckError:
            now = ""
        cell = form.unit_cells[0] if form.unit_cells else None
        form.add_problem(cell, f"责任分工表里没有“{_shortened(form.unit)}”这个单位{now}，请发给它新的填报表")
        return False
    others = [cell for cell in form.unit_cells if not _names_unit(plan, cell.text, form.unit)]
    for cell in others:
        form.add_problem(cell, f"表上写的是“{_shortened(cell.text)}”，这份填报表是发给“{form.unit}”的，请各用各的表")
    return not others


def _names_unit(plan: Plan, text: str, unit: str) -> bool:
    """True if a text is the name of the unit, an alias or a short form of it."""
    if same_text(text, text_in(encoded(unit))):
        return True
    try:
        match = match_unit(plan, text[:_LONGEST_NAME])
    except GkcheckError:
        return False
    return match.name == unit and not match.loose


_LONGEST_NAME = 200


def _entries_by_task(form: FilledForm, entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    """Return the live entries recorded from this form before, by task, in the order of facts."""
    recorded: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.form == form.id and entry.task is not None and entry.unit == form.unit:
            recorded.setdefault(entry.task, []).append(entry)
    return recorded


# -- a row ----------------------------------------------------------------------------------------------


def _task(form: FilledForm, row: FilledRow, tasks: dict[int, Task]) -> Task | None:
    """Return the task a row is about; None where the row claims nothing or names no task of the plan.

    A name and a telephone number alone claim nothing.
    """
    if not any(row.cells.get(title, _EMPTY).text for title in _CLAIM_COLUMNS):
        return None
    cell = row.cells.get(NUMBER, _EMPTY)
    number = number_in(cell.value)
    if number is None and not row.cells[STATUS].text:
        return None
    if number is None:
        form.add_problem(row.cells[STATUS], "这一行选了完成情况，但没有序号，不知道是哪一项，请填在原有的行里")
    elif number not in tasks:
        form.add_problem(cell, f"责任分工表里没有第 {number} 项具体要求")
    else:
        return tasks[number]
    return None


def _check_printed(form: FilledForm, row: FilledRow, tasks: Mapping[int, Task]) -> None:
    """List the cells of a row that are not for a claim: printed ones with another text now, and links of any.

    The number and the text of a task are looked at here where the row claims nothing, else with the claim.
    """
    number = number_in(row.cells.get(NUMBER, _EMPTY).value) or 0
    baseline, task = form.tasks.get(number), tasks.get(number)
    silent = not any(row.cells.get(title, _EMPTY).text for title in _CLAIM_COLUMNS)
    if silent and number and baseline is None:
        form.add_unread(row.cells[NUMBER], f"序号 {number} 不是这份表里的，这一行没有读，请核对")
    altered: list[tuple[str, Cell]] = []
    if silent and baseline and task and baseline.fingerprint == fingerprint(task):
        text = row.cells[TEXT]
        altered += [(TEXT, text)] if not same_text(text.text, text_in(encoded(task.text))) else []
    for title, mark in zip(PRINTED, baseline.marks if baseline else (), strict=False):
        cell = row.cells.get(title, _EMPTY)
        altered += [(title, cell)] if mark_of(cell.text) != mark else []
    for title, cell in altered:
        if cell.text:
            hint = "，要报告的请填在“完成情况”" if title == CURRENT_STATUS else ""
            form.add_unread(cell, f"“{title}”一栏不用填，改写的“{_shortened(cell.text)}”没有记录{hint}")
    for title, cell in row.cells.items():
        if cell.link and cell.text and title not in _CLAIM_COLUMNS:
            form.add_unread(cell, f"“{title}”一栏的超链接 {_shortened(cell.link)} 没有记录，请核对")


_CLAIM_COLUMNS = (STATUS, DAY, PROGRESS, EVIDENCE, PUBLISHED, PROBLEM, NEXT)


def _matches_task(form: FilledForm, row: FilledRow, task: Task, owed: bool) -> bool:
    """True if the row is one of the unit's assignments and the task's text is the one the form was made with."""
    baseline = form.tasks.get(task.id)
    cell = row.cells.get(NUMBER, _EMPTY)
    if not owed or baseline is None:
        form.add_problem(cell, f"具体要求 {task.id} 不是“{form.unit}”的责任项，请删去这一行的填报")
        return False
    if baseline.fingerprint != fingerprint(task):
        form.add_problem(row.cells[TEXT], f"具体要求 {task.id} 在发表之后有变更，请发给单位新的填报表")
        return False
    if not same_text(row.cells[TEXT].text, text_in(encoded(task.text))):
        form.add_problem(row.cells[TEXT], f"具体要求 {task.id} 的文字与责任分工表不同，可能串了行，请核对")
        return False
    return True


def _claim(form: FilledForm, row: FilledRow, today: date) -> Claim | None:
    """Return the claim of a row; None where a problem was added to the form."""
    before = len(form.problems)
    cells = [row.cells.get(title, _EMPTY) for title in _CLAIM_COLUMNS]
    if spoken := next((cell for cell in cells if phone_in(cell.text) or phone_in(cell.link)), None):
        form.add_problem(spoken, "写了电话号码，电话不记入台账，请移到表上方的“联系电话”")
        return None
    status = _status(form, row.cells[STATUS])
    on = _day(form, row.cells.get(DAY, _EMPTY), today)
    published = _day(form, row.cells.get(PUBLISHED, _EMPTY), today)
    titles = (PROGRESS, PROBLEM, NEXT, EVIDENCE)
    texts = {title: _text(form, row.cells.get(title, _EMPTY)) for title in titles}
    cell = row.cells.get(EVIDENCE, _EMPTY)
    found = read_linked_cell(texts[EVIDENCE], [cell.link] if cell.link else [], published)
    elsewhere = [
        one.link for title, one in row.cells.items() if one.link and title in _CLAIM_COLUMNS and title != EVIDENCE
    ]
    evidence = tuple(dict.fromkeys([*found, *(Evidence("url", link, None, published) for link in elsewhere)]))
    if published and not evidence:
        form.add_problem(row.cells[PUBLISHED], "写了佐证发布日期，但没有写佐证材料")
    if len(form.problems) > before or status is None:
        return None
    words = Words(texts[PROGRESS] or None, texts[PROBLEM] or None, texts[NEXT] or None)
    return Claim(status, words, evidence, on)


def _status(form: FilledForm, cell: Cell) -> Status | None:
    if not cell.text:
        form.add_problem(cell, "这一行填了内容，但没有选完成情况")
        return None
    word = _shortened(cell.text)
    status = status_of_word(word)
    if status is Status.CONFIRMED:
        form.add_problem(cell, f"“{word}”由办公室审核确认，请选“已完成”")
        return None
    if status is None:
        listed = "、".join(labels.STATUS[claim] for claim in CLAIMS)
        form.add_problem(cell, f"不认识的完成情况“{word}”，可填：{listed}")
    elif word != labels.STATUS[status]:
        form.understood[word] = labels.STATUS[status]
    return status


def _day(form: FilledForm, cell: Cell, today: date) -> str | None:
    if not cell.text:
        return None
    day = day_in(cell.value, form.year)
    if isinstance(cell.value, float) and may_lack_zero(cell.text):
        form.add_problem(cell, f"“{cell.text}”也可能是 {cell.text}0，请先把单元格设为文本，写成 2019-12-31 的形式")
    elif day is None:
        form.add_problem(cell, f"“{_shortened(cell.text)}”不是日期，应写成 2019-12-31 的形式")
    elif day > today:
        form.add_problem(cell, f"日期 {day.isoformat()} 还没有到")
    else:
        if is_short_day(cell.value):
            form.understood[cell.text] = day.isoformat()
        return day.isoformat()
    return None


def _text(form: FilledForm, cell: Cell) -> str:
    if len(cell.text) > MAX_TEXT:
        form.add_problem(cell, f"有 {len(cell.text)} 个字，最多 {MAX_TEXT} 个，请作为附件另行报送")
    return cell.text


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "……"


# -- against the ledger ---------------------------------------------------------------------------------


def _is_new(claim: Claim, state: State, recorded: Sequence[Entry]) -> bool:
    """True if a claim is neither the last one recorded from its form nor the present state of the assignment.

    Args:
        recorded: the entries from this form about the assignment.
    """
    if recorded and _claim_of(recorded[-1]) == claim:
        return False
    return adds_to(claim, state)


def _claim_of(entry: Entry) -> Claim:
    return Claim(STATUS_AFTER[entry.action], words_of(entry), entry.evidence, entry.on)


def _names_period(form: FilledForm, row: FilledRow, task: Task, claim: Claim, state: State) -> bool:
    """True unless a form made in a period that is over claims something of a task that comes round, without a day."""
    if claim.on or _is_about_period_of(form, state):
        return True
    made = form.made_at[:10]
    form.add_problem(
        row.cells.get(DAY) or row.cells[STATUS],
        f"具体要求 {task.id} {labels.EVERY[state.period.every] if state.period else ''}一次，这份表是 {made} 发的，请填办理日期，说明是哪一期的",
    )
    return False


def _is_about_period_of(form: FilledForm, state: State) -> bool:
    """True if a form was made in the period that a state is of; of a task that does not come round it always is."""
    return state.period is None or state.period.start.isoformat() <= form.made_at[:10] <= state.period.end.isoformat()


def _is_current(form: FilledForm, cell: Cell, task: Task, state: State) -> bool:
    """True if nobody else has set the assignment's status since the form was made, and it is not confirmed."""
    last = state.entry
    known = form.tasks[task.id].last if _is_about_period_of(form, state) else ""
    if (last.id if last else "") != known and (last is None or last.form != form.id):
        if last is None:
            since = "发表之后原有的记录已撤销，现在是“未开始”"
        else:
            since = f"发表之后 {last.by} 于 {labels.when(last.at)} 已记为“{labels.STATUS[state.status]}”"
            since += f"（退回：{state.reason}）" if state.reason else ""
    elif state.status is Status.CONFIRMED:
        since = "已办结，不再填报"
    else:
        return True
    form.add_problem(cell, f"具体要求 {task.id} {since}；要以这份表为准，请加 --force")
    return False


def _goes_on(form: FilledForm, cell: Cell, task: Task, claim: Claim, state: State) -> bool:
    """True unless a claim takes back what stands already."""
    if not goes_back(claim, state):
        return True
    form.add_problem(
        cell,
        f"请核对：具体要求 {task.id} 已经是“{labels.STATUS[state.status]}”，这里填的是“{cell.text}”；确实要改回的，请加 --force",
    )
    return False


def _draft(form: FilledForm, task: Task, claim: Claim, person: str) -> Draft:
    return Draft(
        action=claim.action,
        task=task.id,
        unit=form.unit,
        of=fingerprint(task),
        note=claim.words.note,
        problem=claim.words.problem,
        next=claim.words.next,
        evidence=claim.evidence,
        on=claim.on,
        form=form.id,
        by=person,
    )
