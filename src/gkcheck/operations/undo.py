"""Decide which batch an undo takes back, and refuse it where later entries build on that batch. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gkcheck import labels
from gkcheck.errors import BadRequest
from gkcheck.journal import NOTHING, History, Scope
from gkcheck.journal.live import undone_batches
from gkcheck.model import Action, Draft, Entry
from gkcheck.types import NamedTuple

_LISTED = 3


class Undo(NamedTuple):
    """A batch to take back: its entries in the order of facts, and the draft that takes it back."""

    batch: str
    entries: list[Entry]
    draft: Draft


def undo_of(
    entries: Sequence[Entry],
    typed: str | None,
    force: bool,
    person: str | None = None,
    merged: tuple[int, str, str] | None = None,
) -> Undo:
    """Return the undo of the batch that was typed, or of the last batch that still counts.

    Args:
        entries: in the order of facts; `relevant_entries` of the same `typed` are enough.
        typed: the beginning of a batch's name. Without it undos are passed over: undo after undo goes further back.
        force: take the batch back although later entries build on it.
        person: who asks: without `typed` only a batch that this person recorded here is taken back; None: any.
        merged: where in the order of facts the last merge ended.

    Raises:
        BadRequest: there is no such batch, it does not count any more, later entries build on it, or it has to be named.
    """
    batch = _find_batch(entries, typed)
    if typed is None and person is not None:
        _check_own(entries, batch, person, merged)
    later = [] if force else _later_entries(entries, batch)
    if later:
        listed = "；".join(_describe(entry) for entry in later[:_LISTED])
        more = f"等 {len(later)} 条" if len(later) > _LISTED else ""
        raise BadRequest(f"批次 {batch} 之后还有记录建立在它上面：{listed}{more}；请先撤销它们，或加 --force")
    return Undo(batch, [entry for entry in entries if entry.batch == batch], Draft(Action.UNDO, undoes=batch))


def relevant_entries(
    read: Callable[[Scope], History], latest: Callable[[int], list[Entry]], typed: str | None
) -> list[Entry]:
    """Return the entries that decide an undo, in the order of facts; of a long journal these are few.

    They are every undo, the last entries or the batches typed, the batch to take back with its assignments, and
    every entry about those. `read` and `latest` are those of a journal.
    """
    by_id: dict[str, Entry] = {}

    def add(more: Iterable[Entry]) -> list[Entry]:
        by_id.update((entry.id, entry) for entry in more)
        return sorted(by_id.values(), key=lambda entry: entry.order)

    undos = add(read(NOTHING).entries)
    if typed is None:
        entries = add(_last_entries(latest, undos))
    else:
        entries = add(read(Scope(batch=typed.strip().lower())).entries)
    batch = _find_batch(entries, typed)
    batches = [batch]
    for name in batches:  # grows by the batches that these undo
        own = [entry for entry in read(Scope(batch=name)).entries if entry.batch == name]
        batches += {entry.undoes for entry in own if entry.undoes}.difference(batches)
        entries = add(own)
    assignments = _assignments_of(entries, batch)
    tasks, units = {task for task, _ in assignments}, {unit for _, unit in assignments}
    scope = Scope(frozenset(tasks)) if None in units else Scope(units=frozenset(unit or "" for unit in units))
    return add(read(scope).entries) if assignments else entries


def _last_entries(latest: Callable[[int], list[Entry]], undos: Sequence[Entry]) -> list[Entry]:
    """Return so many of the last entries that a batch that still counts is among them, if there is one."""
    undone = undone_batches(undos)
    count = 64
    while True:
        entries = latest(count)
        if len(entries) < count or any(_is_default(entry, undone) for entry in entries):
            return entries
        count *= 8


def _is_default(entry: Entry, undone: set[str]) -> bool:
    """True if an undo without a batch may take the entry's batch back."""
    return entry.batch not in undone and entry.action is not Action.UNDO


def _find_batch(entries: Sequence[Entry], typed: str | None) -> str:
    undone = undone_batches(entries)
    if typed is None:
        for entry in reversed(entries):
            if _is_default(entry, undone):
                return entry.batch
        raise BadRequest("没有可以撤销的记录")
    batches = list(dict.fromkeys(entry.batch for entry in entries if entry.batch.startswith(typed.strip().lower())))
    if not typed.strip() or not batches:
        raise BadRequest(f"没有批次“{typed}”，用 gkcheck log 查看批次")
    if len(batches) > 1 and typed not in batches:
        raise BadRequest(f"批次“{typed}”可以指 {'、'.join(batches[:6])}，请多写几位")
    batch = typed if typed in batches else batches[0]
    if batch in undone:
        raise BadRequest(f"批次 {batch} 已经撤销了；要恢复它，请撤销那次撤销（gkcheck log 查看批次）")
    return batch


def _check_own(entries: Sequence[Entry], batch: str, person: str, merged: tuple[int, str, str] | None) -> None:
    """Refuse to take back the last batch unnamed where it is not one that the person recorded here."""
    own = [entry for entry in entries if entry.batch == batch]
    others = dict.fromkeys(entry.by for entry in own if entry.by != person)
    if any(entry.form or entry.recorded_by for entry in own):
        why = "是收来的"
    elif others:
        why = f"是{'、'.join(others)}记录的"
    elif merged is not None and own[-1].order <= merged:
        why = "是合并进来的，或在合并之前记录的"
    else:
        return
    more = f"等 {len(own)} 条" if len(own) > 1 else ""
    raise BadRequest(f"最近一批{why}：{_describe(own[-1])}{more}；确要撤销它，请写明批次：gkcheck undo {batch}")


def _describe(entry: Entry) -> str:
    return f"{labels.when(entry.at)} 具体要求 {entry.task} {entry.unit or '全部责任单位'} {labels.ACTION[entry.action]}（批次 {entry.batch}）"


def _later_entries(entries: Sequence[Entry], batch: str) -> list[Entry]:
    """Return the entries that still count, come after the batch, and are about one of its assignments."""
    undone = undone_batches(entries)
    last = max(entry.order for entry in entries if entry.batch == batch)
    assignments = _assignments_of(entries, batch)
    return [
        entry for entry in entries
        if entry.order > last and entry.batch not in undone and entry.task is not None
        and any(task == entry.task and (unit is None or entry.unit is None or unit == entry.unit) for task, unit in assignments)
    ]  # fmt: skip


def _assignments_of(entries: Sequence[Entry], batch: str) -> set[tuple[int, str | None]]:
    """Return the (task, unit) of a batch's entries; for an undo, those of the batch it took back. Unit None: all."""
    assignments: set[tuple[int, str | None]] = set()
    batches = [batch]
    for name in batches:  # grows by the batches that these undo
        own = [entry for entry in entries if entry.batch == name]
        assignments |= {(entry.task, entry.unit) for entry in own if entry.task is not None}
        batches += {entry.undoes for entry in own if entry.undoes}.difference(batches)
    return assignments
