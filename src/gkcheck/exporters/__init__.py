"""Tables and documents → bytes, one file a format. Only `cli` writes them anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gkcheck.table import Table


class Format(NamedTuple):
    """Where a format's renderer is, and what people call it."""

    module: str
    render: str
    name: str


FORMATS = {
    ".xlsx": Format("xlsx", "render", "工作簿"),
    ".csv": Format("delimited", "csv_file", "CSV"),
    ".tsv": Format("delimited", "tsv_file", "TSV"),
    ".json": Format("json", "render", "JSON"),
    ".md": Format("markdown", "file", "Markdown"),
    ".docx": Format("docx", "file", "Word 文档"),
    ".html": Format("html", "render", "网页"),
}
"""The formats of `export`, by suffix. JSON renders the contract's values, all others tables."""


def renderer(suffix: str) -> Callable[[Sequence[Table]], bytes]:
    """The renderer of a suffix of `FORMATS`; its library is loaded now."""
    from importlib import import_module

    found = FORMATS[suffix]
    render: Callable[[Sequence[Table]], bytes] = getattr(
        import_module(f"gkcheck.exporters.{found.module}"), found.render
    )
    return render


# -- text that must arrive as text ----------------------------------------------------------------------

_FORMULA = re.compile(r"\A[=+\-@\t\r\n＝＋－＠]")
_APOSTROPHES = re.compile(r"\A'+[=+\-@\t\r\n＝＋－＠]")


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet would run a cell as a formula, full-width signs included (OWASP, CSV injection)."""
    return bool(_FORMULA.match(text))


def spreadsheet_text(text: str) -> str:
    """A cell that a spreadsheet would run as a formula, made text by a leading apostrophe (OWASP)."""
    return "'" + text if _FORMULA.match(text) or _APOSTROPHES.match(text) else text


def from_spreadsheet_text(text: str) -> str:
    """What `spreadsheet_text` was given."""
    return text[1:] if _APOSTROPHES.match(text) else text


_NOT_XML = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_FORBIDDEN = re.compile(rf"[{_NOT_XML}]|_(?=x[0-9A-Fa-f]{{4}}_)")
_NEVER = r"00[01][0-9A-Fa-f]|[Dd][89A-Fa-f][0-9A-Fa-f]{2}|[Ff]{3}[EFef]|005[Ff]"
_FORBIDDEN_ONLY = re.compile(rf"[{_NOT_XML}]|_(?=x(?:{_NEVER})_)")
_CODE_ONLY = re.compile(rf"_x({_NEVER})_")
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def workbook_text(text: str) -> str:
    """Text as SpreadsheetML keeps it: what XML forbids as _x001B_, and what looks like such a code as _x005F_x…

    Spreadsheets decode this themselves (ECMA-376, 22.9.2.19 ST_Xstring).
    """
    return _FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def xml_text(text: str) -> str:
    """Text that may stand in any XML or HTML: as `workbook_text`, but a code for what XML allows stays as it is."""
    return _FORBIDDEN_ONLY.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def from_workbook_text(text: str) -> str:
    """What `workbook_text` was given, where its codes are still to be seen."""
    return _CODE.sub(lambda found: chr(int(found[1], 16)), text)


def from_xml_text(text: str) -> str:
    """What `xml_text` was given."""
    return _CODE_ONLY.sub(lambda found: chr(int(found[1], 16)), text)
