"""Connect to a PostgreSQL server; show its address without the password; translate its errors.

The messages of psycopg and the server about connecting may contain the address, and the address a password: they are
matched, never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from gkcheck.errors import BadJournal, GkcheckError, StoreFault
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import psycopg

_KEYWORDS = (
    "service servicefile host hostaddr port dbname user password passfile require_auth channel_binding connect_timeout"
    " client_encoding options application_name fallback_application_name replication target_session_attrs"
    " load_balance_hosts keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout requiressl"
    " sslmode sslnegotiation sslcompression sslcert sslkey sslkeylogfile sslpassword sslcertmode sslrootcert sslcrl"
    " sslcrldir sslsni requirepeer min_protocol_version max_protocol_version ssl_min_protocol_version"
    " ssl_max_protocol_version gssencmode gsslib gssdelegation krbsrvname scram_client_key scram_server_key oauth_issuer"
    " oauth_client_id oauth_client_secret oauth_scope"
)
KEYWORDS = frozenset(_KEYWORDS.split())
"""The keywords of libpq's connection strings; a test compares them with the installed one."""

_SHOWN = ("service", "user", "host", "hostaddr", "port", "dbname")

HIDDEN = "（地址不显示）"
"""Stands for an address that cannot be taken apart, or that may have a piece of a password where another part belongs."""

CONNECT_LIMIT = 10
"""Seconds to wait for a server that does not answer, unless the address or the environment sets it."""

NOT_AN_ENTRY, LEAP = "GK001", "GK002"
"""The SQLSTATEs with which the server's tables refuse a line: it is no entry; its seq leaps over what is there."""


def is_server(store: str) -> bool:
    """True if a store is meant as the address of a server, sound or not; it is then no path, whatever it looks like.

    Such are a scheme with `://` of any database, `jdbc:…`, and a connection string: words with `=`, of which one is a
    keyword of libpq.
    """
    address = store.strip(" \t\r\n\"'")
    scheme, has_scheme, _ = address.partition("://")
    if address[:5].lower() == "jdbc:":
        return True
    if has_scheme:
        return len(scheme) > 1 and not _is_path(scheme)  # one letter is a drive
    first, *_ = pieces = address.split("=")
    words = {piece.split()[-1].lower() for piece in pieces[:-1] if piece.strip()}
    return len(first.split()) == 1 and not _is_path(first) and not KEYWORDS.isdisjoint(words)


def _is_path(begin: str) -> bool:
    return "/" in begin or "\\" in begin


def display_address(address: str) -> str:
    """Return a server's address for messages, built from its service, user, host, port and database: no password."""
    try:
        parameters = check_address(address)
    except GkcheckError:
        return HIDDEN
    shown = {key: parameters[key] for key in _SHOWN if key in parameters}
    if not all(_is_in_place(key, value) for key, value in shown.items()):
        return HIDDEN
    if list(shown) == ["service"]:
        return f"service={shown['service']}"
    if "/" in shown.get("host", "") or "," in shown.get("host", ""):  # a socket, or several servers
        user, host, port = shown.pop("user", ""), "", ""
    else:
        user, host, port = (shown.pop(key, "") for key in ("user", "host", "port"))
    host = f"[{host}]" if ":" in host else host
    place = (f"{user}@" if user else "") + host + (f":{port}" if port else "")
    name = shown.pop("dbname", "")
    query = "&".join(f"{key}={value}" for key, value in shown.items())
    return f"postgresql://{place}{'/' if name else ''}{name}{'?' if query else ''}{query}"


def _is_in_place(key: str, value: str) -> bool:
    """True if a part of an address looks like one: not like the rest of a password with an `@` or `/` left as it is."""
    if key == "port":
        return not value.strip("0123456789,")
    misplaced = "=;&?#" + ("" if key == "user" else "@") + ("" if key.startswith("host") else ":")
    return value.isprintable() and not set(value) & set(misplaced)


def check_address(address: str) -> dict[str, str]:
    """Return the parameters of an address as libpq reads it, or refuse it; no piece of it is shown.

    Raises:
        ImportError: psycopg is missing or broken. BadJournal: the address cannot be understood.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {key: str(value) for key, value in conninfo_to_dict(address.strip()).items()}
    except (psycopg.Error, UnicodeEncodeError):
        raise BadJournal(
            "数据库的地址写得不对，应如 postgresql://用户@主机/数据库 或 service=名称，密码中的特殊字符要写成 %XX；"
            "只支持 PostgreSQL，日志文件请直接写路径"
        ) from None


def connect(address: str) -> psycopg.Connection[Any]:
    """Open a connection; PG* variables and service files apply as usual.

    Raises:
        ImportError: psycopg is missing or broken. BadJournal: the address cannot be understood.
        psycopg.Error: the server was not reached, or refused.
    """
    settings = settings_of(address)
    import psycopg

    return psycopg.connect(address.strip(), **settings)


def settings_of(address: str) -> dict[str, Any]:
    """Return what connections of ours have beside their address; a pool is made with them. Raises as `connect`.

    Statements are not prepared: a PgBouncer between may give each transaction another connection of the server.
    """
    parameters = check_address(address)
    import os

    settings: dict[str, Any] = {
        "fallback_application_name": "gkcheck",
        "client_encoding": "utf8",
        "prepare_threshold": None,
    }
    if "connect_timeout" not in parameters and "PGCONNECT_TIMEOUT" not in os.environ:
        settings["connect_timeout"] = CONNECT_LIMIT
    if not any(key.startswith("keepalives") for key in parameters):
        settings |= {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    return settings


@contextmanager
def translate_errors(address: str) -> Iterator[None]:
    """Turn an exception of psycopg into a `GkcheckError`."""
    try:
        yield
    except GkcheckError:
        raise
    except Exception as error:
        if not is_psycopg(error):
            raise
        raise fault(address, error) from None


def is_psycopg(error: Exception) -> bool:
    """True if psycopg or its pool raised the error: the server or the connection failed, not our own code."""
    return any(kind.__module__.partition(".")[0] == "psycopg" for kind in type(error).__mro__)


def has_answered(error: Exception) -> bool:
    """True if the server refused and has rolled back; False if the connection was lost or another attempt may succeed."""
    state = getattr(error, "sqlstate", None)
    return state is not None and state not in _TRANSIENT


def is_busy(error: Exception) -> bool:
    """True if a lock was waited for too long."""
    return getattr(error, "sqlstate", None) == "55P03"


_TRANSIENT = {"57P01", "57P02", "57P03", "25P03", "40001", "40P01", "08000", "08003", "08006"}
"""Shut down, crashed, starting up, idle for too long, in conflict, connection lost: another attempt may succeed."""

_STATES = {
    "28P01": "用户名或密码不对，请检查地址、~/.pgpass 或 PGPASSWORD",
    "28000": "服务器不接受这个账号从这里登录，请数据库管理员检查 pg_hba.conf（可能要求加密连接：加 sslmode=require）",
    "3D000": "没有这个数据库，请检查地址，或先用 createdb 建库",
    "3F000": "服务器上还没有 gkcheck 的表，请先运行 gkcheck store init 地址",
    "42P01": "服务器上还没有 gkcheck 的表，请先运行 gkcheck store init 地址",
    "42883": "服务器上的表不完整或版本太旧（需要 PostgreSQL 12 以上），请运行 gkcheck store init 地址",
    "25006": "这个服务器是只读的（可能是备库），请改连主库再记录",
    "57014": "服务器中止了这次操作（超过 statement_timeout），请稍后重试，或请管理员放宽时限",
    "55P03": "等了很久，别的 gkcheck 仍在写入；请稍后重试，或用 GKCHECK_LOCK_TIMEOUT 设定等待秒数",
    "53100": "服务器磁盘已满，请管理员腾出空间后重试",
    "53200": "服务器内存不足，请稍后重试",
    "53300": "服务器的连接数已满，请稍后重试",
    "57P01": "服务器正在关闭，请稍后重试",
    "57P02": "服务器出了故障正在恢复，请稍后重试",
    "57P03": "服务器正在启动或恢复，请稍后重试",
    "25P03": "服务器因空闲太久断开了连接，请重试",
    "23505": "与别人的写入冲突，请重试",
    "40001": "与别人的写入冲突，请重试",
    "40P01": "与别人的写入冲突，请重试",
    "22021": "内容中有数据库不能保存的字符，请检查备注和佐证",
    "22P05": "内容中有数据库不能保存的字符；数据库的编码必须是 UTF8",
}

_NOT_ALLOWED = (
    "这个账号无权这样做：单位账号只能填报本单位的（请加 --unit），审核、退回和时限由办公室账号记录，"
    "只读账号不能记录；需要授权请办公室用 gkcheck store grant"
)
_CHECK = "，一条也没有收；请用 gkcheck check 检查来源日志"

_STARTING = "starting up|shutting down|recovery mode|not yet accepting|正在启动|正在关闭"

_REFUSED = [
    ("password authentication failed|认证失败", _STATES["28P01"]),
    ("no password supplied", "服务器要密码而没有给，请写进 ~/.pgpass、服务文件或 PGPASSWORD"),
    (
        "no encryption|SSL off|不加密|SSL 关闭",
        "服务器不接受不加密的连接（或不接受这个账号从这里登录），请在地址后加 sslmode=require",
    ),
    ("does not support SSL", "要求了加密连接，而服务器没有开启 SSL，请管理员开启，或检查 sslmode"),
    (r"certificate|root\.crt|SSL error", "服务器的证书核对不过，请检查 sslrootcert 和 sslmode"),
    (r"pg_hba\.conf", _STATES["28000"]),
    ('database ".*" does not exist|数据库 ".*" 不存在', _STATES["3D000"]),
    (
        'role ".*" (does not exist|is not permitted)|角色 ".*" 不存在',
        "服务器上没有这个账号，或不许它登录，请检查用户名",
    ),
    ("definition of service|service file", "服务文件里没有这个 service，请检查 ~/.pg_service.conf 或 PGSERVICEFILE"),
    ("translate host name|Name or service not known|resolve|getaddrinfo|nodename nor", "找不到这个主机名，请检查地址"),
]
_UNREACHABLE = [
    (_STARTING, _STATES["57P03"]),
    ("too many (clients|connections)|remaining connection slots", _STATES["53300"]),
    (
        "couldn't get a connection|number of .* requests waiting",
        "没有等到连接（服务器没有开，或连接池里的都在用），请稍后重试",
    ),
    ("timeout|timed out", "连接超时，请检查地址、端口和网络"),
    ("refused|No such file", "服务器没有开，或地址、端口不对，请检查后重试"),
]
_LASTING = {message for _, message in _REFUSED}


def is_starting(error: Exception) -> bool:
    """True if a connection was refused because the server is starting up or shutting down."""
    return getattr(error, "sqlstate", None) == "57P03" or re.search(_STARTING, str(error)) is not None


def is_refusal(error: Exception) -> bool:
    """True if a connection was refused for a reason that lasts: password, name, encryption."""
    return _connection_reason(str(error)) in _LASTING


def fault(address: str, error: Exception, doing: str = "使用") -> GkcheckError:
    """Return the refusal that names the server's fault and the remedy, without a password."""
    state = getattr(error, "sqlstate", None)
    head = f"{doing}数据库 {display_address(address)} 失败："
    if state is None:
        return StoreFault(head + _connection_reason(str(error)))
    if state in (NOT_AN_ENTRY, LEAP) or (state.startswith("22") and state not in _STATES):
        return BadJournal(head + _refused_line(state, getattr(error, "diag", None)))
    if state == "42501":
        return StoreFault(head + _NOT_ALLOWED)
    message = _STATES.get(state)
    if message is None:
        primary = getattr(getattr(error, "diag", None), "message_primary", None) or type(error).__name__
        message = f"{primary}（{state}），请数据库管理员检查"
    return StoreFault(head + message)


def _refused_line(state: str, diagnosis: Any) -> str:
    """Name the line that the server's tables refused; the detail of their refusal begins with its id."""
    detail = str(getattr(diagnosis, "message_detail", None) or "").split(" ")
    if state == LEAP and len(detail) == 3:
        return f"记录 {detail[0]} 的 seq {detail[1]} 比那里最大的 {detail[2]} 大出太多（一次至多一百万）{_CHECK}"
    named = f"记录 {detail[0]} " if state == NOT_AN_ENTRY and detail[0] else "其中一条记录"
    return f"{named}不是 gkcheck 写的样子{_CHECK}"


def _connection_reason(text: str) -> str:
    for pattern, message in [*_REFUSED, *_UNREACHABLE]:
        if re.search(pattern, text, re.IGNORECASE):
            return message
    return "连不上或中途断开，没有记录；请检查地址、网络和 PG* 环境变量后重试"
