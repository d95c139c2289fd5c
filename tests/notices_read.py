"""Notices read for tests, and compared with how they should be read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from gkcheck.importers.formats.registry import read_document
from gkcheck.importers.notice import Reading, read_notice
from gkcheck.text.script import folded

HERE = Path(__file__).parent
NOTICES = HERE / "notices"
FIXTURES = HERE / "fixtures"


def reading_of(source: str | bytes | Path, name: str = "通知.txt", keep_script: bool = False) -> Reading:
    """A notice read from a file, or from text or bytes under a name."""
    if isinstance(source, Path):
        name, source = source.name, source.read_bytes()
    data = source.encode() if isinstance(source, str) else source
    return read_notice(read_document(data, name).blocks, name, keep_script)


def gold_of(name: str) -> dict[str, Any]:
    """Return the reading that a sample should get."""
    return json.loads((NOTICES / f"{name}.json").read_text("utf-8"))


def same(text: str | None) -> str | None:
    """A text as the samples compare it: script and width folded, no blanks."""
    return None if text is None else re.sub(r"\s", "", folded(text))


def differences(reading: Reading, gold: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the differences between a reading and the one it should be."""
    out: list[tuple[Any, ...]] = []
    if len(reading.tasks) != len(gold["tasks"]):
        out.append(("tasks", len(reading.tasks), len(gold["tasks"])))
    for task, want in zip(reading.tasks, gold["tasks"], strict=False):
        number = want["number"]
        for key, got in (
            ("number", task.number),
            ("section", task.section),
            ("subsection", task.subsection),
            ("deadline", task.deadline),
            ("units_tail", task.units_tail),
            ("every", task.every),
        ):
            if same(got) != same(want.get(key)):
                out.append((number, key, got, want.get(key)))
        if not (same(task.text) or "").startswith(same(want["text_starts"]) or ""):
            out.append((number, "text", task.text, want["text_starts"]))
        got_units = {role: [same(name) for name in getattr(task, role)] for role in ("lead", "responsible", "support")}
        want_units = {role: [same(name) for name in want["units"][role]] for role in got_units}
        if gold.get("first_listed_is_lead") and not want_units["lead"]:
            want_units = {
                "lead": want_units["responsible"][:1],
                "responsible": want_units["responsible"][1:],
                "support": want_units["support"],
            }
        if got_units != want_units:
            out.append((number, "units", got_units, want_units))
    return out


def brief(reading: Reading) -> list[str]:
    """Each task in a line: number|section|subsection|text|牵头…|责任…|配合…|limit, empty parts left out."""
    lines = []
    for task in reading.tasks:
        roles = "".join(
            f"|{word}:{'+'.join(names)}"
            for word, names in (("牵头", task.lead), ("责任", task.responsible), ("配合", task.support))
            if names
        )
        tail = f"|{task.units_tail}" if task.units_tail else ""
        limit = f"|{task.deadline}" + (f"={task.day}" if task.day else "") if task.deadline else ""
        lines.append(
            f"{task.number or '-'}|{task.section or '-'}|{task.subsection or '-'}|{task.text}{roles}{tail}{limit}"
            + ("|沿用" if task.inherited else "")
        )
    return lines
