"""Acts that no account may do, tried with plain psycopg: what it begins with, and the statement that is refused.

`{me}` is the account itself, `{line}` a sound line of an entry in its own unit.
"""

from __future__ import annotations

from tests.journal.conftest import PLAN
from tests.server import OWNER

TABLES = ("entries", "members", "cells", "undone", "versions", "queue", "turns", "set_aside")
TRIGGERS = ("derive", "keep_cells", "keep_undone", "keep_seq", "append_only")

SPY = (
    "CREATE FUNCTION public.spy(text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN"
    f" INSERT INTO gkcheck.members (plan, role, kind) VALUES ('{PLAN}', session_user, 'office'); RETURN true; END$$"
)
"""Makes its caller the office of the plan, where it runs with the rights of the owner."""


def _trigger(function: str, temporary: str) -> tuple[str, ...]:
    return (
        f"CREATE {temporary} TABLE mine (plan text, payload text, id text, task int, unit text, batch text, undoes text)",
        f"CREATE TRIGGER x AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION gkcheck.{function}()",
    )


OUR_FUNCTIONS: dict[str, tuple[str, ...]] = {
    **{f"a trigger {name} on a temporary table": _trigger(name, "TEMP") for name in TRIGGERS},
    **{f"a trigger {name} on a table": _trigger(name, "") for name in TRIGGERS},
    "a domain whose check runs in a trigger of ours": (
        SPY,
        "CREATE DOMAIN public.checked AS text CHECK (public.spy(VALUE))",
        "CREATE TEMP TABLE mine (plan text, payload text, id public.checked)",
        "CREATE TRIGGER x BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION gkcheck.derive()",
    ),
    "a cast that runs in a trigger of ours": (
        "CREATE TYPE public.odd AS (a text)",
        "CREATE FUNCTION public.as_text(public.odd) RETURNS text LANGUAGE sql AS 'SELECT session_user::text'",
        "CREATE CAST (public.odd AS text) WITH FUNCTION public.as_text(public.odd) AS IMPLICIT",
        "CREATE TEMP TABLE mine (plan text, payload public.odd)",
        "CREATE TRIGGER x BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION gkcheck.derive()",
    ),
    "a constraint trigger of ours": (
        "CREATE TEMP TABLE mine (plan text)",
        "CREATE CONSTRAINT TRIGGER x AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION gkcheck.keep_cells()",
    ),
    "a default that runs a function of ours": (
        "CREATE TEMP TABLE mine (plan boolean DEFAULT gkcheck.is_office('p'))",
        "INSERT INTO mine DEFAULT VALUES",
    ),
    "an operator over a function of ours": (
        "CREATE OPERATOR public.@@@ (LEFTARG = text, RIGHTARG = text, FUNCTION = gkcheck.read_line)",
    ),
    "ask for the rights of others": (f"SELECT gkcheck.is_office('{PLAN}')",),
    "ask who may read": (f"SELECT gkcheck.may_read('{PLAN}')",),
    "read a line as the server does": ("SELECT gkcheck.read_line('p', 'x')",),
    "judge undos anew": (f"SELECT gkcheck.judge_undos('{PLAN}', '{{}}')",),
    "grant itself rights": ("SELECT gkcheck.grant_rights('{me}', true)",),
    "refuse": ("SELECT gkcheck.refuse('x')",),
    "replace a function": (
        "CREATE OR REPLACE FUNCTION gkcheck.is_office(plan text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    ),
    "drop a function": ("DROP FUNCTION gkcheck.derive() CASCADE",),
    "own a function": ("ALTER FUNCTION gkcheck.derive() OWNER TO {me}",),
    "make a function unsafe": ("ALTER FUNCTION gkcheck.derive() RESET search_path",),
    "execute by grant": ("GRANT EXECUTE ON FUNCTION gkcheck.derive() TO {me}",),
    "execute what comes later": (f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT EXECUTE ON FUNCTIONS TO PUBLIC",),
}

OUR_TABLES: dict[str, tuple[str, ...]] = {
    **{f"update {name}": (f"UPDATE gkcheck.{name} SET {column} = {column}",)
       for name, column in zip(TABLES, ["payload", "kind", "task", "batch", "number", "seq", "plan", "payload"], strict=True)},
    **{f"delete from {name}": (f"DELETE FROM gkcheck.{name}",) for name in TABLES},
    **{f"truncate {name}": (f"TRUNCATE gkcheck.{name}",) for name in TABLES},
    **{f"drop {name}": (f"DROP TABLE gkcheck.{name} CASCADE",) for name in TABLES},
    **{f"read {name}": (f"SELECT * FROM gkcheck.{name}",) for name in ("members", "cells", "undone", "queue", "turns")},
    "make itself the office": (f"INSERT INTO gkcheck.members (plan, role, kind) VALUES ('{PLAN}', '{{me}}', 'office')",),
    "take back by the side door": (f"INSERT INTO gkcheck.undone VALUES ('{PLAN}', 'x')",),
    "a cell of nothing": (f"INSERT INTO gkcheck.cells VALUES ('{PLAN}', 'x', 1)",),
    "a number to begin at": (f"INSERT INTO gkcheck.queue VALUES ('{PLAN}', 1000000000000)",),
    "a line set aside": (f"INSERT INTO gkcheck.set_aside VALUES ('{PLAN}', 'x', 'x', 'x', now())",),
    "another version": ("INSERT INTO gkcheck.versions VALUES (99)",),
    "forge the writer": (
        f"INSERT INTO gkcheck.entries (plan, payload, written_as) VALUES ('{PLAN}', '{{line}}', 'r_office')",
    ),
    "forge the office": (
        f"INSERT INTO gkcheck.entries (plan, payload, as_office) VALUES ('{PLAN}', '{{line}}', true)",
    ),
    "an entry of another plan": ("INSERT INTO gkcheck.entries (plan, payload) VALUES ('other-plan', '{line}')",),
    "update where it conflicts": (
        f"INSERT INTO gkcheck.entries (plan, payload) VALUES ('{PLAN}', '{{line}}')"
        " ON CONFLICT (plan, id) DO UPDATE SET payload = 'x'",
    ),
    "merge into entries": (
        "MERGE INTO gkcheck.entries e USING (SELECT 1) x ON true WHEN MATCHED THEN UPDATE SET payload = 'x'",
    ),
    "copy in": ("COPY gkcheck.entries (plan, payload) FROM STDIN",),
    "copy the accounts out": ("COPY gkcheck.members TO STDOUT",),
    "copy to a program": ("COPY (SELECT 1) TO PROGRAM 'true'",),
    "copy from a file": ("CREATE TEMP TABLE mine (a text)", "COPY mine FROM '/etc/passwd'"),
    "lock rows": ("SELECT 1 FROM gkcheck.entries FOR UPDATE",),
    "lock rows a little": ("SELECT 1 FROM gkcheck.entries FOR KEY SHARE",),
    "lock the queue": (f"SELECT 1 FROM gkcheck.queue WHERE plan = '{PLAN}' FOR UPDATE",),
    "lock the turn": (f"SELECT 1 FROM gkcheck.turns WHERE plan = '{PLAN}' FOR UPDATE",),
    "lock rows through a view": (
        "CREATE VIEW public.seen AS SELECT * FROM gkcheck.entries",
        "SELECT 1 FROM public.seen FOR UPDATE",
    ),
    "lock rows through a cursor": ("BEGIN", "DECLARE c CURSOR FOR SELECT 1 FROM gkcheck.entries FOR SHARE"),
    **{f"lock {name}": ("BEGIN", f"LOCK TABLE gkcheck.{name} IN SHARE MODE") for name in TABLES},
    "lock everybody out": ("BEGIN", "LOCK TABLE gkcheck.entries IN ACCESS EXCLUSIVE MODE"),
    "look past the policies": ("SET row_security = off", "SELECT 1 FROM gkcheck.entries"),
    "switch the policies off": ("ALTER TABLE gkcheck.entries DISABLE ROW LEVEL SECURITY",),
    "a policy of its own": ("CREATE POLICY p ON gkcheck.entries USING (true)",),
    "drop a policy": ("DROP POLICY appending ON gkcheck.entries",),
    "switch the triggers off": ("ALTER TABLE gkcheck.entries DISABLE TRIGGER ALL",),
    "switch triggers off in the session": ("SET session_replication_role = replica",),
    "a trigger on our table": ("CREATE TRIGGER t AFTER INSERT ON gkcheck.entries EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()",),
    "drop a trigger": ("DROP TRIGGER append_only ON gkcheck.entries",),
    "a rule on our table": ("CREATE RULE r AS ON INSERT TO gkcheck.entries DO INSTEAD NOTHING",),
    "an index on our table": ("CREATE INDEX ON gkcheck.entries (payload)",),
    "statistics on our table": ("CREATE STATISTICS public.s ON seq, task FROM gkcheck.entries",),
    "a column of its own": ("ALTER TABLE gkcheck.entries ADD COLUMN x text",),
    "own the table": ("ALTER TABLE gkcheck.entries OWNER TO {me}",),
    "a child of our table": ("CREATE TABLE public.child () INHERITS (gkcheck.entries)",),
    "a key into our table": (
        "CREATE TABLE public.held (plan text, id text, FOREIGN KEY (plan, id) REFERENCES gkcheck.entries (plan, id))",
    ),
    "a table of our row type": ("CREATE TABLE public.held (one gkcheck.entries)",),
    "a domain over our row type": ("CREATE DOMAIN public.d AS gkcheck.members CHECK (VALUE IS NULL)",),
    "comment": ("COMMENT ON TABLE gkcheck.entries IS 'x'",),
    "rebuild an index": ("REINDEX TABLE gkcheck.entries",),
    "prepared beforehand": (
        f"PREPARE p AS INSERT INTO gkcheck.members (plan, role, kind) VALUES ('{PLAN}', '{{me}}', 'office')",
        "EXECUTE p",
    ),
    "in a block": ("DO $$BEGIN DELETE FROM gkcheck.entries; END$$",),
    "in a function of its own": (
        "CREATE FUNCTION public.clean() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM gkcheck.members'",
        "SELECT public.clean()",
    ),
    "something in our schema": ("CREATE TABLE gkcheck.mine ()",),
    "a function in our schema": ("CREATE FUNCTION gkcheck.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",),
    "an operator in our schema": ("CREATE OPERATOR gkcheck.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",),
    "a type in our schema": ("CREATE TYPE gkcheck.mine AS ENUM ('x')",),
    "rename the schema": ("ALTER SCHEMA gkcheck RENAME TO other",),
    "drop the schema": ("DROP SCHEMA gkcheck CASCADE",),
}  # fmt: skip

THE_SERVER: dict[str, tuple[str, ...]] = {
    "become the owner": (f"SET ROLE {OWNER}",),
    "become the superuser": ("SET ROLE postgres",),
    "log in as the owner": (f"SET SESSION AUTHORIZATION {OWNER}",),
    "become another unit": ("SET ROLE r_victim",),
    "join the owner": (f"GRANT {OWNER} TO {{me}}",),
    "join another unit": ("GRANT r_victim TO {me}",),
    "be a superuser": ("ALTER ROLE {me} SUPERUSER",),
    "make roles": ("ALTER ROLE {me} CREATEROLE",),
    "be free of policies": ("ALTER ROLE {me} BYPASSRLS",),
    "a role of its own": ("CREATE ROLE r_new SUPERUSER",),
    "another's password": ("ALTER ROLE r_victim PASSWORD 'x'",),
    "another's settings": ("ALTER ROLE r_victim SET search_path = public, pg_catalog",),
    "drop another account": ("DROP ROLE r_victim",),
    "drop what the owner owns": (f"DROP OWNED BY {OWNER}",),
    "take what the owner owns": (f"REASSIGN OWNED BY {OWNER} TO {{me}}",),
    "settings of the server": ("ALTER SYSTEM SET fsync = off",),
    "settings of the database": ("DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public', current_database()); END$$",),
    "drop the database": ("DROP DATABASE template1",),
    "a database": ("CREATE DATABASE r_new",),
    "a schema": ("CREATE SCHEMA r_new",),
    "a function in C": ("CREATE FUNCTION public.c(int) RETURNS int LANGUAGE c AS 'libc', 'close'",),
    "an internal function": ("CREATE FUNCTION public.c(text) RETURNS bool LANGUAGE internal AS 'texteq'",),
    "a cast between built-in types": ("CREATE CAST (text AS int) WITH INOUT AS IMPLICIT",),
    "an operator class": ("CREATE OPERATOR CLASS public.o DEFAULT FOR TYPE text USING btree AS STORAGE text",),
    "a library": ("LOAD '/tmp/x.so'",),
    "an event trigger": ("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION gkcheck.append_only()",),
    "a foreign wrapper": ("CREATE FOREIGN DATA WRAPPER w",),
    "a publication": ("CREATE PUBLICATION p FOR ALL TABLES",),
    "a replication slot": ("SELECT pg_create_physical_replication_slot('s')",),
    "import a file": ("SELECT lo_import('/etc/passwd')",),
    "export a file": ("SELECT lo_export(1, '/tmp/x')",),
    "read a file": ("SELECT pg_read_file('postgresql.conf')",),
    "list a folder": ("SELECT pg_ls_dir('.')",),
    "end another's session": (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'r_victim'",
    ),
    "stop another's command": ("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'r_victim'",),
    "end the owner's session": (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{OWNER}'",
    ),
    "reload the server": ("SELECT pg_reload_conf()",),
    "read the passwords": ("SELECT rolpassword FROM pg_authid",),
    "read the statistics": ("SELECT * FROM pg_statistic",),
    "read the access rules": ("SELECT * FROM pg_hba_file_rules",),
    "read large objects": ("SELECT data FROM pg_largeobject",),
}  # fmt: skip

FOR_ALL = OUR_FUNCTIONS | OUR_TABLES | THE_SERVER
"""Forbidden to readers, units and the office alike."""

WITHOUT_EFFECT: dict[str, tuple[str, ...]] = {
    "listen": ("LISTEN gkcheck",),
    "notify": ("NOTIFY gkcheck, 'x'",),
    "the lock of earlier versions": (
        f"SELECT pg_advisory_lock(('x' || substr(encode(sha256('gkcheck:{PLAN}'), 'hex'), 1, 16))::bit(64)::bigint)",
    ),
    "the lock of earlier inits": ("SELECT pg_advisory_lock(x'676B636865636B'::bigint)",),
    "a reading transaction": ("BEGIN ISOLATION LEVEL SERIALIZABLE", "SELECT count(*) FROM gkcheck.entries"),
    "the weakest lock": ("BEGIN", "LOCK TABLE gkcheck.entries IN ACCESS SHARE MODE"),
    "tables of our names": (
        "CREATE TEMP TABLE entries (plan text, payload text)",
        "CREATE TEMP TABLE members (plan text, role name, kind text, unit text)",
        f"INSERT INTO members VALUES ('{PLAN}', '{{me}}', 'office', '')",
        "SET search_path = pg_temp, gkcheck, public, pg_catalog",
        f"SELECT gkcheck.current('{PLAN}', NULL, NULL)",
        "SELECT * FROM gkcheck.own_grants()",
    ),
    "functions of the names that ours call": (
        SPY,
        "CREATE FUNCTION public.sha256(bytea) RETURNS bytea LANGUAGE plpgsql AS $$BEGIN PERFORM public.spy(''); RETURN $1; END$$",
        "CREATE FUNCTION public.pg_has_role(name, oid, text) RETURNS boolean LANGUAGE sql AS $$SELECT public.spy('')$$",
        "CREATE FUNCTION public.texts_equal(text, text) RETURNS boolean LANGUAGE sql AS $$SELECT public.spy('')$$",
        "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.texts_equal)",
        "SET search_path = public, pg_catalog",
        f"SELECT gkcheck.current('{PLAN}', NULL, NULL)",
        "SELECT * FROM gkcheck.own_grants()",
    ),
    "a domain that is handed to us": (
        "CREATE FUNCTION public.seen(text) RETURNS boolean LANGUAGE sql AS $$SELECT current_user = session_user$$",
        "CREATE DOMAIN public.plan AS text CHECK (public.seen(VALUE))",
        f"SELECT gkcheck.current('{PLAN}'::public.plan, NULL, NULL)",
    ),
    "settings by which our functions might be read": (
        "SET standard_conforming_strings = off",
        "SET backslash_quote = on",
        "SET transform_null_equals = on",
        "SET DateStyle = 'SQL, DMY'",
        "SET row_security = on",
        f"SELECT gkcheck.current('{PLAN}', NULL, NULL)",
    ),
    "prepared statements": ("PREPARE p AS SELECT count(*) FROM gkcheck.entries", "EXECUTE p"),
    "a view": ("CREATE VIEW public.seen AS SELECT * FROM gkcheck.entries",),
    "a large object": ("SELECT lo_from_bytea(0, 'x')",),
}
"""Permitted to everybody by PostgreSQL, and of no use: nothing is altered, and others go on with their session open."""
