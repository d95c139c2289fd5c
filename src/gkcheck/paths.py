"""Where the user's files are: data, settings, and what can be made again.

On Linux by the XDG base directory rules, read here directly: platformdirs does the same and costs 8 ms of
every start. Elsewhere platformdirs is asked. A test holds the two to the same answer.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "gkcheck"


def data_directory() -> Path:
    """Where journals are kept by default."""
    return _directory("XDG_DATA_HOME", ".local/share", "user_data_path")


def config_directory() -> Path:
    """Where the user's settings are kept."""
    return _directory("XDG_CONFIG_HOME", ".config", "user_config_path")


def cache_directory() -> Path:
    """Where what can be made again is kept; safe to delete at any time."""
    return _directory("XDG_CACHE_HOME", ".cache", "user_cache_path")


def _directory(variable: str, below_home: str, ask: str) -> Path:
    if sys.platform.startswith("linux"):
        chosen = os.environ.get(variable, "").strip()
        return (Path(chosen) if chosen else Path.home() / below_home) / NAME
    import platformdirs

    found = getattr(platformdirs, ask)(NAME, appauthor=False)
    assert isinstance(found, Path)
    return found
