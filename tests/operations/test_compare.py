"""Which task of one plan is which of another, and what differs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.cli.context import built_in_plan
from gkcheck.model import Deadline, Every, Group, Plan, Section, Task, Unit
from gkcheck.operations.compare import FACTS, TASK_FIELDS, Change, compare_plans, pair_tasks
from gkcheck.plan.reader import read_plan
from tests.conftest import examples

TEXT = "通过多种形式及时公开义务教育招生方案、招生范围、招生程序。"
OTHER = "加强重点领域财政预决算公开，细化公开内容。"


def plan_of(*tasks, **facts):
    """A plan of one section; a task is its text, or a `Task`."""
    made = [
        task if isinstance(task, Task) else Task(n, str(n), task, responsible=("甲局",))
        for n, task in enumerate(tasks, 1)
    ]
    plan = Plan("p", "表", None, None, None, (), (Unit("甲局"),), ())
    return plan._replace(sections=(Section("一", "公开", tuple(made)),), **facts)


def paired(old, new):
    """The ids of each pair, 0 for none."""
    return [(a.task.id if a else 0, b.task.id if b else 0) for a, b in pair_tasks(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ([TEXT, OTHER], [TEXT, OTHER], [(1, 1), (2, 2)]),
        ([TEXT, OTHER], ["一项新的工作安排。", TEXT, OTHER], [(0, 1), (1, 2), (2, 3)]),
        ([TEXT, OTHER], [OTHER], [(1, 0), (2, 1)]),
        ([TEXT, OTHER], [OTHER, TEXT], [(2, 1), (1, 2)]),
        ([TEXT], [TEXT.replace("义务教育", "高中阶段")], [(1, 1)]),
        ([TEXT], [OTHER], [(0, 1), (1, 0)]),
        ([TEXT, TEXT, OTHER], [TEXT, OTHER], [(1, 1), (2, 0), (3, 2)]),
        (["公布目录。"], ["公布县级清单总目录。"], [(1, 1)]),
        (["公布目录。", OTHER], [OTHER, "公布县级清单总目录。"], [(1, 0), (2, 1), (0, 2)]),
        (["加强甲类信息公开。", "加强乙类信息公开。"], ["加强乙类信息全面公开。", "加强甲类信息全面公开。"], [(2, 1), (1, 2)]),
        (["一"], ["二"], [(0, 1), (1, 0)]),
        ([TEXT], [TEXT.replace("、", ",")], [(1, 1)]),
    ],
)  # fmt: skip
def test_pairs_of_tasks(old, new, pairs):
    """By text wherever it stands, then by likeness; the same number tips the scales of a short text."""
    assert paired(plan_of(*old), plan_of(*new)) == pairs


def test_the_most_alike_is_the_same_task():
    """Not the first that is alike enough."""
    old = plan_of(TEXT)
    new = plan_of(TEXT.replace("招生范围、招生程序", "学校情况"), TEXT.replace("及时", "主动"))
    assert paired(old, new) == [(0, 1), (1, 2)]


def test_equal_texts_are_told_apart_by_section_and_number():
    texts = [Task(n, str(n), "落实责任。", responsible=("甲局",)) for n in (1, 2, 3)]
    assert paired(plan_of(*texts), plan_of(texts[1]._replace(id=1), texts[2]._replace(id=2))) == [
        (1, 0),
        (2, 1),
        (3, 2),
    ]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("text", {"text": TEXT + "另行通知。"}),
        ("units", {"lead": ("甲局",), "responsible": ()}),
        ("deadline", {"deadline": Deadline(None, None, Every.QUARTER)}),
        ("channels", {"channels": ("政府网站",)}),
        ("subsection", {"subsection": "（一）"}),
        ("note", {"note": "原文如此。"}),
    ],
)
def test_every_field_of_a_task_is_compared(field, changed):
    task = Task(1, "一", TEXT, responsible=("甲局",))
    found = compare_plans(plan_of(task), plan_of(task._replace(**changed)))
    assert [(one.change, one.fields) for one in found.tasks] == [(Change.CHANGED, (field,))]
    assert found.same == 0


def test_no_field_of_the_model_is_forgotten():
    """A field that is added to the model has to be compared, too."""
    told = {"id", "number", "lead", "responsible", "support", *TASK_FIELDS} - {"units", "section"}
    assert told == set(Task._fields)
    assert {*FACTS, "groups", "units", "sections"} == set(Plan._fields)
    assert set(Section._fields) == {"number", "title", "note", "tasks"}


def test_a_new_number_alone_is_no_other_task():
    found = compare_plans(plan_of(TEXT, OTHER), plan_of(OTHER))
    assert [(one.change, one.fields) for one in found.tasks] == [(Change.REMOVED, ()), (Change.RENUMBERED, ())]
    assert found.same == 0


def test_another_heading_is_a_change_and_its_number_is_not():
    plan = plan_of(TEXT)
    titled, numbered = (plan.sections[0]._replace(**{name: "二"}) for name in ("title", "number"))
    assert [one.fields for one in compare_plans(plan, plan._replace(sections=(titled,))).tasks] == [("section",)]
    assert [one.change for one in compare_plans(plan, plan._replace(sections=(numbered,))).tasks] == [Change.RENUMBERED]


def test_the_registry_is_compared_by_name():
    old = plan_of(TEXT, units=(Unit("甲局", ("甲",)), Unit("乙局")), groups=(Group("各镇"),))
    new = plan_of(
        TEXT, units=(Unit("丙局"), Unit("甲局", ("甲", "一局"), phone="5512345")), groups=(Group("各镇", True),)
    )
    found = compare_plans(old, new)
    assert [(one.change, (one.new or one.old).name, one.fields) for one in found.registry] == [
        (Change.CHANGED, "各镇", ("ranked",)),
        (Change.CHANGED, "甲局", ("aliases", "phone")),
        (Change.REMOVED, "乙局", ()),
        (Change.ADDED, "丙局", ()),
    ]
    assert not compare_plans(old, old._replace(units=old.units[::-1])).registry


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_of_a_plan_is_compared(name):
    found = compare_plans(plan_of(TEXT), plan_of(TEXT, **{name: "别的"}))
    assert (found.facts, found.is_same) == ((name,), False)


def test_a_plan_is_the_same_as_itself():
    plan, _ = read_plan(built_in_plan().read_text("utf-8"), "a")
    found = compare_plans(plan, plan)
    assert (found.is_same, found.same) == (True, 37)


@given(st.data())
def test_no_task_is_lost_or_counted_twice(data):
    """Whatever was moved, dropped, added or rewritten: each task of both plans is told once."""
    some = st.lists(st.sampled_from([TEXT, OTHER, TEXT + OTHER, TEXT[5:], OTHER[:9], "一", "落实责任。"]), max_size=8)
    old, new = plan_of(*data.draw(some)), plan_of(*data.draw(some))
    pairs = paired(old, new)
    assert sorted(a for a, _ in pairs if a) == [task.id for task in old.tasks()]
    assert [b for _, b in pairs if b] == [task.id for task in new.tasks()]
    found = compare_plans(old, new)
    here = sum(one.old is not None for one in found.tasks)
    assert here + found.same == len(old.tasks())
    assert found.is_same == (old == new)


def test_likeness_is_looked_for_among_few(monkeypatch):
    """Of thousands of tasks of one wording each is held against a bounded number: the cost does not square."""
    from gkcheck.operations import compare

    held = 0
    likeness = compare.likeness

    def counted(one, other):
        nonlocal held
        held += 1
        return likeness(one, other)

    monkeypatch.setattr(compare, "likeness", counted)
    count = examples(1000)
    texts = [f"按要求公开第{n}类信息，{n}并做好解读回应。" for n in range(count)]
    found = compare_plans(plan_of(*texts), plan_of(*(text + "另行通知。" for text in texts)))
    assert [one.fields for one in found.tasks] == [("text",)] * count
    assert held <= 20 * count
