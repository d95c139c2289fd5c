"""Whole processes measured in turn. Standard library only."""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SLOW, FEW, BUDGET = 12.0, 3, 8.0
"""Of a command that takes SLOW seconds the first run counts, too. No command takes turns for more than BUDGET seconds, but
one of gkcheck has at least FEW, where so many are asked for."""


class Run(NamedTuple):
    """One process from start to end: seconds on the wall, seconds of processor (user + system), bytes at the peak."""

    wall: float
    cpu: float
    peak: int


@dataclass
class Figure:
    """All that was measured of one command.

    `peer` is the other program it belongs to, or empty, and `work` what it does, the same word for the same work;
    `size` are the bytes of the file it writes, 0 where it writes none; `fault` says why there is no figure.
    """

    name: str
    peer: str = ""
    work: str = ""
    runs: list[Run] = field(default_factory=list)
    fault: str | None = None
    size: int = 0

    @property
    def title(self) -> str:
        """The name with the other program before it."""
        return f"{self.peer} {self.name}" if self.peer else self.name

    def median(self, what: str) -> float | None:
        """The median of `wall`, `cpu` or `peak`; None where the command gave no answer."""
        return median([getattr(run, what) for run in self.runs]) if self.runs and not self.fault else None


@dataclass
class Job:
    """One command line to measure.

    `before` brings about what it needs, unmeasured, before each run; `marks` is a file that each run must change,
    `codes` are the exit codes that are an answer, `limit` the seconds after which it is given up. A fault of gkcheck
    ends the benchmark, one of another program (`figure.peer`) is an answer of its own kind.
    """

    figure: Figure
    command: Sequence[str]
    env: Mapping[str, str]
    before: Callable[[], object] | None = None
    marks: Path | None = None
    codes: tuple[int, ...] = (0,)
    limit: float = 600.0


class Spawner:
    """The small process that starts all others; see spawner.py."""

    def __enter__(self) -> Spawner:
        script = Path(__file__).with_name("spawner.py")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, job: Job, output: str = os.devnull) -> Run:
        """Run a job once; sets its fault where it fails, changes nothing where it should, or is given up."""
        before = _mark(job)
        marshal.dump((list(job.command), dict(job.env), output, job.limit), self._process.stdin)
        self._process.stdin.flush()
        wall, cpu, peak, code, late = marshal.load(self._process.stdout)
        if late:
            job.figure.fault = f"no answer in {job.limit:g} s"
        elif code not in job.codes:
            job.figure.fault = f"failed with {code}"
        elif job.marks is not None and _mark(job) == before:
            job.figure.fault = "recorded nothing"
        return Run(wall, cpu, peak)


def _mark(job: Job) -> tuple[int, int] | None:
    if job.marks is None or not job.marks.exists():
        return None
    found = job.marks.stat()
    return found.st_size, found.st_mtime_ns


def measure(jobs: Sequence[Job], repetitions: int, scratch: Path) -> list[Figure]:
    """Run every job once to warm up, then all of them in turn; returns their figures, in the order of the jobs."""
    with Spawner() as spawner:
        turns = {}
        for job in jobs:
            turns[id(job)] = 0 if job.figure.fault else _warm_up(job, repetitions, spawner, scratch)
        for turn in range(repetitions):
            for job in jobs:
                if turn < turns[id(job)] and not job.figure.fault:
                    _prepare(job)
                    job.figure.runs.append(spawner.run(job))
                    _stop_at_our_fault(job)
    return [job.figure for job in jobs]


def _warm_up(job: Job, repetitions: int, spawner: Spawner, scratch: Path) -> int:
    """Run a job once, which must answer something; returns how many runs are still to be measured."""
    _prepare(job)
    first = spawner.run(job, str(scratch))
    said = scratch.read_text("utf-8", "replace").strip()
    if job.figure.fault and job.figure.fault.startswith("failed") and said:
        job.figure.fault += f": {said.splitlines()[-1][:120]}"
    if not job.figure.fault and not said and list(job.command[1:]) != ["-c", "pass"]:
        job.figure.fault = "answered nothing"
    _stop_at_our_fault(job)
    if job.marks is not None and job.marks.exists():
        job.figure.size = job.marks.stat().st_size
    fewest = min(repetitions, 1 if job.figure.peer else FEW)
    if first.wall < SLOW:
        return min(repetitions, max(fewest, int(BUDGET / first.wall)))
    job.figure.runs.append(first)
    return fewest - 1


def _prepare(job: Job) -> None:
    if job.before:
        job.before()


def _stop_at_our_fault(job: Job) -> None:
    if job.figure.fault and not job.figure.peer:
        sys.exit(f"{job.figure.name}: {job.figure.fault}")


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def ratio(part: float | None, whole: float | None) -> float | None:
    """None where either is missing."""
    return part / whole if part is not None and whole else None
