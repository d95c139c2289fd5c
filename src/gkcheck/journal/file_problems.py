"""The faults of a journal file, held in a few bytes a line."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence

from gkcheck.model import Problem, Where
from gkcheck.types import overload


class FileProblems(Sequence[Problem]):
    """The faults of a file: first those of the whole of it, then those of its lines in their order.

    Of a line a few bytes are held, for a file may have a million damaged ones.
    """

    def __init__(self, name: str) -> None:
        self.about_all: list[Problem] = []
        self._name = name
        self._ranks, self._numbers = array("q"), array("q")
        self._faults: list[str | int] = []

    def add_damaged(self, number: int, fault: str, count: int) -> None:
        """Add the fault of a damaged line after `count` whole ones."""
        self._add(2 * count, number, sys.intern(fault))

    def add_whole(self, number: int, fault: str | int, count: int) -> None:
        """Add the fault of a whole line after `count` others: a sentence, or the number of the line that it repeats."""
        self._add(2 * count + 1, number, sys.intern(fault) if isinstance(fault, str) else fault)

    def _add(self, rank: int, number: int, fault: str | int) -> None:
        self._ranks.append(rank)
        self._numbers.append(number)
        self._faults.append(fault)

    def sort(self) -> None:
        """Put the faults of lines in the order of the file."""
        self._take(sorted(range(len(self._ranks)), key=self._ranks.__getitem__))

    def _take(self, places: Sequence[int]) -> None:
        self._ranks = array("q", (self._ranks[place] for place in places))
        self._numbers = array("q", (self._numbers[place] for place in places))
        self._faults = [self._faults[place] for place in places]

    def leave_out_unknown(self) -> None:
        """Leave out the lines of a form that is unknown here: nothing is wrong with these."""
        places = range(len(self._ranks))
        self._take([one for one in places if isinstance(self._faults[one], int) or self._ranks[one] % 2 == 0])

    def __len__(self) -> int:
        return len(self.about_all) + len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Problem: ...

    @overload
    def __getitem__(self, index: slice) -> list[Problem]: ...

    def __getitem__(self, index: int | slice) -> Problem | list[Problem]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        index = range(len(self))[index] - len(self.about_all)
        if index < 0:
            return self.about_all[index]
        fault = self._faults[index]
        said = fault if isinstance(fault, str) else f"与第 {fault} 行重复，只计一次"
        return Problem(Where(self._name, self._numbers[index]), said)
