"""What is measured of gkcheck, and beside it the floor and an empty Python. A name is how the page shows a command."""

from __future__ import annotations

import json
import shutil
import sys
from functools import partial
from pathlib import Path

from measuring import Figure, Job
from places import HERE, Place, clean, halved, program

UNIT, TASK = "市教育局", "23"
PASS, FLOOR = "`python -c pass`", "the floor"
VERSION, HELP = "`--version`", "`--help`"
TABLE, JSON, ALL = f"`tasks --unit {UNIT}`", f"`tasks --unit {UNIT} --format json`", "`tasks`"
STATUS, SHOW, ONE, LOG = "`status`", f"`show {TASK}`", f"`show {TASK} --unit {UNIT}`", f"`log --unit {UNIT}`"
MATRIX, UNITS, COMPLETION = "`matrix`", "`units`", "TAB after `tasks --unit sjy`"
QUERIES = (JSON, ALL, STATUS, SHOW, ONE, LOG, MATRIX, UNITS)
DONE, UNDO = f"`done {TASK} --unit {UNIT}`", "`undo`"
FIRST, TEN = f"{DONE}, first entry of a new journal", f"{DONE}, at 10 entries"
COLD = f"{TABLE}, no index yet"
CHECK, WHOLE, LAST = "`check`", "`log --format jsonl`", "`log -n 5`"
MERGE, COLLECT = "`merge` of two halves", "`collect` of one form"
DOCUMENTS = ("`report a.html`", "`report a.docx`", "`report a.md`", "`export a.xlsx`", "`export b.html`")
FORMS = "`form -o forms`, one for each unit"
WORKS = {"list": TABLE, "done": DONE, "summary": STATUS, "show": ONE, "undo": UNDO, "history": WHOLE}
"""What other programs do, too, and the command of gkcheck that does it."""


def empty_python() -> Job:
    """The least that a process of Python takes."""
    return Job(Figure(PASS), [sys.executable, "-c", "pass"], clean())


def floor(journal: Path) -> Job:
    """The least that reading, hashing and decoding a journal takes."""
    return Job(Figure(FLOOR), [sys.executable, str(HERE / "floor.py"), str(journal)], clean())


def asked(where: Place, name: str) -> Job:
    """The command line in a name."""
    return Job(_figure(name), [*program(), *name.split("`")[1].split()], where.env())


def _figure(name: str) -> Figure:
    return Figure(name, work=next((work for work, ours in WORKS.items() if ours == name), ""))


def recorded(where: Place, name: str) -> Job:
    """`done` or `undo`, each after a `reopen`, so that it finds something to record or to take back."""
    job = asked(where, name)
    job.before, job.marks = lambda: where.run("reopen", TASK, "--unit", UNIT), where.store
    return job


def short(where: Place, other: Place) -> list[Job]:
    """All that is measured where there is next to nothing to read; `other` is for entries into a new journal."""
    completion = Job(Figure(COMPLETION), program(), where.env() | {"_GKCHECK_COMPLETE": "bash", "COMP_TYPE": "9"})
    completion.command = [*program(), "tasks", "--unit", "sjy"]
    first = asked(other, FIRST)
    first.before, first.marks = lambda: _start_anew(other), other.store
    queries = [asked(where, name) for name in (VERSION, HELP, TABLE, *QUERIES)]
    return [empty_python(), *queries, completion, recorded(where, DONE), recorded(where, UNDO), first]


def _start_anew(where: Place) -> None:
    for path in where.store.parent.glob(where.store.name + "*"):
        path.unlink()
    where.forget()


def shared(where: Place, works: tuple[str, ...]) -> list[Job]:
    """The commands that other programs have, too."""
    return [(recorded if work in ("done", "undo") else asked)(where, WORKS[work]) for work in works]


def long(root: Path, where: Place, ten: Place) -> list[Job]:
    """The commands whose cost is judged against the floor; `ten` has the same plan and 10 entries."""
    cold = Place(root / f"{where.home.name}-cold", where.plan, where.store)
    cold.home.mkdir()
    first = asked(cold, COLD)
    first.before = cold.forget
    where.run(*TABLE.strip("`").split())  # so that there is an index, even for a first run that counts
    check = asked(where, CHECK)
    check.codes = (0, 1)  # there are entries that a person should look at
    return [
        first,
        *(asked(where, name) for name in (TABLE, STATUS, SHOW)),
        recorded(where, DONE),
        recorded(ten, TEN),
        recorded(where, UNDO),
        check,
        *(asked(where, name) for name in (WHOLE, LAST)),
        _merge(root / f"{where.home.name}-merge", where),
        _collect(where),
    ]


def _merge(home: Path, whole: Place) -> Job:
    where, first, second = halved(home, whole)

    def back() -> None:
        where.forget()
        shutil.copyfile(first, where.store)

    return Job(Figure(MERGE), [*program(), "merge", str(second)], where.env(), back, where.store)


def _collect(where: Place) -> Job:
    where.run("form", "--unit", UNIT, "-o", str(where.home / "form"), "--quiet")
    (path,) = (where.home / "form").iterdir()
    _fill_in(path)
    command = [*program(), "collect", str(path)]
    return Job(Figure(COLLECT), command, where.env(), lambda: _take_back(where), where.store)


def _fill_in(path: Path) -> None:
    """Report the even tasks as done, where the office has not confirmed them; TASK is recorded by others meanwhile."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book["填报表"]
    column = {cell.value: cell.column for cell in sheet[4]}
    for row in range(6, sheet.max_row + 1, 2):
        if sheet.cell(row, column["目前状态"]).value != "已办结":
            sheet.cell(row, column["完成情况"]).value = "已完成"
            sheet.cell(row, column["进展情况"]).value = "已在门户网站公布"
    book.save(path)


def _take_back(where: Place) -> None:
    """Undo what was collected last: the entries of the unit itself at the end of the journal."""
    with where.store.open("rb") as journal:
        journal.seek(max(0, where.store.stat().st_size - (1 << 16)))
        entries = [json.loads(line) for line in journal.readlines()[1:]]
    batches = [entry["batch"] for entry in entries if entry["by"] == UNIT]
    if batches:
        where.run("undo", batches[-1])


def documents(where: Place, forms: bool = False) -> list[Job]:
    """Bulletins and exports over all units; with `forms` a form for each."""
    jobs = []
    for name in DOCUMENTS:
        job = asked(where, name)
        file = job.marks = where.home / name.strip("`").split()[1]
        job.command = [*job.command[:-1], str(file)]
        job.before = partial(file.unlink, missing_ok=True)
        jobs.append(job)
    if forms:
        folder = where.home / "forms"
        command, afresh = [*program(), "form", "-o", str(folder)], partial(shutil.rmtree, folder, ignore_errors=True)
        jobs.append(Job(Figure(FORMS), command, where.env(), afresh))
    return jobs
