"""Numbers that Word counts itself (一、 1. （一）) and that stand nowhere in the text of a document."""

from __future__ import annotations

from typing import Any, NamedTuple

from gkcheck.importers.formats.ooxml import local
from gkcheck.text.numerals import numeral

_CHINESE = frozenset({"chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "taiwaneseCounting",
                      "taiwaneseCountingThousand", "ideographTraditional", "chineseLegalSimplified"})  # fmt: skip


class Level(NamedTuple):
    """One level of a list: the form of its count, the text around it (（%1）), where it starts."""

    form: str
    text: str
    start: int


class WordNumbering:
    """Counts the numbered paragraphs of one document as they come."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self.levels: dict[str, dict[int, Level]] = {}
        self.lists: dict[str, str] = {}
        self.style_lists: dict[str, tuple[str, int]] = {}
        self.counts: dict[str, list[int]] = {}
        if numbering is not None:
            self._read_numbering(numbering)
        if styles is not None:
            self._read_styles(styles)

    def _read_numbering(self, root: Any) -> None:
        for element in root:
            if local(element) == "abstractNum":
                levels = {_whole(_get(lvl, "ilvl"), 0): _level(lvl) for lvl in element if local(lvl) == "lvl"}
                self.levels[_get(element, "abstractNumId") or ""] = levels
            elif local(element) == "num":
                for child in element:
                    if local(child) == "abstractNumId":
                        self.lists[_get(element, "numId") or ""] = _get(child, "val") or ""

    def _read_styles(self, root: Any) -> None:
        for style in root:
            if local(style) == "style":
                found = _list_of(next((child for child in style if local(child) == "pPr"), None))
                if found:
                    self.style_lists[_get(style, "styleId") or ""] = (found[0] or "", found[1] or 0)

    def next_number(self, paragraph: Any) -> str:
        """Return the number before the next paragraph as Word prints it; empty where it has none."""
        if not self.lists:
            return ""
        settings = next((child for child in paragraph if local(child) == "pPr"), None)
        found = _list_of(settings)
        style = (
            next((_get(child, "val") for child in settings if local(child) == "pStyle"), None)
            if settings is not None
            else None
        )
        inherited = self.style_lists.get(style or "")
        list_id = found[0] if found and found[0] is not None else (inherited[0] if inherited else None)
        depth = found[1] if found and found[1] is not None else (inherited[1] if inherited else 0)
        if not list_id or list_id == "0" or list_id not in self.lists or not 0 <= depth <= 8:
            return ""
        kind = self.lists[list_id]
        levels = self.levels.get(kind, {})
        if depth not in levels:
            return ""
        return self._printed(kind, levels, depth)

    def _printed(self, kind: str, levels: dict[int, Level], depth: int) -> str:
        counts = self.counts.setdefault(kind, [0] * 9)
        counts[depth] = counts[depth] + 1 if counts[depth] else levels[depth].start
        for deeper in range(depth + 1, 9):
            counts[deeper] = 0
        if levels[depth].form in ("bullet", "none"):
            return ""
        text = levels[depth].text
        for i in range(9):
            if f"%{i + 1}" in text:
                level = levels.get(i, levels[depth])
                text = text.replace(f"%{i + 1}", _count(counts[i] or level.start, level.form))
        return text + (" " if text[-1:].isdecimal() else "")


def _list_of(settings: Any) -> tuple[str | None, int | None] | None:
    if settings is None:
        return None
    numbered = next((child for child in settings if local(child) == "numPr"), None)
    if numbered is None:
        return None
    list_id = next((_get(child, "val") for child in numbered if local(child) == "numId"), None)
    depth = next((_get(child, "val") for child in numbered if local(child) == "ilvl"), None)
    return list_id, (_whole(depth, 0) if depth is not None else None)


def _level(element: Any) -> Level:
    values = {local(child): _get(child, "val") for child in element if local(child) in ("numFmt", "lvlText", "start")}
    return Level(values.get("numFmt") or "decimal", values.get("lvlText") or "", _whole(values.get("start"), 1))


def _count(number: int, form: str) -> str:
    if form in _CHINESE:
        return numeral(min(number, 9999))
    if form == "decimalEnclosedCircle" or form == "decimalEnclosedCircleChinese":
        return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)
    if form == "lowerLetter" and 1 <= number <= 26:
        return chr(96 + number)
    if form == "upperLetter" and 1 <= number <= 26:
        return chr(64 + number)
    return str(number)


def _get(element: Any, key: str) -> str | None:
    return next((value for name, value in element.attrib.items() if name.rpartition("}")[2] == key), None)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else otherwise
