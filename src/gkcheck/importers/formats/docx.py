"""Word documents (.docx). The XML is walked directly: python-docx repeats merged cells and hides where they began."""

from __future__ import annotations

from typing import Any

from gkcheck.importers.formats.blocks import DEEPEST, Block, BlockCollector, Format, TableCell, too_deep
from gkcheck.importers.formats.ooxml import (
    THROUGH,
    Package,
    attribute,
    children,
    first,
    local,
    main_part,
    notice_guard,
    whole_number,
)
from gkcheck.importers.formats.word_numbering import WordNumbering
from gkcheck.importers.formats.word_runs import Shown, WordRuns, plain_text
from gkcheck.importers.formats.word_styles import WordStyles, is_on
from gkcheck.importers.recognize.header_terms import is_header
from gkcheck.text.characters import ordinary

_MAIN = "word/document.xml"


def detect(data: bytes) -> bool:
    """True if the bytes are a package with a Word document in it."""
    return main_part(data, "document", _MAIN) is not None


def read(data: bytes, name: str) -> list[Block]:
    """Return the paragraphs and tables of the body in order, list numbers written out.

    What does not show as text of the body (hidden, struck, notes, comments) is left unread and accounted for.
    """
    guard = notice_guard(name)
    package = Package(guard, data)
    main = main_part(data, "document", _MAIN) or _MAIN
    body = first(package.tree(main), "body")
    if body is None:
        raise guard.damaged()
    styles = WordStyles(package.only(main, "styles"))
    numbers = WordNumbering(package.only(main, "numbering"), styles)
    reader = _Reader(BlockCollector(name), numbers, WordRuns(package, main, styles))
    reader.blocks_in(body, 0)
    reader.tell_of_notes()
    return reader.out.blocks()


FORMAT = Format("docx", (".docx",), "Word 文档", detect, read, in_package=True)


class _Reader:
    """Walks a body; `place` is where the paragraph that is read stands, `carried` the text before a deleted mark.

    `links` are those of the cell that is read.
    """

    def __init__(self, out: BlockCollector, numbers: WordNumbering, runs: WordRuns) -> None:
        self.out, self.numbers, self.runs = out, numbers, runs
        self.place, self.carried = "", ""
        self.notes: list[tuple[str, str]] = []
        self.links: list[str] = []

    def blocks_in(self, container: Any, depth: int) -> None:
        """Collect the paragraphs and tables of a body, of a text box or of a layout cell."""
        if depth > DEEPEST:
            raise too_deep(self.out.name)
        for child in container:
            kind = local(child)
            self.place = self.out.next_paragraph()
            if kind == "p":
                shown = self.runs.read(child)
                self.out.add_paragraph(self.paragraph(child, shown))
                for box in shown.boxes:
                    self.blocks_in(box, depth + 1)
            elif kind == "tbl":
                self.table(child, depth + 1)
            elif kind == "altChunk":
                self.embedded(child)
            elif kind in THROUGH:
                self.blocks_in(child, depth)
        if self.carried:
            self.out.add_paragraph(self.rest())

    def paragraph(self, element: Any, shown: Shown) -> str:
        """Return the text of a paragraph, its list number before it; account for what does not show.

        A paragraph whose mark is deleted runs on into the next one.
        """
        mark = first(element, "pPr", "rPr")
        deleted = first(mark, "del") is not None
        gone = not shown.text.strip() and (deleted or (bool(shown.hidden) and is_on(first(mark, "vanish"))))
        number = "" if gone or self.carried else self.numbers.next_number(element)
        self._account(shown)
        text = self.rest() + number + shown.text
        if deleted:
            self.carried = text
            return ""
        return text

    def rest(self) -> str:
        """Return the text that still waits for a paragraph mark."""
        text, self.carried = self.carried, ""
        return text

    def _account(self, shown: Shown) -> None:
        for text, why in ((shown.hidden, "隐藏"), (shown.struck, "删除线"), (shown.deleted, "修订中已删去")):
            self.out.leave_unread(self.place, text, why)
        if shown.struck.strip():
            self.out.remark(self.place, f"“{shown.struck.strip()}”有删除线，没有读入，请核对")
        for text, kind in shown.notes:
            self.out.leave_unread(self.place, text, kind)
            self.notes.append((self.place, kind))
        for _ in range(shown.pictures):
            self.out.leave_unread(self.place, "（图片）", "图片")
        if shown.objects:
            self.out.remark(self.place, f"嵌入的对象 {shown.objects} 个没有读，其中若有任务，请另存成文件再导入")

    def tell_of_notes(self) -> None:
        """Remark once that notes and comments are not part of what was read."""
        if self.notes:
            kinds = "、".join(dict.fromkeys(kind for _, kind in self.notes))
            self.out.remark(self.notes[0][0], f"{kinds}共 {len(self.notes)} 处没有读入任务，原文见“未收录”，请核对")

    def embedded(self, element: Any) -> None:
        """Remark an embedded document, which Word shows as part of this one."""
        name = self.runs.target_of(attribute(element, "id") or "")
        self.out.remark(self.place, f"嵌入的文档（{name or 'altChunk'}）没有读，请用办公软件打开，另存为 docx 再导入")

    def table(self, element: Any, depth: int) -> None:
        """Collect a table of data as a block, a table that only lays out other tables as what it holds."""
        if depth > DEEPEST:
            raise too_deep(self.out.name)
        rows = [row for n, row in enumerate(children(element, "tr")) if not self._left_out(row, n)]
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

    def _left_out(self, row: Any, position: int) -> bool:
        """True if a row is hidden or deleted; it is accounted for."""
        settings = first(row, "trPr")
        hidden, deleted = is_on(first(settings, "hidden")), first(settings, "del") is not None
        if hidden or deleted:
            text = " ".join(plain_text(cell) for cell in children(row, "tc"))
            self.out.leave_unread(self.out.next_row(position), text, "隐藏的行" if hidden else "修订中已删去")
        return hidden or deleted

    def _data(self, rows: list[Any], depth: int) -> None:
        if rows:
            self.out.add_cells(self._cells(rows, depth))

    def _is_data(self, rows: list[Any]) -> bool:
        return any(is_header([ordinary(plain_text(cell)) for cell in children(row, "tc")]) for row in rows[:6])

    def _cells(self, rows: list[Any], depth: int) -> list[list[TableCell]]:
        """Return the cells with their extents; a vertical merge is counted into the cell it began in."""
        out: list[list[TableCell]] = []
        open_at: dict[int, TableCell] = {}
        for row in rows:
            place = self.out.next_row(len(out))
            cells: list[TableCell] = []
            column = min(whole_number(attribute(first(row, "trPr", "gridBefore"), "val"), 0), 100)
            cells.extend(TableCell("") for _ in range(column) if column not in open_at)
            for cell in children(row, "tc"):
                self.place = f"{place}第{column + 1}列"
                wide = min(whole_number(attribute(first(cell, "tcPr", "gridSpan"), "val"), 1), 100)
                merge = first(cell, "tcPr", "vMerge")
                goes_on = merge is not None and attribute(merge, "val") != "restart"
                if goes_on and column in open_at:
                    open_at[column].rows += 1
                else:
                    self.links = []
                    new = TableCell(self._content(cell, depth), wide)
                    new.links = tuple(self.links)
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
                shown = self.runs.read(child)
                lines.append(self.paragraph(child, shown))
                self.links += shown.links
                for box in shown.boxes:
                    self.out.leave_unread(self.place, plain_text(box), "文本框")
                    self.notes.append((self.place, "文本框"))
            elif kind == "tbl":
                for row in children(child, "tr"):
                    lines.append(
                        "、".join(filter(None, (self._content(inner, depth + 1) for inner in children(row, "tc"))))
                    )
            elif kind == "altChunk":
                self.embedded(child)
            elif kind in THROUGH:
                lines.append(self._content(child, depth + 1))
        lines.append(self.rest())
        return "\n".join(line for line in lines if line.strip()).strip()
