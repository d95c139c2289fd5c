"""repair and merge: a damaged journal made whole, several journals made one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gkcheck import labels
from gkcheck.cli.commands.record import DryRun
from gkcheck.cli.context import Session, session_of
from gkcheck.cli.output import say
from gkcheck.errors import BadRequest
from gkcheck.journal import Contents, EntryLine
from gkcheck.journal.file_store import FileJournal
from gkcheck.journal.postgres.connection import display_address, is_server
from gkcheck.journal.stores import open_journal
from gkcheck.lookup.units import find_unit
from gkcheck.operations.merge import sort_out

app = typer.Typer()

FOUND = 1
"""The exit code where something was refused."""

_LISTED = 20


@app.command("repair")
def repair(
    ctx: typer.Context,
    adopt: Annotated[bool, typer.Option("--adopt", help="首行写的是别的表，但确认是本表的日志：改写首行")] = False,
) -> None:
    """把日志里损坏的行移到旁边的文件，其余一条不少；没有损坏就什么也不改。

    例：gkcheck repair
    """
    session = session_of(ctx)
    journal = session.journal
    if not isinstance(journal, FileJournal):
        raise BadRequest(f"{journal.name} 不是文件日志，不需要 repair")
    done = journal.repair(at=session.at, adopt=adopt)
    if not done.faults:
        say(f"日志 {journal.name} 没有损坏，没有改动\n")
        return
    for fault in done.faults:
        say(f"{fault}\n")
    said = f"处理了 {len(done.faults)} 处"
    said += f"，从中救回 {done.saved} 条记录" if done.saved else ""
    said += f"；原来的内容移到了 {done.aside}，其中没有救回的记录需要人工核对补记" if done.aside else ""
    say(said + "\n")


@app.command("merge")
def merge(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="日志", help="要并进来的日志文件或数据库地址，可以写多个")],
    only: Annotated[str | None, typer.Option("--from", metavar="单位", help="只收这个责任单位自己的记录")] = None,
    dry_run: DryRun = False,
) -> None:
    """把别处的日志并进来：按记录的校验码去重，谁先谁后结果都一样；也可以是数据库的地址。有不能收的记录时退出码为 1。

    例：gkcheck merge 教育局.jsonl --from 市教育局
    """
    session = session_of(ctx)
    unit = find_unit(session.plan, only) if only is not None else None
    contents = [(file, _contents(session, file)) for file in files]
    ours = session.journal.read().entries
    taken: list[EntryLine] = []
    clean = True
    for file, (theirs, faults) in contents:
        file = display_address(file) if is_server(file) else file
        found = sort_out(theirs, [*ours, *(one.entry for one in taken)], unit)
        taken += found.new
        refused = len(found.refused) + len(faults)
        clean = clean and not refused
        say(f"{file}：新 {len(found.new)} 条，已有 {found.known} 条，未收 {refused} 条\n")
        for fault in faults[:_LISTED]:
            say(f"  {fault}\n")
        for entry, why in found.refused[:_LISTED]:
            about = f"具体要求 {entry.task}" if entry.task else f"撤销批次 {entry.undoes}"
            say(
                f"  {labels.when(entry.at)} {about} {entry.unit or '全部责任单位'} {labels.ACTION[entry.action]}：{why}\n"
            )
        if refused > 2 * _LISTED:
            say(f"  ……未收的共 {refused} 条\n")
    new = len({one.entry.id for one in taken}) if dry_run else session.journal.merge(taken, at=session.at)
    say(f"{'将并入' if dry_run else '已并入'} {new} 条记录\n")
    if not clean:
        raise typer.Exit(FOUND)


def _contents(session: Session, file: str) -> Contents:
    """What another journal holds. It must exist: a mistyped name is not an empty journal."""
    if not is_server(file) and not Path(file).exists():
        raise BadRequest(f"没有 {file} 这个文件，请检查要并进来的日志的路径")
    return open_journal(file, session.plan.id).contents()
