"""The office's own acts: confirm and return what was reported, set deadlines."""

from __future__ import annotations

from typing import Annotated

from gkcheck.cli import options
from gkcheck.cli.commands.record import recording_command
from gkcheck.cli.context import Context
from gkcheck.cli.params import Argument
from gkcheck.cli.recording import record
from gkcheck.errors import BadRequest
from gkcheck.model import Action

confirm = recording_command(
    Action.CONFIRM,
    "办公室审核：确认办结。只对已报告完成的责任项有效；不写 --unit 就是该项中全部已报告的。\n\n例：gkcheck confirm 23 --unit 市教育局",
)


def send_back(
    context: Context,
    tasks: options.TaskNumbers,
    unit: options.RecordedUnit = None,
    note: options.Note = None,
    on: options.DayDone = None,
    by: options.RecordedBy = None,
    dry_run: options.DryRun = False,
) -> None:
    """办公室审核：退回已报告完成的责任项，必须用 --note 说明理由；理由一直显示到单位重新报告。

    例：gkcheck return 23 --unit 市教育局 --note 链接打不开
    """
    if note is None or not note.strip():
        raise BadRequest("退回要说明理由，请加 --note")
    record(context, Action.RETURN, tasks, unit, note, on=on, by=by, dry_run=dry_run)


_NONE = frozenset({"none", "无", "取消", "不限"})


def deadline(
    context: Context,
    tasks: options.TaskNumbers,
    day: Annotated[str, Argument("日期", "时限：2019-12-01；none 或 无：取消时限")],
    unit: options.RecordedUnit = None,
    note: options.Note = None,
    on: options.DayDone = None,
    by: options.RecordedBy = None,
    dry_run: options.DryRun = False,
) -> None:
    """设定时限，整项或只对一个责任单位；none 取消时限。后设的为准。

    例：gkcheck deadline 23 2019-12-01 --unit 市教育局
    """
    due = None if day.strip().lower() in _NONE else context.day(day, "时限").isoformat()
    record(context, Action.DEADLINE, tasks, unit, note, on=on, by=by, dry_run=dry_run, due=due)
