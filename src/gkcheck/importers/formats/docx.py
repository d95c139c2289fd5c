"""Word documents (.docx). The XML is walked directly: python-docx repeats merged cells and hides where they began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gkcheck.importers.formats.blocks import DEEPEST, Block, BlockCollector, Format, TableCell, too_deep
from gkcheck.importers.formats.ooxml import local, notice_guard, part_names
from gkcheck.importers.formats.word_numbering import WordNumbering
from gkcheck.importers.recognize.header_terms import is_header

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_THROUGH = frozenset({"sdt", "sdtContent", "customXml", "ins", "smartTag", "moveTo", "AlternateContent", "Choice"})
_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "pPr", "rPr"})


def detect(data: bytes) -> bool:
    """True if the bytes are a package with a Word document in it."""
    return data[:2] == b"PK" and "word/document.xml" in part_names(data)


def read(data: bytes, name: str) -> list[Block]:
    """Return the paragraphs and tables of the body in order, list numbers written out."""
    guard = notice_guard(name)
    root = guard.tree(data, "word/document.xml")
    body = next((child for child in root if local(child) == "body"), None) if root is not None else None
    if body is None:
        raise guard.damaged()
    numbers = WordNumbering(guard.tree(data, "word/numbering.xml"), guard.tree(data, "word/styles.xml"))
    reader = _Reader(BlockCollector(name), numbers)
    reader.blocks_in(body, 0)
    return reader.out.blocks()


FORMAT = Format("docx", (".docx",), "Word 文档", detect, read, in_package=True)


def attribute(element: _Element | None, key: str) -> str | None:
    """Return an attribute of the word-processing namespace, transitional or strict."""
    if element is None:
        return None
    found: str | None = element.get(_W + key) or element.get(_STRICT + key)
    return found


def children(element: _Element | None, *path: str) -> Iterator[_Element]:
    """Yield the children reached by local names, looking through wrappers (content controls, insertions)."""
    if element is None:
        return
    for child in element:
        kind = local(child)
        if kind == path[0]:
            if len(path) == 1:
                yield child
            else:
                yield from children(child, *path[1:])
        elif kind in _THROUGH:
            yield from children(child, *path)


def first(element: _Element | None, *path: str) -> _Element | None:
    """Return the first child reached by local names."""
    return next(children(element, *path), None)


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
            elif kind in _THROUGH:
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
            column = _count(attribute(first(row, "trPr", "gridBefore"), "val"), 0)
            cells.extend(TableCell("") for _ in range(column) if column not in open_at)
            for cell in children(row, "tc"):
                wide = _count(attribute(first(cell, "tcPr", "gridSpan"), "val"), 1)
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
            elif kind in _THROUGH:
                lines.append(self._content(child, depth + 1))
        return "\n".join(line for line in lines if line.strip()).strip()


def _count(text: str | None, otherwise: int) -> int:
    return min(int(text), 100) if text and text.isdecimal() and len(text) < 6 else otherwise


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
