"""Find what no longer fits between the plan, the entries and the files handed in as evidence. Pure."""

from collections.abc import Callable, Iterable

from gkcheck.ledger.assignments import fingerprint
from gkcheck.model import Entry, Evidence, Plan, Problem, Where


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
