"""`collect` takes what units do to a form or lists it with its cell: nothing is dropped in silence."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Picture
from openpyxl.styles import Font
from PIL import Image

from tests.conftest import needs
from tests.forms.sheets import COLUMN, entries, fill, row_of, state
from tests.office import converted

LINK = "https://a.gov.cn/zfxxgk/1.html"
DONE = {"完成情况": "已完成"}


def cell_of(book, task, title):
    return book["填报表"].cell(row_of(book["填报表"], task), COLUMN[title])


def test_the_target_of_a_hyperlink_is_evidence(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"

    def link(book):
        cell_of(book, 23, "佐证材料").hyperlink = LINK
        cell_of(book, 6, "进展情况").hyperlink = LINK
        cell_of(book, 1, "佐证材料").hyperlink = LINK
        cell_of(book, 2, "职责").hyperlink = "mailto:a@gov.cn"

    fill(path, (23, {**DONE, "佐证材料": "招生方案"}), (6, {**DONE, "进展情况": "已公布"}),
         (1, {**DONE, "佐证材料": LINK}), (2, {**DONE, "填报人": "经办人"}), change=link)  # fmt: skip
    answer = gk("collect", path)
    assert (answer.code, "“职责”一栏的超链接 mailto:a@gov.cn 没有记录" in answer.out) == (1, True), answer
    assert state(gk, 2, "市教育局")["evidence"] == []
    found = [state(gk, task, "市教育局")["evidence"] for task in (23, 6, 1)]
    assert found == [[{"kind": "url", "value": LINK, "title": "招生方案"}], *[[{"kind": "url", "value": LINK}]] * 2]


def test_a_formula_hyperlink_that_nobody_computed_is_its_words_and_its_target(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"

    def link(book):
        cell_of(book, 23, "佐证材料").value = f'=HYPERLINK("{LINK}","招生方案")'
        cell_of(book, 6, "佐证材料").value = f'=HYPERLINK("{LINK}")'

    fill(path, (23, DONE), (6, DONE), change=link)
    assert gk("collect", path).code == 0
    assert state(gk, 23, "市教育局")["evidence"] == [{"kind": "url", "value": LINK, "title": "招生方案"}]
    assert state(gk, 6, "市教育局")["evidence"] == [{"kind": "url", "value": LINK}]


def test_a_status_merged_over_rows_is_all_of_them(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"
    rows = {}

    def merge(book):
        sheet = book["填报表"]
        sheet["G6"], sheet["H6"] = "已完成", "2019-11-01"
        rows.update({sheet.cell(row, 1).value: row for row in (6, 7, 8)})
        sheet.merge_cells("G6:G8")
        sheet.merge_cells("H6:H7")

    fill(path, change=merge)
    answer = gk("collect", path)
    assert answer.code == 0, answer
    log = {entry["task"]: (entry["action"], entry.get("on")) for entry in gk("log", "--format", "json").json()}
    day = {6: "2019-11-01", 7: "2019-11-01"}
    assert {task: log[task] for task in rows} == {task: ("done", day.get(row)) for task, row in rows.items()}, log


PRINTED = [("目前状态", "已完成", "要报告的请填在“完成情况”"), ("完成时限", "请延到12月", "没有记录")]


@pytest.mark.parametrize(("title", "typed", "said"), PRINTED)
def test_what_is_typed_into_a_printed_cell_is_named(gk, sent, store, title, typed, said):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {title: typed}), (6, DONE))
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 1), answer
    place = f"市教育局.xlsx!{'DEF'[['职责', '完成时限', '目前状态'].index(title)]}"
    (line,) = [line for line in answer.out.splitlines() if f"改写的“{typed}”" in line]
    assert line.startswith(place)
    assert said in line


@pytest.mark.parametrize(
    ("column", "typed", "said"),
    [("C", "请延期", "“具体要求”一栏不用填，改写的“请延期”没有记录"), ("A", 50, "序号 50 不是这份表里的")],
)
def test_what_is_typed_over_a_task_in_a_row_without_a_claim_is_named(gk, sent, store, column, typed, said):
    path = sent("教育局") / "市教育局.xlsx"

    def change(book):
        book["填报表"][f"{column}8"] = typed

    fill(path, (23, DONE), change=change)
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 1), answer
    assert f"市教育局.xlsx!{column}8: {said}" in answer.out


@pytest.mark.parametrize("area", ["G6:H7", "A6:A7"])
def test_other_merged_cells_are_named_and_their_rows_left_out(gk, sent, store, area):
    path = sent("教育局") / "市教育局.xlsx"

    def merge(book):
        sheet = book["填报表"]
        sheet["G6"], sheet["G9"] = "已完成", "已完成"
        sheet.merge_cells(area)

    fill(path, change=merge)
    answer = gk("collect", path)
    assert (answer.code, entries(store), f"市教育局.xlsx!{area}: 合并了单元格" in answer.out) == (1, 0, True), answer
    assert gk("collect", path, "--partial").code == 1
    assert entries(store) == 1


def test_a_copied_sheet_is_read_and_may_not_contradict(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"

    def copy(status):
        def change(book):
            book.security = None
            sheet = book.copy_worksheet(book["填报表"])
            sheet.title = "填报表（2）"
            for task in (6, 23):
                sheet.cell(row_of(sheet, task), COLUMN["完成情况"]).value = status

        return change

    fill(path, (23, DONE), change=copy("推进中"))
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 0), answer
    assert "市教育局.xlsx!填报表（2）!G" in answer.out
    assert "填了两次，内容不同" in answer.out
    assert "--partial" in answer.out
    fill(path, (23, {"完成情况": "推进中"}))
    assert gk("collect", path).code == 0
    assert [state(gk, task, "市教育局")["status"] for task in (6, 23)] == ["doing", "doing"]


@pytest.mark.parametrize(("name", "code"), [("台山市教育局", 0), ("大江镇", 1)])
def test_a_copied_sheet_may_write_an_alias_of_the_unit_but_no_other(gk, sent, store, name, code):
    path = sent("教育局") / "市教育局.xlsx"

    def copy(book):
        book.security = None
        book.copy_worksheet(book["填报表"]).title = "填报表（2）"
        book["填报表（2）"]["C2"] = name

    fill(path, (23, DONE), change=copy)
    answer = gk("collect", path, "--partial")
    assert (answer.code, entries(store)) == (code, 1 - code), answer
    assert ("市教育局.xlsx!填报表（2）!C2: 表上写的是“大江镇”" in answer.out) == bool(code)


def oddities(book):
    """Leave on a form what no row takes."""
    sheet = book["填报表"]
    sheet.cell(4, 17).value, sheet.cell(row_of(sheet, 23), 17).value = "备注", "待补充"
    sheet.cell(3, 20).value = "请尽快回复"
    cell_of(book, 23, "完成情况").comment = Comment("以电话为准", "经办人")
    cell_of(book, 6, "进展情况").font = Font(strike=True)
    cell_of(book, 1, "进展情况").value = CellRichText("已公布", TextBlock(InlineFont(strike=True), "，尚未开会"))
    cell_of(book, 2, "佐证材料").hyperlink = LINK
    cell_of(book, 2, "佐证材料").value = None
    book.security = None
    book.create_sheet("说明")["B2"] = "情况说明"
    image = io.BytesIO()
    Image.new("RGB", (8, 8)).save(image, "PNG")
    sheet.add_image(Picture(image), "J9")


SAID = [
    ("Q{23}", "增加的“备注”一栏有 1 格内容，“待补充”"),
    ("T3", "“请尽快回复”没有读"),
    ("G{23}", "批注“以电话为准”没有读"),
    ("I{6}", "有删除线的“旧的进展”没有读"),
    ("I{1}", "有删除线的“，尚未开会”没有读"),
    ("J{2}", f"空格里的超链接 {LINK}"),
    ("说明!B2", "工作表“说明”不是填报表，有 1 格内容没有读"),
    ("J9", "图片没有读"),
]


def odd_form(folder):
    path = folder / "市教育局.xlsx"
    fill(path, (23, DONE), (6, {**DONE, "进展情况": "旧的进展"}), (1, DONE), (2, DONE), change=oddities)
    sheet = openpyxl.load_workbook(path)["填报表"]
    return path, {task: row_of(sheet, task) for task in (23, 6, 1, 2)}


def check_listed(gk, path, rows, listed=SAID):
    answer = gk("collect", path)
    assert (answer.code, "已记录 4 条" in answer.out) == (1, True), answer
    for place, said in listed:
        for task, row in rows.items():
            place = place.replace(f"{{{task}}}", str(row))
        assert any(line.startswith(f"{path.name}!{place}: ") and said in line for line in answer.out.splitlines()), (
            place, said, answer.out)  # fmt: skip
    assert [state(gk, task, "市教育局")["note"] for task in (6, 1)] == [None, "已公布"]


def test_what_no_row_takes_is_listed_by_its_cell(gk, sent, store):
    check_listed(gk, *odd_form(sent("教育局")))


@pytest.mark.long
def test_what_no_row_takes_is_listed_after_libreoffice(gk, sent, store, tmp_path):
    needs("soffice")
    path, rows = odd_form(sent("教育局"))
    (saved,) = converted(tmp_path / "saved", "xlsx", path)
    check_listed(
        gk, saved, rows, [one for one in SAID if "空格" not in one[1]]
    )  # LibreOffice keeps no link without words


WORDS = [("√", "done"), ("完成。", "done"), (" 办结 ", "done"), ("是", "done"), ("进行中", "doing"), ("未启动", "todo")]


@pytest.mark.parametrize(("word", "status"), WORDS)
def test_words_for_a_status_are_understood_and_listed(gk, sent, store, word, status):
    path = sent("教育局") / "市教育局.xlsx"
    gk("start", 23, "--unit", "教育局") if status == "todo" else None
    path = sent("教育局", folder="again") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": word}))
    answer = gk("collect", path, "--force")
    assert (answer.code, state(gk, 23, "市教育局")["status"]) == (0, status), answer
    assert f"“{word.strip()}”按“" in answer.err


@pytest.mark.parametrize("word", ["未完成", "部分完成", "基本完成"])
def test_a_part_is_no_status_and_gets_no_hint(gk, sent, store, word):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": word}))
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 0)
    assert f"不认识的完成情况“{word}”，可填：" in answer.out


DAYS = [("11月5日", "2019-11-05"), ("11.5", "2019-11-05"), (11.5, "2019-11-05"), ("2019年10月", "2019-10-31"), (2019.09, "2019-09-30"),
        (2019.11, "2019-11-30"), (10.25, "2019-10-25")]  # fmt: skip
WHOLE = [("2019.11.5", "2019-11-05"), ("2019/11/5", "2019-11-05"), (20191105, "2019-11-05"), (43774, "2019-11-05")]


def made_in_2019(shown):
    """The form as one made in 2019, whose cell of the day shows its number so."""

    def change(book):
        sheet = book["_gkcheck"]
        next(row for row in sheet.iter_rows() if row[0].value == "made")[1].value = "2019-12-01T09:00:00+08:00"
        cell_of(book, 23, "办理日期").number_format = shown

    return change


@pytest.mark.parametrize("shown", ["General", "yyyy-mm-dd"])
@pytest.mark.parametrize(("typed", "day"), [*DAYS, *WHOLE])
def test_short_days_are_of_the_year_of_the_form_and_listed(gk, sent, store, typed, day, shown):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {**DONE, "办理日期": typed}), change=made_in_2019(shown))
    answer = gk("collect", path)
    assert answer.code == 0, answer
    assert gk("log", "--format", "json").json()[0]["on"] == day
    assert (f"市教育局.xlsx 中“{typed}”按“{day}”" in answer.err) == ((typed, day) in DAYS), answer


@pytest.mark.parametrize("shown", ["General", "yyyy-mm-dd"])
@pytest.mark.parametrize("typed", [11.1, 12.3, 2019.1])
def test_a_number_that_may_have_lost_its_last_digit_is_asked_about(gk, sent, store, typed, shown):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {**DONE, "办理日期": typed}), change=made_in_2019(shown))
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 0)
    assert f"“{typed}”也可能是 {typed}0，请先把单元格设为文本" in answer.out, answer


@pytest.mark.parametrize("typed", [2019, 11, 201911, 31.12])
def test_a_number_that_is_no_day_is_named_as_it_was_typed(gk, sent, store, typed):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {**DONE, "办理日期": typed}), change=made_in_2019("yyyy-mm-dd"))
    answer = gk("collect", path)
    assert (answer.code, entries(store), "不是日期，应写成 2019-12-31 的形式" in answer.out) == (1, 0, True), answer
    assert typed == 201911 or f"“{typed}”不是日期" in answer.out


@pytest.mark.parametrize(("name", "code"), [("教育局", 0), ("台山市教育局", 0), ("大江镇", 1), ("育", 1)])
def test_the_unit_may_write_an_alias_of_its_name(gk, sent, store, name, code):
    path = sent("教育局") / "市教育局.xlsx"

    def change(book):
        book["填报表"]["C2"] = name

    fill(path, (23, DONE), change=change)
    assert gk("collect", path).code == code


def test_the_sound_rows_of_a_form_with_a_wrong_cell_are_shown_and_recorded_on_demand(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "差不多了"}), (6, DONE))
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 0)
    assert "没有记录（所在的表有问题）" in answer.out
    assert "另有 1 行没有问题" in answer.out
    answer = gk("collect", path, "--partial")
    assert (answer.code, entries(store)) == (1, 1), answer
    assert state(gk, 6, "市教育局")["status"] == "done"


def test_going_back_is_asked_about(gk, sent, store):
    gk("done", 23, "--unit", "教育局")
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "未开始"}))
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 1)
    assert "请核对：具体要求 23 已经是“已完成”，这里填的是“未开始”" in answer.out
    assert gk("collect", path, "--force").code == 0
    assert state(gk, 23, "市教育局")["status"] == "todo"
