"""The layout of the fill-in workbook: its sheets, its columns, and the values of one form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gkcheck.ledger.fold import State
from gkcheck.model import Action, Status

VERSION = 2
"""The version of the workbook's layout; a form of a later one is refused."""

SHEET, METADATA_SHEET = "填报表", "_gkcheck"
FORMAT = "gkcheck-form"

CLAIMS = {
    Status.TODO: Action.REOPEN,
    Status.DOING: Action.START,
    Status.BLOCKED: Action.BLOCK,
    Status.DONE: Action.DONE,
    Status.SKIPPED: Action.SKIP,
}
"""The statuses a unit may claim, in the order of the drop-down, and the action each claim records."""


class Column(NamedTuple):
    """A column of the form; `width` is in digits of the standard font, `fill_in` is True where the unit writes."""

    title: str
    width: float
    fill_in: bool = False


NUMBER, SECTION, TEXT, ROLE, DEADLINE, CURRENT_STATUS = "序号", "工作任务", "具体要求", "职责", "完成时限", "目前状态"
STATUS, DAY, PROGRESS, EVIDENCE, PUBLISHED = "完成情况", "办理日期", "进展情况", "佐证材料", "佐证发布日期"
PROBLEM, NEXT, PERSON, PHONE = "存在问题", "下一步措施", "填报人", "联系电话"

COLUMNS = (
    Column(NUMBER, 5.5),
    Column(SECTION, 12),
    Column(TEXT, 36),
    Column(ROLE, 6),
    Column(DEADLINE, 12),
    Column(CURRENT_STATUS, 12),
    Column(STATUS, 10, True),
    Column(DAY, 12, True),
    Column(PROGRESS, 22, True),
    Column(EVIDENCE, 22, True),
    Column(PUBLISHED, 12, True),
    Column(PROBLEM, 14, True),
    Column(NEXT, 14, True),
)

OLD_COLUMNS = (PERSON, PHONE)
"""The columns that forms of version 1 have too: they asked in every row what is asked once now."""

REGISTRATION = {PERSON: (4, 6, 7), PHONE: (8, 9, 9)}
"""The things that are asked once, in the row of the unit: the column of its label, the first and the last that are filled in."""


PRINTED = (SECTION, ROLE, DEADLINE, CURRENT_STATUS)
"""The columns that are printed for the unit to read, and compared when the form comes back."""

HEADER_ROW = 4
"""The row of the column titles. Above it stand the title, the unit and the instructions."""

FONT_SIZE = 10.5
"""In points."""


class FormRow(NamedTuple):
    """One assignment on a form. `last_entry` is the id of the entry that last set its status, "" where none did."""

    task: int
    number: str
    section: str
    text: str
    fingerprint: str
    state: State
    last_entry: str


@dataclass(frozen=True, slots=True)
class Form:
    """One unit's form, as it is sent out.

    `id` is unique to this form; entries recorded from it carry it. `made_at` is the time of making (ISO 8601);
    `seq` and `entry` are those of the last entry in the journal then (0 and "" where it was empty).
    """

    id: str
    plan: str
    title: str
    unit: str
    made_at: str
    seq: int
    entry: str
    rows: tuple[FormRow, ...]
