"""The two stores, each empty: a file, and a database at a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gkcheck.journal import Journal
from gkcheck.journal.stores import open_journal
from tests.conftest import Gkcheck
from tests.journal import recurring_year

if TYPE_CHECKING:
    from tests.server import Server

PLAN = "taishan-2019"
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL for the length of the run."""
    pytest.importorskip("psycopg")
    from tests.server import Server

    started = Server()
    yield started
    started.remove()


@pytest.fixture(scope="session")
def shared_database(server: Server) -> Iterator[str]:
    """One database for all tests that keep to a plan of their own."""
    with server.database() as name:
        yield name


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database of the test's own, with gkcheck's tables, empty."""
    with server.database() as name:
        yield name


@pytest.fixture
def url(server: Server, database: str) -> str:
    """The owner's address of that database."""
    from tests.server import OWNER

    return server.url(OWNER, database)


@pytest.fixture(params=["file", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Journal]:
    """Makes empty journals, each of a plan of its own, in a file or at a server."""

    def make() -> Journal:
        number = next(_NUMBERS)
        if request.param == "file":
            return open_journal(str(tmp_path / f"{number}.jsonl"), PLAN)
        from tests.server import OWNER

        server = request.getfixturevalue("server")
        return open_journal(server.url(OWNER, request.getfixturevalue("shared_database")), f"plan-{number}")

    return make


@pytest.fixture
def journal(fresh: Callable[[], Journal]) -> Journal:
    return fresh()


@pytest.fixture(params=["file", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty store for the front door, named by GKCHECK_STORE."""
    name = str(tmp_path / "journal.jsonl") if request.param == "file" else request.getfixturevalue("url")
    monkeypatch.setenv("GKCHECK_STORE", name)
    return name


@pytest.fixture
def year(store: str, tmp_path: Path, gk: Gkcheck) -> Gkcheck:
    """The front door to the year of `recurring_year`."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(recurring_year.PLAN, "utf-8")
    recurring_year.record_history(open_journal(store, "rounds"))
    return lambda *words: gk(*words, "--plan", plan)
