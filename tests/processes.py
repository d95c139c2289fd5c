"""Child processes of the tests: each with a limit of time, and with the signals of a program at a terminal.

A suite that a shell starts in the background ignores SIGINT, and a child would inherit that; so every child is started
here, where SIGINT is set to its default. tests/test_processes.py refuses `subprocess`, `os.fork` and waiting without a
limit in any other file.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

LIMIT = 120.0
"""Seconds that a child may take where its test says nothing else."""

PIPE = subprocess.PIPE
Process = subprocess.Popen[Any]


def run(command: Sequence[Any], *, limit: float = LIMIT, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run a command to its end, as subprocess.run does; it is killed and the test fails after `limit` seconds."""
    return subprocess.run(command, timeout=limit, **{"check": False, **_started(options)})


def start(command: Sequence[Any], **options: Any) -> Process:
    """Start a command that goes on; its test ends it and waits with a limit."""
    return subprocess.Popen(command, **_started(options))


def _started(options: dict[str, Any]) -> dict[str, Any]:
    """Options for subprocess that set SIGINT to its default, then do what the test's own `preexec_fn` does."""
    if os.name == "nt":  # where a child has neither these signals nor a `preexec_fn`
        return options
    prepare = options.get("preexec_fn")

    def prepared() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if prepare:
            prepare()

    return options | {"preexec_fn": prepared}


class Measured(NamedTuple):
    """The answer of a command line of gkcheck and what it took: seconds of work, and memory at its peak in MB."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float


_MEASURE = """
import os, re, sys
from gkcheck.cli.main import run
code = run(sys.argv[1:])
peak = re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())
print("used", sum(os.times()[:2]), int(peak[1]) / 1024, file=sys.stderr)
sys.exit(code)
"""


def measured(*arguments: object, most_bytes: int = 4 << 30) -> Measured:
    """Run a command line of gkcheck in a process of its own, which may take no more address space than `most_bytes`."""
    import resource  # not on Windows

    done = run(
        [sys.executable, "-c", _MEASURE, *map(str, arguments)],
        capture_output=True,
        limit=90,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes)),
    )
    *said, used = done.stderr.decode("utf-8", "replace").splitlines()
    seconds, megabytes = (float(number) for number in used.split()[1:])
    return Measured(done.returncode, done.stdout.decode("utf-8", "replace"), "\n".join(said), seconds, megabytes)


def fork(work: Callable[[], int | None]) -> int:
    """Do `work` in a copy of this process; the pid of the copy, whose exit code is the answer, or 0 for None."""
    child = os.fork()
    if child == 0:
        _work_and_exit(work)
    return child


def fork_on_terminal(command: Sequence[str], env: dict[str, str], size: tuple[int, int]) -> tuple[int, int]:
    """Start a command in a pseudo-terminal of its own, of so many lines and columns; its pid and our end of the terminal."""
    import pty  # not on Windows
    import termios

    child, terminal = pty.fork()
    if child == 0:
        termios.tcsetwinsize(0, size)  # by the child, for it may ask before the parent goes on
        _work_and_exit(lambda: os.execvpe(command[0], list(command), env))
    return child, terminal


def _work_and_exit(work: Callable[[], int | None]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        code = work() or 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def wait(child: int, limit: float = LIMIT) -> int:
    """Wait for the end of a child; its exit code, negative where a signal ended it."""
    return os.waitstatus_to_exitcode(next_status(child, limit))


def next_status(child: int, limit: float = LIMIT) -> int:
    """Wait until a child ends or, if it is traced, stops; the status as the system gives it."""
    with _alarm(child, limit):
        return os.waitpid(child, 0)[1]


@contextmanager
def _alarm(child: int, limit: float) -> Iterator[None]:
    """Kill the child and fail if the block takes longer than `limit` seconds."""

    def ring(*_: object) -> None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise TimeoutError(f"a child did not end within {limit:g} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
