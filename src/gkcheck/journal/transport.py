"""Undo what a transport has done to the bytes of a journal: git's autocrlf, Notepad, PowerShell, mail, a power cut.

Nothing is guessed: a line counts as an entry only where it ends in the id of its own bytes.
"""

from __future__ import annotations

import io
import re

from gkcheck.errors import BadJournal
from gkcheck.journal import record_format
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_BEGINNING = 1 << 16
"""The bytes of a file that decide whether it is a journal at all, before the whole of it is read."""

_BLANKS = b" \t\r\x00\xef\xbb\xbf\xc2\xa0"
"""The bytes of blanks, NUL, a BOM and a no-break space."""

_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b'{\x00"\x00', "utf-16-le"),
    (b'\x00{\x00"', "utf-16-be"),
)
_ENTRY = b'{"seq":'


def mended(file: BinaryIO) -> tuple[BinaryIO, str | None]:
    """Return the file with the changes of a transport undone, and a sentence about them; else the file itself and None.

    Line breaks, encoding and the first line are mended here, for the whole file; what stands around single lines is
    left to `lines_in`.
    """
    beginning = file.read(_BEGINNING)
    file.seek(0)
    if not _is_header(_mend(beginning)[0]):
        return file, None
    data, changes = _mend(file.read())
    file.seek(0)
    return (io.BytesIO(data), f"日志在传送中有改动（{'、'.join(changes)}）") if changes else (file, None)


def _is_header(data: bytes) -> bool:
    try:
        record_format.read_header(data.partition(b"\n")[0])
    except record_format.DamagedLine:
        return False
    except BadJournal:
        pass  # of a newer version; whoever reads it says so
    return True


def _mend(data: bytes) -> tuple[bytes, list[str]]:
    """Return data as gkcheck writes it, and the changes that were undone, in Chinese."""
    changes = []
    encoding = next((name for mark, name in _ENCODINGS if data.startswith(mark)), None)
    if encoding:
        data = data.decode(encoding, "replace").encode("utf-8", "replace")
        changes.append(f"编码成了 {encoding[:6].upper()}")
    begun = data.lstrip(_BLANKS + b"\n")
    if len(begun) != len(data) and not encoding:
        changes.append("开头多了 BOM、空字节或空白")
    data = begun
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        changes.append("换行成了 CR 或 CRLF")
    if data.endswith(b"\x1a"):
        data = data.rstrip(b"\x1a")
        changes.append("末尾多了 DOS 的结束符")
    first, newline, rest = data.partition(b"\n")
    header, joined, lines = first.partition(_ENTRY)
    if joined:
        first = header.rstrip(_BLANKS) + b"\n" + re.sub(rb'"\}[ \t]*\{"seq":', b'"}\n{"seq":', joined + lines)
        changes.append("首行后面没有换行")
    elif first.rstrip(_BLANKS) != first:
        first = first.rstrip(_BLANKS)
        changes.append("首行末尾多了空白")
    return first + newline + rest, changes


def lines_in(line: bytes) -> list[bytes]:
    """Return the whole lines in one that is not whole itself, if there is nothing but blanks around them; else none."""
    for reading in _readings(line):
        lines, around = record_format.split_damaged(reading)
        if lines and not around.translate(None, _BLANKS):
            return lines
    return []


def _readings(line: bytes) -> list[bytes]:
    """Return the line, and the line if an editor has saved it in the encoding of Chinese Windows."""
    try:
        return [line, line.decode("gb18030").encode()]
    except (UnicodeError, LookupError):  # a program built without the codec
        return [line]
