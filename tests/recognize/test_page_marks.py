"""Page numbers, and the headers and footers beside them."""

from __future__ import annotations

import pytest

from gkcheck.importers.recognize.page_marks import is_page_mark, page_furniture


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("— 3 —", True), ("—９—", True), ("- 12 -", True), ("－1－", True), ("— １０ —", True), ("第3页", True), ("第 3 页 共 10 页", True),
        ("第三页", True), ("共10页，第3页", True), ("3/10", True), ("Page 3 of 10", True), ("~ 3 ~", True),
        ("3", False), ("三、", False), ("- 3", False), ("3.", False), ("——", False), ("2019-2020", False), ("第3条", False), ("—一—", False),
        ("1/3以上", False), ("", False), ("-" * 5 + "3-", False),
    ],
)  # fmt: skip
def test_a_line_that_only_numbers_a_page(line, answer):
    assert is_page_mark(line) is answer


@pytest.mark.parametrize(
    ("lines", "gone"),
    [
        (["甲", "— 1 —", "乙"], {1}),
        (["公报", "甲", "— 1 —", "公报", "乙", "— 2 —", "公报", "丙"], {2, 3, 5, 6}),
        (["甲", "— 1 —", "", "公报", "乙", "第2页", "", "公报"], {1, 3, 5, 7}),
        (["县财政局", "县财政局", "甲"], set()),
        (["责任单位：甲局", "— 1 —", "责任单位：乙局", "— 2 —", "丙"], {1, 3}),
        ([], set()),
    ],
)
def test_headers_and_footers_stand_beside_page_numbers_more_than_once(lines, gone):
    """A line that is repeated elsewhere is text."""
    assert page_furniture(lines) == gone
