"""The options that choose tasks and assignments, shared by every command that lists them."""

from __future__ import annotations

from typing import Annotated

import typer

from gkcheck.cli.output import Format
from gkcheck.model import Role, Status

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
ForceOption = Annotated[bool, typer.Option("--force", help="文件已经存在时覆盖它")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="输出格式", metavar="WORD")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="日期", help="看这一天结束时的状态，之后的记录不计；默认今天")
]
