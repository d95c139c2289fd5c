"""How long `tasks --unit U` and `done` take against a server that holds a million entries.

    python benchmarks/postgres.py [--entries 1000000] [--seed 8]

Starts a PostgreSQL of its own (as the tests do), fills one database by COPY through the same triggers that
every entry passes, leaves another empty, and times the commands in processes of their own, as the owner of
the tables and as an account that row-level security binds. Prints the medians; exit code 1 where a bound
of the issue does not hold.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from tests.server import OWNER, Server

from gkcheck.cli.context import built_in_plan
from gkcheck.journal import record_format
from gkcheck.journal.postgres import schema
from gkcheck.ledger.assignments import assignments_of_task, fingerprint, members_of
from gkcheck.model import Action, Draft, Evidence, Plan
from gkcheck.plan.reader import read_plan

UNIT = "市教育局"
TASKS_LIMIT = 2.5
DONE_RATIO = 1.5


def entries(plan: Plan, count: int, seed: int) -> Iterator[bytes]:
    """Lines of a busy year: reports, reviews, notes, some evidence, and one batch in a hundred taken back."""
    chance = random.Random(seed)
    members = members_of(plan)
    cells = [(task.id, unit.unit) for task in plan.tasks() for unit in assignments_of_task(task, members)]
    marks = {task.id: fingerprint(task) for task in plan.tasks()}
    acts = [Action.START, Action.DONE, Action.NOTE, Action.CONFIRM, Action.RETURN, Action.REOPEN, Action.DEADLINE]
    start = datetime(2019, 10, 26, 8, tzinfo=timezone(timedelta(hours=8)))
    batch = ""
    for seq in range(1, count + 1):
        at = (start + timedelta(seconds=20 * seq)).isoformat(timespec="microseconds")
        if seq % 100 == 0:
            draft = Draft(Action.UNDO, undoes=batch)
        else:
            task, unit = chance.choice(cells)
            action = chance.choices(acts, [30, 30, 15, 12, 5, 5, 3])[0]
            draft = Draft(
                action, task, None if chance.random() < 0.002 else unit, marks[task],
                note=f"第 {seq} 条说明" if action is Action.NOTE or chance.random() < 0.2 else None,
                evidence=(Evidence("url", f"https://example.gov.cn/{seq}"),) if chance.random() < 0.02 else (),
                due="2019-12-31" if action is Action.DEADLINE else None,
            )  # fmt: skip
        batch = f"{chance.getrandbits(48):012x}"
        yield record_format.encode(draft, seq=seq, at=at, by="测试", batch=batch)[:-1]


def fill(url: str, plan: Plan, count: int, seed: int) -> None:
    copying = "COPY gkcheck.entries (plan, payload) FROM STDIN"
    with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(copying) as copy:
        for line in entries(plan, count, seed):
            copy.write_row((plan.id, line.decode()))


def once(url: str, *arguments: str) -> float:
    """The seconds that a command takes in a process of its own."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "gkcheck", *arguments, "--store", url],
        capture_output=True, text=True, check=False, env=os.environ | {"GKCHECK_BY": "测试"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - started


def measured(times: int, urls: tuple[str, ...], *arguments: str) -> list[float]:
    """The median seconds of a command against each server, taken in turns so that a busy machine hits all alike."""
    rounds = [[once(url, *arguments) for url in urls] for _ in range(times)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--times", type=int, default=9)
    given = parser.parse_args()
    path = built_in_plan()
    plan, _ = read_plan(path.read_text("utf-8"), str(path))
    assert plan is not None
    server = Server()
    try:
        with server.database() as full, server.database() as empty:
            started = time.perf_counter()
            fill(server.url(OWNER, full), plan, given.entries, given.seed)
            print(f"filled with {given.entries} entries in {time.perf_counter() - started:.0f} s")
            sound = True
            for who, kind in ((OWNER, None), ("benchmark_unit", schema.RoleKind.UNIT)):
                for database in (full, empty):
                    if kind:
                        schema.grant(server.url(OWNER, database), plan.id, who, kind, UNIT)
                addresses = (server.url(who, empty), server.url(who, full))
                _, asked = measured(given.times, addresses, "tasks", "--unit", UNIT)
                done = measured(given.times, addresses, "done", "23", "--unit", UNIT, "--note", "已公布")
                ratio = done[1] / done[0]
                print(f"{who}: tasks --unit {asked:.2f} s (limit {TASKS_LIMIT}); "
                      f"done {done[1]:.2f} s, empty {done[0]:.2f} s, ratio {ratio:.2f} (limit {DONE_RATIO})")  # fmt: skip
                sound = sound and asked <= TASKS_LIMIT and ratio <= DONE_RATIO
    finally:
        server.remove()
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
