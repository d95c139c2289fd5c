"""Name and date below a document: GB/T 9704-2012, 7.3.5, by numbers and on paper."""

from __future__ import annotations

import io

import pytest

from gkcheck.exporters.docx import render_document
from gkcheck.exporters.html import render_document as render_html
from gkcheck.exporters.signature import Place, place_of
from gkcheck.exporters.text import text_of
from gkcheck.table import Document, Paragraph, ParagraphKind
from tests.office import converted

SHORT, LONG, DAY = "市府办", "台山市政务服务数据管理局政务公开工作领导小组", "2019年1月5日"
"""Names of 3 and 22 characters; the day takes 6."""


def blocks(name: str | None, day: str = DAY):
    named = [Paragraph(name, ParagraphKind.SIGNATURE)] if name else []
    return (Paragraph("正文。"), *named, Paragraph(day, ParagraphKind.DATE))


@pytest.mark.parametrize(
    ("name", "sealed", "expected"),
    [
        (LONG, False, [Place(4, False, 1), Place(6, False, 0)]),
        (SHORT, False, [Place(18, False, 1), Place(20, False, 0)]),  # the date is longer: two from the right itself
        (None, False, [Place(20, False, 1)]),
        (SHORT, True, [Place(14, True, 1.25), Place(14, True, 0)]),  # centre 7 from the right, half a date before 4
        (LONG, True, [Place(6, True, 1.25), Place(6, True, 0)]),
        (None, True, [Place(14, True, 1.25)]),
        ("名" * 40, False, [Place(0, False, 1), Place(2, False, 0)]),
        ("名" * 40, True, [Place(0, True, 1.25), Place(0, True, 0)]),
    ],
)
def test_places_on_a_line_of_28_characters(name, sealed, expected):
    document = blocks(name)
    assert place_of(document, 0, 28, sealed) is None
    assert [place_of(document, i, 28, sealed) for i in range(1, len(document))] == expected


def test_plain_text_is_placed_by_the_same_rule():
    name, day = text_of(Document("", blocks(LONG)), 56).split("\n\n")[1:]
    assert (name, day) == (" " * 8 + LONG, " " * 12 + DAY + "\n")
    name, day = text_of(Document("", blocks(SHORT), sealed=True), 56).split("\n\n")[1:]
    assert (name, day.rstrip("\n")) == (" " * 39 + SHORT, " " * 36 + DAY)


def test_a_web_page_follows_the_rule():
    for sealed, kind in ((False, "closing"), (True, "closing sealed")):
        page = render_html(Document("", blocks(LONG), sealed=sealed)).decode()
        assert f'<div class="{kind}">\n<p>{LONG}</p>\n<p>{DAY}</p>\n</div>' in page


def spans(path):
    """Each line of a page as text, left and right edge in characters of 16 pt from the left edge of the text, and top."""
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTChar, LTTextLine

    lines = {}
    for page in extract_pages(str(path)):
        for box in page:
            for line in box if hasattr(box, "__iter__") else ():
                if isinstance(line, LTTextLine):
                    chars = [char for char in line if isinstance(char, LTChar) and char.get_text().strip()]
                    text = "".join(char.get_text() for char in chars)
                    left, right = (edge / 16 - 28 / 25.4 * 72 / 16 for edge in (chars[0].x0, chars[-1].x1))
                    lines[text] = left, right, page.height - line.y1
    return lines


@pytest.mark.long
@pytest.mark.parametrize("sealed", [False, True], ids=["unsealed", "sealed"])
@pytest.mark.parametrize("name", [SHORT, LONG], ids=["short", "long"])
def test_places_on_paper(tmp_path, name, sealed):
    """Within a third of a character; the figures of the font that stands in here are wider than those of Times."""
    file = tmp_path / "a.docx"
    file.write_bytes(render_document(Document("", blocks(name), sealed=sealed)))
    (made,) = converted(tmp_path / "pdf", "pdf", file)
    lines = spans(made)
    (left, right, top), (day_left, day_right, day_top) = lines[name], lines[DAY]
    line, near = 156 / 25.4 * 72 / 16, 0.34
    text_top = lines["正文。"][2]
    assert top - text_top == pytest.approx((1 + (1.25 if sealed else 1)) * 28.8, abs=2)
    assert day_top - top == pytest.approx(28.8, abs=2)
    if sealed:
        assert (left + right) / 2 == pytest.approx((day_left + day_right) / 2, abs=near)
        if name == SHORT:
            assert day_right == pytest.approx(line - 4, abs=1)
    else:
        assert day_left - left == pytest.approx(2, abs=near)
        if name == LONG:
            assert right == pytest.approx(line - 2, abs=near)
        else:
            assert day_left == pytest.approx(line - 2 - 6, abs=near)


def test_the_bulletin_and_the_printed_table_follow_the_rule(gk, tmp_path):
    import docx

    for command, *more in (["report"], ["export", "--by", "task"]):
        assert gk(command, tmp_path / f"{command}.docx", *more).code == 0
        document = docx.Document(io.BytesIO((tmp_path / f"{command}.docx").read_bytes()))
        ends = [p for p in document.paragraphs if p.style.name in ("Gkcheck signature", "Gkcheck date")]
        name, day = (p.paragraph_format.left_indent.pt / 16 for p in ends)
        assert day - name == pytest.approx(2, abs=0.01), command
