"""The fill-in workbook of a unit (填报表): out to the unit, and back into the journal.

`making` gathers a form from the ledger; `out` renders it on a `template`; `cells` is what a cell holds, both ways; `back` reads a workbook that somebody
filled in; `taking` says what of it is to be recorded. A hidden sheet tells which form it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gkcheck.ledger.fold import State
from gkcheck.model import Action, Status

VERSION = 1
"""The version of the workbook's layout; a form of a later one is refused."""

SHEET, MARK_SHEET = "填报表", "_gkcheck"
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
    """A column of the form: its title, its width in digits of the standard font, who writes in it."""

    title: str
    width: float
    fill_in: bool = False


NUMBER, SECTION, TEXT, ROLE, DEADLINE, STANDS = "序号", "工作任务", "具体要求", "职责", "完成时限", "目前状态"
STATUS, DAY, PROGRESS, PROOF, PUBLISHED = "完成情况", "办理日期", "进展情况", "佐证材料", "佐证发布日期"
PROBLEM, NEXT, PERSON, PHONE = "存在问题", "下一步措施", "填报人", "联系电话"

COLUMNS = (
    Column(NUMBER, 5.5),
    Column(SECTION, 12),
    Column(TEXT, 36),
    Column(ROLE, 6),
    Column(DEADLINE, 12),
    Column(STANDS, 12),
    Column(STATUS, 10, True),
    Column(DAY, 12, True),
    Column(PROGRESS, 22, True),
    Column(PROOF, 22, True),
    Column(PUBLISHED, 12, True),
    Column(PROBLEM, 14, True),
    Column(NEXT, 14, True),
    Column(PERSON, 9, True),
    Column(PHONE, 14, True),
)


HEAD = 4
"""The row of the column titles; above it stand the title, the unit and how to fill in."""

UNIT_CELL = "C2"

SIZE = 10.5
"""The type size of the form, in points."""


class FormRow(NamedTuple):
    """One assignment on a form. `last` is the entry that last set its status, an empty text where none did."""

    task: int
    number: str
    section: str
    text: str
    fingerprint: str
    state: State
    last: str


@dataclass(frozen=True, slots=True)
class Form:
    """One unit's form, as it is sent out.

    `made` is the time of making (ISO 8601), `seq` and `entry` the last fact of the journal it was made
    from. `id` names this very form: what comes back with it is recorded under it.
    """

    id: str
    plan: str
    title: str
    unit: str
    made: str
    seq: int
    entry: str
    rows: tuple[FormRow, ...]
