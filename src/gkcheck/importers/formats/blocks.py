"""Paragraphs and tables of a document as they come, gathered into grids in document order."""

from __future__ import annotations

from dataclasses import dataclass, field

from gkcheck.errors import BadDocument
from gkcheck.table import Span, Table

MOST_ROWS = 20_000
MOST_CELLS = 200_000
DEEPEST = 20


@dataclass(slots=True)
class TableCell:
    """A cell on its way into a grid: its text, and how many positions it covers."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class Blocks:
    """Collects a document. `name` is what messages call the file; `part` names a page or a sheet in places."""

    name: str
    part: str = ""
    grids: list[Table] = field(default_factory=list)
    _lines: list[tuple[str, str]] = field(default_factory=list)
    _paragraphs: int = 0
    _tables: int = 0
    _cells: int = 0

    def paragraph(self, text: str) -> None:
        """A paragraph; line breaks inside it make lines of their own."""
        self._paragraphs += 1
        if self._paragraphs > MOST_CELLS:
            raise too_much(self.name, "段落")
        for line in text.split("\n"):
            self._lines.append((line, f"{self.part}第{self._paragraphs}段"))

    def table(
        self, rows: list[tuple[tuple[str | None, ...], ...]] | list[tuple[str | None, ...]], spans: list[Span]
    ) -> None:
        """A table, its covered positions None."""
        self.end_paragraphs()
        self._tables += 1
        self._cells += sum(len(row) for row in rows)
        if len(rows) > MOST_ROWS or self._cells > MOST_CELLS:
            raise too_much(self.name, "表格行")
        places = tuple(f"{self.part}表{self._tables}第{r + 1}行" for r in range(len(rows)))
        self.grids.append(Table(rows=tuple(rows), spans=tuple(spans), places=places))  # type: ignore[arg-type]

    def end_paragraphs(self) -> None:
        """Close the run of paragraphs so far."""
        if any(text.strip() for text, _ in self._lines):
            rows = tuple((text,) for text, _ in self._lines)
            self.grids.append(Table(rows=rows, kind="lines", places=tuple(place for _, place in self._lines)))
        self._lines = []

    def done(self) -> list[Table]:
        """Everything collected, in document order."""
        self.end_paragraphs()
        return self.grids


def spread(rows: list[list[TableCell]], name: str) -> tuple[list[tuple[str | None, ...]], list[Span]]:
    """Rows of cells with extents → a rectangle with None where a span covers, and the spans."""
    taken: dict[tuple[int, int], bool] = {}
    out: list[dict[int, str]] = []
    spans: list[Span] = []
    width = 0
    for r, cells in enumerate(rows):
        row: dict[int, str] = {}
        c = 0
        for cell in cells:
            while (r, c) in taken:
                c += 1
            down = max(1, min(cell.rows, len(rows) - r))
            across = max(1, min(cell.columns, 100))
            row[c] = cell.text
            if down * across > 1:
                spans.append(Span(r, c, down, across))
                if len(taken) + down * across > MOST_CELLS:
                    raise too_much(name, "合并单元格")
                taken.update({(r + i, c + k): True for i in range(down) for k in range(across)})
            width = max(width, c + across)
            c += across
        out.append(row)
        width = max([width, *(k + 1 for i, k in taken if i == r)]) if len(taken) < 2000 else width
    full = []
    for r, row in enumerate(out):
        end = max([*row, *(c for c in range(width) if (r, c) in taken)], default=-1) + 1
        full.append(tuple(row.get(c) if c in row or (r, c) in taken else "" for c in range(end)))
    return full, spans


def too_much(name: str, what: str) -> BadDocument:
    """The refusal of a document too big to be a notice."""
    return BadDocument(f"{name} 的{what}太多，不像一份通知；请只保留任务表再导入。")


def too_deep(name: str) -> BadDocument:
    """The refusal of tables nested beyond reason."""
    return BadDocument(f"{name} 的表格嵌套过深，不像一份通知；请把任务表单独另存为 docx 或 xlsx 再导入。")
