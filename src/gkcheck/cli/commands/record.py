"""The commands that record: done, start, block, skip, reopen, note. One signature, one way through."""

from __future__ import annotations

from collections.abc import Callable

from gkcheck.cli import options
from gkcheck.cli.context import Context
from gkcheck.cli.recording import record
from gkcheck.model import Action


def recording_command(action: Action, help: str) -> Callable[..., None]:
    """Return the command that records an action on tasks; `help` becomes its docstring."""

    def command(
        context: Context,
        tasks: options.TaskNumbers,
        unit: options.RecordedUnit = None,
        note: options.Note = None,
        problem: options.ProblemText = None,
        next: options.NextStep = None,
        evidence: options.EvidenceItems = None,
        title: options.EvidenceTitles = None,
        published: options.PublicationDays = None,
        on: options.DayDone = None,
        by: options.RecordedBy = None,
        dry_run: options.DryRun = False,
        yes: options.Yes = False,
    ) -> None:
        record(
            context, action, tasks, unit, note, evidence, title, published, on, by, dry_run, yes,
            problem=problem, next=next,
        )  # fmt: skip

    command.__doc__ = help
    return command


done = recording_command(
    Action.DONE,
    "报告完成。不写 --unit 就是整项具体要求，涵盖它的全部责任单位。\n\n例：gkcheck done 23 30-31 --unit 市教育局",
)
start = recording_command(Action.START, "报告开始办理。\n\n例：gkcheck start 23 --unit 市教育局")
block = recording_command(
    Action.BLOCK, "报告受阻，请用 --problem 说明原因。\n\n例：gkcheck block 23 --unit 市教育局 --problem 等上级文件"
)
skip = recording_command(
    Action.SKIP, "标为不涉及：不计入上报率和办结率。\n\n例：gkcheck skip 30 --unit 台城街道 --note 没有办事大厅"
)
reopen = recording_command(Action.REOPEN, "重新打开，回到未开始；记录都在。\n\n例：gkcheck reopen 23 --unit 市教育局")
note = recording_command(
    Action.NOTE, "加一条备注、问题、措施或佐证，不改状态。\n\n例：gkcheck note 23 --unit 市教育局 --note 方案已送审"
)
