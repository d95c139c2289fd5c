"""The shape that all commands share: help in Chinese, and the settings of a run, before or after the command."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperOption

_HEADS = {"arguments": "参数：", "options": "选项：", "commands": "命令："}


class Shaped:
    """Formats help in Chinese, with Chinese at its real width. Mixed into commands and the group."""

    def get_help(self, ctx: Any) -> str:
        return help_text(self, ctx)


class Command(Shaped, TyperCommand):
    """A command of gkcheck: Chinese help, and the settings that every command takes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += shared()


def shared() -> list[TyperOption]:
    """The settings of a run, which may stand before or after the command: --plan, --store, --no-pager."""
    return [
        _shared("plan", "责任分工表（YAML）；默认用内置的表", "FILE"),
        _shared("store", "日志文件；默认在用户数据目录，每张表一个", "PATH"),
        _shared("pager", "长的结果不分页（分页程序取自 PAGER）", spelled="--no-pager"),
    ]


def _shared(name: str, text: str, metavar: str | None = None, spelled: str | None = None) -> TyperOption:
    def keep(ctx: Any, param: Any, value: str | bool | None) -> None:
        from gkcheck.cli.context import Session

        if value:
            ctx.ensure_object(Session).flags[name] = "no" if value is True else value
        elif value == "":
            ctx.ensure_object(Session).flags[name] = ""

    return TyperOption(
        param_decls=[spelled or f"--{name}", f"shared_{name}"],
        type=str if metavar else bool,
        is_flag=metavar is None,
        metavar=metavar,
        help=text,
        callback=keep,
        expose_value=False,
    )


def help_text(command: Any, ctx: Any) -> str:
    """Purpose, usage, arguments, options (and commands) of a command, wrapped to the terminal."""
    room = _room()
    parts = [f"用法：{ctx.command_path} {' '.join(_usage(command, ctx))}".rstrip()]
    if command.help:
        parts.append(_indented(command.help, room))
    arguments = [_record(param, ctx) for param in command.params if param.param_type_name == "argument"]
    options = [_record(param, ctx) for param in command.get_params(ctx) if param.param_type_name == "option"]
    parts.append(_listed(_HEADS["arguments"], arguments, room))
    parts.append(_listed(_HEADS["options"], [record for record in options if record[0]], room))
    if hasattr(command, "summaries"):
        parts.append(_listed(_HEADS["commands"], command.summaries(), room))
    return "\n\n".join(part for part in parts if part)


def _usage(command: Any, ctx: Any) -> list[str]:
    if hasattr(command, "summaries"):
        return ["[选项]", "命令", "……"]
    arguments = []
    for param in command.params:
        if param.param_type_name == "argument":
            name = param.metavar or param.name.upper()
            name += "……" if param.nargs == -1 else ""
            arguments.append(name if param.required else f"[{name}]")
    return ["[选项]", *arguments]


def _record(param: Any, ctx: Any) -> tuple[str, str]:
    """How a parameter is written, and what it is for, with its choices and default."""
    if getattr(param, "hidden", False):
        return ("", "")
    text = param.help or ""
    choices = getattr(param.type, "choices", None)
    if choices:
        text += f"（可选：{'、'.join(str(getattr(choice, 'value', choice)) for choice in choices)}）"
    default = param.get_default(ctx)
    if default not in (None, False, (), []) and not callable(default) and param.param_type_name == "option":
        text += f"（默认：{getattr(default, 'value', default)}）"
    if param.param_type_name == "argument":
        return (param.metavar or param.name.upper(), text)
    spelled = "，".join(sorted(param.opts, key=len))
    if not getattr(param, "is_flag", False):
        spelled += f" {param.metavar or _METAVAR.get(param.type.name, 'TEXT')}"
    return (spelled, "显示这份说明" if "--help" in param.opts else text)


_METAVAR = {"text": "TEXT", "integer": "N", "choice": "WORD", "path": "PATH", "file": "FILE"}


def _listed(title: str, records: list[tuple[str, str]], room: int) -> str:
    from gkcheck.text.width import width, wrap

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


def _room() -> int:
    import shutil

    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 100)) - 1


def _indented(text: str, room: int) -> str:
    """A help text: paragraphs wrapped, examples (例：…) each on a line of their own and whole, to be copied."""
    from gkcheck.text.width import wrap

    out = []
    for line in text.split("\n"):
        if line.startswith("例："):
            out.append(f"  {line}")
        else:
            out += [f"  {part}".rstrip() for part in wrap(line, room - 2)]
    return "\n".join(out)
