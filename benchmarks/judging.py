"""What is to hold, and what of it does."""

from __future__ import annotations

from typing import NamedTuple

import commands as of
from measuring import Figure, ratio
from results import Results, Section

BUILT_IN, TEN_THOUSAND, HUNDRED_THOUSAND, MILLION = "37", "10000", "100000", "1000000"
DOCUMENTS, COMPACT, IDLE = "documents", "compact", "idle"
ON_PAPER = 21_000
"""Entries of the journal that documents are made of: one for every third assignment."""

OF_PASS = {
    of.TABLE: 3.5, of.DONE: 3.5,
    **dict.fromkeys((of.VERSION, *of.QUERIES, of.COMPLETION, of.FIRST), 6.0),
}  # fmt: skip
"""Multiples of an empty Python, for the built-in table of 37 tasks."""

OF_FLOOR = {
    of.COLD: 1.0, of.TABLE: 0.1, of.STATUS: 0.25, of.SHOW: 0.2, of.UNDO: 0.25,
    of.CHECK: 1.3, of.WHOLE: 1.2, of.MERGE: 2.5, of.COLLECT: 0.3,
}  # fmt: skip
"""Multiples of the floor, for a million entries."""

ON_THE_WALL = frozenset({of.COLD})
"""What a person waits for while two cores work: its time on the wall is judged, in the full run on a quiet machine."""

DONE_OF_TEN = 1.2
"""What `done` may cost at any number of entries, as a multiple of what it costs at 10."""

PEAK, COMPACT_PEAK = 250.0, 100.0
"""MB at the peak of each command of OF_FLOOR; 100,000 entries as objects would take 140."""

OF_FLOOR_OF_DOCUMENTS = dict(zip(of.DOCUMENTS, (38.0, 64.0, 64.0, 103.0, 103.0), strict=True)) | {of.FORMS: 770.0}
"""Multiples of the floor over ON_PAPER entries, for 1,700 units; where it takes 78 ms, they are 3, 5, 5, 8, 8, 60 s."""

PEAK_OF_DOCUMENTS = dict.fromkeys((*of.DOCUMENTS, of.FORMS), 420.0) | {of.DOCUMENTS[3]: 200.0}
"""MB at the peak of each document."""

SLACK = 1.5
"""The compact form lets a ratio leave its bound by half: it runs on busy machines."""


class Claim(NamedTuple):
    """Something that is to hold: the measured value, None where there is none, and its bound."""

    group: str
    what: str
    value: float | None
    bound: float
    unit: str = "×"

    @property
    def holds(self) -> bool | None:
        """None where nothing was measured."""
        return None if self.value is None else self.value <= self.bound


def claims(results: Results) -> list[Claim]:
    """All that is to hold of a full run."""
    million, documents = results.section(MILLION), results.section(DOCUMENTS)
    group, on_paper = "1,000,000 entries, as multiples of the floor", "Documents of 1,700 units"
    return [
        *_of_floor(group, million),
        *_peaks("1,000,000 entries, memory at the peak", million, dict.fromkeys(OF_FLOOR, PEAK)),
        *_of_pass(results),
        *_beside_peers("100,000 tasks or entries, beside other programs", results.section(HUNDRED_THOUSAND)),
        *(
            Claim(on_paper, f"{name} / {of.FLOOR}", _share(documents, name), bound)
            for name, bound in OF_FLOOR_OF_DOCUMENTS.items()
        ),
        *_peaks(on_paper, documents, PEAK_OF_DOCUMENTS),
    ]


def compact_claims(results: Results) -> list[Claim]:
    """The same for a tenth of it, 170 units and 100,000 entries, where each command is less what it costs idle.

    Of a million entries the start of a program is a hundredth, of these a tenth; so what the same command takes where
    there is next to nothing to read is subtracted. A document of a tenth of the units may take a tenth of its bound,
    and read its entries as `check` does.
    """
    section, idle = results.section(COMPACT), results.section(IDLE)
    group = "170 units, 100,000 entries, as multiples of the floor, start-up subtracted"
    tenth = ON_PAPER / 100_000 / 10
    of_documents = {name: OF_FLOOR[of.CHECK] + OF_FLOOR_OF_DOCUMENTS[name] * tenth for name in of.DOCUMENTS}
    timed = [
        *_of_floor(group, section, idle),
        *(Claim(group, name, _share(section, name, idle), bound) for name, bound in of_documents.items()),
        *_of_pass(results),
    ]
    peaks = _peaks("170 units, 100,000 entries, memory at the peak", section, dict.fromkeys(OF_FLOOR, COMPACT_PEAK))
    return [claim._replace(bound=claim.bound * SLACK) for claim in timed] + peaks


def _of_floor(group: str, section: Section, idle: Section | None = None) -> list[Claim]:
    found = [Claim(group, name, _share(section, name, idle), bound) for name, bound in OF_FLOOR.items()]
    beside = ratio(section.median(of.DONE), section.median(of.TEN))
    return [*found, Claim(group, f"{of.DONE} / the same at 10 entries", beside, DONE_OF_TEN)]


def _share(section: Section, name: str, idle: Section | None = None) -> float | None:
    """The processor time of a command, less what it takes idle, as a multiple of the floor's; see ON_THE_WALL."""
    what = "wall" if name in ON_THE_WALL and idle is None else "cpu"
    cost, start = section.median(name, what), idle.median(name, what) if idle else 0.0
    return None if cost is None or start is None else ratio(cost - start, section.median(of.FLOOR, what))


def _peaks(group: str, section: Section, bounds: dict[str, float]) -> list[Claim]:
    peaks = {name: section.median(name, "peak") for name in bounds}
    return [
        Claim(group, name, None if peak is None else peak / 1e6, bounds[name], "MB") for name, peak in peaks.items()
    ]


def _of_pass(results: Results) -> list[Claim]:
    section = results.section(BUILT_IN)
    group = f"The built-in table of 37 tasks, as multiples of {of.PASS}"
    floor = section.median(of.PASS)
    return [Claim(group, name, ratio(section.median(name), floor), bound) for name, bound in OF_PASS.items()]


def _beside_peers(group: str, section: Section) -> list[Claim]:
    """gkcheck beside each command of another program that does the same work; without an answer there is no claim."""
    found = []
    for figure in section.figures:
        ours = section.figure(of.WORKS[figure.work]) if figure.peer and figure.work else None
        if ours:
            found.append(Claim(group, f"{ours.name} / {figure.title}", _slower(ours, figure), 1.0))
    return found


def _slower(ours: Figure, other: Figure) -> float | None:
    """The larger of two ratios, of processor time and of time on the wall."""
    ratios = [ratio(ours.median(what), other.median(what)) for what in ("cpu", "wall")]
    return None if None in ratios else max(one for one in ratios if one is not None)
