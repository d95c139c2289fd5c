"""The one door that errors leave by: exit codes, one Chinese line, never a traceback for a user's mistake."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

from gkcheck.cli import streams
from gkcheck.errors import GkcheckError, refusal

REFUSED = 2
BUG = 3
INTERRUPTED = 130

_SELDOM = (100_000, 20, 20)
"""How seldom to look for garbage in cycles: loading a command makes none, and looking takes a tenth of a start."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code (README, Exit codes)."""
    gc.set_threshold(*_SELDOM)
    streams.prepare()
    try:
        code = _run([streams.typed(argument) for argument in arguments])
        sys.stdout.flush()
    except BrokenPipeError:
        streams.discard_stdout()
        return 0
    except OSError as error:
        streams.discard_stdout()
        return _say(f"输出失败：{refusal(error, '请检查输出到哪里')}", REFUSED)
    return code


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        from gkcheck import __version__

        sys.stdout.write(f"gkcheck {__version__}\n")
        return 0
    from gkcheck.cli.params import understood

    act = understood(arguments)
    try:
        if act is None:
            return _through_typer(arguments)
        act()
    except GkcheckError as error:
        return _say(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _say("已中断", INTERRUPTED)
    except (BrokenPipeError, MemoryError, streams.OutputFault):
        raise
    except UnicodeEncodeError as error:
        if error.encoding.startswith("utf"):
            return _bug(error)
        return _say(
            f"文件名“{error.object}”里有当前语言环境（{error.encoding}）写不出的字，请设 PYTHONUTF8=1 或 LC_ALL=C.UTF-8 后重试",
            REFUSED,
        )
    except Exception as error:
        return _bug(error)
    return 0


def _through_typer(arguments: list[str]) -> int:
    import typer
    from typer._click import exceptions as click

    from gkcheck.cli.registry import app

    try:
        result = typer.main.get_command(app).main(arguments, prog_name="gkcheck", standalone_mode=False)
    except click.ClickException as error:
        return _say(usage_error(error), REFUSED)
    except typer.Abort:
        return _say("已中断", INTERRUPTED)
    except SystemExit:
        raise BrokenPipeError from None  # typer's way of saying that stdout was closed; our commands never exit so
    return result if isinstance(result, int) else 0


def _say(line: str, code: int) -> int:
    print(streams.readable(f"gkcheck: {line}".replace("\n", " "), sys.stderr), file=sys.stderr)
    return code


def _bug(error: Exception) -> int:
    """A fault of ours: say so, with what is needed to mend it."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    if os.environ.get("GKCHECK_DEBUG"):
        traceback.print_exception(error)
    return _say(
        f"程序出错（不是您的操作问题）：{type(error).__name__}: {error}（{place}）；设 GKCHECK_DEBUG=1 重试可得详情，请报告给维护者",
        BUG,
    )


def usage_error(error: Any) -> str:
    """What was wrong with the command line, in Chinese, with the remedy."""
    from typer._click import exceptions as click

    ctx = error.ctx if isinstance(error, click.UsageError) else None
    remedy = f"用 {ctx.command_path} --help 查看用法" if ctx else "用 gkcheck --help 查看用法"
    param = getattr(error, "param", None)
    name = _name(param) if param is not None else ""
    if isinstance(error, click.NoSuchOption):
        near = _near(error.option_name, error.possibilities or _options(ctx))
        return f"没有 {error.option_name} 这个选项{near}，{remedy}"
    if isinstance(error, click.MissingParameter):
        return f"缺少{name}，{remedy}"
    if isinstance(error, click.BadParameter):
        choices = getattr(getattr(param, "type", None), "choices", None)
        if choices:
            listed = "、".join(str(getattr(choice, "value", choice)) for choice in choices)
            return f"{name}的值不对，可选：{listed}"
        return f"{name}的值不对（{error.message}），{remedy}"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 用得不对，后面应跟一个值，{remedy}"
    return _other(str(getattr(error, "message", error)), ctx, remedy)


def _other(message: str, ctx: Any, remedy: str) -> str:
    import re

    found = re.match(r"No such command '(.*?)'\.", message)
    if found:
        from gkcheck.cli import COMMANDS

        return f"没有 {found[1]} 这个命令{_near(found[1], COMMANDS)}，{remedy}"
    found = re.search(r"unexpected extra argument\S* \((.*)\)", message)
    if found:
        return f"多出了“{found[1]}”，{remedy}"
    return f"命令写得不对（{message}），{remedy}"


def _name(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"参数 {param.metavar or param.name.upper()}"
    return f"选项 {max(param.opts, key=len)} "


def _options(ctx: Any) -> list[str]:
    return [spelled for param in ctx.command.get_params(ctx) for spelled in param.opts] if ctx else []


def _near(word: str, known: Any) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), 1, 0.5)
    return f"，是否要用 {near[0]}" if near else ""
