"""The lines of a journal file by their places: one after the other, some of them, or those that contain some bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from itertools import islice

from gkcheck.journal.clock import at_office
from gkcheck.journal.record_format import MAX_LINE, DamagedLine, decode, encode_text
from gkcheck.model import Entry
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib
    from typing import BinaryIO

_BLOCK = 1 << 19


def entry_in(line: bytes, zone: str) -> Entry:
    """Return the entry of a line without its newline, its time in the office's zone. Raises as `decode`."""
    from gkcheck.journal.line_fields import entry_of, fields_of

    fields = fields_of(line)
    return at_office(entry_of(fields) if fields is not None else decode(line), zone)


def entries_at(file: BinaryIO, places: Iterable[int], zone: str) -> list[Entry]:
    """Return the entries of the lines at some places, in their order.

    Raises:
        record_format.DamagedLine: no entry stands there.
    """
    entries: list[Entry] = []
    rest = iter(places)
    while some := [_line_at(file, place) for place in islice(rest, _AT_ONCE)]:
        entries += map(decode, some) if len(some) <= FEW else _entries_of(some)
    return [entry if entry.at.endswith(zone) else at_office(entry, zone) for entry in entries]


FEW = 8
"""The lines that are sooner decoded than the patterns of `line_fields` are loaded: those of a record."""

_AT_ONCE = 500
"""The lines whose fields are taken at once; more of them do not fit into the cache of a processor."""


def _entries_of(lines: list[bytes]) -> list[Entry]:
    from gkcheck.journal.line_fields import entries_of

    return entries_of(lines)


def _line_at(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.readline(MAX_LINE + 2).removesuffix(b"\n")


def complete_lines(file: BinaryIO, start: int, end: int, digest: hashlib._Hash | None = None) -> Iterator[list[bytes]]:
    """Yield the lines between two places that end in a newline, without it, many at a time; `digest` takes their bytes."""
    file.seek(start)
    pieces: list[bytes] = []
    while block := file.read(min(_BLOCK, end - start)):
        start += len(block)
        cut = block.rfind(b"\n") + 1
        if cut:
            data = b"".join([*pieces, block[:cut]])
            pieces.clear()
            if digest is not None:
                digest.update(data)
            yield data[:-1].split(b"\n")
        pieces.append(block[cut:])


def digest_of(file: BinaryIO, size: int) -> tuple[hashlib._Hash, bool]:
    """Return the SHA-256 of the first `size` bytes, and True if the file has that many."""
    from hashlib import sha256

    file.seek(0)
    digest, left = sha256(), size
    while left and (block := file.read(min(left, _BLOCK))):
        digest.update(block)
        left -= len(block)
    return digest, left == 0


Positions = Callable[[bytes, int], Iterable[int]]
"""Return positions in the first so many bytes of a block, in order."""


def lines_with(file: BinaryIO, end: int, positions: Positions) -> Iterator[tuple[int, bytes]]:
    """Yield the lines before `end` that one of the `positions` is in, whole or not, with their places, in order."""
    file.seek(0)
    start, rest = 0, b""
    while block := file.read(min(_BLOCK, end - start - len(rest))):
        block = rest + block
        cut = len(block) if start + len(block) >= end else block.rfind(b"\n") + 1
        stop = 0
        for at in positions(block, cut):
            if at >= stop:
                begin, stop = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at, cut)
                stop = cut if stop < 0 else stop
                yield start + begin, block[begin:stop]
        start, rest = start + cut, block[cut:]
        if len(rest) > MAX_LINE:
            start, rest = start + len(rest), b""


def entries_with(file: BinaryIO, end: int, positions: Positions, zone: str) -> dict[int, Entry]:
    """Return the entries of the lines before `end` that one of the `positions` is in, by their places."""
    entries = {}
    for place, line in lines_with(file, end, positions):
        with suppress(DamagedLine):
            entries[place] = entry_in(line, zone)
    return entries


def positions_of(needle: bytes) -> Positions:
    """Return where a needle stands."""

    def positions(block: bytes, cut: int) -> Iterator[int]:
        at = block.find(needle, 0, cut)
        while at >= 0:
            yield at
            at = block.find(needle, at + 1, cut)

    return positions


_BATCH = rb'"batch":("[^"\\]*(?:\\.[^"\\]*)*")'
_FORM = rb'"form":("[^"\\]*(?:\\.[^"\\]*)*")'


def positions_of_batches(batches: Collection[str]) -> Positions:
    """Return where the names of some batches stand."""
    if len(batches) == 1:
        return positions_of(batch_needle(*batches) + b'"')
    return _positions_of_texts(re.compile(_BATCH), batches)


def positions_of_forms(forms: Collection[str]) -> Positions:
    """Return where the ids of some forms stand."""
    return positions_of(form_needle(*forms)) if len(forms) == 1 else _positions_of_texts(re.compile(_FORM), forms)


def _positions_of_texts(pattern: re.Pattern[bytes], texts: Collection[str]) -> Positions:
    written = {encode_text(text).encode() for text in texts}
    return lambda block, cut: (match.start() for match in pattern.finditer(block, 0, cut) if match[1] in written)


def batch_needle(beginning: str) -> bytes:
    """Return bytes that stand in every line of the batches that begin so, as `record_format.encode` lays it out."""
    return b'"batch":' + encode_text(beginning).encode()[:-1]


def form_needle(form: str) -> bytes:
    """Return bytes that stand in every line recorded from a form, as `record_format.encode` lays it out."""
    return b'"form":' + encode_text(form).encode()


def action_needle(action: str) -> bytes:
    """Return bytes that stand in every line of an action, as `record_format.encode` lays it out."""
    return b'"action":"%b"' % action.encode()
