"""Sentences that name assignees, cut into clauses, parts and verbs."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.sentence_parts import (
    can_precede_verb,
    continues_with_name,
    find_unbroken,
    role_of,
    role_verbs,
    split_clauses,
    split_parts,
)


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        ("市教育局,市财政局;市民政局", ["市教育局", "市财政局", "市民政局"]), ("市教育局 市财政局", ["市教育局", "市财政局"]),
        ("市教育局(甲,乙),丙局", ["市教育局(甲,乙)", "丙局"]), ("“甲,乙”办公室", ["“甲,乙”办公室"]), ("市教育局\n负责", ["市教育局\n负责"]),
        ("人民 政府", ["人民 政府"]), ("", [""]),
    ],
)  # fmt: skip
def test_clauses_end_at_commas_outside_brackets(sentence, clauses):
    assert [sentence[start:end] for start, end, _ in split_clauses(sentence, find_unbroken(sentence))] == clauses


@pytest.mark.parametrize(
    ("clause", "parts"),
    [
        ("市教育局、市财政局", ["市教育局", "市财政局"]), ("市教育局和市财政局", ["市教育局", "市财政局"]),
        ("市教育局、市财政局和市民政局", ["市教育局", "市财政局", "市民政局"]), ("市教育局以及市财政局", ["市教育局", "市财政局"]),
        ("各县、市、区人民政府、市教育局", ["各县、市、区人民政府", "市教育局"]), ("规划处(甲、乙)、办公室", ["规划处(甲、乙)", "办公室"]),
        ("社会保险和医疗保障局", ["社会保险和医疗保障局"]), ("人力资源和社会保障局", ["人力资源和社会保障局"]), ("“甲、乙”办公室", ["“甲、乙”办公室"]),
        ("市教育局及其下属单位", ["市教育局及其下属单位"]), ("市教育局", ["市教育局"]), ("各乡镇、街道", ["各乡镇", "街道"]),
        ("各县、市、区", ["各县、市、区"]), ("县直有关部门和单位、各乡镇", ["县直有关部门和单位", "各乡镇"]), ("各部门、单位", ["各部门、单位"]),
        ("各部门、各单位", ["各部门", "各单位"]), ("市商务局等和各县级人民政府", ["市商务局等", "各县级人民政府"]),
    ],
)  # fmt: skip
def test_parts_are_names_and_no_halves_of_names(clause, parts):
    assert [clause[start:end] for start, end in split_parts(clause, find_unbroken(clause), 0, len(clause))] == parts


@pytest.mark.parametrize(
    ("part", "verbs"),
    [
        ("市教育局牵头", [("牵头", "lead")]), ("市教育局主办", [("主办", "lead")]), ("市教育局配合落实", [("配合落实", "support")]),
        ("市教育局负责", [("负责", "responsible")]), ("按职责分工负责", [("按职责分工负责", "responsible")]),
        ("市教育局会市财政局", [("会", None)]), ("市教育局会同市财政局", [("会同", None)]), ("市教育局联合市财政局", [("联合", None)]),
        ("市教育局牵头,市财政局配合", [("牵头", "lead"), ("配合", "support")]),
        ("市教育局", []), ("商务局", []), ("市委社会工作部", []), ("市工商业联合会", [("会", None)]), ("(市教育局牵头)", []), ("", []),
    ],
)  # fmt: skip
def test_verbs_and_the_roles_they_give(part, verbs):
    """The last character of 市工商业联合会 is one by its shape; the reader passes over it, as no name follows."""
    found = role_verbs(part, find_unbroken(part), 0, len(part))
    assert [(verb[0], role_of(verb)) for verb in found] == verbs


@pytest.mark.parametrize(
    ("left", "at_end", "answer"),
    [
        ("市教育局", False, True), ("市教育局等部门", False, True), ("规划处(甲)", False, True), ("", False, True), ("电信", True, True),
        ("电信", False, False), ("市", False, False), ("市", True, False),
    ],
)  # fmt: skip
def test_text_before_a_verb_that_can_be_a_name(left, at_end, answer):
    assert can_precede_verb(left, at_end) is answer


@pytest.mark.parametrize(
    ("rest", "answer"),
    [
        ("市财政局配合", True), ("市财政局", True), ("会同市财政局", True), ("各镇按职责负责", True),
        ("的工作", False), ("同志", False), ("落实到位", False), ("单位情况", False), ("公开目录", False), ("", False),
    ],
)  # fmt: skip
def test_text_after_a_verb_that_is_another_name(rest, answer):
    assert continues_with_name(rest) is answer
