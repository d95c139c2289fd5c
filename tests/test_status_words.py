"""The words that people write for a status."""

from __future__ import annotations

import pytest

from gkcheck import labels
from gkcheck.model import Status
from gkcheck.text.status_words import status_of_word


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("done", ["完成", "已完成", "办结", "已落实", "√", "☑", "✔", "是", " 已 完成。", "已\u200b完成", "已完成\n", "DONE", "已落實"]),
        ("doing", ["进行中", "在办", "推进", "正在推进", "推进中", "推进中；", "办理中"]),
        ("todo", ["未开始", "未启动", "尚未开始", "✗", "否"]),
        ("blocked", ["受阻"]),
        ("skipped", ["不涉及", "不适用"]),
        ("confirmed", ["已办结", "已办结。", "已销号"]),
    ],
)  # fmt: skip
def test_words_of_a_status(status, words):
    assert {word: status_of_word(word) for word in words} == dict.fromkeys(words, Status(status))


@pytest.mark.parametrize(
    "text", ["", " ", "。", "部分完成", "基本完成", "未完成", "逾期", "已完成80%", "完成情况", "不是", "持续推进", "长期坚持", "未完成√"]
)  # fmt: skip
def test_what_is_no_status_is_none(text):
    assert status_of_word(text) is None


def test_our_own_words_are_in_the_table():
    assert {status: status_of_word(word) for status, word in labels.STATUS.items()} == {one: one for one in Status}
