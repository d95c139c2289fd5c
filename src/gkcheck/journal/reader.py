"""A journal file read line by line: what each line is, and what is wrong with it. Writes nothing."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gkcheck.errors import BadJournal, StoreFault
from gkcheck.journal import record_format
from gkcheck.model import Entry


class Line(NamedTuple):
    """One line after the header: its number from 2, its bytes without the newline, and its entry.

    `fault` says in words what is wrong; `entry` is None then. `kept` is True for a line that is as it was
    written although this program does not understand it. A line too long for an entry is cut.
    """

    number: int
    data: bytes
    entry: Entry | None
    fault: str | None
    kept: bool = False


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO | None]:
    """The file open for reading, None where it does not exist; refuses what is not a regular file.

    Raises:
        StoreFault: a directory, a FIFO, a device. OSError: it cannot be opened.
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


def header_fault(path: Path, plan: str, first: bytes) -> str | None:
    """What is wrong with the first line of a journal of `plan`, in words; None where it is right.

    Raises:
        BadJournal: it is the header of another plan, or of a newer version.
    """
    if not first.strip():
        return "首行是空的" if first else None
    if not first.endswith(b"\n") and record_format.header(plan).startswith(first):
        return "首行没有写完（可能断电），下次记录时补齐"
    try:
        named = record_format.read_header(first)
    except record_format.Damaged as damage:
        return f"{damage}，以下按本计划的日志读取"
    except BadJournal as error:
        raise BadJournal(f"{path} 第 1 行：{error}") from None
    if named != plan:
        raise BadJournal(
            f"{path} 第 1 行：这是“{named}”的日志，不是“{plan}”的；请换 --store 或 --plan，若首行确系损坏用 gkcheck repair --adopt"
        )
    return None if first == record_format.header(plan) else "首行有改动，以下照常读取"


def scan(file: BinaryIO) -> Iterator[Line]:
    """Every line after the first, in file order; an empty line is passed over."""
    for number, data in _numbered(file):
        whole = data.endswith(b"\n")
        line = data[:-1] if whole else data
        if not line:
            continue
        try:
            yield Line(number, line, record_format.decode(line), None)
        except record_format.NotUnderstood as damage:
            yield Line(number, line, None, f"记录看不懂（{damage}），已保留但不计入", kept=True)
        except record_format.Damaged as damage:
            fault = f"记录已损坏（{damage}），已跳过" if whole else "最后一条记录没有写完（可能断电），已忽略"
            yield Line(number, line, None, fault)


def _numbered(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines after the first with their numbers; a line longer than any entry is cut to its beginning."""
    number, most = 1, record_format.LONGEST + 2
    while line := file.readline(most):
        number += 1
        while len(line) == most and not line.endswith(b"\n"):
            rest = file.readline(most)
            if len(rest) < most or rest.endswith(b"\n"):
                line += b"\n" if rest.endswith(b"\n") else b""
                break
        yield number, line


class Tail(NamedTuple):
    """The end of a journal: where the last whole line ends, the last `seq`, and what is torn after it."""

    end: int
    seq: int
    torn: bytes
    needs_newline: bool


def read_tail(file: BinaryIO, size: int, header: bytes) -> Tail:
    """What stands at the end of a journal of `size` bytes, looking back no further than the last whole entry."""
    window = 1 << 16
    while True:
        start = max(0, size - window)
        file.seek(start)
        tail = _tail_in(file.read(size - start), start, header)
        if tail is not None:
            return tail
        window *= 4


def _tail_in(data: bytes, start: int, header: bytes) -> Tail | None:
    """The tail as far as `data`, which begins at `start`, shows it; None where more has to be read."""
    end = data.rfind(b"\n") + 1
    last, torn, needs_newline = data[end:], b"", False
    if last and (record_format.is_whole(last) or (start + end == 0 and last == header[:-1])):
        needs_newline, end = True, len(data)
    elif last:
        torn = last
    if end == 0:
        return Tail(0, 0, torn, False) if start == 0 else None
    for line in reversed(data[:end].split(b"\n")):
        if line and record_format.is_whole(line):
            seq = record_format.seq_of(line)
            if seq is not None:
                return Tail(start + end, seq, torn, needs_newline)
    return Tail(end, 0, torn, needs_newline) if start == 0 else None
