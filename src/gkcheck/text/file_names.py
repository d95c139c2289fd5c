"""Names of files made from somebody's text."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 150
"""The most UTF-8 bytes that a name made of somebody's text may take; file systems allow 255 for all of it."""

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)", re.IGNORECASE)

_FORBIDDEN = frozenset('<>:"/\\|?*')


def is_reserved(name: str) -> bool:
    """True for a file name that Windows does not take, or that means a device (con.xlsx) or a part of a file (台账:1.xlsx)."""
    return _RESERVED.match(name) is not None or not _FORBIDDEN.isdisjoint(name)


def safe_name(text: str) -> str:
    """A piece of a file name that every system takes, from any text; nothing in it can leave the folder.

    Signs that Windows forbids, control and invisible characters become `_`; blanks and dots at the ends
    go; a name that Windows reserves (CON, 市nul no, nul yes) gets a `_` before it; a name that is too long
    is cut at `LONGEST_NAME` bytes and ends in a fingerprint of the whole, so that two stay two.
    """
    text = unicodedata.normalize("NFC", text)
    name = "".join("_" if char in _FORBIDDEN or unicodedata.category(char)[0] == "C" else char for char in text)
    name = re.sub(r"\s+", " ", name).strip(" .") or "_"
    if is_reserved(name):
        name = "_" + name
    if len(name.encode()) > LONGEST_NAME:
        import hashlib

        mark = "~" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = name.encode()[: LONGEST_NAME - len(mark)].decode("utf-8", "ignore").rstrip(" .") + mark
    return name
