"""Every regular expression of the program, found in its source, and texts made to be the worst for each."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import gkcheck

SOURCE = Path(gkcheck.__file__).parent

_FLAGS_AT = {"compile": 1, "match": 2, "fullmatch": 2, "search": 2, "findall": 2, "finditer": 2, "split": 3, "sub": 4, "subn": 4}  # fmt: skip


class Use(NamedTuple):
    """A pattern and the method that it is used with; `place` is the file and the line."""

    place: str
    pattern: re.Pattern[Any]
    method: str

    def run(self, text: str) -> None:
        """Do what the program does, as often as the method does it."""
        given = text if isinstance(self.pattern.pattern, str) else text.encode()
        if self.method in ("match", "fullmatch", "search"):
            getattr(self.pattern, self.method)(given)
        else:
            for _ in self.pattern.finditer(given):
                pass


def uses_in(path: Path) -> tuple[list[Use], list[str]]:
    """Return the patterns in a file, and the places of those that are known only when it runs.

    A pattern that is compiled and used elsewhere counts as searched for again and again, the most that can be.
    """
    found, unknown = [], []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _FLAGS_AT):
            continue
        place, method = f"{path.relative_to(SOURCE)}:{node.lineno}", node.func.attr
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
            source = _value(path, node.args[0])
            flags = next((_value(path, one.value) for one in node.keywords if one.arg == "flags"), None)
            at = _FLAGS_AT[method]
            flags = flags or (_value(path, node.args[at]) if len(node.args) > at else 0)
            if isinstance(source, str | bytes | re.Pattern):
                found.append(Use(place, re.compile(source, flags), method))
            else:
                unknown.append(place)
        elif isinstance(pattern := _value(path, node.func.value), re.Pattern):
            found.append(Use(place, pattern, method))
    used = {use.pattern for use in found if use.method != "compile"}
    return [use for use in found if use.method != "compile" or use.pattern not in used], unknown


def _value(path: Path, node: ast.expr) -> Any:
    """Return what an expression is at the top of its module; None for one that needs what only a call knows."""
    name = ".".join(["gkcheck", *path.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__")
    try:
        return eval(compile(ast.Expression(node), str(path), "eval"), vars(importlib.import_module(name)))
    except Exception:  # whatever it is, it is not known here
        return None


# -- texts -----------------------------------------------------------------------------------------------

_CHARS = " \t\n\"'<>=&;:.,-_/\\()[]{}|#*+@0a1Z中市、，。；：（）《》【】“”〇一十年月日\u3000é\x00"


ENDS = ("\0", "\n \0", " ")
"""What fits nowhere: no word and no sign; the others stop what runs to the end of a line, or to a blank."""


class Recipe(NamedTuple):
    """A text of any size: `before` once, then `pump` as often as it takes, then `end`."""

    before: str
    pump: str
    end: str

    def text(self, size: int) -> str:
        return self.before + self.pump * (size // len(self.pump)) + self.end


def worst_texts(pattern: re.Pattern[Any]) -> list[Recipe]:
    """Return texts that repeat what the pattern repeats, after what stands before that; and what it begins with, too."""
    recipes = []
    for before, pump in _pumps(pattern):
        for end in ENDS:
            recipes += [Recipe(before, pump, end), Recipe("", before + pump, end)]
            recipes += [Recipe("", before, end)] if before else []
    return list(dict.fromkeys(recipes))


def _pumps(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    tree = _parser.parse(
        pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    )
    return list(dict.fromkeys([*_repeats(tree, [""]), *(("", text) for text in _samples(tree) if text)]))


def _repeats(tree: Any, before: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each repetition: samples of what stands before it in the pattern, and samples of what is repeated."""
    for item in tree:
        kind, value = item
        if kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT):
            _, most, inner = value
            if most > 8:
                yield from ((start, text) for start in before for text in _samples(inner) if text)
            yield from _repeats(inner, before)
        elif kind is code.SUBPATTERN:
            yield from _repeats(value[3], before)
        elif kind is code.ATOMIC_GROUP:
            yield from _repeats(value, before)
        elif kind is code.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, before)
        before = list(dict.fromkeys(start + text for start in before for text in _samples([item])[:2]))[:3]


def _samples(tree: Any) -> list[str]:
    """Return some texts that a part of a pattern matches, the empty one among them where it may be left out."""
    found = [""]
    for kind, value in tree:
        match kind:
            case code.LITERAL:
                pieces = [chr(value)]
            case code.IN | code.NOT_LITERAL | code.ANY:
                pieces = [char for char in _CHARS if _fits(kind, value, char)][:12] or _of_class(value)
            case code.MAX_REPEAT | code.MIN_REPEAT | code.POSSESSIVE_REPEAT:
                pieces = [text * max(1, value[0]) for text in _samples(value[2])]
            case code.SUBPATTERN:
                pieces = _samples(value[3])
            case code.ATOMIC_GROUP:
                pieces = _samples(value)
            case code.BRANCH:
                pieces = [text for branch in value[1] for text in _samples(branch)[:2]]
            case _:
                pieces = [""]
        found = [start + piece for start, piece in zip(found * len(pieces), pieces * len(found), strict=False)][:12]
    return found


def _fits(kind: Any, value: Any, char: str) -> bool:
    if kind is code.ANY:
        return char != "\n"
    if kind is code.NOT_LITERAL:
        return ord(char) != value
    negated = value[0] == (code.NEGATE, None)
    return negated != any(_is_of(part, char) for part in value[negated:])


def _is_of(part: tuple[Any, Any], char: str) -> bool:
    kind, value = part
    if kind is code.LITERAL:
        return ord(char) == value
    if kind is code.RANGE:
        return value[0] <= ord(char) <= value[1]
    name = str(value).removeprefix("CATEGORY_").removeprefix("UNI_")
    plain = {"DIGIT": char.isdecimal(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}
    return plain[name.removeprefix("NOT_")] != name.startswith("NOT_")


def _of_class(value: Any) -> list[str]:
    """Return the first characters of a class that holds none of the usual ones."""
    firsts = [
        part[1] if part[0] is code.LITERAL else part[1][0] for part in value if part[0] in (code.LITERAL, code.RANGE)
    ]
    return [chr(first) for first in firsts[:6]]
