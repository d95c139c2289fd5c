"""What the commands themselves declare. Loads typer, so completion comes here last."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from gkcheck.cli.completion.candidates import Candidate


def parameter_at(
    before: Sequence[str], word: str, kinds: Mapping[str, str], files: Collection[str]
) -> str | list[Candidate] | None:
    """The kind of what stands at `word` by its metavar, or the candidates themselves (commands, options, choices)."""
    import typer.main

    from gkcheck.cli import COMMANDS
    from gkcheck.cli.registry import app

    group: Any = typer.main.get_command(app)
    name, rest = _split(group, before)
    if name is None:
        if not rest and not word.startswith("-"):
            return [Candidate(name, listed.summary) for name, listed in COMMANDS.items() if name.startswith(word)]
        target: Any = group
    else:
        target = group.get_command(None, name)
        if target is None:
            return []
    taking = _option_taking_value(target, rest)
    if taking is not None:
        return _values(taking, word, kinds, files)
    if word.startswith("-"):
        return _options(target, rest, word)
    return _argument(target, rest, word, kinds, files)


def _split(group: Any, before: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """The command among the words, and the words after it (all of them where there is no command yet)."""
    skip = False
    for i, word in enumerate(before):
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = _takes_value(group, word)
        else:
            return word, before[i + 1 :]
    return None, before if skip else []


def _named(target: Any, spelled: str) -> Any:
    return next((param for param in target.params if spelled in (*param.opts, *param.secondary_opts)), None)


def _takes_value(target: Any, spelled: str) -> bool:
    param = _named(target, spelled)
    return param is not None and not getattr(param, "is_flag", False)


def _option_taking_value(target: Any, rest: Sequence[str]) -> Any:
    if rest and rest[-1].startswith("-") and _takes_value(target, rest[-1]):
        return _named(target, rest[-1])
    return None


def _options(target: Any, rest: Sequence[str], word: str) -> list[Candidate]:
    found = []
    for param in target.params:
        if param.param_type_name != "option" or getattr(param, "hidden", False):
            continue
        if not param.multiple and any(spelled in rest for spelled in param.opts):
            continue
        spelled = max(param.opts, key=len)
        if spelled.startswith(word):
            found.append(Candidate(spelled, param.help or ""))
    return found + [Candidate("--help", "显示这份说明") for _ in [0] if "--help".startswith(word)]


def _argument(
    target: Any, rest: Sequence[str], word: str, kinds: Mapping[str, str], files: Collection[str]
) -> str | list[Candidate] | None:
    declared = [param for param in target.params if param.param_type_name == "argument"]
    at, skip = 0, False
    for typed in rest:
        if skip or typed.startswith("-"):
            skip = not skip and _takes_value(target, typed)
        else:
            at += 1
    if at < len(declared):
        return _values(declared[at], word, kinds, files)
    if declared and declared[-1].nargs == -1:
        return _values(declared[-1], word, kinds, files)
    return []


def _values(param: Any, word: str, kinds: Mapping[str, str], files: Collection[str]) -> str | list[Candidate] | None:
    choices = getattr(param.type, "choices", None)
    if choices:
        said = _said_of([str(getattr(choice, "value", choice)) for choice in choices])
        return [Candidate(value, text) for value, text in said.items() if value.startswith(word)]
    metavar = param.metavar or ""
    if metavar in files:
        return "files"
    return kinds.get(metavar, [])


def _said_of(values: Sequence[str]) -> dict[str, str]:
    """Values with the Chinese words for them, where they are statuses, roles or actions."""
    from gkcheck import labels

    glossaries: list[Mapping[Any, str]] = [labels.STATUS, labels.ROLE, labels.ACTION]
    for glossary in glossaries:
        known = {member.value: text for member, text in glossary.items()}
        if set(values) <= set(known):
            return {value: known[value] for value in values}
    return dict.fromkeys(values, "")
