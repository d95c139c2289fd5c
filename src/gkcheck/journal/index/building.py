"""Mark the lines of a journal in one pass, which checks each of them; settle afterwards what the pass could not know.

The pass takes the lines in the order of the file. An undo stands after what it takes back, and the lines of a journal
put together from several need not be in the order of facts.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence, Set

from gkcheck.digest import sha256_for
from gkcheck.journal import record_format
from gkcheck.journal.clock import at_office, in_zone
from gkcheck.journal.index.lines import (
    FEW,
    action_needle,
    batch_needle,
    complete_lines,
    entries_at,
    entries_with,
    form_needle,
    positions_of_batches,
)
from gkcheck.journal.index.marks import (
    KEPT,
    NEXT,
    NOTE,
    PLACE,
    PROBLEM,
    UNDONE,
    WORDS,
    day_bits,
    kinds_of_action,
    mark_of,
    place_of,
    toggled,
)
from gkcheck.journal.live import undone_batches
from gkcheck.journal.reader import TORN, identity
from gkcheck.journal.record_format import MAX_LINE, encode_key
from gkcheck.journal.transport import lines_in
from gkcheck.model import ZONE, Action, Entry
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib
    from typing import BinaryIO

Advance = Callable[[int, int], None]
"""Called with the bytes read so far and all there are."""

HalfAsValues = tuple[int, int, int, int, int, bool, dict[str, bytes], list[int], list[int], list[tuple[int, str]]]
"""Lines as `MarkedLines.as_values` gives them: end, seq of the first, number, seq, day, in_order, marks, others, odd, faults."""

_KINDS = {action.value: kinds_of_action(action) for action in Action}
_NOTE, _PROBLEM, _NEXT = NOTE // WORDS, PROBLEM // WORDS, NEXT // WORDS


class MarkedLines:
    """The marks of lines that follow one another in a journal.

    `marks`: by (task, unit) as a line writes it, in the order of the file. `others`: the places of the lines about no
    task, the undos. `odd`: those of lines that are not laid out as `record_format.encode` does. `faults`: the lines that
    could not be used, by number. `end` is the place after the last line, `number` its number, `seq` the greatest, `day`
    the greatest of the facts (`day_bits`); `in_order` is True if the lines stood in the order of facts.
    """

    def __init__(self, zone: str = ZONE, end: int = 0, number: int = 0, seq: int = 0) -> None:
        self.marks: dict[str, array[int]] = {}
        self.others: list[int] = []
        self.odd: list[int] = []
        self.faults: list[tuple[int, str]] = []
        self.end = end
        self.number = number
        self.seq = seq
        self.day = 0
        self.in_order = True
        self.zone = zone
        self._last: bytes | None = None

    def add(self, lines: Sequence[bytes]) -> None:
        """Add lines that stand one after the other from `end` on, each of them without its newline.

        Raises:
            DamagedLine: the journal has a line that only a reading of the whole can judge.
        """
        sha256 = sha256_for(len(lines))
        marks, place, last, zone, greatest = self.marks, self.end, self._last, self.zone, self.day
        for number, (line, fields) in enumerate(zip(lines, _brief_fields(lines), strict=True), self.number + 1):
            written, at, key, action, note, evidence, on, problem, next_step, id_ = fields
            if id_ and sha256(line[:-41]).hexdigest()[:32] == id_ and len(line) <= MAX_LINE:
                seq = int(written)
                if seq == self.seq + 1:
                    self.seq = seq
                else:
                    self._count(seq, line, last)
                last = line
                kinds = _KINDS[action]
                if note:
                    kinds |= (kinds & WORDS) * _NOTE
                if problem:
                    kinds |= (kinds & WORDS) * _PROBLEM
                if next_step:
                    kinds |= (kinds & WORDS) * _NEXT
                if evidence:
                    kinds |= KEPT
                day = day_bits(on or (at[:10] if at.endswith(zone) else in_zone(at, zone)[:10]))
                if day > greatest:
                    greatest = day
                mark = place << PLACE | day | kinds
                try:
                    marks[key].append(mark)
                except KeyError:
                    marks[key] = array("Q", (mark,))
            elif line.strip(b" \t\r"):
                last = self._add_other(number, place, line, last)
            place += len(line) + 1
        self.end, self.number, self._last, self.day = place, self.number + len(lines), last, max(greatest, self.day)

    def as_values(self, first: int) -> HalfAsValues:
        """Return these lines as values for `append` in another process; `first` is the seq of the first of them."""
        marks = {key: marks.tobytes() for key, marks in self.marks.items()}
        return (
            self.end,
            first,
            self.number,
            self.seq,
            self.day,
            self.in_order,
            marks,
            self.others,
            self.odd,
            self.faults,
        )

    def append(self, half: HalfAsValues) -> None:
        """Add the lines after these, as `as_values` gave them. Raises as `add`."""
        end, first, number, seq, day, in_order, marks, others, odd, faults = half
        self.in_order = self.in_order and in_order and first > self.seq
        self._raise_seq(first)
        self.seq = max(self.seq, seq)
        self.faults += [(self.number + line, fault) for line, fault in faults]
        self.end, self.number, self.day = end, self.number + number, max(self.day, day)
        self.others += others
        self.odd += odd
        for key, data in marks.items():
            self.marks.setdefault(key, array("Q")).frombytes(data)

    def add_rest(self, rest: bytes) -> None:
        """Add the bytes after the last newline: a line without one, or one that is not written to its end."""
        if record_format.is_whole(rest) or lines_in(rest):
            self.add([rest])
        elif rest:
            self.faults.append((self.number + 1, TORN))

    def _add_other(self, number: int, place: int, line: bytes, last: bytes | None) -> bytes | None:
        """Add a line that has no fields without decoding; return the last line that is an entry."""
        if not record_format.is_whole(line):
            if lines_in(line):
                raise record_format.DamagedLine("在传送中有改动")
            self.faults.append((number, "记录已损坏（内容与校验码不符），已跳过"))
            for one in record_format.split_damaged(line)[0]:  # a repair brings it back
                self._raise_seq(record_format.seq_of(one) or 0)
            return last
        try:
            entry = at_office(record_format.decode(line), self.zone)
        except record_format.DamagedLine as damage:
            self.faults.append((number, f"记录看不懂（{damage}），已保留但不计入"))
            self._raise_seq(record_format.seq_of(line) or 0)
            return last
        self._count(entry.seq, line, last)
        needles = [action_needle(entry.action), batch_needle(entry.batch) + b'"']
        if any(needle not in line for needle in [*needles, *(() if entry.form is None else [form_needle(entry.form)])]):
            self.odd.append(place)
        if entry.task is None:
            self.others.append(place)
        else:
            key = encode_key(entry.task, entry.unit)
            self.marks.setdefault(key, array("Q")).append(mark_of_entry(place, entry))
        self.day = max(self.day, day_bits(entry.day))
        return line

    def _count(self, seq: int, line: bytes, last: bytes | None) -> None:
        """Count the seq of an entry, and see whether it comes after the last one in the order of facts."""
        if self.in_order and seq <= self.seq:
            from gkcheck.journal.line_fields import order_of

            self.in_order = last is not None and order_of(line) > order_of(last)
        self._raise_seq(seq)

    def _raise_seq(self, seq: int) -> None:
        if seq > self.seq + record_format.MAX_LEAP:
            raise record_format.DamagedLine("seq 大得太多")
        self.seq = max(seq, self.seq)


def _brief_fields(lines: Sequence[bytes]) -> list[tuple[str, ...]]:
    """Return the brief fields of each line: none of a few, which are decoded."""
    if len(lines) <= FEW:
        return [("",) * 10] * len(lines)
    from gkcheck.journal.line_fields import brief_fields

    return brief_fields(lines)


def mark_of_entry(place: int, entry: Entry, undone: Set[str] = frozenset()) -> int:
    """Return the mark of an entry about a task."""
    kinds = kinds_of_action(entry.action)
    if kinds & WORDS:
        kinds |= (NOTE if entry.note else 0) | (PROBLEM if entry.problem else 0) | (NEXT if entry.next else 0)
    kinds |= (KEPT if entry.evidence else 0) | (UNDONE if entry.batch in undone else 0)
    return mark_of(place, entry.day, kinds)


def in_order_of_facts(file: BinaryIO, places: Iterable[int], undone: Set[str], zone: str) -> array[int]:
    """Return the marks of the lines about one (task, unit) in the order of facts, each entry once, by reading them."""
    places = list(places)
    by_id = {entry.id: (entry, place) for place, entry in zip(places, entries_at(file, places, zone), strict=True)}
    ordered = sorted(by_id.values(), key=lambda one: one[0].order)
    return array("Q", (mark_of_entry(place, entry, undone) for entry, place in ordered))


def places_of_batches(
    file: BinaryIO, end: int, batches: Collection[str], odd: Sequence[int], zone: str
) -> dict[str, set[int]]:
    """Return the places of the lines of some batches before `end`, by the (task, unit) they are about as a line writes it.

    `odd` are the places of lines that a search may miss.
    """
    placed: dict[str, set[int]] = defaultdict(set)
    if batches:
        entries = entries_with(file, end, positions_of_batches(batches), zone)
        entries.update(zip(odd, entries_at(file, odd, zone), strict=True))
        for place, entry in entries.items():
            if entry.batch in batches and entry.task is not None:
                placed[encode_key(entry.task, entry.unit)].add(place)
    return placed


def mark_undone(file: BinaryIO, marked: MarkedLines, undone: Collection[str], zone: str) -> None:
    """Mark the lines of undone batches, among all lines of a journal."""
    for key, places in places_of_batches(file, marked.end, undone, marked.odd, zone).items():
        marked.marks[key] = toggled(marked.marks[key], places)


_TWO_HALVES = 1 << 25
"""The bytes of a journal whose second half is left to a child process: about 130,000 entries, half a second."""


def read_whole(file: BinaryIO, end: int, zone: str, advance: Advance) -> tuple[MarkedLines, set[str], bytes]:
    """Mark the complete lines of a journal before `end`; return them, the undone batches, and their SHA-256."""
    from hashlib import sha256

    file.seek(0)
    header = file.readline()
    marked, digest = MarkedLines(zone, len(header), 1), sha256(header)
    if end >= _TWO_HALVES and _can_fork():
        _read_halves(file, end, marked, digest, advance)
    _read(file, end, marked, digest, advance)
    undone = undone_batches(entries_at(file, marked.others, zone))
    if marked.in_order:
        mark_undone(file, marked, undone, zone)
    else:
        for key, marks in marked.marks.items():
            marked.marks[key] = in_order_of_facts(file, map(place_of, marks), undone, zone)
    return marked, undone, digest.digest()


def _can_fork() -> bool:
    from gkcheck.journal.index.child import can_fork

    return can_fork()


def _read(file: BinaryIO, end: int, marked: MarkedLines, digest: hashlib._Hash | None, advance: Advance) -> None:
    """Mark the complete lines up to `end` that are not marked yet."""
    for lines in complete_lines(file, marked.end, end, digest):
        marked.add(lines)
        advance(marked.end, end)


def _read_halves(file: BinaryIO, end: int, marked: MarkedLines, digest: hashlib._Hash, advance: Advance) -> None:
    """Mark the first half of the lines, and the second in a child process; if that comes to nothing the first alone."""
    file.seek(end // 2)
    middle, now = end // 2 + len(file.readline()), identity(file)

    def second() -> HalfAsValues:
        with open(file.name, "rb") as own:
            own.seek(middle)
            first = record_format.seq_of(own.readline())
            if identity(own) != now or first is None:
                raise ValueError("the file was replaced, or its lines are damaged")
            half = MarkedLines(marked.zone, middle, 0, first - 1)
            _read(own, end, half, None, lambda done, total: None)
            return half.as_values(first)

    from gkcheck.journal.index.child import in_child

    with in_child(second) as result:
        _read(file, middle, marked, digest, lambda done, total: advance(2 * done, end))
        half = result()
        if half is not None:
            file.seek(middle)
            for block in iter(lambda: file.read(min(1 << 20, half[0] - file.tell())), b""):
                digest.update(block)
            marked.append(half)
