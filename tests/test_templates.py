"""`template`, `report --template`, `remind --template`: the office's own Word layout."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from gkcheck.exporters.docx_template import fill
from gkcheck.table import Document, PageBreak, Paragraph
from tests.office import converted

OFFICE = Path(__file__).parent / "fixtures" / "letter-template.docx"
"""Made by LibreOffice: a red head, a running head with the number, a table of its own, an address below."""


@pytest.fixture
def layout(gk, tmp_path):
    """The layout that gkcheck writes."""
    assert gk("template", "letter", "-o", tmp_path / "模板.docx").code == 0
    return tmp_path / "模板.docx"


def template_of(path: Path, *paragraphs: str, cell: str = "") -> Path:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if cell:
        document.add_table(1, 1).cell(0, 0).text = cell
    document.save(str(path))
    return path


def remind(gk, template, folder, *options):
    done = gk("remind", "--unit", "市教育局", "--template", template, "-o", folder, *options)
    (made,) = folder.iterdir() if folder.exists() else [None]
    return done, made


def shape(path: Path):
    """Every paragraph and cell with the type it is set in."""
    document = docx.Document(str(path))
    looks = [(p.text, p.style.font.size, p.paragraph_format.left_indent) for p in document.paragraphs if p.text]
    return looks, [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]


def test_our_own_layout_filled_is_our_own_document(gk, tmp_path, layout):
    done, made = remind(gk, layout, tmp_path / "填")
    assert (done.code, done.err) == (0, "")
    Path(gk("where", "--format", "json").json()["store"]["value"]).unlink()  # so that the next letter is the first
    _, plain = remind_plain(gk, tmp_path / "空")
    assert shape(made) == shape(plain)
    for report in ("a", "b"):
        words = ["--template", layout] if report == "a" else []
        assert gk("report", tmp_path / f"{report}.docx", *words).code == 0
    assert shape(tmp_path / "a.docx") == shape(tmp_path / "b.docx")
    pages = [
        [(s.orientation, s.page_width, s.left_margin) for s in docx.Document(str(tmp_path / f"{n}.docx")).sections]
        for n in "ab"
    ]
    assert pages[0] == pages[1]


def remind_plain(gk, folder):
    done = gk("remind", "--unit", "市教育局", "-o", folder)
    return done, next(folder.iterdir())


def test_a_template_made_elsewhere_is_filled(gk, tmp_path):
    gk("deadline", 23, "2019-11-30")
    gk("start", 23, "--unit", "市教育局", "--note", "<b>&\n{{标题}} {% if %}")
    done, made = remind(gk, OFFICE, tmp_path / "信", "--phone", "0750-5523311", "--contact", "李<明>&")
    assert (done.code, done.err) == (0, "")
    document = docx.Document(str(made))
    texts = [p.text for p in document.paragraphs if p.text]
    assert texts[0] == "台山市人民政府办公室"
    assert texts[1:3] == ["催办单", "市教育局："]
    assert "咨询电话：0750-5523311（李<明>&）" in texts
    assert texts[-3] == "台山市人民政府办公室"
    assert texts[-1] == "抄送：市纪委监委"
    assert "催办〔" in "".join(p.text for p in document.sections[0].header.paragraphs)
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    owed = gk("tasks", "--unit", "市教育局", "--format", "json").json()
    assert rows[0] == ["序号", "具体要求", "时限", "状态"]
    assert len(rows) == 1 + len(owed)
    assert {row[1] for row in rows[1:]} == {task["text"] for task in owed}
    assert rows[1][2:] == ["2019-11-30", "推进中（逾期）"]
    assert document.core_properties.title.endswith("市教育局")
    red = [
        run for p in document.paragraphs for run in p.runs if run.font.color.rgb and str(run.font.color.rgb) == "FF0000"
    ]
    assert red, "the office's own look stays"


def test_a_condition_leaves_its_part_out_and_what_is_missing_is_named(gk, tmp_path):
    done, made = remind(gk, OFFICE, tmp_path / "信")
    assert done.code == 0
    assert "咨询电话" not in "".join(p.text for p in docx.Document(str(made)).paragraphs)
    bare = template_of(tmp_path / "t.docx", "{{正文}}", "联系人：{{联系人}}")
    done, made = remind(gk, bare, tmp_path / "缺")
    assert done.code == 0
    assert "没有写入的内容：落款、标题、编号、主送" in done.err
    assert "没有内容可填的地方：联系人" in done.err


@pytest.mark.parametrize(
    ("paragraphs", "cell", "said"),
    [
        (["{{正文}}", "{{标提}}"], "", "没有 {{标提}} 这个标记，是不是 {{标题}}（在“{{标提}}”这一处）"),
        (["{{正文}}", "抬头 {{ 标题 }"], "", "标记写得不对（在“抬头 {{ 标题 }”这一处）"),
        (["{{正文}}", "{% if 电话 %}"], "", "没有成对"),
        (["标题：{{标题}}"], "", "没有 {{正文}}或对 逐项 的循环"),
        (["前{{正文}}后"], "", "{{正文}} 要单独占一段"),
        ([], "{{正文}}", "{{正文}} 要单独占一段"),
        (["{{正文}}", "{{正文}}"], "", "{{正文}} 只能有一处"),
        (["{{正文}}", "｛｛标题｝｝"], "", "全角"),
        (["{{正文}}", "{{ 标题.__class__ }}"], "", "只能用"),
        (["{{正文}}", "{{ 标题 * 999999999 }}"], "", "只能用"),
        (["{{正文}}", "{{ range(9) }}"], "", "只能用"),
        (["{{正文}}", "{% for 项 in range(9) %}{% endfor %}"], "", "只能用"),
        (["{{正文}}", "{% for 项 in 逐项 %}{% for 它 in 逐项 %}{% endfor %}{% endfor %}"], "", "只能用"),
        (["{% for 项 in 逐项 %}{{ 项.时间 }}{% endfor %}"], "", "没有 {{项.时间}} 这个标记，是不是 {{项.时限}}"),
        (["{% for 项 in 逐项 %}", "{{正文}}", "{% endfor %}"], "", "不能放在循环里"),
        (["{{正文}}", "{% if 电话 %}"], "{% endif %}", "不在同一层"),
        (["{%p if 电话 %}", "{{正文}}", "{%p endif %}"], "", "不成立的条件"),
        (["{{正文}}", "{{" * 2000], "", "花括号太多"),
        (["{{正文}}", "{{ " * 290], "", "一层套一层"),
    ],
)
def test_a_wrong_template_is_one_line(gk, tmp_path, paragraphs, cell, said):
    wrong = template_of(tmp_path / "错.docx", *paragraphs, cell=cell)
    done, made = remind(gk, wrong, tmp_path / "信")
    assert (done.code, done.out, done.err.count("\n"), made) == (2, "", 1, None), done
    assert f"模板 {wrong}" in done.err
    assert said in done.err


@pytest.mark.parametrize(
    ("paragraphs", "said"),
    [
        (["{{标题}}", "{{正文}}", "{{落款}}"], "没有 {{附后}}，附件没有地方写；请在落款之后让 {{附后}} 单独占一段"),
        (["{{正文}}", "{%p if 抄送 %}", "{{附后}}", "{%p endif %}"], "{{附后}} 在一个不成立的条件里"),
    ],
)
def test_a_bulletin_is_not_written_without_its_annexes(gk, tmp_path, paragraphs, said):
    wrong = template_of(tmp_path / "模板.docx", *paragraphs)
    words = ("--copies", "市纪委监委") if said.startswith("没有") else ()
    done = gk("report", tmp_path / "通报.docx", "--template", wrong, *words)
    assert (done.code, done.out, done.err.count("\n"), (tmp_path / "通报.docx").exists()) == (2, "", 1, False), done
    assert said in done.err


def test_copies_stand_once(gk, tmp_path):
    """At the place of the template's own, else before the annexes; without any, a condition leaves the place out."""
    marks = ("{{正文}}", "{{落款}}", "{%p if 抄送 %}", "抄送：{{抄送}}。", "{%p endif %}", "{{附后}}")
    own = template_of(tmp_path / "模板.docx", *marks)
    for copies, said in ((("--copies", "市纪委监委"), ["抄送：市纪委监委。"]), ((), [])):
        done = gk("report", tmp_path / "通报.docx", "--template", own, *copies, "--force")
        assert done.code == 0, done
        texts = [p.text for p in docx.Document(str(tmp_path / "通报.docx")).paragraphs]
        assert [text for text in texts if "抄送" in text] == said


def bad_files(folder: Path):
    (folder / "文本.docx").write_text("不是文档", "utf-8")
    (folder / "空.docx").write_bytes(b"")
    (folder / "目录.docx").mkdir()
    with zipfile.ZipFile(folder / "包.docx", "w") as package:
        package.writestr("a.xml", "<a/>")
    with zipfile.ZipFile(folder / "炸弹.docx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * (2 << 20))
    data = OFFICE.read_bytes()
    (folder / "半.docx").write_bytes(data[: len(data) // 2])
    (folder / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    return ["文本.docx", "空.docx", "目录.docx", "包.docx", "炸弹.docx", "半.docx", "旧.doc", "没有.docx", "a\0.docx"]


def test_a_file_that_is_no_template_is_one_line(gk, tmp_path):
    for name in bad_files(tmp_path):
        done, made = remind(gk, tmp_path / name, tmp_path / "信")
        assert (done.code, done.out, done.err.count("\n"), made) == (2, "", 1, None), (name, done)
        report = gk("report", tmp_path / "通报.docx", "--template", tmp_path / name)
        assert (report.code, (tmp_path / "通报.docx").exists()) == (2, False), name


def test_a_template_is_of_word_alone(gk, tmp_path, layout):
    for words in (["report", tmp_path / "a.html"], ["remind", "--format", "md", "-o", tmp_path / "x"], ["remind"]):
        done = gk(*words, "--template", layout)
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert ".docx" in done.err
    assert gk("template", "letter", "-o", tmp_path / "模板.dotx").code == 2
    assert gk("template", "letter", "-o", layout).code == 2, "nothing is overwritten unasked"
    assert gk("template", "letter", "-o", layout, "--force").code == 0


def test_the_body_goes_into_the_section_of_its_place(gk, tmp_path):
    """A template of two sections: the letter takes the page of the first, the last page stays as it was."""
    from docx.enum.section import WD_SECTION
    from docx.shared import Mm

    document = docx.Document()
    document.sections[0].page_width = Mm(180)
    for text in ("{{标题}}", "{{正文}}", "{{落款}}", "{{附后}}"):
        document.add_paragraph(text)
    document.add_section(WD_SECTION.NEW_PAGE).page_width = Mm(210)
    document.add_paragraph("回执")
    out = io.BytesIO()
    document.save(out)
    (tmp_path / "t.docx").write_bytes(out.getvalue())
    done, made = remind(gk, tmp_path / "t.docx", tmp_path / "信")
    assert done.code == 0
    again = docx.Document(str(made))
    assert [round(section.page_width.mm) for section in again.sections] == [180, 210]
    assert again.paragraphs[-1].text == "回执"
    assert len(again.tables) == 1
    assert gk("report", tmp_path / "通报.docx", "--template", tmp_path / "t.docx").code == 0
    sections = docx.Document(str(tmp_path / "通报.docx")).sections
    assert [round(section.page_width.mm) for section in sections] == [180, 279, 210], "the second lies"
    turned = Document("", (Paragraph("正文。"), PageBreak(landscape=True), Paragraph("横排。")))
    filled = fill(out.getvalue(), "t.docx", turned)
    sections = docx.Document(io.BytesIO(filled.data)).sections
    assert [round(section.page_width.mm) for section in sections] == [180, 279, 210], "what follows the place lies, too"


@pytest.mark.long
def test_libreoffice_prints_a_filled_template(gk, tmp_path):
    from pdfminer.high_level import extract_text

    _, made = remind(gk, OFFICE, tmp_path / "信", "--phone", "0750-5523311")
    (printed,) = converted(tmp_path / "pdf", "pdf", made)
    text = extract_text(str(printed))
    assert "抄送：市纪委监委" in text
    assert "{{" not in text
