"""The help of the program and of each command, from their declarations; Chinese at its real width."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Sequence

from gkcheck.cli.params import HELP, Parameter
from gkcheck.cli.registry import COMMANDS, PROGRAM, signature
from gkcheck.text.width import width, wrap


def help_text(command: str | None) -> str:
    """Return purpose, usage, arguments, options (and for gkcheck itself the commands), wrapped to the terminal."""
    room = max(40, min(shutil.get_terminal_size((80, 24)).columns, 100)) - 1
    parameters = signature(command)
    parts = [f"用法：gkcheck {' '.join(usage(command))}", _indented(purpose(command), room)]
    parts.append(_listed("参数：", [described(one) for one in parameters if not one.spellings], room))
    parts.append(_listed("选项：", options(parameters), room))
    if command is None:
        parts.append(_listed("命令：", [(name, listed.summary) for name, listed in COMMANDS.items()], room))
    return "\n\n".join(part for part in parts if part)


def purpose(command: str | None) -> str:
    """Return what a command does: its docstring."""
    function = (PROGRAM if command is None else COMMANDS[command]).load()
    return inspect.cleandoc(function.__doc__ or "")


def usage(command: str | None) -> list[str]:
    """Return the words of the line that says how a command is written, without the program's name."""
    if command is None:
        return ["[选项]", "命令", "……"]
    words = [command, "[选项]"]
    for parameter in signature(command):
        if not parameter.spellings:
            name = parameter.metavar
            if parameter.multiple and "……" not in name:  # it says which of its words may be repeated
                name += "……"
            words.append(name if parameter.required else f"[{name}]")
    return words


def options(parameters: Sequence[Parameter]) -> list[tuple[str, str]]:
    """Return how each option is written and what it is for, --help last."""
    return [*(described(one) for one in parameters if one.spellings), ("，".join(HELP), "显示这份说明")]


def described(parameter: Parameter) -> tuple[str, str]:
    """Return how a parameter is written, and what it is for with its choices and its default."""
    text = parameter.help
    if parameter.choices:
        text += f"（可选：{parameter.listed_choices}）"
    if not parameter.spellings:
        return (parameter.metavar, text)
    if parameter.default not in (None, False):
        text += f"（默认：{parameter.default}）"
    spelled = "，".join(sorted(parameter.shown, key=len))
    return (spelled if parameter.is_flag else f"{spelled} {parameter.metavar}", text)


def _listed(title: str, records: Sequence[tuple[str, str]], room: int) -> str:
    if not records:
        return ""
    first = min(max(width(name) for name, _ in records), max(12, room // 3)) + 4
    out = [title]
    for name, text in records:
        lead = f"  {name}"
        if width(lead) + 2 > first:
            out.append(lead)
            lead = ""
        wrapped = wrap(text, room - first)
        out.append(lead + " " * (first - width(lead)) + wrapped[0])
        out += [" " * first + line for line in wrapped[1:]]
    return "\n".join(line.rstrip() for line in out)


def _indented(text: str, room: int) -> str:
    """Return paragraphs wrapped, with the examples (例：…) each on a line of their own and whole, to be copied."""
    out = []
    for line in text.split("\n"):
        if line.startswith("例："):
            out.append(f"  {line}")
        else:
            out += [f"  {part}".rstrip() for part in wrap(line, room - 2)]
    return "\n".join(out)
