"""undo: take a batch back, or bring one back by taking its undo back. Nothing is ever deleted."""

from __future__ import annotations

from gkcheck import labels
from gkcheck.cli.context import Context
from gkcheck.cli.options import FORCE, DryRun, RecordedBy
from gkcheck.cli.output import say
from gkcheck.cli.params import Argument
from gkcheck.cli.recording import undo_line
from gkcheck.config import is_quiet
from gkcheck.journal import NOTHING, History, Scope
from gkcheck.journal.merges import last_merge
from gkcheck.model import Draft, Entry
from gkcheck.operations.undo import Undo, relevant_entries, undo_of
from gkcheck.types import Annotated

_LISTED = 20


def undo(
    context: Context,
    batch: Annotated[
        str | None, Argument("批次", "gkcheck log 里的批次；不写就是本人在这里记录的最近一批", completes="batch")
    ] = None,
    force: Annotated[bool, FORCE("即使之后还有记录建立在它上面")] = False,
    by: RecordedBy = None,
    dry_run: DryRun = False,
) -> None:
    """撤销本人最近记录的一批（或指定的一批）。最近一批是别人记录的、收来的或合并进来的，要写明批次。记录并不删除，撤销之后仍可恢复。

    例：gkcheck undo
    """
    person = context.person(by)
    merged = last_merge(context.plan.id, context.store_name)
    undos: list[Undo] = []

    def read(scope: Scope) -> History:
        return context.warned(context.journal.read(scope))

    def decide(_: History) -> list[Draft]:
        entries = relevant_entries(read, context.journal.latest, batch)
        undos[:] = [undo_of(entries, batch, force, person, merged)]
        return [undos[0].draft]

    if dry_run:
        decide(History([], []))
    recorded = [] if dry_run else context.record(decide, by=person, scope=NOTHING)
    _print(undos[0], dry_run)
    if recorded and not is_quiet():
        say(f"如需恢复：{undo_line(context, recorded[0].batch)}")


def _print(undo: Undo, dry_run: bool) -> None:
    say(f"{'将' if dry_run else '已'}撤销 {len(undo.entries)} 条（批次 {undo.batch}）：")
    for entry in undo.entries[:_LISTED]:
        say(f"  {_describe(entry)}")
    if len(undo.entries) > _LISTED:
        say(f"  ……另有 {len(undo.entries) - _LISTED} 条，用 gkcheck log 查看")


def _describe(entry: Entry) -> str:
    about = f"具体要求 {entry.task} {entry.unit or '全部责任单位'}" if entry.task else f"对批次 {entry.undoes} 的撤销"
    return f"{labels.when(entry.at)} {entry.by} {about} {labels.ACTION[entry.action]}"
