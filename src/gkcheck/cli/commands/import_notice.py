"""import: a published notice → a plan file, with an account of everything read."""

from __future__ import annotations

import os
import re
import sys
from enum import StrEnum
from pathlib import Path

from gkcheck.atomic_files import check_targets, save
from gkcheck.cli.context import Context, built_in_plan, lock_limit, waiting
from gkcheck.cli.options import FORCE, FORMAT, OUTPUT, YES
from gkcheck.cli.output import say, say_whole, write_json
from gkcheck.cli.params import Argument, Option
from gkcheck.cli.streams import STANDARD, STDIN_NAME, ask, read_stdin, talk
from gkcheck.errors import BadDocument, BadPlan, BadRequest, BadTarget, refusal
from gkcheck.importers.formats.registry import LARGEST, read_document, suffixes
from gkcheck.terminal import progress
from gkcheck.types import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gkcheck.importers.formats.registry import Document
    from gkcheck.importers.notice import Reading
    from gkcheck.importers.plan_draft import Registry
    from gkcheck.importers.tables.table_choice import TableChoice
    from gkcheck.model import Plan
    from gkcheck.operations.carry_over import CarriedOver

FOUND = 1
"""The exit code where a person should look at something."""

_PLAN_ID = re.compile(r"[^\W.-][\w.-]{0,99}")


class Account(StrEnum):
    """The format of the reconciliation."""

    TEXT = "text"
    JSON = "json"


def import_notice(
    context: Context,
    file: Annotated[str, Argument("文件", lambda: f"通知：{suffixes()}；- 为标准输入", completes="file")],
    output: Annotated[
        str | None, OUTPUT("责任分工表写到这里，后缀为 .xlsx 的是供核对修改的草稿；不给则打印", metavar="文件")
    ] = None,
    plan_id: Annotated[str | None, Option("--id", metavar="标识", help="责任分工表的 id；默认用文件名")] = None,
    units: Annotated[
        str | None, Option("--units", metavar="文件", help="按这张表的单位名录对照；默认对照内置的表", completes="file")
    ] = None,
    like: Annotated[
        str | None,
        Option(
            "--like",
            metavar="文件",
            help="沿用去年的表：单位的别名、类别、联系人和各项的发布渠道，逐项列出",
            completes="file",
        ),
    ] = None,
    format: Annotated[Account, FORMAT("核对清单的格式")] = Account.TEXT,
    columns: Annotated[
        str | None,
        Option(
            "--columns", metavar="栏,栏…", help="表格各栏依次是什么：序号,标题,任务,时限,牵头,责任,配合,个人,备注,其他"
        ),
    ] = None,
    tables: Annotated[str | None, Option("--table", metavar="编号", help="只读这些表：1,3-4；编号见核对清单")] = None,
    pages: Annotated[str | None, Option("--pages", metavar="页码", help="只读 PDF 的这些页：3-9")] = None,
    keep_script: Annotated[bool, Option("--keep-script", help="不转简体，不改全角标点")] = False,
    yes: Annotated[bool, YES("有要核对的也不问，直接写入")] = False,
    force: Annotated[bool, FORCE("覆盖已有的文件")] = False,
) -> int:
    """把公开印发的通知读成责任分工表，并逐处交代读到了什么、漏了什么。有要核对的退出码为 1，没有可读的为 2。
    拿不准的先写成 xlsx（-o 草稿.xlsx），对照原文改好，再导入这个 xlsx。去年也有的表加 --like 去年.yaml。

    例：gkcheck import 通知.docx -o tasks.yaml
    """
    from gkcheck.importers import report
    from gkcheck.importers.draft_workbook import read_draft
    from gkcheck.importers.notice import read_notice
    from gkcheck.importers.plan_draft import plan_of, registered_names, registry_of
    from gkcheck.importers.review import sources_of
    from gkcheck.plan.writer import render_plan

    if plan_id is not None and not _PLAN_ID.fullmatch(plan_id):
        raise BadTarget(f"--id“{plan_id}”只能用文字、数字、“-”和“_”，例如 taishan-2019")
    if output is not None and output != STANDARD:
        check_targets([Path(output)], force)
    choice, wanted = _choice(columns, tables), _numbers(pages) if pages is not None else None
    known, ours = _registry(units, like)
    name = STDIN_NAME if file == STANDARD else file
    output = None if output == STANDARD else output  # printed, as without one
    with progress("识别通知") as tell:
        document = read_document(_content(file), name, wanted)
        reading = read_draft(document.blocks, name) or read_notice(
            document.blocks, name, keep_script, tell, [name for name, _ in registered_names(known)], choice
        )
    ours = ours or (known.issuer is not None and known.issuer == reading.facts.issuer)
    registry = registry_of(reading, known, ours)
    chosen_id = plan_id or _id_of(file)
    title = reading.facts.title or (Path(file).stem if file != STANDARD else "责任分工表")
    comment = f"由 gkcheck import 从 {os.path.basename(name)} 读出；请对照原文核对后使用。"
    last = known if like is not None and not _is_draft(output) else None
    account = _carried_over(last, plan_of(reading, registry, chosen_id, title))
    text = render_plan(account.plan, comment)
    asked = units is not None or like is not None
    remarks = [*report.remarks_on(reading, registry, asked), *account.doubts, *_problems(text, output or name)]
    sources = sources_of(document.blocks) if remarks or _is_draft(output) else {}
    _show_doubts(reading, sources, remarks, format)
    if output is not None:
        if remarks and not yes and not _agreed():
            talk("没有写入；可用 --columns、--table 指定栏和表，或用 -o 草稿.xlsx 改好后再导入")
            return FOUND
        save(Path(output), _draft(reading, sources) if _is_draft(output) else text.encode(), force)
    _tell_of_statuses(document, file, output)
    about = {"file": file, "format": document.format, "plan": chosen_id, "output": output, "like": like}
    _answer(format, text, reading, registry, remarks, account, about)
    if last is not None and last.id != account.plan.id:
        _carry_contacts(last, account.plan, is_written=output is not None)
    return FOUND if remarks else 0


def _carried_over(last: Plan | None, plan: Plan) -> CarriedOver:
    """Return the plan with what it takes over from last year's, where there is one."""
    from gkcheck.operations.carry_over import CarriedOver, carry_over

    return CarriedOver(plan) if last is None else carry_over(last, plan)


def _tell_of_statuses(document: Document, file: str, output: str | None) -> None:
    """Name the command that takes over the statuses of a ledger, which are no part of a plan."""
    from gkcheck.importers.ledger_table import FORMATS, read_ledgers

    tables = read_ledgers(document).tables if document.format in FORMATS else []
    statuses = sum(table.statuses() for table in tables)
    if statuses:
        plan = output if output is not None and not _is_draft(output) else "tasks.yaml"
        talk(
            f"这份文件是台账，有 {statuses} 行写了完成情况，没有记录；责任分工表核对好以后，"
            f"用 gkcheck collect {file} --plan {plan} 收进来"
        )


def _choice(columns: str | None, tables: str | None) -> TableChoice:
    from gkcheck.importers.tables.table_choice import TableChoice, columns_of

    words = [word.strip() for word in re.split(r"[,，、]", columns)] if columns is not None else []
    return TableChoice(columns_of(words) if words else (), _numbers(tables) if tables is not None else frozenset())


def _numbers(typed: str) -> frozenset[int]:
    """Return the numbers of a list with ranges: 1,3-5."""
    out: set[int] = set()
    for word in re.split(r"[,，、]", typed):
        found = re.fullmatch(r"\s*(\d{1,4})(?:\s*[-–—~～至]\s*(\d{1,4}))?\s*", word)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 0 < first <= last:
            raise BadTarget(f"“{typed}”不是编号，应写成 3、1,3 或 3-9")
        out.update(range(first, last + 1))
    return frozenset(out)


def _is_draft(output: str | None) -> bool:
    return output is not None and output.lower().endswith(".xlsx")


def _draft(reading: Reading, sources: Mapping[str, str]) -> bytes:
    from gkcheck.exporters.xlsx import render_tables
    from gkcheck.importers.draft_workbook import draft_tables

    return render_tables(draft_tables(reading, sources))


def _show_doubts(reading: Reading, sources: Mapping[str, str], remarks: list[str], format: Account) -> None:
    """Show how tables were read and doubtful rows beside the original, where there is something to check."""
    from gkcheck.importers.review import review_of

    if remarks and format is Account.TEXT:
        for line in review_of(reading, sources):
            talk(line)


def _agreed() -> bool:
    """Ask on a terminal whether to write a reading that is unsure; True where nobody is there to be asked."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    try:
        return ask("有要核对的地方，照此写入吗？回车写入，n 不写：").lower() not in ("n", "no", "否", "不")
    except EOFError:
        return False


def _answer(
    format: Account,
    text: str,
    reading: Reading,
    registry: Registry,
    remarks: list[str],
    account: CarriedOver,
    about: dict[str, Any],
) -> None:
    from gkcheck.importers import report

    output, like = about["output"], about["like"]
    if format is Account.JSON:
        carried = {"carried": account.carried, "not_carried": account.left}
        write_json(report.as_data(reading, registry, remarks, about | carried))
        return
    for line in report.as_text(reading, registry, remarks).splitlines():
        talk(line)
    for word, lines in (("沿用", account.carried), ("未沿用", account.left)):
        for line in lines:
            talk(f"{word}　{line}")
    if output is None:
        say_whole(text)
    elif _is_draft(output):
        again = f"gkcheck import {output} -o tasks.yaml" + (f" --like {like}" if like else "")
        say(f"已写入 {output}：{len(reading.tasks)} 项具体要求，改好后用 {again} 导入\n")
    else:
        say(f"已写入 {output}：{len(reading.tasks)} 项具体要求\n")


def _carry_contacts(last: Plan, plan: Plan, is_written: bool) -> None:
    """Put the contacts that last year's forms named into the register of the new plan, for the units it has.

    `is_written` is False where the plan was only printed: the register stays as it is, which is told.
    """
    from gkcheck.contacts import contacts_path, known_contacts, save_contacts

    units = {unit.name for unit in plan.units}
    known = {unit: contact for unit, contact in known_contacts(last).items() if unit in units}
    if not known:
        return
    listed = f"联系人名册 {len(known)} 个单位：{'、'.join(known)}"
    if is_written:
        save_contacts(contacts_path(), plan.id, known, lock_limit(), waiting)
        talk(f"沿用　{listed}；请用 gkcheck units --contacts 核对")
    else:
        talk(f"未沿用　{listed}；用 -o 写入责任分工表时一起沿用")


def _content(file: str) -> bytes:
    """Return the bytes of a file or of standard input, within bounds."""
    try:
        if file == STANDARD:
            data = read_stdin(LARGEST + 1)
        else:
            with open(file, "rb") as opened:
                data = opened.read(LARGEST + 1)
    except OSError as error:
        raise BadDocument(f"读不了 {file}：{refusal(error, '请检查路径和权限')}") from None
    if len(data) > LARGEST:
        raise BadDocument(f"{file} 超过 {LARGEST // 1_000_000} MB，不像一份通知；请只保留任务表再导入")
    return data


def _registry(units: str | None, like: str | None) -> tuple[Plan, bool]:
    """Return the plan whose registry is asked, and True if the user named it."""
    from gkcheck.cli.typed.plan_files import load_plan, read_plan_file

    if like is not None:
        if units is not None:
            raise BadRequest("--units 和 --like 只能用一个：用了 --like，单位名录也按那张表对照")
        return load_plan(Path(like)), True
    path = Path(units) if units is not None else built_in_plan()
    plan, problems = read_plan_file(path)
    if plan is None:
        raise BadPlan(f"名录 {path} 有问题：{problems[0]}；请先用 gkcheck check --plan {path} 查看")
    return plan, units is not None


def _problems(text: str, name: str) -> list[str]:
    """Return the problems that `gkcheck check` would find in the plan file."""
    from gkcheck.plan.reader import read_plan

    return [f"责任分工表：{problem}" for problem in read_plan(text, name)[1]]


def _id_of(file: str) -> str:
    """A plan id from a file's name; `notice` where it gives none."""
    stem = "" if file == STANDARD else Path(file).stem
    plain = re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:100]
    return plain if _PLAN_ID.fullmatch(plain) else "notice"
