"""Scores readings of drawn notices: tasks found, tasks right, documents wrong without a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gkcheck.errors import GkcheckError
from gkcheck.importers.draft import DraftTask
from tests.drawn.notices import DrawnNotice, DrawnTask
from tests.notices_read import reading_of, same


@dataclass
class Score:
    """What became of the notices of one format."""

    documents: int = 0
    tasks: int = 0
    found: int = 0
    right: int = 0
    extra: int = 0
    silent: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        found, right = (100 * count / max(1, self.tasks) for count in (self.found, self.right))
        return (
            f"{self.documents} documents, {self.tasks} tasks: found {found:.1f} %, right {right:.1f} %, "
            f"extra {self.extra}, wrong in silence {len(self.silent)}"
        )

    def add(self, path: Path, notice: DrawnNotice) -> None:
        """Read a file and compare it with its notice."""
        self.documents += 1
        want = [(heading, task) for heading, tasks in notice.sections for task in tasks]
        self.tasks += len(want)
        try:
            reading = reading_of(path)
        except GkcheckError as error:
            self.faults.append(f"{path.name}: {error}")
            return
        got: dict[str | None, DraftTask] = {same(task.text): task for task in reading.tasks}
        wrong = []
        for heading, task in want:
            read = got.get(same(task.text))
            self.found += read is not None
            differs = "not found" if read is None else _difference(read, heading, task, notice)
            self.right += not differs
            wrong += [f"{path.name} {task.number}: {differs}"] if differs else []
        extra = max(0, len(reading.tasks) - len(want))
        self.extra += extra
        self.faults += wrong
        if (wrong or extra) and not reading.findings and not reading.gaps:
            self.silent.append(path.name)


def _difference(read: DraftTask, heading: str, task: DrawnTask, notice: DrawnNotice) -> str:
    """Return how a task differs from the one drawn; empty where it does not."""
    for role in ("lead", "responsible", "support"):
        if [same(name) for name in getattr(read, role)] != [same(name) for name in getattr(task, role)]:
            return f"{role} {getattr(read, role)} for {getattr(task, role)}"
    if same(read.deadline) != same(task.deadline):
        return f"deadline {read.deadline} for {task.deadline}"
    if same(read.section) != same(heading):
        return f"section {read.section} for {heading}"
    if notice.numbered and (same(read.number) or "").rstrip(".") != task.number:
        return f"number {read.number} for {task.number}"
    return ""
