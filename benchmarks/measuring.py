"""Whole processes measured in turn, and their medians as a Markdown table. Standard library only, and little of it:
a child's peak memory cannot be told below that of the process that started it, so this one stays small."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
SLOW, FEW = 10.0, 3
"""A command of another program that takes so many seconds is measured only so many times."""


class Run(NamedTuple):
    """One process from start to end: seconds on the wall, seconds of processor (user + system), bytes at the peak."""

    wall: float
    cpu: float
    peak: int


@dataclass
class Job:
    """One command line to measure.

    `reset` puts things back after each run, unmeasured; `marks` is a file that each run must change;
    `limit` are the seconds after which a run is given up. `peer` is the other program it measures and `work` the
    command of gkcheck that does the same; without one a fault ends the benchmark.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    reset: Callable[[], object] | None = None
    marks: Path | None = None
    limit: float = 600.0
    peer: str = ""
    work: str = ""
    runs: list[Run] = field(default_factory=list)
    fault: str | None = None

    @property
    def wall(self) -> float | None:
        """The median, in seconds."""
        return median([run.wall for run in self.runs]) if self.runs and not self.fault else None

    @property
    def peak(self) -> float | None:
        """The median of the peaks, in bytes."""
        return median([run.peak for run in self.runs]) if self.runs and not self.fault else None


class GivenUp(Exception):
    """A run took longer than its limit."""


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def ratio(part: float | None, whole: float | None) -> float | None:
    """None where either is missing."""
    return part / whole if part is not None and whole else None


def _give_up(*_: object) -> None:
    raise GivenUp


def run_once(job: Job, output: object = subprocess.DEVNULL) -> Run:
    """Run a job once; sets `fault` where it fails, changes nothing where it should, or is given up."""
    before = _mark(job)
    signal.signal(signal.SIGALRM, _give_up)
    started = time.perf_counter()
    process = subprocess.Popen(job.command, env=dict(job.env), stdin=subprocess.DEVNULL, stdout=output, stderr=output)  # type: ignore[call-overload]
    try:
        signal.setitimer(signal.ITIMER_REAL, job.limit)
        _, status, used = os.wait4(process.pid, 0)
    except GivenUp:
        process.kill()
        _, status, used = os.wait4(process.pid, 0)
        job.fault = f"no answer in {job.limit:.0f} s"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if job.fault is None and process.returncode:
        job.fault = f"failed with {process.returncode}"
    elif job.fault is None and job.marks is not None and _mark(job) == before:
        job.fault = "recorded nothing"
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _PEAK_UNIT)


def _mark(job: Job) -> tuple[int, int] | None:
    if job.marks is None:
        return None
    try:
        found = job.marks.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def checked(job: Job, scratch: Path) -> Run:
    """The run that warms up: it must succeed and answer something, else the fault carries its last line."""
    with scratch.open("wb") as output:
        found = run_once(job, output)
    said = scratch.read_text("utf-8", "replace").strip()
    if job.fault and job.fault.startswith("failed") and said:
        job.fault += f": {said.splitlines()[-1][:120]}"
    if not job.fault and not said and job.command[1:] != ["-c", "pass"]:
        job.fault = "answered nothing"
    if job.fault and not job.peer:
        sys.exit(f"{job.name}: {job.fault}")
    return found


def measure(jobs: Sequence[Job], repetitions: int, scratch: Path) -> None:
    """Warm every job up, then run all of them in turn, `repetitions` times."""
    able = [job for job in jobs if not job.fault]
    slow = {id(job) for job in able if _warmed(job, scratch).wall >= SLOW and job.peer}
    for turn in range(repetitions):
        for job in able:
            if job.fault or (id(job) in slow and turn >= FEW):
                continue
            job.runs.append(run_once(job))
            if job.fault and not job.peer:
                sys.exit(f"{job.name}: {job.fault}")
            if job.reset:
                job.reset()


def _warmed(job: Job, scratch: Path) -> Run:
    found = checked(job, scratch)
    if job.reset and not job.fault:
        job.reset()
    return found


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}" if seconds < 1 else f"{seconds * 1000:,.0f}"


def table(jobs: Sequence[Job], floors: Mapping[str, Job]) -> str:
    """A Markdown table, one row a job; one column of ratios of medians for each of `floors`."""
    heads = ["command", "runs", "wall ms", "min–max", "CPU ms", "peak MiB", *(f"× {name}" for name in floors)]
    lines = [_row(heads), _row(["---", *["---:"] * (len(heads) - 1)])]
    for job in jobs:
        if job.fault or not job.runs:
            lines.append(_row([job.name, "", job.fault or "not measured", *[""] * (len(heads) - 3)]))
            continue
        walls = [run.wall for run in job.runs]
        ratios = [ratio(job.wall, floor.wall) for floor in floors.values()]
        lines.append(
            _row(
                [
                    job.name,
                    str(len(walls)),
                    ms(median(walls)),
                    f"{ms(min(walls))}–{ms(max(walls))}",
                    ms(median([run.cpu for run in job.runs])),
                    f"{median([run.peak for run in job.runs]) / 2**20:.1f}",
                    *("" if found is None else f"{found:.2f}" for found in ratios),
                ]
            )
        )
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
