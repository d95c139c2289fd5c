"""The sentences of the bulletin. Every figure is one of `status`; nothing is said of what is zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from gkcheck import labels
from gkcheck.ledger.fold import State, TaskRow
from gkcheck.ledger.schedule import expected_progress
from gkcheck.ledger.summary import Counts, Summary, UnitRow
from gkcheck.model import FINISHED, Status
from gkcheck.views.published import chinese_day
from gkcheck.views.tables import Ranking, group_name, rankings, rates

MOST_NAMED = 60
"""The most units, or assignments, that a sentence names."""

_TIED = 3
"""The most units of one place that a sentence names."""


def overall(summary: Summary, before: Summary | None) -> list[str]:
    """Return how far the work is, beside the expected progress, and what has changed since an earlier day."""
    counts, plan = summary.assignments, summary.plan
    source = f"《{plan.title}》" + (f"（{plan.document_number}）" if plan.document_number else "")
    skipped = f"（其中不涉及{counts.skipped}个）" if counts.skipped else ""
    text = f"截至{chinese_day(summary.as_of)}，{source}共{summary.tasks.total}项具体要求、{counts.total}个责任项{skipped}。"
    paragraphs = [text + _progress(counts) + _pace(summary)]
    open_ones = (("逾期", counts.overdue), ("受阻", counts.of(Status.BLOCKED)), ("推进中", counts.of(Status.DOING)))
    said = "、".join(f"{word}{count}个" for word, count in open_ones if count)
    paragraphs[0] += f"尚未完成的责任项中，{said}。" if said else ""
    if before is not None:
        paragraphs.append(_change(summary, before))
    return paragraphs


def recurring(rows: Sequence[TaskRow], before: Summary | None) -> list[str]:
    """Return how many assignments come round again, and what became of the periods that ended since an earlier day."""
    states = [state for row in rows for state in row.states if state.period]
    if not states:
        return []
    named = {state.period: labels.period(state.period, state.period.start) for state in states if state.period}
    reported = sum(state.status in FINISHED for state in states)
    text = (
        f"定期办理的责任项有{len(states)}个，每期从头算起，以上只计当期（{'、'.join(named[one] for one in sorted(named))}），"
        f"{f'其中已报完成{reported}个' if reported else '当期尚无报告完成的'}。"
    )
    return [text + (_ended(states, before.as_of) if before else "")]


def _ended(states: Iterable[State], since: date) -> str:
    from gkcheck.ledger.periods import ended

    over = [one for state in states if state.recurrence for one in ended(state.recurrence, since, date.max)]
    counts = (("已报完成", sum(one.status in FINISHED for one in over)), ("未报完成", sum(one.overdue for one in over)))
    said = "，".join(f"{word}{count}期" for word, count in counts if count)
    return f"{chinese_day(since)}以来到期的，{said}。" if said else ""


def _missed(rows: Iterable[TaskRow], before: Summary | None) -> str:
    """Return the periods that ended since an earlier day and were missed: each unit with its periods and tasks."""
    if before is None:
        return ""
    from gkcheck.ledger.periods import missed

    found: dict[str, list[str]] = {}
    total = 0
    for row in rows:
        for state in row.states:
            periods = missed(state.recurrence, before.as_of, date.max) if state.recurrence else []
            if periods and state.recurrence:
                named = f"{labels.periods(periods, state.recurrence.as_of)}（{row.task.id}）"
                found.setdefault(state.assignment.unit, []).append(named)
                total += len(periods)
    if not total:
        return ""
    listed = _listed([f"{unit}{'，'.join(tasks)}" for unit, tasks in found.items()], "；")
    day = chinese_day(before.as_of)
    return f"{day}以来到期未报完成的有{total}期（单位后为期次，括号内为具体要求的编号）：{listed}。"


def _progress(counts: Counts) -> str:
    reported, counted = counts.reported
    if not counted:
        return "没有需要办理的责任项。"
    if not reported:
        return "尚无报告完成的责任项。"
    confirmed = f"，其中经核实办结{counts.confirmed}个" if counts.confirmed else ""
    reported_rate, confirmed_rate = rates(counts)
    rate_confirmed = f"，办结率{confirmed_rate}" if counts.confirmed else ""
    return f"已报完成{reported}个{confirmed}；上报率{reported_rate}{rate_confirmed}。"


def _pace(summary: Summary) -> str:
    expected, counts = expected_progress(summary.plan, summary.as_of), summary.assignments
    if not expected.months or not counts.reported[1]:
        return ""
    gap = labels.gap(counts.reported_rate - expected.percent).replace(" ", "")
    against = "与序时进度持平" if gap == "持平" else f"上报率比序时进度{gap}"
    return f"序时进度为{labels.percent(expected.percent)}，{against}。"


def _change(summary: Summary, before: Summary) -> str:
    """Return what has been reported and confirmed since, and the move of the reported rate."""
    now, then = summary.assignments, before.assignments
    moves = (
        ("已报完成", now.reported[0] - then.reported[0]),
        ("办结", now.confirmed - then.confirmed),
        ("逾期", now.overdue - then.overdue),
    )
    said = [f"{word}{'增加' if move > 0 else '减少'}{abs(move)}个" for word, move in moves if move]
    points = round(now.reported_rate - then.reported_rate, 2)
    said += [f"上报率{'提高' if points > 0 else '下降'}{abs(points):.2f}个百分点"] if points else []
    return f"与{chinese_day(before.as_of)}相比，{'，'.join(said) or '没有变化'}。"


def leaders(summary: Summary) -> list[str]:
    """Return one sentence a ranked class: who leads and who lags by reported rate."""
    return [sentence for ranking in rankings(summary) if ranking.ranked and (sentence := _leaders(ranking))]


def _leaders(ranking: Ranking) -> str:
    rated = [row for row in ranking.rows if row.counts.reported[1]]
    if not rated:
        return ""
    values = sorted({row.counts.reported_rate for row in rated})
    subject = f"{group_name(ranking.group)}共{len(rated)}个单位"
    if len(values) == 1:
        return f"{subject}，上报率均为{labels.percent(values[0])}。"
    first, last = (
        f"{_names([row for row in rated if row.counts.reported_rate == value])}（{labels.percent(value)}）"
        for value in (values[-1], values[0])
    )
    return f"{subject}，上报率居前的是{first}，居后的是{last}。"


def _names(rows: Sequence[UnitRow]) -> str:
    more = f"等{len(rows)}个单位" if len(rows) > _TIED else ""
    return "、".join(row.unit for row in rows[:_TIED]) + more


def problems(summary: Summary, rows: Sequence[TaskRow], before: Summary | None) -> list[tuple[str, str]]:
    """Return heading and text of each kind of problem that there is: late, missed, returned, blocked, units at zero."""
    return [
        (heading, text)
        for heading, text in (
            ("逾期", _overdue(rows)),
            ("往期未报", _missed(rows, before)),
            (
                "退回后未再报",
                _each(rows, "退回后未再报的责任项", lambda state: state.returned, lambda state: state.reason),
            ),
            ("受阻", _each(rows, "受阻的责任项", _is_blocked, _obstacle)),
            ("尚未报告完成的单位", _at_zero(summary)),
        )
        if text
    ]


def _overdue(rows: Iterable[TaskRow]) -> str:
    late: dict[str, int] = {}
    for row in rows:
        for state in row.states:
            if state.overdue:
                late[state.assignment.unit] = late.get(state.assignment.unit, 0) + 1
    if not late:
        return ""
    named = [f"{unit}{count}个" for unit, count in sorted(late.items(), key=lambda item: -item[1])]
    return f"逾期的责任项有{sum(late.values())}个，涉及{len(late)}个单位：{_listed(named)}。"


def _each(
    rows: Iterable[TaskRow], what: str, holds: Callable[[State], bool], reason: Callable[[State], str | None]
) -> str:
    """Return the assignments of a kind by their reason, the commonest first: each unit with its tasks."""
    found: dict[str, dict[str, list[int]]] = {}
    for row in rows:
        for state in row.states:
            if holds(state):
                said = " ".join((reason(state) or "").split()).rstrip("。；;.") or _NO_REASON
                found.setdefault(said, {}).setdefault(state.assignment.unit, []).append(row.task.id)
    if not found:
        return ""
    counts = {said: sum(map(len, units.values())) for said, units in found.items()}
    named = [
        f"{f'“{said}”' if said != _NO_REASON else said}的{counts[said]}个："
        + "、".join(f"{unit}（{_numbers(tasks)}）" for unit, tasks in found[said].items())
        for said in sorted(found, key=lambda said: -counts[said])
    ]
    return f"{what}有{sum(counts.values())}个（单位后为具体要求的编号）。{_listed(named, '；')}。"


_NO_REASON = "没有写明原因"


def _numbers(tasks: Sequence[int]) -> str:
    return "、".join(map(str, tasks))


def _is_blocked(state: State) -> bool:
    return state.status is Status.BLOCKED


def _obstacle(state: State) -> str | None:
    return state.claim.problem if state.claim else None


def _at_zero(summary: Summary) -> str:
    idle = [row.unit for row in summary.units if row.counts.reported[1] and not row.counts.reported[0]]
    return f"上报率为零的单位有{len(idle)}个：{_listed(idle)}。" if idle else ""


def _listed(named: Sequence[str], separator: str = "、") -> str:
    more = f"等，其余{len(named) - MOST_NAMED}个从略" if len(named) > MOST_NAMED else ""
    return separator.join(named[:MOST_NAMED]) + more


def demand(summary: Summary, until: date | None) -> str:
    """Return what is asked of the units next, where the office has set no text of its own."""
    counts = summary.assignments
    if counts.total and counts.reported[0] == counts.reported[1]:
        return "请各责任单位巩固工作成果，持续做好政务公开各项工作。"
    by = f"于{chinese_day(until)}前" if until else ""
    first = "逾期和退回的责任项要优先办理，" if counts.overdue else ""
    return f"请各责任单位对照附件，抓紧办理尚未完成的责任项；{first}{by}反馈办理情况和佐证材料。"
