"""Telephone numbers in what people write: they belong in the register of contacts and in letters, nowhere else."""

from __future__ import annotations

import re

from gkcheck.text.characters import comparable

_PHONE = re.compile(
    r"(?<![\d.])(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
    r"|(?:\+86[- ]?|\(?0)\d{2,3}\)?[- ]?\d{3,4}[- ]?\d{4}"
    r"|[48]00[- ]?\d{3}[- ]?\d{4}"
    r"|(?<=[话机码])[:是为 ]{0,3}[2-9]\d{6,7})(?!\d)"
)
"""Mobile numbers; numbers with an area code; 400 and 800; seven or eight digits right after 电话 or 手机."""

_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}", re.IGNORECASE)

_BESIDE_NAME = re.compile(r"\(?(?:联系)?(?:电话|手机)?:?(\+?\d[\d -]{5,20}\d)\)?")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


def phone_in(text: str) -> str | None:
    """Return the first telephone number in a text, in half-width characters; None where there is none.

    Digits within the addresses of pages are none.
    """
    found = _PHONE.search(_ADDRESS.sub("，", _plain(text)))
    return found[0].strip(":是为 ") if found else None


def name_and_phone(text: str) -> tuple[str, str]:
    """Return the name of a person and the telephone number that may stand beside it, each "" where there is none."""
    found = _BESIDE_NAME.search(_plain(text))
    if found is None:
        return text.strip(), ""
    name = _plain(text)[: found.start()] + _plain(text)[found.end() :]
    return name.strip(" ,、;:/"), found[1].strip()


def _plain(text: str) -> str:
    """Return a text in half-width characters, with one kind of dash."""
    return comparable(text).translate(_DASHES)


def is_phone(text: str) -> bool:
    """True if a text may stand where a telephone number is asked for: seven digits, few other words, no longer than three numbers."""
    digits = sum(char.isdecimal() for char in text)
    return digits >= 7 and len(text) <= min(3 * digits, _LONGEST)


_LONGEST = 60
