"""Lines of text → blocks: pipe rows, one cell a line, columns parted by blanks, drawn boxes, paragraphs."""

from __future__ import annotations

import re

from gkcheck.importers.formats.blocks import Block, BlockKind, Line, text_block
from gkcheck.importers.layout.box_tables import is_box_line, read_box_table
from gkcheck.importers.layout.paragraphs import join_wrapped_lines
from gkcheck.importers.recognize.assignees import assignee_share
from gkcheck.importers.recognize.header_terms import Kind, is_header, meaning_of, split_header_words
from gkcheck.importers.recognize.headings import is_title
from gkcheck.importers.recognize.numbering import is_number, leading_number
from gkcheck.importers.recognize.org_names import is_office_name
from gkcheck.text.script import folded


def lay_out_lines(lines: list[Line]) -> list[Block]:
    """Return lines as blocks in document order; blank lines only part paragraphs."""
    out: list[Block] = []
    prose: list[Line] = []
    i = 0
    while i < len(lines):
        block, end = _table_at(lines, i)
        if block is None:
            prose.append(lines[i])
            i += 1
            continue
        if prose and _first_half(prose[-1].text, block):
            half = prose.pop()
            first = (half.text.strip() + (block.rows[0][0] or ""), *block.rows[0][1:])
            block = block._replace(rows=(first, *block.rows[1:]))
        out.extend(_prose(prose))
        prose = []
        out.append(block)
        i = end
    out.extend(_prose(prose))
    return out


_HALVES = ("责任", "完成", "牵头", "配合", "工作", "具体", "主要", "重点")


def _first_half(text: str, block: Block) -> bool:
    """True if a line is the first half of a header word that was broken before the first | sign."""
    first = (block.rows[0][0] or "") if block.rows and block.rows[0] else ""
    return folded(text).strip() in _HALVES and len(first) <= 4 and meaning_of(folded(text).strip() + first) is not None


def _prose(lines: list[Line]) -> list[Block]:
    paragraphs = [line._replace(text=line.text.strip()) for line in join_wrapped_lines(lines) if line.text.strip()]
    return [text_block(paragraphs, BlockKind.PROSE)] if paragraphs else []


def _table_at(lines: list[Line], i: int) -> tuple[Block | None, int]:
    """Return the table that begins at line i, if one does, and the line after it."""
    text = lines[i].text
    if is_box_line(text):
        end = i
        while end < len(lines) and (is_box_line(lines[end].text) or re.search(r"[│┃║|]", lines[end].text)):
            end += 1
        block = read_box_table(lines[i:end])
        if block:
            return block, end
    if "|" in folded(text) or (_begins_cells(lines, i)):
        return _pipes(lines, i)
    if "\t" in text.strip() and i + 1 < len(lines) and any("\t" in line.text for line in lines[i + 1 : i + 4]):
        return _tabbed(lines, i)
    words = split_header_words(text)
    if words and is_header(words):
        return _spaced(lines, i, words)
    return _flattened(lines, i)


def _begins_cells(lines: list[Line], i: int) -> bool:
    """True if line i is the first cell of a stream with a lone | after each cell."""
    after = [line.text.strip() for line in lines[i + 1 : i + 8] if line.text.strip()]
    return bool(lines[i].text.strip()) and len(after) >= 3 and folded(after[0]) == "|" and folded(after[2]) == "|"


def _pipes(lines: list[Line], i: int) -> tuple[Block | None, int]:
    """Read rows of cells between | signs, or one cell a line with | between."""
    end = i
    run: list[Line] = []
    blanks: list[Line] = []
    while end < len(lines):
        text = folded(lines[end].text)
        if not text.strip():
            blanks.append(lines[end])
        elif "|" in text or _goes_on(run, lines, end, bool(blanks)):
            run.append(lines[end])
            blanks = []
        else:
            break
        end += 1
    end -= len(blanks)
    if len(run) < 2 and folded(lines[i].text).count("|") < 2:
        return None, i
    lone = sum(folded(line.text).strip() == "|" for line in run)
    if lone >= 0.35 * len(run) and lone >= 3 and not any(folded(line.text).count("|") > 1 for line in run):
        cells = [
            Line(part.strip(), line.place) for line in run for part in re.split(r"[|｜]", line.text) if part.strip()
        ]
        return _stream(cells), end
    return _pipe_rows(run), end


def _goes_on(run: list[Line], lines: list[Line], at: int, blank_before: bool) -> bool:
    """True if a line without | belongs to the rows around it: a broken cell's rest, a cell of a stream, a torn row."""
    if not run:
        return True
    following = next((folded(line.text).strip() for line in lines[at + 1 : at + 4] if line.text.strip()), "")
    before = folded(run[-1].text).strip()
    if before == "|":
        if following.startswith("|") and len(following) == 1:
            return True
        return (
            len(run) > 4
            and sum(folded(line.text).strip() == "|" for line in run) >= 0.35 * len(run)
            and not _is_footer(lines[at].text)
        )
    if blank_before:
        return False
    if not before.endswith("|"):
        return "|" in following or sum(folded(line.text).strip().endswith("|") for line in run) > 0.5 * len(run)
    return leading_number(lines[at].text) is not None and len(run) > 2 and ("|" in following or at >= len(lines) - 2)


def _is_footer(text: str) -> bool:
    return len(text) > 80 or bool(
        re.match(r"\s*(?:附件|注[:：]|抄送|联系|凡本网|责任编辑|来源|版权|主办|打印|【)", text)
    )


def _rows_close(run: list[Line]) -> bool:
    """True if every row ends in |, so that other lines are broken off: most lines do, or the rows come out alike."""
    shapes = [folded(line.text).strip() for line in run]
    if sum(shape.endswith("|") for shape in shapes) > 0.5 * len(shapes):
        return True
    wanted = shapes[0].count("|")
    if not shapes[0].endswith("|") or wanted < 2:
        return False
    counts = [0]
    for shape in shapes:
        counts[-1] += shape.count("|")
        if shape.endswith("|"):
            counts.append(0)
    return counts.pop() == 0 and all(abs(count - wanted) <= 1 for count in counts)


def _pipe_rows(run: list[Line]) -> Block:
    """Read rows from lines with |; a line that is only | closes the row before it, a broken row is joined."""
    closes = _rows_close(run)
    opens = sum(
        folded(line.text).lstrip().startswith("|") and folded(line.text).strip() != "|" for line in run
    ) > 0.5 * len(run)
    rows: list[Line] = []
    for line in run:
        text = line.text.strip()
        shape = folded(text)
        if re.fullmatch(r"[|:\-\s+=]*-{2,}[|:\-\s+=]*", shape):
            continue
        lone = shape == "|"
        broken = rows and closes and not folded(rows[-1].text).endswith("|") and not (opens and shape.startswith("|"))
        if rows and (lone or broken):
            rows[-1] = Line(rows[-1].text + text, rows[-1].place)
        else:
            rows.append(Line(text, line.place))
    cells = []
    for row in rows:
        parts = [part.strip() for part in re.split(r"[|｜]", row.text)]
        if opens and parts and not parts[0]:
            parts = parts[1:]
        if len(parts) > 1 and not parts[-1]:
            parts = parts[:-1]
        cells.append(tuple(part.replace("<br>", "\n").replace("<br/>", "\n") for part in parts))
    return Block(tuple(_with_one_edge(cells, run[0].text)), tuple(row.place for row in rows))


def _with_one_edge(rows: list[tuple[str, ...]], first: str) -> list[tuple[str, ...]]:
    """Return rows with the bar at their left edge read alike: below titles without one it opens a row, and parts no cell.

    `first`: the line of the titles; one that begins with blanks has an empty title there.
    """
    below = {len(row) for row in rows[1:]}
    if len(below) == 1 and below == {len(rows[0]) + 1}:
        if all(not row[0] for row in rows[1:]):
            return [rows[0], *(row[1:] for row in rows[1:])]
        if first[:1] in " 　" and folded(first).lstrip().startswith("|"):
            return [("", *rows[0]), *rows[1:]]
    return rows


def _tabbed(lines: list[Line], i: int) -> tuple[Block | None, int]:
    end = i
    rows: list[tuple[str, ...]] = []
    places: list[str] = []
    while end < len(lines) and ("\t" in lines[end].text.strip() or not lines[end].text.strip()):
        if lines[end].text.strip():
            rows.append(tuple(cell.strip().strip('"') for cell in lines[end].text.rstrip("\n").split("\t")))
            places.append(lines[end].place)
        end += 1
    return (Block(tuple(rows), tuple(places)), end) if len(rows) > 1 else (None, i)


def _spaced(lines: list[Line], i: int, words: list[str]) -> tuple[Block | None, int]:
    """Read a header line of several words, and below it one row a line, cells parted by blanks."""
    rows: list[tuple[str, ...]] = [tuple(words)]
    places = [lines[i].place]
    end = i + 1
    while end < len(lines):
        text = folded(lines[end].text).strip()
        if text and (_is_footer(text) or _below_table(text, len(rows))):
            break
        if text:
            cells = _split(lines[end].text, len(words))
            torn = len(rows) > 1 and not leading_number(text) and not is_number(cells[0]) and len(cells) == 1
            if torn:
                rows[-1] = (*rows[-1][:-1], rows[-1][-1] + cells[0])
            else:
                rows.append(tuple(cells))
                places.append(lines[end].place)
        end += 1
    if len(rows) < 2:
        return None, i
    return Block(tuple(rows), tuple(places), BlockKind.SPACED), end


def _below_table(text: str, rows: int) -> bool:
    return rows > 1 and len(text) <= 40 and bool(re.fullmatch(r"(?:20\d\d)年\d+月\d+日|[(].{2,12}[)]", text))


def _split(text: str, columns: int) -> list[str]:
    """Cut a line into cells: at wide gaps where they give the number of columns, else at every blank."""
    wide = [part for part in re.split(r"\s{2,}|　+|\t+", text.strip()) if part]
    return wide if len(wide) == columns else text.split()


def _flattened(lines: list[Line], i: int) -> tuple[Block | None, int]:
    """Read header words one a line, then one cell a line with nothing to mark the rows."""
    words, at = _title_lines(lines, i)
    meanings = [meaning_of(word.text) for word in words]
    kinds = {meaning.kind for meaning in meanings if meaning}
    if (
        len(words) < 2
        or not kinds & {Kind.UNITS, Kind.HEADING, Kind.TEXT}
        or (None not in meanings and Kind.UNITS not in kinds)
    ):
        return None, i
    words = _rejoined(words)
    cells: list[Line] = []
    end = at
    while end < len(lines):
        text = lines[end].text.strip()
        if text and _is_footer(text) and len(text) <= 80:
            break
        if text:
            cells.append(Line(text, lines[end].place))
        end += 1
    if len(cells) < 2 or not any(assignee_share(cell.text) > 0.6 and not leading_number(cell.text) for cell in cells):
        return None, i
    return _cell_stream([], words, cells), end


def _title_lines(lines: list[Line], i: int) -> tuple[list[Line], int]:
    """Return the column titles that begin at line i, one a line, and the line after them; none where none begin.

    They are a run of short words that ends at a number or a text. Known words are needed the less, the more there are.
    """
    words: list[Line] = []
    known = end = 0
    for at in range(i, min(len(lines), i + 40)):
        text = lines[at].text.strip()
        if not text:
            continue
        if _is_header_word(text):
            known, end = len(words) + 1, at + 1
        elif len(words) >= 9 or len(text) > 8 or not _is_word(text):
            break
        words.append(Line(text, lines[at].place))
    else:
        at = len(lines)
    following = next((line.text for line in lines[at : at + 3] if line.text.strip()), "")
    titles = [word.text for word in _rejoined(words[:known])]
    whole = is_header(titles) and any((meaning := meaning_of(one)) and meaning.kind is Kind.UNITS for one in titles)
    if not whole and 2 < len(words) <= 9 and (is_number(following) or leading_number(following)):
        known, end = len(words), at
    words = words[:known]
    strange = sum(not _is_header_word(word.text) for word in words)
    return (words, end) if 3 * strange <= 2 * len(words) else ([], i)


def _is_word(text: str) -> bool:
    return (text.isalpha() and not is_office_name(text) and not _is_caption(text)) or text in ("№", "No.")


def _stream(cells: list[Line]) -> Block:
    """Return cells in reading order, the column titles among the first of them gathered in one row."""
    for start in range(min(6, len(cells))):
        words, at = _title_lines(cells, start)
        titles = _rejoined(words)
        if len(titles) > 1 and (is_header([word.text for word in titles]) or len(titles) > 2):
            return _cell_stream(cells[:start], titles, cells[at:])
    return text_block(cells, BlockKind.CELLS)


def _cell_stream(above: list[Line], titles: list[Line], cells: list[Line]) -> Block:
    """Return a table of one cell a row, but for the row of its column titles."""
    rows = (*((cell.text,) for cell in above), tuple(title.text for title in titles), *((cell.text,) for cell in cells))
    places = tuple(line.place for line in (*above, titles[0], *cells))
    return Block(rows, places, BlockKind.CELLS)


def _is_header_word(text: str) -> bool:
    return (
        len(text) <= 10
        and (meaning_of(text) is not None or text in (*_HALVES, "单位"))
        and not re.search(r"[:：。]", text)
        and not _is_caption(text)
    )


def _is_caption(text: str) -> bool:
    """True if a text is the title of a table and not of a column (任务清单)."""
    return is_title(text) and len(text) > 4


def _rejoined(words: list[Line]) -> list[Line]:
    """Join header words that were broken over lines: 责任 / 单位."""
    out: list[Line] = []
    for word in words:
        halves = out and out[-1].text in _HALVES
        if halves and meaning_of(out[-1].text + word.text):
            out[-1] = Line(out[-1].text + word.text, out[-1].place)
        else:
            out.append(word)
    return out
