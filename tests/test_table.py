"""The built-in table against the published text, character for character."""

from __future__ import annotations

import re
from pathlib import Path

from gkcheck.cli.context import built_in_plan
from gkcheck.model import Plan
from gkcheck.plan.reader import read_plan
from gkcheck.text.damage import without_pinyin
from gkcheck.text.normalize import full_width
from gkcheck.text.numerals import number_of
from gkcheck.text.script import simplified

SOURCE = Path(__file__).parent / "source" / "taishan-2019.txt"
DAMAGED, MENDED = "政府?dāng)?shù)据", "政府数据"
OPEN_CLASS = "涉及公共资源配置、重大建设项目批准和实施、公益事业建设等三个重点领域的相关单位"


def built_in() -> Plan:
    path = built_in_plan()
    plan, problems = read_plan(path.read_text("utf-8"), str(path))
    assert plan is not None
    assert not problems
    return plan


def published() -> list[tuple[str, str, str, str]]:
    """(section, number, requirement, units) row by row, read from the source by the simplest means."""
    rows, section, units = [], "", ""
    for line in SOURCE.read_text("utf-8").splitlines():
        text = full_width(simplified(without_pinyin(line)[0]))
        text = text.replace(full_width(DAMAGED), MENDED)
        if "|" not in text or text.startswith("工作任务"):
            continue
        cells = [cell.strip() for cell in text.split("|")]
        if re.match(r"[一二三四五六七八九十]+、", cells[0]):
            section = cells.pop(0)
        number, requirement = re.fullmatch(r"（([一二三四五六七八九十]+)）(.+)", cells[0]).groups()
        units = cells[1] or units
        rows.append((section, number, requirement, units))
    return rows


def printed_units(task) -> str:
    """The responsibility cell as the notice prints it, the separators of the notice put back."""
    lead, responsible, support = ("、".join(names) for _, names in task.names_by_role())
    if lead:
        return f"{lead}牵头，{support}配合"
    return responsible


def test_every_character_of_the_requirements_is_the_source():
    """Nobody edits a requirement, a number or a heading unnoticed."""
    plan = built_in()
    ours = [
        (f"{section.number}、{section.title}", task.number, task.text)
        for section in plan.sections
        for task in section.tasks
    ]
    assert ours == [row[:3] for row in published()]


def test_the_units_are_the_source():
    """Every responsibility cell, inherited ones resolved; 、 and ， both separate units."""
    for task, (*_, units) in zip(built_in().tasks(), published(), strict=True):
        assert printed_units(task).replace("，", "、") == units.replace("，", "、"), task.id


def test_sections_keep_their_printed_numbers():
    """Sixteen, 一 to 十七; 十二 was missing in the published text and stays so."""
    numbers = [number_of(section.number) for section in built_in().sections]
    assert numbers == [*range(1, 12), *range(13, 18)]


def test_tasks_count_from_one_and_are_numbered_as_printed():
    assert [(task.id, number_of(task.number)) for task in built_in().tasks()] == [(n, n) for n in range(1, 38)]


def test_the_oddities_are_kept_and_noted():
    """The two slips of the original stay, the damaged spot is mended, and each says so beside it."""
    tasks = {task.id: task for task in built_in().tasks()}
    assert "文件行政策解读" in tasks[2].text
    assert tasks[13].text.endswith("公开")
    assert "江门市政府数据统一开放平台" in tasks[27].text
    assert [task.id for task in tasks.values() if task.note] == [2, 13, 27]
    assert "围绕着力" in tasks[17].text
    assert "，着力做好" in tasks[20].text


def test_time_words_and_channels_stand_in_the_text():
    """A deadline's words and a channel are the requirement's own."""
    tasks = {task.id: task for task in built_in().tasks()}
    assert {task.id: (task.deadline.text, str(task.deadline.date)) for task in tasks.values() if task.deadline} == {
        12: ("征集结束后1个月内", "None"),
        29: ("年内", "2019-12-31"),
    }
    for task in tasks.values():
        assert all(channel in task.text for channel in task.channels)
        assert task.deadline is None or task.deadline.text in task.text
    assert sorted(channel for task in tasks.values() for channel in task.channels) == sorted(
        [
            "省行政执法信息公示平台",
            "国家企业信用信息公示系统（广东）",
            "“信用江门”网站",
            "“开放江门”",
            "政府公报电子版",
            "政府网站",
            "办事大厅",
        ]
    )


def test_the_open_class_with_separators_inside_is_one():
    assert built_in().tasks()[25].responsible == ("市财政局", OPEN_CLASS)


def test_the_registry_holds_units_with_evidence_only():
    """17 towns, 19 departments named in the table, 2 vertically managed, 2 addressed by the notice."""
    plan = built_in()
    by_group = {group.name: [unit.name for unit in plan.units if group.name in unit.groups] for group in plan.groups}
    assert [len(members) for members in by_group.values()] == [17, 19, 0, 0]
    assert [unit.name for unit in plan.units if not unit.groups] == [
        "市税务局", "江门市生态环境局台山分局", "广海湾工业园区", "市工业新城管委会"
    ]  # fmt: skip
    text = full_width(simplified(without_pinyin(SOURCE.read_text("utf-8"))[0]))
    assert all(unit.name in text for unit in plan.units if unit.groups != ("各镇（街）",))


def test_nothing_in_the_data_is_traditional_or_half_width():
    text = built_in_plan().read_text("utf-8")
    for line in text.splitlines():
        value = line.split("#")[0].split(": ", 1)[-1]
        assert simplified(value) == value
    assert not re.search(r"[一-鿿][,;:()][一-鿿]", re.sub(r"#.*", "", text))
