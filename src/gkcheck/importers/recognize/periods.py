"""Words that say a task comes round again: 每季度, 逐月, 一月一报, 每半年; and the day within the period, where one is named."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from gkcheck.importers.recognize.deadlines import is_deadline
from gkcheck.model import Every
from gkcheck.text.dates import DAY, calendar_day, read_day
from gkcheck.text.numerals import number_of
from gkcheck.text.script import folded

_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_EACH = "(?:每[1一]?个?|各|逐|按|分)"
_ACT = "(?:报送|上报|通报|报告|调度|更新|公开|公布|发布|汇总|检查|督查|小结|例会)"
_LONE = r"(?<![\d一二三四五六七八九十个本上下当次每各逐按分第半])"
_WORDS = {
    Every.HALF_YEAR: f"每[1一]?个?半年|按半年|半年一(?![日号])|每[6六]个月|{_LONE}半年度?{_ACT}",
    Every.QUARTER: f"{_EACH}季(?!节|度?计划)度?|一季度?一(?![日号])|每[3三]个月|{_LONE}季度?{_ACT}",
    Every.MONTH: f"{_EACH}月(?![龄薪]|度?计划)度?|一月一(?![日号])|{_LONE}月度?{_ACT}",
    Every.YEAR: "(?:每[1一]?个?|按)年(?![龄级轻均]|度?(?:工作)?(?:计划|要点|目标|任务|预算))度?|一年一(?![日号])",
}
_OTHER = (
    "每[2二两]个?[月年周天日]|每[三四五七八九十3-57-9]个?(?:[年周天日]|个月)|每半个?月|每双周|每[日天旬]|每个?(?:周(?!期|边|岁)|星期|工作日)"
    "|按[日旬](?!常|程)|按周(?!期|边|岁)|逐[日周旬]|一周一|一日一"
)
_PERIOD = re.compile(
    "|".join([f"(?P<{every.name}>{words})" for every, words in _WORDS.items()] + [f"(?P<OTHER>{_OTHER})"])
)
_AMOUNTS = "(?:递增|递减|增长|新增|提高|提升|下降|减少|降低|最高|最低|人均|平均|不超过|不高于)"
_AMOUNT = re.compile(f".{{0,2}}{_AMOUNTS}")
_YEARLY_AMOUNT = re.compile(f"{_AMOUNTS}|[万亿]元|%")
"""Words with which a period measures an amount instead of asking for an act: 每月递增5%, 每年安排800万元."""

_OFTEN = re.compile(r"(?:[2-9]|\d{2}|[二两三四五六七八九十])次")
_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}
_MONTH_OF = {"首": 1, "第一个": 1, "头一个": 1, "第二个": 2, "第三个": 3, "末": 3, "最后一个": 3, "最后1个": 3}
_ALONE = r"(?![-至到~—、和及上中下底末初\d一二三四五六七八九十])"
_OF_MONTH = rf"月份?的?(?:(?P<day>{_NUMBER})[日号]|[底末])?{_ALONE}"
_DAY_IN = {
    Every.MONTH: re.compile(rf"的?(?P<month>)(?P<day>{_NUMBER})[日号]{_ALONE}"),
    Every.QUARTER: re.compile(rf"的?(?P<month>{'|'.join(_MONTH_OF)}){_OF_MONTH}"),
    Every.HALF_YEAR: re.compile(rf"的?(?P<month>首|第{_NUMBER}个){_OF_MONTH}"),
    Every.YEAR: re.compile(rf"的?(?P<month>{_NUMBER}){_OF_MONTH}"),
}
_DAY_WORDS = re.compile(
    rf"的?(?:[首末头初]|第{_NUMBER}[个周]|最后|{_NUMBER}(?:日|号|月|个?工作日)|[上中下]旬|[上下]半年|第?[一二三四1-4]季度|(?:结束|终了)?之?后|.{{0,8}}前)"
)
_END = re.compile(r"的?(?:年?[底末](?![月\d])|最后一[天日]|(?:结束|终了)前)")
_CLAUSE = re.compile("[^,;。\n]+")
_SENTENCE = re.compile("[;。\n]")
_LONGEST_MONTH = 31
_YEAR_END = (12, 31)
_SHOWN = 40
"""The most characters of a clause that are shown."""


class PeriodMention(NamedTuple):
    """A clause that names a period; `every` None: one that no plan keeps (每周, 每年两次).

    `month` (from 1 within the period) and `day` (None: the last) are those by which the clause asks, `month` None where
    it names none. `unread`: it names a day that is not understood.
    """

    clause: str
    every: Every | None
    month: int | None = None
    day: int | None = None
    unread: bool = False


class PeriodReading(NamedTuple):
    """The period of a task: the mention that gives it, None where none does for certain; and what a person should check.

    `yearly` is a clause with 每年 in a text that is about more: within the year of a plan it changes nothing.
    """

    placed: PeriodMention | None
    doubts: tuple[str, ...] = ()
    yearly: str | None = None


def mentions_in(text: str) -> list[PeriodMention]:
    """Return every clause that names a period, once for each period in it, in the order of the text."""
    shape = folded(text)
    found = []
    for clause in _CLAUSE.finditer(shape):
        found += _mentions_in_clause(clause[0], text[clause.start() : clause.end()].strip()[:_SHOWN])
    return found


def _mentions_in_clause(shape: str, printed: str) -> list[PeriodMention]:
    """Return the mentions of a clause, one a period: of several of one period that which names the day."""
    by_period: dict[Every | None, PeriodMention] = {}
    is_often, is_amount = _OFTEN.search(shape), _YEARLY_AMOUNT.search(shape)
    for match in _PERIOD.finditer(shape):
        if _AMOUNT.match(shape, match.end()) or (is_amount and match.lastgroup == Every.YEAR.name):
            continue
        every = None if match.lastgroup == "OTHER" or is_often else Every[match.lastgroup or ""]
        held = by_period.get(every)
        if held is None or not (held.month or held.unread):
            by_period[every] = _mention(shape, printed, every, match.end())
    return list(by_period.values())


def _mention(shape: str, printed: str, every: Every | None, end: int) -> PeriodMention:
    """Return the mention of a period whose words end at `end`."""
    if every is None:
        return PeriodMention(printed, None)
    if found := _DAY_IN[every].match(shape, end):
        month = _month_of(found["month"]) if found["month"] else 1
        day = number_of(found["day"]) if found["day"] else None
        if month and month <= _MONTHS[every] and (day is None or 1 <= day <= _LONGEST_MONTH):
            return PeriodMention(printed, every, month, day)
    return PeriodMention(printed, every, unread=bool(_DAY_WORDS.match(shape, end)) and not _END.match(shape, end))


def _month_of(words: str) -> int | None:
    """Return the number of a month within its period: 1 of 首, 第一个 and 1."""
    return _MONTH_OF.get(words) or number_of(words.strip("第个"))


def read_period(limit: str | None, text: str, day: date | None) -> PeriodReading:
    """Return the period of a task from its limit or, where that leaves it open, from a text that is about nothing else.

    A limit gives it where it names one period and nothing but time beside it. A text does where it is one sentence that
    names one period, in its first clause, and the limit is none, keeps on (持续推进) or is the end of the year.

    Args:
        day: the day that the limit means.
    """
    of_limit, of_text = mentions_in(limit or ""), mentions_in(text)
    placed = _sole(of_limit) if limit and _is_time_alone(limit) else None
    is_open = not limit or _is_time_alone(limit) or (day is not None and (day.month, day.day) == _YEAR_END)
    if not of_limit and is_open and _is_about_one_act(text):
        placed = _sole(of_text)
    others = [one for one in of_limit if placed is None or one.every is not placed.every]
    in_text = [one for one in of_text if placed is None or one.every is not placed.every]
    others += [one for one in in_text if one.every is not Every.YEAR]
    doubts = [f"“{one.clause}”像是定期的任务，没有记周期" for one in others]
    if placed and placed.unread:
        doubts.append(f"“{placed.clause}”里的日子没有读懂，按每期最后一天算")
    yearly = next((one.clause for one in in_text if one.every is Every.YEAR), None)
    return PeriodReading(placed, tuple(dict.fromkeys(doubts)), yearly)


def _sole(mentions: list[PeriodMention]) -> PeriodMention | None:
    """Return the mention where all are of one period that a plan keeps: one that names the day, if any does."""
    kept = {one.every for one in mentions}
    if len(kept) != 1 or None in kept:
        return None
    return next((one for one in mentions if one.month), mentions[0])


def _is_time_alone(limit: str) -> bool:
    """True if every clause of a limit names a period, is a day, or only says that the task goes on; one day at most."""
    clauses = [clause.strip() for clause in _CLAUSE.findall(folded(limit)) if clause.strip()]
    return len(_days_in(limit)) <= 1 and all(
        _PERIOD.search(clause) or _goes_on(clause) or read_day(clause) for clause in clauses
    )


def _days_in(limit: str) -> list[str]:
    return re.findall(DAY, folded(limit))


def _goes_on(clause: str) -> bool:
    return is_deadline(clause) and not re.search(r"\d|[年月季底末内前]", clause.replace("全年", ""))


def _is_about_one_act(text: str) -> bool:
    """True if a text is one sentence that names a period in its first clause."""
    shape = folded(text).strip().rstrip(";。")
    first = _CLAUSE.match(shape)
    return bool(first and not _SENTENCE.search(shape) and mentions_in(first[0]))


def printed_day(limit: str | None) -> date | None:
    """Return the day that a limit prints in full beside a period: 每季度（2019-12-31）; None where there is none."""
    days = _days_in(limit or "")
    return read_day(days[0]) if len(days) == 1 else None


def first_due(mention: PeriodMention, since: date) -> date | None:
    """Return the first day, from `since` on, by which a mention asks; None where it names none."""
    if mention.every is None or mention.month is None:
        return None
    for ahead in range(2 * _MONTHS[mention.every]):
        year, month = divmod(since.year * 12 + since.month - 1 + ahead, 12)
        if month % _MONTHS[mention.every] == mention.month - 1:
            day = calendar_day(year, month + 1, mention.day) or calendar_day(year, month + 1)
            if day and day >= since:
                return day
    return None
