"""One entry, one line: the journal's bytes and what they mean.

A line is JSON whose last key is `id`, the first 32 hexadecimal digits of the SHA-256 of the bytes of the
line before `,"id":`. That one field is the entry's identity and proves that no byte was altered; anyone
can check it with sha256sum. The first line of a journal is its header and carries no id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from gkcheck.errors import BadJournal
from gkcheck.model import Action, Draft, Entry, Evidence

if TYPE_CHECKING:
    import hashlib

FORMAT = "gkcheck-journal"
VERSION = 1

LONGEST = 1 << 20
"""The longest line, in bytes, that is read as an entry; nothing that gkcheck writes comes near it."""

_BEFORE_ID, _AFTER_ID = b',"id":"', b'"}'
_ID_DIGITS = 32
_TAIL = len(_BEFORE_ID) + _ID_DIGITS + len(_AFTER_ID)


class Damaged(ValueError):
    """A line that is not what was written. The text says why, in Chinese."""


class NotUnderstood(Damaged):
    """A line as it was written, but by no version that this program knows: to be kept, not to be counted."""


_ID = rb',"id":"[0-9a-f]{32}"}'


def whole_within(line: bytes) -> list[bytes]:
    """The whole entry lines inside damaged bytes, in order: a lost line break glues two sound ones together."""
    found, start = [], 0
    for match in re.finditer(_ID, line):
        begin = line.find(b'{"seq":', start)
        while 0 <= begin < match.start():
            if is_whole(line[begin : match.end()]):
                found.append(line[begin : match.end()])
                break
            begin = line.find(b'{"seq":', begin + 1)
        start = match.end()
    return found


def header(plan: str) -> bytes:
    """The first line of a journal of the plan."""
    return json.dumps({"format": FORMAT, "version": VERSION, "plan": plan}, ensure_ascii=False).encode() + b"\n"


def read_header(line: bytes) -> str:
    """The plan id a header names.

    Raises:
        Damaged: this is no header at all.
        BadJournal: a header, but of a version this program does not know.
    """
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise Damaged("首行不是 gkcheck 日志的首行") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Damaged("首行不是 gkcheck 日志的首行")
    version, plan = found.get("version"), found.get("plan")
    if type(version) is not int or version < 1 or not isinstance(plan, str):
        raise Damaged("首行的 version 或 plan 不对")
    if version > VERSION:
        raise BadJournal(f"日志是第 {version} 版格式，本程序只认到第 {VERSION} 版，请升级 gkcheck")
    return plan


def encode(draft: Draft, *, seq: int, at: str, by: str, batch: str) -> bytes:
    """The line of a new entry, with its newline."""
    entry = Entry(
        seq=seq, at=at, by=draft.by or by, task=draft.task, unit=draft.unit, action=draft.action, of=draft.of, note=draft.note,
        evidence=draft.evidence, batch=batch, id="", on=draft.on, due=draft.due, undoes=draft.undoes,
        form=draft.form,
    )  # fmt: skip
    fields = entry.fields()
    del fields["id"]
    before = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()[:-1]
    return before + _BEFORE_ID + _hash(before).encode() + b'"}\n'


def _hash(before: bytes) -> str:
    return _sha256()(before).hexdigest()[:_ID_DIGITS]


@cache
def _sha256() -> Callable[[bytes], hashlib._Hash]:
    """hashlib is loaded with the first line only: it brings OpenSSL along."""
    import hashlib

    return hashlib.sha256


def is_whole(line: bytes) -> bool:
    """Whether a line (without its newline) carries the id of its own bytes."""
    return line[-_TAIL:] == _BEFORE_ID + _hash(line[:-_TAIL]).encode() + _AFTER_ID and len(line) <= LONGEST


def seq_of(line: bytes) -> int | None:
    """The `seq` of a whole line, of whatever version; None where it has none."""
    found = re.match(rb'\{"seq":([1-9][0-9]{0,15}),', line)
    return int(found[1]) if found else None


def decode(line: bytes) -> Entry:
    """The entry a line (without its newline) holds.

    Raises:
        Damaged: altered or too long. NotUnderstood: whole, but of a shape that this program does not know.
    """
    if not is_whole(line):
        raise Damaged("内容与校验码不符" if len(line) <= LONGEST else f"超过 {LONGEST} 字节")
    try:
        fields, end = _JSON.raw_decode(text := line.decode())
        if end != len(text):
            raise NotUnderstood("不是 gkcheck 的记录")
        return _entry(fields)
    except NotUnderstood:
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotUnderstood("不是 gkcheck 的记录") from None


_JSON = json.JSONDecoder()
_ACTIONS = {action.value: action for action in Action}
_TEXT, _MAYBE = str, (str, type(None))


def _entry(fields: dict[str, Any]) -> Entry:
    """An entry from its fields. Written flat: a long journal comes through here line by line."""
    action = _ACTIONS.get(fields["action"])
    if action is None:
        raise NotUnderstood(f"不认识的动作“{fields['action']}”，可能由更新的版本写入")
    seq, at, by, task, unit = fields["seq"], fields["at"], fields["by"], fields["task"], fields["unit"]
    of, note, batch, evidence = fields["of"], fields["note"], fields["batch"], fields["evidence"]
    if type(seq) is not int or seq < 1 or not (task is None or type(task) is int):
        raise NotUnderstood("seq 或 task 不是编号")
    if not (isinstance(at, _TEXT) and isinstance(by, _TEXT) and isinstance(batch, _TEXT)):
        raise NotUnderstood("字段类型不对")
    if not (isinstance(unit, _MAYBE) and isinstance(of, _MAYBE) and isinstance(note, _MAYBE)):
        raise NotUnderstood("字段类型不对")
    if datetime.fromisoformat(at).tzinfo is None:
        raise NotUnderstood("时间没有时区")
    proofs = tuple(Evidence(**item) for item in evidence) if evidence else ()
    if len(fields) == _PLAIN_FIELDS:
        return Entry(seq, at, by, task, unit, action, of, note, proofs, batch, fields["id"])
    on, due, undoes, form = fields.get("on"), fields.get("due"), fields.get("undoes"), fields.get("form")
    for day in (on, due):
        if day is not None:
            date.fromisoformat(day)
    if not (isinstance(undoes, _MAYBE) and isinstance(form, _MAYBE)):
        raise NotUnderstood("字段类型不对")
    return Entry(seq, at, by, task, unit, action, of, note, proofs, batch, fields["id"], on, due, undoes, form)


_PLAIN_FIELDS = 11
"""How many fields an entry has without the optional ones."""
