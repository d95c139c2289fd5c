"""The assignees of cells, labels and brackets, by role, told from the words about them."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.assignees import Assignees, assignee_share, read_assignees, says_first_leads
from gkcheck.model import Role


@pytest.mark.parametrize(
    ("cell", "lead", "responsible", "support"),
    [
        ("市教育局", "", "市教育局", ""), ("市教育局、市财政局", "", "市教育局 市财政局", ""), ("市教育局和市财政局", "", "市教育局 市财政局", ""),
        ("市教育局\n市财政局", "", "市教育局 市财政局", ""), ("办公室\n宣传科", "", "办公室 宣传科", ""),
        ("县政府\n办公室", "", "县政府办公室", ""), ("县人力资源和社\n会保障局", "", "县人力资源和社会保障局", ""), ("县教育局、县委\n宣传部", "", "县教育局 县委宣传部", ""),
        ("市商务局等和各县级人民政府负责", "", "市商务局 各县级人民政府", ""), ("市教育局，市财政局，第一位为牵头单位", "市教育局", "市财政局", ""), ("市教育局牵头，市财政局配合", "市教育局", "", "市财政局"),
        ("市教育局（牵头）、市财政局", "市教育局", "市财政局", ""), ("甲局会乙局", "甲局", "", "乙局"),
        ("市教育局会同市财政局、市民政局", "市教育局", "", "市财政局 市民政局"), ("牵头单位：市教育局；配合单位：市财政局", "市教育局", "", "市财政局"),
        ("市教育局牵头，市财政局、各镇（街）按职责分工负责", "市教育局", "市财政局 各镇（街）", ""), ("各部门负责落实", "", "各部门", ""),
        ("各县、市、区人民政府，市直有关部门", "", "各县、市、区人民政府 市直有关部门", ""), ("社会保险和医疗保障局", "", "社会保险和医疗保障局", ""),
        ("规划处（健身办）", "", "规划处（健身办）", ""), ("市协同创新中心", "", "市协同创新中心", ""), ("市教育局、市教育局牵头", "市教育局", "", ""),
        ("无", "", "", ""), ("——", "", "", ""), ("王小明", "", "", ""), ("6月底前完成", "", "", ""), ("排名第一位为牵头单位，下同", "", "", ""), ("", "", "", ""),
    ],
)  # fmt: skip
def test_names_by_role(cell, lead, responsible, support):
    found = read_assignees(cell)
    assert (found.lead, found.responsible, found.support) == (lead.split(), responsible.split(), support.split())


@pytest.mark.parametrize(
    ("cell", "role", "names"),
    [("市教育局、市财政局", Role.SUPPORT, ["市教育局", "市财政局"]), ("市教育局", Role.LEAD, ["市教育局"]), ("市教育局牵头", Role.SUPPORT, [])],
)  # fmt: skip
def test_the_role_of_a_column_holds_where_no_word_gives_another(cell, role, names):
    assert read_assignees(cell, role).in_role(role) == names


@pytest.mark.parametrize(
    ("cell", "field", "value"),
    [
        ("市教育局等部门按职责分工负责", "tail", "等部门按职责分工负责"), ("市教育局等3个单位", "tail", "等3个单位"), ("市教育局", "tail", None),
        ("市教育局，6月底前完成", "deadline", "6月底前完成"), ("市教育局负责，年内分批推进", "deadline", "年内分批推进"),
        ("市教育局负责，4月底前拿出样板，逐步推开", "deadline", "4月底前拿出样板，逐步推开"), ("县委\n宣传部", "torn", ["县委宣传部"]), ("县教\n育局", "torn", []),
        ("甲局，第一位为牵头单位，下同", "leads_below", True), ("甲局，第一位为牵头单位", "leads_below", False), ("责任单位：甲局；完成时限：年底前", "deadline", "年底前"), ("甲局、乙局", "deadline", None),
        ("市教育局、王小明", "persons", ["王小明"]), ("责任领导：王某某；责任单位：市教育局", "persons", ["责任领导：王某某"]), ("甲局", "persons", []),
        ("市教育局。不再列出", "notes", ["不再列出"]), ("排名第一位为牵头单位，下同", "notes", ["排名第一位为牵头单位", "下同"]), ("甲局", "notes", []),
        ("修订目录", "unsure", ["修订目录"]), ("市教育局", "unsure", []),
        ("排名第一位为牵头单位，下同", "first_leads", True), ("市教育局牵头", "first_leads", False),
    ],
)  # fmt: skip
def test_words_about_the_names(cell, field, value):
    assert getattr(read_assignees(cell), field) == value


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("市教育局", 1), ("市教育局、市财政局", 1), ("办公室", 1), ("责任单位：市教育局", 1), ("市教育局牵头，市财政局配合", 1), ("市教育局等部门", 1),
        ("人社、财政", 0.5), ("做好公开工作，市教育局", 0.4),
        ("修订目录。", 0), ("年底前", 0), ("王小明", 0), ("1", 0), ("市教育局。" + "公布有关的目录和指南。" * 3, 0), ("市教育局、" * 200, 0), ("", 0),
    ],
)  # fmt: skip
def test_how_much_of_a_text_is_a_list_of_assignees(text, share):
    assert assignee_share(text) == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("排名第一位为牵头单位", True), ("列在首位的单位为牵头单位", True), ("排在第一的为牵头单位，下同", True), ("首个单位负责牵头", True),
        ("責任單位（排名第一的為牽頭單位）", True), ("首位为主办单位", True),
        ("市教育局牵头", False), ("市教育局为牵头单位", False), ("第一责任人", False), ("牵头单位排名第一", False), ("责任单位", False), ("", False),
    ],
)  # fmt: skip
def test_a_text_that_lets_the_first_named_lead(text, answer):
    assert says_first_leads(text) is answer


def test_of_two_roles_a_name_has_the_stronger():
    both = read_assignees("市教育局负责")
    both.merge(Assignees(lead=["市教育局"], support=["市财政局"]))
    both.merge(Assignees(responsible=["市财政局"], support=["市教育局"]))
    assert (both.lead, both.responsible, both.support) == (["市教育局"], ["市财政局"], [])


@pytest.mark.parametrize(
    ("known", "names"),
    [({"县教育局", "财政局"}, ["县教育局", "财政局"]), ({"财政局"}, ["县教育局财政局"]), (set(), ["县教育局财政局"])],
)
def test_names_seen_whole_elsewhere_tell_one_name_from_two(known, names):
    """Without them a second line without the 县 of the first goes on in it, and is listed as torn."""
    found = read_assignees("县教育局\n财政局", known=known)
    assert found.names() == names
    assert found.torn == ([] if len(names) == 2 else names)
