"""Tables of separated values (.csv, .tsv), as workbooks are saved: cells may be quoted and hold line breaks."""

from __future__ import annotations

import csv
import io
from collections import Counter

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.blocks import Block, BlockCollector, Format
from gkcheck.importers.recognize.header_terms import is_header
from gkcheck.text.characters import ordinary
from gkcheck.text.encodings import decode

_DELIMITERS = (",", "\t", ";")
_LARGEST = 20_000_000
_SAME_WIDTH = 0.8
"""The smallest share of rows that have as many cells as most: text with commas in it has rows of every width."""


def detect(data: bytes) -> bool:
    """True if the bytes are rows of separated values: with column titles, or all of three cells or more."""
    text = decode(data) if len(data) <= _LARGEST else None
    return text is not None and _rows(text) is not None


def read(data: bytes, name: str) -> list[Block]:
    """Return the table as one block; lines above it that hold one cell are rows of it."""
    rows = _rows(decode(data) or "")
    if rows is None:
        raise BadDocument(f"{name} 不是用逗号或制表符分隔的表；请另存为 xlsx 再导入。")
    width = max(map(len, rows))
    out = BlockCollector(name)
    out.add_table([tuple(cell.strip() for cell in row) + ("",) * (width - len(row)) for row in rows], [])
    return out.blocks()


FORMAT = Format("csv", (".csv", ".tsv"), "逗号或制表符分隔的表", detect, read)


def _rows(text: str) -> list[list[str]] | None:
    """Return the rows by the first delimiter that makes a table of the text; None where none does."""
    for delimiter in _DELIMITERS:
        if delimiter not in text:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        titled = any(is_header([ordinary(cell) for cell in row]) for row in rows[:12] if len(row) == width)
        even = width > 2 and count > 2 and count == widths.total()
        if even or (width > 1 and count > 1 and titled and count >= _SAME_WIDTH * widths.total()):
            return rows
    return None
