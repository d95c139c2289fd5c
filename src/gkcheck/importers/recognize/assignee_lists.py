"""A responsibility cell, label line or closing bracket → the bodies it names, by role.

Recognising is done on the folded text (`chinese.folded`), cutting on the printed one, so that names come
out as printed in any script and width.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gkcheck.importers.recognize.assignees import Owners
from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.importers.recognize.header_terms import LABEL, Kind, meaning_of
from gkcheck.importers.recognize.org_names import is_body, is_person
from gkcheck.model import Role
from gkcheck.text.script import folded

_DUTIES = r"(?:(?:按照?|根据|依据|依)?(?:各自|部门)?(?:职责|职能|分工)(?:和|及|与)?(?:任务|职责|职能)?(?:分工)?(?:范围)?(?:内)?)"
_HOW = r"(?:分别|共同|联合|具体|总体|积极|抓好|组织|认真|直接|归口|参照|各自|主动|协同|做好|统筹)"
_DOES = r"(?:负责|落实|抓总|组织实施|组织|实施|推进|办理|协调|完成|执行|抓落实|抓好落实|做好|统筹|指导|总体|抓|好)"
_VERB = re.compile(
    rf"(?P<lead>(?:{_DUTIES}|{_HOW})*(?:总?牵头|主办|总负责){_DOES}*)"
    rf"|(?P<support>(?:{_DUTIES}|{_HOW})*(?:配合|协办|协同|协助|协作|参与|参加|支持){_DOES}*)"
    rf"|(?P<responsible>(?:{_DUTIES}{_HOW}*{_DOES}*)|{_HOW}*(?:负责|落实|承办|实施|执行|组织实施|推进)(?:落实|实施|推进|负责|到位)*)"
)
_WITH = re.compile(r"会同|会商|(?<![社协学商工理员大议开])会(?![计展议员同商])|联合(?=[^会])|商(?=[^务会业])")
_ADMIN = r"(?:县级市|自治县|市辖区|乡镇|镇街|县区|县市区|县市|市县|市州|街道|县|市|区|镇|乡|街|州|盟|旗|苏木|村|社区|农场|林场|园区|功能区|管理区)"
_OFFICE = r"(?:人民政府|政府|党委政府|党工委|党委|办事处|管委会)"
_IN_BRACKET = r"(?:\([^()]*\)|<[^<>]*>|〔[^〔〕]*〕|\[[^\[\]]*\])"
_AHEAD = r"(?=$|[、,;。\s)\]〕>}]|和|及|与|以及|等|按|分别|共同|牵头|配合|负责|落实|参照|具体|协)"
_EACH = re.compile(
    rf"(?:全?[省市区县州盟旗]|我[省市区县])?各(?:有关|相关)?{_ADMIN}{_IN_BRACKET}?"
    rf"(?:(?:、|和|及|与){_ADMIN}{_IN_BRACKET}?(?={_OFFICE}|[、和及与]{_ADMIN}|{_AHEAD[3:-1]}))*"
    rf"(?:{_OFFICE}{_IN_BRACKET}?)?(?:(?:、|和|及)(?:街道办事处|镇人民政府|乡镇人民政府|街道党工委){_IN_BRACKET}?)?"
    rf"{_AHEAD}"
)
_CLASS = re.compile(
    r"(?:涉及|承担|具有|从事|负有|负责)[^,;。:]*?的(?:相关|有关|各|市直|区直|县直|各有关|各相关)*(?:单位|部门|机构|企业)"
)
_PAIRS = {"(": ")", "[": "]", "〔": "〕", "<": ">", "【": "】", "“": "”", "《": "》", "{": "}"}
_AND = re.compile(r"以及|(?<![涉以普])及(?!其|时)|和|与|并(?=由)")
_TAIL = re.compile(
    r"等(?:(?:相关|有关|各|多个?|其他|其它|市直|区直|县直|省直|州直|成员|职能|责任|涉及|业务|主管|行政|直属|市级|区级|县级|省级|相应|\d+|[一二三四五六七八九十两几]+|个|家|的)*"
    r"(?:部门|单位|科室|处室|股室|机构|企业|镇街|镇|街道|地区|县区|委办局|局|处|委))?(?:\([^()]*\))?$"
)
_NOT_TAIL = re.compile(r"[高中初平同优均]$")
_ROLE_BRACKET = re.compile(
    r"\((?:(?P<lead>牵头|主办|总牵头|牵头单位|牵头负责|主要负责)|(?P<support>配合|协办|配合单位|协助|参与)|(?P<responsible>负责|责任|责任单位|承办|落实))\)$"
)
_ORDER = re.compile(
    r"(?:排名|排在|排|列|名列|位列|居|位)?(?:在)?(?:第一(?:位|个|名|顺序)?|首位|最前|首个|首)(?:的|者)?(?:责任)?(?:单位|部门)?(?:为|是|负责)(?:该项|本项|各项)?(?:任务|工作)?(?:的)?(?:总?牵头|主办|第一责任)"
)
_REMARK = re.compile(r"不再|逐项|列出|详见|如下|除外|另行|涉及.{1,30}(?:的|任务)$|任务.{0,4}涉及|^[注备]")
_ANYWHERE = re.compile(r"下同|以下(?:相同|同|均同)|均为|余同")


def states_order(text: str) -> bool:
    """Whether a text says that the first-named unit leads (排名第一位为牵头单位)."""
    return bool(_ORDER.search(folded(text)))


def owners_of(text: str, role: Role | None = None) -> Owners:
    """Read a whole cell, label line or bracket.

    Args:
        text: As printed; a bracket without its signs.
        role: What column, label or heading gives to names that no word of their own gives a role.
    """
    owners = Owners()
    shape = folded(text)
    labels = [
        found for found in LABEL.finditer(shape) if not found.start() or shape[found.start() - 1] in " ,;。\n(、)"
    ]
    cuts = [(0, 0, "")] + [(found.start(), found.end(), found["word"]) for found in labels]
    for n, (_, begin, word) in enumerate(cuts):
        end = cuts[n + 1][0] if n + 1 < len(cuts) else len(text)
        piece = text[begin:end].strip(" \n\t　,，;；。、")
        if piece:
            _read_labelled(piece, word, role, owners)
    return owners


def _read_labelled(piece: str, word: str, role: Role | None, owners: Owners) -> None:
    meaning = meaning_of(word) if word else None
    if meaning is None and word:
        meaning = meaning_of(word + "单位")
    if meaning is None or meaning.kind is Kind.UNITS:
        _read_names(piece, meaning.role if meaning and meaning.role else role, owners)
    elif meaning.kind is Kind.DEADLINE:
        owners.deadline = "；".join(filter(None, (owners.deadline, piece)))
    elif meaning.kind is Kind.PERSON:
        owners.persons.append(f"{word}：{piece}")
    else:
        owners.notes.append(f"{word}：{piece}" if word != "备注" else piece)


def _read_names(piece: str, role: Role | None, owners: Owners) -> None:
    """Names of one role and the words about them, sentence by sentence."""
    sentences = [part for part in re.split(r"(?<=[。！!])", piece) if part.strip(" 。")]
    for n, sentence in enumerate(sentences):
        body = sentence.strip().rstrip("。！! ")
        if n and not _assigns(body):
            owners.notes.append(sentence.strip())
        else:
            _Reader(body, role, owners).read()


def _assigns(text: str) -> bool:
    """Whether a later sentence of a cell names bodies again, and does not merely speak of them."""
    first = re.split(r"[、,;]", folded(text))[0]
    return is_body(first) or bool(
        (found := _VERB.search(first)) and is_body(first[: found.start()]) and found.end() == len(first)
    )


class _Reader:
    """Reads one sentence from left to right. Names wait until a verb or the end gives them their role."""

    def __init__(self, text: str, role: Role | None, owners: Owners) -> None:
        self.text, self.shape = text, folded(text)
        self.role, self.owners = role, owners
        self.waiting: list[str] = []
        self.forced: Role | None = None
        self.held = _held(self.shape)

    def read(self) -> None:
        for start, end, sign in _clauses(self.shape, self.held):
            self._clause(start, end)
            if sign == ";":
                self._settle(None)
        self._settle(None)

    def _settle(self, verb: Role | None) -> None:
        role = self.forced or verb or self.role or Role.RESPONSIBLE
        for name in self.waiting:
            self.owners.add(name, role)
        self.waiting = []
        if verb:
            self.forced = None

    def _clause(self, start: int, end: int) -> None:
        """One clause between commas: a limit, a rule on order, or a list of names with their verbs."""
        clause = self.shape[start:end].strip()
        if not clause:
            return
        if _ORDER.search(clause):
            self.owners.first_leads = True
            self.owners.notes.append(self.text[start:end].strip())
        elif _ANYWHERE.fullmatch(clause) or clause == "下同":
            self.owners.from_here = True
            self.owners.notes.append(self.text[start:end].strip())
        elif _REMARK.search(clause) and not any(self.held[start:end]):
            self.owners.notes.append(self.text[start:end].strip())
        elif is_deadline(clause):
            self.owners.deadline = "；".join(filter(None, (self.owners.deadline, self.text[start:end].strip())))
        else:
            for a, b in _parts(self.shape, self.held, start, end):
                self._part(a, b)

    def _part(self, start: int, end: int) -> None:
        """One member of a list: a name, or names that verbs join (甲会乙, 甲牵头乙配合)."""
        begin = start
        for found in _verbs(self.shape, self.held, start, end):
            if found.start() < begin:
                continue
            left = self.shape[begin : found.start()]
            role = _role_of(found)
            if role is None:
                if is_body(left) and is_body(re.split("按|牵头|配合|负责|落实", self.shape[found.end() : end])[0]):
                    self._name(begin, found.start())
                    self._joint()
                    begin = found.end()
                elif not left.strip() and len(found[0]) > 1:
                    self._joint()
                    begin = found.end()
                continue
            at_end = found.end() >= end or not self.shape[found.end() : end].strip()
            follows = self.shape[found.end() : end].strip()
            if not _can_precede(left, at_end):
                continue
            if follows and not _continues(follows):
                if role is Role.RESPONSIBLE and is_body(left) and not follows.startswith("的"):
                    self._name(begin, found.start())
                    self._settle(role)
                    self.owners.notes.append(self.text[found.start() : end].strip())
                    return
                continue
            self._name(begin, found.start(), verb_end=found.end())
            self._settle(role)
            begin = found.end()
        if self.shape[begin:end].strip():
            self._name(begin, end)

    def _joint(self) -> None:
        """会, 会同: what stands before leads, what follows supports."""
        if self.waiting:
            self._settle(Role.LEAD)
        self.forced = Role.SUPPORT

    def _name(self, start: int, end: int, verb_end: int | None = None) -> None:
        """Take in one name, its 等 tail cut off; what cannot be a name becomes a note."""
        raw = self.text[start:end]
        lead_in = re.match(r"\s*(?:由(?!.?政)|及(?!其)|以及|并由|各由|其中)?\s*", folded(raw))
        begin = start + (lead_in.end() if lead_in else 0)
        shape = self.shape[begin:end].rstrip()
        if (found := _TAIL.search(shape)) and not _NOT_TAIL.search(shape[: found.start()]):
            stop = verb_end if verb_end is not None else begin + len(shape)
            tail = self.text[begin + found.start() : stop].strip()
            self.owners.tail = "；".join(filter(None, (self.owners.tail, tail)))
            shape = shape[: found.start()]
        marked = _ROLE_BRACKET.search(shape)
        if marked:
            shape = shape[: marked.start()]
        name = re.sub(r"\s+", "", self.text[begin : begin + len(shape)]).strip("、，,;；。:： ")
        if not name or re.fullmatch(r"[-—/／无\\─*]+", name):
            return
        if is_person(name):
            self.owners.persons.append(name)
        elif len(name) > 45 or (len(name) > 16 and not is_body(name)):
            self.owners.notes.append(name)
        else:
            if not is_body(name):
                self.owners.unsure.append(name)
            if marked:
                self.owners.add(name, Role(str(marked.lastgroup)))
            else:
                self.waiting.append(name)


def _role_of(found: re.Match[str]) -> Role | None:
    return Role(found.lastgroup) if found.lastgroup else None


def _can_precede(left: str, at_end: bool) -> bool:
    """Whether what stands before a verb can be a name: 市|协同创新中心 cannot, 电信|配合 can."""
    left = left.strip()
    if not left:
        return True
    cut = re.sub(
        r"等(?:相关|有关|各|\d+|[一二三四五六七八九十]+个?|其他|市直)*(?:部门|单位|科室|处室|镇街)?$", "", left
    )
    return is_body(left) or is_body(cut) or left.endswith(")") or (at_end and len(left) >= 2)


def _continues(rest: str) -> bool:
    """Whether what follows a verb inside a part is another name (甲牵头|乙配合) and not the verb's object."""
    if re.match(r"的|同志|人员|单位|部门|情况", rest):
        return False
    head = re.split(r"牵头|配合|负责|落实|参与|协助|协同|按职责|等", rest)[0]
    return is_body(head) or bool(_WITH.match(rest))


def _verbs(shape: str, held: list[bool], start: int, end: int) -> list[re.Match[str]]:
    """Role verbs and 会, 会同 outside brackets and designators, in order, none inside another."""
    found = [m for m in _VERB.finditer(shape, start, end) if m.group() and not held[m.start()]]
    spans = [(m.start(), m.end()) for m in found]
    joint = [
        m
        for m in _WITH.finditer(shape, start, end)
        if not held[m.start()] and not any(a < m.end() and m.start() < b for a, b in spans)
    ]
    return sorted([*found, *joint], key=lambda m: m.start())


def _held(shape: str) -> list[bool]:
    """Which positions belong together whatever signs they hold: brackets, quotes, designators."""
    held = [False] * len(shape)
    opened: list[tuple[str, int]] = []
    for i, char in enumerate(shape):
        if char in _PAIRS:
            opened.append((_PAIRS[char], i))
        elif opened and char == opened[-1][0]:
            _, start = opened.pop()
            held[start : i + 1] = [True] * (i + 1 - start)
    for pattern in (_EACH, _CLASS):
        for found in pattern.finditer(shape):
            at = found.start()
            if at == 0 or shape[at - 1] in "、,;。 \n和及与由会同":
                held[at : found.end()] = [True] * (found.end() - at)
    return held


def _clauses(shape: str, held: list[bool]) -> list[tuple[int, int, str]]:
    """A sentence cut at commas, semicolons and line breaks: start, end, the sign that ends it."""
    out, start = [], 0
    for i, char in enumerate(shape):
        if not held[i] and (char in ",;" or (char in "\n " and _parts_names(shape, i))):
            out.append((start, i, char))
            start = i + 1
    out.append((start, len(shape), ""))
    return out


def _parts_names(shape: str, i: int) -> bool:
    """Whether a blank or a line break stands between two names, and not inside one."""
    left = re.split(r"[、,;\s]", shape[:i].rstrip())[-1]
    right = re.split(r"[、,;\s]", shape[i:].lstrip())[0]
    left_ends = is_body(left) or bool(re.search(r"(?:牵头|配合|负责|落实|协办|参与)$", left))
    right_starts = is_body(re.split(r"牵头|配合|负责|落实|协办|参与|等", right)[0]) or is_deadline(right)
    return left_ends and right_starts


def _parts(shape: str, held: list[bool], start: int, end: int) -> list[tuple[int, int]]:
    """A clause cut at 、 and, between two names, at 和, 及, 与, 以及."""
    cuts = [i for i in range(start, end) if shape[i] == "、" and not held[i]]
    out: list[tuple[int, int]] = []
    begin = start
    for cut in [*cuts, end]:
        out.extend(_joined(shape, held, begin, cut))
        begin = cut + 1
    return out


def _joined(shape: str, held: list[bool], start: int, end: int) -> list[tuple[int, int]]:
    for found in _AND.finditer(shape, start, end):
        if held[found.start()]:
            continue
        right = re.split(
            r"牵头|配合|负责|落实|参与|协助|按职责|按各自|分别|共同|等|(?<!人)和(?!社)|以及", shape[found.end() : end]
        )[0]
        if is_body(shape[start : found.start()]) and is_body(right or shape[found.end() : end]):
            return [(start, found.start()), *_joined(shape, held, found.end(), end)]
        if not shape[start : found.start()].strip() and found[0] in ("以及", "及"):
            return _joined(shape, held, found.end(), end)
    return [(start, end)]


@lru_cache(maxsize=8192)
def likeness(text: str) -> float:
    """How much a text reads as a list of bodies: 0 not at all, 1 every member of it."""
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
    owners = Owners()
    _Reader(head, None, owners).read()
    names = owners.names()
    spoken = sum(len(note) for note in owners.notes if not _ORDER.search(folded(note)))
    if not names or spoken > 0.5 * len(head):
        return 0.0
    vouched = bool(owners.tail) and bool(re.search("部门|单位|科室|处室", folded(owners.tail or "")))
    sure = sum(len(name) for name in names if vouched or name not in owners.unsure)
    return max(0.0, sure / (sum(len(name) for name in names) + spoken))
