"""A lock for writers on a file of its own; the operating system releases it when its holder dies.

The journal can be replaced while the lock is held, and readers never meet it. filelock does the same and costs 40 ms
of start-up (it loads asyncio), a third of a whole `gkcheck done`; these lines cost 1 ms.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from gkcheck.atomic_files import Rights, grant
from gkcheck.errors import StoreFault
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _BUSY = OSError
    """The lock call answers with one error or another."""

    def _acquire(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _release(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    _BUSY = (BlockingIOError, PermissionError)

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
def hold_lock(
    path: str | Path, limit: float, notice: Callable[[], None], rights: Rights | None = None
) -> Iterator[None]:
    """Hold the lock file at `path` in a with block.

    A lock whose file somebody has deleted keeps nobody out. It is taken again where that happened while waiting; against
    what is deleted later, the file that is written to has a lock of its own (`hold_file`).

    Args:
        limit: seconds to wait at most.
        notice: called once, after `NOTICE_AFTER` seconds of waiting.
        rights: those of the lock file where it is new.

    Raises:
        StoreFault: another writer held the lock for longer than `limit`.
        OSError: the lock file cannot be opened.
    """
    until = _Patience(path, limit, notice)
    while True:
        descriptor = _open(path, rights)
        try:
            until.acquired(descriptor)
            if is_at(path, descriptor):
                try:
                    yield
                finally:
                    _release(descriptor)
                return
        finally:
            os.close(descriptor)


@contextmanager
def hold_file(descriptor: int, path: str | Path, limit: float, notice: Callable[[], None]) -> Iterator[None]:
    """Hold a lock on an open file itself, so that a deleted lock file lets nobody in; not on Windows.

    There no lock file can be deleted while it is held, and a locked file could not be read.
    """
    if sys.platform == "win32":
        yield
        return
    _Patience(path, limit, notice).acquired(descriptor)
    try:
        yield
    finally:
        _release(descriptor)


class _Patience:
    """The waiting of one writer for one lock."""

    def __init__(self, path: str | Path, limit: float, notice: Callable[[], None]) -> None:
        self.path, self.limit, self.notice = path, limit, notice
        self.started = time.monotonic()
        self.has_noticed = False

    def acquired(self, descriptor: int) -> None:
        """Return when the lock on `descriptor` is ours."""
        while True:
            try:
                _acquire(descriptor)
                return
            except _BUSY:
                waited = time.monotonic() - self.started
                if waited >= self.limit:
                    raise StoreFault(
                        f"等了 {self.limit:g} 秒，{self.path} 仍被另一个 gkcheck 占用（不要删除锁文件）；稍后重试，或用 GKCHECK_LOCK_TIMEOUT 设定等待秒数"
                    ) from None
                if waited >= NOTICE_AFTER and not self.has_noticed:
                    self.has_noticed = True
                    self.notice()
                time.sleep(0.01)


def _open(path: str | Path, rights: Rights | None) -> int:
    """Open the lock file, and make it where it is not there."""
    flags = os.O_RDWR | getattr(os, "O_CLOEXEC", 0)
    for _ in range(100):  # others may make and delete it in between
        with suppress(FileNotFoundError):
            return os.open(path, flags)
        with suppress(FileExistsError):
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
            if rights:
                grant(descriptor, rights)
            return descriptor
    raise FileNotFoundError(errno.ENOENT, "no lock file", str(path))


def is_at(path: str | Path, descriptor: int) -> bool:
    """True if an open file is the one that stands at a path."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
