"""Record what was typed: read the words of a request, record it, print the outcome. Loads no typer."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck import labels
from gkcheck.cli.context import Context
from gkcheck.cli.options import BY, EVIDENCE, NEXT, NOTE, ON, PROBLEM, TITLE
from gkcheck.cli.output import say
from gkcheck.cli.params import Option
from gkcheck.cli.streams import quoted
from gkcheck.cli.typed.units import units_to_record
from gkcheck.cli.typed.words import tasks_typed, text_after_numbers
from gkcheck.config import is_quiet
from gkcheck.errors import BadRequest
from gkcheck.model import MAX_TEXT, STATUS_AFTER, Action, Draft, Every, Evidence
from gkcheck.operations.record import Outcome, Request, check_assigned, outcomes_of
from gkcheck.paths import absolute
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from gkcheck.journal import History
    from gkcheck.ledger.fold import State


def record(
    context: Context,
    action: Action,
    tasks: Sequence[str],
    unit: Sequence[str] | None = None,
    note: str | None = None,
    evidence: list[str] | None = None,
    title: list[str] | None = None,
    published: list[str] | None = None,
    on: str | None = None,
    by: str | None = None,
    dry_run: bool = False,
    yes: bool = False,
    due: str | None = None,
    problem: str | None = None,
    next: str | None = None,
    every: Every | None = None,
) -> None:
    """Check every word that was typed, record the request, and print its outcome.

    `due` is an ISO day, None for no deadline but that of a period.
    """
    items = read_evidence(context, evidence or [], title or [], published or [])
    plan = context.plan
    if action is Action.NOTE:
        tasks, note = text_after_numbers(context, tasks, note)
    requested = tasks_typed(context, tasks)
    selection = units_to_record(context, unit, yes or dry_run)
    for name in selection.names if selection else ():
        check_assigned(plan, requested, name)
    day = context.day(on, ON, "none") if on is not None else None
    if day is not None and day > context.today:
        raise BadRequest(f"办理日期 {day.isoformat()} 还没有到，请写今天或以前的日期")
    text = check_text(note, "备注", NOTE)
    hindrance, next_step = check_text(problem, "存在问题", PROBLEM), check_text(next, "下一步措施", NEXT)
    if action is Action.NOTE and not (text or hindrance or next_step or items):
        raise BadRequest("备注是空的，请用 --note 写上内容，或用 --evidence 附上佐证")
    on_day = day.isoformat() if day else None
    units = selection.units if selection else None
    request = Request(action, requested, units, text, tuple(items), on_day, due, hindrance, next_step, every)
    outcomes = record_request(context, request, by, dry_run)
    lines = [describe_outcome(request, outcome, dry_run) for outcome in outcomes]
    if any(outcome.drafts for outcome in outcomes) and not (dry_run or is_quiet()):
        other = by if by is not None and context.person(by) != context.person(None) else None
        lines.append(f"如需撤销：{undo_line(context, *((BY.spellings[0], other) if other else ()))}")
    say("\n".join(lines) + "\n")


def undo_line(context: Context, *words: str) -> str:
    """Return the line that takes a batch back, ready to copy: with the plan and the journal that were typed."""
    line = ["gkcheck", "undo", *words]
    for name in ("plan", "store"):
        if context.flags.get(name) is not None:
            line += [f"--{name}", context.store_name if name == "store" else context.flags[name]]
    return " ".join(map(quoted, line))


def check_text(text: str | None, name: str, option: Option) -> str | None:
    """Return the text as typed, None included; refuse one that is blank, too long or not text."""
    if text is None:
        return None
    if not text.strip():
        raise BadRequest(f"{name}是空的，请在 {option.spellings[0]} 后写上内容")
    if len(text) > MAX_TEXT:
        raise BadRequest(f"{name}有 {len(text)} 个字，最多 {MAX_TEXT} 个，请放进文件作为佐证")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRequest(f"{name}中有无法识别的字符，请检查终端的编码后重新输入") from None
    return text


def read_evidence(context: Context, evidence: list[str], titles: list[str], published: list[str]) -> list[Evidence]:
    """Return the evidence that was typed, a file with the hash of its content; nothing is copied yet."""
    if not evidence:
        if titles or published:
            raise BadRequest("写了 --title 或 --published，但没有 --evidence，请补上佐证")
        return []
    from gkcheck.evidence.parse import read_evidence_options

    for item in evidence:
        check_text(item, "佐证", EVIDENCE)
    for item in titles:
        check_text(item or None, "标题", TITLE)
    return [_hash_file(context, item) for item in read_evidence_options(evidence, titles, published, _is_file)]


def _is_file(value: str) -> bool:
    path = absolute(value)
    try:
        if path.is_dir():
            raise BadRequest(f"佐证“{value}”是一个目录，请写其中的文件")
        if path.exists() and not path.is_file():
            raise BadRequest(f"佐证“{value}”是管道或设备，不是文件，请先存成文件再附上")
        return path.is_file()
    except (OSError, ValueError):
        return False


def _hash_file(context: Context, item: Evidence) -> Evidence:
    if item.kind != "file":
        return item
    from gkcheck.journal.attachments import attachment_from

    path = absolute(item.value)
    file = attachment_from(path)
    context.handed_in[file.sha256 or ""] = path
    return file._replace(title=item.title, published=item.published)


def record_request(
    context: Context, request: Request, by: str | None, dry_run: bool, shown: State | None = None
) -> list[Outcome]:
    """Decide under the writer's lock what the request adds, add it, and return the outcome of each task.

    `shown`: the request is an answer to this state of its assignment; where that has changed, nothing is recorded.

    Raises:
        Moved: it has changed.
    """
    person = check_text(context.person(by), "填报人", BY) or ""
    outcomes: list[Outcome] = []

    def decide(history: History) -> list[Draft]:
        ledger = context.ledger_from(history, request.scope, context.today)
        if shown is not None:
            from gkcheck.operations.review import check_unmoved

            check_unmoved(ledger, request.tasks[0], shown, request.action)
        outcomes[:] = outcomes_of(ledger, request)
        drafts = [draft for outcome in outcomes for draft in outcome.drafts]
        if drafts and not dry_run:
            _store_files(context, request.evidence)
        return drafts

    if dry_run:
        decide(context.warned(context.journal.current(request.scope, context.today)))
    else:
        context.record(decide, by=person, scope=request.scope)
    return outcomes


def _store_files(context: Context, evidence: Sequence[Evidence]) -> None:
    """Copy the files among the evidence beside the journal, before the entry that names them is written."""
    for item in evidence:
        if item.kind == "file" and item.sha256:
            from gkcheck.journal.attachments import store_attachment

            store_attachment(context.handed_in[item.sha256], context.evidence_store, item.sha256)


def describe_outcome(request: Request, outcome: Outcome, dry_run: bool) -> str:
    """Return one line: the units recorded for and their new status, and the units left alone and why."""
    task = f"具体要求 {labels.task_number(outcome.task)}"
    target = _describe_target(request)
    parts = []
    if outcome.drafts:
        count = len(outcome.covered)
        whole = outcome.drafts[0].unit is None and count > 1
        units = f"全部 {count} 个责任单位" if whole else _list(outcome.covered, 6)
        periods = f"（{'、'.join(map(labels.period, outcome.periods))}）" if outcome.periods else ""
        parts.append(f"{'将记录' if dry_run else '已记录'}：{task}：{units} → {target}{periods}")
    for states, reason in (
        (outcome.unchanged, f"本来就是“{target}”，没有重复记录"),
        (outcome.confirmed, "已办结，未作改动（确需改动的，先用 gkcheck reopen）"),
        (outcome.unreported, "还没有报告完成，未作改动"),
    ):
        if states:
            parts.append(f"{task} {_list([state.assignment.unit for state in states], 3)}{reason}")
    return "；".join(parts) or f"{task} 没有可以记录的责任单位"


def _describe_target(request: Request) -> str:
    if request.action is Action.DEADLINE:
        set_to = labels.deadline(request.deadline)
        return f"时限 {set_to}" if set_to else "不设时限"
    status = STATUS_AFTER.get(request.action)
    target = labels.STATUS[status] if status else labels.ACTION[request.action]
    return f"{target}（退回）" if request.action is Action.RETURN else target


def _list(units: Sequence[str], limit: int) -> str:
    more = f" 等 {len(units)} 个责任单位" if len(units) > limit else ""
    return "、".join(units[:limit]) + more
