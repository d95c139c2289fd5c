"""CSV and TSV. Spreadsheets must not run a cell as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from gkcheck.exporters import spreadsheet_text
from gkcheck.grid import Grid


def render_csv(grids: Sequence[Grid]) -> str:
    """Comma-separated, quoted where needed, a blank line between grids; no BOM (the writer adds it to files)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for i, grid in enumerate(grids):
        if i:
            writer.writerow([])
        for row in grid.rows:
            writer.writerow([spreadsheet_text(cell or "") for cell in row])
    return out.getvalue()


def render_tsv(grids: Sequence[Grid]) -> str:
    """One row a line, cells parted by TAB; a TAB or line break inside a cell becomes a blank."""
    blocks = []
    for grid in grids:
        rows = [
            [spreadsheet_text(" ".join((cell or "").split("\t"))).replace("\r", " ").replace("\n", " ") for cell in row]
            for row in grid.rows
        ]
        blocks.append("".join("\t".join(row) + "\n" for row in rows))
    return "\n".join(blocks)
