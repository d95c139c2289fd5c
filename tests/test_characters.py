"""Characters that nobody sees and characters that look like others, wherever a text is compared or read."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from gkcheck.evidence.page_metadata import Page, read_page
from gkcheck.forms.cells import day_in, number_in, same_text
from gkcheck.text.characters import ANNOTATION, cleaned, is_invisible, ordinary, without_readings
from gkcheck.text.damage import damaged_spots
from gkcheck.text.dates import read_day
from gkcheck.text.normalize import full_width, key

INVISIBLE = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"]
INVISIBLE += ["\ufe0f", "\U000e0100", "\u034f", "\u3164", "\x00", "\x1f"]


def test_every_invisible_character_goes_and_is_counted():
    """All of category Cf, variation selectors, fillers and controls; a tab and a line end are layout."""
    assert [char for char in INVISIBLE if cleaned(f"县{char}局") != ("县局", 1, 0)] == []
    assert not any(map(is_invisible, "\t\n\r 县a1，𠮷"))
    assert ordinary("甲\t乙\n丙") == "甲\t乙\n丙"


@pytest.mark.parametrize(
    ("text", "plain", "lookalikes"),
    [
        ("⼀、县⺠政局", "一、县民政局", 2), ("⻓江⾦融⽔利", "长江金融水利", 3), ("\uf92c", "郎", 1), ("㐀〇①㈠", "㐀〇①㈠", 0),
        ("２０２４年Ａ类", "2024年A类", 5), ("（一），：；？！％", "（一），：；？！％", 0), ("﹙甲﹚﹐乙", "（甲），乙", 3), ("︵甲︶", "（甲）", 2),
        ("ﬁle", "file", 1), ("甲｡乙､", "甲。乙、", 2), ("甲\u3000乙\xa0丙\u2003丁", "甲\u3000乙 丙 丁", 0), ("甲\u2028乙\v丙", "甲\n乙\n丙", 0),
        ("plain", "plain", 0), ("", "", 0),
    ],
)  # fmt: skip
def test_look_alikes_become_the_characters_they_stand_for(text, plain, lookalikes):
    """Chinese signs of full width and numbers in circles are what is printed, and stay."""
    assert cleaned(text) == (plain, 0, lookalikes)


def test_every_radical_becomes_an_ideograph():
    """All of the two blocks of radicals; three code points have none, or are not assigned."""
    left = [chr(code) for code in range(0x2E80, 0x2FD6) if ordinary(chr(code)) == chr(code)]
    assert [char for char in left if unicodedata.name(char, "")] == ["⺀"]


def test_readings_above_a_text_go():
    """Ruby, as the formats hand it over; a reading that is never closed is no reading."""
    assert without_readings(ANNOTATION.format("端", "duān") + "镇") == ("端镇", 4)
    assert without_readings("甲\ufffa乙") == ("甲\ufffa乙", 0)
    assert ordinary(without_readings(ANNOTATION.format("端芬", "duān fēn"))[0]) == "端芬"


@pytest.mark.parametrize(
    ("text", "spots"),
    [
        ("公开\ufffd\ufffd预算\ufffd", ["\ufffd\ufffd", "\ufffd"]), ("县\ue863局", ["\ue863"]), ("县(cid:1204)局(cid:3)", ["(cid:1204)", "(cid:3)"]),
        ("锟斤拷公开", ["锟斤拷"]), ("烫烫烫", ["烫烫烫"]), ("公开\U000f0001", ["\U000f0001"]), ("(cid)斤两，烫手", []), ("", []),
    ],
)  # fmt: skip
def test_damage_is_named(text, spots):
    assert [spot.text for spot in damaged_spots(text)] == spots


def test_a_glyph_without_a_character_is_kept_as_it_is():
    assert full_width("县(cid:1204)局(甲):乙") == "县(cid:1204)局（甲）：乙"


@pytest.mark.parametrize("char", ["\u200b", "\ufeff", "\xad", "\u2060", "\u200e", "\ufe0f"])
def test_the_same_characters_go_everywhere(char):
    """In the keys of names, in days, in the cells of forms and on pages of evidence."""
    assert key(f"县{char}财⺠局") == key("县财民局")
    assert str(read_day(f"2024年{char}6月{char}1日")) == "2024-06-01"
    assert str(day_in(f"{char}2024-06-01")) == "2024-06-01"
    assert number_in(f"1{char}2") == 12
    assert same_text(f"县{char}局", "县 局")
    page = f"<title>预{char}算</title><p>发布{char}日期：2024-0{char}1-02</p>"
    assert read_page(page) == Page("预算", "2024-01-02")
