"""The package of docs/PYTHON.md, word for word: `python -m tests.plugin_example FOLDER` writes it, to be installed by pip."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from tests.conftest import ROOT


def write(folder: Path) -> None:
    """Write each file that the page names above a block of code."""
    page = (ROOT / "docs/PYTHON.md").read_text("utf-8")
    for name, text in re.findall(r"^`([\w.]+)`\n\n```\w+\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        (folder / name).write_text(text, "utf-8")


def install(folder: Path) -> None:
    """Write the package as pip leaves it in a folder of libraries, without running a build."""
    write(folder)
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    about = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", "utf-8"
    )
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {place}" for name, place in entries.items())]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
