"""The eleven samples are read as their golds say, and the table of 2019 is read back from every format."""

from __future__ import annotations

import json

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.errors import BadDocument
from gkcheck.importers.recognize.numbering import leading_number, plain_number
from gkcheck.plan.reader import read_plan
from tests.notices_read import FIXTURES, HERE, NOTICES, brief, differences, gold_of, reading_of

SAMPLES = sorted(path.stem for path in NOTICES.glob("*.txt"))
TAISHAN = HERE / "source" / "taishan-2019.txt"


@pytest.mark.parametrize("keep_script", [False, True], ids=["repaired", "kept"])
@pytest.mark.parametrize("name", [name for name in SAMPLES if gold_of(name)["tasks"]])
def test_a_sample_is_read_as_its_gold_says(name, keep_script):
    """Sample 27 says that the first-named unit leads; its gold keeps the list as printed, the reader applies it."""
    reading = reading_of(NOTICES / f"{name}.txt", keep_script=keep_script)
    assert differences(reading, gold_of(name)) == []


def test_a_covering_notice_without_its_table_is_refused(gk, tmp_path):
    """38: the table is an attachment that is not there; 三、 reads like an assignment and is none."""
    output = tmp_path / "tasks.yaml"
    answer = gk("import", NOTICES / "38.txt", "-o", output)
    assert answer.code == 2
    assert "附件" in answer.err
    assert "《政府工作报告》任务分解表" in answer.err
    assert answer.err.count("\n") == 1
    assert not output.exists()


@pytest.mark.parametrize(
    "path",
    [TAISHAN, *[FIXTURES / f"taishan{end}" for end in ("-as-written.html", ".html", ".docx", ".xlsx", ".pdf")]],
    ids=lambda path: path.name,
)
def test_the_table_of_2019_is_read_back_task_for_task(path):
    """Traditional script with pinyin in, `data/tasks.yaml` out; the one torn spot is mended by its bytes and noted."""
    if path.suffix == ".pdf":
        pytest.importorskip("pdfminer", reason="needs pdfminer.six")
    text = built_in_plan().read_text("utf-8")
    plan, _ = read_plan(text, "tasks.yaml")
    reading = reading_of(path)
    got, want = [], []
    for section in plan.sections:
        want += [
            (section.number, section.title, t.number, t.text, t.lead, t.responsible, t.support) for t in section.tasks
        ]
    for task in reading.tasks:
        number = leading_number(task.section)
        got.append(
            (
                plain_number(number.printed),
                task.section[number.end :],
                plain_number(task.number),
                task.text,
                task.lead,
                task.responsible,
                task.support,
            )
        )
    assert got == want
    assert [task.number for task in reading.tasks if any("乱码" in note for note in task.notes)] == ["（二十七）"]
    assert reading.gaps == ("标题序号缺十二",)
    assert reading.facts.title == plan.title
    assert (reading.facts.document_number, reading.facts.issuer, reading.facts.issued) == (
        plan.document_number,
        plan.issuer,
        plan.issued,
    )
    assert [plain_number(task.number) for task in reading.tasks if task.inherited] == [
        "二",
        "三",
        "十五",
        "十六",
        "三十六",
    ]


TWO_TIERS = [
    "1|一、规范公开|（一）目录管理|每季度核对一次主动公开目录，失效条目当月下架。|牵头:县政府办公室|配合:各乡镇+街道|12月底前=2022-12-31",
    "2|一、规范公开|（一）目录管理|目录与档案同步移交。|牵头:县政府办公室|配合:县档案馆|长期坚持|沿用",
    "3|一、规范公开|（二）公文发布|起草时注明公开属性，不公开的写明理由。|责任:各乡镇+街道+县直各单位|持续推进",
    "4|二、强化保障|（三）培训|举办两期业务培训，参训人员覆盖各股室。|牵头:县政府办公室+县委党校|配合:县人力资源和社会保障局|2022年11月30日前=2022-11-30",
]
MIXED = [
    "1.|一、减负担|-|清理涉企收费，目录之外一律不收。|牵头:市发展改革委|责任:市财政局+市市场监管局|等有关部门|6月底前完成=2021-06-30",
    "2.|一、减负担|-|中小企业账款逾期的逐笔登记。|牵头:市工业和信息化局|配合:市审计局+各县（市、区）人民政府",
    "3.|二、优服务|-|设一条助企热线，来电当日回复。|牵头:市政务服务局|配合:市大数据局|2021年8月底前=2021-08-31",
    "4.|二、优服务|-|每月到企业走访一次。|责任:各县、市、区政府|每月",
    "5.|二、优服务|-|问题清单按月更新。|责任:各县、市、区政府|长期|沿用",
    "6.|三、强监督|-|公布十起典型案例。|责任:市纪委监委+市委督查室",
]


@pytest.mark.parametrize("end", ["-as-written.html", ".html", ".docx", ".xlsx", ".pdf"])
def test_two_tiers_and_merges_both_ways_are_read_alike_in_every_format(end):
    """A title row in the table, a header of two tiers, headings across, cells merged down and across, a remark below."""
    if end == ".pdf":
        pytest.importorskip("pdfminer", reason="needs pdfminer.six")
    assert brief(reading_of(FIXTURES / f"two-tiers{end}")) == TWO_TIERS


@pytest.mark.parametrize("end", ["-as-written.html", ".html", ".docx", ".pdf"])
def test_paragraphs_tables_and_a_nested_table_are_read_in_order(end):
    """Closing brackets, then a table with a column of persons, then a table inside a table that only lays out."""
    if end == ".pdf":
        pytest.importorskip("pdfminer", reason="needs pdfminer.six")
    reading = reading_of(FIXTURES / f"mixed{end}")
    assert brief(reading) == MIXED
    assert [left.text for left in reading.left_out if "个人" in left.why] == ["责任领导：王某某", "责任领导：李某某"]


@pytest.mark.long
def test_the_office_fixtures_can_be_made_again(tmp_path):
    """The recipe runs where LibreOffice is."""
    from tests.fixtures import make_office

    page = tmp_path / "page.html"
    page.write_text(make_office.page(make_office.MIXED), "utf-8")
    make_office.convert(page, "docx:MS Word 2007 XML", make_office.WRITER, tmp_path)
    assert brief(reading_of(tmp_path / "page.docx")) == MIXED


@pytest.mark.parametrize("name", [name for name in SAMPLES if gold_of(name)["tasks"]])
def test_what_is_written_is_what_was_read(gk, tmp_path, name):
    """The plan file passes `check` and holds every task of the sample."""
    output = tmp_path / "tasks.yaml"
    answer = gk("import", NOTICES / f"{name}.txt", "-o", output, "--format", "json")
    assert answer.code in (0, 1)
    told = json.loads(answer.out)
    plan, problems = read_plan(output.read_text("utf-8"), "tasks.yaml")
    assert problems == []
    assert [task.text for task in plan.tasks()] == [task["text"] for task in told["tasks"]]
    assert told["counts"]["tasks"] == len(gold_of(name)["tasks"])
    for task, said in zip(plan.tasks(), told["tasks"], strict=True):
        assert {str(role): list(names) for role, names in task.names_by_role()} == said["units"]
        assert (task.deadline.text if task.deadline else None) == said["deadline"]
        assert (task.subsection or None) == said["subsection"]


def test_a_sample_that_breaks_off_says_so():
    """01 stops inside its eleventh task, which is left out and listed."""
    reading = reading_of(NOTICES / "01.txt")
    assert any("中断" in found.message for found in reading.findings)
    assert any(left.text.startswith("11.") for left in reading.left_out)


def test_refused_for_want_of_anything_to_read():
    """An empty grid and a table without responsible units are told apart."""
    with pytest.raises(BadDocument, match="没有可读的文字"):
        reading_of("<html><table><tr><td></td></tr></table></html>", "a.html")
    with pytest.raises(BadDocument, match="表中没有责任单位"):
        reading_of("序号 | 工作任务 | 完成时限 |\n1 | 修订目录 | 年底前 |\n2 | 公布指南 | 年底前 |\n")


@pytest.mark.parametrize("name", [name for name in SAMPLES if gold_of(name)["tasks"]])
@pytest.mark.parametrize("change", ["traditional", "full width", "crlf", "indented", "blank lines", "footer"])
def test_a_sample_in_other_clothes_is_read_alike(name, change):
    """Script, width, line ends, indents, blank lines and a web site's footer change nothing."""
    import opencc

    from gkcheck.text.normalize import full_width

    text = (NOTICES / f"{name}.txt").read_text("utf-8")
    text = {
        "traditional": lambda: opencc.OpenCC("s2t").convert(text),
        "full width": lambda: full_width(text),
        "crlf": lambda: text.replace("\n", "\r\n"),
        "indented": lambda: "\n".join(
            "　　" + line if line.strip() and "|" not in line else line for line in text.split("\n")
        ),
        "blank lines": lambda: text.replace("\n", "\n\n"),
        "footer": lambda: text + "\n\n版权所有：某某网站\n联系电话：0000-0000000\n",
    }[change]()
    assert differences(reading_of(text), gold_of(name)) == []
