"""PDF pages as they are read: glyphs, lines, paragraphs, grids, tables over page breaks, and what is left unread."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gkcheck.errors import BadDocument, GkcheckError
from gkcheck.importers.formats.blocks import BlockKind, Span
from gkcheck.importers.formats.pdf.reader import read
from tests.conftest import examples
from tests.pdf import A4, document, grid, line, table, text

pytest.importorskip("pdfminer", reason="needs pdfminer.six")

CASES = Path(__file__).parent / "cases"
XS = (60, 100, 300, 500)
TITLES = ("序号", "任务", "责任单位")


def shown(data: bytes, pages: frozenset[int] | None = None) -> list[str]:
    """Every paragraph, and every row of a table with | between its cells (^ where a merged cell covers)."""
    return [
        "|".join("^" if cell is None else cell for cell in row)
        for block in read(data, "a.pdf", pages)
        if block.kind in (BlockKind.LINES, BlockKind.TABLE)
        for row in block.rows
    ]


def asides(data: bytes) -> list[str]:
    """What was left unread with its reason, and the remarks, each with its place."""
    return [
        f"{place} {'|'.join(cell or '' for cell in row)}"
        for block in read(data, "a.pdf")
        if block.kind in (BlockKind.UNREAD, BlockKind.REMARK)
        for row, place in zip(block.rows, block.places, strict=True)
    ]


def one_row(cells, more="", **of_page) -> bytes:
    return document("\n".join([table(XS, (800, 770, 720), (TITLES, cells)), more]), **of_page)


# Glyphs


@pytest.mark.parametrize(
    ("painted", "read_as"),
    [
        (text(60, 700, "人口") + text(84.2, 700, "5000", 9, font="F2") + text(106, 700, "万"), "人口5000万"),
        (text(60, 700, "每平方") + text(96, 705, "2", 7, font="F2") + text(101, 700, "米"), "每平方2米"),
        (text(60, 700, "谢谢") + text(60.4, 700, "谢谢"), "谢谢"),
        (text(60, 700, "ll", font="F2"), "ll"),
        (text(60, 700, "甲局") + text(120, 700, "乙局"), "甲局 乙局"),
        ("".join(text(60 + 20 * n, 700, char) for n, char in enumerate("责任分工")), "责任分工"),
        ("/Form Do " + text(72, 490, "后"), "前后"),
    ],
)
def test_glyphs_make_a_line_by_their_baseline(painted, read_as):
    """Another font or size, raised digits, a double strike, letters and letter-space, a form with its own coordinates."""
    assert "".join(shown(document(painted, form="1 0 0 1 0 300 cm " + text(60, 190, "前")))) == read_as


@pytest.mark.parametrize(
    ("painted", "why"),
    [
        (text(200, 730, "密", more="3 Tr"), "隐藏"),
        (text(200, 730, "密", more="1 g"), "隐藏"),
        (text(200, 730, "密", more="1 1 1 rg"), "隐藏"),
        (text(200, 730, "密", more="0 0 0 0 k"), "隐藏"),
        (text(200, 730, "密", size=1), "隐藏"),
        (text(700, 730, "密"), "隐藏"),
        (text(200, 700, "密", size=40, matrix="0.7 0.7 -0.7 0.7"), "水印"),
        (text(200, 730, "密", size=40, more="0.8 g"), "水印"),
        (text(200, 730, "密", matrix="0 1 -1 0"), "方向与正文不同"),
    ],
)
def test_words_that_no_reader_sees_are_left_out_and_named(painted, why):
    data = one_row(("1", "公开财政预算。", "县财政局"), painted)
    assert shown(data) == ["序号|任务|责任单位", "1|公开财政预算。|县财政局"]
    assert asides(data)[0] == f"第1页 密|{why}"
    assert len(asides(data)) == (2 if why.startswith("方向") else 1)


@pytest.mark.parametrize("under", ["0 0 1 rg 190 690 60 60 re f 0 g", "q 200 0 0 100 100 690 cm /Image Do Q "])
def test_white_words_on_a_dark_ground_are_read(under):
    data = document(under + text(200, 700, "财政局", more="1 g"))
    assert shown(data) == ["财政局"]


def test_an_image_of_a_page_is_named_and_recognised_words_are_doubted():
    cover = f"q {A4[0]} 0 0 {A4[1]} 0 0 cm /Image Do Q "
    assert asides(document(cover)) == ["第1页 有图片，图中的文字没有读，请核对"]
    recognised = document(cover + text(60, 700, "公开财政预算。", more="3 Tr"))
    assert shown(recognised) == ["公开财政预算。"]
    assert asides(recognised) == ["第1页 是扫描件，文字由机器识别，请逐项核对"]


@pytest.mark.parametrize("matrix", ["0 1 -1 0 842 0", "-1 0 0 -1 595 842", "0 -1 1 0 0 595"])
def test_a_page_drawn_on_its_side_is_turned(matrix):
    cells = "\n".join([f"{matrix} cm", table(XS, (570, 540, 500), (TITLES, ("1", "公开财政预算。", "县财政局")))])
    assert shown(document(cells)) == ["序号|任务|责任单位", "1|公开财政预算。|县财政局"]


def test_a_page_that_the_viewer_turns_is_read_as_it_is_shown():
    cells = "0 1 -1 0 595 0 cm\n" + table(XS, (570, 540, 500), (TITLES, ("1", "公开财政预算。", "县财政局")))
    assert shown(document(cells, attributes="/Rotate 90")) == ["序号|任务|责任单位", "1|公开财政预算。|县财政局"]


def test_vertical_writing_in_a_cell_is_one_text():
    """Its glyphs stand around the line that they hang from, here near the left edge of a wide cell."""
    data = document(grid((60, 140, 300), (800, 700)) + text(63, 790, "强化公开", font="F3") + text(150, 780, "一句。"))
    assert shown(data) == ["强化公开|一句。"]


def test_notes_put_upon_a_page_are_left_out_and_named():
    note = "/Annots [ << /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (later) >> ]"
    assert asides(document(text(60, 700, "正文"), attributes=note)) == ["第1页 later|批注"]


# Lines and paragraphs


def prose(x: float, y: float, *lines: str) -> str:
    """Lines of 20 characters at most, 22 points each; one that starts with a wide blank is indented by two."""
    return "".join(
        text(x + 44 * part.startswith("　"), y - 32 * n, part.lstrip("　"), size=22) for n, part in enumerate(lines)
    )


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        (["　" + "甲" * 18, "乙" * 20, "丙丙。"], ["甲" * 18 + "乙" * 20 + "丙丙。"]),
        (["　" + "甲" * 18, "　" + "乙" * 18, "丙丙。"], ["甲" * 18, "乙" * 18 + "丙丙。"]),
        (["　" + "甲" * 18, "乙" * 12, "丙" * 20, "丁"], ["甲" * 18 + "乙" * 12, "丙" * 20 + "丁"]),
        (["1." + "甲" * 18 + "。", "2." + "乙" * 17 + "。"], ["1." + "甲" * 18 + "。", "2." + "乙" * 17 + "。"]),
        (["第一件。", "第二件。", "第三件。", "第四件。"], ["第一件。", "第二件。", "第三件。", "第四件。"]),
        (["甲" * 18, "乙，乙。", "丙" * 20], ["甲" * 18 + "乙，乙。", "丙" * 20]),
        (["甲" * 18, "乙乙。", "丙" * 20], ["甲" * 18, "乙乙。", "丙" * 20]),
    ],
)
def test_a_line_goes_on_where_it_left_no_room(lines, paragraphs):
    """An indent, a number after a full stop or room at the end of a line begins a paragraph; a sign is not parted from the character before it."""
    assert shown(document(prose(77, 700, *lines))) == paragraphs


def test_signs_that_hang_beyond_the_edge_do_not_make_it():
    """Two lines of a page end half a character further right; a hyphen could begin in the room up to there."""
    lines = prose(77, 700, *["甲" * 20] * 5) + text(77, 540, "-", size=11, font="F2") + prose(83.6, 540, "乙丙。")
    hanging = "".join(text(77 + 440, 700 - 32 * n, "，", size=22, more="50 Tz") for n in (0, 1))
    assert shown(document(lines + hanging))[0].startswith("甲" * 20 + "，" + "甲" * 20 + "，" + "甲" * 60 + "-乙")


def test_paragraphs_go_on_over_pages_whose_margins_alternate():
    """The second page's text stands 30 points further left; its first line goes on from the first page."""
    first = prose(100, 400, "　" + "甲" * 18, *["乙" * 20] * 4)
    second = prose(70, 700, *["丁" * 20] * 4, "　" + "丙" * 18, *["戊" * 20] * 4)
    whole = ["甲" * 18 + "乙" * 80 + "丁" * 80, "丙" * 18 + "戊" * 80]
    assert shown(document(first, second)) == whole


def test_running_heads_and_page_numbers_are_taken_out_and_named():
    pages = [
        text(60, 810, "某市人民政府公报")
        + prose(60, 700, "正文" + "甲乙丙丁"[n] * 3 + "。")
        + text(280, 40, f"— {n + 1} —")
        for n in range(4)
    ]
    data = document(*pages)
    assert shown(data) == [f"正文{char * 3}。" for char in "甲乙丙丁"]
    assert asides(data)[:2] == ["第1页第1行 某市人民政府公报|页眉页脚", "第1页第3行 — 1 —|页眉页脚"]
    assert len(asides(data)) == 8


def test_a_page_number_stands_at_the_edge_of_its_page():
    """A number in the midst of the text is no page number."""
    data = document(text(60, 700, "标题") + text(60, 600, "3") + text(60, 500, "正文。") + text(280, 40, "—１—"))
    assert shown(data) == ["标题", "3", "正文。"]


def test_a_page_in_two_columns_is_doubted():
    """Its lines cannot be told from the rows of a table without ruled lines."""
    columns = "".join(text(x, 700 - 20 * n, "甲乙" * 8) for x in (60, 280) for n in range(9))
    assert asides(document(columns)) == ["第1页 有 9 行中间留着大片空白，像是分栏排印或没有框线的表，请核对"]


# Grids


def test_a_glyph_belongs_to_the_cell_that_holds_its_centre():
    """Words wider than their cell do not spill into the next."""
    data = document(grid(XS, (800, 770)) + text(63, 780, "1") + text(100 - 5, 780, "任务") + text(303, 780, "县财政局"))
    assert shown(data) == ["1|任务|县财政局"]


def test_cells_merge_where_no_line_parts_them():
    lines = "\n".join(
        [grid((60, 500), (800, 740)), line(100, 800, 100, 740), line(300, 800, 300, 740), line(100, 770, 500, 770)]
    )
    words = (
        text(63, 760, "一") + text(103, 780, "甲") + text(303, 780, "乙") + text(103, 750, "丙") + text(303, 750, "丁")
    )
    assert shown(document(lines + words)) == ["一|甲|乙", "^|丙|丁"]


def test_a_table_without_outer_lines_keeps_its_outer_columns():
    lines = "\n".join(
        [*(line(60, y, 500, y) for y in (800, 770, 740)), line(100, 800, 100, 740), line(300, 800, 300, 740)]
    )
    words = "".join(
        text(x + 3, y, word)
        for x, y, word in [(60, 780, "1"), (100, 780, "甲"), (300, 780, "乙"), (60, 750, "2"), (300, 750, "丁")]
    )
    assert shown(document(lines + words)) == ["1|甲|乙", "2||丁"]


def test_dotted_and_doubled_lines_are_lines():
    dots = "\n".join(f"{x} 769 1 0.5 re f" for x in range(60, 500, 3))
    double = line(60, 801.5, 500, 801.5)
    cells = "".join(
        text(x + 3, y, word) for x, y, word in [(60, 780, "1"), (300, 780, "乙"), (60, 750, "2"), (300, 750, "丁")]
    )
    assert shown(document("\n".join([grid((60, 300, 500), (800, 740)), dots, double, cells]))) == ["1|乙", "2|丁"]


def test_a_page_frame_is_no_table_and_a_box_in_a_cell_no_table_either():
    """Lines around paragraphs, and the ruled box of a check mark."""
    frame = grid((40, 560), (820, 740, 40)) + prose(77, 700, "　一、" + "甲" * 16, "乙" * 20, "丙。")
    assert shown(document(frame)) == ["一、" + "甲" * 16 + "乙" * 20 + "丙。"]
    box = grid((320, 334), (736, 750)) + text(321, 738, "√")
    assert shown(one_row(("1", "甲。", "县财政局"), box))[1] == "1|甲。|县财政局\n√"


def test_boxes_to_be_ticked_are_no_grids():
    boxes = "".join(
        grid((60 + 20 * (n % 20), 70 + 20 * (n % 20)), (700 - 20 * (n // 20), 710 - 20 * (n // 20))) for n in range(400)
    )
    assert shown(document(boxes + text(60, 800, "标题"))) == ["标题"]


def test_more_lines_than_a_page_of_tables_has_are_refused():
    dense = "\n".join(
        [*(line(0, n * 3, 595, n * 3) for n in range(280)), *(line(n * 3, 0, n * 3, 840) for n in range(198))]
    )
    with pytest.raises(BadDocument, match="第1页的线条太多"):
        read(document(dense), "a.pdf")


# Tables over page breaks


def two_pages(first, second, ys=(800, 770, 740)) -> list[str]:
    low = table(XS, (100, 70, 40), (TITLES, first)) if ys else ""
    return shown(document(low, table(XS, ys, second)))


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [
        (
            ("1", "公开预算和", "县财"),
            [("", "决算。", "政局"), ("2", "乙。", "县教育局")],
            ["1|公开预算和决算。|县财政局", "2|乙。|县教育局"],
        ),
        (("1", "公开预算和", "县财"), [TITLES, ("", "决算。", "政局")], ["1|公开预算和决算。|县财政局"]),
        (("1", "公开预算。", "县财政局"), [("2", "乙。", "县教育局")], ["1|公开预算。|县财政局", "2|乙。|县教育局"]),
        (("1", "公开预算。", "县财政局"), [("", "又一件事。", "")], ["1|公开预算。|县财政局", "|又一件事。|"]),
        (("1", "公开预算和", "县财政局"), [("", "决算。", "")], ["1|公开预算和决算。|县财政局"]),
        (("1", "公开预算。", "县财"), [("", "又公开决算。", "政局")], ["1|公开预算。又公开决算。|县财政局"]),
        (("1", "公开预算。", "各县（市、区）"), [("", "", "政府")], ["1|公开预算。|各县（市、区）政府"]),
    ],
)
def test_a_row_is_torn_only_where_its_number_is_empty_and_its_text_goes_on(first, second, rows):
    """Column titles printed again are passed over; a page that holds no more than the rest of one cell is no frame."""
    assert two_pages(first, second, (800, 770, 740)[: len(second) + 1]) == ["序号|任务|责任单位", *rows]


def test_a_row_is_not_torn_where_the_text_above_left_room():
    """No number, no full stop, but the cell above ends well before its lower line."""
    first = table(XS, (140, 110, 40), (TITLES, ("1", "公开预算", "县财政局")))
    second = table(XS, (800, 770), [("", "公开决算", "县审计局")])
    assert shown(document(first, second))[1:] == ["1|公开预算|县财政局", "|公开决算|县审计局"]


def test_a_row_without_a_line_below_is_torn():
    """A cell that ends in a full stop goes on all the same where no ruled line ends it."""
    top, low = (100, 70), 20
    first = "\n".join([table(XS, top, [TITLES]), *(line(x, 70, x, low) for x in XS)])
    words = text(63, 57, "1") + "".join(text(103, 57 - 14 * n, "甲。") for n in range(3)) + text(303, 57, "县财政局")
    assert shown(document(first + words, table(XS, (800, 770), [("", "乙。", "")])))[1:] == [
        "1|甲。甲。甲。乙。|县财政局"
    ] or (
        shown(document(first + words, table(XS, (800, 770), [("", "乙。", "")])))[1:]
        == ["1|甲。\n甲。\n甲。乙。|县财政局"]
    )


def test_a_merged_cell_goes_on_over_the_page_break():
    """Empty where the page begins: it is the cell above. With text, it is a cell of its own."""

    def page(top: float, heading: str) -> str:
        lines = [*(line(x, top, x, top - 60) for x in XS), line(60, top, 500, top), line(60, top - 60, 500, top - 60)]
        rows = [line(100, top - 30, 500, top - 30), text(63, top - 20, heading) if heading else ""]
        words = [text(103, top - 20 - 30 * n, f"{'甲乙'[n]}。") + text(303, top - 20 - 30 * n, "局") for n in (0, 1)]
        return "\n".join([*lines, *rows, *words])

    assert shown(document(page(100, "一"), page(800, ""))) == ["一|甲。|局", "^|乙。|局", "^|甲。|局", "^|乙。|局"]
    assert shown(document(page(100, "一"), page(800, "二"))) == ["一|甲。|局", "^|乙。|局", "二|甲。|局", "^|乙。|局"]


def test_a_heading_across_the_table_ends_no_row():
    first = table(XS, (100, 70, 40), (TITLES, ("1", "甲", "局")))
    second = table((60, 500), (800, 770), [("保障措施",)]) + table(XS, (770, 740), [("2", "乙。", "局")])
    assert shown(document(first, second))[1:] == ["1|甲|局", "保障措施|^|^", "2|乙。|局"]


def test_a_merged_cell_goes_on_below_a_torn_row():
    """The heading of two rows covers a third, whose first lines stand on the page before."""

    def page(top: float, *rows: tuple[str, str]) -> str:
        ys = [top - 30 * n for n in range(len(rows) + 1)]
        words = [text(103, y - 20, row[0]) + text(303, y - 20, row[1]) for y, row in zip(ys, rows, strict=False)]
        return "".join([*(line(x, ys[0], x, ys[-1]) for x in XS), *(line(100, y, 500, y) for y in ys), *words])

    first = page(100, ("1.甲。", "局"), ("2.乙乙", "局")) + line(60, 100, 100, 100) + line(60, 40, 100, 40)
    second = page(800, ("丙。", ""), ("3.丁。", "局")) + line(60, 800, 100, 800) + line(60, 740, 100, 740)
    data = document(first + text(63, 60, "深化"), second)
    assert shown(data) == ["深化|1.甲。|局", "^|2.乙乙丙。|局", "^|3.丁。|局"]
    assert read(data, "a.pdf")[0].spans == (Span(0, 0, 3, 1),)


def test_a_table_of_another_width_on_the_next_page_is_another_table():
    first = table(XS, (100, 70, 40), (TITLES, ("1", "甲。", "局")))
    second = table((60, 200, 420), (800, 770, 740), (("项目", "金额"), ("桥", "三万")))
    assert [block.rows[0] for block in read(document(first, second), "a.pdf")] == [TITLES, ("项目", "金额")]


def test_columns_that_one_page_merges_are_those_of_the_table():
    """The second page has only the heading across; its columns stand on the first."""
    first = table(XS, (100, 70, 40), (TITLES, ("1", "甲。", "县财政局")))
    second = (
        table((60, 500), (800, 770, 740), [("二、监督",), ("三、保障",)])
        + line(300, 770, 300, 740)
        + text(303, 750, "局")
    )
    assert shown(document(first, second))[2:] == ["二、监督|^|^", "三、保障|^|局"]


# Files


@given(st.data())
@settings(max_examples=examples(100), deadline=None)
def test_damaged_bytes_are_read_or_refused(data):
    broken = bytearray(one_row(("1", "公开财政预算。", "县财政局")))
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(GkcheckError):
        read(bytes(broken), "a.pdf")


def test_pages_can_be_chosen_and_one_that_is_not_there_is_refused():
    data = document(*(text(60, 700, f"第{n}件。") for n in "一二三"))
    assert shown(data, frozenset({2, 3})) == ["第二件。", "第三件。"]
    with pytest.raises(BadDocument, match="只有 3 页，没有第4页"):
        read(data, "a.pdf", frozenset({4}))


@pytest.mark.long
def test_the_work_grows_with_the_pages():
    """Four times the pages of one table take less than eight times the processor time."""

    def spent(count: int) -> float:
        ys = [800 - 30 * n for n in range(26)]
        page = table(XS, ys, [("1", "公开预算决算。", "县财政局")] * 25)
        data = document(*[page] * count)
        start = time.process_time()
        read(data, "a.pdf")
        return time.process_time() - start

    spent(2)
    assert spent(120) < 8 * spent(30)


def test_places_name_page_and_row():
    data = document(text(60, 800, "标题") + table(XS, (700, 670, 640), (TITLES, ("1", "甲。", "局"))))
    assert [place for block in read(data, "a.pdf") for place in block.places] == [
        "第1页第1行",
        "第1页表1第1行",
        "第1页表1第2行",
    ]


TABLE = [
    "工作任务|具体要求|责任单位",
    "一、信息发布|1.公开财政预算。|县财政局",
    "二、政策解读|2.解读重要文件。|县司法局",
]


@pytest.mark.parametrize("name", ["watermark", "fakebold", "drawnrotated", "s-invisible-incell"])
def test_files_of_a_common_writer_are_read(name):
    assert shown((CASES / f"{name}.pdf").read_bytes())[-3:] == TABLE


def test_a_file_whose_font_carries_no_unicode_is_refused(gk):
    answer = gk("import", CASES / "cid.pdf")
    assert (answer.code, answer.out) == (2, "")
    assert "没有附文字编码" in answer.err


def test_figures_in_another_font_stay_in_their_line(gk, tmp_path):
    """A gazette: digits of another size on the same baseline, and a full-width page number."""
    plan = tmp_path / "plan.yaml"
    gk("import", CASES / "two-fonts.pdf", "-o", plan)
    assert "对年产值超过5000万元、增长20%以上的企业，按投入的10%给予补助，最高300万元。" in plan.read_text("utf-8")
    assert plan.read_text("utf-8").count("- id:") == 3
