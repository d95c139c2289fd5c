"""Things that people type for a command: another name of it (ls), a task's number or a unit alone; and the line they meant.

Loaded only where a line does not begin with a command, or has to be refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from gkcheck.cli.context import Context
from gkcheck.cli.options import UNIT
from gkcheck.cli.params import HELP, take_apart
from gkcheck.cli.registry import ALIASES, COMMANDS, settings_given, signature, split_command
from gkcheck.cli.streams import quoted
from gkcheck.errors import BadCommandLine, BadRequest, GkcheckError, UnknownName
from gkcheck.lookup.tasks import is_number
from gkcheck.lookup.unit_lists import find_units
from gkcheck.lookup.units import match_unit, units_by_pinyin
from gkcheck.model import Plan
from gkcheck.text.normalize import is_han, split_list


def full_line(words: Sequence[str]) -> list[str]:
    """Return a line in full that begins with another name of a command, a number (show) or a unit (tasks).

    A line that begins with anything else comes back as it is; it is refused where it is read.

    Raises:
        BadCommandLine, UnknownName, AmbiguousName: a Chinese word that names no unit, or several; a command with help after it.
    """
    word, before, after = split_command(words)
    if word in COMMANDS and list(after) in (["help"], ["帮助"]):
        raise BadCommandLine(f"要看用法，应写成：{typed_line([word, HELP[-1]])}")
    if word is None or word in COMMANDS:
        return list(words)
    if word.lower() in COMMANDS:
        return [*before, word.lower(), *after]
    if word.lower() in ALIASES:
        return [*before, *without_alias(word.lower(), after)]
    if is_number(word):
        return [*before, "show", word, *after]
    return [*before, "tasks", word, *after] if _is_unit(Context(settings_given(words)), word) else list(words)


def without_alias(word: str, after: Sequence[str]) -> list[str]:
    """Return the words that another name of a command and the words after it stand for."""
    if ALIASES[word] in HELP:
        command, *rest = after or [word]
        asked = [*rest, HELP[-1]]
        if ALIASES.get(command) in HELP:
            return asked
        return without_alias(command, asked) if command in ALIASES else [command, *asked]
    meant = ALIASES[word].split()
    option = next((one for one in signature(meant[0]) if meant[-1] in one.spellings), None) if meant[1:] else None
    if option is None or option.is_flag:
        return [*meant, *after]
    line = take_apart(signature(meant[0]), after)  # every word is a value of the option
    values = [part for value in line.words for part in (meant[-1], value)]
    if not values and HELP[-1] not in after and not line.last(option.name):
        values = meant[-1:]  # nothing to look for: refused where it is read
    return [*meant[:-1], *line.others, *values]


def _is_unit(context: Context, word: str) -> bool:
    """True if a word that is no command names a unit or a class; Latin letters must be the whole of its initials or pinyin.

    Raises:
        BadCommandLine, UnknownName: a Chinese word that names none. AmbiguousName: it names several.
    """
    if not any(map(is_han, word)):
        with suppress(GkcheckError):
            name = match_unit(context.plan, word).name
            return name in units_by_pinyin(context.plan, word)[0] or not match_unit(context.plan, word).loose
        return False
    try:
        find_units(context.plan, word)
    except UnknownName as error:
        commands = [f"{name}（{one.summary}）" for name, one in COMMANDS.items() if word in one.summary][:3]
        if not commands:
            raise
        raise BadCommandLine(f"没有“{word}”这个命令，意思相近的有：{'、'.join(commands)}；{error}") from None
    return True


# -- lines to type instead -------------------------------------------------------------------------------


def refuse_units(context: Context, words: Sequence[str]) -> None:
    """Refuse units among the words that should be numbers of tasks, with the whole line to type; else do nothing.

    Raises:
        BadRequest: there is a unit among them.
    """
    units = {part: name for word in words for part in split_list(word) if (name := _unit_of(context.plan, part))}
    if not units:
        return
    command, before, after = split_command(context.line)
    line = take_apart(signature(command), after)
    kept: list[str] = []
    for word in line.words:
        parts = split_list(word)
        kept += [part for part in parts if part not in units] if units.keys() & set(parts) else [word]
    meant = "、".join(dict.fromkeys(units.values()))
    named, listed = f"“{'、'.join(units)}”是单位", typed_line(["tasks", meant])
    if not kept and command == "show":
        raise BadRequest(f"{named}，要看它的责任项，应写成：{typed_line(['tasks', *units])}")
    if not kept:
        raise BadRequest(
            f"{named}，还缺具体要求的编号，应写成：{typed_line([command or '', '编号', UNIT.shown[0], meant])}（编号用 {listed} 查看）"
        )
    raise BadRequest(
        f"{named}，不是编号，应写成：{typed_line([*before, command or '', *kept, *line.others, UNIT.shown[0], meant])}"
    )


def _unit_of(plan: Plan, word: str) -> str | None:
    """Return the unit or class that a word names, None where it is a number or names none."""
    if is_number(word):
        return None
    try:
        return match_unit(plan, word).name
    except GkcheckError:
        return None


def line_with(context: Context, words: Sequence[str]) -> str:
    """Return the line that was typed with other words for those beside its options, to be copied to a shell."""
    command, before, after = split_command(context.line)
    return typed_line([*before, command or "", *words, *take_apart(signature(command), after).others])


def typed_line(words: Sequence[str]) -> str:
    """Return a command line that can be copied to a shell."""
    return " ".join(["gkcheck", *map(quoted, words)])
