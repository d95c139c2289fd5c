"""Word documents (.docx). The XML is walked directly: python-docx repeats merged cells and hides where they began."""

from __future__ import annotations

from typing import Any

from gkcheck.importers.formats.blocks import DEEPEST, Block, BlockCollector, Format, TableCell, too_deep
from gkcheck.importers.formats.ooxml import (
    THROUGH,
    attribute,
    children,
    first,
    local,
    notice_guard,
    part_names,
    whole_number,
)
from gkcheck.importers.formats.word_numbering import WordNumbering
from gkcheck.importers.recognize.header_terms import is_header

_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "pPr", "rPr"})


def detect(data: bytes) -> bool:
    """True if the bytes are a package with a Word document in it."""
    return data[:2] == b"PK" and "word/document.xml" in part_names(data)


def read(data: bytes, name: str) -> list[Block]:
    """Return the paragraphs and tables of the body in order, list numbers written out."""
    guard = notice_guard(name)
    root = guard.tree(data, "word/document.xml")
    body = first(root, "body")
    if body is None:
        raise guard.damaged()
    numbers = WordNumbering(guard.tree(data, "word/numbering.xml"), guard.tree(data, "word/styles.xml"))
    reader = _Reader(BlockCollector(name), numbers)
    reader.blocks_in(body, 0)
    return reader.out.blocks()


FORMAT = Format("docx", (".docx",), "Word 文档", detect, read, in_package=True)


class _Reader:
    def __init__(self, out: BlockCollector, numbers: WordNumbering) -> None:
        self.out, self.numbers = out, numbers

    def blocks_in(self, container: Any, depth: int) -> None:
        """Collect the paragraphs and tables of a body or of a layout cell."""
        if depth > DEEPEST:
            raise too_deep(self.out.name)
        for child in container:
            kind = local(child)
            if kind == "p":
                self.out.add_paragraph(self.paragraph(child))
            elif kind == "tbl":
                self.table(child, depth + 1)
            elif kind in THROUGH:
                self.blocks_in(child, depth)

    def paragraph(self, element: Any) -> str:
        """Return the text of a paragraph, its list number before it."""
        return self.numbers.next_number(element) + _text(element)

    def table(self, element: Any, depth: int) -> None:
        """Collect a table of data as a block, a table that only lays out other tables as what it holds."""
        if depth > DEEPEST:
            raise too_deep(self.out.name)
        rows = list(children(element, "tr"))
        nested = any(True for row in rows for cell in children(row, "tc") for _ in children(cell, "tbl"))
        single = all(len(list(children(row, "tc"))) <= 1 for row in rows)
        if (nested or single) and not self._is_data(rows):
            for row in rows:
                for cell in children(row, "tc"):
                    self.blocks_in(cell, depth)
            return
        data_rows: list[Any] = []
        for row in rows:
            cells = list(children(row, "tc"))
            if len(cells) == 1 and first(cells[0], "tbl") is not None:
                self._data(data_rows, depth)
                data_rows = []
                self.blocks_in(cells[0], depth)
            else:
                data_rows.append(row)
        self._data(data_rows, depth)

    def _data(self, rows: list[Any], depth: int) -> None:
        if rows:
            self.out.add_cells(self._cells(rows, depth))

    def _is_data(self, rows: list[Any]) -> bool:
        return any(is_header([_cell_text(cell) for cell in children(row, "tc")]) for row in rows[:6])

    def _cells(self, rows: list[Any], depth: int) -> list[list[TableCell]]:
        """Return the cells with their extents; a vertical merge is counted into the cell it began in."""
        out: list[list[TableCell]] = []
        open_at: dict[int, TableCell] = {}
        for row in rows:
            cells: list[TableCell] = []
            column = min(whole_number(attribute(first(row, "trPr", "gridBefore"), "val"), 0), 100)
            cells.extend(TableCell("") for _ in range(column) if column not in open_at)
            for cell in children(row, "tc"):
                wide = min(whole_number(attribute(first(cell, "tcPr", "gridSpan"), "val"), 1), 100)
                merge = first(cell, "tcPr", "vMerge")
                goes_on = merge is not None and attribute(merge, "val") != "restart"
                if goes_on and column in open_at:
                    open_at[column].rows += 1
                else:
                    new = TableCell(self._content(cell, depth), wide)
                    cells.append(new)
                    open_at.pop(column, None)
                    if merge is not None:
                        open_at[column] = new
                column += wide
            out.append(cells)
        return out

    def _content(self, cell: Any, depth: int) -> str:
        """Return the text of a cell, nested tables flattened into it."""
        if depth > DEEPEST:
            raise too_deep(self.out.name)
        lines: list[str] = []
        for child in cell:
            kind = local(child)
            if kind == "p":
                lines.append(self.paragraph(child))
            elif kind == "tbl":
                for row in children(child, "tr"):
                    lines.append(
                        "、".join(filter(None, (self._content(inner, depth + 1) for inner in children(row, "tc"))))
                    )
            elif kind in THROUGH:
                lines.append(self._content(child, depth + 1))
        return "\n".join(line for line in lines if line.strip()).strip()


def _cell_text(cell: Any) -> str:
    return "".join(_text(paragraph) for paragraph in children(cell, "p"))


def _text(element: Any) -> str:
    """Return the text of the runs in order, without deleted revisions and field codes."""
    out: list[str] = []
    stack = [iter(element)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            continue
        kind = local(child)
        if kind == "t":
            out.append(child.text or "")
        elif kind == "tab":
            out.append(" ")
        elif kind in ("br", "cr"):
            out.append("\n")
        elif kind == "noBreakHyphen":
            out.append("-")
        elif kind == "p":
            out.append("\n")
            stack.append(iter(child))
        elif kind not in _SKIPPED:
            stack.append(iter(child))
    return "".join(out)
