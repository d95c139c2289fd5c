"""What an office makes of our files: LibreOffice, headless, with a profile of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests import processes
from tests.conftest import needs

CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def converted(folder: Path, to: str, *files: Path) -> list[Path]:
    """Files as LibreOffice saves them in `folder`, all in one run; `to` is a suffix or a filter of its."""
    needs("soffice")
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        done = processes.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", to,
             "--outdir", str(folder), *map(str, files)],
            capture_output=True, text=True, limit=180,
        )  # fmt: skip
    made = sorted(folder.iterdir())
    assert made, done.stderr
    return made
