"""`remind`: one numbered letter for every unit that owes something, in the layout of GB/T 9704."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.ledger.fold import Ledger
from gkcheck.operations.remind import letters_for
from gkcheck.plan.reader import read_plan
from gkcheck.table import Paragraph, ParagraphKind
from gkcheck.views import letters as views
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
    assert "逾期1项" in text
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
    assert font(cell) == ("仿宋", 9)
    assert cell.style.paragraph_format.line_spacing.pt == 10.5
    footer = "".join(part.text or "" for part in section.footer._element.iter(f"{W}t", f"{W}instrText"))
    assert footer == "—  PAGE 1 —"
    assert [p.text for p in document.paragraphs if p.text][-2] == "台山市人民政府办公室"
    assert not any("embed" in part.partname.lower() for part in document.part.package.iter_parts())


def font(paragraph):
    style = paragraph.style
    return style.element.rPr.rFonts.get(f"{W}eastAsia"), style.font.size.pt


def test_the_office_sets_its_code_contact_and_seal_once(gk, tmp_path):
    for key, value in (("letter_code", "台政公开催"), ("contact", "李明"), ("phone", "0750-5523311"), ("sealed", "是")):
        assert gk("config", "set", key, value).code == 0
    said = gk("remind", "--unit", "市税务局").out
    assert re.search(r"台政公开催〔\d{4}〕1号\n", said)
    assert "佐证材料。联系人：李明，电话：0750-5523311。" in said
    said = gk("remind", "--unit", "市税务局", "--code", "台府催", "--contact", "王芳").out
    assert re.search(r"台府催〔\d{4}〕1号\n", said)
    assert "联系人：王芳，电话：0750-5523311。" in said
    (path,) = letters(gk, tmp_path / "信", "--unit", "市税务局").values()
    name, day = docx_closing(path)
    assert name.alignment == day.alignment == 1, "centred: a seal goes over both"
    gk("remind", "--unit", "市税务局", "-o", tmp_path / "登记")
    for words in (["remind", "--list"], ["log"], ["show", 20]):
        assert "台政公开催〔" in gk(*words).out, words
    gk("config", "unset", "sealed")
    (path,) = letters(gk, tmp_path / "不盖章", "--unit", "市税务局").values()
    name, day = docx_closing(path)
    assert day.paragraph_format.left_indent.pt - name.paragraph_format.left_indent.pt == pytest.approx(32, abs=0.1)
    assert name.paragraph_format.space_before.pt == 28.8, "one line below the table"


def docx_closing(path):
    import docx

    return [p for p in docx.Document(str(path)).paragraphs if p.style.name in ("Gkcheck signature", "Gkcheck date")]


@pytest.mark.parametrize(("option", "value"), [("--code", " "), ("--phone", "1\n2"), ("--contact", "李" * 61)])
def test_what_is_no_line_of_a_letter_is_refused(gk, option, value):
    done = gk("remind", option, value)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert option in done.err


def letter(**given):
    """The document of a letter of the Taishan plan to one unit, with further facts of it."""
    plan, _ = read_plan(built_in_plan().read_text("utf-8"), "plan")
    (made,) = letters_for(Ledger(plan, {}, date(2019, 11, 30)), date(2019, 11, 30), {"市税务局"})
    times = given.pop("times", [1] * len(made.owed))
    owed = tuple(item._replace(times=n) for item, n in zip(made.owed, times + [1] * len(made.owed), strict=False))
    return views.document(plan, made._replace(owed=owed, **given))


def text_by_kind(document, kind):
    return [block.text for block in document.blocks if isinstance(block, Paragraph) and block.kind is kind]


def test_a_second_letter_says_so_and_asks_for_an_answer_by_a_day():
    first = letter(reply_by=date(2019, 12, 5))
    assert text_by_kind(first, ParagraphKind.TITLE) == ["催办单"]
    (said,) = text_by_kind(first, ParagraphKind.BODY)
    assert said.endswith("请抓紧办理，并请于2019年12月5日前反馈办理情况和佐证材料。")
    assert "次催办" not in said
    count = len(first.listing.rows) - 1
    again = letter(times=[2] * count)
    assert text_by_kind(again, ParagraphKind.TITLE) == ["第二次催办单"]
    (said,) = text_by_kind(again, ParagraphKind.BODY)
    assert "这是第二次催办。" in said
    assert "并及时反馈" in said
    mixed = letter(times=[3, 2])
    assert text_by_kind(mixed, ParagraphKind.TITLE) == ["第三次催办单"]
    assert "其中第二次催办的1项、第三次催办的1项。" in text_by_kind(mixed, ParagraphKind.BODY)[0]


def test_notes_of_several_lines_keep_their_indent(gk):
    gk("start", 23, "--unit", "市教育局", "--note", "一、已拟稿\n二、待审")
    assert "：一、已拟稿\n   二、待审\n" in gk("remind", "--unit", "市教育局").out


def test_all_letters_in_one_file_each_on_pages_of_its_own(gk, tmp_path, overdue):
    import docx

    journal = Path(gk("where", "--format", "json").json()["store"]["value"])
    before = journal.read_bytes()
    done = gk("remind", "--unit", "各镇（街）", "--all", "-o", tmp_path / "催办单.docx")
    assert (done.code, done.err) == (0, "")
    assert "催办〔" in done.out
    assert len(gk("remind", "--list", "--format", "json").json()) == 16, "each is in the register"
    journal.write_bytes(before)  # so that the letters apart have the same numbers
    apart = letters(gk, tmp_path / "信", "--unit", "各镇（街）").values()
    document = docx.Document(str(tmp_path / "催办单.docx"))
    each = [docx.Document(str(path)) for path in sorted(apart, key=lambda path: int(path.name.split("-")[1]))]
    assert [p.text for p in document.paragraphs if p.text] == [p.text for one in each for p in one.paragraphs if p.text]
    assert len(document.sections) == len(document.tables) == len(each) == 16
    starts = [section._sectPr.find(f"{W}pgNumType") for section in document.sections[1:]]
    assert {start.get(f"{W}start") for start in starts} == {"1"}
    said = gk("remind", "--unit", "各镇（街）", "--all", "-o", tmp_path / "催办单.md")
    assert said.code == 0
    assert (tmp_path / "催办单.md").read_text("utf-8").count("# 第二次催办单") == 16


@pytest.mark.parametrize("words", [["--all"], ["--all", "-o", "a.html"], ["--all", "-o", "a.docx", "--format", "md"],
                                   ["--all", "-o", "a"], ["--all", "-o", "a.docx", "--template", "t.docx"]])  # fmt: skip
def test_all_needs_one_file_with_pages(gk, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    done = gk("remind", *words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert list(tmp_path.glob("a*")) == []


@pytest.mark.long
@pytest.mark.parametrize("sealed", [[], ["--sealed"]], ids=["unsealed", "sealed"])
def test_a_letter_of_eight_items_takes_one_page(gk, tmp_path, sealed):
    """The first eight of 市教育局, of every length and status: overdue, blocked, returned, with what the unit said."""
    owed = [row["id"] for row in gk("tasks", "--unit", "市教育局", "--format", "json").json()]
    gk("done", *owed[8:], "--unit", "市教育局")
    gk("deadline", *owed[:4], "2019-11-30")
    gk("block", owed[5], "--unit", "市教育局", "--note", "等待市财政局下达经费，预计下月到位")
    gk("start", owed[6], "--unit", "市教育局", "--note", "已与市委宣传部、市网信办沟通两次")
    gk("done", owed[7], "--unit", "市教育局")
    gk("return", owed[7], "--unit", "市教育局", "--note", "没有链接")
    (path,) = letters(
        gk, tmp_path / "信", "--unit", "市教育局", "--contact", "李明", "--phone", "0750-5523311", *sealed
    ).values()
    (made,) = converted(tmp_path / "pdf", "pdf", path)
    from pdfminer.high_level import extract_text

    assert extract_text(str(made)).count("\f") == 1


@pytest.mark.long
@pytest.mark.parametrize("many", [20, 30])
def test_a_sealed_second_letter_of_eight_long_items_takes_one_page(gk, tmp_path, many):
    """The longest of 市教育局, all overdue, each with `many` characters of a reason."""
    pdfplumber = pytest.importorskip("pdfplumber")
    owed = gk("tasks", "--unit", "市教育局", "--format", "json").json()
    longest = [task["id"] for task in sorted(owed, key=lambda task: -len(task["text"]))]
    heavy, others = longest[:8], longest[8:]
    gk("done", *others, "--unit", "市教育局")
    gk("deadline", *heavy, "2019-11-30")
    reason = ("等待市财政局下达经费，预计下月到位，涉及部门多，数据口径不一" * 2)[:many]
    gk("block", *heavy, "--unit", "市教育局", "--note", reason)
    words = ("--unit", "市教育局", "--contact", "李明", "--phone", "0750-5523311", "--sealed")
    letters(gk, tmp_path / "一", *words)
    (path,) = letters(gk, tmp_path / "二", *words).values()
    (made,) = converted(tmp_path / "pdf", "pdf", path)
    with pdfplumber.open(made) as pdf:
        (page,) = pdf.pages
        text = page.extract_text().replace("\N{NON-BREAKING HYPHEN}", "-")
        sizes = {round(char["size"], 1) for char in page.chars}
    assert "第二次催办单" in text
    assert text.count("受阻（逾期）") == 8
    assert min(sizes) == 7.5


def test_a_list_is_in_the_smallest_type_only_where_that_keeps_it_on_a_page():
    """A few items are in small type; so are more than a page holds in any."""
    plan, _ = read_plan(built_in_plan().read_text("utf-8"), "plan")
    (made,) = letters_for(Ledger(plan, {}, date(2019, 11, 30)), date(2019, 11, 30), {"市教育局"})
    fine = [views.table(made._replace(owed=made.owed[:count])).fine for count in range(1, len(made.owed) + 1)]
    assert not fine[0]
    assert not fine[-1]
    first = fine.index(True)
    assert 6 < first < 15
    assert fine[first : fine.index(False, first)] == [True] * sum(fine)


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


def test_what_came_back_says_why(gk, tmp_path):
    """In the letter, the bulletin and the matrix alike, also after a further note; reported again it is gone."""
    gk("done", 23, "--unit", "市教育局")
    assert gk("return", 23, "--unit", "市教育局", "--note", "没有链接").code == 0
    gk("note", 23, "--unit", "市教育局", "--note", "正在补")
    letter = gk("remind", "--unit", "市教育局").out
    assert "退回1项" in letter
    assert "退回：没有链接；正在补" in letter
    assert gk("report", tmp_path / "r.md").code == 0
    assert "“没有链接”的1个：市教育局（23）" in (tmp_path / "r.md").read_text("utf-8")
    assert " 退" in gk("matrix", "--group", "市教育局").out
    gk("done", 23, "--unit", "市教育局")
    assert "23（二十三）" not in gk("remind", "--unit", "市教育局").out
