"""Turn the ledgers (台账) that an office keeps on its own into drafts of entries, or say what was not taken over, and where.

A row stands for its units in its task: one row a unit, or one row a task with its units in a cell; without units for
the whole task. Rows are taken over one by one: what cannot be told of one row is listed with its cell, and the others
are recorded. A row recorded before adds nothing, so that the same ledger may be collected again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from gkcheck import labels
from gkcheck.evidence.parse import read_linked_cell
from gkcheck.forms.cells import day_in, is_short_day
from gkcheck.forms.ledger_match import Mismatch, RowMatcher, unknown_columns
from gkcheck.forms.read import Cell, problem_at
from gkcheck.forms.validate import AcceptedRow
from gkcheck.importers.ledger_table import LedgerDocument, LedgerRow, LedgerTable
from gkcheck.importers.recognize.ledger_terms import Field
from gkcheck.importers.tables.ledger_columns import LedgerCell
from gkcheck.ledger.assignments import assignments_of_task, fingerprint
from gkcheck.ledger.fold import Ledger, State, words_of
from gkcheck.ledger.plan_year import year_of
from gkcheck.model import MAX_TEXT, Action, Draft, Evidence, Period, Problem, Status, Task
from gkcheck.operations.claims import Claim, adds_to, goes_back
from gkcheck.text.phones import name_and_phone, phone_in
from gkcheck.text.status_words import status_of_word


@dataclass(slots=True)
class Takeover:
    """The rows to be recorded, one a draft, in their order; every problem; remarks on what was understood and left."""

    accepted: list[AcceptedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class _RowClaim(NamedTuple):
    """The claim of one row: `confirmed` where it says 已办结, `by` who filled it in."""

    name: str
    cell: LedgerCell
    task: Task
    units: list[str]
    claim: Claim
    confirmed: bool
    by: str | None


def take_over(
    documents: Sequence[tuple[str, LedgerDocument]],
    ledger: Ledger,
    taken: Collection[tuple[int, str]] = (),
    force: bool = False,
    confirm: bool = False,
) -> Takeover:
    """Return what the ledgers of an office add to ours.

    Args:
        documents: each with what messages call it.
        taken: the (task, unit) that forms of the same collection claim; these stand.
        force: record claims although others recorded something since, or they go back.
        confirm: record the office's confirmation where a row says 已办结.
    """
    out = Takeover()
    claims: list[_RowClaim] = []
    for name, document in documents:
        out.problems += [problem_at(name, place, message) for place, message in document.left_out]
        for table in document.tables:
            claims += _TableReader(name, table, ledger, out).claims()
    _drop_contradictions(claims, ledger, taken, out)
    for claim in claims:
        _accept(claim, ledger, out, force, confirm)
    _remark_on_confirmed(claims, ledger, out, confirm)
    return out


# -- rows → claims --------------------------------------------------------------------------------------

_CLAIM_FIELDS = (Field.STATUS, Field.PROGRESS, Field.PROBLEM, Field.NEXT, Field.EVIDENCE, Field.PUBLISHED, Field.REMARK)
_DAYS = (Field.DAY, Field.DUE_OR_DAY, Field.REPORTED)
_SINGLE = (Field.DAY, Field.PUBLISHED, Field.PERSON)
"""The fields of which only the first column counts."""

_NEVER_RECORDED: dict[Field, str] = {Field.PHONE: "（不记入台账）", Field.DERIVED: ""}


class _TableReader:
    """Reads the rows of one ledger as claims; adds the problems and remarks of its rows to `out`."""

    def __init__(self, name: str, table: LedgerTable, ledger: Ledger, out: Takeover) -> None:
        self.name, self.table, self.out, self.today = name, table, out, ledger.as_of
        self.matcher = RowMatcher(ledger.plan, table)
        self.year = year_of(ledger.plan, ledger.as_of)
        self.day_field = next((one for one in _DAYS if one in table.titles and not self._is_limit(one)), None)
        self.understood: dict[str, str] = {}
        self.phones: dict[str, None] = {}
        self.empty = 0

    def claims(self) -> list[_RowClaim]:
        """Return the claims of the rows that can be told, in their order."""
        claims = [claim for row in self.table.rows if (claim := self._row(row))]
        for mismatch in unknown_columns(self.table):
            self._add(mismatch)
        self._remark()
        return claims

    def _add(self, mismatch: Mismatch) -> None:
        self.out.problems.append(problem_at(self.name, *mismatch))

    def _is_limit(self, one: Field) -> bool:
        """True if a column of 完成时间 holds days that are still to come: it says when a task is due."""
        days = (self._day_in(row.first(one)) for row in self.table.rows) if one is Field.DUE_OR_DAY else ()
        return any(day is not None and day > self.today for day in days)

    def _row(self, row: LedgerRow) -> _RowClaim | None:
        """Return the claim of a row; None where it claims nothing, or a problem was added."""
        if not any(row.claim.get(one) for one in _CLAIM_FIELDS) or len({cell.address for cell in row.cells}) == 1:
            self._pass_over(row)
            return None
        task = self.matcher.task(row)
        if isinstance(task, Mismatch):
            self._add(task)
            return None
        before = len(self.out.problems)
        units, wrong = self.matcher.units(row, task)
        for mismatch in wrong:
            self._add(mismatch)
        status = self._status(row)
        claim = self._claim(row, Status.DONE if status is Status.CONFIRMED else status)
        person = self._person(row)
        if len(self.out.problems) > before:
            return None
        cell = row.first(Field.STATUS) or row.cells[0]
        return _RowClaim(self.name, cell, task, units, claim, status is Status.CONFIRMED, person)

    def _pass_over(self, row: LedgerRow) -> None:
        """Account for a row that claims nothing: of a task, a heading of the plan, or words below the table."""
        texts = [cell for cell in row.cells if not self.matcher.is_title(cell.text)]
        if texts and isinstance(self.matcher.task(row), Task):
            self.empty += 1
        elif texts:
            self._add(Mismatch(texts[0].address, f"“{_shortened(texts[0].text)}”没有读"))

    def _status(self, row: LedgerRow) -> Status | None:
        cell = row.first(Field.STATUS)
        if cell is None:
            if Field.STATUS in self.table.titles:
                at = next(cell for one in _CLAIM_FIELDS for cell in row.claim.get(one, ()))
                self._add(Mismatch(at.address, f"这一行填了内容，但没有写“{self.table.titles[Field.STATUS][0]}”"))
            return None
        status = status_of_word(cell.text)
        if others := [one for one in row.claim[Field.STATUS] if status_of_word(one.text) is not status]:
            self._add(
                Mismatch(others[0].address, f"“{_shortened(others[0].text)}”与 {cell.address} 说的不一样，请核对")
            )
        elif status is None:
            self._add(Mismatch(cell.address, f"不认识的状态“{_shortened(cell.text)}”，可写：{_KNOWN_WORDS}"))
        elif cell.text != labels.STATUS[status]:
            self.understood[_shortened(cell.text)] = labels.STATUS[status]
        return status

    def _claim(self, row: LedgerRow, status: Status | None) -> Claim:
        on = self._day(row.first(self.day_field)) if self.day_field else None
        published = self._day(row.first(Field.PUBLISHED))
        for _, cell in row.claimed():
            if len(cell.text) > MAX_TEXT:
                self._add(Mismatch(cell.address, f"有 {len(cell.text)} 个字，最多 {MAX_TEXT} 个，请另存为附件"))
        note = _joined(row.claim.get(Field.PROGRESS, ()))
        if remark := _joined(row.claim.get(Field.REMARK, ())):
            note = f"{note}\n备注：{remark}" if note else remark
        problem, next_step = (_joined(row.claim.get(one, ())) or None for one in (Field.PROBLEM, Field.NEXT))
        if spoken := [cell for one, cell in row.claimed() if one is not Field.PHONE and _tells_phone(one, cell)]:
            self._add(Mismatch(spoken[0].address, "写了电话号码，电话不记入台账，请删去"))
        words = words_of(Draft(Action.START, note=note or None, problem=problem, next=next_step, form="-"))
        evidence = [
            item
            for cell in row.claim.get(Field.EVIDENCE, ())
            for item in read_linked_cell(cell.text, cell.links, published)
        ]
        if published and not evidence:
            self._add(Mismatch(row.claim[Field.PUBLISHED][0].address, "写了佐证发布日期，但没有写佐证材料"))
        for one, cell in row.claimed():
            if one not in (Field.EVIDENCE, Field.PHONE):
                evidence += [Evidence("url", link, None, published) for link in cell.links]
        return Claim(status, words, _each_once(evidence), on)

    def _day_in(self, cell: LedgerCell | None) -> date | None:
        return day_in(cell.day or cell.text, self.year) if cell else None

    def _day(self, cell: LedgerCell | None) -> str | None:
        day = self._day_in(cell)
        if cell is None or not cell.text:
            return None
        if day is None:
            self._add(Mismatch(cell.address, f"“{_shortened(cell.text)}”不是日期，应写成 2019-12-31 的形式"))
        elif cell.cut:
            message = f"“{cell.text}”也可能是 {cell.text}0，请先把单元格设为文本，写成 {day.isoformat()} 的形式"
            self._add(Mismatch(cell.address, message))
        elif day > self.today:
            self._add(Mismatch(cell.address, f"日期 {day.isoformat()} 还没有到"))
        elif is_short_day(cell.day or cell.text):
            self.understood[cell.text] = day.isoformat()
        return day.isoformat() if day else None

    def _person(self, row: LedgerRow) -> str | None:
        """Return who filled a row in; a telephone number beside the name is no part of it."""
        cell = row.first(Field.PERSON)
        name, phone = name_and_phone(cell.text) if cell else ("", "")
        if cell and phone:
            self.phones[cell.address] = None
        if cell and phone_in(name):
            self._add(Mismatch(cell.address, "分不清填报人和电话号码，请删去号码"))
        return name or None

    def _remark(self) -> None:
        titles = self.table.titles
        left = [f"{title}{why}" for one, why in _NEVER_RECORDED.items() for title in titles.get(one, ())]
        left += [title for one in _SINGLE for title in titles.get(one, ())[1:]]
        left += [title for one in _DAYS if one is not self.day_field for title in titles.get(one, ())]
        if left:
            self.out.remarks.append(f"{self.name} 没有记录的栏：{'、'.join(left)}")
        if self.phones:
            where = f"{next(iter(self.phones))} 共 {len(self.phones)} 格"
            self.out.remarks.append(f"{self.name} 填报人一栏里的电话号码没有记录（{where}）")
        if self.matcher.counts_rows:
            self.out.remarks.append(f"{self.name} 的序号是行号，按具体要求的文字对照")
        for words in (self.understood, self.matcher.loose):
            if words:
                listed = "、".join(f"“{word}”按“{meant}”" for word, meant in words.items())
                self.out.remarks.append(f"{self.name} 中{listed}")
        if self.empty:
            self.out.remarks.append(f"{self.name} 有 {self.empty} 行没有填写")


_KNOWN_WORDS = "、".join(labels.STATUS.values())


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:40] + "……"


def _tells_phone(one: Field, cell: LedgerCell) -> bool:
    """True if a telephone number would be recorded with a cell: among its words, or as what its hyperlink dials."""
    return (one in _CLAIM_FIELDS and phone_in(cell.text) is not None) or any(map(phone_in, cell.links))


def _joined(cells: Sequence[LedgerCell]) -> str:
    return "\n".join(cell.text for cell in cells if cell.text)


def _each_once(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return each piece once, as it was first written: a link to it may stand in a column of its own."""
    by_value: dict[str, Evidence] = {}
    for item in evidence:
        by_value.setdefault(item.value, item)
    return tuple(by_value.values())


# -- claims → drafts ------------------------------------------------------------------------------------


def _states(claim: _RowClaim, ledger: Ledger) -> list[State]:
    """Return the states that a claim is about: of a task that comes round again, in the period of the claim's day."""
    day = date.fromisoformat(claim.claim.on) if claim.claim.on else ledger.as_of
    return [
        ledger.state_for(claim.task, assignment, claim.claim.action, day)
        for assignment in assignments_of_task(claim.task, ledger.members)
        if assignment.unit in claim.units
    ]


def _drop_contradictions(
    claims: list[_RowClaim], ledger: Ledger, taken: Collection[tuple[int, str]], out: Takeover
) -> None:
    """Remove the claims that another row contradicts, or that a form has made too, and say so at each."""
    said: dict[tuple[int, str, Period | None], _RowClaim] = {}
    wrong: dict[int, str] = {}
    for i, claim in enumerate(claims):
        for state in _states(claim, ledger):
            unit = state.assignment.unit
            other = said.setdefault((claim.task.id, unit, state.period), claim)
            if (other.claim, other.confirmed) != (claim.claim, claim.confirmed):
                wrong[i] = f"与 {other.name}!{other.cell.address} 填的不一样"
                wrong.setdefault(claims.index(other), f"与 {claim.name}!{claim.cell.address} 填的不一样")
            elif (claim.task.id, unit) in taken:
                wrong[i] = "填报表里也填了，以填报表为准"
    for i in sorted(wrong, reverse=True):
        claim = claims.pop(i)
        message = f"具体要求 {claim.task.id} {wrong[i]}，没有记录，请核对"
        out.problems.append(problem_at(claim.name, claim.cell.address, message))


def _form_id(ledger: Ledger) -> str:
    """Return the id by which entries are known to come from a ledger of the office, in place of a form's."""
    return hashlib.sha256(f"ledger\n{ledger.plan.id}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _accept(claim: _RowClaim, ledger: Ledger, out: Takeover, force: bool, confirm: bool) -> None:
    """Add the drafts of a claim that says anything new, one for all where it is the same for every assignee."""
    states = _states(claim, ledger)
    whole = len(states) == len(assignments_of_task(claim.task, ledger.members))
    for action, adding in _additions(claim, states, ledger, out, force, confirm).items():
        together = whole and len(adding) == len(states) and len({state.status for state in states}) == 1
        for state in adding[:1] if together and len(states) > 1 else adding:
            unit = None if together and len(states) > 1 else state.assignment.unit
            draft = _draft(claim, action, unit, _form_id(ledger), state.period is not None)
            out.accepted.append(
                AcceptedRow(claim.name, Cell(claim.cell.text, claim.cell.address), claim.task, state, draft)
            )


def _additions(
    claim: _RowClaim, states: list[State], ledger: Ledger, out: Takeover, force: bool, confirm: bool
) -> dict[Action, list[State]]:
    """Return the assignments that a claim says anything new of, by the actions that record it, in their order."""
    adding: dict[Action, list[State]] = {}
    objections: dict[str, list[str]] = {}
    for state in states:
        last = state.entry
        if adds_to(claim.claim, state):
            since = (
                "" if last is None or last.form == _form_id(ledger) else f"{last.by} 于 {labels.when(last.at)} 已记为"
            )
            if not force and (since or goes_back(claim.claim, state)):
                why = f"{since or '已经是'}“{labels.STATUS[state.status]}”"
                objections.setdefault(why, []).append(state.assignment.unit)
                continue
            begun = claim.claim.status is not Status.TODO or state.status is not Status.TODO
            adding.setdefault(claim.claim.action if begun else Action.NOTE, []).append(state)
        if claim.confirmed and confirm and state.status is not Status.CONFIRMED:
            adding.setdefault(Action.CONFIRM, []).append(state)
    for why, units in objections.items():
        listed = "、".join(units[:3]) + (f" 等 {len(units)} 个单位" if len(units) > 3 else "")
        message = f"具体要求 {claim.task.id} {listed} {why}；要以台账为准，请加 --force"
        out.problems.append(problem_at(claim.name, claim.cell.address, message))
    return {action: adding[action] for action in sorted(adding, key=[*Action].index) if adding[action]}


def _draft(claim: _RowClaim, action: Action, unit: str | None, form: str, comes_again: bool) -> Draft:
    """Return the draft of an action. An act on a task that comes round again has the day of its claim: it tells the period."""
    of = fingerprint(claim.task)
    if action is Action.CONFIRM:
        return Draft(action, claim.task.id, unit, of, on=claim.claim.on if comes_again else None, form=form)
    words, said = claim.claim.words, claim.claim
    return Draft(
        action, claim.task.id, unit, of, words.note, said.evidence, said.on,
        form=form, by=claim.by or unit, problem=words.problem, next=words.next,
    )  # fmt: skip


def _remark_on_confirmed(claims: list[_RowClaim], ledger: Ledger, out: Takeover, confirm: bool) -> None:
    """Add a problem for each ledger that says 已办结 where the office has not confirmed."""
    if confirm:
        return
    open_claims: dict[str, list[_RowClaim]] = {}
    for claim in claims:
        if claim.confirmed and any(state.status is not Status.CONFIRMED for state in _states(claim, ledger)):
            open_claims.setdefault(claim.name, []).append(claim)
    for name, found in open_claims.items():
        message = f"有 {len(found)} 行写着已办结，按“已完成”记；确系办公室审核办结的，请加 --confirm 再收一次"
        out.problems.append(problem_at(name, found[0].cell.address, message))
