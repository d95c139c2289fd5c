"""`remind`: one numbered letter for every unit that owes something, in the layout of GB/T 9704."""

from __future__ import annotations

import json
import re

import pytest

from tests import hostile_texts as hostile
from tests.hostile_texts import W
from tests.office import converted

AS_OF = ("--as-of", "2019-11-30")


@pytest.fixture
def overdue(gk):
    """Some work done, one claim sent back, one deadline passed."""
    owed = [row["id"] for row in gk("tasks", "--unit", "台城街道", "--format", "json").json()]
    assert gk("done", *owed, "--unit", "台城街道", "--on", "2019-11-01").code == 0
    assert gk("start", 23, "--unit", "市教育局", "--note", "=SUM(1)").code == 0


def letters(gk, folder, *options):
    done = gk("remind", "-o", folder, *options)
    assert done.code == 0, done
    return {path.name: path for path in sorted(folder.iterdir())}


def test_every_unit_that_owes_gets_one_and_the_sums_agree(gk, tmp_path, overdue):
    made = letters(gk, tmp_path / "信", "--format", "md", "--as-of", "2019-11-30")
    counts = gk("status", "--format", "json", "--as-of", "2019-11-30").json()
    owing = [row["unit"] for row in counts["units"] if row["todo"] + row["doing"] + row["blocked"]]
    assert [
        re.sub(r"催办单-\d+-|\.md", "", name) for name in sorted(made, key=lambda name: int(name.split("-")[1]))
    ] == owing
    rows = 0
    for path in made.values():
        rows += len(hostile.markdown_rows(path.read_text("utf-8"))) - 1
    total = counts["assignments"]
    assert rows == total["todo"] + total["doing"] + total["blocked"]


def test_a_unit_that_owes_nothing_gets_none(gk, tmp_path):
    assert gk("done", "1-37", "--unit", "市教育局").code == 2
    owed = [str(row["id"]) for row in gk("tasks", "--unit", "市教育局", "--format", "json").json()]
    assert gk("done", *owed, "--unit", "市教育局").code == 0
    done = gk("remind", "--unit", "市教育局", "-o", tmp_path / "信")
    assert (done.code, done.out) == (0, "")
    assert "没有需要催办的单位" in done.err
    assert not (tmp_path / "信").exists()


def test_numbers_groups_and_before(gk):
    said = gk("remind", "--unit", "各镇（街）", "--before", "2019-12-31", "--first-number", "7", "--format", "md").out
    numbers = re.findall(r"催办〔(\d{4})〕(\d+)号", said)
    assert [int(number) for _, number in numbers] == list(range(7, 24))
    assert len(hostile.markdown_rows(said)) == 17 * 2, "only what is due by then: the government gazette"
    assert "以前（含当日）到期" in said


def test_overdue_first(gk):
    text = gk("remind", "--unit", "四九镇").out
    first, second = text.split("\n1. ")[1].split("\n2. ")[:2]
    assert first.startswith("编号：29")
    assert "未开始（逾期）" in first
    assert second.startswith("编号：1（一）")
    assert "逾期 1 项" in text
    assert "逾期" not in gk("remind", "--unit", "四九镇", *AS_OF).out, "on that day nothing was late yet"


def test_a_class_without_members_is_told_as_such(gk):
    text = gk("remind", "--unit", "市各行政执法单位").out
    assert "成员没有公布" in text
    assert "成员没有公布" not in gk("remind", "--unit", "市税务局").out
    assert "市直各单位" not in gk("remind", "--unit", "市税务局").out, "what is inferred is not stated"


def test_docx_needs_a_folder(gk):
    done = gk("remind", "--format", "docx")
    assert done.code == 2
    assert "-o" in done.err


def test_layout_of_gbt_9704(gk, tmp_path, overdue):
    import docx

    made = letters(gk, tmp_path / "信", "--unit", "市教育局")
    (path,) = made.values()
    assert path.name == "催办单-1-市教育局.docx"
    document = docx.Document(str(path))
    section = document.sections[0]
    millimetres = [round(value.mm) for value in (section.page_width, section.page_height, section.top_margin,
                                                 section.bottom_margin, section.left_margin, section.right_margin)]  # fmt: skip
    assert millimetres == [210, 297, 37, 35, 28, 26]
    title, number, to, body, *_ = document.paragraphs
    assert [title.text, to.text] == ["催办单", "市教育局："]
    assert re.fullmatch(r"催办〔\d{4}〕1号", number.text)
    assert font(title) == ("方正小标宋简体", 22)
    assert font(body) == ("仿宋", 16)
    assert body.style.paragraph_format.line_spacing.pt == 28.8
    assert body.style.element.pPr.ind.get(f"{W}firstLineChars") == "200"
    cell = document.tables[0].cell(1, 1).paragraphs[0]
    assert font(cell) == ("仿宋", 10.5)
    assert cell.style.paragraph_format.line_spacing == 1.0
    footer = "".join(part.text or "" for part in section.footer._element.iter(f"{W}t", f"{W}instrText"))
    assert footer == "—  PAGE 1 —"
    assert [p.text for p in document.paragraphs if p.text][-2] == "台山市人民政府办公室"
    assert not any("embed" in part.partname.lower() for part in document.part.package.iter_parts())


def font(paragraph):
    style = paragraph.style
    return style.element.rPr.rFonts.get(f"{W}eastAsia"), style.font.size.pt


@pytest.mark.long
def test_libreoffice_opens_them(gk, tmp_path, overdue):
    made = list(letters(gk, tmp_path / "信", "--unit", "市教育局", "--unit", "四九镇").values())
    for again, path in zip(converted(tmp_path / "out", "fodt", *made), made, strict=True):
        assert hostile.fodt_tables(again) == hostile.docx_tables(path)


def test_text_on_a_terminal_is_harmless(gk):
    gk("start", 23, "--unit", "市教育局", "--note", "\x1b[31m红")
    said = gk("remind", "--unit", "市教育局").out
    assert "\x1b" not in said
    assert "\\x1b[31m红" in said


def test_json_of_status_is_untouched(gk):
    assert set(json.loads(gk("status", "--format", "json").out)) == {
        "plan",
        "as_of",
        "tasks",
        "assignments",
        "sections",
        "units",
    }


def test_what_came_back_says_why(gk, tmp_path):
    """In the letter, the bulletin and the matrix alike, also after a further note; reported again it is gone."""
    gk("done", 23, "--unit", "市教育局")
    assert gk("return", 23, "--unit", "市教育局", "--note", "没有链接").code == 0
    gk("note", 23, "--unit", "市教育局", "--note", "正在补")
    letter = gk("remind", "--unit", "市教育局").out
    assert "退回 1 项" in letter
    assert "退回：没有链接；正在补" in letter
    assert gk("report", tmp_path / "r.md").code == 0
    assert ["市教育局", "23（二十三）", "退回", "没有链接"] in [
        row[:4] for row in hostile.markdown_rows((tmp_path / "r.md").read_text("utf-8"))
    ]
    assert " 退" in gk("matrix", "--group", "市教育局").out
    gk("done", 23, "--unit", "市教育局")
    assert "23（二十三）" not in gk("remind", "--unit", "市教育局").out
