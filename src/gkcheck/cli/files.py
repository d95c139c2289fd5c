"""Files that commands write: all of them or none, each in one step, and nothing overwritten unasked."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from gkcheck.errors import BadTarget, refusal

LONGEST_NAME = 150
"""How many UTF-8 bytes a name made of somebody's text may take; file systems allow 255 for all of it."""


def save(path: Path, data: bytes, force: bool = False) -> None:
    """Write one file (see `save_all`)."""
    save_all({path: data}, force)


def save_all(files: Mapping[Path, bytes], force: bool = False) -> None:
    """Write files so that each is there whole or not at all; none is put in place before all are on the disk.

    A symbolic link is followed and stays a link. `force` allows existing files to be replaced.

    Raises:
        BadTarget: one of them cannot be written; what stood there before is untouched.
    """
    targets = {Path(os.path.realpath(path)): (path, data) for path, data in files.items()}
    for target, (path, _) in targets.items():
        _check(target, path, force)
    written: dict[Path, Path] = {}
    try:
        for target, (path, data) in targets.items():
            beside = target.parent / f".gkcheck-{secrets.token_hex(8)}.tmp"
            written[target] = beside
            with _refusing(path):
                _write(beside, data, target)
        for target, (path, _) in targets.items():
            with _refusing(path):
                _put(written[target], target, path, force)
    finally:
        for beside in written.values():
            with contextlib.suppress(OSError):
                beside.unlink()


def check_targets(paths: Mapping[Path, object] | list[Path], force: bool) -> None:
    """Refuse early what `save_all` would refuse, before the work of making the contents is done."""
    for path in paths:
        _check(Path(os.path.realpath(path)), path, force)


def make_folder(folder: Path) -> None:
    """The folder, with those above it, where it is not there yet.

    Raises:
        BadTarget: it cannot be made, or is no folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise BadTarget(f"{folder} 不是目录，请换一个目录") from None
    except OSError as error:
        raise BadTarget(f"建不了目录 {folder}：{refusal(error, '请换一个位置')}") from None


def _check(target: Path, path: Path, force: bool) -> None:
    """What can be known before anything is written."""
    with _refusing(path):
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
            raise BadTarget(f"{path} 已经存在，没有覆盖；确要覆盖请加 --force，或换一个文件名")
        if not os.access(target, os.W_OK):
            raise BadTarget(f"写不了 {path}：文件是只读的，请换一个文件名")
        if _is_open(target):
            raise BadTarget(f"写不了 {path}：文件正被别的程序打开，请关闭后重试，或换一个文件名")


def _is_open(target: Path) -> bool:
    """Whether an office program says it has the file open, or another process holds a lock on it."""
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


def _write(beside: Path, data: bytes, target: Path) -> None:
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileNotFoundError):
        os.chmod(beside, stat.S_IMODE(target.stat().st_mode))


def _put(beside: Path, target: Path, path: Path, force: bool) -> None:
    """Move a finished file into place; without `force` never over another, not even one made this moment."""
    if force:
        os.replace(beside, target)
        return
    try:
        os.link(beside, target)
    except FileExistsError:
        raise BadTarget(f"{path} 已经存在，没有覆盖；确要覆盖请加 --force，或换一个文件名") from None
    except OSError:
        if os.path.lexists(target):
            raise BadTarget(f"{path} 已经存在，没有覆盖；确要覆盖请加 --force，或换一个文件名") from None
        os.replace(beside, target)


@contextlib.contextmanager
def _refusing(path: Path):  # type: ignore[no-untyped-def]
    try:
        yield
    except OSError as error:
        raise BadTarget(f"写不了 {path}：{refusal(error, '请换一个位置')}") from None


_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)", re.IGNORECASE)


def safe_name(text: str) -> str:
    """A piece of a file name that every system takes, from any text; nothing in it can leave the folder.

    Signs that Windows forbids, control and invisible characters become `_`; blanks and dots at the ends
    go; a name that Windows reserves (CON, 市nul no, nul yes) gets a `_` before it; a name that is too long
    is cut at `LONGEST_NAME` bytes and ends in a fingerprint of the whole, so that two stay two.
    """
    text = unicodedata.normalize("NFC", text)
    kept = "".join("_" if char in '<>:"/\\|?*' or unicodedata.category(char)[0] == "C" else char for char in text)
    kept = re.sub(r"\s+", " ", kept).strip(" .") or "_"
    if _RESERVED.match(kept):
        kept = "_" + kept
    if len(kept.encode()) > LONGEST_NAME:
        import hashlib

        mark = "~" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        kept = kept.encode()[: LONGEST_NAME - len(mark)].decode("utf-8", "ignore").rstrip(" .") + mark
    return kept
