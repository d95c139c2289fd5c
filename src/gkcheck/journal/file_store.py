"""A journal in a JSON Lines file, append-only.

Writers take turns through a lock file; readers read the file as it is. An append reads only the tail, writes once and
is on disk when it returns; its cost does not grow with the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TypeVar

from gkcheck import atomic_files
from gkcheck.errors import BadJournal, StoreFault, refusal
from gkcheck.journal import EVERYTHING, Contents, Decision, EntryLine, History, Scope, record_format
from gkcheck.journal.live import live_entries
from gkcheck.journal.lock import LOCK_LIMIT, hold_lock, silent
from gkcheck.journal.reader import Line, Tail, header_fault, identity, open_regular, read_lines, read_tail
from gkcheck.model import Entry, Problem, Where

if TYPE_CHECKING:
    from gkcheck.journal.index import Index
    from gkcheck.journal.reducer import Reduction

Result = TypeVar("Result")

LONG_JOURNAL = 1 << 18
"""A journal of this many bytes (about 1,000 entries, 10 ms) is not decoded whole where its index or a reduction will do."""


class JournalLines(NamedTuple):
    """A file line by line: its header, the fault of that, and the lines after it."""

    header: bytes
    header_fault: str | None
    lines: list[Line]


class RepairResult(NamedTuple):
    """The faults that a repair met, the number of entries it saved from damaged lines, and the file with the rest."""

    faults: list[Problem]
    saved: int
    aside: Path | None


class FileJournal:
    """The journal of one plan at one path. A symbolic link is followed and stays a link.

    `lock_limit` is how many seconds a writer waits for another; `notice` is called when it has to wait.
    """

    def __init__(
        self, path: Path, plan: str, lock_limit: float = LOCK_LIMIT, notice: Callable[[], None] = silent
    ) -> None:
        self.path = path
        self.plan = plan
        self.lock_limit = lock_limit
        self.notice = notice

    @property
    def name(self) -> str:
        return str(self.path)

    # -- reading -------------------------------------------------------------------------------------

    def read(self, scope: Scope = EVERYTHING) -> History:
        """See `Journal.read`. A journal that does not exist yet is empty."""
        if scope != EVERYTHING:
            with self._translate_errors("读取"), self._open_long() as file:
                history = self._ask_index(lambda index: index.history(file, scope)) if file else None
            if history is not None:
                return self._history(*history)
        lines, problems = self.contents()
        return History([one.entry for one in lines], problems)

    def latest(self, count: int) -> list[Entry]:
        """See `Journal.latest`."""
        with self._translate_errors("读取"), self._open_long() as file:
            entries = self._ask_index(lambda index: index.latest(file, count)) if file else None
        return self.read().entries[-count:] if entries is None else entries

    def current(self, scope: Scope = EVERYTHING, until: date | None = None) -> History:
        """See `Journal.current`. With an empty scope nothing is read."""
        with self._translate_errors("读取"):
            return self._current(scope, until)

    def _current(self, scope: Scope, until: date | None, is_writer: bool = False) -> History:
        """As `current`; `is_writer` where the writers' lock is held."""
        if scope.is_empty:
            return History([], [])
        reduced = self._reduced(scope, until, is_writer)
        if reduced is not None:
            return reduced
        entries, problems = self.read()
        return History(live_entries(entries, until), problems)

    def _reduced(self, scope: Scope, until: date | None, is_writer: bool) -> History | None:
        """Return what `current` asks for by reducing a long journal; None where it is short or has a faulty header."""
        with self._open_long() as file:
            if file is None:
                return None
            from gkcheck.journal.reducer import reduce_file

            if until is None:
                history = self._ask_index(
                    lambda index: self._decoded(
                        index.reduced_for_writer(file, scope) if is_writer else index.reduced(file, scope)
                    )
                )
                if history is not None:
                    return history
            with suppress(record_format.DamagedLine):
                return self._decoded(reduce_file(file, until.isoformat() if until else None))
        return None

    @contextmanager
    def _open_long(self) -> Iterator[BinaryIO | None]:
        """Open the file where it is long and its header has no fault; else None: then it is decoded whole."""
        with open_regular(self.path) as file:
            is_long = file is not None and os.fstat(file.fileno()).st_size >= LONG_JOURNAL
            yield file if file and is_long and self._read_header(file)[1] is None else None

    def _read_header(self, file: BinaryIO) -> tuple[bytes, str | None]:
        """Read the first line; return it and its fault."""
        header = file.readline(record_format.MAX_LINE)
        return header, header_fault(self.path, self.plan, header)

    def _ask_index(self, ask: Callable[[Index], Result | None]) -> Result | None:
        """Return what `ask` returns of the index; None where it cannot be used, for whatever reason.

        It is built again after that, and everything in it can be read from the journal: no fault of it is an error.
        """
        with suppress(Exception):
            from gkcheck.journal.index import Index

            with Index(self.path) as index:
                try:
                    return ask(index)
                except Exception:
                    index.invalidate()
        return None

    def _decoded(self, reduction: Reduction) -> History:
        return self._history(map(record_format.decode, reduction.lines), reduction.faults)

    def _history(self, entries: Iterable[Entry], faults: Iterable[tuple[int, str]]) -> History:
        by_id = {entry.id: entry for entry in entries}
        problems = [Problem(Where(self.name, number), fault) for number, fault in faults]
        return History(sorted(by_id.values(), key=lambda entry: entry.order), problems)

    def contents(self) -> Contents:
        """See `Journal.contents`."""
        with self._translate_errors("读取"):
            _, fault, lines = self._read_lines()
        problems = [Problem(Where(self.name, 1), fault)] if fault else []
        first: dict[str, int] = {}
        entry_lines = []
        for line in lines:
            fault = line.fault
            if line.entry and line.entry.id in first:
                fault = f"与第 {first[line.entry.id]} 行重复，只计一次"
            elif line.entry:
                first[line.entry.id] = line.number
                entry_lines.append(EntryLine(line.entry, line.data))
            if fault:
                problems.append(Problem(Where(self.name, line.number), fault))
        return Contents(sorted(entry_lines, key=lambda one: one.entry.order), problems)

    def _read_lines(self) -> JournalLines:
        """Read the file line by line.

        Raises:
            BadJournal: not a journal at all, another plan's, or a newer version's.
        """
        with open_regular(self.path) as file:
            if file is None:
                return JournalLines(b"", None, [])
            header, fault = self._read_header(file)
            is_complete = header.endswith(b"\n")
            lines = list(read_lines(file)) if is_complete else []
        begins_right = any(line.entry for line in lines) or record_format.header(self.plan).startswith(header)
        if fault and not begins_right:
            raise BadJournal(f"{self.name} 不是 gkcheck 的日志，请用 --store 指定正确的路径")
        return JournalLines(header, fault, lines)

    @contextmanager
    def _translate_errors(self, doing: str) -> Iterator[None]:
        """Turn an error of the operating system into a `StoreFault`; nothing has been lost then."""
        try:
            yield
        except OSError as error:
            raise StoreFault(
                f"{doing}日志 {self.name} 失败：{refusal(error, '请检查路径和权限，或用 --store 换一个位置')}"
            ) from error

    # -- writing -------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        """Hold the writers' lock; give the real path. Missing directories are created, private to the user."""
        with self._translate_errors("写入"):
            target = Path(os.path.realpath(self.path))
            atomic_files.make_private(target.parent)
            with hold_lock(target.with_name(target.name + ".lock"), self.lock_limit, self.notice):
                yield target

    def record(self, decide: Decision, *, by: str, at: str, scope: Scope | None = None) -> list[Entry]:
        """See `Journal.record`. A new file and its directory are private to the user."""
        with self._writing() as target:
            drafts = decide(self.read() if scope is None else self._current(scope, None, is_writer=True))
            if not drafts:
                return []
            tail = self._read_tail(target)
            batch = os.urandom(6).hex()
            lines = [
                record_format.encode(draft, seq=seq, at=at, by=by, batch=batch)
                for seq, draft in enumerate(drafts, tail.seq + 1)
            ]
            self._append(target, tail, b"".join(lines), at)
            return [record_format.decode(line[:-1]) for line in lines]

    def _read_tail(self, target: Path) -> Tail:
        """Read back from the end as far as the last whole entry."""
        with open_regular(target) as file:
            if file is None:
                return Tail(0, 0, b"", False)
            self._read_header(file)
            return read_tail(file, os.fstat(file.fileno()).st_size, record_format.header(self.plan))

    def _append(self, target: Path, tail: Tail, added: bytes, at: str) -> None:
        if tail.torn:
            atomic_files.set_aside(target, tail.torn, "torn", at)
        if tail.needs_newline:
            added = b"\n" + added
        if tail.end == 0:
            atomic_files.replace(target, record_format.header(self.plan) + added)
        elif tail.end < LONG_JOURNAL:
            atomic_files.append(target, tail.end, added)
        else:
            self._append_indexed(target, tail.end, added)

    def _append_indexed(self, target: Path, end: int, added: bytes) -> None:
        """Append to a long journal and add the lines to its index; where that fails, a reader builds the index again."""
        with open(target, "rb") as file:
            before = identity(file)
            atomic_files.append(target, end, added)
            self._ask_index(lambda index: index.add_appended(file, before, added))

    def merge(self, lines: Sequence[EntryLine], *, at: str) -> int:
        """See `Journal.merge`. The file is replaced in one step, its lines then in the order of facts.

        Raises:
            BadJournal: this journal has damaged lines, which a replacement would drop.
        """
        with self._writing() as target:
            _, fault, here = self._read_lines()
            damaged = [line for line in here if line.is_damaged]
            if damaged or fault:
                number = damaged[0].number if damaged else 1
                raise BadJournal(f"{self.name} 第 {number} 行已损坏，请先用 gkcheck repair 修复再合并")
            by_id = {line.entry.id: EntryLine(line.entry, line.data) for line in here if line.entry}
            new = {one.entry.id: one for one in lines if one.entry.id not in by_id}
            if new:
                ordered = sorted([*by_id.values(), *new.values()], key=lambda one: one.entry.order)
                unknown = [line.data for line in here if line.unknown]
                self._replace(target, [*unknown, *(one.line for one in ordered)])
            return len(new)

    def repair(self, *, at: str, adopt: bool = False) -> RepairResult:
        """Set damaged lines aside in a dated file; a journal without faults is not touched.

        Whole entries inside damaged bytes (a lost line break) stay in the journal. `adopt` makes a journal whose header
        is of another plan one of this plan. What remains is put in place in one step.
        """
        with self._writing() as target:
            header, fault, lines = self._lines_to_adopt(target) if adopt else self._read_lines()
            damaged = [line for line in lines if line.is_damaged]
            repeated = _repeated(lines)
            if not (damaged or fault or repeated):
                return RepairResult([], 0, None)
            faults = [Problem(Where(self.name, 1), fault)] if fault else []
            faults += [Problem(Where(self.name, line.number), line.fault or "") for line in damaged]
            faults += [Problem(Where(self.name, line.number), "与前面的一行重复") for line in repeated]
            saved = record_format.entry_lines_in(header) if fault else []
            saved += [whole for line in damaged for whole in record_format.entry_lines_in(line.data)]
            lost = self._lost_bytes(target, damaged, bool(fault))
            aside = atomic_files.set_aside(target, lost, "damaged", at) if lost else None
            remaining = [line.data for line in lines if line not in damaged and line not in repeated]
            self._replace(target, [*remaining, *saved])
            return RepairResult(faults, len(saved), aside)

    def _replace(self, target: Path, lines: Iterable[bytes]) -> None:
        """Replace the file by a header and lines without newlines, in one step."""
        atomic_files.replace(target, record_format.header(self.plan) + b"".join(line + b"\n" for line in lines))

    def _lines_to_adopt(self, target: Path) -> JournalLines:
        with open_regular(target) as file:
            header = file.readline(record_format.MAX_LINE) if file else b""
            lines = list(read_lines(file)) if file else []
        if header == record_format.header(self.plan) or not any(line.entry for line in lines):
            return self._read_lines()
        return JournalLines(header, "首行不是本计划的", lines)

    def _lost_bytes(self, target: Path, damaged: list[Line], header: bool) -> bytes:
        """Return the damaged lines (and the header) as they stand in the file, whole even where they are too long."""
        numbers = {line.number for line in damaged} | ({1} if header else set())
        with open(target, "rb") as file:
            return b"".join(line for number, line in enumerate(file, 1) if number in numbers)


def _repeated(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with an entry that an earlier line has."""
    ids: set[str] = set()
    repeated = []
    for line in lines:
        if line.entry and line.entry.id in ids:
            repeated.append(line)
        elif line.entry:
            ids.add(line.entry.id)
    return repeated
