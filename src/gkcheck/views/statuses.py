"""Statuses as table cells: the words people read, and the mark from which each renderer takes its colour."""

from __future__ import annotations

from gkcheck import labels
from gkcheck.ledger.fold import Act, State
from gkcheck.model import Status
from gkcheck.table import Mark, StatusText
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from gkcheck.ledger.schedule import ExpectedProgress
    from gkcheck.ledger.summary import Counts


def status_text(
    status: Status, returned: bool = False, overdue: bool = False, due_soon: bool = False, changed: bool = False
) -> StatusText:
    """Return the word for a status and what qualifies it, in brackets: 推进中（退回）（逾期）."""
    words = {labels.RETURNED: returned, labels.OVERDUE: overdue, labels.DUE_SOON: due_soon, labels.CHANGED: changed}
    text = labels.STATUS[status] + "".join(f"（{word}）" for word, holds in words.items() if holds)
    return StatusText(text, _most_pressing(status, returned, overdue, due_soon))


def assignment_status(state: State) -> StatusText:
    """Return the status of an assignment with everything that qualifies it."""
    return status_text(state.status, state.returned, state.overdue, state.due_soon, state.changed)


def pressing_word(status: Status, returned: bool = False, overdue: bool = False, due_soon: bool = False) -> StatusText:
    """Return the one word that presses most: 逾期, 退回, 即将到期, else that of the status."""
    words = {labels.OVERDUE: overdue, labels.RETURNED: returned, labels.DUE_SOON: due_soon}
    word = next((word for word, holds in words.items() if holds), labels.STATUS[status])
    return StatusText(word, _most_pressing(status, returned, overdue, due_soon))


def remark(state: State) -> str:
    """Return the reason of a return that still stands, then what the unit said: progress, problem, next step."""
    reason = f"{labels.RETURNED}：{state.reason}" if state.reason else labels.RETURNED if state.returned else ""
    return "；".join(filter(None, (reason, claimed(state))))


def claimed(state: State) -> str:
    """Return what the unit said: progress, problem, next step."""
    claim = state.claim
    if claim is None:
        return ""
    problem = claim.problem if claim.problem != claim.note else None
    said = (claim.note, problem and f"存在问题：{problem}", claim.next and f"下一步措施：{claim.next}")
    return "；".join(filter(None, said))


def opinion(act: Act) -> str:
    """Return the office's answer to a claim, and its reason: 退回：链接打不开."""
    return "：".join(filter(None, (labels.ACTION[act.action], act.note)))


def periods(state: State) -> str:
    """Return the periods of the year and how each stands: 第一季度 √ 第二季度 逾期 第三季度 未开始."""
    if state.recurrence is None:
        return ""
    from gkcheck.ledger.periods import periods_of_year

    as_of = state.recurrence.as_of
    return "　".join(
        f"{labels.period(one.period, as_of)} {labels.OVERDUE if one.overdue else _PERIOD_MARKS.get(one.status) or labels.STATUS[one.status]}"
        for one in periods_of_year(state.recurrence)
    )


def missed_periods(state: State) -> str:
    """Return the periods of the year that are over and were not finished: 第二、第三季度; nothing where there is none."""
    if state.recurrence is None:
        return ""
    from gkcheck.ledger.periods import periods_of_year

    found = [one.period for one in periods_of_year(state.recurrence) if one.overdue]
    return labels.periods(found, state.recurrence.as_of)


_PERIOD_MARKS = {Status.DONE: "√", Status.CONFIRMED: "√"}


def light(counts: Counts, expected: ExpectedProgress) -> str:
    """Return the word of the light (红黄绿灯) of a unit or a section; a dash where it has none."""
    from gkcheck.ledger.schedule import light_of

    found = light_of(counts, expected)
    return _LIGHTS[Mark(found.value)] if found else "—"


_LIGHTS = {
    mark: StatusText(word, mark) for mark, word in ((Mark.RED, "红灯"), (Mark.YELLOW, "黄灯"), (Mark.GREEN, "绿灯"))
}
HOW_LIT = "亮灯：有逾期为红灯，没有逾期而上报率低于序时进度为黄灯，其余为绿灯。"


def matrix_letter(state: State) -> StatusText:
    """Return the one letter of a matrix cell."""
    return _LETTERS[_most_pressing(state.status, state.returned, state.overdue)]


def _most_pressing(status: Status, returned: bool, overdue: bool, due_soon: bool = False) -> Mark:
    if overdue:
        return Mark.OVERDUE
    if returned:
        return Mark.RETURNED
    return Mark.DUE_SOON if due_soon else Mark(status.value)


_LETTERS = {Mark(status.value): StatusText(letter, Mark(status.value)) for status, letter in labels.LETTER.items()}
_LETTERS[Mark.OVERDUE] = StatusText(labels.OVERDUE_LETTER, Mark.OVERDUE)
_LETTERS[Mark.RETURNED] = StatusText(labels.RETURNED_LETTER, Mark.RETURNED)
