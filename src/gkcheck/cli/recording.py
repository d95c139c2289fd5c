"""The commands that record: done, start, block, skip, reopen, note. One signature, one way through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gkcheck import names
from gkcheck.cli.output import say
from gkcheck.cli.session import Session, session_of, talk
from gkcheck.errors import BadRequest, GkcheckError, UnknownName
from gkcheck.journal import Scope
from gkcheck.model import STATUS_AFTER, Action, Draft, Evidence
from gkcheck.recording import Outcome, Request, check_assigned, outcomes, units_meant
from gkcheck.views import words

if TYPE_CHECKING:
    from gkcheck.journal import History

app = typer.Typer()

LONGEST_TEXT = 20_000
"""How long a note or a piece of evidence may be, in characters."""

_HELP = {
    Action.DONE: "报告完成。不写 --unit 就是整项具体要求，涵盖它的全部责任单位。\n\n例：gkcheck done 23 24 30-32 --unit 市教育局",
    Action.START: "报告开始办理。\n\n例：gkcheck start 23 --unit 市教育局",
    Action.BLOCK: "报告受阻，请用 --note 说明原因。\n\n例：gkcheck block 23 --unit 市教育局 --note 等上级文件",
    Action.SKIP: "标为不涉及：不计入上报率和办结率。\n\n例：gkcheck skip 30 --unit 台城街道 --note 没有办事大厅",
    Action.REOPEN: "重新打开，回到未开始；记录都在。\n\n例：gkcheck reopen 23 --unit 市教育局",
    Action.NOTE: "加一条备注或佐证，不改状态。\n\n例：gkcheck note 23 --unit 市教育局 --note 方案已送审",
}

Tasks = Annotated[list[str], typer.Argument(metavar="编号", help="具体要求：23、二十三、30-32，可以写多个")]
Unit = Annotated[
    str | None,
    typer.Option("--unit", "-u", metavar="单位", help="只记这一个责任单位；默认取 GKCHECK_UNIT 或 gkcheck config"),
]
Note = Annotated[str | None, typer.Option("--note", "-n", metavar="文字", help="备注")]
Proof = Annotated[
    list[str] | None,
    typer.Option("--evidence", "-e", metavar="佐证", help="网址、文件或文号，或“标题|网址|发布日期”，可以写多次"),
]
Titles = Annotated[list[str] | None, typer.Option("--title", metavar="文字", help="佐证的标题，与 --evidence 一一对应")]
Published = Annotated[
    list[str] | None, typer.Option("--published", metavar="日期", help="佐证的发布日期，与 --evidence 一一对应")
]
On = Annotated[str | None, typer.Option("--on", metavar="日期", help="办理日期，默认今天")]
ByName = Annotated[
    str | None, typer.Option("--by", metavar="姓名", help="填报人；默认取 GKCHECK_BY、gkcheck config 或登录名")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只显示会记录什么，不写入")]


def command_of(action: Action) -> Callable[..., None]:
    def command(
        ctx: typer.Context,
        tasks: Tasks,
        unit: Unit = None,
        note: Note = None,
        evidence: Proof = None,
        title: Titles = None,
        published: Published = None,
        on: On = None,
        by: ByName = None,
        dry_run: DryRun = False,
    ) -> None:
        session = session_of(ctx)
        proof = proof_of(session, evidence or [], title or [], published or [])
        request = asked(session, action, tasks, unit, note, proof, on)
        if action is Action.NOTE and not (request.note or request.evidence):
            raise BadRequest("备注是空的，请用 --note 写上内容，或用 --evidence 附上佐证")
        say(report(session, request, carry_out(session, request, by, dry_run), dry_run))

    return command


for _action, _help in _HELP.items():
    app.command(_action.value, help=_help)(command_of(_action))


def asked(
    session: Session,
    action: Action,
    tasks: Sequence[str],
    unit: str | None,
    note: str | None,
    evidence: Sequence[Evidence] = (),
    on: str | None = None,
) -> Request:
    """What the words of a recording command ask for, every one of them checked before anything is written."""
    plan = session.plan
    wanted = names.tasks_named(plan, tasks)
    meant = unit_to_record(session, unit)
    units = None
    if meant is not None:
        check_assigned(plan, wanted, meant)
        units = units_meant(plan, meant)
    day = session.day(on, "--on ") if on is not None else None
    if day is not None and day > session.today:
        raise BadRequest(f"办理日期 {day.isoformat()} 还没有到，请写今天或以前的日期")
    return Request(
        action=action,
        tasks=wanted,
        units=units,
        note=text_of(note, "备注", "--note"),
        evidence=tuple(evidence),
        on=day.isoformat() if day else None,
    )


_GIVEN_BY = {"environment": "环境变量 GKCHECK_UNIT", "config": "gkcheck config"}


def unit_to_record(session: Session, flag: str | None) -> str | None:
    """The unit (or group) to record for, None where nobody gave one: --unit, GKCHECK_UNIT, the config.

    A record must never go to another unit unnoticed: a unit that was not typed, and one found by less than
    a name of its own, is said on stderr; one found only by a piece out of the middle of its name is refused.
    """
    typed, source = session.setting("unit", flag)
    if typed is None:
        return None
    try:
        name, loose, inner = names.unit_meant(session.plan, typed)
    except GkcheckError as error:
        if source == "flag":
            raise
        raise type(error)(f"默认单位（{_GIVEN_BY[source]}）不能用：{error}") from None
    if inner:
        raise UnknownName(f"“{typed.strip()}”只是“{name}”中间的几个字，记录时请写全名、简称或拼音")
    if source != "flag":
        talk(f"按默认单位“{name}”记录（来自{_GIVEN_BY[source]}）")
    elif loose:
        talk(f"“{typed.strip()}”指{name}")
    return name


def text_of(text: str | None, what: str, option: str) -> str | None:
    if text is None:
        return None
    if not text.strip():
        raise BadRequest(f"{what}是空的，请在 {option} 后写上内容")
    if len(text) > LONGEST_TEXT:
        raise BadRequest(f"{what}有 {len(text)} 个字，最多 {LONGEST_TEXT} 个，请放进文件作为佐证")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRequest(f"{what}中有无法识别的字符，请检查终端的编码后重新输入") from None
    return text


def proof_of(session: Session, evidence: list[str], titles: list[str], published: list[str]) -> list[Evidence]:
    """The evidence typed, a file among it with the hash of its content; nothing is copied yet."""
    if not evidence:
        if titles or published:
            raise BadRequest("写了 --title 或 --published，但没有 --evidence，请补上佐证")
        return []
    from gkcheck.evidence.reading import paired

    for item in evidence:
        text_of(item, "佐证", "--evidence")
    for item in titles:
        if item:
            text_of(item, "标题", "--title")
    return [_file(session, item) for item in paired(evidence, titles, published, _is_file)]


def _is_file(value: str) -> bool:
    path = Path(value).expanduser()
    try:
        if path.is_dir():
            raise BadRequest(f"佐证“{value}”是一个目录，请写其中的文件")
        return path.is_file()
    except (OSError, ValueError):
        return False


def _file(session: Session, item: Evidence) -> Evidence:
    if item.kind != "file":
        return item
    from gkcheck.journal.kept import handed_in

    path = Path(item.value).expanduser()
    found = handed_in(path)
    session.handed_in[found.sha256 or ""] = path
    return found._replace(title=item.title, published=item.published)


def carry_out(session: Session, request: Request, by: str | None, dry_run: bool) -> list[Outcome]:
    """Decide under the writer's lock what the request adds, and add it; returns what came of it."""
    from gkcheck.entries import fold
    from gkcheck.ledger import Ledger

    person = text_of(session.person(by), "填报人", "--by") or ""
    found: list[Outcome] = []

    def decide(history: History) -> list[Draft]:
        ledger = Ledger(session.plan, fold(history.entries), session.today)
        found[:] = outcomes(ledger, request)
        drafts = [draft for outcome in found for draft in outcome.drafts]
        if drafts and not dry_run:
            keep_files(session, request.evidence)
        return drafts

    if dry_run:
        decide(session.journal.current(_scope(request)))
    else:
        session.journal.record(decide, by=person, at=session.at, scope=_scope(request))
    return found


def _scope(request: Request) -> Scope:
    units = None if request.units is None else frozenset(request.units)
    return Scope(frozenset(task.id for task in request.tasks), units)


def keep_files(session: Session, evidence: Sequence[Evidence]) -> None:
    """Keep the files among the evidence beside the journal, before the entry that names them is written."""
    files = [item.sha256 for item in evidence if item.kind == "file" and item.sha256]
    if files:
        from gkcheck.journal.kept import keep

        for sha256 in files:
            keep(session.handed_in[sha256], session.evidence_folder, sha256)


def report(session: Session, request: Request, found: Sequence[Outcome], dry_run: bool) -> str:
    """What was recorded, what it covers, and how to take it back."""
    lines = [_line(request, outcome, dry_run) for outcome in found]
    if any(outcome.drafts for outcome in found) and not dry_run:
        lines.append("如需撤销：gkcheck undo")
    return "\n".join(lines) + "\n"


def _line(request: Request, outcome: Outcome, dry_run: bool) -> str:
    task = f"具体要求 {words.task_number(outcome.task)}"
    said = _becomes(request)
    parts = []
    if outcome.drafts:
        who = _who(outcome)
        parts.append(f"{'将记录' if dry_run else '已记录'}：{task}：{who} → {said}")
    if outcome.same:
        parts.append(f"{task} {_units(outcome.same)}本来就是“{said}”，没有重复记录")
    if outcome.confirmed:
        parts.append(f"{task} {_units(outcome.confirmed)}已办结，没有改动（需要时先 gkcheck reopen）")
    if outcome.unreported:
        parts.append(f"{task} {_units(outcome.unreported)}还没有报告完成，没有改动")
    return "；".join(parts) or f"{task} 没有可以记录的责任单位"


def _becomes(request: Request) -> str:
    if request.action is Action.DEADLINE:
        return f"时限 {request.due}" if request.due else "不设时限"
    target = STATUS_AFTER.get(request.action)
    said = words.STATUS[target] if target else words.ACTION[request.action]
    return f"{said}（退回）" if request.action is Action.RETURN else said


def _who(outcome: Outcome) -> str:
    if outcome.drafts[0].unit is None:
        return f"全部 {outcome.covered} 个责任单位"
    named = [draft.unit or "" for draft in outcome.drafts]
    return "、".join(named[:6]) + (f" 等 {len(named)} 个责任单位" if len(named) > 6 else "")


def _units(states: Sequence[object]) -> str:
    named = [state.assignment.unit for state in states]  # type: ignore[attr-defined]
    return "、".join(named[:3]) + (f" 等 {len(named)} 个责任单位" if len(named) > 3 else "")
