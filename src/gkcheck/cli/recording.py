"""What the commands that record do, from the words typed to the answer. Loads no typer (see `quick`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gkcheck import labels
from gkcheck.cli.context import Session, talk
from gkcheck.cli.output import say
from gkcheck.errors import BadRequest, GkcheckError, UnknownName
from gkcheck.journal import Scope
from gkcheck.model import MAX_TEXT, STATUS_AFTER, Action, Draft, Evidence, Plan, Task
from gkcheck.operations.record import Outcome, Request, check_assigned, outcomes, units_meant

if TYPE_CHECKING:
    from gkcheck.journal import History


def record(
    session: Session,
    action: Action,
    tasks: Sequence[str],
    unit: str | None = None,
    note: str | None = None,
    evidence: list[str] | None = None,
    title: list[str] | None = None,
    published: list[str] | None = None,
    on: str | None = None,
    by: str | None = None,
    dry_run: bool = False,
) -> None:
    """A whole recording command: check what was typed, record it, say what was recorded."""
    proof = proof_of(session, evidence or [], title or [], published or [])
    request = asked(session, action, tasks, unit, note, proof, on)
    if action is Action.NOTE and not (request.note or request.evidence):
        raise BadRequest("备注是空的，请用 --note 写上内容，或用 --evidence 附上佐证")
    say(report(session, request, carry_out(session, request, by, dry_run), dry_run))


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
    wanted = tasks_of(plan, tasks)
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


def tasks_of(plan: Plan, typed: Sequence[str]) -> list[Task]:
    """The tasks that were typed, each once; bare numbers need no search, and none is loaded for them."""
    by_id = {str(task.id): task for task in plan.tasks()}
    if all(word in by_id for word in typed):
        return list({word: by_id[word] for word in typed}.values())
    from gkcheck.lookup.tasks import find_tasks

    return find_tasks(plan, typed)


def unit_to_record(session: Session, flag: str | None) -> str | None:
    """The unit (or group) to record for, None where nobody gave one: --unit, GKCHECK_UNIT, the config.

    A record must never go to another unit unnoticed: a unit that was not typed, and one found by less than
    a name of its own, is said on stderr; one found only by a piece out of the middle of its name is refused.
    """
    typed, source = session.setting("unit", flag)
    if typed is None:
        return None
    if source == "flag" and any(unit.name == typed for unit in session.plan.units):
        return typed
    from gkcheck.lookup.units import match_unit

    try:
        name, loose, inner = match_unit(session.plan, typed)
    except GkcheckError as error:
        if source == "flag":
            raise
        raise type(error)(f"默认单位（{_GIVEN_BY[source]}）不能用：{error}") from None
    if inner:
        raise UnknownName(f"“{typed.strip()}”只是“{name}”中间的几个字，记录时请写全名、简称或拼音")
    if source != "flag":
        talk(f"按默认单位“{name}”记录（来自 {_GIVEN_BY[source]}）")
    elif loose:
        talk(f"“{typed.strip()}”指{name}")
    return name


def text_of(text: str | None, what: str, option: str) -> str | None:
    if text is None:
        return None
    if not text.strip():
        raise BadRequest(f"{what}是空的，请在 {option} 后写上内容")
    if len(text) > MAX_TEXT:
        raise BadRequest(f"{what}有 {len(text)} 个字，最多 {MAX_TEXT} 个，请放进文件作为佐证")
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
    from gkcheck.evidence.parse import read_evidence_options

    for item in evidence:
        text_of(item, "佐证", "--evidence")
    for item in titles:
        if item:
            text_of(item, "标题", "--title")
    return [_file(session, item) for item in read_evidence_options(evidence, titles, published, _is_file)]


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
    from gkcheck.journal.attachments import attachment_from

    path = Path(item.value).expanduser()
    found = attachment_from(path)
    session.handed_in[found.sha256 or ""] = path
    return found._replace(title=item.title, published=item.published)


def carry_out(session: Session, request: Request, by: str | None, dry_run: bool) -> list[Outcome]:
    """Decide under the writer's lock what the request adds, and add it; returns what came of it."""
    from gkcheck.ledger.fold import Ledger, fold

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
        from gkcheck.journal.attachments import store_attachment

        for sha256 in files:
            store_attachment(session.handed_in[sha256], session.evidence_folder, sha256)


def report(session: Session, request: Request, found: Sequence[Outcome], dry_run: bool) -> str:
    """What was recorded, what it covers, and how to take it back."""
    lines = [_line(request, outcome, dry_run) for outcome in found]
    if any(outcome.drafts for outcome in found) and not dry_run:
        lines.append("如需撤销：gkcheck undo")
    return "\n".join(lines) + "\n"


def _line(request: Request, outcome: Outcome, dry_run: bool) -> str:
    task = f"具体要求 {labels.task_number(outcome.task)}"
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
    said = labels.STATUS[target] if target else labels.ACTION[request.action]
    return f"{said}（退回）" if request.action is Action.RETURN else said


def _who(outcome: Outcome) -> str:
    named = outcome.covered
    if outcome.drafts[0].unit is None and len(named) > 1:
        return f"全部 {len(named)} 个责任单位"
    return "、".join(named[:6]) + (f" 等 {len(named)} 个责任单位" if len(named) > 6 else "")


def _units(states: Sequence[object]) -> str:
    named = [state.assignment.unit for state in states]  # type: ignore[attr-defined]
    return "、".join(named[:3]) + (f" 等 {len(named)} 个责任单位" if len(named) > 3 else "")
