"""How fast gkcheck is beside the floor of the machine and beside other programs, from one run on one machine.

    python benchmarks/run.py [--peers VENV] [--data DIRECTORY] [-o docs/PERFORMANCE.md]
    python benchmarks/run.py --small
    python benchmarks/run.py --draw docs/PERFORMANCE.json

Every command is a whole process, started as a user starts it; the user's own files are not touched. With -o the page,
the plot and the raw figures are written, with the same name and the endings .md, .svg and .json; --draw makes page and
plot again from the figures. Exit code 1 says that something that is to hold does not. --small is for CI: a tenth of the
units and entries, no other programs, and a ratio fails where it is over one and a half times its bound twice.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import commands
import peers
from judging import (
    BUILT_IN,
    COMPACT,
    DOCUMENTS,
    HUNDRED_THOUSAND,
    IDLE,
    MILLION,
    ON_PAPER,
    TEN_THOUSAND,
    claims,
    compact_claims,
)
from machine import processor
from measuring import Job, measure
from performance import judged, page, titled
from places import TASKS, Place, built_in, clean, generated, program
from plot import plot
from results import Results, Section, from_json, results_of, to_json

UNITS = 1700
BASIC = ("list", "done", "summary")
EVERY = tuple(commands.WORKS)


def full(root: Path, data: Path, repetitions: int, others: dict[str, peers.Installed]) -> Iterator[Section]:
    """Everything at 37 tasks and at three sizes of journal, the largest last, each as soon as it is measured."""
    ten = generated(root / "ten", data, UNITS, 10)

    def beside(count: int, works: tuple[str, ...]) -> list[Job]:
        jobs = []
        for name, other in others.items():
            print(f"filling {name} with {count:,} tasks …", file=sys.stderr)
            jobs += peers.jobs(name, other.program, root / f"{name}-{count}", count, clean(), works)
        return jobs

    def measured(key: str, title: str, jobs: list[Job], works: tuple[str, ...]) -> Section:
        count = int(key)
        return Section(key, title, count, measure([*jobs, *beside(count, works)], repetitions, root / "scratch"))

    yield measured(BUILT_IN, "The built-in table (Taishan, 37 tasks)", short(root), BASIC)
    where = generated(root / DOCUMENTS, data, UNITS, ON_PAPER)
    documents = [commands.floor(where.store), *commands.documents(where, forms=True)]
    found = measure(documents, repetitions, root / "scratch")
    yield Section(DOCUMENTS, f"{UNITS:,} units × {TASKS} tasks, {ON_PAPER:,} entries: documents", 0, found)
    for key in (TEN_THOUSAND, HUNDRED_THOUSAND, MILLION):
        where = generated(root / key, data, UNITS, int(key))
        works = EVERY if key == HUNDRED_THOUSAND else BASIC
        jobs = commands.long(root, where, ten) if key == MILLION else commands.shared(where, works)
        jobs = [commands.empty_python(), commands.floor(where.store), *jobs]
        yield measured(key, f"{UNITS:,} units × {TASKS} tasks, {int(key):,} entries", jobs, works)


def short(root: Path) -> list[Job]:
    """What is measured at the built-in table."""
    return commands.short(built_in(root / "built-in"), built_in(root / "first"))


def small(root: Path, data: Path, repetitions: int) -> list[Section]:
    """The compact form: the built-in table, and a tenth of a million entries beside next to none."""

    def jobs(where: Place) -> list[Job]:
        ten = generated(root / f"{where.home.name}-ten", data, TENTH, 10)
        return [commands.floor(where.store), *commands.long(root, where, ten), *commands.documents(where)]

    large = jobs(generated(root / "large", data, TENTH, 100_000))
    none = jobs(generated(root / "none", data, FEWEST, 10))
    together = measure([*large, *none], repetitions, root / "scratch")
    return [
        Section(BUILT_IN, "The built-in table", TASKS, measure(short(root), repetitions, root / "scratch")),
        Section(COMPACT, f"{TENTH} units, 100,000 entries", 0, together[: len(large)]),
        Section(IDLE, f"{FEWEST} units, 10 entries", 0, together[len(large) :]),
    ]


TENTH, FEWEST = 170, 24
"""Units of the compact form, and of next to nothing to read, among them the one that is asked for."""


def about(page_name: str, others: dict[str, peers.Installed]) -> dict[str, Any]:
    """What was measured, on what."""
    from importlib.metadata import version

    asked = "import gkcheck, sys; print(gkcheck.__file__)"
    where = subprocess.run(
        [sys.executable, "-c", asked], env=clean(), capture_output=True, text=True, check=True
    ).stdout
    install = "installed from its wheel" if "site-packages" in where else "run from its source tree, not installed"
    started = "by its script" if len(program()) == 1 else "by `python -m gkcheck`"
    return {
        "command": shlex.join(["python", "benchmarks/run.py", *sys.argv[1:]]),
        "date": date.today().isoformat(),
        "data": f"{page_name}.json",
        "machine": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "install": f"{version('gkcheck')} {install} and started {started}",
        "versions": {name: version(name) for name in ("typer", "rich", "openpyxl", "python-docx")},
        "peers": {name: other.version for name, other in others.items()},
    }


def draw(results: Results, target: Path) -> None:
    """Write the page and the plot."""
    target.with_suffix(".md").write_text(page(results, target.with_suffix(".svg").name), "utf-8")
    target.with_suffix(".svg").write_text(plot(results), "utf-8")


def options(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="the compact form for CI")
    parser.add_argument("--draw", type=Path, metavar="JSON", help="draw page and plot again, measure nothing")
    parser.add_argument("--repetitions", type=int, help="15, with --small 5; what takes long is run less often")
    parser.add_argument("--peers", type=Path, metavar="VENV", help="where topydo and td-cli are installed")
    parser.add_argument("--data", type=Path, help="keep the generated plans and journals here, and use those that are")
    parser.add_argument("-o", "--output", type=Path, help="the page to write, with its plot and figures beside it")
    asked = parser.parse_args(words)
    asked.repetitions = asked.repetitions or (5 if asked.small else 15)
    if asked.repetitions < 1:
        parser.error("--repetitions must be at least 1")
    return asked


def main(words: Sequence[str] | None = None) -> int:
    """Measure or draw, print, judge."""
    asked = options(words)
    if asked.draw:
        draw(from_json(asked.draw), asked.draw)
        return 0
    if not hasattr(os, "wait4"):
        sys.exit("this system has no wait4: processes cannot be measured here")
    with tempfile.TemporaryDirectory(prefix="gkcheck-benchmark-") as temporary:
        data = asked.data or Path(temporary, "data")
        data.mkdir(parents=True, exist_ok=True)
        if asked.small:
            return judge_twice(Path(temporary), data, asked.repetitions)
        others = peers.installed(asked.peers)
        known = about(asked.output.stem if asked.output else "PERFORMANCE", others)
        home = Path(temporary, "homes")
        home.mkdir()
        sections: list[Section] = []
        for section in full(home, data, asked.repetitions, others):
            print(titled(section), flush=True)
            sections.append(section)
            results = results_of(known, sections)
            if asked.output:  # what is measured is kept, even if the run ends early
                asked.output.with_suffix(".json").write_text(to_json(results), "utf-8")
                draw(results, asked.output)
    rows = claims(results)
    print(judged(rows))
    return int(any(claim.holds is False for claim in rows))


def judge_twice(temporary: Path, data: Path, repetitions: int) -> int:
    """Measure the compact form, and once more where something does not hold: what fails both times fails."""
    failing: set[str] = set()
    for turn in (1, 2):
        home = temporary / f"homes-{turn}"
        home.mkdir()
        results = results_of({}, small(home, data, repetitions))
        rows = compact_claims(results)
        print(*map(titled, results.sections.values()), judged(rows), sep="\n", flush=True)
        now = {f"{claim.group}: {claim.what}" for claim in rows if not claim.holds}
        failing = now if turn == 1 else failing & now
        if not failing:
            return 0
        print("does not hold:", *sorted(failing), sep="\n  ", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
