"""What a line is about, (task, unit), as the line writes it."""

from __future__ import annotations

import json


def encode_key(task: int, unit: str | None) -> str:
    """Return a (task, unit) as a line writes it."""
    return f'"task":{task},"unit":{encode_text(unit)}'


def decode_key(written: str) -> tuple[int, str | None]:
    """Return the (task, unit) that `encode_key` was given."""
    fields = json.loads(f"{{{written}}}")
    return fields["task"], fields["unit"]


def encode_text(text: str | None) -> str:
    """Return a text as a line writes it, with its quotation marks."""
    return json.dumps(text, ensure_ascii=False)
