"""remind: letters (催办单), one for every unit that owes something."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from gkcheck.atomic_files import check_targets, make_folder, save_all
from gkcheck.cli.context import Context
from gkcheck.cli.options import FORMAT, OUTPUT, UNIT, AsOf, Overwrite
from gkcheck.cli.output import say, say_whole
from gkcheck.cli.params import Option
from gkcheck.cli.streams import talk
from gkcheck.errors import BadRequest
from gkcheck.exporters.registry import DOCUMENTS, Exporter, exporter_for, idle, suffixes_of
from gkcheck.lookup.units import find_unit
from gkcheck.model import Plan
from gkcheck.operations.record import assignees_of
from gkcheck.operations.remind import Letter, letters_for
from gkcheck.table import Origin
from gkcheck.terminal import progress
from gkcheck.text.file_names import safe_name
from gkcheck.views import letters


def _letter_formats() -> list[str]:
    return [suffix.removeprefix(".") for suffix in suffixes_of(DOCUMENTS)]


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
    force: Overwrite = False,
) -> None:
    """催办单：给每个还有责任项没有完成的单位一份，逾期的排在前面。没有欠账的单位没有。

    例：gkcheck remind --before 2019-11-30 -o 催办
    """
    context.require_journal()
    plan = context.plan
    chosen = {name for typed in unit or () for name in assignees_of(plan, find_unit(plan, typed))}
    limit = context.day(before, BEFORE) if before is not None else None
    kind = format or ("docx" if output else "txt")
    exporter = exporter_for(Path(f"催办单.{kind}"), DOCUMENTS, "催办")
    if output is None and not exporter.is_text:
        raise BadRequest(f"{kind} 要写成文件，请用 -o 指定目录；只想看看可用 --format txt")
    found = letters_for(context.ledger(as_of), context.today, chosen if unit else None, limit, first_number)
    if not found:
        talk("没有需要催办的单位")
    elif output is None:
        _print(plan, found, exporter)
    else:
        _save(plan, found, output, exporter, force)


def _save(plan: Plan, found: Sequence[Letter], folder: Path, exporter: Exporter, force: bool) -> None:
    """Write all letters or none."""
    make_folder(folder)
    paths = [folder / f"催办单-{letter.number}-{safe_name(letter.unit)}{exporter.suffix}" for letter in found]
    check_targets(paths, force)
    assert exporter.document
    with progress("催办单", len(found)) as advance:
        files = {}
        for path, letter in zip(paths, found, strict=True):
            document = letters.document(plan, letter)._replace(origin=Origin(plan.issuer or "gkcheck", letter.day))
            files[path] = exporter.document(document, idle)
            advance()
    save_all(files, force)
    owed = sum(len(letter.owed) for letter in found)
    say(f"已写好 {len(found)} 份催办单，共 {owed} 个责任项：{folder}")


def _print(plan: Plan, found: Sequence[Letter], exporter: Exporter) -> None:
    """Print the letters, every paragraph whole, so that it can be copied; titles in the middle of the screen."""
    from gkcheck.exporters import text

    documents = [letters.document(plan, letter) for letter in found]
    assert exporter.document
    if exporter.suffix == text.TEXT.suffix:
        room = min(text.ROOM, shutil.get_terminal_size().columns) if sys.stdout.isatty() else text.ROOM
        say_whole("\n".join(text.text_of(document, room) for document in documents))
    else:
        say_whole("\n".join(exporter.document(document, idle).decode() for document in documents))
