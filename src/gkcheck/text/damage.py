"""Damage to a text: characters lost in decoding, pinyin that mirror sites glue on, characters torn by it."""

import re
import unicodedata
from typing import NamedTuple

from gkcheck.text.normalize import is_han


class Residue(NamedTuple):
    """A damaged piece that stays: where it stands (from 0) and its text."""

    at: int
    text: str


_SYLLABLE = r"[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê]{1,7}"


_GLUED = rf"(?<=(.))[(（]({_SYLLABLE})[)）]"


_LEFT = rf"[?？(（]?({_SYLLABLE})[)）]"


_TONED = r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ]"


def without_pinyin(text: str) -> tuple[str, list[Residue]]:
    """Return text without the pinyin that mirror sites glue on (關(guān)係 → 關係), and the residue, in text order.

    A bracket goes only where it holds a reading of the very character before it, so that real brackets
    stay: 縣(xiàn)(市) → 縣(市), 方案(a) unchanged. What still carries a tone mark before a closing bracket
    (a damaged spot: 政府?dāng)?shù)據) is reported, with its place in the text returned.
    """
    if not re.search(r"[a-zà-ǜ][)）]", text):
        return text, []
    cleaned = re.sub(_GLUED, lambda found: "" if _is_reading(found[1], found[2]) else found[0], text, flags=re.DOTALL)
    left = [Residue(found.start(), found[0]) for found in re.finditer(_LEFT, cleaned) if re.search(_TONED, found[1])]
    return cleaned, left


_DAMAGE = re.compile(
    r"[\ufffd\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000f0000-\U0010ffff]+|\(cid:\d{1,9}\)"
    r"|锟斤拷|锟叫|烫烫烫|屯屯屯|嚙踝蕭|ï¿½"
)


def damaged_spots(text: str) -> list[Residue]:
    """Return what stands where a character was lost, in text order.

    The replacement character, private use, glyphs of a font without Unicode, and what a replacement character or
    unwritten memory becomes when it is decoded once more (锟斤拷, 烫烫烫).
    """
    return [Residue(found.start(), found[0]) for found in _DAMAGE.finditer(text)]


_TORN = rf"(.)[?？]({_SYLLABLE})[)）][?？]({_SYLLABLE})[)）]"


def restored(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return text with the characters that gluing tore apart, and (before, after) of each change, in text order.

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
    """Return the one character read `true` whose first GBK byte makes, with the last of `before`, one read `false`."""
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
    """True if a character can be read so; `toned`: with this very tone."""
    if not is_han(char):
        return False
    from pypinyin import Style, pinyin

    readings = pinyin(char, style=Style.TONE if toned else Style.NORMAL, heteronym=True)[0]
    if toned:
        return syllable in readings
    return _plain(syllable) in {_plain(reading) for reading in readings}


def _plain(syllable: str) -> str:
    """Return a syllable without tone marks; ü as v."""
    bare = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
    out = "".join(char for char in bare if not unicodedata.combining(char) or char == "̈")
    return out.replace("ü", "v").replace("ü", "v")
