"""A journal file read as a stream: its entries in the order of facts, and what is wrong with the file.

Nothing is held but what is wrong. A file that does not stand in the order of facts is read twice: once for the places
of its lines, which are sorted, and once line by line at these places.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from itertools import accumulate, groupby, repeat
from itertools import count as count_from

from gkcheck.errors import BadJournal, StoreFault
from gkcheck.journal import Disorder, in_order, record_format
from gkcheck.journal.entry_line import EntryLine, LineBlock
from gkcheck.journal.file_problems import FileProblems
from gkcheck.journal.reader import as_written, blocks_of_lines, header_fault, lines_at
from gkcheck.model import Action, Entry, Problem, Where
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Any, BinaryIO

    from gkcheck.journal.line_fields import Fields
    from gkcheck.spool import Spool

LONG_JOURNAL = 1 << 18
"""A journal of this many bytes (about 1,000 entries, 10 ms) is not decoded whole where its index or its fields will do."""


_BLOCK = 1 << 20


def _only_decoded(line: bytes) -> None:
    """Return that no line of a short journal has fields: their pattern is not loaded for it."""


def _all_only_decoded(lines: Sequence[bytes]) -> Iterator[None]:
    return repeat(None)


class FileLines:
    """The lines of an open journal file of a plan, as it stood when it was opened; None: there is no file, and no line.

    `name` is what messages call it. `adopt`: its header may be another plan's. `rescue`: the whole lines inside damaged
    ones are among the lines. `reading` is entered around all reading.

    After an iteration over the lines `problems` are complete, `late` is a problem where the entries do not stand in the
    order of facts, and `damaged` are the numbers of the damaged lines.

    Raises:
        BadJournal: not a journal at all, another plan's, or a newer version's.
    """

    def __init__(
        self,
        raw: BinaryIO | None,
        name: str,
        plan: str,
        *,
        adopt: bool = False,
        rescue: bool = False,
        reading: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.name = name
        self.header = b""
        self.header_fault: str | None = None
        self.late: Problem | None = None
        self.damaged = array("q")
        self.problems = FileProblems(name)
        self._rescue, self._reading = rescue, reading
        self._file, self._change, self._end = raw, "", 0
        self._is_sorted, self._is_settled = True, False
        self._fields_of: Callable[[bytes], Fields | None] = _only_decoded
        self._all_fields: Callable[[Sequence[bytes]], Iterator[Fields | None]] = _all_only_decoded
        if raw is None:
            return
        with reading():
            self._file, change = as_written(raw)
            self._change = change or ""
            self._end = self._file.seek(0, 2)
            if self._end >= LONG_JOURNAL:
                from gkcheck.journal.line_fields import all_fields, fields_of

                self._fields_of, self._all_fields = fields_of, all_fields
            self._file.seek(0)
            self.header = self._file.readline(record_format.MAX_LINE)
        self.header_fault = self._judge_header(plan, adopt)

    def _judge_header(self, plan: str, adopt: bool) -> str | None:
        right = record_format.header(plan)
        if self.header == right:
            return None
        has_entries = any(one.is_known for one in self._walk())
        fault = "首行不是本计划的" if adopt and has_entries else header_fault(self.name, plan, self.header)
        if fault and not has_entries and not right.startswith(self.header):
            raise BadJournal(f"{self.name} 不是 gkcheck 的日志，请核对路径")
        return fault

    # -- in the order of facts -----------------------------------------------------------------------

    def __iter__(self) -> Iterator[EntryLine]:
        """Yield the entries in the order of facts, each once. Raises `Disorder` where they do not stand in that order."""
        return self._walk(in_order=True) if self._is_sorted else self._sorted(False)

    def in_blocks(self, names: tuple[str, ...], unknown: bool = False) -> Iterator[EntryLine | LineBlock]:
        """See `Lines.in_blocks`. `unknown`: the whole lines of a form unknown here too."""
        return self._walk(unknown, in_order=True, names=names) if self._is_sorted else self._sorted(unknown)

    def settle(self) -> None:
        """See `Lines.settle`. All is read only where the seqs at the beginnings of the lines do not rise."""
        if not self._seqs_rise():
            in_order(lambda: sum(1 for _ in self))
        self._is_settled = True

    def _seqs_rise(self) -> bool:
        """True if each line begins with a greater seq than the one before, one that `seq_of` takes, and holds no other line."""
        import re
        from operator import lt

        seq, last, rest = re.compile(rb'(?m)^\{"seq":([1-9][0-9]{0,11}),'), 0, b""
        left = self._end - len(self.header)
        with self._reading():
            if self._file is not None:
                self._file.seek(len(self.header))
            while self._file is not None and left > 0 and (block := self._file.read(min(left, _BLOCK))):
                left -= len(block)
                block = rest + block
                cut = block.rfind(b"\n") + 1 if left else len(block)
                rest = block[cut:]
                seqs = [last, *map(int, seq.findall(block, 0, cut))]
                count = block.count(b"\n", 0, cut) + (not block.endswith(b"\n", 0, cut))
                if (
                    len(seqs) - 1 != count
                    or block.count(b'{"seq":', 0, cut) != count
                    or not all(map(lt, seqs, seqs[1:]))
                ):
                    return False
                last = seqs[-1]
        return True

    def _sorted(self, unknown: bool) -> Iterator[EntryLine]:
        """Yield the lines from their places, sorted. Those that repeat another are added to the problems."""
        seqs, places, numbers, spool = self._places()
        total, repeats = len(seqs), False
        keys = sorted(seq * total + index for index, seq in enumerate(seqs))
        for _, group in groupby(keys, lambda key: key // total):
            first: dict[bytes, int] = {}
            rescued: set[bytes] = set()
            for index in (key % total for key in group):
                line = spool.at(-1 - places[index]) if places[index] < 0 else self._line_at(places[index])
                shown = first.setdefault(line, index)
                if not numbers[index]:
                    rescued.add(line)
                elif not numbers[shown]:
                    first[line] = index
                elif numbers[index] != numbers[shown] and self._read(line).is_known:
                    self.problems.add_whole(numbers[index], numbers[shown], index)
                    repeats = True
            alike = [
                self._read(line, places[index], 0 if line in rescued else numbers[index])
                for line, index in first.items()
            ]
            for one in sorted(alike, key=lambda one: one.order) if len(alike) > 1 else alike:
                if unknown or one.is_known:
                    yield one
        if repeats:
            self.problems.sort()

    def _places(self) -> tuple[array[int], array[int], array[int], Spool]:
        """Return the seq, the place and the number of each line; a place below 0 is one in the spool."""
        from gkcheck.spool import Spool

        seqs, places, numbers, spool = array("q"), array("q"), array("q"), Spool()
        late, before = 0, None
        for one in self._walk(unknown=True):
            seqs.append(one.order[0])
            places.append(one.place if one.place >= 0 else -1 - spool.add(one.line))
            numbers.append(one.number)
            if one.is_known and one.number and not late:
                late = one.number if before is not None and one.order < before.order else 0
                before = one
        if late:
            fault = "从这一行起记录的先后不对（可能由几个日志拼成），照常读取；用 gkcheck repair 理顺"
            self.late = Problem(Where(self.name, late), fault)
        return seqs, places, numbers, spool

    def entry_at(self, place: int) -> Entry:
        """See `Lines.entry_at`."""
        return self._read(self._line_at(place)).decoded()

    def _line_at(self, place: int) -> bytes:
        assert self._file is not None
        with self._reading():
            self._file.seek(place)
            return self._file.readline(record_format.MAX_LINE + 1).removesuffix(b"\n")

    def _read(self, line: bytes, place: int = -1, number: int = 0) -> EntryLine:
        fields = self._fields_of(line)
        if fields is not None:
            return EntryLine(line, fields, None, max(place, -1), number)
        try:
            return EntryLine(line, None, record_format.decode(line), max(place, -1), number)
        except record_format.UnknownLine:
            return EntryLine(line, None, None, max(place, -1), number)
        except record_format.DamagedLine:
            raise self._changed() from None

    def _changed(self) -> StoreFault:
        return StoreFault(f"日志 {self.name} 在读取时被别的程序改动，请稍后重试")

    def undos(self) -> list[Entry]:
        """See `Lines.undos`: of a short journal none, and none whose line is laid out in another way."""
        if self._file is None or self._end < LONG_JOURNAL:
            return []
        from gkcheck.journal.index.lines import action_needle, lines_with, positions_of

        undos = []
        with self._reading():
            for _, line in lines_with(self._file, self._end, positions_of(action_needle(Action.UNDO))):
                with suppress(record_format.DamagedLine):
                    undos.append(record_format.decode(line))
        return undos

    # -- in the order of the file --------------------------------------------------------------------

    def _walk(self, unknown: bool = False, in_order: bool = False, names: tuple[str, ...] = ()) -> Iterator[Any]:
        """Yield every entry in the order of the file; note what is wrong with the file and with its other lines.

        `unknown`: the whole lines of a form unknown here too. `in_order`: raise `Disorder` where they are in no order.
        `names`: lines that stand in order come in blocks with these fields, else each is an `EntryLine`.
        """
        problems, self.damaged = FileProblems(self.name), array("q")
        altered = count = greatest = 0
        before: EntryLine | None = None
        new = tuple.__new__  # in a third of the time of EntryLine(…)
        for one in self._rescued(self.header if self.header_fault else b""):
            count, before = count + 1, self._after(before, one, in_order)
            yield one
        for first, places, lines, rows, newline in self._stretches(names):
            if rows and (last := _last_of_rising(rows, greatest)):
                greatest, count, before = last, count + len(rows), self._read(lines[-1])
                yield LineBlock(lines, places, rows)
                continue
            for number, place, line, fields in zip(count_from(first), places, lines, self._all_fields(lines)):
                if fields is not None and newline and (seq := int(fields["seq"])) <= greatest + record_format.MAX_LEAP:
                    one = new(EntryLine, (line, fields, None, place, number))
                    if seq > greatest and not self._rescue:  # a rescued line may have a greater one
                        greatest, before = seq, one
                    else:
                        greatest, before = max(greatest, seq), self._after(before, one, in_order)
                    count += 1
                    yield one
                    continue
                for read in lines_at(number, line + newline):
                    leaps = read.seq > greatest + record_format.MAX_LEAP
                    if leaps or read.is_damaged:
                        leap = f"记录的 seq {read.seq} 比前面最大的 {greatest} 大得太多，已跳过"
                        problems.add_damaged(number, leap if leaps else str(read.fault), count)
                        self.damaged.append(number)
                        found = [] if leaps else self._rescued(read.data)
                    else:
                        if read.fault:
                            problems.add_whole(number, read.fault, count)
                        altered = altered or (number if read.altered else 0)
                        greatest = max(greatest, read.seq)
                        found = [self._read(read.data, -1 if read.altered else place, number)]
                    for one in found:
                        count, before = count + 1, self._after(before, one, in_order)
                        if unknown or one.is_known:
                            yield one
        problems.about_all = self._about_all(altered)
        self.problems = problems

    def _stretches(
        self, names: tuple[str, ...]
    ) -> Iterator[tuple[int, Sequence[int], Sequence[bytes], Sequence[tuple[str, ...]], bytes]]:
        """Yield successive lines: the number of the first, their places, the lines, and the newline that each has.

        Before the newline come the fields of some names, which either all of the lines have or none has.
        """
        for first, start, lines, is_complete in self._physical():
            places = list(accumulate((len(line) + 1 for line in lines), initial=start))
            if not names or self._rescue or not is_complete or self._end < LONG_JOURNAL:
                yield first, places, lines, (), b"\n" if is_complete else b""
                continue
            from gkcheck.journal.line_fields import rows_of

            begin = 0
            for _, group in groupby(rows_of(lines, names), bool):
                some = list(group)
                end = begin + len(some)
                rows = [row for row in some if row is not None]
                yield first + begin, places[begin:end], lines[begin:end], rows, b"\n"
                begin = end

    def _after(self, before: EntryLine | None, one: EntryLine, in_order: bool) -> EntryLine:
        """Return the line that comes after another. With `in_order`, raise `Disorder` where it should not."""
        if in_order and before is not None and one.order <= before.order:
            if self._is_settled:
                raise self._changed()
            self._is_sorted = False
            raise Disorder
        return one

    def _physical(self) -> Iterator[tuple[int, int, list[bytes], bool]]:
        """Yield the lines as they stand in the file: see `blocks_of_lines`."""
        if self._file is not None and self.header.endswith(b"\n"):
            with self._reading():
                self._file.seek(len(self.header))
                yield from blocks_of_lines(self._file, self._end)

    def _rescued(self, damaged: bytes) -> list[EntryLine]:
        """Return the whole lines inside damaged bytes where they are asked for."""
        return [self._read(line) for line in record_format.split_damaged(damaged)[0]] if self._rescue else []

    def _about_all(self, altered: int) -> list[Problem]:
        """Return what is wrong with the whole of the file; `altered` is the number of its first altered line."""
        change = self._change
        if not change and altered:
            change = f"日志在传送中有改动（第 {altered} 行起，行末多了空白、少了换行或换了编码）"
        faults = [f"{change}，照常读取；用 gkcheck repair 复原"] if change else []
        faults += [self.header_fault] if self.header_fault else []
        return [Problem(Where(self.name, 1), fault) for fault in faults]

    def write_lost(self, out: BinaryIO) -> None:
        """Write the damaged lines, and a damaged header, as they stand in the file, whole even where they are too long."""
        assert self._file is not None
        numbers = {*self.damaged, *([1] if self.header_fault else [])}
        with self._reading():
            self._file.seek(0)
            out.writelines(line for number, line in enumerate(self._file, 1) if number in numbers)


def _last_of_rising(rows: Sequence[Sequence[str]], greatest: int) -> int:
    """Return the last seq of lines with these fields, which rise from the greatest before, none too far; else 0."""
    from operator import lt

    seqs = [greatest, *(int(row[0]) for row in rows)]
    return seqs[-1] if seqs[-1] <= greatest + record_format.MAX_LEAP and all(map(lt, seqs, seqs[1:])) else 0


class Union:
    """The whole lines of a file and the entries that come to it, both in the order of facts: each once, in that order.

    After an iteration `added` is the number of entries that were not here, `rescued` that of lines that stood inside
    damaged ones, and `leaping` the first line that was left out because its seq, which comes first, leaps too far.
    """

    def __init__(self, here: FileLines, coming: Iterable[EntryLine] = ()) -> None:
        self.here, self._coming = here, coming
        self.added = self.rescued = 0
        self.leaping: tuple[int, bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        from heapq import merge

        self.added, self.rescued, self.leaping = 0, 0, None
        coming = ((*one.order, True, one.line, False) for one in self._coming)
        greatest, last = 0, b""
        for seq, _, _, is_new, line, is_rescued in merge(self._keyed(), coming):
            if line == last:
                continue
            if seq > greatest + record_format.MAX_LEAP:
                self.leaping = self.leaping or (seq, line)
                continue
            greatest, last = seq, line
            self.added += is_new
            self.rescued += is_rescued
            yield line

    def _keyed(self) -> Iterator[tuple[int, str, str, bool, bytes, bool]]:
        """Yield the lines that are here after their keys, each with True if it stood inside a damaged one."""
        for one in self.here.in_blocks(("seq", "at", "id"), unknown=True):
            if isinstance(one, LineBlock):
                for line, (seq, at, id_) in zip(one.lines, one.rows, strict=True):
                    yield int(seq), at, id_, False, line, False
            else:
                yield *one.order, False, one.line, not one.number
