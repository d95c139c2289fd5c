"""A long journal boiled down: of every (task, unit), only the lines that still say something.

Folding what is left gives the same marks as folding everything (`entries.fold`), for a fraction of the
work: a line is checked against its id and then searched for a few keys; it is decoded only where its
bytes are not laid out as this program writes them, or where the order of two facts is in doubt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from gkcheck.journal import Scope, record_format
from gkcheck.journal.live import undone_batches
from gkcheck.model import REVIEWS, STATUS_AFTER, Action, Entry

Key = tuple[int, str | None]

_SETS_STATUS = frozenset(action.value.encode() for action in STATUS_AFTER)
_REVIEWS = frozenset(action.value.encode() for action in REVIEWS)
_ACTIONS = frozenset(action.value.encode() for action in Action)
_DEADLINE, _UNDO = Action.DEADLINE.value.encode(), Action.UNDO.value.encode()
_UNDO_IN_LINE = b'"action":"undo"'


class Found(NamedTuple):
    """The lines that still say something within a scope, and the faults of the whole journal by line number."""

    lines: list[bytes]
    faults: list[tuple[int, str]]


class Kept:
    """The lines about one (task, unit) that still say something."""

    __slots__ = ("deadline", "evidence", "last", "note", "review", "status")

    def __init__(self) -> None:
        self.status: bytes | None = None
        self.review: bytes | None = None
        self.note: bytes | None = None
        self.deadline: bytes | None = None
        self.last: bytes | None = None
        self.evidence: list[bytes] = []

    def standing(self) -> list[bytes]:
        """The lines that decide status, review and deadline, each once."""
        return list(dict.fromkeys(line for line in (self.status, self.review, self.deadline) if line is not None))

    def details(self) -> list[bytes]:
        """The lines kept for what they say besides, each once."""
        said = [line for line in (self.note, self.last) if line is not None] + self.evidence
        standing = self.standing()
        return [line for line in dict.fromkeys(said) if line not in standing]

    def lines(self) -> list[bytes]:
        """Every line kept, each once."""
        return self.standing() + self.details()


class Reducer:
    """Takes the lines of a journal in file order and keeps what still counts.

    `dead` are the batches taken back; `until` leaves out facts about later days; `after` is the seq of the line
    before the first. `undone` tells that an undo came by that `dead` may not know; `odd` that a line is laid out
    so that `lines_with` may not find it; `faults` are the numbers of the lines that could not be used.
    """

    def __init__(self, dead: set[str], until: str | None = None, after: int = 0) -> None:
        self.kept: dict[bytes, Kept] = {}
        self.faults: list[tuple[int, str]] = []
        self.undone = False
        self.odd = False
        self._dead = frozenset(batch.encode() for batch in dead)
        self._until = until
        self._seq = after
        self._line = b""
        self._in_order = True

    @property
    def seq(self) -> int | None:
        """The seq of the last line, None where the lines were not in the order of facts."""
        return self._seq if self._in_order else None

    def take(self, number: int, line: bytes) -> None:
        """One line without its newline, `number` from 1 as in the file."""
        if not record_format.is_whole(line):
            self.faults.append((number, "记录已损坏（内容与校验码不符），已跳过"))
            return
        try:
            seq, key, action, said, proved = self._parts(line)
            if self._until is not None and _day(line) > self._until:
                return
        except record_format.DamagedLine as damage:
            self.faults.append((number, f"记录看不懂（{damage}），已保留但不计入"))
            return
        if self._in_order and seq <= self._seq:
            self._in_order = bool(self._line) and order_of(line) > order_of(self._line)
        self._seq, self._line = seq, line
        if key is None:
            self.undone = self.undone or action == _UNDO
            return
        if self._dead and _batch(line) in self._dead:
            return
        kept = self.kept.get(key)
        if kept is None:
            kept = self.kept[key] = Kept()
        later = _take if self._in_order else _later
        if action in _SETS_STATUS:
            kept.status = later(kept.status, line)
            if action in _REVIEWS:
                kept.review = later(kept.review, line)
        elif action == _DEADLINE:
            kept.deadline = later(kept.deadline, line)
        if said:
            kept.note = later(kept.note, line)
        if proved:
            kept.evidence.append(line)
        kept.last = later(kept.last, line)

    def _parts(self, line: bytes) -> Parts:
        """The parts of a whole line. Raises `lines.DamagedLine` where it says nothing that this program knows."""
        found = _PARTS.match(line)
        if found is not None and found[3] in _ACTIONS:
            seq, key, action, nothing_said, nothing_proved = found.groups()
            return int(seq), key, action, nothing_said is None, nothing_proved is None
        entry = record_format.decode(line)
        key = None if entry.task is None else key_bytes((entry.task, entry.unit))
        self.odd = self.odd or (_UNDO_IN_LINE if key is None else key + b',"action":"') not in line
        return entry.seq, key, entry.action.value.encode(), bool(entry.note), bool(entry.evidence)


def _take(held: bytes | None, line: bytes) -> bytes:
    return line


def _later(held: bytes | None, line: bytes) -> bytes:
    """The later of two lines by the order of facts."""
    return line if held is None or order_of(line) >= order_of(held) else held


def order_of(line: bytes) -> tuple[int, bytes, bytes]:
    """Where a whole line stands in the order of facts (`Entry.order`), from its bytes."""
    found = _ORDER.match(line)
    if found is None:
        entry = record_format.decode(line)
        return entry.seq, entry.at.encode(), entry.id.encode()
    return int(found[1]), found[2], line[-34:-2]


_ORDER = re.compile(rb'\{"seq":(\d{1,18}),"at":"([^"\\]*)"')


Parts = tuple[int, bytes | None, bytes, bool, bool]
"""What is asked of a line: its seq, its (task, unit) as written (None: no task), its action, whether it has a note, and evidence."""

_PARTS = re.compile(
    rb'\{"seq":(\d{1,18}),"at":"[^"\\]*","by":"[^"\\]*",("task":\d+,"unit":(?:null|"[^"\\]*")),"action":"([a-z]+)"'
    rb',"of":(?:null|"[^"\\]*"),"note":(?:(null|"")|"[^"\\]*(?:\\.[^"\\]*)*"),"evidence":\[(\])?'
)
"""A line about a task, laid out as `lines.encode` lays it out, with nothing to be unescaped before its note."""


_DAY = re.compile(rb',"at":"(\d{4}-\d\d-\d\d)T')


def _day(line: bytes) -> str:
    """The day a line is about."""
    found = None if b',"on":"' in line else _DAY.search(line)
    return found[1].decode() if found else record_format.decode(line).day


def _batch(line: bytes) -> bytes:
    """The batch of a line, as its bytes give it."""
    start = line.rfind(b',"batch":"') + 10
    return line[start : line.find(b'"', start)]


def key_bytes(key: Key) -> bytes:
    """A (task, unit) as a line writes it."""
    task, unit = key
    return b'"task":%d,"unit":%b' % (task, _written(unit))


def key_of(written: bytes) -> Key:
    """The (task, unit) that a line writes."""
    fields = json.loads(b"{" + written + b"}")
    return fields["task"], fields["unit"]


def undos_in(file: BinaryIO, end: int) -> list[Entry]:
    """Every whole undo entry in the first `end` bytes, found by searching, in file order."""
    return entries_in(lines_with(file, end, [_UNDO_IN_LINE]))


def entries_in(found: Iterable[bytes]) -> list[Entry]:
    """The entries of the lines that are whole and understood."""
    entries = []
    for line in found:
        with suppress(record_format.DamagedLine):
            entries.append(record_format.decode(line))
    return entries


def lines_with(file: BinaryIO, end: int, needles: Sequence[bytes]) -> Iterator[bytes]:
    """Every line in the first `end` bytes in which one of `needles` stands, whole or not, in file order."""
    file.seek(0)
    rest = b""
    while (left := end - file.tell()) > 0:
        block = rest + file.read(min(left, 1 << 20))
        cut = block.rfind(b"\n") + 1
        rest = block[cut:]
        yield from _lines_with(block[:cut], needles)
        if len(rest) > record_format.MAX_LINE:
            rest = b""
    yield from _lines_with(rest, needles)


def _lines_with(block: bytes, needles: Sequence[bytes]) -> Iterator[bytes]:
    places: dict[int, int] = {}
    for needle in needles:
        at = block.find(needle)
        while at >= 0:
            start, stop = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
            places[start] = stop if stop >= 0 else len(block)
            at = block.find(needle, places[start])
    for start in sorted(places):
        yield block[start : places[start]]


FEW = 8
"""How many needles are searched for; where there would be more, it is quicker to read every line."""


def needles_for(scope: Scope) -> list[bytes] | None:
    """What stands in the lines of a scope, and in every undo; None where that is too much to search for."""
    if scope.batch is not None:
        return [_UNDO_IN_LINE, b'"batch":' + _written(scope.batch)[:-1]]
    if scope.tasks is not None and len(scope.tasks) <= FEW:
        return [_UNDO_IN_LINE, *(b'"task":%d,"unit":' % task for task in scope.tasks)]
    if scope.units is not None and len(scope.units) <= FEW:
        own = [b'"unit":%b,"action":"' % written for written in (b"null", *map(_written, scope.units))]
        return [_UNDO_IN_LINE, *own]
    return None


def _written(text: str | None) -> bytes:
    """A text as a line writes it."""
    return json.dumps(text, ensure_ascii=False).encode()


def dead_batches(undos: Iterable[Entry], until: str | None = None) -> set[str]:
    """The batches that undos up to a day take back (`entries.undone_batches`)."""
    return undone_batches(entry for entry in undos if until is None or entry.day <= until)


def boiled_down(file: BinaryIO, until: str | None) -> Found:
    """What counts of a whole journal up to a day, read once from beginning to end."""
    file.seek(0, 2)
    reducer = Reducer(dead_batches(undos_in(file, file.tell()), until), until)
    file.seek(0)
    for number, line in enumerate(file, 1):
        if number > 1:
            take_line(reducer, number, line)
    return Found([line for kept in reducer.kept.values() for line in kept.lines()], reducer.faults)


def take_line(reducer: Reducer, number: int, line: bytes) -> None:
    """Give a reducer a line as it stands in the file: a last one without its newline may be torn."""
    if line.endswith(b"\n"):
        if line != b"\n":
            reducer.take(number, line[:-1])
    elif record_format.is_whole(line):
        reducer.take(number, line)
    else:
        reducer.faults.append((number, "最后一条记录没有写完（可能断电），已忽略"))
