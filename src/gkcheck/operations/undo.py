"""Which batch an undo means, and what forbids it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck import labels
from gkcheck.errors import BadRequest
from gkcheck.journal.live import undone_batches
from gkcheck.model import Action, Draft, Entry

_LISTED = 3


def batch_meant(entries: Sequence[Entry], typed: str | None) -> str:
    """The batch a person means: what was typed (its beginning is enough), or the last that still counts.

    Without a batch, undos are passed over: undo after undo goes further back.
    """
    dead = undone_batches(entries)
    if typed is None:
        for entry in reversed(entries):
            if entry.batch not in dead and entry.action is not Action.UNDO:
                return entry.batch
        raise BadRequest("没有可以撤销的记录")
    found = list(dict.fromkeys(entry.batch for entry in entries if entry.batch.startswith(typed.strip().lower())))
    if not typed.strip() or not found:
        raise BadRequest(f"没有批次“{typed}”，用 gkcheck log 查看批次")
    if len(found) > 1 and typed not in found:
        raise BadRequest(f"批次“{typed}”可以指 {'、'.join(found[:6])}，请多写几位")
    batch = typed if typed in found else found[0]
    if batch in dead:
        raise BadRequest(f"批次 {batch} 已经撤销了；要恢复它，请撤销那次撤销（gkcheck log 查看批次）")
    return batch


def undo_of(entries: Sequence[Entry], batch: str, force: bool) -> Draft:
    """The draft that takes a batch back; refused where later entries stand on it, unless `force`."""
    standing = [] if force else _standing_on(entries, batch)
    if standing:
        listed = "；".join(_said(entry) for entry in standing[:_LISTED])
        more = f"等 {len(standing)} 条" if len(standing) > _LISTED else ""
        raise BadRequest(f"批次 {batch} 之后还有记录建立在它上面：{listed}{more}；请先撤销它们，或加 --force")
    return Draft(Action.UNDO, undoes=batch)


def _said(entry: Entry) -> str:
    return f"{labels.when(entry.at)} 具体要求 {entry.task} {entry.unit or '全部责任单位'} {labels.ACTION[entry.action]}（批次 {entry.batch}）"


def _standing_on(entries: Sequence[Entry], batch: str) -> list[Entry]:
    """The entries that still count, come after the batch, and are about an assignment it is about."""
    dead = undone_batches(entries)
    last = max(entry.order for entry in entries if entry.batch == batch)
    about = what_about(entries, batch)
    return [
        entry for entry in entries
        if entry.order > last and entry.batch not in dead and entry.batch != batch and entry.task is not None
        and any(task == entry.task and (unit is None or entry.unit is None or unit == entry.unit) for task, unit in about)
    ]  # fmt: skip


def what_about(entries: Sequence[Entry], batch: str) -> set[tuple[int, str | None]]:
    """The (task, unit) that a batch is about; for an undo, those of the batch it took back."""
    about: set[tuple[int, str | None]] = set()
    pending, seen = [batch], set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        for entry in entries:
            if entry.batch == name and entry.task is not None:
                about.add((entry.task, entry.unit))
            elif entry.batch == name and entry.undoes:
                pending.append(entry.undoes)
    return about
