"""A ledger (台账) that an office kept on its own is taken over: every status right, and a second time nothing."""

from __future__ import annotations

import io
import itertools
import random

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Picture
from openpyxl.styles import Font
from PIL import Image

from gkcheck.cli.context import built_in_plan
from tests.forms import ledgers
from tests.forms.ledgers import TASK_TITLES, UNIT_TITLES, grid_of, save_csv, save_docx, save_xlsx, statuses
from tests.forms.sheets import entries, state
from tests.office import converted


def collected_twice(gk, store, path):
    """Collect a ledger twice; the answer of the first time."""
    first = gk("collect", path)
    before = entries(store)
    again = gk("collect", path)
    assert entries(store) == before > 0, again
    assert "没有新的填报内容" in again.out
    return first


def shuffled(titles):
    """The titles in another order."""
    return random.Random(14).sample(titles, len(titles))


def two_tiers(grid, over):
    """The grid with a row above its titles: `over` stands above the titles it lists, the others go up."""
    (word, below), titles = over, grid[2]
    upper = [word if title == below[0] else "" if title in below else title for title in titles]
    lower = [title if title in below else "" for title in titles]
    return [*grid[:2], upper, lower, *grid[3:]]


def merge_tiers(grid, below):
    """Merge the titles of two tiers as people do: down where there is one, across where there are several."""

    def change(sheet):
        for c, title in enumerate(grid[2], 1):
            if title and title not in ("填报情况",):
                sheet.merge_cells(start_row=3, end_row=4, start_column=c, end_column=c)
        first = grid[2].index("填报情况") + 1
        sheet.merge_cells(start_row=3, end_row=3, start_column=first, end_column=first + len(below) - 1)

    return change


BELOW = ("完成情况", "办理日期", "进展情况")


def by_unit_merged(folder, rows):
    return save_xlsx(folder / "台账.xlsx", grid_of(rows, UNIT_TITLES), merged=("工作任务", "具体要求"))


def by_unit_shuffled(folder, rows):
    return save_xlsx(folder / "台账.xlsx", grid_of(rows, shuffled(UNIT_TITLES)))


def by_unit_two_tiers(folder, rows):
    grid = two_tiers(grid_of(rows, UNIT_TITLES), ("填报情况", BELOW))
    return save_xlsx(folder / "台账.xlsx", grid, change=merge_tiers(grid, BELOW))


def by_unit_csv(folder, rows):
    return save_csv(folder / "台账.csv", grid_of(rows, UNIT_TITLES), "gb18030")


def by_unit_csv_two_tiers(folder, rows):
    return save_csv(folder / "台账.csv", two_tiers(grid_of(rows, UNIT_TITLES), ("填报情况", BELOW)))


def by_unit_blank_below(folder, rows):
    """Text and heading stand in the first row of a task only, as merged cells leave them in a csv."""
    grid = grid_of(rows, [title for title in UNIT_TITLES if title != "序号"])
    before = None
    for row in grid[3:]:
        text = row[1]
        if text == before:
            row[0] = row[1] = ""
        before = text
    return save_csv(folder / "台账.csv", grid)


def by_unit_docx(folder, rows):
    return save_docx(folder / "台账.docx", grid_of(rows[:120], UNIT_TITLES))


def by_unit_with_assignees(folder, rows):
    """A column of the plan's assignees beside the unit that a row is about."""
    titles = ("序号", "具体要求", "牵头单位", "配合单位", "填报单位", "进展情况", "状态")
    named = [{**row, "牵头单位": "市政府办公室", "配合单位": "各镇（街）、市直各单位", "填报单位": row["责任单位"], "状态": row["完成情况"]}
             for row in rows]  # fmt: skip
    return save_xlsx(folder / "台账.xlsx", grid_of(named, titles))


UNIT_SHAPES = [by_unit_merged, by_unit_shuffled, by_unit_two_tiers, by_unit_csv, by_unit_csv_two_tiers, by_unit_blank_below,
               by_unit_docx, by_unit_with_assignees]  # fmt: skip


@pytest.mark.parametrize("make", UNIT_SHAPES, ids=lambda make: make.__name__)
def test_one_row_a_unit(gk, store, tmp_path, make):
    rows, expected = ledgers.unit_rows()
    assert len(rows) == len(expected) == 767
    path = make(tmp_path, rows)
    answer = collected_twice(gk, store, path)
    assert answer.code == 0, answer.out[-2000:]
    wanted = dict(list(expected.items())[:120]) if path.suffix == ".docx" else expected
    got = statuses(gk)
    assert {key: got[key] for key in wanted} == wanted
    assert "13800138000" not in store.read_text("utf-8")


def by_task_plain(folder, rows):
    return save_xlsx(folder / "台账.xlsx", grid_of(rows, TASK_TITLES), merged=("工作任务",))


def by_task_shuffled(folder, rows):
    return save_xlsx(folder / "台账.xlsx", grid_of(rows, shuffled(TASK_TITLES)))


def by_task_csv(folder, rows):
    return save_csv(folder / "台账.csv", grid_of(rows, TASK_TITLES), "gb18030")


def by_task_docx(folder, rows):
    return save_docx(folder / "台账.docx", grid_of(rows, TASK_TITLES))


def by_task_merged_units(folder, rows):
    return save_xlsx(folder / "台账.xlsx", grid_of(rows, TASK_TITLES), merged=("工作任务", "责任单位"))


def by_task_without_numbers(folder, rows):
    return save_xlsx(folder / "台账.xlsx", grid_of(rows, TASK_TITLES[1:]))


def by_task_without_texts(folder, rows):
    return save_xlsx(folder / "台账.xlsx", grid_of(rows, [title for title in TASK_TITLES if title != "具体要求"]))


def by_task_number_in_text(folder, rows):
    joined = [{**row, "具体要求": row["编号"] + row["具体要求"]} for row in rows]
    return save_xlsx(folder / "台账.xlsx", grid_of(joined, TASK_TITLES[1:]))


def by_task_csv_two_tiers(folder, rows):
    """The upper titles name no claim, the lower ones nothing else."""
    grid = two_tiers(grid_of(rows, TASK_TITLES), ("填报情况", TASK_TITLES[4:]))
    return save_csv(folder / "台账.csv", grid)


def by_task_numbered_by_heading(folder, rows):
    """Numbers that begin anew below each heading number no task."""
    count = dict.fromkeys((row["工作任务"] for row in rows), 0)
    for row in rows:
        count[row["工作任务"]] += 1
        row["编号"] = str(count[row["工作任务"]])
    return save_xlsx(folder / "台账.xlsx", grid_of(rows, TASK_TITLES))


def by_task_below_headings(folder, rows):
    """The headings stand in rows of their own."""
    titles = [title for title in TASK_TITLES if title != "工作任务"]
    grid = grid_of(rows, titles)
    below = []
    for heading, group in itertools.groupby(zip(rows, grid[3:], strict=True), key=lambda pair: pair[0]["工作任务"]):
        below += [[heading, *[""] * (len(titles) - 1)], *(cells for _, cells in group)]
    return save_csv(folder / "台账.csv", grid[:3] + below)


def by_task_with_statuses_in_progress(folder, rows):
    """完成情况 holds the words, 进展情况 the statuses."""
    swapped = [{**row, "完成情况": row["进展情况"], "进展情况": row["完成情况"]} for row in rows]
    return save_xlsx(folder / "台账.xlsx", grid_of(swapped, TASK_TITLES))


def by_task_in_traditional_script(folder, rows):
    from opencc import OpenCC

    turn = OpenCC("s2t").convert
    grid = grid_of(rows, TASK_TITLES)
    return save_xlsx(folder / "台账.xlsx", [*grid[:3], *([turn(cell) for cell in cells] for cells in grid[3:])])


def by_task_cut_short(folder, rows):
    return save_xlsx(
        folder / "台账.xlsx", grid_of([{**row, "具体要求": row["具体要求"][:20] + "……"} for row in rows], TASK_TITLES)
    )


TASK_SHAPES = [by_task_csv_two_tiers, by_task_numbered_by_heading, by_task_below_headings, by_task_with_statuses_in_progress, by_task_in_traditional_script, by_task_cut_short,by_task_plain, by_task_shuffled, by_task_csv, by_task_docx, by_task_merged_units, by_task_without_numbers,
               by_task_without_texts, by_task_number_in_text]  # fmt: skip


@pytest.mark.parametrize("make", TASK_SHAPES, ids=lambda make: make.__name__)
def test_one_row_a_task(gk, store, tmp_path, make):
    rows, expected = ledgers.task_rows()
    assert len(rows) == 37
    answer = collected_twice(gk, store, make(tmp_path, rows))
    assert answer.code == 0, answer.out[-2000:]
    assert statuses(gk) == expected
    held = state(gk, 5, "市教育局")
    words = "進展5\n备注：按季度報送" if make is by_task_in_traditional_script else "进展5\n备注：按季度报送"
    assert (held["note"], held["by"]) == (words, "测试")


def test_numbers_that_mostly_agree_are_held_against_the_text(gk, store, tmp_path):
    """They run 1, 2, 3 as rows do, but two texts were exchanged."""
    rows, _ = ledgers.task_rows()
    rows[3]["具体要求"], rows[4]["具体要求"] = rows[4]["具体要求"], rows[3]["具体要求"]
    answer = gk("collect", save_xlsx(tmp_path / "台账.xlsx", grid_of(rows, TASK_TITLES)))
    assert answer.code == 1
    assert "台账.xlsx!A7: 编号“（四）”与文字不符，这段文字是具体要求 5" in answer.out
    assert "台账.xlsx!A8: 编号“（五）”与文字不符，这段文字是具体要求 4" in answer.out
    assert {status for (task, _), status in statuses(gk).items() if task in (4, 5)} == {"todo"}
    assert entries(store) == 35


@pytest.mark.long
@pytest.mark.parametrize("to", ["xlsx", "docx"])
def test_a_ledger_saved_by_an_office(gk, store, tmp_path, to):
    """The two ledgers of the issue, saved by LibreOffice; the docx is its HTML of the sheet saved again."""
    rows, expected = ledgers.unit_rows()
    grid = grid_of(rows, UNIT_TITLES)
    path = save_xlsx(tmp_path / "甲.xlsx", grid, merged=("工作任务", "具体要求"))
    if to == "docx":
        path = save_docx(tmp_path / "甲.docx", grid)
    (saved,) = converted(tmp_path / "saved", to, path)
    answer = collected_twice(gk, store, saved)
    assert answer.code == 0, answer.out[-2000:]
    assert statuses(gk) == expected


@pytest.mark.long
def test_a_ledger_of_37_rows_saved_by_an_office(gk, store, tmp_path):
    rows, expected = ledgers.task_rows()
    path = save_xlsx(tmp_path / "乙.xlsx", grid_of(rows, TASK_TITLES), merged=("工作任务",))
    (saved,) = converted(tmp_path / "saved", "xlsx", path)
    assert collected_twice(gk, store, saved).code == 0
    assert statuses(gk) == expected


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_our_own_export_is_a_ledger(gk, store, tmp_path, monkeypatch, suffix):
    rows, expected = ledgers.unit_rows()
    gk("collect", save_csv(tmp_path / "台账.csv", grid_of(rows, UNIT_TITLES)))
    assert gk("export", tmp_path / f"导出.{suffix}").code == 0
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "另一份.jsonl"))
    answer = gk("collect", tmp_path / f"导出.{suffix}")
    sheets = [line for line in (answer.out + answer.err).splitlines() if "这张表不是台账" in line]
    others = ["汇总", "对照表", "逐月进度与序时进度"] if suffix == "xlsx" else []
    assert [[name for name in others if name in line] for line in sheets] == [[name] for name in others]
    assert answer.code == bool(sheets)
    assert statuses(gk) == expected


def test_a_link_in_a_column_of_its_own_is_no_second_piece(gk, store, tmp_path, monkeypatch):
    gk("done", "23", "--unit", "市教育局", "--evidence", "https://a.gov.cn/1.html")
    gk("export", tmp_path / "导出.xlsx")
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "另一份.jsonl"))
    gk("collect", tmp_path / "导出.xlsx")
    (entry,) = gk("log", "--format", "json").json()
    assert entry["evidence"] == [{"kind": "url", "value": "https://a.gov.cn/1.html"}]


# -- tasks that come round again ------------------------------------------------------------------------


@pytest.fixture
def quarterly(tmp_path, monkeypatch):
    """The built-in plan, in which task 23 is due each quarter."""
    text = built_in_plan().read_text("utf-8")
    at = text.index("- id: 23\n") + len("- id: 23\n")
    path = tmp_path / "tasks.yaml"
    path.write_text(text[:at] + "        deadline: {every: quarter}\n" + text[at:], "utf-8")
    monkeypatch.setenv("GKCHECK_PLAN", str(path))


def in_quarter(gk, day, task=23):
    (found,) = [one for one in gk("tasks", "--as-of", day, "--format", "json").json() if one["id"] == task]
    return found["assignments"][0]["status"]


def test_a_claim_counts_for_the_period_of_its_day(gk, store, keep, quarterly):
    """Three quarters in one ledger, one row each; what is said of one is no contradiction of another, nor does it go back."""
    rows = [row(23, day="2019-11-20", progress="第四季度"), row(23, day="2020-02-29", progress="第一季度"),
            row(23, day="2020-04-01", status="推进中"), row(17, unit="市财政局", day="2019-11-05")]  # fmt: skip
    path = keep(*rows)
    answer = collected_twice(gk, store, path)
    assert (answer.code, entries(store)) == (0, 4), answer
    days = {"2019-12-31": "done", "2020-03-31": "done", "2020-06-30": "doing", "2020-09-30": "todo"}
    assert {day: in_quarter(gk, day) for day in days} == days
    assert in_quarter(gk, "2020-09-30", 17) == "done"  # it does not come round again
    later = keep(
        row(23, day="2020-08-15", status="未开始", progress="准备中"), row(23, day="2020-04-02"), name="后来.xlsx"
    )
    assert collected_twice(gk, store, later).code == 0
    assert {day: in_quarter(gk, day) for day in days} == days | {"2020-06-30": "done"}


def test_rows_of_one_period_may_not_contradict(gk, store, keep, quarterly):
    path = keep(row(23, day="2019-11-20"), row(23, day="2019-12-20", status="推进中"), row(23, day="2020-01-02"))
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 1)
    assert "台账.xlsx!D4: 具体要求 23 与 台账.xlsx!D5 填的不一样" in answer.out
    assert (in_quarter(gk, "2019-12-31"), in_quarter(gk, "2020-03-31")) == ("todo", "done")


@pytest.mark.parametrize("at_once", [True, False])
def test_a_confirmation_counts_for_the_period_of_its_row(gk, store, keep, quarterly, at_once):
    path = keep(
        row(23, day="2019-11-20", status="已办结"),
        row(23, day="2020-02-29"),
        row(23, day="2020-05-06", status="已办结"),
    )
    if not at_once:
        answer = gk("collect", path)
        assert (answer.code, "有 2 行写着已办结" in answer.out) == (1, True)
    assert gk("collect", path, "--confirm").code == 0
    days = {"2019-12-31": "confirmed", "2020-03-31": "done", "2020-06-30": "confirmed"}
    assert {day: in_quarter(gk, day) for day in days} == days
    before = entries(store)
    assert gk("collect", path, "--confirm").code == gk("collect", path).code == 0
    assert entries(store) == before == 5


# -- one row at a time ----------------------------------------------------------------------------------

TITLES = ("编号", "具体要求", "责任单位", "完成情况", "办理日期", "进展情况", "佐证材料", "存在问题", "填报人")
TEXT = {task.id: task.text for task in ledgers.plan().tasks()}


def row(task, unit="市教育局", status="已完成", **cells):
    names = {"day": "办理日期", "progress": "进展情况", "evidence": "佐证材料", "problem": "存在问题", "by": "填报人"}
    named = {names[name]: value for name, value in cells.items() if name in names}
    return {"编号": str(task), "具体要求": TEXT[task], "责任单位": unit, "完成情况": status, **named,
            **{name: value for name, value in cells.items() if name not in names}}  # fmt: skip


@pytest.fixture
def keep(tmp_path):
    """Save rows as a ledger of the office's own."""

    def save(*rows, titles=TITLES, change=None, name="台账.xlsx"):
        return save_xlsx(tmp_path / name, grid_of(rows, titles), change=change)

    return save


@pytest.mark.parametrize(
    ("wrong", "place", "message"),
    [
        (row(23, 编号="24"), "A5", "编号“24”与文字不符，这段文字是具体要求 23"),
        (row(23, 具体要求="通过多种形式公开招生方案"), "B5", "没有这项具体要求；第 23 项的文字与此不同"),
        (row(23, unit="市体育局"), "C5", "没有叫“市体育局”的单位"),
        (row(23, unit="工商局"), "C5", "只是“市科工商务局”中间的几个字"),
        (row(23, unit="市水利局"), "C5", "具体要求 23 没有分给市水利局"),
        (row(23, unit="市教育局、市水利局"), "C5", "没有分给市水利局"),
        (row(23, status="基本完成"), "D5", "不认识的状态“基本完成”，可写：未开始"),
        (row(23, status="未完成"), "D5", "不认识的状态“未完成”"),
        (row(23, status="", progress="已开会"), "F5", "没有写“完成情况”"),
        (row(23, day="年底"), "E5", "“年底”不是日期"),
        (row(23, day="2019-02-30"), "E5", "不是日期"),
        (row(23, day="2099-01-01"), "E5", "还没有到"),
        (row(23, progress="长" * 20_001), "F5", "有 20001 个字"),
        ({"编号": "注：本表每季度更新一次"}, "A5", "“注：本表每季度更新一次”没有读"),
        ({"编号": "合计", "完成情况": "已完成"}, "A5", "编号“合计”在责任分工表里没有"),
    ],
)  # fmt: skip
def test_a_row_that_matches_not_is_named_and_the_others_are_recorded(gk, store, keep, wrong, place, message):
    answer = gk("collect", keep(row(17, unit="市财政局"), wrong))
    assert answer.code == 1
    line = next(line for line in answer.out.splitlines() if line.startswith(f"台账.xlsx!{place}: "))
    assert message in line
    assert entries(store) == 1
    assert state(gk, 17, "市财政局")["status"] == "done"


@pytest.mark.parametrize(
    ("unit", "units"),
    [
        ("教育局", ["市教育局"]),
        ("台山市教育局", ["市教育局"]),
        ("人社局", ["市人力资源和社会保障局"]),
        ("市教育局、市民政局", ["市教育局", "市民政局"]),
        ("各镇（街）", ["台城街道", "川岛镇"]),
        ("市政府办公室牵头，各镇（街）配合", ["市政府办公室", "台城街道", "川岛镇"]),
    ],
)
def test_units_by_alias_list_and_class(gk, store, keep, unit, units):
    assert gk("collect", keep(row(8, unit=unit))).code == 0
    done = [unit for (task, unit), status in statuses(gk).items() if task == 8 and status == "done"]
    assert set(units) <= set(done)
    assert len(done) == (len(units) if "各镇" not in unit else 17 + ("办公室" in unit))


def test_a_row_without_units_is_the_whole_task(gk, store, keep):
    answer = gk("collect", keep(row(8, unit=""), row(23)))
    assert answer.code == 0, answer
    assert "全部责任单位" in answer.out
    assert {status for (task, _), status in statuses(gk).items() if task == 8} == {"done"}
    assert entries(store) == 2


def test_rows_that_contradict_each_other_are_both_named(gk, store, keep):
    answer = gk("collect", keep(row(23), row(23, status="推进中"), row(17, unit="市财政局")))
    assert answer.code == 1
    assert "台账.xlsx!D4: 具体要求 23 与 台账.xlsx!D5 填的不一样" in answer.out
    assert "台账.xlsx!D5: 具体要求 23 与 台账.xlsx!D4 填的不一样" in answer.out
    assert entries(store) == 1


def test_a_newer_record_stands_until_forced(gk, store, keep):
    gk("block", 23, "--unit", "市教育局", "--note", "缺人", "--by", "王")
    path = keep(row(23))
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 1)
    assert "台账.xlsx!D4: 具体要求 23 市教育局 王 于 " in answer.out
    assert "已记为“受阻”；要以台账为准，请加 --force" in answer.out
    assert gk("collect", path, "--force").code == 0
    assert state(gk, 23, "市教育局")["status"] == "done"
    assert gk("collect", path).code == 0
    assert entries(store) == 2


def test_a_ledger_kept_on_goes_forward_and_not_back(gk, store, keep):
    assert gk("collect", keep(row(23, status="推进中", progress="一"))).code == 0
    assert gk("collect", keep(row(23, status="已完成", progress="二"))).code == 0
    back = gk("collect", keep(row(23, status="未开始", progress="二")))
    assert back.code == 1
    assert "已经是“已完成”" in back.out
    assert entries(store) == 2


def test_words_of_the_office_are_the_office_s(gk, store, keep):
    """已办结 in a ledger is recorded as the unit's claim, and as the office's act only where that is asked for."""
    path = keep(row(23, status="已办结", progress="已公布"))
    first = gk("collect", path)
    assert first.code == 1
    assert "台账.xlsx!D4: 有 1 行写着已办结，按“已完成”记" in first.out
    assert state(gk, 23, "市教育局")["status"] == "done"
    second = gk("collect", path, "--confirm")
    held = state(gk, 23, "市教育局")
    assert (second.code, held["status"], held["note"], held["act"]["by"]) == (0, "confirmed", "已公布", "测试")
    assert gk("collect", path, "--confirm").code == gk("collect", path).code == 0
    assert entries(store) == 2


def drawn() -> Picture:
    image = io.BytesIO()
    Image.new("RGB", (8, 8)).save(image, "PNG")
    return Picture(image)


@pytest.mark.parametrize("others", [False, True])
def test_everything_beside_the_text_is_taken_or_named_with_its_cell(gk, store, keep, others):
    """A hyperlink is evidence; a comment, struck text, a picture, a column that nobody knows and words below are named."""

    def change(sheet):
        sheet["G4"].hyperlink = "https://www.example.gov.cn/zs.html"
        sheet["B4"].hyperlink = "https://www.example.gov.cn/tz.html"
        sheet["A1"].hyperlink = "https://www.example.gov.cn/"
        sheet["F4"].comment = Comment("请核实", "李")
        sheet["H4"].font = Font(strike=True)
        sheet["F4"].value = CellRichText("已公布", TextBlock(InlineFont(strike=True), "，尚未开会"))
        sheet["E5"].value = '=DISPIMG("ID_1",1)'
        sheet["E5"].data_type = "s"
        sheet.add_image(drawn(), "G5")
        sheet["A7"] = "制表：张三"
        if others:
            sheet.title = "甲"
            other = sheet.parent.create_sheet("附表")
            other.append(["项目", "金额"])
            other.append(["一", 3])

    titles = (*TITLES, "领导批示")
    path = keep(row(23, progress="进展", evidence="招生方案", problem="缺人", by="张三（13800138000）", 领导批示="抓紧"),
                titles=titles, change=change)  # fmt: skip
    answer = gk("collect", path)
    assert answer.code == 1
    held = state(gk, 23, "市教育局")
    assert held["evidence"] == [{"kind": "url", "value": "https://www.example.gov.cn/zs.html", "title": "招生方案"}]
    assert (held["by"], held["note"], held.get("problem", None)) == ("张三", "已公布", None)
    sheet = "甲!" if others else ""
    for place, said in (
        ("F4", "“请核实”没有读（批注）"), ("F4", "“，尚未开会”没有读（删除线）"), ("H4", "“缺人”没有读（删除线）"), ("E5", "图片没有读"),
        ("G5", "图片没有读"), ("B4", "超链接 https://www.example.gov.cn/tz.html 没有记录"),
        ("A1", "超链接 https://www.example.gov.cn/ 没有记录"), ("J4", "“领导批示”一栏不认识，1 格没有记录"), ("A7", "“制表：张三”没有读"),
    ):  # fmt: skip
        assert f"台账.xlsx!{sheet}{place}: {said}" in answer.out, answer.out
    assert ("这张表不是台账" in answer.out) == others
    assert "填报人一栏里的电话号码没有记录（I4 共 1 格）" in answer.err.replace("甲!", "")
    assert "13800138000" not in store.read_text("utf-8") + answer.out + answer.err


def test_everything_in_a_word_table_is_named_with_its_cell(gk, store, tmp_path):
    def change(document, table):
        cells = table.rows[1].cells
        cells[5].paragraphs[0].runs[0].font.strike = True
        image = io.BytesIO()
        Image.new("RGB", (8, 8)).save(image, "PNG")
        cells[6].paragraphs[0].add_run().add_picture(image)

    path = save_docx(tmp_path / "台账.docx", grid_of([row(23, progress="进展", evidence="方案")], TITLES), change)
    answer = gk("collect", path)
    assert (answer.code, state(gk, 23, "市教育局")["status"]) == (1, "done")
    for said in ("表1第2行第6列: “进展”没有读（删除线）", "表1第2行第7列: 图片没有读"):
        assert f"台账.docx!{said}" in answer.out, answer.out


def test_a_row_that_nobody_signed_is_that_of_its_unit(gk, store, keep):
    """A row about a whole task is nobody's in particular: whoever records it says so."""
    assert gk("collect", keep(row(23), row(6, by="李四"), row(7, unit=""))).code == 0
    by = {entry["task"]: (entry["by"], entry.get("recorded_by")) for entry in gk("log", "--format", "json").json()}
    assert by == {23: ("市教育局", "测试"), 6: ("李四", "测试"), 7: ("测试", None)}


def test_a_hyperlink_in_a_word_table_is_evidence(gk, store, tmp_path):
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def change(document, table):
        paragraph = table.rows[1].cells[6].paragraphs[0]
        link = OxmlElement("w:hyperlink")
        target = document.part.relate_to(
            "https://www.example.gov.cn/a.html", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
        link.set(qn("r:id"), target)
        link.append(paragraph.runs[0]._r)
        paragraph._p.append(link)
        document.add_paragraph("填报人：张三")

    path = save_docx(tmp_path / "台账.docx", grid_of([row(23, evidence="方案")], TITLES), change)
    answer = gk("collect", path)
    assert answer.code == 1
    assert "“填报人：张三”没有读" in answer.out
    assert state(gk, 23, "市教育局")["evidence"] == [
        {"kind": "url", "value": "https://www.example.gov.cn/a.html", "title": "方案"}
    ]


def test_a_date_keeps_the_year_it_was_typed_with(gk, store, keep):
    """A cell may show 11月5日 and hold another year than the plan's."""
    import datetime

    def change(sheet):
        sheet["E4"] = datetime.date(2018, 11, 5)
        sheet["E4"].number_format = 'm"月"d"日"'

    assert gk("collect", keep(row(23), row(17, unit="市财政局", day="11.5"), change=change)).code == 0
    days = [entry["on"] for entry in gk("log", "--format", "json").json()]
    assert sorted(days) == ["2018-11-05", "2019-11-05"]


def test_a_date_without_a_year_is_one_of_the_plan_s_title(gk, store, keep, tmp_path):
    """A plan for 2019 may be issued in the last days of 2018."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(built_in_plan().read_text("utf-8").replace("issued: 2019-10-26", "issued: 2018-12-28"), "utf-8")
    assert gk("collect", keep(row(23, day="11月5日")), "--plan", plan).code == 0
    assert [entry["on"] for entry in gk("log", "--format", "json", "--plan", plan).json()] == ["2019-11-05"]


def test_a_number_that_may_have_lost_a_zero_is_no_day(gk, store, keep):
    """11.10 typed into a cell becomes the number 11.1; 11.5 in a cell that shows days is one of January 1900."""

    def change(sheet):
        sheet["E4"], sheet["E5"], sheet["E6"], sheet["E7"] = 11.1, 11.5, 2019.1, 11.5
        sheet["E7"].number_format = "yyyy-mm-dd"

    rows = [row(23), row(17, unit="市财政局"), row(20, unit="市财政局"), row(1, unit="市教育局")]
    answer = gk("collect", keep(*rows, change=change))
    assert answer.code == 1
    assert "台账.xlsx!E4: “11.1”也可能是 11.10，请先把单元格设为文本，写成 2019-11-01 的形式" in answer.out
    assert "台账.xlsx!E6: “2019.1”也可能是 2019.10" in answer.out
    assert "台账.xlsx!E7: “1900-01-10”不是日期" in answer.out
    assert "“11.5”按“2019-11-05”" in answer.err
    assert [entry["on"] for entry in gk("log", "--format", "json").json()] == ["2019-11-05"]


def test_words_beside_a_day_are_no_part_of_it(gk, store, keep):
    """What would be dropped is named."""
    answer = gk("collect", keep(row(23, day="2019-11-05 初审"), row(17, unit="市财政局", day="2019-11-05 10:00:00")))
    assert (answer.code, "台账.xlsx!E4: “2019-11-05 初审”不是日期" in answer.out) == (1, True), answer
    assert [entry["on"] for entry in gk("log", "--format", "json").json()] == ["2019-11-05"]


@pytest.mark.parametrize("separator", ["\n", "/", " ", "，", "；", "及"])
def test_units_are_parted_in_many_ways(gk, store, keep, separator):
    """市发展和改革局 holds a word that parts others."""
    unit = separator.join(["市发展和改革局", "市税务局", "市财政局"])
    assert gk("collect", keep(row(20, unit=unit))).code == 0
    assert {unit for (task, unit), status in statuses(gk).items() if status == "done"} == set(unit.split(separator))


@pytest.mark.parametrize("limit", ["年底前", "2099-12-31"])
def test_a_column_of_limits_is_no_day_of_a_claim(gk, store, keep, limit):
    titles = tuple("完成时间" if title == "办理日期" else title for title in TITLES)
    assert (
        gk("collect", keep(row(23, 完成时间=limit), row(17, unit="市财政局", 完成时间=limit), titles=titles)).code == 0
    )
    assert [entry.get("on") for entry in gk("log", "--format", "json").json()] == [None, None]


def test_a_ledger_without_statuses_gives_its_words(gk, store, keep):
    titles = tuple(title for title in TITLES if title != "完成情况")
    path = keep(row(23, progress="已召开会议，正在收集方案"), titles=titles)
    assert gk("collect", path).code == 0
    held = state(gk, 23, "市教育局")
    assert (held["status"], held["note"]) == ("todo", "已召开会议，正在收集方案")
    assert gk("collect", path).code == 0
    assert entries(store) == 1


def test_two_columns_of_statuses_have_to_agree(gk, store, keep):
    titles = ("编号", "具体要求", "责任单位", "上月状态", "本月状态")
    rows = [row(23, 上月状态="推进中", 本月状态="已完成"), row(17, unit="市财政局", 上月状态="已完成", 本月状态="完成")]
    answer = gk("collect", keep(*rows, titles=titles))
    assert answer.code == 1
    assert "台账.xlsx!E4: “已完成”与 D4 说的不一样" in answer.out
    assert {key for key, status in statuses(gk).items() if status == "done"} == {(17, "市财政局")}


def test_a_second_column_of_days_is_named(gk, store, keep):
    answer = gk("collect", keep(row(23, day="11.5", 办结时间="11.6"), titles=(*TITLES, "办结时间")))
    assert "没有记录的栏：办结时间" in answer.err
    assert [entry["on"] for entry in gk("log", "--format", "json").json()] == ["2019-11-05"]


def test_a_telephone_number_among_the_words_is_named(gk, store, keep):
    answer = gk("collect", keep(row(23, progress="已公布\n联系电话：13800138000"), row(17, unit="市财政局")))
    assert answer.code == 1
    assert "台账.xlsx!F4: 写了电话号码" in answer.out
    assert "13800138000" not in store.read_text("utf-8")
    answer = gk("collect", keep(row(23, problem="请找张三13900139000"), row(17, unit="市财政局")))
    assert (answer.code, "台账.xlsx!H4: 写了电话号码" in answer.out) == (1, True)
    assert "13900139000" not in answer.out + store.read_text("utf-8")


def test_a_number_that_cannot_be_told_from_the_name_is_named(gk, store, keep):
    answer = gk("collect", keep(row(23, by="张三短号661234"), row(17, unit="市财政局", by="李四5512345")))
    assert (answer.code, "台账.xlsx!I4: 分不清填报人和电话号码" in answer.out) == (1, True)
    assert [entry["by"] for entry in gk("log", "--format", "json").json()] == ["李四"]


def test_a_merged_status_is_that_of_all_its_rows(gk, store, keep):
    def change(sheet):
        sheet["D5"] = None
        sheet.merge_cells("D4:D5")

    assert gk("collect", keep(row(23), row(17, unit="市财政局"), change=change)).code == 0
    assert state(gk, 17, "市财政局")["status"] == "done"


def test_a_dry_run_records_nothing_and_undo_takes_all_back(gk, store, keep):
    path = keep(row(23), row(8, unit="各镇（街）"))
    assert "将记录 18 条" in gk("collect", path, "--dry-run").out
    assert entries(store) == 0
    said = gk("collect", path).out
    assert gk("undo", said.split()[-1]).code == 0
    assert set(statuses(gk).values()) == {"todo"}


def test_a_form_outranks_a_ledger_collected_with_it(gk, store, sent, keep, tmp_path):
    from tests.forms.sheets import fill

    form = sent("市教育局") / "市教育局.xlsx"
    fill(form, (23, {"完成情况": "推进中"}))
    answer = gk("collect", form, keep(row(23)))
    assert answer.code == 1
    assert "填报表里也填了，以填报表为准" in answer.out
    assert state(gk, 23, "市教育局")["status"] == "doing"


def test_what_is_no_ledger_is_refused_in_one_line(gk, store, tmp_path):
    path = save_xlsx(
        tmp_path / "名单.xlsx", [["名单", "", ""], ["", "", ""], ["编号", "姓名", "单位"], ["1", "张三", "市教育局"]]
    )
    answer = gk("collect", path)
    assert (answer.code, entries(store)) == (1, 0)
    assert answer.out.startswith("名单.xlsx: ")
    assert "也不像台账" in answer.out


def test_import_names_the_statuses_and_the_command(gk, tmp_path):
    rows, _ = ledgers.task_rows()
    path = save_xlsx(tmp_path / "台账.xlsx", grid_of(rows, TASK_TITLES))
    answer = gk("import", path, "-o", tmp_path / "t.yaml", "--yes")
    assert (
        f"有 37 行写了完成情况，没有记录；责任分工表核对好以后，用 gkcheck collect {path} --plan {tmp_path / 't.yaml'} 收进来"
        in "".join(answer.err.split("\n"))
    )
    assert gk("check", "--plan", tmp_path / "t.yaml").code == 0


def test_import_of_a_notice_says_nothing_of_statuses(gk):
    answer = gk("import", "tests/fixtures/taishan.xlsx")
    assert "完成情况" not in answer.err
