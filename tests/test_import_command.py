"""`gkcheck import` at the front door: answer and account, exit codes, files, formats by content, the registry."""

from __future__ import annotations

import json

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.plan.reader import read_plan
from tests.notices_read import FIXTURES, HERE

TAISHAN = HERE / "source" / "taishan-2019.txt"
CLEAN = "某县2021年公开任务分工表\n序号 | 工作任务 | 责任单位 | 完成时限 |\n1 | 修订目录。 | 县司法局 | 年底前 |\n2 | 公布指南。 | 县司法局牵头，各镇配合 | 长期 |\n"


@pytest.fixture
def notice(tmp_path):
    """A notice with nothing to look at."""
    path = tmp_path / "通知.txt"
    path.write_text(CLEAN, "utf-8")
    return path


def test_a_clean_notice_prints_a_plan_and_exits_with_0(gk, notice):
    """stdout is the plan, stderr the account."""
    answer = gk("import", notice)
    assert answer.code == 0
    plan, problems = read_plan(answer.out, "a")
    assert problems == []
    assert [(task.number, task.text, task.lead, task.responsible, task.support) for task in plan.tasks()] == [
        ("1", "修订目录。", (), ("县司法局",), ()),
        ("2", "公布指南。", ("县司法局",), (), ("各镇",)),
    ]
    assert str(plan.tasks()[0].deadline.date) == "2021-12-31"
    assert plan.id == "通知"
    assert [group.name for group in plan.groups] == ["各镇"]
    assert "读出：表格 1 张、2 行" in answer.err
    assert "请核对" not in answer.err


def test_what_comes_round_again_is_told_with_its_words(gk, tmp_path):
    """In the account, in JSON and in the plan; one that finds no place is to be checked."""
    notice, plan = tmp_path / "通知.txt", tmp_path / "tasks.yaml"
    notice.write_text(
        CLEAN + "3 | 每季度报送一篇稿件。 | 县司法局 | 持续推进 |\n4 | 报送台账。 | 县司法局 | 每月10日前 |\n", "utf-8"
    )
    done = gk("import", notice, "-o", plan)
    assert (done.code, [line for line in done.err.splitlines() if line.startswith("定期")]) == (
        0, ["定期　第5行：每季度（每季度报送一篇稿件）", "定期　第6行：每月（每月10日前）"],
    )  # fmt: skip
    written = plan.read_text("utf-8")
    assert "deadline: {text: 持续推进, every: quarter}" in written
    assert "deadline: {text: 每月10日前, date: 2021-01-10, every: month}" in written
    tasks = gk("import", notice, "--format", "json").json()["tasks"]
    assert [(task.get("every"), task.get("period")) for task in tasks] == [
        (None, None), (None, None), ("quarter", "每季度报送一篇稿件"), ("month", "每月10日前"),
    ]  # fmt: skip
    notice.write_text(CLEAN + "3 | 每周报送稿件。 | 县司法局 | 长期 |\n", "utf-8")
    done = gk("import", notice)
    assert (done.code, "请核对　第5行：“每周报送稿件”像是定期的任务，没有记周期" in done.err) == (1, True)


def test_the_table_of_2019_takes_over_its_own_registry(gk, tmp_path):
    """The issuer is the built-in table's: members, aliases and groups come with it, and `check` is content."""
    output = tmp_path / "tasks.yaml"
    answer = gk("import", TAISHAN, "-o", output, "--id", "again")
    assert answer.code == 1
    assert answer.out == f"已写入 {output}：37 项具体要求\n"
    assert gk("check", "--plan", output).code == 0
    ours, _ = read_plan(built_in_plan().read_text("utf-8"), "a")
    again, _ = read_plan(output.read_text("utf-8"), "b")
    named = {name for task in again.tasks() for _, names in task.names_by_role() for name in names}
    assert {unit.name for unit in again.units} >= {unit.name for unit in ours.units if "各镇（街）" in unit.groups}
    assert [group for group in again.groups if group.name == "各镇（街）"] == [
        group for group in ours.groups if group.name == "各镇（街）"
    ]
    assert named <= {unit.name for unit in again.units} | {group.name for group in again.groups}
    assert "十二" in answer.err
    assert "乱码" in answer.err


def test_another_place_does_not_inherit_our_units(gk, notice):
    """另一个县的各镇 and its 县司法局 are not ours."""
    plan, _ = read_plan(gk("import", notice).out, "a")
    assert [(unit.name, unit.aliases, unit.groups) for unit in plan.units] == [("县司法局", (), ())]


def test_units_of_a_named_plan_are_used_and_the_others_are_told(gk, tmp_path, notice):
    """--units: aliases become registered names; what it lacks is a finding."""
    first = (
        gk("import", notice)
        .out.replace("{name: 县司法局}", "{name: 某县司法局, aliases: [县司法局, 司法局]}")
        .replace("[县司法局]", "[某县司法局]")
    )
    registry = tmp_path / "registry.yaml"
    registry.write_text(first, "utf-8")
    other = tmp_path / "b.txt"
    other.write_text(CLEAN.replace("各镇", "县档案馆"), "utf-8")
    answer = gk("import", other, "--units", registry)
    assert answer.code == 1
    plan, problems = read_plan(answer.out, "a")
    assert problems == []
    assert plan.tasks()[0].responsible == ("某县司法局",)
    assert "名录中没有“县档案馆”" in answer.err


def test_the_account_as_json(gk, notice):
    """A stable contract: what a program needs to compare a reading."""
    answer = gk("import", notice, "--format", "json")
    told = json.loads(answer.out)
    assert told["counts"] == {
        "tables": 1,
        "rows": 2,
        "tasks": 2,
        "sections": 0,
        "units": 1,
        "groups": 1,
        "inherited": 0,
    }
    assert told["tasks"][1] == {
        "id": 2, "number": "2", "section": None, "subsection": None, "text": "公布指南。",
        "units": {"lead": ["县司法局"], "support": ["各镇"], "responsible": []}, "units_tail": None,
        "deadline": "长期", "date": None, "inherited": False, "notes": [], "place": "第4行",
    }  # fmt: skip
    assert {
        "file",
        "format",
        "plan",
        "output",
        "title",
        "gaps",
        "mends",
        "left_out",
        "placed",
        "findings",
        "unknown",
    } <= set(told)
    assert answer.err == ""


def test_every_clause_is_in_a_task_or_listed(gk):
    """The whole of the source comes back: placed, in a task, or left out with its place."""
    told = json.loads(gk("import", TAISHAN, "-f", "json").out)
    assert any("凡本网注明" in left["text"] for left in told["left_out"])
    assert not [left for left in told["left_out"] if left["why"] == "未能归类"]
    assert {"文号", "印发单位", "标题", "重复标题", "表头"} <= {placed["as"] for placed in told["placed"]}


def test_an_existing_file_is_kept_without_force(gk, tmp_path, notice):
    """Refused before anything is read; --force replaces it whole."""
    output = tmp_path / "tasks.yaml"
    output.write_text("mine", "utf-8")
    answer = gk("import", notice, "-o", output)
    assert (answer.code, output.read_text("utf-8")) == (2, "mine")
    assert "--force" in answer.err
    assert gk("import", notice, "-o", output, "--force").code == 0
    assert output.read_text("utf-8").startswith("# 由 gkcheck import 从 通知.txt 读出")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tasks.yaml", "通知.txt"]


def test_a_format_is_known_by_its_content(gk, tmp_path):
    """A docx called .txt is read as docx; an old .doc is named and refused with the remedy."""
    path = tmp_path / "a.txt"
    path.write_bytes((FIXTURES / "two-tiers.docx").read_bytes())
    assert json.loads(gk("import", path, "-f", "json").out)["format"] == "docx"
    old = tmp_path / "a.docx"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    answer = gk("import", old)
    assert answer.code == 2
    assert "另存为 docx" in answer.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_standard_input_in_any_encoding_of_an_office(gkcheck, encoding):
    """`-` is standard input."""
    answer = gkcheck("import", "-", stdin=CLEAN.encode(encoding))
    assert answer.code == 0
    assert "id: notice" in answer.out


def test_keep_script_leaves_the_script_alone(gk, tmp_path):
    """Pinyin goes all the same: it is damage, not script."""
    path = tmp_path / "a.txt"
    path.write_text("工作任務(wù) | 責任單位 |\n(一)辦好熱線,接訴即辦。 | 縣(xiàn)政府 |\n", "utf-8")
    assert (
        json.loads(gk("import", path, "--keep-script", "-f", "json").out)["tasks"][0]["text"] == "辦好熱線,接訴即辦。"
    )
    assert json.loads(gk("import", path, "-f", "json").out)["tasks"][0]["text"] == "办好热线，接诉即办。"


@pytest.mark.parametrize(
    ("arguments", "say"),
    [
        (["没有.docx"], "没有这个文件"),
        (["-o", "x/y/z.yaml"], "写不了"),
        (["--id", "a b"], "--id"),
        (["--units", "没有.yaml"], "责任分工表 没有.yaml"),
    ],
    ids=["missing", "target", "id", "units"],
)
def test_a_misuse_is_one_line(gk, notice, arguments, say, monkeypatch, tmp_path):
    """The message names the fault, its place and the remedy."""
    monkeypatch.chdir(tmp_path)
    answer = gk("import", *([] if arguments == ["没有.docx"] else [notice]), *arguments)
    assert answer.code == 2
    assert say in answer.err
    assert answer.err.count("\n") == 1 or "写不了" in answer.err
