"""repair and merge: set the damaged lines of a journal aside, unite several journals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from itertools import chain
from pathlib import Path

from gkcheck import labels
from gkcheck.cli.context import Context
from gkcheck.cli.options import FROM, DryRun
from gkcheck.cli.output import say
from gkcheck.cli.params import Argument, Option
from gkcheck.cli.streams import STANDARD, STDIN_NAME, read_stdin
from gkcheck.cli.typed.units import one_unit
from gkcheck.errors import BadRequest
from gkcheck.journal import Lines, in_order
from gkcheck.journal.clock import at_office
from gkcheck.journal.file_lines import FileLines
from gkcheck.journal.file_store import FileJournal
from gkcheck.journal.merges import note_merge
from gkcheck.journal.stores import display_store, is_server, open_journal
from gkcheck.model import CLAIMS, Action, Problem
from gkcheck.operations.merge import LISTED, MergeResult, Merging
from gkcheck.types import Annotated

FOUND = 1
"""The exit code where something was refused."""


def repair(
    context: Context,
    adopt: Annotated[bool, Option("--adopt", help="首行写的是别的表，但确认是本表的日志：改写首行")] = False,
) -> None:
    """把日志里损坏的行移到旁边的文件，其余一条不少；没有损坏的，不作改动。

    例：gkcheck repair
    """
    journal = context.journal
    if not isinstance(journal, FileJournal):
        raise BadRequest(f"{journal.name} 不是文件日志，不需要 repair")
    result = journal.repair(at=context.at, adopt=adopt)
    count = len(result.faults) + (result.late is not None)
    context.has_recorded = count > 0
    if not count:
        say(f"日志 {journal.name} 没有损坏，没有改动\n")
        return
    for fault in chain(result.faults, [result.late] if result.late else []):
        say(f"{fault}\n")
    summary = f"处理了 {count} 处"
    summary += f"，从中救回 {result.saved} 条记录" if result.saved else ""
    summary += f"；原来的内容移到了 {result.aside}，其中没有救回的记录需要人工核对补记" if result.aside else ""
    say(summary + "\n")


def merge(
    context: Context,
    files: Annotated[
        list[str], Argument("日志", "要并进来的日志文件或数据库地址，可以写多个；- 为标准输入", completes="file")
    ],
    only: Annotated[str | None, FROM("只收这个责任单位自己的记录")] = None,
    dry_run: DryRun = False,
) -> int:
    """并入别处的日志：按记录的校验码去重，先后不限；也可以写数据库的地址。有不能收的记录时退出码为 1。

    例：gkcheck merge 教育局.jsonl --from 市教育局
    """
    unit = one_unit(context, only) if only is not None else None
    with ExitStack() as stack:
        sources = [(_source_name(file), stack.enter_context(_lines(context, file))) for file in files]
        ours = stack.enter_context(context.journal.lines())
        merging = in_order(lambda: Merging(ours, [lines for _, lines in sources], unit))
        count = sum(result.new for result in merging.results)
        if not dry_run:
            count = context.journal.merge(merging.new, at=context.at)
        problems = [lines.problems for _, lines in sources]
    context.has_recorded = not dry_run and count > 0
    if context.has_recorded:
        note_merge(context.plan.id, context.store_name, merging.end)
    for (name, _), found, result in zip(sources, problems, merging.results, strict=True):
        _print_result(name, found, result, unit, context.plan.zone)
    say(f"{'将并入' if dry_run else '已并入'} {count} 条记录{_acts(merging.results)}\n")
    return FOUND if any(problems) or any(result.refused for result in merging.results) else 0


def _acts(results: Sequence[MergeResult]) -> str:
    """Return the part of the summary that counts the acts of the office among the new entries, in the order of actions."""
    counts: Counter[Action] = sum((result.acts for result in results), Counter())
    listed = "、".join(f"{labels.ACTION[action]} {count} 条" for action in labels.ACTION if (count := counts[action]))
    return f"，其中办公室的记录 {counts.total()} 条（{listed}）" if counts else ""


def _print_result(name: str, problems: Sequence[Problem], result: MergeResult, only: str | None, zone: str) -> None:
    refused = result.refused + sum(problem.where.line != 1 for problem in problems)  # line 1 holds no entry
    say(f"{name}：新 {result.new} 条，已有 {result.known} 条，未收 {refused} 条\n")
    for problem in problems[:LISTED]:
        say(f"  {problem}\n")
    for entry in result.shown:
        about = f"具体要求 {entry.task}" if entry.task else f"撤销批次 {entry.undoes}"
        when = labels.when(at_office(entry, zone).at)
        about = f"{when} {about} {entry.unit or '全部责任单位'} {labels.ACTION[entry.action]}"
        is_act = entry.action not in CLAIMS and entry.action is not Action.UNDO
        say(f"  {about}：{'由办公室记录，不从单位的日志收' if is_act else f'不是“{only}”自己的记录'}\n")
    if refused > 2 * LISTED:
        say(f"  ……未收的共 {refused} 条\n")


def _source_name(file: str) -> str:
    return STDIN_NAME if file == STANDARD else display_store(file)


@contextmanager
def _lines(context: Context, file: str) -> Iterator[Lines]:
    """Open another journal to read it. It must exist: a mistyped name is not an empty journal."""
    if file == STANDARD:
        data = read_stdin()
        if not data.strip():
            raise BadRequest(f"{STDIN_NAME}是空的，没有可以并入的记录；请检查前面的命令")
        yield FileLines(BytesIO(data), STDIN_NAME, context.plan.id)
        return
    if not is_server(file) and (Path(file).is_dir() or not Path(file).exists()):
        what = f"{file} 是一个目录" if Path(file).is_dir() else f"没有 {file} 这个文件"
        raise BadRequest(f"{what}，请检查要并进来的日志的路径")
    with open_journal(file, context.plan.id, zone=context.plan.zone).lines() as lines:
        yield lines
