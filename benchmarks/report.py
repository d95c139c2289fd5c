"""How long bulletins and exports over 1,700 units and 37 tasks take: python benchmarks/report.py [--units N] [--tasks N]

Every unit owes every task; a third of the 62,900 assignments carry an entry of their own. Prints one line a
document with the seconds and the peak memory of the whole process and the size of the file, and fails where one
takes more of either than its limit. docs/PERFORMANCE-DOCUMENTS.md keeps what it printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gkcheck.journal.file_store import FileJournal
from gkcheck.model import Action, Draft

LIMITS = {
    "report.html": (3.0, 400),
    "report.docx": (5.0, 400),
    "report.md": (5.0, 400),
    "export.xlsx": (8.0, 200),
    "export.html": (8.0, 400),
}
"""The seconds and the MiB that a document may take, by command and suffix."""


def make(folder: Path, units: int, tasks: int) -> tuple[Path, Path]:
    """A plan of ten groups and a journal of one entry in three assignments."""
    groups = [f"第{i}类单位" for i in range(10)]
    lines = ["format: 1", "id: bench", "title: 测量用责任分工表", "groups:"]
    lines += [f"  - {{name: {name}, ranked: true}}" for name in groups]
    lines += ["units:", *(f"  - {{name: 单位{i:04}, groups: [{groups[i % 10]}]}}" for i in range(units)), "sections:"]
    for i in range(tasks):
        if i % 8 == 0:
            lines += [f"  - number: '{i // 8 + 1}'", f"    title: 第{i // 8 + 1}部分", "    tasks:"]
        deadline = ", deadline: {date: 2019-12-31}" if i % 5 == 0 else ""
        lines.append(
            f"      - {{id: {i + 1}, number: '{i + 1}', text: 第{i + 1}项要求，内容不短也不长，正好占去一行多一点的地方。, "
            f"responsible: [{', '.join(groups)}]{deadline}}}"
        )
    plan = folder / "plan.yaml"
    plan.write_text("\n".join(lines) + "\n", "utf-8")
    actions = [Action.START, Action.DONE, Action.BLOCK, Action.SKIP, Action.DONE, Action.CONFIRM]
    drafts = [
        Draft(actions[(task + unit) % 6], task=task + 1, unit=f"单位{unit:04}", note=f"进展{task}")
        for task in range(tasks)
        for unit in range(task % 3, units, 3)
    ]
    store = folder / "bench.jsonl"
    FileJournal(store, "bench").record(lambda _: drafts, by="测量", at="2019-11-30T09:00:00+08:00")
    return plan, store


def main() -> None:
    """Measure each format once, on the cores that there are."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--units", type=int, default=1700)
    options.add_argument("--tasks", type=int, default=37)
    chosen = options.parse_args()
    missed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan, store = make(folder, chosen.units, chosen.tasks)
        print(f"{chosen.units} units x {chosen.tasks} tasks, {os.cpu_count()} cores")
        for document, (limit, most_memory) in LIMITS.items():
            file = folder / document
            command = [
                sys.executable,
                "-m",
                "gkcheck",
                file.stem,
                str(file),
                "--plan",
                str(plan),
                "--store",
                str(store),
            ]
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            _, status, used = os.wait4(process.pid, 0)
            seconds, memory = time.perf_counter() - start, used.ru_maxrss / 1024
            size = file.stat().st_size / 1e6
            print(f"{document:12} {seconds:6.2f} s  {memory:6.0f} MiB  {size:6.2f} MB", flush=True)
            if status or seconds > limit or memory > most_memory:
                missed.append(document)
    if missed:
        sys.exit(f"failed or beyond its limit: {', '.join(missed)}")


if __name__ == "__main__":
    main()
