"""Read the title and the day of publication from a web page. Pure; no page makes it fail."""

from __future__ import annotations

import html
import re

from gkcheck.text.characters import ordinary
from gkcheck.text.dates import DAY, read_day
from gkcheck.types import NamedTuple


class Page(NamedTuple):
    """The title and the day of publication (YYYY-MM-DD) of a page; None where it shows none."""

    title: str | None
    published: str | None


_CHARSET = re.compile(rb"charset\s*+=\s*+[\"']?\s*+([A-Za-z0-9_.:-]{1,40})")
_TITLE_OPENS = re.compile(r"<title\b[^<>]*>", re.IGNORECASE)
_META = re.compile(r"<meta\b([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))")
_DROPPED = re.compile(r"<(script|style)\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_DAY = rf"(?=20|19){DAY}"
_LABELLED = re.compile(
    rf"(?:发布|发文|印发|公开|成文|更新|刊登|公布)?(?:日期|时间|于)\s*+[:：]?\s*+[\[【（(]?\s*+({_DAY})"
)
_ANY_DAY = re.compile(rf"(?<!\d){_DAY}(?!\d)")

_TITLE_NAMES = ("articletitle", "og:title", "title")
_DAY_NAMES = ("pubdate", "publishdate", "publishtime", "article:published_time", "firstpublishedtime", "date")
"""Names of <meta> elements, best first: the first of each is prescribed by the Chinese standard for government sites."""


_ENCODINGS = dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "cp936"), "gb18030") | {
    name: name
    for name in ("utf-8", "utf8", "big5", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "us-ascii", "windows-1252")
}
"""The encodings that sites declare, and how each is decoded; Python knows a hundred more, and some take minutes a page."""


def decode(data: bytes, declared: str | None) -> str:
    """Decode a page by the encoding that its header (`declared`) or the page itself declares, else UTF-8, else GB18030."""
    match = _CHARSET.search(data[:4096])
    for name in (declared, match[1].decode("ascii") if match else None, "utf-8"):
        encoding = _ENCODINGS.get((name or "").strip().lower())
        if encoding:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    return data.decode("gb18030", errors="replace")


def read_page(text: str) -> Page:
    """Return title and day: the title of <title> or <meta>, the day of <meta> or of the text that the page shows."""
    metadata: dict[str, str] = {}
    for meta in _META.finditer(text):
        attributes = {
            match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(meta[1])
        }
        name = (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").lower()
        metadata.setdefault(name, _unescaped(attributes.get("content", "")).strip())
    title = _title(text) or next((metadata[name] for name in _TITLE_NAMES if metadata.get(name)), None)
    return Page(title, _day(metadata, text))


def _title(text: str) -> str | None:
    opened = _TITLE_OPENS.search(text)
    if not opened:
        return None
    end = text.find("<", opened.end())
    title = _unescaped(text[opened.end() : end if end >= 0 else None])
    return " ".join(title.split())[:500] or None


def _day(metadata: dict[str, str], text: str) -> str | None:
    for name in _DAY_NAMES:
        match = _ANY_DAY.search(metadata.get(name, "")) or re.match(r"\d{8}(?!\d)", metadata.get(name, ""))
        day = read_day(match[0]) if match else None
        if day:
            return day.isoformat()
    visible = _visible(text)
    for pattern in (_LABELLED, _ANY_DAY):
        for match in pattern.finditer(visible):
            day = read_day(match[1] if match.lastindex else match[0])
            if day:
                return day.isoformat()
    return None


def _visible(text: str) -> str:
    """Return the text without tags, scripts and styles."""
    parts, at = [], 0
    for match in _DROPPED.finditer(text):
        if match.start() < at:
            continue
        parts.append(text[at : match.start()])
        closed = text.find(f"</{match[1]}", match.end())
        at = closed if closed >= 0 else len(text)
    parts.append(text[at:])
    return _unescaped(_TAG.sub(" ", "".join(parts)))


_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{7,});?")


def _unescaped(text: str) -> str:
    """Return text with its references as characters; a number beyond all characters, of whatever length, is U+FFFD."""
    return ordinary(html.unescape(_NO_CHARACTER.sub("\ufffd", text)))
