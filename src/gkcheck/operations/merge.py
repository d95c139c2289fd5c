"""Decide which entries of other journals may come in. Pure.

Nothing is held of an entry but its batch, and a byte that says what becomes of it: the journals are iterated over again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import chain

from gkcheck.journal import Lines
from gkcheck.journal.entry_line import EntryLine, LineBlock
from gkcheck.model import CLAIMS, Action, Entry

Order = tuple[int, str, str]
"""A place in the order of facts."""

Parts = tuple[str, str, str | None, bool, str]
"""Of an entry the batch, the action, the unit, True if it is about a task, and the batch that an undo takes back."""

LISTED = 20
"""The refused entries of a journal that are kept to be shown."""

_COMING, _KNOWN, _NEW, _REFUSED = range(4)


class MergeResult:
    """The entries of one journal, counted: those new, those already here, those not for the unit to bring in.

    `shown` are the first of those refused; `acts` counts the new acts of the office, undos of such acts included.
    """

    def __init__(self) -> None:
        self.new = self.known = self.refused = 0
        self.shown: list[Entry] = []
        self.acts: Counter[Action] = Counter()


class Merging:
    """A merge of several journals: the entries of each in turn are new, known (by id) or refused.

    With `unit`, only what that unit may record itself comes in: claims and notes about its own assignments, in batches
    that hold nothing else here, and undos of batches that hold nothing else anywhere, through undos of undos. The
    accounts of units in a database are held to the same rule.

    `results` are those of the journals in their order; `end` is the last place of all entries that will be here.

    Args:
        ours, sources: the entries, each in the order of facts and each once (ours None: there are none); the sources are
            iterated over more than once.
    """

    def __init__(self, ours: Lines | None, sources: Sequence[Lines], unit: str | None) -> None:
        self.results = [MergeResult() for _ in sources]
        self.end: Order = (0, "", "")
        self._sources = sources
        self._verdicts = [bytearray() for _ in sources]
        self._here, self._theirs = _Batches(unit), [_Batches(unit) for _ in sources]
        self._undos: list[tuple[int, Parts]] = []
        self._compare(ours)
        self._judge() if unit is not None else self._count()

    def _compare(self, ours: Lines | None) -> None:
        """Tell the entries that are here already from those that come, and note the batches of all.

        Without a unit those that come are new, the first time; the acts among them are counted, and the undos kept.
        """
        is_for_all, here_id = self._here.unit is None, ""
        streams = (_keyed(lines, number) for number, lines in enumerate((ours, *self._sources)) if lines is not None)
        for seq, at, id_, number, parts in merge(*streams):
            is_claim = parts[1] in CLAIMS
            if number == 0:
                here_id, self.end = id_, (seq, at, id_)
            else:
                is_known = id_ == here_id
                self._verdicts[number - 1].append(_KNOWN if is_known else _NEW if is_for_all else _COMING)
                if is_for_all and not is_known:
                    here_id, self.end = id_, (seq, at, id_)
                    if not is_claim:
                        self._note_act(number - 1, parts)
            if not (is_for_all and is_claim):
                (self._theirs[number - 1] if number else self._here).add(parts)

    def _note_act(self, place: int, parts: Parts) -> None:
        """Count a new entry of the journal at a place if it is an act of the office; if it is an undo, keep it."""
        _, action, *_ = parts
        if action == Action.UNDO:
            self._undos.append((place, parts))
        elif action not in CLAIMS:
            self.results[place].acts[Action(action)] += 1

    def _count(self) -> None:
        """Count what was compared without a unit."""
        for place, (result, theirs) in enumerate(zip(self.results, self._theirs, strict=True)):
            result.new = self._verdicts[place].count(_NEW)
            result.known = self._verdicts[place].count(_KNOWN)
            undos = (undo for number, undo in self._undos if number == place)
            result.acts.update(Action.UNDO for undo in undos if self._here.is_act(undo, theirs))
            self._here.update(theirs)

    def _judge(self) -> None:
        """Judge the entries that come by the rule for a unit, those of one journal after those of another."""
        accepted: set[str] = set()
        for source, verdicts, theirs, result in zip(
            self._sources, self._verdicts, self._theirs, self.results, strict=True
        ):
            gained = _Batches(self._here.unit)
            for place, one in enumerate(source):
                if verdicts[place] == _KNOWN or one.id in accepted:
                    verdicts[place] = _KNOWN
                    result.known += 1
                elif not self._here.may_take(parts := _parts(one), theirs):
                    verdicts[place] = _REFUSED
                    result.refused += 1
                    if len(result.shown) < LISTED:
                        result.shown.append(one.decoded())
                else:
                    verdicts[place] = _NEW
                    result.new += 1
                    self.end = max(self.end, one.order)
                    if self._here.is_act(parts, theirs):
                        result.acts[Action(parts[1])] += 1
                    if len(self._sources) > 1:
                        accepted.add(one.id)
                        gained.add(parts)
            self._here.update(gained)

    @property
    def new(self) -> Iterable[EntryLine]:
        """Return the new entries of all journals, in the order of facts."""
        return _Repeated(lambda: self._with(_NEW))

    @property
    def refused(self) -> Iterable[EntryLine]:
        """Return the refused entries of all journals, in the order of facts."""
        return _Repeated(lambda: self._with(_REFUSED))

    def _with(self, verdict: int) -> Iterator[EntryLine]:
        chosen = [
            _chosen(source, verdicts, verdict) for source, verdicts in zip(self._sources, self._verdicts, strict=True)
        ]
        if len(chosen) == 1:
            return chosen[0]
        return (one for *_, one in merge(*(_numbered(lines, number) for number, lines in enumerate(chosen))))


def _chosen(source: Iterable[EntryLine], verdicts: bytearray, verdict: int) -> Iterator[EntryLine]:
    return (one for place, one in enumerate(source) if verdicts[place] == verdict)


class _Repeated(Iterable[EntryLine]):
    """Entries that can be iterated over again."""

    def __init__(self, begin: Callable[[], Iterator[EntryLine]]) -> None:
        self._begin = begin

    def __iter__(self) -> Iterator[EntryLine]:
        return self._begin()


def _numbered(lines: Iterable[EntryLine], number: int) -> Iterator[tuple[int, str, str, int, EntryLine]]:
    return ((*one.order, number, one) for one in lines)


def _keyed(lines: Lines, number: int) -> Iterator[tuple[int, str, str, int, Parts]]:
    """Yield the parts of the entries of a journal after their keys and its number."""
    for one in lines.in_blocks(("seq", "at", "unit", "action", "batch", "id")):
        if isinstance(one, LineBlock):
            for seq, at, unit, action, batch, id_ in one.rows:
                yield int(seq), at, id_, number, (batch, action, unit or None, True, "")
        else:
            yield *one.order, number, _parts(one)


def _parts(one: EntryLine) -> Parts:
    if one.fields is not None:
        batch, action, unit = one.fields.group("batch", "action", "unit")
        return batch, action, unit, True, ""
    entry = one.decoded()
    undoes = entry.undoes or "" if entry.action is Action.UNDO else ""
    return entry.batch, entry.action, entry.unit, entry.task is not None, undoes


class _Batches:
    """The batches of some journals: those with an entry of the unit, with one that is not, with an act of the office.

    `undoes` are the batches that the undos of a batch take back.
    """

    def __init__(self, unit: str | None) -> None:
        self.unit = unit
        self.own: set[str] = set()
        self.foreign: set[str] = set()
        self.acts: set[str] = set()
        self.undoes: dict[str, set[str]] = {}

    def add(self, parts: Parts) -> None:
        batch, action, _, _, undoes = parts
        if self.unit is not None:
            (self.own if self._is_own(*parts[1:]) else self.foreign).add(batch)
        if undoes:
            self.undoes.setdefault(batch, set()).add(undoes)
        elif action not in CLAIMS and action != Action.UNDO:
            self.acts.add(batch)

    def update(self, more: _Batches) -> None:
        """Add the batches of other journals."""
        self.own |= more.own
        self.foreign |= more.foreign
        self.acts |= more.acts
        for batch, undoes in more.undoes.items():
            self.undoes.setdefault(batch, set()).update(undoes)

    def _is_own(self, action: str, unit: str | None, has_task: bool, undoes: str) -> bool:
        """True if an entry by itself is the unit's: a claim or note about one of its assignments, or an undo of a batch."""
        if action == Action.UNDO:
            return not has_task and unit is None and bool(undoes)
        return action in CLAIMS and unit == self.unit and has_task

    def may_take(self, parts: Parts, theirs: _Batches) -> bool:
        """True if the unit may record an entry of other journals: it and its batch here are the unit's own, and so is
        all that their undos reach."""
        batch, action, unit, has_task, undoes = parts
        if batch in self.foreign or not self._is_own(action, unit, has_task, undoes):
            return False
        return all(
            (name in self.own or name in theirs.own) and name not in self.foreign and name not in theirs.foreign
            for name in self._reached([*self.undoes.get(batch, ()), *([undoes] if undoes else [])], theirs)
        )

    def is_act(self, parts: Parts, theirs: _Batches) -> bool:
        """True if an entry of other journals is an act of the office, or an undo that reaches one."""
        _, action, _, _, undoes = parts
        if action != Action.UNDO:
            return action not in CLAIMS
        return any(name in self.acts or name in theirs.acts for name in self._reached([undoes], theirs))

    def _reached(self, names: Sequence[str], theirs: _Batches) -> list[str]:
        """Return the batches, and those that their undos take back or, through undos of undos, bring back."""
        reached = list(dict.fromkeys(names))
        seen = set(reached)
        for name in reached:  # grows by the batches that these undo
            undone = {*chain(self.undoes.get(name, ()), theirs.undoes.get(name, ()))} - seen
            seen |= undone
            reached += undone
        return reached
