"""Make a plan of many units and a journal of many entries, the same for the same seed.

python benchmarks/generate.py DIRECTORY --units 1700 --entries 100000 [--tasks 37] [--seed 2019]
"""

from __future__ import annotations

import argparse
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

from gkcheck.journal import record_format
from gkcheck.ledger.assignments import fingerprint
from gkcheck.model import Action, Draft, Evidence, Task

PLAN = "province"
CHINA = timezone(timedelta(hours=8))
ACTIONS = [Action.START] * 4 + [Action.DONE] * 4 + [Action.NOTE] * 2 + [Action.REOPEN, Action.BLOCK, Action.CONFIRM]


def unit_name(number: int) -> str:
    """The name of unit `number`, from 0; 市教育局 among them."""
    return "市教育局" if number == 23 else f"第{number:04d}号单位"


def requirement(number: int) -> str:
    """The text of task `number`, from 1."""
    return f"第{number}项：及时公开有关信息，做好解读回应，按要求在政府网站更新栏目内容，并向社会公布进展情况。"


def make_plan(directory: Path, units: int, tasks: int) -> Path:
    """Write a plan in which every unit owes every task through one class; returns its path."""
    path = directory / f"plan-{units}-{tasks}.yaml"
    rows = [f"  - {{name: {unit_name(i)}, groups: [各单位]}}\n" for i in range(units)]
    required = [
        f"      - {{id: {i}, number: '{i}', text: {requirement(i)}, responsible: [各单位]}}\n"
        for i in range(1, tasks + 1)
    ]
    head = f"format: 1\nid: {PLAN}\ntitle: 全省责任分工表\ngroups:\n  - {{name: 各单位, ranked: true}}\nunits:\n"
    body = "sections:\n  - number: 一\n    title: 主动公开\n    tasks:\n"
    path.write_text(head + "".join(rows) + body + "".join(required), "utf-8")
    return path


def make_journal(path: Path, units: int, tasks: int, entries: int, seed: int) -> Path:
    """Write a journal of `entries` entries over a year; returns its path."""
    chance = random.Random(seed)
    of = {i: fingerprint(Task(i, str(i), requirement(i), responsible=("各单位",))) for i in range(1, tasks + 1)}
    start = datetime(2019, 1, 1, 9, tzinfo=CHINA)
    with path.open("wb") as out:
        out.write(record_format.header(PLAN))
        for seq in range(1, entries + 1):
            task, unit, action = chance.randint(1, tasks), chance.randrange(units), chance.choice(ACTIONS)
            note = "已在门户网站公布" if action is Action.NOTE or seq % 5 == 0 else None
            proof = (
                (Evidence("url", f"https://example.gov.cn/{seq}"),) if action is Action.DONE and seq % 7 == 0 else ()
            )
            draft = Draft(action, task=task, unit=unit_name(unit), of=of[task], note=note, evidence=proof)
            at = (start + timedelta(seconds=seq * 31_000_000 / entries)).isoformat(timespec="microseconds")
            out.write(record_format.encode(draft, seq=seq, at=at, by="填报人", batch=f"{seq:012x}"))
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--units", type=int, default=1700)
    parser.add_argument("--tasks", type=int, default=37)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2019)
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    print(make_plan(options.directory, options.units, options.tasks))
    target = options.directory / f"journal-{options.entries}.jsonl"
    print(make_journal(target, options.units, options.tasks, options.entries, options.seed))


if __name__ == "__main__":
    main()
