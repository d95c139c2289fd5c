"""The index of a long journal: where each line stands and what kinds of things it says. It answers these questions:

- `current`: what is the present state of some assignments, or their state on a day? The lines that it depends on.
- `history`: what was recorded about some tasks or units, in a batch, of one action? All their lines, and every undo.
- `latest`: what was recorded last?
- `past_statuses`: what had set each status at the end of some days? It is told from the marks alone.
- `greatest_seq`: which number does the next entry get?

What it holds is in `storage`: of each (task, unit) the marks of its lines (`marks`), the places of the undos, the undone
batches, the faults. The lines themselves are read from the journal (`lines`), each with its check. It is built in one
pass (`building`).

It is used only for a journal whose first bytes have the SHA-256 of those it was built from; lines after them are read
besides. It is built again where it is missing, stale or damaged. A writer only has to know that the journal is as the
last writer left it: it compares the file's identity (inode, size, times), so that its work does not grow with the file.
"""

from __future__ import annotations

import os
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from sqlite3 import OperationalError

from gkcheck.journal import Scope, record_format
from gkcheck.journal.index.building import (
    Advance,
    MarkedLines,
    in_order_of_facts,
    mark_of_entry,
    places_of_batches,
    read_whole,
)
from gkcheck.journal.index.lines import (
    Positions,
    action_needle,
    batch_needle,
    complete_lines,
    digest_of,
    entries_at,
    entries_with,
    entry_in,
    positions_of,
    positions_of_forms,
)
from gkcheck.journal.index.marks import changes_on, count_later, day_bits, latest_places, place_of, toggled
from gkcheck.journal.index.storage import Source, Storage
from gkcheck.journal.live import undone_batches
from gkcheck.journal.reader import blocks_to_end, identity
from gkcheck.journal.record_format import decode_key
from gkcheck.model import ZONE, Entry, PastStatuses
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import BinaryIO

_STALE_AFTER = 1 << 18
"""A reader brings the index up to date where the journal has this many bytes more."""


class Answer(NamedTuple):
    """Entries, their times in the office's zone, and the faults of the whole journal by line number.

    `in_order`: the entries stand in the order of facts, each once. `later` is the number of entries of the whole journal
    that were left out because they are about later days.
    """

    entries: list[Entry]
    faults: list[tuple[int, str]]
    in_order: bool = False
    later: int = 0


class Verified(NamedTuple):
    """A file, by its identity, that was found to begin with the bytes of a digest."""

    identity: str
    digest: bytes


class Index:
    """The index of one journal, a context manager. The caller ignores every error and does without the index.

    `zone` is the office's: an index of the days of another zone is built again. `verified` is what this process knows
    already; `advance` is called while the index is built.
    """

    def __init__(
        self,
        journal: str | os.PathLike[str],
        zone: str = ZONE,
        in_memory: bool = False,
        verified: Verified | None = None,
        advance: Advance = lambda done, total: None,
    ) -> None:
        self.zone = zone
        self.verified = verified
        self._advance = advance
        self._storage = Storage(journal, zone, in_memory)

    def __enter__(self) -> Index:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None and not issubclass(error, OperationalError):  # which is another process that writes
            with suppress(Exception):
                self._invalidate()
        self._storage.close()

    # -- the questions -------------------------------------------------------------------------------

    def current(self, file: BinaryIO, scope: Scope, last_day: str | None = None, is_writer: bool = False) -> Answer:
        """Return the entries within a scope that its state depends on, as it stood on `last_day` (None: after all).

        `is_writer`: the writers' lock is held; a file of known identity is not read.
        """
        tail = self._tail_for_writer(file) if is_writer else self._update(file)
        source = self._source()
        until = day_bits(last_day) if last_day is not None else None
        if last_day is not None and until is not None and max(source.day, tail.day) > until:
            if tail.marks or tail.faults:
                tail = self._update(file, whole=True)
            if tail.marks:
                raise record_format.DamagedLine("最后一条后面没有换行")
            return self._on_day(file, scope, last_day, until, tail.faults)
        if scope.details:
            places = {place for marks in self._storage.marks(scope) for place in latest_places(marks)}
        else:
            places = {place for deciding in self._storage.deciding(scope) for place in deciding}
        entries = self._entries(file, places.union(_places(tail, scope)))
        if tail.marks and (undone := self._storage.undone()):
            entries = [entry for entry in entries if entry.batch not in undone]
        return self._answer(entries, tail)

    def history(self, file: BinaryIO, scope: Scope) -> Answer:
        """Return all entries of a scope, replaced and undone ones too, every undo, and all faults.

        Entries of other scopes may be among them.
        """
        tail = self._update(file)
        places = {*self._storage.others(), *tail.others}
        positions = _positions(scope)
        if positions is not None:
            places.update(entries_with(file, _size(file), positions, self.zone))
            places.update(self._storage.odd(), tail.odd)
        else:
            places.update(place_of(mark) for marks in self._storage.marks(scope) for mark in marks)
            places.update(_places(tail, scope))
        return self._answer(self._entries(file, places), tail)

    def latest(self, file: BinaryIO, count: int) -> list[Entry] | None:
        """Return the last `count` entries in the order of facts; None where the file is not in that order."""
        tail = self._update(file)
        if not (tail.in_order and self._source().in_order):
            return None
        entries: list[Entry] = []
        for start, block in blocks_to_end(file, _size(file)):
            lines = block.split(b"\n")
            entries = []
            for line in lines[1:] if start else lines:
                with suppress(record_format.DamagedLine):
                    entries.append(entry_in(line, self.zone))
            if len(entries) >= count:
                break
        return entries[-count:]

    def past_statuses(self, file: BinaryIO, days: Sequence[date]) -> PastStatuses | None:
        """Return what had set each status at the end of some days; None where the file is not in the order of facts."""
        tail = self._update(file, whole=True)
        if not (tail.in_order and self._source().in_order):
            return None
        undone, ends = self._undone_on(file, days), [day_bits(day.isoformat()) for day in days]
        last = {decode_key(key): marks for key, marks in tail.marks.items()}  # a line without a newline
        found = {
            key: changes_on(marks + last.pop(key, array("Q")), ends, undone)
            for key, marks in self._storage.marks_by_key()
        }
        return found | {key: changes_on(marks, ends, undone) for key, marks in last.items()}

    def _undone_on(self, file: BinaryIO, days: Sequence[date]) -> dict[int, list[bool]]:
        """Return, for the places of lines that were undone on some of the days and not on all, or not in the end, on which."""
        undos, in_the_end = entries_at(file, self._storage.others(), self.zone), self._storage.undone()
        by_day = [undone_batches(undos, day.isoformat()) for day in days]
        changed = set[str]().union(*(in_the_end ^ undone for undone in by_day))
        found = places_of_batches(file, _size(file), changed, self._storage.odd(), self.zone)
        places = [place for of_key in found.values() for place in of_key]
        batches = (entry.batch for entry in entries_at(file, places, self.zone))
        return {place: [batch in undone for undone in by_day] for place, batch in zip(places, batches, strict=True)}

    def greatest_seq(self, file: BinaryIO, last: int) -> int:
        """Return the greatest seq, for a writer under its lock; `last` is that of the last line.

        A file of known identity is not read: what writers have appended to it since ends in its greatest seq.
        """
        return max(self._tail_for_writer(file).seq, last)

    # -- answering -----------------------------------------------------------------------------------

    def _source(self) -> Source:
        source = self._storage.source()
        if source is None:
            raise OperationalError("another process has emptied the index")
        return source

    def _entries(self, file: BinaryIO, places: Iterable[int]) -> list[Entry]:
        return entries_at(file, sorted(places), self.zone)

    def _answer(self, entries: list[Entry], tail: MarkedLines) -> Answer:
        faults = self._storage.faults() + tail.faults
        return Answer(entries, faults, bool(self._source().in_order and tail.in_order))

    def _on_day(self, file: BinaryIO, scope: Scope, last_day: str, until: int, faults: list[tuple[int, str]]) -> Answer:
        """Return as `current` on a day after which there are facts; all lines are in the index."""
        storage, zone = self._storage, self.zone
        undos = entries_at(file, storage.others(), zone)
        undone = undone_batches(undos, last_day)
        otherwise = places_of_batches(file, _size(file), undone ^ storage.undone(), storage.odd(), zone)
        changed = {place for places in otherwise.values() for place in places}
        later = len({entry.id for entry in undos if entry.day > last_day and entry.batch not in undone})
        for marks in storage.marks_after(until):
            later += count_later(toggled(marks, changed) if changed else marks, until)
        places: list[int] = []
        for marks in storage.marks(scope):
            places += latest_places(toggled(marks, changed) if changed else marks, until, scope.details)
        in_order = bool(self._source().in_order)
        return Answer(self._entries(file, places), storage.faults() + faults, in_order, later)

    # -- keeping up with the file --------------------------------------------------------------------

    def _update(self, file: BinaryIO, whole: bool = False) -> MarkedLines:
        """Bring the index up to date where it is not of this file; return the lines after the indexed ones, marked.

        `whole`: afterwards every line that ends in a newline is indexed.
        """
        size = _size(file)
        source = self._sound_source(file) or self._rebuild(file, size)
        tail = MarkedLines(self.zone, source.size, source.lines, source.seq)
        for lines in complete_lines(file, source.size, size):
            tail.add(lines)
        try:
            if tail.others or tail.end - source.size >= (1 if whole else _STALE_AFTER):
                self._extend(file, source, tail)
                tail = MarkedLines(self.zone, tail.end, tail.number, tail.seq)
        except OperationalError:  # another process writes; needed where something depends on it
            if tail.others or whole:
                raise
        file.seek(tail.end)
        tail.add_rest(file.read(size - tail.end))
        if tail.others:
            raise record_format.DamagedLine("最后一条是撤销，后面没有换行")
        return tail

    def _sound_source(self, file: BinaryIO) -> Source | None:
        """Return what the index was built from, after comparing that with the file; None where it has to be built anew."""
        source, now = self._storage.source(), identity(file)
        if source is None:
            return None
        if self.verified != (now, source.digest):
            digest, is_complete = digest_of(file, source.size)
            if not is_complete or digest.digest() != source.digest:
                return None
            if source.identity != now and zlib.crc32(file.read(source.appended)) != source.check_sum:
                return None
            self.verified = Verified(now, source.digest)
        return source

    def _rebuild(self, file: BinaryIO, size: int) -> Source:
        """Build the index from the complete lines of the file, in one transaction."""
        now = identity(file)
        try:
            marked, undone, digest = read_whole(file, size, self.zone, self._advance)
        finally:
            self._advance(size, size)
        source = Source("", marked.end, digest, 0, 0, marked.number, marked.seq, marked.day, marked.in_order)
        with self._storage.transaction():
            self._storage.clear()
            self._storage.set_marks(marked.marks)
            self._storage.add_apart(marked.others, marked.odd)
            self._storage.set_undone(undone)
            self._storage.add_faults(marked.faults)
            self._storage.set_source(source)
        self.verified = Verified(now, digest)
        return source

    def _extend(self, file: BinaryIO, source: Source, tail: MarkedLines) -> None:
        """Add the complete lines after the indexed ones to the index; an undo changes the marks of what it takes back."""
        storage, now = self._storage, identity(file)
        digest, _ = digest_of(file, tail.end)
        with storage.transaction():
            if storage.source() != source:
                raise OperationalError("another process has written to the index")
            before = storage.undone()
            storage.add_apart(tail.others, tail.odd)
            undos = entries_at(file, storage.others(), self.zone) if tail.others else []
            after = undone_batches(undos) if tail.others else before
            marks = {key: self._marks_with(file, key, added, before) for key, added in tail.marks.items()}
            changed = places_of_batches(file, tail.end, before ^ after, storage.odd(), self.zone)
            for key, places in changed.items():
                marks[key] = toggled(marks.get(key) or storage.marks_of(key), places)
            if not tail.in_order:
                marks = {
                    key: in_order_of_facts(file, map(place_of, ones), after, self.zone) for key, ones in marks.items()
                }
            storage.set_marks(marks)
            storage.set_undone(after)
            storage.add_faults(tail.faults)
            in_order = bool(source.in_order and tail.in_order)
            day = max(source.day, tail.day)
            storage.set_source(Source("", tail.end, digest.digest(), 0, 0, tail.number, tail.seq, day, in_order))
        self.verified = Verified(now, digest.digest())

    def _marks_with(self, file: BinaryIO, key: str, added: array[int], undone: set[str]) -> array[int]:
        """Return the marks of a (task, unit) with those of further lines, which a writer may have added already."""
        marks = self._storage.marks_of(key)
        known = set(map(place_of, marks))
        new = [place for place in map(place_of, added) if place not in known]
        entries = zip(new, entries_at(file, new, self.zone), strict=True)
        return marks + array("Q", (mark_of_entry(place, entry, undone) for place, entry in entries))

    # -- the writer ----------------------------------------------------------------------------------

    def _tail_for_writer(self, file: BinaryIO) -> MarkedLines:
        """Return as `_update`, for a writer under its lock: nothing is read of a file of known identity."""
        source, now = self._storage.source(), identity(file)
        if source is None or source.identity != now:
            tail = self._update(file, whole=True)
            if not tail.marks:
                with self._storage.transaction():
                    self._storage.set_source(self._source()._replace(identity=now))
            return tail
        return MarkedLines(self.zone, seq=source.seq)

    def add_appended(self, file: BinaryIO, before: str, added: bytes) -> None:
        """Add the lines that the writer under the lock appended to the file that had the identity `before`.

        An undo is not added: the next reader sees that the file has changed.
        """
        lines = added.split(b"\n")[:-1]
        new = MarkedLines(self.zone, _size(file) - len(added), 0, (record_format.seq_of(lines[0]) or 1) - 1)
        start = new.end
        new.add(lines)
        with self._storage.transaction():
            source = self._storage.source()
            if source is None or source.identity != before or source.size + source.appended != start or new.others:
                return
            self._storage.set_marks({key: self._storage.marks_of(key) + marks for key, marks in new.marks.items()})
            appended, check_sum = source.appended + len(added), zlib.crc32(added, source.check_sum)
            self._storage.set_source(
                source._replace(
                    identity=identity(file), appended=appended, check_sum=check_sum, day=max(source.day, new.day)
                )
            )

    def _invalidate(self) -> None:
        """Have the index built again next time."""
        with self._storage.transaction():
            self._storage.set_source(None)


def _positions(scope: Scope) -> Positions | None:
    """Return where the lines are that only a search finds; None for a scope of tasks and units."""
    if scope.forms is not None:
        return positions_of_forms(scope.forms)
    if scope.action is not None:
        return positions_of(action_needle(scope.action))
    return None if scope.batch is None else positions_of(batch_needle(scope.batch))


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _places(tail: MarkedLines, scope: Scope) -> Iterator[int]:
    """Yield the places of the lines of a scope; those of whole tasks are within every scope of units."""
    for key, marks in tail.marks.items():
        task, unit = decode_key(key)
        if (scope.tasks is None or task in scope.tasks) and (
            scope.units is None or unit is None or unit in scope.units
        ):
            yield from map(place_of, marks)
