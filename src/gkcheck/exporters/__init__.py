"""Grids → bytes, one file a format. Only `cli` writes them anywhere."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"\A[=+\-@\t\r＝＋－＠]")


def spreadsheet_text(text: str) -> str:
    """A cell that a spreadsheet would run as a formula, made text by a leading apostrophe (OWASP)."""
    return "'" + text if _FORMULA.match(text) or re.match(r"\A'+[=+\-@\t\r＝＋－＠]", text) else text


def from_spreadsheet_text(text: str) -> str:
    """What `spreadsheet_text` was given."""
    return text[1:] if re.match(r"\A'+[=+\-@\t\r＝＋－＠]", text) else text
