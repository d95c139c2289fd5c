"""The progress of the year beside the expected one: as a table that can be drawn, and as one line on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from gkcheck import labels
from gkcheck.ledger.pace import PacePoint
from gkcheck.table import Column, Table, table_of

SIGNS, PLAIN_SIGNS = "▁▂▃▄▅▆▇█", "01234567"
"""The eight heights of a rate on a line, the full one for 100 %; GBK holds them, and figures for encodings that do not."""

_FIGURES = tuple(Column(title, kind="percent") for title in ("序时进度", "上报率", "办结率"))


def burn_up(points: Sequence[PacePoint]) -> Table:
    """Return one row a day: the expected progress and both rates then, and these as a bar."""
    columns = (Column("日期", kind="date"), *_FIGURES, Column("进度", kind="rates"))
    rows = []
    for point in points:
        rates = (point.reported_rate, point.confirmed_rate)
        figures = map(labels.percent, (point.expected, *rates))
        rows.append((point.day.isoformat(), *figures, "{:.2f}/{:.2f}".format(*rates)))
    table = table_of(columns, rows, title="逐月进度与序时进度")
    return table._replace(dense=True, is_burn_up=True)


def line(points: Sequence[PacePoint], signs: str = SIGNS) -> str:
    """Return a sign a day for the reported rates and for the expected progress: 走势 上报率 ▁▂▃，序时进度 ▁▂▄（…）."""
    month_ends = f"{points[0].day.year}年各月末、" if len(points) > 1 else ""
    reported, expected = (
        "".join(_sign(rate, signs) for rate in rates)
        for rates in ((point.reported_rate for point in points), (point.expected for point in points))
    )
    return f"走势 上报率 {reported}，序时进度 {expected}（{month_ends}{points[-1].day.isoformat()}）"


def _sign(rate: float, signs: str) -> str:
    """Return the sign of a rate; the highest only where nothing is left."""
    return signs[int(rate * (len(signs) - 1) / 100)]
