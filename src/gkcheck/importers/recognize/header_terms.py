"""The words that name a column or a label (责任单位, 完成时限, 备注 …) and the meaning of each."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from gkcheck.model import Role
from gkcheck.text.script import folded


class Kind(StrEnum):
    """The content of a column or of a label. HEADING and TEXT are told apart by their places (`tables.columns`)."""

    NUMBER = "number"
    HEADING = "heading"
    TEXT = "text"
    UNITS = "units"
    DEADLINE = "deadline"
    PERSON = "person"
    NOTE = "note"
    OTHER = "other"


class Meaning(NamedTuple):
    """The meaning of a word; `role` only for units, None where the word names none or several."""

    kind: Kind
    role: Role | None = None


_BODY = r"(?:责任)?(?:单位|部门|科室|处室|股室|机构|主体|局委|地区|单元|方(?![面向式案法针]))"
_LEAD = r"(?:总?牵头|主办|主要责任|主责|第一责任|主要负责|主管)"
_SUPPORT = r"(?:配合|协办|协同|协助|协作|参与|参加|支持|会办|协调)"
_DUTY = r"(?:责任|负责|承办|落实|实施|执行|承担|办理|主体责任|涉及|相关|有关|完成|任务|工作|分工|公开|发布)"
_MEANINGS: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (re.compile(r"^(?:序号|编号|序|号|项号|序列|No\.?|NO\.?|任务序号|任务编号|总序号?|条目号)$"), Meaning(Kind.NUMBER)),
    (
        re.compile(r"领导(?!小组)|责任人|负责人|联系人|经办人|联络员|填报人|电话|联系方式|手机|责任股长|签名|人员$"),
        Meaning(Kind.PERSON),
    ),
    (
        re.compile(r"(?:填报|更新|报送|上报|实际|登记|录入|反馈|统计|制表|填表|拟投).{0,4}(?:时间|日期|时限)"),
        Meaning(Kind.OTHER),
    ),
    (
        re.compile(
            r"时限|时间|期限|时间节点|时间安排|完成日期|办结日期|截止|进度安排|进度要求|完成时$|^时段$|^节点$|日期$"
        ),
        Meaning(Kind.DEADLINE),
    ),
    (
        re.compile(rf"{_LEAD}.{{0,3}}{_SUPPORT}.{{0,4}}{_BODY}|{_SUPPORT}.{{0,3}}{_LEAD}.{{0,4}}{_BODY}"),
        Meaning(Kind.UNITS),
    ),
    (
        re.compile(rf"^(?:主要|具体|共同)?{_SUPPORT}(?:负责)?(?:责任)?{_BODY}|^{_SUPPORT}$|\({_SUPPORT}\)"),
        Meaning(Kind.UNITS, Role.SUPPORT),
    ),
    (
        re.compile(rf"^(?:市|省|区|县|州)?(?:直|级)?{_LEAD}.{{0,4}}{_BODY}|^{_LEAD}$|\({_LEAD}\)"),
        Meaning(Kind.UNITS, Role.LEAD),
    ),
    (
        re.compile(
            rf"^(?:市|省|区|县|州)?(?:直|级)?{_DUTY}(?:落实|承办|牵头|实施)?(?:\(.*?\))?{_BODY}|^{_BODY}$|^(?:责任|职责|任务)分工$|^分工$|^分工单位$|^责任落实$|^落实$|^负责$"
        ),
        Meaning(Kind.UNITS, Role.RESPONSIBLE),
    ),
    (re.compile(r"^备注|^说明$|^附注|^注$"), Meaning(Kind.NOTE)),
    (
        re.compile(
            r"进展|完成情况|落实情况|成果|佐证|评分|分值|得分|考核|检查|依据|来源|完成标准|验收|责任清单|问题|^文件$|栏目"
        ),
        Meaning(Kind.OTHER),
    ),
    (
        re.compile(
            r"要求|内容|措施|举措|细化|细则|具体(?:任务|工作|事项|分工)|任务分解|任务内容|工作分工|任务描述|标准$"
        ),
        Meaning(Kind.TEXT),
    ),
    (
        re.compile(
            r"任务|目标|类别|项目|指标|事项|领域|要点|重点工作|工作$|板块|方面|分类|大类|主题|类型|章节|条目|专项|举措"
        ),
        Meaning(Kind.HEADING),
    ),
)
_DUTIES = rf"(?:{_LEAD}|{_SUPPORT}|责任|负责|承办|落实|实施|执行|主要|具体|共同|联合|分管|包[抓保联]|挂[点钩]|联系|[省市区县镇]级)"
_LABEL_WORD = (
    rf"{_DUTIES}(?:[(（](?:{_LEAD}|{_SUPPORT})[)）])?(?:[、和及/]?{_DUTIES}){{0,3}}(?:{_BODY}|领导|责任人|负责人)"
    rf"|{_LEAD}|{_SUPPORT}|责任分工|责任|"
    r"(?:完成|时间|办结|工作|整改)?(?:时限|期限)(?:要求)?|完成时间|时间要求|时间节点|时间安排|完成日期|办结时间|"
    r"责任人|负责人|联系人|备注"
)
LABEL = re.compile(rf"[【\[〔(]?(?P<word>(?:{_LABEL_WORD}))\s*(?:[】\]〕)]\s*:?|:)\s*")
"""A label in folded text: 牵头单位: / 【责任单位】 / 完成时限:; group `word` is the bare word."""


def header_key(text: str) -> str:
    """Return the shape of a header cell: no blanks, no line breaks, no closing marks."""
    return re.sub(r"[\s:*.|]+", "", folded(text))


def meaning_of(text: str) -> Meaning | None:
    """Return the meaning of a header cell or a label; None where it is neither."""
    word = header_key(text)
    outer = re.sub(r"\([^()]*\)$", "", word) or word
    if not word or len(outer) > 12 or re.search(r"[。,;、]", outer):
        return None
    for pattern, meaning in _MEANINGS:
        if pattern.search(word if meaning.kind is Kind.UNITS else outer):
            return meaning
    return None


_LEADS = re.compile(r"牵头|主办|主责|主抓|总负责|第一责任")
_SUPPORTS = re.compile(r"配合|协[办同助作]|参与|参加|支持|会办")


def role_in(title: str) -> Role | None:
    """Return the role that a word of a title gives, whatever else it says; None where none or two do."""
    shape = header_key(title)
    leads, supports = bool(_LEADS.search(shape)), bool(_SUPPORTS.search(shape))
    if leads is supports:
        return None
    return Role.LEAD if leads else Role.SUPPORT


def split_header_words(line: str) -> list[str] | None:
    """Return the words of a line of header words, else None: 序号 工 作 任 务 牵头负责部门.

    Blanks inside a word (工 作 任 务) are told from blanks between words by what the words mean.
    """
    parts = line.split()
    if not parts or len(line) > 120 or len(parts) > 40:
        return None
    words: list[str] = []
    i = 0
    while i < len(parts):
        wide = range(i + 1, min(len(parts), i + 4) + 1)
        for j in wide if len(parts[i]) > 1 else reversed(wide):
            joined = "".join(parts[i:j])
            if len(joined) <= 8 and meaning_of(joined):
                words.append(" ".join(parts[i:j]))
                i = j
                break
        else:
            return None
    return words


def is_header(cells: list[str]) -> bool:
    """True if a row of cells names columns, among them who is responsible or what is to be done."""
    filled = [cell for cell in cells if cell.strip()]
    meanings = [meaning for cell in filled if (meaning := meaning_of(cell))]
    kinds = {meaning.kind for meaning in meanings}
    if len(filled) < 2 or len(meanings) < max(2, 0.6 * len(filled)):
        return False
    return bool(kinds & {Kind.UNITS, Kind.DEADLINE, Kind.PERSON, Kind.NUMBER}) and bool(
        kinds & {Kind.HEADING, Kind.TEXT, Kind.UNITS}
    )
