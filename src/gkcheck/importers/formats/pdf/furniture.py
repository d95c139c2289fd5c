"""Page furniture: numbers, running heads and feet, and what else is printed in one place on page after page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gkcheck.importers.formats.pdf.lines import PageLine

_PAGE_NUMBER = re.compile(r"[\s\-—–－―·•第页共/|]*\d{1,4}[\s\-—–－―·•第页共/|]*(?:\d{1,4}[\s\-—–－―·•页]*)?")
_NEAR = 4.0
_EDGE = 3
"""Lines at the top and at the bottom of a page that may be furniture; within it, only what every page has may be."""


def furniture(pages: Sequence[Sequence[PageLine]]) -> set[tuple[int, int]]:
    """Return the lines that are page furniture, each by its page and its count on it.

    Args:
        pages: The lines of every page outside its tables, from the top down.
    """
    out: set[tuple[int, int]] = set()
    for lines in pages:
        for one in [*lines[:1], *lines[-1:]]:
            if _is_page_number(one.line.text):
                out.add((one.page, one.number))
    repeated: dict[tuple[str, int], list[PageLine]] = {}
    for lines in pages:
        for one in lines:
            key = (re.sub(r"\d+", "#", one.line.text), round(one.line.baseline / _NEAR))
            repeated.setdefault(key, []).append(one)
    edges = {(one.page, one.number) for lines in pages for one in [*lines[:_EDGE], *lines[-_EDGE:]]}
    enough = max(2, len(pages) // 3)
    for ones in repeated.values():
        at_edge = all((one.page, one.number) in edges for one in ones)
        if len({one.page for one in ones}) >= (enough if at_edge else max(3, len(pages))):
            out.update((one.page, one.number) for one in ones)
    return out


def _is_page_number(text: str) -> bool:
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None
