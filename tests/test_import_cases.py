"""Small files of the kinds that offices send: what each shows is what is read, and the rest is named."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from gkcheck.cli.commands.import_notice import FOUND
from gkcheck.errors import BadDocument
from tests.hostile import docx_of, package
from tests.notices_read import HERE, brief, reading_of

CASES = HERE / "cases"
USUAL = ["1.|一、信息发布|-|公开财政预算。|责任:县财政局", "2.|二、政策解读|-|解读重要文件。|责任:县司法局"]
SHORT = ["1.|一、信息发布|-|公开预算。|责任:县财政局", "2.|二、政策解读|-|解读文件。|责任:县司法局"]


def case(name: str):
    """The reading of a case."""
    return reading_of(CASES / name)


@pytest.mark.parametrize("sign", ["bom", "lrm", "shy", "zwsp"])
def test_an_invisible_character_before_a_number_or_a_title_is_removed(sign):
    """In a table and in paragraphs; what was removed is counted."""
    table, prose = case(f"t-{sign}-number.docx"), case(f"t-{sign}-prose.docx")
    assert brief(table) == SHORT
    assert brief(prose) == [SHORT[0], SHORT[1] + "|6月底前=2024-06-30"]
    assert (table.repairs.invisible, prose.repairs.invisible) == (3, 4)
    assert (table.findings, prose.findings) == ((), ())


@pytest.mark.parametrize(
    ("name", "units", "invisible"),
    [
        ("s-bommid.txt", ["县财政局", "县司法局"], 1), ("zerowidth.txt", ["县财政局", "县司法局", "县审计局", "县公安局", "县教育局"], 5),
        ("invisible.docx", ["县财政局", "县财政局", "县司法局"], 4),
        ("u-entities.html", ["县财政局", "县审计局", "县公安局", "县教育局", "县民政局", "县司法局"], 6),
    ],
)  # fmt: skip
def test_a_name_is_whole_and_stands_once(name, units, invisible):
    reading = case(name)
    assert [unit for task in reading.tasks for unit in task.names()] == units
    assert reading.repairs.invisible == invisible


def test_radicals_are_read_as_the_ordinary_characters():
    reading = case("kangxi.txt")
    assert brief(reading) == [
        "1.|一、信息发布|-|公开财政预算。|责任:县民政局", "2.|二、政策解读|-|解读文件。|责任:县水利局+县文广旅体局",
    ]  # fmt: skip
    assert reading.repairs.lookalikes == 8


@pytest.mark.parametrize(
    ("name", "spots"),
    [
        ("s-fffd.txt", ["公开\ufffd预算", "县财政\ufffd局", "锟斤拷公开"]), ("s-pua.txt", ["公开\ue5e5预算", "县财政\ue863局"]),
        ("s-cid.txt", ["公开(cid:2446)预算", "县(cid:1204)政局"]), ("badbyte.html", ["财政预\ufffd。"]),
    ],
)  # fmt: skip
def test_damage_is_kept_and_every_spot_of_it_named(gk, name, spots):
    findings = [found.message for found in case(name).findings if "疑有乱码" in found.message]
    assert len(findings) == len(spots)
    assert [spot for spot, found in zip(spots, findings, strict=True) if spot not in found] == []
    done = gk("import", CASES / name)
    assert (done.code, done.err.count("疑有乱码")) == (FOUND, len(spots))


def test_a_unit_that_stands_twice_but_for_what_nobody_sees_is_refused(gk):
    done = gk("check", "--plan", CASES / "shy-twice.yaml")
    assert (done.code, "登记了两次" in done.err + done.out) == (1, True)


@pytest.mark.parametrize(
    "name", ["document2.docx", "absolute-target.docx", "backslash.docx", "s-backslash.xlsx", "s-strict.xlsx"]
)
def test_the_parts_of_a_package_are_found_by_their_relationships(name):
    """Other names, absolute targets, backslashes and the strict namespace make no difference."""
    short = "1|一、信息发布|-|公开预算。|责任:县财政局|年底前"
    assert brief(case(name)) == ([short] if name.endswith("xlsx") else USUAL)


def test_hidden_text_is_listed_and_not_read():
    """Runs that vanish and rows that are not shown."""
    reading = case("vanish.docx")
    assert brief(reading) == USUAL
    assert {(left.text, left.why) for left in reading.left_out} == {
        ("（内部：先问县长）", "隐藏"), ("、县审计局", "隐藏"), ("三、不打印的 3.隐藏的行。 县公安局", "隐藏的行"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["strike.docx", "rich.xlsx"])
def test_a_name_that_is_struck_out_is_not_read_and_has_to_be_checked(name):
    reading = case(name)
    assert reading.tasks[0].names() == ("县财政局",)
    assert [found.message for found in reading.findings] == ["“县审计局”有删除线，没有读入，请核对"]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [("footnote.docx", "县财政局为牵头单位，县审计局为配合单位。", "脚注"), ("comment.xlsx", "县审计局配合", "批注")],
)
def test_notes_and_comments_are_listed(name, text, kind):
    """They may change who does what, so somebody has to look."""
    reading = case(name)
    assert [(left.text, left.why) for left in reading.left_out] == [(text, kind)]
    assert [found.message for found in reading.findings] == [f"{kind}共 1 处没有读入任务，原文见“未收录”，请核对"]


def test_an_embedded_document_is_named():
    """Beside tasks it is something to check; a document that is nothing else is refused for it."""
    assert "嵌入的文档（altChunk）没有读" in case("altchunk-part.docx").findings[0].message
    with pytest.raises(BadDocument, match="嵌入的文档（altChunk）没有读，请用办公软件打开"):
        case("altchunk.docx")


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("restart.docx", "1. 2. 1. 2."), ("startoverride.docx", "7. 8."), ("basedon.docx", "1. 2."), ("deleted-numbered.docx", "1. 2.")],
)  # fmt: skip
def test_numbers_are_those_that_word_prints(name, numbers):
    """Lists that start anew, styles based on others, paragraphs that a revision deletes."""
    reading = case(name)
    assert " ".join(task.number or "-" for task in reading.tasks) == numbers
    assert {task.section for task in reading.tasks} <= {"一、信息发布", "二、政策解读"}
    assert reading.findings == ()


def test_readings_above_characters_are_counted():
    reading = case("ruby.docx")
    assert [task.names() for task in reading.tasks] == [("端芬镇",), ("东莞市司法局",)]
    assert (reading.repairs.pinyin, reading.repairs.invisible) == (15, 0)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("percent.xlsx", ["100%", "95.5%", "100%", "TRUE", "0.3"]), ("numfmt.xlsx", ["（1）", "二", "003"]),
        ("s-literalformat.xlsx", ["6月底前", "第三季度末", "2024年12月31日前"]),
    ],
)  # fmt: skip
def test_cells_are_read_as_they_show(name, shown):
    field = {"percent.xlsx": "text", "numfmt.xlsx": "number"}.get(name, "deadline")
    assert [getattr(task, field) for task in case(name).tasks] == shown


def test_a_formula_without_a_value_and_what_is_hidden_in_a_sheet_are_named():
    assert any("C2、B3、D3共 3 格是公式" in found.message for found in case("formula.xlsx").findings)
    hidden = case("hidden.xlsx")
    assert [found.message for found in hidden.findings] == [
        "第3行、F列是隐藏的（可能是筛选所致），已照常读入，请核对是否应当保留"
    ]
    assert len(hidden.tasks) == 3
    assert any("不显示" in found.message for found in case("s-literalformat.xlsx").findings)


def test_what_a_page_hides_is_listed_and_not_read():
    """By style, by attribute and by the page's own style sheet; what it strikes out has to be checked."""
    reading = case("hidden.html")
    assert brief(reading) == USUAL
    assert [left.why for left in reading.left_out] == ["隐藏"] * 4
    assert reading.findings == ()
    page = (
        "<html><head><style>@media print{.b{display:none}} .a, td.c {visibility : hidden}</style></head><body>"
        "<p>1.修订目录。<i class=a>甲</i><b class=b>乙</b><del>丙</del>（责任单位：<u style='text-decoration: line-through'>县审计局、</u>县司法局）</p>"
    )
    reading = reading_of(page, "a.html")
    assert brief(reading) == ["1.|-|-|修订目录。乙|责任:县司法局"]
    assert [left.text for left in reading.left_out] == ["甲", "丙", "县审计局、"]
    assert len(reading.findings) == 2


def test_a_page_that_hides_much_has_to_be_checked():
    """A table that a script shows only later looks like one that nobody should see."""
    page = f"<p>1.修订目录。（责任单位：县司法局）</p><div hidden>{'2.公布指南。（责任单位：县财政局）' * 20}</div>"
    assert "大段不显示" in reading_of(f"<html><body>{page}", "a.html").findings[0].message


def test_readings_above_characters_on_a_page_are_counted():
    reading = case("ruby.html")
    assert [task.names() for task in reading.tasks] == [("端芬镇",), ("县司法局",)]
    assert reading.repairs.pinyin == 7


@pytest.mark.parametrize("name", ["csv.csv", "csv-multi.csv"])
def test_separated_values_are_a_table(name):
    """Quoted cells hold commas, quotation marks and line breaks."""
    assert [(task.section, task.names()[0]) for task in case(name).tasks] == [
        ("一、信息发布", "县财政局"), ("二、政策解读", "县司法局"),
    ]  # fmt: skip


def test_text_with_commas_in_it_is_text():
    """Rows of every width are no table."""
    text = "一、公开,透明\n1.修订目录,指南,清单。（责任单位：县司法局）\n2.公布。（责任单位：县财政局）\n"
    assert brief(reading_of(text)) == [
        "1.|一、公开，透明|-|修订目录，指南，清单。|责任:县司法局", "2.|一、公开，透明|-|公布。|责任:县财政局",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["big5.txt", "big5-late.html"])
def test_big5_is_read(name):
    """Declared late in a page, or not at all."""
    assert brief(case(name))[0] == "1.|一、资讯发布|-|公开财政预算。|责任:县财政局"


def word(body: str, **parts: str) -> bytes:
    """A Word document of a body and of further parts by their names."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with ZipFile(BytesIO(docx_of(body.encode()))) as opened:
        whole = {name: opened.read(name) for name in opened.namelist()}
    more = {f"word/{name}.xml": f"<w:{name} {space}>{inner}</w:{name}>".encode() for name, inner in parts.items()}
    return package({**whole, **more})


def run(text: str, settings: str = "") -> str:
    return f"<w:r><w:rPr>{settings}</w:rPr><w:t>{text}</w:t></w:r>"


STYLES = (
    '<w:style w:type="character" w:styleId="a"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="b"><w:basedOn w:val="a"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="c"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="loop"><w:basedOn w:val="loop"/></w:style>'
)


def test_what_a_style_hides_is_hidden():
    """Through styles based on others; what a run switches off shows; a style based on itself is no danger."""
    first = (
        run("1.修订目录。")
        + run("甲", '<w:rStyle w:val="b"/>')
        + run("（责任单位：县司法局）", '<w:rStyle w:val="loop"/>')
    )
    second = run("乙") + run("2.公布。（责任单位：县财政局）", '<w:vanish w:val="0"/>')
    body = f'<w:p>{first}</w:p><w:p><w:pPr><w:pStyle w:val="c"/></w:pPr>{second}</w:p>'
    reading = reading_of(word(body, styles=STYLES), "a.docx")
    assert brief(reading) == ["1.|-|-|修订目录。|责任:县司法局", "2.|-|-|公布。|责任:县财政局"]
    assert [left.text for left in reading.left_out] == ["甲", "乙"]


def test_text_beside_the_text_of_a_document_is_accounted_for():
    """A text box of the body is read, one within a cell is listed; so are end notes, deleted rows, twice struck runs."""
    box = "<w:r><w:pict><w:textbox><w:txbxContent><w:p>{}</w:p></w:txbxContent></w:textbox></w:pict></w:r>"

    def row(cells: list[str], settings: str = "") -> str:
        return f"<w:tr>{settings}{''.join(f'<w:tc><w:p>{cell}</w:p></w:tc>' for cell in cells)}</w:tr>"

    task = [run("1.修订目录。") + '<w:r><w:endnoteReference w:id="3"/></w:r>', run("县司法局")]
    deleted = '<w:trPr><w:del w:id="1"/></w:trPr>'
    body = (
        f"<w:p>{run('某县2021年任务分工表')}{box.format(run('一、框里的'))}</w:p><w:tbl>"
        + row([run(one) for one in ("主题", "工作任务", "责任单位")])
        + row([run("甲") + run("乙", "<w:dstrike/>") + box.format(run("旁注")), *task])
        + row([run("丙"), *task], deleted)
        + "</w:tbl>"
    )
    notes = f'<w:endnote w:id="3"><w:p>{run("由县司法局牵头。")}</w:p></w:endnote>'
    reading = reading_of(word(body, endnotes=notes), "a.docx")
    assert [(task.section, task.text, task.names()) for task in reading.tasks][-1][1:] == ("修订目录。", ("县司法局",))
    told = {left.why: left.text for left in reading.left_out if not left.in_text}
    assert told == {
        "尾注": "由县司法局牵头。",
        "文本框": "旁注",
        "删除线": "乙",
        "修订中已删去": "丙 1.修订目录。 县司法局",
    }
    assert any("框里的" in text for _, text, _ in reading.placed) or any(
        "框里的" in left.text for left in reading.left_out
    )
    assert {found.message for found in reading.findings} >= {"文本框、尾注共 2 处没有读入任务，原文见“未收录”，请核对"}


def test_lists_follow_overrides_styles_and_the_levels_of_styles():
    """A level that a list writes anew, a scheme borrowed by a list style, a level found by the style it belongs to."""
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:pStyle w:val="two"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="s"/></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="2"><w:styleLink w:val="s"/><w:lvl w:ilvl="0"><w:numFmt w:val="decimalZero"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="1"><w:lvl><w:start w:val="5"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl></w:lvlOverride></w:num>'
    )
    styles = (
        '<w:style w:type="paragraph" w:styleId="two"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )

    def numbers(*paragraphs: str) -> list[str]:
        body = "".join(
            f"<w:p><w:pPr>{one}</w:pPr>{run('修订目录。（责任单位：县司法局）')}</w:p>" for one in paragraphs
        )
        reading = reading_of(word(body, numbering=numbering, styles=styles), "a.docx")
        return [task.number or "-" for task in reading.tasks]

    assert numbers('<w:pStyle w:val="two"/>', '<w:pStyle w:val="two"/>') == ["（一）", "（二）"]
    listed = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="{}"/></w:numPr>'
    assert numbers(listed.format(0, 2), listed.format(0, 2)) == ["01.", "02."]
    assert numbers(listed.format(1, 3), listed.format(1, 3)) == ["5.", "6."]
