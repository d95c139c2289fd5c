"""Columns of tables: their kinds from their cells, with titles as priors; tables that assign nothing; page frames."""

from __future__ import annotations

import re

import pytest

from gkcheck.errors import BadDocument
from gkcheck.importers.formats.registry import read_document
from gkcheck.importers.notice import read_notice
from gkcheck.importers.tables.columns import find_header, read_columns
from gkcheck.importers.tables.table_choice import TableChoice
from tests.notices_read import brief, reading_of

TASKS = ["选两个镇先装传感设备，记录全年数据。", "茶叶分级用机器看，结果上包装。", "新机房一律集中选址，不再分散。"]
BODIES = ["市农业农村局", "市财政局、市国资委", "市发改委牵头，各县区配合"]
NUMBERS = ["1", "2", "3"]
LIMITS = ["年底前", "9月底前", "长期坚持"]
FIRMS = ["甲河芯源电子有限公司", "甲河数科集团", "针织集团"]
PLACES = ["河东区", "河西区", "河南区"]


def kinds(titles, *columns, covered=None):
    """The kinds of columns, and True if the table assigns duties."""
    rows = [list(row) for row in zip(*columns, strict=True)]
    reading = read_columns(titles, rows, covered or [0] * len(titles))
    return (" ".join(one.kind for one in reading.columns), reading.duty > 0) if reading else ("", False)


@pytest.mark.parametrize(
    ("titles", "columns", "found"),
    [
        (["序号", "任务", "责任单位", "时限"], [NUMBERS, TASKS, BODIES, LIMITS], "number text units deadline"),
        (["", "", "", ""], [NUMBERS, TASKS, BODIES, LIMITS], "number text units deadline"),
        (["甲栏", "乙栏", "丙栏", "丁栏"], [NUMBERS, TASKS, BODIES, LIMITS], "number text units deadline"),
        (["序", "实施路径", "国家部委"], [NUMBERS, TASKS, BODIES], "number text units"),
        (["具体要求", "具体要求", "责任单位"], [NUMBERS, TASKS, BODIES], "number text units"),
        (["任务", "牵头负责领导", "单位"], [TASKS, ["王小明", "李大海", "张三丰"], BODIES], "text person units"),
        (["序号", "任务", "责任单位", "填报时间"], [NUMBERS, TASKS, BODIES, LIMITS], "number text units other"),
        (["任务", "责任单位", "总投资"], [TASKS, BODIES, ["12.5", "3.2", "180"]], "text units other"),
    ],
)  # fmt: skip
def test_kinds_come_from_cells_with_titles_as_priors(titles, columns, found):
    assert kinds(titles, *columns) == (found, True)


def test_unmerged_long_text_outranks_a_merged_column_whose_title_says_task():
    merged = ["推广智能大棚，擦亮地方品牌（2项）", "", ""]
    assert (
        kinds(["重点举措", "实施路径", "责任单位"], merged, TASKS, BODIES, covered=[2, 0, 0])[0] == "heading text units"
    )


def test_two_columns_that_are_alike_are_named_as_rivals():
    rows = [list(row) for row in zip(TASKS, reversed(TASKS), BODIES, strict=True)]
    assert read_columns(["甲", "乙", "责任单位"], rows, [0, 0, 0]).rivals == ("甲",)
    assert read_columns(["具体要求", "乙", "责任单位"], rows, [0, 0, 0]).rivals == ()


@pytest.mark.parametrize(
    ("titles", "columns"),
    [
        (["序号", "项目名称", "建设单位", "建设地点", "总投资"], [NUMBERS, ["芯片厂", "数据基地", "机房"], FIRMS, PLACES, ["12.5", "3.2", "1.1"]]),
        (["序号", "园区", "区县"], [NUMBERS, ["甲园", "乙园", "丙园"], PLACES]),
        (["区县", "产业布局"], [PLACES, TASKS]),
        (["序号", "特色领域", "政策诉求", "建议责任单位"], [NUMBERS, ["智能", "数据", "终端"], TASKS, BODIES]),
        (["领域", "数据集名称", "建设主体", "简要描述", "责任单位", "拟投入运营时间"], [["医疗"] * 3, ["甲集", "乙集", "丙集"], FIRMS, TASKS, BODIES, LIMITS]),
        (["序号", "指标", "单位", "目标值"], [NUMBERS, ["增加值", "投资", "岗位"], ["亿元", "亿元", "个"], ["12.5", "30", "400"]]),
        (["序号", "任务", "时限"], [NUMBERS, TASKS, LIMITS]),
    ],
)  # fmt: skip
def test_tables_of_projects_parks_firms_and_figures_assign_nothing(titles, columns):
    assert kinds(titles, *columns)[1] is False


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["序号", "任务", "责任单位"], ["1", TASKS[0], BODIES[0]], ["2", TASKS[1], BODIES[1]]], 0),
        ([["甲", "乙", "丙"], ["1", TASKS[0], BODIES[0]], ["2", TASKS[1], BODIES[1]]], 0),
        ([["某县任务表", "", ""], ["甲", "乙", "丙"], ["1", TASKS[0], BODIES[0]], ["2", TASKS[1], BODIES[1]]], 1),
        ([["1", TASKS[0], BODIES[0]], ["2", TASKS[1], BODIES[1]]], None),
        ([["市教育局", "市财政局"], ["修订目录", "市司法局"]], None),
    ],
)  # fmt: skip
def test_the_row_of_titles_stands_out_from_the_cells_below(rows, at):
    assert find_header(rows) == at


def test_a_table_without_duties_below_a_table_of_duties_is_listed_with_its_titles():
    reading = reading_of(
        "某市任务表\n序号 | 具体任务 | 责任单位 |\n1 | 出台办法。 | 市经信局 |\n2 | 改造机房。 | 市发改委 |\n"
        "附2\n项目清单\n序号 | 项目名称 | 建设单位 | 建设地点 | 总投资 |\n1 | 芯片厂 | 甲河电子有限公司 | 河东区 | 12.5 |\n2 | 机房 | 数科集团 | 河西区 | 3.2 |\n"
    )
    assert brief(reading) == ["1|-|-|出台办法。|责任:市经信局", "2|-|-|改造机房。|责任:市发改委"]
    listed = [left.text for left in reading.left_out if left.why == "不是任务表"]
    assert listed[0] == "序号 项目名称 建设单位 建设地点 总投资"
    assert len(listed) == 3
    assert any("不像分派任务的表" in found.message for found in reading.findings)


def test_a_row_of_a_chinese_number_and_a_heading_is_a_band_over_its_rows():
    reading = reading_of(
        "序号 | 任务 | 责任单位 | 时限 |\n一 | 稳农业（智慧农业） |  |  |\n1 | 推广大棚。 | 市农业农村局 | 年底前 |\n二 | 强数据 |  |  |\n1 | 建机房。 | 市发改委 | 全年 |\n"
    )
    assert [line.split("|")[:2] for line in brief(reading)] == [["1", "一稳农业（智慧农业）"], ["1", "二强数据"]]


def test_a_header_over_two_columns_names_both():
    page = (
        "<table><tr><td colspan=2>工作任务</td><td colspan=2>具体要求</td><td>责任单位</td></tr>"
        "<tr><td rowspan=2>一、稳农业。</td><td rowspan=2>（一）春耕。</td><td>1</td><td>种子三月前送到村，缺口登记。</td><td>市农业农村局</td></tr>"
        "<tr><td>2</td><td>农机维修点轮流下乡，一镇一天。</td><td>市农机中心牵头</td></tr></table>"
    )
    assert brief(reading_of(page, "a.html")) == [
        "1|一、稳农业。|（一）春耕。|种子三月前送到村，缺口登记。|责任:市农业农村局",
        "2|一、稳农业。|（一）春耕。|农机维修点轮流下乡，一镇一天。|牵头:市农机中心",
    ]


def test_a_lower_tier_of_unknown_words_is_no_task():
    page = (
        "<table><tr><td rowspan=2>序号</td><td rowspan=2>任务</td><td colspan=2>责任单位</td></tr><tr><td>国家部委</td><td>省直部门</td></tr>"
        "<tr><td>1</td><td>修订目录，逐条核对。</td><td>财政部</td><td>省财政厅</td></tr><tr><td>2</td><td>公布指南，按月更新。</td><td>商务部</td><td>省商务厅</td></tr></table>"
    )
    assert brief(reading_of(page, "a.html")) == [
        "1|-|-|修订目录，逐条核对。|责任:财政部+省财政厅",
        "2|-|-|公布指南，按月更新。|责任:商务部+省商务厅",
    ]


def test_a_grid_that_frames_a_page_is_read_as_paragraphs():
    page = "<table border=1><tr><td>站点导航</td></tr><tr><td>一、稳就业<br>1.办招聘会，全年五十场。（市人社局牵头）<br>2.发补贴，按月到账。（市财政局）</td></tr></table>"
    assert brief(reading_of(page, "a.html")) == [
        "1.|一、稳就业|-|办招聘会，全年五十场。|牵头:市人社局",
        "2.|一、稳就业|-|发补贴，按月到账。|责任:市财政局",
    ]


ANNEX = (
    "某市工作方案\n"
    + "".join(f"{n}.办好第{n}件事，不留尾巴。（市人社局、市财政局）\n" for n in range(1, 4))
    + "\n细则清单\n细则名称 | 细则内容 | 牵头部门 |\n"
)


def test_a_short_table_after_tasks_in_paragraphs_is_an_annex_that_is_read_on_demand():
    reading = reading_of(ANNEX + "办法 | 定流程，明边界。 | 市数据局 |\n")
    assert len(reading.tasks) == 3
    (finding,) = reading.findings
    assert re.fullmatch(r"正文已读出 3 项任务，表 \d 像是附表，2 行未收录；要读它请加 --table \d", finding.message)
    number = int(finding.message[-1])
    text = (ANNEX + "办法 | 定流程，明边界。 | 市数据局 |\n").encode()
    read = read_notice(read_document(text, "a.txt").blocks, "a.txt", choice=TableChoice(tables=frozenset({number})))
    assert len(read.tasks) == 4


def test_a_long_table_after_tasks_in_paragraphs_is_read_and_named():
    rows = "".join(f"办法{n} | 定第{n}个流程，明边界。 | 市数据局 |\n" for n in range(1, 6))
    reading = reading_of(ANNEX + rows)
    assert len(reading.tasks) == 8
    assert "正文已读出 3 项任务，这张表另有 5 项，可能是附表，请核对" in [found.message for found in reading.findings]


def test_the_rest_of_a_name_in_a_row_of_its_own_is_joined_to_it():
    page = "<table><tr><td>序号</td><td>任务</td><td>责任单位</td></tr><tr><td>1</td><td>建设专区。</td><td>市数据局、相关县（市、区）</td></tr><tr><td></td><td></td><td>政府</td></tr></table>"
    assert brief(reading_of(page, "a.html")) == ["1|-|-|建设专区。|责任:市数据局+相关县（市、区）政府"]


def test_a_name_torn_by_a_line_break_is_put_together_by_names_seen_whole():
    """县委宣传部 stands whole in row 2; 县政府办公室 does not, and is for a person to check."""
    rows = [("1", "甲事。", "县委<br>宣传部"), ("2", "乙事。", "县委宣传部"), ("3", "丙事。", "县政府<br>办公室")]
    page = "<table><tr><td>序号</td><td>任务</td><td>责任单位</td></tr>" + "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
    )
    reading = reading_of(page + "</table>", "a.html")
    assert [task.responsible for task in reading.tasks] == [("县委宣传部",), ("县委宣传部",), ("县政府办公室",)]
    assert [found.message for found in reading.findings] == ["“县政府办公室”在原文中断成两行，按一个单位读，请核对"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [("办法如下：" + "各地要认真组织实施。" * 30, "没有找到带责任单位的任务"), ("", "而附件不在本文件里")],
)
def test_an_annex_that_follows_is_not_called_missing(body, reason):
    text = "关于印发《甲河市提质行动方案》的通知\n现将《甲河市提质行动方案》印发给你们。\n" + (
        f"甲河市提质行动方案\n{body}\n" if body else ""
    )
    with pytest.raises(BadDocument, match=reason):
        reading_of(text)


def test_titles_of_the_documents_own_over_rows_that_lost_merged_cells():
    """何时完成 is no word of a list: only rows that lost their heading tell what it holds."""
    reading = reading_of(
        "条目 | 任务类别 | 工作内容 | 承接部门 | 何时完成 |\n1 | 一、深化公开 | 提升复议质量，完善预案。 | 市司法局 |  |\n"
        "2 | 抓好污水管网，按月更新。 | 市水务局 | 2024年12月 |\n3 | 开展停车普查，建好台账。 | 市公安局 | 每季度一次 |\n"
    )
    assert [(task.number, task.deadline) for task in reading.tasks] == [
        ("1", None),
        ("2", "2024年12月"),
        ("3", "每季度一次"),
    ]


def test_cells_without_rows_under_titles_of_the_documents_own():
    """Nothing but the numbers marks the rows; the titles that no list has are named."""
    cells = ["条目", "主题", "推进举措", "承接部门", "何时完成"]
    for n, (task, body, limit) in enumerate(
        zip(TASKS, ["区财政局", "区司法局、区公安局", "区供销社牵头"], LIMITS, strict=True), 1
    ):
        cells += [str(n), f"{'一二三'[n - 1]}、优化环境", task, body, limit]
    for text in ("\n|\n".join(cells) + "\n|\n", "\n".join(cells)):
        reading = reading_of("某地任务表\n" + text)
        assert [line.split("|", 3)[3] for line in brief(reading)] == [
            f"{TASKS[0]}|责任:区财政局|年底前", f"{TASKS[1]}|责任:区司法局+区公安局|9月底前", f"{TASKS[2]}|牵头:区供销社|长期坚持",
        ]  # fmt: skip
        assert any("不是常见的栏名" in found.message for found in reading.findings)


@pytest.mark.parametrize(
    "titles",
    [
        "  | 任务 | 牵头单位 | 备注 |",
        "| | 任务 | 牵头单位 | 备注 |",
        "序号 | 任务 | 牵头单位 | 备注 |",
        "| 序号 | 任务 | 牵头单位 | 备注 |",
    ],
)
def test_a_bar_at_the_left_edge_shifts_no_cell(titles):
    rows = "| 1 | 清理目录，逐条核对。 | 区红十字会 |  |\n| 2 | 更新清单，按月公布。 | 区财政局 | 见附件 |\n"
    assert brief(reading_of(f"{titles}\n{rows}")) == [
        "1|-|-|清理目录，逐条核对。|牵头:区红十字会", "2|-|-|更新清单，按月公布。|牵头:区财政局",
    ]  # fmt: skip


def test_a_lower_title_that_only_names_a_role_is_taken():
    """主抓单位 is in no list of titles, but 分工 over it says less."""
    page = (
        "<html><body><table><tr><td rowspan=2>工程<td rowspan=2>施行事项<td colspan=2>分工</tr><tr><td>主抓单位<td>参与单位</tr>"
        "<tr><td>一、窗口<td>清理接口，不得加码。<td>县水利局<td>县财政局</tr><tr><td>二、平台<td>汇总明细，逐条核对。<td>县教育局<td>县民政局、县司法局</tr></table>"
    )
    assert [(task.lead, task.support) for task in reading_of(page, "a.html").tasks] == [
        (("县水利局",), ("县财政局",)), (("县教育局",), ("县民政局", "县司法局")),
    ]  # fmt: skip
