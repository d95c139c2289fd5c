"""Our files as an office saves them: LibreOffice, headless, with a profile of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests import processes
from tests.conftest import needs

CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def converted(folder: Path, to: str, *files: Path, options: Sequence[str] = ()) -> list[Path]:
    """Have LibreOffice save files in `folder`, all in one run; all that lies there then.

    `to` is a suffix or one of its filters; `options` are further ones of its command line.
    """
    needs("soffice")
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        done = processes.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", *options, "--convert-to", to,
             "--outdir", str(folder), *map(str, files)],
            capture_output=True, text=True, limit=180,
        )  # fmt: skip
    made = sorted(folder.iterdir())
    assert made, done.stderr
    return made
