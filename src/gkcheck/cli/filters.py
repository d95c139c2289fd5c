"""The options that choose tasks and assignments, shared by every command that lists them."""

from __future__ import annotations

from typing import Annotated

import typer

from gkcheck.cli.session import Session
from gkcheck.ledger.queries import Wanted
from gkcheck.model import Plan, Role, Status

UnitOption = Annotated[
    str | None, typer.Option("--unit", "-u", metavar="单位", help="责任单位：名称、别名、简称、繁体或拼音首字母")
]
SectionOption = Annotated[str | None, typer.Option("--section", metavar="编号", help="工作任务：编号或标题的一部分")]
RoleOption = Annotated[Role | None, typer.Option(metavar="WORD", help="职责")]
StatusOption = Annotated[Status | None, typer.Option(metavar="WORD", help="状态；加 --unit 时指该单位的状态")]
MatchOption = Annotated[str | None, typer.Option(metavar="文字", help="具体要求中含有这些文字")]
ChannelOption = Annotated[str | None, typer.Option(metavar="文字", help="要求在这个平台发布")]
NamedOption = Annotated[bool, typer.Option("--named", help="只看点名的，不看通过“市直各单位”等类别涉及的")]
OverdueOption = Annotated[bool, typer.Option("--overdue", help="只看逾期的")]
DueByOption = Annotated[str | None, typer.Option(metavar="日期", help="只看这一天之前（含）到期而没有完成的")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="日期", help="看这一天结束时的状态，之后的记录不计；默认今天")
]


def unit_of(plan: Plan, typed: str) -> str:
    """The unit (or group) that was typed; a unit's own name needs no search, and none is loaded for it."""
    if any(unit.name == typed for unit in plan.units):
        return typed
    from gkcheck.names import unit_named

    return unit_named(plan, typed)


def section_of(plan: Plan, typed: str) -> str:
    """The printed number of the section that was typed."""
    from gkcheck.names import section_named

    return section_named(plan, typed).number


def wanted_of(
    session: Session,
    unit: str | None,
    section: str | None,
    role: Role | None,
    status: Status | None,
    match: str | None,
    channel: str | None,
    named: bool,
    overdue: bool,
    due_by: str | None,
) -> Wanted:
    """What the options ask for, names and days understood."""
    plan = session.plan
    return Wanted(
        unit=unit_of(plan, unit) if unit is not None else None,
        section=section_of(plan, section) if section is not None else None,
        role=role,
        status=status,
        match=match,
        channel=channel,
        named=named,
        overdue=overdue,
        due_by=session.day(due_by, "--due-by") if due_by is not None else None,
    )
