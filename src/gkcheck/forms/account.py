"""The things in a workbook beside the rows that are read: each piece with the cell it stands at.

Nothing of a form is dropped in silence: words above and below the table, columns and sheets that were added, what
is struck out, comments and pictures are listed, so that a person can look at them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from gkcheck.forms.cells import number_in, text_in
from gkcheck.forms.layout import NUMBER, STATUS
from gkcheck.forms.workbook import Area, Sheet, address

_MOST = 20
"""The most pieces of one sheet that are listed one by one."""


def unread_of_table(sheet: Sheet, head: int, columns: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield what of a sheet with the table of a form is not read, each with its address.

    Args:
        head: the row of the column titles; `columns` are the columns of the known titles.
    """
    found = [*_around(sheet, head, columns), *sheet.unread, *_loose_links(sheet)]
    yield from _listed(found)
    yield from _added_columns(sheet, head, columns.values())


def unread_sheet(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield what a sheet without the table of a form holds."""
    cells = [
        (address(row, c), text) for row, values in sheet.rows.items() for c, v in values.items() if (text := text_in(v))
    ]
    if cells:
        yield cells[0][0], f"工作表“{sheet.title[:40]}”不是填报表，有 {len(cells)} 格内容没有读"
    yield from _listed([*sheet.unread, *_loose_links(sheet)])


def _listed(found: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for place, what in islice(found, _MOST):
        yield place, f"{what}没有读，请核对"
    if len(found) > _MOST:
        yield found[_MOST][0], f"起另有 {len(found) - _MOST} 处没有读，请核对"


_OURS = re.compile(r"填报单位|填报人|联系电话|填写说明|共 \d+ 项，")


def _around(sheet: Sheet, head: int, columns: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield the words above the table that are not its own, and the rows below that have no number."""
    for row, values in sheet.rows.items():
        texts = {column: text for column, value in sorted(values.items()) if (text := text_in(value))}
        if row < head:
            label = ""
            for column, text in texts.items():
                asked = label.rstrip().endswith(("：", ":")) and _OURS.match(label.lstrip())
                if not (_OURS.match(text) or text.endswith("填报表") or asked):
                    yield address(row, column), _quoted(text)
                label = text
        elif row > head and texts and number_in(values.get(columns[NUMBER])) is None and columns[STATUS] not in texts:
            column, text = next(iter(texts.items()))
            others = f"等 {len(texts)} 格" if len(texts) > 1 else ""
            yield address(row, column), f"这一行没有序号和完成情况，{_quoted(text)}{others}"


def _added_columns(sheet: Sheet, head: int, known: Collection[int]) -> Iterator[tuple[str, str]]:
    """Yield each column that the form did not have, of which a row with a number says something."""
    added: dict[int, list[tuple[int, str]]] = {}
    for row, values in sheet.rows.items():
        if row > head:
            for column, value in values.items():
                if column not in known and (text := text_in(value)):
                    added.setdefault(column, []).append((row, text))
    found = []
    for column, cells in sorted(added.items()):
        title = text_in(sheet.rows[head].get(column))
        named = f"增加的“{title[:20]}”一栏" if title else "表外的一栏"
        found.append((address(cells[0][0], column), f"{named}有 {len(cells)} 格内容，{_quoted(cells[0][1])}等"))
    yield from _listed(found)


def _loose_links(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield the hyperlinks of cells without words."""
    for (row, column), target in sheet.links.items():
        if not text_in(sheet.rows.get(row, {}).get(column)):
            yield address(row, column), f"空格里的超链接 {target[:80]} "


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= 40 else text[:40] + '……'}”"


def spread_merged(sheet: Sheet, rows: Collection[int], columns: Collection[int], number: int) -> list[Area]:
    """Give every row of `rows` the words of a cell merged downwards in one of `columns`: they are about all of them.

    Args:
        number: the column with the number of the task, which is of one row alone.

    Returns:
        The merged areas over several columns or over one another, whose words are nobody's to tell; nothing is spread.
    """
    wanted, unclear = sorted(rows), []
    bottom: dict[int, int] = {}
    for area in sorted(sheet.merged):
        if not any(area.left <= column <= area.right for column in (number, *columns)):
            continue
        inside = wanted[bisect_left(wanted, area.top) : bisect_right(wanted, area.bottom)]
        if not inside:
            continue
        if area.left != area.right or area.left == number or area.top <= bottom.get(area.left, 0):
            unclear.append(area)
            continue
        bottom[area.left] = area.bottom
        value, link = sheet.rows.get(area.top, {}).get(area.left), sheet.links.get((area.top, area.left))
        if any(sheet.rows[row].get(area.left) not in (None, value) for row in inside):
            unclear.append(area)
            continue
        for row in inside if value is not None else ():
            sheet.rows[row][area.left] = value
            if link:
                sheet.links[row, area.left] = link
    return unclear
