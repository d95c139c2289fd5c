"""The user's directories: data, settings and cache.

On Linux the XDG base directory rules are applied here (what is not absolute is ignored): platformdirs does the same and costs 8 ms of every start.
Elsewhere platformdirs decides. A test compares the two.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gkcheck.errors import NoHome

NAME = "gkcheck"


def data_directory() -> Path:
    """Return the default directory of journals."""
    return _directory("XDG_DATA_HOME", ".local/share", "user_data_path")


def config_directory() -> Path:
    """Return the directory of the user's settings."""
    return _directory("XDG_CONFIG_HOME", ".config", "user_config_path")


def cache_directory() -> Path:
    """Return the directory of files that can be built again; it may be deleted at any time."""
    return _directory("XDG_CACHE_HOME", ".cache", "user_cache_path")


def home() -> Path:
    """Return the user's home: HOME where that is absolute, else as the system knows it.

    Raises:
        NoHome: neither is there.
    """
    chosen = os.environ.get("HOME", "")
    if not os.path.isabs(chosen):
        try:
            import pwd

            chosen = pwd.getpwuid(os.getuid()).pw_dir
        except ImportError:
            chosen = os.path.expanduser("~")
        except KeyError:
            chosen = ""
    if not os.path.isabs(chosen):
        raise NoHome("不知道您的主目录在哪里（HOME 没有设定，或不是绝对路径），请设定 HOME，或用 --store 指定日志文件")
    return Path(chosen)


def absolute(typed: str) -> Path:
    """Return a path as people type it from the root: a leading ~ expanded, a relative one from where they are.

    Raises:
        NoHome: the path begins with ~, and there is no home.
    """
    tilde, slash, rest = typed.partition("/")
    if tilde == "~":
        return home() / rest if slash else home()
    return Path(os.path.abspath(os.path.expanduser(typed)))


def is_path(store: str) -> bool:
    """True if a store is a path for sure; one with = or : in it may be the address of a server."""
    return "=" not in store and ":" not in store[2:]  # C:\\ is a path


def _directory(variable: str, below_home: str, function: str) -> Path:
    if sys.platform.startswith("linux"):
        chosen = os.environ.get(variable, "").strip()
        return (Path(chosen) if os.path.isabs(chosen) else home() / below_home) / NAME
    import platformdirs

    return Path(getattr(platformdirs, function)(NAME, appauthor=False))
