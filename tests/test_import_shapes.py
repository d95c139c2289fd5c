"""One notice for each shape that notices come in (docs/notices.md): a test's docstring is its input."""

from __future__ import annotations

import inspect

import pytest

from gkcheck.importers.recognize.assignees import read_assignees
from gkcheck.importers.recognize.deadlines import day_of, is_deadline
from gkcheck.importers.recognize.org_names import is_org_name, is_person
from tests.notices_read import brief, reading_of


def read(test):
    """The docstring of a test as a notice."""
    return brief(reading_of(inspect.cleandoc(test.__doc__)))


def test_rows_with_bars_and_a_rule():
    """
    清河县2021年政务公开工作任务分解表

    | 序号 | 重点任务 | 工作要求 | 牵头单位 | 配合单位 | 完成时限 |
    |---|---|---|---|---|---|
    | 1 | 决策公开 | 草案上网征求意见，不少于30天。 | 县司法局 | 各乡镇、县直有关部门 | 全年 |
    | 2 |  | 通过的当天公开结果。 | 县政府办 |  | 9月底前 |
    """
    assert read(test_rows_with_bars_and_a_rule) == [
        "1|决策公开|-|草案上网征求意见，不少于30天。|牵头:县司法局|配合:各乡镇+县直有关部门|全年",
        "2|决策公开|-|通过的当天公开结果。|牵头:县政府办|9月底前=2021-09-30",
    ]


def test_drawn_table():
    """
    ┌────┬──────────┬────────────────┬────────┐
    │序号│ 工作任务 │    具体要求    │责任单位│
    ├────┼──────────┼────────────────┼────────┤
    │ 1  │管好平台  │信息发布前三审  │办公室  │
    │    │          │三校，留痕备查。│        │
    ├────┤          ├────────────────┼────────┤
    │ 2  │          │错敏词每周筛一遍│信息中心│
    └────┴──────────┴────────────────┴────────┘
    """
    assert read(test_drawn_table) == [
        "1|管好平台|-|信息发布前三审三校，留痕备查。|责任:办公室",
        "2|管好平台|-|错敏词每周筛一遍|责任:信息中心",
    ]


def test_several_tasks_in_a_paragraph_below_a_heading_that_runs_into_them():
    """
    2020年重点工作分工

    一、稳就业。拓宽渠道，(一)办好招聘会。全年五十场。（市人社局牵头，各区县人民政府配合）(二)发放补贴。（市财政局、市人社局按职责分工负责）
    二、保民生
    1.改造小区三十个，水电路气一次做完。责任单位：市住建局；完成时限：10月底前
    2.提标低保。
    责任单位：市民政局
    责任领导：王某某
    完成时限：年底前
    """
    assert read(test_several_tasks_in_a_paragraph_below_a_heading_that_runs_into_them) == [
        "（一）|一、稳就业。|-|办好招聘会。全年五十场。|牵头:市人社局|配合:各区县人民政府",
        "（二）|一、稳就业。|-|发放补贴。|责任:市财政局+市人社局",
        "1.|二、保民生|-|改造小区三十个，水电路气一次做完。|责任:市住建局|10月底前=2020-10-31",
        "2.|二、保民生|-|提标低保。|责任:市民政局|年底前=2020-12-31",
    ]


def test_units_and_roles_from_headings():
    """
    某区2022年政务公开工作要点
    一、深化公开（责任单位：区政府办公室、区司法局）
    1.公开规章。三年内有效的一并上网。
    二、区行政审批局牵头任务（2项）
    2.推行帮办代办，群众少跑腿。
    3.公布办事指南。（配合单位：各街道）
    三、配合事项
    4.提供经办数据。（责任单位：区医保局）
    """
    assert read(test_units_and_roles_from_headings) == [
        "1.|一、深化公开|-|公开规章。三年内有效的一并上网。|责任:区政府办公室+区司法局|沿用",
        "2.|二、区行政审批局牵头任务（2项）|-|推行帮办代办，群众少跑腿。|牵头:区行政审批局|沿用",
        "3.|二、区行政审批局牵头任务（2项）|-|公布办事指南。|牵头:区行政审批局|配合:各街道|沿用",
        "4.|三、配合事项|-|提供经办数据。|配合:区医保局",
    ]


def test_columns_parted_by_blanks():
    """
    序号  任务内容  责任单位  完成时间
    1  梳理权责清单，动态调整  各科室  6月底前
    2  开展 政务开放日 活动  办公室、宣传科  10月
    """
    assert read(test_columns_parted_by_blanks) == [
        "1|-|-|梳理权责清单，动态调整|责任:各科室|6月底前",
        "2|-|-|开展 政务开放日 活动|责任:办公室+宣传科|10月",
    ]


def test_cells_flattened_to_lines_with_broken_header_and_broken_cell():
    """
    工作任务
    具体要求
    责任
    单位
    完成时限
    一、信息发布
    1.主要负责人活动当天发布。
    办公室
    长期坚持
    2.统计数据按月发布，
    并附说明。
    统计科牵头，各科室配合
    每月10日前
    """
    assert read(test_cells_flattened_to_lines_with_broken_header_and_broken_cell) == [
        "1.|一、信息发布|-|主要负责人活动当天发布。|责任:办公室|长期坚持",
        "2.|一、信息发布|-|统计数据按月发布，并附说明。|牵头:统计科|配合:各科室|每月10日前",
    ]


def test_cells_as_paragraphs_under_a_title_of_its_own_with_several_bodies_in_a_cell():
    """
    2017年实事分解表

    序号

    民生实事

    责任单位

    完成时限

    1

    建设滨河路公园。

    县水务局

    县住建局

    12月底前

    2

    新建天桥一座。

    县住建局

    8月投入使用

    开工建设老年大学。

    12月底前
    """
    assert read(test_cells_as_paragraphs_under_a_title_of_its_own_with_several_bodies_in_a_cell) == [
        "1|-|-|建设滨河路公园。|责任:县水务局+县住建局|12月底前=2017-12-31",
        "2|-|-|新建天桥一座。|责任:县住建局|8月投入使用",
        "-|-|-|开工建设老年大学。|责任:县住建局|12月底前=2017-12-31|沿用",
    ]


def test_hard_wrapped_lines_that_break_names():
    """
    2021年工作要点分工方案

    一、完善制度
    （一）健全主动公开目录管理制度，凡是目录列明的事项都要按期公开，做到应公开
    尽公开，公开的内容要经过保密审查和法制审核，不得公开涉密信息。（市政府办公
    室牵头，市司法局、市国家保密局配合）
    （二）落实政策解读责任，谁起草谁解读，重要文件起草单位主要负责人要带头解读，
    解读形式要多样，图解、视频都可以。（市发展和改革委员会、市人力资源和社会保
    障局按职责分工负责，年底前完成）
    """
    lines = read(test_hard_wrapped_lines_that_break_names)
    assert [line.rpartition("。")[2] for line in lines] == [
        "|牵头:市政府办公室|配合:市司法局+市国家保密局",
        "|责任:市发展和改革委员会+市人力资源和社会保障局|年底前完成=2021-12-31",
    ]
    assert "应公开尽公开" in lines[0]


def test_repeated_header_and_heading_and_a_note_on_order():
    """
    工作任务 | 具体要求 | 责任单位 | 完成时限 |
    一、目录 | 1.编制目录。 | 市司法局、市政务服务局 | 6月底前 |
    2.修订指南。 | | | |
    工作任务 | 具体要求 | 责任单位 | 完成时限 |
    一、目录（续） | 3.管好账号。 | 市委网信办会市公安局 | 持续推进 |
    注：责任单位排第一位的为牵头单位。
    """
    assert read(test_repeated_header_and_heading_and_a_note_on_order) == [
        "1.|一、目录|-|编制目录。|牵头:市司法局|责任:市政务服务局|6月底前",
        "2.|一、目录|-|修订指南。|牵头:市司法局|责任:市政务服务局|沿用",
        "3.|一、目录|-|管好账号。|牵头:市委网信办|配合:市公安局|持续推进",
    ]


def test_labels_in_brackets_and_bare_brackets_of_names():
    """
    （一）公开清单
    1.按月更新清单。
    【责任单位】市司法局，各县（区）人民政府
    2.清单上墙。
    【牵头单位】市政府办公室  【配合单位】市直有关部门
    （二）公开平台
    3.关停僵尸账号。[市委网信办、市公安局]
    """
    assert read(test_labels_in_brackets_and_bare_brackets_of_names) == [
        "1.|（一）公开清单|-|按月更新清单。|责任:市司法局+各县（区）人民政府",
        "2.|（一）公开清单|-|清单上墙。|牵头:市政府办公室|配合:市直有关部门",
        "3.|（二）公开平台|-|关停僵尸账号。|责任:市委网信办+市公安局",
    ]


def test_numbers_of_two_ranks_and_units_first():
    """
    责任股室 | 工作任务 | 完成时限
    办公室 | 1.(1)修订保密制度。 | 3月底前
     | (2)办好门户网站。 | 全年
    人事股 | 2.(1)教师资格认定两批。 | 6月、12月
    """
    assert [line.partition("|责任")[0] for line in read(test_numbers_of_two_ranks_and_units_first)] == [
        "1.（1）|-|-|修订保密制度。",
        "（2）|-|-|办好门户网站。",
        "2.（1）|-|-|教师资格认定两批。",
    ]


def test_tables_under_headings_that_number_anew():
    """
    2021年政务公开任务表
    一、决策公开
    序号 | 任务 | 责任单位 | 时限
    1 | 公开草案 | 市司法局 | 年底前
    二、执行公开
    序号 | 任务 | 责任单位 | 时限
    1 | 公开进度 | 市发改委 | 6月底
    抄送：市委办公室
    """
    assert read(test_tables_under_headings_that_number_anew) == [
        "1|一、决策公开|-|公开草案|责任:市司法局|年底前=2021-12-31",
        "1|二、执行公开|-|公开进度|责任:市发改委|6月底=2021-06-30",
    ]


def test_two_tiers_whose_merged_cells_vanished():
    """
    序号 | 目标任务 | 责任单位 | | 完成时限
    牵头单位 | 配合单位
    1 | 清理证明事项 | 区司法局 | 区直各部门 | 6月底前
    """
    assert read(test_two_tiers_whose_merged_cells_vanished) == [
        "1|-|-|清理证明事项|牵头:区司法局|配合:区直各部门|6月底前"
    ]


def test_traditional_script_with_some_pinyin_and_real_brackets():
    """
    | 序號(hào) | 工作任務(wù) | 責任單位 |
    | 1 | 圍繞著力點辦好熱線,接訴即辦(含夜間)。 | 縣(xiàn)(市)融媒體中心會縣委宣傳部 |
    """
    assert read(test_traditional_script_with_some_pinyin_and_real_brackets) == [
        "1|-|-|围绕着力点办好热线，接诉即办（含夜间）。|牵头:县（市）融媒体中心|配合:县委宣传部"
    ]


@pytest.mark.parametrize(
    ("cell", "lead", "responsible", "support"),
    [
        ("市政务服务局牵头，各镇（街），市直各单位配合", "市政务服务局", "", "各镇（街） 市直各单位"),
        (
            "市财政局，涉及公共资源配置、重大项目批准和实施等三个领域的相关单位",
            "",
            "市财政局 涉及公共资源配置、重大项目批准和实施等三个领域的相关单位",
            "",
        ),
        ("各县、市、区政府，市直有关部门", "", "各县、市、区政府 市直有关部门", ""),
        ("各区、县级市人民政府；市公安局及市教育局", "", "各区、县级市人民政府 市公安局 市教育局", ""),
        ("各街道、区直各部门", "", "各街道 区直各部门", ""),
        (
            "市发展和改革局、市住房和城乡建设局和市人力资源和社会保障局",
            "",
            "市发展和改革局 市住房和城乡建设局 市人力资源和社会保障局",
            "",
        ),
        ("市教育局会同市财政局、市人社局落实", "市教育局", "", "市财政局 市人社局"),
        ("宣传处会办公室", "宣传处", "", "办公室"),
        ("由办公室牵头，会同各科室落实", "办公室", "", "各科室"),
        ("市教育局（牵头）、市财政局（配合）、市司法局", "市教育局", "市司法局", "市财政局"),
        ("市场监管局负责，城管局协办，各镇参照落实", "", "市场监管局 各镇", "城管局"),
        ("市教育局牵头市财政局配合", "市教育局", "", "市财政局"),
        ("市教育局\n市财政局", "", "市教育局 市财政局", ""),
        ("市人力资源和社会\n保障局", "", "市人力资源和社会保障局", ""),
        ("规划处（健身办）", "", "规划处（健身办）", ""),
        ("市政府办公室牵头，市政府办公室、市司法局配合", "市政府办公室", "", "市司法局"),
    ],
)
def test_who_a_cell_names(cell, lead, responsible, support):
    assignees = read_assignees(cell)
    assert (assignees.lead, assignees.responsible, assignees.support) == (
        lead.split(),
        responsible.split(),
        support.split(),
    )


def test_tails_limits_notes_and_persons_are_told_from_names():
    assignees = read_assignees(
        "责任单位：省发改委、商务厅等部门按职责分工负责，6月底完成。各项任务都涉及市（州）政府，不再逐项列出，下同；责任领导：张某某"
    )
    assert assignees.responsible == ["省发改委", "商务厅"]
    assert assignees.tail == "等部门按职责分工负责"
    assert assignees.deadline == "6月底完成"
    assert assignees.persons == ["责任领导：张某某"]
    assert assignees.notes


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019年12月31日前", "2019-12-31"), ("年底前", "2021-12-31"), ("6月底完成", "2021-06-30"), ("年内", "2021-12-31"),
        ("2020年2月底", "2020-02-29"), ("第三季度末", "2021-09-30"), ("11月30日前", "2021-11-30"), ("2022-03-01", "2022-03-01"),
        ("8月前", None), ("长期坚持", None), ("每季度末", None), ("6月底前、12月底前", None), ("2021年2月公布预算，2021年8月公布决算", None),
        ("1个月内", None), ("明年底前", None), ("2月30日前", None),
    ],
)  # fmt: skip
def test_a_limit_has_a_day_where_it_is_certain(text, day):
    assert is_deadline(text)
    found = day_of(text, 2021)
    assert (str(found) if found else None) == day


def test_bodies_and_persons_are_told_from_other_words():
    assert all(
        map(is_org_name, ("市教育局", "各科室", "办公室", "市各行政执法单位", "团县委", "人民银行临汀市中心支行"))
    )
    assert not any(map(is_org_name, ("加强宣传", "做好培训", "召开新闻发布会", "财务公开", "2021年", "社会", "王小明")))
    assert is_person("王小明")
    assert not is_person("市教育局")


def test_a_salutation_and_an_introduction_before_numbered_tasks():
    """
    各县人民政府：
    为鼓励实干，现就奖励办法通知如下：
    一、登记改革见效的县，优先列入试点。（省市场监管局负责）
    二、老厂区改造有办法的市，用地倾斜。（省发展改革委会同有关部门负责）
    """
    assert read(test_a_salutation_and_an_introduction_before_numbered_tasks) == [
        "一、|-|-|登记改革见效的县，优先列入试点。|责任:省市场监管局",
        "二、|-|-|老厂区改造有办法的市，用地倾斜。|牵头:省发展改革委|配合:有关部门",
    ]


def test_an_introduction_below_a_heading_that_hands_down_bodies_is_no_task():
    """
    若干举措
    一、做强乡村产业（区农业农村局牵头）
    以三个万亩基地为抓手。
    （一）建冷库。每镇一座。
    （二）办展销。春秋各一场。
    """
    assert read(test_an_introduction_below_a_heading_that_hands_down_bodies_is_no_task) == [
        "（一）|一、做强乡村产业|-|建冷库。每镇一座。|牵头:区农业农村局|沿用",
        "（二）|一、做强乡村产业|-|办展销。春秋各一场。|牵头:区农业农村局|沿用",
    ]


def test_a_heading_that_ends_like_a_body_hands_nothing_down():
    """
    产业工作方案
    （一）培育壮大市场主体
    做大龙头企业，落户后一企一策。
    （二）发展专业服务机构
    办公共平台，给小厂试用。
    附件
    序号 | 工作任务 | 责任单位 |
    1 | 推广大棚。 | 市农业农村局 |
    """
    assert read(test_a_heading_that_ends_like_a_body_hands_nothing_down) == ["1|-|-|推广大棚。|责任:市农业农村局"]


def test_lines_of_one_width_that_are_numbered_one_after_the_other_are_not_joined():
    """
    一、深化公开
    1．实施就业服务，做到应公开尽公开。牵头单位：市文旅局；责任单位：市财政局；完成时限：全年
    2．压减文化演出，做到逐项多核对好。牵头单位：市税务局；责任单位：市住建局；完成时限：每月
    3．编制养老规划，做到逐街逐镇到位。牵头单位：市民政局；责任单位：市司法局；完成时限：6月
    4．清理河湖岸线，做到一处不落查清。牵头单位：市水务局；责任单位：市公安局；完成时限：7月
    """
    assert read(test_lines_of_one_width_that_are_numbered_one_after_the_other_are_not_joined) == [
        "1．|一、深化公开|-|实施就业服务，做到应公开尽公开。|牵头:市文旅局|责任:市财政局|全年",
        "2．|一、深化公开|-|压减文化演出，做到逐项多核对好。|牵头:市税务局|责任:市住建局|每月",
        "3．|一、深化公开|-|编制养老规划，做到逐街逐镇到位。|牵头:市民政局|责任:市司法局|6月",
        "4．|一、深化公开|-|清理河湖岸线，做到一处不落查清。|牵头:市水务局|责任:市公安局|7月",
    ]


def test_labels_composed_of_words_of_duty():
    """
    一、办好实事
    1.改造小区十二个。
    牵头负责领导：高原。
    牵头责任单位：县住建局、县民政局。
    主要协作单位：各乡镇人民政府。
    """
    assert read(test_labels_composed_of_words_of_duty) == [
        "1.|一、办好实事|-|改造小区十二个。|牵头:县住建局+县民政局|配合:各乡镇人民政府",
    ]


def test_a_note_on_order_speaks_of_its_own_item_unless_it_says_below():
    """
    一、算力打折。（责任单位：省财政厅、省数据局）
    二、开放数据。（责任单位：省数据局、青州市人民政府，第一位为牵头单位）
    三、腾出场地。（责任单位：青州市、宁海市人民政府）
    """
    assert read(test_a_note_on_order_speaks_of_its_own_item_unless_it_says_below) == [
        "一、|-|-|算力打折。|责任:省财政厅+省数据局",
        "二、|-|-|开放数据。|牵头:省数据局|责任:青州市人民政府",
        "三、|-|-|腾出场地。|责任:青州市+宁海市人民政府",
    ]


def test_a_person_column_and_a_row_whose_support_is_empty():
    """
    序号 | 任务类别 | 工作任务 | 牵头单位 | 配合单位 | 责任领导 | 完成时限 |
    1 | 主动公开 | 公开项目信息。 | 市发改局 | 市住建局 | 陈某某 | 6月底前 |
    2 | 公开岗位信息。 | 市人社局 | | 刘某某 | 每月5日前 |
    """
    assert read(test_a_person_column_and_a_row_whose_support_is_empty) == [
        "1|主动公开|-|公开项目信息。|牵头:市发改局|配合:市住建局|6月底前",
        "2|主动公开|-|公开岗位信息。|牵头:市人社局|每月5日前",
    ]


def test_a_bracket_with_verbs_and_a_label_and_a_bullet_with_label_lines():
    """
    一、考核
    （九）强化考核，分值不低于4%（百分制）。（县政府办牵头，各乡镇、街道配合；完成时限：12月）
    二、民生
    ● 公开低保标准。
    责任单位：市民政局（社会救助科）
    """
    assert read(test_a_bracket_with_verbs_and_a_label_and_a_bullet_with_label_lines) == [
        "（九）|一、考核|-|强化考核，分值不低于4%（百分制）。|牵头:县政府办|配合:各乡镇+街道|12月",
        "-|二、民生|-|公开低保标准。|责任:市民政局（社会救助科）",
    ]


def test_broken_rows_between_bars_and_labels_below_a_heading():
    """
    工作任务 | 具体要求 | 责任单位 |
    一、解读 | （一）解读材料与文件同步
    起草，同步发布。 | 各镇（街），市
    直各单位 |
    二、回应 | （二）监测舆情。 | 市委宣传部牵
    头，市直各单位配合 |
    """
    assert read(test_broken_rows_between_bars_and_labels_below_a_heading) == [
        "（一）|一、解读|-|解读材料与文件同步起草，同步发布。|责任:各镇（街）+市直各单位",
        "（二）|二、回应|-|监测舆情。|牵头:市委宣传部|配合:市直各单位",
    ]


def test_label_lines_below_a_heading_go_to_all_its_tasks():
    """
    一、决策公开
    责任单位：市司法局
    1.公布年度决策事项目录。
    2.公开听证会议程。
    """
    assert read(test_label_lines_below_a_heading_go_to_all_its_tasks) == [
        "1.|一、决策公开|-|公布年度决策事项目录。|责任:市司法局|沿用",
        "2.|一、决策公开|-|公开听证会议程。|责任:市司法局|沿用",
    ]


def test_numbers_that_word_counts_itself():
    """List numbers stand nowhere in the text of a docx; they are counted as Word prints them."""
    from io import BytesIO
    from zipfile import ZipFile

    from tests.hostile import docx_of, package

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def level(depth: int, form: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        )

    def paragraph(text: str, depth: int | None = None) -> str:
        counted = (
            "" if depth is None else f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        )
        return f"<w:p>{counted}<w:r><w:t>{text}</w:t></w:r></w:p>"

    numbering = f'<w:numbering {space}><w:abstractNum w:abstractNumId="0">{level(0, "chineseCounting", "%1、")}{level(1, "chineseCounting", "（%2）")}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    body = (
        paragraph("深化公开", 0)
        + paragraph("公开规章。（责任单位：市司法局）", 1)
        + paragraph("公开规划。（责任单位：市发改局）", 1)
        + paragraph("优化服务", 0)
        + paragraph("推行帮办。（责任单位：市政务局）", 1)
    )
    with ZipFile(BytesIO(docx_of(body.encode()))) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    data = package({**parts, "word/numbering.xml": numbering.encode()})
    assert brief(reading_of(data, "a.docx")) == [
        "（一）|一、深化公开|-|公开规章。|责任:市司法局",
        "（二）|一、深化公开|-|公开规划。|责任:市发改局",
        "（一）|二、优化服务|-|推行帮办。|责任:市政务局",
    ]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2024年2月29日", "2024-02-29"), ("（2024年2月29日）", "2024-02-29"), ("发文日期：2024-02-29", "2024-02-29"),
        ("成文日期：2024年2月29日", "2024-02-29"), ("2000年2月29日", "2000-02-29"), ("2023年2月29日", None), ("2024年4月31日", None),
    ],
)  # fmt: skip
def test_the_day_of_a_notice_is_any_day_of_the_calendar(line, day):
    """29 February is one, in a leap year."""
    reading = reading_of(f"某县公开工作任务分工表\n{line}\n序号 | 工作任务 | 责任单位 |\n1 | 修订目录。 | 县司法局 |\n")
    assert (reading.facts.issued and reading.facts.issued.isoformat()) == day
