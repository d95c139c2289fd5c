"""form and collect: out to the units, through the programs they use, and back in."""

from __future__ import annotations

import io
import json
import shutil
import time
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from gkcheck.forms.cells import day_in, encoded, number_in, text_in
from tests import processes
from tests.conftest import examples, needs
from tests.office import converted

TITLES = ["序号", "工作任务", "具体要求", "职责", "完成时限", "目前状态", "完成情况", "办理日期", "进展情况", "佐证材料",
          "佐证发布日期", "存在问题", "下一步措施", "填报人", "联系电话"]  # fmt: skip
COLUMN = {title: i for i, title in enumerate(TITLES, 1)}


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    monkeypatch.setenv("GKCHECK_STORE", str(path))
    return path


@pytest.fixture
def sent(gk, tmp_path, store):
    """A folder of forms for the units named."""

    def send(*units, folder="out"):
        arguments = [word for unit in units for word in ("--unit", unit)]
        answer = gk("form", *arguments, "-o", tmp_path / folder)
        assert answer.code == 0, answer
        return tmp_path / folder

    return send


def row_of(sheet, task):
    return next(row[0].row for row in sheet.iter_rows(min_row=5) if row[0].value == task)


def fill(path, *rows, change=None):
    """Fill rows in: each a task and the cells by title."""
    book = openpyxl.load_workbook(path)
    sheet = book["填报表"]
    for task, cells in rows:
        for title, value in cells.items():
            cell = sheet.cell(row_of(sheet, task), COLUMN[title])
            cell.value = value
            if isinstance(value, str) and value.startswith("="):
                cell.data_type = "s"
    if change:
        change(book)
    book.save(path)


def state(gk, task, unit):
    found = gk("show", task, "--format", "json").json()["assignments"]
    return next(item for item in found if item["unit"] == unit)


def entries(store):
    return len(store.read_text("utf-8").splitlines()) - 1 if store.exists() else 0


# -- out ------------------------------------------------------------------------------------------------


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
    assert all(row[6:] == (None,) * 9 for row in rows)


def test_a_form_is_ready_to_fill_in_and_to_print(sent):
    book = openpyxl.load_workbook(sent("台城") / "台城街道.xlsx")
    sheet = book["填报表"]
    last = sheet.max_row
    assert [cell.protection.locked for cell in sheet[5]] == [True] * 6 + [False] * 9
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
    assert (facts["gkcheck-form"], facts["plan"], facts["unit"]) == ("1", "taishan-2019", "台城街道")


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
    assert not store.exists()


# -- back in --------------------------------------------------------------------------------------------


def test_a_filled_form_is_recorded_as_one_batch_once(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"
    fill(
        path,
        (23, {"完成情况": "已完成", "办理日期": datetime(2019, 11, 1), "进展情况": "方案已公布", "填报人": "经办人",
              "佐证材料": "招生方案：https://a.gov.cn/1.html\n台教〔2019〕5号", "佐证发布日期": "2019年10月30日"}),
        (6, {"完成情况": "推进中", "存在问题": "缺数据", "下一步措施": "催要", "联系电话": "0750-5520000"}),
        (1, {"完成情况": "受阻"}), (2, {"完成情况": "skipped"}), (3, {"完成情况": "未开始"}),
    )  # fmt: skip
    answer = gk("collect", path)
    assert answer.code == 0, answer
    assert "已记录 4 条" in answer.out
    found = state(gk, 23, "市教育局")
    assert (found["status"], found["by"], found["note"]) == ("done", "经办人", "方案已公布")
    assert found["evidence"] == [
        {"kind": "url", "value": "https://a.gov.cn/1.html", "title": "招生方案", "published": "2019-10-30"},
        {"kind": "text", "value": "台教〔2019〕5号", "published": "2019-10-30"},
    ]
    found = state(gk, 6, "市教育局")
    assert found["note"] == "存在问题：缺数据\n下一步措施：催要\n联系电话：0750-5520000"
    assert [state(gk, task, "市教育局")["status"] for task in (1, 2, 3)] == ["blocked", "skipped", "todo"]
    log = gk("log", "--format", "json").json()
    assert len({entry["batch"] for entry in log}) == 1
    assert [entry["on"] for entry in log if entry["task"] == 23] == ["2019-11-01"]
    before = store.read_bytes()
    answer = gk("collect", path)
    assert (answer.code, "没有新的填报内容" in answer.out, store.read_bytes()) == (0, True, before)
    gk("undo")
    assert state(gk, 23, "市教育局")["status"] == "todo"
    assert "已记录 4 条" in gk("collect", path).out


def test_a_dry_run_shows_and_writes_nothing(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "已完成"}))
    answer = gk("collect", path, "--dry-run")
    assert (answer.code, "将记录 1 条" in answer.out, "市教育局.xlsx!G" in answer.out) == (0, True, True)
    assert not store.exists()


def test_the_same_form_sent_in_again_with_more_adds_only_that(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "推进中", "进展情况": "起草"}))
    gk("collect", path)
    fill(path, (23, {"完成情况": "已完成", "进展情况": "印发"}), (6, {"完成情况": "推进中"}))
    assert "已记录 2 条" in gk("collect", path).out
    gk("confirm", 23)
    assert "没有新的" in gk("collect", path).out
    assert state(gk, 23, "市教育局")["status"] == "confirmed"


def test_what_moved_on_since_is_a_conflict_and_needs_force(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"
    gk("block", 23, "--note", "等文件")
    fill(path, (23, {"完成情况": "已完成"}), (6, {"完成情况": "已完成"}))
    before = entries(store)
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, before)
    assert "市教育局.xlsx!G" in answer.out
    assert "--force" in answer.out
    assert gk("collect", path, "--force").code == 0
    assert state(gk, 23, "市教育局")["status"] == "done"
    # What already stands as claimed is no conflict, whoever recorded it.
    gk("done", 24, "--unit", "市医疗保障局")
    assert gk("collect", path).code == 0


def test_a_note_or_a_deadline_of_the_office_is_no_conflict(gk, sent):
    path = sent("教育局") / "市教育局.xlsx"
    gk("note", 23, "--note", "请抓紧")
    gk("deadline", 23, "2019-12-01")
    fill(path, (23, {"完成情况": "已完成"}))
    assert gk("collect", path).code == 0


def test_a_confirmed_assignment_takes_no_form(gk, sent):
    gk("done", 23)
    gk("confirm", 23)
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "推进中"}))
    answer = gk("collect", path)
    assert (answer.code, "已办结" in answer.out) == (1, True)
    assert state(gk, 23, "市教育局")["status"] == "confirmed"


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
    assert not store.exists()


def test_two_files_that_disagree(gk, sent, store):
    folder = sent("教育局")
    path = folder / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "已完成"}))
    shutil.copy(path, folder / "市教育局（副本）.xlsx")
    assert gk("collect", folder, "--dry-run").code == 0
    fill(path, (23, {"完成情况": "推进中"}))
    answer = gk("collect", folder)
    assert (answer.code, entries(store)) == (1, 1)
    assert "市教育局（副本）.xlsx!G" in answer.out


def test_what_people_do_to_a_form_does_not_matter(gk, sent, store):
    """Sorted and hidden rows, moved and widened columns, full-width digits, codes, rows below."""
    path = sent("教育局") / "市教育局.xlsx"

    def change(book):
        sheet = book["填报表"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
        for r, row in enumerate(sorted(rows, key=lambda row: row[2]), 5):
            for c, value in enumerate(row, 1):
                sheet.cell(r, c).value = value
        sheet.cell(row_of(sheet, 6), 1).value = "６"
        sheet.row_dimensions[7].hidden = True
        sheet.column_dimensions["I"].width = 80
        sheet.insert_rows(1, 2)
        sheet.append(["填报人签名：", None, None, None, None, None, None, None, "2019年11月"])
        sheet.append([None, "合计", "22"])

    fill(path, (23, {"完成情况": " 已完成 ", "办理日期": "２０１９．１１．１", "联系电话": 13800138000}),
         (6, {"完成情况": "DONE", "办理日期": 43770, "填报人": "经办人"}), change=change)  # fmt: skip
    answer = gk("collect", path)
    assert answer.code == 0, answer
    assert "第 29 行没有序号" in answer.err
    log = {entry["task"]: entry for entry in gk("log", "--format", "json").json()}
    assert {task: (entry["action"], entry["on"]) for task, entry in log.items()} == {
        23: ("done", "2019-11-01"),
        6: ("done", "2019-11-01"),
    }
    assert log[23]["note"] == "联系电话：13800138000"
    assert log[23]["by"] == "经办人"


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "'=1", "\t=1".strip(), "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "a&b<c>\"d'",
    "]]>", "&amp;", "\x1b[31m红\x1b[0m", "‮abc", "_x001B_", "_x005F_x001B_", "a\nb", "😀𠮷", "#N/A", "#REF!", "TRUE",
    "007", "1e5", "2019-11-01", "{=1}", "%00", "../../etc", "长" * 15_000, "a  b", "－1", "＝1",
]  # fmt: skip


def test_hostile_words_of_a_unit_come_back_as_the_same_text(gk, sent, store):
    """Typed into a text cell, as office programs store it; recorded, exported and shown as they were."""
    folder = sent("台城", "市教育局")
    owed = [task["id"] for task in gk("tasks", "--unit", "台城", "--format", "json").json()]
    owed_too = [task["id"] for task in gk("tasks", "--unit", "市教育局", "--format", "json").json()]
    placed = [("台城街道", task) for task in owed] + [("市教育局", task) for task in owed_too]
    wanted = dict(zip(placed, HOSTILE, strict=False))
    for unit in ("台城街道", "市教育局"):
        rows = [
            (task, {"完成情况": "推进中", "进展情况": encoded(text)})
            for (owner, task), text in wanted.items()
            if owner == unit
        ]
        fill(folder / f"{unit}.xlsx", *rows)
    assert gk("collect", folder).code == 0
    assert {(entry["unit"], entry["task"]): entry["note"] for entry in gk("log", "--format", "json").json()} == wanted
    assert "\x1b" not in gk("collect", folder).out


def hostile_plan(tmp_path):
    plan = tmp_path / "hostile.yaml"
    units = ["=HYPERLINK(1)", "../../逃出", "a/b", "CON", "甲" * 120, "<b>乙</b>", '名:*?"<>|', "a:b", "丙"]
    tasks = [
        {"id": i, "number": str(i), "text": text, "responsible": units}
        for i, text in enumerate([text for text in HOSTILE if text.isprintable()], 1)
    ]
    plan.write_text(
        json.dumps(
            {
                "format": 1,
                "id": "hostile",
                "title": "=1+1",
                "units": [{"name": unit} for unit in units],
                "sections": [{"number": "一", "title": "@节", "tasks": tasks}],
            },
            ensure_ascii=False,
        ),
        "utf-8",
    )
    return plan


def test_hostile_names_and_texts_of_a_plan_go_out_and_come_back(gk, tmp_path, store):
    plan = hostile_plan(tmp_path)
    folder = tmp_path / "out"
    answer = gk("form", "--plan", plan, "-o", folder)
    assert answer.code == 0, answer
    paths = sorted(folder.iterdir())
    assert len(paths) == 9
    assert {path.parent for path in paths} == {folder}
    for path in paths:
        book = openpyxl.load_workbook(path)
        sheet = book["填报表"]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
        for row in sheet.iter_rows(min_row=5):
            row[6].value = "已完成"
        book.save(path)
    answer = gk("collect", folder, "--plan", plan)
    assert answer.code == 0, answer.out[-2000:]
    status = gk("status", "--plan", plan, "--format", "json").json()
    assert status["assignments"]["done"] == status["assignments"]["total"] == entries(store)


# -- through office programs ----------------------------------------------------------------------------


@pytest.mark.long
def test_libreoffice_saves_a_form_that_comes_back_the_same(gk, sent, store, tmp_path):
    folder = sent("教育局", "台城")
    # LibreOffice 7.4 reads _x005F_x001B_ as _x001B_ and writes that back unescaped: no reader can tell them apart then.
    hostile = {
        1: "=1+1",
        2: "\x1b[31m",
        3: "{=1}",
        4: "<b>&",
        5: "甲\n乙",
        7: "007",
        8: "‮abc",
        9: "'=1",
        12: "-1",
        13: "#N/A",
    }
    fill(
        folder / "台城街道.xlsx",
        *((task, {"完成情况": "推进中", "进展情况": encoded(text)}) for task, text in hostile.items()),
    )
    fill(folder / "市教育局.xlsx",
         (23, {"完成情况": "已完成", "办理日期": datetime(2019, 11, 1), "填报人": "经办人", "联系电话": "0750"}))  # fmt: skip
    saved = tmp_path / "saved"
    converted(saved, "xlsx", *folder.iterdir())
    answer = gk("collect", saved)
    assert answer.code == 0, answer
    log = gk("log", "--format", "json").json()
    assert {entry["task"]: entry["note"] for entry in log if entry["unit"] == "台城街道"} == hostile
    (entry,) = [entry for entry in log if entry["unit"] == "市教育局"]
    assert (entry["on"], entry["by"], entry["note"]) == ("2019-11-01", "经办人", "联系电话：0750")
    assert "没有新的" in gk("collect", folder).out
    sheet = openpyxl.load_workbook(saved / "台城街道.xlsx")["填报表"]
    assert sheet.print_title_rows == "$4:$4"


@pytest.mark.long
def test_a_form_prints_on_a4_lying_with_nothing_cut(gk, sent, tmp_path):
    needs("pdftotext", "pdfinfo")
    (pdf,) = converted(tmp_path / "saved", "pdf", sent("政府办") / "市政府办公室.xlsx")
    size = processes.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert "A4" in size
    assert "841.89 x 595.276" in size or "841.89 x 595.304" in size or "842 x 595" in size, size
    text = processes.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    pages = text.rstrip("\f").split("\f")
    assert all("完成情况" in page and "联系电话" in page for page in pages)
    shown = "".join(processes.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split())
    for task in gk("tasks", "--unit", "政府办", "--format", "json").json():
        last = "".join(task["text"].split())[-6:]
        assert last in shown, last


# -- cells ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (datetime(2019, 11, 1, 8, 30), date(2019, 11, 1)),
        (date(2019, 11, 1), date(2019, 11, 1)),
        (43770, date(2019, 11, 1)),
        (43770.5, date(2019, 11, 1)),
        ("43770", date(2019, 11, 1)),
        (20191101, date(2019, 11, 1)),
        ("2019-11-01 00:00:00", date(2019, 11, 1)),
        ("２０１９年１１月１日", date(2019, 11, 1)),
        ("2019/11/1", date(2019, 11, 1)),
        ("2019-11", None),
        (True, None),
        (-1, None),
        (10**20, None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_in_whatever_writing(value, day):
    assert day_in(value) == day


def test_cells_of_whatever_type():
    assert [text_in(value) for value in (None, 1, 1.0, 1.5, True, "a_x000D_\nb", "_xD83D__xDE00_", "_xD800_")] == [
        "", "1", "1", "1.5", "是", "a\nb", "😀", "�"]  # fmt: skip
    assert [number_in(value) for value in (23, 23.0, "２３", "23.", "x", None, True, "第2项")] == [
        23,
        23,
        23,
        23,
        None,
        None,
        None,
        None,
    ]


def test_reading_arbitrary_bytes_never_crashes():
    from hypothesis import given, settings
    from hypothesis import strategies as st

    from gkcheck.errors import BadDocument
    from gkcheck.forms.read import read_form

    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    whole = book.getvalue()

    @settings(max_examples=examples(25), deadline=None)
    @given(st.integers(0, len(whole) - 1), st.binary(min_size=1, max_size=8))
    def damaged(at, bytes_):
        data = whole[:at] + bytes_ + whole[at + len(bytes_) :]
        with pytest.raises(BadDocument):
            read_form(data, "x.xlsx")

    damaged()
