"""An index of the reduced lines of a long journal, in the cache directory.

The index is used only for a journal whose first bytes have the SHA-256 of the bytes it was built from; lines after those
are read from the journal itself. It is built again where it is missing, stale or damaged, and may be deleted. A writer
only has to know that the journal is as the last writer left it: it compares the file's identity (inode, size, times),
so that its work does not grow with the file.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gkcheck.journal import Scope
from gkcheck.journal.reader import blocks_to_end, identity
from gkcheck.journal.record_format import MAX_SEQ
from gkcheck.journal.reducer import (
    MAX_NEEDLES,
    ReducedLines,
    Reducer,
    Reduction,
    add_line,
    decode_all,
    decode_key,
    lines_containing,
    needles_for,
    of_forms,
    order_of,
    undone_in,
)
from gkcheck.model import ZONE, Entry
from gkcheck.paths import cache_directory

_LAYOUT = 7
_BLOCK = 1 << 20
_STALE_AFTER = 1 << 18
"""A reader brings the index up to date where the journal has this many bytes more."""

_SCHEMA = f"""
PRAGMA journal_mode = WAL;
BEGIN;
DROP TABLE IF EXISTS kept; DROP TABLE IF EXISTS made_from;
DROP TABLE IF EXISTS reduced; DROP TABLE IF EXISTS faults; DROP TABLE IF EXISTS source;
CREATE TABLE reduced (task INTEGER, unit TEXT, deciding BLOB, details BLOB, PRIMARY KEY (task, unit)) WITHOUT ROWID;
CREATE INDEX reduced_unit ON reduced (unit);
CREATE TABLE faults (number INTEGER, message TEXT);
CREATE TABLE source (
    journal TEXT, identity TEXT, size INTEGER, digest BLOB, lines INTEGER, seq INTEGER,
    in_order INTEGER, unsearchable INTEGER, greatest_day TEXT, zone TEXT
);
PRAGMA user_version = {_LAYOUT};
COMMIT;
"""


class _Source(NamedTuple):
    """The bytes that the index was built from: the first `size`, `lines` lines, of a file known by its `identity`.

    `seq`, `in_order` and `unsearchable` are those of the `Reducer` of these bytes; `greatest_day` is that of all lines
    in the index, in the office's zone.
    """

    identity: str
    size: int
    digest: bytes
    lines: int
    seq: int
    in_order: bool
    unsearchable: bool
    greatest_day: str


class Index:
    """The index of one journal, a context manager. The caller ignores every error and does without the index.

    `zone` is the office's: an index of the days of another zone is built again.
    """

    def __init__(self, journal: Path, zone: str = ZONE) -> None:
        self.zone = zone
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

    def reduced(self, file: BinaryIO, scope: Scope, last_day: str | None = None) -> Reduction | None:
        """Return the reduced lines within a scope, after comparing the indexed bytes of `file` with the index.

        None where an entry is about a day after `last_day`: the lines that it replaced are not in the index.
        """
        return self._with_tail(scope, self._update(file), last_day)

    def history(self, file: BinaryIO, scope: Scope) -> tuple[list[Entry], list[tuple[int, str]]] | None:
        """Return all entries of a scope, replaced and undone ones too, every undo, and all faults.

        Entries of other scopes may be among them. None where the lines of the scope cannot be searched for.
        """
        needles = needles_for(scope)
        if needles is None:
            return None
        tail = self._update(file)
        source = self._source()
        if tail.unsearchable or source is None or source.unsearchable:
            return None
        lines = of_forms(lines_containing(file, os.fstat(file.fileno()).st_size, needles), scope.forms)
        return decode_all(lines), self._faults(tail)

    def latest(self, file: BinaryIO, count: int) -> list[Entry] | None:
        """Return the last `count` entries in the order of facts; None where the file is not in that order."""
        tail = self._update(file)
        source = self._source()
        if not tail.in_order or source is None or not source.in_order:
            return None
        entries: list[Entry] = []
        for start, block in blocks_to_end(file, os.fstat(file.fileno()).st_size):
            lines = block.split(b"\n")
            entries = decode_all(lines[1:] if start else lines)
            if len(entries) >= count:
                break
        return entries[-count:]

    def _update(self, file: BinaryIO) -> Reducer:
        """Bring the index up to date where it is not of this file; return the lines after the indexed ones, reduced."""
        source = self._source()
        if source is not None:
            digest, is_complete = _digest(file, source.size)
            if is_complete and digest.digest() == source.digest:
                tail = _tail(file, source, self.zone)
                if not tail.has_undo:
                    self._extend(file, source, tail, digest)
                    return tail
                extended = self._extend_by_undo(file, source, tail, digest)
                if extended is not None:
                    return _tail(file, extended, self.zone)
        return _tail(file, self._rebuild(file), self.zone)

    def reduced_for_writer(self, file: BinaryIO, scope: Scope, last_day: str | None = None) -> Reduction | None:
        """Return as `reduced`, for a writer under its lock: a file of known identity is not read."""
        source = self._source()
        if source is None or source.identity != identity(file):
            reduction = self.reduced(file, scope, last_day)
            self._set_identity(file)
            return reduction
        return self._with_tail(scope, None, last_day)

    def _source(self) -> _Source | None:
        row = self.database.execute(
            "SELECT identity, size, digest, lines, seq, in_order, unsearchable, greatest_day FROM source"
            " WHERE journal = ? AND zone = ?",
            (self.journal, self.zone),
        ).fetchone()
        return _Source(*row) if row else None

    def _with_tail(self, scope: Scope, tail: Reducer | None, last_day: str | None) -> Reduction | None:
        source = self._source()
        days = [source.greatest_day if source else "", tail.greatest_day if tail else ""]
        if last_day is not None and max(days) > last_day:
            return None
        lines = [line for blob in self._blobs(scope) for line in blob.split(b"\n") if line]
        if tail is not None:
            lines += tail.lines()
        return Reduction(lines, self._faults(tail))

    def _faults(self, tail: Reducer | None) -> list[tuple[int, str]]:
        faults = list(self.database.execute("SELECT number, message FROM faults ORDER BY number"))
        return faults + tail.faults if tail is not None else faults

    def _blobs(self, scope: Scope) -> Iterable[bytes]:
        """Return the reduced lines of a scope; entries about whole tasks (unit '') are within every scope of units."""
        where, values = [], []
        for column, chosen in (("task", scope.tasks), ("unit", None if scope.units is None else {*scope.units, ""})):
            if chosen is not None and len(chosen) <= 500:
                where.append(f"{column} IN ({','.join('?' * len(chosen))})")
                values += [*chosen]
        columns = "deciding, details" if scope.details else "deciding"
        query = f"SELECT {columns} FROM reduced" + (f" WHERE {' AND '.join(where)}" if where else "")
        return (blob for row in self.database.execute(query, values) for blob in row)

    def greatest_seq(self, file: BinaryIO, last: int) -> int:
        """Return the greatest seq, for a writer under its lock; `last` is that of the last line.

        A file of known identity is not read: what writers have appended to it since ends in its greatest seq.
        """
        source = self._source()
        if source is not None and source.identity == identity(file):
            return max(source.seq, last)
        seq = self._update(file).seq
        self._set_identity(file)
        return seq

    # -- updating ------------------------------------------------------------------------------------

    def _rebuild(self, file: BinaryIO) -> _Source:
        """Build the index from the complete lines of the file, in one transaction."""
        size = os.fstat(file.fileno()).st_size
        reducer = Reducer(undone_in(file, size), zone=self.zone)
        number = end = 0
        for number, line in enumerate(_complete_lines(file, 0, size), 1):
            end += len(line)
            if number > 1:
                add_line(reducer, number, line)
        digest, _ = _digest(file, end)
        source = _Source(
            "", end, digest.digest(), number, reducer.seq, reducer.in_order, reducer.unsearchable, reducer.greatest_day
        )
        self._store(reducer, source, fresh=True)
        return source

    def _extend(self, file: BinaryIO, source: _Source, tail: Reducer, digest: hashlib._Hash) -> None:
        """Add a long tail to the index."""
        if os.fstat(file.fileno()).st_size - source.size >= _STALE_AFTER:
            with suppress(sqlite3.OperationalError):
                self._store(tail, _extended(file, source, tail, digest), fresh=False)

    def _extend_by_undo(self, file: BinaryIO, source: _Source, tail: Reducer, digest: hashlib._Hash) -> _Source | None:
        """Add a tail with an undo to the index; None, and nothing done, where that changes too much of it.

        Every (task, unit) with a line in a batch that is undone, or no longer, is reduced again.
        """
        extended = _extended(file, source, tail, digest)
        after = undone_in(file, extended.size)
        changed = undone_in(file, source.size) ^ after
        if extended.unsearchable or len(changed) > MAX_NEEDLES:
            return None
        touched = _reduced(
            lines_containing(file, extended.size, [b'"batch":"%b"' % batch.encode() for batch in changed])
        )
        keys = list(touched.by_key)
        if len(keys) > MAX_NEEDLES:
            return None
        needles = [key + b',"action":"' for key in keys]
        again = _reduced(lines_containing(file, extended.size, needles) if keys else (), after)
        self._store(tail, extended, fresh=False, instead={key: again.by_key.get(key) for key in keys})
        return extended

    def _store(
        self,
        reducer: Reducer,
        source: _Source,
        fresh: bool,
        instead: Mapping[bytes, ReducedLines | None] | None = None,
    ) -> None:
        """Write reduced lines to the index: as the whole index (`fresh`), or added to it.

        `instead` replaces the lines of some (task, unit).
        """
        with self._transaction() as execute:
            execute("DELETE FROM source")
            if fresh:
                execute("DELETE FROM reduced")
                execute("DELETE FROM faults")
                self.database.executemany("INSERT INTO reduced VALUES (?, ?, ?, ?)", _rows(reducer))
            else:
                self._add(reducer)
            for key, lines in (instead or {}).items():
                task, unit = decode_key(key)
                execute("DELETE FROM reduced WHERE task = ? AND unit = ?", (task, unit or ""))
                if lines is not None:
                    execute("INSERT INTO reduced VALUES (?, ?, ?, ?)", _row(key, lines))
            faults = [fault for fault in reducer.faults if fault[0] <= source.lines]  # a torn line is not indexed
            self.database.executemany("INSERT INTO faults VALUES (?, ?)", faults)
            execute(f"INSERT INTO source VALUES ({', '.join('?' * 10)})", (self.journal, *source, self.zone))

    @contextmanager
    def _transaction(self) -> Iterator[Callable[..., sqlite3.Cursor]]:
        """Give `execute` of a transaction, committed at the end and rolled back after an exception."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield self.database.execute
            self.database.execute("COMMIT")
        except BaseException:
            self.database.execute("ROLLBACK")
            raise

    def _add(self, reducer: Reducer) -> None:
        """Merge reduced lines with those of the same (task, unit) in the index."""
        execute = self.database.execute
        query = "SELECT deciding, details FROM reduced WHERE task = ? AND unit = ?"
        for task, unit, *blobs in _rows(reducer):
            indexed = execute(query, (task, unit)).fetchone() or ()
            lines = {line for blob in (*blobs, *indexed) for line in blob.split(b"\n") if line}
            for row in _rows(_reduced(sorted(lines, key=order_of))):
                execute("INSERT OR REPLACE INTO reduced VALUES (?, ?, ?, ?)", row)

    # -- the writer ----------------------------------------------------------------------------------

    def _set_identity(self, file: BinaryIO) -> None:
        """Add the tail to the index and note the identity of the file."""
        source = self._source()
        if source is None:
            return
        tail = _tail(file, source, self.zone)
        if not tail.has_undo:
            self._add_to(source.identity, tail, identity(file))

    def add_appended(self, file: BinaryIO, before: str, added: bytes) -> None:
        """Add the lines that the writer under the lock appended to the file that had the identity `before`."""
        source = self._source()
        if source is None or source.identity != before:
            return
        new = _reduced((line for line in added.split(b"\n") if line), zone=self.zone)
        if not new.has_undo:  # else the next reader sees that the file has changed
            self._add_to(before, new, identity(file))

    def invalidate(self) -> None:
        """Have the index built again next time."""
        self.database.execute("DELETE FROM source")

    def _add_to(self, before: str, reducer: Reducer, after: str) -> None:
        """Add reduced lines where the index is of the file of identity `before`; its identity is then `after`."""
        with self._transaction() as execute:
            source = self._source()
            if source is not None and source.identity == before:
                self._add(reducer)
                day = max(source.greatest_day, reducer.greatest_day)
                execute("UPDATE source SET identity = ?, greatest_day = ?", (after, day))


def _reduced(lines: Iterable[bytes], undone: Set[str] = frozenset(), zone: str = ZONE) -> Reducer:
    """Reduce some of the lines of a journal; their numbers do not matter, nor how far one is from the next."""
    reducer = Reducer(undone, after=MAX_SEQ, zone=zone)
    for line in lines:
        reducer.add(0, line)
    return reducer


def _rows(reducer: Reducer) -> Iterable[tuple[int, str, bytes, bytes]]:
    """Return reduced lines as rows: task, unit ('' for the whole task), the deciding lines, the details."""
    return (_row(key, lines) for key, lines in reducer.by_key.items())


def _row(key: bytes, lines: ReducedLines) -> tuple[int, str, bytes, bytes]:
    task, unit = decode_key(key)
    return task, unit or "", b"\n".join(lines.deciding()), b"\n".join(lines.details())


def _extended(file: BinaryIO, source: _Source, tail: Reducer, digest: hashlib._Hash) -> _Source:
    """Return the source with every complete line of the file; `digest`, that of the old source, is updated."""
    number, end = source.lines, source.size
    for line in _complete_lines(file, source.size, os.fstat(file.fileno()).st_size):
        digest.update(line)
        number, end = number + 1, end + len(line)
    in_order, unsearchable = source.in_order and tail.in_order, source.unsearchable or tail.unsearchable
    day = max(source.greatest_day, tail.greatest_day)
    return _Source("", end, digest.digest(), number, tail.seq, bool(in_order), bool(unsearchable), day)


def _complete_lines(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the lines between two offsets that end in a newline."""
    file.seek(start)
    for line in file:
        start += len(line)
        if start > end or not line.endswith(b"\n"):
            return
        yield line


def _digest(file: BinaryIO, size: int) -> tuple[hashlib._Hash, bool]:
    """Return the SHA-256 of the first `size` bytes, and True if the file has that many."""
    file.seek(0)
    digest, left = hashlib.sha256(), size
    while left and (block := file.read(min(left, _BLOCK))):
        digest.update(block)
        left -= len(block)
    return digest, left == 0


def _tail(file: BinaryIO, source: _Source, zone: str) -> Reducer:
    """Reduce the lines after the indexed bytes."""
    file.seek(source.size)
    reducer = Reducer(after=source.seq, zone=zone)
    for number, line in enumerate(file, source.lines + 1):
        add_line(reducer, number, line)
    return reducer
