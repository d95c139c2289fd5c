"""form and collect: fill-in workbooks out to the units, and back into the journal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gkcheck.cli.commands.evidence import progress
from gkcheck.cli.commands.record import ByName, DryRun
from gkcheck.cli.context import Session, session_of, talk
from gkcheck.cli.files import ForceOption, check_targets, make_folder, safe_name, save_all
from gkcheck.cli.output import Format, answer, say
from gkcheck.cli.recording import text_of
from gkcheck.errors import BadDocument, BadRequest, refusal
from gkcheck.journal.live import live_entries
from gkcheck.ledger.fold import Ledger, fold
from gkcheck.lookup.units import find_unit
from gkcheck.model import Draft, Problem
from gkcheck.operations.record import units_meant

if TYPE_CHECKING:
    from gkcheck.forms.layout import Form
    from gkcheck.forms.read import FilledForm
    from gkcheck.forms.validate import AcceptedRow
    from gkcheck.journal import History

app = typer.Typer()

_AT_ONCE = 200
"""How many forms are made and written at a time: more would only take memory."""

_LISTED = 5


@app.command("form")
def form(
    ctx: typer.Context,
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", "-u", metavar="单位", help="只写这个责任单位（或类别）的，可以写多次；默认全部"),
    ] = None,
    folder: Annotated[str, typer.Option("--output", "-o", metavar="目录", help="写到这个目录，没有就新建")] = ".",
    force: ForceOption = False,
) -> None:
    """给每个责任单位写一份填报表（xlsx），只含它的责任项；填好后用 gkcheck collect 收回。

    例：gkcheck form -o 填报表
    """
    session = session_of(ctx)
    targets = _named(_forms(session, unit or []), Path(folder))
    make_folder(Path(folder))
    check_targets(list(targets), force)
    from gkcheck.forms.render import render_form

    paths = list(targets)
    with progress("写填报表", len(paths)) as step:
        for start in range(0, len(paths), _AT_ONCE):
            files = {}
            for path in paths[start : start + _AT_ONCE]:
                files[path] = render_form(targets[path])
                step()
            save_all(files, force)
    for path in paths[:_LISTED]:
        say(f"{path}\n")
    if len(paths) > _LISTED:
        say(f"……共 {len(paths)} 份，在 {Path(folder)}\n")
    talk(f"已写出 {len(paths)} 份填报表；填好后用 gkcheck collect 收回")


def _forms(session: Session, typed: Sequence[str]) -> list[Form]:
    from gkcheck.forms.build import forms_of

    plan = session.plan
    one = session.setting("unit").value
    wanted = list(typed) or ([one] if one is not None else [])
    units = [unit.name for unit in plan.units] + [group.name for group in plan.groups]
    if wanted:
        units = list(dict.fromkeys(member for word in wanted for member in units_meant(plan, find_unit(plan, word))))
    entries = session.history.entries
    ledger = Ledger(plan, fold(live_entries(entries)), session.today)
    found = forms_of(ledger, entries, units, session.now.isoformat(timespec="seconds"))
    if not found:
        raise BadRequest(f"{'、'.join(wanted) or '责任分工表'}没有责任项，不用填报")
    return found


def _named(forms: Sequence[Form], folder: Path) -> dict[Path, Form]:
    """Where each form goes: the unit's name as a file name; where two are the same on some system, numbered."""
    targets: dict[Path, Form] = {}
    taken: set[str] = set()
    for found in forms:
        stem = safe_name(found.unit)
        name, turn = stem, 1
        while name.casefold() in taken:
            turn += 1
            name = f"{stem}-{turn}"
        taken.add(name.casefold())
        targets[folder / f"{name}.xlsx"] = found
    return targets


# -- back in --------------------------------------------------------------------------------------------

FOUND = 1


@app.command("collect")
def collect(
    ctx: typer.Context,
    files: Annotated[
        list[str], typer.Argument(metavar="文件", help="填好的填报表（xlsx），或放它们的目录，可以写多个")
    ],
    force: Annotated[bool, typer.Option("--force", help="发表之后另有记录的，也以填报表为准")] = False,
    by: ByName = None,
    dry_run: DryRun = False,
) -> None:
    """收回填好的填报表，记成一批；有问题的表整份不收，其余照收，退出码为 1。重复收取不会重复记录。

    例：gkcheck collect 填报表 --dry-run
    """
    session = session_of(ctx)
    person = text_of(session.person(by), "填报人", "--by") or ""
    filled, problems = _read_all(_expanded(files))
    taken: list[AcceptedRow] = []

    def decide(history: History) -> list[Draft]:
        from gkcheck.forms.validate import accept_forms

        entries = live_entries(history.entries)
        ledger = Ledger(session.plan, fold(entries), session.today)
        taken[:] = accept_forms(filled, ledger, entries, session.today, force)
        return [row.draft for row in taken]

    if dry_run:
        decide(session.history)
    elif filled:
        session.journal.record(decide, by=person, at=session.at)
    problems += [problem for form in filled for problem in form.problems]
    if taken:
        from gkcheck.forms.result_table import accepted_table

        answer(Format.TABLE, lambda: None, lambda: [accepted_table(taken, person, dry_run)])
    for problem in problems:
        say(f"{problem}\n")
    _sum_up(filled, taken, problems, dry_run)
    if problems:
        raise typer.Exit(FOUND)


def _expanded(typed: Sequence[str]) -> list[Path]:
    """The files meant, each once: a directory stands for the workbooks in it, by name."""
    found: dict[str, Path] = {}
    for word in typed:
        path = Path(word)
        try:
            inside = sorted(path.iterdir()) if path.is_dir() else None
        except OSError as error:
            raise BadRequest(f"读不了目录 {word}：{refusal(error, '请检查路径和权限')}") from None
        if inside is None and not path.is_file():
            raise BadRequest(f"没有文件 {word}，请检查路径")
        for file in [path] if inside is None else [file for file in inside if _looks_sent_back(file)]:
            found.setdefault(os.path.realpath(file), file)
    if not found:
        raise BadRequest(f"{'、'.join(typed)} 里没有填报表（xlsx）")
    return list(found.values())


def _looks_sent_back(file: Path) -> bool:
    """Whether a file in a directory is a spreadsheet of whatever kind; not what an open office program leaves there."""
    sheets = (".xlsx", ".xlsm", ".xls", ".et", ".ett", ".ods", ".csv")
    return file.suffix.lower() in sheets and not file.name.startswith((".", "~$")) and file.is_file()


def _read_all(paths: Sequence[Path]) -> tuple[list[FilledForm], list[Problem]]:
    """Every form among the files, and a problem for each that is none."""
    from gkcheck.forms.read import problem_at, read_form

    filled, problems = [], []
    with progress("读填报表", len(paths)) as step:
        for path in paths:
            try:
                filled.append(read_form(_bytes_of(path), path.name))
            except BadDocument as error:
                problems.append(problem_at(path.name, None, str(error)))
            step()
    return filled, problems


def _bytes_of(path: Path) -> bytes:
    from gkcheck.importers.formats.package_bounds import LARGEST

    try:
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise BadDocument(f"读不了：{refusal(error, '请关闭正在打开它的程序，检查权限')}") from None


def _sum_up(
    filled: Sequence[FilledForm], taken: Sequence[AcceptedRow], problems: Sequence[Problem], dry_run: bool
) -> None:
    for form in filled:
        if form.ignored_rows:
            rows = "、".join(map(str, form.ignored_rows[:5]))
            talk(f"{form.name} 第 {rows} 行没有序号和完成情况，没有收")
    bad = len({problem.where.file.partition("!")[0] for problem in problems})
    said = f"{'将记录' if dry_run else '已记录'} {len(taken)} 条" if taken else "没有新的填报内容"
    parts = [f"{said}（收到填报表 {len(filled)} 份）"]
    if bad:
        parts.append(f"{bad} 个文件有问题，整份没有收，改好后可以再收")
    if taken and not dry_run:
        parts.append("如需撤销：gkcheck undo")
    say("；".join(parts) + "\n")
