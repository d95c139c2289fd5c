"""import: a published notice → a plan file, with an account of everything read."""

from __future__ import annotations

import os
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from gkcheck.atomic_files import check_targets, save
from gkcheck.cli.context import Context, built_in_plan, talk
from gkcheck.cli.options import FORCE, FORMAT, OUTPUT
from gkcheck.cli.output import say, say_whole
from gkcheck.cli.params import Argument, Option
from gkcheck.errors import BadDocument, BadPlan, BadTarget, refusal
from gkcheck.importers.formats.registry import LARGEST, read_document, suffixes
from gkcheck.terminal import progress

if TYPE_CHECKING:
    from gkcheck.importers.notice import Reading
    from gkcheck.importers.plan_draft import Registry
    from gkcheck.model import Plan

FOUND = 1
"""The exit code where a person should look at something."""

_PLAN_ID = re.compile(r"[^\W.-][\w.-]{0,99}")


class Account(StrEnum):
    """The format of the reconciliation."""

    TEXT = "text"
    JSON = "json"


def import_notice(
    context: Context,
    file: Annotated[str, Argument("文件", f"通知：{suffixes()}；- 为标准输入", completes="file")],
    output: Annotated[str | None, OUTPUT("责任分工表写到这里；不给则打印", metavar="FILE")] = None,
    plan_id: Annotated[str | None, Option("--id", metavar="ID", help="责任分工表的 id；默认用文件名")] = None,
    units: Annotated[
        str | None, Option("--units", metavar="FILE", help="按这张表的单位名录对照；默认对照内置的表", completes="file")
    ] = None,
    format: Annotated[Account, FORMAT("核对清单的格式")] = Account.TEXT,
    keep_script: Annotated[bool, Option("--keep-script", help="不转简体，不改全角标点")] = False,
    force: Annotated[bool, FORCE("覆盖已有的文件")] = False,
) -> int:
    """把公开印发的通知读成责任分工表，并逐处交代读到了什么、漏了什么。有要核对的退出码为 1，没有可读的为 2。

    例：gkcheck import 通知.docx -o tasks.yaml
    """
    from gkcheck.importers import report
    from gkcheck.importers.notice import read_notice
    from gkcheck.importers.plan_draft import plan_of, registry_of
    from gkcheck.plan.writer import render_plan

    if plan_id is not None and not _PLAN_ID.fullmatch(plan_id):
        raise BadTarget(f"--id“{plan_id}”只能用文字、数字、“-”和“_”，例如 taishan-2019")
    if output is not None:
        check_targets([Path(output)], force)
    known, ours = _registry(units)
    name = "标准输入" if file == "-" else file
    with progress("识别通知") as tell:
        document = read_document(_content(file), name)
        reading = read_notice(document.blocks, name, keep_script, tell)
    ours = ours or (known.issuer is not None and known.issuer == reading.facts.issuer)
    registry = registry_of(reading, known, ours)
    chosen_id = plan_id or _id_of(file)
    title = reading.facts.title or (Path(file).stem if file != "-" else "责任分工表")
    comment = f"由 gkcheck import 从 {os.path.basename(name)} 读出；请对照原文核对后使用。"
    text = render_plan(plan_of(reading, registry, chosen_id, title), comment)
    remarks = [*report.remarks_on(reading, registry, units is not None), *_problems(text, output or name)]
    if output is not None:
        save(Path(output), text.encode(), force)
    about = {"file": file, "format": document.format, "plan": chosen_id, "output": output}
    _answer(format, text, output, reading, registry, remarks, about)
    return FOUND if remarks else 0


def _answer(
    format: Account,
    text: str,
    output: str | None,
    reading: Reading,
    registry: Registry,
    remarks: list[str],
    about: dict[str, Any],
) -> None:
    from gkcheck.importers import report

    if format is Account.JSON:
        import json

        account = report.as_data(reading, registry, remarks, about)
        say_whole(json.dumps(account, ensure_ascii=False, indent=1))
        return
    for line in report.as_text(reading, registry, remarks).splitlines():
        talk(line)
    if output is None:
        say_whole(text)
    else:
        say(f"已写入 {output}：{len(reading.tasks)} 项具体要求\n")


def _content(file: str) -> bytes:
    """Return the bytes of a file or of standard input, within bounds."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with open(file, "rb") as opened:
                data = opened.read(LARGEST + 1)
    except OSError as error:
        raise BadDocument(f"读不了 {file}：{refusal(error, '请检查路径和权限')}") from None
    if len(data) > LARGEST:
        raise BadDocument(f"{file} 超过 {LARGEST // 1_000_000} MB，不像一份通知；请只保留任务表再导入")
    return data


def _registry(units: str | None) -> tuple[Plan, bool]:
    """Return the plan whose registry is asked, and True if the user named it."""
    from gkcheck.plan.cache import load_source
    from gkcheck.plan.reader import decode, read_plan

    path = Path(units) if units is not None else built_in_plan()
    try:
        text, problems = decode(load_source(path), str(path))
    except OSError as error:
        raise BadPlan(f"读不了名录 {path}：{refusal(error, '请用 --units 指定一张责任分工表')}") from None
    plan, more = read_plan(text, str(path)) if not problems else (None, problems)
    if plan is None:
        raise BadPlan(f"名录 {path} 有问题：{(more or problems)[0]}；请先用 gkcheck check 查看")
    return plan, units is not None


def _problems(text: str, name: str) -> list[str]:
    """Return the problems that `gkcheck check` would find in the plan file."""
    from gkcheck.plan.reader import read_plan

    return [f"责任分工表：{problem}" for problem in read_plan(text, name)[1]]


def _id_of(file: str) -> str:
    """A plan id from a file's name; `notice` where it gives none."""
    stem = "" if file == "-" else Path(file).stem
    plain = re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:100]
    return plain if _PLAN_ID.fullmatch(plain) else "notice"
