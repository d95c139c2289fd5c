"""Width, joints and keys: full-width punctuation (GB/T 15834), broken texts, spellings of one name."""

import re

from gkcheck.text.characters import comparable, ordinary


def is_han(char: str) -> bool:
    """True if a character is a Chinese ideograph."""
    return "一" <= char <= "鿿" or "㐀" <= char <= "䶿" or "豈" <= char <= "﫿" or char >= "\U00020000" or char == "〇"


_CHINESE_SIGNS = frozenset("。、，；：？！“”‘’（）《》〈〉【】〔〕「」『』…—％")


_FULL = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}


_SPARED = (
    r"\(cid:\d{1,9}\)|"
    r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,20}://[\x21-\x7e]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
)


def _is_chinese(char: str) -> bool:
    return is_han(char) or char in _CHINESE_SIGNS


def full_width(text: str) -> str:
    """Return half-width `,:;?!()` in Chinese text as full-width signs (GB/T 15834).

    A sign is Chinese where a neighbour is; brackets where a neighbour or what they hold is. Signs between
    Latin letters or digits (3,000; 12:30), addresses, glyphs without a character ((cid:12)) and everything else stay.
    """
    spared = [False] * len(text)
    for match in re.finditer(_SPARED, text, re.ASCII):
        spared[match.start() : match.end()] = [True] * (match.end() - match.start())
    chars = list(text)
    _full_width_brackets(chars, spared)
    for i, char in enumerate(chars):
        if char in _FULL and not spared[i]:
            before, after = _neighbour(chars, i, -1), _neighbour(chars, i, 1)
            if _is_chinese(before) or _is_chinese(after):
                chars[i] = _FULL[char]
    return "".join(chars)


def _neighbour(chars: list[str], i: int, step: int) -> str:
    """Return the nearest character on one side that is not a blank; an empty string at the end."""
    i += step
    while 0 <= i < len(chars) and chars[i] == " ":
        i += step
    return chars[i] if 0 <= i < len(chars) else ""


def _full_width_brackets(chars: list[str], spared: list[bool]) -> None:
    han = [0]
    for char in chars:
        han.append(han[-1] + is_han(char))
    opened: list[int] = []
    for i, char in enumerate(chars):
        if char == "(":
            opened.append(i)
        elif char == ")":
            start = opened.pop() if opened else i
            held = han[i] - han[start] > 0
            outside = _is_chinese(_neighbour(chars, start, -1)) or _is_chinese(_neighbour(chars, i, 1))
            if (held or outside) and not spared[i]:
                chars[i] = "）"
                if start != i:
                    chars[start] = "（"
    for i in opened:
        if not spared[i] and (_is_chinese(_neighbour(chars, i, -1)) or _is_chinese(_neighbour(chars, i, 1))):
            chars[i] = "（"


_NOT_IN_KEY = r"""[\s“”"'‘’「」『』]+"""


def key(text: str) -> str:
    """Return the key that all spellings of a name share: width folded, blanks, quotes and invisible signs gone."""
    return re.sub(_NOT_IN_KEY, "", comparable(text)).casefold()


def split_list(text: str) -> list[str]:
    """Return the parts of a list as people type it (教育局、财政局), without blanks around them and without empty ones."""
    return [part.strip() for part in re.split(r"[,，、;；]", ordinary(text)) if part.strip()]


_DASHES = r"[‐‑‒–—―−ー﹣－~～〜]+"


def with_plain_dashes(text: str) -> str:
    """Return text with every dash, hyphen and wave, or a run of them, as one hyphen."""
    return re.sub(_DASHES, "-", text)


def split_range(text: str) -> list[str]:
    """Return the two ends of a range (30-32, 三十至三十二, 30～32), else the text alone."""
    span = re.fullmatch(r"(.+?)[-至到](.+)", with_plain_dashes(text), re.DOTALL)
    return [span[1], span[2]] if span else [text]


def join_pieces(pieces: list[str], words_only: bool = False) -> str:
    """Return pieces of one text joined, with a blank where Latin words or digits meet (`words_only`: not digits)."""
    out = ""
    for piece in pieces:
        before, after = out[-1:], piece[:1]
        latin = before.isascii() and before.isalnum() and after.isascii()
        out += (" " if latin and (after.isalpha() if words_only else after.isalnum()) else "") + piece
    return out
