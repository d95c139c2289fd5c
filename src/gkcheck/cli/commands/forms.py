"""form and collect: fill-in workbooks out to the units, and back into the journal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from gkcheck.atomic_files import check_targets, make_folder, save_all
from gkcheck.cli.context import Context
from gkcheck.cli.options import BY, FORCE, OUTPUT, UNIT, DryRun, Overwrite, RecordedBy
from gkcheck.cli.output import Format, answer, say
from gkcheck.cli.params import Argument
from gkcheck.cli.recording import check_text
from gkcheck.cli.streams import talk
from gkcheck.errors import BadDocument, BadRequest, refusal
from gkcheck.forms.read import FilledForm
from gkcheck.journal.live import live_entries
from gkcheck.ledger.fold import ledger_of
from gkcheck.lookup.units import find_unit
from gkcheck.model import Draft, Problem
from gkcheck.operations.forms import distinct_names, form_units
from gkcheck.terminal import progress
from gkcheck.text.file_names import safe_name

if TYPE_CHECKING:
    from gkcheck.forms.layout import Form
    from gkcheck.forms.validate import AcceptedRow
    from gkcheck.journal import History

_AT_ONCE = 200
"""The forms rendered and written at a time: more would only take memory."""

_LISTED = 5


def form(
    context: Context,
    unit: Annotated[
        list[str] | None,
        UNIT("只写这个责任单位（或类别）的，可以写多次；默认全部"),
    ] = None,
    folder: Annotated[str, OUTPUT("写到这个目录，没有就新建", metavar="目录")] = ".",
    force: Overwrite = False,
) -> None:
    """给每个责任单位写一份填报表（xlsx），只含它的责任项；填好后用 gkcheck collect 收回。

    例：gkcheck form -o 填报表
    """
    context.require_journal()
    forms = _forms(context, unit or [])
    stems = distinct_names(safe_name(form.unit) for form in forms)
    targets = {Path(folder) / f"{stem}.xlsx": form for stem, form in zip(stems, forms, strict=True)}
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


def _forms(context: Context, typed: Sequence[str]) -> list[Form]:
    from gkcheck.forms.build import forms_of

    plan = context.plan
    default = context.setting("unit").value
    names = list(typed) or ([default] if default is not None else [])
    units = form_units(plan, [find_unit(plan, name) for name in names])
    entries = context.history.entries
    ledger = ledger_of(plan, live_entries(entries), context.today)
    forms = forms_of(ledger, entries, units, context.now.isoformat(timespec="seconds"))
    if not forms:
        raise BadRequest(f"{'、'.join(names) or '责任分工表'}没有责任项，不用填报")
    return forms


# -- back in --------------------------------------------------------------------------------------------

FOUND = 1


def collect(
    context: Context,
    files: Annotated[list[str], Argument("文件", "填好的填报表（xlsx），或放它们的目录，可以写多个", completes="file")],
    force: Annotated[bool, FORCE("发表之后另有记录的，也以填报表为准")] = False,
    by: RecordedBy = None,
    dry_run: DryRun = False,
) -> int:
    """收回填好的填报表，记成一批；有问题的表整份不收，其余照收，退出码为 1。重复收取不会重复记录。

    例：gkcheck collect 填报表 --dry-run
    """
    person = check_text(context.person(by), "填报人", BY) or ""
    filled, problems = _read_forms(_find_workbooks(files))
    accepted: list[AcceptedRow] = []

    def decide(history: History) -> list[Draft]:
        from gkcheck.forms.validate import accept_forms

        entries = live_entries(history.entries)
        ledger = ledger_of(context.plan, entries, context.today)
        accepted[:] = accept_forms(filled, ledger, entries, context.today, force)
        return [row.draft for row in accepted]

    if dry_run:
        decide(context.history)
    elif filled:
        context.record(decide, by=person)
    problems += [problem for form in filled for problem in form.problems]
    if accepted:
        from gkcheck.forms.result_table import accepted_table

        answer(Format.TABLE, lambda: None, lambda: [accepted_table(accepted, person, dry_run)])
    for problem in problems:
        say(f"{problem}\n")
    _print_summary(filled, accepted, problems, dry_run)
    return FOUND if problems else 0


def _find_workbooks(typed: Sequence[str]) -> list[Path]:
    """Return the files that were typed, each once: a directory stands for the workbooks in it, by name."""
    workbooks: dict[str, Path] = {}
    for word in typed:
        path = Path(word)
        try:
            inside = sorted(path.iterdir()) if path.is_dir() else None
        except OSError as error:
            raise BadRequest(f"读不了目录 {word}：{refusal(error, '请检查路径和权限')}") from None
        if inside is None and not path.is_file():
            raise BadRequest(f"没有文件 {word}，请检查路径")
        for file in [path] if inside is None else [file for file in inside if _is_workbook(file)]:
            workbooks.setdefault(os.path.realpath(file), file)
    if not workbooks:
        raise BadRequest(f"{'、'.join(typed)} 里没有填报表（xlsx）")
    return list(workbooks.values())


def _is_workbook(file: Path) -> bool:
    """True for a spreadsheet file of whatever kind, but for what an open office program leaves beside one."""
    sheets = (".xlsx", ".xlsm", ".xls", ".et", ".ett", ".ods", ".csv")
    return file.suffix.lower() in sheets and not file.name.startswith((".", "~$")) and file.is_file()


def _read_forms(paths: Sequence[Path]) -> tuple[list[FilledForm], list[Problem]]:
    """Read the forms among the files, with a problem for each file that is none."""
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
    from gkcheck.forms.read import LARGEST

    try:
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise BadDocument(f"读不了：{refusal(error, '请关闭正在打开它的程序，检查权限')}") from None


def _print_summary(
    filled: Sequence[FilledForm], accepted: Sequence[AcceptedRow], problems: Sequence[Problem], dry_run: bool
) -> None:
    for form in filled:
        if form.ignored_rows:
            rows = "、".join(map(str, form.ignored_rows[:5]))
            talk(f"{form.name} 第 {rows} 行没有序号和完成情况，没有收")
    bad = len({problem.where.file.partition("!")[0] for problem in problems})
    recorded = f"{'将记录' if dry_run else '已记录'} {len(accepted)} 条" if accepted else "没有新的填报内容"
    parts = [f"{recorded}（收到填报表 {len(filled)} 份）"]
    if bad:
        parts.append(f"{bad} 个文件有问题，整份没有收，改好后可以再收")
    if accepted and not dry_run:
        parts.append("如需撤销：gkcheck undo")
    say("；".join(parts) + "\n")
