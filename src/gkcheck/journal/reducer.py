"""Reduce a long journal: of every (task, unit), only the lines that its present state depends on.

Folding the entries of these lines gives the same state as folding all entries (`ledger.fold`), for a fraction of the
work: a line is checked against its id and matched by one pattern; it is decoded only where its bytes are not laid out
as `record_format.encode` lays them out, or where the order of two lines is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from gkcheck.journal import Scope, record_format
from gkcheck.journal.clock import at_office
from gkcheck.journal.line_fields import day_of, encode_key, encode_text, fields_of, order_of
from gkcheck.journal.live import undone_batches
from gkcheck.journal.reader import TORN
from gkcheck.journal.transport import lines_in
from gkcheck.model import ACTS, CLAIMS, REVIEWS, STATUS_AFTER, ZONE, Action, Entry

_SETS_STATUS = frozenset(action.value for action in STATUS_AFTER)
_REVIEWS = frozenset(action.value for action in REVIEWS)
_CLAIMS = frozenset(action.value for action in CLAIMS)
_ACTS = frozenset(action.value for action in ACTS)
_DEADLINE, _UNDO = Action.DEADLINE.value, Action.UNDO.value
_REMIND = Action.REMIND.value

_UNDO_IN_LINE = b'"action":"undo"'


class Reduction(NamedTuple):
    """The reduced lines within a scope, and the faults of the whole journal by line number.

    `later` is the number of entries of the whole journal that were left out because they are about later days.
    """

    lines: list[bytes]
    faults: list[tuple[int, str]]
    later: int = 0


class ReducedLines:
    """The lines about one (task, unit) that its state depends on: those that `ledger.fold.LatestEntries` holds."""

    __slots__ = ("act", "claim", "deadline", "evidence", "last", "letters", "next", "note", "problem", "review")

    def __init__(self) -> None:
        self.claim: bytes | None = None
        self.act: bytes | None = None
        self.review: bytes | None = None
        self.note: bytes | None = None
        self.problem: bytes | None = None
        self.next: bytes | None = None
        self.deadline: bytes | None = None
        self.last: bytes | None = None
        self.evidence: list[bytes] = []
        self.letters: list[bytes] = []

    def deciding(self) -> list[bytes]:
        """Return the lines that set the status, the deadline, and that a return stands, each once."""
        lines = (self.claim, self.act, self.review, self.deadline)
        return list(dict.fromkeys(line for line in lines if line is not None))

    def details(self) -> list[bytes]:
        """Return the other lines, each once."""
        words = (self.note, self.problem, self.next, self.last)
        lines = [line for line in words if line is not None] + self.evidence + self.letters
        deciding = self.deciding()
        return [line for line in dict.fromkeys(lines) if line not in deciding]

    def lines(self) -> list[bytes]:
        """Return all lines, each once."""
        return self.deciding() + self.details()


class Reducer:
    """Reduces the lines of a journal, added in file order, to `by_key`: the lines by (task, unit) as a line writes it.

    `undone` are the undone batches; `last_day` (YYYY-MM-DD) leaves out entries about later days; `after` is
    the greatest seq before the first line; `zone` the office's. Afterwards `has_undo` is True if an undo was among the
    lines, `in_order` if they stood in the order of facts, `unsearchable` if a line is laid out so that
    `lines_containing` may miss it; `seq` is the greatest, `greatest_day` that of the lines taken ("": none); `later` are
    the ids of the lines left out that no undo takes back; `faults` are the lines that could not be used, by number.
    """

    def __init__(
        self, undone: Set[str] = frozenset(), last_day: str | None = None, after: int = 0, zone: str = ZONE
    ) -> None:
        self.by_key: dict[str, ReducedLines] = {}
        self.faults: list[tuple[int, str]] = []
        self.has_undo = False
        self.unsearchable = False
        self._undone = frozenset(undone)
        self._last_day = last_day
        self._zone = zone
        self.greatest_day = ""
        self.later: set[bytes] = set()
        self.seq = after
        self._line = b""
        self.in_order = True

    def lines(self) -> list[bytes]:
        """Return all reduced lines."""
        return [line for lines in self.by_key.values() for line in lines.lines()]

    def add(self, number: int, line: bytes) -> None:
        """Add one line without its newline; `number` counts from 1 in the file.

        Raises:
            DamagedLine: the journal has a line that only a reading of the whole can judge.
        """
        fields = fields_of(line)
        if fields is not None:
            key, action, note, evidence, on, problem, next_step, batch = fields.group(
                "key", "action", "note", "evidence", "on", "problem", "next", "batch"
            )
            seq, day = int(fields["seq"]), day_of(fields["at"], on, self._zone)
        elif not record_format.is_whole(line):
            self._take_damaged(number, line)
            return
        else:
            try:
                entry = self._decode(line)
            except record_format.DamagedLine as damage:
                self.faults.append((number, f"记录看不懂（{damage}），已保留但不计入"))
                self._count(record_format.seq_of(line) or 0)
                return
            seq, day, action, batch = entry.seq, entry.day, entry.action.value, entry.batch
            key = None if entry.task is None else encode_key(entry.task, entry.unit)
            note, evidence, problem, next_step = entry.note, entry.evidence, entry.problem, entry.next
        if self.in_order and seq <= self.seq:
            self.in_order = bool(self._line) and order_of(line) > order_of(self._line)
        self._count(seq)
        self._line = line
        if self._last_day is not None and day > self._last_day:
            if batch not in self._undone:
                self.later.add(line[-34:-2])
            return
        if day > self.greatest_day:
            self.greatest_day = day
        if key is None:
            self.has_undo = self.has_undo or action == _UNDO
            return
        if self._undone and batch in self._undone:
            return
        lines = self.by_key.get(key)
        if lines is None:
            lines = self.by_key[key] = ReducedLines()
        latest = _newest if self.in_order else _later
        if action in _CLAIMS:
            if action in _SETS_STATUS:
                lines.claim = latest(lines.claim, line)
            if note:
                lines.note = latest(lines.note, line)
            if problem:
                lines.problem = latest(lines.problem, line)
            if next_step:
                lines.next = latest(lines.next, line)
        elif action in _ACTS:
            lines.act = latest(lines.act, line)
        elif action == _DEADLINE:
            lines.deadline = latest(lines.deadline, line)
        elif action == _REMIND:
            lines.letters.append(line)
        if action in _REVIEWS:
            lines.review = latest(lines.review, line)
        if evidence:
            lines.evidence.append(line)
        lines.last = latest(lines.last, line)

    def _take_damaged(self, number: int, line: bytes) -> None:
        if lines_in(line):
            raise record_format.DamagedLine("在传送中有改动")
        self.faults.append((number, "记录已损坏（内容与校验码不符），已跳过"))
        for one in record_format.split_damaged(line)[0]:  # a repair brings it back
            self._count(record_format.seq_of(one) or 0)

    def _count(self, seq: int) -> None:
        if seq > self.seq + record_format.MAX_LEAP:
            raise record_format.DamagedLine("seq 大得太多")
        self.seq = max(seq, self.seq)

    def _decode(self, line: bytes) -> Entry:
        """Return the entry of a whole line that has no fields without decoding. Raises `record_format.UnknownLine`."""
        entry = at_office(record_format.decode(line), self._zone)
        key = _UNDO_IN_LINE if entry.task is None else _key_in_line(encode_key(entry.task, entry.unit))
        self.unsearchable = self.unsearchable or key not in line
        return entry


def _key_in_line(key: str) -> bytes:
    return key.encode() + b',"action":"'


def _newest(held: bytes | None, line: bytes) -> bytes:
    """Return the later of two lines where lines come in the order of facts."""
    return line


def _later(held: bytes | None, line: bytes) -> bytes:
    """Return the later of two lines by the order of facts."""
    return line if held is None or order_of(line) >= order_of(held) else held


def undone_in(file: BinaryIO, end: int, last_day: str | None = None, zone: str = ZONE) -> set[str]:
    """Return the batches undone by the first `end` bytes, by undos up to `last_day` (None: all) in the office's zone."""
    undos = decode_all(lines_containing(file, end, [_UNDO_IN_LINE]))
    return undone_batches((at_office(undo, zone) for undo in undos), last_day)


def decode_all(lines: Iterable[bytes]) -> list[Entry]:
    """Return the entries of the lines that can be decoded, in their order."""
    entries = []
    for line in lines:
        with suppress(record_format.DamagedLine):
            entries.append(record_format.decode(line))
    return entries


def lines_containing(file: BinaryIO, end: int, needles: Sequence[bytes]) -> Iterator[bytes]:
    """Yield every line in the first `end` bytes that contains one of `needles`, whole or not, in file order."""
    file.seek(0)
    rest = b""
    while (left := end - file.tell()) > 0:
        block = rest + file.read(min(left, 1 << 20))
        cut = block.rfind(b"\n") + 1
        rest = block[cut:]
        yield from _lines_in_block(block[:cut], needles)
        if len(rest) > record_format.MAX_LINE:
            rest = b""
    yield from _lines_in_block(rest, needles)


def _lines_in_block(block: bytes, needles: Sequence[bytes]) -> Iterator[bytes]:
    places: dict[int, int] = {}
    for needle in needles:
        at = block.find(needle)
        while at >= 0:
            start, stop = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
            places[start] = stop if stop >= 0 else len(block)
            at = block.find(needle, places[start])
    for start in sorted(places):
        yield block[start : places[start]]


MAX_NEEDLES = 8
"""The most needles to search for; with more it is quicker to read every line."""


def needles_for(scope: Scope) -> list[bytes] | None:
    """Return needles of which every line of a scope and every undo contains one; None where they would be too many."""
    if scope.action is not None:
        return [_UNDO_IN_LINE, b'"action":"%b"' % scope.action.value.encode()]
    if scope.batch is not None:
        return [_UNDO_IN_LINE, b'"batch":' + encode_text(scope.batch).encode()[:-1]]
    if scope.tasks is not None and len(scope.tasks) <= MAX_NEEDLES:
        return [_UNDO_IN_LINE, *(b'"task":%d,"unit":' % task for task in scope.tasks)]
    if scope.units is not None and len(scope.units) <= MAX_NEEDLES:
        own = [b'"unit":%b,"action":"' % encode_text(unit).encode() for unit in (None, *scope.units)]
        return [_UNDO_IN_LINE, *own]
    return None


def reduce_file(file: BinaryIO, last_day: str | None, zone: str) -> Reduction:
    """Reduce a whole journal, up to the day `last_day` (None: all) in the office's zone."""
    file.seek(0, 2)
    reducer = Reducer(undone_in(file, file.tell(), last_day, zone), last_day, zone=zone)
    file.seek(0)
    for number, line in enumerate(file, 1):
        if number > 1:
            add_line(reducer, number, line)
    return Reduction(reducer.lines(), reducer.faults, len(reducer.later))


def add_line(reducer: Reducer, number: int, line: bytes) -> None:
    """Add a line as it stands in the file to a reducer: the last, without its newline, may be torn."""
    if line.endswith(b"\n"):
        if line.strip(b" \t\r\n"):
            reducer.add(number, line[:-1])
    elif record_format.is_whole(line) or lines_in(line):
        reducer.add(number, line)
    else:
        reducer.faults.append((number, TORN))
