"""A journal in a PostgreSQL database: the same lines as in a file, one row each, shared by many machines.

The line is made by the writer (its id is a hash of its bytes, `seq` included), so `seq` is taken and the
line inserted in one transaction that holds the plan's lock. A batch has its id before the first try: after
a lost connection the next try looks for it first, under the lock, and so neither loses nor doubles it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar

from gkcheck.errors import BadJournal, StoreFault
from gkcheck.journal import EVERYTHING, Contents, Decision, EntryLine, History, Scope, record_format
from gkcheck.journal.live import live_entries
from gkcheck.journal.lock import LOCK_LIMIT, NOTICE_AFTER, silent
from gkcheck.journal.postgres import connection as server
from gkcheck.journal.postgres import schema
from gkcheck.model import Entry, Problem, Where

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[Any]

Result = TypeVar("Result")

AT_ONCE = 5_000
"""How many lines travel in one statement."""


class PostgresJournal:
    """The journal of one plan at one server. `where` is a URL or a connection string, perhaps with a password.

    `lock_limit` is how many seconds a writer waits for another, or for a server that went away while it
    was writing; `notice` is called when it has to wait. The connection is kept for the next request.
    """

    def __init__(
        self, where: str, plan: str, lock_limit: float = LOCK_LIMIT, notice: Callable[[], None] = silent
    ) -> None:
        self.where = where
        self.plan = plan
        self.lock_limit = lock_limit
        self.notice = notice
        self._kept: Connection | None = None

    def __repr__(self) -> str:
        return f"PostgresJournal({self.name!r}, {self.plan!r})"

    @property
    def name(self) -> str:
        return server.display_address(self.where)

    # -- reading -------------------------------------------------------------------------------------

    def read(self, scope: Scope = EVERYTHING) -> History:
        """See `Journal.read`."""
        found, problems = self._reading(lambda connection: self._everything(connection, scope))
        return History([sealed.entry for sealed in found], problems)

    def latest(self, count: int) -> list[Entry]:
        """See `Journal.latest`."""
        found = self._reading(
            lambda connection: connection.execute(
                "SELECT payload FROM gkcheck.entries WHERE plan = %s ORDER BY seq DESC, at DESC, id DESC LIMIT %s",
                [self.plan, count],
            ).fetchall()
        )
        sealed = [self._sealed(payload, payload[-34:-2], []) for (payload,) in reversed(found)]
        return [one.entry for one in sealed if one is not None]

    def contents(self) -> Contents:
        """See `Journal.contents`."""
        return self._reading(self._everything)

    def current(self, scope: Scope = EVERYTHING, until: date | None = None) -> History:
        """See `Journal.current`. Up to a day, everything is read and folded here."""
        if until is not None:
            history = self.read()
            return History(live_entries(history.entries, until), history.problems)
        return self._reading(lambda connection: self._current(connection, scope))

    def missing(self, sealed: Sequence[EntryLine]) -> list[EntryLine]:
        """Those of the entries that are not here, each id once, in the order given."""
        return self._reading(lambda connection: self._missing(connection, sealed))

    def _reading(self, work: Callable[[Connection], Result]) -> Result:
        """Do some reading on one consistent view of the store."""
        with server.translate_errors(self.where):
            was_kept = self._kept is not None
            try:
                return self._read_once(work)
            except Exception as error:
                if not (was_kept and server.is_psycopg(error)) or server.has_answered(error):
                    raise
            return self._read_once(work)

    def _read_once(self, work: Callable[[Connection], Result]) -> Result:
        with self._connection() as connection:
            from psycopg import IsolationLevel

            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            schema.check_version(connection, self.name)
            result = work(connection)
            connection.rollback()
            return result

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The kept connection or a new one; kept again where all went well."""
        connection, self._kept = self._kept or server.connect(self.where), None
        try:
            yield connection
        except BaseException:
            with suppress(Exception):
                connection.close()
            raise
        if self._kept is not None:  # something was read while writing
            connection.close()
        else:
            self._kept = connection

    def _everything(self, connection: Connection, scope: Scope = EVERYTHING) -> Contents:
        chosen, values = _where(scope)
        sealed: list[EntryLine] = []
        problems: list[Problem] = []
        with connection.cursor(name="entries") as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute(
                "SELECT payload, id, seq, task, unit, action, batch FROM gkcheck.entries WHERE plan = %s"
                f"{chosen} ORDER BY seq, at, id",
                [self.plan, *values],
            )
            for payload, *columns in cursor:
                one = self._sealed(payload, columns[0], problems)
                if one is None:
                    continue
                entry = one.entry
                if columns != [entry.id, entry.seq, entry.task, entry.unit, entry.action.value, entry.batch]:
                    problems.append(self._problem(entry.id, "各列与内容不符，数据库被改动过，以内容为准"))
                sealed.append(one)
        return Contents(sealed, problems)

    def _current(self, connection: Connection, scope: Scope) -> History:
        if frozenset() in (scope.tasks, scope.units):
            return History([], [])
        tasks = None if scope.tasks is None else sorted(scope.tasks)
        units = None if scope.units is None else sorted(scope.units)
        found = connection.execute(
            "SELECT gkcheck.current(%s, %s::integer[], %s::text[])", [self.plan, tasks, units]
        ).fetchall()
        problems: list[Problem] = []
        entries = {}
        for (payload,) in found:
            one = self._sealed(payload, payload[-34:-2], problems)
            if one is not None:
                entries[one.entry.id] = one.entry
        return History(sorted(entries.values(), key=lambda entry: entry.order), problems)

    def _sealed(self, payload: str, id_: str, problems: list[Problem]) -> EntryLine | None:
        line = payload.encode()
        try:
            return EntryLine(record_format.decode(line), line)
        except record_format.UnknownLine as damage:
            problems.append(self._problem(id_, f"记录看不懂（{damage}），已保留但不计入"))
        except record_format.DamagedLine as damage:
            problems.append(self._problem(id_, f"记录已损坏（{damage}），已跳过"))
        return None

    def _problem(self, id_: str, said: str) -> Problem:
        return Problem(Where(self.name, 0), f"记录 {id_}：{said}")

    def _missing(self, connection: Connection, sealed: Sequence[EntryLine]) -> list[EntryLine]:
        here: set[str] = set()
        for some in _portions(sealed):
            ids = [one.entry.id for one in some]
            found = connection.execute(
                "SELECT id FROM gkcheck.entries WHERE plan = %s AND id = ANY (%s)", [self.plan, ids]
            )
            here.update(row[0] for row in found)
        return list({one.entry.id: one for one in sealed if one.entry.id not in here}.values())

    # -- writing -------------------------------------------------------------------------------------

    def record(self, decide: Decision, *, by: str, at: str, scope: Scope | None = None) -> list[Entry]:
        """See `Journal.record`. `decide` may be called again where the connection was lost."""
        batch = os.urandom(6).hex()

        def add(connection: Connection) -> list[Entry]:
            if scope is None:
                found, problems = self._everything(connection)
                history = History([one.entry for one in found], problems)
            else:
                history = self._current(connection, scope)
            drafts = decide(history)
            if not drafts:
                return []
            seq = self._last_seq(connection)
            written = [
                record_format.encode(draft, seq=number, at=at, by=by, batch=batch)[:-1]
                for number, draft in enumerate(drafts, seq + 1)
            ]
            self._insert(connection, written)
            return [record_format.decode(line) for line in written]

        def done_before(connection: Connection) -> list[Entry] | None:
            found = connection.execute(
                "SELECT payload FROM gkcheck.entries WHERE plan = %s AND batch = %s ORDER BY seq", [self.plan, batch]
            ).fetchall()
            return [record_format.decode(payload.encode()) for (payload,) in found] or None

        return self._writing(add, done_before, f"批次 {batch}")

    def merge(self, sealed: Sequence[EntryLine], *, at: str) -> int:
        """See `Journal.merge`. Nothing is ever set aside here."""
        tried = 0

        def add(connection: Connection) -> int:
            nonlocal tried
            new = self._missing(connection, sealed)
            tried = len(new)
            for some in _portions(new):
                self._insert(connection, [one.line for one in some])
            return tried

        def done_before(connection: Connection) -> int | None:
            return tried if tried and not self._missing(connection, sealed) else None

        return self._writing(add, done_before, f"{len(sealed)} 条记录")

    def _last_seq(self, connection: Connection) -> int:
        row = connection.execute(
            "SELECT seq FROM gkcheck.entries WHERE plan = %s ORDER BY seq DESC LIMIT 1", [self.plan]
        ).fetchone()
        return int(row[0]) if row else 0

    def _insert(self, connection: Connection, written: Sequence[bytes]) -> None:
        try:
            payloads = [line.decode() for line in written]
        except UnicodeDecodeError:
            raise BadJournal("有一条记录不是 UTF-8 文字，不能送上数据库；请用 gkcheck check 检查来源日志") from None
        connection.execute(
            "INSERT INTO gkcheck.entries (plan, payload) SELECT %s, line FROM unnest(%s::text[])"
            " WITH ORDINALITY AS given(line, place) ORDER BY place",
            [self.plan, payloads],
        )

    def _writing(
        self, add: Callable[[Connection], Result], done_before: Callable[[Connection], Result | None], what: str
    ) -> Result:
        """Run `add` in a transaction while nobody else can write, until the server has said that it is kept.

        Where the connection is lost the whole is tried again, for `lock_limit` seconds; where it was lost
        while the server may have kept it already, `done_before` finds out first.
        """
        deadline = time.monotonic() + max(self.lock_limit, 1.0)
        attempt = _Attempt()
        while True:
            try:
                return self._try(attempt, add, done_before)
            except Exception as error:
                if not server.is_psycopg(error):
                    raise
                if not attempt.may_go_on(error) or time.monotonic() >= deadline:
                    raise attempt.fault(self.where, error, what) from None
            attempt.pause(self.notice)

    def _try(
        self,
        attempt: _Attempt,
        add: Callable[[Connection], Result],
        done_before: Callable[[Connection], Result | None],
    ) -> Result:
        attempt.connected = attempt.connected or self._kept is not None
        with self._connection() as connection:
            from psycopg import IsolationLevel

            attempt.connected = True
            connection.isolation_level = IsolationLevel.READ_COMMITTED
            connection.read_only = None
            schema.check_version(connection, self.name)
            self._take_turn(connection)
            if attempt.unsure:
                found = done_before(connection)
                if found is not None:
                    connection.rollback()
                    return found
                attempt.unsure = False
            result = add(connection)
            attempt.unsure = True
            connection.commit()
            return result

    def _take_turn(self, connection: Connection) -> None:
        """Hold the plan's lock until the transaction ends; what is committed has reached the disk.

        Raises:
            StoreFault: others kept the lock for longer than `lock_limit`.
        """
        import psycopg

        (taken, careless) = connection.execute(
            "SELECT pg_try_advisory_xact_lock(gkcheck.lock_key(%s)), current_setting('synchronous_commit') = 'off'",
            [self.plan],
        ).fetchone() or (False, False)
        if careless:
            connection.execute("SET LOCAL synchronous_commit = on")
        waits = [
            seconds for seconds in (min(NOTICE_AFTER, self.lock_limit), self.lock_limit - NOTICE_AFTER) if seconds > 0
        ]
        while waits and not taken:
            seconds = waits.pop(0)
            try:
                with connection.transaction():
                    connection.execute(
                        "SELECT set_config('lock_timeout', %s, true)", [f"{max(1, int(seconds * 1000))}ms"]
                    )
                    connection.execute("SELECT pg_advisory_xact_lock(gkcheck.lock_key(%s))", [self.plan])
                taken = True
            except psycopg.errors.LockNotAvailable:
                if waits:
                    self.notice()
        if not taken:
            raise StoreFault(
                f"等了 {self.lock_limit:g} 秒，数据库 {self.name} 仍被另一个 gkcheck 占用；稍后重试，或用 GKCHECK_LOCK_TIMEOUT 设定等待秒数"
            )


def _where(scope: Scope) -> tuple[LiteralString, list[object]]:
    """The condition by which entries of a scope, and undos, are chosen, and its values."""
    parts: list[LiteralString] = []
    values: list[object] = []
    if scope.tasks is not None:
        parts.append("task = ANY (%s::integer[])")
        values.append(sorted(scope.tasks))
    if scope.units is not None:
        parts.append("(unit IS NULL OR unit = ANY (%s::text[]))")
        values.append(sorted(scope.units))
    if scope.batch is not None:
        parts.append("starts_with(batch, %s)")
        values.append(scope.batch)
    return (f" AND (action = 'undo' OR {' AND '.join(parts)})" if parts else ""), values


class _Attempt:
    """How far the tries to write one thing have come."""

    def __init__(self) -> None:
        self.connected = False
        self.unsure = False
        self.tries = 0

    def may_go_on(self, error: Exception) -> bool:
        """Whether it makes sense to try again: the server was there and went away, or is on its way up."""
        if server.has_answered(error):
            return False
        if getattr(error, "sqlstate", None) is not None or server.is_starting(error):
            return True
        return self.connected and not server.is_refusal(error)

    def pause(self, notice: Callable[[], None]) -> None:
        self.tries += 1
        if self.tries == 3:
            notice()
        time.sleep(min(0.05 * 2**self.tries, 1.0))

    def fault(self, where: str, error: Exception, what: str) -> Exception:
        if self.unsure and not server.has_answered(error):
            return StoreFault(
                f"提交{what}时与数据库 {server.display_address(where)} 失去联系，不能确定是否已经记下；恢复后请先用 gkcheck log 查看再决定是否重记"
            )
        return server.fault(where, error, "写入")


def _portions(found: Sequence[EntryLine]) -> Iterable[Sequence[EntryLine]]:
    return (found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE))
