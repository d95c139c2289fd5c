"""The commands that record: done, start, block, skip, reopen, note. One signature, one way through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from gkcheck.cli.context import session_of
from gkcheck.cli.recording import record
from gkcheck.model import Action

app = typer.Typer()

_HELP = {
    Action.DONE: "报告完成。不写 --unit 就是整项具体要求，涵盖它的全部责任单位。\n\n例：gkcheck done 23 24 30-32 --unit 市教育局",
    Action.START: "报告开始办理。\n\n例：gkcheck start 23 --unit 市教育局",
    Action.BLOCK: "报告受阻，请用 --note 说明原因。\n\n例：gkcheck block 23 --unit 市教育局 --note 等上级文件",
    Action.SKIP: "标为不涉及：不计入上报率和办结率。\n\n例：gkcheck skip 30 --unit 台城街道 --note 没有办事大厅",
    Action.REOPEN: "重新打开，回到未开始；记录都在。\n\n例：gkcheck reopen 23 --unit 市教育局",
    Action.NOTE: "加一条备注或佐证，不改状态。\n\n例：gkcheck note 23 --unit 市教育局 --note 方案已送审",
}

Tasks = Annotated[list[str], typer.Argument(metavar="编号", help="具体要求：23、二十三、30-32，可以写多个")]
Unit = Annotated[
    str | None,
    typer.Option("--unit", "-u", metavar="单位", help="只记这一个责任单位；默认取 GKCHECK_UNIT 或 gkcheck config"),
]
Note = Annotated[str | None, typer.Option("--note", "-n", metavar="文字", help="备注")]
Proof = Annotated[
    list[str] | None,
    typer.Option("--evidence", "-e", metavar="佐证", help="网址、文件或文号，或“标题|网址|发布日期”，可以写多次"),
]
Titles = Annotated[list[str] | None, typer.Option("--title", metavar="文字", help="佐证的标题，与 --evidence 一一对应")]
Published = Annotated[
    list[str] | None, typer.Option("--published", metavar="日期", help="佐证的发布日期，与 --evidence 一一对应")
]
On = Annotated[str | None, typer.Option("--on", metavar="日期", help="办理日期，默认今天")]
ByName = Annotated[
    str | None, typer.Option("--by", metavar="姓名", help="填报人；默认取 GKCHECK_BY、gkcheck config 或登录名")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只显示会记录什么，不写入")]


def command_of(action: Action) -> Callable[..., None]:
    def command(
        ctx: typer.Context,
        tasks: Tasks,
        unit: Unit = None,
        note: Note = None,
        evidence: Proof = None,
        title: Titles = None,
        published: Published = None,
        on: On = None,
        by: ByName = None,
        dry_run: DryRun = False,
    ) -> None:
        record(session_of(ctx), action, tasks, unit, note, evidence, title, published, on, by, dry_run)

    return command


for _action, _help in _HELP.items():
    app.command(_action.value, help=_help)(command_of(_action))
