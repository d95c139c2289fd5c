"""A simulated province: every unit records at once at a real PostgreSQL, some are killed, and nothing may be lost.

    python benchmarks/province.py [--units 1700] [--processes 64] [--json FILE] [-o PAGE]

Starts a server of its own (as the tests do, but with fsync and autovacuum on). Each process is a county: an account with
the grants of its units, a thread for each of them, and a pool of connections (psycopg_pool) for all; some units have
accounts and connections of their own. Everybody records as `gkcheck done` does, and readers ask meanwhile. Three rounds:
spread over some time; all at once; all at once while writers and the server are killed. Exit code 1 where anything that
was answered is not in the journal exactly once, or a right did not hold.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.generate import make_plan
from benchmarks.scale_page import conditions, milliseconds, parsed, put, save, table
from psycopg_pool import ConnectionPool
from tests import processes
from tests.server import OWNER, Server

from gkcheck.cli.context import Context
from gkcheck.cli.recording import record_request
from gkcheck.errors import GkcheckError
from gkcheck.journal import STATUSES, Scope
from gkcheck.journal.postgres import schema
from gkcheck.journal.postgres.connection import settings_of
from gkcheck.journal.postgres.store import PostgresJournal
from gkcheck.ledger.queries import TaskFilter, select
from gkcheck.ledger.summary import summarise
from gkcheck.model import Action, Plan
from gkcheck.operations.record import Request
from gkcheck.plan.reader import read_plan

SETTINGS = {
    "fsync": "on",
    "autovacuum": "on",
    "max_connections": "400",
    "shared_buffers": "256MB",
    "max_wal_size": "1GB",
}
READER = "province_reader"
CONNECTIONS = 2
"""The most connections in the pool of a county."""

OWN = 2
"""The units of a county that have an account of their own."""

LIMIT = 300.0
"""Seconds that a round may take."""

STATUS_PAUSE, TASKS_PAUSE = 3.0, 0.5


@dataclass(frozen=True)
class Round:
    """One round: every unit records `tasks`, each at a random moment of `seconds`. With `faults`, some are killed."""

    name: str
    tasks: Sequence[int]
    seconds: float
    faults: bool = False


@dataclass
class Province:
    """The plan, the server, and a folder into which every process writes what it was answered, line by line."""

    plan: Plan
    plan_path: Path
    server: Server
    database: str
    processes: int
    folder: Path

    def address(self, role: str) -> str:
        return self.server.url(role, self.database)

    def units(self, county: int) -> list[str]:
        """The units of a county."""
        return [unit.name for unit in self.plan.units[county :: self.processes]]

    def context(self, journal: PostgresJournal) -> Context:
        """A run of the command line whose journal this is."""
        context = Context({"plan": str(self.plan_path), "store": journal.address})
        context.plan, context.journal = self.plan, journal
        return context

    def grant(self) -> None:
        """Give each county the rights of its units, and some units an account of their own."""
        for county in range(self.processes):
            units = self.units(county)
            for unit in units:
                self._grant(county_role(county), schema.RoleKind.UNIT, unit)
            for number, unit in enumerate(units[:OWN]):
                self._grant(unit_role(county, number), schema.RoleKind.UNIT, unit)
        self._grant(READER, schema.RoleKind.READER)

    def _grant(self, role: str, kind: schema.RoleKind, unit: str = "") -> None:
        schema.grant(self.address(OWNER), self.plan.id, role, kind, unit)


def county_role(county: int) -> str:
    return f"county_{county}"


def unit_role(county: int, number: int) -> str:
    return f"unit_{county}_{number}"


class Recording(PostgresJournal):
    """A journal that keeps the ids of what it recorded last."""

    ids: Sequence[str] = ()

    def record(self, *arguments: Any, **options: Any) -> Any:
        entries = super().record(*arguments, **options)
        self.ids = [entry.id for entry in entries]
        return entries


class Answers:
    """A file of what one process was answered; a line stands in it before the next request is made."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = os.open(folder / f"{name}.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def add(self, what: str, started: float, **more: object) -> None:
        now = time.monotonic()
        line = {"what": what, "seconds": now - started, "at": now, **more}
        os.write(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")


def write_county(province: Province, county: int, round_: Round, start: float) -> None:
    """A county's process: its units record, each in a thread."""
    answers = Answers(province.folder, round_.name)
    address = province.address(county_role(county))
    units = province.units(county)
    pool = ConnectionPool(
        address, kwargs=settings_of(address), min_size=1, max_size=CONNECTIONS, timeout=LIMIT,
        check=ConnectionPool.check_connection, open=True,
    )  # fmt: skip
    with pool:
        pooled = partial(Recording, address, province.plan.id, lease=pool.connection)
        own = [
            partial(Recording, province.address(unit_role(county, number)), province.plan.id) for number in range(OWN)
        ]
        threads = [
            threading.Thread(target=write_unit, args=(province, round_, start, unit, made, answers))
            for unit, made in zip(units, [*own, *[pooled] * len(units)], strict=False)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        other = province.units((county + 1) % province.processes)[0]
        check_refused(province, pooled(), Action.DONE, other, answers)
        check_refused(province, pooled(), Action.CONFIRM, units[0], answers)


def write_unit(
    province: Province, round_: Round, start: float, unit: str, made: Callable[[], Recording], answers: Answers
) -> None:
    """Record each task of the round for a unit; what is refused is tried again, as people do."""
    chance = random.Random(f"{unit} {round_.name}")
    moments = sorted(chance.uniform(0, round_.seconds) for _ in round_.tasks)
    for number, moment in zip(round_.tasks, moments, strict=True):
        time.sleep(max(0.0, start + moment - time.monotonic()))
        tasks = [task for task in province.plan.tasks() if task.id == number]
        request = Request(Action.DONE, tasks, frozenset([unit]), note=f"已公布（{round_.name}）")
        while time.monotonic() < start + LIMIT:
            journal, started = made(), time.monotonic()
            try:
                record_request(province.context(journal), request, unit, False)
            except GkcheckError as error:
                answers.add("error", started, message=str(error))
                time.sleep(1)
            else:
                answers.add("done", started, ids=journal.ids)
                break


def check_refused(province: Province, journal: Recording, action: Action, unit: str, answers: Answers) -> None:
    """Try what the county has no right to."""
    started = time.monotonic()
    request = Request(action, province.plan.tasks()[:1], frozenset([unit]), note="越权")
    try:
        record_request(province.context(journal), request, unit, False)
    except GkcheckError as error:
        answers.add("refused", started, right="无权" in str(error), message=str(error))
    else:
        answers.add("refused", started, right=False, message=f"{action} {unit}")


def read(province: Province, number: int, round_: Round) -> None:
    """A reader's process: asks `status`, or `tasks --unit`, until it is ended."""
    answers = Answers(province.folder, round_.name)
    chance = random.Random(number)
    journal = PostgresJournal(province.address(READER), province.plan.id)
    while True:
        started = time.monotonic()
        try:
            if number % 2:
                summarise(province.context(journal).ledger(scope=STATUSES))
            else:
                units = frozenset([chance.choice(province.plan.units).name])
                select(province.context(journal).ledger(scope=Scope(units=units)), TaskFilter(units=units))
        except GkcheckError as error:
            answers.add("error", started, message=str(error))
        else:
            answers.add("status" if number % 2 else "tasks", started)
        time.sleep(STATUS_PAUSE if number % 2 else TASKS_PAUSE)


def run(province: Province, round_: Round, readers: int, chance: random.Random) -> dict[str, Any]:
    """Let one round happen; the figures of it."""
    start = time.monotonic() + 2 + province.processes / 16
    children = Children()
    try:
        writers = [partial(write_county, province, county, round_, start) for county in range(province.processes)]
        for work in writers:
            children.start(work)
        for number in range(readers):
            children.start(partial(read, province, number, round_))
        killed = 0
        if round_.faults:
            wanted = len(province.plan.units) * len(round_.tasks)
            until(province, round_, wanted // 4)
            for work in chance.sample(writers, max(1, len(writers) // 8)):
                killed += children.end(work) == -signal.SIGKILL
                children.start(work)
            until(province, round_, wanted // 2)
            province.server.kill()
            time.sleep(1)
            province.server.start()
        for work in writers:
            assert children.wait(work) == 0, "a writer's process failed"
    finally:
        children.end_all()
    return {"killed": killed, **figures(round_, answered(province.folder, round_.name), start)}


class Children:
    """Processes by the work they do; none outlives the round."""

    def __init__(self) -> None:
        self._pids: dict[Callable[[], None], int] = {}

    def start(self, work: Callable[[], None]) -> None:
        self._pids[work] = processes.fork(work)

    def wait(self, work: Callable[[], None]) -> int:
        return processes.wait(self._pids.pop(work), LIMIT + 60)

    def end(self, work: Callable[[], None]) -> int:
        """SIGKILL the process; its exit code, which is 0 where it had ended before."""
        os.kill(self._pids[work], signal.SIGKILL)
        return self.wait(work)

    def end_all(self) -> None:
        for work in list(self._pids):
            self.end(work)


def until(province: Province, round_: Round, count: int) -> None:
    """Wait until so many entries of the round have been answered."""
    while sum(1 for line in answered(province.folder, round_.name) if line["what"] == "done") < count:
        time.sleep(0.1)


def answered(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """What all processes of a round were answered so far; a killed one may have left half a line."""
    for path in sorted(folder.glob(f"{name}.*")):
        for line in path.read_bytes().split(b"\n")[:-1]:
            yield json.loads(line)


def figures(round_: Round, lines: Iterator[dict[str, Any]], start: float) -> dict[str, Any]:
    """The counts of a round, and the quantiles of each kind of request."""
    of: dict[str, list[float]] = {}
    counts: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    last = start
    for line in lines:
        what = line["what"]
        of.setdefault(what, []).append(line["seconds"])
        if what == "done":
            last = max(last, line["at"])
        counts["entries"] += len(line.get("ids", ()))
        counts["wrongly accepted"] += what == "refused" and not line["right"]
        if what == "error":
            messages[line["message"].rpartition("：")[2]] += 1
    took = last - start
    return {
        "round": round_.name,
        "seconds": took,
        "per second": len(of["done"]) / took,
        **counts,
        "errors": dict(messages),
        "requests": {what: quantiles(seconds) for what, seconds in of.items()},
    }


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    cut = statistics.quantiles(ordered, n=100, method="inclusive") if len(ordered) > 1 else ordered * 99
    return {"count": len(ordered), "p50": cut[49], "p90": cut[89], "p99": cut[98], "max": ordered[-1]}


def verify(province: Province, rounds: Sequence[Round]) -> dict[str, Any]:
    """Compare the journal with what was answered: each answered id once, each unit's task once, seq without a gap."""
    with PostgresJournal(province.address(OWNER), province.plan.id).lines() as read:
        entries, problems = [one.decoded() for one in read], read.problems
    ids = Counter(entry.id for entry in entries)
    told = Counter(
        id_ for round_ in rounds for line in answered(province.folder, round_.name) for id_ in line.get("ids", ())
    )
    said = Counter((entry.unit, entry.task) for entry in entries)
    wanted = {(unit.name, task) for unit in province.plan.units for round_ in rounds for task in round_.tasks}
    check = subprocess.run(
        [sys.executable, "-m", "gkcheck", "check", "--plan", str(province.plan_path), "--store", province.address(OWNER)],
        capture_output=True, text=True, check=False, timeout=LIMIT,
    )  # fmt: skip
    return {
        "entries": len(entries),
        "answered": len(told),
        "lost": len([id_ for id_ in told if ids[id_] != 1]) + len(wanted - said.keys()),
        "doubled": len([id_ for id_ in told if told[id_] != 1]) + sum(said.values()) - len(said),
        "problems": len(problems),
        "seq unbroken": [entry.seq for entry in entries] == list(range(1, len(entries) + 1)),
        "check": check.returncode,
    }


TITLES = {
    "spread": "{seconds:.0f} 秒内各报一条",
    "at once": "同一时刻各报两条，一条接一条",
    "faults": "{seconds:.0f} 秒内各报一条，其间杀进程、杀数据库",
}


def rounds_table(rounds: Sequence[Round], found: Sequence[dict[str, Any]]) -> str:
    """What each round took, in Chinese."""
    heads = ["情形", "条数", "用时", "每秒", "`done` p50", "`done` p90", "`done` p99", "`done` 最久"]
    heads += [f"`{name}` {q}" for name in ("status", "tasks --unit") for q in ("p50", "p99")] + [
        "报错（没有记）",
        "被杀的进程",
    ]
    rows = []
    for round_, one in zip(rounds, found, strict=True):
        requests = one["requests"]
        times = [requests["done"][q] for q in ("p50", "p90", "p99", "max")]
        times += [requests[what][q] for what in ("status", "tasks") for q in ("p50", "p99")]
        title = TITLES[round_.name].format(seconds=round_.seconds)
        counts = [title, f"{one['entries']:,}", milliseconds(one["seconds"]), f"{one['per second']:.0f}"]
        rows.append([*counts, *map(milliseconds, times), f"{sum(one['errors'].values())}", f"{one['killed']}"])
    return table(heads, rows)


def journal_line(found: dict[str, Any]) -> str:
    """What the journal was found to hold, in Chinese."""
    journal = found["journal"]
    refused = sum(round_["requests"]["refused"]["count"] for round_ in found["rounds"])
    wrongly = sum(round_["wrongly accepted"] for round_ in found["rounds"])
    return (
        f"核对：收到答复 {journal['answered']:,} 条，台账里 {journal['entries']:,} 条；丢失 {journal['lost']}，重复 {journal['doubled']}，"
        f"看不懂 {journal['problems']}，seq {'连续' if journal['seq unbroken'] else '不连续'}，"
        f"`gkcheck check` 退出码 {journal['check']}；越权 {refused} 次，拒绝 {refused - wrongly} 次。\n"
    )


@contextmanager
def province_of(units: int, count: int, server: Server) -> Iterator[Province]:
    with tempfile.TemporaryDirectory() as folder, server.database() as database:
        path = make_plan(Path(folder), units, 37)
        plan, problems = read_plan(path.read_text("utf-8"), str(path))
        assert plan, problems
        province = Province(plan, path, server, database, count, Path(folder))
        province.grant()
        yield province


def measured(options: argparse.Namespace, rounds: Sequence[Round]) -> dict[str, Any]:
    """The figures of each round, what the journal was found to hold, and under which conditions."""
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # tells of every connection that was lost
    load, began = os.getloadavg()[0], time.monotonic()
    server = Server(**SETTINGS)
    try:
        with province_of(options.units, options.processes, server) as province:
            said = conditions("python benchmarks/province.py -o docs/SCALE.md", server, load)
            found: dict[str, Any] = {"conditions": said, "granted": time.monotonic() - began, "rounds": []}
            chance = random.Random(options.seed)
            for round_ in rounds:
                found["rounds"].append(run(province, round_, options.readers, chance))
                print(json.dumps(found["rounds"][-1], ensure_ascii=False, indent=1), flush=True)
            found["journal"] = verify(province, rounds)
    finally:
        server.remove()
    return found | {"seconds": time.monotonic() - began}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=1700)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60.0, help="over which the first round is spread")
    parser.add_argument("--seed", type=int, default=2019)
    options = parsed(parser)
    rounds = [
        Round("spread", [1], options.seconds),
        Round("at once", [2, 3], 0),
        Round("faults", [4], options.seconds / 4, faults=True),
    ]
    found = options.given or measured(options, rounds)
    save(found, options)
    if options.output:
        figures = f"{rounds_table(rounds, found['rounds'])}\n{journal_line(found)}"
        put(options.output, "province", f"{found['conditions']}\n{figures}")
    journal = found["journal"]
    print(json.dumps(journal), f"{found['granted']:.0f} s to grant, {found['seconds']:.0f} s in all")
    wrong = any(journal[key] for key in ("lost", "doubled", "problems", "check")) or not journal["seq unbroken"]
    return int(wrong or any(round_["wrongly accepted"] for round_ in found["rounds"]))


if __name__ == "__main__":
    sys.exit(main())
