"""Remember, on this machine, where the last merge into a journal ended.

No entry says where it was recorded. What stands before the end of a merge may have come in by it; what stands after it
was recorded since.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from gkcheck.errors import NoHome
from gkcheck.paths import data_directory
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

Order = tuple[int, str, str]
"""A place in the order of facts (`Entry.order`)."""


def note_merge(plan: str, store: str, end: Order) -> None:
    """Note that the last merge into the journal of a plan ended at `end`; where that cannot be kept, it is not known."""
    from gkcheck.atomic_files import make_private, replace

    with suppress(OSError, NoHome):
        path = _path()
        make_private(path.parent)
        replace(path, json.dumps(_notes() | {f"{plan} {store}": end}, ensure_ascii=False).encode())


def last_merge(plan: str, store: str) -> Order | None:
    """Return where the last merge into the journal of a plan ended; None where none is known."""
    match _notes().get(f"{plan} {store}"):
        case [int(seq), str(at), str(id_)]:
            return seq, at, id_
    return None


def _notes() -> dict[str, Any]:
    with suppress(OSError, ValueError, NoHome):
        notes = json.loads(_path().read_bytes())
        return notes if isinstance(notes, dict) else {}
    return {}


def _path() -> Path:
    return data_directory() / "merges.json"
