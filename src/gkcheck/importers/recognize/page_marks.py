"""Page furniture in running text: page numbers, and the header or footer that is printed beside each of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from gkcheck.text.script import folded

_DASH = r"[-—–−‐─━~·•]{1,4}"
_NUMBER = r"(?:\d{1,4}|[〇零一二三四五六七八九十百]{1,6})"
_MARK = re.compile(
    rf"{_DASH}\d{{1,4}}{_DASH}|第{_NUMBER}页(?:[/,，]?共{_NUMBER}页)?|共{_NUMBER}页[/,，]?第{_NUMBER}页|\d{{1,4}}/\d{{1,4}}页?|page\d{{1,4}}(?:of\d{{1,4}})?",
    re.IGNORECASE,
)


def is_page_mark(line: str) -> bool:
    """True if a line is nothing but the number of a page: — 3 —, 第3页 共10页, 3/10, in digits of any width."""
    return len(line) < 40 and bool(_MARK.fullmatch(re.sub(r"\s", "", folded(line))))


def page_furniture(lines: Sequence[str]) -> set[int]:
    """Return the positions of page numbers, and of lines that are printed again and again right beside them."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    marks = {n for n, i in enumerate(filled) if is_page_mark(lines[i])}
    beside = [n for n in range(len(filled)) if n not in marks and (n - 1 in marks or n + 1 in marks)]
    counts = Counter(lines[filled[n]].strip() for n in beside)
    repeated = {n for n in beside if counts[lines[filled[n]].strip()] > 1}
    return {filled[n] for n in marks | repeated}
