"""`collect` refuses what is wrong or no form, by its cell and in words; the sound forms beside it are taken."""

from __future__ import annotations

import shutil
import time
import zipfile
from datetime import datetime

import openpyxl
import pytest

from tests.forms.sheets import entries, fill, row_of, state

FINDINGS = [
    ({"完成情况": "差不多了"}, "G", "不认识的完成情况"),
    ({"完成情况": "已办结"}, "G", "由办公室审核确认"),
    ({"进展情况": "在做"}, "G", "没有选完成情况"),
    ({"完成情况": "已完成", "办理日期": "2019-02-30"}, "H", "不是日期"),
    ({"完成情况": "已完成", "办理日期": "11月"}, "H", "不是日期"),
    ({"完成情况": "已完成", "办理日期": datetime(2099, 1, 1)}, "H", "还没有到"),
    ({"完成情况": "已完成", "办理日期": 12}, "H", "不是日期"),
    ({"完成情况": "已完成", "佐证发布日期": "2019-11-01"}, "K", "没有写佐证材料"),
    ({"完成情况": "已完成", "佐证材料": "https://a.cn", "佐证发布日期": "昨天"}, "K", "不是日期"),
    ({"完成情况": "已完成", "进展情况": "长" * 20_001}, "I", "最多 20000"),
]


@pytest.mark.parametrize(("cells", "column", "said"), FINDINGS, ids=[said for _, _, said in FINDINGS])
def test_a_finding_names_its_cell_and_keeps_the_file_out(gk, sent, store, cells, column, said):
    folder = sent("教育局", "台城")
    fill(folder / "市教育局.xlsx", (23, cells), (6, {"完成情况": "已完成"}))
    fill(folder / "台城街道.xlsx", (1, {"完成情况": "已完成"}))
    answer = gk("collect", folder)
    assert answer.code == 1
    sheet = openpyxl.load_workbook(folder / "市教育局.xlsx")["填报表"]
    line = next(line for line in answer.out.splitlines() if said in line)
    assert line.startswith(f"市教育局.xlsx!{column}{row_of(sheet, 23)}: ")
    assert entries(store) == 1
    assert state(gk, 1, "台城街道")["status"] == "done"
    assert state(gk, 6, "市教育局")["status"] == "todo"


def change_text(book):
    sheet = book["填报表"]
    sheet.cell(row_of(sheet, 23), 3).value = "改写过的要求"


def change_number(book):
    sheet = book["填报表"]
    sheet.cell(row_of(sheet, 23), 1).value = 32


def change_to_nowhere(book):
    sheet = book["填报表"]
    sheet.cell(row_of(sheet, 23), 1).value = 99


def drop_number(book):
    sheet = book["填报表"]
    sheet.cell(row_of(sheet, 23), 1).value = None


def say_twice(book):
    sheet = book["填报表"]
    row = [cell.value for cell in sheet[row_of(sheet, 23)]]
    row[6] = "推进中"
    sheet.append(row)


def mark(key, value):
    def change(book):
        sheet = book["_gkcheck"]
        next(row for row in sheet.iter_rows() if row[0].value == key)[1].value = value

    return change


def drop_marks(book):
    book.security = None
    del book["_gkcheck"]


def drop_column(book):
    book["填报表"].delete_cols(9)


def other_unit(book):
    book["填报表"]["C2"] = "大江镇"


CHANGES = [
    (change_text, "市教育局.xlsx!C", "文字与责任分工表不同"),
    (change_number, "市教育局.xlsx!A", "不是“市教育局”的责任项"),
    (change_to_nowhere, "市教育局.xlsx!A", "没有第 99 项"),
    (drop_number, "市教育局.xlsx!G", "没有序号"),
    (say_twice, "市教育局.xlsx!G", "填了两次"),
    (mark("plan", "jiangmen-2020"), "市教育局.xlsx: ", "“jiangmen-2020”的填报表"),
    (mark("gkcheck-form", "9"), "市教育局.xlsx: ", "请升级"),
    (mark("unit", "市教育和体育局"), "市教育局.xlsx!C2", "没有“市教育和体育局”这个单位"),
    (mark("23", "0123456789abcdef"), "市教育局.xlsx!C", "有变更"),
    (other_unit, "市教育局.xlsx!C2", "发给“市教育局”"),
    (drop_marks, "市教育局.xlsx: ", "没有登记页"),
    (drop_column, "市教育局.xlsx: ", "表头缺少“进展情况”"),
]


@pytest.mark.parametrize(("change", "place", "said"), CHANGES, ids=[said for _, _, said in CHANGES])
def test_a_form_that_was_changed_is_found_out(gk, sent, store, change, place, said):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "已完成"}), change=change)
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 0), answer
    assert any(line.startswith(place) and said in line for line in answer.out.splitlines()), answer.out


def test_a_renamed_unit_is_told_its_new_name(gk, sent, tmp_path, store):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "已完成"}))
    from gkcheck.cli.context import built_in_plan

    text = built_in_plan().read_text("utf-8")
    renamed = text.replace("{name: 市教育局,", "{name: 市教育和体育局, ").replace(
        "aliases: [教育局]", "aliases: [教育局, 市教育局]"
    )
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        renamed.replace("[市教育局]", "[市教育和体育局]").replace(" 市教育局,", " 市教育和体育局,"), "utf-8"
    )
    answer = gk("collect", path, "--plan", plan)
    assert (answer.code, "现在可能叫“市教育和体育局”" in answer.out) == (1, True), answer


def make_xls(path):
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def make_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * (60 << 20))


def make_entities(path):
    shutil.copy(path.with_name("市教育局.xlsx"), path)
    rewrite(
        path, "xl/workbook.xml", lambda xml: xml.replace(b"<workbook", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook', 1)
    )


def make_quiet_entities(path):
    shutil.copy(path.with_name("市教育局.xlsx"), path)
    rewrite(
        path,
        "xl/workbook.xml",
        lambda _: '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16"),
    )


def make_torn(path):
    path.write_bytes(path.with_name("市教育局.xlsx").read_bytes()[:5000])


def make_docx(path):
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<a/>")


def make_plain(path):
    book = openpyxl.Workbook()
    book.active.append(["序号", "完成情况"])
    book.save(path)


def make_huge(path):
    path.write_bytes(b"PK" + bytes(25 << 20))


def rewrite(path, name, change):
    with zipfile.ZipFile(path) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for part, data in parts.items():
            package.writestr(part, data)


NO_FORMS = [
    ("a.csv", lambda path: path.write_text("序号,完成情况\n1,已完成\n", "utf-8"), "不是工作簿"),
    ("a.xlsx", lambda path: path.write_bytes(b""), "空文件"),
    ("a.xls", make_xls, "另存为 xlsx"),
    ("a.et", make_xls, "另存为 xlsx"),
    ("bomb.xlsx", make_bomb, "大得不正常"),
    ("entities.xlsx", make_entities, "实体"),
    ("quiet.xlsx", make_quiet_entities, "实体"),
    ("torn.xlsx", make_torn, "损坏"),
    ("b.xlsx", make_docx, "不是 xlsx 工作簿"),
    ("c.xlsx", make_plain, "没有登记页"),
    ("d.xlsx", make_huge, "超过 20 MB"),
]


@pytest.mark.parametrize(("name", "make", "said"), NO_FORMS, ids=[name for name, _, _ in NO_FORMS])
def test_what_is_no_form_is_refused_in_words_and_quickly(gk, sent, store, name, make, said):
    """Whatever it is, the sound forms beside it are taken."""
    folder = sent("教育局")
    fill(folder / "市教育局.xlsx", (23, {"完成情况": "已完成"}))
    make(folder / name)
    started = time.process_time()
    answer = gk("collect", folder)
    assert time.process_time() - started < 10
    assert answer.code == 1
    assert any(line.startswith(f"{name}: ") and said in line for line in answer.out.splitlines()), answer.out
    assert entries(store) == 1


def test_a_path_that_is_not_there_is_refused(gk, tmp_path, store):
    assert gk("collect", tmp_path / "没有.xlsx").code == 2
    assert gk("collect", tmp_path).code == 2
    assert store.read_bytes().count(b"\n") == 1
