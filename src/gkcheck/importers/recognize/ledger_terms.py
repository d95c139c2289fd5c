"""The titles of the columns in which a ledger (台账) says how far a task is, and the meaning of each."""

from __future__ import annotations

import re
from enum import StrEnum

from gkcheck.importers.recognize.header_terms import header_key


class Field(StrEnum):
    """The content of a column of a ledger; each value is its usual title.

    CLAIM is a status or the progress in words: a title does not tell which. DERIVED is what a ledger keeps about a
    claim and nobody claims (逾期, 审核意见); REPORTED is the day of reporting.
    """

    CLAIM = "完成情况"
    STATUS = "状态"
    PROGRESS = "进展情况"
    PROBLEM = "存在问题"
    NEXT = "下一步措施"
    DAY = "办理日期"
    DUE_OR_DAY = "完成时间"
    REPORTED = "填报时间"
    EVIDENCE = "佐证材料"
    PUBLISHED = "佐证发布日期"
    REMARK = "备注"
    PERSON = "填报人"
    PHONE = "联系电话"
    DERIVED = "审核情况"


_DAY_WORD = r"(?:时间|日期)"
_FIELDS: tuple[tuple[re.Pattern[str], Field], ...] = (
    (re.compile(r"(?:填报|填写|填表|报送|录入|经办)人"), Field.PERSON),
    (re.compile(r"电话|手机|联系方式|联系号码"), Field.PHONE),
    (re.compile(r"审核|审定|审批|催办|督办|逾期|超期|退回|到期|责任项|^各期$"), Field.DERIVED),
    (re.compile(rf"(?:填报|填表|报送|上报|反馈|更新|录入|登记){_DAY_WORD}"), Field.REPORTED),
    (re.compile(rf"(?:发布|公开|公布){_DAY_WORD}"), Field.PUBLISHED),
    (re.compile(rf"(?:办理|办结|实际(?:完成|办结)?|销号){_DAY_WORD}"), Field.DAY),
    (re.compile(rf"^完成{_DAY_WORD}$"), Field.DUE_OR_DAY),
    (re.compile(r"佐证|证明材料|印证|支撑材料|附件|链接|网址"), Field.EVIDENCE),
    (re.compile(r"问题|困难|受阻原因|未完成原因"), Field.PROBLEM),
    (re.compile(r"下一?步|后续|工作打算|整改措施"), Field.NEXT),
    (
        re.compile(
            r"状态|^是否(?:已?完成|已?办结|落实)|(?:完成|落实|办理|办结|进展|推进|执行|工作|任务|整改)(?:情况|进展|进度|结果)|^进展|^进度|^完成与否"
        ),
        Field.CLAIM,
    ),
    (re.compile(r"^备注|^说明$|^附注$"), Field.REMARK),
)


def field_of(title: str) -> Field | None:
    """Return what a column of this title holds; None where it is a column of the plan (具体要求, 责任单位) or unknown."""
    word = header_key(title)
    outer = re.sub(r"\([^()]*\)", "", word) or word
    if not outer or len(outer) > 14:
        return None
    return next((field for pattern, field in _FIELDS if pattern.search(outer)), None)
