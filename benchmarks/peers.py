"""The same work with other programs, where they are installed: the tasks of one tag, one marked done, the summary.

Of N tasks 37 carry the tag that is asked for, as a unit has 37 tasks in the plan of benchmarks/generate.py.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from measuring import Job

LIMIT = 120.0
"""Seconds after which a command counts as giving no answer."""
SETUP_LIMIT = 900.0
TAG = "u0"


class Item(NamedTuple):
    number: int
    tag: str
    project: str
    text: str


def items(count: int) -> Iterator[Item]:
    """`count` tasks in 16 projects; 37 of them carry TAG."""
    tags = max(1, count // 37)
    for i in range(1, count + 1):
        tag = i % tags if i <= 37 * tags else tags
        yield Item(i, f"u{tag}", f"s{i % 16}", f"第{i}项：及时公开有关信息，做好解读回应")


def _uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def _first(count: int) -> int:
    """The number of a task that carries TAG."""
    return max(1, count // 37)


def taskwarrior(program: str, home: Path, count: int, env: Mapping[str, str]) -> list[Job]:
    settings = home / "taskrc"
    settings.write_text(f"data.location={home}/task\nconfirmation=no\nhooks=no\nnews.version=9.9.9\n", "utf-8")
    (home / "task").mkdir()
    env = {**env, "TASKRC": str(settings), "TASKDATA": str(home / "task")}
    given = home / "tasks.json"
    with given.open("w", encoding="utf-8") as out:
        for item in items(count):
            fields = {
                "uuid": _uuid(item.number), "description": item.text, "tags": [item.tag], "project": item.project,
                "status": "pending", "entry": "20191026T000000Z",
            }  # fmt: skip
            out.write(json.dumps(fields, ensure_ascii=False) + "\n")
    _must([program, "import", str(given)], env)
    one = _uuid(_first(count))

    def reset() -> None:
        _must([program, one, "modify", "status:pending"], env)

    version = subprocess.run([program, "--version"], env=dict(env), capture_output=True, text=True).stdout.strip()
    name = f"Taskwarrior {version}"
    return [
        _job(f"{name} `task +{TAG} list`", [program, f"+{TAG}", "list"], env),
        _job(f"{name} `task UUID done`", [program, one, "done"], env, reset),
        _job(f"{name} `task summary`", [program, "summary"], env),
    ]


def topydo(program: str, home: Path, count: int, env: Mapping[str, str]) -> list[Job]:
    todo, done, given = home / "todo.txt", home / "done.txt", home / "given.txt"
    with given.open("w", encoding="utf-8") as out:
        out.writelines(f"2019-10-26 {item.text} +{item.project} @{item.tag}\n" for item in items(count))
    shutil.copyfile(given, todo)
    base = [program, "-t", str(todo), "-d", str(done)]

    def reset() -> None:
        shutil.copyfile(given, todo)
        done.unlink(missing_ok=True)

    return [
        _job(f"topydo `ls @{TAG}`", [*base, "ls", f"@{TAG}"], env),
        _job("topydo `do N`", [*base, "do", str(_first(count))], env, reset, done),
        _job("topydo `lsprj`", [*base, "lsprj"], env),
    ]


def td_cli(program: str, home: Path, count: int, env: Mapping[str, str]) -> list[Job]:
    import sqlite3

    _must([program, "add-group", TAG], env)
    with closing(sqlite3.connect(home / ".todo.db")) as database, database:
        groups = ((item.tag,) for item in items(count) if item.tag != TAG)
        database.executemany('INSERT OR IGNORE INTO "group" (name) VALUES (?)', groups)
        database.executemany(
            "INSERT INTO todo (id, name, group_name) VALUES (?, ?, ?)",
            ((f"{item.number:06}", item.text, item.tag) for item in items(count)),
        )
    one = f"{_first(count):06}"

    def reset() -> None:
        _must([program, one, "uncomplete"], env)

    return [
        _job(f"td-cli `td list -g {TAG}`", [program, "list", "-g", TAG], env),
        _job("td-cli `td ID complete`", [program, one, "complete"], env, reset, home / ".todo.db"),
        _job("td-cli `td list-groups`", [program, "list-groups"], env),
    ]


PEERS = {"task": taskwarrior, "topydo": topydo, "td": td_cli}
NAMES = {"task": "Taskwarrior (`task`)", "topydo": "topydo", "td": "td-cli (`td`)"}


def found() -> dict[str, str]:
    """The programs that are installed, each by name with its path; another program named td is not td-cli."""
    programs = {name: path for name in PEERS if (path := shutil.which(name))}
    if "td" in programs:
        said = subprocess.run([programs["td"], "--help"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if "td-cli" not in said.stdout:
            del programs["td"]
    return programs


def jobs(name: str, program: str, home: Path, count: int, env: Mapping[str, str]) -> list[Job]:
    """Fill a fresh store of `count` tasks and say what to measure: list, done, summary."""
    home.mkdir()
    env = {**env, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    try:
        made = PEERS[name](program, home, count, env)
    except (OSError, subprocess.SubprocessError) as error:
        failed = _job(f"{NAMES[name]}: filling in {count:,} tasks", [program], env)
        failed.fault = f"failed: {type(error).__name__}"
        made = [failed]
    for job, work in zip(made, ("tasks", "done", "status"), strict=False):
        job.peer, job.work = name, work
    return made


def _job(
    name: str,
    command: list[str],
    env: Mapping[str, str],
    reset: Callable[[], object] | None = None,
    marks: Path | None = None,
) -> Job:
    return Job(name, command, env, reset=reset, marks=marks, limit=LIMIT)


def _must(command: list[str], env: Mapping[str, str]) -> None:
    subprocess.run(
        command, env=dict(env), check=True, timeout=SETUP_LIMIT, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
