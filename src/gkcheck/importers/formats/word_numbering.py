"""Numbers that Word counts itself (一、 1. （一）) and that stand nowhere in the text of a document."""

from __future__ import annotations

from typing import Any, NamedTuple

from gkcheck.importers.formats.ooxml import attribute, children, first, whole_number
from gkcheck.importers.formats.word_styles import WordStyles
from gkcheck.text.numerals import numeral

_CHINESE = frozenset({"chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "taiwaneseCounting",
                      "taiwaneseCountingThousand", "ideographTraditional", "chineseLegalSimplified"})  # fmt: skip
_DEEPEST = 8


class Level(NamedTuple):
    """One level of a list: the form of its count, the text around it (（%1）), where it starts."""

    form: str
    text: str
    start: int


class _List(NamedTuple):
    """A list as paragraphs name it: the scheme whose counts it shares, its levels, where levels start anew."""

    scheme: str
    levels: dict[int, Level]
    restarts: dict[int, int]


class WordNumbering:
    """Counts the numbered paragraphs of one document as they come."""

    def __init__(self, numbering: Any, styles: WordStyles) -> None:
        self._styles = styles
        self._schemes = {attribute(one, "abstractNumId") or "": one for one in children(numbering, "abstractNum")}
        self._lists = {attribute(one, "numId") or "": self._list(one) for one in children(numbering, "num")}
        self._levels_of_styles = {
            (scheme, attribute(first(level, "pStyle"), "val")): whole_number(attribute(level, "ilvl"), 0)
            for scheme, one in self._schemes.items()
            for level in children(one, "lvl")
        }
        self._counts: dict[str, list[int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def next_number(self, paragraph: Any) -> str:
        """Return the number before the next paragraph as Word prints it; empty where it has none."""
        list_id, depth = self._place(first(paragraph, "pPr"))
        found = self._lists.get(list_id)
        if found is None or depth not in found.levels or depth > _DEEPEST:
            return ""
        if depth in found.restarts and (list_id, depth) not in self._begun:
            self._begun.add((list_id, depth))
            self._counts.setdefault(found.scheme, [0] * 9)[depth] = found.restarts[depth] - 1
            return self._printed(found, depth, begins=True)
        return self._printed(found, depth, begins=False)

    def _list(self, element: Any) -> _List:
        """Return a list: its scheme's levels, with those that the list overrides."""
        scheme = self._linked(attribute(first(element, "abstractNumId"), "val") or "")
        levels = _levels(self._schemes.get(scheme))
        restarts = {}
        for override in children(element, "lvlOverride"):
            depth = whole_number(attribute(override, "ilvl"), 0)
            levels[depth] = next(
                (_level(level) for level in children(override, "lvl")), levels.get(depth, _level(None))
            )
            if (start := first(override, "startOverride")) is not None:
                restarts[depth] = whole_number(attribute(start, "val"), 1)
        return _List(scheme, levels, restarts)

    def _linked(self, scheme: str) -> str:
        """Return the scheme that a scheme borrows its levels from by a list style; itself where it has its own."""
        link = attribute(first(self._schemes.get(scheme), "numStyleLink"), "val")
        owners = (key for key, one in self._schemes.items() if attribute(first(one, "styleLink"), "val") == link)
        return next(owners, scheme) if link else scheme

    def _place(self, settings: Any) -> tuple[str, int]:
        """Return the list of a paragraph and the depth in it, by its own settings or those of its style."""
        style = attribute(first(settings, "pStyle"), "val")
        list_id, depth = _list_of(settings)
        owner = None
        for one in self._styles.chain(style):
            theirs, their_depth = _list_of(first(one, "pPr"))
            owner = attribute(one, "styleId") if list_id is None and theirs is not None else owner
            list_id = theirs if list_id is None else list_id
            depth = their_depth if depth is None else depth
        if depth is None and owner is not None and (found := self._lists.get(list_id or "")):
            depth = self._levels_of_styles.get((found.scheme, owner))
        return list_id or "", depth or 0

    def _printed(self, found: _List, depth: int, begins: bool) -> str:
        counts, levels = self._counts.setdefault(found.scheme, [0] * 9), found.levels
        counts[depth] = counts[depth] + 1 if counts[depth] or begins else levels[depth].start
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


def _levels(scheme: Any) -> dict[int, Level]:
    return {whole_number(attribute(level, "ilvl"), 0): _level(level) for level in children(scheme, "lvl")}


def _level(element: Any) -> Level:
    form, text, start = (attribute(first(element, name), "val") for name in ("numFmt", "lvlText", "start"))
    return Level(form or "decimal", text or "", whole_number(start, 1))


def _count(number: int, form: str) -> str:
    if form in _CHINESE:
        return numeral(min(number, 9999))
    if form == "decimalEnclosedCircle" or form == "decimalEnclosedCircleChinese":
        return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)
    if form == "decimalZero":
        return f"{number:02}"
    if form == "lowerLetter" and 1 <= number <= 26:
        return chr(96 + number)
    if form == "upperLetter" and 1 <= number <= 26:
        return chr(64 + number)
    return str(number)
