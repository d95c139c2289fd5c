"""Choose the store of a journal by its address."""

from __future__ import annotations

from collections.abc import Callable

from gkcheck.journal import Journal
from gkcheck.journal.lock import LOCK_LIMIT, silent
from gkcheck.model import ZONE
from gkcheck.paths import is_path


def open_journal(
    store: str,
    plan: str,
    lock_limit: float = LOCK_LIMIT,
    notice: Callable[[], None] = silent,
    tell: Callable[[str], None] = lambda _: None,
    zone: str = ZONE,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Journal:
    """Return the journal of a plan. Nothing is opened yet.

    Args:
        store: the address of a server, or the path of a file.
        lock_limit: seconds to wait for another writer.
        notice: called when a writer has to wait.
        tell: called with a sentence that the user has to know.
        zone: the office's, an offset from UTC; days begin and end in it.
        advance: called while a long file is read for the first time, with the bytes read so far and all there are.
    """
    if is_server(store):
        from gkcheck.journal.postgres.store import PostgresJournal

        return PostgresJournal(store, plan, lock_limit, notice, tell, zone)
    from gkcheck.journal.file_store import FileJournal

    return FileJournal(store, plan, lock_limit, notice, tell, zone, advance)


def is_server(store: str) -> bool:
    """True if a store is the address of a server."""
    if is_path(store):
        return False
    from gkcheck.journal.postgres import connection

    return connection.is_server(store)


def display_store(store: str) -> str:
    """Return a store for messages and settings: a path as it is, the address of a server without its password."""
    if not is_server(store):
        return store
    from gkcheck.journal.postgres.connection import display_address

    return display_address(store)
