"""Telephone numbers in what people write: they belong in the register of contacts and in letters, nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gkcheck.text.characters import comparable, ordinary
from gkcheck.text.dates import DAY, read_day

_GAP = r"[-. ]{0,3}"
_DIALLED = (
    r"(?:(?:\+|00)?86[- ]{0,3})?"
    rf"(?:1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d[-. ]\d{{3}}[-. ]\d{{5}}|1[3-9]\d\d[-. ]\d{{3}}[-. ]\d{{4}})"
    r"|(?:(?:\+|00)86[- ]{0,3}|86[- ]{1,3})\(?0?\d{2,3}\)?[- ]{0,3}\d{3,4}[- ]?\d{4}"
    r"|\(?0\d{2,3}\)?[- ]{0,3}\d{3,4}[- ]?\d{4}"
    r"|[48]00[- ]?\d{3}[- ]?\d{4}"
)
"""Mobile numbers; numbers with an area code; 400 and 800."""

_PHONE = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:{_DIALLED})(?!\d)(?! ?元)"
    r"|(?:话|手机|号码|tel|phone|mobile)[-.:是为( ]{0,3}(?P<named>[2-9]\d{2,3}[- ]?\d{4})(?!\d)"
    r"|短号[:是为( ]{0,3}(?P<short>\d{3,6})(?!\d)"
    r"|(?<![\dA-Za-z_=&@%$¥#№])(?<!\d[.,-])(?<![A-Za-z]-)(?<![A-Za-z_]/)(?P<local>[2-9]\d{2,3}[- ]?\d{4})"
    r"(?=ext|x\d|(?![\dA-Za-z_@=&%‰]|[.,]\d|\.[a-z]|/[a-z]))",
    re.IGNORECASE,
)
"""Numbers that are dialled as they stand; digits that words call a number; seven or eight that stand alone (`_is_local`)."""

_COUNTED = re.compile(
    r" ?(?:元|万|亿|余|多|美元|港[元币]|人民币|人(?![社事大武防力行才])|户|次|件|份|条|个|家|名|位|宗|笔|项(?!目)|篇|字|页"
    r"|平方|立方|亩|公[里斤顷]|千|米|吨|株|册|度|号|年)"
)
"""Words after digits that count or number something by them."""

_NUMBERED = re.compile(
    r"(?:[第元#]|资金|金额|总额|费用|经费|拨款|[总数产销存流行读览击问印]量|[总人次户件条篇份]数|[合共总累]计|达到|超过"
    r"|[编文案批证序单账帐]号|(?:索引|流水|受理|登记)号|[代编]码|邮编|\b(?:no|id)\.?)[()〔〕\[\]:为是 ]{0,3}\Z",
    re.IGNORECASE,
)
"""Words before digits that say what they count or number."""

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[!#-&*-+\--:=?-z~]{1,2000}"
    r"|(?<![A-Za-z\d.-])(?:[A-Za-z\d-]{1,63}\.){1,6}[A-Za-z]{2,12}(?::\d{1,5})?/[!#-&*-+\--:=?-z~]{0,2000}",
    re.IGNORECASE,
)
"""Addresses of pages. They end at a comma, a semicolon, a bracket or a quotation mark: a number may stand behind it."""

_EXTENSION = r"(?:(?:转|分机|内线|ext\.?)[: ]?\d{1,6})?"
_BESIDE_NAME = re.compile(
    rf"(?:\((?!0\d{{2,3}}\)))?(?:联系)?(?:电话|手机)?:?((?:{_DIALLED}|[2-9]\d{{6,7}})(?!\d){_EXTENSION}|\+?\d[\d -]{{5,20}}\d)\)?",
    re.IGNORECASE,
)
_ONE = re.compile(rf"[+(]?\d[\d() .-]{{5,30}}{_EXTENSION}", re.IGNORECASE)
_BETWEEN = re.compile(r"[、,;/\n]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


def phone_in(text: str) -> str | None:
    """Return the first telephone number in a text, in half-width characters; None where there is none.

    Digits within the addresses of pages are none; seven or eight that stand alone are none where they are a day or
    years, or where the words beside them say what they count or number.
    """
    return next(_phones_in(_plain(_ADDRESS.sub("，", ordinary(text)))), None)


def _phones_in(text: str) -> Iterator[str]:
    for found in _PHONE.finditer(text):
        if not found["local"]:
            yield found["named"] or found["short"] or found[0]
        elif _is_local(
            found["local"], text[max(0, found.start() - _NEAR) : found.start()], text[found.end() :][:_NEAR]
        ):
            yield found["local"]


_NEAR = 10
"""The characters before and after digits in which the words stand that say what they are."""


def _is_local(number: str, before: str, after: str) -> bool:
    """True if seven or eight digits are a telephone number, by their shape and by the words beside them."""
    parts = re.split("[- ]", number)
    digits = "".join(parts)
    is_day = re.fullmatch(r"20[0-4]\d[01]\d[0-3]\d", digits) is not None
    is_year = len(parts) == 2 and re.fullmatch(r"(?:19|20)\d\d", parts[1]) is not None
    return not (is_day or is_year or _COUNTED.match(after) or _NUMBERED.search(before))


def name_and_phone(text: str) -> tuple[str, str]:
    """Return the names in a text and the telephone numbers beside them, each "" where there are none.

    Several stand one after the other: 张三、李四 and 13800138000、13900139000.
    """
    plain = _plain(text)
    phones = [found[1].strip() for found in _BESIDE_NAME.finditer(plain) if is_phone(found[1])]
    if not phones:
        return text.strip(), ""
    words = _BESIDE_NAME.sub(lambda found: "、" if is_phone(found[1]) else found[0], plain)
    names = (part.strip(" ,、;:/()") for part in _BETWEEN.split(words))
    return "、".join(filter(None, names)), "、".join(phones)


def _plain(text: str) -> str:
    """Return a text in half-width characters, with one kind of dash."""
    return comparable(text).translate(_DASHES)


def is_phone(text: str) -> bool:
    """True if a text may stand where a telephone number is asked for: numbers of seven digits or more, and no days.

    Letters stand only before an extension: 0750-5512345转801.
    """
    plain = _plain(text).strip()
    numbers = [number.strip() for number in _BETWEEN.split(plain)]
    return len(plain) <= _LONGEST and all(
        _ONE.fullmatch(number) and sum(map(str.isdecimal, number)) >= 7 and not _holds_day(number) for number in numbers
    )


def _holds_day(number: str) -> bool:
    days = (read_day(found) for found in [number, *re.findall(rf"(?<!\d){DAY}(?!\d)", number)])
    return any(day is not None and day.year >= _FIRST_YEAR for day in days)


_LONGEST = 60
"""The most characters of telephone numbers in one place: three with their extensions."""

_FIRST_YEAR = 1900
