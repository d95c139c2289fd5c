"""Running text → tasks: numbered paragraphs with label lines or closing brackets, under headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from gkcheck.importers.draft import Account, DraftTask, Heading, sections_of, under
from gkcheck.importers.recognize.assignee_lists import states_order
from gkcheck.importers.recognize.assignees import Owners
from gkcheck.importers.recognize.header_terms import LABEL, Kind, meaning_of
from gkcheck.importers.recognize.headings import is_heading, is_title
from gkcheck.importers.recognize.inline_assignees import cut_assignments, heading_owners, with_heads
from gkcheck.importers.recognize.numbering import leading_number
from gkcheck.importers.recognize.org_names import is_body
from gkcheck.model import Role
from gkcheck.table import Table
from gkcheck.text.script import folded

_DATE = re.compile(
    r"^[(]?(?:20\d\d|二[〇○零]\S{2,3})年\d{0,2}[一二三四五六七八九十]{0,3}月\d{0,2}[一二三四五六七八九十]{0,3}日[)]?$"
)
_BULLET = re.compile(r"^[●•◆■▪○◇□★☆▲△➢·*–-]\s*(?=[^\s\d*-])")
_CARRIES_ON = re.compile(r"[；;：:，,、]$")


@dataclass(slots=True)
class Item:
    """A paragraph or a stretch of one. `raw` is all of it as printed, `text` what follows its number."""

    place: str
    raw: str
    text: str
    number: str | None
    rank: float | None
    owners: Owners | None

    @property
    def titled(self) -> bool:
        """Whether it reads as the title of a plan or of a notice."""
        return self.number is None and self.owners is None and is_title(self.raw)

    @property
    def ends_block(self) -> bool:
        """Whether headings printed before it are no headings of what comes after: a title, a date."""
        return self.titled or bool(_DATE.match(re.sub(r"\s", "", folded(self.raw))))


def items_of(grid: Table) -> list[Item]:
    """The paragraphs of running text as items; lines that only assign join the item before them."""
    items: list[Item] = []
    open_label = ""
    for r, row in enumerate(grid.rows):
        place = grid.places[r] if r < len(grid.places) else f"第{r + 1}行"
        text = _BULLET.sub("", (row[0] or "").strip() if row else "")
        if not text:
            continue
        text, open_label = open_label + text, ""
        if _label_goes_on(text) and r + 1 < len(grid.rows):
            open_label = text
            continue
        for piece, owners in with_heads(cut_assignments(text)):
            if not piece and owners is not None and items:
                if items[-1].owners is None:
                    items[-1].owners = Owners()
                items[-1].owners.merge(owners)
                continue
            number = leading_number(piece)
            if owners is not None and owners.unclosed:
                piece = text[max(0, text.rfind(piece)) :]
            items.append(
                Item(
                    place,
                    piece,
                    piece[number.end :] if number else piece,
                    number.printed if number else None,
                    number.rank if number else None,
                    owners,
                )
            )
    return items


def _label_goes_on(text: str) -> bool:
    """Whether a label line is not finished: nothing after the colon, or a list that ends in 、."""
    found = LABEL.match(folded(text))
    if not found or not (meaning := meaning_of(found["word"])) or meaning.kind is Kind.NOTE:
        return False
    rest = text[found.end() :].strip()
    return not rest or rest[-1] in "、，,"


def read_prose(
    grid: Table, headings: list[Heading], account: Account, table_follows: bool
) -> tuple[list[DraftTask], list[Heading]]:
    """The tasks of running text in order, and the headings in force at its end.

    `table_follows`: a table of tasks comes right after, for which a last heading may be meant.
    """
    return _Prose(items_of(grid), headings, account, table_follows).read()


class _Prose:
    """Walks over the items once; headings and paragraphs that carry on wait for what follows them."""

    def __init__(self, items: list[Item], headings: list[Heading], account: Account, table_follows: bool) -> None:
        self.items, self.headings, self.account = items, headings, account
        self.table_follows = table_follows
        self.tasks: list[DraftTask] = []
        self.given: dict[str, Owners] = {}
        self.default: Role | None = None
        self.carried: list[Item] = []
        self.fresh = False
        self.task_ranks = {item.rank for item in items if item.owners}
        self._measure()

    def read(self) -> tuple[list[DraftTask], list[Heading]]:
        for i, item in enumerate(self.items):
            self.account.first_leads |= item.owners is None and states_order(item.raw)
            if item.ends_block:
                self._drop_carried()
                self.account.put(item.place, item.raw, "标题行" if item.titled else "落款")
                self.headings, self.given, self.default = [], {}, None
            elif (
                item.owners is not None
                and item.owners.unclosed
                and self.owned[-1] == self.owned[i + 1]
                and not self.table_follows
            ):
                self._leave(i, item)
            elif item.owners is not None and item.owners.names():
                self._assigned(i, item)
            else:
                self._unassigned(i, item)
        self._drop_carried()
        return self.tasks, self.headings

    def _measure(self) -> None:
        """For every item, where its scope ends: at the next of its rank or higher, or at the end of the block."""
        count = len(self.items)
        self.ends = [count] * count
        nearest: dict[float, int] = {}
        block = count
        for i in range(count - 1, -1, -1):
            item = self.items[i]
            if item.ends_block:
                block = i
            rank = item.rank
            self.ends[i] = (
                min([block, *(at for other, at in nearest.items() if rank is not None and other <= rank)])
                if i != block
                else i + 1
            )
            if rank is not None:
                nearest[rank] = i
        self.owned = list(accumulate((item.owners is not None for item in self.items), initial=0))
        self.ranked = list(accumulate((item.rank is not None for item in self.items), initial=0))
        self.both = list(
            accumulate((item.rank is not None and item.owners is not None for item in self.items), initial=0)
        )

    def _below(self, counts: list[int], i: int) -> int:
        """How many items in the scope of item i are counted."""
        return counts[self.ends[i]] - counts[i + 1]

    def _assigned(self, i: int, item: Item) -> None:
        childless = item.rank is None or not self._below(self.ranked, i)
        if not childless and is_heading(item.text) and not self._below(self.both, i):
            self._open(item, item.owners)
        else:
            assert item.owners is not None
            handed = self._handed(item) if not (item.owners.lead or item.owners.responsible) else None
            if handed:
                item.owners.merge(handed)
            self._task(item, item.owners, inherited=handed is not None)

    def _open(self, item: Item, owners: Owners | None) -> None:
        self._drop_carried()
        title, named, role = heading_owners(item.raw)
        self.headings = under(
            self.headings, Heading(re.sub(r"\s*\n\s*", "", title), item.rank if item.rank is not None else 0.9)
        )
        self.account.put(item.place, item.raw, "标题")
        if owners or named:
            self.given[self.headings[-1].printed] = owners or named or Owners()
        self.default = role
        self.fresh = True

    def _unassigned(self, i: int, item: Item) -> None:
        reaches_table = self.table_follows and self.ends[i] >= len(self.items)
        leads_on = self._below(self.owned, i) > 0 or reaches_table
        if item.owners is not None and self.tasks and item.number is None:
            self._more_of_last(item)
        elif item.rank is not None and is_heading(item.text) and (leads_on or self._names_bodies(i, item)):
            self._open(item, None)
        elif handed := self._handed(item):
            self._task(item, handed, inherited=True)
        elif item.rank is not None and leads_on and self._below(self.both, i):
            self._split_heading(item)
        elif self._carries_on(i, item):
            self.carried.append(item)
        elif item.rank is None and leads_on and not self.carried and self._plain_heading(i, item):
            self._open(item, None)
        else:
            self._drop_carried()
            self._leave(i, item)

    def _names_bodies(self, i: int, item: Item) -> bool:
        """Whether a heading names the bodies of the unassigned items below it (一、市教育局)."""
        _, named, _ = heading_owners(item.raw)
        return named is not None and self.ends[i] > i + 1 and item.rank is not None and item.rank <= 2

    def _handed(self, item: Item) -> Owners | None:
        """What the nearest heading with bodies hands down; None where no heading names any."""
        if item.rank is None and len(item.text) < 6:
            return None
        for heading in reversed(self.headings):
            if heading.printed in self.given and (item.rank is None or item.rank > heading.rank):
                return self.given[heading.printed]
        return None

    def _split_heading(self, item: Item) -> None:
        """A heading whose paragraph goes on with an introduction: the first sentence is the heading."""
        found = re.search(r"[。：:]", item.raw)
        cut = found.end() if found else len(item.raw)
        head = Item(item.place, item.raw[:cut], item.text, item.number, item.rank, None)
        self._open(head, None)
        self.account.leave(item.place, item.raw[cut:], "标题下的导语")

    def _carries_on(self, i: int, item: Item) -> bool:
        """Whether an item is the first part of a requirement that the next item ends and assigns."""
        following = self.items[i + 1] if i + 1 < len(self.items) else None
        if following is None or following.ends_block:
            return False
        if _CARRIES_ON.search(item.raw.strip()):
            return following.owners is not None or bool(_CARRIES_ON.search(following.raw.strip()))
        if item.rank is None:
            return (self.fresh or bool(self.carried)) and following.rank is None
        return following.rank is None and following.owners is not None and item.rank in self.task_ranks

    def _plain_heading(self, i: int, item: Item) -> bool:
        """An unnumbered short line over numbered items."""
        following = self.items[i + 1] if i + 1 < len(self.items) else None
        shape = folded(item.raw).strip()
        if following is None or (following.rank is None and following.owners is None):
            return False
        return (
            len(shape) <= 25
            and not re.search(r"[。;,:!?]|^[(《]|附件|文件$", shape)
            and not is_body(shape)
            and bool(self.tasks)
        )

    def _drop_carried(self) -> None:
        for item in self.carried:
            self._leave(None, item)
        self.carried = []

    def _leave(self, i: int | None, item: Item) -> None:
        alike = item.rank is not None and item.rank in self.task_ranks and bool(self.tasks)
        last = i is not None and self.owned[-1] == self.owned[i + 1]
        if last and alike:
            self.account.leave(item.place, item.raw, "原文在此中断，任务不完整")
            self.account.find(item.place, "原文在此中断，最后一项任务没有责任单位，未收录")
        elif alike:
            self.account.leave(item.place, item.raw, "没有责任单位")
            self.account.find(item.place, f"“{item.raw[:20]}”没有印责任单位，未收录")
        else:
            self.account.leave(item.place, item.raw, "任务之外的文字")
        if item.owners is not None:
            self._persons(item)

    def _more_of_last(self, item: Item) -> None:
        """A limit, a person or a remark on a line of its own belongs to the task above."""
        assert item.owners is not None
        self._persons(item)
        self.account.leave(item.place, item.raw, "任务之外的文字")

    def _persons(self, item: Item) -> None:
        assert item.owners is not None
        for person in item.owners.persons:
            self.account.leave(item.place, person, "个人，不作责任单位")

    def _task(self, item: Item, owners: Owners, inherited: bool) -> None:
        parts = [*self.carried, item]
        self.carried = []
        first = parts[0]
        if first.rank is not None:
            self.headings = [heading for heading in self.headings if heading.rank < first.rank]
        text = first.text + "".join(("\n" if part.number else "") + part.raw for part in parts[1:])
        section, subsection = sections_of(self.headings)
        if item.owners is not None:
            self._persons(item)
            if inherited:
                owners_deadline, notes = item.owners.deadline or owners.deadline, [*owners.notes, *item.owners.notes]
            else:
                owners_deadline, notes = owners.deadline, list(owners.notes)
        else:
            owners_deadline, notes = owners.deadline, []
        for name in owners.unsure:
            self.account.find(item.place, f"“{name}”不像单位名称，请核对")
        lead, responsible, support = tuple(owners.lead), tuple(owners.responsible), tuple(owners.support)
        if self.default and responsible:
            lead, responsible, support = (
                (responsible, (), support)
                if self.default is Role.LEAD and not lead
                else (lead, (), (*support, *responsible))
            )
        self.account.first_leads |= owners.first_leads
        self.account.read_rows()
        self.fresh = False
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
                units_tail=owners.tail,
                deadline=owners_deadline,
                inherited=inherited,
                notes=tuple(notes),
            )
        )
