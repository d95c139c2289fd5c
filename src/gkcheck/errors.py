"""The requests that gkcheck refuses, and the exit code of each refusal.

A mistake in a file of the user is not an exception but a `Problem` (see `model`): all of them are collected and
shown. An exception here is one request that cannot be carried out.
"""

from __future__ import annotations

_SPACE = "请腾出空间后重试"
_REFUSED = {
    "ENOSPC": ("磁盘已满", _SPACE),
    "EDQUOT": ("磁盘配额已满", _SPACE),
    "EFBIG": ("文件超过系统允许的大小", "请检查磁盘限额"),
    "EIO": ("磁盘读写出错", "请检查磁盘"),
    "EROFS": ("所在磁盘是只读的", ""),
    "EACCES": ("没有权限，或文件正被别的程序打开", ""),
    "EPERM": ("没有权限", ""),
    "ENOENT": ("没有这个文件或目录", ""),
    "ENOTDIR": ("路径中有一段不是目录", ""),
    "EEXIST": ("路径中有一段不是目录", ""),
    "EISDIR": ("这是一个目录", ""),
    "ELOOP": ("符号链接绕成了圈", ""),
    "ENAMETOOLONG": ("文件名或路径太长", ""),
}


def refusal(error: OSError, remedy: str) -> str:
    """Describe an error of the operating system in Chinese, with its own remedy (a full disk), else with `remedy`."""
    return f"{fault_of(error)}，{_refused(error)[1] or remedy}"


def fault_of(error: OSError) -> str:
    """Describe an error of the operating system in Chinese, without a remedy."""
    return _refused(error)[0]


def _refused(error: OSError) -> tuple[str, str]:
    import errno
    import os
    import sys

    name = errno.errorcode.get(error.errno or 0, "")
    if name == "EACCES" and sys.platform == "win32" and error.filename and os.path.isdir(error.filename):
        name = "EISDIR"  # Windows says of a directory that is opened as a file that access is denied
    said = str(error.strerror or error).rstrip("。.")  # Windows ends its sentences
    return _REFUSED.get(name, (f"系统报告 {said}", ""))


class GkcheckError(Exception):
    """A request refused. The text is one Chinese sentence: what, where, and the remedy."""

    exit_code = 2


class BadPlan(GkcheckError):
    """The plan file cannot be used as it is."""


class BadRequest(GkcheckError):
    """The command was understood, but what it asks for is not possible."""


class BadCommandLine(GkcheckError):
    """The command line itself is not understood."""


class UnknownName(GkcheckError):
    """Nothing has the name that was typed; the text suggests the nearest."""


class AmbiguousName(GkcheckError):
    """Several things have the name that was typed; the text lists them."""


class BadJournal(GkcheckError):
    """The store is not a journal that this program may use: another plan's, newer, or no journal at all."""


class StoreFault(GkcheckError):
    """The store could not be read or written; earlier entries are untouched."""


class BadDocument(GkcheckError):
    """A document cannot be read, for its format, its size or its structure."""


class BadTarget(GkcheckError):
    """A file cannot be written at its path; nothing was left half-written."""


class MissingLibrary(GkcheckError):
    """The request needs a library that is missing or broken here; the text says how to install it."""


class BadPlugin(GkcheckError):
    """A format of another package cannot be used; the text names the package."""


class NoHome(GkcheckError, FileNotFoundError):
    """The user's home is not known, and something is needed that lies in it."""


class BadConfig(GkcheckError):
    """The user's settings cannot be read, or a setting cannot be saved."""


class UnreadableConfig(BadConfig):
    """The user's settings are there, but the system does not let them be read."""
