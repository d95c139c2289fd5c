"""Text that must arrive as the same text: in spreadsheets, which run formulas, and in XML, which forbids some characters."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"\A[=+\-@\t\r\n＝＋－＠]")
_APOSTROPHES = re.compile(r"\A'+[=+\-@\t\r\n＝＋－＠]")


def needs_quote_prefix(text: str) -> bool:
    """True if a spreadsheet may take a cell for a formula once somebody edits it, full-width signs included (OWASP)."""
    return text.startswith("'") or bool(_FORMULA.match(text))


def spreadsheet_text(text: str) -> str:
    """Return a cell that no spreadsheet runs as a formula: a leading apostrophe makes it text (OWASP, CSV injection)."""
    return "'" + text if _FORMULA.match(text) or _APOSTROPHES.match(text) else text


def from_spreadsheet_text(text: str) -> str:
    """Return the text that `spreadsheet_text` was given."""
    return text[1:] if _APOSTROPHES.match(text) else text


_NOT_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_FORBIDDEN = re.compile(rf"[\r{_NOT_XML}]|_(?=x[0-9A-Fa-f]{{4}}_)")
_NEVER = r"00[01][0-9A-Fa-f]|[Dd][89A-Fa-f][0-9A-Fa-f]{2}|[Ff]{3}[EFef]|005[Ff]"
_FORBIDDEN_ONLY = re.compile(rf"[{_NOT_XML}]|_(?=x(?:{_NEVER})_)")
_CODE_ONLY = re.compile(rf"_x({_NEVER})_")
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def workbook_text(text: str) -> str:
    """Return text as SpreadsheetML keeps it: what XML forbids as _x001B_, and what looks like such a code as _x005F_x…

    Spreadsheets decode this themselves (ECMA-376, 22.9.2.19 ST_Xstring).
    """
    return _FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def xml_text(text: str) -> str:
    """Return text that may stand in any XML or HTML: as `workbook_text`, but a code for what XML allows stays as it is."""
    return _FORBIDDEN_ONLY.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_workbook_text(text: str) -> str:
    """Return the text that `workbook_text` was given, where its codes are still to be seen."""
    return _CODE.sub(lambda found: chr(int(found[1], 16)), text)


def from_xml_text(text: str) -> str:
    """Return the text that `xml_text` was given."""
    return _CODE_ONLY.sub(lambda found: chr(int(found[1], 16)), text)


_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_DIRECTION_CODE = "061C|200[EF]|202[A-E]|206[6-9]|005F"
_DIRECTION = re.compile(rf"[{_DIRECTIONS}]|_(?=x(?:{_DIRECTION_CODE})_)")
_DIRECTION_SHOWN = re.compile(rf"_x({_DIRECTION_CODE})_")


def shown_directions(text: str) -> str:
    """Return text in which controls of writing direction are seen, as _x202E_, and change nothing (Unicode, UAX 9)."""
    return _DIRECTION.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_shown_directions(text: str) -> str:
    """Return the text that `shown_directions` was given."""
    return _DIRECTION_SHOWN.sub(lambda found: chr(int(found[1], 16)), text)


def is_right_to_left(text: str) -> bool:
    """True if a text holds letters that are written from right to left: Hebrew, Arabic and their like."""
    return not text.isascii() and bool(_RIGHT_TO_LEFT.search(text))


_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
