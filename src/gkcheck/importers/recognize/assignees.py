"""A responsibility cell, label line or closing bracket → the assignees it names, by role.

Recognising is done on the folded text (`text.script.folded`), cutting on the printed one, so that names come
out as printed in any script and width.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from functools import lru_cache

from gkcheck.importers.recognize.deadlines import begins_with_time, is_deadline
from gkcheck.importers.recognize.header_terms import LABEL, Kind, meaning_of
from gkcheck.importers.recognize.org_names import is_bare_ending, is_org_name, is_person, without_brackets
from gkcheck.importers.recognize.sentence_parts import (
    VERB,
    can_precede_verb,
    continues_with_name,
    find_tail,
    find_unbroken,
    names_around,
    parts_names,
    role_of,
    role_verbs,
    split_clauses,
    split_parts,
)
from gkcheck.model import Role
from gkcheck.text.normalize import join_pieces
from gkcheck.text.script import folded

_ROLE_BRACKET = re.compile(
    r"\((?:(?P<lead>牵头|主办|总牵头|牵头单位|牵头负责|主要负责)|(?P<support>配合|协办|配合单位|协助|参与)|(?P<responsible>负责|责任|责任单位|承办|落实))\)$"
)
_ORDER = re.compile(
    r"(?:排名|排在|排|列|名列|位列|居|位)?(?:在)?(?:第一(?:位|个|名|顺序)?|首位|最前|首个|首)(?:的|者)?(?:责任)?(?:单位|部门)?(?:为|是|负责)(?:该项|本项|各项)?(?:任务|工作)?(?:的)?(?:总?牵头|主办|第一责任)"
)
_LONGEST_NAME = 60
_BELOW = re.compile(r"下同|以下(?:相同|同|均同)|余同")
_SAME_BELOW = re.compile(r"下同|以下(?:相同|同|均同)|均为|余同")
_REMARK = re.compile(r"不再|逐项|列出|详见|如下|除外|另行|涉及.{1,30}(?:的|任务)$|任务.{0,4}涉及|^[注备]")


@dataclass(slots=True)
class Assignees:
    """The assignees of a cell, a label line or a bracket: names as printed, by role, without role words.

    `tail` follows the last name from 等 on, verb included. `notes` are clauses that name nobody, `persons` are
    people, who are never units, `unsure` are names that do not look like one, `torn` are names put together again
    that could be two. `first_leads`: the text says that the first-named unit leads, of itself and, as `leads_below`
    tells, of those below. `unclosed`: the bracket around the text is never closed.
    """

    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    support: list[str] = field(default_factory=list)
    tail: str | None = None
    deadline: str | None = None
    notes: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    first_leads: bool = False
    leads_below: bool = False
    unclosed: bool = False

    def names(self) -> list[str]:
        """Return every name, strongest role first."""
        return [*self.lead, *self.responsible, *self.support]

    def add(self, name: str, role: Role) -> None:
        """Add a name; of two roles it has the stronger."""
        if name in self.names():
            order = list(Role)
            present = next(other for other in order if name in self.in_role(other))
            if order.index(role) >= order.index(present):
                return
            self.in_role(present).remove(name)
        self.in_role(role).append(name)

    def in_role(self, role: Role) -> list[str]:
        """Return the names in one role."""
        return {Role.LEAD: self.lead, Role.RESPONSIBLE: self.responsible, Role.SUPPORT: self.support}[role]

    def put_first_in_lead(self) -> None:
        """Give the lead to the first-named unit, unless somebody has it."""
        if self.responsible and not self.lead:
            self.lead.append(self.responsible.pop(0))

    def merge(self, other: Assignees) -> None:
        """Add the assignees of another cell of the same task."""
        for role in Role:
            for name in other.in_role(role):
                self.add(name, role)
        self.tail = _joined(self.tail, other.tail)
        self.deadline = _joined(self.deadline, other.deadline)
        self.notes += other.notes
        self.persons += other.persons
        self.unsure += other.unsure
        self.torn += other.torn
        self.first_leads |= other.first_leads
        self.leads_below |= other.leads_below
        self.unclosed |= other.unclosed


def _joined(before: str | None, after: str | None) -> str | None:
    return "；".join(filter(None, (before, after))) or None


def says_first_leads(text: str) -> bool:
    """True if a text says that the first-named unit leads (排名第一位为牵头单位)."""
    return bool(_ORDER.search(folded(text)))


def read_assignees(text: str, role: Role | None = None, known: Container[str] = frozenset()) -> Assignees:
    """Read a whole cell, label line or bracket.

    Args:
        text: As printed; a bracket without its signs.
        role: The role that column, label or heading gives to names without a role word of their own.
        known: Names seen whole elsewhere in the document or in a registry, folded.
    """
    assignees = Assignees()
    shape = folded(text)
    labels = [
        found for found in LABEL.finditer(shape) if not found.start() or shape[found.start() - 1] in " ,;。\n(、)"
    ]
    cuts = [(0, 0, "")] + [(found.start(), found.end(), found["word"]) for found in labels]
    for n, (_, begin, word) in enumerate(cuts):
        end = cuts[n + 1][0] if n + 1 < len(cuts) else len(text)
        piece = text[begin:end].strip(" \n\t　,，;；。、")
        if piece:
            _read_labelled(piece, word, role, assignees, known)
    if assignees.first_leads:
        assignees.put_first_in_lead()
    return assignees


def _read_labelled(piece: str, word: str, role: Role | None, assignees: Assignees, known: Container[str]) -> None:
    meaning = meaning_of(word) if word else None
    if meaning is None and word:
        meaning = meaning_of(word + "单位")
    if meaning is None or meaning.kind is Kind.UNITS:
        _read_names(piece, meaning.role if meaning and meaning.role else role, assignees, known)
    elif meaning.kind is Kind.DEADLINE:
        assignees.deadline = _joined(assignees.deadline, piece)
    elif meaning.kind is Kind.PERSON:
        assignees.persons.append(f"{word}：{piece}")
    else:
        assignees.notes.append(f"{word}：{piece}" if word != "备注" else piece)


def _read_names(piece: str, role: Role | None, assignees: Assignees, known: Container[str]) -> None:
    """Read names of one role and the words about them, sentence by sentence."""
    piece = _without_line_breaks(piece, assignees, known)
    sentences = [part for part in re.split(r"(?<=[。！!])", piece) if part.strip(" 。")]
    for n, sentence in enumerate(sentences):
        body = sentence.strip().rstrip("。！! ")
        if n and not _assigns(body):
            assignees.notes.append(sentence.strip())
        else:
            _Reader(body, role, assignees).read()


def _without_line_breaks(text: str, assignees: Assignees, known: Container[str]) -> str:
    """Return a text in one line: a comma for a line break between two names, nothing for one inside a name.

    Where both halves read as names and none is known, the joined name is listed as torn.
    """
    out = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        before = out[-_LONGEST_NAME:]
        if out and parts_names(folded(f"{before}\n{line}"), len(before), known):
            out += "，" + line
            continue
        left, right = names_around(folded(before), folded(line))
        name = left + right
        if name not in known and is_org_name(left) and is_org_name(right) and not is_bare_ending(right):
            assignees.torn.append(name)
        out = join_pieces([out, line])
    return out


def _assigns(text: str) -> bool:
    """True if a later sentence of a cell names bodies again, and does not merely speak of them."""
    first = re.split(r"[、,;]", folded(text))[0]
    return is_org_name(first) or bool(
        (found := VERB.search(first)) and is_org_name(first[: found.start()]) and found.end() == len(first)
    )


class _Reader:
    """Reads one sentence from left to right. Names wait until a verb or the end gives them their role."""

    def __init__(self, text: str, role: Role | None, assignees: Assignees) -> None:
        self.text, self.shape = text, folded(text)
        self.role, self.assignees = role, assignees
        self.waiting: list[str] = []
        self.forced: Role | None = None
        self.unbroken = find_unbroken(self.shape)

    def read(self) -> None:
        for start, end, sign in split_clauses(self.shape, self.unbroken):
            self._clause(start, end)
            if sign == ";":
                self._settle(None)
        self._settle(None)

    def _settle(self, verb: Role | None) -> None:
        role = self.forced or verb or self.role or Role.RESPONSIBLE
        for name in self.waiting:
            self.assignees.add(name, role)
        self.waiting = []
        if verb:
            self.forced = None

    def _clause(self, start: int, end: int) -> None:
        """Read one clause between commas: a limit, a rule on order, or a list of names with their verbs."""
        clause = self.shape[start:end].strip()
        printed = self.text[start:end].strip()
        if not clause:
            return
        if _ORDER.search(clause):
            self.assignees.first_leads = True
            self.assignees.leads_below |= bool(_BELOW.search(clause))
            self.assignees.notes.append(printed)
        elif _SAME_BELOW.fullmatch(clause) or (_REMARK.search(clause) and not any(self.unbroken[start:end])):
            self.assignees.leads_below |= bool(_BELOW.search(clause)) and self.assignees.first_leads
            self.assignees.notes.append(printed)
        elif is_deadline(clause) or (begins_with_time(clause) and not is_org_name(clause)):
            self.assignees.deadline = "，".join(filter(None, (self.assignees.deadline, printed)))
        else:
            for a, b in split_parts(self.shape, self.unbroken, start, end):
                self._part(a, b)

    def _part(self, start: int, end: int) -> None:
        """Read one member of a list: a name, or names that verbs join (甲会乙, 甲牵头乙配合)."""
        begin = start
        for found in role_verbs(self.shape, self.unbroken, start, end):
            if found.start() < begin:
                continue
            left = self.shape[begin : found.start()]
            role = role_of(found)
            if role is None:
                if is_org_name(left) and is_org_name(
                    re.split("按|牵头|配合|负责|落实", self.shape[found.end() : end])[0]
                ):
                    self._name(begin, found.start())
                    self._joint()
                    begin = found.end()
                elif not left.strip() and len(found[0]) > 1:
                    self._joint()
                    begin = found.end()
                continue
            at_end = found.end() >= end or not self.shape[found.end() : end].strip()
            follows = self.shape[found.end() : end].strip()
            if not can_precede_verb(left, at_end):
                continue
            if follows and not continues_with_name(follows):
                if role is Role.RESPONSIBLE and is_org_name(left) and not follows.startswith("的"):
                    self._name(begin, found.start())
                    self._settle(role)
                    self.assignees.notes.append(self.text[found.start() : end].strip())
                    return
                continue
            self._name(begin, found.start(), verb_end=found.end())
            self._settle(role)
            begin = found.end()
        if self.shape[begin:end].strip():
            self._name(begin, end)

    def _joint(self) -> None:
        """Read 会, 会同: the names before it lead, those after it support."""
        if self.waiting:
            self._settle(Role.LEAD)
        self.forced = Role.SUPPORT

    def _name(self, start: int, end: int, verb_end: int | None = None) -> None:
        """Read one name, its 等 tail cut off; a text that cannot be a name becomes a note."""
        raw = self.text[start:end]
        lead_in = re.match(r"\s*(?:由(?!.?政)|及(?!其)|以及|并由|各由|其中)?\s*", folded(raw))
        begin = start + (lead_in.end() if lead_in else 0)
        shape = self.shape[begin:end].rstrip()
        if found := find_tail(shape):
            stop = verb_end if verb_end is not None else begin + len(shape)
            tail = self.text[begin + found.start() : stop].strip()
            self.assignees.tail = _joined(self.assignees.tail, tail)
            shape = shape[: found.start()]
        marked = _ROLE_BRACKET.search(shape)
        if marked:
            shape = shape[: marked.start()]
        name = re.sub(r"\s+", "", self.text[begin : begin + len(shape)]).strip("、，,;；。:： ")
        if not name or re.fullmatch(r"[-—/／无\\─*]+", name):
            return
        if is_person(name):
            self.assignees.persons.append(name)
        elif len(name) > 45 or (len(without_brackets(name)) > 16 and not is_org_name(name)):
            self.assignees.notes.append(name)
        else:
            if not is_org_name(name):
                self.assignees.unsure.append(name)
            if marked:
                self.assignees.add(name, Role(str(marked.lastgroup)))
            else:
                self.waiting.append(name)


@lru_cache(maxsize=8192)
def assignee_share(text: str) -> float:
    """Return how much of a text reads as a list of assignees, from 0 (nothing) to 1 (every member)."""
    shape = folded(text).strip().rstrip("。;,、 ")
    if not shape or len(shape) > 600:
        return 0.0
    if LABEL.match(shape):
        return 1.0
    later = LABEL.search(shape)
    if later and shape[later.start() - 1] in " ,;。\n(":
        shape = shape[: later.start()].rstrip(" ,;。")
    head = re.split(r"。", shape)[0]
    if len(head) < 0.4 * len(shape):
        return 0.0
    assignees = Assignees()
    _Reader(head, None, assignees).read()
    names = assignees.names()
    spoken = sum(len(note) for note in assignees.notes if not _ORDER.search(folded(note)))
    if not names or spoken > 0.5 * len(head):
        return 0.0
    vouched = bool(assignees.tail) and bool(re.search("部门|单位|科室|处室", folded(assignees.tail or "")))
    sure = sum(len(name) for name in names if vouched or name not in assignees.unsure)
    return max(0.0, sure / (sum(len(name) for name in names) + spoken))
