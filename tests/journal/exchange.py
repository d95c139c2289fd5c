"""Entries as they pass between journals, and all that a journal holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gkcheck.journal import Journal, in_order, record_format
from gkcheck.journal.entry_line import EntryLine
from gkcheck.model import Problem

AT = "2019-11-01T09:00:00.000000+08:00"


class Contents(NamedTuple):
    """All entries of a journal with their lines, and every problem."""

    lines: list[EntryLine]
    problems: list[Problem]


def contents(journal: Journal) -> Contents:
    with journal.lines() as lines:
        return Contents(in_order(lambda: [entry_line(one.line) for one in lines]), list(lines.problems))


def faults(journal: Journal) -> list[Problem]:
    """Everything that check says of a journal as such."""
    with journal.lines() as lines:
        lines.settle()
        in_order(lambda: sum(1 for _ in lines))
        return [*([lines.late] if lines.late else []), *lines.problems]


def entry_line(line: bytes) -> EntryLine:
    """A line as journals exchange it, decoded."""
    return EntryLine(line, None, record_format.decode(line))


def merge(journal: Journal, lines: Iterable[EntryLine]) -> int:
    """Bring lines into a journal: in the order of facts and each once, as journals exchange them."""
    return journal.merge(sorted(set(lines), key=lambda one: one.order), at=AT)
