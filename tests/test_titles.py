"""The title of a document in lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.text.titles import broken_title
from gkcheck.text.width import width


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于《工作要点》落实情况的通报", ["关于《工作要点》落实情况的通报"]),
        (
            "关于《台山市2019年政务公开工作要点责任分工表》落实情况的通报",
            ["关于《台山市2019年政务公开", "工作要点责任分工表》落实情况的通报"],
        ),
    ],
)
def test_a_title_is_broken_between_words(title, lines):
    assert broken_title(title, 40).split("\n") == lines


@given(st.text("关于《》的2019年政务公开a ，（）", max_size=120))
def test_a_broken_title_loses_nothing(title):
    broken = broken_title(title, 40)
    assert broken.replace("\n", "") == title
    assert broken == title or all(width(line) <= 40 for line in broken.split("\n"))
