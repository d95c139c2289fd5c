"""How fast gkcheck is beside the floor of its stack and beside other programs, from one run on one machine.

    python benchmarks/run.py [--small] [--repetitions 15] [--data DIRECTORY] [-o docs/PERFORMANCE.md] [--date DAY]

Every command is a whole process, started as a user starts it. Within one size all commands take turns, after one
run that warms up; medians are compared. The user's own files are not touched. --small is the short form for CI: it
prints and does not judge. Otherwise exit code 1 says that a figure of the list at the end does not hold.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

import peers
from measuring import Job, checked, measure, ms, ratio, table

HERE = Path(__file__).resolve().parent
UNITS, TASKS, SEED = 1700, 37, 2019
SIZES = (10, 10_000, 100_000, 1_000_000)
UNIT, TASK = "市教育局", "23"
PASS, PLAIN, RICH = "`python -c pass`", "typer", "typer + rich"
VERSION, HELP, TABLE, JSON = "--version", "--help", f"tasks --unit {UNIT}", f"tasks --unit {UNIT} --format json"
SHOW, LOG, UNDO = f"show {TASK}", f"log --unit {UNIT}", "undo"
DONE, STATUS, COMPLETION = f"done {TASK} --unit {UNIT}", "status", "TAB after `tasks --unit sjy`"
FIRST = f"{DONE}, first entry of a new journal"
TEN = f"{DONE}, at 10 entries"


class Place(NamedTuple):
    """A home of its own with a plan and a journal; None: the plan that ships with gkcheck."""

    home: Path
    plan: Path | None
    store: Path

    def env(self) -> dict[str, str]:
        """The environment of whoever runs this, without settings that would reach into their files."""
        env = clean()
        env |= {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "GKCHECK_STORE": str(self.store),
            "GKCHECK_BY": "填报人",
        }
        return env | ({"GKCHECK_PLAN": str(self.plan)} if self.plan else {})


class Size(NamedTuple):
    """What was measured at one size: `entries` None is the built-in table with an empty journal."""

    entries: int | None
    cold: float
    jobs: list[Job]

    def job(self, name: str) -> Job | None:
        return next((job for job in self.jobs if job.name == name or job.name == f"`{name}`"), None)

    def wall(self, name: str) -> float | None:
        job = self.job(name)
        return job.wall if job else None


def clean() -> dict[str, str]:
    """The environment without settings of gkcheck, of Python and of directories."""
    ours = ("GKCHECK_", "_GKCHECK", "XDG_", "PYTHON", "TASK", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if name == "PYTHONPATH" or not name.startswith(ours)}


def program() -> list[str]:
    """gkcheck as people start it: the script beside this Python, else the module."""
    script = Path(sys.executable).parent / "gkcheck"
    return [str(script)] if script.exists() else [sys.executable, "-m", "gkcheck"]


def place(root: Path, data: Path, entries: int | None) -> Place:
    """A fresh home; a copy of the generated journal, since `done` writes into it."""
    home = root / f"home-{entries}"
    home.mkdir()
    store = home / "journal.jsonl"
    if entries is None:
        return Place(home, None, store)
    plan, journal = generated(data, entries)
    shutil.copyfile(journal, store)
    return Place(home, plan, store)


def generated(data: Path, entries: int) -> tuple[Path, Path]:
    """The plan and the journal by benchmarks/generate.py, made where they are missing or older than it."""
    maker = HERE / "generate.py"
    plan, journal = data / f"plan-{UNITS}-{TASKS}.yaml", data / f"journal-{entries}.jsonl"
    if any(not path.exists() or path.stat().st_mtime < maker.stat().st_mtime for path in (plan, journal)):
        print(f"making {journal.name} …", file=sys.stderr)
        making = data / f".making-{entries}"
        shutil.rmtree(making, ignore_errors=True)
        numbers = {"--units": UNITS, "--tasks": TASKS, "--seed": SEED, "--entries": entries}
        options = [str(word) for pair in numbers.items() for word in pair]
        subprocess.run([sys.executable, str(maker), str(making), *options], check=True, stdout=subprocess.DEVNULL)
        for path in (plan, journal):
            (making / path.name).replace(path)
        making.rmdir()
    return plan, journal


# -- what is measured --------------------------------------------------------------------------------


def floors() -> list[Job]:
    """What gkcheck is compared with."""
    app = [sys.executable, str(HERE / "minimal_app.py")]
    return [
        Job(PASS, [sys.executable, "-c", "pass"], clean()),
        Job(PLAIN, [*app, "plain"], clean()),
        Job(RICH, [*app, "table"], clean()),
    ]


def recording(where: Place, words: str = DONE, name: str = "") -> Job:
    """`done` or `undo`, and unmeasured after each a `reopen`, so that each finds something to record or take back."""
    env = where.env()

    def reset() -> None:
        reopen = [*program(), "reopen", TASK, "--unit", UNIT]
        subprocess.run(reopen, env=env, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    reset()
    return Job(name or f"`{words}`", [*program(), *words.split()], env, reset, where.store)


def first_recording(where: Place) -> Job:
    """`done` where there is no journal yet, and nothing known of one."""

    def reset() -> None:
        for path in where.store.parent.glob(where.store.name + "*"):
            path.unlink()
        shutil.rmtree(where.home / "cache" / "gkcheck" / "journals", ignore_errors=True)

    return Job(FIRST, [*program(), *DONE.split()], where.env(), reset, where.store)


def ours(where: Place) -> list[Job]:
    """The commands of gkcheck that only read."""
    env = where.env()
    asking = env | {"_GKCHECK_COMPLETE": "bash", "COMP_TYPE": "9"}
    jobs = [
        Job(f"`{words}`", [*program(), *words.split()], env)
        for words in (VERSION, HELP, TABLE, JSON, STATUS, SHOW, LOG)
    ]
    return [*jobs, Job(COMPLETION, [*program(), "tasks", "--unit", "sjy"], asking)]


def measured(root: Path, data: Path, entries: int | None, repetitions: int, ten: Place | None) -> tuple[Size, Place]:
    """Everything at one size, the others' programs included. `ten`: the place of 10 entries, for `done` beside."""
    where, scratch = place(root, data, entries), root / "scratch"
    cold = checked(Job(f"`{TABLE}`, first run", [*program(), *TABLE.split()], where.env()), scratch).wall
    jobs = [*floors(), *ours(where)]
    if entries is None:
        jobs += [first_recording(place(root / "first", data, None)), recording(place(root / "second", data, None))]
    else:
        jobs += [recording(where), recording(where, UNDO)]
    if ten:
        jobs.append(recording(ten, name=TEN))
    count = TASKS if entries is None else entries
    for name, path in peers.found().items() if count in (TASKS, 10_000, 100_000) else ():
        print(f"filling {name} with {count:,} tasks …", file=sys.stderr)
        jobs += peers.jobs(name, path, root / f"{name}-{count}", count, clean())
    measure(jobs, repetitions, scratch)
    return Size(entries, cold, jobs), where


# -- what it says ------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """A line of what is to hold: a measured value, None where it was not, and its bound."""

    what: str
    value: float | None
    bound: float
    unit: str = "×"

    @property
    def holds(self) -> bool:
        return self.value is not None and self.value <= self.bound

    def line(self, judging: bool = True) -> str:
        """One row of a Markdown table."""
        shown = "not measured" if self.value is None else f"{self.value:.2f} {self.unit}"
        verdict = "" if self.value is None else "not judged" if not judging else _verdict(self.holds)
        return f"| {self.what} | ≤ {self.bound:g} {self.unit} | {shown} | {verdict} |"


def _verdict(holds: bool) -> str:
    return "holds" if holds else "does not hold"


def claims(sizes: Mapping[int | None, Size]) -> list[Claim]:
    """What is to hold, each with what was measured."""
    nothing = Size(0, 0.0, [])
    built_in, ten, middle, large = (sizes.get(entries, nothing) for entries in (None, 10, 100_000, 1_000_000))

    def at_start(name: str, floor: str, bound: float) -> Claim:
        return Claim(f"built-in table: `{name}` / {floor}", ratio(built_in.wall(name), built_in.wall(floor)), bound)

    drifting = ratio(*(ratio(size.wall(DONE), size.wall(PASS)) for size in (large, ten)))
    job = large.job(TABLE)
    peak = job.peak / 1e6 if job and job.peak else None
    found = [
        at_start(TABLE, RICH, 1.15),
        *(at_start(name, PLAIN, 1.25) for name in (JSON, DONE, FIRST, COMPLETION)),
        at_start(VERSION, PLAIN, 1.1),
        Claim(f"1,000,000 entries: `{TABLE}`", large.wall(TABLE), 2.5, "s"),
        Claim(f"1,000,000 entries: `{TABLE}`, peak memory", peak, 600, "MB"),
        Claim("1,000,000 entries: `status`", large.wall(STATUS), 5, "s"),
        *(
            Claim(f"1,000,000 / 100,000 entries: `{name}`", ratio(large.wall(name), middle.wall(name)), 12)
            for name in (TABLE, STATUS)
        ),
        Claim("1,000,000 / 10 entries: `done`, side by side", ratio(large.wall(DONE), large.wall(TEN)), 1.2),
        Claim("1,000,000 / 10 entries: `done`, each beside the `python -c pass` of its table", drifting, 1.2),
        Claim(f"100,000 entries: `{JSON}` / {PASS}", ratio(middle.wall(JSON), middle.wall(PASS)), 20),
        Claim(f"100,000 entries: `{DONE}` / {PASS}", ratio(middle.wall(DONE), middle.wall(PASS)), 10),
    ]
    return [claim._replace(what=claim.what.replace(f"`{COMPLETION}`", COMPLETION)) for claim in found]


def against_peers(sizes: Mapping[int | None, Size]) -> list[Claim]:
    """gkcheck beside the others that answered: faster at 100,000, and than topydo at every size it survives."""
    same = {"tasks": JSON, "done": DONE}
    return [
        Claim(
            f"{entries or TASKS:,} tasks: `{same[job.work]}` / {job.name}",
            ratio(size.wall(same[job.work]), job.wall),
            1,
        )
        for entries, size in sizes.items()
        for job in size.jobs
        if job.work in same and job.wall is not None and (entries == 100_000 or job.peer == "topydo")
    ]


def titled(size: Size) -> str:
    """The heading, the first run and the table of one size."""
    if size.entries is None:
        head = "The built-in table (Taishan, 37 tasks), an empty journal"
    else:
        head = f"{UNITS:,} units × {TASKS} tasks, {size.entries:,} entries"
    chosen = {job.name: job for job in size.jobs if job.name in (PASS, PLAIN, RICH)}
    first = f"First run of `{TABLE}`, nothing cached yet: {ms(size.cold)} ms."
    return f"## {head}\n\n{first}\n\n{table(size.jobs, chosen)}"


def ending(sizes: Mapping[int | None, Size], judging: bool) -> tuple[str, bool]:
    """Ratios of medians against their bounds, and whether all that was measured hold."""
    rows = [*claims(sizes), *against_peers(sizes)]
    lines = [
        "## What is to hold",
        "",
        "| ratio of medians, or figure | bound | measured | |",
        "| --- | ---: | ---: | --- |",
    ]
    lines += [row.line(judging) for row in rows]
    missing = [peers.NAMES[name] for name in peers.PEERS if name not in peers.found()]
    if missing:
        lines += ["", f"Not installed here, so not measured: {', '.join(missing)}."]
    lines += ["", "What a plain command may import is held by a test (tests/test_rooms.py), not by this script."]
    return "\n".join(lines) + "\n", all(row.holds for row in rows if row.value is not None)


def opening(repetitions: int, day: str) -> str:
    """What this is and what it was measured on."""
    from importlib.metadata import version

    versions = ", ".join(f"{name} {version(name)}" for name in ("gkcheck", "typer", "rich"))
    started = "the `gkcheck` script" if len(program()) == 1 else "`python -m gkcheck`"
    command = shlex.join(["python", "benchmarks/run.py", *sys.argv[1:]])
    return f"""# Performance

Printed by `{command}` on {day}; nothing here was written by hand.

- Machine: {platform.platform()}, {processor()}, {os.cpu_count()} cores; Python {platform.python_version()}; {versions}.
- Each figure is the median of {repetitions} runs of a whole process ({started}), all commands of one table in turn, after one run that warms up; ratios are ratios of medians. `typer` is benchmarks/minimal_app.py, an app of two commands; `typer + rich` the same with a table of 20 rows.
- Of another program, a command of {peers.LIMIT:.0f} s or more counts as no answer, and one of 10 s or more is run three times. 37 of its tasks carry the tag asked for.
- Peak memory cannot be told below that of `python -c pass` in its table: a process begins with that of this script.
"""


def processor() -> str:
    """The model of the processor, as the system names it."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line), "unknown")


def options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="the built-in table and 10,000 entries, 5 repetitions")
    parser.add_argument("--repetitions", type=int, help="15, with --small 5")
    parser.add_argument("--data", type=Path, help="keep the generated plan and journals here, and use those that are")
    parser.add_argument("-o", "--output", type=Path, help="write what is printed into this page")
    parser.add_argument("--date", default=date.today().isoformat(), help="the day to put on the page")
    asked = parser.parse_args(words)
    asked.repetitions = asked.repetitions or (5 if asked.small else 15)
    if asked.repetitions < 1:
        parser.error("--repetitions must be at least 1")
    return asked


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, judge."""
    asked = options(words)
    if not hasattr(os, "wait4"):
        sys.exit("this system has no wait4: processes cannot be measured here")
    page = [opening(asked.repetitions, asked.date)]
    print(page[0], flush=True)
    sizes: dict[int | None, Size] = {}
    ten = None
    with tempfile.TemporaryDirectory(prefix="gkcheck-benchmark-") as temporary:
        root = Path(temporary)
        data = asked.data or root / "data"
        for folder in (data, root / "first", root / "second"):
            folder.mkdir(parents=True, exist_ok=True)
        for entries in (None, 10_000) if asked.small else (None, *SIZES):
            beside = ten if entries == SIZES[-1] else None
            sizes[entries], where = measured(root, data, entries, asked.repetitions, beside)
            ten = where if entries == 10 else ten
            page.append(titled(sizes[entries]))
            print(page[-1], flush=True)
    text, holds = ending(sizes, judging=not asked.small)
    page.append(text)
    print(text)
    if asked.output:
        asked.output.write_text("\n".join(page), "utf-8")
    return 0 if holds or asked.small else 1


if __name__ == "__main__":
    sys.exit(main())
