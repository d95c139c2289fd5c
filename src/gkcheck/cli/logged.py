"""The entries that a log is made of, read as they are asked for where they are many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from gkcheck.cli.output import json_line
from gkcheck.journal import EVERYTHING, History, Lines, Scope
from gkcheck.journal.clock import at_office
from gkcheck.journal.entry_line import LineBlock, is_canonical
from gkcheck.journal.live import undone_batches
from gkcheck.journal.record_format import decode
from gkcheck.model import Action, Entry
from gkcheck.operations.log import alike
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from gkcheck.cli.context import Context


class Log:
    """The entries of a journal in the order of facts; they can be iterated over again.

    Of a scope they are held; of a whole journal they are not, nor are more than the last of it read where only these
    are asked for.

    Args:
        stack: what is opened is closed with it.
        scope: the assignments that the entries are about; others may be among them.
        last: the number of records (`operations.log.alike`) at the end that are enough; None: all are asked for.
    """

    def __init__(self, context: Context, stack: ExitStack, scope: Scope, last: int | None = None) -> None:
        self._context = context
        self._lines: Lines | None = None
        self._entries: list[Entry] = []
        self._undos: list[Entry] | None = None
        if scope != EVERYTHING or context.is_missing:
            self._entries = context.past(scope).entries
        elif last is not None:
            self._undos = context.past(Scope(action=Action.UNDO)).entries
            self._entries = latest_records(context.journal.latest, last)
        else:
            self._lines = stack.enter_context(context.journal.lines())
            self._lines.settle()

    def __iter__(self) -> Iterator[Entry]:
        if self._lines is None:
            return iter(self._entries)
        zone = self._context.plan.zone
        return (at_office(one.decoded(), zone) for one in self._lines)

    def undone(self) -> set[str]:
        """Return the batches that an undo takes back; what is damaged is said on stderr."""
        undone = undone_batches(self if self._undos is None else self._undos)
        self.say_problems()
        return undone

    def as_written(self) -> Iterator[str]:
        """Yield the entries as JSON lines, perhaps many at once: their own where these are as they would be printed."""
        if self._lines is None:
            yield from (json_line(entry.fields()) for entry in self._entries)
            return
        for one in self._lines.in_blocks(("seq", "action", "due", "id")):
            if isinstance(one, LineBlock):
                as_is = [
                    is_canonical(line, action, due)
                    for line, (_, action, due, _) in zip(one.lines, one.rows, strict=True)
                ]
                if all(as_is):
                    yield b"\n".join(one.lines).decode()
                else:
                    for line, is_printed in zip(one.lines, as_is, strict=True):
                        yield line.decode() if is_printed else json_line(decode(line).fields())
            elif one.is_canonical:
                yield one.line.decode()
            else:
                yield json_line(one.decoded().fields())

    def say_problems(self) -> None:
        """Say on stderr, once, what is damaged in the journal, as far as it was read."""
        if self._lines is not None:
            self._context.warned(History([], self._lines.problems))


def latest_records(latest: Callable[[int], list[Entry]], count: int) -> list[Entry]:
    """Return the entries of the last records; `latest` returns so many entries from the end of a journal."""
    most = 4 * count + 60
    while True:
        entries = latest(most)
        records = list(alike(entries))
        if len(records) > count or len(entries) < most:
            return [entry for record in records[-count:] for entry in record]
        most *= 4
