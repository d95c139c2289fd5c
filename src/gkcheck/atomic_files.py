"""The one writer of files: whole or not at all, in one step, and nothing overwritten unasked."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping

from gkcheck.errors import BadTarget, refusal
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    Content = bytes | Callable[[BinaryIO], object]
    """The bytes of a file, or a function that writes them to an open file."""

PRIVATE, USUAL = 0o600, 0o666
"""The modes of new files: for their user alone, or as the umask has it."""

_BUSY_FOR = 2.0
"""Seconds that Windows is asked again to replace a file that somebody reads."""

_LEFT_BEHIND = 24 * 3600
"""The age in seconds from which a temporary file is a leftover, whoever made it."""


class Rights(NamedTuple):
    """The mode of a file, and the user and group it belongs to."""

    mode: int
    owner: int
    group: int


class Unsettled(OSError):
    """The disk failed after an append that could not be taken back: others have written behind it."""


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
    targets = {os.path.realpath(path): path for path in files}
    for folder in {os.path.dirname(target) for target in targets}:
        _remove_leftovers(folder)
    staged: dict[str, str] = {}
    try:
        for target, path in targets.items():
            with _refusing(path):
                staged[target] = _stage(target, files[path], USUAL)
        for target, path in targets.items():
            with _refusing(path):
                _rename(staged[target], target) if force else _put(staged[target], target)
    finally:
        for temporary in staged.values():
            _remove(temporary)


def check_targets(paths: Collection[Path], force: bool) -> None:
    """Refuse early the files that `save_all` would refuse, before their contents are made.

    Raises:
        BadTarget: see `save_all`.
    """
    for path in paths:
        with _refusing(path):
            _check(path, force)


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


def make_private(directory: str | Path) -> None:
    """Make a directory, and those missing above it, readable by its user only."""
    if os.path.isdir(directory):
        return
    above = os.path.dirname(os.path.abspath(directory))
    make_private(above)
    with contextlib.suppress(FileExistsError):
        os.mkdir(directory, 0o700)
    sync_directory(above)


def replace(
    target: str | Path, content: Content, rights: Rights | None = None, check: Callable[[], object] = lambda: None
) -> None:
    """Put a file of our own (journal, settings) at `target` in one step that has reached the disk.

    A symbolic link is followed; an existing file keeps its mode, owner and group. A new one has `rights`, or is private.
    `check` is called at the last moment; where it raises, nothing has happened.
    """
    target = os.path.realpath(target)
    _remove_leftovers(os.path.dirname(target))
    temporary = _stage(target, content, rights or PRIVATE)
    try:
        check()
        _rename(temporary, target)
    except BaseException:
        _remove(temporary)
        raise
    sync_directory(os.path.dirname(target))


def create(target: str, content: Content, rights: Rights) -> None:
    """Put a new file at `target` as `replace` does, but never over another.

    Raises:
        FileExistsError: there is one, made this moment perhaps.
    """
    _remove_leftovers(os.path.dirname(target))
    temporary = _stage(target, content, rights)
    try:
        _put(temporary, target)
    finally:
        _remove(temporary)
    sync_directory(os.path.dirname(target))


def write_content(file: BinaryIO, content: Content) -> None:
    """Write content to an open file."""
    file.write(content) if isinstance(content, bytes) else content(file)


def append(descriptor: int, data: bytes) -> int:
    """Write to the end of a file opened with O_APPEND, and reach the disk; return the offset that the data begins at.

    Where that fails, exactly what was written is cut off again.

    Raises:
        Unsettled: it failed, and others have written behind it, so that it was left. OSError: it was taken back.
    """
    start = written = 0
    try:
        while written < len(data):
            count = os.write(descriptor, data[written:] if written else data)
            start = start if written else os.lseek(descriptor, 0, os.SEEK_CUR) - count
            written += count
        os.fsync(descriptor)
    except BaseException as error:
        if written and not cut_back(descriptor, start, written) and isinstance(error, OSError):
            raise Unsettled(*error.args) from error
        raise
    return start


def cut_back(descriptor: int, start: int, length: int) -> bool:
    """Cut off what was written last, `length` bytes from `start`; False, and nothing done, if it is not the end."""
    if os.fstat(descriptor).st_size != start + length:
        return False
    os.ftruncate(descriptor, start)
    return True


def sync_directory(directory: str | Path) -> None:
    """Make a new name in a directory reach the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# -- temporary files ------------------------------------------------------------------------------------


def _remove(temporary: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(temporary)


def _stage(target: str, content: Content, new: Rights | int) -> str:
    """Write a temporary file beside `target` that has reached the disk, with the rights of the file it will replace.

    Without such a file it has the rights or the mode `new`. Its name tells the machine and the process, so that a later
    write in the folder can remove it if this one is killed.
    """
    temporary = os.path.join(os.path.dirname(target), f".gkcheck-{_machine()}-{os.getpid()}-{_mark(target)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    existing = os.stat(target) if os.path.exists(target) else None
    descriptor = os.open(temporary, flags, new if existing is None and isinstance(new, int) else PRIVATE)
    try:
        with open(descriptor, "wb") as file:
            write_content(file, content)
            file.flush()
            if existing is not None:
                _keep_rights(file.fileno(), existing, temporary)
            elif isinstance(new, Rights):
                grant(file.fileno(), new)
            os.fsync(file.fileno())
    except BaseException:
        _remove(temporary)
        raise
    return temporary


def grant(descriptor: int, rights: Rights) -> None:
    """Give a new file of ours rights, as far as the system lets us: only root gives files away.

    Where the group cannot be set, the file is not the group's to write.
    """
    if not hasattr(os, "fchown"):
        return
    mode = rights.mode
    with contextlib.suppress(PermissionError):
        if os.geteuid() == 0:
            os.fchown(descriptor, rights.owner, rights.group)
        elif os.fstat(descriptor).st_gid != rights.group:
            mode &= ~0o060
            os.fchown(descriptor, -1, rights.group)
            mode = rights.mode
    with contextlib.suppress(PermissionError):
        os.fchmod(descriptor, mode)


def _keep_rights(descriptor: int, existing: os.stat_result, temporary: str) -> None:
    """Give a file the mode, owner and group of the one it will replace.

    Only root gives files away: for others it is enough that the owner may still read and write.

    Raises:
        PermissionError: the owner of the file would be locked out.
    """
    mode = stat.S_IMODE(existing.st_mode)
    if hasattr(os, "fchown"):
        try:
            os.fchown(descriptor, existing.st_uid, existing.st_gid)
        except PermissionError:
            if mode & 0o006 != 0o006:
                if mode & 0o060 != 0o060:
                    raise
                os.fchown(descriptor, -1, existing.st_gid)
    os.chmod(temporary, mode)


def _remove_leftovers(folder: str) -> None:
    """Remove the temporary files that killed runs have left in a folder."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(".gkcheck-") and name.endswith(".tmp") and _is_leftover(os.path.join(folder, name)):
                _remove(os.path.join(folder, name))


def _is_leftover(temporary: str) -> bool:
    """True if a temporary file's process on this machine has ended, or if it is a day old."""
    machine, _, process = os.path.basename(temporary).removeprefix(".gkcheck-").rpartition("-")[0].partition("-")
    if machine == _machine() and process.isdecimal() and not _is_running(int(process)):
        return True
    return time.time() - os.stat(temporary).st_mtime > _LEFT_BEHIND


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
    return _mark(os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", ""))


def _mark(name: str) -> str:
    return f"{zlib.crc32(os.fsencode(name)):08x}"


# -- refusals -------------------------------------------------------------------------------------------


def _check(path: Path, force: bool) -> None:
    """Refuse a file for every reason that can be known before anything is written."""
    from gkcheck.text.file_names import is_reserved

    if sys.platform == "win32" and is_reserved(path.name):  # asked first: Windows cannot follow the path of a device
        raise BadTarget(f"写不了 {path}：{path.name} 在 Windows 里不能作文件名，请换一个文件名")
    folder = os.path.dirname(target := os.path.realpath(path))
    if not os.path.isdir(folder):
        raise BadTarget(f"写不了 {path}：目录 {folder} 不存在，请先建立或换一个目录")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadTarget(f"写不了 {path}：目录 {folder} 不可写，请换一个目录")
    if not os.path.lexists(target):
        return
    mode = os.stat(target).st_mode
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


def _is_open(target: str) -> bool:
    """True if an office program says it has the file open, or another process holds a lock on it."""
    folder, name = os.path.split(target)
    if any(os.path.exists(f"{folder}/{mark}") for mark in (f".~lock.{name}#", f"~${name}", f"~${name[2:]}")):
        return True
    try:
        import fcntl
    except ImportError:
        return False
    with open(target, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return error.errno in (errno.EACCES, errno.EAGAIN)
    return False


def _put(temporary: str, target: str) -> None:
    """Move a finished file into place, never over another, not even one made this moment. Raises FileExistsError."""
    try:
        os.link(temporary, target)
    except OSError:  # a file system without links, or a file that has come into being
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "made by somebody else", target) from None
        _rename(temporary, target)


def _rename(temporary: str, target: str) -> None:
    """Move a file over another. Windows refuses that while somebody reads the other: it is asked again for a while."""
    until = time.monotonic() + _BUSY_FOR
    while True:
        try:
            os.replace(temporary, target)
            return
        except PermissionError:
            if os.name != "nt" or time.monotonic() >= until:
                raise
        time.sleep(0.05)


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise BadTarget(f"写不了 {path}：{refusal(error, '请换一个位置')}") from None
