"""Draws notices: bodies, tasks and headings of made-up words, under titles that no word list has."""

from __future__ import annotations

import random
from dataclasses import dataclass

LEVELS = "省市区县州旗"
FIELDS = ["教育", "财政", "水利", "民政", "司法", "交通运输", "农业农村", "文化和旅游", "卫生健康", "应急管理", "市场监督管理", "生态环境", "自然资源",
          "住房和城乡建设", "人力资源和社会保障", "政务服务和数据", "林业和草原", "退役军人事务", "医疗保障", "乡村振兴", "海洋与渔业", "供销"]  # fmt: skip
ENDINGS = ["局", "局", "局", "委", "中心", "办公室"]
CLASSES = ["各乡镇", "各镇（街道）", "各区县政府", "各有关部门", "各园区管委会"]
VERBS = [
    "修订",
    "公布",
    "编制",
    "梳理",
    "核对",
    "推行",
    "完善",
    "开展",
    "建立",
    "清理",
    "汇总",
    "更新",
    "压缩",
    "试行",
    "培训",
]
THINGS = ["服务指南", "权责清单", "办事流程", "预算执行表", "热线答复口径", "专栏文章", "窗口名册", "数据接口", "信用档案", "补贴明细", "应急预案", "招生计划",
          "水质报告", "项目台账", "证照样本", "回访记录", "村务公示", "巡查路线"]  # fmt: skip
WAYS = ["逐条核实后上网", "每季度通报一次", "做到一事一档", "年底前不少于三轮", "由专人盯办", "与上年数据对比说明", "面向企业和群众征求意见", "失效的当月下架",
        "在大厅和网站同时公布", "对照清单销号", "不得层层加码"]  # fmt: skip
HEADS = [
    "夯实底数",
    "畅通渠道",
    "做优窗口",
    "管好平台",
    "守住底线",
    "兜牢民生",
    "提升质效",
    "强化联动",
    "擦亮品牌",
    "补齐短板",
]
LIMITS = ["年底前", "6月底前", "2024年9月30日前", "长期坚持", "每季度", "11月底", "2024年12月", "持续推进"]
TITLES = {
    "number": ["序号", "号次", "项次", "No.", "序"],
    "heading": ["板块", "领域", "工程", "主攻方向", "篇章"],
    "text": ["实施路径", "具体抓手", "干什么", "推进举措", "细化内容", "工作要求", "施行事项", "任务"],
    "lead": ["牵头单位", "主抓单位", "牵头部门（第一责任）", "总牵头", "主办科局"],
    "support": ["配合单位", "协同部门", "参与单位", "会办单位", "协助单位"],
    "responsible": ["责任单位", "谁来干", "承办主体", "落实单位", "落地部门", "责任主体"],
    "deadline": ["完成时限", "何时办结", "节点", "办结时间", "时间表"],
}  # fmt: skip
"""Column titles by what the column holds: the usual one first, others that offices make up."""

INVISIBLE = ["\u200b", "\ufeff", "\u2060", "\u200e", "\u2063"]
"""No soft hyphen: it prints as a hyphen where a line ends, so that a PDF really holds one."""


@dataclass(frozen=True)
class DrawnTask:
    """A task as it should be read."""

    number: str
    text: str
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    support: tuple[str, ...]
    deadline: str | None


@dataclass(frozen=True)
class DrawnNotice:
    """A notice: its sections with their tasks, and the choices of its layout.

    `titles` name the columns of a table; `merged` joins the heading cells of a section; `tiers` puts the units under
    one title; `bands` prints headings in rows of their own. `separator` stands between names, `labels` are the lines
    of paragraphs that assign (else brackets), `dirt` is put into words.
    """

    title: str
    table: bool
    sections: tuple[tuple[str, tuple[DrawnTask, ...]], ...]
    titles: dict[str, str]
    by_role: bool
    limits: bool
    merged: bool
    tiers: bool
    bands: bool
    numbered: bool
    separator: str
    labels: bool
    dirt: str
    font: str


def draw(seed: int) -> DrawnNotice:
    """Return the notice of a seed: half of them tables, half paragraphs."""
    dice = random.Random(seed)
    table = seed % 2 == 0
    level = dice.choice(LEVELS)
    bodies = [level + field + dice.choice(ENDINGS) for field in dice.sample(FIELDS, 9)]
    by_role, limits = dice.random() < 0.5, dice.random() < 0.6
    count = 0
    drawn: set[str] = set()
    sections = []
    for n in range(dice.randint(2, 4)):
        tasks = []
        for _ in range(dice.randint(2, 6)):
            count += 1
            task = _task(dice, count, bodies, by_role, limits)
            while task.text in drawn:
                task = _task(dice, count, bodies, by_role, limits)
            drawn.add(task.text)
            tasks.append(task)
        sections.append((f"{'一二三四五'[n]}、{dice.choice(HEADS)}{dice.choice(HEADS)}", tuple(tasks)))
    usual = dice.random() < 0.4
    bands = dice.random() < 0.3
    return DrawnNotice(
        f"某{level}2024年{dice.choice(['重点工作', '政务公开', '营商环境', '惠民实事'])}任务分工表", table, tuple(sections),
        {kind: words[0] if usual else dice.choice(words) for kind, words in TITLES.items()},
        by_role, limits, dice.random() < 0.5 and not bands, by_role and dice.random() < 0.4, bands, dice.random() < 0.7,
        dice.choice(["、", "、", "，", "\n", "；"]), dice.random() < 0.4, dice.choice(["", "", *INVISIBLE]),
        dice.choice(["SimSun", "Noto Sans CJK SC", "serif"]),
    )  # fmt: skip


def _task(dice: random.Random, count: int, bodies: list[str], by_role: bool, limits: bool) -> DrawnTask:
    text = dice.choice(VERBS) + dice.choice(THINGS)
    for way in dice.sample(WAYS, dice.randint(0, 3)):
        text += "，" + way
    names = dice.sample(bodies, dice.randint(1, 4))
    if dice.random() < 0.25:
        names.append(dice.choice(CLASSES))
    limit = dice.choice(LIMITS) if limits else None
    if by_role:
        return DrawnTask(str(count), text + "。", (names[0],), (), tuple(names[1:]), limit)
    return DrawnTask(str(count), text + "。", (), tuple(names), (), limit)
