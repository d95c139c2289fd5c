"""Break the title of an official document into lines (GB/T 9704-2012, 7.3.1: words whole, lines of like length)."""

from __future__ import annotations

import re
from math import inf

from gkcheck.text.width import width

_WORDS = re.compile(
    "关于|责任分工表|任务分工表?|分工方案|工作要点|工作方案|实施方案|行动方案|行动计划|任务清单|责任清单|任务分解表?|落实情况|"
    "办理情况|进展情况|重点任务|重点工作|政务公开|政府信息|人民政府|办公室|责任单位|通报|[!-~]+年?"
)
"""The words of such titles that a line keeps whole, and figures with their 年."""

_NOT_FIRST = frozenset("，。、；：？！”’）》〉】〕的和与及等")
_NOT_LAST = frozenset("“‘（《〈【〔和与及")

_WITHIN_WORD, _UNKNOWN, _IN_BRACKETS = 1000, 30, 20
"""The cost of a break within a known word, beside no known word, and within 《》; a line costs the square of the
letters by which it differs from the mean."""


def broken_title(title: str, most: int) -> str:
    """Return a title with line breaks: as few lines of at most `most` letters of half width as hold it, like in length.

    A title that cannot be broken so is returned as it is.
    """
    fewest = -(-width(title) // most)
    if fewest < 2 or len(title) > _LONGEST:
        return title
    costs = _break_costs(title)
    found = [_cheapest(title, costs, lines, most) for lines in (fewest, fewest + 1)]
    good = next((one for one in found if one[0] < _WITHIN_WORD), min(found))
    return "\n".join(title[start:end] for start, end in zip((0, *good[1]), (*good[1], len(title)), strict=True))


def _cheapest(title: str, costs: dict[int, int], lines: int, most: int) -> tuple[float, tuple[int, ...]]:
    """Return the cost of the best breaks into so many lines, and their places; an infinite cost where there are none."""
    mean = width(title) / lines
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for line in range(1, lines + 1):
        reached: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, breaks) in best.items():
            for end in range(start + 1, len(title) + 1):
                taken = width(title[start:end])
                if taken > most:
                    break
                if (end == len(title)) != (line == lines) or end not in costs:
                    continue
                total = cost + costs[end] + (taken - mean) ** 2
                if end not in reached or total < reached[end][0]:
                    reached[end] = (total, (*breaks, end))
        best = reached
    cost, breaks = best.get(len(title), (inf, ()))
    return cost, breaks[:-1]


_LONGEST = 200


def _break_costs(title: str) -> dict[int, int]:
    """Return the cost of a break before each character that may begin a line; that of the end is 0."""
    words = [found.span() for found in _WORDS.finditer(title)]
    edges = {edge for span in words for edge in span} | {i for i, char in enumerate(title) if char == "《"}
    edges |= {i + 1 for i, char in enumerate(title) if char == "》"}
    costs = {len(title): 0}
    depth = 0
    for i in range(1, len(title)):
        depth += (title[i - 1] == "《") - (title[i - 1] == "》")
        if title[i] in _NOT_FIRST or title[i - 1] in _NOT_LAST:
            continue
        within = any(start < i < end for start, end in words)
        costs[i] = _WITHIN_WORD if within else (0 if i in edges else _UNKNOWN) + (_IN_BRACKETS if depth > 0 else 0)
    return costs
