"""The values that all rooms share. All are frozen; nothing here reads, writes or prints.

Named tuples, not dataclasses: to create such a class takes 0.1 ms instead of 1.2, and every command creates them all.

In Chinese: 责任分工表 plan, 工作任务 section, 具体要求 task, 责任单位 unit, 责任单位类别 group, 责任项 assignment,
记录 entry, 状态 status.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class Role(StrEnum):
    """The role of a unit in a task, strongest first: of two roles in one task a unit has the stronger."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    SUPPORT = "support"


class Status(StrEnum):
    """The progress of an assignment. Overdue is derived from a deadline and is never a status."""

    TODO = "todo"
    DOING = "doing"
    BLOCKED = "blocked"
    DONE = "done"
    CONFIRMED = "confirmed"
    SKIPPED = "skipped"


class Qualifier(StrEnum):
    """A word that qualifies the status of an assignment; derived, never recorded."""

    OVERDUE = "overdue"
    RETURNED = "returned"
    DUE_SOON = "due-soon"


class Action(StrEnum):
    """The effect of an entry on its assignments."""

    START = "start"
    DONE = "done"
    CONFIRM = "confirm"
    RETURN = "return"
    BLOCK = "block"
    SKIP = "skip"
    REOPEN = "reopen"
    NOTE = "note"
    DEADLINE = "deadline"
    REMIND = "remind"
    UNDO = "undo"


STATUS_AFTER: dict[Action, Status] = {
    Action.START: Status.DOING,
    Action.DONE: Status.DONE,
    Action.CONFIRM: Status.CONFIRMED,
    Action.RETURN: Status.DOING,
    Action.BLOCK: Status.BLOCKED,
    Action.SKIP: Status.SKIPPED,
    Action.REOPEN: Status.TODO,
}
"""The status that an action sets; actions that are not here set none."""

REVIEWS = frozenset({Action.RETURN, Action.DONE, Action.CONFIRM, Action.SKIP, Action.REOPEN})
"""A return and the actions that end it: until one of these the reason of the return is shown."""

CLAIMS = frozenset({Action.START, Action.DONE, Action.BLOCK, Action.SKIP, Action.REOPEN, Action.NOTE})
"""The actions that a unit may record about its own assignments. Every other action is an act of the office, and an undo
is whatever it takes back. The files of units (`operations.merge`) and the accounts of units in a database follow it."""

ACTS = frozenset({Action.CONFIRM, Action.RETURN})
"""The office's answers to a claim. Like its deadlines and letters they never change what the unit said."""

FINISHED = frozenset({Status.DONE, Status.CONFIRMED})
"""The statuses that count as reported."""

MAX_TEXT = 20_000
"""The most characters that a note, a problem, a next step, a title or one item of evidence may have."""


class Every(StrEnum):
    """A period after which a task is owed anew."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


class Period(NamedTuple):
    """One month, quarter, half-year or year of the calendar, from its first day to its last."""

    every: Every
    start: date
    end: date


ZONE = "+08:00"
"""The office's time zone, as an offset from UTC, where the plan names no other."""


class Where(NamedTuple):
    """A place in a file: the name the user knows it by, and the line from 1 (0: the file as a whole)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Problem(NamedTuple):
    """One mistake in a file of the user. Problems are collected and shown together, never raised."""

    where: Where
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class Deadline(NamedTuple):
    """A time limit: its words in the text, its day, and the period with which it comes round. Never are all None.

    `period`: the one that `date` is in, where the time limit is that of one period alone.
    """

    text: str | None
    date: date | None
    every: Every | None = None
    period: Period | None = None


class Unit(NamedTuple):
    """One accountable body. `aliases` are other names that people type; `groups` the printed classes it is in.

    `contact` and `phone` say whom to call; they stand in letters to the unit and in nothing else.
    """

    name: str
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    note: str | None = None
    contact: str | None = None
    phone: str | None = None


class Group(NamedTuple):
    """A printed class of units (各镇（街）). Without members in the registry it is open: one assignee."""

    name: str
    ranked: bool = False
    aliases: tuple[str, ...] = ()
    note: str | None = None


class Task(NamedTuple):
    """One requirement. `id` counts from 1 in document order, `number` is as printed (二十三).

    `lead`, `responsible` and `support` hold names of units and groups in the printed order.
    """

    id: int
    number: str
    text: str
    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    deadline: Deadline | None = None
    note: str | None = None
    subsection: str | None = None

    def names_by_role(self) -> tuple[tuple[Role, tuple[str, ...]], ...]:
        """Return the names of units and groups by role, strongest role first, empty roles included."""
        return ((Role.LEAD, self.lead), (Role.RESPONSIBLE, self.responsible), (Role.SUPPORT, self.support))


class Section(NamedTuple):
    """A heading of the table with its printed number (十三) and its tasks in order."""

    number: str
    title: str
    tasks: tuple[Task, ...]
    note: str | None = None


class Plan(NamedTuple):
    """The whole responsibility table, in document order. `zone` is the office's time zone: its offset from UTC."""

    id: str
    title: str
    document_number: str | None
    issuer: str | None
    issued: date | None
    groups: tuple[Group, ...]
    units: tuple[Unit, ...]
    sections: tuple[Section, ...]
    note: str | None = None
    zone: str = ZONE

    def tasks(self) -> list[Task]:
        """Return every task in document order."""
        return [task for section in self.sections for task in section.tasks]


class Assignment(NamedTuple):
    """One cell of the responsibility assignment matrix.

    `group` is the printed class the unit came through (各镇（街）), or None where the table names it.
    """

    task: int
    unit: str
    role: Role
    group: str | None


class Evidence(NamedTuple):
    """Proof of a claim: a public address, a file, or a reference (文号, 会议记录).

    `kind` is url, file or text. A file is stored beside the journal; `sha256` is that of its content, and `value`
    its original name.
    """

    kind: str
    value: str
    title: str | None = None
    published: str | None = None
    sha256: str | None = None

    def fields(self) -> dict[str, str]:
        """Return the fields as the journal and the JSON contract write them; those that are None are left out."""
        return {name: value for name, value in self._asdict().items() if value is not None}


class Draft(NamedTuple):
    """A fact to be recorded; the journal adds seq, at, batch and id to make it an `Entry`.

    `unit` None: every assignment of the task. `on` is the day of the fact, where that is not the day of recording;
    `due` the deadline (None removes it) and `every` its period; `undoes` the batch that an undo is about; `form` the id
    of the form it came from, and `by` who filled that in, where that is not who records. Of a claim `note` is the
    progress (进展情况), `problem` what is in the way (存在问题), `next` the next step (下一步措施). Of a reminder `letter`
    is the number of the letter within its year and `reply_by` the day by which it asks for an answer.
    """

    action: Action
    task: int | None = None
    unit: str | None = None
    of: str | None = None
    note: str | None = None
    evidence: tuple[Evidence, ...] = ()
    on: str | None = None
    due: str | None = None
    undoes: str | None = None
    form: str | None = None
    by: str | None = None
    problem: str | None = None
    next: str | None = None
    letter: int | None = None
    reply_by: str | None = None
    every: Every | None = None


class Entry(NamedTuple):
    """One fact in the journal. `at` is the time of recording in the office's zone (ISO 8601 with an offset).

    `by` is who says it (填报人), `recorded_by` who typed it in (录入人) where that is somebody else; the other fields
    are those of `Draft`. `id` is a hash of the bytes of its line before the id: it identifies the entry and proves that it is unaltered.
    `written_at` is the time of recording as its line has it, where that is in another zone.
    """

    seq: int
    at: str
    by: str
    task: int | None
    unit: str | None
    action: Action
    of: str | None
    note: str | None
    evidence: tuple[Evidence, ...]
    batch: str
    id: str
    on: str | None = None
    due: str | None = None
    undoes: str | None = None
    form: str | None = None
    recorded_by: str | None = None
    problem: str | None = None
    next: str | None = None
    letter: int | None = None
    reply_by: str | None = None
    every: Every | None = None
    written_at: str | None = None

    def fields(self) -> dict[str, Any]:
        """Return the fields as the entry's line in the journal writes them, in their order.

        The optional ones are left out where they are None, but for the `due` of a deadline.
        """
        fields: dict[str, Any] = {"seq": self.seq, "at": self.at_as_written, "by": self.by}
        fields |= {"task": self.task, "unit": self.unit, "action": self.action.value, "of": self.of, "note": self.note}
        fields["evidence"] = [item.fields() for item in self.evidence]
        if self.on is not None:
            fields["on"] = self.on
        if self.action is Action.DEADLINE:
            fields["due"] = self.due
        if self.undoes is not None:
            fields["undoes"] = self.undoes
        if self.form is not None:
            fields["form"] = self.form
        for name in ADDED_FIELDS:
            if (value := getattr(self, name)) is not None:
                fields[name] = value
        return fields | {"batch": self.batch, "id": self.id}

    @property
    def order(self) -> tuple[int, str, str]:
        """Return the sort key of the order of facts: a Lamport counter first, which no wrong clock can reverse."""
        return (self.seq, self.at_as_written, self.id)

    @property
    def at_as_written(self) -> str:
        """Return the time of recording as the entry's line has it."""
        return self.written_at or self.at

    @property
    def day(self) -> str:
        """Return the day of the fact at the office, as YYYY-MM-DD."""
        return self.on or self.at[:10]


class StatusChange(NamedTuple):
    """The place in the order of facts of an entry that set a status, and its action."""

    place: int
    action: Action


PastStatuses = dict[tuple[int, str | None], list[StatusChange | None]]
"""For each (task, unit), unit None for the whole task, what set its status last, as of some days; None: nothing yet."""


ADDED_FIELDS = ("recorded_by", "problem", "next", "letter", "reply_by", "every")
"""The fields of an entry that journals of before do not have, in the order of a line."""
