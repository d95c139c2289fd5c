"""Lines that stand above others: titles of plans and notices, headings over tasks; and where a sentence ends."""

from __future__ import annotations

import re

from gkcheck.importers.recognize.numbering import leading_number
from gkcheck.text.script import folded

_TITLE = re.compile(
    r"(?:方案|计划|要点|分工|分工表|清单|台账|一览表|任务表|责任表|分解表|汇总表|安排表|推进表|意见|措施|细则|通知|分解|任务书|安排)(?:\([^()]{1,12}\))?$"
)
_ENDED = re.compile(r"[。；！？;!?”）)〕】]\s*$")


def ends_sentence(text: str) -> bool:
    """True if a text ends as a sentence or a bracket does, and is not broken off."""
    return bool(_ENDED.search(text))


def is_title(text: str) -> bool:
    """True if a line reads as a title: 2019年政务公开工作要点责任分工表."""
    shape = folded(text).strip()
    return (
        leading_number(text) is None
        and 4 <= len(shape) <= 70
        and not re.search(r"[。;,:!?]", shape.replace("\n", ""))
        and bool(_TITLE.search(shape))
        and not re.match(r"附件|(?:关于)?印发$|[(《]?附", shape)
    )


def is_heading(text: str) -> bool:
    """True if the words of a numbered paragraph read as a heading and not as a requirement."""
    shape = folded(text).strip()
    body = shape.rstrip("。:")
    if not shape or len(shape) > 45 or re.search(r"[。;!?]", body):
        return False
    return not (shape.endswith("。") and "," in body) or len(body) <= 12
