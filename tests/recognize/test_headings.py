"""Titles, headings over tasks, and ends of sentences."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.headings import ends_sentence, is_heading, is_title


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("2019年政务公开工作要点责任分工表", True), ("关于印发实施方案的通知", True), ("责任分工表（2021年）", True), ("任务分解表", True),
        ("印发工作方案", True), ("某县重点工作\n推进台账", True),
        ("附件1：任务分工表", False), ("（附任务清单）", False), ("一、工作要点", False), ("加强公开，印发方案", False), ("方案", False),
        ("市教育局", False), ("长" * 80 + "方案", False), ("", False),
    ],
)  # fmt: skip
def test_a_line_that_is_a_title(line, answer):
    assert is_title(line) is answer


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("强化公开", True), ("强化公开。", True), ("强化公开，做好。", True), ("强化公开，推进落实。", True), ("责任分工：", True), ("（一）办好热线", True),
        ("强化重点民生领域的信息公开，推进落实。", False), ("做好甲；做好乙", False), ("做好甲。做好乙", False), ("是否公开？", False), ("长" * 50, False),
        ("", False),
    ],
)  # fmt: skip
def test_words_that_are_a_heading(words, answer):
    assert is_heading(words) is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("完。", True), ("完。 ", True), ("完）", True), ("完；", True), ("完！", True), ("“完”", True), ("【完】", True),
        ("完", False), ("完：", False), ("完，", False), ("完、", False), ("完\n", False), ("", False),
    ],
)  # fmt: skip
def test_a_text_that_is_not_broken_off(text, answer):
    assert ends_sentence(text) is answer
