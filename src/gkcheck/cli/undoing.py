"""undo: take a batch back, or bring one back by taking its undo back. Nothing is ever deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gkcheck.cli.output import say
from gkcheck.cli.recording import ByName, DryRun
from gkcheck.cli.session import session_of, talk
from gkcheck.model import Draft, Entry
from gkcheck.undoing import batch_meant, undo_of
from gkcheck.views import words

if TYPE_CHECKING:
    from gkcheck.journal import History

app = typer.Typer()

_LISTED = 20


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

    def decide(history: History) -> list[Draft]:
        meant = batch_meant(history.entries, batch)
        taken = [entry for entry in history.entries if entry.batch == meant]
        draft = undo_of(history.entries, meant, force)
        say(f"{'将' if dry_run else '要'}撤销批次 {meant} 的 {len(taken)} 条记录：")
        for entry in taken[:_LISTED]:
            say(f"  {_line(entry)}")
        if len(taken) > _LISTED:
            say(f"  ……另有 {len(taken) - _LISTED} 条，用 gkcheck log 查看")
        return [draft]

    if dry_run:
        decide(session.history)
        return
    session.journal.record(decide, by=person, at=session.at)
    say("已撤销")
    talk("需要恢复时：gkcheck log 查到这次撤销的批次，再 gkcheck undo 批次")


def _line(entry: Entry) -> str:
    about = f"具体要求 {entry.task} {entry.unit or '全部责任单位'}" if entry.task else f"对批次 {entry.undoes} 的撤销"
    return f"{words.when(entry.at)} {entry.by} {about} {words.ACTION[entry.action]}"
