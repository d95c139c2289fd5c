"""Pinyin without pypinyin: the table of readings, and what letters can spell.

`python -m tests.test_pinyin` makes src/gkcheck/text/tables/pinyin.py anew.
"""

from __future__ import annotations

import re
import sys

import pytest

from gkcheck.text import pinyin
from gkcheck.text.tables.pinyin import COMMON, READINGS


def gb2312():
    """The 6763 characters of GB 2312."""
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes([high, low]).decode("gb2312")
            except UnicodeDecodeError:
                continue


@pytest.mark.parametrize("letters", ["jyj", "jiaoyuju", "jiaoyj", "jyuju", "jyju"])
def test_letters_spell_a_name(letters):
    assert pinyin.spelt(letters, "教育局")


@pytest.mark.parametrize("letters", ["jy", "jyjj", "jiaoyu", "yj", "", "jiaoyujü"])
def test_other_letters_do_not(letters):
    assert not pinyin.spelt(letters, "教育局")


@pytest.mark.parametrize("letters", ["j", "jy", "ji", "jiaoy", "jiaoyu", "jyj", "jiaoyuju"])
def test_letters_begin_a_name(letters):
    assert pinyin.begins(letters, "教育局")


@pytest.mark.parametrize("letters", ["y", "jjj", "jiaoyujus"])
def test_other_letters_begin_none(letters):
    assert not pinyin.begins(letters, "教育局")


@pytest.mark.parametrize(("typed", "letters"), [(" ＪＹ J", "jyj"), ("lüyou", "lvyou"), ("jiao'yu", "jiaoyu")])
def test_letters_are_bare(typed, letters):
    assert pinyin.letters_of(typed) == letters


@pytest.mark.parametrize("typed", ["", "教育", "jy1", "jy局", "é"])
def test_what_is_no_pinyin(typed):
    assert pinyin.letters_of(typed) is None


def test_a_character_with_several_readings_is_spelt_by_each():
    assert pinyin.spelt("duhuzhen", "都斛镇")
    assert pinyin.spelt("douhuzhen", "都斛镇")


def test_the_table_holds_every_character_of_gb2312_and_only_true_readings():
    from pypinyin import Style
    from pypinyin import pinyin as readings

    table = pinyin._table()
    assert set(table) == set(gb2312())
    wrong = [
        char for char, found in table.items() if not set(found) <= set(readings(char, Style.NORMAL, heteronym=True)[0])
    ]
    assert len(wrong) <= len(table) // 200, "pypinyin has learnt better: make the table anew"
    assert len(READINGS) + len(COMMON) < 20_000


def test_a_character_beyond_the_table_is_asked_of_pypinyin():
    assert "duo" in pinyin.readings_of("㙍")


def main() -> None:
    """Write the table: readings that stand in a phrase of pypinyin's dictionary, and the common one of each character."""
    from pathlib import Path

    from gkcheck.text.tables import pinyin as pinyin_table

    path = Path(pinyin_table.__file__)
    head = path.read_text("utf-8").split('READINGS = """')[0]
    syllables, common = _readings()
    body = f'READINGS = """\n{_lines(syllables)}\n"""\n\nCOMMON = """\n{_lines(common)}\n"""\n'
    path.write_text(head + body, "utf-8")


def _readings() -> tuple[list[str], list[str]]:
    from pypinyin import Style
    from pypinyin import pinyin as readings
    from pypinyin.phrases_dict import phrases_dict
    from pypinyin.style import convert

    heard: dict[str, set[str]] = {}
    for phrase, sounds in phrases_dict.items():
        for char, spoken in zip(phrase, sounds, strict=False):
            heard.setdefault(char, set()).update(convert(sound, Style.NORMAL, strict=False) for sound in spoken)
    syllables: dict[str, str] = {}
    common = []
    for char in gb2312():
        first = readings(char, style=Style.NORMAL)[0][0]
        every = dict.fromkeys(readings(char, style=Style.NORMAL, heteronym=True)[0])
        kept = sorted(reading for reading in every if reading == first or reading in heard.get(char, ()))
        for reading in kept:
            syllables[reading] = syllables.get(reading, "") + char
        if kept[0] != first:
            common.append(char + first)
    return [syllable + chars for syllable, chars in sorted(syllables.items())], common


def _lines(words: list[str], longest: int = 112) -> str:
    out, line = [], ""
    for word in words:
        if line and len(line) + len(word) >= longest:
            out.append(line)
            line = ""
        syllable = re.match("[a-z]*", word)[0]
        while len(word) > longest:
            out.append(word[:longest])
            word = syllable + word[longest:]
        line = f"{line} {word}" if line else word
    return "\n".join([*out, line])


if __name__ == "__main__":
    sys.exit(main())
