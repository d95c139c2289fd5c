"""Tables on a terminal, and in a pipe. The only room that knows rich.

On a terminal: rich tables that wrap long text and never cut a number or a unit off; where the columns do
not fit, one block a row. In a pipe: plain text, one row a line, nothing cut, nothing coloured, and rich
is not even loaded.
"""

from __future__ import annotations

import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat, zip_longest
from operator import sub

from gkcheck.config import is_quiet
from gkcheck.table import Column, Mark, Table, mark_of
from gkcheck.text.width import width, wrap
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import TextIO

    from rich.console import Console
    from rich.text import Text

_GAP = 2
_LEAST_WRAPPED = 12
"""The least columns a wrapped text may be squeezed into before rows become blocks."""
_LEAST_BRIEF = 8
_LONGEST_NAME = 24
"""The most columns of a unit's name in a matrix."""
_MOST_PADDED = 40
"""The most columns that a long text is padded to in a pipe."""
_CUT = "……"
_BELOW = "见下行"
_BLOCKS = str.maketrans("#.", "█░")

_STYLE = {
    Mark.DOING: "cyan",
    Mark.BLOCKED: "yellow",
    Mark.DONE: "green",
    Mark.CONFIRMED: "bold green",
    Mark.SKIPPED: "dim",
    Mark.OVERDUE: "red",
    Mark.RETURNED: "yellow",
    Mark.DUE_SOON: "yellow",
}
_LETTER_STYLE = {**_STYLE, Mark.OVERDUE: "bold red", Mark.RETURNED: "magenta"}
"""A letter of the matrix stands alone, without the words that say more."""


def has_colour(stream: TextIO) -> bool:
    """True if a stream gets colour: NO_COLOR says no, FORCE_COLOR and CLICOLOR_FORCE yes, CLICOLOR=0 no, else a terminal's ability."""
    variables = os.environ
    if variables.get("NO_COLOR"):
        return False
    if variables.get("FORCE_COLOR") or variables.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return stream.isatty() and variables.get("CLICOLOR") != "0" and variables.get("TERM") != "dumb"


def has_wide_signs() -> bool:
    """True if the terminal draws characters of ambiguous width (“ ” … ─ █) two columns wide (GKCHECK_WIDE_SIGNS)."""
    return bool(os.environ.get("GKCHECK_WIDE_SIGNS"))


def _width(text: str) -> int:
    return width(text, 1 + has_wide_signs())


def _wrap(text: str, room: int, cut: bool = True) -> list[str]:
    return wrap(text, room, cut, 1 + has_wide_signs())


def harmless(text: str) -> str:
    """Return text safe to show: control characters, escapes and direction overrides as visible \\x1b-like codes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == " " else _visible(char) for char in text)


def _visible(char: str) -> str:
    if char == "\n":
        return " "
    if unicodedata.category(char) in ("Zs", "Mn") or char == "　":
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def fitted(text: str, room: int) -> str:
    """Return lines for a screen of `room` columns: none cut within a word, a number or before a comma.

    What goes on keeps the indent of its line; a path or an address too long for one stays whole, to be copied.
    """
    out = []
    for line in text.split("\n"):
        if _width(line) <= room:
            out.append(line)
            continue
        rest = line.lstrip(" ")
        indent = line[: len(line) - len(rest)] if len(line) - len(rest) <= room // 2 else ""
        out += [indent + part for part in _wrap(rest, room - len(indent), cut=False)]
    return "\n".join(out)


def plain(tables: Sequence[Table], coloured: bool = False) -> str:
    """Return tables as padded text for a pipe: one row a line, whole; statuses in colour where that is asked for."""
    return "\n".join(_plain_table(table, coloured) for table in tables)


def with_block_bars(table: Table) -> Table:
    """Return a table whose bars are drawn in blocks, for an encoding that has them."""
    bars = {i for i, column in enumerate(table.columns) if column.kind == "bar"}
    if not bars:
        return table
    head, *rows = table.rows
    drawn = (
        tuple((cell or "").translate(_BLOCKS) if i in bars else cell for i, cell in enumerate(row)) for row in rows
    )
    return table._replace(rows=(head, *drawn))


def _plain_table(table: Table, coloured: bool) -> str:
    rows = [[harmless(cell or "") for cell in row] for row in table.rows]
    ambiguous = 1 + has_wide_signs()
    taken = [[width(text, ambiguous) for text in row] for row in rows]
    widths = [
        min(max(row[i] for row in taken), _MOST_PADDED if column.wrap else sys.maxsize)
        for i, column in enumerate(table.columns)
    ]
    out = [harmless(table.title)] if table.title else []
    for row, texts, sizes in zip(table.rows, rows, taken, strict=True):
        styles = map(_style_of, row, table.columns) if coloured else repeat("")
        cells = map(_padded, texts, map(sub, widths, sizes), table.columns, styles)
        out.append((" " * _GAP).join(cells).rstrip())
    out += [harmless(note) for note in table.notes]
    return "\n".join(out) + "\n"


def _padded(text: str, blanks: int, column: Column, style: str = "") -> str:
    blank = " " * blanks  # none where a long text runs over
    if style and text:
        from rich.style import Style

        text = Style.parse(style).render(text)
    return blank + text if column.kind == "number" else text + blank


def show(tables: Sequence[Table], page: Callable[[str], bool] | None = None) -> None:
    """Print tables in colour on the terminal that stdout is.

    Args:
        page: shows a text that is longer than the screen; returns False where it could not.
    """
    import shutil

    from rich.console import Console

    size = shutil.get_terminal_size()  # rich takes every dumb terminal to be 80 columns wide
    console = Console(
        highlight=False,
        markup=False,
        emoji=False,
        width=size.columns,
        height=size.lines,
        no_color=not has_colour(sys.stdout),
    )
    if page is None:
        draw(tables, console)
        return
    with console.capture() as drawn:
        draw(tables, console)
    text = drawn.get()
    if text.count("\n") < console.height or not page(text):
        sys.stdout.write(text)


def draw(tables: Sequence[Table], console: Console) -> None:
    """Draw tables on a console, one after the other."""
    for i, table in enumerate(tables):
        if i:
            console.print()
        if table.title:
            _print(_text(fitted(harmless(table.title), console.width), "bold"), console)
        if len(table.rows) > 1:
            least = _least_widths(table)
            gap = _gap(table, least, console.width)
            if gap:
                _table(table, least, gap, console)
            else:
                _blocks(table, console)
        for note in table.notes:
            _print(_text(fitted(harmless(note), console.width), "dim"), console)


def _print(text: Text, console: Console) -> None:
    """Print lines as they are: what is wider than the screen is an address, which the terminal itself breaks."""
    console.print(text, soft_wrap=True)


def _gap(table: Table, least: Sequence[int], room: int) -> int:
    """Return the blanks between columns: two, or one where it is tight or a matrix; 0 where even so the columns do not fit."""
    gaps = (1,) if _is_matrix(table) else (_GAP, 1)
    return next((gap for gap in gaps if sum(least) + gap * (len(least) - 1) <= room), 0)


def _is_matrix(table: Table) -> bool:
    return any(column.kind == "cell" for column in table.columns)


def _least_widths(table: Table) -> list[int]:
    """Return the least width of each column: all of its widest cell, or for long texts a readable few."""
    least = {"brief": _LEAST_BRIEF, "unit": _LONGEST_NAME if _is_matrix(table) else _LEAST_WRAPPED}
    return [
        min(widest, least.get(column.kind, _LEAST_WRAPPED)) if column.wrap else widest
        for column, widest in zip(table.columns, _widest(table), strict=True)
    ]


def _widest(table: Table) -> list[int]:
    return [max(_width(harmless(row[i] or "")) for row in table.rows) for i in range(len(table.columns))]


def _table(table: Table, least: list[int], gap: int, console: Console) -> None:
    shares = _shares(table, least, console.width - gap * (len(least) - 1))
    head, *rows = table.rows
    _print(_line([cell or "" for cell in head], shares, table.columns, gap, ["bold"] * len(shares)), console)
    _print(_text("─" * ((sum(shares) + gap * (len(shares) - 1)) // _width("─"))), console)
    is_matrix = _is_matrix(table)
    for row in rows:
        styles = [_style_of(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        below: list[str] = []
        columns = [
            [text]
            if not column.wrap
            else [_shortened(text, size)]
            if is_matrix or column.kind == "brief"
            else _wrap(_without_addresses(text, size, below), size)
            for text, size, column in zip([harmless(cell or "") for cell in row], shares, table.columns, strict=True)
        ]
        for parts in zip_longest(*columns, fillvalue=""):
            _print(_line(parts, shares, table.columns, gap, styles), console)
        for address in below:
            _print(_text(f"  {address}"), console)


def _line(
    parts: Sequence[str], sizes: Sequence[int], columns: Sequence[Column], gap: int, styles: Sequence[str]
) -> Text:
    """Return one line of a table, without blanks at its end."""
    line = _text("")
    for i, (part, size, column, style) in enumerate(zip(parts, sizes, columns, styles, strict=True)):
        line.append(" " * gap if i else "").append(_padded(part, size - _width(part), column), style)
    line.rstrip()
    return line


def _shortened(text: str, room: int) -> str:
    """Return a text cut to so many columns, with …… at its end where something is missing."""
    return text if _width(text) <= room else _wrap(text, room - 2 * _width("…"))[0] + _CUT


def _without_addresses(text: str, room: int, found: list[str]) -> str:
    """Return a text without the addresses and paths that are too long for a column; these are added to `found`."""
    if text.startswith("/") and " " not in text and _width(text) > room:
        found.append(text)
        return _BELOW
    for word in re.findall(r"[!-~]+", text):
        if "/" in word and len(word) > room:
            found.append(word)
            text = text.replace(word, "", 1)
    return text.strip() or (_BELOW if found else "")


def _shares(table: Table, least: list[int], room: int) -> list[int]:
    """Return the width of each column in `room`: to each long text a modest share, all the rest to the longest."""
    shares = list(least)
    widest = _widest(table)
    by_need = sorted((i for i, column in enumerate(table.columns) if column.wrap), key=lambda i: widest[i])
    left = room - sum(size for i, size in enumerate(least) if i not in by_need)
    for i in by_need:
        most = left if i == by_need[-1] else max(least[i], left // 4)
        most = least[i] if _is_matrix(table) else most
        shares[i] = max(least[i], min(widest[i], most))
        left -= shares[i]
    return shares


def _blocks(table: Table, console: Console) -> None:
    """Draw one block a row, for terminals too narrow for the table: title and text of each cell that says something.

    Short cells stand beside each other as far as the line goes.
    """
    for row in table.rows[1:]:
        line = _text("")
        for column, cell in zip(table.columns, row, strict=True):
            if not cell:
                continue
            label = f"{column.title}："
            text = fitted(label + harmless(cell), console.width).removeprefix(label)
            if line and ("\n" in text or _width(line.plain) + _GAP + _width(label + text) > console.width):
                _print(line, console)
                line = _text("")
            line.append(" " * _GAP if line else "").append(label, "dim").append(text, _style_of(cell, column))
            if "\n" in text:
                _print(line, console)
                line = _text("")
        if line:
            _print(line, console)
        console.print()


def _style_of(cell: str | None, column: Column) -> str:
    """Return rich's name of the style of a cell: that of its mark, green for a bar."""
    mark = mark_of(cell)
    if mark:
        return (_LETTER_STYLE if column.kind == "cell" else _STYLE).get(mark, "")
    return "green" if column.kind == "bar" else ""


def progress(title: str, total: int | None = None) -> AbstractContextManager[Callable[..., None]]:
    """Show a bar on stderr while a block goes on, where that is a terminal and there is more than one step.

    The block is given a function to call after each step, or with the steps done and the total where `total` was not
    known (None).
    """
    from contextlib import contextmanager

    return contextmanager(_progress)(title, total)


def _progress(title: str, total: int | None) -> Iterator[Callable[..., None]]:
    if total in (0, 1) or not sys.stderr.isatty() or is_quiet():
        yield lambda done=None, total=None: None
        return
    from rich import progress as bars
    from rich.console import Console

    shown = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(
        *shown, console=Console(stderr=True, no_color=not has_colour(sys.stderr)), transient=True
    ) as bar:
        task = bar.add_task(title, total=total)

        def tell(done: int | None = None, total: int | None = None) -> None:
            bar.update(task, advance=1 if done is None else None, completed=done, total=total)

        yield tell


def late_progress(title: str) -> Callable[[int, int], None]:
    """Return a function to call with the steps done and the total, until both are equal.

    It shows a bar as `progress` from the moment that the work has taken a second; before that nothing is loaded.
    """
    from contextlib import ExitStack

    started = time.monotonic()
    bar: list[Callable[..., None]] = []
    stack = ExitStack()

    def advance(done: int, total: int) -> None:
        if done >= total:
            stack.close()
        elif not bar and time.monotonic() - started > 1:
            bar.append(stack.enter_context(progress(title)))
        if bar and done < total:
            bar[0](done, total)

    return advance


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style=style)
