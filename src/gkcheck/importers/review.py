"""A reading that is unsure, as a person is shown it: how each table was read, and doubtful rows beside the original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gkcheck.importers.draft import DraftTask
from gkcheck.importers.formats.blocks import Block
from gkcheck.importers.notice import Reading
from gkcheck.importers.tables.table_choice import TableLayout
from gkcheck.labels import ROLE
from gkcheck.model import Role
from gkcheck.text.width import width

_MOST_TABLES = 20
_MOST_ROWS = 20
_SAMPLE = 16
_ROW = 120


def sources_of(blocks: Iterable[Block]) -> dict[str, str]:
    """Return the original text of every row and paragraph by its place, cells separated by bars."""
    out: dict[str, str] = {}
    for block in blocks:
        for row, place in zip(block.rows, block.places, strict=True):
            text = "｜".join(" ".join(cell.split()) for cell in row if cell and cell.strip())
            out[place] = f"{out[place]} {text}" if place in out else text
    return out


def review_of(reading: Reading, sources: Mapping[str, str]) -> list[str]:
    """Return the lines that a person reads before a reading that is unsure is written."""
    lines = []
    for layout in reading.layouts[:_MOST_TABLES]:
        lines += _table(layout)
    if len(reading.layouts) > _MOST_TABLES:
        lines.append(f"另有表格 {len(reading.layouts) - _MOST_TABLES} 张")
    tasks: dict[str, list[DraftTask]] = {}
    for task in reading.tasks:
        tasks.setdefault(task.place, []).append(task)
    places = [place for place in dict.fromkeys(found.place for found in reading.findings) if place in sources]
    for place in places[:_MOST_ROWS]:
        lines.append(f"原文　{place}：{_cut(sources[place], _ROW)}")
        lines += [f"读成　{_read_as(task)}" for task in tasks.get(place, [])] or ["读成　没有任务"]
    if len(places) > _MOST_ROWS:
        lines.append(f"另有 {len(places) - _MOST_ROWS} 处要核对")
    return lines


def _table(layout: TableLayout) -> list[str]:
    lines = [
        f"表 {layout.number}　{layout.place}起 {layout.rows} 行，{'读成任务' if layout.assigns else '没有读成任务'}"
    ]
    wide = max((width(title) for title, _, _ in layout.columns), default=0)
    for title, word, samples in layout.columns:
        shown = "；".join(_cut(sample, _SAMPLE) for sample in samples)
        lines.append(f"    {title or '（无栏名）'}{' ' * (wide - width(title))} → {word}　{shown}".rstrip())
    return lines


def _read_as(task: DraftTask) -> str:
    parts = [(task.number or "") + _cut(task.text, 40)]
    parts += [f"{ROLE[role]}：{'、'.join(task.in_role(role))}" for role in Role if task.in_role(role)]
    return "｜".join([*parts, *([task.deadline] if task.deadline else [])])


def _cut(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 2] + "……"
