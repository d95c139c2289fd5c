"""The fields of a whole line without decoding it.

One pattern matches the lines about a task that `record_format.encode` lays out, and matches only what
`record_format.decode` takes for sure. Every other line (an undo, a letter, a name with an escape, a form of a newer
version, a damaged line) is for `decode` to judge.

The groups of the pattern are the fields, in the order of a line: `fields = fields_of(line)` and then `fields["batch"]`,
or all of them by `fields.groups()`, which `entry_of` takes apart. A field that the line does not say is None.

- `seq`, `at`, `by`, `task`, `unit`, `action`, `of`, `on`, `form`, `recorded_by`, `batch`, `id`: the bytes of the text;
- `key`: (task, unit) as the line writes it (`encode_key`, `decode_key`);
- `note`, `problem`, `next`: JSON strings, never the empty one; `evidence`: JSON items with commas between;
- `due`: `null` or a JSON string.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

from gkcheck.journal.clock import in_zone
from gkcheck.journal.record_format import MAX_LINE, decode
from gkcheck.model import Action, Entry, Evidence

Fields = re.Match[bytes]
"""The fields of one line by name."""

_JUDGED_BY_DECODE = frozenset({Action.UNDO, Action.REMIND})
"""The actions that add fields of their own, which `decode` checks."""

_CHARS = rb'[^"\\\x00-\x1f]*'
_STRING = rb'"%(chars)b(?:\\["\\/bfnrt]%(chars)b)*"' % {b"chars": _CHARS}
_DATE = (
    rb"[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_CLOCK = rb"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_ITEM = (
    rb'\{"kind":"(?:url|file|text)","value":%b(?:,"title":%b)?(?:,"published":"%b")?(?:,"sha256":"[0-9a-f]{64}")?\}'
    % (_STRING, _STRING, _DATE)
)
_LINE = re.compile(
    rb'\{"seq":(?P<seq>[1-9][0-9]{0,11}),"at":"(?P<at>%(date)bT%(clock)b:[0-5][0-9](?:\.[0-9]{6})?[+-]%(clock)b)"'
    rb',"by":"(?P<by>%(chars)b)",(?P<key>"task":(?P<task>[1-9][0-9]{0,8}),"unit":(?:null|"(?P<unit>%(chars)b)"))'
    rb',"action":"(?P<action>%(actions)b)","of":(?:null|"(?P<of>%(chars)b)")'
    rb',"note":(?:null|(?!"")(?P<note>%(string)b)),"evidence":\[(?P<evidence>%(item)b(?:,%(item)b)*)?\]'
    rb'(?:,"on":"(?P<on>%(date)b)")?(?:,"due":(?P<due>null|"%(date)b"))?(?:,"form":"(?P<form>%(chars)b)")?'
    rb'(?:,"recorded_by":"(?!")(?P<recorded_by>%(chars)b)")?'
    rb'(?:,"problem":(?!"")(?P<problem>%(string)b))?(?:,"next":(?!"")(?P<next>%(string)b))?'
    rb',"batch":"(?P<batch>%(chars)b)","id":"(?P<id>[0-9a-f]{32})"\}'
    % {
        b"actions": b"|".join(action.value.encode() for action in Action if action not in _JUDGED_BY_DECODE),
        b"date": _DATE, b"clock": _CLOCK, b"chars": _CHARS, b"string": _STRING, b"item": _ITEM,
    }
)  # fmt: skip


def fields_of(line: bytes) -> Fields | None:
    """Return the fields of a line (without its newline) that ends in the id of its own bytes.

    None where only `record_format.decode` may judge the line.
    """
    fields = _LINE.fullmatch(line)
    if fields is None or sha256(line[:-41]).hexdigest()[:32].encode() != line[-34:-2] or len(line) > MAX_LINE:
        return None
    try:
        line.decode()
    except UnicodeDecodeError:
        return None
    return fields


def day_of(at: bytes, on: bytes | None, zone: str) -> str:
    """Return the day of the fact at the office (YYYY-MM-DD), from the fields `at` and `on`."""
    if on is not None:
        return on.decode()
    written = at.decode()
    return written[:10] if written.endswith(zone) else in_zone(written, zone)[:10]


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
    (
        seq, at, by, _, task, unit, action, of, note, evidence, on, due, form, recorded_by, problem, next_step, batch, id_,
    ) = fields.groups()  # fmt: skip
    return Entry(
        int(seq), at.decode(), by.decode(), int(task), _text(unit), _ACTIONS[action], _text(of), _string(note),
        tuple(Evidence(**item) for item in json.loads(b"[%b]" % evidence)) if evidence else (),
        batch.decode(), id_.decode(), _text(on), _string(due), None, _text(form), _text(recorded_by), _string(problem),
        _string(next_step),
    )  # fmt: skip


_ACTIONS = {action.value.encode(): action for action in Action}


def _text(written: bytes | None) -> str | None:
    return None if written is None else written.decode()


def _string(written: bytes | None) -> Any:
    return None if written is None else json.loads(written)


def encode_key(task: int, unit: str | None) -> bytes:
    """Return a (task, unit) as a line writes it."""
    return b'"task":%d,"unit":%b' % (task, encode_text(unit))


def decode_key(written: bytes) -> tuple[int, str | None]:
    """Return the (task, unit) that `encode_key` returns as bytes."""
    fields = json.loads(b"{" + written + b"}")
    return fields["task"], fields["unit"]


def encode_text(text: str | None) -> bytes:
    """Return a text as a line writes it, with its quotation marks."""
    return json.dumps(text, ensure_ascii=False).encode()
