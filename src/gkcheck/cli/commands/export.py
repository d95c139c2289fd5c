"""export, report and matrix: the ledger as data, as a bulletin, at a glance."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path

from gkcheck import labels
from gkcheck.atomic_files import check_targets, save
from gkcheck.cli import options
from gkcheck.cli.commands.query import task_filter
from gkcheck.cli.context import Context
from gkcheck.cli.output import Format, answer, check_destination, deliver, say
from gkcheck.cli.paper import Copies, Demand, Number, Sealed, TemplateFile, To, bulletin_head, is_sealed, renderer
from gkcheck.cli.params import Argument, Option
from gkcheck.cli.streams import talk
from gkcheck.cli.typed.words import units_typed
from gkcheck.errors import BadRequest, BadTarget
from gkcheck.exporters.registry import DATA, DOCUMENTS, Exporter, exporter_for, formats_of, idle, suffixes_of
from gkcheck.journal import STATUSES, Scope
from gkcheck.ledger.fold import Ledger, TaskRow
from gkcheck.ledger.queries import TaskFilter, qualifiers_of, select
from gkcheck.ledger.schedule import expected_progress
from gkcheck.ledger.summary import summarise
from gkcheck.table import Origin, without_charts
from gkcheck.terminal import progress
from gkcheck.text.width import width
from gkcheck.types import Annotated
from gkcheck.views import bulletin, contract, exports, matrix, pace, published


class By(StrEnum):
    """The thing that a row of the export stands for."""

    ASSIGNMENT = "assignment"
    TASK = "task"


_PRINTED = ".docx"
"""The format in which an export by task is the table as its notice prints it."""


def _by_suffix(renderers: tuple[str, ...]) -> str:
    return f"写到哪个文件；后缀定格式：{' '.join(suffixes_of(renderers))}；- 为标准输出，用 --format 写明格式"


def _format(renderers: tuple[str, ...]) -> Option:
    return options.FORMAT("文件的格式；默认由后缀定", choices=lambda: formats_of(renderers))


def export(
    context: Context,
    file: Annotated[Path, Argument("文件", lambda: _by_suffix(DATA), completes="file")],
    units: options.UnitWords = None,
    by: Annotated[
        By | None,
        options.BY(
            "一行一个责任项，或一行一项具体要求；默认 assignment，.docx 默认 task", words=lambda: labels.BY_WORDS
        ),
    ] = None,
    unit: options.UnitFilter = None,
    section: options.SectionFilter = None,
    role: options.RoleFilter = None,
    status: options.StatusFilter = None,
    match: options.TextFilter = None,
    channel: options.ChannelFilter = None,
    named: options.NamedOnly = False,
    overdue: options.OverdueOnly = False,
    due_by: options.DueBy = None,
    as_of: options.AsOf = None,
    format: Annotated[str | None, _format(DATA)] = None,
    force: options.Overwrite = False,
) -> None:
    """把台账导出成数据。筛选与 tasks 相同；一行一个责任项时 --status 指责任项的状态。

    .docx 按具体要求导出时，就是印发时那样的责任分工表，再用 import 读入仍是同一张表。

    例：gkcheck export 台账.xlsx --unit 市教育局
    """
    context.require_journal()
    exporter = exporter_for(file, DATA, "导出", format)
    check_destination(file, exporter, force)
    kind = by or (By.TASK if exporter.suffix == _PRINTED else By.ASSIGNMENT)
    wanted = task_filter(
        context, units_typed(context, units, unit), section, role, status, match, channel, named, overdue, due_by
    )
    details = kind is By.ASSIGNMENT or exporter.values is not None
    tasks = None if wanted.tasks is None else frozenset(wanted.tasks)
    ledger = context.ledger(as_of, Scope(tasks, wanted.units, details))
    rows, day = _rows(ledger, wanted, kind), ledger.as_of
    del ledger  # its entries take as much room as a document
    count = sum(len(row.states) for row in rows) if kind is By.ASSIGNMENT else len(rows)
    if kind is By.ASSIGNMENT and exporter.most_rows is not None and count > exporter.most_rows:
        raise BadTarget(
            f"{file}：{count} 个责任项，{exporter.label}一次最多放 {exporter.most_rows} 个；"
            "请用 .xlsx 导出，或用 --unit、--section 分开导出"
        )
    what = "个责任项" if kind is By.ASSIGNMENT else "项具体要求"
    data = _exported(context, rows, kind, exporter, day)
    deliver(file, data, force, "已导出", f"（{count} {what}）")


def _rows(ledger: Ledger, wanted: TaskFilter, by: By) -> list[TaskRow]:
    """Return the rows to be exported; where a row is an assignment, a status is the assignment's."""
    if by is By.TASK or wanted.statuses is None:
        return select(ledger, wanted)
    chosen = [
        row._replace(states=[state for state in row.states if wanted.statuses & {state.status, *qualifiers_of(state)}])
        for row in select(ledger, wanted._replace(statuses=None))
    ]
    return [row for row in chosen if row.states]


def _exported(context: Context, rows: list[TaskRow], by: By, exporter: Exporter, day: date) -> bytes:
    plan, origin = context.plan, _origin(context)
    if exporter.values:
        return exporter.values([contract.task(row) for row in rows] if by is By.TASK else contract.assignments(rows))
    if exporter.document and exporter.suffix == _PRINTED and by is By.TASK:
        return exporter.document(published.document(plan, rows)._replace(origin=origin), idle)
    detail = (exports.by_task if by is By.TASK else exports.by_assignment)(rows, plan.title)
    matrices = exports.matrices(plan, rows) if exporter.has_sheets else []
    if exporter.has_sheets and rows and not matrices:
        talk("单位和具体要求太多，工作簿里没有对照表；请用 gkcheck matrix --group 按类别查看")
    more = [exports.summary(plan, rows, expected_progress(plan, day)), *matrices] if exporter.has_sheets else []
    if exporter.has_sheets and rows:
        more.append(without_charts(pace.burn_up(context.pace(rows, day))))
    assert exporter.tables
    return exporter.tables([detail._replace(origin=origin), *more])


def _origin(context: Context) -> Origin:
    return Origin(context.plan.issuer or "gkcheck", context.today)


def report(
    context: Context,
    file: Annotated[Path, Argument("文件", lambda: _by_suffix(DOCUMENTS), completes="file")],
    as_of: options.AsOf = None,
    since: Annotated[str | None, options.SINCE("与这一天结束时相比，说明变化")] = None,
    number: Number = None,
    to: To = None,
    copies: Copies = None,
    demand: Demand = None,
    reply_by: Annotated[
        str | None, options.REPLY_BY("下一步工作要求的期限；默认 7 天后，可用 gkcheck config 设定")
    ] = None,
    sealed: Sealed = False,
    template: TemplateFile = None,
    format: Annotated[str | None, _format(DOCUMENTS)] = None,
    force: options.Overwrite = False,
) -> None:
    """通报：总体情况、排名情况、存在问题、下一步工作要求，附对照表和逐项办理情况。

    例：gkcheck report 通报.docx --number 第3期 --since 2019-09-30
    """
    context.require_journal()
    exporter = exporter_for(file, DOCUMENTS, "写", format)
    render = renderer(exporter, template)
    check_destination(file, exporter, force)
    head = bulletin_head(context, number, to, copies, demand, reply_by)
    ledger = context.ledger(as_of)
    before = None
    if since is not None:
        if context.day(since, options.SINCE) >= ledger.as_of:
            raise BadRequest(f"--since 应早于 {ledger.as_of.isoformat()}，请写更早的日期")
        before = summarise(context.ledger(since, STATUSES))
    rows, summary = ledger.rows(), summarise(ledger)
    del ledger  # its entries take as much room as a document
    points = context.pace(rows, summary.as_of)
    document = bulletin.document(summary, rows, context.today, head, before, points)
    document = document._replace(origin=_origin(context), sealed=is_sealed(context, sealed))
    with progress("通报", sum(len(table.rows) - table.header for table in document.tables)) as advance:
        data = render(document, advance)
    deliver(file, data, force, "已写好通报")


class TemplateKind(StrEnum):
    """The documents that a template may be of."""

    BULLETIN = "bulletin"
    LETTER = "letter"


def template(
    context: Context,
    kind: Annotated[
        TemplateKind,
        Argument("种类", "哪一种文书的模板", words=lambda: {"bulletin": "通报", "letter": "催办单"}),
    ],
    output: Annotated[Path, options.OUTPUT("写到哪个 .docx 文件", metavar="文件")],
    force: options.Overwrite = False,
) -> None:
    """写出通报或催办单的 Word 模板。在 Word 里加上红头、改字体和文字，再用 report 或 remind 的 --template 填写。

    例：gkcheck template letter -o 模板.docx
    """
    if output.suffix.lower() != _PRINTED:
        raise BadTarget(f"{output}：模板是 Word 文档，文件名请用 {_PRINTED} 结尾")
    check_targets([output], force)
    from gkcheck.exporters.docx_template import layout, marks

    save(output, layout(), force)
    known = "、".join(f"{{{{{mark}}}}}" for mark in marks(kind is TemplateKind.LETTER))
    say(f"已写好模板：{output}\n可用的标记：{known}")


def show_matrix(
    context: Context,
    units: options.UnitWords = None,
    group: Annotated[
        str | None, Option("--group", metavar="类别", help="只看这个类别的成员，或只看一个单位", completes="group")
    ] = None,
    unit: options.UnitFilter = None,
    as_of: options.AsOf = None,
    format: options.OutputFormat = Format.TABLE,
) -> None:
    """单位与具体要求的对照表，一格一个字。

    例：gkcheck matrix --group 各镇（街）
    """
    chosen = units_typed(context, units, [*(unit or ()), *([] if group is None else [group])])
    only = chosen.units if chosen else None
    rows = select(context.ledger(as_of, Scope(units=only, details=False)), TaskFilter(units=only))
    lines = matrix.lines(context.plan, rows)
    tasks = [row.task.id for row in rows]

    answer(
        format,
        lambda: matrix.contract(lines, tasks),
        lambda: matrix.tables(lines, tasks, _beside(lines, format)),
        lambda: matrix.flat(lines, tasks),
    )


def _beside(lines: list[matrix.Line], format: Format) -> int | None:
    """Return the number of tasks that fit beside each other on the terminal; None, for all of them, anywhere else."""
    if format is not Format.TABLE or not sys.stdout.isatty():
        return None
    longest = min(max((width(line.unit) for line in lines), default=8), 24)
    return max(5, (shutil.get_terminal_size((80, 24)).columns - longest - 4) // 3)
