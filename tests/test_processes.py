"""No test waits for ever: children are started in tests/processes.py, with a limit and an ordinary SIGINT."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time

import pytest

from tests import processes
from tests.conftest import ROOT
from tests.terminal import Terminal

MODULES = {"subprocess", "multiprocessing", "pty"}
CALLS = {"fork", "system", "popen", "wait", "waitpid"}
"""Modules that only tests/processes.py may import, and functions of `os` that only it may call."""


def unlimited(source: str) -> list[int]:
    """Return the lines that start a child past tests/processes.py or wait for one without a limit."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names) if any(name.name in MODULES for name in names):
                found.append(node.lineno)
            case ast.ImportFrom(module=str(module)) if module in MODULES:
                found.append(node.lineno)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr=name)) if name in CALLS:
                found.append(node.lineno)
            case ast.Call(func=ast.Attribute(attr="communicate"), keywords=keywords):
                if not any(keyword.arg == "timeout" for keyword in keywords):
                    found.append(node.lineno)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="process"), attr="wait"), args=[], keywords=[]):
                found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT / "tests"))
)
def test_children_are_started_in_one_place(path):
    """Start children with tests/processes.py, and give `communicate` and `wait` a timeout."""
    if path.name not in ("processes.py", "test_processes.py"):
        assert unlimited(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess",
        "def f():\n    from subprocess import run",
        "import pty",
        "os.fork()",
        "os.waitpid(1, 0)",
        "os.system('true')",
        "child.communicate(b'')",
        "self.process.wait()",
    ],
)
def test_what_is_refused(source):
    assert unlimited(source) == [source.count("\n") + 1]


SAYS = "import signal; print(signal.getsignal(signal.SIGINT).__name__)"


@pytest.fixture
def ignored():
    """A suite that a shell has started in the background: SIGINT is ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_child_is_interrupted_as_at_a_terminal_whatever_the_suite_ignores(ignored):
    """Python takes SIGINT over where it is not ignored."""
    command = [sys.executable, "-c", SAYS]
    assert processes.run(command, capture_output=True, text=True).stdout == "default_int_handler\n"
    started = processes.start(command, stdout=processes.PIPE, text=True)
    assert started.communicate(timeout=processes.LIMIT)[0] == "default_int_handler\n"
    with Terminal(command, dict(os.environ)) as terminal:
        assert (terminal.wait(), terminal.plain) == (0, "default_int_handler\n")
    assert processes.wait(processes.fork(lambda: signal.getsignal(signal.SIGINT) is not signal.SIG_DFL)) == 0


def test_a_child_that_does_not_end_fails_its_test():
    with pytest.raises(subprocess.TimeoutExpired):
        processes.run([sys.executable, "-c", "import time; time.sleep(60)"], limit=0.2)
    with pytest.raises(TimeoutError, match="did not end"):
        processes.wait(processes.fork(lambda: time.sleep(60)), 0.2)


def test_the_code_of_a_copy_of_this_process():
    def fail():
        raise ValueError("as it should")

    assert [processes.wait(processes.fork(work)) for work in (lambda: None, lambda: 7, fail)] == [0, 7, 1]
