"""Contacts: asked once on a form, kept in a register, printed on letters; no number stands in anything passed round."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.cli.params import parameters_of
from gkcheck.cli.registry import COMMANDS
from gkcheck.contacts import Contact, load_contacts, save_contacts
from gkcheck.exporters.registry import DATA, DOCUMENTS, suffixes_of
from gkcheck.journal import record_format
from gkcheck.journal.lock import hold_lock, silent
from gkcheck.paths import config_directory
from gkcheck.plan.reader import read_plan
from gkcheck.plan.writer import render_plan
from gkcheck.text.phones import is_phone, name_and_phone, phone_in
from tests import processes
from tests.forms.sheets import entries, fill, row_of, state

PHONE, PLANNED = "0750-5598761", "0750-5598762"
"""The planted numbers: one of a form, one of the plan."""


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(record_format.header("taishan-2019"))
    monkeypatch.setenv("GKCHECK_STORE", str(path))
    return path


@pytest.fixture
def sent(gk, tmp_path, store):
    """The form of 市教育局."""
    assert gk("form", "--unit", "市教育局", "-o", tmp_path / "out").code == 0
    return tmp_path / "out" / "市教育局.xlsx"


@pytest.fixture
def register(own_home):
    return config_directory() / "contacts.json"


def known(gk, *arguments):
    return gk("units", "--contacts", "--format", "json", *arguments).json()


# -- the numbers in what people write -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请找张三13800138000", "13800138000"),
        ("１３８ ００１３ ８０００", "138 0013 8000"),
        ("+86-138-0013-8000", "+86-138-0013-8000"),
        ("8613800138000", "8613800138000"),
        ("008613800138000", "008613800138000"),
        ("138 001 38000", "138 001 38000"),
        ("138.0013.8000", "138.0013.8000"),
        ("张三（0750）5512345", "(0750)5512345"),
        ("0750－5512345", "0750-5512345"),
        ("0750—5512345转801", "0750-5512345"),
        ("0750 - 5512345", "0750 - 5512345"),
        ("+86 750 5512345", "+86 750 5512345"),
        ("86-750-5512345", "86-750-5512345"),
        ("热线400-123-4567", "400-123-4567"),
        ("电话：5512345", "5512345"),
        ("联系电话为55123456。", "55123456"),
        ("Tel.5512345", "5512345"),
        ("Tel.13800138000", "13800138000"),
        ("电话20191105", "20191105"),
        ("短号661234", "661234"),
        ("张三-5512345", "5512345"),
        ("请找张三5512345", "5512345"),
        ("请找张三（５５１２３４５）", "5512345"),
        ("张三/5512345", "5512345"),
        ("王达5512345", "5512345"),
        ("5512345转801", "5512345"),
        ("5512345ext801", "5512345"),
        ("5512345分机801", "5512345"),
        ("5512345 人社局李四", "5512345"),
        ("5512345、5512346", "5512345"),
        ("551-2345", "551-2345"),
        ("8765 4321", "8765 4321"),
        ("见https://a.gov.cn/a.html，13800138000", "13800138000"),
        ("见a.gov.cn/a.html（5512345）", "5512345"),
        ("https://a.gov.cn/a.html;13800138000", "13800138000"),
        ("tel:13800138000", "13800138000"),
    ],
)
def test_a_telephone_number_is_found_in_words(text, found):
    assert phone_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "", "2019-11-01", "20191105", "20191105-20191231", "2019 1105", "2018-2019", "2019.11.05", "20191305",
        "台府办函〔2019〕362号", "台府办〔2019〕12号", "GB/T 9704-2012", "索引号：2234567", "编号：5512345", "第5512345号", "No.5512345",
        "投入资金：5000000元", "5512345元", "5512345 元", "5512345余元", "金额（元）：5512345", "¥5512345", "5,512,345元", "2234567.50",
        "13800138000元", "12345人", "5512345人", "5512345人次", "2345678平方米", "访问量2234567", "2000-3000人", "12345热线", "43770",
        "统一代码 124407810138001380001", "91440781MA4UXXXX2K", "440781199001011234", "6228480402564890018", "3.13800138000",
        "https://www.a.gov.cn/13800138000.html", "www.a.gov.cn/art/2019/11/1/art_13800138000.html", "a.gov.cn/zwgk/5512345/",
        "zwgk/5512345.html", "https://a.gov.cn/a?id=5512345", "IMG_5512345.jpg", "编号（5512345）", "公告2019-5512345", "GD-5512345", "5512345.pdf", "5512345@qq.com",
    ],
)  # fmt: skip
def test_other_digits_are_no_telephone_number(text):
    assert phone_in(text) is None


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("张三", "张三", ""),
        ("张三 13800138000", "张三", "13800138000"),
        ("张三（电话：0750—5512345）", "张三", "0750-5512345"),
        ("张三（0750）5512345", "张三", "(0750)5512345"),
        ("0750-5512345", "", "0750-5512345"),
        ("张三、13800138000", "张三", "13800138000"),
        ("张三5512345转801", "张三", "5512345转801"),
        ("张三13800138000、李四 13900139000", "张三、李四", "13800138000、13900139000"),
        ("张三（13800138000）\n李四（13900139000）", "张三、李四", "13800138000、13900139000"),
        ("张 三13800138000 13900139000", "张 三", "13800138000、13900139000"),
    ],
)
def test_numbers_beside_names_are_told_from_them(text, name, phone):
    assert name_and_phone(text) == (name, phone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, True) for text in (
            "5512345", "0750-5512345", "（0750）5512345", "0750-5512345转801", "0750-5512345 分机801", "0750-5512345内线 801",
            "5512345 ext 801", "+86 138 0013 8000", "0750-5512345、13800138000", "13800138000/13900139000", "13800138000 13900139000",
        )),
        *((text, False) for text in (
            "", "、", "见附件", "12345", "2019-11-01", "20191101", "2019/11/1", "2019.11.01", "2019年11月1日", "2019-11-01 5512345",
            "2019-11-01 08:00:00", "13800138000、2019-11-01", "13800138000（张三）", "abc5512345", "、".join(["13800138000"] * 6),
        )),
    ],
)  # fmt: skip
def test_what_may_stand_where_a_telephone_number_is_asked_for(text, expected):
    assert is_phone(text) is expected


# -- the plan -------------------------------------------------------------------------------------------


@pytest.fixture
def plan(tmp_path):
    """The built-in plan with a contact of 市财政局."""
    text = Path(built_in_plan()).read_text("utf-8")
    line = next(line for line in text.splitlines() if "name: 市财政局" in line)
    path = tmp_path / "tasks.yaml"
    path.write_text(
        text.replace(line, line.replace("市财政局", f"市财政局, contact: 李四, phone: {PLANNED}", 1)), "utf-8"
    )
    return path


def test_a_plan_names_contacts_and_keeps_them_when_written(gk, plan):
    expected = {"unit": "市财政局", "contact": "李四", "phone": PLANNED, "source": "plan"}
    assert known(gk, "--plan", plan) == [expected]
    read, _ = read_plan(plan.read_text("utf-8"), plan.name)
    plan.write_text(render_plan(read, ""), "utf-8")
    assert known(gk, "--plan", plan) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [(PLANNED, "见附件", "phone 不像电话号码"), ("李四", "李四13800138000", "contact 里有电话号码")],
)
def test_a_contact_that_is_none_is_named_with_its_line(gk, plan, old, new, said):
    plan.write_text(plan.read_text("utf-8").replace(old, new), "utf-8")
    answer = gk("check", "--plan", plan)
    assert answer.code != 0
    assert said in answer.out + answer.err


# -- the register ---------------------------------------------------------------------------------------


def test_a_form_asks_once_and_the_register_keeps_it(gk, sent, store, register):
    fill(sent, (23, {"完成情况": "已完成", "填报人": "张三", "联系电话": PHONE}), (6, {"完成情况": "推进中"}))
    answer = gk("collect", sent, "--dry-run")
    assert (answer.code, register.exists()) == (0, False)
    answer = gk("collect", sent)
    assert (answer.code, "联系人名册更新了 1 个单位" in answer.err) == (0, True), answer
    assert known(gk) == [{"unit": "市教育局", "contact": "张三", "phone": PHONE, "source": "form"}]
    assert known(gk, "市财政局") == []
    assert PHONE in gk("units", "--contacts").out
    assert gk("where", "--format", "json").json()["contacts"]["value"] == str(register)
    if os.name == "posix":
        assert register.stat().st_mode & 0o77 == 0
    assert {entry["by"] for entry in gk("log", "--format", "json").json()} == {"张三"}
    before = register.read_bytes()
    assert "名册" not in gk("collect", sent).err
    assert register.read_bytes() == before


def test_the_form_made_last_counts(gk, sent, store, tmp_path):
    fill(sent, (23, {"联系电话": "13800138000", "填报人": "张三"}))

    def later(book):
        for row in book["_gkcheck"].iter_rows(max_col=2):
            if row[0].value == "made":
                row[1].value = "2099-01-01T00:00:00+08:00"

    newer = tmp_path / "newer.xlsx"
    newer.write_bytes(sent.read_bytes())
    fill(newer, (23, {"联系电话": PHONE, "填报人": "李四"}), change=later)
    assert gk("collect", newer, sent).code == 0
    assert gk("collect", sent).code == 0
    assert [(one["contact"], one["phone"]) for one in known(gk)] == [("李四", PHONE)]


def test_a_form_of_before_asks_in_every_row_and_is_still_read(gk, sent, store):
    def as_before(book):
        book["_gkcheck"]["B1"] = "1"
        sheet = book["填报表"]
        for address in [str(area) for area in sheet.merged_cells.ranges if area.min_row == 2]:
            sheet.unmerge_cells(address)
        for column in "DEFGHI":
            sheet[f"{column}2"] = None
        sheet["N4"], sheet["O4"] = "填报人", "联系电话"
        sheet.cell(row_of(sheet, 23), 14).value = "张三"
        sheet.cell(row_of(sheet, 23), 15).value = 13800138000
        sheet.cell(row_of(sheet, 6), 14).value = "李四（13900139000）"
        sheet.cell(row_of(sheet, 2), 14).value, sheet.cell(row_of(sheet, 2), 15).value = "张三", 13800138000
        sheet.cell(row_of(sheet, 5), 14).value = "王五"

    fill(sent, (23, {"完成情况": "已完成"}), (6, {"完成情况": "推进中"}), (1, {"完成情况": "推进中"}), change=as_before)
    assert gk("collect", sent).code == 0
    by = {entry["task"]: entry["by"] for entry in gk("log", "--format", "json").json()}
    assert by == {1: "张三", 23: "张三", 6: "李四"}
    (one,) = known(gk)
    assert one == {
        "unit": "市教育局",
        "contact": "张三、李四、王五",
        "phone": "13800138000、13900139000",
        "source": "form",
    }


@pytest.mark.parametrize("cells", [
    {"F2": "张三、李四", "I2": "0750-5598761转801、13900139000"},
    {"F2": "张三0750-5598761转801、李四13900139000"},
    {"F2": "张三", "I2": "0750-5598761转801", "D3": "填报人：李四", "H3": "联系电话：", "I3": 13900139000},
    {"F2": "张三", "I2": "0750-5598761转801", "填报表（2）!F2": "李四", "填报表（2）!I2": 13900139000},
])  # fmt: skip
def test_several_names_and_numbers_are_all_kept(gk, sent, store, cells):
    def several(book):
        sheet = book["填报表"]
        for area in [str(area) for area in sheet.merged_cells.ranges if area.min_row == 3]:
            sheet.unmerge_cells(area)
        if any("!" in address for address in cells):
            book.security = None
            book.copy_worksheet(sheet).title = "填报表（2）"
        for address, value in cells.items():
            title, _, place = address.rpartition("!")
            book[title or "填报表"][place] = value

    fill(sent, (23, {"完成情况": "已完成"}), change=several)
    answer = gk("collect", sent)
    assert answer.code == 0, answer
    assert [(one["contact"], one["phone"]) for one in known(gk)] == [("张三、李四", "0750-5598761转801、13900139000")]
    assert not any(number in store.read_text("utf-8") for number in ("5598761", "13900139000"))


def test_each_cell_that_holds_no_number_is_named(gk, sent, store):
    def several(book):
        sheet = book["填报表"]
        for area in [str(area) for area in sheet.merged_cells.ranges if area.min_row == 3]:
            sheet.unmerge_cells(area)
        sheet["H3"], sheet["I3"] = "联系电话：", "2019-11-01"
        book.security = None
        copy = book.copy_worksheet(sheet)
        copy.title, copy["I2"] = "二", "转801"

    fill(sent, (23, {"完成情况": "已完成", "联系电话": "见附件"}), change=several)
    answer = gk("collect", sent)
    assert (answer.code, entries(store)) == (1, 0)
    assert all(
        f"市教育局.xlsx!{place}: 联系电话不像电话号码" in answer.out for place in ("I2", "I3", "二!I2", "二!I3")
    ), answer


def test_a_claim_that_nobody_signed_is_that_of_its_unit(gk, sent, store):
    fill(sent, (23, {"完成情况": "已完成"}))
    assert gk("collect", sent, "--by", "收表人").code == 0
    (entry,) = gk("log", "--format", "json").json()
    assert (entry["by"], entry["recorded_by"]) == ("市教育局", "收表人")
    assert state(gk, 23, "市教育局")["by"] == "市教育局"
    assert known(gk) == []


def test_a_number_beside_the_name_is_no_part_of_the_name(gk, sent, store):
    fill(sent, (23, {"完成情况": "已完成", "填报人": f"张三（{PHONE}）"}))
    assert gk("collect", sent).code == 0
    assert [(one["contact"], one["phone"]) for one in known(gk)] == [("张三", PHONE)]
    assert PHONE not in store.read_text("utf-8")


def test_a_hyperlink_that_dials_is_named_and_not_recorded(gk, sent, store):
    def link(book):
        book["填报表"].cell(row_of(book["填报表"], 23), 9).hyperlink = f"tel:{PHONE}"

    fill(sent, (23, {"完成情况": "已完成", "进展情况": "请找张三"}), change=link)
    answer = gk("collect", sent)
    assert (answer.code, "写了电话号码" in answer.out, entries(store)) == (1, True, 0)


@pytest.mark.parametrize("number", ["5512345", "0750-5512345", "138 1234 5678", "+8613812345678", "５５１２３４５"])
def test_a_number_in_any_writing_reaches_no_note(gk, sent, store, number):
    fill(sent, (23, {"完成情况": "已完成", "进展情况": f"已公布，请找张三{number}"}), (6, {"完成情况": "推进中"}))
    answer = gk("collect", sent, "--partial")
    (line,) = [line for line in answer.out.splitlines() if "写了电话号码" in line]
    assert (answer.code, line.startswith("市教育局.xlsx!I"), entries(store)) == (1, True, 1)
    assert number not in answer.out + store.read_text("utf-8")


@pytest.mark.parametrize("title", ["进展情况", "存在问题", "下一步措施", "佐证材料", "完成情况", "办理日期"])
def test_a_number_among_the_words_is_named_and_not_recorded(gk, sent, store, title):
    fill(sent, (23, {"完成情况": "已完成", title: f"请找张三{PHONE}"}))
    answer = gk("collect", sent)
    assert (answer.code, "写了电话号码" in answer.out, PHONE in answer.out) == (1, True, False)
    assert PHONE not in store.read_text("utf-8")


def test_what_is_no_number_is_named(gk, sent, store):
    fill(sent, (23, {"完成情况": "已完成", "填报人": "张三", "联系电话": "见附件"}))
    answer = gk("collect", sent)
    assert (answer.code, "市教育局.xlsx!I2: 联系电话不像电话号码" in answer.out) == (1, True)
    assert known(gk) == []


def test_a_number_that_cannot_be_told_from_the_name_is_named(gk, sent, store):
    fill(sent, (23, {"完成情况": "已完成", "填报人": "张三（短号661234）"}))
    answer = gk("collect", sent)
    assert (answer.code, "市教育局.xlsx!F2: 分不清填报人和电话号码" in answer.out, entries(store)) == (1, True, 0)


@pytest.mark.parametrize(
    "damaged", ["{", "[]", '{"p": 1}', '{"p": {"u": {"name": 1, "phone": "", "made": ""}}}', "\xff"]
)
def test_a_damaged_register_is_named_and_the_claims_stand(gk, sent, store, register, damaged):
    register.parent.mkdir(parents=True, exist_ok=True)
    register.write_bytes(damaged.encode("latin-1"))
    fill(sent, (23, {"完成情况": "已完成", "填报人": "张三", "联系电话": PHONE}))
    answer = gk("collect", sent)
    assert (answer.code, "已损坏" in answer.err, "已记录 1 条" in answer.out) == (1, True, True)
    assert gk("units", "--contacts").code == 2
    assert register.read_bytes() == damaged.encode("latin-1")
    register.unlink()
    assert gk("collect", sent).code == 0
    assert known(gk)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_two_processes_that_write_at_once_lose_nothing(tmp_path):
    """Each adds the contacts of 40 units one by one; all 80 are there."""
    path = tmp_path / "contacts.json"

    def write(first):
        for i in range(first, first + 40):
            save_contacts(path, "p", {f"单位{i}": Contact("张三", PHONE, "2019")}, 60, silent)

    children = [processes.fork(partial(write, first)) for first in (0, 40)]
    assert [processes.wait(child) for child in children] == [0, 0]
    assert set(load_contacts(path, "p")) == {f"单位{i}" for i in range(80)}


def test_two_collects_at_once_keep_both_contacts(gk, gkcheck, tmp_path, store, register):
    """One waits while the register is being written, and says so; the other gives up, and what it read is recorded."""
    assert gk("form", "-o", tmp_path / "out").code == 0
    first, second = (tmp_path / "out" / f"{unit}.xlsx" for unit in ("市教育局", "市财政局"))
    fill(first, (23, {"完成情况": "已完成", "填报人": "张三", "联系电话": PHONE}))
    fill(second, (6, {"完成情况": "已完成", "填报人": "李四", "联系电话": PLANNED}))
    register.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "gkcheck", "collect", first]
    with hold_lock(register.with_name("contacts.json.lock"), 5, silent):
        waiting = processes.start(command, stdout=processes.PIPE, stderr=processes.PIPE)
        answer = gkcheck("collect", second, env={"GKCHECK_LOCK_TIMEOUT": "3"})
        assert (answer.code, "联系人没有记进名册：等了 3 秒" in answer.err, "已记录 1 条" in answer.out) == (
            1,
            True,
            True,
        )
    out, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, out
    assert gkcheck("collect", second).code == 0
    assert {one["unit"] for one in known(gk)} == {"市教育局", "市财政局"}


# -- where a number stands, and where it must not -------------------------------------------------------


def texts(path: Path) -> str:
    """Return everything that a file holds; of a package, of all of its parts."""
    data = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            data = b"\n".join(package.read(name) for name in package.namelist())
    return data.decode("utf-8", "replace")


def everything(place: Path) -> list[list[object]]:
    """Return a run of every command, in each of its formats; letters only as what is not the letter."""
    lines: dict[str, list[list[object]]] = {
        **{name: [[23, "--unit", "市教育局"]] for name in ("done", "start", "skip", "reopen", "confirm")},
        **{name: [[23, "--unit", "市教育局", "--note", "原因"]] for name in ("block", "note", "return")},
        "show": [[23]], "units": [[], ["市教育局"]], "log": [[], ["--unit", "市教育局"]], "tasks": [[], ["--unit", "市教育局"]],
        "deadline": [[23, "2019-12-01"]], "form": [["-o", place / "next", "--force"]], "collect": [[place / "out"]],
        "remind": [["--list"], ["--dry-run", "-o", place / "next"]],
        "export": [[place / f"out{suffix}", "--force"] for suffix in suffixes_of(DATA)],
        "report": [[place / f"report{suffix}", "--force"] for suffix in suffixes_of(DOCUMENTS)],
        "template": [["letter", "-o", place / "t.docx"]], "import": [[place / "report.docx", "-o", place / "i.yaml"]],
        "merge": [[place / "journal.jsonl"]], "push": [["postgresql://nobody@127.0.0.1:1/none"]], "store": [["init"]],
    }  # fmt: skip
    assert lines.keys() <= COMMANDS.keys()
    runs: list[list[object]] = []
    for name, command in COMMANDS.items():
        formats = next((one.choices for one in parameters_of(command.load()) if one.name == "format"), [])
        for line in lines.get(name, [[]]):
            own = [["--format", str(one)] for one in formats] if name != "remind" else [[]]
            runs += [[name, *line, *wanted] for wanted in own or [[]]]
    return [*runs, *(["remind", "--list", "--format", one] for one in ("table", "json", "csv", "tsv", "md"))]


def test_a_planted_number_stands_on_letters_and_in_the_register_only(
    gk, sent, store, plan, register, tmp_path, monkeypatch
):
    monkeypatch.setenv("GKCHECK_PLAN", str(plan))
    fill(sent, (23, {"完成情况": "已完成", "进展情况": "方案已公布", "填报人": "张三", "联系电话": PHONE}))
    answer = gk("collect", sent)
    assert answer.code == 0, answer
    assert PHONE not in answer.out + answer.err
    assert gk("remind", "--unit", "市教育局", "--unit", "市财政局", "-o", tmp_path / "letters").code == 0
    letters = {path.stem.rpartition("-")[2]: texts(path) for path in (tmp_path / "letters").iterdir()}
    assert f"送：张三，电话{PHONE}" in letters["市教育局"]
    assert f"送：李四，电话{PLANNED}" in letters["市财政局"]
    for line in everything(tmp_path):
        answer = gk(*line)
        said = answer.out + answer.err
        assert answer.code in (0, 1, 2), (line, answer)
        assert not any(number in said for number in (PHONE, PLANNED)), line
    assert openpyxl.load_workbook(tmp_path / "next" / "市教育局.xlsx")
    assert {path.suffix for path in tmp_path.glob("out.*")} == set(suffixes_of(DATA))
    kept = {sent, plan, *(tmp_path / "letters").iterdir()}
    for path in tmp_path.rglob("*"):
        if path.is_file() and path not in kept and ".cache" not in path.parts:
            assert not any(number in texts(path) for number in (PHONE, PLANNED)), path
    assert json.loads(register.read_text("utf-8"))
