"""A journal in a JSON Lines file: append-only, readable, and damaged by nothing that can be prevented.

Writers take turns through a lock file; readers look at the file as it is. An append reads only the tail,
writes once and reaches the disk before it returns, so that its cost does not grow with the file.
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
from gkcheck.journal.lock import LOCK_LIMIT, locked, silent
from gkcheck.journal.reader import Line, Tail, header_fault, open_regular, read_lines, read_tail
from gkcheck.model import Entry, Problem, Where

if TYPE_CHECKING:
    from gkcheck.journal.index import Index
    from gkcheck.journal.reducer import Found

Result = TypeVar("Result")

LONG_JOURNAL = 1 << 18
"""From this many bytes on a journal is not read as entries where less will do: about 1,000 entries, 10 ms."""


class JournalLines(NamedTuple):
    """A file line by line: its first line, what is wrong with that, and the lines after it."""

    first: bytes
    header_fault: str | None
    lines: list[Line]


class RepairResult(NamedTuple):
    """What a repair did: the faults it met, how many entries it saved from damaged lines, where the rest is."""

    faults: list[Problem]
    saved: int
    aside: Path | None


class FileJournal:
    """The journal of one plan at one path. A symbolic link is followed; what it points at stays in place.

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
            with self._faults("读取"), self._opened_long() as file:
                past = self._asked(lambda index: index.past(file, scope)) if file else None
            if past is not None:
                return self._history(*past)
        found, problems = self.contents()
        return History([sealed.entry for sealed in found], problems)

    def latest(self, count: int) -> list[Entry]:
        """See `Journal.latest`."""
        with self._faults("读取"), self._opened_long() as file:
            found = self._asked(lambda index: index.latest(file, count)) if file else None
        return self.read().entries[-count:] if found is None else found

    def current(self, scope: Scope = EVERYTHING, until: date | None = None) -> History:
        """See `Journal.current`. Where nothing is asked, nothing is read."""
        if frozenset() in (scope.tasks, scope.units):
            return History([], [])
        with self._faults("读取"):
            return self._reduced(scope, until) or self._whole(until)

    def _whole(self, until: date | None) -> History:
        history = self.read()
        return History(live_entries(history.entries, until), history.problems)

    def _reduced(self, scope: Scope, until: date | None, trusted: bool = False) -> History | None:
        """What `current` asks for, without reading a long journal as entries; None where it is short or odd."""
        with self._opened_long() as file:
            if file is None:
                return None
            from gkcheck.journal.reducer import boiled_down

            history = None
            if until is None:
                history = self._asked(
                    lambda index: self._kept(index.trusted(file, scope) if trusted else index.found(file, scope))
                )
            if history is None:
                with suppress(record_format.DamagedLine):
                    history = self._kept(boiled_down(file, until.isoformat() if until else None))
        return history

    @contextmanager
    def _opened_long(self) -> Iterator[BinaryIO | None]:
        """The file, where it is long and begins as it should; else None: then it is read as entries."""
        with open_regular(self.path) as file:
            is_long = file is not None and os.fstat(file.fileno()).st_size >= LONG_JOURNAL
            yield file if file and is_long and not self._begins_wrong(file) else None

    def _begins_wrong(self, file: BinaryIO) -> bool:
        return header_fault(self.path, self.plan, file.readline(record_format.MAX_LINE)) is not None

    def _asked(self, ask: Callable[[Index], Result | None]) -> Result | None:
        """What the index answers; None where it cannot be used. An index that holds nonsense is given up."""
        import sqlite3

        from gkcheck.journal.index import Index

        with suppress(sqlite3.Error, OSError), Index(self.path) as index:
            try:
                return ask(index)
            except (record_format.DamagedLine, TypeError):
                index.forget()
        return None

    def _kept(self, found: Found) -> History:
        return self._history(map(record_format.decode, found.lines), found.faults)

    def _history(self, found: Iterable[Entry], faults: Iterable[tuple[int, str]]) -> History:
        entries = {entry.id: entry for entry in found}
        problems = [Problem(Where(self.name, number), said) for number, said in faults]
        return History(sorted(entries.values(), key=lambda entry: entry.order), problems)

    def contents(self) -> Contents:
        """See `Journal.contents`."""
        with self._faults("读取"):
            _, header, found = self._scanned()
        problems = [Problem(Where(self.name, 1), header)] if header else []
        seen: dict[str, int] = {}
        sealed = []
        for line in found:
            fault = line.fault
            if line.entry and line.entry.id in seen:
                fault = f"与第 {seen[line.entry.id]} 行重复，只计一次"
            elif line.entry:
                seen[line.entry.id] = line.number
                sealed.append(EntryLine(line.entry, line.data))
            if fault:
                problems.append(Problem(Where(self.name, line.number), fault))
        sealed.sort(key=lambda one: one.entry.order)
        return Contents(sealed, problems)

    def _scanned(self) -> JournalLines:
        """The file line by line.

        Raises:
            BadJournal: not a journal at all, another plan's, or a newer version's.
        """
        with open_regular(self.path) as file:
            if file is None:
                return JournalLines(b"", None, [])
            first = file.readline(record_format.MAX_LINE)
            fault = header_fault(self.path, self.plan, first)
            found = list(read_lines(file)) if first.endswith(b"\n") else []
        if fault and first.endswith(b"\n") and not any(line.entry for line in found):
            raise BadJournal(f"{self.name} 不是 gkcheck 的日志，请用 --store 指定正确的路径")
        if fault and not first.endswith(b"\n") and not record_format.header(self.plan).startswith(first):
            raise BadJournal(f"{self.name} 不是 gkcheck 的日志，请用 --store 指定正确的路径")
        return JournalLines(first, fault, found)

    @contextmanager
    def _faults(self, doing: str) -> Iterator[None]:
        """Say what the operating system refused in one line; nothing has been lost then."""
        try:
            yield
        except OSError as error:
            raise StoreFault(
                f"{doing}日志 {self.name} 失败：{refusal(error, '请检查路径和权限，或用 --store 换一个位置')}"
            ) from error

    # -- writing -------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[Path]:
        """Hold the writers' lock; gives the real path. Directories are made, private, where they are missing."""
        with self._faults("写入"):
            target = Path(os.path.realpath(self.path))
            atomic_files.make_private(target.parent)
            with locked(target.with_name(target.name + ".lock"), self.lock_limit, self.notice):
                yield target

    def record(self, decide: Decision, *, by: str, at: str, scope: Scope | None = None) -> list[Entry]:
        """See `Journal.record`. The file and its directory are private to the user where they are new."""
        with self._alone() as target:
            drafts = decide(self.read() if scope is None else self._present(scope))
            if not drafts:
                return []
            tail = self._tail(target)
            batch = os.urandom(6).hex()
            written = [
                record_format.encode(draft, seq=seq, at=at, by=by, batch=batch)
                for seq, draft in enumerate(drafts, tail.seq + 1)
            ]
            self._append(target, tail, b"".join(written), at)
            return [record_format.decode(line[:-1]) for line in written]

    def _present(self, scope: Scope) -> History:
        """`current`, for the writer under its lock."""
        if frozenset() in (scope.tasks, scope.units):
            return History([], [])
        return self._reduced(scope, None, trusted=True) or self._whole(None)

    def _tail(self, target: Path) -> Tail:
        """Read back from the end as far as the last whole entry."""
        with open_regular(target) as file:
            if file is None:
                return Tail(0, 0, b"", False)
            header_fault(self.path, self.plan, file.readline(record_format.MAX_LINE))
            return read_tail(file, os.fstat(file.fileno()).st_size, record_format.header(self.plan))

    def _append(self, target: Path, tail: Tail, added: bytes, at: str) -> None:
        if tail.torn:
            atomic_files.set_aside(target, tail.torn, "torn", at)
        if tail.end == 0:
            atomic_files.replace(target, record_format.header(self.plan) + added)
        elif tail.end < LONG_JOURNAL:
            atomic_files.append(target, tail.end, b"\n" + added if tail.needs_newline else added)
        else:
            self._append_indexed(target, tail.end, b"\n" + added if tail.needs_newline else added)

    def _append_indexed(self, target: Path, end: int, added: bytes) -> None:
        """Append to a long journal, and tell its index, which can be made again if it does not hear."""
        import sqlite3

        from gkcheck.journal.index import Index, identity

        with open(target, "rb") as file:
            before = identity(file)
            atomic_files.append(target, end, added)
            with suppress(sqlite3.Error, OSError), Index(self.path) as index:
                index.appended(file, before, added)

    def merge(self, sealed: Sequence[EntryLine], *, at: str) -> int:
        """See `Journal.merge`. The file is replaced in one step, its lines then in the order of facts.

        Raises:
            BadJournal: this journal has damaged lines, which a replacement would drop.
        """
        with self._alone() as target:
            _, header, found = self._scanned()
            broken = [line for line in found if line.is_damaged]
            if broken or header:
                number = broken[0].number if broken else 1
                raise BadJournal(f"{self.name} 第 {number} 行已损坏，请先用 gkcheck repair 修复再合并")
            known = {line.entry.id: line for line in found if line.entry}
            new = {one.entry.id: one for one in sealed if one.entry.id not in known}
            if not new:
                return 0
            ordered = sorted(
                [*(EntryLine(line.entry, line.data) for line in known.values() if line.entry), *new.values()],
                key=lambda one: one.entry.order,
            )
            kept = [line.data for line in found if line.unknown]
            atomic_files.replace(
                target, record_format.header(self.plan) + _joined([*kept, *(one.line for one in ordered)])
            )
            return len(new)

    def repair(self, *, at: str, adopt: bool = False) -> RepairResult:
        """Set damaged lines aside in a dated file; a sound journal is not touched.

        Whole entries inside damaged bytes (a lost line break) are kept. `adopt` takes a journal whose
        header names another plan as this plan's. What remains is put in place in one step.
        """
        with self._alone() as target:
            first, header, found = self._adopted(target) if adopt else self._scanned()
            broken = [line for line in found if line.is_damaged]
            repeated = _repeated(found)
            if not (broken or header or repeated):
                return RepairResult([], 0, None)
            faults = [Problem(Where(self.name, 1), header)] if header else []
            faults += [Problem(Where(self.name, line.number), line.fault or "") for line in broken]
            faults += [Problem(Where(self.name, line.number), "与前面的一行重复") for line in repeated]
            saved = record_format.entry_lines_in(first) if header else []
            saved += [whole for line in broken for whole in record_format.entry_lines_in(line.data)]
            lost = self._lost_bytes(target, broken, bool(header))
            aside = atomic_files.set_aside(target, lost, "damaged", at) if lost else None
            kept = [line.data for line in found if line not in broken and line not in repeated]
            atomic_files.replace(target, record_format.header(self.plan) + _joined([*kept, *saved]))
            return RepairResult(faults, len(saved), aside)

    def _adopted(self, target: Path) -> JournalLines:
        with open_regular(target) as file:
            first = file.readline(record_format.MAX_LINE) if file else b""
            found = list(read_lines(file)) if file else []
        if first == record_format.header(self.plan) or not any(line.entry for line in found):
            return self._scanned()
        return JournalLines(first, "首行不是本计划的", found)

    def _lost_bytes(self, target: Path, broken: list[Line], header: bool) -> bytes:
        """The damaged lines as they stand in the file, whole even where they were too long to be read as lines."""
        wanted = {line.number for line in broken} | ({1} if header else set())
        with open(target, "rb") as file:
            return b"".join(line for number, line in enumerate(file, 1) if number in wanted)


def _repeated(found: Sequence[Line]) -> list[Line]:
    """The lines whose entry stands further up already."""
    seen: set[str] = set()
    repeated = []
    for line in found:
        if line.entry and line.entry.id in seen:
            repeated.append(line)
        elif line.entry:
            seen.add(line.entry.id)
    return repeated


def _joined(found: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in found)
