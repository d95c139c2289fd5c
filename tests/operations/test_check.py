"""Which entries no longer fit the plan, and which files no longer fit the entries."""

from __future__ import annotations

import pytest

from gkcheck.ledger.assignments import fingerprint
from gkcheck.model import Action, Evidence, Where
from gkcheck.operations.check import check_entries, check_files
from tests.operations.samples import PLAN, entry, task, undo


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
    problems = check_entries(PLAN, [one], "journal.jsonl")
    assert [problem.message.partition("）：")[2] for problem in problems] == ([said] if said else [])


def test_a_problem_names_the_journal_and_the_entry():
    unit, whole = check_entries(PLAN, [entry(1, task=8, id="a" * 64), entry(2, task=9, unit=None)], "j")
    assert unit.where == Where("j", 0)
    assert unit.message.startswith(f"记录 {'a' * 12}（2019-11-01，具体要求 8，市教育局）：")
    assert whole.message.startswith("记录 id2（2019-11-02，具体要求 9，全部责任单位）：")


def test_a_file_in_which_a_fault_is_found():
    files = [Evidence("file", name, sha256=name * 64) for name in "abc"]
    faults = {"a": "不在", "c": "已被改动"}
    problems = check_files(files, lambda file: faults.get(file.value), "j")
    assert [str(problem) for problem in problems] == ["j: 不在", "j: 已被改动"]
