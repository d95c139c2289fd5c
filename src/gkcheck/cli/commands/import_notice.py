"""import: a published notice → a plan file, with an account of everything read."""

from __future__ import annotations

import os
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gkcheck.atomic_files import check_targets, save
from gkcheck.cli.context import built_in_plan, talk
from gkcheck.cli.output import say, say_whole
from gkcheck.errors import BadDocument, BadPlan, BadTarget, refusal
from gkcheck.terminal import progress

if TYPE_CHECKING:
    from gkcheck.importers.notice import Reading
    from gkcheck.importers.plan_draft import Registry
    from gkcheck.model import Plan

app = typer.Typer()

FOUND = 1
"""The exit code where a person should look at something."""

_LARGEST = 100_000_000
_PLAN_ID = re.compile(r"[^\W.-][\w.-]{0,99}")


class Account(StrEnum):
    """How the reconciliation is told."""

    TEXT = "text"
    JSON = "json"


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(metavar="文件", help="通知：docx、xlsx、html、txt、md、pdf；- 为标准输入")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="责任分工表写到这里；不给则打印")
    ] = None,
    plan_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="责任分工表的 id；默认用文件名")] = None,
    units: Annotated[
        str | None, typer.Option("--units", metavar="FILE", help="按这张表的单位名录对照；默认对照内置的表")
    ] = None,
    format: Annotated[Account, typer.Option("--format", "-f", metavar="WORD", help="核对清单的格式")] = Account.TEXT,
    keep_script: Annotated[bool, typer.Option("--keep-script", help="不转简体，不改全角标点")] = False,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的文件")] = False,
) -> None:
    """把公开印发的通知读成责任分工表，并逐处交代读到了什么、漏了什么。有要核对的退出码为 1，没有可读的为 2。

    例：gkcheck import 通知.docx -o tasks.yaml
    """
    from gkcheck import importers
    from gkcheck.importers import plan_draft, report
    from gkcheck.importers.notice import read_notice

    if plan_id is not None and not _PLAN_ID.fullmatch(plan_id):
        raise BadTarget(f"--id“{plan_id}”只能用文字、数字、“-”和“_”，例如 taishan-2019")
    if output is not None:
        check_targets([Path(output)], force)
    known, ours = _registry(units)
    name = "标准输入" if file == "-" else file
    with progress("识别通知") as tell:
        document = importers.read(_content(file), name)
        reading = read_notice(document.grids, name, keep_script, tell)
    ours = ours or (known.issuer is not None and known.issuer == reading.issuer)
    registry = plan_draft.registry_of(reading, known, ours)
    chosen_id = plan_id or _id_of(file)
    title = reading.title or (Path(file).stem if file != "-" else "责任分工表")
    text = plan_draft.render(reading, registry, chosen_id, title, os.path.basename(name))
    found = [*report.remarks(reading, registry, units is not None), *_misfits(text, output or name)]
    if output is not None:
        save(Path(output), text.encode(), force)
    about = {"file": file, "format": document.format, "plan": chosen_id, "output": output}
    _answer(format, text, output, reading, registry, found, about)
    if found:
        raise typer.Exit(FOUND)


def _answer(
    format: Account,
    text: str,
    output: str | None,
    reading: Reading,
    registry: Registry,
    found: list[str],
    about: dict[str, Any],
) -> None:
    from gkcheck.importers import report

    if format is Account.JSON:
        import json

        account = report.as_data(reading, registry, found, about)
        say_whole(json.dumps(account, ensure_ascii=False, indent=1))
        return
    for line in report.as_text(reading, registry, found).splitlines():
        talk(line)
    if output is None:
        say_whole(text)
    else:
        say(f"已写入 {output}：{len(reading.tasks)} 项具体要求\n")


def _content(file: str) -> bytes:
    """The bytes of a file or of standard input, within bounds."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with open(file, "rb") as opened:
                data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise BadDocument(f"读不了 {file}：{refusal(error, '请检查路径和权限')}") from None
    if len(data) > _LARGEST:
        raise BadDocument(f"{file} 超过 {_LARGEST // 1_000_000} MB，不像一份通知；请只保留任务表再导入")
    return data


def _registry(units: str | None) -> tuple[Plan, bool]:
    """The plan whose registry is asked, and whether the user named it."""
    from gkcheck.plan import decode, read_plan

    path = Path(units) if units is not None else built_in_plan()
    try:
        text, problems = decode(path.read_bytes(), str(path))
    except OSError as error:
        raise BadPlan(f"读不了名录 {path}：{refusal(error, '请用 --units 指定一张责任分工表')}") from None
    plan, more = read_plan(text, str(path)) if not problems else (None, problems)
    if plan is None:
        raise BadPlan(f"名录 {path} 有问题：{(more or problems)[0]}；请先用 gkcheck check 查看")
    return plan, units is not None


def _misfits(text: str, name: str) -> list[str]:
    """What `gkcheck check` would say of the plan file."""
    from gkcheck.plan import read_plan

    return [f"责任分工表：{problem}" for problem in read_plan(text, name)[1]]


def _id_of(file: str) -> str:
    """A plan id from a file's name; `notice` where it gives none."""
    stem = "" if file == "-" else Path(file).stem
    plain = re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:100]
    return plain if _PLAN_ID.fullmatch(plain) else "notice"
