"""The line of an entry: the unit in which journals are read and exchanged."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck.journal.record_format import decode, seq_of
from gkcheck.model import Entry
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gkcheck.journal.line_fields import Fields


class EntryLine(NamedTuple):
    """The line of an entry with its fields or, where only `decode` may judge it, the entry; neither: its form is unknown.

    The time of `entry` is as the line has it. `place` is where the line is found again (-1: nowhere), and `number` that
    of the line in its file (0: it stood inside a damaged one).
    """

    line: bytes
    fields: Fields | None
    entry: Entry | None = None
    place: int = -1
    number: int = 0

    @property
    def is_known(self) -> bool:
        """True if this version knows the form of the line."""
        return self.fields is not None or self.entry is not None

    @property
    def is_canonical(self) -> bool:
        """True if `Entry.fields` is sure to be written as the line has it."""
        if self.fields is None:
            return False
        return is_canonical(self.line, *self.fields.group("action", "due"))

    @property
    def order(self) -> tuple[int, str, str]:
        """Return the sort key of the order of facts (`Entry.order`); that of an unknown line is its seq alone."""
        if self.fields is not None:
            seq, at, id_ = self.fields.group("seq", "at", "id")
            return int(seq), at, id_
        return self.entry.order if self.entry is not None else (seq_of(self.line) or 0, "", "")

    @property
    def id(self) -> str:
        """Return the id of the entry."""
        return self.line[-34:-2].decode()

    def decoded(self) -> Entry:
        """Return the entry of a known line."""
        if self.fields is None:
            return self.entry or decode(self.line)
        from gkcheck.journal.line_fields import entry_of

        return entry_of(self.fields)


class LineBlock(NamedTuple):
    """Successive lines with their places (as of `EntryLine`), and of each the fields that were asked for, "" for none."""

    lines: Sequence[bytes]
    places: Sequence[int]
    rows: Sequence[Sequence[str]]


def is_canonical(line: bytes, action: str, due: str | None) -> bool:
    """True if `Entry.fields` is sure to be written as a line with fields has it."""
    return bool(due) == (action == "deadline") and b"\\/" not in line
