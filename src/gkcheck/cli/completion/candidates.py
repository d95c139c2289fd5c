"""The candidates for a place of the command line. Pure: the plan and the batches are asked for when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gkcheck.cli.params import HELP, Line, Parameter, take_apart
from gkcheck.cli.registry import ALIASES, COMMANDS, signature, split_command
from gkcheck.model import Entry, Group, Plan, Unit
from gkcheck.text import pinyin
from gkcheck.text.normalize import key
from gkcheck.text.numerals import number_of
from gkcheck.text.script import simplified
from gkcheck.types import NamedTuple


class Candidate(NamedTuple):
    """One thing that may stand here, and a word of help."""

    value: str
    help: str = ""


HELP_LENGTH = 24
"""The characters of a task's text that are shown beside its number."""

BATCHES = 20
"""The most batches that are offered, the last first."""


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


FILES = None
"""Instead of candidates: files, which the shell knows best."""


def candidates(words: Sequence[str], source: CompletionSource) -> list[Candidate] | None:
    """Return what the last word may be or become, given the words before it (without gkcheck itself); None: files."""
    *before, word = words or [""]
    name, outer, inner = split_command(before)
    if name in ALIASES:
        from gkcheck.cli.typed.shortcuts import without_alias

        name, _, inner = split_command(without_alias(name, inner))
    if name is None and not word.startswith("-") and not take_apart(signature(None), outer).waiting:
        commands = [Candidate(name, listed.summary) for name, listed in COMMANDS.items() if name.startswith(word)]
        return commands or units(source.plan(), word)
    if name is not None and name not in COMMANDS:
        return []
    parameters, typed = signature(name), outer if name is None else inner
    line = take_apart(parameters, typed)
    if line.waiting is not None:
        return _values(line.waiting, word, line, source)
    spelled, sign, value = word.partition("=")
    if not word.startswith("-"):
        parameter = _argument_at(parameters, len(line.words))
        return [] if parameter is None else _values(parameter, word, line, source)
    if not sign:
        return _options(parameters, line, word)
    parameter = next((one for one in parameters if spelled in one.spellings), None)
    found = [] if parameter is None else _values(parameter, value, line, source)
    return found if found is FILES else [Candidate(f"{spelled}={item.value}", item.help) for item in found]


def _options(parameters: Sequence[Parameter], line: Line, word: str) -> list[Candidate]:
    """Return the options that begin with a word and may still be given."""
    used = {parameter.name for parameter, _ in line.given if not parameter.multiple}
    found = [
        Candidate(one.spellings[0], one.help)
        for one in parameters
        if one.spellings and one.name not in used and one.spellings[0].startswith(word)
    ]
    return found + ([Candidate(HELP[1], "显示本说明")] if HELP[1].startswith(word) else [])


def _argument_at(parameters: Sequence[Parameter], place: int) -> Parameter | None:
    """Return the argument that the word at a place (from 0) belongs to."""
    declared = [one for one in parameters if not one.spellings]
    if place < len(declared):
        return declared[0] if declared[0].multiple else declared[place]
    return next((one for one in declared if one.multiple), None)


def _values(parameter: Parameter, word: str, line: Line, source: CompletionSource) -> list[Candidate] | None:
    """Return what may stand as the value of a parameter."""
    if parameter.choices:
        said = parameter.words
        return [Candidate(value, said.get(value, "")) for value in parameter.choices if value.startswith(word)]
    kind = parameter.declared.completes
    if kind == "setting":
        kind = _KIND_OF_SETTING.get(line.words[-1], "") if line.words[:1] == ["set"] else ""
    if kind == "file":
        return FILES
    if kind == "batch":
        return batches(source.entries(word), word)
    if kind in ("task", "task or unit"):
        found = tasks(source.plan(), word, line.words, line.last("unit"))
        return found or (units(source.plan(), word) if kind != "task" else [])
    if kind == "section":
        return sections(source.plan(), word)
    if kind in ("unit", "group"):
        return units(source.plan(), word, only_groups=kind == "group")
    return []


_KIND_OF_SETTING = {"unit": "unit", "plan": "file", "store": "file"}
"""The kind of candidates for the value of `config set`, by the setting before it."""
