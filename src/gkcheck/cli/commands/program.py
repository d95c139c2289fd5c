"""gkcheck without a command: its version, completion for a shell, or where things stand."""

from __future__ import annotations

from gkcheck.cli.completion import AUTOMATIC
from gkcheck.cli.context import Context
from gkcheck.cli.options import Debug, NoPager, PlanFile, Quiet, StorePath
from gkcheck.cli.output import say, write
from gkcheck.cli.params import Option
from gkcheck.types import Annotated

Version = Annotated[bool, Option("--version", "-V", help="显示版本")]
InstallCompletion = Annotated[
    str | None,
    Option(
        "--install-completion",
        metavar="[SHELL]",
        help="安装 TAB 补全：bash、zsh、fish、powershell；不写就是现在用的",
        alone=AUTOMATIC,
    ),
]
UninstallCompletion = Annotated[
    str | None,
    Option("--uninstall-completion", metavar="[SHELL]", help="去掉装上的 TAB 补全", alone=AUTOMATIC),
]
ShowCompletion = Annotated[
    str | None, Option("--show-completion", metavar="[SHELL]", help="显示补全脚本，自行安装用", alone=AUTOMATIC)
]


def program(
    context: Context,
    version: Version = False,
    plan: PlanFile = None,
    store: StorePath = None,
    no_pager: NoPager = False,
    quiet: Quiet = False,
    debug: Debug = False,
    install_completion: InstallCompletion = None,
    uninstall_completion: UninstallCompletion = None,
    show_completion: ShowCompletion = None,
) -> None:
    """责任分工表的台账：谁该做什么、做到哪一步、凭什么证明。"""
    if version:
        from gkcheck.version import __version__

        say(f"gkcheck {__version__}")
    elif install_completion is not None:
        _install(install_completion)
    elif uninstall_completion is not None:
        _uninstall(uninstall_completion)
    elif show_completion is not None:
        from gkcheck.cli.completion.install import shell_meant
        from gkcheck.cli.completion.scripts import SCRIPTS

        write(SCRIPTS[shell_meant(show_completion)])
    else:
        from gkcheck.cli.commands.overview import welcome

        welcome(context)


def _install(name: str) -> None:
    from gkcheck.cli.completion.install import install, shell_meant

    shell = shell_meant(name)
    script, start, line = install(shell)
    where = f"{script}" if line is None else f"{script}，由 {start} 读取"
    say(f"已为 {shell} 安装补全（{where}）；重新打开终端后，按 TAB 试试：gkcheck tasks --unit jy")


def _uninstall(name: str) -> None:
    from gkcheck.cli.completion.install import shell_meant, uninstall

    shell = shell_meant(name)
    changed = uninstall(shell)
    if changed:
        say(f"已去掉 {shell} 的补全（{'、'.join(map(str, changed))}）；重新打开终端后生效")
    else:
        say(f"{shell} 没有装过补全，没有改动")
