"""remind: letters (催办单), one for every unit that owes something."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

from gkcheck.atomic_files import check_targets, make_folder, save_all
from gkcheck.cli.context import Context
from gkcheck.cli.options import FORMAT, OUTPUT, UNIT, AsOf, Overwrite
from gkcheck.cli.output import say, say_whole
from gkcheck.cli.paper import Code, Contact, Phone, Render, Sealed, TemplateFile, letter_head, renderer
from gkcheck.cli.params import Option
from gkcheck.cli.streams import talk
from gkcheck.errors import BadRequest
from gkcheck.exporters.registry import DOCUMENTS, Exporter, exporter_for, idle, suffixes_of
from gkcheck.lookup.units import find_unit
from gkcheck.model import Plan
from gkcheck.operations.record import assignees_of
from gkcheck.operations.remind import Letter, letters_for
from gkcheck.table import Document
from gkcheck.terminal import progress
from gkcheck.text.file_names import safe_name
from gkcheck.views import letters
from gkcheck.views.letters import LetterHead


def _letter_formats() -> list[str]:
    return [suffix.removeprefix(".") for suffix in suffixes_of(DOCUMENTS)]


ALL = Option("--all", help="全部写进 -o 指定的一个文件，每份另起一页")
BEFORE = Option("--before", metavar="日期", help="只催这一天之前（含）到期的")


def remind(
    context: Context,
    unit: Annotated[list[str] | None, UNIT("只催这个单位或类别，可以写多次；默认全部")] = None,
    before: Annotated[str | None, BEFORE] = None,
    output: Annotated[
        Path | None,
        OUTPUT("写到这个目录，一个单位一个文件；不写就显示出来", metavar="DIR"),
    ] = None,
    format: Annotated[str | None, FORMAT("格式；默认有 -o 时 docx，没有时 txt", choices=_letter_formats)] = None,
    first_number: Annotated[int, Option("--first-number", metavar="N", help="第一份的编号", least=1, most=99999)] = 1,
    as_of: AsOf = None,
    code: Code = None,
    contact: Contact = None,
    phone: Phone = None,
    sealed: Sealed = False,
    template: TemplateFile = None,
    all_in_one: Annotated[bool, ALL] = False,
    force: Overwrite = False,
) -> None:
    """催办单：给每个还有责任项没有完成的单位一份，逾期的排在前面。没有欠账的单位没有。

    代字、联系人、电话和盖章可用 gkcheck config 设定，不必每次写。

    例：gkcheck remind --before 2019-11-30 -o 催办
    """
    context.require_journal()
    plan = context.plan
    chosen = {name for typed in unit or () for name in assignees_of(plan, find_unit(plan, typed))}
    limit = context.day(before, BEFORE) if before is not None else None
    exporter = _exporter(format, output, all_in_one)
    if all_in_one and template:
        raise BadRequest("用模板时一个单位一个文件，请去掉 --all，用 -o 写到目录")
    paper = Paper(plan, letter_head(context, code, contact, phone, sealed), renderer(exporter, template), exporter)
    if output is None and not exporter.is_text:
        raise BadRequest(f"{exporter.suffix[1:]} 要写成文件，请用 -o 指定目录；只想看看可用 --format txt")
    found = letters_for(context.ledger(as_of), context.today, chosen if unit else None, limit, first_number)
    if not found:
        talk("没有需要催办的单位")
    elif output is None:
        _print(paper, found)
    else:
        save_all(_files(paper, found, output, all_in_one, force), force)
        owed = sum(len(letter.owed) for letter in found)
        say(f"已写好 {len(found)} 份催办单，共 {owed} 个责任项：{output}")


def _exporter(format: str | None, output: Path | None, all_in_one: bool) -> Exporter:
    """Return the exporter: of --format, or of the one file's suffix."""
    if not all_in_one:
        kind = format or ("docx" if output else "txt")
        return exporter_for(Path(f"催办单.{kind}"), DOCUMENTS, "催办")
    if output is None or format is not None:
        raise BadRequest("--all 要用 -o 写明一个文件，格式由后缀定，不写 --format，例如 -o 催办单.docx")
    exporter = exporter_for(output, DOCUMENTS, "催办")
    if exporter.suffix == HTML:
        raise BadRequest(f"{HTML} 没有分页，不能用 --all 合成一个文件；请改用 .docx，或去掉 --all 写到目录")
    return exporter


HTML = ".html"


class Paper(NamedTuple):
    """The way in which the letters of a run are set."""

    plan: Plan
    head: LetterHead
    render: Render
    exporter: Exporter

    def documents(self, found: Sequence[Letter]) -> list[Document]:
        """Return each letter as a document."""
        return [letters.document(self.plan, letter, self.head) for letter in found]


def _files(paper: Paper, found: Sequence[Letter], output: Path, all_in_one: bool, force: bool) -> dict[Path, bytes]:
    """Return the files of all letters, in a folder or as the one file; the folder is there, nothing is in it yet."""
    documents = paper.documents(found)
    if all_in_one:
        check_targets([output], force)
        return {output: paper.render(letters.together(documents), idle)}
    names = [f"催办单-{letter.number}-{safe_name(letter.unit)}{paper.exporter.suffix}" for letter in found]
    if output.is_dir():
        check_targets([output / name for name in names], force)
    files = {}
    with progress("催办单", len(found)) as advance:
        for name, document in zip(names, documents, strict=True):
            files[output / name] = paper.render(document, idle)
            advance()
    make_folder(output)
    return files


def _print(paper: Paper, found: Sequence[Letter]) -> None:
    """Print the letters, every paragraph whole, so that it can be copied; titles in the middle of the screen."""
    from gkcheck.exporters import text

    documents = paper.documents(found)
    if paper.exporter.suffix == text.TEXT.suffix:
        room = min(text.ROOM, shutil.get_terminal_size().columns) if sys.stdout.isatty() else text.ROOM
        say_whole("\n".join(text.text_of(document, room) for document in documents))
    else:
        say_whole("\n".join(paper.render(document, idle).decode() for document in documents))
