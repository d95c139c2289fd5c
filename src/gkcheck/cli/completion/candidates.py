"""What may stand at a place of the command line. Pure: the plan and the batches are asked for when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from gkcheck.model import Entry, Group, Plan, Unit
from gkcheck.text import pinyin
from gkcheck.text.normalize import key
from gkcheck.text.numerals import number_of
from gkcheck.text.script import simplified


class Candidate(NamedTuple):
    """One thing that may stand here, and a word of help."""

    value: str
    help: str = ""


HELP_LENGTH = 24
"""How many characters of a task's text help to tell it."""

BATCHES = 20
"""How many of the last batches are offered."""


class CompletionSource(NamedTuple):
    """Where candidates come from: the plan, and entries of batches that begin so. Called only when needed, at most once."""

    plan: Callable[[], Plan]
    entries: Callable[[str], Sequence[Entry]]


def units(plan: Plan, typed: str, only_groups: bool = False) -> list[Candidate]:
    """Units and groups whose name, alias, short form or pinyin begins with what was typed; else those that contain it."""
    from gkcheck.lookup.units import short_name

    letters = pinyin.letters_of(typed)
    wanted = key(typed)
    folded = wanted if wanted.isascii() else key(simplified(wanted.encode("utf-8", "replace").decode()))
    members: dict[str, int] = {}
    for unit in plan.units:
        for group in unit.groups:
            members[group] = members.get(group, 0) + 1
    begun, within = [], []
    things: list[Unit | Group] = [*([] if only_groups else plan.units), *plan.groups]
    for thing in things:
        size = members.get(thing.name)
        said = f"类别，{size} 个单位" if size else "、".join(thing.aliases[:3])
        names = [key(name) for name in (thing.name, *thing.aliases)]
        forms = dict.fromkeys([*names, *map(short_name, names)])
        if any(form.startswith((wanted, folded)) or (letters and pinyin.begins(letters, form)) for form in forms):
            begun.append(Candidate(thing.name, said))
        elif len(folded) > 1 and any(folded in form for form in forms):
            within.append(Candidate(thing.name, said))
    return begun or within


def tasks(plan: Plan, typed: str, taken: Iterable[str] = (), unit: str | None = None) -> list[Candidate]:
    """Tasks by id or printed number, the beginning of their text as help; the end of a range like 30-.

    `taken` were typed already; with `unit`, its tasks only.
    """
    start, dash, last = typed.rpartition("-")
    first = number_of(start) if dash else None
    owed = _owed(plan, unit)
    used = set(taken)
    found = []
    for task in plan.tasks():
        said = task.text[:HELP_LENGTH] + ("……" if len(task.text) > HELP_LENGTH else "")
        if (owed is not None and task.id not in owed) or (first is not None and task.id <= first):
            continue
        for spelled in (str(task.id), task.number):
            if spelled and spelled.startswith(last) and start + dash + spelled not in used:
                found.append(Candidate(start + dash + spelled, said))
                break
    return found


def _owed(plan: Plan, unit: str | None) -> set[int] | None:
    from gkcheck.errors import GkcheckError
    from gkcheck.ledger.assignments import assignments_of
    from gkcheck.lookup.units import find_unit

    if not unit:
        return None
    try:
        return {assignment.task for assignment in assignments_of(plan, find_unit(plan, unit))} or None
    except GkcheckError:
        return None


def sections(plan: Plan, typed: str) -> list[Candidate]:
    """Sections by printed number, their title as help; by a part of the title where no number fits."""
    numbered = [section for section in plan.sections if section.number and section.number.startswith(typed)]
    titled = [section for section in plan.sections if typed and typed in section.title]
    return [
        Candidate(section.number or section.title, section.title if section.number else "")
        for section in numbered or titled
    ]


def batches(entries: Sequence[Entry], typed: str) -> list[Candidate]:
    """The last batches, the latest first: when, who, what."""
    from gkcheck import labels

    found: dict[str, Candidate] = {}
    for entry in reversed(entries):
        if len(found) == BATCHES:
            break
        if entry.batch.startswith(typed) and entry.batch not in found:
            about = f" {entry.task} {entry.unit or '全部责任单位'}" if entry.task else ""
            found[entry.batch] = Candidate(
                entry.batch, f"{labels.when(entry.at)} {entry.by} {labels.ACTION[entry.action]}{about}"
            )
    return list(found.values())


_Kind = str | list[Candidate] | None

FILES = None
"""Instead of candidates: files, which the shell knows best."""

_KIND_OF_OPTION = {"--unit": "unit", "-u": "unit", "--section": "section", "--group": "group"}
_KIND_OF_METAVAR = {"编号": "task", "单位": "unit", "批次": "batch", "类别": "group"}
_KIND_OF_SETTING: dict[str, _Kind] = {"unit": "unit", "plan": "files", "store": "files"}
_FILES = frozenset({"FILE", "PATH", "DIR", "文件", "目录", "日志", "佐证"})
_TASKS_ONLY = frozenset(
    {"show", "done", "start", "block", "skip", "reopen", "note", "confirm", "return", "deadline", "log"}
)
"""Commands whose first arguments are tasks: known here so that the usual TAB need not load the command."""


def candidates(words: Sequence[str], known: CompletionSource) -> list[Candidate] | None:
    """What the last word may be or become, given the words before it (without gkcheck itself); None: files."""
    *before, word = words or [""]
    option, sign, value = word.partition("=")
    if sign and option.startswith("--"):
        found = _of_kind(_KIND_OF_OPTION.get(option) or _of_parameter([*before, option], value), value, before, known)
        return found if found is FILES else [Candidate(f"{option}={item.value}", item.help) for item in found]
    command = _command(before)
    if before and before[-1] in _KIND_OF_OPTION:
        return _of_kind(_KIND_OF_OPTION[before[-1]], word, before, known)
    if command in _TASKS_ONLY and not word.startswith("-") and not before[-1].startswith("-"):
        first = before.index(command) + 1
        if command not in ("show", "log", "deadline") or first == len(before):
            return _of_kind("task", word, before, known)
    if before[-3:-1] == ["config", "set"]:
        return _of_kind(_KIND_OF_SETTING.get(before[-1], []), word, before, known)
    return _of_kind(_of_parameter(before, word), word, before, known)


def _command(before: Sequence[str]) -> str | None:
    skip = False
    for word in before:
        if skip:
            skip = False
        elif word in ("--plan", "--store"):
            skip = True
        elif not word.startswith("-"):
            return word
    return None


def _of_kind(kind: _Kind, typed: str, before: Sequence[str], known: CompletionSource) -> list[Candidate] | None:
    if not isinstance(kind, str):
        return kind
    if kind == "files":
        return FILES
    if kind == "batch":
        return batches(known.entries(typed), typed)
    plan = known.plan()
    if kind == "task":
        return tasks(plan, typed, before, _unit_typed(before))
    if kind == "section":
        return sections(plan, typed)
    return units(plan, typed, only_groups=kind == "group")


def _unit_typed(before: Sequence[str]) -> str | None:
    for i, word in enumerate(before):
        if word in ("--unit", "-u") and i + 1 < len(before):
            return before[i + 1]
        if word.startswith("--unit="):
            return word.removeprefix("--unit=")
    return None


def _of_parameter(before: Sequence[str], word: str) -> _Kind:
    """As the command itself declares it: its options, its choices, what its metavar stands for."""
    from gkcheck.cli.completion.parameters import parameter_at

    return parameter_at(before, word, _KIND_OF_METAVAR, _FILES)
