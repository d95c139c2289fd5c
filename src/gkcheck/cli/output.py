"""Answers on stdout, in the format that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from gkcheck.grid import Grid


class Format(StrEnum):
    """The formats of every query."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TSV = "tsv"
    MD = "md"


class LogFormat(StrEnum):
    """The formats of the history: those of every query, and JSON Lines."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    MD = "md"

    def plain(self) -> Format:
        """The same among the formats of every query."""
        return Format(self.value)


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="输出格式", metavar="WORD")]


def answer(chosen: Format, data: Callable[[], Any], grids: Callable[[], Sequence[Grid]]) -> None:
    """Print an answer: `data` for JSON, `grids` for everything else; only one of them is made."""
    if chosen is Format.JSON:
        import json

        text = json.dumps(data(), ensure_ascii=False, indent=1) + "\n"
    elif chosen is Format.TABLE:
        if sys.stdout.isatty():
            _on_terminal(grids())
            return
        from gkcheck.terminal import plain

        text = plain(grids())
    else:
        text = _rendered(chosen, grids())
        if sys.stdout.isatty():
            say(text)
            return
    write(text)


def json_lines(values: Iterable[Any]) -> None:
    """Print one JSON value a line."""
    import json

    for value in values:
        write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def say(text: str) -> None:
    """Lines of an answer to a person on stdout, made safe to show."""
    from gkcheck.terminal import harmless

    write("".join(harmless(line) + "\n" for line in text.rstrip("\n").split("\n")))


def write(text: str) -> None:
    """Text to stdout; a lone surrogate becomes a visible code."""
    sys.stdout.write(text)


def _rendered(chosen: Format, grids: Sequence[Grid]) -> str:
    if chosen is Format.MD:
        from gkcheck.exporters import markdown

        return markdown.render(grids)
    from gkcheck.exporters import delimited

    if chosen is Format.TSV:
        return delimited.render_tsv(grids)
    return _bom() + delimited.render_csv(grids)


def _bom() -> str:
    """Excel and WPS need a BOM to open UTF-8 as such; a person at a terminal does not."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return "\ufeff" if utf8 and not sys.stdout.isatty() else ""


def _on_terminal(grids: Sequence[Grid]) -> None:
    from rich.console import Console

    from gkcheck.terminal import show

    show(grids, Console(highlight=False, markup=False, emoji=False))
