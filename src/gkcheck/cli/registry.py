"""The commands: where each is and its line in the overview. A module is imported when its command is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gkcheck.cli.options import settings
from gkcheck.cli.params import HELP, Parameter, command_at, parameters_of, read_plain, take_apart
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class Command(NamedTuple):
    """Where the function of a command is (module.function in `cli/commands`), and its line in the overview.

    `writes`: it adds to the journal or changes it.
    """

    place: str
    summary: str
    writes: bool = False

    def load(self) -> Callable[..., int | None]:
        """Return the function of the command; its module is imported now."""
        module, _, function = self.place.partition(".")
        loaded = __import__(f"gkcheck.cli.commands.{module}", fromlist=[function])  # importlib would load warnings
        found: Callable[..., int | None] = getattr(loaded, function)
        return found


COMMANDS = {
    "tasks": Command("query.tasks", "列出具体要求；加 --unit 只看一个单位要做的"),
    "show": Command("query.show", "一项具体要求的全文、责任单位、状态和记录"),
    "status": Command("query.status", "汇总：各状态数量、上报率、办结率、逾期、序时进度"),
    "matrix": Command("export.show_matrix", "单位与具体要求的对照表，一格一个字"),
    "units": Command("query.units", "责任单位名录，各单位的任务量和进度"),
    "done": Command("record.done", "报告完成", writes=True),
    "start": Command("record.start", "报告开始办理", writes=True),
    "block": Command("record.block", "报告受阻，说明原因", writes=True),
    "skip": Command("record.skip", "标为不涉及", writes=True),
    "reopen": Command("record.reopen", "重新打开，回到未开始", writes=True),
    "note": Command("record.note", "加一条备注，不改状态", writes=True),
    "fill": Command("interactive.fill", "一个单位逐项填报，一问一答", writes=True),
    "evidence": Command("evidence.evidence", "列出佐证；加 --check 检查网址和文件"),
    "confirm": Command("review.confirm", "办公室审核：确认办结", writes=True),
    "return": Command("review.send_back", "办公室审核：退回，说明理由", writes=True),
    "review": Command("interactive.review", "办公室逐项审核已报告的，一问一答", writes=True),
    "deadline": Command("review.deadline", "设定或取消时限", writes=True),
    "form": Command("forms.form", "给每个责任单位写一份填报表（xlsx）"),
    "collect": Command("forms.collect", "收回填好的填报表，记入台账", writes=True),
    "remind": Command("remind.remind", "催办单：每个还有责任项没有完成的单位一份", writes=True),
    "export": Command("export.export", "把台账导出成 xlsx、csv、tsv、json、md、docx、html"),
    "report": Command("export.report", "通报：html、docx 或 md"),
    "template": Command("export.template", "写出通报或催办单的 Word 模板，可改成本单位的版式"),
    "undo": Command("undo.undo", "撤销最近一批（或指定的一批）记录", writes=True),
    "log": Command("query.log", "记录的历史"),
    "import": Command("import_notice.import_notice", "把公开印发的通知读成责任分工表"),
    "diff": Command("check.diff", "比较两张责任分工表：新增、取消、修改了哪些"),
    "check": Command("check.check", "检查责任分工表、日志和佐证文件"),
    "repair": Command("repair.repair", "把日志里损坏的行移到旁边", writes=True),
    "merge": Command("repair.merge", "把别处的日志并进来", writes=True),
    "push": Command("database.push", "把本机日志里的新记录送上数据库", writes=True),
    "store": Command("database.store", "在数据库里建表（init）、给账号授权（grant）或收回（revoke）", writes=True),
    "where": Command("check.where", "现在用的是哪张责任分工表、哪个日志"),
    "env": Command("config.env", "每一个环境变量和文件，现在的值"),
    "config": Command("config.config", "查看和设定默认单位、填报人、责任分工表和日志"),
}
"""Every command, in the order of a day's work."""

ALIASES = {
    "list": "tasks",
    "ls": "tasks",
    "find": "tasks --match",
    "search": "tasks --match",
    "overdue": "tasks --overdue",
    "todo": "tasks --status todo",
    "finish": "done",
    "version": "-V",
    "help": "-h",
    "帮助": "-h",
}
"""Other names that people type, and the words each stands for (`typed.shortcuts`)."""

PROGRAM = Command("program.program", "")
"""gkcheck without a command: its options are those that stand before one."""

SETTINGS = parameters_of(settings)
"""The settings of a run, which may stand before the command or after it."""


class Request(NamedTuple):
    """A command line that was read: the command (None: gkcheck alone), its values by name, and the settings.

    `help`: the command is to be explained, not carried out.
    """

    command: str | None
    values: dict[str, Any]
    settings: dict[str, Any]
    help: bool = False


def signature(command: str | None) -> tuple[Parameter, ...]:
    """Return the parameters of a command, the settings of a run after its own; None: those of gkcheck itself."""
    if command is None:
        return parameters_of(PROGRAM.load())
    return (*parameters_of(COMMANDS[command].load()), *SETTINGS)


def split_command(words: Sequence[str]) -> tuple[str | None, Sequence[str], Sequence[str]]:
    """Return the command among the words (None where there is none), the words before it and those after it."""
    at = command_at(signature(None), words) if words and words[0].startswith("-") else 0
    return (words[at], words[:at], words[at + 1 :]) if at < len(words) else (None, words, [])


def settings_given(words: Sequence[str]) -> dict[str, Any]:
    """Return the options that a line gives for the whole run, by name, whatever else is in it."""
    _, before, after = split_command(words)
    given = [*take_apart(signature(None), before).given, *take_apart(SETTINGS, after).given]
    return {parameter.name: value for parameter, value in given}


def read_request(words: Sequence[str]) -> Request | None:
    """Return what a plain command line asks for; None where typer has to read it (see `params.read_plain`)."""
    command, before, after = split_command(words)
    if command is not None and command not in COMMANDS:
        return None
    asked = before if command is None else after
    if len(words) <= 2 and len(asked) == 1 and asked[0] in HELP:
        return Request(command, {}, {}, help=True)
    outer = read_plain(signature(None), before) if before else {}
    inner = {} if command is None else read_plain(signature(command), after)
    if outer is None or inner is None or outer.keys() & inner.keys():
        return None
    return request_of(command, outer, inner)


def request_of(command: str | None, outer: dict[str, Any], inner: dict[str, Any]) -> Request:
    """Return the request of the values given before the command (`outer`) and after it (`inner`), by name.

    An option of gkcheck itself (--version) comes before any command.
    """
    names = {parameter.name for parameter in SETTINGS}
    own = {name: value for name, value in outer.items() if name not in names}
    values = own if command is None or own else inner
    return Request(
        None if own else command,
        {name: value for name, value in values.items() if name not in names},
        {name: value for name, value in {**outer, **inner}.items() if name in names},
    )
