"""Parts of a web page that it does not show: taken out of the tree, and listed. Readings above characters are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from gkcheck.text.characters import ANNOTATION

_HIDING = re.compile(r"display:none|visibility:(?:hidden|collapse)|mso-hide:all|(?:opacity|font-size):0(?![.\d])")
_STRIKING = re.compile(r"text-decoration(?:-line)?:[^;]{0,60}line-through")
_STRUCK = frozenset({"del", "s", "strike"})
_UNSEEN = frozenset({"script", "style", "head", "noscript", "template"})
_SELECTOR = re.compile(r"[a-z0-9]{0,20}([.#][\w-]{1,100})", re.IGNORECASE)


class HiddenParts(NamedTuple):
    """The parts of a page that it hides or strikes out: place in its source, and text."""

    hidden: list[tuple[str, str]]
    struck: list[tuple[str, str]]


def take_out_hidden(root: Any) -> HiddenParts:
    """Take hidden and struck elements out of a page, and mark the readings of ruby as what they are."""
    hiding = set(_hiding_selectors(root))
    out = HiddenParts([], [])
    gone = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _UNSEEN:
            continue
        if tag == "rp":
            gone.append(element)
        elif tag in ("rt", "rtc"):
            _mark_reading(element)
        elif element is not root and (found := _list_for(element, tag, hiding, out)) is not None:
            found.append((f"网页源码第{element.sourceline}行", " ".join(_text(element).split())))
            gone.append(element)
        else:
            waiting.extend(reversed(element))
    for element in gone:
        element.drop_tree()
    return out


def _list_for(element: Any, tag: str, hiding: set[str], out: HiddenParts) -> list[tuple[str, str]] | None:
    """Return the list that an element belongs to; None where it shows."""
    style = re.sub(r"\s", "", element.get("style") or "").lower()
    names = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
    if element.get("hidden") is not None or _HIDING.search(style) or names & hiding:
        return out.hidden
    return out.struck if tag in _STRUCK or _STRIKING.search(style) else None


def _mark_reading(element: Any) -> None:
    """Put the text of a reading between the signs of an annotation; what it stands over comes before it."""
    reading = ANNOTATION.format("", _text(element)).removeprefix("\ufff9")
    for child in list(element):
        child.drop_tree()
    element.text = reading


def _text(element: Any) -> str:
    return "".join(element.itertext())


def _hiding_selectors(root: Any) -> Iterator[str]:
    """Yield the classes and ids (.a, #b) that the page's own style sheets hide on a screen."""
    for sheet in root.iter("style"):
        depth = 0
        selectors = ""
        for piece in re.split(r"([{}])", re.sub(r"/\*|\*/", " ", _text(sheet))):
            if piece in ("{", "}"):
                depth += 1 if piece == "{" else -min(depth, 1)
            elif depth == 0:
                selectors = piece
            elif depth == 1 and "@" not in selectors and _HIDING.search(re.sub(r"\s", "", piece).lower()):
                yield from (found[1] for one in selectors.split(",") if (found := _SELECTOR.fullmatch(one.strip())))
