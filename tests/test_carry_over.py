"""`gkcheck import --like`: what this year's table takes over from last year's, told line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gkcheck.contacts import Contact, contacts_path, load_contacts, save_contacts
from gkcheck.plan.reader import read_plan

OPEN_DATA = "通过“开放江门”平台上传数据集，推进政府部门数据依法开放。"
SCHOOL = "通过多种形式及时公开义务教育招生方案、招生范围、招生程序。"
PAPER = "政府公报电子版与纸质版同步发布，并做好赠阅。"

LAST = f"""format: 1
id: y2019
title: 台山市2019年政务公开工作要点责任分工表
groups:
  - {{name: 各镇（街）, ranked: true, aliases: [镇街]}}
  - {{name: 市直各单位}}
units:
  - {{name: 台城街道, groups: [各镇（街）], aliases: [台城], contact: 王五, phone: 0750-5512345}}
  - {{name: 大江镇, groups: [各镇（街）]}}
  - {{name: 市教育局, groups: [市直各单位], aliases: [教育局, 市教体局], contact: 张三, phone: 0750-5511111}}
  - {{name: 市工商局, aliases: [工商局]}}
  - {{name: 市政数局}}
sections:
  - title: 公开
    tasks:
      - {{id: 1, number: 1, text: {SCHOOL}, responsible: [市教育局, 市直各单位], channels: [招生网]}}
      - {{id: 2, number: 2, text: {OPEN_DATA}, lead: [市政数局], support: [各镇（街）], channels: [“开放江门”, 数据网]}}
      - {{id: 3, number: 3, text: {PAPER}, responsible: [市政数局, 市工商局], channels: [政府公报电子版]}}
      - {{id: 4, number: 4, text: 开展政策解读回应关切。, responsible: [市教育局], channels: [新闻发布会]}}
"""

HEAD = "台山市2020年政务公开工作要点责任分工表\n序号 | 工作任务 | 责任单位 | 完成时限 |\n"


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A folder with last year's table; call it with the rows of this year's notice."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "去年.yaml").write_text(LAST, "utf-8")

    def write(*rows):
        lines = [f"{n} | {text} | {units} | 长期 |" for n, (text, units) in enumerate(rows, 1)]
        (tmp_path / "今年.txt").write_text(HEAD + "\n".join(lines) + "\n", "utf-8")

    return write


ALL = [
    (SCHOOL, "市教育局、市直各单位"),
    (OPEN_DATA, "市政数局牵头，各镇（街）配合"),
    (PAPER, "市政数局、市工商局"),
    ("开展政策解读回应关切。", "市教育局"),
]


def read(gk, *options, code):
    """Import with last year's table; the new plan and the account."""
    done = gk("import", "今年.txt", "--like", "去年.yaml", "-o", "今年.yaml", "--id", "y2020", *options)
    assert done.code == code, done
    plan, problems = read_plan(Path("今年.yaml").read_text("utf-8"), "今年.yaml")
    assert problems == []
    return plan, done.err.splitlines()


def told(lines, word):
    return [line.removeprefix(f"{word}　") for line in lines if line.startswith(f"{word}　")]


def test_everything_is_carried_over_where_the_tasks_are_the_same(gk, office):
    office(*ALL)
    plan, lines = read(gk, code=0)
    last, _ = read_plan(LAST, "去年.yaml")
    assert (plan.groups, plan.units) == (last.groups, last.units)
    assert [task.channels for task in plan.tasks()] == [task.channels for task in last.tasks()]
    assert told(lines, "沿用") == [
        "各镇（街）：别名 镇街；参加排名",
        "台城街道：类别 各镇（街）；别名 台城；联系人；联系电话",
        "大江镇：类别 各镇（街）",
        "市教育局：类别 市直各单位；别名 教育局、市教体局；联系人；联系电话",
        "市工商局：别名 工商局",
        "具体要求 1：发布渠道 招生网",
        "具体要求 2：发布渠道 “开放江门”、数据网",
        "具体要求 3：发布渠道 政府公报电子版",
        "具体要求 4：发布渠道 新闻发布会",
    ]
    assert told(lines, "未沿用") == told(lines, "请核对") == []
    assert not [line for line in lines if "5512345" in line or "王五" in line]


def test_what_has_no_place_this_year_is_named(gk, office):
    office((SCHOOL, "市教育局"), (OPEN_DATA, "市政数局"))
    plan, lines = read(gk, code=0)
    assert [unit.name for unit in plan.units] == ["市教育局", "市政数局"]
    assert told(lines, "未沿用") == [
        "各镇（街）：今年没有任务（原有别名 镇街；参加排名）",
        "市直各单位：今年没有任务",
        "台城街道：今年没有任务（原有类别 各镇（街）；别名 台城；联系人；联系电话）",
        "大江镇：今年没有任务（原有类别 各镇（街））",
        "市教育局：类别“市直各单位”今年没有任务",
        "市工商局：今年没有任务（原有别名 工商局）",
        "去年的具体要求 3今年没有：发布渠道 政府公报电子版",
        "去年的具体要求 4今年没有：发布渠道 新闻发布会",
    ]


def test_a_unit_of_another_name_is_doubtful(gk, office):
    """An alias becomes the registered name; a new body is compared with the old ones."""
    office((SCHOOL, "教育局"), (PAPER, "市教体局"), (OPEN_DATA, "市政数局、市市场监管局"))
    plan, lines = read(gk, code=1)
    assert {unit.name: unit.aliases for unit in plan.units}["市教育局"] == ("教育局", "市教体局")
    assert "“教育局”按名录写作“市教育局”" in told(lines, "请核对")
    assert "“市教体局”按名录写作“市教育局”" in told(lines, "请核对")
    assert any(line.startswith("名录中没有“市市场监管局”，已按原文登记") for line in told(lines, "请核对"))


def test_channels_of_a_task_whose_text_changed(gk, office):
    """Those that the new text names are sure; one that only the old text named stays behind; others are to be checked."""
    office(
        (SCHOOL.replace("招生程序", "录取结果"), "市教育局"),
        (OPEN_DATA.replace("上传", "更新"), "市政数局"),
        (PAPER.replace("政府公报电子版与纸质版", "政府公报纸质版"), "市政数局"),
    )
    plan, lines = read(gk, code=1)
    assert [task.channels for task in plan.tasks()] == [("招生网",), ("“开放江门”", "数据网"), ()]
    assert told(lines, "请核对") == [
        "具体要求 1的文字与去年第 1 项不同，仍沿用发布渠道“招生网”",
        "具体要求 2的文字与去年第 2 项不同，仍沿用发布渠道“数据网”",
        "具体要求 3的文字不再写“政府公报电子版”，没有沿用为发布渠道",
    ]


def test_the_id_of_last_year_is_doubtful(gk, office):
    """The journal is found by it: last year's records would count."""
    office(*ALL)
    assert gk("import", "今年.txt", "--like", "去年.yaml", "--id", "y2019").code == 1
    assert "去年的记录会算到今年" in gk("import", "今年.txt", "--like", "去年.yaml", "--id", "y2019").err


def test_the_zone_is_carried_over(gk, office):
    Path("去年.yaml").write_text(LAST.replace("id: y2019", "id: y2019\nzone: '+06:00'"), "utf-8")
    office(*ALL)
    plan, lines = read(gk, code=0)
    assert (plan.zone, told(lines, "沿用")[0]) == ("+06:00", "时区：+06:00")


def test_contacts_that_forms_named_go_to_the_new_register(gk, office):
    """Only when the plan is written, and only those of its units."""
    known = {"市教育局": Contact("赵六", "0750-5513333", "2019-11-01"), "市粮食局": Contact("钱七", None, "2019-11-01")}
    save_contacts(contacts_path(), "y2019", known, 5, lambda: None)
    office(*ALL)
    printed = gk("import", "今年.txt", "--like", "去年.yaml", "--id", "y2020")
    assert "未沿用　联系人名册 1 个单位：市教育局；用 -o 写入责任分工表时一起沿用" in printed.err
    assert load_contacts(contacts_path(), "y2020") == {}
    _, lines = read(gk, code=0)
    assert load_contacts(contacts_path(), "y2020") == {"市教育局": known["市教育局"]}
    assert load_contacts(contacts_path(), "y2019") == known
    assert told(lines, "沿用")[-1] == "联系人名册 1 个单位：市教育局；请用 gkcheck units --contacts 核对"


def test_the_account_as_json(gk, office):
    office((SCHOOL, "市教育局"))
    done = gk("import", "今年.txt", "--like", "去年.yaml", "--id", "y2020", "--format", "json")
    account = json.loads(done.out)
    assert account["like"] == "去年.yaml"
    assert account["carried"] == ["市教育局：别名 教育局、市教体局；联系人；联系电话", "具体要求 1：发布渠道 招生网"]
    assert "市工商局：今年没有任务（原有别名 工商局）" in account["not_carried"]
    plain = json.loads(gk("import", "今年.txt", "--format", "json").out)
    assert (plain["like"], plain["carried"], plain["not_carried"]) == (None, [], [])


def test_a_draft_says_how_to_go_on(gk, office):
    """Nothing is carried into a draft; the line to type for its import has the option."""
    office(*ALL)
    done = gk("import", "今年.txt", "--like", "去年.yaml", "-o", "草稿.xlsx")
    assert (done.code, "沿用　" in done.err) == (0, False)
    assert "用 gkcheck import 草稿.xlsx -o tasks.yaml --like 去年.yaml 导入" in done.out
    again = gk("import", "草稿.xlsx", "-o", "tasks.yaml", "--like", "去年.yaml", "--id", "y2020")
    assert "沿用　具体要求 1：发布渠道 招生网" in again.err
    assert "--like" not in gk("import", "今年.txt", "-o", "另一份.xlsx").out


def test_what_cannot_be_taken_over_is_refused(gk, office):
    office(*ALL)
    both = gk("import", "今年.txt", "--like", "去年.yaml", "--units", "去年.yaml", "-o", "今年.yaml")
    assert (both.code, "--units 和 --like 只能用一个" in both.err) == (2, True)
    Path("去年.yaml").write_text(LAST + "      - {id: 4, text: 重号。, responsible: [市教育局]}\n", "utf-8")
    broken = gk("import", "今年.txt", "--like", "去年.yaml", "-o", "今年.yaml")
    assert (broken.code, "去年.yaml:" in broken.err) == (2, True)
    missing = gk("import", "今年.txt", "--like", "没有.yaml", "-o", "今年.yaml")
    assert (missing.code, "没有.yaml" in missing.err) == (2, True)
