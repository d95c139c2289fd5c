"""undo: take a batch back, or bring one back by taking its undo back. Nothing is ever deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gkcheck.cli.output import write
from gkcheck.cli.recording import ByName, DryRun
from gkcheck.cli.session import session_of, talk
from gkcheck.errors import BadRequest
from gkcheck.model import Draft, Entry
from gkcheck.undoing import batch_meant, undo_of
from gkcheck.views import words

if TYPE_CHECKING:
    from gkcheck.journal import History

app = typer.Typer()


@app.command("undo")
def undo(
    ctx: typer.Context,
    batch: Annotated[str | None, typer.Argument(metavar="批次", help="gkcheck log 里的批次；不写就是最近一批")] = None,
    force: Annotated[bool, typer.Option("--force", help="即使之后还有记录建立在它上面")] = False,
    by: ByName = None,
    dry_run: DryRun = False,
) -> None:
    """撤销最近一批（或指定的一批）记录。记录不会删除；再撤销这次撤销，就恢复原样。

    例：gkcheck undo
    """
    session = session_of(ctx)
    person = session.person(by)
    taken: list[Entry] = []

    def decide(history: History) -> list[Draft]:
        meant = batch_meant(history.entries, batch)
        taken[:] = [entry for entry in history.entries if entry.batch == meant]
        return [undo_of(history.entries, meant, force)]

    if dry_run:
        decide(session.history)
    else:
        session.journal.record(decide, by=person, at=session.at)
    if not taken:
        raise BadRequest("没有可以撤销的记录")
    head = "将撤销" if dry_run else "已撤销"
    write(
        f"{head}批次 {taken[0].batch} 的 {len(taken)} 条记录：\n"
        + "".join(f"  {_line(entry)}\n" for entry in taken[:20])
    )
    if len(taken) > 20:
        write(f"  ……另有 {len(taken) - 20} 条，用 gkcheck log 查看\n")
    if not dry_run:
        talk("需要恢复时：gkcheck log 查到这次撤销的批次，再 gkcheck undo 批次")


def _line(entry: Entry) -> str:
    about = f"具体要求 {entry.task} {entry.unit or '全部责任单位'}" if entry.task else f"对批次 {entry.undoes} 的撤销"
    return f"{words.when(entry.at)} {entry.by} {about} {words.ACTION[entry.action]}"
