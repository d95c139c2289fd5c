"""The one rule for the mode and the group of every file beside a journal, so that those who share it stay able to.

They come from the journal, and where there is none yet, from its folder: in a folder that a group may write (2775) the
files are the group's to write, whatever the umask. Only in the user's own data directory they are private.
"""

from __future__ import annotations

import os
import stat

from gkcheck.atomic_files import Rights, make_private
from gkcheck.paths import DATA, own_path
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def is_own(folder: str) -> bool:
    """True if a folder is the user's own data directory."""
    try:
        return os.path.normcase(folder) == os.path.normcase(os.path.realpath(own_path(DATA)))
    except OSError:
        return False


def rights_beside(journal: str | Path) -> Rights:
    """Return the rights of a new file beside a journal, and of the journal itself where it is new.

    Raises:
        OSError: there is neither the journal nor its folder.
    """
    try:
        status, outside = os.stat(journal), 0
    except FileNotFoundError:
        folder = os.path.dirname(journal)
        status, outside = os.stat(folder), 0o002  # that everybody may write a folder is not meant for its files
        if is_own(folder):
            outside = 0o077
    mode = stat.S_IMODE(status.st_mode) & 0o666 | 0o600
    return Rights(mode & ~outside, status.st_uid, status.st_gid)


def make_folder_beside(journal: str | Path, folder: Path) -> None:
    """Make a folder beside a journal, with the rights of a file there, and the right to enter where one may read."""
    if folder.is_dir():
        return
    above = os.path.dirname(journal)
    if is_own(above):
        make_private(above)
    rights = rights_beside(journal)
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "chown"):
        inherited = stat.S_IMODE(os.stat(folder).st_mode) & stat.S_ISGID
        if os.geteuid() == 0:
            os.chown(folder, rights.owner, rights.group)
        os.chmod(folder, rights.mode | (rights.mode & 0o444) >> 2 | inherited)
