"""Lays drawn notices out as text and as pages; LibreOffice makes the other formats of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from tests.drawn.notices import DrawnNotice, DrawnTask
from tests.office import converted

BATCH = 50
"""Files that one run of LibreOffice converts."""

Cell = tuple[str, int, int]
"""Text, rows and columns of a cell."""


def _dirty(text: str, dirt: str) -> str:
    """Put an invisible character after the first and into the middle of a text."""
    return text[:1] + dirt + text[1 : len(text) // 2 + 1] + dirt + text[len(text) // 2 + 1 :] if dirt and text else text


def _kinds(notice: DrawnNotice) -> list[str]:
    units = ["lead", "support"] if notice.by_role else ["responsible"]
    return [
        *(["number"] if notice.numbered else []), *([] if notice.bands else ["heading"]), "text", *units,
        *(["deadline"] if notice.limits else []),
    ]  # fmt: skip


def _value(notice: DrawnNotice, task: DrawnTask, kind: str) -> str:
    if kind == "number":
        return task.number
    if kind == "text":
        return _dirty(task.text, notice.dirt)
    if kind == "deadline":
        return task.deadline or ""
    return notice.separator.join(_dirty(name, notice.dirt) for name in getattr(task, kind))


def rows_of(notice: DrawnNotice) -> Iterator[list[Cell | None]]:
    """Yield the rows of a table, None where a cell covers the position."""
    kinds = _kinds(notice)
    titles = [_dirty(notice.titles[kind], notice.dirt) for kind in kinds]
    if notice.tiers:
        upper: list[Cell | None] = []
        for kind, title in zip(kinds, titles, strict=True):
            upper.append(
                None
                if kind == "support"
                else ("分工" if kind == "lead" else title, *((1, 2) if kind == "lead" else (2, 1)))
            )
        yield upper
        yield [
            (title, 1, 1) if kind in ("lead", "support") else None for kind, title in zip(kinds, titles, strict=True)
        ]
    else:
        yield [(title, 1, 1) for title in titles]
    for heading, tasks in notice.sections:
        heading = _dirty(heading, notice.dirt)
        if notice.bands:
            yield [(heading, 1, len(kinds)), *[None] * (len(kinds) - 1)]
        for n, task in enumerate(tasks):
            row: list[Cell | None] = []
            for kind in kinds:
                if kind == "heading":
                    row.append((heading, len(tasks) if notice.merged else 1, 1) if not (notice.merged and n) else None)
                else:
                    row.append((_value(notice, task, kind), 1, 1))
            yield row


def paragraphs_of(notice: DrawnNotice) -> Iterator[str]:
    """Yield the paragraphs of running text."""
    for heading, tasks in notice.sections:
        yield _dirty(heading, notice.dirt)
        for task in tasks:
            text = _dirty(f"{task.number}.{task.text}", notice.dirt)
            parts = [
                f"{word}：{'、'.join(names)}"
                for word, names in (("牵头单位", task.lead), ("责任单位", task.responsible), ("配合单位", task.support))
                if names
            ]
            parts += [f"完成时限：{task.deadline}"] if task.deadline else []
            if notice.labels:
                yield text
                yield from (_dirty(part, notice.dirt) for part in parts)
            else:
                yield f"{text}（{'；'.join(parts)}）"


def as_text(notice: DrawnNotice) -> str:
    """Return plain text: a table as rows with bars, a line break within a cell as a blank."""
    if not notice.table:
        return "\n".join([notice.title, *paragraphs_of(notice)]) + "\n"
    lines = [
        " | ".join("" if cell is None else cell[0].replace("\n", " ") for cell in row) + " |" for row in rows_of(notice)
    ]
    return "\n".join([notice.title, *lines]) + "\n"


def as_page(notice: DrawnNotice) -> str:
    """Return a web page."""
    body = f"<p align=center><b>{escape(notice.title)}</b></p>"
    if notice.table:
        rows = ("".join(_td(cell) for cell in row if cell is not None) for row in rows_of(notice))
        body += '<table border="1">' + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    else:
        body += "".join(f"<p>{escape(line)}</p>" for line in paragraphs_of(notice))
    style = f"body {{font-family: {notice.font}}}"
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><style>{style}</style></head><body>{body}</body></html>'


def _td(cell: Cell) -> str:
    text, down, across = cell
    spans = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
    return f"<td{spans}>{escape(text).replace(chr(10), '<br>')}</td>"


def lay_out(notices: dict[str, DrawnNotice], folder: Path, formats: Sequence[str]) -> dict[str, list[Path]]:
    """Write notices by their names in the formats (txt, html, docx, xlsx, pdf); return the files of each format."""
    pages = []
    for name, notice in notices.items():
        (folder / f"{name}.txt").write_text(as_text(notice), "utf-8")
        page = folder / f"{name}.html"
        page.write_text(as_page(notice), "utf-8")
        pages.append(page)
    out = {"txt": [page.with_suffix(".txt") for page in pages], "html": pages}
    recipes = {
        "docx": ("docx:MS Word 2007 XML", ["--infilter=HTML (StarWriter)"], pages),
        "xlsx": ("xlsx:Calc MS Excel 2007 XML", ["--infilter=HTML (StarCalc)"], pages),
        "pdf": ("pdf:writer_pdf_Export", ["--infilter=HTML (StarWriter)"], pages),
    }
    for name in formats:
        if name in recipes:
            to, options, files = recipes[name]
            for n in range(0, len(files), BATCH):
                converted(folder / name, to, *files[n : n + BATCH], options=options)
            out[name] = [folder / name / page.with_suffix(f".{name}").name for page in files]
    return {name: out[name] for name in formats}
