"""Do a part of a long work in a child process meanwhile, where there are two processors and a process can be forked."""

from __future__ import annotations

import marshal
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def can_fork() -> bool:
    """True if a second processor is free for us, and nothing here could be in the way of a forked process."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return hasattr(os, "fork") and processors > 1 and threading.active_count() == 1


@contextmanager
def in_child(work: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    """Do `work` in a child process; it returns values that `marshal` takes, and must not touch our open files.

    Yields:
        A function that waits for the result; None where there is none, for whatever reason.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _send(work, writing)
    os.close(writing)
    status: list[int] = []

    def result() -> Any:
        with open(reading, "rb", closefd=False) as pipe:
            data = pipe.read()
        status.append(os.waitpid(child, 0)[1])
        return marshal.loads(data) if status == [0] else None

    try:
        yield result
    finally:
        os.close(reading)
        if not status:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _send(work: Callable[[], Any], writing: int) -> None:
    """Write what `work` returns and end this process, without a word where it fails: the parent does without."""
    code = 1
    try:
        with open(writing, "wb") as pipe:
            marshal.dump(work(), pipe)
        code = 0
    finally:
        os._exit(code)
