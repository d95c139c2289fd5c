"""Pinyin of names, for people who type without an input method.

The readings of the 6763 characters of GB 2312 are a table of our own (`tables.pinyin`, under a millisecond to
search); pypinyin, which takes a third of a second to load, is asked only about characters beyond it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache


def letters_of(typed: str) -> str | None:
    """Return typed pinyin as bare letters (ü as v; no blanks, apostrophes, hyphens); None where it is no pinyin."""
    from gkcheck.text.normalize import key

    letters = re.sub(r"[\s'’·-]", "", key(typed)).replace("ü", "v")
    return letters if letters.isascii() and letters.isalpha() else None


@cache
def readings_of(char: str) -> tuple[str, ...]:
    """Return every reading of a character without tones, the common one first; itself where it has none."""
    if char.isascii():
        return (char,)
    known = _table().get(char)
    if known:
        return tuple(known)
    if not char.isalpha():
        return ("",)
    from pypinyin import Style, pinyin

    return tuple(pinyin(char, style=Style.NORMAL, heteronym=True)[0])


@cache
def _table() -> dict[str, list[str]]:
    from gkcheck.text.tables.pinyin import COMMON, READINGS

    table: dict[str, list[str]] = {}
    for syllable, chars in re.findall(r"(?<![a-z])([a-z]+)([^a-z\s]+)", READINGS):
        for char in chars:
            table.setdefault(char, []).append(syllable)
    for char, syllable in re.findall(r"(\S)([a-z]+)", COMMON):
        table[char].sort(key=lambda reading: reading != syllable)
    return table


def spelt(letters: str, name: str) -> bool:
    """True if `letters` are the initials, the full pinyin, or a mixture of both, of the whole of `name`.

    jyj and jiaoyuju both spell 教育局; every reading of a character counts.
    """
    return len(letters) in _reached(letters, name)


def begins(letters: str, name: str) -> bool:
    """True if `letters` begin a spelling of `name`: j, jy, jiaoy and jiaoyuju all begin 教育局."""
    ends = {0}
    for char in name:
        if len(letters) in ends:
            return True
        options = readings_of(char)
        if any(reading.startswith(letters[end:]) for end in ends for reading in options):
            return True
        ends = _further(letters, ends, options)
    return len(letters) in ends


def _reached(letters: str, name: str) -> set[int]:
    """Return where in `letters` spellings of the whole of `name` can end."""
    ends = {0}
    for char in name:
        ends = _further(letters, ends, readings_of(char))
        if not ends:
            break
    return ends


def _further(letters: str, ends: Iterable[int], options: tuple[str, ...]) -> set[int]:
    spelled = {option for reading in options for option in (reading, reading[:1])}
    return {end + len(option) for end in ends for option in spelled if letters.startswith(option, end)}


def sound(name: str) -> str:
    """Return the full pinyin of a name by the common reading of each character: 教育局 → jiaoyuju."""
    return "".join(readings_of(char)[0] for char in name)


def initials(name: str) -> str:
    """Return the first letters of `sound`, one a character: 教育局 → jyj."""
    return "".join(readings_of(char)[0][:1] for char in name)
