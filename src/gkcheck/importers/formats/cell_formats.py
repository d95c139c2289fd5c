"""Number formats of workbooks: a number as its cell shows it (ECMA-376, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from gkcheck.text.numerals import numeral

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm", 19: "h:mm", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"',
    29: 'm"月"d"日"', 30: "m/d/yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 37: "#,##0",
    38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss", 49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"', 54: 'm"月"d"日"', 55: 'yyyy"年"m"月"', 56: 'm"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
"""The formats that a workbook names by number alone, as a Chinese office shows them."""

_TOKEN = re.compile(
    r"\"(?P<quoted>[^\"]*)\"?|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]{0,255})\]"
    r"|(?P<general>general|G/通用格式)|(?P<date>y+|e+|m+|d+|h+|s+|a{3,4}|AM/PM|上午/下午)|(?P<digit>[0#?])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_UPPER = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


class _Token(NamedTuple):
    kind: str
    text: str


class _Section(NamedTuple):
    tokens: tuple[_Token, ...]
    condition: tuple[str, float] | None
    script: str

    def has(self, kind: str) -> bool:
        return any(token.kind == kind for token in self.tokens)


@lru_cache(maxsize=500)
def _sections(code: str) -> tuple[_Section, ...]:
    """Return the parts of a format, each with its condition and the script of its digits (DBNum1, DBNum2, DBNum3)."""
    out: list[list[_Token]] = [[]]
    settings: list[list[str]] = [[]]
    for found in _TOKEN.finditer(code[:1000]):
        kind = found.lastgroup or ""
        if kind == "other" and found[0] == ";":
            out.append([])
            settings.append([])
        elif kind == "bracket":
            settings[-1].append(found[kind])
            sign = re.match(r"\$([^-]*)", found[kind])
            out[-1] += [_Token("quoted", sign[1])] if sign and sign[1] else []
        elif kind:
            out[-1].append(_Token(kind, found[kind]))
    sections = []
    for tokens, words in zip(out, settings, strict=True):
        conditions = [one for word in words if (one := _CONDITION.fullmatch(word))]
        condition = (conditions[0][1], float(conditions[0][2])) if conditions else None
        script = next((word[-1] for word in words if re.fullmatch(r"DBNum[123]", word, re.IGNORECASE)), "")
        sections.append(_Section(tuple(tokens), condition, script))
    return tuple(sections)


def shows_day(code: str) -> bool:
    """True if a format shows numbers as days: it has a day or a year in it."""
    return any(
        token.kind == "date" and token.text[0].lower() in "yed" for one in _sections(code) for token in one.tokens
    )


def shown_text(text: str, code: str) -> str:
    """Return a text as a cell of this format shows it: "县"@ puts a word before it."""
    section = next((one for one in _sections(code) if any(token == ("other", "@") for token in one.tokens)), None)
    if section is None:
        return text if len(_sections(code)) < 4 else _literal(_sections(code)[3])
    return "".join(text if token == ("other", "@") else token.text for token in section.tokens)


def shown_number(value: float, code: str, since_1904: bool = False) -> str:
    """Return a number as a cell of this format shows it; days in figures as 2019-12-31, whatever their order."""
    section, negative = _section_for(value, _sections(code))
    if section is None:
        return ""
    if section.has("general") or any(token == ("other", "@") for token in section.tokens):
        number = _scripted(_general(abs(value) if negative else value), section.script, counts=True)
        return "".join(
            number if token.kind == "general" or token.text == "@" else token.text for token in section.tokens
        )
    if section.has("date"):
        return _shown_day(value, section, since_1904)
    if not section.has("digit"):
        return _literal(section)
    return ("-" if value < 0 and not negative else "") + _shown_digits(abs(value), section)


def _literal(section: _Section) -> str:
    return "".join(token.text for token in section.tokens)


def _section_for(value: float, sections: tuple[_Section, ...]) -> tuple[_Section | None, bool]:
    """Return the part of a format that a number takes, and True if that part is for negative numbers alone."""
    compare = {
        "<": value.__lt__,
        ">": value.__gt__,
        "<=": value.__le__,
        ">=": value.__ge__,
        "=": value.__eq__,
        "<>": value.__ne__,
    }
    if any(one.condition for one in sections):
        fitting = (one for one in sections[:3] if one.condition is None or compare[one.condition[0]](one.condition[1]))
        return next(fitting, sections[0]), False
    negative = value < 0 and len(sections) > 1
    position = 1 if negative else (2 if value == 0 and len(sections) > 2 else 0)
    section = sections[position]
    return (section if section.tokens or len(sections) == 1 else None), negative


def _general(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"


def _scripted(number: str, script: str, counts: bool = False) -> str:
    """Return digits in Chinese script: 十二 where they count, 一二 digit by digit."""
    if script == "3":
        return number.translate(_WIDE)
    if script in ("1", "2") and number.isdecimal():
        chinese = numeral(int(number)) if counts and int(number) <= 9999 else number.translate(_DIGITS)
        return chinese.translate(_UPPER) if script == "2" else chinese
    return number


def _shown_digits(value: float, section: _Section) -> str:
    """Return digits at their places, literals between them; zeros at the end of a percentage are not significant."""
    tokens = section.tokens
    signs = "".join(token.text for token in tokens if token.kind in ("digit", "other"))
    if "/" in signs or re.search(r"E[+-]", signs, re.IGNORECASE):
        return _general(value)
    percent = "%" in signs
    scale = len(re.sub(r"[^0#?,.]", "", signs)) - len(re.sub(r"[^0#?,.]", "", signs).rstrip(","))
    whole_signs, _, decimal_signs = re.sub(r"[^0#?.]", "", signs).partition(".")
    number = f"{value * (100 if percent else 1) / 1000**scale:.{len(decimal_signs)}f}"
    whole, _, decimals = number.partition(".")
    needed = 0 if percent else len(decimal_signs.rstrip("#?"))
    decimals = decimals[:needed] + decimals[needed:].rstrip("0")
    whole = "" if whole == "0" and "0" not in whole_signs and decimals else whole.zfill(whole_signs.count("0"))
    if re.search(r"[0#?],[0#?]", signs):
        whole = f"{int(whole or 0):,}"
    return _placed(tokens, whole, decimals, len(whole_signs), section.script)


def _placed(tokens: tuple[_Token, ...], whole: str, decimals: str, places: int, script: str) -> str:
    """Return literals and digits in the order of a format; the first place takes all digits that are left over."""
    out = []
    place = 0
    after_point = False
    inner = len(whole.replace(",", "")) > 0 and "," not in whole
    for token in tokens:
        if token.kind == "digit" and not after_point:
            place += 1
            if not inner:
                out.append(whole if place == 1 else "")
            else:
                left = places - place
                start = 0 if place == 1 else max(0, len(whole) - left - 1)
                out.append(_scripted(whole[start : max(0, len(whole) - left)], script))
        elif token == ("other", "."):
            after_point = True
            out.append("." + decimals if decimals else "")
        elif token.kind == "quoted" or token.kind == "escaped" or (token.kind == "other" and token.text != ","):
            out.append(token.text)
    return "".join(out)


def day_of_number(value: float, since_1904: bool) -> datetime | None:
    """Return the day and time that a number of a workbook stands for; None where it is out of range."""
    start = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
    try:
        return datetime(start.year, start.month, start.day) + timedelta(seconds=round(value * 86400))
    except (OverflowError, ValueError):
        return None


def _shown_day(value: float, section: _Section, since_1904: bool) -> str:
    moment = day_of_number(value, since_1904)
    if moment is None or value < 0:
        return _general(value)
    letters = [token.text.lower() for token in section.tokens if token.kind == "date"]
    chinese = any(
        "\u4e00" <= char <= "\u9fff" for token in section.tokens if token.kind != "date" for char in token.text
    )
    if not chinese and any(letter[0] in "yed" for letter in letters):
        return (
            moment.date().isoformat()
            if any(letter[0] == "d" for letter in letters)
            else f"{moment.year}年{moment.month}月"
        )
    out = []
    last = ""
    for i, token in enumerate(section.tokens):
        if token.kind != "date":
            out.append(token.text)
            continue
        letter = token.text.lower()
        following = next((one.text.lower()[0] for one in section.tokens[i + 1 :] if one.kind == "date"), "")
        minutes = letter[0] == "m" and len(letter) < 3 and (last == "h" or following == "s")
        out.append(_date_part(moment, "n" * len(letter) if minutes else letter, section.script))
        last = letter[0]
    return "".join(out)


def _date_part(moment: datetime, letters: str, script: str) -> str:
    kind = letters[0]
    if kind in "ye":
        year = str(moment.year)
        return _scripted(year if kind == "e" or len(letters) > 2 else year[2:], script)
    if letters in ("aaa", "aaaa"):
        return ("星期" if letters == "aaaa" else "") + "一二三四五六日"[moment.weekday()]
    values = {"m": moment.month, "d": moment.day, "h": moment.hour, "n": moment.minute, "s": moment.second}
    if kind not in values:
        return "上午" if moment.hour < 12 else "下午"
    number = f"{values[kind]:02}" if len(letters) == 2 and not script else str(values[kind])
    return _scripted(number, script, counts=True)
