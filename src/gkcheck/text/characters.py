"""Characters that nobody sees, and characters that look like others: what is copied from pages and PDFs carries them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from gkcheck.types import NamedTuple

RADICALS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕𫜹⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬"
    "⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西"
    "⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼"
    "⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟㇐一㇑丨㇒丿㇔丶㇟乚㇠乙"
)
"""Radicals and strokes, each before the ideograph it stands for (Unicode, EquivalentUnifiedIdeograph.txt).

The Kangxi radicals are not here: their compatibility form is that ideograph.
"""

_IGNORABLE = ((0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
              (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF))  # fmt: skip
"""Ranges that print nothing though they are not of category Cf: variation selectors, fillers (Default_Ignorable_Code_Point)."""

_FOLDED = ((0x2F00, 0x2FDF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F), (0xFB00, 0xFB06), (0xFE10, 0xFE19), (0xFE30, 0xFE6F),
           (0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A), (0xFF61, 0xFFDC), (0x1D400, 0x1D7FF), (0x2011, 0x2011))  # fmt: skip
"""Ranges of look-alikes: Kangxi radicals, compatibility ideographs, ligatures, vertical and small signs, letters
and digits of full width, kana of half width, letters and digits of mathematics, the hyphen that does not break."""

_CHINESE_SIGN = dict(zip(",:;!?()", "，：；！？（）", strict=True))
_LINE_ENDS = "\v\f\x85\u2028\u2029"


class Cleaned(NamedTuple):
    """A text of ordinary characters; how many invisible ones were removed and how many look-alikes replaced."""

    text: str
    invisible: int
    lookalikes: int


def is_invisible(char: str) -> bool:
    """True for a character that prints nothing: category Cf, variation selectors, fillers, controls but line ends and tab."""
    kind = unicodedata.category(char)
    return kind == "Cf" or (kind == "Cc" and char not in "\t\n\r" + _LINE_ENDS) or _within(ord(char), _IGNORABLE)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


class _Ordinary(dict[int, str]):
    """A translation table that fills itself: the ordinary form of every character, empty for an invisible one."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if is_invisible(char):
            plain = ""
        elif char in _LINE_ENDS:
            plain = "\n"
        elif unicodedata.category(char) == "Zs" and char != "\u3000":
            plain = " "
        elif _within(code, _FOLDED):
            plain = unicodedata.normalize("NFKC", char)
            plain = _CHINESE_SIGN.get(plain, plain)
        else:
            plain = char
        self[code] = plain
        return plain


@cache
def _table() -> _Ordinary:
    return _Ordinary({ord(radical): plain for radical, plain in zip(RADICALS[::2], RADICALS[1::2], strict=True)})


def ordinary(text: str) -> str:
    """Return text without invisible characters, and with the characters that look-alikes stand for.

    Signs of full width stay: Chinese prints them. Blanks of other widths become plain ones.
    """
    return text if text.isascii() and text.isprintable() else text.translate(_table())


def cleaned(text: str) -> Cleaned:
    """Return the ordinary form of a text, with counts; blanks and line ends do not count."""
    plain = ordinary(text)
    if plain == text:
        return Cleaned(text, 0, 0)
    table = _table()
    changed = [form for char in text if (form := table[ord(char)]) != char and not form.isspace()]
    gone = changed.count("")
    return Cleaned(plain, gone, len(changed) - gone)


def comparable(text: str) -> str:
    """Return the form that texts are compared in: ordinary characters, width and compatibility forms folded (NFKC)."""
    return unicodedata.normalize("NFKC", ordinary(text))


ANNOTATION = "\ufff9{}\ufffa{}\ufffb"
"""A text with a reading printed above it (ruby), in Unicode's notation: the text, then the reading."""


def without_readings(text: str) -> tuple[str, int]:
    """Return text without the readings that are printed above it, and how many characters these had."""
    if "\ufffa" not in text:
        return text, 0
    readings = re.findall(r"\ufffa([^\ufffa\ufffb]*)\ufffb", text)
    return re.sub(r"\ufff9|\ufffa[^\ufffa\ufffb]*\ufffb", "", text), sum(map(len, readings))
