"""Bytes that reach the disk: one atomic replacement, private directories, and what the system refused, in words."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def make_private(directory: Path) -> None:
    """Make a directory, and what is missing above it, readable by its user only."""
    if directory.is_dir():
        return
    make_private(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)
    sync_directory(directory.parent)


def set_aside(target: Path, data: bytes, why: str, at: str) -> Path:
    """Keep bytes that cannot stay in the journal in a file beside it, dated `at`; returns its path.

    The same bytes set aside again for the same reason at the same time are kept once; other bytes get a
    name of their own.
    """
    stamp = "".join(char for char in at[:26] if char.isdigit())
    for turn in range(1, 1000):
        aside = target.with_name(f"{target.name}.{why}-{stamp}" + (f"-{turn}" if turn > 1 else ""))
        if not aside.exists():
            replace(aside, data)
            return aside
        if aside.read_bytes() == data:
            return aside
    raise FileExistsError(17, "too many files set aside", str(target))


def replace(target: Path, data: bytes) -> None:
    """Put `data` at `target` in one step that has reached the disk; an existing file keeps its mode."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        try:
            write_all(descriptor, data)
            if target.exists() and hasattr(os, "fchmod"):
                os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def append(target: Path, end: int, data: bytes) -> None:
    """Write `data` at `end`, the end of `target`, and reach the disk; where that fails, nothing is left after `end`."""
    flags = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(target, flags)
    try:
        if os.fstat(descriptor).st_size > end:
            os.ftruncate(descriptor, end)
        try:
            os.lseek(descriptor, end, os.SEEK_SET)
            write_all(descriptor, data)
            os.fsync(descriptor)
        except BaseException:
            os.ftruncate(descriptor, end)
            raise
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte; normally in one call."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_directory(directory: Path) -> None:
    """Make a new name in a directory reach the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
