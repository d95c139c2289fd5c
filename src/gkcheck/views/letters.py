"""Letters (催办单): the unfinished assignments of one unit, as a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gkcheck import labels
from gkcheck.contacts import Contact
from gkcheck.ledger.fold import State
from gkcheck.model import Plan
from gkcheck.operations.remind import Letter, Owed
from gkcheck.table import (
    Block,
    Column,
    Document,
    Origin,
    PageBreak,
    Paragraph,
    ParagraphKind,
    StatusText,
    Table,
    table_of,
    without_empty_columns,
)
from gkcheck.text.numerals import numeral
from gkcheck.text.width import width
from gkcheck.types import NamedTuple
from gkcheck.views.published import chinese_day
from gkcheck.views.statuses import missed_periods, remark, status_text


class LetterHead(NamedTuple):
    """The things that an office sets once for all of its letters; `code` is the 发文代字 before the year of a number."""

    code: str = labels.LETTER_CODE
    contact: str = ""
    phone: str = ""
    sealed: bool = False


def letter_number(letter: Letter, head: LetterHead = LetterHead()) -> str:
    """Return 催办〔2019〕1号: the year in full, the number without leading zeros (GB/T 9704-2012, 7.2.5)."""
    return labels.letter_number(letter.day.isoformat(), letter.number, head.code)


def document(plan: Plan, letter: Letter, head: LetterHead = LetterHead(), to: Contact | None = None) -> Document:
    """Return the letter in the parts of an official document: title, number, addressee, text, table, office, date.

    Args:
        to: whom to hand it to at the unit.
    """
    number, reason = letter_number(letter, head), _reason(plan, letter, head)
    blocks: list[Block] = [
        Paragraph(f"{_ordinal(letter.times)}单" if letter.times > 1 else "催办单", ParagraphKind.TITLE),
        Paragraph(number, ParagraphKind.NUMBER),
        Paragraph(f"{letter.unit}：", ParagraphKind.ADDRESSEE),
        Paragraph(reason),
        table(letter),
    ]
    if letter.open:
        blocks.append(
            Paragraph(f"注：“{letter.unit}”的成员没有公布，本单按责任分工表所印名称发出。", ParagraphKind.NOTE)
        )
    if to:
        blocks.append(Paragraph(f"送：{'，电话'.join(filter(None, to[:2]))}", ParagraphKind.NOTE))
    if plan.issuer:
        blocks.append(Paragraph(plan.issuer, ParagraphKind.SIGNATURE))
    blocks.append(Paragraph(chinese_day(letter.day), ParagraphKind.DATE))
    fields = (
        ("单位", letter.unit),
        ("事由", reason),
        ("回复期限", chinese_day(letter.reply_by) if letter.reply_by else ""),
        ("联系人", head.contact),
        ("电话", head.phone),
        ("单位联系人", (to and to.name) or ""),
        ("单位电话", (to and to.phone) or ""),
    )
    origin = Origin(plan.issuer or "gkcheck", letter.day)
    return Document(f"{number} {letter.unit}", tuple(blocks), origin, head.sealed, fields, listing(letter))


def together(documents: Sequence[Document]) -> Document:
    """Return letters as one document, each on pages of its own that are counted from 1."""
    blocks = list(documents[0].blocks)
    for document in documents[1:]:
        blocks += [PageBreak(landscape=False, restart=True), *document.blocks]
    return documents[0]._replace(name="催办单", blocks=tuple(blocks))


def _reason(plan: Plan, letter: Letter, head: LetterHead) -> str:
    late = sum(item.state.overdue for item in letter.owed)
    returned = sum(item.state.returned for item in letter.owed)
    missed = sum(bool(missed_periods(item.state)) for item in letter.owed)
    kinds = (("逾期", late), ("退回", returned), ("往期未报", missed))
    counted = "、".join(f"{word}{count}项" for word, count in kinds if count)
    source = f"《{plan.title}》" + (f"（{plan.document_number}）" if plan.document_number else "")
    limit = f"在{chinese_day(letter.before)}以前（含当日）到期的责任项" if letter.before else ""
    named = (("联系人", head.contact), ("电话", head.phone))
    asked = "，".join(f"{name}：{value}" for name, value in named if value)
    reply = f"请于{chinese_day(letter.reply_by)}前" if letter.reply_by else "及时"
    return (
        f"根据{source}，截至{chinese_day(letter.as_of)}，你单位{limit}尚有{len(letter.owed)}项未完成"
        f"{f'（{counted}）' if counted else ''}，详见下表。{_repeated(letter)}"
        f"请抓紧办理，并{reply}反馈办理情况和佐证材料。{f'{asked}。' if asked else ''}"
    )


def _ordinal(times: int) -> str:
    """Return 第二次催办."""
    return f"第{numeral(times)}次催办"


def _repeated(letter: Letter) -> str:
    """Return a sentence about the assignments that letters have reminded of before; nothing where there are none."""
    counted = Counter(item.times for item in letter.owed)
    if len(counted) == 1:
        return f"这是{_ordinal(letter.times)}。" if letter.times > 1 else ""
    listed = "、".join(f"{_ordinal(times)}的{counted[times]}项" for times in sorted(counted) if times > 1)
    return f"其中{listed}。"


def listing(letter: Letter) -> Table:
    """Return one row an assignment, every fact in a column of its own."""
    columns = (
        Column("编号"),
        Column("具体要求", wrap=True),
        Column("职责"),
        Column("时限", wrap=True),
        Column("状态", wrap=True, kind="status"),
        Column("退回原因或备注", wrap=True),
    )
    rows = [
        (*_task(item), labels.deadline(item.state.deadline), _status(item), _remark(item.state)) for item in letter.owed
    ]
    return table_of(columns, rows)


def table(letter: Letter) -> Table:
    """Return the list as a letter prints it: the deadline under the status, no empty column.

    It is in small type, or in the smallest where only so a letter stays on one page.
    """
    columns = (
        Column("编号"),
        Column("具体要求", wrap=True),
        Column("职责"),
        Column("状态和时限", wrap=True, kind="status"),
        Column("退回原因或备注", wrap=True),
    )
    rows = [(*_task(item), _status_and_deadline(item), _remark(item.state)) for item in letter.owed]
    letters = sum(width(cell) for row in rows for cell in (row[1], row[-1]))
    listed = without_empty_columns(table_of(columns, rows))
    return listed._replace(dense=True, fine=_SMALL_HOLDS < letters <= _SMALLEST_HOLDS)


_SMALL_HOLDS, _SMALLEST_HOLDS = 1_000, 1_900
"""The letters of half width, of requirements and remarks together, that the page of a letter holds in either type."""


def _task(item: Owed) -> tuple[str, str, str]:
    return labels.task_number(item.task), item.task.text, labels.ROLE[item.state.assignment.role]


def _remark(state: State) -> str:
    """Return the periods of the year that were missed, then the remark of the present one."""
    missed = missed_periods(state)
    return "；".join(filter(None, (missed and f"往期未报：{missed}", remark(state))))


def _status(item: Owed) -> StatusText:
    return status_text(item.state.status, overdue=item.state.overdue)


def _status_and_deadline(item: Owed) -> StatusText:
    status, due = _status(item), labels.deadline(item.state.deadline)
    return StatusText(f"{status}\n{due}", status.mark) if due else status
