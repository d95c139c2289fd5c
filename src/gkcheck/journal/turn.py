"""One writer's turn at a journal file. It trusts nothing between taking the lock and the last `fsync`.

The lock file may be deleted, and the journal renamed over, cut or appended to by programs that know of no lock. So a
turn notes what stands there before anything is read, holds a lock on the file itself while it writes, compares before
and after, and is taken again where something has come in between. Only what it wrote itself is ever cut off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from gkcheck import atomic_files
from gkcheck.journal.lock import hold_file, hold_lock
from gkcheck.journal.reader import identity
from gkcheck.journal.rights import is_own, rights_beside

TRIES = 100
"""The turns that a writer takes before it says that others never let go of the journal."""


class Changed(Exception):
    """The journal is no longer as it was when the turn began. Nothing was written, or it was taken back."""


class Turn:
    """A turn at the file `target`: the locks, and the identity of the file when it began (None: no file).

    `is_own`: it is in the user's own data directory. `rights` are those of new files beside it.
    """

    def __init__(self, target: Path, is_locked: Callable[[], bool], limit: float, notice: Callable[[], None]) -> None:
        self.target = target
        self.is_own = is_own(target.parent)
        self.rights = rights_beside(target)
        self._is_locked, self._limit, self._notice = is_locked, limit, notice
        self._seen = self._present()

    def _present(self) -> str | None:
        try:
            return identity(self.target)
        except FileNotFoundError:
            return None

    def check(self) -> None:
        """Raise `Changed` unless the lock and the journal are as they were when the turn began."""
        if not (self._is_locked() and self._present() == self._seen):
            raise Changed

    @contextmanager
    def opened(self) -> Iterator[BinaryIO | None]:
        """Open the file to write to it, while no other turn does; None where there is no file.

        Raises:
            Changed: it is not as it was when the turn began.
        """
        if self._seen is None:
            self.check()
            yield None
            return
        try:
            file = open(self.target, "r+b", opener=_to_append)  # noqa: SIM115 - closed below
        except FileNotFoundError:
            raise Changed from None
        with file, hold_file(file.fileno(), self.target, self._limit, self._notice):
            self.check()
            if identity(file) != self._seen:
                raise Changed
            yield file

    def append(self, file: BinaryIO, end: int, lines: bytes, prefix: bytes = b"") -> None:
        """Append lines after the offset `end`; torn bytes that stand there are cut off. They are on disk afterwards.

        Raises:
            Changed: others have changed the file meanwhile, and the lines are not in it.
            Unsettled: see `atomic_files.append`.
        """
        descriptor, data = file.fileno(), prefix + lines
        if os.fstat(descriptor).st_size > end:
            os.ftruncate(descriptor, end)
        start = atomic_files.append(descriptor, data)
        if start == end and self._stand_at(start + len(data), lines, descriptor):
            return
        if start != end and atomic_files.cut_back(descriptor, start, len(data)):
            raise Changed
        if not self._stand_at(start + len(data), lines, descriptor):
            raise Changed

    def _stand_at(self, end: int, lines: bytes, descriptor: int) -> bool:
        """True if the lines can be read where they were written; in a file put in its place, anywhere in that."""
        try:
            with open(self.target, "rb") as file:
                if not os.path.samestat(os.fstat(file.fileno()), os.fstat(descriptor)):
                    return b"\n" + lines in file.read()
                file.seek(end - len(lines) - 1)
                return file.read(len(lines) + 1) == b"\n" + lines
        except FileNotFoundError:
            return False

    def replace(self, file: BinaryIO | None, content: bytes) -> None:
        """Put other content in place of the file in one step, or make the file where there is none.

        Raises:
            Changed: the file is not as it was when the turn began, or has come into being.
        """
        if file is None:
            try:
                atomic_files.create(self.target, content, self.rights)
            except FileExistsError:
                raise Changed from None
            return
        if os.name == "nt":
            file.close()  # an open file cannot be replaced there
        atomic_files.replace(self.target, content, check=self.check)


@contextmanager
def take_turn(target: Path, limit: float, notice: Callable[[], None]) -> Iterator[Turn]:
    """Wait for the writers' lock of a journal for `limit` seconds at most, and give a turn at it.

    The user's own data directory is made where it is missing, no other.
    """
    if is_own(target.parent):
        atomic_files.make_private(target.parent)
    lock = target.with_name(target.name + ".lock")
    with hold_lock(lock, limit, notice, rights_beside(target)) as is_locked:
        yield Turn(target, is_locked, limit, notice)


def _to_append(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_APPEND)
