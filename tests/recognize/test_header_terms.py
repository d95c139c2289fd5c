"""The words that name columns and labels."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.header_terms import LABEL, header_key, is_header, meaning_of, split_header_words


@pytest.mark.parametrize(
    ("title", "kind", "role"),
    [
        ("序号", "number", None), ("No.", "number", None), ("责任单位", "units", "responsible"), ("责 任\n单 位", "units", "responsible"),
        ("负责部门", "units", "responsible"), ("单位", "units", "responsible"), ("分工", "units", "responsible"), ("牵头单位", "units", "lead"),
        ("责任单位（牵头）", "units", "lead"), ("配合单位", "units", "support"), ("牵头（配合）单位", "units", None),
        ("完成时限", "deadline", None), ("备注", "note", None), ("工作任务", "heading", None), ("具体要求", "text", None),
        ("主要措施", "text", None), ("责任领导", "person", None), ("进展情况", "other", None),
        ("领导小组", None, None), ("修订目录", None, None), ("市教育局", None, None), ("任务、措施", None, None),
        ("责任单位应当按时完成本项工作任务", None, None), ("", None, None),
    ],
)  # fmt: skip
def test_the_meaning_of_a_title(title, kind, role):
    meaning = meaning_of(title)
    assert (meaning and meaning.kind, meaning and meaning.role) == (kind, role)


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        (["序号", "工作任务", "责任单位"], True), (["工作任务", "责任单位"], True), (["责任单位", "配合单位"], True),
        (["序号", "工作任务", "", "完成时限"], True), (["项目", "时间"], True), (["工作任务", "责任单位", "说明甲"], True),
        (["1", "修订目录", "市教育局"], False), (["序号", "备注"], False), (["任务", "内容"], False), (["工作任务"], False),
        (["市教育局", "市财政局", "责任单位"], False), (["责任单位", "修订目录", "公布指南", "开展培训"], False), ([], False),
    ],
)  # fmt: skip
def test_a_row_that_names_columns(cells, answer):
    assert is_header(cells) is answer


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("序号 工作任务 责任单位", ["序号", "工作任务", "责任单位"]), ("工作任务", ["工作任务"]),
        ("序号 工 作 任 务 牵头负责部门", ["序号", "工 作 任 务", "牵头负责部门"]), ("责任 单位 完成 时限", ["责任 单位", "完成 时限"]),
        ("修订目录 市教育局", None), ("1 修订 市教育局", None), ("序号 修订目录", None), ("序号 " * 50, None), ("", None),
    ],
)  # fmt: skip
def test_a_line_of_header_words(line, words):
    assert split_header_words(line) == words


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("牵头单位:市教育局", "牵头单位"), ("[责任单位]市教育局", "责任单位"), ("(牵头单位:甲)", "牵头单位"), ("完成时限:年底", "完成时限"),
        ("备注:无", "备注"), ("牵头负责领导:高原", "牵头负责领导"), ("主要协作单位:甲局", "主要协作单位"), ("县级牵头责任部门:甲局", "县级牵头责任部门"), ("分管领导:王某", "分管领导"), ("配合 :甲", "配合"),
        ("责任单位市教育局", None), ("市教育局", None), ("目标:好", None), ("单位:元", None), ("", None),
    ],
)  # fmt: skip
def test_a_label_in_folded_text(text, word):
    found = LABEL.match(text)
    assert (found and found["word"]) == word


@pytest.mark.parametrize(
    ("cell", "key"),
    [("责 任\n单 位", "责任单位"), ("完成时限：", "完成时限"), ("No.", "No"), ("| 备注 |", "备注"), ("（牵头）单位", "(牵头)单位"), ("責任單位", "责任单位"), (" ", "")],
)  # fmt: skip
def test_header_cells_are_compared_without_blanks_and_marks(cell, key):
    assert header_key(cell) == key
