"""One writer's turn at a journal file. It trusts nothing between taking the lock and the last `fsync`.

The lock file may be deleted, and the journal renamed over, cut or appended to by programs that know of no lock. So a
turn notes what stands there before anything is read, holds a lock on the file itself while it writes, compares before
and after, and is taken again (with that lock from the beginning) where something has come in between. Only what it
wrote itself is ever cut off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from gkcheck import atomic_files
from gkcheck.journal.lock import hold_file, hold_lock, is_at
from gkcheck.journal.reader import identity
from gkcheck.journal.rights import is_own, rights_beside
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

TRIES = 100
"""The turns that a writer takes before it says that others never let go of the journal."""


class Changed(Exception):
    """The journal is no longer as it was when the turn began. Nothing was written, or it was taken back."""


class Turn:
    """A turn at the file `target`, and the identity of that when it began (None: no file).

    `is_own`: it is in the user's own data directory. `rights` are those of new files beside it. `held` is the file,
    open to be written to and locked, where the whole turn has the lock on it.
    """

    def __init__(self, target: str, limit: float, notice: Callable[[], None], held: BinaryIO | None) -> None:
        self.target = target
        self.is_own = is_own(os.path.dirname(target))
        self.rights = rights_beside(target)
        self._limit, self._notice, self._held = limit, notice, held
        self._seen = self._present()

    def _present(self) -> str | None:
        try:
            return identity(self.target)
        except FileNotFoundError:
            return None

    def check(self) -> None:
        """Raise `Changed` unless the journal is as it was when the turn began."""
        if self._present() != self._seen:
            raise Changed

    @contextmanager
    def opened(self) -> Iterator[BinaryIO | None]:
        """Open the file to write to it, while no other turn does; None where there is no file.

        Raises:
            Changed: it is not as it was when the turn began.
        """
        if self._held or self._seen is None:
            self.check()
            yield self._held
            return
        with _locked(self.target, self._limit, self._notice) as file:
            self.check()
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
                if not is_at(self.target, descriptor):
                    return b"\n" + lines in file.read()
                file.seek(end - len(lines) - 1)
                return file.read(len(lines) + 1) == b"\n" + lines
        except FileNotFoundError:
            return False

    def replace(self, file: BinaryIO | None, content: atomic_files.Content) -> None:
        """Put other content in place of the file in one step, or make the file where there is none.

        What writes the content may read the file.

        Raises:
            Changed: the file is not as it was when the turn began, or has come into being.
        """
        if file is None:
            try:
                atomic_files.create(self.target, content, self.rights)
            except FileExistsError:
                raise Changed from None
            return

        def check() -> None:
            self.check()
            if os.name == "nt":
                file.close()  # an open file cannot be replaced there

        atomic_files.replace(self.target, content, check=check)

    def set_aside(self, content: atomic_files.Content, why: str, at: str) -> str:
        """Write bytes that cannot stay in the journal to a file beside it, dated `at`, and return its path.

        The same bytes set aside again for the same reason at the same time get no second file; other bytes get a
        name of their own.
        """
        stamp = "".join(char for char in at[:26] if char.isdigit())
        for number in range(1, 1000):
            aside = f"{self.target}.{why}-{stamp}" + (f"-{number}" if number > 1 else "")
            if not os.path.exists(aside):
                atomic_files.replace(aside, content, self.rights)
                return aside
            if _holds(aside, content):
                return aside
        raise FileExistsError(17, "too many files set aside", self.target)


def _holds(path: str, content: atomic_files.Content) -> bool:
    """True if a file holds these bytes and no others."""
    from tempfile import TemporaryFile

    with open(path, "rb") as file, TemporaryFile() as copy:
        atomic_files.write_content(copy, content)
        copy.seek(0)
        while chunk := copy.read(1 << 20):
            if file.read(len(chunk)) != chunk:
                return False
        return not file.read(1)


@contextmanager
def take_turn(target: str, limit: float, notice: Callable[[], None], whole: bool = False) -> Iterator[Turn]:
    """Wait for the writers' lock of a journal for `limit` seconds at most, and give a turn at it.

    The user's own data directory is made where it is missing, no other. With `whole` the lock on the file itself is held
    for the whole turn: then no other writer can make it vain, even where the lock file is gone.
    """
    folder = os.path.dirname(target)
    if is_own(folder):
        atomic_files.make_private(folder)
    with ExitStack() as stack:
        stack.enter_context(hold_lock(f"{target}.lock", limit, notice, rights_beside(target)))
        held = stack.enter_context(_locked(target, limit, notice)) if whole and os.path.exists(target) else None
        yield Turn(target, limit, notice, held)


@contextmanager
def _locked(target: str, limit: float, notice: Callable[[], None]) -> Iterator[BinaryIO]:
    """Open a file to read it and to append to it, with the lock on it. Raises `Changed` where it is no longer there."""
    try:
        file = open(target, "r+b", opener=_to_append)  # noqa: SIM115 - closed below
    except FileNotFoundError:
        raise Changed from None
    with file, hold_file(file.fileno(), target, limit, notice):
        if not is_at(target, file.fileno()):
            raise Changed
        yield file


def _to_append(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_APPEND)
