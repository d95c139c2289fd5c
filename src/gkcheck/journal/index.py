"""What a long journal boils down to, kept in the cache directory so that nobody reads it all each time.

Never the truth: it is used only for a journal whose first bytes are, by their SHA-256, the very bytes it
was made from; lines after those are read from the journal itself. It is made again when it is missing,
stale or damaged, and is safe to delete. A writer, who needs only to know whether the journal is as it left
it, compares the file's identity (inode, size, times) and so does work that does not grow with the file.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gkcheck.journal import Scope
from gkcheck.journal.reduce import Found, Reducer, dead_batches, key_of, order_of, take_line, undos_in
from gkcheck.places import cache_directory

_LAYOUT = 2
_BLOCK = 1 << 20
_STALE_AFTER = 1 << 18
"""Bytes after the indexed ones from which on a reader brings the index up to date."""

_SCHEMA = f"""
PRAGMA journal_mode = WAL;
BEGIN;
DROP TABLE IF EXISTS kept; DROP TABLE IF EXISTS faults; DROP TABLE IF EXISTS made_from;
CREATE TABLE kept (task INTEGER, unit TEXT, standing BLOB, details BLOB, PRIMARY KEY (task, unit)) WITHOUT ROWID;
CREATE INDEX kept_unit ON kept (unit);
CREATE TABLE faults (number INTEGER, said TEXT);
CREATE TABLE made_from (journal TEXT, identity TEXT, size INTEGER, digest BLOB, lines INTEGER);
PRAGMA user_version = {_LAYOUT};
COMMIT;
"""


class _MadeFrom(NamedTuple):
    """What the index was made from: the first `size` bytes, `lines` lines, of the file it knows by `identity`."""

    identity: str
    size: int
    digest: bytes
    lines: int


class Index:
    """The index of one journal. Use as a context manager; every fault of SQLite is the caller's to pass over."""

    def __init__(self, journal: Path) -> None:
        self.journal = os.path.realpath(journal)
        path = cache_directory() / "journals" / f"{zlib.crc32(os.fsencode(self.journal)):08x}.sqlite3"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = sqlite3.connect(path, timeout=1.0, isolation_level=None)
        try:
            if self.database.execute("PRAGMA user_version").fetchone()[0] != _LAYOUT:
                self.database.executescript(_SCHEMA)
            self.database.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.OperationalError:
            self.database.close()
            raise
        except sqlite3.DatabaseError:
            self.database.close()
            for stale in path.parent.glob(path.name + "*"):
                stale.unlink(missing_ok=True)
            raise

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    # -- reading -------------------------------------------------------------------------------------

    def found(self, file: BinaryIO, scope: Scope) -> Found:
        """What counts within a scope, the indexed bytes of `file` checked against the index first."""
        made_from = self._made_from()
        if made_from is not None:
            digest, whole = _digest(file, made_from.size)
            if whole and digest.digest() == made_from.digest:
                tail = _tail(file, made_from)
                if not tail.undone:
                    self._refresh(file, made_from, tail, digest)
                    return self._with_tail(scope, tail)
        self._rebuild(file)
        return self._with_tail(scope, None)

    def trusted(self, file: BinaryIO, scope: Scope) -> Found:
        """For the writer, under its lock: as `found`, without reading what the index is known to cover."""
        made_from = self._made_from()
        if made_from is None or made_from.identity != identity(file):
            found = self.found(file, scope)
            self._remember(file)
            return found
        return self._with_tail(scope, None)

    def _made_from(self) -> _MadeFrom | None:
        row = self.database.execute(
            "SELECT identity, size, digest, lines FROM made_from WHERE journal = ?", (self.journal,)
        ).fetchone()
        return _MadeFrom(*row) if row else None

    def _with_tail(self, scope: Scope, tail: Reducer | None) -> Found:
        chosen = [line for blob in self._blobs(scope) for line in blob.split(b"\n") if line]
        faults = list(self.database.execute("SELECT number, said FROM faults ORDER BY number"))
        if tail is not None:
            chosen += [line for kept in tail.kept.values() for line in kept.lines()]
            faults += tail.faults
        return Found(chosen, faults)

    def _blobs(self, scope: Scope) -> Iterable[bytes]:
        """The lines kept for a scope; entries about whole tasks (unit '') always belong."""
        where, values = [], []
        for column, wanted in (("task", scope.tasks), ("unit", None if scope.units is None else {*scope.units, ""})):
            if wanted is not None and len(wanted) <= 500:
                where.append(f"{column} IN ({','.join('?' * len(wanted))})")
                values += [*wanted]
        columns = "standing, details" if scope.details else "standing"
        query = f"SELECT {columns} FROM kept" + (f" WHERE {' AND '.join(where)}" if where else "")
        return (blob for row in self.database.execute(query, values) for blob in row)

    # -- keeping up ----------------------------------------------------------------------------------

    def _rebuild(self, file: BinaryIO) -> None:
        """Make the index anew from the whole lines of the file, in one transaction."""
        size = os.fstat(file.fileno()).st_size
        reducer = Reducer(dead_batches(undos_in(file, size)))
        file.seek(0)
        digest, number, end = hashlib.sha256(), 0, 0
        for line in file:
            if not line.endswith(b"\n") or end + len(line) > size:
                break
            number, end = number + 1, end + len(line)
            digest.update(line)
            if number > 1 and line != b"\n":
                reducer.take(number, line[:-1])
        self._store(reducer, _MadeFrom("", end, digest.digest(), number), fresh=True)

    def _refresh(self, file: BinaryIO, made_from: _MadeFrom, tail: Reducer, digest: hashlib._Hash) -> None:
        """Take a tail that has grown long into the index."""
        size = os.fstat(file.fileno()).st_size
        if size - made_from.size < _STALE_AFTER:
            return
        file.seek(made_from.size)
        number, end = made_from.lines, made_from.size
        for line in file:
            if not line.endswith(b"\n") or end + len(line) > size:
                break
            digest.update(line)
            number, end = number + 1, end + len(line)
        with suppress(sqlite3.OperationalError):
            self._store(tail, _MadeFrom("", end, digest.digest(), number), fresh=False)

    def _store(self, reducer: Reducer, made_from: _MadeFrom, fresh: bool) -> None:
        execute = self.database.execute
        execute("BEGIN IMMEDIATE")
        try:
            execute("DELETE FROM made_from")
            if fresh:
                execute("DELETE FROM kept")
                execute("DELETE FROM faults")
                self.database.executemany("INSERT INTO kept VALUES (?, ?, ?, ?)", _rows(reducer))
            else:
                self._add(reducer)
            self.database.executemany("INSERT INTO faults VALUES (?, ?)", reducer.faults)
            execute("INSERT INTO made_from VALUES (?, ?, ?, ?, ?)", (self.journal, *made_from))
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise

    def _add(self, reducer: Reducer) -> None:
        """Put reduced lines over what is kept of the same (task, unit)."""
        execute = self.database.execute
        for task, unit, *blobs in _rows(reducer):
            found = execute("SELECT standing, details FROM kept WHERE task = ? AND unit = ?", (task, unit)).fetchone()
            every = {line for blob in (*blobs, *(found or ())) for line in blob.split(b"\n") if line}
            both = Reducer(set())
            for line in sorted(every, key=order_of):
                both.take(0, line)
            for row in _rows(both):
                execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", row)

    # -- the writer ----------------------------------------------------------------------------------

    def _remember(self, file: BinaryIO) -> None:
        """Note the identity of the file whose state this is, and take its unindexed tail in."""
        made_from = self._made_from()
        if made_from is None:
            return
        tail = _tail(file, made_from)
        if tail.undone:
            return
        self._follow(tail, made_from.identity, identity(file))

    def appended(self, file: BinaryIO, before: str, added: bytes) -> None:
        """After an append under the writer's lock to the file that was `before`: take the new lines in."""
        made_from = self._made_from()
        if made_from is None or made_from.identity != before:
            return
        new = Reducer(set())
        for line in added.split(b"\n"):
            if line:
                new.take(0, line)
        if new.undone:
            self.forget()
            return
        self._follow(new, before, identity(file))

    def forget(self) -> None:
        """Have the index made again next time."""
        self.database.execute("DELETE FROM made_from")

    def _follow(self, reducer: Reducer, before: str, after: str) -> None:
        execute = self.database.execute
        execute("BEGIN IMMEDIATE")
        try:
            made_from = self._made_from()
            if made_from is not None and made_from.identity == before:
                self._add(reducer)
                execute("UPDATE made_from SET identity = ?", (after,))
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise


def _rows(reducer: Reducer) -> Iterable[tuple[int, str, bytes, bytes]]:
    """What a reducer kept as rows: task, unit ('' for the whole task), the two kinds of lines."""
    for written, kept in reducer.kept.items():
        task, unit = key_of(written)
        yield task, unit or "", b"\n".join(kept.standing()), b"\n".join(kept.details())


def _digest(file: BinaryIO, size: int) -> tuple[hashlib._Hash, bool]:
    """The SHA-256 of the first `size` bytes, and whether the file has that many."""
    file.seek(0)
    digest, left = hashlib.sha256(), size
    while left and (block := file.read(min(left, _BLOCK))):
        digest.update(block)
        left -= len(block)
    return digest, left == 0


def _tail(file: BinaryIO, made_from: _MadeFrom) -> Reducer:
    """What stands after the indexed bytes."""
    file.seek(made_from.size)
    reducer = Reducer(set())
    for number, line in enumerate(file, made_from.lines + 1):
        take_line(reducer, number, line)
    return reducer


def identity(file: BinaryIO) -> str:
    """What tells whether a file is as it was: device, inode, size, times."""
    found = os.fstat(file.fileno())
    return f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
