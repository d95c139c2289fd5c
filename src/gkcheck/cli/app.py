"""The commands as one program: each loaded when it is asked for, with the settings that all of them share."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info

from gkcheck.cli import COMMANDS
from gkcheck.cli.session import Session
from gkcheck.cli.shape import Command, Shaped


class Commands(Shaped, TyperGroup):
    """The commands of `COMMANDS`, each loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        listed = COMMANDS.get(cmd_name)
        if listed is None:
            return None
        app = import_module(f"gkcheck.cli.{listed.module}").app
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
    plan: Annotated[str | None, typer.Option(metavar="FILE", help="责任分工表（YAML）；默认用内置的表")] = None,
    store: Annotated[str | None, typer.Option(metavar="PATH", help="日志文件；默认在用户数据目录，每张表一个")] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")] = False,
) -> None:
    """责任分工表的台账：谁该做什么、做到哪一步、凭什么证明。"""
    session = ctx.ensure_object(Session)
    session.flags.setdefault("plan", plan)
    session.flags.setdefault("store", store)
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
