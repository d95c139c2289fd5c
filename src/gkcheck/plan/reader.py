"""YAML nodes → plan values, and a problem with its line for all that does not fit.

The YAML is composed into nodes, never constructed into objects: scalars stay as written (2019-12-31 is
not turned into anything, `number: 十` and `number: 10` are both text) and every node knows its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gkcheck.model import MAX_TEXT, ZONE, Deadline, Every, Group, Plan, Problem, Section, Task, Unit, Where
from gkcheck.plan.checks import CHECKS
from gkcheck.text.characters import is_invisible
from gkcheck.text.dates import read_iso_day
from gkcheck.text.similarity import nearest

FORMAT = 1
"""The plan format this program reads."""

_PLAN_KEYS = (
    "format", "id", "title", "document_number", "issuer", "issued", "zone", "note", "groups", "units", "sections",
)  # fmt: skip
_GROUP_KEYS = ("name", "ranked", "aliases", "note")
_UNIT_KEYS = ("name", "aliases", "groups", "contact", "phone", "note")
_SECTION_KEYS = ("number", "title", "note", "tasks")
_ROLE_KEYS = ("lead", "responsible", "support")
_TASK_KEYS = ("id", "number", "subsection", "text", *_ROLE_KEYS, "channels", "deadline", "note")
_DEADLINE_KEYS = ("text", "date", "every")

_SHOWN = 60
"""The most characters that a message repeats of what is wrong."""

_LONGEST_NAME = 500
_RULING = frozenset(
    map(chr, (*range(9), *range(11, 32), *range(127, 160), *range(0x2028, 0x202F), *range(0x2066, 0x206A)))
)
"""The characters that no text may hold: a terminal obeys them, a line breaks at them, or the words turn around."""

_TASK_ID = re.compile(r"[1-9][0-9]{0,8}")
_PLAN_ID = re.compile(r"[^\W.-][\w.-]{0,99}")
_ZONE = re.compile(r"[+-](0[0-9]|1[0-3]):[0-5][0-9]|\+14:00")
_TRUE = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}

_Path = tuple[Any, ...]


@dataclass
class Reader:
    """Walks the nodes once. `lines` remembers where each value stood, by its path in the plan."""

    name: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[_Path, int] = field(default_factory=dict)
    visited: set[int] = field(default_factory=set)

    def place(self, *path: Any) -> Where:
        """Return where the value at a path stands, or the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return Where(self.name, self.lines.get(path, 1))

    def problem(self, node: Any, message: str) -> None:
        self.problems.append(Problem(Where(self.name, node.start_mark.line + 1), message))

    def compose(self, text: str) -> Any:
        """Return the root node, or None with the problem noted."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        whole = Where(self.name, 1)
        if _deepest(text) > 100 or _INDENTED.search(text):
            self.problems.append(Problem(whole, "嵌套过深，不是责任分工表"))
            return None
        try:
            node = yaml.compose(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self.problems.append(Problem(Where(self.name, line), _syntax(error.problem or "")))
            return None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            at = getattr(error, "position", 0)
            line = text.count("\n", 0, at) + 1 if isinstance(at, int) else 1
            self.problems.append(Problem(Where(self.name, line), "含有 YAML 不允许的字符，请删除该处的不可见字符"))
            return None
        if node is None:
            self.problems.append(Problem(whole, "文件是空的，请参照内置的 tasks.yaml 填写"))
        return node

    # -- nodes ---------------------------------------------------------------------------------------

    def mapping(self, node: Any, keys: Sequence[str], what: str, *path: Any) -> dict[str, Any]:
        """Return the values of a mapping by key; unknown, doubled and non-text keys become problems."""
        self.lines[path] = node.start_mark.line + 1
        if node.id != "mapping":
            self.problem(node, f"{what}应写成“键: 值”的形式")
            return {}
        if not self.first_visit(node):
            return {}
        found: dict[str, Any] = {}
        for key_node, value in node.value:
            name = key_node.value if key_node.id == "scalar" else ""
            if name not in keys:
                near = nearest(str(name)[:_SHOWN], keys)
                hint = f"，是否应为“{near[0]}”" if near else f"，{what}可用的键：{'、'.join(keys)}"
                self.problem(key_node, f"{what}有不认识的键“{name[:_SHOWN]}”{hint}")
            elif name in found:
                self.problem(key_node, f"{what}的键“{name}”写了两次，请删去一处")
            else:
                found[name] = value
                self.lines[(*path, name)] = value.start_mark.line + 1
        return found

    def first_visit(self, node: Any) -> bool:
        """Refuse a YAML alias of a collection: it is not needed here, and nested ones grow without bound."""
        if id(node) in self.visited:
            self.problem(node, "用了 YAML 锚点引用（& 和 *），请把内容直接写出来")
            return False
        self.visited.add(id(node))
        return True

    def items(self, node: Any, what: str) -> list[Any]:
        if node is None or (node.id == "scalar" and node.value in ("", "~", "null")):
            return []
        if node.id != "sequence":
            self.problem(node, f"{what}应是列表，每项一行，以“- ”开头")
            return []
        return list(node.value) if self.first_visit(node) else []

    def text(self, node: Any, what: str, is_prose: bool = False) -> str | None:
        """Return a scalar as written; a name may hold nothing invisible, prose nothing that rules a screen."""
        if node is None:
            return None
        if node.id != "scalar":
            self.problem(node, f"{what}应是一段文字")
            return None
        value = str(node.value).strip()
        hidden = (
            []
            if value.isprintable()
            else [char for char in value if char in _RULING or not (is_prose or _is_seen(char))]
        )
        if hidden:
            codes = "、".join(sorted({f"U+{ord(char):04X}" for char in hidden})[:5])
            self.problem(node, f"{what.strip()}含有看不见的字符或换行（{codes}），请删除")
        longest = MAX_TEXT if is_prose else _LONGEST_NAME
        if len(value) > longest:
            self.problem(node, f"{what.strip()}有 {len(value)} 个字，最多 {longest} 个")
        return None if value in ("", "~", "null") and not node.style else value or None

    def required(self, found: dict[str, Any], name: str, what: str, parent: Any) -> str:
        value = self.text(found.get(name), f"{what}的 {name} ", is_prose=name == "text")
        if value is None and not (name in found and found[name].id != "scalar"):
            self.problem(found.get(name, parent), f"{what}缺少 {name}")
        return value or ""

    def texts(self, node: Any, what: str, *path: Any) -> tuple[str, ...]:
        values: list[str] = []
        for item in self.items(node, what):
            value = self.text(item, what)
            if value is not None:
                self.lines[(*path, len(values))] = item.start_mark.line + 1
                values.append(value)
        return tuple(values)

    def day(self, node: Any, what: str) -> date | None:
        value = self.text(node, what)
        if value is None:
            return None
        day = read_iso_day(value)
        if day is None:
            self.problem(node, f"{what}“{value[:_SHOWN]}”不是日期，应写成 2019-12-31 的形式")
        return day

    # -- the plan ------------------------------------------------------------------------------------

    def plan(self, root: Any) -> Plan | None:
        found = self.mapping(root, _PLAN_KEYS, "责任分工表")
        if not found:
            return None
        version = self.required(found, "format", "责任分工表", root)
        if version and version != str(FORMAT):
            self.problem(found["format"], f"format 是 {version[:_SHOWN]}，本程序只认 {FORMAT}，请升级 gkcheck 或改正")
        plan_id = self.required(found, "id", "责任分工表", root)
        if plan_id and not _PLAN_ID.fullmatch(plan_id):
            self.problem(found["id"], f"id“{plan_id[:_SHOWN]}”只能用文字、数字、“-”和“_”，例如 taishan-2019")
        title = self.required(found, "title", "责任分工表", root)
        groups = tuple(self.group(i, item) for i, item in enumerate(self.items(found.get("groups"), "groups")))
        units = tuple(self.unit(i, item) for i, item in enumerate(self.items(found.get("units"), "units")))
        section_nodes = self.items(found.get("sections"), "sections")
        if not section_nodes:
            self.problem(found.get("sections", root), "责任分工表没有工作任务，请在 sections 下填写")
        sections = tuple(self.section(i, item) for i, item in enumerate(section_nodes))
        return Plan(
            id=plan_id,
            title=title,
            document_number=self.text(found.get("document_number"), "document_number"),
            issuer=self.text(found.get("issuer"), "issuer"),
            issued=self.day(found.get("issued"), "issued "),
            groups=groups,
            units=units,
            sections=sections,
            note=self.text(found.get("note"), "note", is_prose=True),
            zone=self.zone(found.get("zone")),
        )

    def zone(self, node: Any) -> str:
        value = self.text(node, "zone") or ZONE
        if not _ZONE.fullmatch(value):
            self.problem(node, f"zone“{value[:_SHOWN]}”应是与世界标准时间的时差，例如北京时间写 {ZONE}")
        return value

    def group(self, i: int, node: Any) -> Group:
        found = self.mapping(node, _GROUP_KEYS, "类别", "group", i)
        ranked = self.text(found.get("ranked"), "ranked") or "false"
        if ranked not in _TRUE:
            self.problem(found["ranked"], f"ranked“{ranked[:_SHOWN]}”应写 true 或 false")
        return Group(
            name=self.required(found, "name", "类别", node),
            ranked=_TRUE.get(ranked, False),
            aliases=self.texts(found.get("aliases"), "类别的 aliases", "group", i, "aliases"),
            note=self.text(found.get("note"), "note", is_prose=True),
        )

    def unit(self, i: int, node: Any) -> Unit:
        found = self.mapping(node, _UNIT_KEYS, "单位", "unit", i)
        return Unit(
            name=self.required(found, "name", "单位", node),
            aliases=self.texts(found.get("aliases"), "单位的 aliases", "unit", i, "aliases"),
            groups=self.texts(found.get("groups"), "单位的 groups", "unit", i, "groups"),
            note=self.text(found.get("note"), "note", is_prose=True),
            contact=self.text(found.get("contact"), "单位的 contact "),
            phone=self.text(found.get("phone"), "单位的 phone "),
        )

    def section(self, i: int, node: Any) -> Section:
        found = self.mapping(node, _SECTION_KEYS, "工作任务", "section", i)
        title = self.required(found, "title", "工作任务", node) if found else ""
        tasks = self.items(found.get("tasks"), f"工作任务“{title}”的 tasks")
        if found and not tasks:
            self.problem(found.get("tasks", node), f"工作任务“{title}”下没有具体要求，请填写 tasks 或删去这一项")
        return Section(
            number=self.text(found.get("number"), "number") or "",
            title=title,
            tasks=tuple(self.task(i, k, item) for k, item in enumerate(tasks)),
            note=self.text(found.get("note"), "note", is_prose=True),
        )

    def task(self, i: int, k: int, node: Any) -> Task:
        path = ("section", i, "task", k)
        found = self.mapping(node, _TASK_KEYS, "具体要求", *path)
        written = self.required(found, "id", "具体要求", node)
        if written and not _TASK_ID.fullmatch(written):
            self.problem(found["id"], f"具体要求的 id“{written[:_SHOWN]}”应是 1、2、3……，最多九位")
            written = ""
        named = {role: self.texts(found.get(role), role, *path, role) for role in _ROLE_KEYS}
        if found and not any(named.values()):
            self.problem(node, f"具体要求 {written or '?'} 没有责任单位，请填写 lead、responsible 或 support")
        return Task(
            id=int(written or 0),
            number=self.text(found.get("number"), "number") or "",
            subsection=self.text(found.get("subsection"), "subsection"),
            text=self.required(found, "text", f"具体要求 {written or '?'} ", node),
            lead=named["lead"],
            responsible=named["responsible"],
            support=named["support"],
            channels=self.texts(found.get("channels"), "channels", *path, "channels"),
            deadline=self.deadline(found.get("deadline"), *path),
            note=self.text(found.get("note"), "note", is_prose=True),
        )

    def deadline(self, node: Any, *path: Any) -> Deadline | None:
        if node is None:
            return None
        found = self.mapping(node, _DEADLINE_KEYS, "deadline ", *path, "deadline")
        text = self.text(found.get("text"), "deadline 的 text ")
        day = self.day(found.get("date"), "deadline 的 date ")
        every = self.every(found.get("every"))
        if found and text is None and not found.keys() & {"date", "every"}:
            self.problem(node, "deadline 缺少 text、date 或 every")
        return Deadline(text, day, every) if text or day or every else None

    def every(self, node: Any) -> Every | None:
        value = self.text(node, "deadline 的 every ")
        if value is None:
            return None
        if value not in set(Every):
            self.problem(node, f"every“{value[:_SHOWN]}”不是周期，应写成 {'、'.join(Every)} 之一")
            return None
        return Every(value)


def _is_seen(char: str) -> bool:
    return char not in "\n\t" and not is_invisible(char)


_INDENTED = re.compile(r"(?:^|[\r\x85\u2028\u2029])(?:[-?:]?[ \t]){200}", re.MULTILINE)
"""The beginning of a line that may nest a hundred deep: the parser calls itself for each, until the stack is full."""


def _deepest(text: str) -> int:
    """Return an upper bound of how deep flow collections nest: brackets in scalars are counted, too."""
    depth = deepest = 0
    for found in re.finditer(r"[\[{]|[\]}]", text):
        if found[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif depth:
            depth -= 1
    return deepest


_SYNTAX = (
    ("could not find expected ':'", "这一行缺少冒号“:”，键和值之间应写“: ”"),
    ("mapping values are not allowed", "这一行的冒号位置不对，文字里有“: ”时请用引号括起来"),
    ("tab character", "缩进请用空格，不要用制表符（Tab）"),
    ("cannot start any token", "文字以 @、%、` 或制表符（Tab）开头时请用引号括起来，缩进请用空格"),
    ("undefined alias", "文字以 * 或 & 开头时请用引号括起来"),
    ("alphabetic or numeric", "文字以 * 或 & 开头时请用引号括起来"),
    ("unknown escape", "双引号里的反斜杠请写成两个，或改用单引号"),
    ("expected a single document", "一个文件只能有一张责任分工表，请删去多余的“---”"),
    ("did not find expected", "缩进或括号不配对，请对照上一行检查"),
    ("expected <block end>", "缩进不对，请与上一项左对齐"),
    ("found unexpected end", "引号或括号没有收尾"),
)


def _syntax(problem: str) -> str:
    return next((words for sign, words in _SYNTAX if sign in problem), "不是合法的 YAML，请检查这一行的缩进和引号")


def decode(data: bytes, name: str) -> tuple[str, list[Problem]]:
    """Return the text of a plan file: UTF-8, with or without a BOM; anything else is a problem at its line."""
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", [Problem(Where(name, line), "不是 UTF-8 编码，请在记事本或 WPS 中另存为 UTF-8 后重试")]


def read_plan(text: str, name: str) -> tuple[Plan | None, list[Problem]]:
    """Read a whole plan; never stop at the first mistake.

    Args:
        text: the YAML.
        name: what messages call the file.

    Returns:
        The plan, or None where a problem leaves none to speak of; every problem, in line order.
    """
    reader = Reader(name)
    root = reader.compose(text)
    plan = reader.plan(root) if root is not None else None
    if plan is not None:
        for check in CHECKS:
            reader.problems.extend(check(plan, reader.place))
    return plan, sorted(set(reader.problems), key=lambda problem: (problem.where.line, problem.message))
