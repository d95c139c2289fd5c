"""The journal: entries of one plan, only ever appended. The only room that writes them.

`Journal` is the protocol that the rest of the program uses; `file_store` keeps a journal in a JSON Lines file,
`postgres` in a database. `stores` chooses between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from gkcheck.model import Action, Draft, Entry, PastStatuses, Problem
from gkcheck.types import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import TypeVar

    from gkcheck.journal.entry_line import EntryLine, LineBlock

    Result = TypeVar("Result")


class History(NamedTuple):
    """Entries in the order of facts, each id once, and every problem met in reading them.

    `later` is the number of live entries that are left out because they are about days after the one asked for.
    """

    entries: list[Entry]
    problems: Sequence[Problem]
    later: int = 0


class Disorder(Exception):
    """The entries given so far may not stand in the order of facts. Whoever iterates again gets them in that order."""


class Lines(Protocol):
    """The entries of a journal as their lines, read as they are asked for and never all held.

    `problems` are complete after an iteration over all of them; `late` is one where they did not stand in the order of
    facts.
    """

    @property
    def problems(self) -> Sequence[Problem]: ...

    @property
    def late(self) -> Problem | None: ...

    def __iter__(self) -> Iterator[EntryLine]:
        """Yield the entries in the order of facts, each once; as often as it is asked for. Raises `Disorder`."""

    def in_blocks(self, names: tuple[str, ...]) -> Iterator[EntryLine | LineBlock]:
        """Yield as iterating; lines with fields may come many at once, with the fields of some names.

        The names are those of `line_fields`, in the order of a line, the first "seq" and the last "id".
        """

    def settle(self) -> None:
        """Find out in which order the lines stand: no iteration raises `Disorder` afterwards."""

    def entry_at(self, place: int) -> Entry:
        """Return the entry of a line by its place; its time is as the line has it."""

    def undos(self) -> list[Entry]:
        """Return the undos that are found quickly; others may be among the lines."""


def in_order(read: Callable[[], Result]) -> Result:
    """Return what `read` returns, which iterates over lines; it is called again after a `Disorder`."""
    while True:
        try:
            return read()
        except Disorder:
            continue


class Scope(NamedTuple):
    """The assignments and batches that a reader needs; None: all. A store may return more.

    `details` False: statuses, deadlines and returns are needed, but not notes, evidence, names and times.
    `batch`: only batches whose id begins with it. `action` and `forms`: only entries of this action, or recorded from
    forms of these ids, for `Journal.read`.
    """

    tasks: frozenset[int] | None = None
    units: frozenset[str] | None = None
    details: bool = True
    batch: str | None = None
    action: Action | None = None
    forms: frozenset[str] | None = None

    @property
    def is_empty(self) -> bool:
        """True if no assignment is within the scope."""
        return frozenset() in (self.tasks, self.units)


EVERYTHING = Scope()
STATUSES = Scope(details=False)
NOTHING = Scope(tasks=frozenset())

Decision = Callable[[History], Sequence[Draft]]
"""Choose the drafts to record, given the entries so far; called while nobody else can write."""


class Journal(Protocol):
    """A store of the entries of one plan."""

    @property
    def name(self) -> str:
        """The name of the store in messages; it never contains a password."""

    def read(self, scope: Scope = EVERYTHING) -> History:
        """Return all entries within a scope, replaced and undone ones too, and every undo.

        Entries about whole tasks are within the scope of every unit. Never waits for a writer and changes nothing.

        Raises:
            BadJournal: this is not a journal of the plan. StoreFault: it cannot be read.
        """

    def latest(self, count: int) -> list[Entry]:
        """Return the last `count` entries (or all) in the order of facts, oldest first. Raises as `read`."""

    def lines(self) -> AbstractContextManager[Lines]:
        """Open the journal to read every entry with its line. Raises as `read`."""

    def past_statuses(self, days: Sequence[date]) -> PastStatuses:
        """Return the entries that had set each status at the end of some days, which ascend. Raises as `read`."""

    def merge(self, lines: Iterable[EntryLine], *, at: str) -> int:
        """Add the entries whose ids are not here yet, in one step; return their number.

        `lines` are in the order of facts, and may be iterated over more than once.
        `at` dates the file of what has to be set aside.

        Raises:
            BadJournal, StoreFault: nothing was added.
        """

    def current(self, scope: Scope = EVERYTHING, until: date | None = None) -> History:
        """Return live entries that fold, within a scope, to the same state as all live entries do.

        Entries that later ones have replaced may be missing. `until` leaves out entries about later days, undos too,
        and has them counted. Raises as `read`.
        """

    def record(self, decide: Decision, *, by: str, at: str, scope: Scope | None = None) -> list[Entry]:
        """Append the drafts that `decide` returns as one batch, in their order; all of them or none.

        `decide` is given what `current(scope)` returns on the day of `at`, or what `read()` returns where `scope` is
        None. A time well before that of the last entry is told of. Returns the entries as recorded (none where there were no drafts); they are on disk by then.

        Raises:
            BadJournal, StoreFault: nothing was recorded.
        """
