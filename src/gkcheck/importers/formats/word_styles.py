"""Styles of a Word document: what a paragraph or a run inherits from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gkcheck.importers.formats.ooxml import attribute, children, first

_OFF = frozenset({"0", "false", "off", "none"})


def is_on(switch: Any) -> bool:
    """True if an element that switches a property stands there and does not switch it off."""
    return switch is not None and attribute(switch, "val") not in _OFF


class WordStyles:
    """The styles of one document by their ids, each with those it is based on."""

    def __init__(self, root: Any) -> None:
        self._styles = {attribute(style, "styleId") or "": style for style in children(root, "style")}
        self._defaults = first(root, "docDefaults", "rPrDefault", "rPr")
        self._switches: dict[tuple[str | None, str | None, str], bool] = {}
        self._usual = next((key for key, style in self._styles.items() if _is_usual(style)), None)

    def chain(self, style: str | None) -> Iterator[Any]:
        """Yield a style and the styles it is based on, nearest first."""
        seen = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            yield self._styles[style]
            style = attribute(first(self._styles[style], "basedOn"), "val")

    def shows(self, name: str, settings: Any, paragraph_style: str | None) -> bool:
        """True if a run shows a property (vanish, strike), by its own settings, its style or its paragraph's."""
        own = first(settings, name)
        if own is not None:
            return is_on(own)
        key = (attribute(first(settings, "rStyle"), "val"), paragraph_style or self._usual, name)
        if key not in self._switches:
            self._switches[key] = self._inherited(*key)
        return self._switches[key]

    def _inherited(self, run_style: str | None, paragraph_style: str | None, name: str) -> bool:
        for style in (run_style, paragraph_style):
            for one in self.chain(style):
                switch = first(one, "rPr", name)
                if switch is not None:
                    return is_on(switch)
        return is_on(first(self._defaults, name))


def _is_usual(style: Any) -> bool:
    return attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on")
