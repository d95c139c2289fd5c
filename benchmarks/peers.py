"""The same work with other programs, where they are installed: benchmarks/README.md says how.

Of N tasks 37 carry the tag that is asked for, as a unit has 37 tasks in the plan of generate.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from measuring import Figure, Job

LIMIT = 120.0
"""Seconds after which a command counts as giving no answer."""
SETUP_LIMIT = 900.0
TAG = "u0"
ALPHABET, ROOM = "0123456789abcdefghijklmnopqrstu", 286_291
"""The setting of topydo that makes room for the most tasks, and how many: with the 36 characters it has by itself, there is
room for 16,796, with 40, the most it supports, for 25,599."""


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


def _two(count: int) -> tuple[int, int]:
    """The numbers of two tasks that carry TAG: one is marked done, the other taken back."""
    step = max(1, count // 37)
    return step, 2 * step


def taskwarrior(program: str, home: Path, count: int, env: Mapping[str, str]) -> Iterator[Job]:
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
    one, other = map(_uuid, _two(count))
    yield _job("list", f"`task +{TAG} list`", [program, f"+{TAG}", "list"], env)
    again = [program, one, "modify", "status:pending"]
    yield _job("done", "`task UUID done`", [program, one, "done"], env, lambda: _must(again, env))
    yield _job("summary", "`task summary`", [program, "summary"], env)
    yield _job("show", "`task UUID info`", [program, one, "info"], env)
    yield _job("undo", "`task undo`", [program, "undo"], env, lambda: _must([program, other, "done"], env))
    yield _job("history", "`task export`", [program, "export"], env)


def topydo(program: str, home: Path, count: int, env: Mapping[str, str]) -> Iterator[Job]:
    given, settings = home / "given.txt", home / "config"
    settings.write_text(f"[topydo]\nidentifier_alphabet = {ALPHABET}\n", "utf-8")
    with given.open("w", encoding="utf-8") as out:
        out.writelines(f"2019-10-26 {item.text} +{item.project} @{item.tag}\n" for item in items(count))

    def at(name: str) -> tuple[list[str], Callable[[], None], Path]:
        """The beginning of a command line for a to-do file of its own, how to write that anew, and its archive."""
        folder = home / name
        folder.mkdir()
        todo, archive = folder / "todo.txt", folder / "done.txt"

        def anew() -> None:
            shutil.copyfile(given, todo)
            archive.unlink(missing_ok=True)

        anew()
        return [program, "-c", str(settings), "-t", str(todo), "-d", str(archive)], anew, archive

    base, anew, archive = at("one")
    one, other = map(str, _two(count))
    yield _job("list", f"`ls @{TAG}`", [*base, "ls", f"@{TAG}"], env)
    yield _job("done", "`do N`", [*base, "do", one], env, anew, archive)
    yield _job("summary", "`lsprj`", [*base, "lsprj"], env)
    undoing, fresh, _ = at("two")

    def change() -> None:
        fresh()
        _must([*undoing, "pri", other, "A"], env)

    yield _job("undo", "`revert`", [*undoing, "revert"], env, change)


def td_cli(program: str, home: Path, count: int, env: Mapping[str, str]) -> Iterator[Job]:
    import sqlite3

    _must([program, "add-group", TAG], env)
    with closing(sqlite3.connect(home / ".todo.db")) as database, database:
        groups = ((item.tag,) for item in items(count) if item.tag != TAG)
        database.executemany('INSERT OR IGNORE INTO "group" (name) VALUES (?)', groups)
        database.executemany(
            "INSERT INTO todo (id, name, group_name) VALUES (?, ?, ?)",
            ((f"{item.number:06}", item.text, item.tag) for item in items(count)),
        )
    one, other = (f"{number:06}" for number in _two(count))
    marks = home / ".todo.db"

    def change(number: str, verb: str) -> Callable[[], None]:
        return lambda: _must([program, number, verb], env)

    yield _job("list", f"`td list -g {TAG}`", [program, "list", "-g", TAG], env)
    yield _job("done", "`td ID complete`", [program, one, "complete"], env, change(one, "uncomplete"), marks)
    yield _job("summary", "`td list-groups`", [program, "list-groups"], env)
    yield _job("show", "`td ID`", [program, one], env)
    yield _job("undo", "`td ID uncomplete`", [program, other, "uncomplete"], env, change(other, "complete"), marks)


class Peer(NamedTuple):
    """Another program: its command, what asks for its version, what fills a store and says what to measure, and the
    most tasks that it has room for."""

    command: str
    version: str
    jobs: Callable[[str, Path, int, Mapping[str, str]], Iterator[Job]]
    most: int | None = None


PEERS = {
    "Taskwarrior": Peer("task", "--version", taskwarrior),
    "topydo": Peer("topydo", "-v", topydo, ROOM),
    "td-cli": Peer("td", "--help", td_cli),
}


class NoRoom(Exception):
    """More tasks than the program can hold."""


class Installed(NamedTuple):
    """A program that is there: its file and its version."""

    program: str
    version: str


def installed(folder: Path | None) -> dict[str, Installed]:
    """The programs that are there, each by its name; a virtual environment in `folder` is looked at first."""
    places = (f"{folder / 'bin'}{os.pathsep}" if folder else "") + os.environ["PATH"]
    found = {}
    for name, peer in PEERS.items():
        program = shutil.which(peer.command, path=places)
        if program is None:
            continue
        said = subprocess.run([program, peer.version], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        version = re.search(rf"(?:{name} |^)(\d+(?:\.\d+)+)", said.stdout, re.MULTILINE)
        if version:  # else another program of the same name
            found[name] = Installed(program, version[1])
    return found


def jobs(name: str, program: str, home: Path, count: int, env: Mapping[str, str], works: tuple[str, ...]) -> list[Job]:
    """Fill a fresh store of `count` tasks and say what to measure, in the order of `works`."""
    peer = PEERS[name]
    home.mkdir()
    env = {**env, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    try:
        if peer.most and count > peer.most:
            raise NoRoom(f"there is room for {peer.most:,}")
        made = [job for job in peer.jobs(program, home, count, env) if job.figure.work in works]
    except (NoRoom, OSError, subprocess.SubprocessError) as error:
        made = [_job("", f"with {count:,} tasks", [program], env)]
        made[0].figure.fault = str(error) if isinstance(error, NoRoom) else f"failed: {type(error).__name__}"
    for job in made:
        job.figure.peer = name
    return sorted(made, key=lambda job: works.index(job.figure.work) if job.figure.work else 0)


def _job(
    work: str,
    name: str,
    command: list[str],
    env: Mapping[str, str],
    before: Callable[[], object] | None = None,
    marks: Path | None = None,
) -> Job:
    return Job(Figure(name, work=work), command, env, before, marks, limit=LIMIT)


def _must(command: list[str], env: Mapping[str, str]) -> None:
    subprocess.run(
        command, env=dict(env), check=True, timeout=SETUP_LIMIT, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
