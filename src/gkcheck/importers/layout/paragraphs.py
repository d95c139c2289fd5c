"""Hard-wrapped lines put together again as paragraphs, by the width they were wrapped at and by open brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gkcheck.importers.recognize.header_terms import LABEL
from gkcheck.importers.recognize.numbering import leading_number
from gkcheck.importers.recognize.org_names import is_body
from gkcheck.text.script import folded
from gkcheck.text.width import width

if TYPE_CHECKING:
    from gkcheck.importers.layout.text_tables import Line

_PATIENCE = 8
_STOP = re.compile(r"[。！？!?；;：:]\s*$")


def unwrapped(lines: Sequence[Line]) -> list[Line]:
    """Lines as paragraphs. A line goes on in the next where it is as long as lines get here, or holds an open bracket."""
    margin = _margin([line.text for line in lines])
    out: list[Line] = []
    open_signs = 0
    joinable = False
    held = 0
    for line in lines:
        text = line.text.rstrip()
        if not text.strip():
            joinable = False
            continue
        if out and joinable and _goes_on(out[-1].text, text, margin, open_signs):
            out[-1] = out[-1]._replace(text=glued([out[-1].text, text.strip()]))
            open_signs += _balance(text)
            held = held + 1 if open_signs > 0 else 0
            if held > _PATIENCE:
                open_signs = 0
            last = text
        else:
            out.append(line._replace(text=text))
            open_signs, held = _balance(text), 0
            last = text
        joinable = (margin > 0 and width(last) >= margin - 3) or open_signs > 0
    return out


def _margin(texts: list[str]) -> int:
    """The width lines are wrapped at, in columns; 0 where they are not wrapped."""
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
    if LABEL.match(shape) and open_signs <= 0:
        return False
    if open_signs > 0:
        return leading_number(shape) is None or not _STOP.search(before)
    if leading_number(shape) and not re.match(r"\d", shape):
        return False
    return not (is_body(shape) and _STOP.search(before))


def _balance(text: str) -> int:
    shape = folded(text)
    return sum(shape.count(sign) for sign in "(〔【") - sum(shape.count(sign) for sign in ")〕】")


def glued(parts: list[str], words_only: bool = False) -> str:
    """Pieces of one text put together: a blank only where Latin words or digits meet (`words_only`: not digits)."""
    out = parts[0]
    for part in parts[1:]:
        before, after = out[-1:], part[:1]
        meet = (
            before.isascii()
            and after.isascii()
            and before.isalnum()
            and (after.isalpha() if words_only else after.isalnum())
        )
        out += (" " if meet else "") + part
    return out


def flat(text: str) -> str:
    """A task's text in one line, except that numbered points keep lines of their own."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    out = lines[0] if lines else ""
    for line in lines[1:]:
        out = out + "\n" + line if leading_number(line) else glued([out, line])
    return out
