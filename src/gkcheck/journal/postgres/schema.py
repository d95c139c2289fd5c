"""The tables at the server, created and migrated in numbered steps, and the rights of roles in them.

Each step is one SQL file in `migrations/`. A published step is never altered; changes go into the next one.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.errors import BadJournal, BadRequest
from gkcheck.journal.postgres import connection as server

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[Any]

VERSION = 4
"""The last step; a server at another step is not used."""

OLDEST_SERVER = 120000

_OWN_NAMES = b"SET LOCAL search_path = pg_catalog, pg_temp;"
"""Begins a transaction in which no name means what somebody else made under it; an address may set another path."""


class RoleKind(StrEnum):
    """The rights of a role: to append entries of one unit, to append everything, or only to read."""

    UNIT = "unit"
    OFFICE = "office"
    READER = "reader"


def check_version(connection: Connection, name: str) -> None:
    """Refuse tables of another version; called first in every transaction.

    Raises:
        BadJournal: older or newer tables. psycopg.Error: no tables, or none that this role may read.
    """
    cursor = connection.execute(_OWN_NAMES + b"SELECT max(number) FROM gkcheck.versions")
    cursor.nextset()
    row = cursor.fetchone()
    number = (row and row[0]) or 0
    if number < VERSION:
        raise BadJournal(
            f"数据库 {name} 的表是第 {number} 版，本程序要第 {VERSION} 版，请先运行 gkcheck store init 地址"
        )
    if number > VERSION:
        raise BadJournal(f"数据库 {name} 的表是第 {number} 版，本程序只认到第 {VERSION} 版，请升级 gkcheck")


class Upgrade(NamedTuple):
    """The numbers of the steps applied, and how many lines they set aside because these are no entries."""

    steps: list[int]
    set_aside: int


def init(address: str) -> Upgrade:
    """Create the tables or migrate them, in one transaction.

    Raises:
        BadJournal, StoreFault: nothing was changed.
    """
    with server.translate_errors(address), server.connect(address) as connection:
        _check_server(connection, server.display_address(address))
        connection.execute(_OWN_NAMES + b"SET LOCAL lock_timeout = '30s'")
        _become_owner(connection, server.display_address(address))
        connection.execute("LOCK TABLE gkcheck.versions IN SHARE ROW EXCLUSIVE MODE")
        applied = {row[0] for row in connection.execute("SELECT number FROM gkcheck.versions")}
        if applied and max(applied) > VERSION:
            check_version(connection, server.display_address(address))
        missing = [number for number in range(1, VERSION + 1) if number not in applied]
        for number in missing:
            connection.execute(_step(number))
            connection.execute("INSERT INTO gkcheck.versions (number) VALUES (%s)", [number])
        if 2 not in missing:  # the step that sets aside
            return Upgrade(missing, 0)
        row = connection.execute("SELECT count(*) FROM gkcheck.set_aside").fetchone()
        return Upgrade(missing, row[0] if row else 0)


def _become_owner(connection: Connection, name: str) -> None:
    """Be the owner of the tables for the rest of the transaction; where there are none, create the table of versions.

    Raises:
        BadJournal: the schema is somebody else's, who could replace what is created in it.
    """
    from psycopg import sql

    row = connection.execute(
        "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass('gkcheck.versions')"
    ).fetchone()
    if row:
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(row[0])))
        return
    connection.execute("CREATE SCHEMA IF NOT EXISTS gkcheck")
    row = connection.execute(
        "SELECT pg_get_userbyid(nspowner) = current_user FROM pg_namespace WHERE nspname = 'gkcheck'"
    ).fetchone()
    if row != (True,):
        raise BadJournal(f"数据库 {name} 里的模式 gkcheck 是别的账号建的，请用那个账号运行，或删除它后重试")
    connection.execute(
        "CREATE TABLE gkcheck.versions (number integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())"
    )
    connection.execute("GRANT SELECT ON gkcheck.versions TO PUBLIC")


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


def grant(address: str, plan: str, role: str, kind: RoleKind, unit: str = "") -> bool:
    """Grant a role the rights of a kind in one plan; return True if the role was created (without a password).

    Raises:
        BadRequest: a superuser or the owner of the tables, whom the rules do not bind. BadJournal, StoreFault: nothing was changed.
    """
    from psycopg import sql

    with server.translate_errors(address), server.connect(address) as connection:
        check_version(connection, server.display_address(address))
        identifier = sql.Identifier(role)
        is_new = _check_role(connection, role)
        if is_new:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(identifier))
        connection.execute(
            "INSERT INTO gkcheck.members (plan, role, kind, unit) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [plan, role, kind.value, unit],
        )
        connection.execute("SELECT gkcheck.grant_rights(%s, %s)", [role, kind is not RoleKind.READER])
        return is_new


def _check_role(connection: Connection, role: str) -> bool:
    """Refuse a role that the rules do not bind; return True if the role does not exist yet."""
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls OR has_table_privilege(oid, 'gkcheck.members', 'INSERT, UPDATE, DELETE')"
        " OR pg_has_role(oid, (SELECT relowner FROM pg_class WHERE oid = 'gkcheck.entries'::regclass), 'USAGE')"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    ).fetchone()
    if row and row[0]:
        raise BadRequest(f"角色“{role}”是超级用户或这些表的主人，数据库的限制对它不起作用，请另建一个普通角色再授权")
    return row is None


def revoke(address: str, plan: str, role: str) -> int:
    """Remove all grants of a role in a plan; return their number."""
    from psycopg import sql

    with server.translate_errors(address), server.connect(address) as connection:
        check_version(connection, server.display_address(address))
        removed = connection.execute("DELETE FROM gkcheck.members WHERE plan = %s AND role = %s", [plan, role]).rowcount
        left = connection.execute("SELECT count(*) FROM gkcheck.members WHERE role = %s", [role]).fetchone()
        if removed and left == (0,):
            identifier = sql.Identifier(role)
            connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA gkcheck FROM {}").format(identifier))
            connection.execute(sql.SQL("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gkcheck FROM {}").format(identifier))
            connection.execute(sql.SQL("REVOKE ALL ON SCHEMA gkcheck FROM {}").format(identifier))
        return removed
