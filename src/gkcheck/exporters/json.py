"""JSON: the contract's values (docs/json.md) as a file."""

from __future__ import annotations

import json

from gkcheck.exporters.registry import Exporter
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def render_values(data: Any) -> bytes:
    """Return UTF-8 without BOM; a lone surrogate stands as its JSON escape."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


JSON = Exporter(".json", "JSON", values=render_values, is_text=True)
