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


_REASONS = {
    "ENOSPC": "磁盘已满，请腾出空间后重试",
    "EDQUOT": "超出磁盘配额，请腾出空间后重试",
    "EFBIG": "文件超过系统允许的大小，请检查磁盘限额",
    "EROFS": "所在磁盘是只读的，请用 --store 换一个位置",
    "EACCES": "没有权限，请检查文件和目录的权限，或用 --store 换一个位置",
    "EPERM": "没有权限，请检查文件和目录的权限，或用 --store 换一个位置",
    "ENOENT": "路径不存在，请检查或用 --store 换一个位置",
    "ENOTDIR": "路径中有一段是文件而不是目录，请用 --store 换一个位置",
    "EEXIST": "路径中有一段是文件而不是目录，请用 --store 换一个位置",
    "EISDIR": "路径是一个目录，请用 --store 指定一个文件",
    "ELOOP": "符号链接绕成了圈，请用 --store 换一个位置",
    "ENAMETOOLONG": "路径太长，请用 --store 换一个位置",
    "EIO": "磁盘读写出错，请检查磁盘",
}


def reason(error: OSError) -> str:
    """What the operating system refused, with the remedy, in Chinese."""
    import errno

    name = errno.errorcode.get(error.errno or 0, "")
    return _REASONS.get(name, f"{error.strerror or error}（{name}）")
