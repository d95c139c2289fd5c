"""A journal in a JSON Lines file, append-only.

Writers take turns through a lock file; readers read the file as it is. An append reads only the tail, writes once and
is on disk when it returns; its cost does not grow with the file.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date

from gkcheck.atomic_files import Unsettled
from gkcheck.errors import BadJournal, StoreFault, refusal
from gkcheck.journal import EVERYTHING, Decision, History, Scope, in_order, record_format
from gkcheck.journal.clock import at_office, day_of, set_back
from gkcheck.journal.file_lines import LONG_JOURNAL, FileLines, Union
from gkcheck.journal.live import live_history, statuses_on
from gkcheck.journal.lock import LOCK_LIMIT, silent
from gkcheck.journal.reader import (
    TORN,
    Tail,
    as_written,
    greatest_seq,
    header_fault,
    identity,
    open_regular,
    read_tail,
)
from gkcheck.model import ZONE, Draft, Entry, PastStatuses, Problem, Where
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO, TypeVar

    from gkcheck.atomic_files import Content
    from gkcheck.journal.entry_line import EntryLine
    from gkcheck.journal.index import Answer, Index, Verified
    from gkcheck.journal.turn import Turn

    Result = TypeVar("Result")
    Read = TypeVar("Read", bound=History | None)

_MOMENT = 0.02
"""Seconds after which a torn last line is looked at again."""


class RepairResult(NamedTuple):
    """The faults that a repair met, lines out of order, the entries it saved from damaged ones, the file with the rest."""

    faults: Sequence[Problem]
    late: Problem | None
    saved: int
    aside: str | None


class FileJournal:
    """The journal of one plan at one path. A symbolic link is followed and stays a link.

    `lock_limit` is how many seconds a writer waits for another; `notice` is called when it has to wait, `tell` with a
    sentence that its user has to know, `advance` while a long journal is read for the first time, with the bytes read so
    far and all there are. `zone` is the office's, in which days begin and end.
    """

    def __init__(
        self,
        path: str | Path,
        plan: str,
        lock_limit: float = LOCK_LIMIT,
        notice: Callable[[], None] = silent,
        tell: Callable[[str], None] = lambda _: None,
        zone: str = ZONE,
        advance: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self.path = path
        self.advance = advance
        self._verified: Verified | None = None
        self.zone = zone
        self.plan = plan
        self.lock_limit = lock_limit
        self.notice = notice
        self.tell = tell

    @property
    def name(self) -> str:
        return os.fspath(self.path)

    # -- reading -------------------------------------------------------------------------------------

    def read(self, scope: Scope = EVERYTHING) -> History:
        """See `Journal.read`. A journal that does not exist yet is empty."""
        if scope != EVERYTHING:
            history = self._settled(lambda: self._searched(scope))
            if history is not None:
                return history
        with self.lines() as lines:
            entries = in_order(lambda: [at_office(one.decoded(), self.zone) for one in lines])
            return History(entries, list(lines.problems))

    @contextmanager
    def lines(self) -> Iterator[FileLines]:
        """See `Journal.lines`. A torn last line that a writer is just writing is waited for."""
        with ExitStack() as stack:
            with self._translate_errors("读取"):
                file = stack.enter_context(open_regular(self.path))
                while file and _is_growing(file):
                    pass
            yield self._lines_of(file)

    def _lines_of(self, file: BinaryIO | None, adopt: bool = False, rescue: bool = False) -> FileLines:
        return FileLines(
            file, self.name, self.plan, adopt=adopt, rescue=rescue, reading=lambda: self._translate_errors("读取")
        )

    def _searched(self, scope: Scope) -> History | None:
        """Return the entries of a scope from a long journal; None where it is short or cannot be searched."""
        with self._translate_errors("读取"), self._open_long() as file:
            return self._history(self._ask_index(lambda index: index.history(file, scope))) if file else None

    def latest(self, count: int) -> list[Entry]:
        """See `Journal.latest`."""
        with self._translate_errors("读取"), self._open_long() as file:
            entries = self._ask_index(lambda index: index.latest(file, count)) if file else None
        return self.read().entries[-count:] if entries is None else entries

    def current(self, scope: Scope = EVERYTHING, until: date | None = None, is_writer: bool = False) -> History:
        """See `Journal.current`. With an empty scope nothing is read. `is_writer`: the writers' lock is held."""
        if scope.is_empty:
            return History([], [])
        with self._translate_errors("读取"):
            reduced = self._settled(lambda: self._reduced(scope, until, is_writer))
        if reduced is not None:
            return reduced
        return live_history(self.read(), until)

    def _reduced(self, scope: Scope, until: date | None, is_writer: bool) -> History | None:
        """Return what `current` asks for from a long journal; None where it is short or has a faulty header."""
        last_day = until.isoformat() if until else None
        with self._open_long() as file:
            if file is None:
                return None
            return self._history(self._ask_index(lambda index: index.current(file, scope, last_day, is_writer)))

    @contextmanager
    def _open_long(self) -> Iterator[BinaryIO | None]:
        """Open the file where it is long and its header has no fault; else None: then it is decoded whole."""
        with open_regular(self.path) as file:
            is_long = file is not None and os.fstat(file.fileno()).st_size >= LONG_JOURNAL
            yield file if file and is_long and self._read_header(file)[1] is None else None

    def _read_header(self, file: BinaryIO) -> tuple[bytes, str | None]:
        """Read the first line; return it and its fault."""
        header = file.readline(record_format.MAX_LINE)
        return header, header_fault(str(self.path), self.plan, header)

    def _ask_index(self, ask: Callable[[Index], Result | None], may_build: bool = True) -> Result | None:
        """Return what `ask` returns of the index; None where it cannot be used, for whatever reason.

        It is built again after that, and everything in it can be read from the journal: no fault of it is an error.
        Where it cannot be kept it is built in memory, if it `may_build`.
        """
        for in_memory in (False, True)[: 1 + may_build]:
            with suppress(Exception):
                from gkcheck.journal.index import Index

                try:
                    with Index(self.path, self.zone, in_memory, self._verified, self.advance) as index:
                        answer = ask(index)
                        self._verified = index.verified
                        return answer
                except record_format.DamagedLine:
                    return None
        return None

    def _history(self, answer: Answer | None) -> History | None:
        """Return an answer of the index as a history."""
        if answer is None:
            return None
        problems = [Problem(Where(self.name, number), fault) for number, fault in answer.faults]
        entries = answer.entries
        if not answer.in_order:
            entries = sorted({entry.id: entry for entry in entries}.values(), key=lambda entry: entry.order)
        return History(entries, problems, answer.later)

    def past_statuses(self, days: Sequence[date]) -> PastStatuses:
        """See `Journal.past_statuses`."""
        with self._translate_errors("读取"), self._open_long() as file:
            found = self._ask_index(lambda index: index.past_statuses(file, days)) if file else None
        return statuses_on(self.read().entries, days) if found is None else found

    def _settled(self, read: Callable[[], Read]) -> Read:
        """Return what `read` returns; read again while its torn last line is one that a writer is just writing."""
        while True:
            before = os.path.exists(self.path) and identity(self.path)
            result = read()
            if result is None or not result.problems or result.problems[-1].message != TORN:
                return result
            time.sleep(_MOMENT)
            if identity(self.path) == before:
                return result

    @contextmanager
    def _translate_errors(self, doing: str) -> Iterator[None]:
        """Turn an error of the operating system into a `StoreFault`; nothing has been lost then."""
        try:
            yield
        except Unsettled as error:
            raise StoreFault(
                f"{doing}日志 {self.name} 时{refusal(error, '请检查磁盘')}；后面已有别人的记录，所以没有截断，这次的记录可能已在其中，请用 gkcheck log 核对，不要先重做"
            ) from error
        except OSError as error:
            raise StoreFault(
                f"{doing}日志 {self.name} 失败：{refusal(error, '请检查路径和权限，或用 --store 换一个位置')}"
            ) from error

    # -- writing -------------------------------------------------------------------------------------

    def _in_turn(self, act: Callable[[Turn], Result]) -> Result:
        """Do `act` in a writer's turn, and again in another turn as long as others change the file under it."""
        from gkcheck.journal.turn import TRIES, Changed, take_turn  # readers do without

        target = os.path.realpath(self.path)
        for turns in range(TRIES):
            with suppress(Changed), ExitStack() as stack:
                with self._translate_errors("写入"):
                    turn = stack.enter_context(take_turn(target, self.lock_limit, self.notice, whole=turns > 0))
                return act(turn)
        raise StoreFault(f"日志 {self.name} 不断被别的程序改动，没有写入；请停下正在同步或编辑它的程序后重试")

    def record(self, decide: Decision, *, by: str, at: str, scope: Scope | None = None) -> list[Entry]:
        """See `Journal.record`. `decide` is called again where others have changed the file meanwhile."""

        def act(turn: Turn) -> list[Entry]:
            today = day_of(at, self.zone)
            drafts = decide(self.read() if scope is None else self.current(scope, today, is_writer=True))
            if not drafts:
                return []
            with self._translate_errors("写入"), turn.opened() as file:
                lines = self._append(turn, file, drafts, by, at)
            return [at_office(record_format.decode(line[:-1]), self.zone) for line in lines]

        return self._in_turn(act)

    def _append(self, turn: Turn, file: BinaryIO | None, drafts: Sequence[Draft], by: str, at: str) -> list[bytes]:
        """Write the drafts to the end of the file and return their lines."""
        content, tail, greatest = self._end_of(file) if file else (None, Tail(0, 0, b"", False), 0)
        batch = os.urandom(6).hex()
        if greatest + len(drafts) > record_format.MAX_SEQ:
            raise BadJournal(f"{self.name} 的 seq 已经用完（{greatest}），没有记录；请用 gkcheck check 查看")
        lines = [
            record_format.encode(draft, seq=seq, at=at, by=by, batch=batch)
            for seq, draft in enumerate(drafts, greatest + 1)
        ]
        if tail.at and (warning := set_back(at, tail.at, self.zone)):
            self.tell(warning)
        if tail.torn:
            turn.set_aside(tail.torn, "torn", at)
        added, newline = b"".join(lines), b"\n" if tail.needs_newline else b""
        if file is None or content is not file or tail.end == 0:
            kept = _first_bytes(content, tail.end) if content and tail.end else record_format.header(self.plan)
            self._replace(turn, file, kept + newline + added)
        else:
            before = identity(file)
            turn.append(file, tail.end, added, newline)
            if tail.end >= LONG_JOURNAL:
                self._ask_index(lambda index: index.add_appended(file, before, added), may_build=False)
        return lines

    def _end_of(self, file: BinaryIO) -> tuple[BinaryIO, Tail, int]:
        """Return the file (with the changes of a transport undone), its tail, and its greatest seq."""
        content, _ = as_written(file)
        if self._read_header(content)[1] is not None:
            self._lines_of(file)  # refuses what is no journal
        size = content.seek(0, 2)
        tail = read_tail(content, size, record_format.header(self.plan))
        greatest = None
        if content is file and size >= LONG_JOURNAL:
            greatest = self._ask_index(lambda index: index.greatest_seq(file, tail.seq), may_build=False)
        if greatest is None:
            content.seek(0)
            content.readline(record_format.MAX_LINE)
            greatest = greatest_seq(content)
        return content, tail, greatest

    def _replace(self, turn: Turn, file: BinaryIO | None, content: Content) -> None:
        """Put other content in place of the file, and tell the user what that comes to."""
        names = os.fstat(file.fileno()).st_nlink if file else 1
        turn.replace(file, content)
        if file is None and not turn.is_own:
            self.tell(f"新建日志 {self.name}")
        elif names > 1:
            self.tell(f"日志 {self.name} 原有 {names} 个硬链接，现在只有这一个名字有新的内容；其余的请改成符号链接")

    def merge(self, lines: Iterable[EntryLine], *, at: str) -> int:
        """See `Journal.merge`. The file is replaced in one step, its lines then in the order of facts.

        Raises:
            BadJournal: this journal has damaged lines, which a replacement would drop; or a seq leaps too far.
        """

        def act(turn: Turn) -> int:
            with self._translate_errors("写入"), turn.opened() as file:
                union = Union(self._lines_of(file), lines)
                has_new = any(True for _ in lines)

                def write(out: BinaryIO) -> None:
                    self._write(union, out)
                    if union.here.damaged or union.here.header_fault:
                        number = 1 if union.here.header_fault else union.here.damaged[0]
                        raise BadJournal(f"{self.name} 第 {number} 行已损坏，请先用 gkcheck repair 修复再合并")
                    if union.leaping:
                        seq, line = union.leaping
                        raise BadJournal(
                            f"要并入的一条记录的 seq {seq} 比其余的大得太多，一条也没有合并，请核对它的来源：{line[:120].decode(errors='replace')}"
                        )
                    if not union.added:
                        raise _Unchanged

                with suppress(_Unchanged), open(os.devnull, "wb") as nowhere:
                    in_order(lambda: self._replace(turn, file, write) if has_new else write(nowhere))
                return union.added

        return self._in_turn(act)

    def repair(self, *, at: str, adopt: bool = False) -> RepairResult:
        """Set damaged lines aside in a dated file; a journal without faults is not touched, a missing one made empty.

        Whole entries inside damaged bytes (a lost line break) stay in the journal. `adopt` makes a journal whose header
        is of another plan one of this plan. What remains is put in place in one step, in the order of facts.
        """

        def act(turn: Turn) -> RepairResult:
            with self._translate_errors("写入"), turn.opened() as file:
                if file is None:
                    if not turn.is_own:
                        self._replace(turn, None, record_format.header(self.plan))
                    return RepairResult((), None, 0, None)
                here = self._lines_of(file, adopt, rescue=True)
                in_order(lambda: sum(1 for _ in here))
                faults, late = here.problems, here.late
                faults.leave_out_unknown()
                if not (faults or late):
                    return RepairResult((), None, 0, None)
                aside = None
                if here.damaged or here.header_fault:
                    aside = turn.set_aside(here.write_lost, "damaged", at)
                union = Union(here)
                self._replace(turn, file, lambda out: self._write(union, out))
                return RepairResult(faults, late, union.rescued, aside)

        return self._in_turn(act)

    def _write(self, lines: Iterable[bytes], out: BinaryIO) -> None:
        out.write(record_format.header(self.plan))
        out.writelines(line + b"\n" for line in lines)


class _Unchanged(Exception):
    """There is nothing to be written."""


def _is_growing(file: BinaryIO) -> bool:
    """True if a writer is just writing the last line of a file: that is not complete, and the file has changed in a moment."""
    if os.fstat(file.fileno()).st_size == 0:
        return False
    file.seek(-1, 2)
    is_torn, before = file.read() != b"\n", identity(file)
    file.seek(0)
    if is_torn:
        time.sleep(_MOMENT)
    return is_torn and identity(file) != before


def _first_bytes(file: BinaryIO, count: int) -> bytes:
    file.seek(0)
    return file.read(count)
