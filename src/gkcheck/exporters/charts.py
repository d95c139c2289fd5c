"""Bars of rates and burn-ups: as inline SVG for pages, coloured by the style sheet, as shaded cells for Word, as a chart in workbooks."""

from __future__ import annotations

from datetime import date

from gkcheck.exporters.docx_styles import SMALL, SPACE, TABLE
from gkcheck.exporters.shades import EXPECTED, HEAD, REPORTED, SURE
from gkcheck.table import Table
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def bar(text: str) -> str:
    """Return a bar of one or two rates (63.16/20.00); the figures stand in its row, so it says nothing to a screen reader."""
    rects = "".join(
        f'<rect class="{name}" width="{float(rate):.2f}" height="10"/>'
        for name, rate in zip(("reported", "sure"), text.split("/"), strict=False)
    )
    return (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="track" width="100" height="10"/>{rects}</svg>'
    )


_WIDE, _HIGH, _LEFT, _TOP = 440, 180, 40, 30
"""The area of the lines and the room at its left and above, in units of the picture."""


def burn_up(table: Table) -> str:
    """Return the lines of a table whose rows are days with percentages: each column a line, named in a legend.

    The text for screen readers gives the last figures; the table itself gives all.
    """
    rows = [[cell or "" for cell in row] for row in table.rows[table.header :]]
    lines = [c for c, column in enumerate(table.columns) if column.kind == "percent"]
    step = _WIDE / max(1, len(rows) - 1)
    places = [_LEFT + (i * step if len(rows) > 1 else _WIDE) for i in range(len(rows))]
    said = "，".join(f"{table.columns[c].title}{rows[-1][c]}" for c in lines)
    parts = [
        f'<svg class="burn-up" viewBox="0 0 {_LEFT + _WIDE + 10} {_TOP + _HIGH + 24}" role="img" '
        f'aria-label="折线图：截至{rows[-1][0]}，{said}；各日的数字见下表">',
        *(_grid(percent) for percent in (0, 50, 100)),
        *(_day(rows[i][0], places[i], i == len(rows) - 1) for i in range(len(rows) - 1, -1, -2)),
    ]
    for place, (c, name) in enumerate(zip(lines, ("expected", "reported", "sure"), strict=True)):
        points = [(x, _height(float(row[c].rstrip("%")))) for x, row in zip(places, rows, strict=True)]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="line-{name}" points="{joined}"/>')
        parts += [f'<circle class="dot-{name}" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in points]
        left = _LEFT + place * 120
        parts.append(f'<path class="line-{name}" d="M{left} 12h26"/>')
        parts.append(f'<text x="{left + 32}" y="17">{table.columns[c].title}</text>')
    return "".join([*parts, "</svg>"])


def _height(percent: float) -> float:
    return _TOP + _HIGH * (1 - percent / 100)


def _grid(percent: int) -> str:
    y = _height(percent)
    return (
        f'<path class="grid" d="M{_LEFT} {y}h{_WIDE}"/><text class="axis" x="{_LEFT - 6}" y="{y + 4}">{percent}%</text>'
    )


def _day(text: str, x: float, last: bool) -> str:
    """Return the label of a day under the lines: its month, and for the last one the day too."""
    day = date.fromisoformat(text)
    label = f"{day.month}月{day.day}日" if last else f"{day.month}月"
    return f'<text class="{"axis" if last else "month"}" x="{x:.1f}" y="{_TOP + _HIGH + 18}">{label}</text>'


# -- Word -----------------------------------------------------------------------------------------------


def bar_cell(text: str, wide: int, room: int, style: str, stays: bool) -> str:
    """Return a cell with a bar for each rate (63.16/20.00), one above the other: shaded paragraphs as long as the rate.

    Args:
        room: the length of 100 %; like `wide`, in twentieths of a point.
        stays: keeps the cell with the next row.
    """
    bars = "".join(
        f"<w:p><w:pPr><w:pStyle w:val='{style}'/>{'<w:keepNext/>' if stays else ''}"
        f"{_shade(colour) if float(rate) else ''}<w:spacing w:before='0' w:after='0' w:line='80' w:lineRule='exact'/>"
        f"<w:ind w:right='{room - max(20, round(room * float(rate) / 100))}'/></w:pPr></w:p>"
        for rate, colour in zip(text.split("/"), (REPORTED, SURE), strict=False)
    )
    return f"<w:tc><w:tcPr><w:tcW w:w='{wide}' w:type='dxa'/><w:vAlign w:val='center'/></w:tcPr>{bars}</w:tc>"


_LEVELS, _LEVEL_HIGH = 10, 60
"""The levels of the columns of a burn-up, and the height of each in twentieths of a point."""

_WIDEST, _SIZE, _LINE_HIGH = 900, 15, 190
"""The most twentieths of a point that a day is wide, the half points of its figures, and twentieths that a line is high."""


def burn_up_table(table: Table, room: int) -> str:
    """Return a burn-up as a table with a column a day: above its figures the rates as shaded cells, a line at what is expected.

    Args:
        room: the width of the table in twentieths of a point.
    """
    rows = [[cell or "" for cell in row] for row in table.rows[table.header :]]
    lines = [c for c, column in enumerate(table.columns) if column.kind == "percent"]
    wide = min(_WIDEST, (room - room // 10) // len(rows))
    widths = [room - wide * len(rows), *[wide] * len(rows)]
    rates = [[float(row[c].rstrip("%")) for c in lines] for row in rows]
    days = [date.fromisoformat(row[0]) for row in rows]
    heads = [f"{day.month}月" for day in days[:-1]] + [f"{days[-1].month}.{days[-1].day}"]
    legend = "".join(_line(text) for text in ("浅色 已报", "深色 办结", "横线 序时"))
    grid = "".join(f"<w:gridCol w:w='{one}'/>" for one in widths)
    return (
        f"<w:tbl {SPACE}><w:tblPr><w:tblStyle w:val='{TABLE}'/><w:tblW w:w='{room}' w:type='dxa'/><w:jc w:val='center'/>"
        "<w:tblLayout w:type='fixed'/><w:tblCellMar><w:left w:w='10' w:type='dxa'/><w:right w:w='10' w:type='dxa'/>"
        f"</w:tblCellMar><w:tblLook w:val='0000' w:firstRow='0'/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        + "".join(_level(level, rates, widths, legend) for level in range(_LEVELS, 0, -1))
        + _text_row(["日期", *heads], widths, HEAD)
        + "".join(_text_row([table.columns[c].title, *(row[c] for row in rows)], widths) for c in lines)
        + "</w:tbl>"
    )


def _level(level: int, rates: list[list[float]], widths: list[int], legend: str) -> str:
    """Return a row of the columns: shaded where a rate reaches its middle, with a line where what is expected ends."""
    merge = f"<w:vMerge w:val='{'restart' if level == _LEVELS else 'continue'}'/>"
    cells = f"<w:tc><w:tcPr><w:tcW w:w='{widths[0]}' w:type='dxa'/>{merge}<w:vAlign w:val='center'/></w:tcPr>"
    cells += f"{legend if level == _LEVELS else _line('')}</w:tc>"
    for (expected, reported, sure), wide in zip(rates, widths[1:], strict=True):
        reached = [round(rate * _LEVELS / 100) for rate in (expected, reported, sure)]
        top = f"single' w:sz='12' w:space='0' w:color='{EXPECTED}" if reached[0] == level else "nil"
        colour = SURE if reached[2] >= level else REPORTED if reached[1] >= level else ""
        sides = "".join(
            f"<w:{side} w:val='{look}'/>"
            for side, look in (
                ("top", top),
                ("left", _GAP),
                ("bottom", "nil"),
                ("right", _GAP),
            )
        )
        cells += (
            f"<w:tc><w:tcPr><w:tcW w:w='{wide}' w:type='dxa'/><w:tcBorders>{sides}</w:tcBorders>"
            f"{_shade(colour) if colour else ''}</w:tcPr>{_line('')}</w:tc>"
        )
    return f"<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val='{_LEVEL_HIGH}' w:hRule='exact'/></w:trPr>{cells}</w:tr>"


_GAP = "single' w:sz='24' w:space='0' w:color='FFFFFF"


def _text_row(texts: list[str], widths: list[int], fill: str = "") -> str:
    cells = "".join(
        f"<w:tc><w:tcPr><w:tcW w:w='{wide}' w:type='dxa'/>{_shade(fill) if fill else ''}<w:vAlign w:val='center'/></w:tcPr>"
        f"{_line(text)}</w:tc>"
        for text, wide in zip(texts, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _line(text: str) -> str:
    """Return a small centred paragraph, which keeps the chart on one page."""
    size = f"<w:rPr><w:sz w:val='{_SIZE}'/></w:rPr>"
    high = f"<w:spacing w:line='{_LINE_HIGH}' w:lineRule='exact'/>"
    run = f"<w:r>{size}<w:t>{text}</w:t></w:r>" if text else ""
    return f"<w:p><w:pPr><w:pStyle w:val='{SMALL}'/><w:keepNext/>{high}<w:jc w:val='center'/></w:pPr>{run}</w:p>"


def _shade(colour: str) -> str:
    return f"<w:shd w:val='clear' w:color='auto' w:fill='{colour}'/>"


# -- workbooks ------------------------------------------------------------------------------------------


def draw_lines(sheet: Any, table: Table, place: str) -> None:
    """Draw the percentages of a burn-up as lines over its days, from a cell on."""
    from openpyxl.chart import LineChart, Reference

    rows = len(table.rows)
    chart: Any = LineChart()
    figures = [c for c, column in enumerate(table.columns, 1) if column.kind == "percent"]
    data: Any = Reference(sheet, min_col=figures[0], max_col=figures[-1], min_row=table.header, max_row=rows)
    days: Any = Reference(sheet, min_col=1, min_row=table.header + 1, max_row=rows)
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(days)
    for line, colour in zip(chart.series, (EXPECTED, REPORTED, SURE), strict=True):
        line.graphicalProperties.line.solidFill = colour
        line.smooth = False
    chart.series[0].graphicalProperties.line.dashStyle = "dash"
    chart.title, chart.width, chart.height, chart.legend.position = table.title, 17, 9, "b"
    chart.y_axis.number_format, chart.x_axis.number_format = "0%", "yyyy-mm-dd"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.x_axis.delete = chart.y_axis.delete = False  # the library hides them
    sheet.add_chart(chart, place)
