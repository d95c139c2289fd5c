"""Many writers, lost connections and killed servers: what was answered is there, once."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress

import pytest

psycopg = pytest.importorskip("psycopg")

from gkcheck.errors import StoreFault  # noqa: E402
from gkcheck.journal import record_format  # noqa: E402
from gkcheck.journal.postgres import schema  # noqa: E402
from gkcheck.journal.postgres.store import PostgresJournal  # noqa: E402
from gkcheck.model import Action, Draft  # noqa: E402
from tests import processes  # noqa: E402
from tests.conftest import ROOT  # noqa: E402
from tests.journal.conftest import PLAN  # noqa: E402
from tests.journal.exchange import entry_line  # noqa: E402
from tests.server import OWNER, Server  # noqa: E402

AT = "2019-11-01T09:00:00.000000+08:00"
WRITERS, EACH_UNDER_KILLS = 16, 40


def writers(url, each, count=WRITERS):
    return [
        processes.start(
            [sys.executable, "-m", "tests.journal.writer", url, PLAN, f"w{number}", str(each)],
            cwd=ROOT, stdout=processes.PIPE, stderr=processes.PIPE, text=True,
        )
        for number in range(count)
    ]  # fmt: skip


def answered(running):
    found = []
    for process in running:
        out, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, "")
        found += [tuple(said.split()) for said in out.splitlines()]
    return found


def assert_kept_once(url, found):
    entries, problems, _ = PostgresJournal(url, PLAN).read()
    assert problems == []
    assert max(Counter(entry.note for entry in entries).values()) == 1, "an entry is doubled"
    assert {(entry.note, entry.id) for entry in entries} >= set(found), "an answered entry is missing"
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    return entries


@pytest.mark.parametrize(("count", "each"), [(3, 10), pytest.param(WRITERS, 100, marks=pytest.mark.long)])
def test_writers_at_once(url, count, each):
    found = answered(writers(url, each, count))
    assert len(found) == len(set(found)) == count * each
    assert len(assert_kept_once(url, found)) == count * each


@pytest.mark.long
def test_the_server_is_killed_three_times(tmp_path):
    """SIGKILL to the postmaster in mid-run, then a restart with recovery."""
    server = Server()
    try:
        with server.database() as name:
            url = server.url(OWNER, name)
            running = writers(url, EACH_UNDER_KILLS)
            for share in (0.2, 0.4, 0.6):
                until(server, name, share * WRITERS * EACH_UNDER_KILLS)
                server.kill()
                time.sleep(0.3)
                server.start()
            found = answered(running)
            assert_kept_once(url, found)
            assert len(found) > WRITERS * EACH_UNDER_KILLS / 2
    finally:
        server.remove()


def until(server, database, count):
    deadline = time.monotonic() + 120
    while server.sql("SELECT count(*) FROM gkcheck.entries", database=database)[0][0] < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Wire:
    """A relay to the server that cuts one connection: at its `cut`-th message to the server, or at the answer to it."""

    def __init__(self, port, cut, at_answer):
        self.port, self.cut, self.at_answer = port, cut, at_answer
        self.sent, self.has_cut, self.has_gone = 0, False, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def address(self):
        return self.listener.getsockname()[1]

    def _listen(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.has_gone:
                close(client)
                continue
            there = socket.create_connection(("127.0.0.1", self.port))
            swallow = threading.Event()
            threading.Thread(target=self._forth, args=(client, there, swallow), daemon=True).start()
            threading.Thread(target=self._back, args=(client, there, swallow), daemon=True).start()

    def _forth(self, client, there, swallow):
        try:
            while data := client.recv(1 << 16):
                self.sent += 1
                if self.sent == self.cut:
                    self.has_cut = True
                    if not self.at_answer:
                        break
                    swallow.set()
                there.sendall(data)
        except OSError:
            pass
        close(client, there)

    def _back(self, client, there, swallow):
        try:
            while data := there.recv(1 << 16):
                if swallow.is_set():
                    break
                client.sendall(data)
        except OSError:
            pass
        close(client, there)


def close(*sockets):
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def sealed(seq):
    line = record_format.encode(Draft(Action.DONE, task=23, unit="市教育局"), seq=seq, at=AT, by="测试", batch="b")[:-1]
    return entry_line(line)


@pytest.mark.parametrize("at_answer", [pytest.param(False, marks=pytest.mark.long), True], ids=["before", "after"])
@pytest.mark.parametrize("what", ["record", pytest.param("unite", marks=pytest.mark.long)])
def test_the_connection_is_cut_at_every_step(server, database, url, what, at_answer):
    """Answered: there, once, with the id that was answered. Refused (the first connection was never made): not there."""
    server.sql(f"ALTER ROLE {OWNER} PASSWORD 'geheim'")
    cut = 0
    while True:
        cut += 1
        plan = f"{what}-{cut}"
        wire = Wire(server.port, cut, at_answer)
        where = f"postgresql://{OWNER}:geheim@127.0.0.1:{wire.address}/{database}?sslmode=disable&gssencmode=disable"
        journal = PostgresJournal(where, plan, lock_limit=20)
        try:
            if what == "record":
                drafts = [Draft(Action.DONE, task=23, unit="市教育局"), Draft(Action.NOTE, task=1, note="说明")]
                entries = journal.record(lambda history, drafts=drafts: drafts, by="测试", at=AT)
            else:
                assert journal.merge([sealed(3), sealed(9)], at=AT) == 2
                entries = [sealed(3).entry, sealed(9).entry]
        except StoreFault as refused:
            said, entries = str(refused), []
            if not wire.has_cut or "geheim" in said:
                raise
        wire.listener.close()
        assert PostgresJournal(url, plan).read() == (entries, [], 0)
        if not wire.has_cut:
            break
    assert cut > 8
    assert len(entries) == 2


def test_an_unsure_end_is_said(server, database, url):
    """The answer to the commit is lost and the server stays away: nobody is told that it was not recorded."""
    server.sql(f"ALTER ROLE {OWNER} PASSWORD 'geheim'")

    class Gone(Wire):
        def _forth(self, client, there, swallow):
            while data := client.recv(1 << 16):
                if b"COMMIT\0" in data:
                    swallow.set()
                    self.has_gone = True
                there.sendall(data)

    wire = Gone(server.port, 0, True)
    where = f"postgresql://{OWNER}:geheim@127.0.0.1:{wire.address}/{database}?sslmode=disable&gssencmode=disable"
    with pytest.raises(StoreFault, match="不能确定是否已经记下"):
        PostgresJournal(where, PLAN, lock_limit=1).record(
            lambda history: [Draft(Action.NOTE, task=1, note="说明")], by="测试", at=AT
        )
    assert len(PostgresJournal(url, PLAN).read().entries) == 1


@pytest.mark.parametrize("cause", ["busy", "revoked"])
def test_what_is_unsure_stays_so_whatever_the_next_attempt_is_answered(server, database, url, cause):
    """The answer to the commit is lost; then another has the turn, or the account has no rights any more."""
    schema.grant(url, PLAN, "once_unit", schema.RoleKind.UNIT, "市教育局")
    address, lent = server.url("once_unit", database), []

    @contextmanager
    def lease():
        with psycopg.connect(address) as connection:
            lent.append(connection)
            if len(lent) == 1:
                connection.commit = lose
            yield connection

    def lose():
        psycopg.Connection.commit(lent[0])
        if cause == "busy":
            other.execute("SELECT gkcheck.take_turn(%s, true)", [PLAN])
        else:
            schema.revoke(url, PLAN, "once_unit")
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    draft = Draft(Action.NOTE, task=23, unit="市教育局", note="说明")
    try:
        with psycopg.connect(url) as other, pytest.raises(StoreFault, match="不能确定是否已经记下"):
            PostgresJournal(address, PLAN, 0.3, lease=lease).record(lambda history: [draft], by="测试", at=AT)
        assert len(lent) == 2
        assert len(PostgresJournal(url, PLAN).read().entries) == 1
    finally:
        schema.revoke(url, PLAN, "once_unit")
        server.sql("DROP ROLE once_unit")
