"""The units that a command line names: every command that takes --unit by every way of typing one, in a table."""

from __future__ import annotations

import json
import os
import re
import sys

import pytest

from gkcheck.cli.commands import interactive
from gkcheck.cli.context import Context
from gkcheck.cli.output import say
from gkcheck.cli.registry import COMMANDS, signature
from gkcheck.errors import GkcheckError
from gkcheck.lookup.unit_lists import find_units, match_unit_to_record
from gkcheck.model import Group
from tests.terminal import Terminal

TYPED = """
typed                   a query is about        a record is for
市教育局                市教育局                市教育局
教育局                  市教育局                市教育局
台山市教育局            市教育局                市教育局
市敎育局                市教育局                市教育局
jyj                     市教育局                市教育局
ＪＹＪ                  市教育局                市教育局
jiaoyuju                市教育局                市教育局
教育                    市教育局                市教育局
jy                      市教育局                !市教育局
教育局、财政局          市教育局 市财政局       市教育局 市财政局
教育局，财政局          市教育局 市财政局       市教育局 市财政局
jyj,市财政局            市教育局 市财政局       市教育局 市财政局
教育局|财政局           市教育局 市财政局       市教育局 市财政局
各镇（街）              镇街                    镇街
镇街                    镇街                    镇街
各鎮街                  镇街                    镇街
zj                      镇街                    !各镇（街）
镇街、教育局            镇街 市教育局           镇街 市教育局
镇街|台城               镇街                    镇街
教玉局                  !市教育局               !市教育局
教育局、教玉局          !市教育局               !市教育局
局                      !市教育局               !市教育局
执法                    !（类别）               !（类别）
、                      !gkcheck units          !gkcheck units
"""
"""What is typed after --unit (`|`: in two of them), and what a query and a record are about: 镇街, the members of 各镇（街）;
`!`: refused with these words."""

ROWS = [re.split(" {2,}", line) for line in TYPED.strip().splitlines()[1:]]

PLAN = Context().plan
TOWNS = {unit.name for unit in PLAN.units if "各镇（街）" in unit.groups}


def units_of(column):
    return {name for word in column.split() for name in (TOWNS if word == "镇街" else {word})}


@pytest.fixture
def reported(gk):
    """A ledger in which every assignee of task 1 has reported it for itself, with evidence."""
    for name in ("镇街", "市直各单位"):
        assert gk("done", "1", "--unit", name, "--evidence", "台府办〔2019〕1号").code == 0
    return gk


def of_assignments(answer):
    return {state["unit"] for task in answer for state in task["assignments"]}


QUERIES = {
    "tasks": (["--format", "json"], of_assignments),
    "show": (["1", "--format", "json"], lambda task: of_assignments([task])),
    "status": (["--format", "json"], lambda answer: {row["unit"] for row in answer["units"]}),
    "matrix": (["--format", "json"], lambda answer: {row["unit"] for row in answer["units"]}),
    "log": (["--format", "json"], lambda answer: {entry["unit"] for entry in answer}),
    "evidence": (["--format", "json"], lambda answer: {item["unit"] for item in answer}),
}
"""The queries, each with what is typed beside --unit, and how the units are read off the JSON that it prints."""


def query(gk, command, typed, tmp_path, monkeypatch):
    """Return the answer of a command that only looks, and the units that it is about."""
    options = [word for name in typed.split("|") for word in ("--unit", name)]
    if command in QUERIES:
        beside, read = QUERIES[command]
        answer = gk(command, *beside, *options)
        return answer, read(json.loads(answer.out)) if answer.code == 0 else set()
    if command == "export":
        answer = gk(command, tmp_path / "台账.json", *options)
        file = tmp_path / "台账.json"
        return answer, {row["unit"] for row in json.loads(file.read_text("utf-8"))} if file.exists() else set()
    if command == "remind":
        answer = gk(command, "-o", tmp_path / "催办", "--dry-run", *options)
        return answer, set(re.findall("将写 .*?：(.*?)，", answer.out))
    if command == "form":
        answer = gk(command, "-o", tmp_path / "表", *options)
        return answer, {path.stem for path in tmp_path.glob("表/*.xlsx")}
    assert command == "review"
    monkeypatch.setattr(interactive, "_needs_person", lambda *_: None)
    monkeypatch.setattr(
        interactive,
        "_ask_about_each",
        lambda _, items, *__: say("\n".join(state.assignment.unit for _, state in items)),
    )
    answer = gk(command, *options)
    return answer, set(answer.out.split()) if answer.code == 0 else set()


LOOKING = [*QUERIES, "export", "remind", "form", "review"]


@pytest.mark.parametrize("command", LOOKING)
def test_what_a_query_is_about(reported, command, tmp_path, monkeypatch):
    """Every row of the table, by every command that looks."""
    for at, (typed, meant, _) in enumerate(ROWS):
        folder = tmp_path / str(at)
        folder.mkdir()
        answer, units = query(reported, command, typed, folder, monkeypatch)
        if meant.startswith("!"):
            assert (answer.code, answer.out) == (2, ""), (typed, answer)
            assert meant[1:] in answer.err
        else:
            assert answer.code == 0, (typed, answer)
            assert units == units_of(meant), typed


RECORDS = {
    "done": ["1"], "start": ["1"], "block": ["1", "--note", "等文件"], "skip": ["1", "--note", "不涉及"], "reopen": ["1"],
    "note": ["1", "--note", "已发文"], "confirm": ["1"], "return": ["1", "--note", "缺佐证"], "deadline": ["1", "2019-12-01"],
}  # fmt: skip
"""The commands that record for several units, each with what is typed beside --unit."""


@pytest.mark.parametrize("command", RECORDS)
@pytest.mark.parametrize(
    ("typed", "meant"), [(row[0], row[2]) for row in ROWS], ids=[row[0].replace("|", " -u ") for row in ROWS]
)
def test_what_a_record_is_for(gk, command, typed, meant):
    """Every row of the table, by every command that records; two units are one batch."""
    if command in ("confirm", "return", "reopen"):
        gk("done", "1")
    before = len(gk("log", "--format", "json").json())
    answer = gk(command, *RECORDS[command], *[word for name in typed.split("|") for word in ("--unit", name)])
    entries = gk("log", "--format", "json").json()[before:]
    if meant.startswith("!"):
        assert (answer.code, answer.out) == (2, "")
        assert meant[1:] in answer.err
        assert entries == []
    else:
        assert answer.code == 0, answer
        assert {entry["unit"] for entry in entries} == units_of(meant)
        assert len({entry["batch"] for entry in entries}) == 1


def test_every_command_that_takes_a_unit_is_in_the_table():
    taking = {name for name in COMMANDS if any("--unit" in one.spellings for one in signature(name))}
    assert taking == {*LOOKING, *RECORDS, "fill", "store"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("镇街", "“各镇（街）”是一个类别，请写一个单位"),
        ("教育局、财政局", "这里只能写一个单位，“市教育局、市财政局”是 2 个"),
        ("jy", "“jy”只是“市教育局”拼音的开头，记录时请写全名、简称或全部首字母"),
        ("zj", "“zj”是类别“各镇（街）”的拼音，拼音只能指单位；要记录这一类，请写类别的名称"),
    ],
)
def test_fill_is_for_one_unit(gk, monkeypatch, typed, said):
    monkeypatch.setattr(interactive, "_needs_person", lambda *_: None)
    assert gk("fill", "--unit", typed).err == f"gkcheck: {said}\n"


@pytest.mark.parametrize("typed", ["jy", "zj", "镇街", "教育局、财政局"])
@pytest.mark.parametrize("line", ["merge x.jsonl --from", "store grant service=none --role a --unit"])
def test_a_unit_whose_records_are_taken_is_one_and_exactly_named(gk, line, typed):
    answer = gk(*line.split(), typed)
    assert (answer.code, answer.out) == (2, "")
    assert re.search("拼音|类别|只能写一个单位", answer.err)


# -- lists ---------------------------------------------------------------------------------------------------

LONG = "涉及公共资源配置、重大建设项目批准和实施、公益事业建设等三个重点领域的相关单位"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (LONG, [LONG]),
        (LONG.replace("、", ","), [LONG]),
        (f"市财政局，{LONG}", ["市财政局", LONG]),
        (f"{LONG}、市财政局", [LONG, "市财政局"]),
        ("市教育局、", ["市教育局"]),
        (" 市教育局 ； 市财政局 ", ["市教育局", "市财政局"]),
    ],
)
def test_a_name_that_holds_a_separator_is_itself(typed, names):
    assert [match.name for _, match in find_units(PLAN, typed)] == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("市教育局、市财政局", ["两局"]),
        ("教育局、财政局", ["市教育局", "市财政局"]),
        ("市教育局、市财政局、市公安局", ["两局", "市公安局"]),
        ("市公安局,市教育局，市财政局", ["市公安局", "两局"]),
        ("市財政局、市教育局", ["市财政局", "市教育局"]),
        ("甲、某乙", ["丙类"]),
    ],
)
def test_a_list_that_is_a_name_or_an_alias_is_that_one(typed, names):
    """A part of a name is taken for the whole of it only where its own parts mean nothing."""
    groups = (*PLAN.groups, Group("两局", aliases=("市教育局、市财政局",)), Group("丙类", aliases=("某甲、某乙等",)))
    assert [match.name for _, match in find_units(PLAN._replace(groups=groups), typed)] == names


def test_a_long_list_costs_no_more_than_its_length():
    assert len(find_units(PLAN, "市教育局、" * 3000)) == 3000


# -- asked about ---------------------------------------------------------------------------------------------


def test_a_loosely_typed_class_needs_yes_where_nobody_can_be_asked(gk):
    line = ("done", "1", "--unit", "直各单位")
    answer = gk(*line)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "gkcheck: “直各单位”指类别“市直各单位”（19 个单位），不是写的全名；确要记录请加 --yes，或写类别的名称\n"
    )
    assert gk("log", "--format", "json").json() == []
    assert gk(*line, "--dry-run").code == 0
    assert gk(*line, "--yes").code == 0
    assert len(gk("log", "--format", "json").json()) == 19


@pytest.mark.parametrize(("keys", "recorded"), [("y\n", 19), ("\n", 0), ("n\n", 0), ("\x04", 0)])
def test_a_loosely_typed_class_is_asked_about_on_a_terminal(gk, keys, recorded):
    env = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "INPUTRC": "/dev/null"}
    with Terminal([sys.executable, "-m", "gkcheck", "done", "1", "-u", "直各单位"], env, 100) as terminal:
        assert "“直各单位”指类别“市直各单位”（19 个单位），要记录吗？" in terminal.wait_for(r"\[y/N\]")
        terminal.type(keys)
        assert terminal.wait() == (0 if recorded else 2)
    assert len(gk("log", "--format", "json").json()) == recorded


@pytest.mark.parametrize("typed", ["gh", "sh", "sjz"])
def test_initials_that_begin_another_unit_are_refused_with_both(typed):
    """gh: 广海镇, and the beginning of 广海湾工业园区; sjz: 四九镇 and 深井镇."""
    with pytest.raises(GkcheckError, match=r"可以指 .* 个单位：.*、"):
        match_unit_to_record(PLAN, typed)


def test_the_default_unit_is_as_strict(gk, monkeypatch):
    monkeypatch.setenv("GKCHECK_UNIT", "jy")
    assert "默认单位（环境变量 GKCHECK_UNIT）不能用：“jy”只是" in gk("done", "1").err
    monkeypatch.setenv("GKCHECK_UNIT", "教育局、财政局")
    assert "按默认单位“市教育局、市财政局”记录" in gk("done", "1").err


# -- together ------------------------------------------------------------------------------------------------


def test_the_status_of_a_task_is_computed_over_the_units_that_were_named(gk):
    gk("done", "1", "--unit", "镇街")
    (task,) = gk("tasks", "-u", "镇街", "--status", "done", "--format", "json").json()
    assert (task["id"], task["status"], task["assigned"], task["finished"]) == (1, "done", 17, 17)
    assert gk("tasks", "--status", "done", "--format", "json").json() == []
    assert "共 1 项" in gk("tasks", "-u", "镇街", "--status", "已完成").out
    assert gk("tasks", "-u", "镇街", "-u", "教育局", "--status", "done", "--format", "json").json() == []


def test_the_summary_of_units_counts_them_alone_and_ranks_them_among_all(gk):
    gk("done", "1", "--unit", "财政局")
    answer = gk("status", "-u", "教育局", "--format", "json").json()
    assert answer["assignments"]["total"] == sum(section["total"] for section in answer["sections"]) == 22
    assert answer["tasks"]["total"] == 22
    assert [unit["unit"] for unit in answer["units"]] == ["市教育局"]
    assert re.search(r"\b2  市教育局", gk("status", "-u", "教育局").out)
    by_task = gk("status", "-u", "教育局", "--by", "具体要求").out
    assert "共 22 项" in by_task or by_task.count("\n") < gk("status", "--by", "task").out.count("\n")


def test_show_tells_of_the_units_that_were_named(gk):
    gk("done", "1", "--unit", "财政局")
    gk("start", "1", "--unit", "教育局")
    answer = gk("show", "1", "-u", "教育局", "--format", "json").json()
    assert (answer["status"], answer["assigned"]) == ("doing", 1)
    assert [entry["unit"] for entry in answer["history"]] == ["市教育局"]
    refused = gk("show", "23", "-u", "财政局")
    assert (refused.code, "市教育局" in refused.err) == (2, True)
