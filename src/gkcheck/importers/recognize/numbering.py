"""Printed numbers, which start headings and tasks and tell how deep these stand."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from gkcheck.text.numerals import number_of
from gkcheck.text.script import folded

_HAN = "零〇一二三四五六七八九十百"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NOT_COUNT = r"(?![\d%亿万元年月日个项家号条米人])"
_LEADING: tuple[tuple[float, re.Pattern[str]], ...] = (
    (0, re.compile(rf"第[{_HAN}\d]{{1,4}}(?:章|编|篇|部分|类|板块)[、.:]?\s*")),
    (1, re.compile(rf"[{_HAN}]{{1,4}}[、.]\s*")),
    (2, re.compile(rf"\([{_HAN}]{{1,5}}\)[、.,:]?\s*")),
    (3, re.compile(r"\d{1,3}[.、]\s?\(\d{1,3}\)[、.]?\s*")),
    (3.5, re.compile(rf"\d{{1,2}}(?:[.\-]\d{{1,2}}){{1,3}}(?:[.、](?!\d)|\s*{_NOT_COUNT}(?=[^\s\d\-.,%()]))\s*")),
    (3, re.compile(r"\d{1,3}[.、](?!\d)\s*")),
    (3, re.compile(r"\d{1,3}\s+(?=[^\s\d%年月日亿万个项家.])")),
    (4, re.compile(r"\(\d{1,3}\)[、.]?\s*")),
    (4, re.compile(r"\d{1,3}\)[、.]?\s*")),
    (5, re.compile(rf"[{_CIRCLED}][、.]?\s*")),
)
_ALONE = re.compile(
    rf"(?:第[{_HAN}\d]+[项条])|\(?[{_HAN}]{{1,5}}\)?[、.]?|\(?\d{{1,4}}\)?[.、]?|\d{{1,3}}(?:[.\-]\d{{1,3}})+|[{_CIRCLED}]"
)
_BREAK = re.compile(
    rf"(?<=[。;!?.\n:])\s*(?=[{_HAN}]{{1,4}}、|\([{_HAN}]{{1,5}}\)|\d{{1,3}}[.、](?!\d)|\(\d{{1,3}}\)|[{_CIRCLED}])"
)


class Number(NamedTuple):
    """A number at the start of a text: as printed, its rank (一、 1, （一） 2, 1. 3, （1） 4, ① 5) and where it ends."""

    printed: str
    rank: float
    end: int


def leading_number(text: str) -> Number | None:
    """Return the printed number a text starts with; blanks before it are passed over."""
    start = len(text) - len(text.lstrip())
    shape = folded(text[start : start + 48])
    for rank, pattern in _LEADING:
        if found := pattern.match(shape):
            return Number(text[start : start + found.end()].strip(), rank, start + found.end())
    return None


def is_number(text: str) -> bool:
    """True if a cell holds a number and nothing else."""
    shape = folded(text).strip()
    return bool(shape) and bool(_ALONE.fullmatch(shape))


def is_han_number(text: str) -> bool:
    """True if a number is written in Chinese numerals (一、 （二） 第三项)."""
    return any(char in _HAN for char in text)


def plain_number(printed: str | None) -> str:
    """Return a printed number as a plan shows it: （二十三） → 二十三, 1. → 1, 1.(1) unchanged."""
    if printed is None:
        return ""
    number = folded(printed).strip().rstrip(".、,: ")
    return number.strip("()") if re.fullmatch(r"\([^()]*\)|\d+\)", number) else number


def value_of(printed: str | None) -> int | None:
    """Return the count of a printed number; None where it is no simple number."""
    number = plain_number(printed)
    if number and number[0] in _CIRCLED:
        return _CIRCLED.index(number[0]) + 1
    found = re.fullmatch(rf"第?([{_HAN}]+|\d+)(?:章|编|篇|部分|类|板块|项|条)?", number)
    return number_of(found[1]) if found else None


def split_at_numbers(text: str) -> list[str]:
    """Cut a text before every number that follows the end of a sentence or a line; the pieces make up the text."""
    cuts = [0, *(found.end() for found in _BREAK.finditer(folded(text))), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(cuts) if a < b]
