"""check and where: is everything sound, and what is in use."""

from __future__ import annotations

from typing import Any

import typer

from gkcheck.cli.commands.config import SOURCE
from gkcheck.cli.context import Session, session_of
from gkcheck.cli.filters import FormatOption
from gkcheck.cli.output import Format, answer, say
from gkcheck.errors import BadJournal
from gkcheck.ledger.assignments import fingerprint
from gkcheck.model import Entry, Plan, Problem, Where
from gkcheck.table import Column
from gkcheck.table import answer as grid_of

app = typer.Typer()

FOUND = 1
"""The exit code where something wants looking at."""


@app.command("check")
def check(ctx: typer.Context) -> None:
    """检查责任分工表、日志和佐证文件，一次列出全部问题，每行一处：文件:行号: 问题。没有问题退出码为 0，有问题为 1。

    例：gkcheck check --plan tasks.yaml
    """
    session = session_of(ctx)
    plan, problems = session.read_plan()
    said = []
    if plan is not None and not problems:
        session.plan = plan
        said.append(
            f"责任分工表 {session.plan_path}：{len(plan.tasks())} 项具体要求，{len(plan.units)} 个责任单位，没有问题"
        )
        entries, problems = _journal(session, plan)
        if not problems:
            said.append(f"日志 {session.store_name}：{len(entries)} 条记录，没有问题")
        files, found = _kept(session, entries)
        problems += found
        if files and not found:
            said.append(f"佐证文件 {session.evidence_folder}：{files} 个，没有问题")
    for problem in problems:
        say(f"{problem}\n")
    for line in said:
        say(f"{line}\n")
    if problems:
        raise typer.Exit(FOUND)


def _kept(session: Session, entries: list[Entry]) -> tuple[int, list[Problem]]:
    """How many files are kept as evidence, and every one of them that is missing or altered."""
    from gkcheck.journal.attachments import attachment_fault, attachments_of
    from gkcheck.journal.postgres.connection import is_server

    if is_server(session.store):
        return 0, []  # each machine keeps the files that were handed in there
    folder = session.evidence_folder
    files = attachments_of(item for entry in entries for item in entry.evidence)
    faults = [fault for fault in (attachment_fault(folder, item) for item in files) if fault]
    return len(files), [Problem(Where(session.journal.name, 0), fault) for fault in faults]


def _journal(session: Session, plan: Plan) -> tuple[list[Entry], list[Problem]]:
    """The entries of the journal, and everything that is wrong with it or no longer fits the plan."""
    try:
        history = session.journal.read()
    except BadJournal as error:
        return [], [Problem(Where(session.journal.name, 1), str(error))]
    return history.entries, [*history.problems, *_strays(history.entries, plan, session.journal.name)]


def _strays(entries: list[Entry], plan: Plan, name: str) -> list[Problem]:
    """Entries about what the plan no longer has, and entries made before a task was changed."""
    tasks = {task.id: fingerprint(task) for task in plan.tasks()}
    known = {unit.name for unit in plan.units} | {group.name for group in plan.groups}
    found = []
    for entry in entries:
        about = f"记录 {entry.id[:12]}（{entry.at[:10]}，具体要求 {entry.task}，{entry.unit or '全部责任单位'}）"
        if entry.task is None:
            continue
        if entry.task not in tasks:
            found.append(Problem(Where(name, 0), f"{about}：责任分工表已没有这项具体要求，记录保留但不计入"))
        elif entry.unit is not None and entry.unit not in known:
            found.append(Problem(Where(name, 0), f"{about}：责任分工表已没有这个单位，记录保留但不计入"))
        elif entry.of not in (None, tasks[entry.task]):
            found.append(Problem(Where(name, 0), f"{about}：内容已变更，请复核"))
    return found


@app.command("where")
def where(ctx: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """现在用的是哪张责任分工表、哪个日志，由谁指定。

    例：gkcheck where
    """
    session = session_of(ctx)
    facts = _facts(session)
    columns = (Column("项目"), Column("值", wrap=True), Column("由谁指定"))
    answer(
        format,
        lambda: facts,
        lambda: [
            grid_of(
                columns,
                [
                    (_TITLE[name], str(fact["value"] or "（未设）"), SOURCE[fact["source"]])
                    for name, fact in facts.items()
                ],
            )
        ],
    )


_TITLE = {"plan": "责任分工表", "store": "日志", "unit": "默认单位", "by": "填报人"}


def _facts(session: Session) -> dict[str, dict[str, Any]]:
    values = {
        "plan": str(session.plan_path),
        "store": session.store_name,
        "unit": session.setting("unit").value,
        "by": session.person(None),
    }
    return {name: {"value": value, "source": session.setting(name).source} for name, value in values.items()}
