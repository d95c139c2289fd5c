"""Where gkcheck is measured: homes of their own, with generated plans and journals; the user's files are not touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
TASKS, SEED = 37, 2019


class Place(NamedTuple):
    """A home with a plan and a journal; None: the plan that ships with gkcheck."""

    home: Path
    plan: Path | None
    store: Path

    def env(self) -> dict[str, str]:
        """The environment of whoever runs this, without settings that would reach into their files."""
        env = clean() | {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "GKCHECK_STORE": str(self.store),
            "GKCHECK_BY": "填报人",
        }
        return env | ({"GKCHECK_PLAN": str(self.plan)} if self.plan else {})

    def run(self, *words: str) -> None:
        """Run gkcheck here, unmeasured."""
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        subprocess.run([*program(), *words], env=self.env(), check=True, **quiet)

    def forget(self) -> None:
        """Remove all that is kept of journals beside them; the compiled plan stays."""
        kept = self.home / "cache" / "gkcheck"
        for path in kept.iterdir() if kept.exists() else ():
            if path.name != "plans":
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def clean() -> dict[str, str]:
    """The environment without settings of gkcheck, of Python and of directories."""
    ours = ("GKCHECK_", "_GKCHECK", "XDG_", "PYTHON", "TASK", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if name == "PYTHONPATH" or not name.startswith(ours)}


def program() -> list[str]:
    """gkcheck as people start it: the script beside this Python, else the module."""
    script = Path(sys.executable).parent / "gkcheck"
    return [str(script)] if script.exists() else [sys.executable, "-m", "gkcheck"]


def built_in(home: Path) -> Place:
    """The plan that ships with gkcheck, and no journal yet."""
    home.mkdir()
    return Place(home, None, home / "journal.jsonl")


def generated(home: Path, data: Path, units: int, entries: int) -> Place:
    """A generated plan, and a copy of a generated journal, since commands write into it."""
    plan, journal = files(data, units, entries)
    home.mkdir()
    shutil.copyfile(journal, home / "journal.jsonl")
    return Place(home, plan, home / "journal.jsonl")


def halved(home: Path, whole: Place) -> tuple[Place, Path, Path]:
    """A place for one half of a journal, and the two halves: every other entry, as two offices would have them."""
    home.mkdir()
    halves = home / "half-1.jsonl", home / "half-2.jsonl"
    with whole.store.open("rb") as lines, halves[0].open("wb") as first, halves[1].open("wb") as second:
        header = next(lines)
        first.write(header)
        second.write(header)
        for number, line in enumerate(lines):
            (second if number % 2 else first).write(line)
    return Place(home, whole.plan, home / "journal.jsonl"), *halves


def files(data: Path, units: int, entries: int) -> tuple[Path, Path]:
    """The plan and the journal by generate.py, made where they are missing or older than it."""
    maker = HERE / "generate.py"
    data = data / str(units)
    plan, journal = data / f"plan-{units}-{TASKS}.yaml", data / f"journal-{entries}.jsonl"
    if any(not path.exists() or path.stat().st_mtime < maker.stat().st_mtime for path in (plan, journal)):
        print(f"making {entries:,} entries of {units:,} units …", file=sys.stderr)
        making = data / f".making-{entries}"
        shutil.rmtree(making, ignore_errors=True)
        numbers = {"--units": units, "--tasks": TASKS, "--seed": SEED, "--entries": entries}
        options = [str(word) for pair in numbers.items() for word in pair]
        subprocess.run([sys.executable, str(maker), str(making), *options], check=True, stdout=subprocess.DEVNULL)
        for path in (plan, journal):
            (making / path.name).replace(path)
        making.rmdir()
    return plan, journal
