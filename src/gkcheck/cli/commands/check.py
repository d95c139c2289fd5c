"""check and where: verify plan, journal and evidence files; show which of them are in use."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gkcheck.cli.commands.config import SOURCE, shown_value, usable_settings
from gkcheck.cli.context import Context
from gkcheck.cli.options import OutputFormat
from gkcheck.cli.output import Format, answer, say
from gkcheck.contacts import contacts_path
from gkcheck.errors import BadJournal, NoHome
from gkcheck.journal.file_store import FileJournal
from gkcheck.model import Entry, Plan, Problem, Where
from gkcheck.operations.check import check_entries, check_files, look_at
from gkcheck.table import Column, table_of

FOUND = 1
"""The exit code where a problem is reported."""


def check(context: Context) -> int:
    """检查责任分工表、日志和佐证文件，一次列出全部问题，每行一处：文件:行号: 问题。没有问题退出码为 0，有问题为 1。

    例：gkcheck check --plan tasks.yaml
    """
    plan, problems = context.read_plan()
    sound = []
    if plan is not None and not problems:
        context.plan = plan
        sound.append(
            f"责任分工表 {context.plan_path}：{len(plan.tasks())} 项具体要求，{len(plan.units)} 个责任单位，没有问题"
        )
        entries, problems = _check_journal(context, plan)
        if not problems:
            sound.append(f"日志 {context.store_name}：{len(entries)} 条记录，没有问题")
        problems += look_at(plan, entries, context.today, str(context.plan_path), context.store_name)
        files, faults = _check_files(context, entries)
        problems += faults
        if files and not faults:
            sound.append(f"佐证文件 {context.evidence_folder}：{files} 个，没有问题")
    for problem in problems:
        say(f"{problem}\n")
    for line in sound:
        say(f"{line}\n")
    return FOUND if problems else 0


def _check_files(context: Context, entries: list[Entry]) -> tuple[int, list[Problem]]:
    """Return how many files are stored as evidence, and a problem for each that is missing or altered."""
    from gkcheck.journal.attachments import attachment_fault, attachments_of
    from gkcheck.journal.stores import is_server

    if is_server(context.store):
        return 0, []  # each machine stores the files that were handed in there
    files = attachments_of(item for entry in entries for item in entry.evidence)
    folder = context.evidence_folder
    return len(files), check_files(files, lambda item: attachment_fault(folder, item), context.journal.name)


def _check_journal(context: Context, plan: Plan) -> tuple[list[Entry], list[Problem]]:
    """Return the entries of the journal, and everything that is wrong with it or no longer fits the plan."""
    if context.is_missing and context.setting("store").source != "default":
        return [], [Problem(Where(context.store_name, 0), "还没有这个日志，请核对路径；第一次记录时会新建")]
    try:
        journal = context.journal
        history = journal.check() if isinstance(journal, FileJournal) else journal.read()
    except BadJournal as error:
        return [], [Problem(Where(context.journal.name, 1), str(error))]
    return history.entries, [*history.problems, *check_entries(plan, history.entries, context.journal.name)]


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
        "plan": lambda: str(context.plan_path),
        "store": lambda: context.store_name,
        "unit": lambda: context.setting("unit").value,
        "by": lambda: context.person(None),
    }
    facts = {name: setting._asdict() for name, setting in usable_settings(context, values).items()}
    contacts = None
    with suppress(NoHome):
        contacts = str(contacts_path())
    return {**facts, "contacts": {"value": contacts, "source": "default"}}
