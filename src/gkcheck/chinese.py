"""Chinese text: numerals, full-width punctuation, script, pinyin residue, keys for comparing, display width.

Pure functions of text. The two heavy libraries (OpenCC, pypinyin) are loaded by the functions that need
them and by nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import opencc

_DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = r"[零〇一二两三四五六七八九十百千]+"


def numeral(number: int) -> str:
    """A Chinese numeral for 0..9999 as headings print it: 10 十, 23 二十三, 105 一百零五."""
    if not 0 <= number <= 9999:
        raise ValueError(f"no numeral for {number}")
    if number < 10:
        return _DIGITS[number]
    text, zero, rest = "", False, number
    for sign, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, rest = divmod(rest, value)
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + sign
            zero = False
        else:
            zero = True
    return text[1:] if text.startswith("一十") else text


def number_of(text: str) -> int | None:
    """The number a numeral means, from Chinese or any Unicode decimal digits; None where it is neither."""
    if text.isdecimal():
        return int(text) if len(text) < 10 else None
    if not re.fullmatch(_NUMERAL, text):
        return None
    total, digit, smallest = 0, 0, 10_000
    for char in text.replace("〇", "零").replace("两", "二"):
        if char in _UNITS:
            value = _UNITS[char]
            if value >= smallest:
                return None
            total += (digit or 1) * value
            digit, smallest = 0, value
        else:
            if digit:
                return None
            digit = _DIGITS.index(char)
    return total + digit


def is_han(char: str) -> bool:
    """Whether a character is a Chinese ideograph."""
    return "一" <= char <= "鿿" or "㐀" <= char <= "䶿" or "豈" <= char <= "﫿" or char >= "\U00020000" or char == "〇"


_CHINESE_SIGNS = frozenset("。、，；：？！“”‘’（）《》〈〉【】〔〕「」『』…—％")
_FULL = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}
_ADDRESS = (
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://[\x21-\x7e]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
)


def _is_chinese(char: str) -> bool:
    return is_han(char) or char in _CHINESE_SIGNS


def full_width(text: str) -> str:
    """Half-width `,:;?!()` in Chinese text as full-width signs (GB/T 15834).

    A sign is Chinese where a neighbour is; brackets where a neighbour or what they hold is. Signs between
    Latin letters or digits (3,000; 12:30), addresses and everything else stay as they are.
    """
    spared = [False] * len(text)
    for match in re.finditer(_ADDRESS, text, re.ASCII):
        spared[match.start() : match.end()] = [True] * (match.end() - match.start())
    chars = list(text)
    _full_width_brackets(chars, spared)
    for i, char in enumerate(chars):
        if char in _FULL and not spared[i]:
            before, after = _neighbour(chars, i, -1), _neighbour(chars, i, 1)
            if _is_chinese(before) or _is_chinese(after):
                chars[i] = _FULL[char]
    return "".join(chars)


def _neighbour(chars: list[str], i: int, step: int) -> str:
    """The nearest character on one side that is not a blank; an empty string at the end."""
    i += step
    while 0 <= i < len(chars) and chars[i] == " ":
        i += step
    return chars[i] if 0 <= i < len(chars) else ""


def _full_width_brackets(chars: list[str], spared: list[bool]) -> None:
    han = [0]
    for char in chars:
        han.append(han[-1] + is_han(char))
    opened: list[int] = []
    for i, char in enumerate(chars):
        if char == "(":
            opened.append(i)
        elif char == ")":
            start = opened.pop() if opened else i
            held = han[i] - han[start] > 0
            outside = _is_chinese(_neighbour(chars, start, -1)) or _is_chinese(_neighbour(chars, i, 1))
            if (held or outside) and not spared[i]:
                chars[i] = "）"
                if start != i:
                    chars[start] = "（"
    for i in opened:
        if not spared[i] and (_is_chinese(_neighbour(chars, i, -1)) or _is_chinese(_neighbour(chars, i, 1))):
            chars[i] = "（"


_NOT_IN_KEY = r"[\s“”\"'‘’「」『』​-‏‪-‮⁦-⁩﻿]+"


def key(text: str) -> str:
    """What two spellings of a name have in common: width folded, blanks, quotes and invisible signs gone."""
    return re.sub(_NOT_IN_KEY, "", unicodedata.normalize("NFKC", text)).casefold()


def simplified(text: str) -> str:
    """Traditional script as Simplified (OpenCC t2s), with 著 as 着 where it is the auxiliary (着力, 围绕着)."""
    return re.sub(_ZHE, "着", _converter().convert(text))


_ZHE = r"著(?=[力重眼手想急落装陆火迷])|(?<=[沿接随向朝本围跟冲意味拿带靠凭试趁])著(?![作名称者述])"


@cache
def _converter() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


class _Folding(dict[int, str]):
    """A translation table that fills itself, one character for one character."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if is_han(char):
            plain: str = _converter().convert(char)
        elif char in _FOLDED:
            plain = _FOLDED[char]
        else:
            plain = unicodedata.normalize("NFKC", char) if "\uff00" <= char <= "\uffef" else char
        self[code] = plain if len(plain) == 1 else char
        return self[code]


_FOLDED = dict(zip("\u3000\xa0\t∶︰﹕﹔﹐﹒﹙﹚［］﹝﹞〈〉＜＞", "   :::;,.()[]〔〕<><>", strict=True))


@cache
def _folding() -> _Folding:
    return _Folding()


def folded(text: str) -> str:
    """The shape of a text for recognising: Simplified, half-width, blanks as spaces, and just as long.

    Character i of the answer stands for character i of `text`, so what is recognised in the one can be
    cut out of the other as printed.
    """
    return text.translate(_folding())


class Residue(NamedTuple):
    """Something that looks like glued-on pinyin and was left alone: where it stands (from 0) and its text."""

    at: int
    text: str


_SYLLABLE = r"[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê]{1,7}"
_GLUED = rf"(?<=(.))[(（]({_SYLLABLE})[)）]"
_LEFT = rf"[?？(（]?({_SYLLABLE})[)）]"
_TONED = r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]"


def without_pinyin(text: str) -> tuple[str, list[Residue]]:
    """Text without the pinyin that mirror sites glue on (關(guān)係 → 關係), and what was left, in text order.

    A bracket goes only where it holds a reading of the very character before it, so that real brackets
    stay: 縣(xiàn)(市) → 縣(市), 方案(a) unchanged. What still carries a tone mark before a closing bracket
    (a damaged spot: 政府?dāng)?shù)據) is reported, with its place in the text returned.
    """
    if not re.search(r"[a-zà-ǜ][)）]", text):
        return text, []
    cleaned = re.sub(_GLUED, lambda found: "" if _is_reading(found[1], found[2]) else found[0], text, flags=re.DOTALL)
    left = [Residue(found.start(), found[0]) for found in re.finditer(_LEFT, cleaned) if re.search(_TONED, found[1])]
    return cleaned, left


_TORN = rf"(.)[?？]({_SYLLABLE})[)）][?？]({_SYLLABLE})[)）]"


def restored(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Text with the characters that gluing tore apart put back, and what became what, in text order.

    政府?dāng)?shù)據: the mirror glued by replacing GBK bytes, and took the last byte of 府 and the first of 數 for
    當(dāng). Put back only where the bytes leave one character possible; anything else stays as it is.
    """
    changes: list[tuple[str, str]] = []

    def put_back(found: re.Match[str]) -> str:
        whole = _untorn(found[1], found[2], found[3])
        if whole is None:
            return found[0]
        changes.append((found[0], found[1] + whole))
        return found[1] + whole

    return (re.sub(_TORN, put_back, text, flags=re.DOTALL), changes) if "?" in text or "？" in text else (text, [])


def _untorn(before: str, false: str, true: str) -> str | None:
    """The one character read `true` whose first GBK byte makes, with the last of `before`, one read `false`."""
    try:
        last = before.encode("gbk")[-1:]
    except UnicodeEncodeError:
        return None
    found = set()
    for first in range(0x81, 0xFF):
        if _is_reading((last + bytes([first])).decode("gbk", "replace")[:1], false, toned=True):
            for second in range(0x40, 0xFF):
                char = bytes([first, second]).decode("gbk", "replace")
                if len(char) == 1 and _is_reading(char, true, toned=True):
                    found.add(char)
    return found.pop() if len(found) == 1 else None


def _is_reading(char: str, syllable: str, toned: bool = False) -> bool:
    """Whether a character can be read so; `toned`: with this very tone."""
    if not is_han(char):
        return False
    from pypinyin import Style, pinyin

    readings = pinyin(char, style=Style.TONE if toned else Style.NORMAL, heteronym=True)[0]
    if toned:
        return syllable in readings
    return _plain(syllable) in {_plain(reading) for reading in readings}


def _plain(syllable: str) -> str:
    """A syllable without tone marks; ü as v."""
    bare = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
    out = "".join(char for char in bare if not unicodedata.combining(char) or char == "̈")
    return out.replace("ü", "v").replace("ü", "v")


def width(text: str) -> int:
    """How many terminal columns text takes: 2 for wide characters, 0 for combining and invisible ones.

    Characters of ambiguous width (“ ” … █) count as 1, as rich counts them.
    """
    if text.isascii():
        return len(text)
    total = 0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            total += 2
        elif not (unicodedata.combining(char) or unicodedata.category(char) == "Cf"):
            total += 1
    return total


def nearest(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """The known words most like `word`, best first, at most `count`; none where nothing is near.

    A word counts as near where most of its characters stand in the other in the same order; for Chinese
    names that also covers short forms (卫健局 → 市卫生健康局).
    """
    from difflib import SequenceMatcher

    typed = key(word)
    scored: list[tuple[float, str]] = []
    for candidate in known:
        other = key(candidate)
        matcher = SequenceMatcher(None, typed, other, autojunk=False)
        shared = sum(block.size for block in matcher.get_matching_blocks())
        score = 0.5 * matcher.ratio() + 0.5 * (shared / len(typed) if typed else 0)
        if score >= 0.45:
            scored.append((score, candidate))
    scored.sort(key=lambda pair: -pair[0])
    return [candidate for _, candidate in scored[:count]]


_DAY = r"(\d{4})(?:\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))"


def read_day(text: str) -> date | None:
    """The day a text means: 2019-12-31, 20191231, 2019年12月31日, 2019.12.31, full-width digits; None where none."""
    found = re.fullmatch(_DAY, unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError:
        return None


_PIECE = r"[“‘（《〈【〔「『(]*(?:[!-'*-~]+|[^!-~ “‘（《〈【〔「『])[，。、；：？！”’）》〉】〕」』％)]*[…—]* ?|."


def wrap(text: str, room: int, cut: bool = True) -> list[str]:
    """Text in lines of at most `room` columns, broken between Chinese characters and at blanks.

    No line begins with a closing sign or ends with an opening one (避头尾), unless there is no room at all.
    A word longer than a line (a path, an address) is cut, or with `cut` False left whole.
    """
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in re.findall(_PIECE, paragraph):
            if line and width(line + piece.rstrip()) > room:
                lines.append(line.rstrip())
                line = ""
            line += piece
            while cut and width(line.rstrip()) > room and len(line) > 1:
                fits = next(i for i in range(len(line), 0, -1) if width(line[:i]) <= room or i == 1)
                lines.append(line[:fits])
                line = line[fits:]
        lines.append(line.rstrip())
    return lines
