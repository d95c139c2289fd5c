"""Numbers that Word counts itself (一、 1. （一）) and that stand nowhere in the text of a document."""

from __future__ import annotations

from typing import Any, NamedTuple

from gkcheck.importers.formats.ooxml import attribute, children, first, whole_number
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
        for scheme in children(numbering, "abstractNum"):
            levels = {whole_number(attribute(level, "ilvl"), 0): _level(level) for level in children(scheme, "lvl")}
            self.levels[attribute(scheme, "abstractNumId") or ""] = levels
        for one in children(numbering, "num"):
            self.lists[attribute(one, "numId") or ""] = attribute(first(one, "abstractNumId"), "val") or ""
        for style in children(styles, "style"):
            list_id, depth = _list_of(first(style, "pPr"))
            self.style_lists[attribute(style, "styleId") or ""] = (list_id or "", depth or 0)

    def next_number(self, paragraph: Any) -> str:
        """Return the number before the next paragraph as Word prints it; empty where it has none."""
        settings = first(paragraph, "pPr")
        style = attribute(first(settings, "pStyle"), "val")
        list_of_style, depth_of_style = self.style_lists.get(style or "", ("", 0))
        list_id, depth = _list_of(settings)
        list_id = list_of_style if list_id is None else list_id
        depth = depth_of_style if depth is None else depth
        kind = self.lists.get(list_id) if list_id != "0" else None
        levels = self.levels.get(kind, {}) if kind is not None else {}
        if kind is None or depth not in levels or depth > 8:
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


def _list_of(settings: Any) -> tuple[str | None, int | None]:
    """Return the list of a paragraph's settings and the depth in it; None for what they leave to the style."""
    depth = attribute(first(settings, "numPr", "ilvl"), "val")
    return attribute(first(settings, "numPr", "numId"), "val"), whole_number(depth, 0) if depth is not None else None


def _level(element: Any) -> Level:
    form, text, start = (attribute(first(element, name), "val") for name in ("numFmt", "lvlText", "start"))
    return Level(form or "decimal", text or "", whole_number(start, 1))


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
