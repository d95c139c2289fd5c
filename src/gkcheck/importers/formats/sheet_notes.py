"""The things on a sheet of a workbook beside its cells: comments, text boxes, pictures, embedded files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from gkcheck.importers.formats.ooxml import Package, attribute, children, first, local, whole_number
from gkcheck.importers.formats.word_runs import plain_text
from gkcheck.text.escapes import from_workbook_text

_LAST_COLUMN = 16_383


class SheetNote(NamedTuple):
    """One of these: the cell it stands at ("" where it says none), its text ("" of a picture or a file), and what it is."""

    at: str
    text: str
    kind: str


def notes_of(package: Package, sheet: str) -> Iterator[SheetNote]:
    """Yield the notes of a sheet, given by the name of its part."""
    for one in package.related(sheet):
        root = package.tree(one.target) if one.kind in ("comments", "drawing") else None
        if one.kind == "comments":
            for comment in children(root, "commentList", "comment"):
                text = from_workbook_text(plain_text(first(comment, "text"))).strip()
                yield SheetNote(attribute(comment, "ref") or "", text, "批注")
        elif one.kind == "drawing":
            for anchor in root if root is not None else ():
                yield from _drawn(anchor)
        elif one.kind in ("oleObject", "package", "control"):
            yield SheetNote("", "", "嵌入的文件")


def _drawn(anchor: Any) -> Iterator[SheetNote]:
    """Yield the shapes with words of a drawing, and the picture in it; what has no words is a picture."""
    at = _corner(anchor)
    texts = [text for box in anchor.iter() if local(box) == "txBody" and (text := plain_text(box).strip())]
    for text in texts:
        yield SheetNote(at, text, "文本框")
    if not texts or any(local(element) == "pic" for element in anchor.iter()):
        yield SheetNote(at, "", "图片")


def _corner(anchor: Any) -> str:
    """Return the cell at the upper left of a drawing; A1 where it says none."""
    texts = (getattr(first(anchor, "from", name), "text", None) for name in ("row", "col"))
    row, column = (whole_number(text, 0) for text in texts)
    return f"{letters(min(column, _LAST_COLUMN))}{row + 1}"


def letters(column: int) -> str:
    """Return what a column, counted from 0, is called: A, Z, AA."""
    return (letters(column // 26 - 1) if column > 25 else "") + chr(65 + column % 26)
