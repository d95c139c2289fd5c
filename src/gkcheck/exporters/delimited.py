"""CSV and TSV. Spreadsheets must not run a cell as a formula."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck.exporters import spreadsheet_text
from gkcheck.table import Table

BOM = "\ufeff"
"""Excel and WPS open UTF-8 as such only where a file begins with it."""


def render_csv(grids: Sequence[Table]) -> str:
    """Comma-separated, quoted where needed, a blank line between grids; no BOM (the writer adds it to files)."""
    return "\n".join(_quoted(grid, ",", "\n") for grid in grids)


def render_tsv(grids: Sequence[Table]) -> str:
    """One row a line, cells parted by TAB; a TAB or line break inside a cell becomes a blank."""
    blocks = []
    for grid in grids:
        rows = [
            [spreadsheet_text(" ".join((cell or "").split("\t"))).replace("\r", " ").replace("\n", " ") for cell in row]
            for row in grid.rows
        ]
        blocks.append("".join("\t".join(row) + "\n" for row in rows))
    return "\n".join(blocks)


def csv_file(grids: Sequence[Table]) -> bytes:
    """A CSV file for Excel and WPS: BOM, CR LF (RFC 4180)."""
    return _file(grids, ",")


def tsv_file(grids: Sequence[Table]) -> bytes:
    """A TSV file for Excel and WPS: as CSV, so that a cell with a TAB or a line break comes back whole."""
    return _file(grids, "\t")


def _file(grids: Sequence[Table], sign: str) -> bytes:
    text = "\r\n".join(_quoted(grid, sign, "\r\n") for grid in grids)
    return (BOM + text).encode("utf-8", "backslashreplace")


def _quoted(grid: Table, sign: str, end: str) -> str:
    return "".join(sign.join(_cell(spreadsheet_text(cell or ""), sign) for cell in row) + end for row in grid.rows)


def _cell(text: str, sign: str) -> str:
    """In quotes where it holds a quote, the sign, a line break, or a blank that a reader might trim."""
    if text and (text != text.strip() or any(char in text for char in ('"', sign, "\n", "\r"))):
        return '"' + text.replace('"', '""') + '"'
    return text
