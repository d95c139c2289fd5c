"""CSV and TSV. Spreadsheets must not run a cell as a formula."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck.exporters.registry import Exporter
from gkcheck.table import Table
from gkcheck.text.escapes import shown_directions, spreadsheet_text

BOM = "\ufeff"
"""Excel and WPS open UTF-8 as such only where a file begins with it."""


def render_csv(table: Table) -> str:
    """Return a table with cells parted by commas, quoted where needed; no BOM (the writer adds it to files)."""
    return _quoted(table, ",", "\n")


def render_tsv(table: Table) -> str:
    """Return one row a line, cells parted by TAB; a TAB or line break inside a cell becomes a blank."""
    blanks = str.maketrans("\t\r\n", "   ")
    rows = ([spreadsheet_text(shown_directions(cell or "")).translate(blanks) for cell in row] for row in table.rows)
    return "".join("\t".join(row) + "\n" for row in rows)


def render_csv_file(tables: Sequence[Table]) -> bytes:
    """Return a CSV file for Excel and WPS: BOM, CR LF (RFC 4180), a blank line between tables."""
    return _file(tables, ",")


def render_tsv_file(tables: Sequence[Table]) -> bytes:
    """Return a TSV file for Excel and WPS: as CSV, so that a cell with a TAB or a line break comes back whole."""
    return _file(tables, "\t")


def _file(tables: Sequence[Table], sign: str) -> bytes:
    text = "\r\n".join(_quoted(table, sign, "\r\n") for table in tables)
    return (BOM + text).encode("utf-8", "backslashreplace")


def _quoted(table: Table, sign: str, end: str) -> str:
    return "".join(
        sign.join(_cell(spreadsheet_text(shown_directions(cell or "")), sign) for cell in row) + end
        for row in table.rows
    )


def _cell(text: str, sign: str) -> str:
    """Return a text in quotes where it holds a quote, the sign, a line break, or a blank that a reader might trim."""
    if text and (text != text.strip() or any(char in text for char in ('"', sign, "\n", "\r"))):
        return '"' + text.replace('"', '""') + '"'
    return text


CSV = Exporter(".csv", "CSV", tables=render_csv_file, is_text=True)
TSV = Exporter(".tsv", "TSV", tables=render_tsv_file, is_text=True)
