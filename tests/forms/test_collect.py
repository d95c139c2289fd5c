"""`collect`: what units filled in is recorded once, whatever they did to the sheet."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

from tests.forms.sheets import entries, fill, row_of, state


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
    assert (found["note"], found["claim"]["problem"], found["claim"]["next"]) == (None, "缺数据", "催要")
    assert [state(gk, task, "市教育局")["status"] for task in (1, 2, 3)] == ["blocked", "skipped", "todo"]
    log = gk("log", "--format", "json").json()
    assert len({entry["batch"] for entry in log}) == 1
    assert [entry["on"] for entry in log if entry["task"] == 23] == ["2019-11-01"]
    before = store.read_bytes()
    answer = gk("collect", path)
    assert (answer.code, "没有新的填报内容" in answer.out, store.read_bytes()) == (0, True, before)
    refused = gk("undo")
    assert (refused.code, state(gk, 23, "市教育局")["status"]) == (2, "done")
    assert gk("undo", log[0]["batch"]).code == 0
    assert state(gk, 23, "市教育局")["status"] == "todo"
    assert "已记录 4 条" in gk("collect", path).out


def test_a_dry_run_shows_and_writes_nothing(gk, sent, store):
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "已完成"}))
    answer = gk("collect", path, "--dry-run")
    assert (answer.code, "将记录 1 条" in answer.out, "市教育局.xlsx!G" in answer.out) == (0, True, True)
    assert store.read_bytes().count(b"\n") == 1


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
    assert answer.code == 1, "what stands below the table is listed"
    assert "市教育局.xlsx!A29: 这一行没有序号和完成情况，“填报人签名：”等 2 格没有读" in answer.out
    assert "市教育局.xlsx!B30: 这一行没有序号和完成情况，“合计”等 2 格没有读" in answer.out
    log = {entry["task"]: entry for entry in gk("log", "--format", "json").json()}
    assert {task: (entry["action"], entry["on"]) for task, entry in log.items()} == {
        23: ("done", "2019-11-01"),
        6: ("done", "2019-11-01"),
    }
    assert log[23]["note"] is None, "a telephone number is no fact of the journal"
    assert log[23]["by"] == "经办人"


def test_a_form_of_a_period_that_is_over_must_name_the_day(gk, sent, store, monkeypatch):
    """What a unit says of last month is no claim for this one."""
    clock = Mock()
    monkeypatch.setattr("gkcheck.cli.context.datetime", clock)
    clock.now.return_value = at = datetime(2019, 10, 31, 1, tzinfo=UTC)
    gk("deadline", 23, "--every", "month")
    path = sent("教育局") / "市教育局.xlsx"
    fill(path, (23, {"完成情况": "已完成"}))
    clock.now.return_value = at + timedelta(days=1)
    before = store.read_bytes()
    answer = gk("collect", path)
    assert (answer.code, "每月一次，这份表是 2019-10-31 发的，请填办理日期" in answer.out) == (1, True), answer
    assert store.read_bytes() == before
    fill(path, (23, {"完成情况": "已完成", "办理日期": datetime(2019, 10, 30)}))
    assert gk("collect", path).code == 0
    cell = next(one for one in gk("show", 23, "--format", "json").json()["assignments"] if one["unit"] == "市教育局")
    assert cell["status"] == "todo"
    assert [(one["name"], one["status"]) for one in cell["periods"]][-2:] == [("10月", "done"), ("11月", "todo")]
