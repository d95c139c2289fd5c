"""HTML: one self-contained file. No script is needed to read it, nothing is fetched, and a strict policy keeps it so.

Tables are given as prepared cells: a hundred thousand of them go through one escaping function instead of
the template's loops. Everything else is escaped by the template.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck import labels
from gkcheck.exporters.charts import bar, burn_up
from gkcheck.exporters.column_widths import column_widths
from gkcheck.exporters.registry import Advance, Exporter, idle
from gkcheck.table import Block, Column, Document, Paragraph, ParagraphKind, Table, mark_of, with_columns
from gkcheck.text.escapes import is_right_to_left, shown_directions

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDE = 14
"""From this many columns on, a table is printed on a lying page."""

_BROAD = 16
"""From this many columns on, a table that is no matrix is printed on A3."""

_LONG = 20
"""A column with a text of this many characters is given room."""


class _Section(NamedTuple):
    """A heading and what stands under it; the first has no heading."""

    id: str
    heading: str
    items: list[dict[str, Any]]

    @property
    def page(self) -> str:
        """The name of the page that it is printed on: lying, broad (A3), or none."""
        tables = [item for item in self.items if item["table"]]
        if any(item["widths"] and len(item["columns"]) >= _BROAD for item in tables):
            return "broad"
        return "lying" if any(item["wide"] for item in tables) else ""


def render_tables(tables: Sequence[Table]) -> bytes:
    """Return tables alone, each under its title."""
    name = next((table.title for table in tables if table.title), "")
    blocks: list[Block] = [Paragraph(name, ParagraphKind.TITLE)]
    for table in tables:
        blocks += [table, *(Paragraph(note, ParagraphKind.NOTE) for note in table.notes)]
    return render_document(Document(name, tuple(blocks)))


def render_document(document: Document, advance: Advance = idle) -> bytes:
    """Return a whole document; `advance` is called for every row below the header of a table."""
    from jinja2 import DictLoader, Environment, StrictUndefined
    from markupsafe import Markup

    sections = _sections(document, advance)
    style, script = _shipped("document.css") + _print_widths(sections), _shipped("document.js")
    environment = Environment(
        loader=DictLoader({"document.html": _shipped("document.html")}), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("document.html").generate(
        name=_markup(document.name),
        title=_markup(next(iter(_texts(document, ParagraphKind.TITLE)), document.name).replace("\n", "")),
        numbers=[_markup(text) for text in _texts(document, ParagraphKind.NUMBER)],
        sealed=document.sealed,
        sections=sections,
        headed=sum(bool(section.heading) for section in sections) > 1,
        filtered=any(_unit_column(table) is not None for table in document.tables),
        letters=labels.LETTERS.items() if any(_is_matrix(table) for table in document.tables) else (),
        barred=any(_chart_column(table) is not None for table in document.tables),
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
    )
    return "".join(page).encode("utf-8", "backslashreplace")


def _shipped(name: str) -> str:
    return (resources.files("gkcheck.exporters") / "templates" / name).read_text("utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _texts(document: Document, *kinds: ParagraphKind) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph) and block.kind in kinds]


_CLOSING = (ParagraphKind.SIGNATURE, ParagraphKind.DATE)
_ELSEWHERE = (ParagraphKind.TITLE, ParagraphKind.NUMBER)


def _sections(document: Document, advance: Advance) -> list[_Section]:
    sections = [_Section("s0", "", [])]
    tables = 0
    for block in document.blocks:
        if isinstance(block, Table):
            tables += 1
            sections[-1].items.append(_table(block, f"t{tables}", document.name, advance))
        elif isinstance(block, Paragraph) and block.kind is ParagraphKind.HEADING:
            sections.append(_Section(f"s{len(sections)}", block.text, []))
        elif isinstance(block, Paragraph) and block.kind in _CLOSING:
            last = sections[-1].items[-1] if sections[-1].items else {}
            if last.get("kind") != "closing":
                sections[-1].items.append(last := {"table": False, "kind": "closing", "lines": []})
            last["lines"].append(_markup(block.text))
        elif isinstance(block, Paragraph) and block.kind not in _ELSEWHERE:
            sections[-1].items.append({"table": False, "kind": block.kind.value, "text": _markup(block.text)})
    return [section for section in sections if section.heading or section.items]


def _unit_column(table: Table) -> int | None:
    return next(
        (i for i, column in enumerate(table.columns) if column.kind == "unit" or column.title == "责任单位"), None
    )


def _is_matrix(table: Table) -> bool:
    return any(column.kind == "cell" for column in table.columns)


def _chart_column(table: Table) -> int | None:
    return next((i for i, column in enumerate(table.columns) if column.kind == "rates"), None)


def _table(table: Table, name: str, fallback: str, advance: Advance) -> dict[str, Any]:
    from markupsafe import Markup

    unit = _unit_column(table)
    lead = _common_columns(table, unit or 0)
    shown = with_columns(table, range(lead, table.width))
    return {
        "table": True,
        "id": name,
        "caption": _markup(table.title or fallback),
        "titled": table.title not in (None, fallback),
        "columns": shown.columns,
        "widths": _shares(shown),
        "matrix": _is_matrix(table),
        "wide": len(shown.columns) >= _WIDE,
        "unit": None if unit is None else unit - lead,
        "folded": _is_long(table),
        "chart": Markup(burn_up(table)) if table.is_burn_up else "",
        "pieces": _pieces(table, shown, lead, advance),
    }


_ROOM = {0: 110, _WIDE: 200, _BROAD: 290}
"""The letters in a line of a printed page by the least number of columns: 9 pt standing, 7.5 pt lying and on A3."""

_PADDING = 3
"""The letters between the edges of a printed cell and its text."""


def _shares(table: Table) -> list[float]:
    """Return the part of the page, in percent, that each column is printed in, 0 for one that is empty in every row.

    A matrix has none: its cells are equal.
    """
    held = [c for c in range(table.width) if any(row[c] for row in table.rows[table.header :])]
    if _is_matrix(table) or not held:
        return []
    room = max(room for least, room in _ROOM.items() if len(table.columns) >= least) - _PADDING * len(held)
    widths = {c: wide + _PADDING for c, wide in zip(held, column_widths(with_columns(table, held), room), strict=True)}
    return [round(100 * widths.get(c, 0) / sum(widths.values()), 2) for c in range(table.width)]


def _print_widths(sections: Sequence[_Section]) -> str:
    """Return the rules of style for the widths of columns on paper; empty columns are not printed."""
    rules = []
    for item in (item for section in sections for item in section.items if item["table"] and item["widths"]):
        name = item["id"]
        rules.append(f".{name}{{table-layout:fixed}}")
        for i, share in enumerate(item["widths"], 1):
            rule = (
                f"{{width:{share}%}}" if share else f"{{visibility:collapse}}.{name} tr>:nth-child({i}){{font-size:0}}"
            )
            rules.append(f".{name} col:nth-child({i}){rule}")
    return f"@media print{{{''.join(rules)}}}\n" if rules else ""


MOST_ROWS = 2_000
"""The rows of a table that a browser lays out at once; a longer one is folded into pieces, which open one by one."""

_PIECE = 500
"""The rows of a piece where nothing else divides a long table."""


class _Piece(NamedTuple):
    """Rows of a table that open together, under a title."""

    title: Markup
    rows: Iterator[Markup]


def _is_long(table: Table) -> bool:
    return len(table.rows) - table.header > MOST_ROWS


def _common_columns(table: Table, unit: int) -> int:
    """Return how many columns stand once above each piece of a long table: those before the units, where they repeat."""
    body = table.rows[table.header :]
    runs = sum(1 for _ in groupby(body, lambda row: row[:unit]))
    return unit if _is_long(table) and runs * 4 < len(body) else 0


def _pieces(table: Table, shown: Table, lead: int, advance: Advance) -> Iterator[_Piece]:
    """Yield the rows of a table: all together, or where it is long those with the same `lead` columns."""
    body = table.rows[table.header :]
    head = next((i for i, column in enumerate(shown.columns) if column.kind == "unit"), 0)
    writers = [_writer(shown, column, i, i == head) for i, column in enumerate(shown.columns)]
    chart = _chart_column(shown)
    if not _is_long(table):
        runs = [body]
    elif lead:
        runs = [tuple(run) for _, run in groupby(body, lambda row: row[:lead])]
    else:
        runs = [body[i : i + _PIECE] for i in range(0, len(body), _PIECE)]
    first = 1
    for run in runs:
        place = f"第 {first}—{first + len(run) - 1} 行"
        first += len(run)
        yield _Piece(
            _markup("　".join(filter(None, (*run[0][:lead], place)) if run else ())),
            _rows(run, lead, writers, advance, None if chart is None else (head, chart)),
        )


def _rows(
    rows: Sequence[tuple[str | None, ...]],
    lead: int,
    writers: Sequence[Callable[[str], str]],
    advance: Advance,
    chart: tuple[int, int] | None,
) -> Iterator[Markup]:
    """Yield the cells of each row; the bar of a `chart` (its head and its column) stands under the name too, for phones."""
    from markupsafe import Markup

    for row in rows:
        advance()
        cells = [write(cell or "") for write, cell in zip(writers, row[lead:], strict=True)]
        if chart is not None and (text := row[lead + chart[1]]):
            cells[chart[0]] = cells[chart[0]].removesuffix("</th>") + f'<span class="under">{bar(text)}</span></th>'
        yield Markup("".join(cells))


def _writer(table: Table, column: Column, i: int, head: bool) -> Callable[[str], str]:
    """Return the function that makes the cell of a column, escaped, out of its text."""
    if head:
        return _wrapped('<th scope="row">' if column.wrap else '<th scope="row" class="short">', "</th>")
    if column.kind == "rates":
        return _drawn
    if column.kind in ("cell", "status", "light"):
        return partial(_coloured, column.kind)
    long = column.wrap and any(len(row[i] or "") >= _LONG for row in table.rows[table.header :])
    kind = "text long" if long else column.kind if column.wrap or column.kind != "text" else "short"
    return _wrapped(f'<td class="{kind}">', "</td>")


def _wrapped(before: str, after: str) -> Callable[[str], str]:
    empty = before + after if before.startswith("<th") else "<td></td>"
    return lambda text: before + _escaped(text) + after if text else empty


def _coloured(kind: str, text: str) -> str:
    """Return a cell in the colours of its mark."""
    if not text:
        return "<td></td>" if kind == "status" else '<td class="cell"></td>'
    return f'<td class="{" ".join(filter(None, (kind, mark_of(text))))}">{_escaped(text)}</td>'


def _drawn(text: str) -> str:
    return f'<td class="rates">{bar(text) if text else ""}</td>'


_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\r": "&#13;", "\0": "_x0000_"}
)


def _escaped(text: str) -> str:
    """Return text that comes back as it is: a bare CR would be read as a line break, NUL as another sign.

    Text from right to left keeps to itself, and controls of direction are shown.
    """
    escaped = shown_directions(text).translate(_ESCAPES)
    return f"<bdi>{escaped}</bdi>" if is_right_to_left(text) else escaped


def _markup(text: str) -> Markup:
    """Return text for the template, escaped once as the cells are."""
    from markupsafe import Markup

    return Markup(_escaped(text))


HTML = Exporter(".html", "网页", tables=render_tables, document=render_document)
