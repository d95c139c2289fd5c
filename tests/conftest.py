"""Shared by all tests: the front door, in this process or in one of its own, with a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import hypothesis
import pytest

from tests import processes

ROOT = Path(__file__).resolve().parents[1]


DECIDING = bool(os.environ.get("GKCHECK_CI"))
"""True in the checks that decide what lands: nothing is skipped, and Hypothesis tries many examples, always the same."""


def examples(full: int) -> int:
    """Return how many examples to try: `full` where it is decided what lands, a fifth where people work."""
    return full if DECIDING else max(5, full // 5)


hypothesis.settings.register_profile("gkcheck", max_examples=examples(100), derandomize=DECIDING)
hypothesis.settings.load_profile("gkcheck")


HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "WIN_PD_OVERRIDE_APPDATA", "WIN_PD_OVERRIDE_LOCAL_APPDATA")
"""The variables that say where a user's files are: Python's own on Windows, and those of platformdirs there."""


class Answer(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.code == 0, self
        return json.loads(self.out)


Gkcheck = Callable[..., Answer]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and none of the settings of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")
    move_in(home, monkeypatch)
    return home


def move_in(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Live in `home`, with none of the settings of whoever runs the tests; for what outlives one test, too."""
    kept = ("GKCHECK_CI", "PG_BIN")
    for name in [name for name in os.environ if name.startswith(("GKCHECK_", "XDG_", "PG")) and name not in kept]:
        patch.delenv(name)
    for name in ("COLUMNS", "LINES"):
        patch.delenv(name, raising=False)
    for name in HOMES:
        patch.setenv(name, str(home))
    patch.setenv("GKCHECK_BY", "测试")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; pytest's own are closed again by every other session of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="gkcheck-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def gk(capsys: pytest.CaptureFixture[str]) -> Gkcheck:
    """Run a command line in this process."""
    from gkcheck.cli.main import run

    def call(*arguments: object) -> Answer:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture
def gkcheck() -> Gkcheck:
    """Run a command line in a process of its own; `env` adds to the environment, `stdin` is its input."""

    def call(*arguments: object, env: dict[str, str] | None = None, stdin: bytes = b"") -> Answer:
        done = processes.run(
            [sys.executable, "-m", "gkcheck", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env={**os.environ, **(env or {})},
        )
        return Answer(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    return call


ABSENT = {"crypt", "curses", "fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
"""The modules of Python's own library that are not on Windows."""


def lacks(error: Exception) -> str | None:
    """Return what a test itself has asked for that Windows lacks (a module, os.mkfifo); None where gkcheck asked."""
    frames = traceback.extract_tb(error.__traceback__)
    if any(Path(frame.filename).is_relative_to(ROOT / "src") for frame in frames):
        return None
    if isinstance(error, ModuleNotFoundError):
        return error.name if error.name in ABSENT else None
    return f"{error.obj.__name__}.{error.name}" if isinstance(getattr(error, "obj", None), ModuleType) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Skip on Windows what cannot be tried there."""
    try:
        return (yield)
    except (AttributeError, ModuleNotFoundError) as error:
        if os.name == "nt" and (missing := lacks(error)):
            pytest.skip(f"Windows has no {missing}")
        raise


pytest_runtest_setup = pytest_runtest_call


def needs(*programs: str) -> None:
    """Skip a test where a program it needs is not there; in the checks that decide (GKCHECK_CI) fail instead."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        lacking(f"needs {', '.join(missing)}")


def make_link(path: Path, target: Path | str) -> None:
    """Make a symbolic link; skip where there are none: on Windows without the right to make them, and in Wine."""
    try:
        path.symlink_to(target)
    except OSError:
        if os.name != "nt":
            raise
    if not path.is_symlink():
        lacking("needs symbolic links")


modes = pytest.mark.skipif(os.name == "nt", reason="owners and modes are of Unix")


def lacking(reason: str) -> None:
    """Skip with a reason, or fail with it where GKCHECK_CI is set."""
    if DECIDING:
        pytest.fail(reason)
    pytest.skip(reason)
