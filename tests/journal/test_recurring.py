"""Tasks that come round again, held against both stores: a year of claims, late ones, reviews and an undo."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gkcheck.cli.context import Context, built_in_plan
from gkcheck.journal import EVERYTHING, Scope, record_format
from gkcheck.journal.live import live_entries
from gkcheck.ledger.fold import Ledger, ledger_of
from gkcheck.ledger.latest import by_assignment, fold
from gkcheck.ledger.periods import Recurrence, deadline_in, fold_periods, missed, period_of
from gkcheck.model import ACTS, Action, Deadline, Draft, Every, Status
from gkcheck.plan.reader import read_plan
from tests.conftest import examples
from tests.journal.exchange import entry_line
from tests.journal.histories import TASKS, UNITS, histories
from tests.journal.recurring_year import DAYS


@pytest.fixture(autouse=True)
def reduced(monkeypatch):
    """Let the file store reduce a journal however short: it gives the latest entries alone."""
    monkeypatch.setattr("gkcheck.journal.file_store.LONG_JOURNAL", 0)


def test_each_day_shows_the_period_that_holds_it(year):
    assert len(DAYS) == 26
    shown = []
    for day, *_ in DAYS:
        tasks = year("tasks", "--as-of", day, "--format", "json").json()[:4]
        cells = [task["assignments"][0] for task in tasks]
        statuses = " ".join(cell["status"] + "!" * cell["overdue"] for cell in cells)
        missed = [period["name"] for cell in cells for period in cell["periods"] if period["overdue"]]
        shown.append((day, statuses, [task["deadline"]["date"] for task in tasks], " ".join(missed)))
    assert shown == DAYS


def standing(year, task=5):
    (cell,) = year("show", task, "--format", "json").json()["assignments"]
    return cell["status"]


def test_a_claim_for_an_earlier_period_does_not_hide_the_present_one(year):
    """Nor does the answer to it, nor an undo of it; the office answers the last claim first."""
    year("deadline", 5, "--every", "month")
    year("done", 5)
    assert "（2019年6月）" in year("done", 5, "--on", "2019-06-30").out
    assert standing(year) == "done"
    assert "已办结（2019年6月）" in year("confirm", 5).out
    assert standing(year) == "done"
    assert year("undo").code == year("undo").code == 0
    assert standing(year) == "done"
    assert "已办结" in year("confirm", 5).out
    assert standing(year) == "confirmed"
    year("done", 5, "--on", "2019-06-01")
    assert standing(year) == "confirmed"
    year("deadline", 5, "none")
    assert standing(year) == "done"


def test_every_sets_a_period_and_none_ends_it(year):
    set_to = year("deadline", 5, "--every", "quarter")
    assert (set_to.code, "时限 每季度" in set_to.out) == (0, True)
    assert "没有重复记录" in year("deadline", 5, "--every", "quarter").out
    year("done", 5, "--on", "2019-11-01")
    shown = year("show", 5, "--as-of", "2019-12-31", "--format", "json").json()
    assert "periods" not in shown["assignments"][0]
    for words in (("deadline", 5, "none", "--every", "month"), ("deadline", "--every", "week", 5), ("deadline", 5)):
        refused = year(*words)
        assert (refused.code, refused.out) == (2, "")
    assert "不设时限" in year("deadline", 5, "none").out
    assert "periods" not in year("show", 5, "--format", "json").json()["assignments"][0]


def test_show_draws_the_periods_of_the_year(year):
    shown = "".join(year("show", 1, "--as-of", "2019-12-30").out.split())
    assert all(words in shown for words in ("第一季度√", "第二季度逾期", "第三季度逾期", "第四季度未开始"))


@pytest.mark.parametrize(
    ("since", "until", "starts"),
    [
        ("2019-01-01", "2019-06-29", []),
        ("2019-06-30", "2019-06-30", ["2019-04-01"]),
        ("2019-07-01", "2019-09-29", []),
        ("2019-01-01", "2019-12-31", ["2019-04-01", "2019-07-01"]),
    ],
)
def test_missed_periods_are_those_that_ended_within_the_days_asked_for(since, until, starts):
    finished = {date(2019, 1, 1): Status.CONFIRMED, date(2019, 4, 1): Status.DOING, date(2019, 10, 1): Status.DONE}
    recurrence = Recurrence(Every.QUARTER, date(2019, 1, 10), date(2020, 1, 1), finished)
    found = missed(recurrence, date.fromisoformat(since), date.fromisoformat(until))
    assert [period.start.isoformat() for period in found] == starts


@pytest.mark.parametrize(
    ("every", "own", "day", "due"),
    [
        (Every.MONTH, "2019-11-10", "2019-12-31", "2019-12-10"),
        (Every.MONTH, "2019-11-10", "2019-10-31", "2019-10-31"),
        (Every.MONTH, "2019-01-31", "2020-02-01", "2020-02-29"),
        (Every.MONTH, "2019-01-30", "2019-02-01", "2019-02-28"),
        (Every.QUARTER, "2019-04-10", "2019-12-31", "2019-10-10"),
        (Every.QUARTER, "2019-11-30", "2020-01-01", "2020-02-29"),
        (Every.QUARTER, "2019-09-30", "2019-12-31", "2019-12-31"),
        (Every.HALF_YEAR, "2019-12-20", "2020-01-01", "2020-06-20"),
        (Every.YEAR, "2020-01-31", "2019-10-26", "2019-12-31"),
        (Every.YEAR, "2020-02-29", "2021-01-01", "2021-02-28"),
        (Every.QUARTER, None, "2019-10-01", "2019-12-31"),
    ],
)
def test_the_day_of_a_deadline_comes_round_from_its_own_period_on(every, own, day, due):
    deadline = Deadline("定期", own and date.fromisoformat(own), every)
    assert str(deadline_in(deadline, period_of(every, date.fromisoformat(day))).date) == due


def test_a_day_that_comes_round_is_set_once(year):
    set_to = year("deadline", 5, "2019-03-10", "--every", "quarter")
    assert (set_to.code, "没有重复记录" in set_to.out) == (0, False)
    assert "没有重复记录" in year("deadline", 5, "2019-03-10", "--every", "quarter").out
    for words in (("2030-01-10", "--every", "quarter"), ("--every", "quarter")):
        assert "没有重复记录" not in year("deadline", 5, *words).out


def test_claims_of_two_periods_do_not_go_back(year):
    """Finished in one period, begun in the next."""
    year("start", 1)
    assert "又改为" not in year("check").out
    year("done", 1)
    year("start", 1)
    assert "又改为" in year("check").out


def test_a_task_without_a_period_says_nothing_of_periods(year):
    last = year("tasks", "--format", "json").json()[-1]
    assert "periods" not in last["assignments"][0]
    assert "every" not in last["deadline"]


def test_a_scope_leaves_the_states_as_they_are(year):
    """By unit, by task and all together: the same cells."""
    whole = year("tasks", "--as-of", "2019-10-01", "--format", "json").json()
    own = year("tasks", "--unit", "市教育局", "--as-of", "2019-10-01", "--format", "json").json()
    assert [task["assignments"] for task in own] == [task["assignments"] for task in whole[:4]]
    (cell,) = year("show", 1, "--as-of", "2019-10-01", "--format", "json").json()["assignments"]
    assert whole[0]["assignments"][0].items() <= cell.items()
    counts = year("status", "--as-of", "2019-07-03", "--format", "json").json()["assignments"]
    assert (counts["done"], counts["todo"], counts["overdue"]) == (1, 4, 1)


# -- any history -------------------------------------------------------------------------------------------


_SAID = [
    Action.START,
    Action.DONE,
    Action.DONE,
    Action.CONFIRM,
    Action.RETURN,
    Action.SKIP,
    Action.NOTE,
    Action.DEADLINE,
]


@st.composite
def turns(draw):
    """Facts about one task, most of them claims of some months, recorded in any order of their days; a few undone."""
    lines = []
    for seq in range(1, draw(st.integers(4, 14))):
        draft = Draft(
            draw(st.sampled_from(_SAID)), TASKS[0], draw(st.sampled_from([None, *UNITS[:2]])),
            on=draw(st.sampled_from([None, "2019-09-30", "2019-10-01", "2019-11-30", "2019-12-01"])),
        )  # fmt: skip
        if draft.action is Action.DEADLINE:
            draft = draft._replace(every=draw(st.sampled_from([Every.MONTH, Every.QUARTER, None])))
        if seq > 1 and draw(st.integers(0, 7)) == 0:
            draft = Draft(Action.UNDO, undoes=f"{draw(st.integers(1, seq - 1)):012x}")
        line = record_format.encode(
            draft, seq=seq, at=f"2019-12-{seq:02}T09:00:00.000000+08:00", by="李", batch=f"{seq:012x}"
        )[:-1]
        lines.append(entry_line(line))
    return lines


BUILT_IN, _ = read_plan(built_in_plan().read_text("utf-8"), "")
assert BUILT_IN is not None


def coming_round(every):
    """The built-in plan, its first tasks coming round again."""
    assert BUILT_IN is not None
    first, *rest = BUILT_IN.sections
    tasks = tuple(task._replace(deadline=every and Deadline("定期", None, every)) for task in first.tasks)
    return BUILT_IN._replace(sections=(first._replace(tasks=tasks), *rest))


def context_of(plan, journal):
    context = Context()
    vars(context).update(plan=plan, journal=journal, is_missing=False)
    return context


def states_in(ledger, scope=EVERYTHING):
    return [
        state
        for row in ledger.rows()
        for state in row.states
        if (scope.tasks is None or state.assignment.task in scope.tasks)
        and (scope.units is None or state.assignment.unit in scope.units)
    ]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(
    history=turns(),
    every=st.sampled_from([None, Every.MONTH, Every.MONTH, Every.QUARTER]),
    day=st.sampled_from([None, None, "2019-11-01", "2019-12-01", "2019-12-31", "2020-01-01", "2026-12-31"]),
)
def test_the_latest_entries_and_those_of_recurring_tasks_are_enough(fresh, history, every, day):
    """What the front door reads gives the states that all live entries give, whatever is asked for."""
    journal, plan = fresh(), coming_round(every)
    journal.merge(history, at="2019-11-01T09:00:00.000000+08:00")
    as_of = date.fromisoformat(day) if day else None
    context = context_of(plan, journal)
    expected = ledger_of(plan, live_entries(journal.read().entries, as_of), as_of or context.today)
    for scope in (EVERYTHING, Scope(frozenset(TASKS[:1])), Scope(units=frozenset(UNITS[:2])),
                  Scope(frozenset(TASKS[1:]), frozenset(UNITS[1:]))):  # fmt: skip
        assert states_in(context.ledger(day, scope), scope) == states_in(expected, scope)


@settings(max_examples=examples(60), deadline=None)
@given(history=turns(), every=st.sampled_from([*Every]), day=st.dates(date(2019, 10, 1), date(2020, 3, 1)))
def test_a_period_holds_what_was_said_of_its_days(history, every, day):
    """Its state is that of a ledger which knows nothing else: no acts here, since these follow the claim they answer."""
    entries = live_entries(one.entry for one in history)
    entries = [entry for entry in entries if entry.action not in ACTS | {Action.DEADLINE}]
    plan, plain = coming_round(every), coming_round(None)
    period = period_of(every, day)
    within = [entry for entry in entries if period.start <= date.fromisoformat(entry.day) <= period.end]
    for state, alone in zip(
        states_in(ledger_of(plan, entries, day)), states_in(Ledger(plain, fold(within), day)), strict=True
    ):
        if state.recurrence is None:
            continue
        assert state.period == period
        assert state.deadline
        assert state.deadline.date == period.end
        assert state._replace(
            deadline=None, period=None, recurrence=None, due_soon=False
        ) == alone._replace(due_soon=False)  # fmt: skip


@given(history=turns() | histories, every=st.sampled_from([*Every]))
def test_no_entry_is_lost_among_the_periods(history, every):
    for entries in by_assignment(live_entries(one.entry for one in history)).values():
        entries = [entry for entry in entries if entry.action is not Action.UNDO]
        folded = fold_periods(every, entries)
        assert {entry for one in folded.values() for entry in one.letters} == {
            entry for entry in entries if entry.action is Action.REMIND
        }
        assert {one.act for one in folded.values() if one.act} <= {e for e in entries if e.action in ACTS}
        last = max((one.last for one in folded.values()), key=lambda entry: entry.order, default=None)
        assert last == (entries[-1] if entries else None)
