"""Names as people type them: units, groups, sections, tasks."""

from __future__ import annotations

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.errors import AmbiguousName, BadRequest, GkcheckError, UnknownName
from gkcheck.lookup import tasks
from gkcheck.lookup.sections import find_section, find_sections
from gkcheck.lookup.tasks import find_tasks, tasks_with_words
from gkcheck.lookup.units import NameMatch, find_unit, match_unit, short_name, spellings, suggest_units
from gkcheck.plan.reader import read_plan

TYPED = {
    "市教育局": ["市教育局", "教育局", "台山市教育局", "台山教育局", " 市教育局　", "jyj", "sjyj", "JYJ", "ｊｙｊ", "jiaoyuju",
             "shijiaoyuju", "jiaoyj", "jiao yu ju", "taishanshijiaoyuju", "教育"],
    "市财政局": ["市財政局", "財政局", "臺山市財政局", "czj", "caizhengju"],
    "冲蒌镇": ["冲蒌", "沖蔞", "沖蔞鎮", "冲蒌镇人民政府", "chonglou", "clz"],
    "市卫生健康局": ["卫健局", "衛健局", "卫生局", "wjj"],
    "市住房和城乡建设局": ["住建局", "住建", "市住建局"],
    "市人力资源和社会保障局": ["人社局", "人社", "rsj"],
    "市市场监督管理局": ["市市场监督管理局", "市场监督管理局", "市监局", "市场监管局"],
    "市政府办公室": ["市府办", "政府办", "台山市人民政府办公室"],
    "江门市生态环境局台山分局": ["生态环境局", "台山市生态环境分局"],
    "台城街道": ["台城", "台城街道办", "台城街道办事处"],
    "广海镇": ["广海", "guanghai"],
    "各镇（街）": ["各镇(街)", "各镇街", "镇街", " 各镇 （街） "],
    "市各行政执法单位": ["行政执法单位", "市各行政执法单位"],
    "涉及公共资源配置、重大建设项目批准和实施、公益事业建设等三个重点领域的相关单位": ["三个重点领域的相关单位"],
}  # fmt: skip

AMBIGUOUS = {
    "海": ["广海镇", "海宴镇", "广海湾工业园区"],
    "管理": ["市市场监督管理局", "市城市管理和综合执法局", "市政务服务数据管理局"],
    "市政": ["市政府办公室", "市政务服务数据管理局"],
    "sjz": ["四九镇", "深井镇"],
    "sj": ["四九镇", "深井镇"],
    "三": ["三合镇"],
    "镇": ["大江镇", "水步镇"],
    "局": ["市教育局", "市财政局"],
    "执法": ["市城市管理和综合执法局", "市各行政执法单位"],
    "单位": ["市直各单位", "市各行政执法单位"],
}

WRONG = {
    "教肓局": "市教育局",
    "教玉局": "市教育局",
    "市教育厅": "市教育局",
    "财正局": "市财政局",
    "公按局": "市公安局",
    "caizhenju": "市财政局",
    "jiaoyvju": "市教育局",
    "国税局": "市税务局",
    "发改委": "市发展和改革局",
    "新会市教育局": "市教育局",
    "冲楼镇": "冲蒌镇",
    "江门市": "江门市生态环境局台山分局",
}


@pytest.fixture(scope="module")
def plan():
    plan, problems = read_plan(built_in_plan().read_text("utf-8"), "tasks.yaml")
    assert plan
    assert not problems
    return plan


def test_the_tables_below_are_as_long_as_they_should_be():
    assert sum(map(len, TYPED.values())) >= 40
    assert len(TYPED) >= 12
    assert len(AMBIGUOUS) >= 10
    assert len(WRONG) >= 10


@pytest.mark.parametrize(("typed", "name"), [(typed, name) for name, forms in TYPED.items() for typed in forms])
def test_a_unit_may_be_typed_in_many_ways(plan, typed, name):
    assert find_unit(plan, typed) == name


@pytest.mark.parametrize("typed", AMBIGUOUS)
def test_an_ambiguous_name_lists_its_candidates(plan, typed):
    with pytest.raises(AmbiguousName) as caught:
        find_unit(plan, typed)
    for candidate in AMBIGUOUS[typed]:
        assert candidate in str(caught.value)


@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_name_suggests_the_right_one_first(plan, typed):
    with pytest.raises(UnknownName) as caught:
        find_unit(plan, typed)
    assert suggest_units(plan, typed)[0] == WRONG[typed]
    assert f"是否要找：{WRONG[typed]}" in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "match"),
    [
        ("市教育局", NameMatch("市教育局")),
        ("教育局", NameMatch("市教育局")),
        ("台山市教育局", NameMatch("市教育局")),
        ("水步", NameMatch("水步镇")),
        ("財政局", NameMatch("市财政局")),
        ("jyj", NameMatch("市教育局", loose=True)),
        ("jiaoyuju", NameMatch("市教育局", loose=True)),
        ("教育", NameMatch("市教育局", loose=True)),
        ("卫健局", NameMatch("市卫生健康局")),
        ("卫生局", NameMatch("市卫生健康局", loose=True)),
        ("工商局", NameMatch("市科工商务局", loose=True, inner=True)),
    ],
)
def test_the_step_that_decides_tells_how_surely(plan, typed, match):
    assert match_unit(plan, typed) == match


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("市教育局", "教育局"),
        ("县公安局", "公安局"),
        ("水步镇", "水步"),
        ("台城街道", "台城"),
        ("台城街道办事处", "台城"),
        ("冲蒌镇人民政府", "冲蒌"),
        ("市府", "市府"),
        ("市教局", "市教局"),
        ("大镇", "大镇"),
        ("市市场监督管理局", "市场监督管理局"),
        ("教育局", "教育局"),
    ],
)
def test_a_name_is_shortened_as_people_do(name, short):
    assert short_name(name) == short


def test_every_name_and_alias_means_its_owner(plan):
    for spelling, owners in spellings(plan).items():
        assert match_unit(plan, spelling) == NameMatch(owners[0])


@pytest.mark.parametrize("typed", ["", " ", "　", "。", "0", "xyz", "台", "台山市", "\udce5", "a" * 5000, "局" * 5000])
def test_what_is_no_name_is_refused(plan, typed):
    with pytest.raises(GkcheckError):
        find_unit(plan, typed)


def test_a_command_says_which_units_were_meant(gkcheck):
    answer = gkcheck("tasks", "--unit", "管理")
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "市城市管理和综合执法局" in answer.err
    answer = gkcheck("tasks", "--unit", "教肓局")
    assert (answer.code, answer.out) == (2, "")
    assert "是否要找：市教育局" in answer.err


# -- recording: never to another unit unnoticed ----------------------------------------------------------


def test_a_unit_found_by_pinyin_is_named_when_it_is_recorded(gkcheck):
    answer = gkcheck("done", "23", "--unit", "jyj")
    assert answer.code == 0
    assert "“jyj”指市教育局" in answer.err
    assert "市教育局 → 已完成" in answer.out


def test_a_unit_named_by_itself_is_not_talked_about(gkcheck):
    assert gkcheck("done", "23", "--unit", "教育局").err == ""


def test_a_piece_out_of_the_middle_is_enough_to_ask_and_too_little_to_record(gkcheck):
    assert gkcheck("tasks", "--unit", "工商局").code == 0
    answer = gkcheck("done", "1", "--unit", "工商局")
    assert (answer.code, answer.out) == (2, "")
    assert "市科工商务局" in answer.err
    assert gkcheck("log", "--format", "json").json() == []


# -- sections and tasks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["九", "9", "９", "九、", "（九）", "第九", "第九项", "重点民生", "強化重點民生", "九、强化重点民生领域信息公开"],
)
def test_a_section_may_be_typed_in_many_ways(plan, typed):
    assert find_section(plan, typed).number == "九"


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        (["九"], ["九"]),
        (["一、二"], ["一", "二"]),
        (["二,1"], ["二", "一"]),
        (["一", "二、一"], ["一", "二"]),
        (["第一项；第二项"], ["一", "二"]),
        (["一至三"], ["一", "二", "三"]),
        (["1－3、九"], ["一", "二", "三", "九"]),
        (["九、强化重点民生领域信息公开"], ["九"]),
    ],
)
def test_several_sections_may_be_typed(plan, typed, numbers):
    assert [section.number for section in find_sections(plan, typed)] == numbers


@pytest.mark.parametrize("typed", ["三至一", "一、十二", "一至十二", "、", ""])
def test_sections_that_are_no_list_are_refused(plan, typed):
    with pytest.raises(GkcheckError):
        find_sections(plan, [typed])


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        (["招生"], [23]),
        (["义务教育", "招生"], [23]),
        (["义务教育 招生"], [23]),
        (["招生　義務教育"], [23]),
        (["“谁起草"], [1]),
        (['"谁起草、谁解读"'], [1]),
        (["「誰起草、誰解讀」"], [1]),
        (["双随机、一公开"], [21]),
        (["没有这样的话"], []),
        (["招生", "没有"], []),
    ],
)
def test_tasks_are_found_by_the_words_of_their_texts(plan, typed, ids):
    assert [task.id for task in tasks_with_words(plan, typed)] == ids


def test_dashes_width_and_script_of_the_text_do_not_matter(plan):
    (section, *rest) = plan.sections
    first, *others = section.tasks
    changed = plan._replace(
        sections=(
            section._replace(tasks=(first._replace(text="公開“２０１９—２０２０”年ＰＤＦ（Ａ；Ｂ）"), *others)),
            *rest,
        )
    )
    for typed in ("2019-2020", "２０１９－２０２０", "公开", "pdf", "(a;b)", "（A；B）"):
        assert 1 in [task.id for task in tasks_with_words(changed, [typed])], typed


@pytest.mark.parametrize("typed", ["", " ", "“”", "　"])
def test_nothing_to_look_for_is_refused(plan, typed):
    with pytest.raises(BadRequest, match="请写上具体要求中的词"):
        tasks_with_words(plan, [typed])


def test_a_part_of_several_sections_lists_them(plan):
    with pytest.raises(AmbiguousName, match="四、推进重要决策公开"):
        find_section(plan, "公开")


@pytest.mark.parametrize("typed", ["十二", "12", "", "没有", "\udce5"])
def test_an_unknown_section_says_which_there_are(plan, typed):
    with pytest.raises(UnknownName):
        find_section(plan, typed)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("23", [23]),
        ("２３", [23]),
        ("二十三", [23]),
        ("（二十三）", [23]),
        ("(23)", [23]),
        ("第23项", [23]),
        ("23、24，25", [23, 24, 25]),
        ("30-32", [30, 31, 32]),
        ("三十至三十二", [30, 31, 32]),
        ("30－32", [30, 31, 32]),
        ("30‐32", [30, 31, 32]),
        ("30–32", [30, 31, 32]),
        ("30——32", [30, 31, 32]),
        ("30~32", [30, 31, 32]),
        ("30～32", [30, 31, 32]),
        ("30〜32", [30, 31, 32]),
        ("３０到３２", [30, 31, 32]),
        ("第三十项至第三十二项", [30, 31, 32]),
        ("（三十）－（三十二）", [30, 31, 32]),
        ("第30項", [30]),
        ("“23”", [23]),
        ("23;24；25", [23, 24, 25]),
        ("23､24﹑25", [23, 24, 25]),
        ("23 24", [23, 24]),
    ],
)
def test_a_task_may_be_typed_in_many_ways(plan, typed, ids):
    assert [task.id for task in find_tasks(plan, [typed])] == ids


@pytest.mark.parametrize(
    ("typed", "error", "message"),
    [
        ("甲", UnknownName, "不是具体要求的编号"),
        ("", UnknownName, "不是具体要求的编号"),
        ("99", UnknownName, "最接近的是 37"),
        ("0", UnknownName, "最接近的是 1"),
        ("32-30", BadRequest, "应写成 30-32"),
        ("30-99", UnknownName, "没有第 99 项"),
    ],
)
def test_what_is_no_task_is_refused(plan, typed, error, message):
    with pytest.raises(error, match=message):
        find_tasks(plan, [typed])


def test_tasks_are_found_once_in_the_order_typed(plan):
    assert [task.id for task in find_tasks(plan, ["5、3", "3-6"])] == [5, 3, 4, 6]


def test_a_range_is_bounded(plan, monkeypatch):
    monkeypatch.setattr(tasks, "MAX_RANGE", 2)
    assert len(find_tasks(plan, ["1-3"])) == 3
    with pytest.raises(BadRequest, match="一次最多 2 项"):
        find_tasks(plan, ["1-4"])


def test_a_printed_number_counts_where_no_id_fits(plan):
    (section, *rest) = plan.sections
    first, second, *others = section.tasks
    renumbered = [first._replace(number="四十"), second._replace(number="四十"), *others]
    changed = plan._replace(sections=(section._replace(tasks=tuple(renumbered)), *rest))
    with pytest.raises(AmbiguousName, match="编号“四十”有 2 项具体要求，请用序号：1、2"):
        find_tasks(changed, ["四十"])
    changed = plan._replace(sections=(section._replace(tasks=(first, renumbered[1], *others)), *rest))
    assert [task.id for task in find_tasks(changed, ["（四十）"])] == [2]
