"""Find what no longer fits between the plan, the entries and the files handed in as evidence. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from gkcheck import labels
from gkcheck.journal.live import live_entries
from gkcheck.ledger.assignments import fingerprint
from gkcheck.ledger.fold import Ledger, ledger_of
from gkcheck.model import STATUS_AFTER, Action, Entry, Evidence, Period, Plan, Problem, Where
from gkcheck.operations.remind import RecordedLetter, recorded_letters, register


def check_entries(plan: Plan, entries: Iterable[Entry], journal: str) -> list[Problem]:
    """Return a problem for each entry whose task or unit is no longer in the plan, or whose task has changed since.

    `journal` is the name that the problems call the journal by.
    """
    fingerprints = {task.id: fingerprint(task) for task in plan.tasks()}
    names = {unit.name for unit in plan.units} | {group.name for group in plan.groups}
    where = Where(journal, 0)
    problems = []
    for entry in entries:
        about = f"记录 {entry.id[:12]}（{entry.at[:10]}，具体要求 {entry.task}，{entry.unit or '全部责任单位'}）"
        if entry.task is None:
            continue
        if entry.task not in fingerprints:
            problems.append(Problem(where, f"{about}：责任分工表已没有这项具体要求，记录保留但不计入"))
        elif entry.unit is not None and entry.unit not in names:
            problems.append(Problem(where, f"{about}：责任分工表已没有这个单位，记录保留但不计入"))
        elif entry.of not in (None, fingerprints[entry.task]):
            problems.append(Problem(where, f"{about}：内容已变更，请复核"))
    return problems


def check_files(
    files: Iterable[Evidence], attachment_fault: Callable[[Evidence], str | None], journal: str
) -> list[Problem]:
    """Return a problem for each file that is missing or altered: those in which `attachment_fault` finds a fault."""
    faults = (attachment_fault(file) for file in files)
    return [Problem(Where(journal, 0), fault) for fault in faults if fault]


def look_at(plan: Plan, entries: Sequence[Entry], today: date, plan_name: str, journal: str) -> list[Problem]:
    """Return what a person should look at although nothing is damaged, in the order of the kinds below.

    Units in no group; claims that went back after they were reported; letters of one number; letters past their
    reply-by date without an answer; recording times that jump back.

    Args:
        entries: all entries in the order of facts.
        plan_name, journal: what the problems call the plan's file and the journal.
    """
    live = live_entries(entries, today)
    ledger = ledger_of(plan, live, today)
    letters = recorded_letters(entries)
    said = [
        *_claims_gone_back(ledger, live),
        *_letters_of_one_number(letters),
        *_unanswered_letters(ledger, letters),
        *_jumps(entries),
    ]
    return [
        *(Problem(Where(plan_name, 0), f"请核对：{line}") for line in _units_in_no_group(plan)),
        *(Problem(Where(journal, 0), f"请核对：{line}") for line in said),
    ]


def _units_in_no_group(plan: Plan) -> Iterator[str]:
    """Yield one line for all units in no group that no note explains, where the plan has units in groups at all."""
    if any(unit.groups for unit in plan.units):
        names = [unit.name for unit in plan.units if not unit.groups and not unit.note]
        if names:
            more = f" 等 {len(names)} 个单位" if len(names) > 6 else ""
            yield f"{'、'.join(names[:6])}{more}不属于任何类别，发给类别的不算它的，也不参加排名；请补上 groups，确实不属于的用 note 写明"


_WENT_BACK = frozenset({Action.START, Action.BLOCK, Action.REOPEN})


def _claims_gone_back(ledger: Ledger, live: Sequence[Entry]) -> Iterator[str]:
    """Yield a line for each assignment claimed to be unfinished after it was reported, with no return in between."""
    reported: dict[tuple[int | None, str | None], Entry] = {}
    returned: dict[tuple[int | None, str | None], Entry] = {}
    for entry in live:
        if entry.action in (Action.DONE, Action.CONFIRM):
            reported[entry.task, entry.unit] = entry
        elif entry.action is Action.RETURN:
            returned[entry.task, entry.unit] = entry
    for row in ledger.rows():
        for state in row.states:
            unit = state.assignment.unit
            now = state.entry
            if now is None or now.action not in _WENT_BACK:
                continue
            before = _latest(reported, row.task.id, unit)
            back = _latest(returned, row.task.id, unit)
            if before and _is_within(before, state.period) and not (back and back.order > before.order):
                yield (
                    f"具体要求 {row.task.id} {unit}：{before.day} 记为“{labels.STATUS[STATUS_AFTER[before.action]]}”，"
                    f"{now.day} 又改为“{labels.STATUS[STATUS_AFTER[now.action]]}”（{now.by}，批次 {now.batch}）"
                )


def _is_within(entry: Entry, period: Period | None) -> bool:
    """True if an entry is of the period that is asked of; where the assignment does not come round, each is."""
    return period is None or period.start.isoformat() <= entry.day <= period.end.isoformat()


def _latest(held: dict[tuple[int | None, str | None], Entry], task: int, unit: str) -> Entry | None:
    found = [held[key] for key in ((task, unit), (task, None)) if key in held]
    return max(found, key=lambda entry: entry.order, default=None)


def _letters_of_one_number(letters: Sequence[RecordedLetter]) -> Iterator[str]:
    """Yield a line for each number of a year that several letters bear: two journals numbered on, then were merged.

    A letter that was taken back is settled.
    """
    by_number: dict[str, list[RecordedLetter]] = {}
    for letter in letters:
        if not letter.undone:
            by_number.setdefault(labels.letter_number(letter.day, letter.number), []).append(letter)
    for number, held in by_number.items():
        if len(held) > 1:
            listed = "、".join(f"{one.day} 给{one.unit or '各单位'}的（批次 {one.batch}）" for one in held)
            yield f"{number} 编了 {len(held)} 份：{listed}；请只留一份，其余的用 gkcheck undo 撤销，另行编号"


def _unanswered_letters(ledger: Ledger, letters: Sequence[RecordedLetter]) -> Iterator[str]:
    """Yield a line for each letter past its reply-by date that was not answered in full."""
    for row in register(ledger, letters):
        if row.late:
            number = labels.letter_number(row.letter.day, row.letter.number)
            open_tasks = "、".join(str(task) for task in row.letter.tasks if task not in row.answered)
            yield f"{number} 请 {row.letter.unit or '各单位'} 在 {row.letter.reply_by} 前答复，具体要求 {open_tasks} 还没有答复"


def _jumps(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield a line where a recorder's entry was recorded more than a day before the one that it follows.

    Of one recorder only: the order of facts interleaves the journals that different people kept apart.
    """
    latest: dict[str, Entry] = {}
    for entry in entries:
        recorder = entry.recorded_by or entry.by
        before = latest.get(recorder)
        if before and before.at[:10] > entry.at[:10]:
            gap = datetime.fromisoformat(before.at) - datetime.fromisoformat(entry.at)
            if gap > timedelta(days=1):
                yield (
                    f"记录时间倒退 {gap.days} 天以上：{recorder} 在 {labels.when(before.at)} 之后的一条（记录 {entry.id[:12]}）"
                    f"是 {labels.when(entry.at)}，请检查那台机器的时钟"
                )
        latest[recorder] = entry
