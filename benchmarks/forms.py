"""Forms for 1,700 units of 37 tasks each, out and back in. Exits with 1 where writing them takes 60 s or more.

python benchmarks/forms.py [--units 1700] [--tasks 37] [--entries 20000] [--collect 200]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import generate

LIMIT = 60.0


def timed(*arguments: object) -> float:
    """Seconds that one command line takes, start-up included."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "gkcheck", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def fill(path: Path) -> None:
    """Claim something in every third row."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book["填报表"]
    for row in range(5, sheet.max_row + 1, 3):
        sheet.cell(row, 7).value = "已完成"
        sheet.cell(row, 9).value = "已在门户网站公布"
    book.save(path)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("--units", 1700), ("--tasks", 37), ("--entries", 20_000), ("--collect", 200)):
        parser.add_argument(name, type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        plan = generate.make_plan(place, asked.units, asked.tasks)
        store = generate.make_journal(place / "journal.jsonl", asked.units, asked.tasks, asked.entries, 2019)
        os.environ.update(HOME=temporary, GKCHECK_PLAN=str(plan), GKCHECK_STORE=str(store))
        out = timed("form", "-o", place / "forms")
        paths = sorted((place / "forms").iterdir())
        size = sum(path.stat().st_size for path in paths) / len(paths) / 1024
        print(f"form: {len(paths)} workbooks of {asked.tasks} rows in {out:.1f} s, {size:.1f} KB each")
        chosen = paths[: asked.collect]
        for path in chosen:
            fill(path)
        back = timed("collect", "--force", *chosen)
        print(f"collect: {len(chosen)} filled in, in {back:.1f} s")
        print(f"collect again: {timed('collect', *chosen):.1f} s")
    return 0 if out < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
