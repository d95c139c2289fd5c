"""The database of an index, and what is in it. It stands in the cache directory and may be deleted at any time."""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import starmap

from gkcheck.journal import Scope
from gkcheck.journal.index.marks import greatest_day, has_review, latest_places
from gkcheck.journal.record_format import encode_text
from gkcheck.paths import CACHE, own_path
from gkcheck.types import NamedTuple

_LAYOUT = 12

_SCHEMA = f"""
PRAGMA journal_mode = WAL;
BEGIN;
DROP TABLE IF EXISTS reduced; DROP TABLE IF EXISTS faults; DROP TABLE IF EXISTS source;
DROP TABLE IF EXISTS assignments; DROP TABLE IF EXISTS apart; DROP TABLE IF EXISTS undone;
CREATE TABLE assignments (
    task INTEGER, unit TEXT, day INTEGER, deciding BLOB, marks BLOB, PRIMARY KEY (task, unit)
) WITHOUT ROWID;
CREATE INDEX assignments_unit ON assignments (unit);
CREATE TABLE apart (kind TEXT, place INTEGER, PRIMARY KEY (kind, place)) WITHOUT ROWID;
CREATE TABLE undone (batch TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE faults (number INTEGER, message TEXT);
CREATE TABLE source (
    journal TEXT, zone TEXT, identity TEXT, size INTEGER, digest BLOB, appended INTEGER, check_sum INTEGER,
    lines INTEGER, seq INTEGER, day INTEGER, in_order INTEGER
);
PRAGMA user_version = {_LAYOUT};
COMMIT;
"""

_MOST_CHOSEN = 500
"""The most units or tasks that are asked for by name; with more of them all rows are read."""


class Source(NamedTuple):
    """The lines in the index: the first `size` bytes of a file, with the SHA-256 `digest`, and what writers added.

    `appended` is the number of bytes that writers have added to file and index since, `check_sum` their CRC-32; the
    file had the `identity` after that. `lines`, `seq` and `in_order` are those of the first `size` bytes, `day` (as
    `marks.day_bits`) that of all.
    """

    identity: str
    size: int
    digest: bytes
    appended: int
    check_sum: int
    lines: int
    seq: int
    day: int
    in_order: bool


class Storage:
    """The tables of the index of one journal; `zone` is the office's, in whose days its marks are.

    In memory where it shall not be kept.
    """

    def __init__(self, journal: str | os.PathLike[str], zone: str, in_memory: bool = False) -> None:
        self._of = os.path.realpath(journal), zone
        if in_memory:
            self._database = sqlite3.connect(":memory:", isolation_level=None)
            self._database.executescript(_SCHEMA)
            return
        path = own_path(CACHE, "journals", f"{zlib.crc32(os.fsencode(self._of[0])):08x}.sqlite3")
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=1.0, isolation_level=None)
        try:
            if self._database.execute("PRAGMA user_version").fetchone()[0] != _LAYOUT:
                self._database.executescript(_SCHEMA)
            self._database.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.OperationalError:
            self._database.close()
            raise
        except sqlite3.DatabaseError:
            self._database.close()
            for suffix in ("", "-wal", "-shm", "-journal"):
                with suppress(FileNotFoundError):
                    os.unlink(path + suffix)
            raise

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is written within, all of it; roll it back after an exception."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK")
            raise

    # -- reading -------------------------------------------------------------------------------------

    def source(self) -> Source | None:
        """Return what the index was built from; None where it is not of this journal, or is empty."""
        row = self._database.execute(
            f"SELECT {', '.join(Source._fields)} FROM source WHERE journal = ? AND zone = ?", self._of
        ).fetchone()
        return Source(*row) if row else None

    def marks(self, scope: Scope) -> Iterator[array[int]]:
        """Yield the marks of each (task, unit) of a scope; those of whole tasks are within every scope of units.

        Raises:
            ValueError: the index is damaged.
        """
        where, values = _condition(scope)
        rows = self._database.execute(f"SELECT task, unit, marks FROM assignments{where}", values)
        return starmap(_unpacked, rows)

    def deciding(self, scope: Scope) -> Iterator[Sequence[int]]:
        """Yield the `latest_places` without details of each (task, unit) of a scope. Raises as `marks`."""
        rows = self._database.execute("SELECT task, unit, marks FROM assignments WHERE unit = 'null'")
        reviewed = {task for task, unit, blob in rows if has_review(_unpacked(task, unit, blob))}
        for task in reviewed if scope.tasks is None else reviewed & scope.tasks:
            for marks in self.marks(scope._replace(tasks=frozenset({task}))):
                yield latest_places(marks, details=False)
        where, values = _condition(scope)
        for task, unit, blob in self._database.execute(f"SELECT task, unit, deciding FROM assignments{where}", values):
            if task not in reviewed:
                yield _unpacked(task, unit, blob)

    def marks_by_key(self) -> Iterator[tuple[tuple[int, str | None], array[int]]]:
        """Yield every (task, unit) with its marks. Raises as `marks`."""
        for task, unit, blob in self._database.execute("SELECT task, unit, marks FROM assignments"):
            yield (task, json.loads(unit)), _unpacked(task, unit, blob)

    def marks_after(self, day: int) -> Iterator[array[int]]:
        """Yield the marks of each (task, unit) with a fact of a later day."""
        rows = self._database.execute("SELECT task, unit, marks FROM assignments WHERE day > ?", (day,))
        return starmap(_unpacked, rows)

    def marks_of(self, key: str) -> array[int]:
        """Return the marks of one (task, unit), as a line writes it."""
        task, unit = _columns(key)
        row = self._database.execute(
            "SELECT marks FROM assignments WHERE task = ? AND unit = ?", (task, unit)
        ).fetchone()
        return _unpacked(task, unit, row[0]) if row else array("Q")

    def others(self) -> list[int]:
        """Return the places of the lines about no task, the undos, in the order of the file."""
        return self._apart("other")

    def odd(self) -> list[int]:
        """Return the places of the lines that a search for bytes may miss."""
        return self._apart("odd")

    def _apart(self, kind: str) -> list[int]:
        rows = self._database.execute("SELECT place FROM apart WHERE kind = ? ORDER BY place", (kind,))
        return [place for (place,) in rows]

    def undone(self) -> set[str]:
        """Return the batches that are undone in the end."""
        return {batch for (batch,) in self._database.execute("SELECT batch FROM undone")}

    def faults(self) -> list[tuple[int, str]]:
        """Return the lines that could not be used, by number, and why."""
        return list(self._database.execute("SELECT number, message FROM faults ORDER BY number"))

    # -- writing: within a transaction ---------------------------------------------------------------

    def clear(self) -> None:
        """Empty the index."""
        for table in ("assignments", "apart", "undone", "faults", "source"):
            self._database.execute(f"DELETE FROM {table}")

    def set_source(self, source: Source | None) -> None:
        """Say what the index holds; None: nothing that may be used."""
        self._database.execute("DELETE FROM source")
        if source is not None:
            signs = ", ".join("?" * (len(source) + len(self._of)))
            self._database.execute(f"INSERT INTO source VALUES ({signs})", (*self._of, *source))

    def set_marks(self, marks: Mapping[str, array[int]]) -> None:
        """Replace the marks of some (task, unit)."""
        self._database.executemany(
            "INSERT OR REPLACE INTO assignments VALUES (?, ?, ?, ?, ?)", sorted(map(_row, marks.items()))
        )

    def add_apart(self, others: Iterable[int], odd: Iterable[int]) -> None:
        """Add places of lines about no task, and of those that a search may miss."""
        for kind, places in (("other", others), ("odd", odd)):
            self._database.executemany("INSERT OR IGNORE INTO apart VALUES (?, ?)", ((kind, place) for place in places))

    def set_undone(self, batches: Collection[str]) -> None:
        """Replace the batches that are undone."""
        self._database.execute("DELETE FROM undone")
        self._database.executemany("INSERT INTO undone VALUES (?)", ((batch,) for batch in batches))

    def add_faults(self, faults: Iterable[tuple[int, str]]) -> None:
        """Add lines that could not be used."""
        self._database.executemany("INSERT INTO faults VALUES (?, ?)", faults)


def _condition(scope: Scope) -> tuple[str, list[int | str]]:
    """Return the condition that chooses the rows of a scope, and its values; none for a scope of very many."""
    units = None if scope.units is None else {encode_text(unit) for unit in (None, *scope.units)}
    where: list[str] = []
    values: list[int | str] = []
    for column, chosen in (("task", scope.tasks), ("unit", units)):
        if chosen is not None and len(chosen) <= _MOST_CHOSEN:
            where.append(f"{column} IN ({','.join('?' * len(chosen))})")
            values += [*chosen]
    return (f" WHERE {' AND '.join(where)}" if where else ""), values


def _columns(key: str) -> tuple[int, str]:
    """Return a (task, unit) as a line writes it as the columns of its row; the unit stays JSON."""
    task, unit = key.removeprefix('"task":').split(',"unit":', 1)
    return int(task), unit


def _row(item: tuple[str, array[int]]) -> tuple[int, str, int, bytes, bytes]:
    key, marks = item
    task, unit = _columns(key)
    deciding = array("Q", latest_places(marks, details=False, alone=True))
    return task, unit, greatest_day(marks), _packed(task, unit, deciding), _packed(task, unit, marks)


def _packed(task: int, unit: str, numbers: array[int]) -> bytes:
    """Return numbers as bytes that end in their check sum."""
    data = numbers.tobytes()
    return data + zlib.crc32(data, zlib.crc32(f"{task}{unit}".encode())).to_bytes(4, "big")


def _unpacked(task: int, unit: str, blob: bytes) -> array[int]:
    if zlib.crc32(blob[:-4], zlib.crc32(f"{task}{unit}".encode())).to_bytes(4, "big") != blob[-4:]:
        raise ValueError("the index is damaged")
    return array("Q", blob[:-4])
