"""A notice, whatever its format → the draft of a plan and the account of its reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from gkcheck.errors import BadDocument
from gkcheck.importers.coverage import remains
from gkcheck.importers.draft import Account, DraftTask, Finding, Heading, LeftOut
from gkcheck.importers.layout.regions import regions_of
from gkcheck.importers.layout.text_tables import Line, grids_of
from gkcheck.importers.prose_reader import read_prose
from gkcheck.importers.recognize.deadlines import day_of
from gkcheck.importers.recognize.headings import is_title
from gkcheck.importers.recognize.numbering import shown, value_of
from gkcheck.importers.script_repair import Mends, repaired
from gkcheck.importers.tables.columns import Field
from gkcheck.importers.tables.rows import read_table
from gkcheck.importers.tables.table_view import Sheet, sheet_of
from gkcheck.table import Table
from gkcheck.text.dates import read_day
from gkcheck.text.script import folded, simplified

MOST_TEXT = 2_000_000
"""More characters than any notice has: some ten thousand tasks."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A notice as read. `first_leads`: it says that the first-named unit of every list leads, and so it was read."""

    title: str | None
    document_number: str | None
    issuer: str | None
    issued: date | None
    tasks: tuple[DraftTask, ...]
    left_out: tuple[LeftOut, ...]
    placed: tuple[tuple[str, str, str], ...]
    findings: tuple[Finding, ...]
    gaps: tuple[str, ...]
    mends: Mends
    tables: int
    rows: int
    first_leads: bool

    @property
    def year(self) -> int | None:
        """The year the plan is for: of its title, else of its date."""
        found = re.search(r"(20\d\d)\s*年", folded(self.title or ""))
        return int(found[1]) if found else (self.issued.year if self.issued else None)


def read_notice(raw: list[Table], name: str, keep_script: bool = False, progress: Progress | None = None) -> Reading:
    """Read a whole notice.

    Args:
        raw: What the format's reader found, in document order.
        name: What messages call the file.
        progress: Called now and then with the number of rows read and of all.

    Raises:
        BadDocument: There is nothing to read; the text says which case it is.
    """
    if sum(len(cell) for grid in raw for row in grid.rows for cell in row if cell) > MOST_TEXT:
        raise BadDocument(f"{name} 的文字超过 {MOST_TEXT // 10_000} 万字，不像一份通知；请只保留任务表再导入。")
    grids, mends = repaired(raw, keep_script)
    grids = [grid for one in grids for grid in laid_out_grids(one)]
    account = Account()
    total = sum(len(grid.rows) for grid in grids)
    account.tick = (lambda done: progress(min(done, total), total)) if progress else None
    tasks, sheets = _read_grids(grids, account)
    tasks = [task for task in tasks if _whole(task, account)]
    if not tasks:
        raise BadDocument(f"{name}：{_why_nothing(grids, sheets)}")
    for place, text in mends.left:
        account.find(place, f"“{text}”处疑有乱码，照原样保留，请核对")
    for place, before, after in mends.restored:
        account.find(place, f"“{before}”处有乱码，按编码还原为“{after if keep_script else simplified(after)}”，请核对")
    title, number, issuer, issued = _about(grids, tasks[0].place, account)
    year = _year(title, issued)
    torn = {place: simplified(after) for place, _, after in mends.restored}
    tasks = [_completed(task, year, account, torn.get(task.place)) for task in tasks]
    _note_facts(account, {"文号": number, "印发单位": issuer})
    account.left_out.extend(remains(grids, tasks, account))
    return Reading(
        title,
        number,
        issuer,
        issued,
        tuple(tasks),
        tuple(account.left_out),
        tuple(account.placed),
        tuple(dict.fromkeys(account.findings)),
        tuple(_gaps(tasks)),
        mends,
        account.tables,
        account.rows,
        account.first_leads,
    )


def _note_facts(account: Account, facts: dict[str, str | None]) -> None:
    """Lines that became facts of the plan are placed, not left out."""
    for what, value in facts.items():
        for left in [left for left in account.left_out if value and left.text.strip("（）()") == value]:
            account.left_out.remove(left)
            account.put(left.place, left.text, what)


def _whole(task: DraftTask, account: Account) -> bool:
    """Whether a task has words and somebody to do them; one that has not is listed as left out."""
    if task.text and task.names():
        return True
    missing = "没有责任单位" if task.text else "只有编号，没有文字"
    account.leave(task.place, f"{task.number or ''}{task.text}", missing)
    account.find(task.place, f"“{(task.number or '') + task.text[:20]}”{missing}，未收录")
    return False


def laid_out_grids(grid: Table) -> list[Table]:
    """Lines as the tables and paragraphs they hold, a grid of several parts as those parts."""
    out: list[Table] = []
    for part in regions_of(grid):
        if part.kind == "lines":
            out.extend(
                grids_of(
                    [
                        Line((row[0] or ""), part.places[r] if r < len(part.places) else f"第{r + 1}行")
                        for r, row in enumerate(part.rows)
                    ]
                )
            )
        else:
            out.append(part)
    return out


def _read_grids(grids: list[Table], account: Account) -> tuple[list[DraftTask], list[Sheet | None]]:
    before: list[Field] | None = None
    sheets: list[Sheet | None] = []
    for grid in grids:
        sheet = sheet_of(grid, before, account) if grid.kind != "prose" else None
        sheets.append(sheet)
        before = sheet.fields if sheet else before
    tasks: list[DraftTask] = []
    headings: list[Heading] = []
    last = max((i for i, sheet in enumerate(sheets) if sheet), default=-1)
    for i, grid in enumerate(grids):
        sheet = sheets[i]
        if sheet:
            found, headings = read_table(sheet, headings, account, i == last)
            headings = headings if i + 1 < len(grids) else []
        elif grid.kind == "prose":
            found, headings = read_prose(grid, headings, account, i + 1 < len(grids) and sheets[i + 1] is not None)
        else:
            found = []
            for r, row in enumerate(grid.rows):
                account.leave(
                    grid.places[r] if r < len(grid.places) else f"第{r + 1}行",
                    " ".join(cell for cell in row if cell),
                    "不是任务表",
                )
        tasks.extend(found)
    return tasks, sheets


def _why_nothing(grids: list[Table], sheets: list[Sheet | None]) -> str:
    """Why there is not one task, and the remedy."""
    text = "\n".join(cell for grid in grids for row in grid.rows for cell in row if cell)
    if not text.strip():
        return "没有可读的文字；若是扫描件或图片，请先转成文字再导入。"
    if any(sheets):
        return "表中没有责任单位，不能成为责任分工表；请确认表中有责任单位一栏。"
    named = re.search(r"附件\s*\d*\s*[：:]\s*([^\n]{2,60})", text)
    speaks = re.search(r"(?:《[^》\n]{2,40}(?:分工|分解|任务|清单|台账|方案|计划|要点)[^》\n]{0,12}》)", text)
    if named or speaks:
        table = named[1].strip() if named else (speaks[0] if speaks else "")
        return f"这是印发通知，任务表在附件“{table}”中，而附件不在本文件里；请取得附件后导入附件。"
    if any(grid.kind != "prose" for grid in grids):
        return "表中没有责任单位，不能成为责任分工表；请确认表中有责任单位一栏。"
    return "没有找到带责任单位的任务；请确认导入的是责任分工表本身。"


_NUMBER = re.compile(
    r"^[(]?([一-鿿]{1,10}(?:函|发|办|字|电|令|通|规|知|督|明电|呈|党|政)?[〔\[【(]20\d\d[〕\]】)]\s*第?\d{1,5}\s*号)[)]?$"
)
_SIGNED = re.compile(r"[(]?(20\d\d年\d{1,2}月\d{1,2}日)[)]?")
_DATED = re.compile(
    r"(?:发文|成文|颁布|发布|印发|公布|生成|制发|公开)(?:日期|时间)\s*:\s*(20\d\d[年\-./]\d{1,2}[月\-./]\d{1,2})"
)
_ISSUER = re.compile(r"(?:发布机构|发文单位|发文机关|发布单位|制发机关|印发机关|发布部门|来源机构)\s*[:]\s*(\S{3,30})")


def _about(grids: list[Table], first: str, account: Account) -> tuple[str | None, str | None, str | None, date | None]:
    """Title, document number, issuer and date, from the lines above the first task."""
    title = number = issuer = None
    issued: date | None = None
    lines = _lines_above(grids, first)
    for n, line in enumerate(lines):
        shape = folded(line)
        bare = re.sub(r"\s", "", shape)
        if number is None and (found := _NUMBER.match(bare)):
            number = re.sub(r"\s", "", line).strip("（）()")
        if found := _ISSUER.search(shape):
            issuer = line[found.start(1) : found.end(1)]
        dated = _SIGNED.fullmatch(bare) or _DATED.search(shape)
        if dated and issued is None:
            issued = read_day(dated[1])
            above = lines[n - 1].strip() if n else ""
            if issuer is None and 4 <= len(above) <= 40 and not re.search(r"[。，；：]", above) and _signs(above):
                issuer = above
        if is_title(line):
            title = _whole_title(lines, n)
    for grid in grids:
        if title is None and grid.title:
            title = grid.title
    over = [text for _, text, what in account.placed if what == "表题" and len(text) <= 60]
    if over and (title is None or is_title(over[-1]) or title.endswith("通知")):
        title = over[-1]
    return title, number, issuer, issued


def _signs(text: str) -> bool:
    return bool(
        re.search(r"(?:政府|办公室|办公厅|委员会|局|厅|部|委|院|会|处|中心|公司|大学|学校|小组)$", folded(text))
    )


def _whole_title(lines: list[str], n: int) -> str:
    """A title with the line before it, where it was set in two lines."""
    above = lines[n - 1].strip() if n else ""
    joins = (
        4 <= len(above) <= 30
        and not re.search(r"[。，；：:、（）()〔]|\d日$", above)
        and not _signs(above)
        and not is_title(above)
    )
    return (
        re.sub(r"\s+", "", above + lines[n])
        if joins
        else re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", lines[n].strip())
    )


def _lines_above(grids: list[Table], first: str) -> list[str]:
    out: list[str] = []
    for grid in grids:
        for r, row in enumerate(grid.rows):
            if r < len(grid.places) and grid.places[r] == first:
                return out
            words = list(dict.fromkeys(cell for cell in row if cell and cell.strip()))
            if len(words) == 1:
                out.extend(words[0].split("\n"))
        if len(out) > 400:
            break
    return out


def _year(title: str | None, issued: date | None) -> int | None:
    found = re.search(r"(20\d\d)\s*年", folded(title or ""))
    return int(found[1]) if found else (issued.year if issued else None)


def _completed(task: DraftTask, year: int | None, account: Account, torn: str | None) -> DraftTask:
    """A task with its day, its lead by a note on order, and a note where a prefix is printed once."""
    lead, responsible = task.lead, task.responsible
    notes = list(task.notes)
    if account.first_leads and not lead and responsible:
        lead, responsible = responsible[:1], responsible[1:]
    if torn:
        notes.append(f"原文此处有乱码，按编码还原“{torn}”。")
    if task.units_tail:
        notes.append(f"责任单位后另印有“{task.units_tail}”。")
    if once := _prefix_once(task.names()):
        notes.append(f"“{once}”字只在首个单位前印出，其余单位名称照原文。")
    day = day_of(task.deadline, year) if task.deadline else None
    return replace(task, lead=lead, responsible=responsible, day=day, notes=tuple(notes))


def _prefix_once(names: tuple[str, ...]) -> str | None:
    """The 市 of 市编办、发展改革局、财政局; None where every name or only the first has its own."""
    shapes = [folded(name) for name in names]
    for first, second, third in zip(shapes, shapes[1:], shapes[2:], strict=False):
        if first[0] in "市省区县州" and all(
            re.match(r"[^市省区县州各全]", name) and re.search(r"[局委办厅]$", name) and len(name) <= 8
            for name in (second, third)
        ):
            return first[0]
    return None


def _gaps(tasks: list[DraftTask]) -> list[str]:
    """Numbers that the document passes over, of headings and of tasks, in document order."""
    out: list[str] = []
    sections = list(dict.fromkeys((task.section, task.section_number) for task in tasks if task.section))
    out.extend(_missing("标题", [_section_number(section, number) for section, number in sections]))
    seen: list[int] = []
    for task in tasks:
        value = value_of(task.number)
        if value is None:
            continue
        if seen and value > seen[-1] + 1:
            out.extend(_missing("任务", [shown(str(seen[-1])), shown(str(value))], task.number))
        seen.append(value)
    return out


def _section_number(section: str | None, number: str | None) -> str:
    from gkcheck.importers.recognize.numbering import leading_number

    printed = leading_number(section or "")
    return printed.printed if printed else (number or "")


def _missing(what: str, numbers: list[str], like: str | None = None) -> list[str]:
    from gkcheck.text.numerals import numeral

    out: list[str] = []
    before: int | None = None
    for printed in numbers:
        value = value_of(printed)
        if value is None:
            continue
        if before is not None and before + 1 < value <= before + 20:
            chinese = not folded(shown(like or printed)).isascii()
            out.extend(f"{what}序号缺{numeral(n) if chinese else n}" for n in range(before + 1, value))
        before = value
    return out
