"""The store: entries that were recorded, appended for good. The only room that writes them.

`Journal` is what the rest of the program sees; `journal.file` keeps one in a JSON Lines file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from gkcheck.model import Draft, Entry, Problem


class History(NamedTuple):
    """What a journal holds: its entries in the order of facts, each id once, and every fault met in reading."""

    entries: list[Entry]
    problems: list[Problem]


Decide = Callable[[History], Sequence[Draft]]
"""Given what is recorded so far, what shall be added: called while nobody else can write."""


class Journal(Protocol):
    """A store of entries of one plan."""

    @property
    def name(self) -> str:
        """What messages call the store; never holds a password."""

    def read(self) -> History:
        """Everything recorded. Never waits for a writer and changes nothing.

        Raises:
            BadJournal: this is not a journal of the plan. StoreFault: it cannot be read.
        """

    def record(self, decide: Decide, *, by: str, at: str) -> list[Entry]:
        """Append one batch, all of it or nothing; what `decide` gives is what is recorded, in its order.

        Returns the entries as recorded, an empty list where there was nothing to add. When it returns,
        they are on disk.

        Raises:
            BadJournal, StoreFault: nothing was recorded.
        """
