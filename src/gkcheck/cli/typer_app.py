"""typer reads the command lines that are not plain: `-uVALUE`, `--`, and everything that is wrong.

The application is made from the same declarations as the plain reading, and only reads: what it was given
is carried out afterwards, as if the line had been plain. Only typer's public names are used; its errors are
told apart by the names of their classes and by attributes.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gkcheck.cli.params import HELP, Parameter, begins_with_dash, take_apart, written_out
from gkcheck.cli.registry import COMMANDS, Request, request_of, signature, split_command
from gkcheck.errors import BadCommandLine
from gkcheck.text.normalize import with_plain_dashes

Values = dict[str, Any]


def read_with_typer(words: Sequence[str]) -> Request:
    """Return what any command line asks for.

    Raises:
        BadCommandLine: it cannot be read, or an option that stands for one value is given twice.
    """
    word, before, after = split_command(words)
    name = word if word in COMMANDS else None
    _check_words(None, before)
    if name is not None:
        _check_words(name, after)
        after = written_out(signature(name), after)
    outer: Values = {}
    inner: Values = {}
    application = _application(name, outer, inner)
    full = [*written_out(signature(None), before), *([] if word is None else [word]), *after]
    try:
        application(full, prog_name="gkcheck", standalone_mode=False)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        raise BadCommandLine(_explained(error, name)) from None
    if outer.pop("help", False):
        return Request(None, {}, {}, help=True)
    if inner.pop("help", False):
        return Request(name, {}, {}, help=True)
    for parameter in signature(name):
        if parameter.spellings and not (parameter.multiple or parameter.is_flag):
            count = len(outer.get(parameter.name, ())) + len(inner.get(parameter.name, ()))
            if count > 1:
                raise BadCommandLine(f"选项 {parameter.spellings[0]} 只能写一次，这里写了 {count} 次，{_remedy(name)}")
    return request_of(name, _single(None, outer), _single(name, inner))


def _application(name: str | None, outer: Values, inner: Values) -> typer.Typer:
    """Return an application that knows gkcheck's own options and one command, and keeps what it reads."""
    application = typer.Typer(
        rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, no_args_is_help=False
    )
    unhelped: Values = {"help_option_names": []}
    application.callback(invoke_without_command=True, context_settings=unhelped)(_reader(signature(None), outer))
    if name is not None:
        application.command(name, context_settings=unhelped)(_reader(signature(name), inner))
    return application


def _reader(parameters: Iterable[Parameter], values: Values) -> Callable[..., None]:
    """Return a function with a signature that typer understands, which keeps every value that is given."""

    def keep(**given: Any) -> None:
        values.update({name: value for name, value in given.items() if value not in ([], ()) and value is not None})

    def ask_for_help(wanted: bool) -> None:
        if wanted:
            values["help"] = True
            raise typer.Exit

    asked = Annotated[bool, typer.Option(*HELP, is_eager=True, callback=ask_for_help)]
    declared = [_declared(parameter) for parameter in parameters]
    declared.append(inspect.Parameter("help", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=asked))
    keep.__signature__ = inspect.Signature(declared)  # type: ignore[attr-defined]
    keep.__annotations__ = {parameter.name: parameter.annotation for parameter in declared}
    return keep


def _declared(parameter: Parameter) -> inspect.Parameter:
    """Return a parameter as typer declares it; every option with a value may be repeated, so that it can be refused."""
    one: Any = str if parameter.type is Path or parameter.choices else parameter.type
    bounds: Values = {"min": parameter.declared.least, "max": parameter.declared.most} if one in (int, float) else {}
    annotation: Any
    default: Any
    if parameter.is_flag:
        annotation, default = Annotated[bool, typer.Option(*parameter.spellings)], False
    elif parameter.spellings:
        annotation, default = Annotated[list[one] | None, typer.Option(*parameter.spellings, **bounds)], None
    else:
        kind = list[one] if parameter.multiple else one
        default = inspect.Parameter.empty if parameter.required else None
        annotation = Annotated[kind if parameter.required else kind | None, typer.Argument(metavar=parameter.metavar)]
    return inspect.Parameter(parameter.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _single(name: str | None, values: Values) -> Values:
    """Return the values as the command takes them: one for an option that stands for one, paths as paths."""
    taken: Values = {}
    for parameter in signature(name):
        value = values.get(parameter.name)
        if value is not None and value is not False:
            words = value if isinstance(value, (list, tuple)) else [value]
            try:
                converted = [value for word in words for value in parameter.convert(word)]
            except ValueError as error:
                raise BadCommandLine(_wrong_value(parameter, str(error))) from None
            taken[parameter.name] = converted if parameter.multiple else converted[0]
    return taken


def _check_words(name: str | None, words: Sequence[str]) -> None:
    """Refuse an option that another would take for its value, and an option written with dashes that are no hyphens."""
    spelled = {one for parameter in signature(name) for one in parameter.spellings}
    line = take_apart(signature(name), words)
    if line.swallowing:
        parameter, value = line.swallowing
        option = parameter.spellings[0]
        raise BadCommandLine(
            f"{_label(parameter)}后面没有写值，“{value}”是一个选项；确要以它为值，请写 {option}={value}，{_remedy(name)}"
        )
    for word in line.words:
        bare = with_plain_dashes(word).lstrip("-").partition("=")[0]
        meant = next((one for one in spelled if one.lstrip("-") == bare), None)
        if begins_with_dash(word) and meant:
            raise BadCommandLine(f"“{word}”开头的横线应是半角的，请写成 {meant}，{_remedy(name)}")


# -- what was wrong, in Chinese --------------------------------------------------------------------------


def _remedy(name: str | None) -> str:
    return f"用 gkcheck {name} --help 查看用法" if name else "用 gkcheck --help 查看用法"


def _explained(error: Any, command: str | None) -> str:
    """Return what was wrong with the command line, and the remedy; `command` is the one on it.

    An option that ends the line without its value is refused before the context of a command is known.
    """
    context = getattr(error, "ctx", None)
    name = getattr(context, "info_name", command)
    name = name if name in COMMANDS else None
    remedy, parameters = _remedy(name), signature(name)
    kind = type(error).__name__
    param = getattr(error, "param", None)
    parameter = next((one for one in parameters if param is not None and one.name == param.name), None)
    label = _label(parameter) if parameter else ""
    if kind == "NoSuchOption":
        spellings = [spelled for one in parameters for spelled in one.shown]
        near = _near(error.option_name, [*spellings, *HELP])
        return f"没有 {error.option_name} 这个选项{near}，{remedy}"
    if kind == "MissingParameter":
        return f"缺少{label}，{remedy}"
    if kind == "BadParameter" and parameter is not None:
        return _wrong_value(parameter)
    if kind == "BadOptionUsage":
        return f"选项 {error.option_name} 用得不对，后面应跟一个值，{remedy}"
    return _other(error.format_message(), remedy)


def _wrong_value(parameter: Parameter, word: str = "") -> str:
    """Return the refusal of a value: the choices there are, or what number is asked for."""
    value = f"{_label(parameter)}的值{f'“{word}”' if word else ''}不对"
    if parameter.choices:
        return f"{value}，可选：{parameter.listed_choices}"
    number = "整数" if parameter.type is int else "数字"
    least, most = (parameter.declared.least, parameter.declared.most)
    bounds = [f"最小 {least:g}" if least is not None else "", f"最大 {most:g}" if most is not None else ""]
    return f"{value}，应是{'，'.join([number, *filter(None, bounds)])}"


def _other(message: str, remedy: str) -> str:
    unknown = re.match(r"No such command '(.*?)'\.", message)
    if unknown:
        return f"没有 {unknown[1]} 这个命令{_near(unknown[1], COMMANDS)}，{remedy}"
    extra = re.match(r"Got unexpected extra argument\S* \((.*)\)", message)
    if extra:
        return f"多出了“{extra[1]}”，{remedy}"
    return f"命令写得不对（{message}），{remedy}"


def _label(parameter: Parameter) -> str:
    if not parameter.spellings:
        return f"参数 {parameter.metavar}"
    return f"选项 {parameter.spellings[0]} "


def _near(word: str, known: Iterable[str]) -> str:
    """Return a suggestion where a command or option is near: its beginning was typed, or the hand slipped once.

    Twice in a word of more than seven letters. A command that writes is never suggested for more than one slip.
    """
    from gkcheck.text.similarity import typing_errors

    typed = word.lstrip("-")

    def writes(name: str) -> bool:
        return name in COMMANDS and COMMANDS[name].writes

    def distance(name: str) -> float:
        other = name.lstrip("-")
        if not writes(name) and len(typed) >= _LEAST_BEGINNING and other.startswith(typed):
            return 0.5
        errors = typing_errors(typed, other)
        most = min(len(typed) - 1, 1 if writes(name) or len(typed) <= _SHORT else 2)
        return errors if errors <= most else math.inf

    near = min(known, key=lambda name: (distance(name), writes(name)), default="")
    if not near or distance(near) == math.inf:
        return ""
    return f"，是否要用 {f'gkcheck {near}' if near in COMMANDS else near}"


_SHORT, _LEAST_BEGINNING = 7, 3
