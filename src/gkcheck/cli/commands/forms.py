"""form and collect: fill-in workbooks out to the units, and back into the journal."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from gkcheck.atomic_files import check_targets, make_folder, save_all
from gkcheck.cli.context import Context, lock_limit, waiting
from gkcheck.cli.garbage import collecting
from gkcheck.cli.options import BY, FORCE, OUTPUT, DryRun, Overwrite, RecordedBy, UnitFilter, UnitWords
from gkcheck.cli.output import Format, answer, say
from gkcheck.cli.params import Argument, Option
from gkcheck.cli.recording import check_text, undo_line
from gkcheck.cli.streams import STANDARD, STDIN_NAME, hint, read_stdin, talk
from gkcheck.cli.typed.words import units_typed
from gkcheck.contacts import Contact, contacts_path, save_contacts
from gkcheck.errors import BadDocument, BadRequest, GkcheckError, refusal
from gkcheck.forms.read import FilledForm
from gkcheck.journal import EVERYTHING, Scope
from gkcheck.model import Draft, Entry, Plan, Problem
from gkcheck.operations.forms import distinct_names, form_units
from gkcheck.terminal import progress
from gkcheck.text.file_names import safe_name
from gkcheck.types import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    from gkcheck.forms.takeover import Takeover
    from gkcheck.forms.validate import AcceptedRow
    from gkcheck.importers.ledger_table import LedgerDocument
    from gkcheck.journal import History

_AT_ONCE = 200
"""The forms gathered, rendered and written at a time: more would only take memory."""

_LISTED = 5


def form(
    context: Context,
    units: UnitWords = None,
    unit: UnitFilter = None,
    folder: Annotated[str, OUTPUT("写到这个目录，没有就新建", metavar="目录")] = ".",
    force: Overwrite = False,
) -> None:
    """给每个责任单位写一份填报表（xlsx），只含它的责任项；填好后用 gkcheck collect 收回。

    例：gkcheck form -o 填报表
    """
    context.require_journal()
    chosen = _units(context, units, unit)
    last = next(iter(context.journal.latest(1)), None)
    paths = [Path(folder) / f"{stem}.xlsx" for stem in distinct_names(map(safe_name, chosen))]
    make_folder(Path(folder))
    check_targets(paths, force)
    from gkcheck.forms.build import forms_of
    from gkcheck.forms.render import render_form

    with progress("写填报表", len(paths)) as step:
        for start in range(0, len(paths), _AT_ONCE):
            some, targets = chosen[start : start + _AT_ONCE], paths[start : start + _AT_ONCE]
            ledger = context.ledger(scope=Scope(units=frozenset(some), details=False))
            files = {}
            for path, form in zip(targets, forms_of(ledger, last, some, context.at), strict=True):
                files[path] = render_form(form)
                step()
            save_all(files, force)
    for path in paths[:_LISTED]:
        say(f"{path}\n")
    if len(paths) > _LISTED:
        say(f"……共 {len(paths)} 份，在 {Path(folder)}\n")
    hint(f"已写出 {len(paths)} 份填报表；填好后用 gkcheck collect 收回")


def _units(context: Context, words: Sequence[str] | None, flags: Sequence[str] | None) -> list[str]:
    """Return the units that get a form: those that were typed, or the user's own, or all."""
    default = None if words or flags else context.setting("unit").value
    chosen = units_typed(context, words, flags if default is None else [default])
    units = form_units(context.plan, chosen.units if chosen else None)
    if not units:
        raise BadRequest(f"{chosen.title if chosen else '责任分工表'}没有责任项，不用填报")
    return units


# -- back in --------------------------------------------------------------------------------------------

FOUND = 1


def collect(
    context: Context,
    files: Annotated[
        list[str],
        Argument(
            "文件",
            "填好的填报表（xlsx）或自有的台账（xlsx、docx、csv），或放它们的目录，可以写多个；- 为标准输入",
            completes="file",
        ),
    ],
    force: Annotated[bool, FORCE("发表之后另有记录的，也以填报表（台账）为准")] = False,
    confirm: Annotated[bool, Option("--confirm", help="台账里写“已办结”的，同时记为办公室审核确认")] = False,
    partial: Annotated[bool, Option("--partial", help="填报表有问题的，也记录其中没有问题的行")] = False,
    by: RecordedBy = None,
    dry_run: DryRun = False,
) -> int:
    """收回填好的填报表，记成一批；有问题的表暂不收，列出问题和没有问题的行，退出码为 1。重复收取的，不重复记录。
    办公室原来自己做的台账也能收：一项一行、一单位一行都可以；对不上的行逐格列出，其余照收。

    例：gkcheck collect 填报表 --dry-run
    """
    person = check_text(context.person(by), "填报人", BY) or ""
    filled, ledgers, problems = _read_files(context.plan, _find_workbooks(files))
    accepted: list[AcceptedRow] = []
    recorded: list[Entry] = []
    held: list[AcceptedRow] = []
    takeover: list[Takeover] = []

    scope = EVERYTHING if ledgers else Scope(units=frozenset(form.unit for form in filled))
    from_forms = Scope(units=scope.units, forms=frozenset(form.id for form in filled))

    def decide(history: History) -> list[Draft]:
        from gkcheck.forms.validate import accept_forms
        from gkcheck.journal.live import live_entries

        ledger = context.ledger_from(history, scope, context.today)
        recorded = live_entries(context.journal.read(from_forms).entries, context.today)
        accepted[:], held[:] = accept_forms(filled, ledger, recorded, context.today, force, partial)
        if ledgers:
            from gkcheck.forms.takeover import take_over

            taken = {(row.task.id, row.draft.unit or "") for row in accepted}
            takeover[:] = [take_over(ledgers, ledger, taken, force, confirm)]
            accepted.extend(takeover[0].accepted)
        return [row.draft for row in accepted]

    if dry_run:
        decide(context.warned(context.journal.current(scope, context.today)))
    elif filled or ledgers:
        recorded = context.record(decide, by=person, scope=scope)
    problems += [problem for form in filled for problem in form.problems]
    problems += [problem for one in takeover for problem in one.problems]
    unread = [problem for form in filled for problem in form.unread]
    if accepted or held:
        from gkcheck.forms.result_table import accepted_table, held_table

        tables = [accepted_table(accepted, person, dry_run)] if accepted else []
        tables += [held_table(held, person)] if held else []
        answer(Format.TABLE, lambda: None, lambda: tables)
    for problem in [*problems, *unread]:
        say(f"{problem}\n")
    for remark in [*_understood(filled), *(remark for one in takeover for remark in one.remarks)]:
        talk(remark)
    undo = undo_line(context, recorded[0].batch) if recorded else None
    _print_summary(filled, ledgers, accepted, problems, undo, partial)
    if held:
        say(f"有问题的表中另有 {len(held)} 行没有问题，没有记录；只记这些行：原命令后加 --partial\n")
    kept = dry_run or _keep_contacts(context.plan, _contacts(filled, accepted))
    return 0 if kept and not (problems or unread) else FOUND


def _understood(filled: Sequence[FilledForm]) -> Iterator[str]:
    for form in filled:
        if form.understood:
            listed = "、".join(f"“{word}”按“{meant}”" for word, meant in form.understood.items())
            yield f"{form.name} 中{listed}"


def _keep_contacts(plan: Plan, contacts: dict[str, Contact]) -> bool:
    """Write contacts to the register; False, with a message, where it cannot be: the claims are recorded by then."""
    if not contacts:
        return True
    try:
        changed = save_contacts(contacts_path(), plan.id, contacts, lock_limit(), waiting)
    except GkcheckError as error:
        talk(f"联系人没有记进名册：{error}；改好后请再收一次")
        return False
    if changed:
        talk(f"联系人名册更新了 {changed} 个单位，可用 gkcheck units --contacts 查看")
    return True


def _contacts(filled: Sequence[FilledForm], accepted: Sequence[AcceptedRow]) -> dict[str, Contact]:
    """Return the contacts that forms name, by unit: of forms that were taken, be it in part; the latest counts."""
    from gkcheck.forms.registration import contact_of_form, wrong_phones

    taken = {row.draft.form for row in accepted}
    found = {
        form.unit: contact_of_form(form)
        for form in sorted(filled, key=lambda form: form.made_at)
        if (not form.problems or form.id in taken) and not wrong_phones(form)
    }
    return {unit: contact for unit, contact in found.items() if contact.name or contact.phone}


def _find_workbooks(typed: Sequence[str]) -> list[Path]:
    """Return the files that were typed, each once: a directory stands for the workbooks in it, by name."""
    workbooks: dict[str, Path] = {}
    for word in typed:
        path = Path(word)
        if word == STANDARD:
            workbooks[word] = path
            continue
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


_Ledgers = list[tuple[str, "LedgerDocument"]]


def _read_files(plan: Plan, paths: Sequence[Path]) -> tuple[list[FilledForm], _Ledgers, list[Problem]]:
    """Read the forms and the ledgers among the files, with a problem for each file that is neither."""
    from gkcheck.forms.read import problem_at, read_form

    filled: list[FilledForm] = []
    ledgers: _Ledgers = []
    problems: list[Problem] = []
    with progress("读填报表", len(paths)) as step:
        for path in collecting(paths):
            data, name = b"", STDIN_NAME if str(path) == STANDARD else path.name
            try:
                data = _bytes_of(path)
                filled.append(read_form(data, name))
            except BadDocument as error:
                document = _read_ledger(data, name, plan)
                if document and document.tables:
                    ledgers.append((name, document))
                else:
                    hint = f"；{_NO_LEDGER}" if document else ""
                    problems.append(problem_at(name, None, f"{error}{hint}"))
            step()
    return filled, ledgers, problems


def _read_ledger(data: bytes, name: str, plan: Plan) -> LedgerDocument | None:
    """Return a file that is no form as the ledgers of an office in it; None where none can be read from its format."""
    from gkcheck.importers.formats.registry import read_document
    from gkcheck.importers.ledger_table import FORMATS, read_ledgers
    from gkcheck.lookup.units import spellings
    from gkcheck.text.script import folded

    try:
        document = read_document(data, name)
    except GkcheckError:
        return None
    if document.format not in FORMATS:
        return None
    return read_ledgers(document, frozenset(map(folded, spellings(plan))))


_NO_LEDGER = "也不像台账：台账要有“具体要求”或“编号”、“责任单位”和“完成情况”等栏"


def _bytes_of(path: Path) -> bytes:
    from gkcheck.forms.read import LARGEST

    try:
        if str(path) == STANDARD:
            return read_stdin(LARGEST + 1)
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise BadDocument(f"读不了：{refusal(error, '请关闭正在打开它的程序，检查权限')}") from None


def _print_summary(
    filled: Sequence[FilledForm],
    ledgers: _Ledgers,
    accepted: Sequence[AcceptedRow],
    problems: Sequence[Problem],
    undo: str | None,
    partial: bool,
) -> None:
    """Print what was received and recorded; `undo` is the line that takes it back, None where nothing was recorded."""
    taken_over = {name for name, _ in ledgers}
    bad = len({name for problem in problems if (name := problem.where.file.partition("!")[0]) not in taken_over})
    recorded = f"{'已记录' if undo else '将记录'} {len(accepted)} 条" if accepted else "没有新的填报内容"
    received = f"填报表 {len(filled)} 份" if filled or not ledgers else ""
    received += ("、" if received else "") + f"台账 {len(ledgers)} 份" if ledgers else ""
    parts = [f"{recorded}（收到{received}）"]
    if len(problems) > 0 and any(problem.where.file.partition("!")[0] in taken_over for problem in problems):
        parts.append("台账中列出的各处没有照收，改好后可以再收")
    if bad:
        left = "有问题的行没有收" if partial else "整份没有收"
        parts.append(f"{bad} 个文件有问题，{left}，改好后可以再收")
    if undo:
        parts.append(f"如需撤销：{undo}")
    say("；".join(parts) + "\n")
