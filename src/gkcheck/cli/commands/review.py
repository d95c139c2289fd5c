"""The office's own acts: confirm and return what was reported, set deadlines."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck import labels
from gkcheck.cli import options
from gkcheck.cli.commands.record import recording_command
from gkcheck.cli.context import Context
from gkcheck.cli.params import Argument, Option
from gkcheck.cli.recording import record
from gkcheck.cli.typed.days import is_day
from gkcheck.cli.typed.words import numbers_and_units
from gkcheck.errors import BadRequest
from gkcheck.model import Action, Every
from gkcheck.types import Annotated

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
    yes: options.Yes = False,
) -> None:
    """办公室审核：退回已报告完成的责任项，必须用 --note 说明理由；理由一直显示到单位重新报告。

    例：gkcheck return 23 --unit 市教育局 --note 链接打不开
    """
    if note is None or not note.strip():
        raise BadRequest("退回要说明理由，请加 --note")
    record(context, Action.RETURN, tasks, unit, note, on=on, by=by, dry_run=dry_run, yes=yes)


_NONE = frozenset({"none", "无", "取消", "不限"})


EVERY = Option(
    "--every",
    metavar="周期",
    help="定期的任务多久一期，每期从头算起",
    choices=lambda: [*(every.value for every in Every), _NO_PERIOD],
    words=lambda: labels.EVERY_WORDS,
)
_NO_PERIOD = "none"


def deadline(
    context: Context,
    words: Annotated[
        list[str],
        Argument(
            "编号…… 日期",
            "具体要求：23、二十三、30-32，可以写多个；最后写时限：2019-12-01、12月底；none 或 无：取消时限；写了 --every 可以不写日期",
            completes="task",
        ),
    ],
    unit: options.RecordedUnit = None,
    every: Annotated[str | None, EVERY] = None,
    note: options.Note = None,
    on: options.DayDone = None,
    by: options.RecordedBy = None,
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
) -> None:
    """设定时限，整项或只对一个责任单位；none 取消时限。后设的为准。

    每期都要办的任务用 --every：每期的时限是这一期的最后一天，写了日期的那一期以日期为准。

    例：gkcheck deadline 23 2019-12-01 --unit 市教育局
    """
    tasks, day = _split_day(context, words, is_needed=every is None)
    period = Every(every) if every not in (None, _NO_PERIOD) else None
    if period and day in _NONE:
        raise BadRequest(f"“{day}”是取消时限，不能再写 --every {period.value}；请只写一样")
    due = None if day is None or day in _NONE else context.day(day, "时限").isoformat()
    record(context, Action.DEADLINE, tasks, unit, note, on=on, by=by, dry_run=dry_run, yes=yes, due=due, every=period)


def _split_day(context: Context, words: Sequence[str], is_needed: bool) -> tuple[Sequence[str], str | None]:
    """Return the tasks that were typed and the day after them; None where none was, which may only be if not needed."""
    last = words[-1].strip().lower()
    if last in _NONE or is_day(context.plan, context.today, last):
        if len(words) == 1:
            raise BadRequest(f"没有写编号，应写成 gkcheck deadline 编号 {words[0]}{_OTHERWISE}")
        return words[:-1], last if last in _NONE else words[-1]
    if not is_needed:
        return words, None
    from gkcheck.cli.typed.shortcuts import line_with, refuse_units

    refuse_units(context, words)
    days = [word for word in words if is_day(context.plan, context.today, word)]
    if days:
        rest = [word for word in words if word not in days]
        raise BadRequest(f"时限写在最后，应写成：{line_with(context, [*rest, days[-1]])}{_OTHERWISE}")
    if len(words) == 1 or not numbers_and_units([last])[1]:
        raise BadRequest(f"没有写时限，应写成：{line_with(context, [*words, '2019-12-01'])}{_OTHERWISE}")
    return words[:-1], words[-1]


_OTHERWISE = "；取消时限写 none，定期的写 --every"
