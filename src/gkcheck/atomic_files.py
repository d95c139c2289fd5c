"""The one writer of files: whole or not at all, in one step, and nothing overwritten unasked."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from gkcheck.errors import BadTarget, refusal

Content = bytes | Callable[[BinaryIO], object]
"""The bytes of a file, or a function that writes them to an open file."""

PRIVATE, USUAL = 0o600, 0o666
"""The modes of new files: for their user alone, or as the umask has it."""

_LEFT_BEHIND = 24 * 3600
"""The age in seconds from which a temporary file is a leftover, whoever made it."""


def save(path: Path, data: bytes, force: bool = False) -> None:
    """Write one file (see `save_all`)."""
    save_all({path: data}, force)


def save_all(files: Mapping[Path, bytes], force: bool = False) -> None:
    """Write files that people asked for, each whole; none is put in place before all have reached the disk.

    A symbolic link is followed and stays a link; an existing file keeps its mode.

    Args:
        force: replace files that exist.

    Raises:
        BadTarget: one of them cannot be written; the files that stood there are untouched.
    """
    check_targets(files, force)
    targets = {_followed(path): path for path in files}
    for folder in {target.parent for target in targets}:
        _remove_leftovers(folder)
    staged: dict[Path, Path] = {}
    try:
        for target, path in targets.items():
            with _refusing(path):
                staged[target] = _stage(target, files[path], USUAL)
        for target, path in targets.items():
            with _refusing(path):
                _put(staged[target], target, path, force)
    finally:
        for temporary in staged.values():
            with contextlib.suppress(OSError):
                temporary.unlink()


def check_targets(paths: Collection[Path], force: bool) -> None:
    """Refuse early the files that `save_all` would refuse, before their contents are made.

    Raises:
        BadTarget: see `save_all`.
    """
    for path in paths:
        with _refusing(path):
            _check(_followed(path), path, force)


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it, where it is missing.

    Raises:
        BadTarget: it cannot be made, or is no folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise BadTarget(f"{folder} 不是目录，请换一个目录") from None
    except OSError as error:
        raise BadTarget(f"建不了目录 {folder}：{refusal(error, '请换一个位置')}") from None


def make_private(directory: Path) -> None:
    """Make a directory, and those missing above it, readable by its user only."""
    if directory.is_dir():
        return
    make_private(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)
    sync_directory(directory.parent)


def replace(target: Path, content: Content) -> None:
    """Put a file of our own (journal, settings) at `target` in one step that has reached the disk.

    A symbolic link is followed; an existing file keeps its mode, a new one is private.
    """
    target = _followed(target)
    _remove_leftovers(target.parent)
    temporary = _stage(target, content, PRIVATE)
    try:
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def set_aside(target: Path, data: bytes, why: str, at: str) -> Path:
    """Write bytes that cannot stay in the journal to a file beside it, dated `at`, and return its path.

    The same bytes set aside again for the same reason at the same time get no second file; other bytes get a
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


def append(target: Path, end: int, data: bytes) -> None:
    """Write `data` at `end`, the end of `target`, and reach the disk; where that fails, nothing is left after `end`."""
    flags = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(target, flags)
    try:
        if os.fstat(descriptor).st_size > end:
            os.ftruncate(descriptor, end)
        try:
            os.lseek(descriptor, end, os.SEEK_SET)
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        except BaseException:
            os.ftruncate(descriptor, end)
            raise
    finally:
        os.close(descriptor)


def sync_directory(directory: Path) -> None:
    """Make a new name in a directory reach the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# -- temporary files ------------------------------------------------------------------------------------


def _followed(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _stage(target: Path, content: Content, mode: int) -> Path:
    """Write a temporary file beside `target` that has reached the disk and has the mode of the file it will replace.

    Its name tells the machine and the process, so that a later write in the folder can remove it if this one is killed.
    """
    import hashlib

    mark = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
    temporary = target.with_name(f".gkcheck-{_machine()}-{os.getpid()}-{mark}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    existing = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    descriptor = os.open(temporary, flags, mode if existing is None else PRIVATE)
    try:
        with open(descriptor, "wb") as file:
            file.write(content) if isinstance(content, bytes) else content(file)
            file.flush()
            os.fsync(file.fileno())
        if existing is not None:
            os.chmod(temporary, existing)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _remove_leftovers(folder: Path) -> None:
    """Remove the temporary files that killed runs have left in a folder."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(".gkcheck-") and name.endswith(".tmp") and _is_leftover(folder / name):
                (folder / name).unlink(missing_ok=True)


def _is_leftover(temporary: Path) -> bool:
    """True if a temporary file's process on this machine has ended, or if it is a day old."""
    machine, _, process = temporary.name.removeprefix(".gkcheck-").rpartition("-")[0].partition("-")
    if machine == _machine() and process.isdecimal() and not _is_running(int(process)):
        return True
    return time.time() - temporary.stat().st_mtime > _LEFT_BEHIND


def _is_running(process: int) -> bool:
    """True if another process of this number may be running; this one has no temporary file before it writes."""
    if os.name == "nt":  # where os.kill ends the process it asks about
        return True
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return process != os.getpid()


def _machine() -> str:
    """A mark for this machine: a shared folder holds the temporary files of others, whose processes nobody here knows."""
    import zlib

    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    return f"{zlib.crc32(name.encode()):08x}"


# -- refusals -------------------------------------------------------------------------------------------


def _check(target: Path, path: Path, force: bool) -> None:
    """Refuse a target for every reason that can be known before anything is written."""
    if not target.parent.is_dir():
        raise BadTarget(f"写不了 {path}：目录 {target.parent} 不存在，请先建立或换一个目录")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise BadTarget(f"写不了 {path}：目录 {target.parent} 不可写，请换一个目录")
    if not os.path.lexists(target):
        return
    mode = target.stat().st_mode
    if stat.S_ISDIR(mode):
        raise BadTarget(f"写不了 {path}：这是一个目录，请写上文件名")
    if not stat.S_ISREG(mode):
        raise BadTarget(f"写不了 {path}：它不是普通文件，请换一个文件名")
    if not force:
        raise _exists(path)
    if not os.access(target, os.W_OK):
        raise BadTarget(f"写不了 {path}：文件是只读的，请换一个文件名")
    if _is_open(target):
        raise BadTarget(f"写不了 {path}：文件正被别的程序打开，请关闭后重试，或换一个文件名")


def _exists(path: Path) -> BadTarget:
    return BadTarget(f"{path} 已经存在，没有覆盖；确要覆盖请加 --force，或换一个文件名")


def _is_open(target: Path) -> bool:
    """True if an office program says it has the file open, or another process holds a lock on it."""
    owner = (f".~lock.{target.name}#", f"~${target.name}", f"~${target.name[2:]}")
    if any((target.parent / name).exists() for name in owner):
        return True
    try:
        import fcntl
    except ImportError:
        return False
    with target.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno in (errno.EACCES, errno.EAGAIN)
    return False


def _put(temporary: Path, target: Path, path: Path, force: bool) -> None:
    """Move a finished file into place; without `force` never over another, not even one made this moment."""
    if not force:
        try:
            os.link(temporary, target)
        except OSError:  # a file system without links, or a file that has come into being
            if os.path.lexists(target):
                raise _exists(path) from None
        else:
            return
    os.replace(temporary, target)


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadTarget(f"写不了 {path}：{refusal(error, '请换一个位置')}") from None
