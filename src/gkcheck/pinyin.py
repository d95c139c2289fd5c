"""Pinyin of names, for people who type without an input method. Loads pypinyin; never on a plain command."""

from __future__ import annotations


def spelt(letters: str, name: str) -> bool:
    """Whether `letters` are the initials, the full pinyin, or a mixture of both, of the whole of `name`.

    jyj and jiaoyuju both spell 教育局; every reading of a character counts.
    """
    from pypinyin import Style, pinyin

    ends = {0}
    for char in name:
        options = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
        spelled = {option for reading in options for option in (reading, reading[:1])}
        ends = {end + len(option) for end in ends for option in spelled if letters.startswith(option, end)}
        if not ends:
            return False
    return len(letters) in ends
