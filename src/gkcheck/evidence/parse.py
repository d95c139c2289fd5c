"""Read evidence as people type it. Pure: the caller decides whether a path is a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gkcheck.errors import BadRequest
from gkcheck.model import Evidence
from gkcheck.text.dates import DAY, read_day

_BAR = re.compile(r"[|｜]")
_URL = re.compile(r"https?://[^\s，。；、（）《》“”【】|｜<>\"]+", re.IGNORECASE)
_BARE_URL = re.compile(r"www\.[\w-]+\.\S+\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_TEXT_PREFIX = re.compile(r"(?:文字|text)[:：]\s*", re.IGNORECASE)
_SUFFIX = re.compile(
    r"\.(?:pdf|ofd|docx?|xlsx?|pptx?|wps|et|dps|txt|csv|html?|zip|rar|7z|jpe?g|png|gif|bmp|tiff?|mp4)\Z", re.I
)
_PUNCTUATION = " \t:：|｜,，;；、。（）()-—"


def read_evidence(
    typed: str, title: str | None = None, published: str | None = None, is_file: Callable[[str], bool] = lambda _: False
) -> Evidence:
    """Read one item of evidence: an address, a file, or a reference; or all of it as `标题|网址|2019-11-01`.

    Args:
        title: of the option --title; it outranks a title within `typed`, and `published` likewise.
        is_file: True for a path that can be stored; the caller adds its SHA-256.

    Raises:
        BadRequest: a day that does not exist, an address that is not http(s), a file that is not there.
    """
    prefix = _TEXT_PREFIX.match(typed)
    if prefix:
        return Evidence("text", typed[prefix.end() :].strip() or typed, title, _day(published))
    if not is_file(typed):
        inner_title, typed, inner_day = _parts(typed)
        title, published = title or inner_title, published or inner_day
    return Evidence(*_kind_and_value(typed.strip(), is_file), title or None, _day(published))


def _parts(typed: str) -> tuple[str | None, str, str | None]:
    """Split `标题|网址|2019-11-01` into title, value and day; title and day may be missing."""
    parts = [part.strip() for part in _BAR.split(typed)]
    day = parts.pop() if len(parts) > 1 and read_day(parts[-1]) else None
    if len(parts) > 1:
        return ("|".join(parts[:-1]).strip() or None, parts[-1], day)
    return (None, parts[0], day)


def _kind_and_value(value: str, is_file: Callable[[str], bool]) -> tuple[str, str]:
    if not value:
        raise BadRequest("佐证是空的，请写上网址、文件或文号")
    if re.match(r"https?://", value, re.IGNORECASE):
        if not re.match(r"https?://[^\s/?#]\S*\Z", value, re.IGNORECASE):
            raise BadRequest(f"“{value}”不是完整的网址，应写成 https://www.example.gov.cn/a.html 的形式")
        return ("url", value)
    if _BARE_URL.match(value):
        return ("url", f"http://{value}")
    if _SCHEME.match(value):
        raise BadRequest(f"“{value}”不是 http 或 https 网址；若是文字说明，请写成“文字：{value}”")
    if is_file(value):
        return ("file", value)
    if _SUFFIX.search(value) or value.startswith(("./", "../", "~/", ".\\", "..\\")):
        raise BadRequest(f"没有文件“{value}”，请检查路径；若是文字说明，请写成“文字：{value}”")
    return ("text", value)


def _day(published: str | None) -> str | None:
    if published is None or not published.strip():
        return None
    day = read_day(published)
    if day is None:
        raise BadRequest(f"发布日期“{published}”不是日期，应写成 2019-12-31 的形式")
    return day.isoformat()


def read_evidence_options(
    typed: list[str], titles: list[str], published: list[str], is_file: Callable[[str], bool] = lambda _: False
) -> list[Evidence]:
    """Read items of evidence, each with its title and day from the other options; each item once, in order.

    Args:
        titles: as many as `typed`, or none; an empty text stands for no title. `published` likewise.

    Raises:
        BadRequest: there are more or fewer titles or days than items. Also as `read_evidence`.
    """
    for option, values in (("title", titles), ("published", published)):
        if values and len(values) != len(typed):
            raise BadRequest(
                f"有 {len(typed)} 个 --evidence、{len(values)} 个 --{option}，分不清哪个对应哪个；"
                f'请一一对应，或写成 --evidence "标题|网址|2019-11-01"'
            )
    items = []
    for i, item in enumerate(typed):
        title = titles[i].strip() if titles else None
        items.append(read_evidence(item, title or None, published[i] if published else None, is_file))
    return list(dict.fromkeys(items))


def read_evidence_cell(text: str, published: str | None = None) -> list[Evidence]:
    """Read the evidence in a cell of a workbook, in order: one item a line, or one for each address in a line.

    A line is `标题 网址 2019-11-01` in any punctuation; a line without an address is a reference. Items without a day
    of their own are given the day `published`. Refuses nothing and drops no text.
    """
    items: list[Evidence] = []
    for line in map(str.strip, text.splitlines()):
        if line.strip(_PUNCTUATION + "　"):
            items += _in_line(line, published)
    return list(dict.fromkeys(items))


def read_linked_cell(text: str, links: Sequence[str], published: str | None = None) -> list[Evidence]:
    """Read the evidence in a cell with hyperlinks; where its one line of text is a single link, the text is the title."""
    links = [link for link in links if link.rstrip("/") not in text]
    if len(links) == 1 and "\n" not in text:
        return read_evidence_cell(f"{text} {links[0]}", published)
    return [item for words in (text, *links) for item in read_evidence_cell(words, published)]


def _in_line(line: str, published: str | None) -> list[Evidence]:
    urls = list(_URL.finditer(line))
    if not urls:
        return [_reference(line, published)]
    items, start = [], 0
    for i, url in enumerate(urls):
        before = line[start : url.start()]
        end = urls[i + 1].start() if i + 1 < len(urls) else len(line)
        day, after = _leading_day(line[url.end() : end])
        start = end - len(after)
        title = before.strip(_PUNCTUATION)
        if i + 1 == len(urls) and after.strip(_PUNCTUATION):
            title = f"{title} {after.strip(_PUNCTUATION)}".strip()
        items.append(Evidence("url", url[0], title or None, day or published))
    return items


def _leading_day(text: str) -> tuple[str | None, str]:
    """Split a day off the beginning of the text after an address: the day (or None), and the remaining text."""
    match = re.match(rf"[\s|｜(（,，;；]*(?:发布(?:日期|时间)?[:：]?\s*)?({DAY})\s*(?:发布)?[)）]?", text)
    day = read_day(match[1]) if match else None
    return (day.isoformat(), text[match.end() :]) if match and day else (None, text)


def _reference(line: str, published: str | None) -> Evidence:
    if _BARE_URL.match(line):
        return Evidence("url", f"http://{line}", None, published)
    return Evidence("text", line, None, published)
