"""Reduce a long journal: of every (task, unit), only the lines that its present state depends on.

Folding the entries of these lines gives the same state as folding all entries (`ledger.fold`), for a fraction of the
work: a line is checked against its id and matched by one pattern; it is decoded only where its bytes are not laid out
as `record_format.encode` lays them out, or where the order of two lines is in doubt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from gkcheck.journal import Scope, record_format
from gkcheck.journal.clock import at_office, in_zone
from gkcheck.journal.live import undone_batches
from gkcheck.journal.reader import TORN
from gkcheck.journal.transport import lines_in
from gkcheck.model import ACTS, CLAIMS, REVIEWS, STATUS_AFTER, ZONE, Action, Entry

Key = tuple[int, str | None]

_SETS_STATUS = frozenset(action.value.encode() for action in STATUS_AFTER)
_REVIEWS = frozenset(action.value.encode() for action in REVIEWS)
_CLAIMS = frozenset(action.value.encode() for action in CLAIMS)
_ACTS = frozenset(action.value.encode() for action in ACTS)
_ACTIONS = frozenset(action.value.encode() for action in Action)
_DEADLINE, _UNDO = Action.DEADLINE.value.encode(), Action.UNDO.value.encode()
_REMIND = Action.REMIND.value.encode()
_DECODED = frozenset({_UNDO, _REMIND})
"""The actions whose lines are always decoded: what they must hold is checked there."""

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
        self.by_key: dict[bytes, ReducedLines] = {}
        self.faults: list[tuple[int, str]] = []
        self.has_undo = False
        self.unsearchable = False
        self._undone = frozenset(batch.encode() for batch in undone)
        self._last_day = last_day
        self._zone = zone
        self._zone_written = zone.encode()
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
        if not record_format.is_whole(line):
            if lines_in(line):
                raise record_format.DamagedLine("在传送中有改动")
            self.faults.append((number, "记录已损坏（内容与校验码不符），已跳过"))
            for one in record_format.split_damaged(line)[0]:  # a repair brings it back
                self._count(record_format.seq_of(one) or 0)
            return
        try:
            seq, key, action, says, day = self._parts(line)
        except record_format.DamagedLine as damage:
            self.faults.append((number, f"记录看不懂（{damage}），已保留但不计入"))
            self._count(record_format.seq_of(line) or 0)
            return
        if self.in_order and seq <= self.seq:
            self.in_order = bool(self._line) and order_of(line) > order_of(self._line)
        self._count(seq)
        self._line = line
        if self._last_day is not None and day > self._last_day:
            if _batch(line) not in self._undone:
                self.later.add(line[-34:-2])
            return
        if day > self.greatest_day:
            self.greatest_day = day
        if key is None:
            self.has_undo = self.has_undo or action == _UNDO
            return
        if self._undone and _batch(line) in self._undone:
            return
        lines = self.by_key.get(key)
        if lines is None:
            lines = self.by_key[key] = ReducedLines()
        latest = _newest if self.in_order else _later
        if action in _CLAIMS:
            if action in _SETS_STATUS:
                lines.claim = latest(lines.claim, line)
            if says.note:
                lines.note = latest(lines.note, line)
            if says.problem:
                lines.problem = latest(lines.problem, line)
            if says.next:
                lines.next = latest(lines.next, line)
        elif action in _ACTS:
            lines.act = latest(lines.act, line)
        elif action == _DEADLINE:
            lines.deadline = latest(lines.deadline, line)
        elif action == _REMIND:
            lines.letters.append(line)
        if action in _REVIEWS:
            lines.review = latest(lines.review, line)
        if says.evidence:
            lines.evidence.append(line)
        lines.last = latest(lines.last, line)

    def _count(self, seq: int) -> None:
        if seq > self.seq + record_format.MAX_LEAP:
            raise record_format.DamagedLine("seq 大得太多")
        self.seq = max(seq, self.seq)

    def _parts(self, line: bytes) -> LineParts:
        """Return the parts of a whole line. Raises `record_format.UnknownLine`."""
        match = _PARTS.fullmatch(line)
        if match is not None and match[4] in _ACTIONS and match[4] not in _DECODED and _is_utf8(line):
            seq, at, key, action, no_note, no_evidence, on, problem, next_step = match.groups()
            says = Says(no_note is None, no_evidence is None, problem is not None, next_step is not None)
            if on is None:
                on = at if at.endswith(self._zone_written) else in_zone(at.decode(), self._zone).encode()
            return int(seq), key, action, says, on[:10].decode()
        entry = at_office(record_format.decode(line), self._zone)
        key = None if entry.task is None else encode_key((entry.task, entry.unit))
        needles = [_UNDO_IN_LINE if key is None else key + b',"action":"']
        needles += [] if entry.form is None else [b',"form":' + _json(entry.form)]
        self.unsearchable = self.unsearchable or any(needle not in line for needle in needles)
        says = Says(bool(entry.note), bool(entry.evidence), bool(entry.problem), bool(entry.next))
        return entry.seq, key, entry.action.value.encode(), says, entry.day


def _is_utf8(line: bytes) -> bool:
    try:
        return bool(line.decode())
    except UnicodeDecodeError:
        return False


def _newest(held: bytes | None, line: bytes) -> bytes:
    """Return the later of two lines where lines come in the order of facts."""
    return line


def _later(held: bytes | None, line: bytes) -> bytes:
    """Return the later of two lines by the order of facts."""
    return line if held is None or order_of(line) >= order_of(held) else held


def order_of(line: bytes) -> tuple[int, bytes, bytes]:
    """Return the sort key of a whole line in the order of facts (`Entry.order`)."""
    match = _ORDER.match(line)
    if match is None:
        entry = record_format.decode(line)
        return entry.seq, entry.at.encode(), entry.id.encode()
    return int(match[1]), match[2], line[-34:-2]


_ORDER = re.compile(rb'\{"seq":(\d{1,18}),"at":"([^"\\]*)"')


class Says(NamedTuple):
    """The things that a line says anything of."""

    note: bool
    evidence: bool
    problem: bool
    next: bool


LineParts = tuple[int, bytes | None, bytes, Says, str]
"""The parts of a line: seq, (task, unit) as written (None: no task), action, what else it says, the day of the fact."""

_PLAIN = rb'"[^"\\\x00-\x1f]*"'
_STRING = rb'"[^"\\\x00-\x1f]*(?:\\["\\/bfnrt][^"\\\x00-\x1f]*)*"'
_DATE = (
    rb"[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_CLOCK = rb"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_ITEM = (
    rb'\{"kind":"(?:url|file|text)","value":%b(?:,"title":%b)?(?:,"published":"%b")?(?:,"sha256":"[0-9a-f]{64}")?\}'
    % (_STRING, _STRING, _DATE)
)
_PARTS = re.compile(
    rb'\{"seq":([1-9][0-9]{0,11}),"at":"(%(date)bT%(clock)b:[0-5][0-9](?:\.[0-9]{6})?[+-]%(clock)b)","by":%(plain)b'
    rb',("task":[1-9][0-9]{0,8},"unit":(?:null|%(plain)b)),"action":"([a-z]+)","of":(?:null|%(plain)b)'
    rb',"note":(?:(null|"")|%(string)b),"evidence":\[(?:(\])|%(item)b(?:,%(item)b)*\])(?:,"on":"(%(date)b)")?'
    rb'(?:,"due":(?:null|"%(date)b"))?(?:,"form":%(plain)b)?'
    rb'(?:,"recorded_by":(?!"")%(plain)b)?(?:,"problem":(?!"")(%(string)b))?(?:,"next":(?!"")(%(string)b))?'
    rb',"batch":%(plain)b,"id":"[0-9a-f]{32}"\}'
    % {b"date": _DATE, b"clock": _CLOCK, b"plain": _PLAIN, b"string": _STRING, b"item": _ITEM}
)
"""A line about a task as `record_format.encode` lays it out, that `record_format.decode` takes for sure.

Its names have nothing to be unescaped. Any other line is decoded.
"""


def _batch(line: bytes) -> bytes:
    """Return the batch of a line, from its bytes."""
    start = line.rfind(b',"batch":"') + 10
    return line[start : line.find(b'"', start)]


def encode_key(key: Key) -> bytes:
    """Return a (task, unit) as a line writes it."""
    task, unit = key
    return b'"task":%d,"unit":%b' % (task, _json(unit))


def decode_key(written: bytes) -> Key:
    """Return the (task, unit) of `encode_key`."""
    fields = json.loads(b"{" + written + b"}")
    return fields["task"], fields["unit"]


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
    if scope.forms is not None:
        few = len(scope.forms) <= MAX_NEEDLES
        return [_UNDO_IN_LINE, *((b'"form":' + _json(form) for form in scope.forms) if few else (b'"form":"',))]
    if scope.action is not None:
        return [_UNDO_IN_LINE, b'"action":"%b"' % scope.action.value.encode()]
    if scope.batch is not None:
        return [_UNDO_IN_LINE, b'"batch":' + _json(scope.batch)[:-1]]
    if scope.units is not None and len(scope.units) <= MAX_NEEDLES:
        own = [b'"unit":%b,"action":"' % written for written in (b"null", *map(_json, scope.units))]
        return [_UNDO_IN_LINE, *own]
    if scope.tasks is not None and len(scope.tasks) <= MAX_NEEDLES:
        return [_UNDO_IN_LINE, *(b'"task":%d,"unit":' % task for task in scope.tasks)]
    return None


def of_forms(lines: Iterable[bytes], forms: Set[str] | None) -> Iterable[bytes]:
    """Return the lines recorded from forms of these ids (None: all lines), and every undo."""
    if forms is None:
        return lines
    wanted = {_json(form) for form in forms}
    return (
        line
        for line in lines
        if _UNDO_IN_LINE in line or ((form := _FORM.search(line)) is not None and form[1] in wanted)
    )


_FORM = re.compile(rb',"form":(%b)' % _STRING)


def _json(text: str | None) -> bytes:
    """Return a text as a line writes it."""
    return json.dumps(text, ensure_ascii=False).encode()


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
