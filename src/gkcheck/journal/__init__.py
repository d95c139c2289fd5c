"""The store: entries that were recorded, appended for good. The only room that writes them.

`Journal` is what the rest of the program sees; `journal.file` keeps one in a JSON Lines file.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from gkcheck.model import Draft, Entry, Problem


class History(NamedTuple):
    """Entries in the order of facts, each id once, and every fault met in reading them."""

    entries: list[Entry]
    problems: list[Problem]


class Sealed(NamedTuple):
    """An entry and its line as it was written (without the newline): what passes between journals."""

    entry: Entry
    line: bytes


class Contents(NamedTuple):
    """The sealed entries of a journal in the order of facts, each id once, and every fault met in reading."""

    sealed: list[Sealed]
    problems: list[Problem]


class Scope(NamedTuple):
    """Which assignments a reader cares about; None: any. A store may always give more.

    `details` False: statuses and deadlines will be asked for, but not who said what, when, with what proof.
    `batch`: only the batches that begin so.
    """

    tasks: frozenset[int] | None = None
    units: frozenset[str] | None = None
    details: bool = True
    batch: str | None = None


EVERYTHING = Scope()
STATUSES = Scope(details=False)
NOTHING = Scope(tasks=frozenset())

Decide = Callable[[History], Sequence[Draft]]
"""Given what is recorded so far, what shall be added: called while nobody else can write."""


class Journal(Protocol):
    """A store of entries of one plan."""

    @property
    def name(self) -> str:
        """What messages call the store; never holds a password."""

    def read(self, scope: Scope = EVERYTHING) -> History:
        """Everything recorded within a scope, what was replaced or undone included, and every undo.

        Entries about whole tasks are within the scope of every unit. Never waits for a writer and changes nothing.

        Raises:
            BadJournal: this is not a journal of the plan. StoreFault: it cannot be read.
        """

    def latest(self, count: int) -> list[Entry]:
        """The last entries in the order of facts, oldest first: `count` of them, or all. Raises as `read`."""

    def contents(self) -> Contents:
        """Everything recorded, line by line, for another journal to take. Raises as `read`."""

    def unite(self, sealed: Sequence[Sealed], *, at: str) -> int:
        """Take in the entries that are not here yet, by id, in one step; returns how many were new.

        `at` dates what has to be set aside.

        Raises:
            BadJournal, StoreFault: nothing was taken.
        """

    def current(self, scope: Scope = EVERYTHING, until: date | None = None) -> History:
        """Live entries that leave the same marks on what `scope` asks for as all of them would.

        Entries that later ones have replaced may be missing. `until`: facts about later days are left
        out, undos among them. Raises as `read`.
        """

    def record(self, decide: Decide, *, by: str, at: str, scope: Scope | None = None) -> list[Entry]:
        """Append one batch, all of it or nothing; what `decide` gives is what is recorded, in its order.

        `decide` is given what `current(scope)` gives, or everything where `scope` is None. Returns the
        entries as recorded, an empty list where there was nothing to add. When it returns, they are on disk.

        Raises:
            BadJournal, StoreFault: nothing was recorded.
        """
