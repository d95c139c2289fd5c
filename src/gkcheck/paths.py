"""The user's directories: data, settings and cache.

On Linux the XDG base directory rules are applied here: platformdirs does the same and costs 8 ms of every start.
Elsewhere platformdirs decides. A test compares the two.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

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


def _directory(variable: str, below_home: str, function: str) -> Path:
    if sys.platform.startswith("linux"):
        chosen = os.environ.get(variable, "").strip()
        return (Path(chosen) if chosen else Path.home() / below_home) / NAME
    import platformdirs

    return Path(getattr(platformdirs, function)(NAME, appauthor=False))
