"""The ledger's functions one by one: assignments, the fold, states, queries, counts and the schedule."""

from __future__ import annotations

from datetime import date

import pytest

from gkcheck.ledger.assignments import assignment_of, assignments_of, assignments_of_task, fingerprint, members_of
from gkcheck.ledger.fold import Ledger, fold, status_of
from gkcheck.ledger.plan_year import year_of
from gkcheck.ledger.queries import TaskFilter, open_tasks_for, select
from gkcheck.ledger.schedule import ExpectedProgress, expected_progress
from gkcheck.ledger.summary import Counts, rate, summarise
from gkcheck.model import Action, Assignment, Deadline, Entry, Evidence, Group, Plan, Role, Section, Status, Task, Unit

DAY = date(2019, 11, 15)
LEAD, RESPONSIBLE, SUPPORT = Role
PROOF, OTHER_PROOF = Evidence("text", "会议记录"), Evidence("url", "https://a.example/1")

PLAN = Plan(
    id="p",
    title="甲市2019年政务公开工作要点责任分工表",
    document_number=None,
    issuer="甲市人民政府办公室",
    issued=date(2018, 12, 1),
    groups=(Group("各镇", ranked=True), Group("各执法单位")),
    units=(Unit("东镇", groups=("各镇",)), Unit("西镇", groups=("各镇",)), Unit("教育局"), Unit("财政局")),
    sections=(
        Section(
            "一",
            "公开",
            (
                Task(1, "一", "公开招生方案。", responsible=("教育局",), deadline=Deadline("年内", date(2019, 12, 31))),
                Task(2, "二", "公开预算。", lead=("财政局",), support=("各镇", "教育局"), channels=("门户网站",)),
            ),
        ),
        Section("二", "执法", (Task(3, "三", "公示执法。", lead=("东镇",), responsible=("各镇", "各执法单位")),)),
    ),
)
TASKS = {task.id: task for task in PLAN.tasks()}


def entry(seq, action, task=1, unit: str | None = "教育局", **fields):
    rest = {"by": "李", "of": None, "note": None, "evidence": (), "batch": f"{seq:012x}", "id": f"{seq:032x}"}
    return Entry(
        seq=seq, at=f"2019-11-{seq:02}T09:00:00+08:00", task=task, unit=unit, action=action, **{**rest, **fields}
    )


def ledger_of(*entries, as_of=DAY):
    return Ledger(PLAN, fold(entries), as_of)


def state_of(*entries, task=1, unit="教育局", as_of=DAY):
    ledger = ledger_of(*entries, as_of=as_of)
    owed = assignment_of(TASKS[task], unit, ledger.members)
    assert owed
    return ledger.state(TASKS[task], owed)


# -- assignments -----------------------------------------------------------------------------------------


def test_an_open_group_has_no_members():
    assert members_of(PLAN) == {"各镇": ["东镇", "西镇"], "各执法单位": []}


@pytest.mark.parametrize(
    ("task", "assignments"),
    [
        (1, [("教育局", RESPONSIBLE, None)]),
        (2, [("财政局", LEAD, None), ("东镇", SUPPORT, "各镇"), ("西镇", SUPPORT, "各镇"), ("教育局", SUPPORT, None)]),
        (3, [("东镇", LEAD, None), ("西镇", RESPONSIBLE, "各镇"), ("各执法单位", RESPONSIBLE, None)]),
    ],
)
def test_a_task_is_owed_once_by_each_unit_in_its_strongest_role(task, assignments):
    found = assignments_of_task(TASKS[task], members_of(PLAN))
    assert found == [Assignment(task, *fields) for fields in assignments]
    for one in found:
        assert assignment_of(TASKS[task], one.unit, members_of(PLAN)) == one
        assert one in assignments_of(PLAN, one.unit)


def test_a_unit_named_in_a_role_is_not_there_through_its_group():
    task = Task(9, "九", "都要做。", responsible=("各镇", "东镇"))
    assert [one.group for one in assignments_of_task(task, members_of(PLAN))] == ["各镇", None]
    assert assignment_of(task, "东镇", members_of(PLAN)) == Assignment(9, "东镇", RESPONSIBLE, None)


def test_the_assignments_of_a_unit_are_in_task_order():
    assert [(one.task, one.role) for one in assignments_of(PLAN, "东镇")] == [(2, SUPPORT), (3, LEAD)]
    assert assignments_of(PLAN, "各镇") == []
    assert assignments_of(PLAN, "没有") == []


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"number": "二十"}, True),
        ({"deadline": None}, True),
        ({"note": "备注"}, True),
        ({"channels": ("微信",)}, True),
        ({"text": "公开招生方案"}, False),
        ({"responsible": ("财政局",)}, False),
        ({"responsible": (), "lead": ("教育局",)}, False),
        ({"support": ("财政局",)}, False),
    ],
)
def test_the_fingerprint_is_of_text_units_and_roles(change, same):
    assert (fingerprint(TASKS[1]._replace(**change)) == fingerprint(TASKS[1])) is same


# -- the fold and the states -----------------------------------------------------------------------------


def test_the_fold_keeps_the_latest_entry_of_each_kind():
    done = entry(1, Action.DONE, note="已公布", evidence=(PROOF,))
    later = entry(2, Action.NOTE, note="补充")
    due = entry(3, Action.DEADLINE, due="2019-12-01")
    undo = entry(4, Action.UNDO, undoes="0")
    latest = fold([done, later, due, undo])
    assert list(latest) == [(1, "教育局")]
    (one,) = latest.values()
    assert (one.claim, one.act, one.review, one.note, one.deadline, one.last) == (done, None, done, later, due, due)
    assert one.evidence == [done]


@pytest.mark.parametrize(
    ("actions", "status", "returned"),
    [
        ([], Status.TODO, False),
        ([Action.START], Status.DOING, False),
        ([Action.DONE], Status.DONE, False),
        ([Action.BLOCK], Status.BLOCKED, False),
        ([Action.SKIP], Status.SKIPPED, False),
        ([Action.DONE, Action.CONFIRM], Status.CONFIRMED, False),
        ([Action.DONE, Action.RETURN], Status.DOING, True),
        ([Action.DONE, Action.RETURN, Action.BLOCK], Status.BLOCKED, True),
        ([Action.DONE, Action.RETURN, Action.NOTE], Status.DOING, True),
        ([Action.DONE, Action.RETURN, Action.DONE], Status.DONE, False),
        ([Action.DONE, Action.RETURN, Action.SKIP], Status.SKIPPED, False),
        ([Action.DONE, Action.REOPEN], Status.TODO, False),
        ([Action.DONE, Action.DEADLINE], Status.DONE, False),
    ],
)
def test_the_status_after_actions(actions, status, returned):
    entries = [entry(seq, action, note="说明") for seq, action in enumerate(actions, 1)]
    state = state_of(*entries)
    assert (state.status, state.returned, state.reason) == (status, returned, "说明" if returned else None)


def test_the_later_of_own_and_whole_task_entries_counts():
    own = entry(2, Action.DONE, note="本单位", evidence=(PROOF,))
    before, after = (entry(seq, Action.BLOCK, unit=None, note="全部", evidence=(OTHER_PROOF,)) for seq in (1, 3))
    assert (state_of(own, before).status, state_of(own, after).status) == (Status.DONE, Status.BLOCKED)
    assert (state_of(own, before).note, state_of(own, after).note) == ("本单位", "全部")
    assert state_of(before, own).evidence == (OTHER_PROOF, PROOF)
    assert state_of(own, after).evidence == (PROOF, OTHER_PROOF)
    assert (state_of(own, after).entry, state_of(before, own).entry) == (after, own)
    assert state_of(own, after, task=2).entry is None


def test_a_note_from_before_the_status_is_not_shown():
    assert state_of(entry(1, Action.NOTE, note="旧"), entry(2, Action.DONE)).note is None
    assert state_of(entry(1, Action.DONE), entry(2, Action.NOTE, note="新")).note == "新"


@pytest.mark.parametrize(
    ("as_of", "action", "overdue", "due_soon"),
    [
        (date(2019, 12, 23), Action.START, False, False),
        (date(2019, 12, 24), Action.START, False, True),
        (date(2019, 12, 31), Action.START, False, True),
        (date(2020, 1, 1), Action.START, True, False),
        (date(2020, 1, 1), Action.BLOCK, True, False),
        (date(2020, 1, 1), Action.DONE, False, False),
        (date(2020, 1, 1), Action.SKIP, False, False),
    ],
)
def test_overdue_and_due_soon(as_of, action, overdue, due_soon):
    state = state_of(entry(1, action), as_of=as_of)
    assert (state.overdue, state.due_soon) == (overdue, due_soon)


def test_nothing_recorded_may_be_overdue_too():
    assert state_of(as_of=date(2020, 1, 1)).overdue
    assert not state_of(task=2, as_of=date(2020, 1, 1)).overdue


@pytest.mark.parametrize(
    ("due", "deadline"),
    [("2019-12-01", Deadline(None, date(2019, 12, 1))), (None, None)],
)
def test_a_deadline_is_set_and_removed(due, deadline):
    assert state_of(entry(1, Action.DEADLINE, due=due)).deadline == deadline
    assert state_of(entry(1, Action.DEADLINE, unit=None, due=due)).deadline == deadline


@pytest.mark.parametrize(("of", "changed"), [(None, False), (fingerprint(TASKS[1]), False), ("0" * 16, True)])
def test_a_status_of_a_changed_task_is_marked(of, changed):
    assert state_of(entry(1, Action.DONE, of=of)).changed is changed


@pytest.mark.parametrize(
    ("statuses", "of_task"),
    [
        ("skipped skipped", "skipped"),
        ("skipped confirmed", "confirmed"),
        ("confirmed done skipped", "done"),
        ("done todo", "doing"),
        ("doing todo", "doing"),
        ("blocked done doing", "blocked"),
        ("todo todo skipped", "todo"),
        ("blocked skipped", "blocked"),
    ],
)
def test_the_status_of_a_task(statuses, of_task):
    states = [state_of()._replace(status=Status(word)) for word in statuses.split()]
    assert status_of(states) is Status(of_task)


def test_a_row_is_of_all_units_or_of_some():
    ledger = ledger_of(entry(1, Action.DONE, 2, "财政局"), entry(2, Action.CONFIRM, 2, "财政局"))
    row = ledger.row(TASKS[2], PLAN.sections[0])
    assert (row.status, row.assigned, row.finished) == (Status.DOING, 4, 1)
    own = ledger.row(TASKS[2], PLAN.sections[0], {"财政局"})
    assert own
    assert (own.status, own.assigned, own.finished) == (Status.CONFIRMED, 1, 1)
    assert ledger.row(TASKS[1], PLAN.sections[0], {"财政局"}) is None
    two = ledger.row(TASKS[2], PLAN.sections[0], {"财政局", "东镇"})
    assert two
    assert [state.assignment.unit for state in two.states] == ["财政局", "东镇"]
    assert (two.status, two.assigned, two.finished) == (Status.DOING, 2, 1)
    assert [row.task.id for row in ledger.rows()] == [1, 2, 3]


# -- queries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "chosen"),
    [
        ({}, {1: 1, 2: 4, 3: 3}),
        ({"tasks": frozenset({3, 1})}, {1: 1, 3: 3}),
        ({"tasks": frozenset()}, {}),
        ({"units": {"教育局"}}, {1: 1, 2: 1}),
        ({"units": {"教育局", "西镇"}}, {1: 1, 2: 2, 3: 1}),
        ({"units": {"东镇"}, "named": True}, {3: 1}),
        ({"named": True}, {1: 1, 2: 2, 3: 2}),
        ({"roles": [Role.SUPPORT]}, {2: 3}),
        ({"roles": [Role.SUPPORT, Role.LEAD]}, {2: 4, 3: 1}),
        ({"statuses": {"done"}}, {1: 1}),
        ({"statuses": {"done", "doing"}}, {1: 1, 2: 4}),
        ({"statuses": {"overdue"}}, {2: 1}),
        ({"statuses": {"done", "overdue"}}, {1: 1, 2: 1}),
        ({"statuses": {"returned"}}, {}),
        ({"statuses": {"doing"}}, {2: 4}),
        ({"statuses": {"done"}, "units": {"财政局"}}, {2: 1}),
        ({"statuses": {"done"}, "units": {"财政局", "教育局"}}, {1: 1}),
        ({"channel": "门户"}, {2: 4}),
        ({"overdue": True}, {2: 1}),
        ({"due_by": date(2019, 11, 2)}, {2: 1}),
        ({"due_by": date(2019, 11, 1)}, {2: 1}),
        ({"due_by": date(2019, 10, 31)}, {}),
        ({"due_by": date(2019, 12, 31)}, {2: 1}),
    ],
)
def test_a_filter_selects_tasks_and_assignments(conditions, chosen):
    ledger = ledger_of(
        entry(1, Action.DONE),
        entry(2, Action.DONE, 2, "财政局"),
        entry(3, Action.DEADLINE, 2, "西镇", due="2019-11-01"),
    )
    rows = select(ledger, TaskFilter(**conditions))
    assert {row.task.id: len(row.states) for row in rows} == chosen


@pytest.mark.parametrize(
    ("unit", "tasks"),
    [
        ("教育局", {"各镇": [3], "各执法单位": [3]}),
        ("财政局", {"各镇": [3], "各执法单位": [3]}),
        ("东镇", {}),
        ("西镇", {}),
        ("各执法单位", {"各镇": [2]}),
    ],
)
def test_tasks_that_a_unit_might_owe_through_a_group(unit, tasks):
    assert open_tasks_for(PLAN, unit) == tasks


# -- counts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (0, 0, 0.0),
        (0, 3, 0.0),
        (3, 3, 100.0),
        (1, 3, 33.33),
        (2, 3, 66.67),
        (963, 1032, 93.31),
        (1, 800, 0.13),
        (1, 20_000, 0.01),
    ],
)
def test_a_rate_has_two_decimals_halves_up(part, whole, percent):
    assert rate(part, whole) == percent


def test_counts_and_their_rates():
    counts = Counts()
    for status, number in zip(Status, (1, 2, 3, 4, 5, 6), strict=True):
        for i in range(number):
            counts.add(status, overdue=i == 0, due_soon=status is Status.TODO)
    numbers = (
        counts.of(Status.TODO),
        counts.of(Status.DOING),
        counts.of(Status.BLOCKED),
        counts.done,
        counts.confirmed,
        counts.skipped,
    )
    assert numbers == (1, 2, 3, 4, 5, 6) == tuple(map(counts.of, Status))
    assert (counts.total, counts.overdue, counts.due_soon) == (21, 6, 1)
    assert (counts.reported, counts.reported_rate, counts.confirmed_rate) == ((9, 15), 60.0, 33.33)


def test_all_skipped_is_a_rate_of_zero():
    counts = Counts()
    counts.add(Status.SKIPPED, overdue=False)
    assert (counts.reported, counts.reported_rate, counts.confirmed_rate) == ((0, 0), 0.0, 0.0)


def test_sections_and_units_each_sum_to_the_whole():
    summary = summarise(ledger_of(entry(1, Action.DONE), entry(2, Action.CONFIRM, 3, None), as_of=date(2020, 1, 1)))
    assert (summary.tasks.total, summary.assignments.total) == (3, 8)
    for rows in (summary.sections, summary.units):
        for status in Status:
            assert sum(row.counts.of(status) for row in rows) == summary.assignments.of(status), status
    assert [row.unit for row in summary.units] == ["东镇", "西镇", "教育局", "财政局", "各执法单位"]


def test_only_ranked_groups_are_ranked_and_equal_rates_share_a_place():
    def ranks(*entries):
        return {row.unit: row.rank for row in summarise(ledger_of(*entries)).units if row.rank}

    assert ranks() == {"东镇": 1, "西镇": 1}
    assert ranks(entry(1, Action.DONE, 2, "西镇")) == {"西镇": 1, "东镇": 2}
    skipped = [entry(seq, Action.SKIP, task, "西镇") for seq, task in ((1, 2), (2, 3))]
    assert ranks(*skipped) == {"东镇": 1}, "a unit whose every task is skipped has no place"


# -- the schedule ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "months", "percent"),
    [
        (date(2018, 12, 31), 0, 0.0),
        (date(2019, 1, 30), 0, 0.0),
        (date(2019, 1, 31), 1, 8.33),
        (date(2019, 2, 28), 2, 16.67),
        (date(2019, 11, 29), 10, 83.33),
        (date(2019, 12, 31), 12, 100.0),
        (date(2021, 3, 1), 12, 100.0),
    ],
)
def test_the_progress_expected_on_a_day(as_of, months, percent):
    assert expected_progress(PLAN, as_of) == ExpectedProgress(months, percent)


@pytest.mark.parametrize(
    ("title", "issued", "year"),
    [
        ("甲市2019年要点", date(2018, 1, 1), 2019),
        ("甲市2019 年要点", None, 2019),
        ("甲市要点", date(2018, 1, 1), 2018),
        ("甲市要点", None, 2024),
        ("第12019年", None, 2024),
    ],
)
def test_the_year_of_a_plan(title, issued, year):
    assert year_of(PLAN._replace(title=title, issued=issued), date(2024, 5, 1)) == year
