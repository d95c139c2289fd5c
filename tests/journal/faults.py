"""Faults injected for real: processes killed at a system call, and journals to try them on."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from gkcheck.journal.file_store import FileJournal
from gkcheck.model import Action, Draft
from tests import processes
from tests.conftest import lacking

PLAN = "taishan-2019"
AT = "2019-11-01T09:00:00.000000+08:00"


def journal_at(path: Path) -> FileJournal:
    return FileJournal(path, PLAN)


def filled(path: Path, count: int) -> FileJournal:
    """A journal of `count` entries in batches of one, every third with a note that needs care."""
    journal = journal_at(path)
    for i in range(count):
        note = [None, "已在门户网站公布", '引号"与\\反斜杠\n换行'][i % 3]
        draft = Draft([Action.DONE, Action.REOPEN][i % 2], task=i % 37 + 1, unit="市教育局", of="0" * 16, note=note)
        journal.record(lambda history, draft=draft: [draft], by="测试", at=AT)
    return journal


def ids(journal: FileJournal) -> list[str]:
    return [entry.id for entry in journal.read().entries]


_TRACEME, _SYSCALL, _SETOPTIONS, _MARK_SYSCALLS = 0, 24, 0x4200, 1


def _ptrace(request: int, pid: int, data: int = 0) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    if libc.ptrace(request, pid, None, data) == -1:
        lacking(f"needs ptrace: {os.strerror(ctypes.get_errno())}")


def killed_at_every_call(
    prepare: Callable[[], None], act: Callable[[], None], step: int = 1
) -> Iterator[tuple[int, bool]]:
    """Run `act` again and again in a child that is killed on entering its 1st, 2nd, … system call (or each `step`-th).

    Nothing changes on disk between two system calls, so that these are all the states a kill can leave.
    `prepare` runs before each. Yields the number of the call and whether `act` had answered by then (only
    what comes after the answer remained); the last, uninterrupted run is not yielded.
    """
    if not sys.platform.startswith("linux"):
        lacking("needs Linux")
    for call in itertools.count(1, step):
        prepare()
        answered, told = os.pipe()
        child = processes.fork(lambda answered=answered, told=told: _act_when_traced(act, answered, told))
        os.close(told)
        finished = _kill_on_entering(child, call)
        said = os.read(answered, 1) == b"!"
        os.close(answered)
        if finished:
            return
        yield call, said


def _act_when_traced(act: Callable[[], None], answered: int, told: int) -> None:
    os.close(answered)
    _ptrace(_TRACEME, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    act()
    os.write(told, b"!")


def _kill_on_entering(child: int, wanted: int) -> bool:
    """Kill the child at its `wanted`-th system call; True where it ended before."""
    processes.next_status(child)
    _ptrace(_SETOPTIONS, child, _MARK_SYSCALLS)
    entered, inside = 0, False
    pass_on = 0
    while True:
        _ptrace(_SYSCALL, child, pass_on)
        status = processes.next_status(child)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return True
        pass_on = 0
        if os.WSTOPSIG(status) == signal.SIGTRAP | 0x80:
            inside = not inside
            entered += inside
            if inside and entered == wanted:
                os.kill(child, signal.SIGKILL)
                processes.wait(child)
                return False
        else:
            pass_on = os.WSTOPSIG(status)
