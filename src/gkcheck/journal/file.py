"""A journal in a JSON Lines file: append-only, readable, and damaged by nothing that can be prevented.

Writers take turns through a lock file; readers look at the file as it is. An append reads only the tail,
writes once and reaches the disk before it returns, so that its cost does not grow with the file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gkcheck.entries import live
from gkcheck.errors import BadJournal, StoreFault
from gkcheck.journal import EVERYTHING, Decide, History, Scope, lines
from gkcheck.journal.lock import locked
from gkcheck.model import Entry, Problem, Where

LOCK_LIMIT = 30.0
"""Seconds a writer waits for another by default."""


class Tail(NamedTuple):
    """The end of a journal: where the last whole line ends, the last `seq`, and what is torn after it."""

    end: int
    seq: int
    torn: bytes
    needs_newline: bool


def _silent() -> None:
    pass


@dataclass(frozen=True)
class FileJournal:
    """The journal of one plan at one path. A symbolic link is followed; what it points at stays in place.

    `lock_limit` is how many seconds a writer waits for another; `notice` is called when it has to wait.
    """

    path: Path
    plan: str
    lock_limit: float = LOCK_LIMIT
    notice: Callable[[], None] = _silent

    @property
    def name(self) -> str:
        return str(self.path)

    # -- reading -------------------------------------------------------------------------------------

    def read(self) -> History:
        """See `Journal.read`. A journal that does not exist yet is empty."""
        history = History([], [])
        with self._faults("读取"), self._opened() as file:
            if file is not None:
                self._read(file, history)
        ordered = sorted(dict.fromkeys(history.entries), key=lambda entry: entry.order)
        return History(ordered, history.problems)

    def current(self, scope: Scope = EVERYTHING) -> History:
        """See `Journal.current`."""
        history = self.read()
        return History(live(history.entries), history.problems)

    def _read(self, file: BinaryIO, history: History) -> None:
        first = file.readline(lines.LONGEST + 1)
        header_fault = self._header_fault(first)
        if header_fault:
            history.problems.append(Problem(Where(self.name, 1), header_fault))
        seen: dict[str, int] = {}
        for number, line in _numbered(file):
            whole = line.endswith(b"\n")
            try:
                entry = lines.decode(line[:-1] if whole else line)
            except lines.Damaged as damage:
                what = f"记录已损坏（{damage}），已跳过" if whole else "最后一条记录没有写完（可能断电），已忽略"
                history.problems.append(Problem(Where(self.name, number), what))
                continue
            if entry.id in seen:
                message = f"与第 {seen[entry.id]} 行重复，只计一次"
                history.problems.append(Problem(Where(self.name, number), message))
                continue
            seen[entry.id] = number
            history.entries.append(entry)
        torn = not first.endswith(b"\n")
        if header_fault and not history.entries and not torn:
            raise BadJournal(f"{self.name} 不是 gkcheck 的日志，请用 --store 指定正确的路径")

    def _header_fault(self, first: bytes) -> str | None:
        """What is wrong with the first line, in words; None where it is right.

        Raises:
            BadJournal: it is the header of another plan, or of a newer version.
        """
        if not first:
            return None
        if not first.endswith(b"\n") and lines.header(self.plan).startswith(first):
            return "首行没有写完（可能断电），下次记录时补齐"
        try:
            plan = lines.read_header(first)
        except lines.Damaged as damage:
            return f"{damage}，以下按本计划的日志读取；用 gkcheck repair 修复"
        if plan != self.plan:
            raise BadJournal(f"{self.name} 第 1 行：这是“{plan}”的日志，不是“{self.plan}”的；请换 --store 或 --plan")
        return None

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO | None]:
        """The file open for reading, None where it does not exist; refuses what is not a regular file."""
        try:
            mode = os.stat(self.path).st_mode
        except FileNotFoundError:
            yield None
            return
        if not stat.S_ISREG(mode):
            what = "是一个目录" if stat.S_ISDIR(mode) else "不是普通文件"
            raise StoreFault(f"日志路径 {self.name} {what}，请用 --store 指定一个文件")
        with open(self.path, "rb") as file:
            yield file

    @contextmanager
    def _faults(self, doing: str) -> Iterator[None]:
        """Say what the operating system refused in one line; nothing has been lost then."""
        try:
            yield
        except OSError as error:
            raise StoreFault(f"{doing}日志 {self.name} 失败：{reason(error)}") from error

    # -- writing -------------------------------------------------------------------------------------

    def record(self, decide: Decide, *, by: str, at: str, scope: Scope | None = None) -> list[Entry]:
        """See `Journal.record`. The file and its directory are made private to the user where they are new."""
        with self._faults("写入"):
            target = Path(os.path.realpath(self.path))
            make_private(target.parent)
            with locked(lock_path(target), self.lock_limit, self.notice):
                drafts = decide(self.read() if scope is None else self.current(scope))
                if not drafts:
                    return []
                tail = self._tail(target)
                batch = os.urandom(6).hex()
                written = [
                    lines.encode(draft, seq=tail.seq + i, at=at, by=by, batch=batch)
                    for i, draft in enumerate(drafts, start=1)
                ]
                self._append(target, tail, b"".join(written), at)
                return [lines.decode(line[:-1]) for line in written]

    def _tail(self, target: Path) -> Tail:
        """Read back from the end as far as the last whole entry."""
        with self._opened() as file:
            if file is None:
                return Tail(0, 0, b"", False)
            self._header_fault(file.readline(lines.LONGEST + 1))
            size = file.seek(0, os.SEEK_END)
            return read_tail(file, size, lines.header(self.plan))

    def _append(self, target: Path, tail: Tail, added: bytes, at: str) -> None:
        if tail.torn:
            set_aside(target, tail.torn, "torn", at)
        if tail.end == 0:
            replace(target, lines.header(self.plan) + added)
            return
        descriptor = os.open(target, os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        try:
            before = os.fstat(descriptor).st_size
            if tail.torn:
                os.ftruncate(descriptor, tail.end)
                before = tail.end
            _write_whole(descriptor, before, b"\n" + added if tail.needs_newline else added)
        finally:
            os.close(descriptor)


def _write_whole(descriptor: int, end: int, data: bytes) -> None:
    """Write at `end` and reach the disk; where that fails, leave the file ending at `end` as it did."""
    try:
        os.lseek(descriptor, end, os.SEEK_SET)
        written = os.write(descriptor, data)
        while written < len(data):
            written += os.write(descriptor, data[written:])
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, end)
        raise


def _numbered(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines after the first with their numbers; a line longer than any entry is cut to its beginning."""
    number = 1
    while line := file.readline(lines.LONGEST + 2):
        number += 1
        if len(line) == lines.LONGEST + 2 and not line.endswith(b"\n"):
            while rest := file.readline(lines.LONGEST):
                if rest.endswith(b"\n"):
                    line += b"\n"
                    break
        yield number, line


def read_tail(file: BinaryIO, size: int, header: bytes) -> Tail:
    """What stands at the end of a journal of `size` bytes, looking back no further than the last whole entry."""
    window = 1 << 16
    while True:
        start = max(0, size - window)
        file.seek(start)
        data = file.read(size - start)
        tail = _tail_in(data, start, header)
        if tail is not None:
            return tail
        if start == 0:
            return Tail(size, 0, b"", False)
        window *= 4


def _tail_in(data: bytes, start: int, header: bytes) -> Tail | None:
    """The tail as far as `data`, which begins at `start`, shows it; None where it holds no whole entry."""
    size = start + len(data)
    end = data.rfind(b"\n") + 1
    last = data[end:]
    torn, needs_newline = b"", False
    if last:
        if lines.is_whole(last) or (start + end == 0 and last == header[:-1]):
            needs_newline, end = True, len(data)
        elif end or start == 0:
            torn = last
    if end == 0 and start == 0:
        return Tail(0, 0, torn, False)
    for line in reversed(data[:end].split(b"\n")):
        if line and lines.is_whole(line):
            return Tail(start + end, lines.decode(line).seq, torn, needs_newline)
    if start == 0:
        return Tail(size - len(torn), 0, torn, needs_newline)
    return None


# -- files ----------------------------------------------------------------------------------------------


def lock_path(target: Path) -> Path:
    """The lock file of a journal."""
    return target.with_name(target.name + ".lock")


def make_private(directory: Path) -> None:
    """Make a directory, and what is missing above it, readable by its user only."""
    if directory.is_dir():
        return
    make_private(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)


def set_aside(target: Path, data: bytes, why: str, at: str) -> Path:
    """Keep bytes that cannot stay in the journal in a file beside it, dated `at`; returns its path."""
    stamp = "".join(char for char in at[:26] if char.isdigit())
    aside = target.with_name(f"{target.name}.{why}-{stamp}")
    replace(aside, data)
    return aside


def replace(target: Path, data: bytes) -> None:
    """Put `data` at `target` in one step that has reached the disk; an existing file keeps its mode."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            if target.exists() and hasattr(os, "fchmod"):
                os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if hasattr(os, "O_DIRECTORY"):
        directory = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


_REASONS = {
    "ENOSPC": "磁盘已满，请腾出空间后重试",
    "EDQUOT": "超出磁盘配额，请腾出空间后重试",
    "EFBIG": "文件超过系统允许的大小，请检查磁盘限额",
    "EROFS": "所在磁盘是只读的，请用 --store 换一个位置",
    "EACCES": "没有权限，请检查文件和目录的权限，或用 --store 换一个位置",
    "EPERM": "没有权限，请检查文件和目录的权限，或用 --store 换一个位置",
    "ENOTDIR": "路径中有一段是文件而不是目录，请用 --store 换一个位置",
    "EEXIST": "路径中有一段是文件而不是目录，请用 --store 换一个位置",
    "EISDIR": "路径是一个目录，请用 --store 指定一个文件",
    "ELOOP": "符号链接绕成了圈，请用 --store 换一个位置",
    "ENAMETOOLONG": "路径太长，请用 --store 换一个位置",
    "EIO": "磁盘读写出错，请检查磁盘",
}


def reason(error: OSError) -> str:
    """What the operating system refused, with the remedy, in Chinese."""
    import errno

    name = errno.errorcode.get(error.errno or 0, "")
    return _REASONS.get(name, f"{error.strerror or error}（{name}）")
