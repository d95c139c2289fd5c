"""The fields of a whole line without decoding it.

One pattern matches the lines about a task that `record_format.encode` lays out, and matches only what
`record_format.decode` takes for sure. Every other line (an undo, a letter, a name with an escape, a form of a newer
version, a damaged line) is for `decode` to judge.

The groups of the pattern are the fields, in the order of a line: `fields = fields_of(line)` and then `fields["batch"]`,
or all of them by `fields.groups()`, which `entry_of` takes apart. A field that the line does not say is None.

- `seq`, `at`, `by`, `task`, `unit`, `action`, `of`, `on`, `form`, `recorded_by`, `batch`, `id`: their text;
- `key`: (task, unit) as the line writes it (`record_format.encode_key`);
- `note`, `problem`, `next`: JSON strings, never the empty one; `evidence`: JSON items with commas between;
- `due`: `null` or a JSON string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from sys import intern

from gkcheck.journal.clock import in_zone
from gkcheck.journal.record_format import MAX_LINE, decode
from gkcheck.model import Action, Entry, Evidence
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

Fields = re.Match[str]
"""The fields of one line by name."""

_JUDGED_BY_DECODE = frozenset({Action.UNDO, Action.REMIND})
"""The actions that add fields of their own, which `decode` checks."""

_CHARS = r'[^"\\\x00-\x1f]*'
_STRING = rf'"{_CHARS}(?:\\["\\/bfnrt]{_CHARS})*"'
_DATE = (
    r"[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_ITEM = (
    rf'\{{"kind":"(?:url|file|text)","value":{_STRING}(?:,"title":{_STRING})?(?:,"published":"{_DATE}")?'
    r'(?:,"sha256":"[0-9a-f]{64}")?\}'
)
_LINE = re.compile(
    rf'\{{"seq":(?P<seq>[1-9][0-9]{{0,11}}),"at":"(?P<at>{_DATE}T{_CLOCK}:[0-5][0-9](?:\.[0-9]{{6}})?[+-]{_CLOCK})"'
    rf',"by":"(?P<by>{_CHARS})",(?P<key>"task":(?P<task>[1-9][0-9]{{0,8}}),"unit":(?:null|"(?!")(?P<unit>{_CHARS})"))'
    rf',"action":"(?P<action>{"|".join(action for action in Action if action not in _JUDGED_BY_DECODE)})"'
    rf',"of":(?:null|"(?!")(?P<of>{_CHARS})"),"note":(?:null|(?!"")(?P<note>{_STRING}))'
    rf',"evidence":\[(?P<evidence>{_ITEM}(?:,{_ITEM})*)?\]'
    rf'(?:,"on":"(?P<on>{_DATE})")?(?:,"due":(?P<due>null|"{_DATE}"))?(?:,"form":"(?!")(?P<form>{_CHARS})")?'
    rf'(?:,"recorded_by":"(?!")(?P<recorded_by>{_CHARS})")?'
    rf'(?:,"problem":(?!"")(?P<problem>{_STRING}))?(?:,"next":(?!"")(?P<next>{_STRING}))?'
    rf',"batch":"(?P<batch>{_CHARS})","id":"(?P<id>[0-9a-f]{{32}})"\}}'
)


def fields_of(line: bytes) -> Fields | None:
    """Return the fields of a line (without its newline) that ends in the id of its own bytes.

    None where only `record_format.decode` may judge the line.
    """
    try:
        fields = _LINE.fullmatch(line.decode())
    except UnicodeDecodeError:
        return None
    if fields is None or sha256(line[:-41]).hexdigest()[:32] != fields["id"] or len(line) > MAX_LINE:
        return None
    return fields


BRIEF = ("seq", "at", "key", "action", "note", "evidence", "on", "problem", "next", "id")
"""The fields that `brief_fields` returns of each line, in this order."""


def brief_fields(lines: Sequence[bytes]) -> list[tuple[str, ...]]:
    """Return the `BRIEF` fields of each line, all at once; "" for what it does not say.

    All are "" where only `decode` may judge the line. The ids are not held against the bytes: that is for the caller.
    """
    return _all_lines(BRIEF).findall(_text_of(lines)) if lines else []


def rows_of(lines: Sequence[bytes], names: tuple[str, ...]) -> list[tuple[str, ...] | None]:
    """Return some fields of each line, all at once; "" for what it does not say. None where `fields_of` returns None.

    The names are in the order of a line; the last is "id".
    """
    rows = _all_lines(names).findall(_text_of(lines))
    return [
        row if sha256(line[:-41]).hexdigest()[:32] == row[-1] and len(line) <= MAX_LINE else None
        for line, row in zip(lines, rows, strict=True)
    ]


def all_fields(lines: Sequence[bytes]) -> Iterator[Fields | None]:
    """Yield what `fields_of` returns of each line, faster than one by one."""
    for line, fields in zip(lines, _all_lines(None).finditer(_text_of(lines)), strict=True):
        is_whole = sha256(line[:-41]).hexdigest()[:32] == fields["id"] and len(line) <= MAX_LINE
        yield fields if is_whole else None


def entries_of(lines: Sequence[bytes]) -> list[Entry]:
    """Return the entries of many lines, faster than one by one. Raises as `decode`."""
    entries: list[Entry] = []
    for line, fields in zip(lines, _all_lines(None).findall(_text_of(lines)) if lines else (), strict=True):
        is_whole = sha256(line[:-41]).hexdigest()[:32] == fields[-1] and len(line) <= MAX_LINE
        entries.append(_entry(fields) if is_whole else decode(line))
    return entries


@cache
def _all_lines(names: tuple[str, ...] | None) -> re.Pattern[str]:
    """Return the pattern of a line or of any other, with the groups of some names (None: all)."""
    line = _LINE.pattern if names is None else re.sub(rf"\(\?P<(?!(?:{'|'.join(names)})>)\w+>", "(?:", _LINE.pattern)
    return re.compile(rf"^(?:{line}|.*)$", re.MULTILINE)


def _text_of(lines: Sequence[bytes]) -> str:
    """Return lines as one text; a line that is no UTF-8 is empty."""
    try:
        return b"\n".join(lines).decode()
    except UnicodeDecodeError:
        return "\n".join(_decoded(line) for line in lines)


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return ""


def day_of(at: str, on: str | None, zone: str) -> str:
    """Return the day of the fact at the office (YYYY-MM-DD), from the fields `at` and `on`."""
    return on or (at if at.endswith(zone) else in_zone(at, zone))[:10]


_ORDER = re.compile(rb'\{"seq":([1-9][0-9]{0,11}),"at":"([^"\\]*)"')


def order_of(line: bytes) -> tuple[int, bytes, bytes]:
    """Return the sort key of a whole line in the order of facts (`Entry.order`). Raises as `decode`."""
    start = _ORDER.match(line)
    if start is None:
        entry = decode(line)
        return entry.seq, entry.at.encode(), entry.id.encode()
    return int(start[1]), start[2], line[-34:-2]


def entry_of(fields: Fields) -> Entry:
    """Return the entry that `decode` returns of the line, without checking it again."""
    return _entry(fields.groups(""))


def _entry(fields: Sequence[str]) -> Entry:
    """Return an entry from all fields of its line, those "" that it does not say."""
    (
        seq, at, by, _, task, unit, action, of, note, evidence, on, due, form, recorded_by, problem, next_step, batch, id_,
    ) = fields  # fmt: skip
    return Entry(
        int(seq), at, intern(by), int(task), intern(unit) if unit else None, _ACTIONS[action],
        intern(of) if of else None, intern(_string(note)) if note else None,
        tuple(Evidence(**item) for item in json.loads(f"[{evidence}]")) if evidence else (),
        batch, id_, on or None, _string(due) if due else None, None, form or None, recorded_by or None,
        _string(problem) if problem else None, _string(next_step) if next_step else None,
    )  # fmt: skip


_ACTIONS = {action.value: action for action in Action}


def _string(written: str) -> Any:
    return json.loads(written) if "\\" in written or written == "null" else written[1:-1]
