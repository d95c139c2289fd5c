"""Print for which systems and Pythons there are wheels of everything that gkcheck needs, as a table in Markdown.

`python .ci/wheels.py` asks the package index through pip, and takes some minutes; a library without a wheel is named.
Exit code 1 if there is any. It is run by hand when the dependencies change: what others publish is no fault of a change.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "Windows x64": ["win_amd64"],
    "Windows 32 位": ["win32"],
    "Windows ARM64": ["win_arm64"],
    "macOS Intel": ["macosx_11_0_x86_64"],
    "macOS Apple 芯片": ["macosx_11_0_arm64"],
    "Linux x86-64": ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    "Linux aarch64": ["manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"],
    "Alpine（musl）x86-64": ["musllinux_1_2_x86_64"],
    "Alpine（musl）aarch64": ["musllinux_1_2_aarch64"],
}
"""The systems by name, each with the tags that its wheels may carry; glibc 2.28 is that of 麒麟 V10 and 统信 20."""

ONLY_ON_WINDOWS = ["colorama"]
"""What libraries need on Windows alone: pip judges that by the system it runs on, not by `--platform`."""


def needed() -> list[str]:
    """Return the requirements of gkcheck without its extras."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *ONLY_ON_WINDOWS]


def has_wheels(tags: list[str], python: str, requirements: list[str]) -> bool:
    """True if pip finds a wheel of every requirement, and of all that these require, for a system and a Python."""
    with tempfile.TemporaryDirectory() as target:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary=:all:"]
        where = ["--target", target, "--python-version", python, *(f"--platform={tag}" for tag in tags)]
        done = subprocess.run([*command, *where, *requirements], capture_output=True, timeout=300, check=False)
    return done.returncode == 0


def without_wheels(tags: list[str], python: str) -> list[str]:
    """Return the requirements that have no wheel for a system and a Python."""
    if has_wheels(tags, python, needed()):
        return []
    return [one for one in needed() if not has_wheels(tags, python, [one])] or ["?"]


def main() -> int:
    cells = [(name, python) for name in PLATFORMS for python in PYTHONS]
    with ThreadPoolExecutor(2) as pool:
        lacking = dict(
            zip(cells, pool.map(lambda cell: without_wheels(PLATFORMS[cell[0]], cell[1]), cells), strict=True)
        )
    print(f"| 系统 | {' | '.join(f'Python {python}' for python in PYTHONS)} |")
    print("| --- |" + " --- |" * len(PYTHONS))
    for name in PLATFORMS:
        said = ["有" if not lacking[name, python] else f"缺 {'、'.join(lacking[name, python])}" for python in PYTHONS]
        print(f"| {name} | {' | '.join(said)} |")
    return 1 if any(lacking.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
