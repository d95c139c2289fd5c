"""A sound plan in a form that loads at once, kept in the cache directory.

It is a copy, never the truth: it holds the very bytes it was made from, is used only for exactly those,
and is made again whenever it is missing, stale or damaged. Reading YAML costs 30 ms, this 1.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from datetime import date

from gkcheck.errors import BadPlan
from gkcheck.model import Deadline, Every, Group, Plan, Section, Task, Unit
from gkcheck.paths import CACHE, own_path
from gkcheck.types import TYPE_CHECKING
from gkcheck.version import __version__

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

LARGEST = 10_000_000
"""The most bytes of a plan file; one of 2,000 tasks has two million."""

_MAGIC = f"gkcheck {__version__} plan, Python {sys.hexversion:x}\n".encode()


def load_source(path: str | Path) -> bytes:
    """Return the bytes of a plan file.

    Raises:
        BadPlan: it is too big to be a plan, or has no end.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadPlan(f"{path} 超过 {LARGEST // 1_000_000} MB，不是责任分工表，请换一个 YAML 文件")
    return data


def load_compiled(path: str | Path, source: bytes) -> Plan | None:
    """Return the plan compiled from exactly `source`, or None."""
    try:
        with open(_place(path), "rb") as file:
            data = file.read()
        if not data.startswith(_MAGIC):
            return None
        checksum, body = data[len(_MAGIC) : len(_MAGIC) + 4], data[len(_MAGIC) + 4 :]
        if zlib.crc32(body).to_bytes(4, "big") != checksum:
            return None
        origin, fields = marshal.loads(body)
        return _plan(fields) if origin == source else None
    except (OSError, ValueError, EOFError, TypeError):
        return None


def save_compiled(path: str | Path, source: bytes, plan: Plan) -> None:
    """Keep the plan for next time; where that is not possible, next time reads the YAML again."""
    from contextlib import suppress

    from gkcheck.atomic_files import make_private, replace

    body = marshal.dumps((source, _fields(plan)))
    with suppress(OSError):
        target = _place(path)
        make_private(os.path.dirname(target))
        replace(target, _MAGIC + zlib.crc32(body).to_bytes(4, "big") + body)


def _place(path: str | Path) -> str:
    name = zlib.crc32(os.fsencode(os.path.abspath(path)))
    return own_path(CACHE, "plans", f"{name:08x}")


def _fields(value: Any) -> Any:
    """Return plan values as plain tuples, a date and a period as text."""
    if isinstance(value, tuple):
        return tuple(_fields(part) for part in value)
    if isinstance(value, Every):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _plan(fields: tuple[Any, ...]) -> Plan:
    plan = Plan(*fields)
    return plan._replace(
        issued=_date(plan.issued),
        groups=tuple(Group(*group) for group in plan.groups),
        units=tuple(Unit(*unit) for unit in plan.units),
        sections=tuple(_section(section) for section in plan.sections),
    )


def _section(fields: tuple[Any, ...]) -> Section:
    section = Section(*fields)
    return section._replace(tasks=tuple(_task(task) for task in section.tasks))


def _task(fields: tuple[Any, ...]) -> Task:
    task = Task(*fields)
    if task.deadline is None:
        return task
    text, day, every, *_ = task.deadline
    return task._replace(deadline=Deadline(text, _date(day), every and Every(every)))


def _date(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
