"""The checks of a whole reading: each finds what it is for, and nothing in a sound reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gkcheck.importers.checks import check_reading, is_possible_loss
from gkcheck.importers.draft import DraftTask, Omission


def task(number, text="修订目录，逐条核对。", names=("市教育局",), section=None, subsection=None):
    """A task as the readers make it."""
    return DraftTask(number, section, subsection, text, (), tuple(names), (), f"第{number}行")


SOUND = [task("1"), task("2"), task("3", names=("市财政局", "市审计局"))]


def messages(tasks, left_out=()):
    return [found.message for found in check_reading(tasks, list(left_out))]


def test_a_sound_reading_has_no_findings():
    assert messages(SOUND, [Omission("第9行", "网站地图", "任务之外的文字")]) == []


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([task("1"), task("1", "公布指南，按月更新。")], "编号“1”连着出现 2 次，可能是一项拆成了几项"),
        ([task("1", section="一、攻坚（3项）"), task("2", section="一、攻坚（3项）")], "“一、攻坚（3项）”写明 3 项，读出 2 项"),
        ([task("1", subsection="（一）算力（二项）")], "“（一）算力（二项）”写明 2 项，读出 1 项"),
        ([task("1", "修订目录。（由市教育局牵头去办，市财政局协助）。")], "任务文字里的“（由市教育局牵头去办，市财政局协助）”像责任单位，没有读成"),
        ([task("1", names=("10%300市财政局",))], "“10%300市财政局”含有数字，不像单位名称"),
        ([*SOUND, task("4", names=("市财政局市审计局",))], "“市财政局市审计局”像是“市财政局”和“市审计局”两个单位"),
        ([replace(task("1"), deadline="全年2．压减演出，逐项核对")], "时限“全年2．压减演出，逐项核对”不像时限"),
        ([replace(task("1"), deadline="王建国")], "时限“王建国”不像时限"),
        ([task("1", "一、深化公开修订目录，逐条核对。")], "编号“1”后面的“一、深化公开修订目录，逐……”又有编号，可能混进了标题"),
        ([task("1", "市教育局、市财政局")], "具体要求“市教育局、市财政局”像单位名称"),
    ],
)  # fmt: skip
def test_what_a_check_of_tasks_finds(tasks, message):
    assert messages(tasks) == [message]


@pytest.mark.parametrize(
    ("left", "found"),
    [
        (Omission("第1行", "本表共分解为5项具体任务。", "任务之外的文字"), ["原文说“共分解为5项具体任务”，读出 3 项"]),
        (Omission("第1行", "本表共3项任务。", "任务之外的文字"), []),
        (Omission("第1行", "公布指南。（市司法局牵头）", "任务之外的文字"), ["未收录的文字里“（市司法局牵头）”像责任单位"]),
        (Omission("第1行", "市司法局指南", "未能归类"), ["“市司法局指南”未收录（未能归类）"]),
        (Omission("第1行", "—", "未能归类"), []),
    ],
)  # fmt: skip
def test_what_a_check_of_parts_left_out_finds(left, found):
    assert messages(SOUND, [left]) == found


@pytest.mark.parametrize(
    "tasks",
    [
        [task("1", section="一、甲"), task("1", section="二、乙")],
        [task(None), task(None)],
        [task("1", section="一、攻坚（2项）", subsection="甲"), task("2", section="一、攻坚（2项）", subsection="乙"), task("3", section="一、攻坚（2项）", subsection="乙")],
        [task("1", "分值不低于4%（百分制）。")],
        [task("1", names=("县委",)), task("2", names=("县委宣传部", "12345热线办"))],
    ],
)  # fmt: skip
def test_what_no_check_finds(tasks):
    """Numbers that begin anew, counts of headings below, brackets without roles, names that begin like others."""
    found = messages(tasks)
    assert found == ([] if tasks[0].names() != ("县委",) else ["“12345热线办”含有数字，不像单位名称"])


@pytest.mark.parametrize(
    ("why", "text", "loss"),
    [
        ("没有责任单位", "3.公布指南。", True), ("未能归类", "公布指南", True), ("不是任务表", "1 甲 乙", True), ("任务之外的文字", "公布。（市司法局负责）", True),
        ("任务之外的文字", "网站地图", False), ("个人，不作责任单位", "责任领导：王某某", False), ("表中附注", "备注：长期有效", False),
    ],
)  # fmt: skip
def test_a_part_left_out_that_may_be_a_loss(why, text, loss):
    assert is_possible_loss(Omission("第1行", text, why)) is loss


def test_what_may_be_lost_and_what_is_doubtful_comes_first(gk, tmp_path):
    """Exit code 1; checks, then doubts, then possible losses, then the page's furniture."""
    notice = tmp_path / "a.txt"
    notice.write_text(
        "网站地图\n某县任务分工\n一、深化公开（3项）\n1.修订目录，逐条核对。（责任单位：县司法局）\n2.公布指南，按月更新。（责任单位：10%300县财政局）\n3.清理旧件。\n4.开展培训。（责任单位：县委党校）\n",
        "utf-8",
    )
    answer = gk("import", notice, "-o", tmp_path / "a.yaml")
    assert answer.code == 1
    lines = [line for line in answer.err.splitlines() if line.startswith(("请核对", "未收录"))]
    order = [
        next(n for n, line in enumerate(lines) if word in line)
        for word in ("缺3", "含有数字", "没有印责任单位", "可能漏了", "网站地图")
    ]
    assert order == sorted(order)
