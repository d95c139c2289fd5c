"""Encode and decode the lines of a journal, one entry a line.

A line is JSON whose last key is `id`: the first 32 hexadecimal digits of the SHA-256 of the bytes of the line before
`,"id":`. It identifies the entry and proves that no byte was altered; anyone can check it with sha256sum. The first
line of a journal is its header and has no id. A line is whole if it ends in the id of its own bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from itertools import accumulate

from gkcheck.digest import FEW, sha256_for
from gkcheck.errors import BadJournal
from gkcheck.model import ADDED_FIELDS, Action, Draft, Entry, Every, Evidence
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib
    from typing import Any

FORMAT = "gkcheck-journal"
VERSION = 1

MAX_LINE = 1 << 20
"""The longest line of an entry, in bytes; nothing that gkcheck writes comes near it."""

MAX_SEQ = 10**12
"""The greatest `seq` of an entry."""

MAX_LEAP = 1_000_000
"""The most that a `seq` may be above the greatest before it: one line must not use up the numbers of all later ones."""

MAX_TASK = 2**31 - 1
"""The greatest number of a task."""

MAX_DEPTH = 64
"""The deepest that the values of a line may be nested, which are read to different depths by different Pythons."""

KINDS = ("url", "file", "text")
"""The kinds of evidence."""

_BEFORE_ID, _AFTER_ID = b',"id":"', b'"}'
_ID_DIGITS = 32
_ID_LENGTH = len(_BEFORE_ID) + _ID_DIGITS + len(_AFTER_ID)


class DamagedLine(ValueError):
    """A line that is not as it was written. The text is the reason, in Chinese."""


class UnknownLine(DamagedLine):
    """A whole line of a form that this version does not know: it stays in the journal and is not counted."""


_BEGIN = b'{"seq":'
_ID = rb',"id":"[0-9a-f]{32}"}'


def split_damaged(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole lines inside damaged bytes, in order, and the bytes around them; a lost line break joins two.

    A line begins at the last `{"seq":` before its id: within its texts a quotation mark is escaped.
    """
    lines, around, start, end = [], [], 0, 0
    for match in re.finditer(_ID, data):
        begin = data.rfind(_BEGIN, start, match.start())
        start = match.end()
        if begin >= 0 and is_whole(data[begin:start]):
            lines.append(data[begin:start])
            around.append(data[end:begin])
            end = start
    return lines, b"".join([*around, data[end:]])


def header(plan: str) -> bytes:
    """Return the first line of a journal of the plan, with its newline."""
    return json.dumps({"format": FORMAT, "version": VERSION, "plan": plan}, ensure_ascii=False).encode() + b"\n"


def read_header(line: bytes) -> str:
    """Return the plan id in a header.

    Raises:
        DamagedLine: this is no header.
        BadJournal: it is a header of a newer version.
    """
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise DamagedLine("首行不是 gkcheck 日志的首行")
    version, plan = fields.get("version"), fields.get("plan")
    if type(version) is not int or version < 1 or not isinstance(plan, str):
        raise DamagedLine("首行的 version 或 plan 不对")
    if version > VERSION:
        raise BadJournal(f"日志是第 {version} 版格式，本程序只认到第 {VERSION} 版，请升级 gkcheck")
    return plan


def encode(draft: Draft, *, seq: int, at: str, by: str, batch: str) -> bytes:
    """Return the line of a new entry, with its newline."""
    entry = Entry(
        seq=seq, at=at, by=draft.by or by, task=draft.task, unit=draft.unit, action=draft.action, of=draft.of, note=draft.note,
        evidence=draft.evidence, batch=batch, id="", on=draft.on, due=draft.due, undoes=draft.undoes,
        form=draft.form, recorded_by=by if draft.by not in (None, by) else None, problem=draft.problem, next=draft.next,
        letter=draft.letter, reply_by=draft.reply_by, every=draft.every,
    )  # fmt: skip
    fields = entry.fields()
    del fields["id"]
    before = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()[:-1]
    return before + _BEFORE_ID + _hash(before).encode() + b'"}\n'


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


def _hash(before: bytes) -> str:
    return _sha256()(before).hexdigest()[:_ID_DIGITS]


class _Hashing:
    """The SHA-256 for each line of a run: that for few lines, and from so many on that for many."""

    def __init__(self, few: int) -> None:
        self.left = few
        self.function = sha256_for(few)

    def __call__(self) -> Callable[[bytes], hashlib._Hash]:
        if self.left:
            self.left -= 1
            if not self.left:
                self.function = sha256_for(FEW + 1)
        return self.function


_sha256 = _Hashing(FEW)


def is_whole(line: bytes) -> bool:
    """True if a line (without its newline) ends in the id of its own bytes."""
    digest = _sha256()(line[:-_ID_LENGTH]).hexdigest()
    return line.endswith(b',"id":"%.32b"}' % digest.encode()) and len(line) <= MAX_LINE


def seq_of(line: bytes) -> int | None:
    """Return the `seq` of a whole line of any version; None where it has none within bounds."""
    match = re.match(rb'\{"seq":([1-9][0-9]{0,12}),', line)
    return int(match[1]) if match and int(match[1]) <= MAX_SEQ else None


def decode(line: bytes) -> Entry:
    """Return the entry of a line (without its newline).

    Raises:
        DamagedLine: altered or too long. UnknownLine: whole, but of a form that this version does not know.
    """
    if not is_whole(line):
        raise DamagedLine("内容与校验码不符" if len(line) <= MAX_LINE else f"超过 {MAX_LINE} 字节")
    try:
        fields, end = _JSON.raw_decode(text := line.decode())
        if end != len(text):
            raise UnknownLine("不是 gkcheck 的记录")
        if "\\u" in text:
            _check_text(fields)
        if len(fields) > _PLAIN_FIELDS and line.count(b"[") + line.count(b"{") > MAX_DEPTH:
            _check_depth(text)  # in a key of a newer version; all others are checked to be flat
        return _entry(fields)
    except UnknownLine:
        raise
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnknownLine("不是 gkcheck 的记录") from None


def _check_text(fields: Any) -> None:
    """Refuse text with half a surrogate pair, which no file and no screen takes. Raises UnicodeEncodeError."""
    json.dumps(fields, ensure_ascii=False).encode()


def _check_depth(text: str) -> None:
    """Refuse a line whose values are nested more than `MAX_DEPTH` deep."""
    signs = re.findall(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text)
    if max(accumulate(_STEPS.get(sign, 0) for sign in signs)) > MAX_DEPTH:
        raise UnknownLine(f"嵌套超过 {MAX_DEPTH} 层")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose keys stand in it once: of a key that is there twice every reader may take another value."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise UnknownLine("同一个字段写了两次")
    return fields


_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_JSON = json.JSONDecoder(object_pairs_hook=_object)
_ACTIONS = {action.value: action for action in Action}
_TEXT, _OPTIONAL_TEXT = str, (str, type(None))
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]{6})?[+-][0-9]{2}:[0-9]{2}(:[0-9]{2})?"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _entry(fields: dict[str, Any]) -> Entry:
    """Check the fields of an entry and return it. Without helpers, since every line of a long journal passes here."""
    action = _ACTIONS.get(fields["action"])
    if action is None:
        raise UnknownLine(f"不认识的动作“{str(fields['action'])[:20]}”，可能由更新的版本写入")
    seq, at, by, task, unit = fields["seq"], fields["at"], fields["by"], fields["task"], fields["unit"]
    of, note, batch, evidence = fields["of"], fields["note"], fields["batch"], fields["evidence"]
    if type(seq) is not int or not 1 <= seq <= MAX_SEQ:
        raise UnknownLine(f"seq 不是编号（1 到 {MAX_SEQ} 的整数）")
    if task is not None and (type(task) is not int or not 1 <= task <= MAX_TASK):
        raise UnknownLine(f"task 不是编号（1 到 {MAX_TASK} 的整数）")
    if not (isinstance(at, _TEXT) and isinstance(by, _TEXT) and isinstance(batch, _TEXT)):
        raise UnknownLine("字段类型不对")
    if not (isinstance(unit, _OPTIONAL_TEXT) and isinstance(of, _OPTIONAL_TEXT) and isinstance(note, _OPTIONAL_TEXT)):
        raise UnknownLine("字段类型不对")
    if not _TIME.fullmatch(at):
        raise UnknownLine("at 不是带时区的时间")
    datetime.fromisoformat(at)
    if type(evidence) is not list:
        raise UnknownLine("evidence 不是列表")
    items = tuple(map(_evidence, evidence)) if evidence else ()
    if len(fields) == _PLAIN_FIELDS and action is not Action.REMIND:
        return Entry(seq, at, by, task, unit, action, of, note, items, batch, fields["id"])
    on, due, undoes, form = fields.get("on"), fields.get("due"), fields.get("undoes"), fields.get("form")
    _check_day(on)
    _check_day(due)
    if not (isinstance(undoes, _OPTIONAL_TEXT) and isinstance(form, _OPTIONAL_TEXT)):
        raise UnknownLine("字段类型不对")
    entry = Entry(seq, at, by, task, unit, action, of, note, items, batch, fields["id"], on, due, undoes, form)
    added = {name: fields[name] for name in ADDED_FIELDS if name in fields}
    if added or action is Action.REMIND:
        entry = entry._replace(**_added(action, added))
    return entry


def _added(action: Action, fields: dict[str, Any]) -> dict[str, Any]:
    """Check the added fields of an entry and return them; each stands only where it says something."""
    for name in ("recorded_by", "problem", "next"):
        if name in fields and not (isinstance(fields[name], _TEXT) and fields[name]):
            raise UnknownLine(f"{name} 不是文字")
    if ("letter" in fields) != (action is Action.REMIND) or ("reply_by" in fields and action is not Action.REMIND):
        raise UnknownLine("催办函的编号和期限只在催办的记录里，编号必有")
    if "letter" in fields and (type(fields["letter"]) is not int or not 1 <= fields["letter"] <= MAX_TASK):
        raise UnknownLine(f"letter 不是编号（1 到 {MAX_TASK} 的整数）")
    if "reply_by" in fields:
        _check_day(fields["reply_by"] or "")
    if "every" in fields:
        if action is not Action.DEADLINE or fields["every"] not in _PERIODS:
            raise UnknownLine("every 不是时限的周期")
        fields["every"] = _PERIODS[fields["every"]]
    return fields


_PERIODS = {period.value: period for period in Every}

_PLAIN_FIELDS = 11
"""The number of fields of an entry without the optional ones."""


def _evidence(fields: dict[str, Any]) -> Evidence:
    item = Evidence(**fields)
    if item.kind not in KINDS or not all(isinstance(text, _OPTIONAL_TEXT) for text in item) or item.value is None:
        raise UnknownLine("佐证的字段不对")
    if item.sha256 is not None and not _SHA256.fullmatch(item.sha256):
        raise UnknownLine("佐证的 sha256 不是 64 位十六进制数")
    _check_day(item.published)
    return item


def _check_day(day: str | None) -> None:
    """Refuse anything but None and a day as YYYY-MM-DD; other ways to write one (2019-W52-1) do not compare."""
    if day is not None and not (_DAY.fullmatch(day) and date.fromisoformat(day)):
        raise UnknownLine("日期不是 2019-12-31 的形式")
