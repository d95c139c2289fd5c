"""The short way for the commands that are typed all day: `tasks` and the recording ones, without loading typer.

typer declares every command and option, and reads every command line that is the least unusual; to load it
takes longer than all the rest of a plain `gkcheck done 23`. A line made only of the words below means the
same here as there (a test holds the two together); anything else is left to typer, errors and help first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

RECORDING = ("done", "start", "block", "skip", "reopen", "note")

TASKS = {
    "--unit": "unit",
    "-u": "unit",
    "--section": "section",
    "--role": "role",
    "--status": "status",
    "--match": "match",
    "--channel": "channel",
    "--due-by": "due_by",
    "--as-of": "as_of",
    "--format": "format",
    "-f": "format",
    "--plan": "plan",
    "--store": "store",
}
RECORD = {
    "--unit": "unit",
    "-u": "unit",
    "--note": "note",
    "-n": "note",
    "--on": "on",
    "--by": "by",
    "--plan": "plan",
    "--store": "store",
}
FLAGS = {"--named": "named", "--overdue": "overdue", "--dry-run": "dry_run"}
_TASKS_FLAGS = ("--named", "--overdue")
_RECORD_FLAGS = ("--dry-run",)


def understood(arguments: Sequence[str]) -> Callable[[], None] | None:
    """What a command line asks for, ready to be done; None where typer has to read it."""
    if not arguments:
        return None
    command, *rest = arguments
    if command == "tasks":
        found = _options(rest, TASKS, _TASKS_FLAGS, words=False)
        return partial(_tasks, **found[1]) if found and _known(found[1]) else None
    if command in RECORDING:
        found = _options(rest, RECORD, _RECORD_FLAGS, words=True)
        return partial(_record, command, *found) if found and found[0] else None
    return None


def _options(
    rest: Sequence[str], valued: dict[str, str], flags: Sequence[str], words: bool
) -> tuple[list[str], dict[str, Any]] | None:
    """The bare words and the options of a line, each option at most once; None for anything else."""
    bare: list[str] = []
    options: dict[str, Any] = {}
    waiting = iter(rest)
    for word in waiting:
        if not word.startswith("-"):
            if not words:
                return None
            bare.append(word)
            continue
        name: str | None
        value: str | bool | None
        if word in flags:
            name, value = FLAGS[word], True
        else:
            name, value = valued.get(word), next(waiting, None)
        if name is None or value is None or name in options or (isinstance(value, str) and value.startswith("-")):
            return None
        options[name] = value
    return bare, options


def _known(options: dict[str, Any]) -> bool:
    """Whether the words that must be one of a few are; typer says which where they are not."""
    from gkcheck.cli.output import Format
    from gkcheck.model import Role, Status

    choices = {"role": Role, "status": Status, "format": Format}
    return all(options[name] in {word.value for word in kind} for name, kind in choices.items() if name in options)


def _tasks(**options: Any) -> None:
    from gkcheck.cli.commands.tasks import list_tasks, wanted_of
    from gkcheck.cli.output import Format
    from gkcheck.model import Role, Status

    session = _session(options)
    wanted = wanted_of(
        session,
        unit=options.get("unit"),
        section=options.get("section"),
        role=Role(options["role"]) if "role" in options else None,
        status=Status(options["status"]) if "status" in options else None,
        match=options.get("match"),
        channel=options.get("channel"),
        named=options.get("named", False),
        overdue=options.get("overdue", False),
        due_by=options.get("due_by"),
    )
    list_tasks(session, wanted, options.get("as_of"), Format(options.get("format", "table")))


def _record(command: str, tasks: list[str], options: dict[str, Any]) -> None:
    from gkcheck.cli.recording import record
    from gkcheck.model import Action

    record(_session(options), Action(command), tasks, **options)


def _session(options: dict[str, Any]) -> Any:
    """A session with the settings taken out of the options."""
    from gkcheck.cli.context import Session

    session = Session()
    for name in ("plan", "store"):
        if name in options:
            session.flags[name] = options.pop(name)
    return session
