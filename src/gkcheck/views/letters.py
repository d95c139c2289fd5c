"""Letters (催办单): the unfinished assignments of one unit, as a document."""

from __future__ import annotations

from collections import Counter

from gkcheck import labels
from gkcheck.model import Plan
from gkcheck.operations.remind import Letter
from gkcheck.table import Block, Column, Document, Paragraph, ParagraphKind, Table, table_of
from gkcheck.text.numerals import numeral
from gkcheck.views.published import chinese_day
from gkcheck.views.statuses import remark, status_text


def letter_number(letter: Letter) -> str:
    """Return 催办〔2019〕1号: the year in full, the number without leading zeros (GB/T 9704-2012, 7.2.5)."""
    return labels.letter_number(letter.day.isoformat(), letter.number)


def document(plan: Plan, letter: Letter) -> Document:
    """Return the letter in the parts of an official document: title, number, addressee, text, table, office, date."""
    blocks: list[Block] = [
        Paragraph(f"催办单（{_ordinal(letter.times)}）" if letter.times > 1 else "催办单", ParagraphKind.TITLE),
        Paragraph(letter_number(letter), ParagraphKind.NUMBER),
        Paragraph(f"{letter.unit}：", ParagraphKind.ADDRESSEE),
        Paragraph(_reason(plan, letter)),
        table(letter),
    ]
    if letter.open:
        blocks.append(
            Paragraph(f"注：“{letter.unit}”的成员没有公布，本单按责任分工表所印名称发出。", ParagraphKind.NOTE)
        )
    if plan.issuer:
        blocks.append(Paragraph(plan.issuer, ParagraphKind.SIGNATURE))
    blocks.append(Paragraph(chinese_day(letter.day), ParagraphKind.DATE))
    return Document(f"{letter_number(letter)} {letter.unit}", tuple(blocks))


def _reason(plan: Plan, letter: Letter) -> str:
    late = sum(item.state.overdue for item in letter.owed)
    returned = sum(item.state.returned for item in letter.owed)
    counted = "、".join(f"{word} {count} 项" for word, count in (("逾期", late), ("退回", returned)) if count)
    source = f"《{plan.title}》" + (f"（{plan.document_number}）" if plan.document_number else "")
    limit = f"在{chinese_day(letter.before)}以前（含当日）到期而" if letter.before else ""
    return (
        f"根据{source}，截至{chinese_day(letter.as_of)}，你单位{limit}没有完成的责任项有 {len(letter.owed)} 项"
        f"{f'，其中{counted}' if counted else ''}，列表如下。{_repeated(letter)}"
        f"请抓紧办理，并{_reply_by(letter)}反馈办理情况和佐证材料。"
    )


def _ordinal(times: int) -> str:
    """Return 第二次催办."""
    return f"第{numeral(times)}次催办"


def _repeated(letter: Letter) -> str:
    """Return a sentence about the assignments that letters have reminded of before; nothing where there are none."""
    counted = Counter(item.times for item in letter.owed)
    if len(counted) == 1:
        return f"这是{_ordinal(letter.times)}。" if letter.times > 1 else ""
    listed = "、".join(f"{_ordinal(times)}的 {counted[times]} 项" for times in sorted(counted) if times > 1)
    return f"其中{listed}。"


def _reply_by(letter: Letter) -> str:
    return f"于{chinese_day(letter.reply_by)}以前（含当日）" if letter.reply_by else "及时"


def table(letter: Letter) -> Table:
    """Return one row an assignment; the last column where something was returned or noted."""
    columns: tuple[Column, ...] = (
        Column("编号"),
        Column("具体要求", wrap=True),
        Column("职责"),
        Column("时限", wrap=True),
        Column("状态", wrap=True, kind="status"),
        Column("退回原因或备注", wrap=True),
    )
    rows = [
        (
            labels.task_number(item.task),
            item.task.text,
            labels.ROLE[item.state.assignment.role],
            labels.deadline(item.state.deadline),
            status_text(item.state.status, overdue=item.state.overdue),
            remark(item.state),
        )
        for item in letter.owed
    ]
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]  # type: ignore[misc]
    return table_of(columns, rows)
