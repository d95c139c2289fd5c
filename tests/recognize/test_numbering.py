"""Numbers at the start of headings and tasks, and the amounts and dates that are none."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.numbering import is_number, leading_number, plain_number, split_at_numbers, value_of


@pytest.mark.parametrize(
    ("text", "printed", "rank"),
    [
        ("第二章 总则", "第二章", 0), ("第三部分 其他", "第三部分", 0), ("一、推进公开", "一、", 1), ("十二.推进", "十二.", 1),
        ("（三）办好", "（三）", 2), ("(三)、办好", "(三)、", 2), ("1.修订", "1.", 3), ("1、修订", "1、", 3), ("１．修订", "１．", 3),
        ("  7. 修订", "7.", 3), ("3 修订", "3", 3), ("1.(2)修订", "1.(2)", 3), ("2.1 修订", "2.1", 3.5), ("2.1.3修订", "2.1.3", 3.5),
        ("（4）修订", "（4）", 4), ("4）修订", "4）", 4), ("⑤修订", "⑤", 5),
        ("2021年完成", None, None), ("10月底前", None, None), ("30%以上", None, None), ("3个工作日", None, None),
        ("1.5亿元", None, None), ("一是推进", None, None), ("第一季度", None, None), ("(省)教育厅", None, None), ("市教育局", None, None),
        ("", None, None),
    ],
)  # fmt: skip
def test_the_number_that_a_text_starts_with(text, printed, rank):
    number = leading_number(text)
    assert (number and number.printed, number and number.rank) == (printed, rank)
    assert number is None or text[: number.end].strip() == printed


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("1", True), ("二十三", True), ("（三）", True), ("1.", True), ("(12)", True), ("2.1", True), ("⑧", True), ("第三项", True),
        ("1 市教育局", False), ("12345", False), ("2021年", False), ("一、二", False), ("市", False), ("", False),
    ],
)  # fmt: skip
def test_a_cell_that_holds_nothing_but_a_number(cell, answer):
    assert is_number(cell) is answer


@pytest.mark.parametrize(
    ("printed", "plain", "value"),
    [
        ("（二十三）", "二十三", 23), ("十二、", "十二", 12), ("1.", "1", 1), ("２．", "2", 2), ("(4)", "4", 4), ("4）", "4", 4),
        ("⑤", "⑤", 5), ("第二章", "第二章", 2), ("第三项", "第三项", 3), ("一百零五", "一百零五", 105), ("1.(1)", "1.(1)", None),
        ("2.1", "2.1", None), ("市", "市", None), ("", "", None), (None, "", None),
    ],
)  # fmt: skip
def test_a_printed_number_as_a_plan_shows_it_and_its_value(printed, plain, value):
    assert (plain_number(printed), value_of(printed)) == (plain, value)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("1.修订目录。2.公布指南。", ["1.修订目录。", "2.公布指南。"]), ("1.甲\n2.乙", ["1.甲\n", "2.乙"]),
        ("一、甲。（二）乙；③丙", ["一、甲。", "（二）乙；", "③丙"]), ("共2.5万元。3.丙", ["共2.5万元。", "3.丙"]),
        ("见第3.条", ["见第3.条"]), ("修订目录", ["修订目录"]), ("", []),
    ],
)  # fmt: skip
def test_a_text_is_cut_before_numbers_that_follow_a_sentence(text, pieces):
    assert split_at_numbers(text) == pieces
