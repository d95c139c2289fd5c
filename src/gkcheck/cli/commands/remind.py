"""remind: letters (催办单), one for every unit that owes something, and the register of those that were sent."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from gkcheck.atomic_files import check_targets, make_folder, save_all
from gkcheck.cli.context import Context
from gkcheck.cli.garbage import collecting
from gkcheck.cli.options import BY, DRY_RUN, DUE_BY, FORMAT, OUTPUT, REPLY_BY, AsOf, Overwrite, UnitFilter, UnitWords
from gkcheck.cli.output import Format, answer, say, say_whole
from gkcheck.cli.paper import (
    Code,
    Contact,
    Phone,
    Render,
    Sealed,
    TemplateFile,
    letter_code,
    letter_head,
    renderer,
    reply_day,
)
from gkcheck.cli.params import Option
from gkcheck.cli.recording import undo_line
from gkcheck.cli.streams import talk
from gkcheck.cli.typed.words import units_typed
from gkcheck.config import is_quiet
from gkcheck.contacts import contact_of, known_contacts
from gkcheck.errors import BadRequest, GkcheckError
from gkcheck.exporters.registry import DOCUMENTS, Exporter, exporter_for, idle, suffixes_of
from gkcheck.journal import NOTHING, Scope
from gkcheck.model import Draft
from gkcheck.operations.remind import LETTERS, Letter, answers_scope, letters_for, recorded_letters, register
from gkcheck.table import Document
from gkcheck.terminal import progress
from gkcheck.text.file_names import safe_name
from gkcheck.types import TYPE_CHECKING, Annotated, NamedTuple
from gkcheck.views import letters
from gkcheck.views.letters import LetterHead

if TYPE_CHECKING:
    from gkcheck.journal import History


def _letter_formats() -> list[str]:
    return [suffix.removeprefix(".") for suffix in suffixes_of(DOCUMENTS)]


def _formats() -> list[str]:
    return list(dict.fromkeys([*_letter_formats(), *Format]))


ALL = Option("--all", help="全部写进 -o 指定的一个文件，每份另起一页")
*_OTHERS, _BEFORE = DUE_BY.spellings
BEFORE = Option(_BEFORE, also=_OTHERS, metavar="日期", help="只催这一天之前（含）到期的")
FIRST_NUMBER = Option("--first-number", metavar="号", help="第一份的编号；默认接着当年已有的编", least=1, most=99999)
LIST = Option("--list", help="催办登记：每份的编号、日期、单位、回复期限和答复")


def remind(
    context: Context,
    units: UnitWords = None,
    unit: UnitFilter = None,
    before: Annotated[str | None, BEFORE] = None,
    reply_by: Annotated[str | None, REPLY_BY] = None,
    output: Annotated[
        Path | None,
        OUTPUT("写到这个目录，一个单位一个文件，并登记；不写或写 - 就只显示，不登记", metavar="目录"),
    ] = None,
    format: Annotated[
        str | None, FORMAT("格式；默认有 -o 时 docx，没有时 txt，--list 时 table", choices=_formats)
    ] = None,
    first_number: Annotated[int | None, FIRST_NUMBER] = None,
    as_of: AsOf = None,
    by: Annotated[str | None, BY("经办人；默认取 GKCHECK_BY、gkcheck config 或登录名", metavar="姓名")] = None,
    dry_run: Annotated[bool, DRY_RUN("只显示会发给谁，不写文件，不登记")] = False,
    list_sent: Annotated[bool, LIST] = False,
    code: Code = None,
    contact: Contact = None,
    phone: Phone = None,
    sealed: Sealed = False,
    template: TemplateFile = None,
    all_in_one: Annotated[bool, ALL] = False,
    force: Overwrite = False,
) -> None:
    """催办单：给每个尚有责任项未完成的单位出一份，逾期的排在前面；责任项都已完成的单位不出。

    写成文件的催办单同时登记在日志里，编号在一年之内连着编，不重复。代字、联系人、电话和盖章可用 gkcheck config 设定。

    例：gkcheck remind --before 2019-11-30 -o 催办
    """
    context.require_journal()
    selection = units_typed(context, units, unit)
    chosen = selection.units if selection else None
    if list_sent:
        given = (before, reply_by, output, first_number, as_of, by, code, contact, phone, template)
        if any(value is not None for value in given) or dry_run or force or sealed or all_in_one:
            raise BadRequest("--list 只和 --unit、--format 一起用，请去掉其余的选项")
        _list(context, chosen, format, letter_code(context))
        return
    target = None if output == Path("-") else output
    order = _Order(context, chosen, first_number, as_of, *_days(context, before, reply_by))
    exporter = _exporter(format, target, all_in_one)
    if all_in_one and template:
        raise BadRequest("用模板时一个单位一个文件，请去掉 --all，用 -o 写到目录")
    head = letter_head(context, code, contact, phone, sealed)
    paper = _Paper(context, head, renderer(exporter, template), exporter, all_in_one)
    if target is None or dry_run:
        found = order.letters()
        if not found:
            talk("没有需要催办的单位")
        elif target is None:
            _print(paper, found)
            talk("以上仅供查看，没有登记，编号未占用；正式发出请用 -o 写到目录")
        else:
            _preview(paper, found)
    else:
        _send(order, paper, target, context.person(by), force)


def _days(context: Context, before: str | None, reply_by: str | None) -> tuple[date | None, date]:
    """Return the days that --before and --reply-by mean, the latter by the settings where it was not typed."""
    limit = context.day(before, BEFORE) if before is not None else None
    return limit, reply_day(context, reply_by)


def _exporter(format: str | None, target: Path | None, all_in_one: bool) -> Exporter:
    """Return the exporter: of --format, or of the suffix of the one file."""
    if all_in_one:
        if target is None or format is not None:
            raise BadRequest("--all 要用 -o 写明一个文件，格式由后缀定，不写 --format，例如 -o 催办单.docx")
        exporter = exporter_for(target, DOCUMENTS, "催办")
        if exporter.suffix == _WITHOUT_PAGES:
            raise BadRequest(
                f"{exporter.suffix} 没有分页，不能用 --all 合成一个文件；请改用 .docx，或去掉 --all 写到目录"
            )
        return exporter
    kind = format or ("docx" if target else "txt")
    if kind not in _letter_formats():
        raise BadRequest(f"催办单不能写成 {kind}，请用 {'、'.join(_letter_formats())}；{kind} 只用于 --list")
    exporter = exporter_for(Path(f"催办单.{kind}"), DOCUMENTS, "催办")
    if target is None and not exporter.is_text:
        raise BadRequest(f"{kind} 要写成文件，请用 -o 指定目录；只想看看可用 --format txt")
    return exporter


_WITHOUT_PAGES = ".html"


class _Paper(NamedTuple):
    """The way in which the letters of a run are set."""

    context: Context
    head: LetterHead
    render: Render
    exporter: Exporter
    all_in_one: bool

    def number(self, letter: Letter) -> str:
        """Return the number of a letter with the office's code."""
        return letters.letter_number(letter, self.head)

    def documents(self, found: Sequence[Letter]) -> list[Document]:
        """Return each letter as a document."""
        context = self.context
        plan, known = context.plan, known_contacts(context.plan)
        return [letters.document(plan, one, self.head, contact_of(plan, known, one.unit)) for one in found]


class _Order(NamedTuple):
    """The letters that were asked for."""

    context: Context
    units: frozenset[str] | None
    first_number: int | None
    as_of: str | None
    before: date | None
    reply_by: date

    def letters(self) -> list[Letter]:
        """Return the letters by what stands in the journal now."""
        context = self.context
        sent = recorded_letters(context.past(LETTERS).entries)
        ledger = context.ledger(self.as_of, Scope(units=self.units))
        return letters_for(ledger, context.today, self.units, self.before, self.first_number, sent, self.reply_by)


def _list(context: Context, units: frozenset[str] | None, format: str | None, code: str) -> None:
    """Print the register of letters."""
    from gkcheck.views import contract, tables

    if format is not None and format not in list(Format):
        raise BadRequest(f"--list 不能用 {format} 格式，请用 {'、'.join(Format)}")
    found = recorded_letters(context.past(LETTERS).entries)
    sent = [letter for letter in found if units is None or letter.unit in units]
    rows = register(context.ledger(scope=answers_scope(sent)), sent)
    answer(
        Format(format or Format.TABLE),
        lambda: [contract.letter(row) for row in rows],
        lambda: [tables.register(rows, code)],
    )


def _preview(paper: _Paper, found: Sequence[Letter]) -> None:
    for letter in found:
        times = f"，第 {letter.times} 次" if letter.times > 1 else ""
        say(f"将写 {paper.number(letter)}：{letter.unit}，{len(letter.owed)} 项{times}")
    say(f"共 {len(found)} 份；仅供查看，没有写文件，没有登记，编号未占用")


def _send(order: _Order, paper: _Paper, target: Path, person: str, force: bool) -> None:
    """Write all letters or none, and record them; the numbers are chosen while nobody else can write.

    The files come first: a letter in the register has left nothing to be written. Where others change the journal
    meanwhile, the files of the attempt before are taken away and made anew.
    """
    context, written, found = order.context, list[Path](), list[Letter]()

    def decide(_: History) -> list[Draft]:
        while written:
            written.pop().unlink(missing_ok=True)
        found[:] = order.letters()
        if found:
            written.extend(_save(paper, found, target, force))
        return [draft for letter in found for draft in letter.drafts()]

    try:
        context.record(decide, by=person, scope=NOTHING)
    except GkcheckError as error:
        if not written:
            raise
        raise type(error)(
            f"{error}；{len(found)} 份催办单已写在 {target}，登记没有完成；请用 gkcheck remind --list 核对，其中没有的不要发出"
        ) from error
    if not found:
        talk("没有需要催办的单位")
        return
    owed = sum(len(letter.owed) for letter in found)
    first, last = paper.number(found[0]), paper.number(found[-1])
    numbers = first if len(found) == 1 else f"{first}至{last}"
    say(f"已写好 {len(found)} 份催办单，共 {owed} 个责任项：{target}\n已登记：{numbers}\n")
    if not is_quiet():
        say(f"如需撤销：{undo_line(order.context)}\n")


def _save(paper: _Paper, found: Sequence[Letter], target: Path, force: bool) -> list[Path]:
    """Write all letters or none, in a folder or as the one file; return their files."""
    documents = paper.documents(found)
    if paper.all_in_one:
        check_targets([target], force)
        save_all({target: paper.render(letters.together(documents), idle)}, force)
        return [target]
    paths = [target / f"催办单-{letter.number}-{safe_name(letter.unit)}{paper.exporter.suffix}" for letter in found]
    if target.is_dir():
        check_targets(paths, force)
    files = {}
    with progress("催办单", len(found)) as advance:
        for path, document in collecting(zip(paths, documents, strict=True)):
            files[path] = paper.render(document, idle)
            advance()
    make_folder(target)
    save_all(files, force)
    return paths


def _print(paper: _Paper, found: Sequence[Letter]) -> None:
    """Print the letters, every paragraph whole, so that it can be copied; titles in the middle of the screen."""
    from gkcheck.exporters import text

    documents = paper.documents(found)
    if paper.exporter.suffix == text.TEXT.suffix:
        room = min(text.ROOM, shutil.get_terminal_size().columns) if sys.stdout.isatty() else text.ROOM
        say_whole("\n".join(text.text_of(document, room) for document in documents))
    else:
        say_whole("\n".join(paper.render(document, idle).decode() for document in documents))
