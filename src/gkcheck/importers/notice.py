"""A notice, whatever its format → the tasks it prints and the account of its reading."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from gkcheck.errors import BadDocument, BadRequest
from gkcheck.importers.checks import check_reading, is_possible_loss
from gkcheck.importers.coverage import find_uncovered
from gkcheck.importers.draft import DraftTask, Finding, Heading, Omission, ReadingLog
from gkcheck.importers.formats.blocks import Block, BlockKind
from gkcheck.importers.layout.regions import lay_out, read_frame
from gkcheck.importers.prose_reader import read_prose
from gkcheck.importers.recognize.deadlines import day_of
from gkcheck.importers.recognize.header_terms import Kind
from gkcheck.importers.recognize.headings import is_title
from gkcheck.importers.recognize.notice_facts import NoticeFacts, read_facts
from gkcheck.importers.recognize.numbering import leading_number, plain_number, value_of
from gkcheck.importers.recognize.periods import first_due, printed_day, read_period
from gkcheck.importers.script_repair import ScriptRepairs, repair_script
from gkcheck.importers.tables.rows import read_table
from gkcheck.importers.tables.table_choice import TableChoice, TableLayout, chosen_view, layout_of
from gkcheck.importers.tables.table_view import TableView, view_table
from gkcheck.text.numerals import numeral
from gkcheck.text.script import folded, simplified

_SEPARATOR = re.compile(r"[、,;:。()\[\]]|牵头|负责|配合")
_LONGEST_NAME = 24
_MAIN_TEXT = 3
MOST_TEXT = 2_000_000
"""More characters than any notice has: some ten thousand tasks."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A notice as read.

    `gaps` are the numbers it passes over. `first_leads`: it says that the first-named unit of every list leads,
    and so it was read. The other fields are those of `ReadingLog`.
    """

    facts: NoticeFacts
    tasks: tuple[DraftTask, ...]
    left_out: tuple[Omission, ...]
    placed: tuple[tuple[str, str, str], ...]
    findings: tuple[Finding, ...]
    gaps: tuple[str, ...]
    repairs: ScriptRepairs
    tables: int
    rows: int
    first_leads: bool
    layouts: tuple[TableLayout, ...] = ()


def read_notice(
    raw: list[Block],
    name: str,
    keep_script: bool = False,
    progress: Progress | None = None,
    registered: Iterable[str] = (),
    choice: TableChoice | None = None,
) -> Reading:
    """Read a whole notice.

    Args:
        raw: The blocks of the document, in document order.
        name: What messages call the file.
        registered: Names of a registry, which tell a name torn by a line break from two names.
        choice: What a person decided about the tables.
        progress: Called now and then with the number of rows read and of all.

    Raises:
        BadDocument: There is nothing to read; the text says which case it is.
    """
    if sum(len(cell) for block in raw for row in block.rows for cell in row if cell) > MOST_TEXT:
        raise BadDocument(f"{name} 的文字超过 {MOST_TEXT // 10_000} 万字，不像一份通知；请只保留任务表再导入。")
    log = ReadingLog()
    blocks, repairs = repair_script(_without_asides(raw, log), keep_script)
    blocks = [part for block in blocks for part in lay_out(block)]
    total = sum(len(block.rows) for block in blocks)
    log.tick = (lambda done: progress(min(done, total), total)) if progress else None
    tasks, parts = _read_blocks(blocks, log, names_in(blocks) | set(map(folded, registered)), choice)
    tasks = [task for task in tasks if _is_whole(task, log)]
    if not tasks:
        remarks = [(row[0] or "") + "。" for block in raw if block.kind is BlockKind.REMARK for row in block.rows]
        raise BadDocument(f"{name}：{''.join(remarks[:1]) or _why_nothing(blocks, parts)}")
    for place, text in repairs.suspect:
        log.note(place, f"“{text}”处疑有乱码，照原样保留，请核对")
    for place, before, after in repairs.restored:
        log.note(place, f"“{before}”处有乱码，按编码还原为“{after if keep_script else simplified(after)}”，请核对")
    facts = _facts(blocks, tasks[0].place, log)
    restored = {place: simplified(after) for place, _, after in repairs.restored}
    tasks = [with_limit(_completed(task, log, restored.get(task.place)), facts, log) for task in tasks]
    log.left_out.extend(find_uncovered(blocks, tasks, log))
    log.left_out.sort(key=lambda left: not is_possible_loss(left))
    layouts = [layout_of(parts[i].block, parts[i].view, number) for i, number in _numbers(parts).items()]
    if not (choice and choice.columns):
        for layout in layouts:
            if layout.assigns and not any(title for title, _, _ in layout.columns):
                log.note(layout.place, f"表 {layout.number} 没有认出栏名，各栏按内容读，请核对")
    findings = [*check_reading(tasks, [left for left in log.left_out if left.in_text]), *log.findings]
    return Reading(
        facts=facts,
        tasks=tuple(tasks),
        left_out=tuple(log.left_out),
        placed=tuple(log.placed),
        findings=tuple(dict.fromkeys(findings)),
        gaps=tuple(gaps_in(tasks)),
        repairs=repairs,
        tables=log.tables,
        rows=log.rows,
        first_leads=log.first_leads,
        layouts=tuple(layouts),
    )


def _without_asides(blocks: list[Block], log: ReadingLog) -> list[Block]:
    """Return the blocks of text; what the format left unread and what it remarks goes into the log."""
    for block in blocks:
        for row, place in zip(block.rows, block.places, strict=True):
            if block.kind is BlockKind.UNREAD:
                log.leave_out(place, row[0] or "", row[1] or "", in_text=False)
            elif block.kind is BlockKind.REMARK:
                log.note(place, row[0] or "")
    return [block for block in blocks if block.kind not in (BlockKind.UNREAD, BlockKind.REMARK)]


def _is_whole(task: DraftTask, log: ReadingLog) -> bool:
    """True if a task has words and somebody to do them; one that has not is listed as left out."""
    if task.text and task.names():
        return True
    missing = "没有责任单位" if task.text else "只有编号，没有文字"
    log.leave_out(task.place, f"{task.number or ''}{task.text}", missing)
    log.note(task.place, f"“{(task.number or '') + task.text[:20]}”{missing}，未收录")
    return False


def _read_blocks(
    blocks: list[Block], log: ReadingLog, known: Container[str], choice: TableChoice | None
) -> tuple[list[DraftTask], list[_Part]]:
    """Return the tasks in document order, and the parts that the blocks turned out to be."""
    parts = list(_parts(blocks, log))
    if choice:
        parts = _chosen(parts, choice, log)
    tasks: list[DraftTask] = []
    in_text = 0
    headings: list[Heading] = []
    last = max((i for i, part in enumerate(parts) if part.assigns), default=-1)
    for i, (block, view) in enumerate(parts):
        found: list[DraftTask] = []
        if block.kind is BlockKind.PROSE:
            found, headings = read_prose(block, headings, log, i + 1 < len(parts) and parts[i + 1].assigns)
            in_text += len(found)
        elif view and parts[i].assigns:
            if in_text >= max(_MAIN_TEXT, len(block.rows) - 1) and not (choice and choice.tables):
                number = _numbers(parts)[i]
                _leave_table(block, None, log)
                log.note(
                    view.place(0),
                    f"正文已读出 {in_text} 项任务，表 {number} 像是附表，{len(block.rows)} 行未收录；要读它请加 --table {number}",
                )
                continue
            view.known = known
            found, headings = read_table(view, headings, log, i == last)
            headings = headings if i + 1 < len(parts) else []
            if in_text >= _MAIN_TEXT and found:
                log.note(found[0].place, f"正文已读出 {in_text} 项任务，这张表另有 {len(found)} 项，可能是附表，请核对")
        else:
            _leave_table(block, view, log)
        tasks.extend(found)
    return tasks, parts


def _chosen(parts: list[_Part], choice: TableChoice, log: ReadingLog) -> list[_Part]:
    """Return the parts with their tables as a person chose them.

    Raises:
        BadRequest: There is no table of such a number, or none with as many columns.
    """
    numbers = _numbers(parts)
    if missing := sorted(choice.tables - set(numbers.values())):
        raise BadRequest(f"没有表 {missing[0]}，这份文件有 {len(numbers)} 张表；请核对 --table")
    out = [
        _Part(part.block, chosen_view(part.block, part.view, numbers[i], choice, log)) if i in numbers else part
        for i, part in enumerate(parts)
    ]
    widths = {len(part.view.columns) for i, part in enumerate(out) if i in numbers and part.view and part.assigns}
    if choice.columns and len(choice.columns) not in widths:
        listed = "、".join(map(str, sorted(widths))) or "0"
        raise BadRequest(f"--columns 写了 {len(choice.columns)} 栏，要读的表有 {listed} 栏；请逐栏写明")
    return out


def _numbers(parts: list[_Part]) -> dict[int, int]:
    """Return the numbers of the tables by their positions among the parts, from 1 in document order."""
    tables = [i for i, part in enumerate(parts) if part.block.kind is not BlockKind.PROSE]
    return {i: number for number, i in enumerate(tables, 1)}


def names_in(blocks: list[Block]) -> set[str]:
    """Return the pieces between separators that could be names and that no line break tears, folded."""
    cells = (cell for block in blocks for row in block.rows for cell in row if cell)
    pieces = (piece.strip(" ") for cell in cells for piece in _SEPARATOR.split(folded(cell)))
    return {piece for piece in pieces if 2 <= len(piece) <= _LONGEST_NAME and "\n" not in piece}


class _Part(NamedTuple):
    """A block to be read: as paragraphs, or as a table by its view where it has one."""

    block: Block
    view: TableView | None

    @property
    def assigns(self) -> bool:
        """True for a table of duties."""
        return self.view is not None and self.view.duty > 0


def _parts(blocks: list[Block], log: ReadingLog) -> Iterator[_Part]:
    """Yield the blocks with their views; a grid that only frames a page is opened."""
    before: TableView | None = None
    waiting = deque(blocks)
    while waiting:
        block = waiting.popleft()
        part = _Part(block, None if block.kind is BlockKind.PROSE else view_table(block, before, log))
        inner = None if part.assigns or block.kind is not BlockKind.TABLE else read_frame(block)
        if inner and all(len(one.rows) < len(block.rows) or one.kind is BlockKind.PROSE for one in inner):
            waiting.extendleft(reversed(inner))
            continue
        before = part.view or before
        yield part


def _leave_table(block: Block, view: TableView | None, log: ReadingLog) -> None:
    """Leave out a table that assigns nothing; where it names bodies, a person should look at it."""
    for row, place in zip(block.rows, block.places, strict=True):
        log.leave_out(place, " ".join(cell for cell in row if cell), "不是任务表")
    if view and (units := view.index_of(Kind.UNITS)) is not None:
        title = view.columns[units].title
        named = f"有“{title}”一栏" if title else "有单位名称"
        log.note(view.place(0), f"这张表{named}，但不像分派任务的表，{len(block.rows)} 行未收录")


def _why_nothing(blocks: list[Block], parts: list[_Part]) -> str:
    """Return the reason why there is not one task, and the remedy."""
    text = "\n".join(cell for block in blocks for row in block.rows for cell in row if cell)
    if not text.strip():
        return "没有可读的文字；若是扫描件或图片，请先转成文字再导入。"
    if any(part.view and part.view.index_of(Kind.UNITS) is not None for part in parts):
        return "表中虽有单位名称，但不像分派任务的表（像项目、企业或指标清单）；请确认导入的是责任分工表本身。"
    if any(part.view for part in parts):
        return "表中没有责任单位，不能成为责任分工表；请确认表中有责任单位一栏。"
    named = re.search(r"附件\s*+(?:\d++\s*+)?[：:]\s*([^\n]{2,60})", text)
    speaks = re.search(r"(?:《[^》\n]{2,40}(?:分工|分解|任务|清单|台账|方案|计划|要点)[^》\n]{0,12}》)", text)
    table = named[1].strip() if named else (speaks[0] if speaks else "")
    if table and not _stands_in(table, text):
        return f"这是印发通知，任务表在附件“{table}”中，而附件不在本文件里；请取得附件后导入附件。"
    if any(block.kind is not BlockKind.PROSE for block in blocks):
        return "表中没有责任单位，不能成为责任分工表；请确认表中有责任单位一栏。"
    return "没有找到带责任单位的任务；请确认导入的是责任分工表本身。"


def _places_of(title: str, text: str) -> Iterator[int]:
    at = text.find(title) if title else -1
    while at >= 0:
        yield at
        at = text.find(title, at + len(title))


def _stands_in(table: str, text: str) -> bool:
    """True if a document that a notice speaks of follows in it: its title is printed again over some text."""
    squashed, title = re.sub(r"\s", "", text), re.sub(r"\s", "", table).strip("《》")
    places = list(_places_of(title, squashed))
    own = [
        at
        for at in places
        if not re.search(r"《$|附件[\d一二三]*[：:](?:\d[.．、])?《?$", squashed[max(0, at - 12) : at])
    ]
    return any(len(squashed) - at > 200 for at in own)


def _facts(blocks: list[Block], first: str, log: ReadingLog) -> NoticeFacts:
    """Return the facts of the notice; lines that became facts are logged as placed, not as left out."""
    facts = read_facts(_lines_above(blocks, first))
    titles = [text for _, text, use in log.placed if use == "表题" and len(text) <= 60]
    if titles and (facts.title is None or is_title(titles[-1]) or facts.title.endswith("通知")):
        facts = facts._replace(title=titles[-1])
    for use, value in (("文号", facts.document_number), ("印发单位", facts.issuer)):
        for omission in [one for one in log.left_out if value and one.text.strip("（）()") == value]:
            log.left_out.remove(omission)
            log.place(omission.place, omission.text, use)
    return facts


def _lines_above(blocks: list[Block], first: str) -> list[str]:
    out: list[str] = []
    for block in blocks:
        for row, place in zip(block.rows, block.places, strict=True):
            if place == first:
                return out
            words = list(dict.fromkeys(cell for cell in row if cell and cell.strip()))
            if len(words) == 1:
                out.extend(words[0].split("\n"))
        if len(out) > 400:
            break
    return out


def _completed(task: DraftTask, log: ReadingLog, restored: str | None) -> DraftTask:
    """Return a task with its lead by a note on order, and a note where a prefix is printed once."""
    lead, responsible = task.lead, task.responsible
    notes = list(task.notes)
    if log.first_leads and not lead and responsible:
        lead, responsible = responsible[:1], responsible[1:]
    if restored:
        notes.append(f"原文此处有乱码，按编码还原“{restored}”。")
    if task.units_tail:
        notes.append(f"责任单位后另印有“{task.units_tail}”。")
    if prefix := _prefix_printed_once(task.names()):
        notes.append(f"“{prefix}”字只在首个单位前印出，其余单位名称照原文。")
    return replace(task, lead=lead, responsible=responsible, notes=tuple(notes))


def with_limit(task: DraftTask, facts: NoticeFacts, log: ReadingLog) -> DraftTask:
    """Return a task with the day its limit means and the period with which it comes round again, where they are certain."""
    day = day_of(task.deadline, facts.year) if task.deadline else None
    reading = read_period(task.deadline, task.text, day)
    for doubt in reading.doubts:
        log.note(task.place, doubt)
    mention = reading.placed
    if mention is None:
        return replace(task, day=day, period=reading.yearly)
    since = facts.issued or (date(facts.year, 1, 1) if facts.year else None)
    due = first_due(mention, since) if since else None
    if mention.month and due is None:
        log.note(task.place, f"“{mention.clause}”里的日子没有年份可依，按每期最后一天算")
    return replace(task, day=due or day or printed_day(task.deadline), every=mention.every, period=mention.clause)


def _prefix_printed_once(names: tuple[str, ...]) -> str | None:
    """Return the 市 of 市编办、发展改革局、财政局; None where every name or only the first has its own."""
    shapes = [folded(name) for name in names]
    for first, second, third in zip(shapes, shapes[1:], shapes[2:], strict=False):
        if first[0] in "市省区县州" and all(
            re.match(r"[^市省区县州各全]", name) and re.search(r"[局委办厅]$", name) and len(name) <= 8
            for name in (second, third)
        ):
            return first[0]
    return None


def gaps_in(tasks: Sequence[DraftTask]) -> list[str]:
    """Return the numbers that the document passes over, of headings and of tasks, in document order."""
    out: list[str] = []
    sections = list(dict.fromkeys((task.section, task.section_number) for task in tasks if task.section))
    out.extend(_missing("标题", [_section_number(section, number) for section, number in sections]))
    seen: list[int] = []
    for task in tasks:
        value = value_of(task.number)
        if value is None:
            continue
        if seen and value > seen[-1] + 1:
            out.extend(_missing("任务", [plain_number(str(seen[-1])), plain_number(str(value))], task.number))
        seen.append(value)
    return out


def _section_number(section: str | None, number: str | None) -> str:
    printed = leading_number(section or "")
    return printed.printed if printed else (number or "")


def _missing(what: str, numbers: list[str], like: str | None = None) -> list[str]:
    out: list[str] = []
    before: int | None = None
    for printed in numbers:
        value = value_of(printed)
        if value is None:
            continue
        if before is not None and before + 1 < value <= before + 20:
            chinese = not folded(plain_number(like or printed)).isascii()
            out.extend(f"{what}序号缺{numeral(n) if chinese else n}" for n in range(before + 1, value))
        before = value
    return out
