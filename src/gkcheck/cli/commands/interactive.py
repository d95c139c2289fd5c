"""review and fill: one assignment after the other, each answer recorded at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gkcheck import labels
from gkcheck.cli.commands.query import tasks_of_sections
from gkcheck.cli.context import Context
from gkcheck.cli.options import NOTE, RecordedBy, RecordedUnit, SectionFilter, UnitFilter, UnitWords
from gkcheck.cli.output import say
from gkcheck.cli.recording import check_text, describe_outcome, read_evidence, record_request
from gkcheck.cli.streams import ask
from gkcheck.cli.typed.units import only_unit, units_to_record
from gkcheck.cli.typed.words import units_typed
from gkcheck.errors import BadRequest, GkcheckError
from gkcheck.journal import Scope
from gkcheck.ledger.fold import State, TaskRow
from gkcheck.operations.record import Request
from gkcheck.operations.review import (
    FILL,
    QUIT,
    REVIEW,
    Choice,
    Moved,
    assignments_to_fill,
    assignments_to_review,
    choice_of,
)
from gkcheck.views.statuses import periods, remark


def review(
    context: Context,
    units: UnitWords = None,
    unit: UnitFilter = None,
    section: SectionFilter = None,
    by: RecordedBy = None,
) -> None:
    """办公室逐项审核已报告完成的责任项：确认、退回（写理由）、跳过、退出；每答一项就记录一项。

    例：gkcheck review --unit 市教育局
    """
    _needs_person("review", "用 gkcheck tasks --status done 查看，用 gkcheck confirm 和 gkcheck return 记录")
    chosen = units_typed(context, units, unit)
    tasks = tasks_of_sections(context.plan, section)
    only = chosen.units if chosen else None
    waiting = assignments_to_review(context.ledger(scope=Scope(tasks, only)), only, tasks)
    if not waiting:
        say("没有等待审核的责任项\n")
        return
    _ask_about_each(context, waiting, REVIEW, by)
    asked = {(state.assignment, state.period) for _, state in waiting}
    left = assignments_to_review(context.ledger(scope=Scope(tasks, only, details=False)), only, tasks)
    if more := sum((state.assignment, state.period) not in asked for _, state in left):
        say(f"定期的任务另有 {more} 期等待审核，请再用 gkcheck review\n")


def fill(
    context: Context,
    units: UnitWords = None,
    unit: RecordedUnit = None,
    section: SectionFilter = None,
    by: RecordedBy = None,
) -> None:
    """一个单位逐项填报自己还没有办完的责任项：完成、在办、受阻、不涉及、跳过、退出；每答一项就记录一项。

    例：gkcheck fill --unit 市教育局
    """
    _needs_person("fill", "用 gkcheck done、start、block、skip 记录，或用 gkcheck form 和 gkcheck collect 填表")
    chosen = units_to_record(context, [*(units or ()), *(unit or ())])
    if chosen is None:
        raise BadRequest("请写明是哪个单位：gkcheck fill --unit 市教育局，或先用 gkcheck config set unit 设定")
    name = only_unit(chosen)
    tasks = tasks_of_sections(context.plan, section)
    owed = assignments_to_fill(context.ledger(scope=Scope(tasks, frozenset({name}))), name, tasks)
    if not owed:
        say(f"{name}没有要填报的责任项\n")
        return
    _ask_about_each(context, owed, FILL, by)


def _needs_person(command: str, instead: str) -> None:
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadRequest(f"{command} 要在终端里一问一答，这里不是终端；请{instead}")


def _ask_about_each(
    context: Context, items: Sequence[tuple[TaskRow, State]], choices: Sequence[Choice], by: str | None
) -> None:
    """Ask about one after the other; the answers before an end of input or an interruption stay recorded."""
    context.person(by)
    counts: dict[str, int] = {}
    try:
        for at, (row, state) in enumerate(items, start=1):
            choice = _record_answer(context, row, state, choices, by, f"[{at}/{len(items)}]")
            if choice is QUIT:
                break
            counts[choice.name] = counts.get(choice.name, 0) + 1
    except EOFError:
        say("\n")
    except KeyboardInterrupt:
        say(f"\n{_summary(counts, len(items))}\n")
        raise
    say(f"{_summary(counts, len(items))}\n")


def _record_answer(
    context: Context, row: TaskRow, state: State, choices: Sequence[Choice], by: str | None, at: str
) -> Choice:
    """Show an assignment and ask until an answer could be recorded, or records nothing; return the choice.

    An answer is about what was shown: where that has changed meanwhile, it is shown and asked anew.
    """
    say(_describe(row, state, at))
    menu = "  ".join(f"{choice.name}({choice.keys[0] or '回车'})" for choice in choices)
    while True:
        choice = choice_of(choices, ask(f"{menu}："))
        if choice is None:
            say("请输入括号里的字母\n")
            continue
        if choice.action is None:
            return choice
        note = ask("理由：" if choice.needs_note else "备注（可不写）：")
        if choice.needs_note and not note:
            say("没有写理由，没有记录\n")
            continue
        address = ask("佐证（网址、文件或文号，可不写）：") if choice.asks_evidence else ""
        try:
            evidence = read_evidence(context, [address] if address else [], [], [])
            text = check_text(note or None, "备注", NOTE)
            request = Request(choice.action, [row.task], frozenset({state.assignment.unit}), text, tuple(evidence))
            context.read_clock()
            (outcome,) = record_request(context, request, by, dry_run=False, shown=state)
        except Moved as moved:
            state = moved.state
            say(f"没有记录：{moved}\n{_describe(row, state, at)}")
            continue
        except GkcheckError as error:
            say(f"没有记录：{error}\n")
            continue
        say(describe_outcome(request, outcome, dry_run=False) + "\n")
        return choice


def _describe(row: TaskRow, state: State, at: str) -> str:
    lines = [f"\n{at} 具体要求 {labels.task_number(row.task)}：{row.task.text}"]
    line = f"{state.assignment.unit}（{labels.ROLE[state.assignment.role]}）：{labels.STATUS[state.status]}"
    line += "（退回）" if state.returned else ""
    line += f"，{labels.when(state.claim.at)} {state.claim.by}" if state.claim else ""
    line += f"（{labels.period(state.period)}）" if state.period else ""
    lines.append(f"  {line}")
    if state.deadline:
        lines.append(f"  时限：{labels.deadline(state.deadline)}{'（逾期）' if state.overdue else ''}")
    if state.recurrence:
        lines.append(f"  各期：{periods(state)}")
    if words := remark(state):
        lines.append(f"  说明：{words}")
    lines += [f"  佐证：{labels.evidence(item)}" for item in state.evidence]
    return "\n".join(lines) + "\n"


def _summary(counts: dict[str, int], total: int) -> str:
    done = "，".join(f"{name} {count} 项" for name, count in counts.items())
    left = total - sum(counts.values())
    return "，".join(part for part in (done, f"还有 {left} 项没有看" if left else "全部看完") if part)
