"""store and push: set up a PostgreSQL database and its accounts, send a journal file to it."""

from __future__ import annotations

from enum import StrEnum

from gkcheck.cli.context import Context, lock_limit, waiting
from gkcheck.cli.options import FROM, ROLE, UNIT, DryRun
from gkcheck.cli.output import say
from gkcheck.cli.params import Argument, Option
from gkcheck.cli.streams import hint, talk
from gkcheck.cli.typed.units import one_unit
from gkcheck.errors import BadRequest
from gkcheck.journal.postgres.connection import display_address, is_server
from gkcheck.types import Annotated

FOUND = 1
"""The exit code where entries were not sent, or lines were set aside."""

Address = Annotated[str, Argument("地址", "数据库：postgresql://用户@主机/数据库，或 service=名称")]


class Verb(StrEnum):
    """The actions of `store`."""

    INIT = "init"
    GRANT = "grant"
    REVOKE = "revoke"


def store(
    context: Context,
    verb: Annotated[Verb, Argument("动作", "init 建表或升级；grant 给账号授权；revoke 收回")],
    address: Annotated[
        str | None, Argument("地址", "数据库，如 postgresql://用户@主机/库；默认取 GKCHECK_STORE")
    ] = None,
    role: Annotated[str | None, ROLE("数据库的账号；没有就新建", metavar="账号")] = None,
    unit: Annotated[str | None, UNIT("只能填报这个责任单位的记录")] = None,
    office: Annotated[bool, Option("--office", help="办公室：可以记录一切，包括审核、退回和时限")] = False,
    reader: Annotated[bool, Option("--reader", help="只读")] = False,
) -> int:
    """让多台机器共用一个 PostgreSQL 数据库：建表，给账号授权。各账号能写什么，由数据库把关。

    例：gkcheck store init postgresql://zfb@10.0.0.5/gkcheck

    例：gkcheck store grant postgresql://zfb@10.0.0.5/gkcheck --unit 市教育局 --role jyj
    """
    address = _check_address(address if address is not None else context.setting("store").value or "")
    chosen = [unit is not None, office, reader]
    if verb is not Verb.GRANT and any(chosen):
        raise BadRequest(f"--unit、--office、--reader 只用于 store grant，不用于 store {verb.value}")
    if verb is Verb.INIT:
        if role is not None:
            raise BadRequest("--role 只用于 store grant 和 store revoke，store init 不需要它")
        return _init(address)
    if role is None or not role.strip():
        raise BadRequest(f"请用 --role 写上数据库的账号，例如 gkcheck store {verb.value} 地址 --role jyj")
    if verb is Verb.REVOKE:
        _revoke(context, address, role)
    elif sum(chosen) != 1:
        raise BadRequest("请在 --unit 单位、--office、--reader 中选一个")
    else:
        _grant(context, address, role, unit, reader)
    return 0


def _check_address(address: str) -> str:
    """Return the address of a server; a refused one is not printed, as it may hold a password."""
    if not is_server(address):
        raise BadRequest("请写上数据库的地址，如 postgresql://用户@主机/数据库 或 service=名称")
    return address


def _init(address: str) -> int:
    from gkcheck.journal.postgres import schema

    steps, set_aside = schema.init(address)
    message = f"表已是第 {schema.VERSION} 版，没有改动"
    if steps:
        message = f"已把表升到第 {steps[-1]} 版" if steps[0] > 1 else f"已建好第 {steps[-1]} 版的表"
    if set_aside:
        message += f"；{set_aside} 行不是 gkcheck 的记录，移到了 gkcheck.set_aside，用 gkcheck check 逐条查看"
    say(f"数据库 {display_address(address)}：{message}\n")
    hint("下一步：gkcheck store grant 地址 --unit 单位 --role 账号；之后设 GKCHECK_STORE=地址 就用它记录")
    return FOUND if set_aside else 0


def _grant(context: Context, address: str, role: str, unit: str | None, reader: bool) -> None:
    from gkcheck.journal.postgres import schema

    kind, name = (schema.RoleKind.READER if reader else schema.RoleKind.OFFICE), ""
    if unit is not None:
        kind, name = schema.RoleKind.UNIT, one_unit(context, unit)
    is_new = schema.grant(address, context.plan.id, role, kind, name)
    may = {
        schema.RoleKind.UNIT: f"只能填报{name}的记录",
        schema.RoleKind.OFFICE: "可以记录一切，包括审核、退回和时限",
        schema.RoleKind.READER: "只能查看",
    }[kind]
    say(f"账号 {role} 在“{context.plan.id}”中{may}\n")
    if is_new:
        talk(f"账号 {role} 是新建的，还没有密码，请用 psql 的 \\password {role} 设定")


def _revoke(context: Context, address: str, role: str) -> None:
    from gkcheck.journal.postgres import schema

    if not schema.revoke(address, context.plan.id, role):
        raise BadRequest(f"账号“{role}”在“{context.plan.id}”中没有授权，请检查写法")
    say(f"已收回账号 {role} 在“{context.plan.id}”中的授权；它以前的记录都在\n")


def push(
    context: Context,
    address: Address,
    only: Annotated[str | None, FROM("只送这个责任单位自己的记录")] = None,
    dry_run: DryRun = False,
) -> int:
    """把本机日志中数据库尚无的记录送上数据库，全部收下或一条不收；可以重复送。

    例：gkcheck push service=gkcheck
    """
    from gkcheck.journal import in_order
    from gkcheck.journal.merges import note_merge
    from gkcheck.journal.postgres.store import PostgresJournal
    from gkcheck.operations.merge import LISTED, Merging

    address = _check_address(address)
    if is_server(context.store):
        raise BadRequest("push 是把本机日志文件送上数据库，请用 --store 指定日志文件")
    unit = one_unit(context, only) if only is not None else None
    target = PostgresJournal(address, context.plan.id, lock_limit(), waiting, talk, context.plan.zone)
    with context.journal.lines() as lines:
        merging = in_order(lambda: Merging(None, [lines], unit))
        new = target.count_missing(merging.new) if dry_run else target.merge(merging.new, at=context.at)
        unsent = target.count_missing(merging.refused) if merging.results[0].refused else 0
        problems = lines.problems
    if new and not dry_run:
        note_merge(context.plan.id, target.name, merging.end)
    known = merging.results[0].new - new
    say(f"{'将送上' if dry_run else '已送上'} {new} 条记录，{known} 条数据库已有：{target.name}\n")
    if unsent:
        say(f"另有 {unsent} 条不是“{unit}”自己的记录，没有送\n")
    for problem in problems[:LISTED]:
        say(f"{problem}\n")
    if len(problems) > LISTED:
        say(f"……另有 {len(problems) - LISTED} 处，用 gkcheck check 查看\n")
    return FOUND if problems or unsent else 0
