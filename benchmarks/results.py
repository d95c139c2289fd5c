"""What was measured, kept as JSON so that page and plot can be drawn again without measuring."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from measuring import Figure, Run


@dataclass
class Section:
    """What was measured in turn at one size: `tasks` is how many the other programs hold there."""

    key: str
    title: str
    tasks: int
    figures: list[Figure] = field(default_factory=list)

    def figure(self, name: str) -> Figure | None:
        """gkcheck's own figure of that name."""
        return next((figure for figure in self.figures if figure.name == name and not figure.peer), None)

    def median(self, name: str, what: str = "cpu") -> float | None:
        """A median of gkcheck's own; None where it was not measured."""
        figure = self.figure(name)
        return figure.median(what) if figure else None


@dataclass
class Results:
    """All sections of one run, by their keys, and what they were measured on and with."""

    about: dict[str, Any]
    sections: dict[str, Section]

    def section(self, key: str) -> Section:
        """The section of that key, an empty one where it was not measured."""
        return self.sections.get(key, Section(key, key, 0))


def results_of(about: dict[str, Any], sections: Sequence[Section]) -> Results:
    """Results with their sections in order."""
    return Results(about, {section.key: section for section in sections})


def to_json(results: Results) -> str:
    """One figure a line."""
    lines = []
    for section in results.sections.values():
        figures = ",\n".join("  " + json.dumps(_rounded(asdict(one)), ensure_ascii=False) for one in section.figures)
        head = json.dumps({"key": section.key, "title": section.title, "tasks": section.tasks}, ensure_ascii=False)
        lines.append(f'{head[:-1]}, "figures": [\n{figures}\n]}}')
    about = json.dumps(results.about, ensure_ascii=False, indent=1)
    return f'{{"about": {about},\n"sections": [\n' + ",\n".join(lines) + "\n]}\n"


def _rounded(figure: dict[str, Any]) -> dict[str, Any]:
    runs = [[round(wall, 4), round(cpu, 4), peak] for wall, cpu, peak in figure.pop("runs")]
    return {name: value for name, value in figure.items() if value} | {"runs": runs}


def from_json(path: Path) -> Results:
    """Read what `to_json` wrote."""
    data = json.loads(path.read_text("utf-8"))
    sections = []
    for section in data["sections"]:
        figures = [Figure(**(one | {"runs": [Run(*run) for run in one["runs"]]})) for one in section["figures"]]
        sections.append(Section(section["key"], section["title"], section["tasks"], figures))
    return results_of(data["about"], sections)
