"""The page docs/PERFORMANCE.md: what is to hold, the plot, a table for each size."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import commands as of
from judging import Claim, claims
from measuring import Figure, ratio
from results import Results, Section

HOW = """\
- Each figure is of whole processes, started by a helper as small as an empty Python, below which no peak can be told. All \
commands of a section take turns after one run that warms up; the column “runs” says how many were counted: as many as \
the command above asks for (15 where it does not say), fewer of what takes long, and of what takes 12 s or more the \
first run counts, too.
- **Ratios are of medians of processor time** (user and system together): what else the machine does hardly changes them, \
and they do not flatter a program that uses two cores. Only the first reading, which two processes share, is judged by \
its time on the wall. Beside another program the larger of two ratios counts, of processor time and of time on the wall.
- The floor is benchmarks/floor.py, a bare loop in Python that reads the journal, hashes each line and decodes its JSON. \
It takes turns with the commands over that journal.
"""

FAIR = """\
## Beside other programs

{versions}

**The same**: of N tasks 37 carry one tag, as a unit has 37 tasks. Each program lists these 37, marks one of them done, \
takes a change of one task back, shows one, sums up all, and writes out all, as far as it has a command for that; none \
writes to a terminal. What is undone was made just before, unmeasured.

**Not the same**: gkcheck keeps N entries (who, when, what, hashed so that an altered byte is found) about 62,900 assignments \
of 1,700 units, or an empty journal at the 37 tasks of the built-in table; the others keep N tasks as they are now, \
Taskwarrior also what changed since they were filled in. `status` counts states and rates of 62,900 assignments; \
`task summary` counts 16 projects, `td list-groups` N / 37 groups, and `lsprj`, the nearest that topydo has, lists names. \
`log --format jsonl` writes out N entries, `task export` N tasks. All but topydo wait for the disk when they record.

**Settings**: topydo has by itself room for 16,796 tasks; with an `identifier_alphabet` of 31 characters, the best of its \
table, for 286,291, and so it is measured. A command that gives no answer in 120 s, or fails, is no figure and stands as \
such; nothing is claimed beside it.
"""


def page(results: Results, plot: str) -> str:
    """The whole page in Markdown; `plot` is the file name of the picture."""
    parts = [opening(results), _picture(plot), judged(claims(results)), _fair(results)]
    parts += [titled(section) for section in results.sections.values()]
    return "\n".join(parts)


def opening(results: Results) -> str:
    """What this is, and what it was measured on and how."""
    about = results.about
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    return (
        f"# Performance\n\nPrinted by `{about['command']}` on {about['date']}; nothing here was written by hand. "
        f"`--draw` prints it again from the [raw figures]({about['data']}).\n\n"
        f"- Machine: {about['machine']}, {about['processor']}, {about['cores']} cores; Python {about['python']}.\n"
        f"- gkcheck {about['install']}; {versions}.\n"
        f"{HOW}"
    )


def judged(rows: Sequence[Claim]) -> str:
    """What is to hold, one table for each group."""
    failing = [claim for claim in rows if claim.holds is False]
    missing = sum(claim.holds is None for claim in rows)
    verdict = f"{len(rows) - len(failing) - missing} of {len(rows)} hold"
    verdict += f", {len(failing)} do not" if failing else ""
    verdict += f", {missing} have no figure" if missing else ""
    lines = ["## What is to hold", "", f"{verdict}.", ""]
    for group, found in groupby(rows, lambda claim: claim.group):
        lines += [f"### {group}", "", "| | bound | measured | |", "| --- | ---: | ---: | --- |"]
        lines += [_row([claim.what, *_verdict(claim)]) for claim in found]
        lines.append("")
    return "\n".join(lines)


def _verdict(claim: Claim) -> list[str]:
    digits = 0 if claim.unit == "MB" else 2
    shown = "no figure" if claim.value is None else f"{claim.value:.{digits}f} {claim.unit}"
    said = {True: "holds", False: "**does not hold**", None: ""}[claim.holds]
    return [f"≤ {claim.bound:.3g} {claim.unit}", shown, said]


def _picture(plot: str) -> str:
    text = (
        "Processor time of list, done and summary at 37, 10,000, 100,000 and 1,000,000 tasks or entries, both axes "
        "logarithmic: gkcheck, Taskwarrior, topydo and td-cli. The figures stand in the tables below."
    )
    return f"## Cost against size\n\n![{text}]({plot})\n\nA line ends where its program gives no answer.\n"


def _fair(results: Results) -> str:
    found = results.about["peers"]
    versions = "Measured: " + (", ".join(f"{name} {version}" for name, version in found.items()) or "none") + "."
    return FAIR.format(versions=f"{versions} How to install them: [benchmarks/README.md](../benchmarks/README.md).")


def titled(section: Section) -> str:
    """The heading and the table of one section."""
    floors = [name for name in (of.PASS, of.FLOOR) if section.figure(name)]
    sized = any(figure.size for figure in section.figures if figure.name in (*of.DOCUMENTS, of.FORMS))
    heads = ["command", "runs", "CPU ms", "min–max", "wall ms", "peak MiB", *(f"× {name}" for name in floors)]
    heads += ["file MB"] if sized else []
    lines = [f"## {section.title}", "", _row(heads), _row(["---", *["---:"] * (len(heads) - 1)])]
    for figure in section.figures:
        cells = _cells(figure, [section.median(name) for name in floors])
        if sized:
            cells.append(f"{figure.size / 1e6:.2f}" if figure.name in of.DOCUMENTS else "")
        lines.append(_row([figure.title, *cells]))
    return "\n".join(lines) + "\n"


def _cells(figure: Figure, floors: Sequence[float | None]) -> list[str]:
    cpu, wall, peak = (figure.median(what) for what in ("cpu", "wall", "peak"))
    if cpu is None or wall is None or peak is None:
        return ["", figure.fault or "not measured", "", "", "", *("" for _ in floors)]
    costs = [run.cpu for run in figure.runs]
    spread = f"{_ms(min(costs))}–{_ms(max(costs))}"
    ratios = [ratio(cpu, floor) for floor in floors]
    shown = ["" if one is None else f"{one:.2f}" for one in ratios]
    return [str(len(costs)), _ms(cpu), spread, _ms(wall), f"{peak / 2**20:.0f}", *shown]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}" if seconds < 1 else f"{seconds * 1000:,.0f}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
