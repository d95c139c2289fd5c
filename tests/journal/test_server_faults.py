"""Faults of a server are told: one Chinese line with the remedy, exit 2, no password anywhere, nothing recorded."""

from __future__ import annotations

import os
import sys

import pytest

psycopg = pytest.importorskip("psycopg")

from gkcheck.cli.streams import quoted  # noqa: E402
from gkcheck.config import config_path  # noqa: E402
from gkcheck.journal.postgres import connection as address  # noqa: E402
from tests import processes  # noqa: E402
from tests.server import OWNER  # noqa: E402

SECRET = "Ge%40heim-7"
SPELLED = ("Ge%40heim", "Ge@heim", "heim-7")


@pytest.fixture
def tcp(server, database):
    """An address with a password, over TCP; `more` is added to it."""
    server.sql(f"ALTER ROLE {OWNER} PASSWORD 'Ge@heim-7'")
    return lambda more="", password=SECRET, name=database: server.tcp(OWNER, password, name) + more


@pytest.fixture
def refused(gk, monkeypatch):
    """Run commands against an address; each is refused in one line that says `said` and no password."""
    monkeypatch.setenv("GKCHECK_DEBUG", "1")
    monkeypatch.setenv("GKCHECK_LOCK_TIMEOUT", "1")

    def check(where, said, commands=(("done", 23), ("tasks",))):
        monkeypatch.setenv("GKCHECK_STORE", where)
        for command in commands:
            answer = gk(*command)
            assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), answer
            assert said in answer.err
            assert not any(secret in answer.err for secret in SPELLED)

    return check


def test_the_password_is_shown_nowhere(gk, tcp, monkeypatch):
    monkeypatch.setenv("GKCHECK_STORE", tcp())
    for command in (
        ["where"],
        ["where", "--format", "json"],
        ["check"],
        ["done", 23],
        ["log"],
        ["push", tcp()],
        ["repair"],
    ):
        answer = gk(*command)
        assert not any(secret in answer.out + answer.err for secret in SPELLED), command
    assert "127.0.0.1" in gk("where").out


@pytest.mark.parametrize(
    "where",
    [
        f"postgresql://li:{SECRET}@db.example/gk?password={SECRET}&sslmode=require",
        f"postgres://li:{SECRET}@db.example:5432,other.example:5433/gk",
        f"host=db.example password='{SECRET} \\' x' user=li",
        f"host=db.example password = {SECRET} user=li",
        f"postgresql://db.example/gk?user=li&passfile=/x/{SECRET}",
        f"service=office password={SECRET}",
        f"sslmode=require password={SECRET} host=db.example",
        f"postgresql://li:{SECRET}@[::1]/gk?host=db.example",
    ],
)
def test_an_address_without_its_password(where):
    assert address.is_server(where)
    assert not any(secret in address.display_address(where) for secret in SPELLED)
    assert "db.example" in address.display_address(where) or "office" in address.display_address(where)


@pytest.mark.parametrize(
    "where",
    [
        "postgresql://li:Ge@heim-7@db/gk",
        "postgresql://li:Ge/heim-7@db/gk",
        "postgresql://li:12/heim-7@db/gk",
        "postgresql://li:Ge%@heim-7@db/gk",
        "host=db;password=Ge@heim;user=li",
        "dbname=postgresql://li:Ge@heim-7@db/gk",
        "user=li:heim-7 host=db",
        "host=db password=Ge heim-7",
    ],
)
def test_a_password_where_another_part_belongs_is_not_shown(where):
    assert address.is_server(where)
    assert address.display_address(where) == address.HIDDEN


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("postgresql://", "postgresql://"),
        ("postgresql://zfb@10.0.0.5:5433/gkcheck", "postgresql://zfb@10.0.0.5:5433/gkcheck"),
        ("host=10.0.0.5 user=zfb dbname=gkcheck", "postgresql://zfb@10.0.0.5/gkcheck"),
        ("postgresql://zfb%40office@[::1]/gk", "postgresql://zfb@office@[::1]/gk"),
        ("service = office", "service=office"),
        ("service=office user=li", "postgresql://li@?service=office"),
        ("postgresql://li@/gk?host=/run/pg&port=1", "postgresql://li@/gk?host=/run/pg&port=1"),
    ],
)
def test_how_an_address_is_shown(where, shown):
    assert address.display_address(where) == shown


def test_every_keyword_of_libpq_begins_an_address():
    from psycopg.pq import Conninfo

    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    assert known <= address.KEYWORDS
    assert all(
        address.is_server(f"{keyword}=x") and address.is_server(f" {keyword.upper()} = x y=z") for keyword in known
    )


def test_a_path_is_a_path():
    paths = [
        "journal.jsonl",
        "/tmp/host=x",
        "C:\\x",
        "C://x",
        "./postgresql",
        "services.jsonl",
        "a=b.jsonl",
        "/a://b",
        "/x=1 host=2",
        "C:\\x=1 host=2",
        "./a://b",
        "my host=x",
        "",
    ]
    assert not any(map(address.is_server, paths))


NO_SERVERS = [
    f"Postgresql://li:{SECRET}@db.example/gk",
    f"POSTGRES://li:{SECRET}@db.example/gk",
    f"mysql://li:{SECRET}@db.example/gk",
    f"sqlite:///{SECRET}.db",
    f"file:///{SECRET}.jsonl",
    f"jdbc:postgresql://db.example/gk?password={SECRET}",
    f"jdbc:oracle:thin:li/{SECRET}@db.example",
    f"'postgresql://li:{SECRET}@db.example/gk'",
    f"psql postgresql://li:{SECRET}@db.example/gk",
    f"HOST=db.example PASSWORD={SECRET}",
    f"hots=db.example password={SECRET}",
    f"sslmode=require hots=db.example password={SECRET}",
    f"passwrd={SECRET} host=db.example",
    f"host=db.example;password={SECRET}",
]


@pytest.mark.parametrize("where", NO_SERVERS)
def test_what_is_meant_as_a_server_never_becomes_a_file(gk, tmp_path, monkeypatch, where):
    """A store, a source, a target: refused in one line without a piece of it, and nothing is made in the folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GKCHECK_DEBUG", "1")
    for command in (
        ["done", 23, "--store", where],
        ["tasks", "--store", where],
        ["check", "--store", where],
        ["repair", "--store", where],
        ["merge", where],
        ["push", where],
        ["store", "init", where],
    ):
        answer = gk(*command)
        assert answer.code == 2 or (command[0] == "check" and answer.code == 1), (command, answer)
        assert (answer.out + answer.err).count("\n") <= 2
        assert not any(secret in answer.out + answer.err for secret in SPELLED), answer
    for command in (["where", "--store", where], ["config", "set", "store", where], ["config"]):
        answer = gk(*command)
        assert not any(secret in answer.out + answer.err for secret in SPELLED), answer
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("query", ["", "?sslmode=prefer"])
def test_a_setting_with_a_password_is_kept_and_not_shown(gk, query):
    """In `config set`, `config` in every format, `where`, whatever gives it."""
    where = f"postgresql://li:{SECRET}@127.0.0.1:1/gk{query}"
    answers = [gk("config", "set", "store", where)]
    assert SECRET in config_path().read_text("utf-8")
    answers += [
        gk("config"),
        gk("config", "--format", "json"),
        gk("where"),
        gk("where", "--format", "json"),
        gk("tasks"),
    ]
    assert [answer.code for answer in answers] == [0, 0, 0, 0, 0, 2]
    for answer in answers:
        assert "127.0.0.1" in answer.out + answer.err
        assert not any(secret in answer.out + answer.err for secret in SPELLED), answer


def test_who_and_where(refused, tcp, server):
    wrong = {
        tcp(password="wrong-heim-7"): "密码不对",
        tcp(name="nowhere"): "没有这个数据库",
        tcp("?sslmode=require"): "没有开启 SSL",
        f"postgresql://{OWNER}:{SECRET}@127.0.0.1:1/gk": "没有开",
        f"postgresql://{OWNER}:{SECRET}@no-such-host.invalid/gk": "主机名",
        f"postgresql://{OWNER}:{SECRET}%zz@127.0.0.1/gk": "写得不对",
        f"postgresql://{OWNER}:{SECRET}@127.0.0.1/gk?nonsense=1": "写得不对",
        "service=no_such_service": "service",
        server.url("nobody_here", "postgres"): "没有这个账号",
    }
    for where, said in wrong.items():
        refused(where, said)


def test_encryption_that_the_server_requires(refused, tcp, server):
    rules = (server.data / "pg_hba.conf").read_text()
    try:
        server.rules("local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        refused(tcp(), "sslmode=require")
    finally:
        server.rules(rules)


def test_the_tables(refused, server, gk, url):
    name = "gk_without_tables"
    server.sql(f"CREATE DATABASE {name}")
    refused(server.url("postgres", name), "store init")
    assert "已建好" in gk("store", "init", server.url("postgres", name)).out
    assert "没有改动" in gk("store", "init", server.url("postgres", name)).out
    assert gk("tasks", "--store", server.url("postgres", name)).code == 0
    server.sql("INSERT INTO gkcheck.versions VALUES (99)", database=name)
    refused(server.url("postgres", name), "升级 gkcheck")
    assert gk("store", "init", server.url("postgres", name)).code == 2
    server.sql("DELETE FROM gkcheck.versions", database=name)
    refused(server.url("postgres", name), "store init")
    server.sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.sql(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0")
    assert "UTF8" in gk("store", "init", server.url("postgres", name)).err
    server.sql(f"DROP DATABASE {name} WITH (FORCE)")


def entries(server, database):
    return server.sql("SELECT count(*) FROM gkcheck.entries", database=database)[0][0]


def test_a_server_that_takes_nothing_more(refused, gk, server, database, url):
    """Read-only; too slow for its own limits; another writer that does not end; a full disk."""
    separator = "&" if "?" in url else "?"
    done = (("done", 23),)
    refused(url + separator + "options=-cdefault_transaction_read_only%3Don", "只读", done)
    assert gk("tasks", "--store", url + separator + "options=-cdefault_transaction_read_only%3Don").code == 0
    with psycopg.connect(url) as other:
        other.execute("SELECT gkcheck.take_turn('taishan-2019', true)")
        refused(url, "仍被另一个 gkcheck 占用", done)
        refused(url + separator + "options=-cstatement_timeout%3D100", "statement_timeout", done)
        assert gk("tasks", "--store", url).code == 0
    server.sql(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END$$",
        database=database,
    )
    server.sql("CREATE TRIGGER z AFTER INSERT ON gkcheck.entries EXECUTE FUNCTION full_disk()", database=database)
    refused(url, "磁盘已满", done)
    assert entries(server, database) == 0


def test_by_the_usual_variables_and_service_files(gkcheck, server, database, tmp_path):
    """PGHOST and its kin; a service file; a password file."""
    server.sql(f"ALTER ROLE {OWNER} PASSWORD 'Ge@heim-7'")
    usual = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGDATABASE": database, "PGUSER": OWNER}
    assert gkcheck("done", 23, env={**usual, "PGPASSWORD": "Ge@heim-7", "GKCHECK_STORE": "postgresql://"}).code == 0
    services, passwords = tmp_path / "services", tmp_path / "passwords"
    services.write_text(f"[office]\nhost=127.0.0.1\nport={server.port}\ndbname={database}\nuser={OWNER}\n")
    passwords.write_text(f"127.0.0.1:{server.port}:*:{OWNER}:Ge@heim-7\n")
    passwords.chmod(0o600)
    env = {"PGSERVICEFILE": str(services), "PGPASSFILE": str(passwords), "GKCHECK_STORE": "service=office"}
    assert gkcheck("tasks", "--status", "done", "--format", "json", env=env).json()[0]["id"] == 23
    assert "service=office" in gkcheck("where", env=env).out


def test_without_psycopg(own_home):
    script = (
        "import sys; sys.modules['psycopg'] = None; from gkcheck.cli.main import run; sys.exit(run(['done', '23']))"
    )
    done = processes.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, env={**os.environ, "GKCHECK_STORE": f"postgresql://a:{SECRET}@b/c"},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"-m pip install --force-reinstall {quoted('psycopg[binary]')}" in done.stderr


def test_from_a_file_to_the_server_and_back(gk, server, database, url, tmp_path):
    here, back = tmp_path / "here.jsonl", tmp_path / "back.jsonl"
    gk("done", 23, "--store", here)
    gk("start", 24, "--store", here)
    gk("undo", "--store", here)
    assert "将送上 3 条" in gk("push", url, "--store", here, "--dry-run").out
    assert entries(server, database) == 0
    assert "已送上 3 条" in gk("push", url, "--store", here).out
    assert "已送上 0 条" in gk("push", url, "--store", here).out
    gk("block", 25, "--note", "缺数据", "--store", url)
    assert "已并入 4 条" in gk("merge", url, "--store", back).out
    assert "已并入 1 条" in gk("merge", url, "--store", here).out
    logs = [gk("log", "--format", "json", "--store", store).json() for store in (here, back, url)]
    assert logs[0] == logs[1] == logs[2]
    assert [entry["seq"] for entry in logs[0]] == [1, 2, 3, 4]


def test_a_journal_with_many_faults_is_sent_without_them(gk, server, database, url, tmp_path):
    """The first are told, the others counted: nothing stays behind without a word."""
    here = tmp_path / "here.jsonl"
    gk("done", 23, "--store", here)
    with here.open("ab") as file:
        file.write(b"{}\n" * 23)
    answer = gk("push", url, "--store", here)
    assert (answer.code, "已送上 1 条" in answer.out, answer.out.count("已损坏")) == (1, True, 20)
    assert answer.out.endswith("……另有 3 处，用 gkcheck check 查看\n")
    assert entries(server, database) == 1


def test_a_unit_pushes_its_own(gk, server, database, url, tmp_path):
    gk("store", "grant", url, "--unit", "市教育局", "--role", "p_own")
    here = tmp_path / "here.jsonl"
    gk("start", 23, "--unit", "市教育局", "--store", here)
    gk("start", 6, "--unit", "市财政局", "--store", here)
    address = server.url("p_own", database)
    assert "无权" in gk("push", address, "--store", here).err
    assert entries(server, database) == 0
    answer = gk("push", address, "--store", here, "--from", "教育局")
    assert (answer.code, "已送上 1 条" in answer.out, "另有 1 条" in answer.out) == (1, True, True)
    assert entries(server, database) == 1
