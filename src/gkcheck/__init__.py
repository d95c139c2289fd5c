"""gkcheck: a responsibility table as a ledger that cannot lose a fact.

For programs: the names of `gkcheck.api` (docs/PYTHON.md). They are loaded when first used, so that a command does not pay.
"""

from __future__ import annotations

from gkcheck.version import __version__

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from gkcheck.api import (
        GkcheckError,
        JournalWarning,
        Ledger,
        Plan,
        Role,
        Status,
        Summary,
        TaskRow,
        load_ledger,
        load_plan,
        query,
        summarise,
    )

__all__ = [
    "GkcheckError",
    "JournalWarning",
    "Ledger",
    "Plan",
    "Role",
    "Status",
    "Summary",
    "TaskRow",
    "__version__",
    "load_ledger",
    "load_plan",
    "query",
    "summarise",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gkcheck import api

    return getattr(api, name)
