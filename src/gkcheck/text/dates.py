"""Days as people write them: the one reader of days, and the one place that knows the calendar."""

import re
from datetime import date, timedelta

from gkcheck.text.characters import comparable
from gkcheck.text.numerals import number_of

DAY = r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?"
"""A pattern, without groups, for a day inside other text; `read_day` reads what it matches."""

_DAY = re.compile(r"(\d{4})(?:\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))")


def calendar_day(year: int, month: int, day: int | None = None) -> date | None:
    """Return the day, the last of the month where `day` is None; None where the calendar has no such day."""
    try:
        if day is not None:
            return date(year, month, day)
        first = date(year, month, 1)
        return first.replace(day=31) if month == 12 else first.replace(month=month + 1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def read_day(text: str) -> date | None:
    """Return the day of 2019-12-31, 20191231, 2019年12月31日 or 2019.12.31, full-width digits too; else None."""
    found = _DAY.fullmatch(comparable(text).strip())
    return calendar_day(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])) if found else None


_DAY_OF_YEAR = re.compile(r"(\d{1,2})\s*(?:[-./]\s*(\d{1,2})|月\s*(\d{1,2})\s*[日号]?)")
_MONTH = re.compile(r"(\d{4})\s*(?:年\s*(\d{1,2})\s*月(?:份|底)?|[-./]\s*(\d{1,2}))")


def read_day_within(text: str, year: int | None) -> date | None:
    """Return the day of a short writing, too: 11月5日, 11.5, 11-5 in `year`; 2019年11月 and 2019.11, its last day.

    None where the text is no such writing and nothing else, and where `year` is None but the text has none.
    """
    shape = comparable(text).strip().rstrip("。")
    if found := _MONTH.fullmatch(shape):
        return calendar_day(int(found[1]), int(found[2] or found[3]))
    found = _DAY_OF_YEAR.fullmatch(shape)
    if found and year is not None:
        return calendar_day(year, int(found[1]), int(found[2] or found[3]))
    return read_day(shape)


_NAMED = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3,
          "yesterday": -1, "today": 0, "tomorrow": 1}  # fmt: skip
_WEEK = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
_WEEKDAY = re.compile(r"(上上|上|本|这|下下|下)?个?(?:周|星期|礼拜)([一二三四五六日天])")
_DISTANCE = re.compile(r"(\d{1,3}|[一二两三四五六七八九十]{1,3})个?(天|日|周|星期|礼拜)[以之]?([前后])")
_OTHER_YEAR = re.compile(r"([去今本当明])年(?![去今本当明]年)(.+)")
_YEAR_END = re.compile(r"(?:(\d{4})?年)?[底末]|年内")
_NEAR_MONTH = re.compile(r"(?:([上本这下])个?)?月(?:([底末])|(\d{1,2})[日号])?")
_WHOLE_MONTH = re.compile(r"(?:(\d{4})年)?(\d{1,2})月份?([底末])?|(\d{4})[-./](\d{1,2})")


def read_typed_days(text: str, year: int, today: date) -> tuple[date, date] | None:
    """Return the first and the last day of what a person types: the same day twice, or a month; None for no day.

    Besides what `read_day_within` knows: 昨天, 下周五 (a week begins on Monday), 3天前, 月底, 下月5日, 年底, 十月, 10月底,
    2020-10. A day without a year is one of `year`, but 今年, 去年 and 明年 are counted from `today`.
    """
    shape = re.sub(r"\s", "", comparable(text)).casefold()
    shape = re.sub(
        r"[一二三四五六七八九十]{1,3}(?=[月日号])", lambda found: str(number_of(found[0]) or found[0]), shape
    )
    if found := _OTHER_YEAR.fullmatch(shape):
        return read_typed_days(found[2], today.year + {"去": -1, "明": 1}.get(found[1], 0), today)
    if found := _YEAR_END.fullmatch(shape):
        return _once(calendar_day(int(found[1] or year), 12, 31))
    if found := _WHOLE_MONTH.fullmatch(shape):
        month = int(found[1] or found[4] or year), int(found[2] or found[5])
        return _once(calendar_day(*month)) if found[3] else _of_month(*month)
    if (found := _NEAR_MONTH.fullmatch(shape)) and shape != "月":
        near, end, day = found.groups()
        ahead = today.year * 12 + today.month - 1 + {"上": -1, "下": 1}.get(near, 0)
        month = ahead // 12, ahead % 12 + 1
        return _once(calendar_day(*month, int(day) if day else None)) if end or day else _of_month(*month)
    return _once(_day_from(shape, today) or read_day_within(shape, year))


def _day_from(shape: str, today: date) -> date | None:
    """Return the day that is told by its distance from today: 昨天, 下周五, 两周后."""
    days = _NAMED.get(shape)
    if found := _WEEKDAY.fullmatch(shape):
        days = 7 * _WEEK[found[1] or "本"] + "一二三四五六日".find(found[2].replace("天", "日")) - today.weekday()
    elif found := _DISTANCE.fullmatch(shape):
        days = (number_of(found[1]) or 0) * (1 if found[2] in "天日" else 7) * (-1 if found[3] == "前" else 1)
    try:
        return None if days is None else today + timedelta(days)
    except OverflowError:
        return None


def _once(day: date | None) -> tuple[date, date] | None:
    return (day, day) if day else None


def _of_month(year: int, month: int) -> tuple[date, date] | None:
    first, last = calendar_day(year, month, 1), calendar_day(year, month)
    return (first, last) if first and last else None


def may_lack_zero(number: str) -> bool:
    """True for a number that is a day or a month, typed with a zero at its end or not: 11.1 may be 11.10, 2019.1 2019.10."""
    return re.fullmatch(r"\d{1,2}\.[123]|\d{4}\.1", number) is not None


def read_iso_day(text: str) -> date | None:
    """Return the day of a text written exactly as 2019-12-31; None for anything else."""
    return read_day(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
