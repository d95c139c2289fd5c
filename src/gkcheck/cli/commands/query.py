"""The queries: tasks, show, status, units, log."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum

from gkcheck import labels
from gkcheck.cli import options
from gkcheck.cli.context import Context
from gkcheck.cli.output import Format, LogFormat, answer, json_line, json_lines
from gkcheck.cli.params import Argument, Option
from gkcheck.cli.streams import shows
from gkcheck.cli.typed.units import UnitSelection, selected_units
from gkcheck.cli.typed.words import numbers_and_units, own_unit, tasks_typed, units_typed
from gkcheck.errors import BadRequest
from gkcheck.journal import STATUSES, Scope
from gkcheck.journal.live import later_entries, undone_batches
from gkcheck.ledger.queries import Sort, TaskFilter, open_tasks_for, select, sort_rows
from gkcheck.model import Entry, Plan, Role
from gkcheck.types import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    from typing import Any

    from gkcheck.ledger.fold import Ledger, TaskRow
    from gkcheck.table import Table


def tasks(
    context: Context,
    units: options.UnitWords = None,
    unit: options.UnitFilter = None,
    mine: options.Mine = False,
    section: options.SectionFilter = None,
    role: options.RoleFilter = None,
    status: options.StatusFilter = None,
    match: options.TextFilter = None,
    channel: options.ChannelFilter = None,
    named: options.NamedOnly = False,
    overdue: options.OverdueOnly = False,
    due_by: options.DueBy = None,
    as_of: options.AsOf = None,
    sort: Annotated[
        Sort, Option("--sort", metavar="次序", help="排列的次序；除编号外，逾期的在前", words=lambda: labels.SORT_WORDS)
    ] = Sort.NUMBER,
    brief: Annotated[bool, Option("--brief", help="每项只列一行；窄的终端上超过 15 项时就是这样")] = False,
    full: Annotated[bool, Option("--full", help="写出全文")] = False,
    format: options.OutputFormat = Format.TABLE,
) -> None:
    """列出具体要求。写了单位就列出该单位要做的每一项，包括通过“市直各单位”等类别涉及的。

    例：gkcheck tasks 市教育局
    """
    chosen = units_typed(context, units, [*(unit or ()), *([own_unit(context)] if mine else ())])
    wanted = task_filter(context, chosen, section, role, status, match, channel, named, overdue, due_by)
    if brief and full:
        raise BadRequest("--brief 和 --full 只能写一个")
    plan = context.plan
    ledger = context.ledger(as_of, Scope(units=wanted.units))
    rows = sort_rows(plan, select(ledger, wanted), sort)
    short = brief or (not full and _is_too_long(rows))

    def data() -> list[dict[str, Any]]:
        from gkcheck.views import contract

        return [contract.task(row) for row in rows]

    def rectangles() -> list[Table]:
        from gkcheck.views import tables

        title = plan.title if chosen is None else f"{chosen.title}的责任项"
        if short:
            from gkcheck.views import brief
        if chosen is None or chosen.only is None:
            return [brief.tasks(rows, title, ledger.as_of.year) if short else tables.tasks(rows, title)]
        notes = tuple(_open_groups(plan, chosen.only)) if wanted == TaskFilter(units=chosen.units) else ()
        if short:
            return [brief.assignments(rows, title, ledger.as_of.year, notes)]
        return [tables.assignments(rows, title, notes)]

    def flat() -> Table:
        from gkcheck.views import exports

        return (exports.by_task if chosen is None else exports.by_assignment)(rows, plan.title)

    answer(format, data, rectangles, flat)


def _open_groups(plan: Plan, unit: str) -> Iterator[str]:
    """Yield a note for each class that may hold the unit although the notice does not list its members."""
    for group, ids in open_tasks_for(plan, unit).items():
        yield f"责任分工表没有列明“{group}”包括哪些单位；{unit}如在其中，还有具体要求 {'、'.join(map(str, ids))}。"


_MOST_FULL, _NARROW = 15, 100
"""The most tasks that a terminal of so many columns or fewer shows in full unasked."""


def _is_too_long(rows: Sequence[TaskRow]) -> bool:
    if len(rows) <= _MOST_FULL or not sys.stdout.isatty():
        return False
    import shutil

    return shutil.get_terminal_size().columns <= _NARROW


def task_filter(
    context: Context,
    units: UnitSelection | None,
    section: Sequence[str] | None,
    role: Sequence[Role] | None,
    status: Sequence[str] | None,
    match: Sequence[str] | None,
    channel: str | None,
    named: bool,
    overdue: bool,
    due_by: str | None,
) -> TaskFilter:
    """Return what the options ask for, with names and days understood."""
    tasks = tasks_of_sections(context.plan, section)
    if match:
        from gkcheck.lookup.tasks import tasks_with_words

        matching = frozenset(task.id for task in tasks_with_words(context.plan, match))
        tasks = matching if tasks is None else tasks & matching
    day = context.day(due_by, options.DUE_BY) if due_by is not None else None
    return TaskFilter(
        tasks, units.units if units else None, role, frozenset(status) if status else None, channel, named, overdue, day
    )


def tasks_of_sections(plan: Plan, typed: Sequence[str] | None) -> frozenset[int] | None:
    """Return the ids of the tasks in the sections that were typed; None where none was."""
    if not typed:
        return None
    from gkcheck.lookup.sections import find_sections

    return frozenset(task.id for section in find_sections(plan, typed) for task in section.tasks)


def show(
    context: Context,
    tasks: Annotated[list[str], Argument("编号", "具体要求：23、二十三、3-5，可以写多个", completes="task")],
    unit: options.UnitFilter = None,
    as_of: options.AsOf = None,
    format: options.OutputFormat = Format.TABLE,
) -> None:
    """具体要求的全文、每个责任单位的状态和佐证，以及历史记录。

    例：gkcheck show 23
    """
    from gkcheck.cli.paper import letter_code
    from gkcheck.operations.log import EntryFilter, alike, select_entries
    from gkcheck.operations.record import check_assigned
    from gkcheck.views import contract, exports, tables

    wanted = tasks_typed(context, tasks)
    chosen = selected_units(context, unit)
    for name in chosen.names if chosen else ():
        check_assigned(context.plan, wanted, name)
    only, units = frozenset(task.id for task in wanted), chosen.units if chosen else None
    row_of = {
        row.task.id: row
        for row in select(context.ledger(as_of, Scope(tasks=only, units=units)), TaskFilter(tasks=only, units=units))
    }
    past = context.past(Scope(tasks=only, units=units)).entries
    undone = undone_batches(past)
    code = letter_code(context)
    details = [
        (row_of[task.id], select_entries(context.plan, past, EntryFilter(tasks=frozenset({task.id}), units=units)))
        for task in wanted
    ]

    def data() -> Any:
        found = [contract.detail(row, entries) for row, entries in details]
        return found[0] if len(found) == 1 else found

    def rectangles() -> list[Table]:
        return [
            table
            for row, entries in details
            for table in (
                tables.facts(row),
                tables.assignees(row, code),
                tables.history(alike(entries), undone, "记录", code),
            )
        ]

    answer(format, data, rectangles, lambda: exports.by_assignment([row for row, _ in details], context.plan.title))


class By(StrEnum):
    """The things that a row of a summary may stand for."""

    SECTION = "section"
    CLASS = "class"
    UNIT = "unit"
    TASK = "task"


def status(
    context: Context,
    units: options.UnitWords = None,
    by: Annotated[
        By | None,
        options.BY(
            "按工作任务、类别、责任单位或具体要求列出；默认工作任务，写了 --unit 时默认责任单位",
            words=lambda: labels.BY_WORDS,
        ),
    ] = None,
    unit: options.UnitFilter = None,
    as_of: options.AsOf = None,
    format: options.OutputFormat = Format.TABLE,
) -> None:
    """汇总：各状态的数量、上报率、办结率、逾期和序时进度；责任单位只在同一类别内排名。

    例：gkcheck status --by unit
    """
    from gkcheck.ledger.summary import summarise
    from gkcheck.views import contract, counts, tables

    chosen = units_typed(context, units, unit)
    only = chosen.units if chosen else None
    ledger = context.ledger(as_of, STATUSES)
    summary = summarise(ledger, only)
    kind = by or (By.UNIT if chosen else By.SECTION)

    def rectangles() -> list[Table]:
        progress = tables.pace(summary)
        if format is Format.TABLE and sys.stdout.isatty():
            progress = progress._replace(notes=_trend(context, ledger, only))
        head = [tables.overview(summary), progress]
        if kind is By.UNIT:
            return [*head, *tables.by_unit(summary)]
        if kind is By.CLASS:
            return [*head, tables.by_class(summary)]
        if kind is By.TASK:
            return [*head, tables.by_task(select(ledger, TaskFilter(units=only)))]
        return [*head, tables.by_section(summary)]

    def flat() -> Table:
        if kind is By.UNIT:
            return counts.by_unit(summary)
        if kind is By.CLASS:
            return counts.by_class(summary)
        if kind is By.TASK:
            return counts.by_task(select(ledger, TaskFilter(units=only)))
        return counts.by_section(summary)

    answer(format, lambda: contract.status(summary), rectangles, flat)


MOST_ENTRIES = 20_000
"""The entries of a journal that are all read for the trend of a screen; the rest of it is read off the index."""


def _trend(context: Context, ledger: Ledger, units: frozenset[str] | None) -> tuple[str, ...]:
    """Return the line of the year's progress of the chosen units (None: all), nothing where the year has only begun, or where it is to be found."""
    from gkcheck.views import pace

    last = () if context.is_missing else context.journal.latest(1)
    if last and last[-1].seq > MOST_ENTRIES:
        return (f"记录多于 {MOST_ENTRIES} 条，走势请看 gkcheck report 写出的通报",)
    points = context.pace(select(ledger, TaskFilter(units=units)), ledger.as_of)
    signs = pace.SIGNS if shows(pace.SIGNS) else pace.PLAIN_SIGNS
    return (pace.line(points, signs),) if len(points) > 1 else ()


def units(
    context: Context,
    names: Annotated[list[str] | None, Argument("单位", "只看这些；类别则看它的成员", completes="unit")] = None,
    contacts: Annotated[bool, Option("--contacts", help="只看联系人和联系电话（办公室自用，请勿外传）")] = False,
    format: options.OutputFormat = Format.TABLE,
) -> None:
    """责任单位名录，以及各单位的责任项数量和进度。

    例：gkcheck units 教育局
    """
    from gkcheck.ledger.summary import summarise
    from gkcheck.operations.remind import LETTERS, letters_by_unit, recorded_letters
    from gkcheck.views import contract, tables

    plan = context.plan
    selection = units_typed(context, names, None)
    chosen = selection.units if selection else None
    if contacts:
        from gkcheck.contacts import known_contacts
        from gkcheck.views import contacts as register

        known = register.contacts_of(plan, known_contacts(plan), chosen)
        answer(format, lambda: register.fields(known), lambda: [register.table(known)])
        return
    summary = summarise(context.ledger(scope=STATUSES))
    letters = letters_by_unit(recorded_letters([] if context.is_missing else context.past(LETTERS).entries))
    answer(
        format,
        lambda: [unit for unit in contract.units(plan, summary, letters) if chosen is None or unit["unit"] in chosen],
        lambda: [tables.units(plan, summary, letters, chosen)],
    )


Later = Annotated[bool, Option("--later", help="只看日期晚于今天、所以没有计入的")]
UNTIL = Option("--until", metavar="日期", help="到这一天（含）止")


def log(
    context: Context,
    words: Annotated[
        list[str] | None, Argument("编号或单位", "只看这些具体要求、这些单位的", completes="task or unit")
    ] = None,
    unit: options.UnitFilter = None,
    action: options.ActionFilter = None,
    by: Annotated[str | None, options.BY("只看这个人填报的", metavar="姓名")] = None,
    since: Annotated[str | None, options.SINCE] = None,
    until: Annotated[str | None, UNTIL] = None,
    last: Annotated[int | None, Option("--last", "-n", metavar="条数", least=1, help="只看最近的几条")] = None,
    later: Later = False,
    format: Annotated[LogFormat, options.FORMAT("输出格式")] = LogFormat.TABLE,
) -> None:
    """记录的历史，从旧到新；撤销的记录也在，并注明已撤销。日期按填报的时间算。同一批中对同一项内容相同的记录并为一条。

    例：gkcheck log 23 --since 2019-11-01
    """
    from collections import deque
    from contextlib import ExitStack
    from itertools import chain

    from gkcheck.cli.logged import Log
    from gkcheck.cli.paper import letter_code
    from gkcheck.operations.log import EntryFilter, EntrySelection, alike
    from gkcheck.views import tables

    plan = context.plan
    numbers, names = numbers_and_units(words)
    tasks = frozenset(one.id for one in tasks_typed(context, numbers)) if numbers else None
    chosen = units_typed(context, names, unit)
    first = context.day(since, options.SINCE, "first") if since is not None else None
    until_day = context.day(until, UNTIL) if until is not None else None
    if first and until_day and first > until_day:
        raise BadRequest(f"--since {first} 晚于 --until {until_day}，请把两个日期对调或改正")
    wanted = EntryFilter(tasks, chosen.units if chosen else None, action, by, first, until_day)
    with ExitStack() as stack:
        is_all = wanted == EntryFilter() and not later
        log = Log(context, stack, Scope(tasks, wanted.units), last if is_all else None)
        if is_all and last is None and format is LogFormat.JSONL:
            json_lines(log.as_written())
            log.say_problems()
            return
        undone = log.undone() if later or format not in (LogFormat.JSON, LogFormat.JSONL) else set()
        entries = list(later_entries(log, context.today)) if later else log
        listed: Iterator[Entry] = filter(EntrySelection(plan, entries, wanted).takes, entries)
        if last is not None:
            listed = chain.from_iterable(deque(alike(listed), last))
        code = letter_code(context)

        def rows() -> Iterator[Table]:
            from gkcheck.views import exports

            return exports.log(listed, undone, code)

        if format is LogFormat.JSONL:
            json_lines(json_line(entry.fields()) for entry in listed)
        else:
            answer(
                format.plain(),
                lambda: (entry.fields() for entry in listed),
                lambda: [tables.history(alike(listed), undone, code=code)],
                rows,
            )
        log.say_problems()
