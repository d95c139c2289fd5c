"""Plan files: every problem found at once, each with its line."""

from __future__ import annotations

import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yaml import Mark, ScalarNode

from gkcheck.cli.context import built_in_plan
from gkcheck.model import Problem
from gkcheck.plan.reader import Reader, decode, read_plan
from gkcheck.text.normalize import key
from tests.conftest import examples

SOUND = """\
format: 1
id: small
title: 小表
groups:
  - {name: 各镇（街）, ranked: true}
units:
  - {name: 市教育局, aliases: [教育局]}
  - {name: 台城街道, groups: [各镇（街）]}
sections:
  - number: 一
    title: 甲
    tasks:
      - id: 1
        number: 一
        text: 公开招生方案。
        responsible: [市教育局, 各镇（街）]
"""


def problems(text):
    return [str(problem) for problem in read_plan(text, "t.yaml")[1]]


def test_a_sound_plan_has_none():
    assert problems(SOUND) == []


TEN = """\
format: 1
id: small
title: 小表
isued: 2019-10-26
issued: 2019-13-26
groups:
  - {name: 各镇（街）}
  - {name: 没人用的类别}
units:
  - {name: 市教育局, aliases: [局]}
  - {name: 市财政局, aliases: [局]}
  - {name: 台城街道, groups: [各镇街]}
sections:
  - number: 二
    title: 甲
    tasks:
      - id: 1
        text: 公开招生方案。
        responsible: [市教育居]
      - id: 1
        text: 公开预算。
        text: 公开决算。
        responsible: [各镇（街）]
  - number: 一
    title: 乙
    tasks: []
"""


def test_ten_mistakes_get_ten_lines(gk, tmp_path):
    """One run of check names all of them, each with its line and the nearest right word."""
    path = tmp_path / "ten.yaml"
    path.write_text(TEN, "utf-8")
    answer = gk("check", "--plan", path)
    assert answer.code == 1
    found = [re.fullmatch(rf"{re.escape(str(path))}:(\d+): (.+)", line).groups() for line in answer.out.splitlines()]
    assert [(int(line), text) for line, text in found] == [
        (4, "责任分工表有不认识的键“isued”，是否应为“issued”"),
        (5, "issued “2019-13-26”不是日期，应写成 2019-12-31 的形式"),
        (8, "类别“没人用的类别”没有任何具体要求用到，请删去或改正"),
        (11, "别名“局”同时指“市教育局”和“市财政局”，请只留一处"),
        (12, "单位“台城街道”的类别“各镇街”没有登记，是否应为“各镇（街）”"),
        (19, "具体要求 1 的单位“市教育居”没有登记，是否应为“市教育局”"),
        (20, "具体要求的 id 1 重复，请改成没有用过的编号"),
        (22, "具体要求的键“text”写了两次，请删去一处"),
        (24, "工作任务编号“一”顺序不对，应大于前一项"),
        (26, "工作任务“乙”下没有具体要求，请填写 tasks 或删去这一项"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("format: 1", "format: 2", 1, "只认 1"),
        ("id: small\n", "", 1, "缺少 id"),
        ("id: small", "id: a/b", 2, "只能用文字"),
        ("ranked: true", "ranked: maybe", 5, "应写 true 或 false"),
        ("{name: 市教育局, aliases: [教育局]}", "市教育局", 7, "应写成“键: 值”"),
        ("aliases: [教育局]", "aliases: 教育局", 7, "应是列表"),
        ("aliases: [教育局]", "aliases: [台城街道]", 7, "同时指"),
        ("- id: 1", "- id: 一", 13, "应是 1、2、3"),
        ("        responsible: [市教育局, 各镇（街）]\n", "", 13, "没有责任单位"),
        ("[市教育局, 各镇（街）]", "[市教育局, 市教育局, 各镇（街）]", 16, "写了两次"),
        ("[市教育局, 各镇（街）]", "[教育局, 各镇（街）]", 16, "是否应为“市教育局”"),
        ("text: 公开招生方案。", "text: []", 15, "应是一段文字"),
        ("        text: 公开招生方案。\n", "", 13, "缺少 text"),
        ("    title: 甲", "    title: 甲\n    deadline: 年内", 12, "不认识的键“deadline”"),
        ("text: 公开招生方案。", "text: 公开招生方案。\n        deadline: {date: 年底}", 16, "不是日期"),
        ("text: 公开招生方案。", "text: 公开招生方案。\n        deadline: 年底", 16, "应写成“键: 值”"),
        (
            "text: 公开招生方案。",
            "text: 公开招生方案。\n        deadline: {every: 每季度}",
            16,
            "不是周期，应写成 month",
        ),
        ("- id: 1", "- id: " + "9" * 5_000, 13, "应是 1、2、3"),
        ("- id: 1", "- id: 1234567890", 13, "最多九位"),
        ("- id: 1", "- id: １", 13, "应是 1、2、3"),
        ("number: 一\n    title", f"number: {'9' * 5_000}\n    title", 10, "最多 500 个"),
        ("format: 1", "format: " + "9" * 5_000, 1, "只认 1"),
        ("title: 小表", "issued: " + "9" * 5_000 + "\ntitle: 小表", 3, "不是日期"),
        ("title: 小表", 'title: "小\\e[31m表"', 3, "title含有看不见的字符或换行（U+001B）"),
        ("title: 小表", "title: |-\n  小\n  表", 3, "U+000A"),
        ("title: 小表", "title: 小\u202e表", 3, "U+202E"),
        ("title: 小表", 'title: "小\\L表"', 3, "U+2028"),
        ("title: 小表", "title: 小\U000e0041表", 3, "U+E0041"),
        ("id: small", "id: sm\u200ball", 2, "U+200B"),
        ("    title: 甲", "    title: 甲\u2066", 11, "U+2066"),
        ("{name: 市教育局, aliases: [教育局]}", "{name: 市教育\u00ad局, aliases: [教育局]}", 7, "U+00AD"),
        ("aliases: [教育局]", "aliases: [教\ufeff育局]", 7, "U+FEFF"),
        ("groups: [各镇（街）]", 'groups: ["各镇（街）\\0"]', 8, "U+0000"),
        ("[市教育局, 各镇（街）]", "[市教育局, 各镇\u200e（街）]", 16, "U+200E"),
        ("text: 公开招生方案。", 'text: "公开\\e招生方案。"', 15, "U+001B"),
        ("text: 公开招生方案。", "text: 公开\u202e招生方案。", 15, "U+202E"),
        ("text: 公开招生方案。", "text: " + "长" * 20_001, 15, "最多 20000 个"),
        ("text: 公开招生方案。", "text: 公开招生方案。\n        channels: [“开放\u200f江门”]", 16, "U+200F"),
        ("title: 小表", "title: 小表: 甲", 3, "冒号位置不对"),
        ("title: 小表", "title: '小表", 12, ""),
        ("title: 小表", "title: *小表", 3, "以 * 或 & 开头"),
        ("title: 小表", "\ttitle: 小表", 3, "Tab"),
    ],
)
def test_each_kind_of_mistake(old, new, line, said):
    assert old in SOUND
    found = read_plan(SOUND.replace(old, new, 1), "t.yaml")[1]
    assert said in "\n".join(problem.message for problem in found)
    if said:
        assert line in [problem.where.line for problem in found if said in problem.message]
    assert found


def test_a_name_that_stands_twice_is_found_whatever_is_hidden_in_it():
    """A soft hyphen, a zero-width joiner, a variation selector: the names look the same and are the same."""
    for hidden in ("\u00ad", "\u200d", "\u2060", "\ufe00", "\U000e0100", "\U000e0062"):
        text = SOUND.replace("units:\n", f"units:\n  - {{name: 市教{hidden}育局}}\n")
        assert any("登记了两次" in problem for problem in problems(text)), hidden


def test_the_office_file_with_a_hidden_hyphen_is_refused(gk):
    path = Path(__file__).parent / "fixtures" / "shy-twice.yaml"
    answer = gk("check", "--plan", path)
    assert answer.code == 1
    assert [line.removeprefix(f"{path}:") for line in answer.out.splitlines()] == [
        "7: “县财\u00ad政局”登记了两次，请删去一处".replace("\u00ad", "\\xad"),
        "7: 单位的 name含有看不见的字符或换行（U+00AD），请删除",
        "12: responsible含有看不见的字符或换行（U+00AD），请删除",
    ]


def test_lines_and_tabs_are_fine_in_a_text():
    assert problems(SOUND.replace("text: 公开招生方案。", 'text: "公开\\n\\t招生\u200b方案。"')) == []


def test_no_name_holds_a_control_or_format_character():
    """Every one of them is named by its code, and no key holds it."""
    kinds = ("Cc", "Cf", "Zl", "Zp")
    seen = [char for char in map(chr, range(sys.maxunicode)) if unicodedata.category(char) in kinds]
    for char in seen:
        found: list[Problem] = []
        Reader("a.yaml", found).text(ScalarNode("", f"市{char}局", Mark("", 0, 0, 0, None, 0)), "name")
        assert [f"（U+{ord(char):04X}）" in problem.message for problem in found] == [True], hex(ord(char))
    assert key("市" + "".join(seen) + "局") == "市局"


@pytest.mark.parametrize(
    "text",
    ["- " * 100_000, "? " * 100_000, "".join(" " * i + "a:\n" for i in range(3_000)), "[" * 100_000, "a:\n" + "  -\t" * 50_000,
     "".join(f"{' ' * i}-\u2028" for i in range(3_000)), "{a: " * 100_000],
)  # fmt: skip
def test_endless_nesting_is_refused_before_it_is_parsed(text):
    """The parser calls itself for each level, and would end the whole program where the stack is full."""
    assert any("嵌套过深" in problem for problem in problems(text))


def test_a_file_without_end_is_no_plan(gk):
    answer = gk("tasks", "--plan", "/dev/zero")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "超过 10 MB" in answer.err


def test_numbers_may_begin_again_but_not_fall():
    second = "      - {id: 2, number: NEXT, text: 乙, responsible: [市教育局]}\n"
    third = "      - {id: 3, number: 三, text: 丙, responsible: [市教育局]}\n"
    assert (
        problems(SOUND + third.replace("id: 3", "id: 2") + second.replace("id: 2", "id: 3").replace("NEXT", "一")) == []
    )
    assert (
        "顺序不对"
        in problems(SOUND + third.replace("id: 3", "id: 2") + second.replace("id: 2", "id: 3").replace("NEXT", "二"))[0]
    )


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", b"\x00", b"\xff\xfe", "责任".encode("gbk"), b"just text", b"- a\n- b\n", b"&a [*a]", b"{" * 5000,
        b"- " * 3000 + b"x", BOMB.encode(), b"a: " + b"x" * 100_000, b"--- 1\n--- 2\n", b"%PDF-1.4\n", b"PK\x03\x04\x00\x00",
        (SOUND + "  - &s\n    number: 二\n    title: 乙\n    tasks: &t\n      - *t\n").encode(),
    ],
    ids=range(16),
)  # fmt: skip
def test_what_is_no_plan_is_refused_in_words(gk, tmp_path, data):
    """Empty, not YAML, not UTF-8, anchors that explode, endless nesting: at least one line, never a traceback."""
    path = tmp_path / "bad.yaml"
    path.write_bytes(data)
    checked = gk("check", "--plan", path)
    assert checked.code == 1
    assert checked.out.startswith(f"{path}:")
    assert len(checked.out.splitlines()) <= 40
    used = gk("tasks", "--plan", path)
    assert (used.code, used.out, used.err.count("\n")) == (2, "", 1)


def test_a_file_that_is_not_utf8_names_line_and_remedy():
    text, found = decode(SOUND.encode("gbk"), "t.yaml")
    assert (text, len(found), found[0].where.line) == ("", 1, 3)
    assert "另存为 UTF-8" in found[0].message


def test_a_bom_is_fine(gk, tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())
    assert f"责任分工表 {path}：" in gk("check", "--plan", path).out


@pytest.mark.parametrize("missing", ["/nonexistent.yaml", "/"])
def test_a_file_that_cannot_be_read(gk, missing):
    answer = gk("check", "--plan", missing)
    assert (answer.code, answer.err.count("\n")) == (2, 1)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_text_crashes_the_reader(data):
    """The real table with pieces cut out, doubled or replaced."""
    text = built_in_plan().read_text("utf-8")
    lines = text.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        i = data.draw(st.integers(0, len(lines) - 1))
        lines[i : i + data.draw(st.integers(0, 3))] = data.draw(
            st.lists(st.text(max_size=20) | st.sampled_from(lines), max_size=3)
        )
    plan, found = read_plan("".join(lines), "t")
    assert plan is not None or found
    assert all(problem.where.line >= 1 for problem in found)


def test_a_big_plan_is_read_in_linear_time():
    """2,000 tasks and 2,000 units; the shape of the time is shown in the benchmark."""
    units = "".join(f"  - {{name: 单位{i}}}\n" for i in range(2000))
    tasks = "".join(f"      - {{id: {i}, text: 要求{i}, responsible: [单位{i - 1}]}}\n" for i in range(1, 2001))
    plan, found = read_plan(
        f"format: 1\nid: big\ntitle: 大\nunits:\n{units}sections:\n  - title: 甲\n    tasks:\n{tasks}", "t"
    )
    assert not found
    assert plan is not None
    assert len(plan.tasks()) == 2000
