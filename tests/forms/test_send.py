"""`form`: one workbook for each unit that owes something, ready to fill in and to print."""

from __future__ import annotations

import openpyxl

from tests.forms.sheets import TITLES, row_of


def test_one_form_for_every_unit_that_owes_something(gk, sent):
    folder = sent()
    owing = {unit["unit"] for unit in gk("units", "--format", "json").json() if unit["total"]}
    assert {path.stem for path in folder.iterdir()} == owing
    assert len(owing) == 40


def test_a_form_holds_what_its_unit_owes(gk, sent):
    book = openpyxl.load_workbook(sent("市教育局") / "市教育局.xlsx")
    sheet = book["填报表"]
    assert [cell.value for cell in sheet[4]] == TITLES
    owed = gk("tasks", "--unit", "市教育局", "--format", "json").json()
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert [(row[0], row[2]) for row in rows] == [(task["id"], task["text"]) for task in owed]
    assert {row[3] for row in rows} == {"责任", "配合"}
    assert all(row[6:] == (None,) * 7 for row in rows)


def test_a_form_is_ready_to_fill_in_and_to_print(sent):
    book = openpyxl.load_workbook(sent("台城") / "台城街道.xlsx")
    sheet = book["填报表"]
    last = sheet.max_row
    assert [cell.protection.locked for cell in sheet[5]] == [True] * 6 + [False] * 7
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "D5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$4"
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules[f"G5:G{last}"].formula1 == '"未开始,推进中,受阻,已完成,不涉及"'
    assert {rule.type for rule in rules.values()} == {"list", "date"}
    assert all(sheet.row_dimensions[row].height >= 30 for row in range(4, last + 1))
    assert book["_gkcheck"].sheet_state == "hidden"
    facts = {row[0]: row[1] for row in book["_gkcheck"].iter_rows(values_only=True)}
    assert (facts["gkcheck-form"], facts["plan"], facts["unit"]) == ("2", "taishan-2019", "台城街道")


def test_a_form_shows_how_things_stand(gk, sent):
    gk("done", 23)
    gk("return", 23, "--note", "链接打不开")
    gk("done", 6, "--unit", "教育局")
    gk("confirm", 6, "--unit", "教育局")
    book = openpyxl.load_workbook(sent("教育局") / "市教育局.xlsx")
    sheet = book["填报表"]
    assert sheet.cell(row_of(sheet, 23), 6).value == "推进中（退回）：链接打不开"
    assert sheet.cell(row_of(sheet, 6), 6).value == "已办结"
    assert all(cell.protection.locked for cell in sheet[row_of(sheet, 6)])


def test_a_group_means_its_members_and_files_are_not_overwritten(gk, sent, tmp_path):
    folder = sent("各镇（街）")
    assert len(list(folder.iterdir())) == 17
    (folder / "台城街道.xlsx").unlink()
    (folder / "大江镇.xlsx").write_text("a clerk's own file")
    answer = gk("form", "-o", folder)
    assert (answer.code, "已经存在" in answer.err, len(list(folder.iterdir()))) == (2, True, 16)
    assert gk("form", "-o", folder, "--force").code == 0
    assert openpyxl.load_workbook(folder / "大江镇.xlsx")["填报表"]["C2"].value == "大江镇"


def test_what_cannot_be_sent_is_refused(gk, tmp_path, store):
    (tmp_path / "file").write_text("x")
    for arguments in (["--unit", "广海湾工业园区"], ["--unit", "没有的单位"], ["-o", tmp_path / "file"]):
        assert gk("form", *arguments).code == 2
    assert store.read_bytes().count(b"\n") == 1
