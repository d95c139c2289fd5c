"""The commands as one program: each loaded when it is asked for, with the settings that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup, TyperOption
from typer.main import get_command_from_info

from gkcheck.cli import COMMANDS
from gkcheck.cli.context import Session
from gkcheck.cli.help import Command, Shaped, shared

_SHELL_OPTIONS = ("--install-completion", "--show-completion")


def _shell_option(spelled: str, text: str, act: Callable[[str], str]) -> TyperOption:
    """An option that may be followed by the name of a shell, prints what `act` says, and ends the run."""

    def carry_out(ctx: Any, param: Any, value: str | None) -> None:
        if value is not None:
            typer.echo(act(value))
            raise typer.Exit

    return TyperOption(
        param_decls=[spelled, spelled.strip("-").replace("-", "_")],
        type=str,
        metavar="[SHELL]",
        help=text,
        is_eager=True,
        expose_value=False,
        callback=carry_out,
    )


def _install(name: str) -> str:
    from gkcheck.cli.completion.install import install, shell_meant

    shell = shell_meant(name)
    script, start = install(shell)
    where = f"{script}" if script == start else f"{script}，由 {start} 读取"
    return f"已为 {shell} 安装补全（{where}）；重新打开终端后，按 TAB 试试：gkcheck tasks --unit jy"


def _show(name: str) -> str:
    from gkcheck.cli.completion.install import shell_meant
    from gkcheck.cli.completion.scripts import SCRIPTS

    return SCRIPTS[shell_meant(name)].rstrip("\n")


class Commands(Shaped, TyperGroup):
    """The commands of `COMMANDS`, each loaded when it is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            *shared(),
            _shell_option(_SHELL_OPTIONS[0], "安装 TAB 补全：bash、zsh、fish、powershell；不写就是现在用的", _install),
            _shell_option(_SHELL_OPTIONS[1], "显示补全脚本，自行安装用", _show),
        ]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        for i, word in enumerate(args):
            if word in _SHELL_OPTIONS and (i + 1 == len(args) or args[i + 1].startswith("-")):
                args = [*args[: i + 1], "auto", *args[i + 1 :]]
                break
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        listed = COMMANDS.get(cmd_name)
        if listed is None:
            return None
        app = import_module(f"gkcheck.cli.commands.{listed.module}").app
        info = next(info for info in app.registered_commands if info.name == cmd_name)
        info.cls = Command
        return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)

    def summaries(self) -> list[tuple[str, str]]:
        """Name and purpose of every command, in the order of a day's work."""
        return [(name, listed.summary) for name, listed in COMMANDS.items()]


app = typer.Typer(
    cls=Commands,
    name="gkcheck",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    add_completion=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from gkcheck import __version__

        typer.echo(f"gkcheck {__version__}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")] = False,
) -> None:
    """责任分工表的台账：谁该做什么、做到哪一步、凭什么证明。"""
    session = ctx.ensure_object(Session)
    if ctx.invoked_subcommand is None:
        from gkcheck.cli.commands.overview import welcome

        welcome(session)
