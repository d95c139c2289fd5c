"""The formats of `export`, `report` and `remind`. A new format is one file and one line of `_EXPORTERS`.

Formats of other packages (`plugins`) come after ours, and never in the place of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from gkcheck.errors import BadPlugin, BadTarget
from gkcheck.plugins import EXPORTERS, guarded, load_format, plugins
from gkcheck.table import Document, Table
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

Advance = Callable[[], object]
"""A function that a renderer calls after each row of a table."""


class Exporter(NamedTuple):
    """A format: its suffix, what people call it, and a renderer for each thing it can hold, None for the others.

    Tables are the ledger as data; a document is a bulletin or a letter; values are those of the JSON contract.
    `is_text`: the bytes are UTF-8 that a person can read on a terminal. `has_sheets`: several tables lie beside
    each other, so that a summary may go with the ledger. `most_rows`: the rows of a ledger that the programs for
    the format open without trouble, None where there is no such bound.
    """

    suffix: str
    label: str
    tables: Callable[[Sequence[Table]], bytes] | None = None
    document: Callable[[Document, Advance], bytes] | None = None
    values: Callable[[Any], bytes] | None = None
    is_text: bool = False
    has_sheets: bool = False
    most_rows: int | None = None


DATA = ("tables", "values")
DOCUMENTS = ("document",)
"""The renderers of which a command needs one: `export` writes data, `report` and `remind` documents."""

_EXPORTERS = (
    "xlsx:XLSX",
    "delimited:CSV",
    "delimited:TSV",
    "json:JSON",
    "markdown:MARKDOWN",
    "docx:DOCX",
    "html:HTML",
    "text:TEXT",
)
"""Module and name of each exporter, in the order in which people are told of them."""


def exporters_of(renderers: Sequence[str]) -> list[Exporter]:
    """Return the exporters that have one of the renderers (`DATA`, `DOCUMENTS`); without plug-ins that cannot be used."""
    every = own_exporters()
    for suffix in dict.fromkeys(plugin.suffix for plugin in plugins(EXPORTERS)):
        with suppress(BadPlugin):  # `gkcheck env` names it, and so does a file with its suffix
            found = _plugged_in(suffix)
            every += [found] if found else []
    return _with_any(renderers, every)


def own_exporters() -> list[Exporter]:
    """Return the exporters that gkcheck itself has."""
    places = (place.split(":") for place in _EXPORTERS)
    return [getattr(import_module(f"gkcheck.exporters.{module}"), name) for module, name in places]


def _with_any(renderers: Sequence[str], exporters: Sequence[Exporter]) -> list[Exporter]:
    return [exporter for exporter in exporters if any(getattr(exporter, name) for name in renderers)]


def _plugged_in(suffix: str) -> Exporter | None:
    """Return the exporter that another package brings for a suffix that none of ours has, None where there is none."""
    if any(exporter.suffix == suffix for exporter in own_exporters()):
        return None
    found = load_format(EXPORTERS, suffix, Exporter)
    if found is None:
        return None
    return found._replace(
        suffix=suffix,
        tables=found.tables and guarded(EXPORTERS, suffix, found.tables, bytes),
        document=found.document and guarded(EXPORTERS, suffix, found.document, bytes),
        values=found.values and guarded(EXPORTERS, suffix, found.values, bytes),
    )


def suffixes_of(renderers: Sequence[str]) -> list[str]:
    """Return the suffixes of `exporters_of`, for help texts and refusals."""
    return [exporter.suffix for exporter in exporters_of(renderers)]


def formats_of(renderers: Sequence[str]) -> list[str]:
    """Return the names of the formats of `exporters_of`, for an option: xlsx, csv."""
    return [suffix.removeprefix(".") for suffix in suffixes_of(renderers)]


def exporter_for(file: Path, renderers: Sequence[str], verb: str, format: str | None = None) -> Exporter:
    """Return the exporter that a format's name asks for, else a file's suffix.

    Args:
        verb: what is to be done, for the refusal: 导出.

    Raises:
        BadTarget: no format has this suffix, or it has none of the renderers; the suffix is another format's.
        BadPlugin: the format is another package's, and cannot be used.
    """
    suffix = file.suffix.lower()
    if format is not None:
        if suffix not in ("", f".{format}"):
            raise BadTarget(f"{file} 的后缀与 --format {format} 不一致，请改成一致的")
        suffix = f".{format}"
    elif str(file) == "-":
        raise BadTarget(f"写到标准输出要用 --format 写明格式：{'、'.join(formats_of(renderers))}")
    plugged_in = _plugged_in(suffix) if suffix else None
    for exporter in _with_any(renderers, [plugged_in] if plugged_in else own_exporters()):
        if exporter.suffix == suffix:
            return exporter
    reason = f"不能{verb}成 {suffix} 格式" if suffix else "文件名没有后缀"
    raise BadTarget(f"{file}：{reason}，请用 {'、'.join(suffixes_of(renderers))}")


def idle() -> None:
    """Do nothing: the `Advance` of those who show no progress."""
