"""Deadlines: the clauses that are one, and the day that one means where that is certain."""

from __future__ import annotations

import re
from datetime import date

from gkcheck.text.dates import calendar_day, read_day
from gkcheck.text.script import folded

_YEAR = r"(?:20\d\d(?:年度?)?|[今本当明次每后]年度?)"
_PART = r"(?:\d{1,2}月份?(?:\d{1,2}[日号]|上旬|中旬|下旬|月?[底末初])?|第?(?:[一二三四1-4]、?){1,4}季度[底末]?|[上下]半年|年[底末内初中]|[底末内初](?=前|之前|完成|$))"
_TIME = rf"(?:{_YEAR}\s*+{_PART}?|{_PART}|\d{{4}}[-./]\d{{1,2}}(?:[-./]\d{{1,2}})?)"
_AFTER = r"(?:\s*+(?:[底末内初]|之?前|以前|之内|为止|起|开始|左右|以后|后))*"
_GRADUALLY = "(?:分批次?|分步|分期|分阶段|分年度?|逐步|逐年|稳步|有序|陆续|滚动|压茬|接续|梯次|持续)"
_HOW = f"(?:全部|基本|全面|初步|力争|同步|统筹|尽快|尽早|率先|常态化?|{_GRADUALLY})"
_DO = rf"(?:{_HOW}*(?:完成|办结|落实|见效|启动|到位|报送|上报|公布|公开|发布|实现|建成|出台|印发|制定|上线|开展|推进|推开|深化|动工|开工|竣工|投用|投入|整改|取得|达到|执行|实施)[^,;。、]{{0,10}})?"
_WHEN = re.compile(
    rf"(?:于|在|至|到|截至|力争|确保|分别于|原则上|须于|应于)*\s*{_TIME}(?:[-至到—~、和及]+{_TIME})*{_AFTER}{_DO}"
)
_KEEP_ON = re.compile(
    r"(?:长期|持续|常态化?|经常性?|全年|贯穿全年|日常|不间断|滚动|动态)(?:性)?(?:坚持|推进|实施|开展|落实|任务|工作|有效|执行|公开|更新|推动|做好|抓好|进行|完成)*(?:[(,].*)?"
    rf"|{_GRADUALLY}(?:推进|实施|开展|落实|推开|完成|建设|深化)"
    r"|即时|及时|随时|立即|实时|按时|立行立改|已完成|适时|即知即改|(?:及时|适时|实时|按时|即时)[^,;。、]{1,6}"
    r"|每(?:年|半年|季度?|月|周|日|两?个月)[^,;。]{0,14}|(?:按|逐)(?:年|半年|月|季|季度|周)[^,;。、]{0,8}"
    r"|(?:一[年季月周]|一季度|半年)一[^,;。、]{1,6}"
    r"|按(?:照)?(?:上级|省|市|国家|要求|规定|时限|时序|序时|进度|节点|计划|有关|相关|工作|文件|通知)[^,;。]{0,14}"
    r"|(?:\d+|[一二三四五六七八九十]+)个?(?:工作日|日|天|个?月|周|年)(?:之)?内[^,;。]{0,6}|根据[^,;。]{1,14}(?:安排|要求|进度)[^,;。]{0,4}"
)


def is_deadline(text: str) -> bool:
    """True if a clause is a time limit and nothing else: 6月底完成, 长期坚持, 2019年12月31日前."""
    shape = re.sub(r"(?<=[\d年月])\s+(?=[\d年月日底前末])", "", folded(text)).strip(" 。;,.\n")
    if not shape or len(shape) > 60 or shape.isdecimal():
        return False
    return bool(_WHEN.fullmatch(shape) or _KEEP_ON.fullmatch(shape)) or _several(shape)


def begins_with_time(text: str) -> bool:
    """True if a short clause begins with a time, whatever it says after it: 年内见雏形, 9月底前拿出样板."""
    shape = folded(text).strip()
    found = _WHEN.match(shape)
    return bool(found) and len(shape) <= 24 and "、" not in shape


def _several(shape: str) -> bool:
    """True for two limits in one cell: 2021年2月公布预算,2021年8月公布上年决算."""
    parts = [part for part in re.split(r"[,;\n、。]\s*", shape) if part.strip()]
    return len(parts) > 1 and all(_WHEN.match(part.strip()) or _KEEP_ON.fullmatch(part.strip()) for part in parts)


_MENTION = re.compile(rf"{_YEAR}?{_PART}|{_YEAR}|\d{{4}}[-./]\d{{1,2}}|(?:长期|持续|每)")
_DAY = re.compile(r"(?:(20\d\d|今|本|当)年)?(\d{1,2})月(\d{1,2})[日号](?:之?前|以前|内|底)?")
_MONTH_END = re.compile(r"(?:(20\d\d|今|本|当)年)?(\d{1,2})月份?[底末]")
_YEAR_END = re.compile(r"(?:(20\d\d|今|本|当)年?)?(?:年?(?<=年)[底末内]|^[底末]前)")
_QUARTER_END = re.compile(r"(?:(20\d\d|今|本|当)年)?第?([一二三四1-4])季度[底末]")
_ISO = re.compile(r"20\d\d[-./]\d{1,2}[-./]\d{1,2}")


def day_of(text: str, year: int | None) -> date | None:
    """Return the day a deadline means, where that is certain; `year` is the plan's, for limits that print none.

    2019年12月31日前, 6月底, 年底前, 年内 and 第三季度末 are certain. 8月前, two limits in one cell, 每年 and 长期 are not.
    """
    shape = re.sub(r"\s", "", folded(text))
    iso = _ISO.match(shape)
    if iso and len(shape) <= 12:
        return read_day(iso[0])
    if len(_MENTION.findall(shape)) != 1 or re.search(r"[明次后每]年|[起后]$|开始|启动|分别|-|至|~", shape):
        return None
    if found := _DAY.search(shape):
        return _day(_year(found[1], year), int(found[2]), int(found[3]))
    if found := _MONTH_END.search(shape):
        return _day(_year(found[1], year), int(found[2]), None)
    if found := _QUARTER_END.search(shape):
        return _day(_year(found[1], year), 3 * ("一二三四".find(found[2]) + 1 or int(found[2])), None)
    if found := _YEAR_END.search(shape):
        return _day(_year(found[1], year), 12, 31)
    return None


def _year(printed: str | None, year: int | None) -> int | None:
    return int(printed) if printed and printed.isdecimal() else year


def _day(year: int | None, month: int, day: int | None) -> date | None:
    """Return a day, the last of the month where `day` is None; None where it is not known."""
    return calendar_day(year, month, day) if year is not None else None
