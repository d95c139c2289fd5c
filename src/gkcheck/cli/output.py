"""Answers on stdout, in the format that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from gkcheck.cli import streams

if TYPE_CHECKING:
    from gkcheck.table import Table


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


def answer(chosen: Format, data: Callable[[], Any], tables: Callable[[], Sequence[Table]]) -> None:
    """Print an answer: `data` for JSON, `tables` for everything else; only one of them is made."""
    if chosen is Format.JSON:
        text = _json(data(), indent=1)
    elif chosen is Format.TABLE:
        if sys.stdout.isatty():
            _on_terminal(tables())
            return
        from gkcheck.terminal import has_colour, plain

        text = plain(tables(), has_colour(sys.stdout))
    else:
        text = _rendered(chosen, tables())
        if sys.stdout.isatty():
            say_whole(text)
            return
    write(text)


def json_lines(values: Iterable[Any]) -> None:
    """Print one JSON value a line."""
    for value in values:
        write(_json(value, separators=(",", ":")))


def _json(value: Any, **style: Any) -> str:
    """JSON as it reads best; escaped where stdout's encoding lacks a character, so that it stays JSON."""
    import json

    text = json.dumps(value, ensure_ascii=False, **style) + "\n"
    return text if streams.takes(text) else json.dumps(value, **style) + "\n"


def say(text: str) -> None:
    """Sentences to a person on stdout, made safe to show and broken where the screen ends."""
    write(streams.readable(text.rstrip("\n"), sys.stdout) + "\n")


def say_whole(text: str) -> None:
    """Lines that are data (CSV, YAML, JSON) to a person on stdout: made safe to show, each left whole."""
    write(streams.safe(text.rstrip("\n")) + "\n")


def write(text: str) -> None:
    """Text to stdout; a lone surrogate becomes a visible code.

    Raises:
        OutputFault: it cannot be written: a full disk behind a redirection.
    """
    with streams.shown():
        sys.stdout.write(text)


def _rendered(chosen: Format, tables: Sequence[Table]) -> str:
    if chosen is Format.MD:
        from gkcheck.exporters import markdown

        return markdown.render_tables(tables).decode()
    from gkcheck.exporters import delimited

    if chosen is Format.TSV:
        return delimited.render_tsv(tables)
    return _bom() + delimited.render_csv(tables)


def _bom() -> str:
    """Excel and WPS need a BOM to open UTF-8 as such; a person at a terminal does not."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return "\ufeff" if utf8 and not sys.stdout.isatty() else ""


def _on_terminal(tables: Sequence[Table]) -> None:
    """Show tables in full colour; in a pager where they are longer than the screen and the person has not said no."""
    from gkcheck.terminal import show

    command = streams.pager()
    show(tables, partial(streams.page, command=command) if command else None)
