"""`store init` on a database that an earlier version made and filled."""

from __future__ import annotations

from datetime import date

import pytest

psycopg = pytest.importorskip("psycopg")

from gkcheck.errors import BadJournal  # noqa: E402
from gkcheck.journal import EVERYTHING  # noqa: E402
from gkcheck.journal.postgres import schema  # noqa: E402
from gkcheck.journal.postgres.store import PostgresJournal  # noqa: E402
from gkcheck.ledger.fold import fold  # noqa: E402
from gkcheck.model import Action, Draft  # noqa: E402
from tests.journal.conftest import PLAN  # noqa: E402
from tests.journal.test_rights import INSERT, OWN, line, record, resealed  # noqa: E402
from tests.server import OWNER  # noqa: E402


def sealed(seq, action=Action.DONE, batch="b", **more):
    task = None if action is Action.UNDO else 23
    return line(Draft(action, task=task, unit=task and OWN, **more), seq, batch)


NO_ENTRIES = [
    resealed(sealed(20, note="x").replace('"note":"x"', '"note":"\\ud800"')),
    resealed(sealed(21).replace('"evidence":[]', '"evidence":[{"kind":"url","value":"x","title":["x"]}]')),
    resealed(sealed(22).replace('"evidence":[]', '"evidence":[{"kind":"video","value":"x"}]')),
    sealed(999_999_999_999_999, Action.REOPEN),
    resealed(sealed(23, Action.UNDO, undoes="kept", note="x").replace('"note":"x"', '"note":"\\udfff"')),
]
"""Lines that version 1 took in and that are no entries; the last takes back a batch that stands."""

OF_VERSION_1 = (
    "GRANT USAGE ON SCHEMA gkcheck TO u_unit, u_reader",
    "GRANT SELECT ON gkcheck.entries, gkcheck.cells, gkcheck.undone TO u_unit, u_reader",
    "GRANT INSERT (plan, payload) ON gkcheck.entries TO u_unit",
    f"INSERT INTO gkcheck.members VALUES ('{PLAN}', 'u_unit', 'unit', '{OWN}'), ('{PLAN}', 'u_reader', 'reader', ''), ('{PLAN}', 'gone', 'reader', '')",
)


@pytest.fixture
def old(server, monkeypatch):
    """A database of version 1 with accounts, sound entries (one batch taken back), and lines that are no entries."""
    name = "gk_version_1"
    server.template()  # makes the owner
    server.sql(f"CREATE DATABASE {name} OWNER {OWNER}")
    url = server.url(OWNER, name)
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSION", 1)
        assert schema.init(url).steps == [1]
    for role in ("u_unit", "u_reader"):
        server.sql(f"CREATE ROLE {role} LOGIN")
    with psycopg.connect(url) as owner:
        for statement in OF_VERSION_1:
            owner.execute(statement)
        for sound in [
            sealed(1, batch="kept"),
            sealed(2, Action.BLOCK, batch="dead"),
            sealed(3, Action.UNDO, undoes="dead"),
            *NO_ENTRIES,
        ]:
            owner.execute(INSERT, [PLAN, sound])
    yield lambda role=OWNER: server.url(role, name)
    server.sql(f"DROP DATABASE {name} WITH (FORCE)")
    for role in ("u_unit", "u_reader"):
        server.sql(f"DROP ROLE {role}")


def test_an_earlier_database_is_not_used_and_is_upgraded(gk, old):
    with pytest.raises(BadJournal, match="store init"):
        PostgresJournal(old(), PLAN).read()
    answer = gk("store", "init", old())
    assert (answer.code, f"已把表升到第 {schema.VERSION} 版；{len(NO_ENTRIES)} 行" in answer.out) == (1, True)
    answer = gk("store", "init", old())
    assert (answer.code, "没有改动" in answer.out) == (0, True)
    journal = PostgresJournal(old("u_reader"), PLAN)
    entries, problems, _ = journal.read()
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert len(problems) == len(NO_ENTRIES)
    assert journal.current(EVERYTHING, date(2000, 1, 1)).later == 3, "the upgrade knows the last day of what is there"
    assert {mark.claim.action for mark in fold(journal.current(EVERYTHING).entries).values()} == {Action.DONE}
    answer = gk("check", "--store", old("u_reader"))
    assert (answer.code, answer.out.count("gkcheck.set_aside")) == (1, len(NO_ENTRIES))
    assert all(one[-34:-2] in answer.out for one in NO_ENTRIES)


def test_accounts_of_an_earlier_database_go_on(old, server):
    """With the rights that they had, and none besides; a line beyond the bound does not stop the next."""
    schema.init(old())
    (entry,) = record(old("u_unit"), Draft(Action.NOTE, task=23, unit=OWN, note="续"))
    assert entry.seq == 4
    for address in (old("u_reader"), old("u_unit")):
        for table in ("cells", "undone", "members", "queue", "turns"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(address) as connection:
                connection.execute(f"SELECT 1 FROM gkcheck.{table}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        server.sql("SELECT gkcheck.refuse('x')", role="u_unit", database="gk_version_1")


def test_a_database_of_version_3_goes_on(old, monkeypatch):
    """Entries, states and accounts stay; a writer has its turn, and a reader none, in the plan's and in any other."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSION", 3)
        assert schema.init(old()).steps == [2, 3]
    assert schema.init(old()).steps == [4]
    with psycopg.connect(old()) as owner:
        assert owner.execute("SELECT plan FROM gkcheck.turns").fetchall() == [(PLAN,)]
    assert [one.seq for one in PostgresJournal(old("u_reader"), PLAN).read().entries] == [1, 2, 3]
    (entry,) = record(old("u_unit"), Draft(Action.NOTE, task=23, unit=OWN, note="续"))
    assert entry.seq == 4
    turns = ("take_turn(%s, true)", "take_turn(%s, false)", "begin_turn(%s, '1s', NULL, NULL, NULL, '+08:00')")
    for role, plan in (("u_reader", PLAN), ("u_reader", "other"), ("u_unit", "other")):
        for turn in turns:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(old(role)) as connection:
                connection.execute(f"SELECT gkcheck.{turn}", [plan])


def test_what_a_superuser_upgrades_stays_the_owners(old, server):
    """No function of ours runs with the rights of whoever happened to run `store init`."""
    assert schema.init(server.url("postgres", "gk_version_1")).steps == [2, 3, 4]
    owners = "SELECT DISTINCT pg_get_userbyid(proowner)::text FROM pg_proc WHERE pronamespace = 'gkcheck'::regnamespace"
    assert server.sql(owners, database="gk_version_1") == [(OWNER,)]


def test_a_schema_of_somebody_else_is_refused(server):
    """Who made the schema could replace what is put in it."""
    server.template()
    server.sql("CREATE DATABASE gk_planted")
    server.sql("CREATE ROLE planter LOGIN")
    server.sql("CREATE SCHEMA gkcheck AUTHORIZATION planter", database="gk_planted")
    try:
        with pytest.raises(BadJournal, match="别的账号"):
            schema.init(server.url("postgres", "gk_planted"))
    finally:
        server.sql("DROP DATABASE gk_planted WITH (FORCE)")
        server.sql("DROP ROLE planter")


def test_nobody_keeps_an_upgrade_from_happening(old):
    """The lock of earlier inits, and a table of our row type, which would keep ours from being altered."""
    with psycopg.connect(old("u_reader"), autocommit=True) as reader:
        reader.execute("SELECT pg_advisory_lock(x'676B636865636B'::bigint)")
        assert schema.init(old()).steps == [2, 3, 4]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("CREATE TEMP TABLE held (one gkcheck.entries)")
