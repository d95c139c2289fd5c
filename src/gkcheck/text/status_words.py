"""The words people write for a status, in a form or in a ledger of their own: one closed table."""

from __future__ import annotations

from gkcheck.model import Status
from gkcheck.text.normalize import key
from gkcheck.text.script import simplified

_WORDS: dict[Status, str] = {
    Status.TODO: "未开始 未启动 尚未开始 尚未启动 未开展 否 ✗ ✘ × ☒",
    Status.DOING: "推进中 推进 正在推进 进行中 正在进行 在办 办理中 正在办理 落实中 正在落实",
    Status.BLOCKED: "受阻 受阻中",
    Status.DONE: "已完成 完成 全部完成 办结 落实 已落实 是 √ ✓ ✔ ☑ ✅",
    Status.CONFIRMED: "已办结 已销号 销号",
    Status.SKIPPED: "不涉及 未涉及 不适用 无此项",
}
_STATUS_BY_WORD = {key(word): status for status, words in _WORDS.items() for word in words.split()} | {
    status.value: status for status in Status
}
_LONGEST = max(map(len, _STATUS_BY_WORD))


def status_of_word(text: str) -> Status | None:
    """Return the status that a whole cell says, in either script; blanks, stops at its end and invisible characters aside.

    None for what is no status: nothing, a sentence, a part (部分完成, 基本完成), a negation (未完成). 已办结 is the
    office's word: callers decide if it is that of a unit.
    """
    word = key(text).rstrip("。.;；!！,，、")
    if word not in _STATUS_BY_WORD and 0 < len(word) <= _LONGEST:
        word = simplified(word)
    return _STATUS_BY_WORD.get(word)
