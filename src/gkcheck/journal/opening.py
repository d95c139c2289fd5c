"""Which kind of journal a store's name means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gkcheck.journal import Journal
from gkcheck.journal.lock import LOCK_LIMIT, silent
from gkcheck.journal.postgres.connection import is_server


def open_journal(
    where: str, plan: str, *, lock_limit: float = LOCK_LIMIT, notice: Callable[[], None] = silent
) -> Journal:
    """The journal of the plan at `where`: a server's address, or the path of a file. Nothing is opened yet."""
    if is_server(where):
        from gkcheck.journal.postgres.store import PostgresJournal

        return PostgresJournal(where, plan, lock_limit, notice)
    from gkcheck.journal.file_store import FileJournal

    return FileJournal(Path(where), plan, lock_limit=lock_limit, notice=notice)
