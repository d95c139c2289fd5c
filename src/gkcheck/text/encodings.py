"""Encodings of Chinese offices: which one bytes are in is told by what they decode to."""

from __future__ import annotations

import codecs

from gkcheck.text.normalize import is_han

_MOST_DAMAGE = 0.1
"""The largest share of characters beyond ASCII that may be damaged: text in another encoding is damaged nearly everywhere."""


def decode(data: bytes) -> str | None:
    """Return bytes as text, lost characters as U+FFFD; None where they are no text.

    UTF-8 and UTF-16, with or without byte order mark, GB18030 and Big5.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _strict(data, "utf-16")
    elif b"\0" in data:
        text = next(
            (found for name in ("utf-16-le", "utf-16-be") if (found := _strict(data, name)) and _is_chinese(found)),
            None,
        )
    else:
        text = _strict(data, "utf-8-sig") or _damaged(data, "utf-8-sig") or _of_two_bytes(data)
    return None if text is None or "\0" in text else text


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _damaged(data: bytes, encoding: str) -> str | None:
    """Return text of which little is damaged; None where much is."""
    text = data.decode(encoding, "replace")
    beyond = sum(not char.isascii() for char in text)
    return text if text.count("\ufffd") <= _MOST_DAMAGE * beyond else None


def _is_chinese(text: str) -> bool:
    """True if nearly all characters are such as a Chinese text has."""
    usual = sum(is_han(char) or char.isascii() or "\u3000" <= char <= "\u303f" or char >= "\uff00" for char in text)
    return "\0" not in text and usual >= 0.9 * len(text)


def _of_two_bytes(data: bytes) -> str | None:
    """Return text in GB18030 or Big5, whichever makes common characters of it; damage only where it makes them."""
    simplified, traditional = _strict(data, "gb18030"), _strict(data, "big5hkscs")
    whole = simplified is not None or traditional is not None
    simplified = simplified if whole else _damaged(data, "gb18030")
    traditional = traditional if whole else _damaged(data, "big5hkscs")
    in_gb, in_big5 = _share_in_gb2312(simplified or ""), _share_in_big5(traditional or "")
    if in_big5 > 0.95 and in_gb < 0.7:
        return traditional
    return simplified if whole or in_gb > 0.7 else None


def _share_in_gb2312(text: str) -> float:
    """Return the share of ideographs that simplified script has; 0 where there are none."""
    codes = [char.encode("gb2312", "ignore") for char in text if is_han(char)]
    return sum(map(bool, codes)) / len(codes) if codes else 0.0


def _share_in_big5(text: str) -> float:
    """Return the share of ideographs that are among the frequent ones of Big5, its first level; 0 where there are few."""
    codes = [char.encode("big5", "ignore") for char in text if is_han(char)]
    return sum(code[:1] <= b"\xc6" for code in codes if code) / len(codes) if len(codes) > 3 else 0.0
