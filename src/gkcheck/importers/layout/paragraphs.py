"""Hard-wrapped lines put together again as paragraphs, by the width they were wrapped at and by open brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gkcheck.importers.formats.blocks import Line
from gkcheck.importers.recognize.header_terms import LABEL
from gkcheck.importers.recognize.inline_assignees import unclosed_brackets
from gkcheck.importers.recognize.numbering import leading_number, value_of
from gkcheck.importers.recognize.org_names import is_org_name
from gkcheck.text.normalize import join_pieces
from gkcheck.text.script import folded
from gkcheck.text.width import width

_PATIENCE = 8
_STOP = re.compile(r"[。！？!?；;：:]\s*$")


def join_wrapped_lines(lines: Sequence[Line]) -> list[Line]:
    """Return lines as paragraphs. A line as long as lines get here, or with an open bracket, goes on in the next."""
    margin = _margin([line.text for line in lines])
    out: list[Line] = []
    open_signs = 0
    joinable = False
    patience = 0
    for line in lines:
        text = line.text.rstrip()
        if not text.strip():
            joinable = False
            continue
        if out and joinable and _goes_on(out[-1].text, text, margin, open_signs):
            out[-1] = out[-1]._replace(text=join_pieces([out[-1].text, text.strip()]))
            open_signs += unclosed_brackets(text)
            patience = patience + 1 if open_signs > 0 else 0
            if patience > _PATIENCE:
                open_signs = 0
            last = text
        else:
            out.append(line._replace(text=text))
            open_signs, patience = unclosed_brackets(text), 0
            last = text
        joinable = (margin > 0 and width(last) >= margin - 3) or open_signs > 0
    return out


def _margin(texts: list[str]) -> int:
    """Return the width lines are wrapped at, in columns; 0 where they are not wrapped."""
    widths = [width(text.rstrip()) for text in texts if text.strip()]
    if len(widths) < 4:
        return 0
    longest = max(widths)
    full = [text for text in texts if text.strip() and width(text.rstrip()) >= longest - 3]
    torn = [text for text in full if not _STOP.search(text)]
    if longest > 160 or longest < 24 or len(full) < max(2, 0.2 * len(widths)) or len(torn) < 2:
        return 0
    return longest


def _goes_on(before: str, text: str, margin: int, open_signs: int) -> bool:
    shape = folded(text).strip()
    if leading_number(shape) and _STOP.search(before):
        return False
    if (LABEL.match(shape) or _is_next_number(before, shape)) and open_signs <= 0:
        return False
    if open_signs > 0:
        return leading_number(shape) is None or not _STOP.search(before)
    if leading_number(shape) and not re.match(r"\d", shape):
        return False
    return not (is_org_name(shape) and _STOP.search(before))


def _is_next_number(before: str, text: str) -> bool:
    """True if two texts are numbered one after the other: 1. and 2."""
    first, second = leading_number(before), leading_number(text)
    if first is None or second is None or first.rank != second.rank:
        return False
    count = value_of(first.printed)
    return count is not None and value_of(second.printed) == count + 1


def join_lines(text: str) -> str:
    """Return a task's text in one line, except that numbered points keep lines of their own."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    out = lines[0] if lines else ""
    for line in lines[1:]:
        out = out + "\n" + line if leading_number(line) else join_pieces([out, line])
    return out
