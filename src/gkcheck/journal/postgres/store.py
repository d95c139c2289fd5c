"""A journal in a PostgreSQL database: the lines of a file, one row each, shared by many machines.

The client encodes the line (its id is a hash of its bytes, `seq` included), so `seq` is chosen and the line inserted in
one transaction that has the plan's turn. A batch has its id before the first attempt: after a lost connection the
next attempt looks for it first, in its turn, so that it is neither lost nor recorded twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from gkcheck.errors import BadJournal
from gkcheck.journal import EVERYTHING, NOTHING, Decision, History, Scope, in_order, record_format
from gkcheck.journal.clock import at_office, day_of, set_back
from gkcheck.journal.entry_line import EntryLine
from gkcheck.journal.live import live_history, statuses_on
from gkcheck.journal.lock import LOCK_LIMIT, silent
from gkcheck.journal.postgres import connection as server
from gkcheck.journal.postgres import schema
from gkcheck.journal.postgres.attempt import Attempt
from gkcheck.journal.postgres.lines import MAX_LINES, PostgresLines, read_payload
from gkcheck.journal.postgres.turn import Turn, begin_turn, cells_of
from gkcheck.model import ZONE, Entry, PastStatuses, Problem

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[Any]
    Lease = Callable[[], AbstractContextManager[Connection]]

Result = TypeVar("Result")


class PostgresJournal:
    """The journal of one plan at one server. `address` is a URL or a connection string, perhaps with a password.

    `lock_limit` is the seconds that a writer waits for another, or for a server that it lost while writing; `notice` is
    called when it has to wait, `tell` with a sentence that its user has to know. `zone` is the office's, in which days
    begin and end. `lease` lends a connection for a with block, as `ConnectionPool.connection` of psycopg_pool does (of a
    pool that checks what it lends); it is given back as it was lent, or closed. Without one the journal has a connection
    of its own, reused by its next request.
    """

    def __init__(
        self,
        address: str,
        plan: str,
        lock_limit: float = LOCK_LIMIT,
        notice: Callable[[], None] = silent,
        tell: Callable[[str], None] = lambda _: None,
        zone: str = ZONE,
        lease: Lease | None = None,
    ) -> None:
        self.address = address
        self.plan = plan
        self.lock_limit = lock_limit
        self.notice = notice
        self.tell = tell
        self.zone = zone
        self._lease = lease or self._own_connection
        self._idle: Connection | None = None
        self._writing_on: Connection | None = None

    def __repr__(self) -> str:
        return f"PostgresJournal({self.name!r}, {self.plan!r})"

    @property
    def name(self) -> str:
        return server.display_address(self.address)

    # -- reading -------------------------------------------------------------------------------------

    def read(self, scope: Scope = EVERYTHING) -> History:
        """See `Journal.read`."""
        return self._reading(lambda connection: self._history(connection, scope))

    def latest(self, count: int) -> list[Entry]:
        """See `Journal.latest`."""
        query = "SELECT payload FROM gkcheck.entries WHERE plan = %s ORDER BY seq DESC, at DESC, id DESC LIMIT %s"
        rows = self._reading(lambda connection: connection.execute(query, [self.plan, count]).fetchall())
        entries = [self._decoded(payload, []) for (payload,) in reversed(rows)]
        return [entry for entry in entries if entry is not None]

    @contextmanager
    def lines(self) -> Iterator[PostgresLines]:
        """See `Journal.lines`. One consistent snapshot, over a connection of its own: the journal may be written meanwhile."""
        with server.translate_errors(self.address), closing(server.connect(self.address)) as connection:
            self._begin_reading(connection)
            yield PostgresLines(connection, self.plan, self.name)

    def past_statuses(self, days: Sequence[date]) -> PastStatuses:
        """See `Journal.past_statuses`."""
        return statuses_on(self.read().entries, days)

    def current(self, scope: Scope = EVERYTHING, until: date | None = None) -> History:
        """See `Journal.current`. Where an entry is about a day after `until`, everything is read."""
        return self._reading(lambda connection: self._current(connection, scope, until))

    def count_missing(self, lines: Iterable[EntryLine]) -> int:
        """Return how many of the entries are not here."""
        return self._reading(lambda connection: sum(map(len, self._missing(connection, lines))))

    def _reading(self, work: Callable[[Connection], Result]) -> Result:
        """Do `work` on one consistent snapshot; where a reused connection was lost, once more on a new one.

        What `decide` reads, it reads in the transaction that `record` writes in: whoever waited there for a second
        connection of a pool would keep the others, who have the rest of them, waiting for the turn.
        """
        if self._writing_on is not None:
            return work(self._writing_on)
        with server.translate_errors(self.address):
            was_reused = self._idle is not None or self._lease != self._own_connection
            try:
                return self._read_once(work)
            except Exception as error:
                if not (was_reused and server.is_psycopg(error)) or server.has_answered(error):
                    raise
            return self._read_once(work)

    def _read_once(self, work: Callable[[Connection], Result]) -> Result:
        with self._connection() as connection:
            self._begin_reading(connection)
            result = work(connection)
            connection.rollback()
            return result

    def _begin_reading(self, connection: Connection) -> None:
        from psycopg import IsolationLevel

        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        schema.check_version(connection, self.name)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """Give a connection for one request. Whatever it is lent with, ours are transactions; it is returned as it was."""
        with self._lease() as connection:
            before = connection.autocommit, connection.isolation_level, connection.read_only
            try:
                connection.autocommit = False
                yield connection
                connection.autocommit, connection.isolation_level, connection.read_only = before
            except BaseException:
                with suppress(Exception):
                    connection.close()
                raise

    @contextmanager
    def _own_connection(self) -> Iterator[Connection]:
        """Give the last connection or a new one; keep it for the next request where all goes well."""
        connection, self._idle = self._idle or server.connect(self.address), None
        yield connection
        self._idle = connection

    def _history(self, connection: Connection, scope: Scope = EVERYTHING) -> History:
        lines = PostgresLines(connection, self.plan, self.name, scope)
        return History([at_office(one.decoded(), self.zone) for one in lines], lines.problems)

    def _current(self, connection: Connection, scope: Scope, until: date | None) -> History:
        if scope.is_empty:
            return History([], [])
        question = "SELECT gkcheck.has_later(%s, %s::date, %s::interval)"
        if until and connection.execute(question, [self.plan, until, self.zone]).fetchone() == (True,):
            return self._live(connection, until)
        rows = connection.execute(
            "SELECT gkcheck.current(%s, %s::integer[], %s::text[])", [self.plan, *cells_of(scope)]
        ).fetchall()
        return self._latest([payload for (payload,) in rows])

    def _current_at(self, turn: Turn, connection: Connection, until: date) -> History:
        return self._live(connection, until) if turn.payloads is None else self._latest(turn.payloads)

    def _live(self, connection: Connection, until: date) -> History:
        return live_history(self._history(connection), until)

    def _latest(self, payloads: Iterable[str]) -> History:
        problems: list[Problem] = []
        decoded = [self._decoded(payload, problems) for payload in payloads]
        entries = {entry.id: entry for entry in decoded if entry is not None}
        return History(sorted(entries.values(), key=lambda entry: entry.order), problems)

    def _decode(self, line: bytes) -> Entry:
        return at_office(record_format.decode(line), self.zone)

    def _decoded(self, payload: str, problems: list[Problem]) -> Entry | None:
        one = read_payload(payload, self.name, problems)
        return at_office(one.decoded(), self.zone) if one is not None else None

    def _missing(self, connection: Connection, lines: Iterable[EntryLine]) -> Iterator[list[EntryLine]]:
        """Yield, portion by portion, the entries that are not here, in their order."""
        lines = iter(lines)
        while portion := {one.id: one for one in islice(lines, MAX_LINES)}:
            query = "SELECT id FROM gkcheck.entries WHERE plan = %s AND id = ANY (%s)"
            for (id_,) in connection.execute(query, [self.plan, list(portion)]):
                del portion[id_]
            yield list(portion.values())

    # -- writing -------------------------------------------------------------------------------------

    def record(self, decide: Decision, *, by: str, at: str, scope: Scope | None = None) -> list[Entry]:
        """See `Journal.record`. `decide` may be called again where the connection was lost."""
        batch = os.urandom(6).hex()

        today = day_of(at, self.zone)

        def add(connection: Connection, turn: Turn) -> list[Entry]:
            drafts = decide(self._history(connection) if scope is None else self._current_at(turn, connection, today))
            if not drafts:
                return []
            if turn.at and (warning := set_back(at, turn.at, self.zone)):
                self.tell(warning)
            lines = [
                record_format.encode(draft, seq=number, at=at, by=by, batch=batch)[:-1]
                for number, draft in enumerate(drafts, (turn.seq or 0) + 1)
            ]
            self._insert(connection, lines)
            return list(map(self._decode, lines))

        def find_committed(connection: Connection) -> list[Entry] | None:
            query = "SELECT payload FROM gkcheck.entries WHERE plan = %s AND batch = %s ORDER BY seq"
            rows = connection.execute(query, [self.plan, batch]).fetchall()
            return [self._decode(payload.encode()) for (payload,) in rows] or None

        return self._writing(add, find_committed, f"批次 {batch}", scope or NOTHING, today)

    def merge(self, lines: Iterable[EntryLine], *, at: str) -> int:
        """See `Journal.merge`. Nothing is set aside here."""
        added = 0

        def add(connection: Connection, _: Turn) -> int:
            nonlocal added
            added = 0
            for portion in self._missing(connection, lines):
                if portion:
                    self._insert(connection, [one.line for one in portion])
                added += len(portion)
            return added

        def find_committed(connection: Connection) -> int | None:
            return added if added and not any(self._missing(connection, lines)) else None

        return in_order(lambda: self._writing(add, find_committed, "这些记录"))

    def _insert(self, connection: Connection, lines: Sequence[bytes]) -> None:
        try:
            payloads = [line.decode() for line in lines]
        except UnicodeDecodeError:
            raise BadJournal("有一条记录不是 UTF-8 文字，不能送上数据库；请用 gkcheck check 检查来源日志") from None
        connection.execute(
            "INSERT INTO gkcheck.entries (plan, payload) SELECT %s, line FROM unnest(%s::text[])"
            " WITH ORDINALITY AS given(line, place) ORDER BY place",
            [self.plan, payloads],
        )

    def _writing(
        self,
        add: Callable[[Connection, Turn], Result],
        find_committed: Callable[[Connection], Result | None],
        what: str,
        scope: Scope = NOTHING,
        day: date | None = None,
    ) -> Result:
        """Run `add` in a transaction while nobody else can write; return when the server has committed.

        Where the connection is lost, try again for `lock_limit` seconds; where it was lost while the server may have
        committed, `find_committed` looks for the result first.

        Args:
            what: what is written, for messages. `scope` and `day`: what `add` has to know when its turn begins.

        Raises:
            StoreFault: others had the turn for longer than `lock_limit`.
        """
        attempt = Attempt(self.lock_limit, self.notice)
        while True:
            try:
                return self._try(attempt, add, find_committed, scope, day)
            except Exception as error:
                if not server.is_psycopg(error):
                    raise
                if not attempt.may_retry(error):
                    raise attempt.fault(self.address, error, what) from None

    def _try(
        self,
        attempt: Attempt,
        add: Callable[[Connection, Turn], Result],
        find_committed: Callable[[Connection], Result | None],
        scope: Scope,
        day: date | None,
    ) -> Result:
        attempt.connected = attempt.connected or self._idle is not None
        with self._connection() as connection:
            from psycopg import IsolationLevel

            attempt.connected = True
            connection.isolation_level = IsolationLevel.READ_COMMITTED
            connection.read_only = None
            schema.check_version(connection, self.name)
            turn = begin_turn(connection, self.plan, self.lock_limit, self.notice, scope, day, self.zone)
            if attempt.unsure:
                committed = find_committed(connection)
                if committed is not None:
                    connection.rollback()
                    return committed
                attempt.unsure = False
            self._writing_on = connection
            try:
                result = add(connection, turn)
            finally:
                self._writing_on = None
            attempt.unsure = True
            try:
                connection.commit()
            except Exception as error:
                attempt.unsure = not server.has_answered(error)
                raise
            return result
