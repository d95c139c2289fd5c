"""What of a filled-in form is to be recorded, given the ledger as it stands; what is wrong with it, cell by cell.

A form is taken whole or not at all. What was taken in from it before is known by the form's id, so that
the same form collected again adds nothing, and one sent in again with more filled in adds only that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from gkcheck import labels
from gkcheck.errors import GkcheckError
from gkcheck.evidence.parse import read_cell
from gkcheck.forms import CLAIMS, DAY, NEXT, NUMBER, PERSON, PHONE, PROBLEM, PROGRESS, PROOF, PUBLISHED, STATUS, TEXT
from gkcheck.forms.build import status_entry
from gkcheck.forms.cells import day_in, encoded, number_in, same_text, text_in
from gkcheck.forms.read import Cell, Filled, Line
from gkcheck.ledger.assignments import assignments_of, fingerprint
from gkcheck.ledger.fold import Ledger, State
from gkcheck.lookup.units import unit_named
from gkcheck.model import STATUS_AFTER, Draft, Entry, Evidence, Status, Task
from gkcheck.text.normalize import key
from gkcheck.text.similarity import nearest

LONGEST_TEXT = 20_000
"""How many characters one note may have."""

_NOTHING = Cell(None, "")


class AcceptedRow(NamedTuple):
    """One row that is to be recorded: the task, how the assignment stands, and what is added."""

    name: str
    cell: Cell
    task: Task
    state: State
    draft: Draft


class Claim(NamedTuple):
    """What a row says, read and sound."""

    status: Status
    note: str | None
    evidence: tuple[Evidence, ...]
    on: str | None


def take_all(
    forms: Sequence[Filled], ledger: Ledger, entries: Sequence[Entry], today: date, force: bool = False
) -> list[AcceptedRow]:
    """What several forms add, in their order; where two say different things of one assignment, the later is refused."""
    found: dict[tuple[int, str | None], AcceptedRow] = {}
    for filled in forms:
        rows = take(filled, ledger, entries, today, force)
        for row in rows:
            other = found.get((row.task.id, row.draft.unit))
            if other is not None and _said(other.draft) != _said(row.draft):
                place = f"{other.name}!{other.cell.address}"
                filled.problem(row.cell, f"具体要求 {row.task.id} 在 {place} 填的不一样，请只交一份")
        if not filled.problems:
            for row in rows:
                found.setdefault((row.task.id, row.draft.unit), row)
    return list(found.values())


def _said(draft: Draft) -> tuple[object, ...]:
    return (draft.action, draft.note, draft.evidence, draft.on)


def take(
    filled: Filled, ledger: Ledger, entries: Iterable[Entry], today: date, force: bool = False
) -> list[AcceptedRow]:
    """The rows of a form that add something; what is wrong is noted in `filled.problems`, and then nothing is taken.

    Args:
        entries: the live entries, in the order of facts.
        force: overrule what was recorded since the form was made.
    """
    if not _is_ours(filled, ledger):
        return []
    tasks = {task.id: task for task in ledger.plan.tasks()}
    owed = {assignment.task: assignment for assignment in assignments_of(ledger.plan, filled.unit)}
    said_before = _by_task(filled, entries)
    person = next((line.cells[PERSON].text for line in filled.lines if line.cells.get(PERSON, _NOTHING).text), None)
    found: dict[int, AcceptedRow] = {}
    for line in filled.lines:
        task = _task(filled, line, tasks)
        if task is None or not _fits(filled, line, task, task.id in owed):
            continue
        claim = _claim(filled, line, today)
        if claim is None:
            continue
        state = ledger.state(task, owed[task.id])
        cell = line.cells[STATUS]
        if not _adds(claim, state, said_before.get(task.id, []), status_entry(ledger, task, state)):
            continue
        if not force and not _still_stands(filled, cell, ledger, task, state):
            continue
        draft = _draft(filled, task, claim, line.cells.get(PERSON, _NOTHING).text or person)
        if task.id in found and found[task.id].draft != draft:
            filled.problem(cell, f"具体要求 {task.id} 在表中填了两次，内容不同，请只留一行")
        found[task.id] = AcceptedRow(filled.name, cell, task, state, draft)
    return [] if filled.problems else [found[number] for number in sorted(found)]


# -- the form as a whole --------------------------------------------------------------------------------


def _is_ours(filled: Filled, ledger: Ledger) -> bool:
    plan = ledger.plan
    if filled.plan != plan.id:
        filled.problem(None, f"这是“{filled.plan}”的填报表，现在用的是“{plan.id}”，请换 --plan")
        return False
    known = {unit.name for unit in plan.units} | {group.name for group in plan.groups}
    if filled.unit not in known:
        try:
            now = f"，现在可能叫“{unit_named(plan, filled.unit)}”"
        except GkcheckError:
            now = ""
        filled.problem(filled.unit_cell, f"责任分工表里没有“{filled.unit}”这个单位{now}，请发给它新的填报表")
        return False
    shown = filled.unit_cell
    if shown is not None and not same_text(shown.text, text_in(encoded(filled.unit))):
        filled.problem(shown, f"表上写的是“{shown.text}”，这份填报表是发给“{filled.unit}”的，请各用各的表")
        return False
    return True


def _by_task(filled: Filled, entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    """What was taken in from this very form before and still counts, in order."""
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.form == filled.id and entry.task is not None and entry.unit == filled.unit:
            found.setdefault(entry.task, []).append(entry)
    return found


# -- a row ----------------------------------------------------------------------------------------------


def _task(filled: Filled, line: Line, tasks: dict[int, Task]) -> Task | None:
    """The task a row is about; None where the row says nothing or that cannot be told."""
    if not _says_something(line):
        return None
    cell = line.cells.get(NUMBER, _NOTHING)
    number = number_in(cell.value)
    if number is None and not line.cells[STATUS].text:
        filled.passed_over.append(line.row)
    elif number is None:
        filled.problem(line.cells[STATUS], "这一行选了完成情况，但没有序号，不知道是哪一项，请填在原有的行里")
    elif number not in tasks:
        filled.problem(cell, f"责任分工表里没有第 {number} 项具体要求")
    else:
        return tasks[number]
    return None


def _says_something(line: Line) -> bool:
    """A name and a telephone number alone say nothing of the work."""
    return any(
        line.cells.get(title, _NOTHING).text for title in (STATUS, DAY, PROGRESS, PROOF, PUBLISHED, PROBLEM, NEXT)
    )


def _fits(filled: Filled, line: Line, task: Task, owed: bool) -> bool:
    """Whether the row is still about the task that it was made for."""
    made = filled.tasks.get(task.id)
    cell = line.cells.get(NUMBER, _NOTHING)
    if not owed or made is None:
        filled.problem(cell, f"具体要求 {task.id} 不是“{filled.unit}”的责任项，请删去这一行的填报")
        return False
    if made.fingerprint != fingerprint(task):
        filled.problem(line.cells[TEXT], f"具体要求 {task.id} 在发表之后有变更，请发给单位新的填报表")
        return False
    if not same_text(line.cells[TEXT].text, text_in(encoded(task.text))):
        filled.problem(line.cells[TEXT], f"具体要求 {task.id} 的文字与责任分工表不同，可能串了行，请核对")
        return False
    return True


def _claim(filled: Filled, line: Line, today: date) -> Claim | None:
    """What a row says; None where something is wrong with it (which is noted)."""
    before = len(filled.problems)
    status = _status(filled, line.cells[STATUS])
    on = _day(filled, line.cells.get(DAY, _NOTHING), today)
    published = _day(filled, line.cells.get(PUBLISHED, _NOTHING), today)
    texts = {title: _text(filled, line.cells.get(title, _NOTHING)) for title in (PROGRESS, PROBLEM, NEXT, PROOF)}
    evidence = tuple(read_cell(texts[PROOF], published))
    if published and not evidence:
        filled.problem(line.cells[PUBLISHED], "写了佐证发布日期，但没有写佐证材料")
    if len(filled.problems) > before or status is None:
        return None
    return Claim(status, _note(texts, line.cells.get(PHONE, _NOTHING).text), evidence, on)


_BY_WORD = {key(word): status for status, word in labels.STATUS.items()} | {status.value: status for status in Status}


def _status(filled: Filled, cell: Cell) -> Status | None:
    if not cell.text:
        filled.problem(cell, "这一行填了内容，但没有选完成情况")
        return None
    status = _BY_WORD.get(key(cell.text))
    listed = "、".join(labels.STATUS[claim] for claim in CLAIMS)
    if status is Status.CONFIRMED:
        filled.problem(cell, "“已办结”由办公室审核确认，请选“已完成”")
        return None
    if status is None:
        near = nearest(cell.text, [labels.STATUS[claim] for claim in CLAIMS])
        hint = f"，是否“{near[0]}”" if near else ""
        filled.problem(cell, f"不认识的完成情况“{_shortened(cell.text)}”{hint}，可填：{listed}")
    return status


def _day(filled: Filled, cell: Cell, today: date) -> str | None:
    if not cell.text:
        return None
    day = day_in(cell.value)
    if day is None:
        filled.problem(cell, f"“{_shortened(cell.text)}”不是日期，应写成 2019-12-31 的形式")
    elif day > today:
        filled.problem(cell, f"日期 {day.isoformat()} 还没有到")
    else:
        return day.isoformat()
    return None


def _text(filled: Filled, cell: Cell) -> str:
    if len(cell.text) > LONGEST_TEXT:
        filled.problem(cell, f"有 {len(cell.text)} 个字，最多 {LONGEST_TEXT} 个，请作为附件另行报送")
    return cell.text


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "……"


def _note(texts: dict[str, str], phone: str) -> str | None:
    """The words of a row as one note: the progress as it is, the rest each under its name."""
    named = [(PROBLEM, texts[PROBLEM]), (NEXT, texts[NEXT]), (PHONE, phone)]
    parts = [texts[PROGRESS], *(f"{title}：{text}" for title, text in named if text)]
    return "\n".join(part for part in parts if part) or None


# -- what it adds ---------------------------------------------------------------------------------------


def _adds(claim: Claim, state: State, said_before: Sequence[Entry], last: Entry | None) -> bool:
    """Whether a claim says anything that is not recorded: by this form, whatever came after, or by anybody else."""
    if said_before and _claim_of(said_before[-1]) == claim:
        return False
    if claim.status is not state.status:
        if not (claim.status is Status.DONE and state.status is Status.CONFIRMED):
            return True
    elif state.changed or (claim.on is not None and last is not None and claim.on != last.day):
        return True
    return (claim.note is not None and claim.note != state.note) or not set(claim.evidence) <= set(state.evidence)


def _claim_of(entry: Entry) -> Claim:
    return Claim(STATUS_AFTER[entry.action], entry.note, entry.evidence, entry.on)


def _still_stands(filled: Filled, cell: Cell, ledger: Ledger, task: Task, state: State) -> bool:
    """Whether nobody else has set the assignment's status since the form was made, and it is not closed."""
    last = status_entry(ledger, task, state)
    if (last.id if last else "") != filled.tasks[task.id].last and (last is None or last.form != filled.id):
        if last is None:
            since = "发表之后原有的记录已撤销，现在是“未开始”"
        else:
            since = f"发表之后 {last.by} 于 {labels.when(last.at)} 已记为“{labels.STATUS[state.status]}”"
            since += f"（退回：{state.reason}）" if state.reason else ""
    elif state.status is Status.CONFIRMED:
        since = "已办结，不再填报"
    else:
        return True
    filled.problem(cell, f"具体要求 {task.id} {since}；要以这份表为准，请加 --force")
    return False


def _draft(filled: Filled, task: Task, claim: Claim, person: str | None) -> Draft:
    return Draft(
        action=CLAIMS[claim.status],
        task=task.id,
        unit=filled.unit,
        of=fingerprint(task),
        note=claim.note,
        evidence=claim.evidence,
        on=claim.on,
        form=filled.id,
        by=person or None,
    )
