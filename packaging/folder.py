"""Build gkcheck as a folder that runs without Python: `python packaging/folder.py OUT` makes OUT/gkcheck.

Run it with the Python of an environment in which gkcheck with the wanted extras and PyInstaller are installed, on the
system that the folder is for:

    pip install '.[pdf,postgres]' pyinstaller
    python packaging/folder.py dist
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import docx.parts
import PyInstaller.__main__

import gkcheck
from gkcheck.cli.context import built_in_plan

PROGRAM = Path(gkcheck.__file__).parent / "__main__.py"

LAZY = ("gkcheck", "psycopg", "psycopg_binary", "shellingham")
"""Packages whose modules are imported by name, so that their import is not seen: all modules go along."""

DATA = ("gkcheck", "pdfminer")
"""Packages with files beside their modules that PyInstaller does not know of: templates, character maps."""


def main() -> None:
    out = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as work:
        collected = [f"--collect-submodules={name}" for name in LAZY] + [f"--collect-data={name}" for name in DATA]
        collected.append(f"--add-data={built_in_plan()}:gkcheck/data")
        # python-docx opens docx/parts/../templates/…, so the folder docx/parts has to be there
        collected.append(f"--add-data={docx.parts.__file__}:docx/parts")
        places = [f"--distpath={out}", f"--workpath={work}", f"--specpath={work}"]
        PyInstaller.__main__.run(
            [
                "--noconfirm",
                "--onedir",
                "--console",
                "--name=gkcheck",
                "--log-level=WARN",
                *places,
                *collected,
                str(PROGRAM),
            ]
        )
    print(out / "gkcheck")


if __name__ == "__main__":
    main()
