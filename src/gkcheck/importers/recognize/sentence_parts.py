"""A sentence that names assignees, cut into its clauses, its parts and the verbs of their roles.

Everything here works on folded text and hands out positions in it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Container

from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.importers.recognize.org_names import is_org_name
from gkcheck.model import Role

_DUTIES = r"(?:(?:按照?|根据|依据|依)?(?:各自|部门)?(?:职责|职能|分工)(?:和|及|与)?(?:任务|职责|职能)?(?:分工)?(?:范围)?(?:内)?)"
_HOW = r"(?:分别|共同|联合|具体|总体|积极|抓好|组织|认真|直接|归口|参照|各自|主动|协同|做好|统筹)"
_DOES = r"(?:负责|落实|抓总|组织实施|组织|实施|推进|办理|协调|完成|执行|抓落实|抓好落实|做好|统筹|指导|总体|抓|好)"
VERB = re.compile(
    rf"(?P<lead>(?:{_DUTIES}|{_HOW})*(?:总?牵头|主办|总负责){_DOES}*)"
    rf"|(?P<support>(?:{_DUTIES}|{_HOW})*(?:配合|协办|协同|协助|协作|参与|参加|支持){_DOES}*)"
    rf"|(?P<responsible>(?:{_DUTIES}{_HOW}*{_DOES}*)|{_HOW}*(?:负责|落实|承办|实施|执行|组织实施|推进)(?:落实|实施|推进|负责|到位)*)"
)
_JOINT = re.compile(r"会同|会商|(?<![社协学商工理员大议开])会(?![计展议员同商])|联合(?=[^会])|商(?=[^务会业])")
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
_DEPARTMENTS = re.compile(
    r"[^、,;。\s和及与等]{0,8}?(?:有关|相关|各|所属|直属|成员|责任|职能|级|直)(?:的|各|有关|相关|职能|责任|业务|行政|主管){0,3}部门(?:和|及|、|与)(?:单位|机构|企业|企事业单位)(?=$|[、,;。\s)\]〕>}]|和|及|等|按|分别|共同|牵头|配合|负责|落实)"
)
_TAIL = re.compile(
    r"等(?:(?:相关|有关|各|多个?|其他|其它|市直|区直|县直|省直|州直|成员|职能|责任|涉及|业务|主管|行政|直属|市级|区级|县级|省级|相应|\d+|[一二三四五六七八九十两几]+|个|家|的)*"
    r"(?:部门|单位|科室|处室|股室|机构|企业|镇街|镇|街道|地区|县区|委办局|局|处|委))?(?:\([^()]*\))?$"
)
_NOT_TAIL = re.compile(r"[高中初平同优均]$")
_TWO_CLASSES = re.compile(
    rf"((?:全?[省市区县州盟旗]|我[省市区县])?各(?:有关|相关)?(?:乡镇|镇街|镇|乡))、(?=街道{_AHEAD})"
)
_PREFIXED = re.compile(r"全?[市县区省州镇乡国盟旗各](?!区|域)|中[国央共]|相关|有关|所有")
_INNER = re.compile(_IN_BRACKET)
_PAIRS = {"(": ")", "[": "]", "〔": "〕", "<": ">", "【": "】", "“": "”", "《": "》", "{": "}"}
_AND = re.compile(r"以及|(?<![涉以普])及(?!其|时)|和|与|并(?=由)")


def role_of(found: re.Match[str]) -> Role | None:
    return Role(found.lastgroup) if found.lastgroup else None


def find_tail(shape: str) -> re.Match[str] | None:
    """Return the 等 tail that ends a name (等有关部门); None where it has none (高等 is no tail)."""
    found = _TAIL.search(shape)
    return found if found and not _NOT_TAIL.search(shape[: found.start()]) else None


def without_tail(shape: str) -> str:
    """Return a name without its 等 tail."""
    found = find_tail(shape)
    return shape[: found.start()] if found else shape


def can_precede_verb(left: str, at_end: bool) -> bool:
    """True if the text before a verb can be a name: 市|协同创新中心 cannot, 电信|配合 can."""
    left = left.strip()
    if not left:
        return True
    return is_org_name(left) or is_org_name(without_tail(left)) or left.endswith(")") or (at_end and len(left) >= 2)


def continues_with_name(rest: str) -> bool:
    """True if the text after a verb inside a part is another name (甲牵头|乙配合) and not the verb's object."""
    if re.match(r"的|同志|人员|单位|部门|情况", rest):
        return False
    head = re.split(r"牵头|配合|负责|落实|参与|协助|协同|按职责|等", rest)[0]
    return is_org_name(head) or bool(_JOINT.match(rest))


def role_verbs(shape: str, unbroken: list[bool], start: int, end: int) -> list[re.Match[str]]:
    """Return the role verbs and 会, 会同 outside unbroken parts, in order, none inside another."""
    found = [m for m in VERB.finditer(shape, start, end) if m.group() and not unbroken[m.start()]]
    spans = [(m.start(), m.end()) for m in found]
    joint = [
        m
        for m in _JOINT.finditer(shape, start, end)
        if not unbroken[m.start()] and not any(a < m.end() and m.start() < b for a, b in spans)
    ]
    return sorted([*found, *joint], key=lambda m: m.start())


def find_unbroken(shape: str) -> list[bool]:
    """Tell for each position if it must not be cut at: inside brackets, quotes, names of classes."""
    unbroken = [False] * len(shape)
    opened: list[tuple[str, int]] = []
    for i, char in enumerate(shape):
        if char in _PAIRS:
            opened.append((_PAIRS[char], i))
        elif opened and char == opened[-1][0]:
            _, start = opened.pop()
            unbroken[start : i + 1] = [True] * (i + 1 - start)
    for pattern in (_EACH, _CLASS, _DEPARTMENTS):
        for found in pattern.finditer(shape):
            at = found.start()
            if at == 0 or shape[at - 1] in "、,;。 \n和及与由会同":
                unbroken[at : found.end()] = [True] * (found.end() - at)
    for found in _TWO_CLASSES.finditer(shape):
        unbroken[found.end(1)] = False
    return unbroken


def split_clauses(shape: str, unbroken: list[bool]) -> list[tuple[int, int, str]]:
    """Return a sentence cut at commas, semicolons and line breaks: start, end, the sign that ends it."""
    out, start = [], 0
    for i, char in enumerate(shape):
        if not unbroken[i] and (char in ",;" or (char in "\n " and parts_names(shape, i))):
            out.append((start, i, char))
            start = i + 1
    out.append((start, len(shape), ""))
    return out


def parts_names(shape: str, i: int, known: Container[str] = frozenset()) -> bool:
    """True if a blank or a line break stands between two names, and not inside one.

    `known`: names seen whole elsewhere, which tell a name that a line break tore from two names.
    """
    left, right = names_around(shape[:i], shape[i:])
    verb = re.search(r"(?:牵头|配合|负责|落实|协办|参与)$", left)
    name = re.split(r"牵头|配合|负责|落实|协办|参与|等", right)[0]
    if not (is_org_name(left) or verb) or not (is_org_name(name) or is_deadline(right)):
        return False
    return bool(verb) or is_deadline(right) or not is_torn(left, name, known)


def names_around(left: str, right: str) -> tuple[str, str]:
    """Return the last name of one text and the first of the next; separators inside brackets are none."""
    return _names(left.rstrip())[-1], _names(right.lstrip())[0]


def _names(text: str) -> list[str]:
    masked = _INNER.sub(lambda found: re.sub(r"[、,;\s]", "·", found[0]), text)
    cuts = [found.start() for found in re.finditer(r"[、,;\s]", masked)]
    return [text[a + 1 : b] for a, b in itertools.pairwise([-1, *cuts, len(text)])]


def is_torn(left: str, right: str, known: Container[str] = frozenset()) -> bool:
    """True if two pieces that both read as names are one name that a line break tore (县委|宣传部).

    Names seen whole elsewhere decide; else a second piece without the prefix of the first (市, 县 …) goes on in it.
    """
    if left + right in known or (left in known and right in known):
        return left + right in known
    return bool(_PREFIXED.match(left)) and not _PREFIXED.match(right) and is_org_name(left + right)


def split_parts(shape: str, unbroken: list[bool], start: int, end: int) -> list[tuple[int, int]]:
    """Return a clause cut at 、 and, between two names, at 和, 及, 与, 以及."""
    cuts = [i for i in range(start, end) if shape[i] == "、" and not unbroken[i]]
    out: list[tuple[int, int]] = []
    begin = start
    for cut in [*cuts, end]:
        out.extend(_split_at_and(shape, unbroken, begin, cut))
        begin = cut + 1
    return out


_AFTER_NAME = "牵头|配合|负责|落实|参与|协助|按职责|按各自|分别|共同|等"


def _split_at_and(shape: str, unbroken: list[bool], start: int, end: int) -> list[tuple[int, int]]:
    for found in _AND.finditer(shape, start, end):
        if unbroken[found.start()]:
            continue
        rest = re.split(_AFTER_NAME, shape[found.end() : end])[0]
        first = re.split(r"(?<!人)和(?!社)|以及", rest)[0]
        if is_org_name(without_tail(shape[start : found.start()])) and (is_org_name(first) or is_org_name(rest)):
            return [(start, found.start()), *_split_at_and(shape, unbroken, found.end(), end)]
        if not shape[start : found.start()].strip() and found[0] in ("以及", "及"):
            return _split_at_and(shape, unbroken, found.end(), end)
    return [(start, end)]
