"""check, diff and where: verify plan, journal and evidence files; compare two plans; show what is in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import chain
from pathlib import Path

from gkcheck.cli.commands.config import SOURCE, shown_value, usable_settings
from gkcheck.cli.context import Context
from gkcheck.cli.options import OutputFormat
from gkcheck.cli.output import Format, answer, say
from gkcheck.cli.params import Argument
from gkcheck.contacts import contacts_path
from gkcheck.errors import BadJournal, NoHome
from gkcheck.journal.stores import is_server
from gkcheck.model import Evidence, Plan, Problem, Where
from gkcheck.table import Column, Table, table_of
from gkcheck.types import TYPE_CHECKING, Annotated, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from gkcheck.operations.check import EntryCheck

FOUND = 1
"""The exit code where a problem is reported."""


class Checked(NamedTuple):
    """A part that was checked and is sound, and how much of it there is, by name: plan, journal or evidence."""

    part: str
    file: str
    counts: dict[str, int]

    def __str__(self) -> str:
        listed = "，".join(_COUNTED[name].format(count) for name, count in self.counts.items())
        return f"{_PART[self.part]} {self.file}：{listed}，没有问题"


_PART = {"plan": "责任分工表", "journal": "日志", "evidence": "佐证文件"}
_COUNTED = {"tasks": "{} 项具体要求", "units": "{} 个责任单位", "entries": "{} 条记录", "files": "{} 个"}


def check(context: Context, format: OutputFormat = Format.TABLE) -> int:
    """检查责任分工表、日志和佐证文件，一次列出全部问题，每行一处：文件:行号: 问题。没有问题退出码为 0，有问题为 1。

    例：gkcheck check --plan tasks.yaml
    """
    plan, problems = context.read_plan()
    sound: list[Checked] = []
    with ExitStack() as stack:
        found: Iterable[Problem] = problems
        if plan is not None and not problems:
            context.plan = plan
            counts = {"tasks": len(plan.tasks()), "units": len(plan.units)}
            sound.append(Checked("plan", context.plan_path, counts))
            damages, entries = _check_journal(context, plan, stack)
            unfit = entries.unfit(context.store_name)
            if not damages and not unfit:
                sound.append(Checked("journal", context.store_name, {"entries": entries.count}))
            faults = _check_files(context, entries.files)
            if entries.files and not faults and not is_server(context.store):
                sound.append(Checked("evidence", str(context.evidence_folder), {"files": len(entries.files)}))
            found = chain(damages, unfit, entries.to_look_at(context.plan_path, context.store_name), faults)
        return FOUND if _print(format, found, sound) else 0


def _print(format: Format, problems: Iterable[Problem], sound: Sequence[Checked]) -> bool:
    """Print the problems one by one, and the parts that are sound; True if there was a problem."""
    count = 0

    def counted() -> Iterator[Problem]:
        nonlocal count
        for count, problem in enumerate(problems, 1):  # noqa: B007 - it is read afterwards
            yield problem

    if format is Format.TABLE:
        for line in chain(counted(), sound):
            say(f"{line}\n")
    else:
        answer(format, lambda: _as_data(counted(), sound), lambda: [_problem_table(counted())])
    return count > 0


def _as_data(problems: Iterable[Problem], sound: Sequence[Checked]) -> dict[str, Any]:
    return {
        "problems": (
            {"file": problem.where.file, "line": problem.where.line or None, "message": problem.message}
            for problem in problems
        ),
        "sound": [{"part": one.part, "file": one.file, **one.counts} for one in sound],
    }


def _problem_table(problems: Iterable[Problem]) -> Table:
    columns = (Column("文件", wrap=True), Column("行号", kind="number"), Column("问题", wrap=True))
    rows = [(problem.where.file, str(problem.where.line or ""), problem.message) for problem in problems]
    return table_of(columns, rows)


def _check_files(context: Context, files: Sequence[Evidence]) -> list[Problem]:
    """Return a problem for each file stored as evidence that is missing or altered."""
    if is_server(context.store):
        return []  # each machine stores the files that were handed in there
    from gkcheck.journal.attachments import attachment_fault
    from gkcheck.operations.check import check_files

    folder = context.evidence_folder
    return check_files(files, lambda item: attachment_fault(folder, item), context.journal.name)


def _check_journal(context: Context, plan: Plan, stack: ExitStack) -> tuple[Sequence[Problem], EntryCheck]:
    """Return everything that is wrong with the journal as such, and what was found in its entries.

    The journal stays open: what is to be said of the entries is read when it is said.
    """
    from gkcheck.journal.file_lines import FileLines
    from gkcheck.operations.check import EntryCheck, check_entries

    nothing = EntryCheck(plan, FileLines(None, context.store_name, plan.id), context.today)
    if context.is_missing and context.setting("store").source != "default":
        return [Problem(Where(context.store_name, 0), "还没有这个日志，请核对路径；第一次记录时会新建")], nothing
    try:
        lines = stack.enter_context(context.journal.lines())
        entries = check_entries(plan, lines, context.today)
        return [lines.late, *lines.problems] if lines.late else lines.problems, entries
    except BadJournal as error:
        return [Problem(Where(context.journal.name, 1), str(error))], nothing


DIFFERENT = 1
"""The exit code of diff where the plans differ, as that of diff(1)."""


def diff(
    context: Context,
    old: Annotated[str, Argument("旧表", "原来的责任分工表（YAML）", completes="file")],
    new: Annotated[str, Argument("新表", "新的责任分工表（YAML）", completes="file")],
    format: OutputFormat = Format.TABLE,
) -> int:
    """比较两张责任分工表：新增、取消、修改和只改了编号的具体要求，单位、类别的变动；改了文字的按编号和文字相近认。
    没有不同退出码为 0，有不同为 1。

    例：gkcheck diff 旧.yaml 新.yaml
    """
    from gkcheck.cli.typed.plan_files import load_plan
    from gkcheck.operations.compare import compare_plans
    from gkcheck.views import comparison

    found = compare_plans(load_plan(Path(old)), load_plan(Path(new)))
    marked = format in (Format.TABLE, Format.MD)
    answer(format, lambda: comparison.fields(found), lambda: [comparison.table(found, marked)])
    return 0 if found.is_same else DIFFERENT


def where(context: Context, format: OutputFormat = Format.TABLE) -> None:
    """现在用的是哪张责任分工表、哪个日志，由谁指定。

    例：gkcheck where
    """
    facts = _facts(context)
    columns = (Column("项目"), Column("值", wrap=True), Column("由谁指定"))
    rows = [(_TITLE[name], shown_value(fact), SOURCE[fact["source"]]) for name, fact in facts.items()]
    answer(format, lambda: facts, lambda: [table_of(columns, rows)])


_TITLE = {"plan": "责任分工表", "store": "日志", "unit": "默认单位", "by": "填报人", "contacts": "联系人名册"}


def _facts(context: Context) -> dict[str, dict[str, Any]]:
    values: dict[str, Callable[[], str | None]] = {
        "plan": lambda: context.plan_path,
        "store": lambda: context.store_name,
        "unit": lambda: context.setting("unit").value,
        "by": lambda: context.person(None),
    }
    facts = {name: setting._asdict() for name, setting in usable_settings(context, values).items()}
    contacts = None
    with suppress(NoHome):
        contacts = str(contacts_path())
    return {**facts, "contacts": {"value": contacts, "source": "default"}}
