"""The answer to a shell that asks for candidates: fast, silent about every fault, exit code 0."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

from gkcheck.cli.completion import VARIABLE
from gkcheck.cli.completion.candidates import FILES, Candidate, CompletionSource, candidates
from gkcheck.cli.context import Context
from gkcheck.cli.registry import settings_given
from gkcheck.cli.streams import safe


def main(words: Sequence[str]) -> None:
    """Print the candidates for the last of `words`."""
    shell = os.environ[VARIABLE]
    try:
        text = answer(shell, list(words))
    except (Exception, SystemExit):
        if os.environ.get("GKCHECK_DEBUG"):
            raise
        text = ""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def answer(shell: str, words: list[str]) -> str:
    """One candidate a line, as the script of `shell` reads them; none that a terminal would obey."""
    if shell == "bash":
        words = _joined([_unquoted(word) for word in words])
    found = candidates(words or [""], known(words))
    if found is FILES:
        return ":files\n"
    found = [item for item in found if item.value.isprintable()]
    word = words[-1] if words else ""
    if "=" in word and word.startswith("--") and shell == "bash":
        found = [Candidate(item.value.partition("=")[2], item.help) for item in found]
        word = word.partition("=")[2]
    if shell == "bash":
        return _bash(found, word)
    return "".join(f"{value}\t{_line(said)}\n" for value, said in found)


def known(words: Sequence[str]) -> CompletionSource:
    """The plan and the journal that the words (and the environment and the config) choose."""
    context = Context(settings_given(words[:-1]))
    return CompletionSource(plan=lambda: context.plan, entries=context.of_batches)


def _line(text: str) -> str:
    return safe(" ".join(text.split()))


def _joined(words: list[str]) -> list[str]:
    """Words that bash has broken at `=` put together again."""
    out: list[str] = []
    for word in words:
        if word == "=" and out and out[-1].startswith("--"):
            out[-1] += "="
        elif out and out[-1].startswith("--") and out[-1].endswith("="):
            out[-1] += word
        else:
            out.append(word)
    return out


def _unquoted(word: str) -> str:
    """A word as bash holds it while it is typed: quotes opened, characters escaped."""
    return re.sub(r"\\(.)", r"\1", word).replace('"', "").replace("'", "")


def _bash(found: Sequence[Candidate], word: str) -> str:
    """Bash knows no help texts: they follow the values where several are listed, and are left out where one is put in.

    What was typed in pinyin would be replaced by what the candidates have in common (市), so it is kept
    by standing among them.
    """
    values = [
        re.sub(r"([^\w./:=@%+,-]|(?<=^)~)", r"\\\1", value, flags=re.ASCII) if _special(value) else value
        for value, _ in found
    ]
    if len(found) == 1 or os.environ.get("COMP_TYPE") == "37":
        return "".join(value + "\n" for value in values)
    listed = [
        f"{value}  （{_line(item.help)}）" if item.help else value for value, item in zip(values, found, strict=True)
    ]
    first, last = min(values, default=""), max(values, default="")
    if first[:1] == last[:1] != "" and not first.startswith(word):
        listed.append(word)
    return "".join(line + "\n" for line in listed)


def _special(value: str) -> bool:
    return re.search(r"[\s\\'\"$`&|;<>()*?\[\]{}!#~]", value, re.ASCII) is not None
