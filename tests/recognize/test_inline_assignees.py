"""Paragraphs that print their assignees in a bracket or behind a label, and headings that name some."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.inline_assignees import (
    brackets_in,
    read_heading,
    split_assignments,
    split_off_headings,
    unclosed_brackets,
)


@pytest.mark.parametrize(
    ("paragraph", "stretches"),
    [
        ("修订目录。（责任单位：市教育局）", [("修订目录。", ["市教育局"])]), ("修订目录。〔责任单位：市教育局〕", [("修订目录。", ["市教育局"])]),
        ("修订目录。（市教育局）", [("修订目录。", ["市教育局"])]), ("修订目录。【市教育局】", [("修订目录。", ["市教育局"])]),
        ("修订目录（市教育局、市财政局）", [("修订目录", ["市教育局", "市财政局"])]),
        ("修订目录。责任单位：市教育局；完成时限：年底前", [("修订目录。", ["市教育局"])]), ("责任单位：市教育局", [("", ["市教育局"])]),
        ("1.甲。（市教育局）2.乙。（市财政局）", [("1.甲。", ["市教育局"]), ("2.乙。", ["市财政局"])]),
        ("1.甲。（市教育局）2.乙。", [("1.甲。", ["市教育局"]), ("2.乙。", None)]),
        ("修订目录（市教育局）", [("修订目录（市教育局）", None)]), ("开展公开（一站式）。", [("开展公开（一站式）。", None)]),
        ("完善制度。（见附件）", [("完善制度。（见附件）", None)]), ("修订目录（试行）。", [("修订目录（试行）。", None)]), ("修订目录。", [("修订目录。", None)]), ("", []),
    ],
)  # fmt: skip
def test_stretches_of_a_paragraph_with_their_assignees(paragraph, stretches):
    found = [(piece, assignees and assignees.names()) for piece, assignees in split_assignments(paragraph)]
    assert found == stretches


@pytest.mark.parametrize(
    ("paragraph", "unclosed"),
    [("甲。（责任单位：乙局", True), ("甲。（责任单位：乙局）", False), ("甲。责任单位：乙局", False)],
)
def test_a_bracket_that_is_never_closed(paragraph, unclosed):
    [(_, assignees)] = split_assignments(paragraph)
    assert assignees.unclosed is unclosed


@pytest.mark.parametrize(
    ("paragraph", "pieces"),
    [
        ("一、稳就业。拓宽渠道，（一）办会。（责任单位：市教育局）（二）发补贴。（责任单位：市财政局）",
         ["一、稳就业。拓宽渠道，", "（一）办会。", "（二）发补贴。"]),
        ("一、稳就业。（一）办会。（责任单位：市教育局）", ["一、稳就业。", "（一）办会。"]),
        ("（一）办会。（责任单位：市教育局）", ["（一）办会。"]), ("一、办会。（责任单位：市教育局）", ["一、办会。"]), ("办会", ["办会"]),
        ("一、" + "稳就业，" * 30 + "（一）办会。（责任单位：市教育局）", ["一、" + "稳就业，" * 30 + "（一）办会。"]),
    ],
)  # fmt: skip
def test_a_heading_that_runs_into_its_first_task(paragraph, pieces):
    assert [piece for piece, _ in split_off_headings(split_assignments(paragraph))] == pieces


@pytest.mark.parametrize(
    ("printed", "title", "names", "role"),
    [
        ("一、推进决策公开（责任单位：市司法局）", "一、推进决策公开", ["市司法局"], None),
        ("五、推进决策公开（市司法局、市教育局）", "五、推进决策公开", ["市司法局", "市教育局"], None),
        ("一、市教育局", "一、市教育局", ["市教育局"], None), ("二、市教育局（3项）", "二、市教育局（3项）", ["市教育局"], None),
        ("二、市教育局牵头任务", "二、市教育局牵头任务", ["市教育局"], None), ("六、市教育局负责的重点工作", "六、市教育局负责的重点工作", ["市教育局"], None),
        ("（三）培育壮大市场主体", "（三）培育壮大市场主体", None, None), ("二、落实政府职责", "二、落实政府职责", None, None), ("五、甲河智车园", "五、甲河智车园", None, None),
        ("（一）牵头任务", "（一）牵头任务", None, "lead"), ("三、配合事项", "三、配合事项", None, "support"), ("四、协办工作", "四、协办工作", None, "support"),
        ("一、推进决策公开", "一、推进决策公开", None, None), ("一、推进决策公开（试行）", "一、推进决策公开（试行）", None, None),
        ("二、配合做好督查", "二、配合做好督查", None, None), ("", "", None, None),
    ],
)  # fmt: skip
def test_a_heading_its_assignees_and_its_role(printed, title, names, role):
    found, assignees, given = read_heading(printed)
    assert (found, assignees and assignees.names(), given) == (title, names, role)


@pytest.mark.parametrize(
    ("text", "brackets", "unclosed"),
    [
        ("(甲)乙[丙]", ["(甲)", "[丙]"], 0), ("((甲)乙)", ["((甲)乙)"], 0), ("〔甲〕【乙】", ["〔甲〕", "【乙】"], 0), ("(甲[乙)丙]", ["(甲[乙)"], 0),
        ("(甲", [], 1), ("【(甲", [], 2), ("甲)", [], -1), ("甲", [], 0), ("", [], 0),
    ],
)  # fmt: skip
def test_outermost_brackets(text, brackets, unclosed):
    assert [text[start:end] for start, end in brackets_in(text)] == brackets
    assert unclosed_brackets(text) == unclosed
