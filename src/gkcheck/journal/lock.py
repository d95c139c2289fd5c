"""A lock for writers on a file of its own; the operating system releases it when its holder dies.

The journal can be replaced while the lock is held, and readers never meet it. filelock does the same and costs 40 ms
of start-up (it loads asyncio), a third of a whole `gkcheck done`; these lines cost 1 ms.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gkcheck.errors import StoreFault

if sys.platform == "win32":
    import msvcrt

    def _acquire(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _release(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _acquire(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


LOCK_LIMIT = 30.0
"""Seconds that a writer waits for another, by default."""

NOTICE_AFTER = 1.0
"""Seconds of waiting after which the user is told."""


def silent() -> None:
    """Do nothing: the default notice to a waiting user."""


@contextmanager
def hold_lock(path: Path, limit: float, notice: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file at `path` in a with block.

    Args:
        limit: seconds to wait at most.
        notice: called once, after `NOTICE_AFTER` seconds of waiting.

    Raises:
        StoreFault: another writer held the lock for longer than `limit`.
        OSError: the lock file cannot be opened.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        started, notified = time.monotonic(), False
        while True:
            try:
                _acquire(descriptor)
                break
            except (BlockingIOError, PermissionError):
                waited = time.monotonic() - started
                if waited >= limit:
                    raise StoreFault(
                        f"等了 {limit:g} 秒，{path} 仍被另一个 gkcheck 占用；稍后重试，或用 GKCHECK_LOCK_TIMEOUT 设定等待秒数"
                    ) from None
                if waited >= NOTICE_AFTER and not notified:
                    notified = True
                    notice()
                time.sleep(0.01)
        try:
            yield
        finally:
            _release(descriptor)
    finally:
        os.close(descriptor)
