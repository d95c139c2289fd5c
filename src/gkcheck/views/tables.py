"""Ledger rows → tables: their columns, the order of these and their words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from gkcheck import labels
from gkcheck.ledger.fold import DUE_SOON, SentLetter, State, TaskRow
from gkcheck.model import Action, Entry, Plan, Status, Task
from gkcheck.table import Column, Mark, StatusText, Table, number_columns, table_of, without_empty_columns
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gkcheck.ledger.summary import Counts, Summary, UnitRow
    from gkcheck.operations.remind import RegisterRow

from gkcheck.views.statuses import assignment_status, claimed, opinion, periods, status_text

_NUMBER = Column("编号")
_STATUS = Column("状态", kind="status")
_COUNTS = number_columns("总数", *labels.STATUS.values(), labels.OVERDUE)


def tasks(rows: Iterable[TaskRow], title: str) -> Table:
    """Return one row a task: number, requirement, who owes it as printed, deadline, status, finished of assigned."""
    columns = (
        _NUMBER,
        Column("具体要求", wrap=True),
        Column("责任单位", wrap=True),
        Column("时限", wrap=True),
        _STATUS,
        Column("进度", kind="number"),
    )
    listed = [
        (
            labels.task_number(row.task),
            row.task.text,
            owners(row.task),
            labels.deadline(row.deadline),
            status_text(row.status, overdue=row.overdue),
            f"{row.finished}/{row.assigned}",
        )
        for row in rows
    ]
    return table_of(columns, listed, title=title, notes=(labels.total(len(listed), "项具体要求"),))


def owners(task: Task) -> str:
    """Return the units of a task as the table prints them: 市政府办公室牵头，各镇（街）、市直各单位配合."""
    lead, responsible, support = ("、".join(names) for _, names in task.names_by_role())
    parts = (f"{lead}牵头" if lead else "", responsible, f"{support}配合" if support else "")
    return "，".join(part for part in parts if part)


def assignments(rows: Iterable[TaskRow], title: str, notes: tuple[str, ...]) -> Table:
    """Return one row an assignment of one unit: number, requirement, its role, the class it came through, deadline, status."""
    columns: tuple[Column, ...] = (
        _NUMBER,
        Column("具体要求", wrap=True),
        Column("职责"),
        Column("来源", wrap=True),
        Column("时限", wrap=True),
        _STATUS,
    )
    listed: list[tuple[str, ...]] = [
        (
            labels.task_number(row.task),
            row.task.text,
            labels.ROLE[state.assignment.role],
            state.assignment.group or "点名",
            labels.deadline(state.deadline),
            assignment_status(state),
            state.reason or "",
        )
        for row in rows
        for state in row.states
    ]
    if any(row[-1] for row in listed):
        columns = (*columns, Column("退回理由", wrap=True))
    else:
        listed = [row[:-1] for row in listed]
    return table_of(columns, listed, title=title, notes=(labels.total(len(listed), "项", "责任项"), *notes))


def facts(row: TaskRow) -> Table:
    """Return the facts of one task as label and text."""
    facts = [
        ("工作任务", labels.section_title(row.section)),
        ("分项", row.task.subsection or ""),
        ("具体要求", row.task.text),
        ("责任单位", owners(row.task)),
        ("发布渠道", "、".join(row.task.channels)),
        ("时限", labels.deadline(row.deadline)),
        ("状态", f"{status_text(row.status, overdue=row.overdue)}  {row.finished}/{row.assigned}"),
        ("说明", row.task.note or ""),
    ]
    columns = (Column("项目"), Column("内容", wrap=True))
    return table_of(columns, [fact for fact in facts if fact[1]], title=f"具体要求 {labels.task_number(row.task)}")


def assignees(row: TaskRow, code: str = labels.LETTER_CODE) -> Table:
    """Return every assignment of one task with its state; `code` is that of the office's letters."""
    columns = (
        Column("责任单位", wrap=True),
        Column("职责"),
        _STATUS,
        Column("各期", wrap=True),
        Column("时限", wrap=True),
        Column("更新"),
        Column("填报人", wrap=True),
        Column("备注", wrap=True),
        Column("佐证", wrap=True),
        Column("审核", wrap=True),
        Column("催办", wrap=True),
    )
    listed = [
        (
            state.assignment.unit,
            labels.ROLE[state.assignment.role],
            assignment_status(state),
            periods(state),
            labels.deadline(state.deadline),
            *((state.claim.day, state.claim.by) if state.claim else ("", "")),
            claimed(state),
            "；".join(map(labels.evidence, state.evidence)),
            _reviewed(state),
            _reminders(state.letters, code),
        )
        for state in row.states
    ]
    return without_empty_columns(table_of(columns, listed))


def _reviewed(state: State) -> str:
    """Return the office's answer where it stands, who gave it and when: 退回：链接打不开（李四，2019-11-20）."""
    act = state.act if state.returned or state.status is Status.CONFIRMED else None
    return f"{opinion(act)}（{act.by}，{act.at[:10]}）" if act else ""


def _reminders(letters: Sequence[SentLetter], code: str) -> str:
    """Return how often an assignment was reminded of, and the last letter: 2 次，最近 催办〔2019〕7号."""
    if not letters:
        return ""
    return f"{len(letters)} 次，最近 {labels.letter_number(letters[-1].day, letters[-1].number, code)}"


def register(rows: Sequence[RegisterRow], code: str = labels.LETTER_CODE) -> Table:
    """Return the register of letters: number, day, unit, tasks, reply-by date, and what was answered since."""
    columns = (
        Column("编号"),
        Column("日期"),
        Column("责任单位", wrap=True),
        Column("具体要求", wrap=True),
        Column("回复期限"),
        Column("答复", wrap=True),
        Column("批次"),
    )
    listed = [
        (
            labels.letter_number(row.letter.day, row.letter.number, code),
            row.letter.day,
            row.letter.unit or "全部责任单位",
            "、".join(map(str, row.letter.tasks)),
            row.letter.reply_by or "",
            _answer(row),
            row.letter.batch,
        )
        for row in rows
    ]
    return table_of(columns, listed, title="催办登记", notes=(labels.total(len(listed), "份", "催办单"),))


def _answer(row: RegisterRow) -> str:
    if row.letter.undone:
        return "已撤销"
    if len(row.answered) == len(row.letter.tasks):
        return "已答复"
    late = "（逾期）" if row.late else ""
    part = f"已答复 {len(row.answered)} 项，共 {len(row.letter.tasks)} 项" if row.answered else "未答复"
    return part + late


def history(
    records: Iterable[Sequence[Entry]], dead: set[str], title: str | None = None, code: str = labels.LETTER_CODE
) -> Table:
    """Return entries, oldest first; those of a batch that was undone say so; `code` is that of the office's letters.

    Entries that tell one fact stand in one row (see `operations.log.alike`).
    """
    columns = (
        Column("时间"),
        Column("填报人", wrap=True),
        Column("编号"),
        Column("责任单位", wrap=True),
        Column("动作"),
        Column("备注", wrap=True),
        Column("批次"),
    )
    listed = [(_entry(record, dead, code), len(record)) for record in records]
    count = sum(number for _, number in listed)
    note = "还没有记录。" if title and not count else labels.total(count, "条记录")
    more = f"同一批中内容相同的并为一行，共 {len(listed)} 行。" if len(listed) < count else ""
    return table_of(columns, [row for row, _ in listed], title=title, notes=(note + more,))


def _entry(record: Sequence[Entry], dead: set[str], code: str) -> tuple[str, ...]:
    entry = record[0]
    tasks, units = (len({one.task for one in record}), len({one.unit for one in record})) if record[1:] else (1, 1)
    parts = [entry.note] if entry.note else []
    parts += [f"{name}：{text}" for name, text in (("存在问题", entry.problem), ("下一步措施", entry.next)) if text]
    if entry.action is Action.REMIND:
        parts.append(labels.letter_number(entry.day, entry.letter or 0, code))
        parts += [f"回复期限：{entry.reply_by}"] if entry.reply_by else []
    if entry.recorded_by:
        parts.append(f"录入人：{entry.recorded_by}")
    if entry.action is Action.DEADLINE:
        every = labels.EVERY[entry.every] if entry.every else None
        parts.append(f"时限：{'，'.join(filter(None, (every, entry.due))) or '取消'}")
    if entry.on:
        parts.append(f"办理日期：{entry.on}")
    if entry.undoes:
        parts.append(f"撤销批次 {entry.undoes}")
    parts += map(labels.evidence, entry.evidence)
    action = labels.ACTION[entry.action] + ("（已撤销）" if entry.batch in dead else "")
    unit = entry.unit or ("" if entry.task is None else "全部责任单位")
    unit += f"等 {units} 个单位" if units > 1 else ""
    return (
        labels.when(entry.at),
        entry.by,
        str(entry.task or "") + (f" 等 {tasks} 项" if tasks > 1 else ""),
        unit,
        action,
        "；".join(parts),
        entry.batch,
    )


# -- summaries ------------------------------------------------------------------------------------------


def overview(summary: Summary) -> Table:
    """Return two rows: all tasks, all assignments; how many of these come round again is noted."""
    columns = (Column("范围"), *_COUNTS, *number_columns("上报率", "办结率"))
    listed = [
        ("具体要求", *_counted(summary.tasks), "", ""),
        ("责任项", *_counted(summary.assignments), *rates(summary.assignments)),
    ]
    notes = (f"其中定期办理的责任项 {summary.recurring} 个，只计当期。",) if summary.recurring else ()
    return table_of(columns, listed, title=f"{summary.plan.title}（截至 {summary.as_of.isoformat()}）", notes=notes)


def pace(summary: Summary) -> Table:
    """Return 序时进度 beside the real rates, and the number of assignments due soon."""
    from gkcheck.ledger.schedule import expected_progress

    expected = expected_progress(summary.plan, summary.as_of)
    counts = summary.assignments
    columns = (
        Column("序时进度", kind="number"),
        Column("上报率", kind="number"),
        Column("比序时进度"),
        Column("办结率", kind="number"),
        Column(f"即将到期（{DUE_SOON.days}天内）", kind="number"),
    )
    reported, confirmed = rates(counts)
    points = counts.reported_rate - expected.percent
    gap = labels.gap(points) if counts.reported[1] else "—"
    if counts.reported[1] and points < 0:
        gap = StatusText(gap, Mark.OVERDUE)
    row = (f"{expected.months}/12 {labels.percent(expected.percent)}", reported, gap, confirmed, str(counts.due_soon))
    return table_of(columns, [row], title="进度")


def by_section(summary: Summary) -> Table:
    """Return one row a section, counting assignments."""
    columns = (Column("工作任务", wrap=True), *_PROGRESS)
    return table_of(columns, [(labels.section_title(row.section), *_progress(row.counts)) for row in summary.sections])


class Ranking(NamedTuple):
    """The units of one group: by reported rate where it is ranked, else in registry order."""

    group: str | None
    ranked: bool
    rows: tuple[UnitRow, ...]


def rankings(summary: Summary) -> list[Ranking]:
    """Return a ranking for each group in registry order, towns with towns; the units of no group stand together."""
    groups: dict[str | None, list[UnitRow]] = {}
    for row in summary.units:
        groups.setdefault(row.group, []).append(row)
    ranked = {group.name for group in summary.plan.groups if group.ranked}
    last = len(summary.units) + 1
    return [
        Ranking(group, True, tuple(sorted(rows, key=lambda row: row.rank or last)))
        if group in ranked
        else Ranking(group, False, tuple(rows))
        for group, rows in groups.items()
    ]


def group_name(group: str | None) -> str:
    """Return the title of a group's table."""
    return group or "未归类的单位和未公布成员的类别"


def by_class(summary: Summary) -> Table:
    """Return one row a class, counting the assignments of its units."""
    from gkcheck.views.counts import counts_by_class

    columns = (Column("类别", wrap=True), *_PROGRESS)
    return table_of(columns, [(group_name(group), *_progress(counts)) for group, counts in counts_by_class(summary)])


def by_unit(summary: Summary) -> list[Table]:
    """Return one table a group, in the order of `rankings`."""
    tables = []
    for ranking in rankings(summary):
        columns: tuple[Column, ...] = (Column("责任单位", wrap=True), *_PROGRESS)
        listed: list[tuple[str, ...]] = [(row.unit, *_progress(row.counts)) for row in ranking.rows]
        if ranking.ranked:
            columns = (Column("名次", kind="number"), *columns)
            listed = [(str(row.rank or "—"), *cells) for row, cells in zip(ranking.rows, listed, strict=True)]
        tables.append(table_of(columns, listed, title=group_name(ranking.group)))
    return tables


def by_task(rows: Iterable[TaskRow]) -> Table:
    """Return one row a task, counting its assignments."""
    from gkcheck.views.counts import counts_of

    columns = (_NUMBER, Column("具体要求", wrap=True, kind="brief"), *_PROGRESS)
    return table_of(
        columns, [(labels.task_number(row.task), row.task.text, *_progress(counts_of(row))) for row in rows]
    )


_PROGRESS = (*number_columns("总数", "已报", "办结", "逾期", "上报率", "办结率"), Column("进度", kind="bar"))


def _progress(counts: Counts) -> tuple[str, ...]:
    reported, _ = counts.reported
    figures = (str(counts.total), str(reported), str(counts.confirmed), _overdue(counts))
    return (*figures, *rates(counts), bar(counts))


def _overdue(counts: Counts) -> str:
    """Return the number of the overdue, marked where there are any."""
    return StatusText(str(counts.overdue), Mark.OVERDUE) if counts.overdue else "0"


def rates(counts: Counts) -> tuple[str, str]:
    """Return both rates with two decimals; a dash where everything is skipped and there is nothing to rate."""
    if not counts.reported[1]:
        return ("—", "—")
    return (labels.percent(counts.reported_rate), labels.percent(counts.confirmed_rate))


def _counted(counts: Counts) -> tuple[str, ...]:
    numbers = (counts.total, *(counts.of(status) for status in labels.STATUS))
    return (*map(str, numbers), _overdue(counts))


def bar(counts: Counts, length: int = 10) -> str:
    """Return the reported rate as a bar of `length` cells; never full before everything is reported."""
    part, whole = counts.reported
    filled = part * length // whole if whole else 0
    return "#" * filled + "." * (length - filled)


def units(plan: Plan, summary: Summary, letters: Mapping[str, int], chosen: Collection[str] | None = None) -> Table:
    """Return the registry: units in their order, then groups without members, which are assignees themselves.

    `letters` counts those that each unit was sent; `chosen` leaves only the units of these names.
    """
    from gkcheck.ledger.summary import Counts

    loads = {row.unit: row.counts for row in summary.units}
    members = {name for unit in plan.units for name in unit.groups}
    columns = (
        Column("责任单位", wrap=True),
        Column("别名", wrap=True),
        Column("类别", wrap=True),
        *number_columns("责任项", "已报", "上报率", "催办次数"),
    )
    assignees = [(unit.name, unit.aliases, "、".join(unit.groups)) for unit in plan.units]
    assignees += [(group.name, group.aliases, "未公布成员") for group in plan.groups if group.name not in members]
    listed = [
        (name, "、".join(aliases), groups, *_load(loads.get(name, Counts())), str(letters.get(name, 0)))
        for name, aliases, groups in assignees
        if chosen is None or name in chosen
    ]
    return table_of(
        columns, listed, title=f"{plan.title}：责任单位", notes=(labels.total(len(listed), "个", "责任单位"),)
    )


def _load(counts: Counts) -> tuple[str, str, str]:
    return (str(counts.total), str(counts.reported[0]), rates(counts)[0])
