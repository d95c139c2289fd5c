"""The entries of a journal in a database, read from the server as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, LiteralString

from gkcheck.journal import EVERYTHING, Scope, record_format
from gkcheck.journal.entry_line import EntryLine
from gkcheck.journal.line_fields import fields_of
from gkcheck.model import Action, Entry, Problem, Where

if TYPE_CHECKING:
    import psycopg

MAX_LINES = 5_000
"""The most lines in one statement or one answer."""


class PostgresLines:
    """The entries of a plan within a scope, in the snapshot of a connection (see `Lines`). `name` is that of the store."""

    late: Problem | None = None

    def __init__(self, connection: psycopg.Connection[Any], plan: str, name: str, scope: Scope = EVERYTHING) -> None:
        self.problems: list[Problem] = []
        self._connection, self._plan, self._name, self._scope = connection, plan, name, scope

    def __iter__(self) -> Iterator[EntryLine]:
        problems: list[Problem] = []
        self.problems = problems
        condition, values = _where(self._scope)
        with self._connection.cursor(name="entries") as cursor:
            cursor.itersize = MAX_LINES
            cursor.execute(
                "SELECT payload, id, seq, task, unit, action, batch FROM gkcheck.entries WHERE plan = %s"
                f"{condition} ORDER BY seq, at, id",
                [self._plan, *values],
            )
            for payload, *columns in cursor:
                one = read_payload(payload, self._name, problems, columns[0])
                if one is None:
                    continue
                if columns != _columns(one):
                    id_, fault = one.id, "各列与内容不符，数据库被改动过，以内容为准"
                    problems.append(_problem(self._name, id_, fault))
                yield one
        aside = self._connection.execute("SELECT id FROM gkcheck.set_aside WHERE plan = %s ORDER BY id", [self._plan])
        for (id_,) in aside:
            fault = "不是 gkcheck 的记录，升级时已移到 gkcheck.set_aside，不计入"
            problems.append(_problem(self._name, id_, fault))

    def in_blocks(self, names: tuple[str, ...]) -> Iterator[EntryLine]:
        """See `Lines.in_blocks`: one by one."""
        return iter(self)

    def settle(self) -> None:
        """See `Lines.settle`."""

    def entry_at(self, place: int) -> Entry:
        """See `Lines.entry_at`: no line here has a place."""
        raise LookupError(place)

    def undos(self) -> list[Entry]:
        """See `Lines.undos`."""
        scope = Scope(action=Action.UNDO)
        return [one.decoded() for one in PostgresLines(self._connection, self._plan, self._name, scope)]


def read_payload(payload: str, name: str, problems: list[Problem], id_: str | None = None) -> EntryLine | None:
    """Return the payload's line, or None and add a problem, which names the row by `id_` or the payload's id."""
    line = payload.encode()
    fields = fields_of(line)
    if fields is not None:
        return EntryLine(line, fields)
    try:
        return EntryLine(line, None, record_format.decode(line))
    except record_format.UnknownLine as damage:
        fault = f"记录看不懂（{damage}），已保留但不计入"
    except record_format.DamagedLine as damage:
        fault = f"记录已损坏（{damage}），已跳过"
    problems.append(_problem(name, id_ or payload[-34:-2], fault))
    return None


def _problem(name: str, id_: str, fault: str) -> Problem:
    return Problem(Where(name, 0), f"记录 {id_}：{fault}")


def _columns(one: EntryLine) -> list[object]:
    """Return id, seq, task, unit, action and batch of a line, as the columns of its row should have them."""
    if one.fields is None:
        entry = one.decoded()
        return [entry.id, entry.seq, entry.task, entry.unit, entry.action.value, entry.batch]
    id_, seq, task, unit, action, batch = one.fields.group("id", "seq", "task", "unit", "action", "batch")
    return [id_, int(seq), int(task), unit, action, batch]


def _where(scope: Scope) -> tuple[LiteralString, list[object]]:
    """Return the SQL condition that selects the entries of a scope and every undo, and its values."""
    parts: list[LiteralString] = []
    values: list[object] = []
    if scope.tasks is not None:
        parts.append("task = ANY (%s::integer[])")
        values.append(sorted(scope.tasks))
    if scope.units is not None:
        parts.append("(unit IS NULL OR unit = ANY (%s::text[]))")
        values.append(sorted(scope.units))
    if scope.batch is not None:
        parts.append("starts_with(batch, %s)")
        values.append(scope.batch)
    if scope.action is not None:
        parts.append("action = %s")
        values.append(scope.action.value)
    return (f" AND (action = 'undo' OR {' AND '.join(parts)})" if parts else ""), values
