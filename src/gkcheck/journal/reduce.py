"""A long journal boiled down: of every (task, unit), only the lines that still say something.

Folding what is left gives the same marks as folding everything (`entries.fold`), for a fraction of the
work: a line is checked against its id and then searched for a few keys; it is decoded only where its
bytes are not laid out as this program writes them, or where the order of two facts is in doubt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from gkcheck.entries import taken_back
from gkcheck.journal import lines
from gkcheck.model import STATUS_AFTER, Action, Entry

Key = tuple[int, str | None]

_SETS_STATUS = frozenset(action.value.encode() for action in STATUS_AFTER)
_ACTIONS = frozenset(action.value.encode() for action in Action)
_DEADLINE, _UNDO = Action.DEADLINE.value.encode(), Action.UNDO.value.encode()
_UNDO_IN_LINE = b'"action":"undo"'


class Found(NamedTuple):
    """The lines that still say something within a scope, and the faults of the whole journal by line number."""

    lines: list[bytes]
    faults: list[tuple[int, str]]


class Kept:
    """The lines about one (task, unit) that still say something."""

    __slots__ = ("deadline", "evidence", "last", "note", "status")

    def __init__(self) -> None:
        self.status: bytes | None = None
        self.note: bytes | None = None
        self.deadline: bytes | None = None
        self.last: bytes | None = None
        self.evidence: list[bytes] = []

    def lines(self) -> list[bytes]:
        """Every line kept, each once."""
        single = (self.status, self.note, self.deadline, self.last)
        return list(dict.fromkeys([line for line in single if line is not None] + self.evidence))


class Reducer:
    """Takes the lines of a journal in file order and keeps what still counts.

    `dead` are the batches taken back; `until` leaves out facts about later days. `undone` tells that an
    undo came by that `dead` may not know; `faults` are the numbers of the lines that could not be used.
    """

    def __init__(self, dead: set[str], until: str | None = None) -> None:
        self.kept: dict[bytes, Kept] = {}
        self.faults: list[tuple[int, str]] = []
        self.undone = False
        self._dead = frozenset(batch.encode() for batch in dead)
        self._until = until
        self._seq = 0
        self._in_order = True

    def take(self, number: int, line: bytes) -> None:
        """One line without its newline, `number` from 1 as in the file."""
        if not lines.is_whole(line):
            self.faults.append((number, "记录已损坏（内容与校验码不符），已跳过"))
            return
        try:
            key, action, noted, proved, day, batch, seq = _parts(line) or _decoded_parts(line)
        except lines.Damaged as damage:
            self.faults.append((number, f"记录看不懂（{damage}），已保留但不计入"))
            return
        if seq <= self._seq:
            self._in_order = False
        self._seq = max(self._seq, seq)
        if self._until is not None and (day or _day(line)) > self._until:
            return
        if action == _UNDO:
            self.undone = True
            return
        if key is None or (self._dead and batch in self._dead):
            return
        kept = self.kept.get(key)
        if kept is None:
            kept = self.kept[key] = Kept()
        if action in _SETS_STATUS:
            kept.status = self._later(kept.status, line)
        elif action == _DEADLINE:
            kept.deadline = self._later(kept.deadline, line)
        if noted:
            kept.note = self._later(kept.note, line)
        if proved:
            kept.evidence.append(line)
        kept.last = self._later(kept.last, line)

    def _later(self, held: bytes | None, line: bytes) -> bytes:
        if self._in_order or held is None:
            return line
        return line if lines.decode(line).order >= lines.decode(held).order else held


def _parts(line: bytes) -> tuple[bytes | None, bytes, bool, bool, str, bytes, int] | None:
    """What the reducer asks of a line laid out as `lines.encode` lays it out; None where it is not.

    No string in JSON can hold `"task":` or the like: its quotation marks would stand behind backslashes.
    """
    if not line.startswith(b'{"seq":'):
        return None
    comma = line.find(b',"at":"', 7)
    task = line.find(b',"task":', comma)
    action = line.find(b',"action":"', task)
    of = line.find(b'","of":', action)
    note = line.find(b',"note":', of)
    evidence = line.find(b',"evidence":[', note)
    batch = line.rfind(b',"batch":"')
    if not 0 < comma < task < action < of < note < evidence < batch:
        return None
    name = line[action + 11 : of]
    if name not in _ACTIONS:
        return None
    key = None if line.startswith(b"null", task + 8) else line[task + 1 : action]
    noted = not line.startswith(b"null", note + 8)
    proved = not line.startswith(b"]", evidence + 13)
    on = line.find(b',"on":"', evidence)
    start = on + 7 if on > 0 else comma + 7
    try:
        seq = int(line[7:comma])
    except ValueError:
        return None
    return key, name, noted, proved, line[start : start + 10].decode("ascii", "replace"), line[batch + 10 : -43], seq


def _decoded_parts(line: bytes) -> tuple[bytes | None, bytes, bool, bool, str, bytes, int]:
    entry = lines.decode(line)
    key = None if entry.task is None else key_bytes((entry.task, entry.unit))
    return (
        key,
        entry.action.value.encode(),
        bool(entry.note),
        bool(entry.evidence),
        entry.day,
        entry.batch.encode(),
        entry.seq,
    )


def _day(line: bytes) -> str:
    return lines.decode(line).day


def key_bytes(key: Key) -> bytes:
    """A (task, unit) as a line writes it."""
    task, unit = key
    return b'"task":%d,"unit":%s' % (task, json.dumps(unit, ensure_ascii=False).encode())


def key_of(written: bytes) -> Key:
    """The (task, unit) that a line writes."""
    fields = json.loads(b"{" + written + b"}")
    return fields["task"], fields["unit"]


def undos_in(file: BinaryIO, end: int) -> list[Entry]:
    """Every whole undo entry in the first `end` bytes, found by searching, in file order."""
    found: list[Entry] = []
    file.seek(0)
    rest = b""
    while (left := end - file.tell()) > 0:
        block = rest + file.read(min(left, 1 << 20))
        cut = block.rfind(b"\n") + 1
        whole, rest = block[:cut], block[cut:]
        found += _undos(whole)
        if len(rest) > lines.LONGEST:
            rest = b""
    return [*found, *_undos(rest)]


def _undos(block: bytes) -> Iterable[Entry]:
    at = block.find(_UNDO_IN_LINE)
    while at >= 0:
        start = block.rfind(b"\n", 0, at) + 1
        stop = block.find(b"\n", at)
        line = block[start : stop if stop >= 0 else len(block)]
        with suppress(lines.Damaged):
            yield lines.decode(line)
        at = block.find(_UNDO_IN_LINE, start + len(line))


def dead_batches(undos: Iterable[Entry], until: str | None = None) -> set[str]:
    """The batches that undos up to a day take back (`entries.taken_back`)."""
    return taken_back(entry for entry in undos if until is None or entry.day <= until)


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
    elif lines.is_whole(line):
        reducer.take(number, line)
    else:
        reducer.faults.append((number, "最后一条记录没有写完（可能断电），已忽略"))
