"""A writer's turn at the server: writers of a plan queue on a row, and what decides is answered with the turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.journal import Scope
from gkcheck.journal.lock import NOTICE_AFTER, silent

if TYPE_CHECKING:
    import psycopg


class Turn(NamedTuple):
    """The state of the journal when a turn began: the last entry's seq and time, None where there was none.

    `payloads` are the lines that decide within the scope asked for; None: all of the journal has to be read for them.
    """

    seq: int | None
    at: str | None
    payloads: list[str] | None


def begin_turn(
    connection: psycopg.Connection[Any],
    plan: str,
    limit: float,
    notice: Callable[[], None],
    scope: Scope,
    day: date | None,
    zone: str,
) -> Turn:
    """Wait for the plan's turn, and have it until the transaction ends; its commit waits for the disk.

    `notice` comes from a timer: a writer that stopped waiting to give it would have to queue anew.

    Args:
        limit: seconds to wait for each lock. `scope`, `day`: what is asked for, as in `Journal.current`.

    Raises:
        psycopg.errors.LockNotAvailable: others had it for longer.
    """
    timer = threading.Timer(NOTICE_AFTER, notice)
    if limit > NOTICE_AFTER and notice is not silent:
        timer.start()
    try:
        row = connection.execute(
            "SELECT seq, at, payloads FROM gkcheck.begin_turn(%s, %s, %s::integer[], %s::text[], %s::date, %s::interval)",
            [plan, f"{max(1, int(limit * 1000))}ms", *cells_of(scope), day, zone],
        ).fetchone()
    finally:
        timer.cancel()
    return Turn(*row or (None, None, None))


def cells_of(scope: Scope) -> tuple[list[int] | None, list[str] | None]:
    """Return the tasks and units of a scope as the server's functions take them; nothing of it where it is empty."""
    if scope.is_empty:
        return [], []
    tasks = None if scope.tasks is None else sorted(scope.tasks)
    return tasks, None if scope.units is None else sorted(scope.units)
