"""Run one command line: read it, carry it out, and turn every error into an exit code and one Chinese line."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from gkcheck.cli import streams
from gkcheck.cli.context import Context
from gkcheck.cli.options import DEBUG
from gkcheck.cli.registry import COMMANDS, PROGRAM, Request, read_request, split_command
from gkcheck.errors import GkcheckError, fault_of, refusal

REFUSED = 2
BUG = 3
INTERRUPTED = 130

_VARIABLES = {"no_pager": ("GKCHECK_PAGER", ""), "quiet": ("GKCHECK_QUIET", "1")}
"""The settings of a run that are short for a variable of the environment, and its value."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code (README, Exit codes)."""
    streams.prepare()
    context = Context()
    try:
        code = _run([streams.typed(argument) for argument in arguments], context)
        with streams.Showing():
            sys.stdout.flush()
    except BrokenPipeError:
        streams.discard_stdout()
        return 0
    except streams.OutputFault as error:
        streams.discard_stdout()
        if context.has_recorded:
            return _say(f"已记录，但结果没有显示出来（{fault_of(error)}）；不必再记，用 gkcheck log 查看", REFUSED)
        return _say(f"输出失败：{refusal(error, '请检查输出到哪里')}", REFUSED)
    return code


def _run(arguments: list[str], context: Context) -> int:
    try:
        return _carry_out(_read(arguments, context), context)
    except GkcheckError as error:
        return _say(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _say(
            "已中断；中断之前的已经记录，用 gkcheck log 查看" if context.has_recorded else "已中断", INTERRUPTED
        )
    except (BrokenPipeError, MemoryError, streams.OutputFault):
        raise
    except UnicodeEncodeError as error:
        if error.encoding.startswith("utf"):
            return _bug(error, context.has_recorded, DEBUG in arguments)
        return _say(
            f"文件名“{error.object}”里有当前语言环境（{error.encoding}）写不出的字，请设 PYTHONUTF8=1 或 LC_ALL=C.UTF-8 后重试",
            REFUSED,
        )
    except Exception as error:
        from gkcheck.cli.installation import missing_library

        missing = missing_library(error)
        if missing is None:
            return _bug(error, context.has_recorded, DEBUG in arguments)
        return _say(f"{'已记录，但' if context.has_recorded else ''}{missing}", missing.exit_code)


def _read(words: list[str], context: Context) -> Request:
    """Return what the words ask for; typer is loaded only where they are not plain."""
    command, _, after = split_command(words)
    if (command is not None and command not in COMMANDS) or after in (["help"], ["帮助"]):
        from gkcheck.cli.typed.shortcuts import full_line

        words = full_line(words)
    context.line = words
    request = read_request(words)
    if request is None:
        from gkcheck.cli.typer_app import read_with_typer

        request = read_with_typer(words)
    return request


def _carry_out(request: Request, context: Context) -> int:
    if request.help:
        from gkcheck.cli.help import help_text

        sys.stdout.write(help_text(request.command) + "\n")
        return 0
    command = PROGRAM if request.command is None else COMMANDS[request.command]
    context.flags.update(request.settings)
    chosen = dict(setting for name, setting in _VARIABLES.items() if request.settings.get(name))
    before = {name: os.environ.get(name) for name in chosen}
    _set_variables(chosen)
    try:
        return command.load()(context, **request.values) or 0
    finally:
        _set_variables(before)


def _set_variables(values: Mapping[str, str | None]) -> None:
    """Set variables of the environment; those whose value is None are taken away."""
    for name, value in values.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def _say(line: str, code: int) -> int:
    streams.talk(f"gkcheck: {line}")
    return code


def _bug(error: Exception, has_recorded: bool, in_full: bool) -> int:
    """A fault of ours: say so, with what is needed to mend it."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    if in_full or os.environ.get("GKCHECK_DEBUG"):
        traceback.print_exception(error)
    return _say(
        f"{'已记录，但' if has_recorded else ''}程序出错（与您的操作无关）：{type(error).__name__}: {error}（{place}）；加 {DEBUG} 可得详情，请报告给维护者",
        BUG,
    )
