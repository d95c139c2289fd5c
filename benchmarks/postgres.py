"""Where a file ends and a server begins: the cost of commands by entries, and of writing by writers, in both stores.

    python benchmarks/postgres.py [--sizes 1000,10000,100000,1000000] [--writers 1,2,4,8,16,32,64] [--json FILE] [-o PAGE]

Starts a PostgreSQL of its own (as the tests do, with fsync on). Entries: one journal of 1,700 units in a file and in a
database, which COPY fills through the same triggers that every entry passes; whole processes are timed, as an account of
a unit that row-level security binds. Writers: so many processes record one entry after the other into one journal.
Exit code 1 where `tasks --unit` or `done` at the largest size leave their bounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from benchmarks.generate import make_journal, make_plan
from benchmarks.province import SETTINGS, Answers, Children, answered, quantiles
from benchmarks.scale_page import conditions, milliseconds, parsed, put, save, table
from tests.server import OWNER, Server

from gkcheck.cli.context import Context
from gkcheck.cli.recording import record_request
from gkcheck.errors import GkcheckError
from gkcheck.journal.postgres import schema
from gkcheck.journal.stores import open_journal
from gkcheck.model import Action, Plan
from gkcheck.operations.record import Request
from gkcheck.plan.reader import read_plan

UNIT, ROLE = "市教育局", "benchmark_unit"
TASKS_LIMIT = 2.5
DONE_RATIO = 1.5
UNITS, TASKS = 1700, 37
PAUSE = 0.1
"""Seconds that a writer lets pass after each entry: as long as the next process takes to start."""

NUMBERS = count(1)


def timed(plan: Path, store: str, *words: str) -> float:
    """The seconds that a command takes in a process of its own."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "gkcheck", *words, "--store", store, "--plan", str(plan)],
        capture_output=True, text=True, check=False, timeout=300, env=os.environ | {"GKCHECK_BY": "测试"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - started


def commands() -> dict[str, tuple[str, ...]]:
    """What is timed; each `done` says something new, so that it is recorded."""
    return {
        "done": ("done", "23", "--unit", UNIT, "--note", f"第 {next(NUMBERS)} 次"),
        "tasks --unit": ("tasks", "--unit", UNIT),
        "status": ("status",),
    }


def by_entries(folder: Path, plan: Path, server: Server, database: str, sizes: Sequence[int], times: int) -> Any:
    """The median seconds of each command at each size: in a file, after its first reading, and at the server."""
    whole = make_journal(folder / "whole.jsonl", UNITS, TASKS, max(sizes), 2019)
    with whole.open("rb") as lines:
        header, at = next(lines), 0
        file = folder / "journal.jsonl"
        file.write_bytes(header)
        found = {}
        for size in sizes:
            added = list(islice(lines, size - at))
            with file.open("ab") as out:
                out.writelines(added)
            filled = fill(server.url(OWNER, database), [line[:-1].decode() for line in added])
            at = size
            copy = folder / f"journal-{size}.jsonl"  # timed entries go there
            copy.write_bytes(file.read_bytes())
            stores = {"file": str(copy), "server": server.url(ROLE, database)}
            first = timed(plan, stores["file"], *commands()["tasks --unit"])
            runs: dict[str, dict[str, list[float]]] = {store: {name: [] for name in commands()} for store in stores}
            for _ in range(times):
                for name in commands():
                    for store, address in stores.items():
                        runs[store][name].append(timed(plan, address, *commands()[name]))
            copy.unlink()
            found[size] = {
                "first": first,
                "fill": filled,
                **{store: {name: statistics.median(of) for name, of in each.items()} for store, each in runs.items()},
            }
            print(size, json.dumps(found[size]), flush=True)
    return found


def fill(url: str, lines: Sequence[str]) -> float:
    """Copy lines into the database, and number on after what was recorded while timing; the seconds."""
    started = time.perf_counter()
    copying = "COPY gkcheck.entries (plan, payload) FROM STDIN"
    with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(copying) as copy:
        for line in lines:
            copy.write_row(("province", line))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE gkcheck.entries")
    return time.perf_counter() - started


def by_writers(folder: Path, plan: Path, server: Server, counts: Sequence[int], seconds: float) -> Any:
    """The quantiles of one `done` and how many were recorded in a second, for so many writers at once in each store."""
    model, _ = read_plan(plan.read_text("utf-8"), str(plan))
    assert model
    found: dict[int, Any] = {}
    for writers in counts:
        found[writers] = {}
        for kind in ("file", "server"):
            with server.database() as database:
                store = str(folder / f"{writers}.jsonl") if kind == "file" else server.url(OWNER, database)
                found[writers][kind] = written(folder, plan, model, store, f"{kind}-{writers}", writers, seconds)
        print(writers, json.dumps(found[writers]), flush=True)
    return found


def written(folder: Path, plan: Path, model: Plan, store: str, name: str, writers: int, seconds: float) -> Any:
    """Let so many processes record for some seconds, each for a unit of its own."""
    start = time.monotonic() + 1 + writers / 32
    children = Children()
    works = [partial(write, folder, plan, model, store, name, number, start, seconds) for number in range(writers)]
    try:
        for work in works:
            children.start(work)
        codes = [children.wait(work) for work in works]
    finally:
        children.end_all()
    assert codes == [0] * writers
    lines = list(answered(folder, name))
    done = [line for line in lines if line["what"] == "done"]
    took = max(line["at"] for line in done) - start
    kept = open_journal(store, model.id).read()
    assert len(kept.entries) == len(done), "an entry is lost or doubled"
    assert [entry.seq for entry in kept.entries] == list(range(1, len(done) + 1))
    refused = len(lines) - len(done)
    return {"per second": len(done) / took, "refused": refused, **quantiles([line["seconds"] for line in done])}


def write(
    folder: Path, plan: Path, model: Plan, store: str, name: str, number: int, start: float, seconds: float
) -> None:
    """One writer's process: `done` again and again, each with other words, and each over a connection of its own."""
    answers = Answers(folder, name)
    unit = model.units[number].name
    time.sleep(max(0.0, start - time.monotonic()))
    while time.monotonic() < start + seconds:
        context = Context({"plan": str(plan), "store": store})
        context.plan, context.journal = model, open_journal(store, model.id)
        request = Request(Action.DONE, model.tasks()[:1], frozenset([unit]), note=f"{time.monotonic_ns()}")
        started = time.monotonic()
        try:
            record_request(context, request, unit, False)
        except GkcheckError as error:
            answers.add("error", started, message=str(error))
        else:
            answers.add("done", started)
        time.sleep(PAUSE)


def entries_table(found: dict[str, Any]) -> str:
    """The crossing of entries, in Chinese."""
    heads = [
        "记录",
        "文件：第一次读",
        *(f"文件：`{name}`" for name in commands()),
        *(f"数据库：`{name}`" for name in commands()),
    ]
    rows = [
        [f"{int(size):,} 条", milliseconds(one["first"])]
        + [milliseconds(one[store][name]) for store in ("file", "server") for name in commands()]
        for size, one in found.items()
    ]
    return table(heads, rows)


def writers_table(found: dict[str, Any]) -> str:
    """The crossing of writers, in Chinese."""
    shown: list[tuple[str, Callable[[Any], str]]] = [
        ("每秒", lambda one: f"{one['per second']:.0f} 条"),
        ("p50", lambda one: milliseconds(one["p50"])),
        ("p99", lambda one: milliseconds(one["p99"])),
        ("最久", lambda one: milliseconds(one["max"])),
        ("等不到", lambda one: f"{one['refused']}"),
    ]
    heads = ["同时写的进程", *(f"文件：{name}" for name, _ in shown), *(f"数据库：{name}" for name, _ in shown)]
    rows = [
        [f"{writers}", *(show(one[store]) for store in ("file", "server") for _, show in shown)]
        for writers, one in found.items()
    ]
    return table(heads, rows)


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Everything that is measured, and under which conditions; sizes and numbers of writers are keys."""
    sizes, writers = ([int(text) for text in given.split(",")] for given in (options.sizes, options.writers))
    load = os.getloadavg()[0]
    server = Server(**SETTINGS)
    try:
        with tempfile.TemporaryDirectory() as home, server.database() as database:
            os.environ["HOME"] = os.environ["XDG_CACHE_HOME"] = home
            folder = Path(home)
            plan = make_plan(folder, UNITS, TASKS)
            schema.grant(server.url(OWNER, database), "province", ROLE, schema.RoleKind.UNIT, UNIT)
            return {
                "conditions": conditions("python benchmarks/postgres.py -o docs/SCALE.md", server, load),
                "writers": by_writers(folder, plan, server, writers, options.seconds),
                "entries": by_entries(folder, plan, server, database, sizes, options.times),
            }
    finally:
        server.remove()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--writers", default="1,2,4,8,16,32,64")
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=5.0, help="for which the writers write")
    options = parsed(parser)
    found = options.given or measured(options)
    save(found, options)
    if options.output:
        for name, drawn in (("writers", writers_table), ("entries", entries_table)):
            put(options.output, name, f"{found['conditions']}\n{drawn(found[name])}")
    at_server = [one["server"] for one in found["entries"].values()]
    few, most = at_server[0], at_server[-1]
    ratio = most["done"] / few["done"]
    print(f"tasks --unit {most['tasks --unit']:.2f} s (limit {TASKS_LIMIT}); done {ratio:.2f} × (limit {DONE_RATIO})")
    return int(most["tasks --unit"] > TASKS_LIMIT or ratio > DONE_RATIO)


if __name__ == "__main__":
    sys.exit(main())
