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
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gkcheck.journal import Scope
from gkcheck.journal.reducer import (
    FEW,
    Found,
    Kept,
    Reducer,
    dead_batches,
    entries_in,
    key_of,
    lines_with,
    needles_for,
    order_of,
    take_line,
    undos_in,
)
from gkcheck.model import Entry
from gkcheck.paths import cache_directory

_LAYOUT = 3
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
CREATE TABLE made_from (
    journal TEXT, identity TEXT, size INTEGER, digest BLOB, lines INTEGER, seq INTEGER, odd INTEGER
);
PRAGMA user_version = {_LAYOUT};
COMMIT;
"""


class _MadeFrom(NamedTuple):
    """What the index was made from: the first `size` bytes, `lines` lines, of the file it knows by `identity`.

    `seq` is that of the last line, None where they were not in the order of facts; `odd` as in `Reducer`.
    """

    identity: str
    size: int
    digest: bytes
    lines: int
    seq: int | None
    odd: bool


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
        return self._with_tail(scope, self._caught_up(file))

    def past(self, file: BinaryIO, scope: Scope) -> tuple[list[Entry], list[tuple[int, str]]] | None:
        """Every entry in which a scope's words stand, replaced and undone ones too, every undo, and all faults.

        None where the lines of the scope cannot be searched for.
        """
        needles = needles_for(scope)
        if needles is None:
            return None
        tail = self._caught_up(file)
        made_from = self._made_from()
        if tail.odd or made_from is None or made_from.odd:
            return None
        return entries_in(lines_with(file, os.fstat(file.fileno()).st_size, needles)), self._faults(tail)

    def latest(self, file: BinaryIO, count: int) -> list[Entry] | None:
        """The last `count` entries, in the order of facts; None where the file is not in that order."""
        tail = self._caught_up(file)
        made_from = self._made_from()
        if tail.seq is None or made_from is None or made_from.seq is None:
            return None
        size = os.fstat(file.fileno()).st_size
        window = 1 << 16
        while True:
            start = max(0, size - window)
            file.seek(start)
            block = file.read(size - start).split(b"\n")
            entries = entries_in(block[1:] if start else block)
            if len(entries) >= count or not start:
                return entries[-count:]
            window *= 4

    def _caught_up(self, file: BinaryIO) -> Reducer:
        """See that the index is of this file; returns what counts of the lines after the indexed ones."""
        made_from = self._made_from()
        if made_from is not None:
            digest, whole = _digest(file, made_from.size)
            if whole and digest.digest() == made_from.digest:
                tail = _tail(file, made_from)
                if not tail.undone:
                    self._refresh(file, made_from, tail, digest)
                    return tail
                retaken = self._retaken(file, made_from, tail, digest)
                if retaken is not None:
                    return _tail(file, retaken)
        return _tail(file, self._rebuild(file))

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
            "SELECT identity, size, digest, lines, seq, odd FROM made_from WHERE journal = ?", (self.journal,)
        ).fetchone()
        return _MadeFrom(*row) if row else None

    def _with_tail(self, scope: Scope, tail: Reducer | None) -> Found:
        chosen = [line for blob in self._blobs(scope) for line in blob.split(b"\n") if line]
        if tail is not None:
            chosen += [line for kept in tail.kept.values() for line in kept.lines()]
        return Found(chosen, self._faults(tail))

    def _faults(self, tail: Reducer | None) -> list[tuple[int, str]]:
        faults = list(self.database.execute("SELECT number, said FROM faults ORDER BY number"))
        return faults + tail.faults if tail is not None else faults

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

    def _rebuild(self, file: BinaryIO) -> _MadeFrom:
        """Make the index anew from the whole lines of the file, in one transaction."""
        size = os.fstat(file.fileno()).st_size
        reducer = Reducer(dead_batches(undos_in(file, size)))
        file.seek(0)
        number, end = 0, 0
        for line in file:
            if not line.endswith(b"\n") or end + len(line) > size:
                break
            number, end = number + 1, end + len(line)
            if number > 1 and line != b"\n":
                reducer.take(number, line[:-1])
        digest, _ = _digest(file, end)
        made_from = _MadeFrom("", end, digest.digest(), number, reducer.seq, reducer.odd)
        self._store(reducer, made_from, fresh=True)
        return made_from

    def _refresh(self, file: BinaryIO, made_from: _MadeFrom, tail: Reducer, digest: hashlib._Hash) -> None:
        """Take a tail that has grown long into the index."""
        if os.fstat(file.fileno()).st_size - made_from.size >= _STALE_AFTER:
            with suppress(sqlite3.OperationalError):
                self._store(tail, _grown(file, made_from, tail, digest), fresh=False)

    def _retaken(self, file: BinaryIO, made_from: _MadeFrom, tail: Reducer, digest: hashlib._Hash) -> _MadeFrom | None:
        """Take a tail in which something is undone into the index; None where too much of it changes by that."""
        grown = _grown(file, made_from, tail, digest)
        before, after = (dead_batches(undos_in(file, end)) for end in (made_from.size, grown.size))
        changed = before ^ after
        if grown.odd or len(changed) > FEW:
            return None
        touched = Reducer(set())
        for line in lines_with(file, grown.size, [b'"batch":"%b"' % batch.encode() for batch in changed]):
            touched.take(0, line)
        keys = list(touched.kept)
        if len(keys) > FEW:
            return None
        fresh = Reducer(after)
        for line in lines_with(file, grown.size, [key + b',"action":"' for key in keys]) if keys else ():
            fresh.take(0, line)
        self._store(tail, grown, fresh=False, instead={key: fresh.kept.get(key) for key in keys})
        return grown

    def _store(
        self, reducer: Reducer, made_from: _MadeFrom, fresh: bool, instead: Mapping[bytes, Kept | None] | None = None
    ) -> None:
        """Put what a reducer kept into the index: as all there is (`fresh`), or added to it.

        `instead`: what is kept of some (task, unit) now, whatever was kept of them before.
        """
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
            for key, kept in (instead or {}).items():
                task, unit = key_of(key)
                execute("DELETE FROM kept WHERE task = ? AND unit = ?", (task, unit or ""))
                if kept is not None:
                    execute("INSERT INTO kept VALUES (?, ?, ?, ?)", _row(key, kept))
            faults = [fault for fault in reducer.faults if fault[0] <= made_from.lines]  # a torn line is not indexed
            self.database.executemany("INSERT INTO faults VALUES (?, ?)", faults)
            execute("INSERT INTO made_from VALUES (?, ?, ?, ?, ?, ?, ?)", (self.journal, *made_from))
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
            return  # the next reader sees that the file has changed, and takes it in
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
    return (_row(written, kept) for written, kept in reducer.kept.items())


def _row(written: bytes, kept: Kept) -> tuple[int, str, bytes, bytes]:
    task, unit = key_of(written)
    return task, unit or "", b"\n".join(kept.standing()), b"\n".join(kept.details())


def _grown(file: BinaryIO, made_from: _MadeFrom, tail: Reducer, digest: hashlib._Hash) -> _MadeFrom:
    """What an index is made from that has taken in every whole line of the file; `digest` goes on from its old one."""
    size = os.fstat(file.fileno()).st_size
    file.seek(made_from.size)
    number, end = made_from.lines, made_from.size
    for line in file:
        if not line.endswith(b"\n") or end + len(line) > size:
            break
        digest.update(line)
        number, end = number + 1, end + len(line)
    seq = None if made_from.seq is None else tail.seq
    return _MadeFrom("", end, digest.digest(), number, seq, bool(made_from.odd) or tail.odd)


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
    reducer = Reducer(set(), after=made_from.seq or 0)
    for number, line in enumerate(file, made_from.lines + 1):
        take_line(reducer, number, line)
    return reducer


def identity(file: BinaryIO) -> str:
    """What tells whether a file is as it was: device, inode, size, times."""
    found = os.fstat(file.fileno())
    return f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
