"""Who may write what, refused by the server itself: plain psycopg, no word of gkcheck in between."""

from __future__ import annotations

import pytest

psycopg = pytest.importorskip("psycopg")

from gkcheck.errors import BadRequest  # noqa: E402
from gkcheck.journal import record_format  # noqa: E402
from gkcheck.journal.postgres import schema  # noqa: E402
from gkcheck.journal.postgres.store import PostgresJournal  # noqa: E402
from gkcheck.model import Action, Draft  # noqa: E402
from tests.journal.conftest import PLAN  # noqa: E402
from tests.journal.exchange import contents  # noqa: E402
from tests.operations.unit_rule import ALLOWED, CASES, HERE  # noqa: E402
from tests.server import OWNER  # noqa: E402

AT = "2019-11-01T09:00:00.000000+08:00"
OWN, OTHER = "市教育局", "市财政局"
INSERT = "INSERT INTO gkcheck.entries (plan, payload) VALUES (%s, %s)"


def line(draft, seq=1, batch="0123456789ab"):
    return record_format.encode(draft, seq=seq, at=AT, by="测试", batch=batch)[:-1].decode()


@pytest.fixture
def granted(server, database, url):
    """Accounts of a unit, another unit, the office and a reader; gives the address of each."""
    schema.grant(url, PLAN, "r_own", schema.RoleKind.UNIT, OWN)
    schema.grant(url, PLAN, "r_other", schema.RoleKind.UNIT, OTHER)
    schema.grant(url, PLAN, "r_office", schema.RoleKind.OFFICE)
    schema.grant(url, PLAN, "r_reader", schema.RoleKind.READER)
    return lambda role: server.url(role, database)


def journal(address):
    return PostgresJournal(address, PLAN)


def record(address, *drafts):
    return journal(address).record(lambda history: drafts, by="测试", at=AT)


def done(unit):
    return Draft(Action.DONE, task=23, unit=unit)


FORBIDDEN = {
    "another unit's entry": (INSERT, [PLAN, line(done(OTHER))]),
    "the whole task": (INSERT, [PLAN, line(done(None))]),
    "confirm": (INSERT, [PLAN, line(Draft(Action.CONFIRM, task=23, unit=OWN))]),
    "return": (INSERT, [PLAN, line(Draft(Action.RETURN, task=23, unit=OWN, note="补充"))]),
    "deadline": (INSERT, [PLAN, line(Draft(Action.DEADLINE, task=23, unit=OWN, due="2019-12-31"))]),
    "letter": (INSERT, [PLAN, line(Draft(Action.REMIND, task=23, unit=OWN, letter=1))]),
    "another plan": (INSERT, ["other-plan", line(done(OWN))]),
    "undo of nothing": (INSERT, [PLAN, line(Draft(Action.UNDO, undoes="ffffffffffff"))]),
    "undo of the office's batch": (INSERT, [PLAN, line(Draft(Action.UNDO, undoes="{office}"))]),
    "undo of another unit's batch": (INSERT, [PLAN, line(Draft(Action.UNDO, undoes="{other}"))]),
    "joining another's batch": (INSERT, [PLAN, line(done(OWN), batch="{other}")]),
    "a counter that runs away": (INSERT, [PLAN, line(done(OWN), seq=10**12)]),
    "own unit first, another's after": (INSERT, [PLAN, "{twice}"]),
    "an id that is not the line's": (INSERT, [PLAN, line(done(OWN)).replace('"note":null', '"note":"x"')]),
    "a line that nobody could read": (INSERT, [PLAN, '{"unit":"市教育局"}']),
    "a forged session user": (
        "INSERT INTO gkcheck.entries (plan, payload, written_as) VALUES (%s, %s, 'r_office')",
        [PLAN, line(done(OWN))],
    ),
    "a forged unit column": (
        "INSERT INTO gkcheck.entries (plan, payload, unit) VALUES (%s, %s, '市教育局')",
        [PLAN, line(done(OTHER))],
    ),
    "copy": ("COPY gkcheck.entries (plan, payload) FROM STDIN", []),
    "update": ("UPDATE gkcheck.entries SET payload = payload", []),
    "delete": ("DELETE FROM gkcheck.entries", []),
    "truncate": ("TRUNCATE gkcheck.entries", []),
    "drop": ("DROP TABLE gkcheck.entries", []),
    "alter": ("ALTER TABLE gkcheck.entries DISABLE ROW LEVEL SECURITY", []),
    "disable the triggers": ("ALTER TABLE gkcheck.entries DISABLE TRIGGER ALL", []),
    "triggers off for the session": ("SET session_replication_role = replica", []),
    "lock everybody out": ("BEGIN; LOCK TABLE gkcheck.entries IN ACCESS EXCLUSIVE MODE", []),
    "grant itself the office": ("INSERT INTO gkcheck.members (plan, role, kind) VALUES (%s, 'r_own', 'office')", [PLAN]),
    "see the grants": ("SELECT * FROM gkcheck.members", []),
    "undo by the side door": ("INSERT INTO gkcheck.undone (plan, batch) VALUES (%s, 'x')", [PLAN]),
    "become the office": ("SET ROLE r_office", []),
    "become the owner": (f"SET SESSION AUTHORIZATION {OWNER}", []),
    "a function of its own among ours": ("CREATE FUNCTION gkcheck.is_office(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'", []),
    "replace ours": ("DROP FUNCTION gkcheck.derive() CASCADE", []),
    "a trigger of its own": ("CREATE TRIGGER t AFTER INSERT ON gkcheck.entries EXECUTE FUNCTION gkcheck.append_only()", []),
    "drop the schema": ("DROP SCHEMA gkcheck CASCADE", []),
    "the version": ("UPDATE gkcheck.versions SET number = 99", []),
}  # fmt: skip


def resealed(text):
    before = text[: text.rindex(',"id":"')].encode()
    return (before + b',"id":"' + record_format._hash(before).encode() + b'"}').decode()


def test_what_a_unit_may_not_do(granted, url):
    """Every one is refused, and the table is as it was before."""
    (office,) = record(granted("r_office"), Draft(Action.REOPEN, task=23, unit=OWN))
    (other,) = record(granted("r_other"), done(OTHER))
    twice = resealed(line(done(OTHER))[:-1].replace(',"note"', f',"unit":"{OWN}","note"') + "}")
    standing = contents(journal(url))
    for name, (statement, values) in FORBIDDEN.items():
        filled = [value.replace("{twice}", twice) for value in values]
        if any("{o" in value for value in filled):
            filled = [value.replace("{office}", office.batch).replace("{other}", other.batch) for value in filled]
            filled[1] = resealed(filled[1])
        with pytest.raises(psycopg.Error) as refused, psycopg.connect(granted("r_own"), autocommit=True) as connection:
            connection.execute(statement, filled or None)
        assert refused.value.sqlstate in ("42501", "GK001", "GK002", "0A000"), (name, refused.value)
        assert contents(journal(url)) == standing, name


def test_what_a_unit_may_do(granted, url):
    """Report, and take back and bring back what it reported itself; who it was is kept beside the name typed."""
    own = granted("r_own")
    (entry,) = record(own, done(OWN))
    (undo,) = record(own, Draft(Action.UNDO, undoes=entry.batch))
    record(own, Draft(Action.UNDO, undoes=undo.batch))
    assert [one.action for one in journal(own).current().entries] == [Action.DONE]
    record(
        granted("r_office"), Draft(Action.CONFIRM, task=23, unit=OWN), Draft(Action.DEADLINE, task=23, due="2019-12-31")
    )
    with psycopg.connect(url) as connection:
        rows = connection.execute('SELECT "by", written_as, action FROM gkcheck.entries ORDER BY seq').fetchall()
    assert rows[0] == ("测试", "r_own", "done")
    assert [row[1:] for row in rows[3:]] == [("r_office", "confirm"), ("r_office", "deadline")]


def test_a_unit_is_held_to_the_rule_of_merge(granted, url):
    """By the table of `merge --from`, case by case: the same entries are taken, the same refused."""
    for seq, (batch, draft) in enumerate(HERE, 1):
        role = "r_own" if batch.startswith("own") else "r_other" if draft.unit == OTHER else "r_office"
        with psycopg.connect(granted(role)) as connection:
            connection.execute(INSERT, [PLAN, line(draft, seq, batch)])
    taken = set()
    with psycopg.connect(granted("r_own")) as connection:
        for case, (draft, batch) in CASES.items():
            try:
                connection.execute(INSERT, [PLAN, line(draft, 9, batch)])
                taken.add(case)
            except psycopg.errors.InsufficientPrivilege:
                pass
            connection.rollback()
    assert taken == ALLOWED


@pytest.mark.parametrize("role", ["r_own", "r_other", "r_office", "r_reader"])
def test_append_only_for_everybody(granted, url, role):
    record(url, done(OWN))
    for statement in (
        "UPDATE gkcheck.entries SET payload = ''",
        "DELETE FROM gkcheck.entries",
        "TRUNCATE gkcheck.entries",
    ):
        for address in (granted(role), url):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(address) as connection:
                connection.execute(statement)
    assert len(journal(granted(role)).read().entries) == 1


def test_a_reader_only_reads_and_a_stranger_not_even_that(granted, server, url):
    record(url, done(OWN))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(granted("r_reader")) as connection:
        connection.execute(INSERT, [PLAN, line(done(OWN))])
    assert len(journal(granted("r_reader")).read().entries) == 1
    assert PostgresJournal(granted("r_reader"), "other-plan").read().entries == []
    record_other = PostgresJournal(url, "other-plan").record(lambda history: [done(OWN)], by="测试", at=AT)
    assert PostgresJournal(granted("r_reader"), "other-plan").read().entries == []
    assert PostgresJournal(granted("r_reader"), "other-plan").current().entries == []
    assert PostgresJournal(url, "other-plan").read().entries == record_other
    assert PostgresJournal(url, "other-plan").current().entries == record_other
    server.sql("CREATE ROLE r_stranger LOGIN")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(granted("r_stranger")) as connection:
        connection.execute("SELECT * FROM gkcheck.entries")


def test_a_login_has_the_rights_of_the_group_it_is_in(granted, server, url):
    server.sql("CREATE ROLE r_clerk LOGIN IN ROLE r_own")
    record(granted("r_clerk"), done(OWN))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(granted("r_clerk")) as connection:
        connection.execute(INSERT, [PLAN, line(done(OTHER))])


def test_grant_and_revoke_by_the_front_door(gk, server, url, granted):
    assert "只能填报市教育局的记录" in gk("store", "grant", url, "--unit", "教育局", "--role", "jyj").out
    database = granted("jyj")
    assert gk("done", 23, "--unit", OWN, "--store", database).code == 0
    refused = gk("start", 23, "--store", database)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "无权" in refused.err
    assert "已收回" in gk("store", "revoke", url, "--role", "jyj").out
    assert gk("done", 23, "--unit", OWN, "--note", "又", "--store", database).code == 2
    assert "没有授权" in gk("store", "revoke", url, "--role", "jyj").err
    for wrong, said in [
        (["grant", url, "--role", "x"], "选一个"),
        (["grant", url, "--unit", OWN, "--office", "--role", "x"], "选一个"),
        (["grant", url, "--unit", OWN], "--role"),
        (["grant", url, "--unit", "各镇（街）", "--role", "x"], "一个类别"),
        (["grant", url, "--office", "--role", "postgres"], "超级用户"),
        (["grant", url, "--office", "--role", OWNER], "主人"),
        (["init", "journal.jsonl"], "数据库的地址"),
        (["init", url, "--office"], "只用于 store grant"),
    ]:
        answer = gk("store", *wrong)
        assert (answer.code, answer.err.count("\n"), said in answer.err) == (2, 1, True), answer


def test_a_superuser_is_not_granted(url):
    with pytest.raises(BadRequest):
        schema.grant(url, PLAN, "postgres", schema.RoleKind.READER)


def test_a_database_that_was_altered_is_named(url, server):
    """Somebody with all rights over the server changed a row: the reader says so."""
    record(url, done(OWN), done(OTHER))
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE gkcheck.entries DISABLE TRIGGER append_only")
        connection.execute("UPDATE gkcheck.entries SET payload = replace(payload, '23', '24') WHERE seq = 1")
        connection.execute("UPDATE gkcheck.entries SET unit = '市水利局' WHERE seq = 2")
    found, problems, _ = journal(url).read()
    assert [entry.unit for entry in found] == [OTHER]
    assert ["已损坏" in problems[0].message, "被改动过" in problems[1].message] == [True, True]


def test_row_level_security_costs_no_scan(granted, url):
    """Pages touched by a unit's account in a table of 4,000 entries: a scan of it would be hundreds."""
    drafts = [Draft(Action.NOTE, task=number % 37 + 1, unit=OTHER, note="说明") for number in range(4000)]
    record(url, *drafts)
    insert = INSERT % ("'" + PLAN + "'", "'" + line(done(OWN), seq=4001) + "'")
    for statement, most in [
        (insert, 120),
        ("SELECT seq FROM gkcheck.entries WHERE plan = 'taishan-2019' ORDER BY seq DESC LIMIT 1", 20),
        ("SELECT gkcheck.current('taishan-2019', ARRAY[23], ARRAY['市财政局'])", 150),
    ]:
        with psycopg.connect(granted("r_own")) as connection:
            connection.execute(statement)  # the catalogue is read on the first call
            connection.rollback()
            (found,) = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT json) {statement}").fetchone()
            connection.rollback()
        assert found[0]["Plan"]["Shared Hit Blocks"] + found[0]["Plan"]["Shared Read Blocks"] < most, found
