"""Which entries no longer fit the plan, and which files no longer fit the entries."""

from __future__ import annotations

import pytest

from gkcheck.ledger.assignments import fingerprint
from gkcheck.model import Action, Evidence, Where
from gkcheck.operations.check import check_entries, check_files
from tests.operations.samples import PLAN, TODAY, Sealed, entry, task, undo


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (entry(1), None),
        (entry(1, of=fingerprint(task(1))), None),
        (entry(1, of=fingerprint(task(2))), "内容已变更，请复核"),
        (entry(1, task=2, unit=None, of="0" * 16), "内容已变更，请复核"),
        (entry(1, task=9), "责任分工表已没有这项具体要求，记录保留但不计入"),
        (entry(1, unit="市财政局"), "责任分工表已没有这个单位，记录保留但不计入"),
        (entry(1, unit="市财政局", of="0" * 16), "责任分工表已没有这个单位，记录保留但不计入"),
        (entry(1, unit="各镇（街）"), None),
        (entry(1, Action.NOTE, unit=None), None),
        (undo(1, "b9"), None),
    ],
)
def test_an_entry_that_no_longer_fits_the_plan(one, said):
    problems = check_entries(PLAN, Sealed(one), TODAY).unfit("journal.jsonl")
    assert [problem.message.partition("）：")[2] for problem in problems] == ([said] if said else [])


def test_a_problem_names_the_journal_and_the_entry():
    entries = Sealed(entry(1, task=8, id="a" * 32), entry(2, task=9, unit=None, id="b" * 32))
    unit, whole = check_entries(PLAN, entries, TODAY).unfit("j")
    assert unit.where == Where("j", 0)
    assert unit.message.startswith(f"记录 {'a' * 12}（2019-11-01，具体要求 8，市教育局）：")
    assert whole.message.startswith(f"记录 {'b' * 12}（2019-11-02，具体要求 9，全部责任单位）：")


def test_a_file_in_which_a_fault_is_found():
    files = [Evidence("file", name, sha256=name * 64) for name in "abc"]
    faults = {"a": "不在", "c": "已被改动"}
    problems = check_files(files, lambda file: faults.get(file.value), "j")
    assert [str(problem) for problem in problems] == ["j: 不在", "j: 已被改动"]


def looked_at(*entries, plan=PLAN, today=TODAY):
    """What is to be looked at, but for the unit in no group that the sample plan has."""
    problems = check_entries(plan, Sealed(*entries), today).to_look_at("p", "j")
    return [problem.message.removeprefix("请核对：") for problem in problems if problem.where == Where("j", 0)]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([entry(1), entry(2, Action.REOPEN)], "具体要求 1 市教育局：2019-11-01 记为“已完成”，2019-11-02 又改为“未开始”（李，批次 b2）"),
        ([entry(1), entry(2, Action.CONFIRM), entry(3, Action.START)], "具体要求 1 市教育局：2019-11-02 记为“已办结”"),
        ([entry(1, unit=None), entry(2, Action.BLOCK)], "又改为“受阻”"),
        ([entry(1), entry(2, Action.RETURN), entry(3, Action.START)], None),
        ([entry(1), entry(2, Action.RETURN)], None),
        ([entry(1), entry(2, Action.REOPEN), entry(3)], None),
        ([entry(1), entry(2, Action.REOPEN), undo(3, "b2")], None),
        ([entry(1, task=2), entry(2, Action.START)], None),
    ],
)  # fmt: skip
def test_a_claim_that_went_back(entries, said):
    lines = looked_at(*entries)
    assert (len(lines), said is None or said in lines[0]) == (int(said is not None), True), lines


def letter(seq, **changes):
    return entry(seq, Action.REMIND, letter=3, reply_by="2019-11-19", **changes)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([letter(1)], "催办〔2019〕3号 请 市教育局 在 2019-11-19 前答复，具体要求 1 还没有答复"),
        ([letter(1, batch="b"), letter(2, task=2, batch="b"), entry(3, Action.NOTE, note="在办")], "具体要求 2 还没有答复"),
        ([letter(1)._replace(reply_by="2019-11-20")], None),
        ([letter(1), entry(2, Action.START)], None),
        ([letter(1), entry(2, unit=None)], None),
        ([letter(1), entry(2, Action.RETURN, evidence=(Evidence("url", "http://a.cn"),))], "还没有答复"),
        ([letter(1), undo(2, "b1")], None),
        ([entry(1), letter(2)], "还没有答复"),
    ],
)  # fmt: skip
def test_a_letter_without_an_answer(entries, said):
    lines = looked_at(*entries)
    assert (len(lines), said is None or said in lines[0]) == (int(said is not None), True), lines


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([letter(1), letter(2, task=2)], "催办〔2019〕3号 编了 2 份：2019-11-01 给市教育局的（批次 b1）、2019-11-02 给市教育局的（批次 b2）"),
        ([letter(1), letter(2, task=2, unit="大江镇"), letter(3)], "编了 3 份：2019-11-01 给市教育局的（批次 b1）、2019-11-02 给大江镇的"),
        ([letter(1), letter(2, task=2), undo(3, "b1")], None),
        ([letter(1, batch="b"), letter(2, task=2, batch="b")], None),
        ([letter(1), letter(2, task=2)._replace(letter=4)], None),
        ([letter(1), letter(2, at="2020-01-02T09:00:00+08:00")], None),
    ],
)  # fmt: skip
def test_letters_of_one_number(entries, said):
    lines = [line for line in looked_at(*entries) if "编了" in line]
    assert (len(lines), said is None or said in lines[0]) == (int(said is not None), True), lines


@pytest.mark.parametrize(
    ("first", "second", "by", "found"),
    [
        ("2019-11-20T09:00:00+08:00", "2019-11-18T09:00:00+08:00", "李", True),
        ("2019-11-20T09:00:00+08:00", "2019-11-19T09:00:00+08:00", "李", False),
        ("2019-11-18T09:00:00+08:00", "2019-11-20T09:00:00+08:00", "李", False),
        ("2019-11-20T09:00:00+08:00", "2019-11-18T09:00:00+08:00", "王", False),
    ],
)
def test_a_recording_time_that_jumps_back(first, second, by, found):
    lines = looked_at(entry(1, at=first), entry(2, Action.NOTE, task=2, note="x", at=second, by=by))
    assert [line[:8] for line in lines] == (["记录时间倒退 2"] if found else [])


def test_units_in_no_group_are_one_line_and_a_note_explains_them():
    (problem,) = check_entries(PLAN, Sealed(), TODAY).to_look_at("p", "j")
    assert problem.where == Where("p", 0)
    assert "市教育局不属于任何类别" in problem.message
    explained = [unit._replace(note="没有来源写明") for unit in PLAN.units]
    ungrouped = [unit._replace(groups=()) for unit in PLAN.units]
    for units in (explained, ungrouped):
        assert list(check_entries(PLAN._replace(units=tuple(units)), Sealed(), TODAY).to_look_at("p", "j")) == []
