"""What accounts try at a real server, by hand: refused, nothing altered, and others go on meanwhile."""

from __future__ import annotations

import pytest

psycopg = pytest.importorskip("psycopg")

from gkcheck.journal import NOTHING, Scope, record_format  # noqa: E402
from gkcheck.journal.postgres import schema  # noqa: E402
from gkcheck.journal.postgres.store import PostgresJournal  # noqa: E402
from gkcheck.model import Action, Draft  # noqa: E402
from tests.conftest import ROOT  # noqa: E402
from tests.journal.attacks import FOR_ALL, TRIGGERS, WITHOUT_EFFECT  # noqa: E402
from tests.journal.conftest import PLAN  # noqa: E402
from tests.journal.exchange import contents  # noqa: E402
from tests.server import OWNER  # noqa: E402

AT = "2019-11-01T09:00:00.000000+08:00"
OWN, OTHER = "市教育局", "市财政局"
ROLES = ("r_reader", "r_unit", "r_office")
REFUSED = {"42501", "GK001", "GK002", "0A000"}
"""Insufficient privilege; no entry; a leap; (COPY FROM) not supported with row-level security."""

STATE = """
SELECT (SELECT array_agg(e ORDER BY plan, seq, id)::text FROM gkcheck.entries e),
    (SELECT array_agg(m ORDER BY m)::text FROM gkcheck.members m),
    (SELECT array_agg(c ORDER BY c)::text FROM gkcheck.cells c), (SELECT array_agg(u ORDER BY u)::text FROM gkcheck.undone u),
    (SELECT array_agg(q ORDER BY q)::text FROM gkcheck.queue q), (SELECT array_agg(t ORDER BY t)::text FROM gkcheck.turns t), (SELECT array_agg(number ORDER BY number)::text FROM gkcheck.versions),
    (SELECT count(*)::text FROM gkcheck.set_aside),
    (SELECT array_agg((proname, proowner, prosrc, proacl, proconfig)::text ORDER BY proname)::text FROM pg_proc
     WHERE pronamespace = 'gkcheck'::regnamespace),
    (SELECT array_agg((relname, relowner, relacl, relrowsecurity)::text ORDER BY relname)::text FROM pg_class
     WHERE relnamespace = 'gkcheck'::regnamespace),
    (SELECT array_agg((tgname, tgenabled, tgfoid)::text ORDER BY tgname)::text FROM pg_trigger WHERE tgrelid = 'gkcheck.entries'::regclass),
    (SELECT array_agg((polname, polqual, polwithcheck)::text ORDER BY polname)::text FROM pg_policy),
    (SELECT array_agg((rolname, rolsuper, rolcreaterole, rolbypassrls, rolconfig)::text ORDER BY rolname)::text FROM pg_roles),
    (SELECT array_agg((roleid, member)::text ORDER BY roleid, member)::text FROM pg_auth_members)
"""
"""All that an attack might alter."""


@pytest.fixture
def accounts(server, database, url):
    """An account of each kind, which in another plan only reads, and another unit's; everybody may create in public, as before PostgreSQL 15."""
    for role, kind, unit in [
        ("r_unit", "unit", OWN),
        ("r_victim", "unit", OTHER),
        ("r_office", "office", ""),
        ("r_reader", "reader", ""),
    ]:
        schema.grant(url, PLAN, role, schema.RoleKind(kind), unit)
    for role in ("r_unit", "r_office"):
        schema.grant(url, "other-plan", role, schema.RoleKind.READER)
    server.sql("GRANT CREATE ON SCHEMA public TO PUBLIC", database=database)
    PostgresJournal(server.url("r_office", database), PLAN).record(
        lambda history: [Draft(Action.DONE, task=23, unit=OWN)], by="办", at=AT
    )
    return lambda role: server.url(role, database)  # fmt: skip


def line(draft, seq=10, batch="0123456789ab"):
    return record_format.encode(draft, seq=seq, at=AT, by="测试", batch=batch)[:-1].decode()


class Others:
    """Somebody else at work: records and reads while an attack goes on, and keeps what was there before it."""

    def __init__(self, accounts, url):
        self.journal = PostgresJournal(accounts("r_victim"), PLAN, lock_limit=2)
        self.connection = psycopg.connect(url, autocommit=True)
        self.work()

    def work(self):
        draft = Draft(Action.NOTE, task=6, unit=OTHER, note="进展")
        (entry,) = self.journal.record(lambda history: [draft], by="受", at=AT, scope=NOTHING)
        assert self.journal.latest(1) == [entry]
        self.before = self.state()

    def state(self):
        return self.connection.execute(STATE).fetchone()

    def go_on(self, what):
        assert self.state() == self.before, what
        self.work()


def begun(address, role, statements):
    """Do what an attack begins with; gives the session, still open, and its last statement. Alone, that commits at once."""
    sound = line(Draft(Action.DONE, task=23, unit=OWN))
    *before, last = [one.replace("{me}", role).replace("{line}", sound) for one in statements]
    session = psycopg.connect(address, autocommit=not before)
    session.execute("SET statement_timeout = '5s'")
    for statement in before:
        session.execute(statement)
    return session, last


INSERT = "INSERT INTO gkcheck.entries (plan, payload) VALUES ('{plan}', '{payload}')"


def inserted(draft, plan=PLAN, **more):
    return (INSERT.format(plan=plan, payload=line(draft, **more)),)


TURN = "SELECT gkcheck.begin_turn('{plan}', '1s', NULL, NULL, NULL, '+08:00')"
QUEUE = {
    "stand in the queue of a plan that it reads": ("SELECT gkcheck.take_turn('other-plan', true)",),
    "begin a turn in a plan that it reads": (TURN.format(plan="other-plan"),),
}
BY_ROLE = {
    "r_reader": {
        "record": inserted(Draft(Action.DONE, task=23, unit=OWN)),
        "stand in the queue": (f"SELECT gkcheck.take_turn('{PLAN}', true)",),
        "begin a turn": (TURN.format(plan=PLAN),),
        "look into the queue": (f"SELECT gkcheck.take_turn('{PLAN}', false)",),
        "ask what a unit may": (f"SELECT gkcheck.unit_may('{PLAN}', 1, 1, '{OWN}', 'done', 'b', NULL)",),
    },
    "r_unit": QUEUE
    | {
        "confirm its own work": inserted(Draft(Action.CONFIRM, task=23, unit=OWN)),
        "move its deadline": inserted(Draft(Action.DEADLINE, task=23, unit=OWN, due="2029-12-31")),
        "leap": inserted(Draft(Action.DONE, task=23, unit=OWN), seq=5_000_000),
    },
    "r_office": QUEUE
    | {
        "leap": inserted(Draft(Action.DONE, task=23, unit=OWN), seq=5_000_000),
        "leap to the end": inserted(Draft(Action.DONE, task=23, unit=OWN), seq=10**12),
        "leap beyond the end": inserted(Draft(Action.DONE, task=23, unit=OWN), seq=999_999_999_999_999),
    },
}


@pytest.mark.parametrize("step", [15, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("role", ROLES)
def test_forbidden_acts(accounts, url, role, step):
    """Each is refused, alters nothing, and stands in nobody's way while its session is open."""
    others = Others(accounts, url)
    for what, statements in [*list(FOR_ALL.items())[::step], *BY_ROLE[role].items()]:
        session, last = begun(accounts(role), role, statements)
        with session:
            with pytest.raises(psycopg.Error) as refused:
                session.execute(last)
            assert refused.value.sqlstate in REFUSED, (what, refused.value)
            others.go_on(what)


def test_how_many_acts_are_tried():
    """As the manual says."""
    manual = (ROOT / "docs" / "server.md").read_text("utf-8")
    for role, name in [("r_reader", "只读"), ("r_unit", "单位"), ("r_office", "办公室")]:
        count = len(FOR_ALL | BY_ROLE[role])
        assert count >= 60
        assert f"{name}账号 {count} 种" in manual
    assert f"另有 {len(WITHOUT_EFFECT)} 种" in manual


@pytest.mark.parametrize("role", ROLES)
def test_acts_without_effect(accounts, url, role):
    others = Others(accounts, url)
    for what, statements in WITHOUT_EFFECT.items():
        session, last = begun(accounts(role), role, statements)
        with session:
            session.execute(last)
            others.go_on(what)
            session.commit()
            others.go_on(what)


@pytest.mark.parametrize("function", TRIGGERS)
def test_a_trigger_of_ours_refuses_another_table(accounts, url, function):
    """Even where it may be executed, or was made a trigger before: no code of others runs with the owner's rights."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"GRANT EXECUTE ON FUNCTION gkcheck.{function}() TO r_reader")
    others = Others(accounts, url)
    for level in ("ROW", "STATEMENT"):
        statements = (
            "CREATE TABLE public.ran (as_whom name)",
            "GRANT INSERT ON public.ran TO PUBLIC",
            "CREATE FUNCTION public.spy(text) RETURNS boolean LANGUAGE plpgsql AS"
            " $$BEGIN INSERT INTO public.ran VALUES (current_user); RAISE 'ran as %', current_user; END$$",
            "CREATE DOMAIN public.checked AS text CHECK (VALUE IS NULL OR public.spy(VALUE))",
            "CREATE TEMP TABLE mine (plan text, payload text, id public.checked, batch public.checked, task int, unit text, undoes text)",
            f"CREATE TRIGGER x AFTER INSERT ON mine FOR EACH {level} EXECUTE FUNCTION gkcheck.{function}()",
            f"INSERT INTO mine (plan, payload, task) VALUES ('{PLAN}', 'x', 1)",
        )
        session, last = begun(accounts("r_reader"), "r_reader", statements)
        with session:
            with pytest.raises(psycopg.Error, match=r"of gkcheck\.entries alone|append-only"):
                session.execute(last)
            others.go_on(level)


def test_nothing_of_ours_is_executed_by_everybody(server, database):
    """Of any migration, the last and the next."""
    assert server.sql(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'gkcheck'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')",
        database=database,
    ) == []  # fmt: skip
    server.sql("CREATE FUNCTION gkcheck.later() RETURNS int LANGUAGE sql AS 'SELECT 1'", role=OWNER, database=database)
    server.sql("CREATE ROLE r_anybody LOGIN")
    server.sql("GRANT USAGE ON SCHEMA gkcheck TO r_anybody", database=database)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="later"):
        server.sql("SELECT gkcheck.later()", role="r_anybody", database=database)
    unsafe = (
        "SELECT proname FROM pg_proc WHERE pronamespace = 'gkcheck'::regnamespace AND prosecdef AND NOT proconfig @> %s"
    )
    assert server.sql(unsafe, ["search_path=pg_catalog, pg_temp"], database=database) == []


def test_the_turn_of_a_writer_is_no_secret_that_a_reader_could_use(accounts, url):
    """While a writer has its turn, pg_locks shows no key that others could lock."""
    with psycopg.connect(url) as writer, psycopg.connect(accounts("r_reader"), autocommit=True) as reader:
        writer.execute("SELECT gkcheck.take_turn(%s, true)", [PLAN])
        assert reader.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)
        with psycopg.connect(accounts("r_unit")) as other:
            other.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("SELECT gkcheck.take_turn(%s, true)", [PLAN])


def test_a_turn_that_is_older_than_its_snapshot_is_refused(accounts, url):
    """Undos are judged by what is there, not by what was there when somebody began to look."""
    with psycopg.connect(accounts("r_unit")) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.execute("SELECT 1 FROM gkcheck.entries")
        Others(accounts, url)
        with pytest.raises(psycopg.errors.SerializationFailure):
            session.execute(inserted(Draft(Action.DONE, task=23, unit=OWN))[0])


def test_what_others_made_under_our_names_is_not_run_by_the_office(accounts, server, database, url):
    """With functions and operators of a unit before PostgreSQL's own, by the address or the account's settings."""
    for statement in (
        "CREATE TABLE public.caught (name name)",
        "GRANT INSERT ON public.caught TO PUBLIC",
        "CREATE FUNCTION public.spy() RETURNS void LANGUAGE sql AS 'INSERT INTO public.caught VALUES (session_user)'",
        "CREATE FUNCTION public.same(text, text) RETURNS boolean LANGUAGE plpgsql AS"
        " $$BEGIN PERFORM public.spy(); RETURN $1 OPERATOR(pg_catalog.=) $2; END$$",
        "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.same)",
        "CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE plpgsql AS $$BEGIN PERFORM public.spy(); RETURN 'on'; END$$",
        "CREATE FUNCTION public.starts_with(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN PERFORM public.spy(); RETURN true; END$$",
    ):
        server.sql(statement, role="r_unit", database=database)
    server.sql("ALTER ROLE r_office SET search_path = public, pg_catalog")
    try:
        office = accounts("r_office")
        journal = PostgresJournal(
            office + ("&" if "?" in office else "?") + "options=-csearch_path%3Dpublic,pg_catalog", PLAN
        )
        (entry,) = journal.record(lambda history: [Draft(Action.CONFIRM, task=23, unit=OWN)], by="办", at=AT)
        journal.merge(contents(journal).lines, at=AT)
        assert journal.read(Scope(batch=entry.batch[:4])).entries == [entry]
        assert server.sql("SELECT * FROM public.caught", database=database) == []
    finally:
        server.sql("ALTER ROLE r_office RESET search_path")
