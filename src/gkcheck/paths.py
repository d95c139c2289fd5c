"""The user's directories: data, settings and cache.

On Linux the XDG base directory rules are applied here (what is not absolute is ignored): platformdirs does the same and costs 8 ms of every start.
Elsewhere platformdirs decides. A test compares the two.
"""

from __future__ import annotations

import os
import sys

from gkcheck.errors import NoHome
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = "gkcheck"

DATA = ("XDG_DATA_HOME", ".local/share", "user_data_dir")
CONFIG = ("XDG_CONFIG_HOME", ".config", "user_config_dir")
CACHE = ("XDG_CACHE_HOME", ".cache", "user_cache_dir")
"""The kinds of directories: the variable of each, its default below the home, and the function of platformdirs."""


def own_path(kind: tuple[str, str, str], *names: str) -> str:
    """Return the path of what lies in one of the user's directories; the names of further folders and a file follow."""
    variable, below_home, function = kind
    if sys.platform.startswith("linux"):
        chosen = os.environ.get(variable, "").strip()
        return os.path.join(chosen if os.path.isabs(chosen) else os.path.join(_home(), below_home), NAME, *names)
    import platformdirs

    return os.path.join(getattr(platformdirs, function)(NAME, appauthor=False), *names)


def data_directory() -> Path:
    """Return the default directory of journals."""
    return _as_path(own_path(DATA))


def config_directory() -> Path:
    """Return the directory of the user's settings."""
    return _as_path(own_path(CONFIG))


def cache_directory() -> Path:
    """Return the directory of files that can be built again; it may be deleted at any time."""
    return _as_path(own_path(CACHE))


def home() -> Path:
    """Return the user's home: HOME where that is absolute, else as the system knows it.

    Raises:
        NoHome: neither is there.
    """
    return _as_path(_home())


def _home() -> str:
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
    return chosen


def absolute(typed: str) -> Path:
    """Return a path as `absolute_path` does."""
    return _as_path(absolute_path(typed))


def absolute_path(typed: str) -> str:
    """Return a path as people type it from the root: a leading ~ expanded, a relative one from where they are.

    Raises:
        NoHome: the path begins with ~, and there is no home.
    """
    tilde, slash, rest = typed.partition("/")
    if tilde == "~":
        return str(home() / rest if slash else home())
    return os.path.abspath(os.path.expanduser(typed))


def built_in_plan_path() -> str:
    """Return the path of the built-in table: inside the wheel, or beside src/ in a checkout."""
    here = os.path.dirname(os.path.realpath(__file__))
    shipped = os.path.join(here, "data", "tasks.yaml")
    if os.path.exists(shipped):
        return shipped
    return os.path.join(os.path.dirname(os.path.dirname(here)), "data", "tasks.yaml")


def is_path(store: str) -> bool:
    """True if a store is a path for sure; one with = or : in it may be the address of a server."""
    return "=" not in store and ":" not in store[2:]  # C:\\ is a path


def _as_path(text: str) -> Path:
    """Return a path as an object; to load these takes a tenth of a start, which plain commands do without."""
    from pathlib import Path

    return Path(text)
