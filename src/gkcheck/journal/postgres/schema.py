"""The tables at the server: made and brought up to date in numbered steps, and who may do what in them.

Each step is one SQL file in `migrations/`. A step that has been applied anywhere is never altered; what
has to change goes into the next one.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gkcheck.errors import BadJournal, BadRequest
from gkcheck.journal.postgres import connection as server

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[Any]

VERSION = 1
"""The last step; a server at another one is not used."""

OLDEST_SERVER = 120000

_INIT_LOCK = 0x676B636865636B


class RoleKind(StrEnum):
    """What a role may do: append entries of one unit, append everything, or only read."""

    UNIT = "unit"
    OFFICE = "office"
    READER = "reader"


def check_version(connection: Connection, name: str) -> None:
    """Refuse tables that this program does not know; the first question of every transaction.

    Raises:
        BadJournal: older or newer tables. psycopg.Error: none at all, or not for this role.
    """
    row = connection.execute("SELECT max(number) FROM gkcheck.versions").fetchone()
    number = (row and row[0]) or 0
    if number < VERSION:
        raise BadJournal(
            f"数据库 {name} 的表是第 {number} 版，本程序要第 {VERSION} 版，请先运行 gkcheck store init 地址"
        )
    if number > VERSION:
        raise BadJournal(f"数据库 {name} 的表是第 {number} 版，本程序只认到第 {VERSION} 版，请升级 gkcheck")


def init(where: str) -> list[int]:
    """Make the tables, or bring them up to date, in one transaction; returns the steps that were applied.

    Raises:
        BadJournal, StoreFault: nothing was changed.
    """
    with server.translate_errors(where):
        connection = server.connect(where)
        try:
            _check_server(connection, server.display_address(where))
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_INIT_LOCK])
            if connection.execute("SELECT to_regclass('gkcheck.versions')").fetchone() == (None,):
                connection.execute("CREATE SCHEMA IF NOT EXISTS gkcheck")
                connection.execute(
                    "CREATE TABLE gkcheck.versions"
                    " (number integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())"
                )
                connection.execute("GRANT SELECT ON gkcheck.versions TO PUBLIC")
            here = {row[0] for row in connection.execute("SELECT number FROM gkcheck.versions")}
            if here and max(here) > VERSION:
                check_version(connection, server.display_address(where))
            wanted = [number for number in range(1, VERSION + 1) if number not in here]
            for number in wanted:
                connection.execute(_step(number))
                connection.execute("INSERT INTO gkcheck.versions (number) VALUES (%s)", [number])
            connection.commit()
            return wanted
        finally:
            connection.close()


def _check_server(connection: Connection, name: str) -> None:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise BadJournal(
            f"数据库 {name} 的编码是 {encoding}，必须是 UTF8，请用 createdb --encoding=UTF8 --template=template0 另建一个"
        )
    if connection.info.server_version < OLDEST_SERVER:
        raise BadJournal(f"数据库 {name} 的版本太旧，需要 PostgreSQL 12 以上，请升级或换一个服务器")


def _step(number: int) -> bytes:
    return (Path(__file__).parent / "migrations" / f"{number:03}.sql").read_bytes()


def grant(where: str, plan: str, role: str, kind: RoleKind, unit: str = "") -> bool:
    """Let a role do what its kind may, in one plan; True where the role had to be made (without a password).

    Raises:
        BadRequest: a role that no rule of the database would bind. BadJournal, StoreFault: nothing was changed.
    """
    from psycopg import sql

    with server.translate_errors(where):
        connection = server.connect(where)
        try:
            check_version(connection, server.display_address(where))
            named = sql.Identifier(role)
            made = _check_role(connection, role)
            if made:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(named))
            connection.execute(
                "INSERT INTO gkcheck.members (plan, role, kind, unit) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [plan, role, kind.value, unit],
            )
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA gkcheck TO {}").format(named))
            connection.execute(
                sql.SQL("GRANT SELECT ON gkcheck.entries, gkcheck.cells, gkcheck.undone TO {}").format(named)
            )
            if kind is not RoleKind.READER:
                connection.execute(sql.SQL("GRANT INSERT (plan, payload) ON gkcheck.entries TO {}").format(named))
            connection.commit()
            return made
        finally:
            connection.close()


def _check_role(connection: Connection, role: str) -> bool:
    """Whether the role has yet to be made."""
    found = connection.execute(
        "SELECT rolsuper OR rolbypassrls OR pg_has_role(oid, (SELECT relowner FROM pg_class"
        " WHERE oid = 'gkcheck.entries'::regclass), 'USAGE') FROM pg_roles WHERE rolname = %s",
        [role],
    ).fetchone()
    if found and found[0]:
        raise BadRequest(f"角色“{role}”是超级用户或这些表的主人，数据库的限制对它不起作用，请另建一个普通角色再授权")
    return found is None


def revoke(where: str, plan: str, role: str) -> int:
    """Take back all that a role was granted in a plan; returns how many grants that were."""
    from psycopg import sql

    with server.translate_errors(where):
        connection = server.connect(where)
        try:
            check_version(connection, server.display_address(where))
            taken = connection.execute(
                "DELETE FROM gkcheck.members WHERE plan = %s AND role = %s", [plan, role]
            ).rowcount
            left = connection.execute("SELECT count(*) FROM gkcheck.members WHERE role = %s", [role]).fetchone()
            if taken and left == (0,):
                named = sql.Identifier(role)
                connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA gkcheck FROM {}").format(named))
                connection.execute(sql.SQL("REVOKE ALL ON SCHEMA gkcheck FROM {}").format(named))
            connection.commit()
            return taken
        finally:
            connection.close()
