"""Random histories: entries as machines that did not know of each other make them, undos of undos included."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from gkcheck.journal import record_format
from gkcheck.journal.entry_line import EntryLine
from gkcheck.model import Action, Draft, Every, Evidence
from tests.journal.exchange import entry_line

UNITS = ["市教育局", "市财政局", "台城街道"]
TASKS = [1, 2, 23]
_DAYS = ["2019-11-01", "2019-11-02", "2019-12-30"]
_ACTIONS = [action for action in Action if action is not Action.UNDO]
_BATCHES = [f"{number:012x}" for number in range(6)]


def _draft(letter: int, reply_by: str | None, every: Every | None, **fields: Any) -> Draft:
    """Return a draft with what only reminders and deadlines may have."""
    draft = Draft(**fields)
    if draft.action is Action.REMIND:
        return draft._replace(letter=letter, reply_by=reply_by)
    return draft._replace(every=every) if draft.action is Action.DEADLINE else draft


drafts = st.one_of(
    st.builds(
        _draft,
        action=st.sampled_from(_ACTIONS),
        task=st.sampled_from(TASKS),
        unit=st.sampled_from([None, *UNITS]),
        of=st.sampled_from([None, "0" * 16]),
        note=st.sampled_from([None, "", "已公布", "引号\"、\\u0000 与\x00\n换行", "🙂\u2028"]),
        evidence=st.lists(st.sampled_from([Evidence("url", "https://a"), Evidence("text", "文号", title="标题")]), max_size=2).map(tuple),
        on=st.sampled_from([None, *_DAYS]),
        due=st.sampled_from([None, "2019-12-31"]),
        undoes=st.none(),
        by=st.sampled_from([None, "经办人"]),
        problem=st.sampled_from([None, "经费没有落实", ',"next":"'] ),
        next=st.sampled_from([None, "下月办理", "\x00"]),
        letter=st.integers(1, 3),
        reply_by=st.sampled_from([None, "2019-12-31"]),
        every=st.sampled_from([None, *Every]),
    ),
    st.sampled_from(_BATCHES).map(lambda batch: Draft(Action.UNDO, undoes=batch)),
)  # fmt: skip


@st.composite
def _sealed(draw: st.DrawFn) -> EntryLine:
    line = record_format.encode(
        draw(drafts),
        seq=draw(st.integers(1, 8)),
        at=draw(st.sampled_from(_DAYS)) + draw(st.sampled_from(["T09:00:00.000000+08:00", "T08:59:59+00:00"])),
        by=draw(st.sampled_from(["测试", 'a"b\\'])),
        batch=draw(st.sampled_from(_BATCHES)),
    )[:-1]
    return entry_line(line)


histories = st.lists(_sealed(), max_size=25, unique_by=lambda one: one.entry.id)
