"""Tasks that come round again: the periods of a deadline, and the state of an assignment in each. Derived, never stored.

An entry belongs to the period that holds its day: a claim that is made late, with the day of the fact, is one for the
period before. An act belongs to the period of the claim it answers, whatever its own day: what was claimed for a quarter
is reviewed when the quarter is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from gkcheck.ledger.latest import LatestEntries, later
from gkcheck.ledger.plan_year import MONTHS, year_of
from gkcheck.model import ACTS, FINISHED, STATUS_AFTER, Action, Deadline, Entry, Every, Period, Plan, Status, Task
from gkcheck.types import NamedTuple

_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: MONTHS}


class Recurrence(NamedTuple):
    """The periods of an assignment that comes round again: from the one that holds `since` to the one that holds `as_of`.

    `statuses` are by the first day of a period; a period in which nothing was said has none. `day` is that of the
    deadline as it was set, which comes round with the periods.
    """

    every: Every
    since: date
    as_of: date
    statuses: Mapping[date, Status]
    day: date | None = None


def period_of(every: Every, day: date) -> Period:
    """Return the period that holds a day."""
    first = (day.month - 1) // _MONTHS[every] * _MONTHS[every] + 1
    last = first + _MONTHS[every] - 1
    return Period(every, date(day.year, first, 1), _end_of_month(day.year, last))


def deadline_in(deadline: Deadline, period: Period) -> Deadline:
    """Return the deadline of one period: the last day of it, or the day that stands where the deadline's own does.

    A deadline of 2019-03-10 that comes round each quarter is due on 10 June, 10 September and so on; the periods before
    the one that holds its own day are due on their last.
    """
    day, deadline = deadline.date, deadline._replace(period=period)
    own = period_of(period.every, day) if day else None
    if day is None or own is None or own.start > period.start:
        return deadline._replace(date=period.end)
    month = period.start.month + day.month - own.start.month
    last = _end_of_month(period.start.year, month)
    is_last = day == _end_of_month(day.year, day.month)
    return deadline._replace(date=last if is_last else last.replace(day=min(day.day, last.day)))


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, 31) if month == MONTHS else date(year, month + 1, 1) - timedelta(days=1)


def fold_periods(every: Every, entries: Iterable[Entry]) -> dict[date, LatestEntries]:
    """Return the latest entries of each kind by the first day of the period they belong to.

    Args:
        entries: all live entries about one assignment, in the order of facts.
    """
    folded: dict[date, LatestEntries] = {}
    for entry in entries:
        folded.setdefault(start_for(every, folded, entry.action, entry_day(entry)), LatestEntries()).add(entry)
    return folded


def entry_day(entry: Entry) -> date:
    """Return the day of the fact."""
    return date.fromisoformat(entry.day)


def start_for(every: Every, folded: Mapping[date, LatestEntries], action: Action | None, day: date) -> date:
    """Return the first day of the period that an entry belongs to, given the entries before it.

    An act answers the latest completion that waits for an answer; where none does, the latest claim, whose answer it
    replaces; never a claim for a period that begins after the day of the act. So a quarter that was claimed late, after
    the next one had begun, is reviewed all the same, and both are where both wait.
    """
    if action in ACTS:
        claims = {start: one.claim for start, one in folded.items() if one.claim and start <= day}
        waiting = {start: claim for start, claim in claims.items() if _waits(folded[start], claim)}
        if claims:
            return max((waiting or claims).items(), key=lambda item: item[1].order)[0]
    return period_of(every, day).start


def _waits(latest: LatestEntries, claim: Entry) -> bool:
    return claim.action is Action.DONE and (latest.act is None or latest.act.order < claim.order)


def recurrence_of(
    deadline: Deadline,
    every: Every,
    plan: Plan,
    task: Task,
    entries: Iterable[Entry],
    folded: Mapping[date, LatestEntries],
    as_of: date,
) -> Recurrence:
    """Return the periods of one assignment as of a day, given all live entries about it and the same by period."""
    setting = {start: later(one.claim, one.act) for start, one in folded.items()}
    statuses = {start: STATUS_AFTER[entry.action] for start, entry in setting.items() if entry}
    return Recurrence(every, _owed_since(plan, task, entries, as_of), as_of, statuses, deadline.date)


def _owed_since(plan: Plan, task: Task, entries: Iterable[Entry], as_of: date) -> date:
    """Return the day from which an assignment is owed in every period.

    That is the day on which the plan was issued, or from which the deadline was set to come round; the first claim where
    it was made before.
    """
    since = _issued(plan, as_of) if task.deadline and task.deadline.every else None
    claims = []
    for entry in entries:
        if entry.action is Action.DEADLINE:
            since = min(since or date.max, entry_day(entry)) if entry.every else None
        elif entry.action not in ACTS and entry.action is not Action.REMIND:
            claims.append(entry_day(entry))
    return min(since or as_of, as_of, *claims)


def _issued(plan: Plan, as_of: date) -> date:
    return plan.issued or date(year_of(plan, as_of), 1, 1)


# -- the periods that are over -----------------------------------------------------------------------------


class PeriodStatus(NamedTuple):
    """A period and the status at its end, or now; `overdue`: it is over and was not finished."""

    period: Period
    status: Status
    overdue: bool


def periods_between(recurrence: Recurrence, first: date, last: date) -> list[PeriodStatus]:
    """Return the periods that an assignment was owed in and that end from `first` on and begin by `last`, in order."""
    found = []
    day = max(first, recurrence.since)
    while day <= min(last, recurrence.as_of):
        period = period_of(recurrence.every, day)
        status = recurrence.statuses.get(period.start, Status.TODO)
        is_met = status in FINISHED or status is Status.SKIPPED
        found.append(PeriodStatus(period, status, period.end < recurrence.as_of and not is_met))
        if period.end == date.max:
            break
        day = period.end + timedelta(days=1)
    return found


def periods_of_year(recurrence: Recurrence) -> list[PeriodStatus]:
    """Return the periods of the year of the ledger's day, up to the present one."""
    return periods_between(recurrence, date(recurrence.as_of.year, 1, 1), recurrence.as_of)


def ended(recurrence: Recurrence, since: date, until: date) -> list[PeriodStatus]:
    """Return the periods that ended from `since` to `until` (both inclusive) and are over, in order."""
    found = periods_between(recurrence, since, until)
    return [one for one in found if since <= one.period.end <= until and one.period.end < recurrence.as_of]


def missed(recurrence: Recurrence, since: date, until: date) -> list[Period]:
    """Return those of the periods that ended from `since` to `until` that were not finished, in order."""
    return [one.period for one in ended(recurrence, since, until) if one.overdue]
