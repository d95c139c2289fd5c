"""Chinese numerals and the numbers they mean."""

import re

_DIGITS = "零一二三四五六七八九"


_UNITS = {"十": 10, "百": 100, "千": 1000}


_NUMERAL = r"[零〇一二两三四五六七八九十百千]+"


def numeral(number: int) -> str:
    """Return a Chinese numeral for 0..9999 as headings print it: 10 十, 23 二十三, 105 一百零五."""
    if not 0 <= number <= 9999:
        raise ValueError(f"no numeral for {number}")
    if number < 10:
        return _DIGITS[number]
    text, zero, rest = "", False, number
    for sign, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, rest = divmod(rest, value)
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + sign
            zero = False
        else:
            zero = True
    return text[1:] if text.startswith("一十") else text


def number_of(text: str) -> int | None:
    """Return the number a numeral means, from Chinese or any Unicode decimal digits; None where it is neither."""
    if text.isdecimal():
        return int(text) if len(text) < 10 else None
    if not re.fullmatch(_NUMERAL, text):
        return None
    total, digit, smallest = 0, 0, 10_000
    for char in text.replace("〇", "零").replace("两", "二"):
        if char in _UNITS:
            value = _UNITS[char]
            if value >= smallest:
                return None
            total += (digit or 1) * value
            digit, smallest = 0, value
        else:
            if digit:
                return None
            digit = _DIGITS.index(char)
    return total + digit
