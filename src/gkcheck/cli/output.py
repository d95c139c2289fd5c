"""Answers on stdout, in the format that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial

from gkcheck.cli import streams
from gkcheck.errors import BadTarget
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from gkcheck.exporters.registry import Exporter
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


def answer(
    chosen: Format,
    data: Callable[[], Any],
    tables: Callable[[], Sequence[Table]],
    flat: Callable[[], Table | Iterator[Table]] | None = None,
) -> None:
    """Print an answer: `data` for JSON, one table for CSV and TSV, `tables` for people; only one of them is made.

    Args:
        flat: the one table for programs, a figure a cell, perhaps in parts; by default that of `tables`, which then is alone.
    """
    if chosen is Format.JSON:
        write_json(data())
    elif chosen is Format.TABLE:
        _show(tables())
    else:
        from gkcheck.table import Table

        made = tables() if flat is None or chosen is Format.MD else flat()
        parts = [made] if isinstance(made, Table) else made
        for text in _rendered(chosen, parts):
            say_whole(text) if sys.stdout.isatty() else write(text)


def write_json(value: Any) -> None:
    """Print a JSON value over lines, in UTF-8 whatever the locale; an iterator, or one in a mapping, as a list.

    Of an iterator one value at a time is held.
    """
    for part in _json_parts(value):
        _write_json(part)
    _write_json("\n")


def _json_parts(value: Any, indent: str = "\n") -> Iterator[str]:
    """Yield a JSON value as `json.dumps` with an indent of 1 writes it, in parts."""
    import json

    if isinstance(value, Iterator):
        mark = "["
        for one in value:
            yield f"{mark}{indent} "
            yield from _json_parts(one, indent + " ")
            mark = ","
        yield f"{indent}]" if mark == "," else "[]"
    elif isinstance(value, dict) and any(isinstance(one, Iterator) for one in value.values()):
        mark = "{"
        for key, one in value.items():
            yield f"{mark}{indent} {json.dumps(key)}: "
            yield from _json_parts(one, indent + " ")
            mark = ","
        yield f"{indent}}}"
    else:
        yield json.dumps(value, ensure_ascii=False, indent=1).replace("\n", indent)


def json_line(value: Any) -> str:
    """Return a JSON value as one line, as the journal writes it."""
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_lines(lines: Iterable[str]) -> None:
    """Print JSON values that are a line each, in UTF-8 whatever the locale; several lines may come as one text."""
    some, size = [], 0
    for line in lines:
        some.append(line)
        size += len(line)
        if size > _AT_ONCE:
            _write_json("\n".join([*some, ""]))
            some, size = [], 0
    if some:
        _write_json("\n".join([*some, ""]))


_AT_ONCE = 1 << 16
"""The characters of lines that are written at once."""


def _write_json(text: str) -> None:
    if sys.stdout.isatty():  # a person reads: in the terminal's encoding, with escapes for what it cannot show
        import json

        text = "".join(char if char == "\n" or streams.shows(char) else json.dumps(char)[1:-1] for char in text)
    else:
        streams.use_utf8()
    write(text)


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
    with streams.Showing():
        sys.stdout.write(text)


def check_destination(file: Path, exporter: Exporter, force: bool) -> None:
    """Refuse early what `deliver` would refuse.

    Raises:
        BadTarget: the file cannot be written, or the bytes are none that a terminal shows.
    """
    from gkcheck.atomic_files import check_targets

    if str(file) != streams.STANDARD:
        check_targets([file], force)
    elif sys.stdout.isatty() and not exporter.is_text:
        raise BadTarget(f"{exporter.label}不能显示在终端上，请写文件名，或用 > 存成文件")


def deliver(file: Path, data: bytes, force: bool, done: str, more: str = "") -> None:
    """Write the bytes of a document to its file, or for - to stdout, and say what was done: 已导出：台账.csv（22个责任项）."""
    if str(file) != streams.STANDARD:
        from gkcheck.atomic_files import save

        save(file, data, force)
        say(f"{done}：{file}{more}")
        return
    if sys.stdout.isatty():
        say_whole(data.decode("utf-8-sig"))
    else:
        streams.write_bytes(data)
    streams.talk(f"{done}：{streams.STDOUT_NAME}{more}")


def _rendered(chosen: Format, tables: Iterable[Table]) -> Iterator[str]:
    if chosen is Format.MD:
        from gkcheck.exporters import markdown

        yield markdown.render_tables(list(tables)).decode()
        return
    from gkcheck.exporters import delimited

    mark = _bom() if chosen is Format.CSV else ""
    for table in tables:
        yield mark + (delimited.render_tsv if chosen is Format.TSV else delimited.render_csv)(table)
        mark = ""


def _bom() -> str:
    """Excel and WPS need a BOM to open UTF-8 as such; a person at a terminal does not."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return "\ufeff" if utf8 and not sys.stdout.isatty() else ""


def _show(tables: Sequence[Table]) -> None:
    """Show tables to a person: on a terminal in colour, and in a pager where they are longer than the screen."""
    from gkcheck.terminal import has_colour, has_wide_signs, plain, show, with_block_bars

    if not sys.stdout.isatty():
        write(plain(tables, has_colour(sys.stdout)))
        return
    if streams.shows("█░") and not has_wide_signs():  # so wide, a bar would take the room of a sentence
        tables = [with_block_bars(table) for table in tables]
    command = streams.pager()
    show(tables, partial(streams.page, command=command) if command else None)
