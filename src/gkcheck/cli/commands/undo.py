"""undo: take a batch back, or bring one back by taking its undo back. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from gkcheck import labels
from gkcheck.cli.commands.record import ByName, DryRun
from gkcheck.cli.context import session_of, talk
from gkcheck.cli.output import say
from gkcheck.journal import NOTHING, History, Scope
from gkcheck.journal.live import undone_batches
from gkcheck.model import Action, Draft, Entry
from gkcheck.operations.undo import batch_meant, undo_of, what_about

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

    def decide(_: History) -> list[Draft]:
        entries = concerned(session.past, session.journal.latest, batch)
        meant = batch_meant(entries, batch)
        taken = [entry for entry in entries if entry.batch == meant]
        draft = undo_of(entries, meant, force)
        say(f"{'将' if dry_run else '要'}撤销批次 {meant} 的 {len(taken)} 条记录：")
        for entry in taken[:_LISTED]:
            say(f"  {_line(entry)}")
        if len(taken) > _LISTED:
            say(f"  ……另有 {len(taken) - _LISTED} 条，用 gkcheck log 查看")
        return [draft]

    if dry_run:
        decide(History([], []))
        return
    session.journal.record(decide, by=person, at=session.at, scope=NOTHING)
    say("已撤销")
    talk("需要恢复时：gkcheck log 查到这次撤销的批次，再 gkcheck undo 批次")


def concerned(read: Callable[[Scope], History], latest: Callable[[int], list[Entry]], typed: str | None) -> list[Entry]:
    """The entries that an undo has to look at, in the order of facts; of a long journal these are few.

    They are every undo, the last entries or the batches typed, the batch meant with what it is about, and
    every entry about that. `read` and `latest` are those of a journal.
    """
    found = {entry.id: entry for entry in read(NOTHING).entries}

    def take(more: Iterable[Entry]) -> list[Entry]:
        found.update((entry.id, entry) for entry in more)
        return sorted(found.values(), key=lambda entry: entry.order)

    if typed is None:
        entries = take(_last_live(latest, list(found.values())))
    else:
        entries = take(read(Scope(batch=typed.strip().lower())).entries)
    meant = batch_meant(entries, typed)
    unread, known = [meant], {meant}
    while unread:
        batch = unread.pop()
        own = [entry for entry in read(Scope(batch=batch)).entries if entry.batch == batch]
        undone = {entry.undoes for entry in own if entry.undoes} - known
        unread += undone
        known |= undone
        entries = take(own)
    about = what_about(entries, meant)
    units = None if any(unit is None for _, unit in about) else frozenset(unit or "" for _, unit in about)
    scope = Scope(frozenset(task for task, _ in about)) if units is None else Scope(units=units)
    return take(read(scope).entries) if about else entries


def _last_live(latest: Callable[[int], list[Entry]], undos: list[Entry]) -> list[Entry]:
    """Entries up to the last, so many that a batch that still counts is among them, if there is one."""
    dead = undone_batches(undos)
    count = 64
    while True:
        last = latest(count)
        if len(last) < count or any(e.batch not in dead and e.action is not Action.UNDO for e in last):
            return last
        count *= 8


def _line(entry: Entry) -> str:
    about = f"具体要求 {entry.task} {entry.unit or '全部责任单位'}" if entry.task else f"对批次 {entry.undoes} 的撤销"
    return f"{labels.when(entry.at)} {entry.by} {about} {labels.ACTION[entry.action]}"
