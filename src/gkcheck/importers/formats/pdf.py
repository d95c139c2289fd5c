"""PDF files, with the extra gkcheck[pdf]: ruled tables with their merged cells, and the lines between them."""

from __future__ import annotations

import io
import logging
from itertools import pairwise
from typing import Any

from gkcheck.errors import BadDocument, GkcheckError, MissingExtra
from gkcheck.importers.formats.blocks import Block, BlockCollector, Format, Span, refuse_huge
from gkcheck.importers.formats.ooxml import notice_guard
from gkcheck.importers.recognize.numbering import leading_number
from gkcheck.text.normalize import is_han, join_pieces

_MOST_PAGES = 200
_LONGEST = 50_000_000
_NEVER_FIRST = "，。、；：！？）〕】》”’),.;:!?%]"
_NEVER_LAST = "（〔【《“‘("


def detect(data: bytes) -> bool:
    """True if the bytes are a PDF file."""
    return b"%PDF-" in data[:1024]


def read(data: bytes, name: str) -> list[Block]:
    """Return tables and lines of text, page after page; a table that goes on over a page break is one."""
    try:
        import pdfplumber
    except ImportError:
        raise MissingExtra("读 PDF 需要另装组件，请运行 pip install 'gkcheck[pdf]'，或另存为 docx 再导入。") from None
    refuse_huge(data, name, _LONGEST)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > _MOST_PAGES:
                raise BadDocument(f"{name} 有 {len(document.pages)} 页，不像一份通知；请只保留任务表再导入。")
            pieces = [piece for page in document.pages for piece in _page(page)]
    except (GkcheckError, MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # pdfminer raises whatever its parsing of foreign bytes runs into
        raise notice_guard(name).damaged() from error
    return _blocks(pieces, name)


FORMAT = Format("pdf", (".pdf",), "PDF", detect, read)


def _page(page: Any) -> list[Any]:
    """Return the lines (text, page) and tables (rows, spans) of one page from top to bottom."""
    tables = page.find_tables()
    out: list[tuple[float, Any]] = []
    boxes = [table.bbox for table in tables]
    for table in tables:
        out.append((table.bbox[1], _table(page, table)))

    def outside(thing: Any) -> bool:
        middle = ((thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2)
        return not any(x0 <= middle[0] <= x1 and top <= middle[1] <= bottom for x0, top, x1, bottom in boxes)

    rest = page.filter(lambda thing: thing.get("object_type") != "char" or outside(thing))
    lines = rest.extract_text_lines(strip=True, x_tolerance_ratio=0.4)
    for line in _paragraphs(lines, float(page.width), boxes):
        out.append((line["top"], (line["text"], page.page_number)))
    page.close()
    return [piece for _, piece in sorted(out, key=lambda found: found[0])]


def _paragraphs(
    lines: list[dict[str, Any]], width: float, boxes: list[tuple[float, float, float, float]]
) -> list[dict[str, Any]]:
    """Return lines as paragraphs: one joins the line above where it had no room there and is not indented."""
    if not lines:
        return []
    left = min(line["x0"] for line in lines)
    right = max(*(line["x1"] for line in lines), width - left - 0.01 * width)
    out: list[dict[str, Any]] = []
    above: dict[str, Any] | None = None
    for line in lines:
        parted = above is not None and any(above["top"] < box[1] < line["top"] for box in boxes)
        height = line["bottom"] - line["top"]
        if (
            above is not None
            and not parted
            and right - above["x1"] <= _first_width(line) + 1
            and line["x0"] < left + height
            and line["top"] - above["bottom"] < 2 * height
        ):
            out[-1] = {**out[-1], "text": join_pieces([out[-1]["text"], line["text"]], words_only=True)}
        else:
            out.append(line)
        above = line
    return out


def _table(page: Any, table: Any) -> tuple[list[list[str | None]], list[Span]]:
    """Return a ruled table: each cell's text at its top left corner, None where it covers."""
    tops = sorted({round(cell[1], 1) for cell in table.cells})
    lefts = sorted({round(cell[0], 1) for cell in table.cells})
    rows: list[list[str | None]] = [[""] * len(lefts) for _ in tops]
    spans: list[Span] = []
    for cell in table.cells:
        x0, top, x1, bottom = cell
        r, c = tops.index(round(top, 1)), lefts.index(round(x0, 1))
        down = sum(top - 1 < other < bottom - 1 for other in tops) or 1
        across = sum(x0 - 1 < other < x1 - 1 for other in lefts) or 1
        text = _cell_text(page, cell)
        for i in range(r, min(r + down, len(tops))):
            for k in range(c, min(c + across, len(lefts))):
                rows[i][k] = None
        rows[r][c] = text
        if down > 1 or across > 1:
            spans.append(Span(r, c, down, across))
    return rows, spans


def _cell_text(page: Any, cell: tuple[float, float, float, float]) -> str:
    """Return the text of a cell. A line goes on in the next unless the next could have begun in the room it left."""
    x0, top, x1, bottom = cell
    edges = page.bbox
    crop = page.crop((max(x0, edges[0]), max(top, edges[1]), min(x1, edges[2]), min(bottom, edges[3])), strict=False)
    lines = [line for line in crop.extract_text_lines(strip=True, x_tolerance_ratio=0.4) if line["text"].strip()]
    if not lines:
        return ""
    room = x1 - max(1.0, min(line["x0"] for line in lines) - x0)
    out = str(lines[0]["text"])
    for above, line in pairwise(lines):
        if room - above["x1"] > _first_width(line) + 1:
            out += "\n" + line["text"]
        else:
            out = join_pieces([out, line["text"]], words_only=True)
    return out


def _first_width(line: dict[str, Any]) -> float:
    """Return the width of the first unbreakable piece of a line: a Chinese character or a Latin word, with its sign."""
    chars = [char for char in line["chars"] if char["text"].strip()]
    n = 1
    while n < len(chars) and (
        not (is_han(chars[n - 1]["text"]) or is_han(chars[n]["text"]))
        or chars[n]["text"] in _NEVER_FIRST
        or chars[n - 1]["text"] in _NEVER_LAST
    ):
        n += 1
    return float(chars[n - 1]["x1"] - chars[0]["x0"]) if chars else 0.0


def _blocks(pieces: list[Any], name: str) -> list[Block]:
    """Return the pieces as blocks; a table at the top of a page goes on where the page before ended in one as wide."""
    out = BlockCollector(name)
    rows: list[list[str | None]] = []
    spans: list[Span] = []

    def flush() -> None:
        nonlocal rows, spans
        if rows:
            out.add_table([tuple(row) for row in rows], spans)
        rows, spans = [], []

    for piece in pieces:
        if isinstance(piece[1], int):
            text = str(piece[0])
            if _is_page_number(text):
                continue
            flush()
            out.add_paragraph(text)
        else:
            more, their = piece
            if rows and len(more[0]) == len(rows[0]):
                more, their = _without_torn_row(rows, more, their)
            else:
                flush()
            spans.extend(Span(span.row + len(rows), *span[1:]) for span in their)
            rows.extend(more)
    flush()
    return out.blocks()


def _is_page_number(text: str) -> bool:
    return not text.strip().strip("-—–－第页 /共0123456789") and any(char.isdigit() for char in text) and len(text) < 14


def _without_torn_row(
    rows: list[list[str | None]], more: list[list[str | None]], spans: list[Span]
) -> tuple[list[list[str | None]], list[Span]]:
    """Return the rows of the next page; a first row that only ends the row above is joined to it."""
    first = more[0]
    if [cell or "" for cell in first] == [cell or "" for cell in rows[0]]:
        return more, spans
    filled = [c for c, cell in enumerate(first) if cell]
    torn = bool(filled) and not any(leading_number(str(first[c])) for c in filled) and all(rows[-1][c] for c in filled)
    texts = [str(rows[-1][c]) for c in filled]
    if not torn or all(text[-1:] in "。；）" for text in texts):
        return more, spans
    for c in filled:
        rows[-1][c] = str(rows[-1][c]) + str(first[c])
    return more[1:], [Span(span.row - 1, *span[1:]) for span in spans if span.row > 0]
