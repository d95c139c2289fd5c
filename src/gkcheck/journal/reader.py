"""Read a journal file line by line, each with its entry or its fault. Writes nothing."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from gkcheck.errors import BadJournal, StoreFault
from gkcheck.journal import record_format
from gkcheck.model import Entry
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

TORN = "最后一条记录没有写完（可能断电），已忽略"
"""The fault of a last line that is neither whole nor complete."""


class Line(NamedTuple):
    """One line after the header: its number from 2, its bytes without the newline, and its entry.

    `entry` is None where there is a `fault` (a sentence). `unknown` is True for a whole line of a form that this
    version does not know. `altered`: blanks stood around it, or its line break was missing; `data` is without them.
    Of a line too long for an entry only the beginning is here.
    """

    number: int
    data: bytes
    entry: Entry | None
    fault: str | None
    unknown: bool = False
    altered: bool = False

    @property
    def seq(self) -> int:
        """The seq of the line, 0 where it has none."""
        return self.entry.seq if self.entry else (record_format.seq_of(self.data) or 0) if self.unknown else 0

    @property
    def is_damaged(self) -> bool:
        """True if the line is not as it was written."""
        return self.fault is not None and not self.unknown


@contextmanager
def open_regular(path: str | Path) -> Iterator[BinaryIO | None]:
    """Open a regular file for reading; None where it does not exist.

    Raises:
        StoreFault: it is a directory, a FIFO or a device. OSError: it cannot be opened.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        yield None
        return
    if not stat.S_ISREG(mode):
        what = "是一个目录" if stat.S_ISDIR(mode) else "不是普通文件"
        raise StoreFault(f"日志路径 {path} {what}，请用 --store 指定一个文件")
    with open(path, "rb") as file:
        yield file


def identity(file: BinaryIO | str | Path) -> str:
    """Return a text that changes when the file does: device, inode, size, times."""
    status = os.stat(file if isinstance(file, (str, os.PathLike)) else file.fileno())
    return f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def header_fault(name: str, plan: str, first: bytes) -> str | None:
    """Return the fault of the first line of a journal of `plan` as a sentence; None where it has none.

    Raises:
        BadJournal: it is the header of another plan, or of a newer version.
    """
    if not first.strip():
        return "首行是空的" if first else None
    if not first.endswith(b"\n") and record_format.header(plan).startswith(first):
        return "首行没有写完（可能断电），下次记录时补齐"
    try:
        plan_named = record_format.read_header(first)
    except record_format.DamagedLine as damage:
        return f"{damage}，以下按本计划的日志读取"
    except BadJournal as error:
        raise BadJournal(f"{name} 第 1 行：{error}") from None
    if plan_named != plan:
        raise BadJournal(
            f"{name} 第 1 行：这是“{plan_named}”的日志，不是“{plan}”的；请换 --store 或 --plan，若首行确系损坏用 gkcheck repair --adopt"
        )
    return None if first == record_format.header(plan) else "首行有改动，以下照常读取"


def as_written(file: BinaryIO) -> tuple[BinaryIO, str | None]:
    """Return a journal file at its beginning, the changes of a transport undone, with a sentence about them or None.

    What undoes them is loaded only where the first line is not as it was written.
    """
    first = file.readline(record_format.MAX_LINE)
    file.seek(0)
    if first.startswith(b'{"format"') and first.endswith(b"}\n") and b'{"seq":' not in first:
        return file, None
    from gkcheck.journal.transport import mended

    return mended(file)


def lines_at(number: int, data: bytes) -> list[Line]:
    """Return what stands in one line of a file, as it is there; nothing where it is empty.

    Whole lines that have only been run together, or have blanks around them, come one by one.
    """
    is_complete = data.endswith(b"\n")
    line = data[:-1] if is_complete else data
    if not line.strip(b" \t\r"):
        return []
    whole = () if record_format.is_whole(line) else _lines_in(line)
    return [line_of(number, one, is_complete)._replace(altered=bool(whole)) for one in whole or (line,)]


def _lines_in(line: bytes) -> list[bytes]:
    from gkcheck.journal.transport import lines_in

    return lines_in(line)


def line_of(number: int, line: bytes, is_complete: bool) -> Line:
    """Return a line without its newline, which it has in the file if it `is_complete`."""
    try:
        return Line(number, line, record_format.decode(line), None)
    except record_format.UnknownLine as damage:
        return Line(number, line, None, f"记录看不懂（{damage}），已保留但不计入", unknown=True)
    except record_format.DamagedLine as damage:
        fault = f"记录已损坏（{damage}），已跳过" if is_complete else TORN
        return Line(number, line, None, fault)


def numbered(file: BinaryIO, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield the lines from here, the second one of a file, to the offset `end`, with their numbers and offsets.

    Of a line longer than any entry only the beginning is given.
    """
    number, start, limit = 1, file.tell(), record_format.MAX_LINE + 2
    while start < end and (line := file.readline(limit)):
        number += 1
        after = start + len(line)
        while len(line) == limit and not line.endswith(b"\n"):
            rest = file.readline(limit)
            after += len(rest)
            if len(rest) < limit or rest.endswith(b"\n"):
                line += b"\n" if rest.endswith(b"\n") else b""
                break
        yield number, start, line if after <= end else line[: end - start]
        start = after


_BLOCK = 1 << 17
"""The bytes that are read at once, about 500 lines; of many more the processor's cache would not hold the fields.

Fewer than the longest line has: a line that ends within a block is not too long.
"""


def blocks_of_lines(file: BinaryIO, end: int) -> Iterator[tuple[int, int, list[bytes], bool]]:
    """Yield the lines as `numbered` does, many at once: the number and the offset of the first, and all without newline.

    Last comes True where they have one in the file; a line without one, or longer than a block, comes alone.
    """
    number, start = 2, file.tell()
    while start < end:
        block = file.read(min(_BLOCK, end - start))
        cut = block.rfind(b"\n")
        if cut >= 0:
            lines = block[:cut].split(b"\n")
            yield number, start, lines, True
            start += cut + 1
            file.seek(start)
        else:
            file.seek(start)
            lines = [line for *_, line in islice(numbered(file, end), 1)]
            if not lines:
                return
            yield number, start, [lines[0].removesuffix(b"\n")], lines[0].endswith(b"\n")
            start = file.tell()
        number += len(lines)


class Tail(NamedTuple):
    """The end of a journal: the offset after the last whole line, its `seq`, and the torn bytes after it.

    `needs_newline`: the last line has none. `at` is the time of the last entry as written, None where it is not known.
    """

    end: int
    seq: int
    torn: bytes
    needs_newline: bool
    at: str | None = None


def read_tail(file: BinaryIO, size: int, header: bytes) -> Tail:
    """Read the end of a journal of `size` bytes, back to the last whole entry and no further."""
    tails = (_tail_in(data, start, header) for start, data in blocks_to_end(file, size))
    return next(tail for tail in tails if tail is not None)


def greatest_seq(file: BinaryIO) -> int:
    """Return the greatest seq from here to the end, of lines inside damaged ones too: a repair brings them back."""
    greatest = 0
    for _, _, data in numbered(file, sys.maxsize):
        for seq in _seqs_in(data.rstrip(b"\n")):
            greatest = max(greatest, seq) if seq <= greatest + record_format.MAX_LEAP else greatest
    return greatest


def _seqs_in(line: bytes) -> list[int]:
    """Return the seqs of the whole lines in a line as it stands in a file, in order."""
    whole = [line] if record_format.is_whole(line) else _lines_in(line) or record_format.split_damaged(line)[0]
    return [seq for seq in map(record_format.seq_of, whole) if seq is not None]


def blocks_to_end(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield ever longer blocks that end with the file of `size` bytes, each with its offset, the last from offset 0."""
    window = 1 << 16
    while True:
        start = max(0, size - window)
        file.seek(start)
        yield start, file.read(size - start)
        if not start:
            return
        window *= 4


def _tail_in(data: bytes, start: int, header: bytes) -> Tail | None:
    """Return the tail from `data`, the bytes from `start` to the end; None where more bytes are needed."""
    end = data.rfind(b"\n") + 1
    last, torn, needs_newline = data[end:], b"", False
    if last and (_seqs_in(last) or (start + end == 0 and last == header[:-1])):
        needs_newline, end = True, len(data)
    elif last:
        torn = last
    if end == 0:
        return Tail(0, 0, torn, False) if start == 0 else None
    for line in reversed(data[:end].split(b"\n")):
        if line and (seqs := _seqs_in(line)):
            entry = line_of(0, line, True).entry
            return Tail(start + end, seqs[-1], torn, needs_newline, entry.at if entry else None)
    return Tail(end, 0, torn, needs_newline) if start == 0 else None
