"""Running text → tasks: numbered paragraphs with label lines or closing brackets, under headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from gkcheck.importers.draft import DraftTask, Heading, ReadingLog, headings_after, section_titles
from gkcheck.importers.formats.blocks import Block
from gkcheck.importers.recognize.assignees import Assignees, says_first_leads
from gkcheck.importers.recognize.header_terms import LABEL, Kind, meaning_of
from gkcheck.importers.recognize.headings import is_heading, is_title
from gkcheck.importers.recognize.inline_assignees import read_heading, split_assignments, split_off_headings
from gkcheck.importers.recognize.numbering import leading_number
from gkcheck.importers.recognize.org_names import is_org_name
from gkcheck.model import Role
from gkcheck.text.script import folded

_DATE = re.compile(
    r"^[(]?(?:20\d\d|二[〇○零]\S{2,3})年\d{0,2}[一二三四五六七八九十]{0,3}月\d{0,2}[一二三四五六七八九十]{0,3}日[)]?$"
)
_ANNEX = re.compile(r"[(]?附(?:件|表|录)?\s*[\d一二三四五六七八九十]*[:)]?")
_BULLET = re.compile(r"^[●•◆■▪○◇□★☆▲△➢·*–-]\s*(?=[^\s\d*-])")
_CARRIES_ON = re.compile(r"[；;：:，,、]$")


@dataclass(slots=True)
class Item:
    """A paragraph or a stretch of one. `raw` is all of it as printed, `text` follows its number."""

    place: str
    raw: str
    text: str
    number: str | None
    rank: float | None
    assignees: Assignees | None

    @property
    def titled(self) -> bool:
        """True if the item reads as the title of a plan or of a notice."""
        return self.number is None and self.assignees is None and is_title(self.raw)

    @property
    def ends_block(self) -> bool:
        """True if headings above the item end with it: it is a title, a date or the mark of an annex."""
        shape = re.sub(r"\s", "", folded(self.raw))
        return self.titled or bool(_DATE.match(shape) or _ANNEX.fullmatch(shape))


def items_of(block: Block) -> list[Item]:
    """Return the paragraphs of running text as items; lines that only assign join the item before them."""
    items: list[Item] = []
    open_label = ""
    for r, (line, place) in enumerate(block.lines):
        text = _BULLET.sub("", line.strip())
        if not text:
            continue
        text, open_label = open_label + text, ""
        if _label_goes_on(text) and r + 1 < len(block.rows):
            open_label = text
            continue
        for piece, assignees in split_off_headings(split_assignments(text)):
            if not piece and assignees is not None and items:
                if items[-1].assignees is None:
                    items[-1].assignees = Assignees()
                items[-1].assignees.merge(assignees)
                continue
            number = leading_number(piece)
            if assignees is not None and assignees.unclosed:
                piece = text[max(0, text.rfind(piece)) :]
            items.append(
                Item(
                    place,
                    piece,
                    piece[number.end :] if number else piece,
                    number.printed if number else None,
                    number.rank if number else None,
                    assignees,
                )
            )
    return items


def _label_goes_on(text: str) -> bool:
    """True if a label line is not finished: nothing after the colon, or a list that ends in 、."""
    found = LABEL.match(folded(text))
    if not found or not (meaning := meaning_of(found["word"])) or meaning.kind is Kind.NOTE:
        return False
    rest = text[found.end() :].strip()
    return not rest or rest[-1] in "、，,"


def read_prose(
    block: Block, headings: list[Heading], log: ReadingLog, table_follows: bool
) -> tuple[list[DraftTask], list[Heading]]:
    """Return the tasks of running text in order, and the headings in force at its end.

    `table_follows`: a table of tasks comes right after, so that a last heading may be its own.
    """
    return _Prose(items_of(block), headings, log, table_follows).read()


class _Prose:
    """Walks over the items once; headings and paragraphs that carry on wait for what follows them."""

    def __init__(self, items: list[Item], headings: list[Heading], log: ReadingLog, table_follows: bool) -> None:
        self.items, self.headings, self.log = items, headings, log
        self.table_follows = table_follows
        self.tasks: list[DraftTask] = []
        self.heading_assignees: dict[str, Assignees] = {}
        self.default_role: Role | None = None
        self.waiting: list[Item] = []
        self.after_heading = False
        self.task_ranks = {item.rank for item in items if item.assignees}
        self._measure()

    def read(self) -> tuple[list[DraftTask], list[Heading]]:
        for i, item in enumerate(self.items):
            self.log.first_leads |= item.assignees is None and says_first_leads(item.raw)
            if item.ends_block:
                self._leave_waiting()
                self.log.place(
                    item.place,
                    item.raw,
                    "标题行" if item.titled else ("附件" if item.raw.startswith(("附", "（附", "(附")) else "落款"),
                )
                self.headings, self.heading_assignees, self.default_role = [], {}, None
            elif (
                item.assignees is not None
                and item.assignees.unclosed
                and self.assigned[-1] == self.assigned[i + 1]
                and not self.table_follows
            ):
                self._leave(i, item)
            elif item.assignees is not None and item.assignees.names():
                self._assigned(i, item)
            else:
                self._unassigned(i, item)
        self._leave_waiting()
        return self.tasks, self.headings

    def _measure(self) -> None:
        """Find for every item where its scope ends: at the next of its rank or higher, or where headings end."""
        count = len(self.items)
        self.ends = [count] * count
        nearest: dict[float, int] = {}
        end = count
        for i in range(count - 1, -1, -1):
            item = self.items[i]
            if item.ends_block:
                end = i
            rank = item.rank
            self.ends[i] = (
                min([end, *(at for other, at in nearest.items() if rank is not None and other <= rank)])
                if i != end
                else i + 1
            )
            if rank is not None:
                nearest[rank] = i
        self.assigned = list(accumulate((item.assignees is not None for item in self.items), initial=0))
        self.ranked = list(accumulate((item.rank is not None for item in self.items), initial=0))
        self.both = list(
            accumulate((item.rank is not None and item.assignees is not None for item in self.items), initial=0)
        )

    def _below(self, counts: list[int], i: int) -> int:
        """Count items in the scope of item i."""
        return counts[self.ends[i]] - counts[i + 1]

    def _assigned(self, i: int, item: Item) -> None:
        childless = item.rank is None or not self._below(self.ranked, i)
        if not childless and is_heading(item.text) and not self._below(self.both, i):
            self._open(item, item.assignees)
        else:
            assert item.assignees is not None
            inherited = self._inherited(item) if not (item.assignees.lead or item.assignees.responsible) else None
            if inherited:
                item.assignees.merge(inherited)
            self._task(item, item.assignees, inherited=inherited is not None)

    def _open(self, item: Item, assignees: Assignees | None) -> None:
        self._leave_waiting()
        title, named, role = read_heading(item.raw)
        self.headings = headings_after(
            self.headings, Heading(re.sub(r"\s*\n\s*", "", title), item.rank if item.rank is not None else 0.9)
        )
        self.log.place(item.place, item.raw, "标题")
        if assignees or named:
            self.heading_assignees[self.headings[-1].printed] = assignees or named or Assignees()
        self.default_role = role
        self.after_heading = True

    def _unassigned(self, i: int, item: Item) -> None:
        reaches_table = self.table_follows and self.ends[i] >= len(self.items)
        leads_on = self._below(self.assigned, i) > 0 or reaches_table
        if item.assignees is not None and self.tasks and item.number is None:
            self._more_of_last(item)
        elif item.rank is not None and is_heading(item.text) and (leads_on or self._names_assignees(i, item)):
            self._open(item, None)
        elif self._introduces(i, item):
            self._leave_waiting()
            self.log.leave_out(item.place, item.raw, "标题下的导语")
        elif inherited := self._inherited(item):
            self._task(item, inherited, inherited=True)
        elif item.rank is not None and leads_on and self._below(self.both, i):
            self._split_heading(item)
        elif self._carries_on(i, item):
            self.waiting.append(item)
        elif item.rank is None and leads_on and not self.waiting and self._plain_heading(i, item):
            self._open(item, None)
        else:
            self._leave_waiting()
            self._leave(i, item)

    def _introduces(self, i: int, item: Item) -> bool:
        """True if an unnumbered paragraph leads from a heading to the numbered items below that heading."""
        if item.rank is not None or not self.after_heading or not self.headings:
            return False
        following = next((other for other in self.items[i + 1 : i + 4] if other.rank is not None), None)
        return following is not None and (following.rank or 0) > self.headings[-1].rank

    def _names_assignees(self, i: int, item: Item) -> bool:
        """True if a heading names the bodies of the unassigned items below it (一、市教育局)."""
        _, named, _ = read_heading(item.raw)
        return named is not None and self.ends[i] > i + 1 and item.rank is not None and item.rank <= 2

    def _inherited(self, item: Item) -> Assignees | None:
        """Return the assignees of the nearest heading that names any; None where none does."""
        if item.rank is None and len(item.text) < 6:
            return None
        for heading in reversed(self.headings):
            if heading.printed in self.heading_assignees and (item.rank is None or item.rank > heading.rank):
                return self.heading_assignees[heading.printed]
        return None

    def _split_heading(self, item: Item) -> None:
        """Open a heading whose paragraph goes on with an introduction: its first sentence is the heading."""
        found = re.search(r"[。：:]", item.raw)
        cut = found.end() if found else len(item.raw)
        head = Item(item.place, item.raw[:cut], item.text, item.number, item.rank, None)
        self._open(head, None)
        self.log.leave_out(item.place, item.raw[cut:], "标题下的导语")

    def _carries_on(self, i: int, item: Item) -> bool:
        """True if an item is the first part of a requirement that the next item ends and assigns."""
        following = self.items[i + 1] if i + 1 < len(self.items) else None
        if following is None or following.ends_block:
            return False
        if _CARRIES_ON.search(item.raw.strip()):
            first = (self.waiting or [item])[0]
            if following.rank is not None and (first.rank is None or first.rank >= following.rank):
                return False
            return following.assignees is not None or bool(_CARRIES_ON.search(following.raw.strip()))
        if item.rank is None:
            return (self.after_heading or bool(self.waiting)) and following.rank is None
        return following.rank is None and following.assignees is not None and item.rank in self.task_ranks

    def _plain_heading(self, i: int, item: Item) -> bool:
        """True for an unnumbered short line over numbered items."""
        following = self.items[i + 1] if i + 1 < len(self.items) else None
        shape = folded(item.raw).strip()
        if following is None or (following.rank is None and following.assignees is None):
            return False
        return (
            len(shape) <= 25
            and not re.search(r"[。;,:!?]|^[(《]|附件|文件$", shape)
            and not is_org_name(shape)
            and bool(self.tasks)
        )

    def _leave_waiting(self) -> None:
        for item in self.waiting:
            self._leave(None, item)
        self.waiting = []

    def _leave(self, i: int | None, item: Item) -> None:
        alike = item.rank is not None and item.rank in self.task_ranks and bool(self.tasks)
        last = i is not None and self.assigned[-1] == self.assigned[i + 1]
        if last and alike:
            self.log.leave_out(item.place, item.raw, "原文在此中断，任务不完整")
            self.log.note(item.place, "原文在此中断，最后一项任务没有责任单位，未收录")
        elif alike:
            self.log.leave_out(item.place, item.raw, "没有责任单位")
            self.log.note(item.place, f"“{item.raw[:20]}”没有印责任单位，未收录")
        else:
            self.log.leave_out(item.place, item.raw, "任务之外的文字")
        if item.assignees is not None:
            self._persons(item)

    def _more_of_last(self, item: Item) -> None:
        """Add a limit, a person or a remark on a line of its own to the task above."""
        assert item.assignees is not None
        self._persons(item)
        self.log.leave_out(item.place, item.raw, "任务之外的文字")

    def _persons(self, item: Item) -> None:
        assert item.assignees is not None
        for person in item.assignees.persons:
            self.log.leave_out(item.place, person, "个人，不作责任单位")

    def _task(self, item: Item, assignees: Assignees, inherited: bool) -> None:
        parts = [*self.waiting, item]
        self.waiting = []
        first = parts[0]
        if first.rank is not None:
            self.headings = [heading for heading in self.headings if heading.rank < first.rank]
        text = first.text + "".join(("\n" if part.number else "") + part.raw for part in parts[1:])
        section, subsection = section_titles(self.headings)
        if item.assignees is not None:
            self._persons(item)
            if inherited:
                deadline, notes = (
                    item.assignees.deadline or assignees.deadline,
                    [*assignees.notes, *item.assignees.notes],
                )
            else:
                deadline, notes = assignees.deadline, list(assignees.notes)
        else:
            deadline, notes = assignees.deadline, []
        for name in assignees.unsure:
            self.log.note(item.place, f"“{name}”不像单位名称，请核对")
        lead, responsible, support = tuple(assignees.lead), tuple(assignees.responsible), tuple(assignees.support)
        if self.default_role and responsible:
            lead, responsible, support = (
                (responsible, (), support)
                if self.default_role is Role.LEAD and not lead
                else (lead, (), (*support, *responsible))
            )
        self.log.first_leads |= assignees.leads_below
        self.log.count_rows()
        self.after_heading = False
        self.tasks.append(
            DraftTask(
                number=first.number,
                section=section,
                subsection=subsection,
                text=re.sub(r"[ \t]*\n(?!\s*[\d(（①-⑳一二三四五六七八九十])\s*", "", text).strip(),
                lead=lead,
                responsible=responsible,
                support=support,
                place=first.place,
                units_tail=assignees.tail,
                deadline=deadline,
                inherited=inherited,
                notes=tuple(notes),
            )
        )
