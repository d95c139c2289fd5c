"""Cost against size as SVG: one panel for each work, one line for each program, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from results import Results

WORKS = {"list": "list the tasks of one unit", "done": "mark one done", "summary": "sum up all"}
PROGRAMS = ("gkcheck", "Taskwarrior", "topydo", "td-cli")
SIZES = (37, 10_000, 100_000, 1_000_000)

WIDTH, HEIGHT = 800, 348
LEFT, TOP, PANEL, GAP, TALL = 64, 84, 214, 36, 208
STYLE = """
  svg { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif }
  .paper { fill: #ffffff } text { fill: #24292f } .faint { fill: #57606a } .grid { stroke: #d8dee4 }
  .line { fill: none; stroke-width: 2 }
  .p0 { stroke: #0550ae; fill: #0550ae } .p1 { stroke: #bc4c00; fill: #bc4c00 }
  .p2 { stroke: #1a7f37; fill: #1a7f37 } .p3 { stroke: #8250df; fill: #8250df }
  path.line { fill: none } path.p0.line { stroke-width: 3 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } text { fill: #e6edf3 } .faint { fill: #9198a1 } .grid { stroke: #30363d }
    .p0 { stroke: #58a6ff; fill: #58a6ff } .p1 { stroke: #f0883e; fill: #f0883e }
    .p2 { stroke: #56d364; fill: #56d364 } .p3 { stroke: #d2a8ff; fill: #d2a8ff }
    path.line { fill: none }
  }
"""


class Axes(NamedTuple):
    """Where a panel begins, and the powers of ten of a second at its bottom and top."""

    left: float
    low: int
    high: int

    def x(self, size: float) -> float:
        """Across, from the smallest size to the largest."""
        return self.left + PANEL * math.log(size / SIZES[0]) / math.log(SIZES[-1] / SIZES[0])

    def y(self, seconds: float) -> float:
        """Up, from the lowest power of ten to the highest."""
        return TOP + TALL * (self.high - math.log10(seconds)) / (self.high - self.low)


def points(results: Results) -> dict[tuple[str, str], dict[int, float]]:
    """Medians of processor time in seconds, by work and program, then by size."""
    found: dict[tuple[str, str], dict[int, float]] = {}
    for section in results.sections.values():
        for figure in section.figures:
            seconds = figure.median("cpu")
            if figure.work in WORKS and section.tasks in SIZES and seconds:
                line = found.setdefault((figure.work, figure.peer or PROGRAMS[0]), {})
                line[section.tasks] = seconds
    return found


def plot(results: Results) -> str:
    """The whole picture."""
    found = points(results)
    seconds = [one for line in found.values() for one in line.values()] or [1.0]
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Processor time against the number of tasks or entries</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        *_legend({program for _, program in found}),
    ]
    for number, (work, title) in enumerate(WORKS.items()):
        axes = Axes(LEFT + number * (PANEL + GAP), low, max(high, low + 1))
        parts += _frame(axes, title, labelled=number == 0)
        for place, program in reversed([*enumerate(PROGRAMS)]):  # gkcheck on top
            parts += _line(axes, place, found.get((work, program), {}))
    middle = LEFT + (3 * PANEL + 2 * GAP) / 2
    parts.append(f'<text class="faint" x="{middle:g}" y="{HEIGHT - 12}" text-anchor="middle">tasks or entries</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend(programs: set[str]) -> Iterator[str]:
    x = LEFT
    yield f'<text class="faint" x="{LEFT}" y="22">Processor time of one command, both axes logarithmic</text>'
    for place, program in enumerate(PROGRAMS):
        if program in programs:
            yield _mark(place, x + 6, 42)
            yield f'<text x="{x + 18}" y="46.5">{program}</text>'
            x += 46 + 8 * len(program)


def _frame(axes: Axes, title: str, labelled: bool) -> Iterator[str]:
    right = axes.left + PANEL
    yield f'<text x="{axes.left:g}" y="{TOP - 8}" font-weight="600">{title}</text>'
    for power in range(axes.low, axes.high + 1):
        y = axes.y(10.0**power)
        yield f'<line class="grid" x1="{axes.left:g}" y1="{y:.1f}" x2="{right:g}" y2="{y:.1f}"/>'
        if labelled:
            yield f'<text class="faint" x="{LEFT - 8}" y="{y + 4.5:.1f}" text-anchor="end">{_time(power)}</text>'
    for size, name in zip(SIZES, ("37", "10k", "100k", "1M"), strict=True):
        x = axes.x(size)
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + TALL}"/>'
        yield f'<text class="faint" x="{x:.1f}" y="{TOP + TALL + 18}" text-anchor="middle">{name}</text>'


def _time(power: int) -> str:
    return f"{10**power:g} s" if power >= 0 else f"{10 ** (power + 3):g} ms"


def _line(axes: Axes, place: int, line: dict[int, float]) -> Iterator[str]:
    places = [(axes.x(size), axes.y(seconds)) for size, seconds in sorted(line.items())]
    if places:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<path class="line p{place}" d="M {path}"/>'
    for x, y in places:
        yield _mark(place, x, y)


def _mark(place: int, x: float, y: float) -> str:
    """A disc, a square, a triangle or a diamond: lines are told apart without their colours, too."""
    if place == 0:
        return f'<circle class="p0" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    corners = [
        ((-4, -4), (4, -4), (4, 4), (-4, 4)),
        ((0, -5), (5, 4), (-5, 4)),
        ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)),
    ][place - 1]
    path = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return f'<polygon class="p{place}" points="{path}"/>'
