"""The rooms and their arrows, and what a plain command may load."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import gkcheck
from tests import processes

SOURCE = Path(gkcheck.__file__).parent

MAY_IMPORT = {
    "errors": set(),
    "model": set(),
    "labels": {"model"},
    "text": {"model"},
    "plugins": {"errors"},
    "version": set(),
    "api": {"cli", "errors", "journal", "ledger", "lookup", "model"},
    "paths": {"errors"},
    "spool": set(),
    "config": {"paths", "errors", "atomic_files"},
    "atomic_files": {"errors", "text"},
    "contacts": {"paths", "errors", "atomic_files", "model", "journal"},
    "plan": {"model", "text", "errors", "paths", "atomic_files", "version"},
    "lookup": {"model", "text", "errors"},
    "journal": {"model", "errors", "atomic_files", "paths", "spool"},
    "ledger": {"model"},
    "operations": {"model", "ledger", "journal", "labels", "errors", "text", "spool"},
    "table": set(),
    "evidence": {"model", "text", "errors"},
    "views": {"model", "ledger", "table", "evidence", "text", "labels", "operations", "contacts"},
    "exporters": {"table", "errors", "text", "labels", "plugins"},
    "importers": {"table", "text", "model", "errors", "labels", "plugins"},
    "forms": {
        "model",
        "journal",
        "ledger",
        "table",
        "lookup",
        "errors",
        "text",
        "evidence",
        "operations",
        "labels",
        "importers",
        "views",
        "contacts",
    },
    "terminal": {"table", "ledger", "model", "text", "labels", "config"},
}
"""docs/DECISIONS.md says why where this differs from the first design."""

FOR_ALL = {"types", "digest"}
"""The rooms that stand for parts of the standard library, and may be imported like it."""


MAY_IMPORT_LIBRARY = {
    "typer": {"cli"},
    "shellingham": {"cli"},
    "rich": {"terminal"},
    "yaml": {"plan"},
    "platformdirs": {"paths"},
    "pypinyin": {"text"},
    "httpx": {"evidence"},
    "psycopg": {"journal"},
    "jinja2": {"exporters"},
    "markupsafe": {"exporters"},
    "docx": {"exporters"},
    "docxtpl": {"exporters"},
    "openpyxl": {"exporters", "forms"},
    "lxml": {"importers", "forms"},
    "pdfminer": {"importers"},
}
"""Every library that is not Python's own, and the rooms that know it."""


def rooms_imported_by(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"
        found |= {
            name.split(".")[1]
            for name in names
            if (name.startswith("gkcheck.") and (SOURCE / name.split(".")[1]).exists())
            or (name.startswith("gkcheck.") and (SOURCE / f"{name.split('.')[1]}.py").exists())
        }
    return found


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_arrows_point_one_way(path):
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if room in ("cli", "__init__", "__main__", *FOR_ALL):
        return
    assert room in MAY_IMPORT, f"{room} is a new room: say in MAY_IMPORT what it may import"
    assert rooms_imported_by(path) - {room} <= MAY_IMPORT[room] | FOR_ALL


OF_OTHER_PYTHONS = {"_sha256", "_sha2"}


def libraries_imported_by(path: Path) -> set[str]:
    """Every library that a file imports, at its head or within a function."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - OF_OTHER_PYTHONS - {"gkcheck"}


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_library_is_known_to_few_rooms(path):
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    for library in libraries_imported_by(path):
        assert library in MAY_IMPORT_LIBRARY, f"{library} is new: say in MAY_IMPORT_LIBRARY which rooms may know it"
        assert room in MAY_IMPORT_LIBRARY[library]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_is_read_in_one_sitting(path):
    assert len(path.read_text("utf-8").splitlines()) <= 400


MOST_MODULES = 16
"""The modules of a folder that are seen at a glance."""


@pytest.mark.parametrize("folder", sorted({path.parent for path in SOURCE.rglob("*.py")}), ids=lambda path: path.name)
def test_a_folder_is_seen_at_a_glance(folder):
    assert len([path for path in folder.glob("*.py") if path.stem != "__init__"]) <= MOST_MODULES


IMPORT_FLOORS = (
    {"recognize"},
    {"formats"},
    {"layout", "script_repair"},
    {"draft"},
    {"tables", "prose_reader"},
    {"coverage", "checks"},
    {"notice", "ledger_table"},
    {"plan_draft"},
    {"report", "review", "draft_workbook"},
)
"""The floors of the importers from the lowest to the highest (`gkcheck.importers` says what each is for)."""


def files_imported_by(path: Path) -> set[Path]:
    """The files of gkcheck that a file imports anywhere in it: for types only and inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        else:
            continue
        files = {name: file for name in names if (file := file_of(name))}
        inner = {name for name in files if any(other.startswith(f"{name}.") for other in files)}
        found |= {file for name, file in files.items() if name not in inner}
    return found - {path}


def file_of(module: str) -> Path | None:
    parts = module.split(".")
    if parts[0] != "gkcheck":
        return None
    path = SOURCE.joinpath(*parts[1:])
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def circle_in(arrows: dict[Path, set[Path]]) -> list[Path]:
    """The files of one circle of imports; empty where there is none."""
    left = dict(arrows)
    while free := [path for path, targets in left.items() if not targets & left.keys()]:
        for path in free:
            del left[path]
    circle: list[Path] = []
    path = min(left, default=None)
    while path is not None and path not in circle:
        circle.append(path)
        path = min(left[path] & left.keys())
    return circle[circle.index(path) :] if path else []


def test_no_circle_among_files():
    arrows = {path: files_imported_by(path) for path in SOURCE.rglob("*.py")}
    assert [str(path.relative_to(SOURCE)) for path in circle_in(arrows)] == []


def test_a_circle_is_found():
    """Imports for types only and inside functions make one, too."""
    a, b, c, d = map(Path, "abcd")
    assert circle_in({a: {b}, b: {c}, c: {a}, d: {a}}) == [a, b, c]
    assert circle_in({a: {b}, b: {c}, c: set(), d: {a}}) == []


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "importers").rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_importers_import_from_their_own_floor_and_lower_ones(path):
    def floor_of(file: Path) -> int:
        room = file.relative_to(SOURCE / "importers").parts[0].removesuffix(".py")
        assert any(room in floor for floor in IMPORT_FLOORS), f"{room} is new: give it a floor in IMPORT_FLOORS"
        return next(n for n, floor in enumerate(IMPORT_FLOORS) if room in floor)

    if path.parent.name == "importers" and path.name == "__init__.py":
        return
    inside = {file for file in files_imported_by(path) if (SOURCE / "importers") in file.parents}
    assert [str(file) for file in inside if floor_of(file) > floor_of(path)] == []


HEAVY = ("rich", "gkcheck.text.tables.script", "pypinyin", "difflib", "openpyxl", "docx", "lxml", "jinja2", "httpx", "asyncio", "filelock",
         "psycopg", "csv", "pydantic", "sqlite3", "yaml", "typer", "click", "platformdirs", "typing", "dataclasses", "hashlib", "subprocess",
         "tempfile", "threading", "socket", "getpass", "gkcheck.plan.reader", "gkcheck.exporters.docx")  # fmt: skip
"""Modules that no plain command loads."""

AT_THE_PROMPT = ("pathlib", "urllib", "shutil", "inspect", "importlib", "warnings", "gkcheck.cli.paper", "gkcheck.cli.help",
                 "gkcheck.cli.completion.install", "gkcheck.ledger.periods", "gkcheck.ledger.summary", "gkcheck.operations.log",
                 "gkcheck.operations.remind", "gkcheck.exporters", "gkcheck.importers", "gkcheck.text.file_names")  # fmt: skip
"""Modules that neither a list nor a record loads, nor the version."""

NO_JOURNAL = ("json", "contextlib", "fcntl", "gkcheck.atomic_files", "gkcheck.journal.stores", "gkcheck.digest")
"""Modules that are not loaded where nothing is recorded yet."""

LOADED_AND_OPENED = """
import sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(arguments[0]) if event == "open" else None)
before = set(sys.modules)
from gkcheck.cli.main import run
code = run(sys.argv[1:])
sys.stdout.flush()
print(len(opened), *sorted(set(sys.modules) - before), file=sys.stderr)
sys.exit(code)
"""
"""A command line run, and on stderr the number of files that it opened and the modules that it loaded."""

PLAIN = {
    "tasks --unit 市教育局": (*AT_THE_PROMPT, *NO_JOURNAL),
    "done 23 --unit 市教育局 --by 李": (*AT_THE_PROMPT, "gkcheck.terminal", "gkcheck.table"),
    "undo --dry-run --by 李": (),
    "--version": (*AT_THE_PROMPT, *NO_JOURNAL, "gkcheck.plan"),
    "status": NO_JOURNAL[3:],
    "show 23": (),
    "units": NO_JOURNAL[3:],
    "log --unit 市教育局": (),
    "matrix": (),
    "evidence": (),
    "where": (),
    "config": (),
    "check": (),
    "remind --list": (),
    "tasks --format json": NO_JOURNAL[4:],
    "--help": NO_JOURNAL[3:],
    "": (),
}
"""Plain commands, each with what it does not load besides `HEAVY`."""


def loaded_and_opened(command: str) -> tuple[set[str], int]:
    """Return the modules that a command loads in a process of its own, caches being warm, and the number of files it opens."""
    for words in (["tasks"], command.split()):  # the first keeps the plan compiled
        line = [sys.executable, "-c", LOADED_AND_OPENED, *words]
        done = processes.run(line, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    opened, *modules = done.stderr.splitlines()[-1].split()
    return set(modules), int(opened)


@pytest.mark.parametrize("command", PLAIN)
def test_a_plain_command_loads_nothing_heavy(command, gkcheck):
    """In a pipe not even rich: what is not used is not paid for."""
    if command.startswith("undo"):
        gkcheck("done", 23, "--by", "李")
    modules, _ = loaded_and_opened(command)
    assert sorted(modules & {*HEAVY, *PLAIN[command]}) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "most_modules", "most_opened"),
    [
        ("--version", 40, 35),
        ("tasks --unit 市教育局", 72, 67),
        ("done 23 --unit 市教育局 --by 李", 94, 91),
        ("status", 95, 88),
        ("show 23", 120, 112),
        ("log", 101, 93),
        ("check", 108, 98),
    ],
)
def test_few_modules_are_loaded_and_few_files_opened(command, most_modules, most_opened):
    """Each module costs 0.1 ms at least: to find it, to read it, to run it, and to take it down."""
    modules, opened = loaded_and_opened(command)
    assert len(modules) <= most_modules
    assert opened <= most_opened


def test_no_garbage_is_looked_for():
    """Neither while a command is loaded nor when the process ends."""
    script = (
        "import atexit, gc, sys; from gkcheck.__main__ import main; searches = []; gc.collect(); "
        "gc.callbacks.append(lambda phase, _: searches.append(phase)); "
        "atexit.register(lambda: print(len(searches), gc.get_freeze_count() > 10_000, file=sys.stderr)); main()"
    )
    done = processes.run([sys.executable, "-c", script, "tasks"], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "0 True"


def test_the_version_stands_in_one_place(gk):
    assert gk("--version").out == f"gkcheck {gkcheck.__version__}\n"
