"""Many writers: their turns, in order; connections lent by a pool, given back as they came, and enough for everybody."""

from __future__ import annotations

import threading
import time

import pytest

psycopg = pytest.importorskip("psycopg")
pytest.importorskip("psycopg_pool")

from psycopg import IsolationLevel  # noqa: E402
from psycopg_pool import ConnectionPool  # noqa: E402

from gkcheck.errors import StoreFault  # noqa: E402
from gkcheck.journal import NOTHING, Scope  # noqa: E402
from gkcheck.journal.postgres.attempt import Attempt  # noqa: E402
from gkcheck.journal.postgres.connection import settings_of  # noqa: E402
from gkcheck.journal.postgres.store import PostgresJournal  # noqa: E402
from gkcheck.model import Action, Draft  # noqa: E402
from tests.journal.conftest import PLAN  # noqa: E402

AT = "2019-11-01T09:00:00.000000+08:00"
CELL = Scope(frozenset([23]), frozenset(["市教育局"]))


@pytest.fixture
def pool_of(url):
    """Makes pools of so many connections, each prepared by a function."""
    opened = []

    def make(size=1, configure=None, check=ConnectionPool.check_connection, **more):
        pool = ConnectionPool(
            url, kwargs=settings_of(url) | more, min_size=size, max_size=size, timeout=5, configure=configure,
            check=check, open=True,
        )  # fmt: skip
        opened.append(pool)
        return pool

    yield make
    for pool in opened:
        pool.close()


def note(journal, text="说明", scope=CELL, decide=None):
    draft = Draft(Action.NOTE, task=23, unit="市教育局", note=text)
    return journal.record(decide or (lambda history: [draft]), by="测试", at=AT, scope=scope)


def test_a_connection_is_given_back_as_it_came(url, pool_of):
    """Others use the pool, too: read only and autocommit are theirs again after each request."""

    def configure(connection):
        connection.isolation_level = IsolationLevel.SERIALIZABLE
        connection.read_only = False

    pool = pool_of(configure=configure, autocommit=True)
    journal = PostgresJournal(url, PLAN, lease=pool.connection)
    note(journal)
    assert len(journal.read().entries) == 1
    with pool.connection() as connection:
        assert (connection.autocommit, connection.isolation_level, connection.read_only) == (
            True,
            IsolationLevel.SERIALIZABLE,
            False,
        )


def test_a_turn_lasts_until_the_commit_on_a_connection_that_commits_by_itself(server, database, url, pool_of):
    journal = PostgresJournal(url, PLAN, lease=pool_of(autocommit=True).connection)
    note(journal)
    free = []

    def decide(_):
        free.append(server.sql(f"SELECT gkcheck.take_turn('{PLAN}', false)", database=database)[0][0])
        return []

    note(journal, decide=decide)
    assert free == [False]


def test_what_is_read_in_a_turn_needs_no_second_connection(url, pool_of):
    """A pool of one, and a decision that looks further back; the entry before it is seen."""
    journal = PostgresJournal(url, PLAN, lease=pool_of().connection)
    note(journal, "一")

    def decide(_):
        return [Draft(Action.NOTE, task=1, note=f"{len(journal.read().entries)} {len(journal.current().entries)}")]

    assert [entry.note for entry in note(journal, scope=NOTHING, decide=decide)] == ["1 1"]


def test_connections_that_were_lost_meanwhile(server, url, pool_of):
    """Whoever restarts the server ends every connection that waits in a pool."""
    pool = pool_of(3)
    journal = PostgresJournal(url, PLAN, lease=pool.connection)
    note(journal, "一")
    end_all(server)
    note(journal, "二")
    pool.wait()
    end_all(server)
    time.sleep(0.1)
    assert [entry.note for entry in journal.read().entries] == ["一", "二"]
    unchecked = PostgresJournal(url, PLAN, lease=pool_of(check=None).connection)
    unchecked.read()
    end_all(server)
    time.sleep(0.1)
    assert len(unchecked.read().entries) == 2, "lost while it is lent, it is asked for once more"


def end_all(server):
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gkcheck'")


def test_what_others_have_set_in_a_session_decides_nothing(server, database, url, pool_of):
    """Another search path, functions of the same name in it, and no waiting for the disk."""

    used, waits = [], []

    def configure(connection):
        connection.execute("SET search_path = public, pg_catalog")
        connection.execute("SET synchronous_commit = off")
        connection.commit()
        used.append(connection)

    def decide(_):
        waits.extend(used[0].execute("SHOW synchronous_commit").fetchone())
        return [Draft(Action.NOTE, task=23, unit="市教育局", note="说明")]

    server.sql(
        "CREATE FUNCTION public.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS $$ SELECT 'x' WHERE false $$",
        database=database,
    )
    journal = PostgresJournal(url, PLAN, lease=pool_of(configure=configure).connection)
    note(journal, decide=decide)
    assert [entry.note for entry in journal.current(CELL).entries] == ["说明"]
    assert waits == ["on"]


def test_a_pool_that_has_none_left_is_said(url, pool_of):
    pool = pool_of()
    pool.timeout = 0.1
    with pool.connection(), pytest.raises(StoreFault, match="没有等到连接"):
        note(PostgresJournal(url, PLAN, lease=pool.connection))


def test_writers_have_their_turns_in_the_order_they_came_in(server, database, url):
    """Nobody who comes later, and nobody who is woken sooner, goes before those that wait."""
    note(PostgresJournal(url, PLAN))
    with psycopg.connect(url) as holder:
        holder.execute("SELECT gkcheck.take_turn(%s, true)", [PLAN])
        threads = []
        for number in range(8):
            threads.append(threading.Thread(target=note, args=(PostgresJournal(url, PLAN), f"{number}")))
            threads[-1].start()
            wait_for_waiters(server, database, number + 1)
    for thread in threads:
        thread.join(30)
    assert [entry.note for entry in PostgresJournal(url, PLAN).read().entries] == ["说明", *map(str, range(8))]


def test_a_writer_of_the_version_before_has_its_turn_to_itself(url):
    """It was in its turn, on the row of the queue, when the tables were upgraded."""
    note(PostgresJournal(url, PLAN))
    with psycopg.connect(url) as before:
        before.execute("SELECT FROM gkcheck.queue WHERE plan = %s FOR UPDATE", [PLAN])
        with pytest.raises(StoreFault, match="仍被另一个 gkcheck 占用"):
            note(PostgresJournal(url, PLAN, lock_limit=0.3))
    assert len(note(PostgresJournal(url, PLAN))) == 1


def wait_for_waiters(server, database, count):
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    deadline = time.monotonic() + 20
    while server.sql(waiting, database=database) != [(count,)]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_writer_that_stopped_in_its_turn_keeps_nobody_waiting_for_good(server, database, url):
    """The server ends its session at the bound an administrator has set; others go on, and it records when it goes on."""
    server.sql(f"ALTER DATABASE {database} SET idle_in_transaction_session_timeout = '300ms'")
    stopped, others = PostgresJournal(url, PLAN), PostgresJournal(url, PLAN)
    tries = []

    def decide(_):
        tries.append(1)
        if len(tries) == 1:
            note(others, "别人")
        return [Draft(Action.NOTE, task=23, unit="市教育局", note="停住的")]

    note(stopped, decide=decide)
    assert len(tries) == 2
    assert [entry.note for entry in others.read().entries] == ["别人", "停住的"]


def test_a_lost_connection_is_sought_from_when_it_was_lost(monkeypatch):
    """However long its turn was waited for, a writer tries again for the whole limit."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda _: None)
    attempt = Attempt(30, lambda: None)
    attempt.connected = True
    lost = psycopg.OperationalError("server closed the connection unexpectedly")
    now[0] += 500
    assert attempt.may_retry(lost)
    now[0] += 29
    assert attempt.may_retry(lost)
    now[0] += 2
    assert not attempt.may_retry(lost)
