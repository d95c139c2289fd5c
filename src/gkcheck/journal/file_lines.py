"""A journal file read whole: its lines, the problems in them, and the lines as a repair or a merge puts them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from gkcheck.errors import BadJournal
from gkcheck.journal import Contents, EntryLine, record_format
from gkcheck.journal.clock import at_office
from gkcheck.journal.reader import Line, as_written, header_fault, line_of, open_regular, read_lines
from gkcheck.model import Problem, Where
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


class JournalLines(NamedTuple):
    """A file line by line: its name in messages, its header, the fault of that, and the lines after it.

    `transport` is one problem where a transport has changed the file, else None; the changes are undone here.
    """

    name: str
    header: bytes
    header_fault: str | None
    lines: list[Line]
    transport: Problem | None

    @property
    def damaged(self) -> list[Line]:
        """The lines that are not as they were written."""
        return [line for line in self.lines if line.is_damaged]

    def contents(self, zone: str) -> Contents:
        """Return the entries in the order of facts, each once, and every problem in the order of the file.

        The times of the entries are in the office's `zone`.
        """
        by_id: dict[str, EntryLine] = {}
        for line in self.lines:
            if line.entry and line.entry.id not in by_id:
                by_id[line.entry.id] = EntryLine(at_office(line.entry, zone), line.data)
        return Contents(sorted(by_id.values(), key=lambda one: one.entry.order), self.problems(self.lines))

    def problems(self, lines: Iterable[Line]) -> list[Problem]:
        """Return what is wrong with the file as a whole and with some of its lines, in the order of the file."""
        problems = [self.transport] if self.transport else []
        problems += [Problem(Where(self.name, 1), self.header_fault)] if self.header_fault else []
        first: dict[str, int] = {}
        for line in lines:
            fault = line.fault
            if line.entry and first.setdefault(line.entry.id, line.number) != line.number:
                fault = f"与第 {first[line.entry.id]} 行重复，只计一次"
            if fault:
                problems.append(Problem(Where(self.name, line.number), fault))
        return problems

    def order_problem(self) -> list[Problem]:
        """Return one problem where the entries do not stand in the order of facts, else none."""
        entered = [line for line in self.lines if line.entry]
        late = next((after for before, after in pairwise(entered) if after.order < before.order), None)
        fault = "从这一行起记录的先后不对（可能由几个日志拼成），照常读取；用 gkcheck repair 理顺"
        return [Problem(Where(self.name, late.number), fault)] if late else []


def read_file(path: str | Path, plan: str, adopt: bool = False) -> JournalLines:
    """Read a journal file of a plan whole; one that does not exist is empty. `adopt`: its header may be another plan's.

    Raises:
        BadJournal: not a journal at all, another plan's, or a newer version's. OSError: it cannot be read.
    """
    with open_regular(path) as raw:
        return JournalLines(str(path), b"", None, [], None) if raw is None else read_stream(raw, str(path), plan, adopt)


def read_stream(raw: BinaryIO, name: str, plan: str, adopt: bool = False) -> JournalLines:
    """Read a journal of a plan from a seekable stream, as `read_file`; messages call it by the name."""
    file, change = as_written(raw)
    header = file.readline(record_format.MAX_LINE)
    lines = list(read_lines(file)) if header.endswith(b"\n") else []
    if adopt and header != record_format.header(plan) and any(line.entry for line in lines):
        fault: str | None = "首行不是本计划的"
    else:
        fault = header_fault(name, plan, header)
    begins_right = any(line.entry for line in lines) or record_format.header(plan).startswith(header)
    if fault and not begins_right:
        raise BadJournal(f"{name} 不是 gkcheck 的日志，请核对路径")
    return JournalLines(name, header, fault, lines, _transport_problem(name, change, lines))


def _transport_problem(name: str, change: str | None, lines: Sequence[Line]) -> Problem | None:
    altered = next((line.number for line in lines if line.altered), None)
    if change is None and altered is not None:
        change = f"日志在传送中有改动（第 {altered} 行起，行末多了空白、少了换行或换了编码）"
    return Problem(Where(name, 1), f"{change}，照常读取；用 gkcheck repair 复原") if change else None


def in_order(lines: Iterable[Line]) -> tuple[list[Line], list[Line]]:
    """Return whole lines in the order of facts, each once, and apart from them those whose seq leaps too far."""
    once = {line.data: line for line in lines}
    kept: list[Line] = []
    leaping: list[Line] = []
    greatest = 0
    for line in sorted(once.values(), key=lambda line: line.order):
        leaps = line.seq > greatest + record_format.MAX_LEAP
        (leaping if leaps else kept).append(line)
        greatest = greatest if leaps else max(greatest, line.seq)
    return kept, leaping


def saved_lines(read: JournalLines) -> list[Line]:
    """Return the whole lines inside the damaged ones and inside a damaged header; those that leap stay out."""
    damaged = [read.header] if read.header_fault else []
    damaged += [line.data for line in read.damaged if not record_format.is_whole(line.data)]
    return [line_of(0, one, True) for data in damaged for one in record_format.split_damaged(data)[0]]


def lost_bytes(file: BinaryIO, read: JournalLines) -> bytes:
    """Return the damaged lines (and header) as they stand in the file, whole even where they are too long."""
    numbers = {line.number for line in read.damaged} | ({1} if read.header_fault else set())
    content, _ = as_written(file)
    return b"".join(line for number, line in enumerate(content, 1) if number in numbers)
