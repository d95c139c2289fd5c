"""Traditional script → Simplified, and the folded shape of a text for recognising."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from gkcheck.text.normalize import is_han, key, with_plain_dashes


def simplified(text: str) -> str:
    """Return Traditional script as Simplified (OpenCC t2s), with 著 as 着 where it is the auxiliary (着力, 围绕着).

    Every character stays one character.
    """
    characters, phrases, phrase = _table()
    parts = phrase.split(_COMPATIBILITY.sub(lambda found: unicodedata.normalize("NFC", found[0]), text))
    parts[::2] = [part.translate(characters) for part in parts[::2]]
    parts[1::2] = [phrases[part] for part in parts[1::2]]
    return re.sub(_ZHE, "着", "".join(parts))


_COMPATIBILITY = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f]")
"""Ideographs that Unicode holds twice, for the sake of older codes; each has the ordinary one as its canonical form."""

_ZHE = r"著(?=[力重眼手想急落装陆火迷])|(?<=[沿接随向朝本围跟冲意味拿带靠凭试趁])著(?![作名称者述])"


@cache
def _table() -> tuple[dict[int, int], dict[str, str], re.Pattern[str]]:
    """Return characters and phrases with what they become, and what finds a phrase: the longest one at each place."""
    from gkcheck.text.tables.script import CHARACTERS, PHRASES

    pairs, words = CHARACTERS.replace("\n", ""), PHRASES.split()
    phrases = dict(zip(words[::2], words[1::2], strict=True))
    longest_first = "|".join(sorted(phrases, key=len, reverse=True))
    return str.maketrans(pairs[::2], pairs[1::2]), phrases, re.compile(f"({longest_first})")


def simplified_name(typed: str) -> str:
    """Return a name in Simplified script; bytes that were no text (lone surrogates) become question marks."""
    return typed if typed.isascii() else simplified(typed.encode("utf-8", "replace").decode())


def search_key(text: str) -> str:
    """Return the key that a text is searched by: as `key`, in Simplified script, dashes of all kinds as one."""
    return key(with_plain_dashes(simplified_name(text)))


class _Folding(dict[int, str]):
    """A translation table that fills itself, one character for one character."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if is_han(char):
            plain = simplified(char)
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
    """Return the shape of a text for recognising: Simplified, half-width, blanks as spaces, and just as long.

    Character i of the answer stands for character i of `text`, so what is recognised in the one can be
    cut out of the other as printed.
    """
    return text.translate(_folding())
