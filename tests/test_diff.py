"""`gkcheck diff` at the front door: exit codes, every format, what is shown and what is not."""

from __future__ import annotations

import csv
import io
import json

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.views.comparison import mark_difference

FIFTH = "进一步强化舆情回应意识"


@pytest.fixture
def plans(tmp_path):
    """The built-in table, and the same with a task gone, a task rewritten, a unit added to one, and a phone number."""
    old, new = tmp_path / "旧.yaml", tmp_path / "新.yaml"
    text = built_in_plan().read_text("utf-8")
    old.write_text(text, "utf-8")
    start, end = text.index("      - id: 5\n"), text.index("      - id: 6\n")
    text = text[:start] + text[end:]
    text = text.replace("义务教育招生方案", "高中阶段招生方案").replace("[市教育局]", "[市教育局, 市水利局]")
    text = text.replace("{name: 市水利局, ", "{name: 市水利局, contact: 李四, phone: 0750-5512345, ")
    new.write_text(text, "utf-8")
    return old, new


def test_equal_plans(gk, plans):
    """Exit 0, as diff(1)."""
    done = gk("diff", plans[0], plans[0])
    assert (done.code, done.err, "两张表没有不同。" in done.out) == (0, "", True)
    assert gk("diff", plans[0], plans[0], "--format", "json").json()["tasks"] == []


def test_comments_and_order_of_keys_are_no_difference(gk, plans):
    old, new = plans
    new.write_text("# 去年的\n" + old.read_text("utf-8").replace("      - id: 23\n        number: 二十三\n", "      - number: 二十三\n        id: 23\n"), "utf-8")  # fmt: skip
    assert gk("diff", old, new).code == 0


def test_the_table(gk, plans):
    done = gk("diff", *plans)
    assert (done.code, done.err) == (1, "")
    cells = [line.split() for line in done.out.splitlines()]
    assert ["修改", "单位", "市水利局的联系人", "有"] in cells
    gone, text, units = (next(line for line in cells if line[:1] == [word] and line[-1].endswith(end)) for word, end in
                         (("取消", "市直各单位）"), ("修改", "教育。"), ("修改", "市水利局")))  # fmt: skip
    assert gone[1:3] == ["5（五）", "具体要求"]
    assert gone[3].startswith(FIFTH)
    assert text[1:3] == ["23（二十三）", "具体要求"]
    assert "公开【义务教育】招生方案" in text[3]
    assert "公开【高中阶段】招生方案" in text[4]
    assert units[2:] == ["责任单位", "市教育局", "市教育局、市水利局"]
    assert "旧表 37 项具体要求，新表 36 项：取消 1 项，修改 1 项，相同 35 项。" in done.out
    assert "5512345" not in done.out
    assert "李四" not in done.out


@pytest.mark.parametrize(("format", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_tables_for_programs_hold_the_texts_unmarked(gk, plans, format, delimiter):
    done = gk("diff", *plans, "--format", format)
    assert done.code == 1
    rows = list(csv.reader(io.StringIO(done.out.lstrip("\ufeff")), delimiter=delimiter))
    assert rows[0] == ["变动", "编号", "项目", "旧表", "新表"]
    assert {len(row) for row in rows} == {5}
    assert not [row for row in rows if "【" in "".join(row)]
    assert [row[0] for row in rows[1:]] == ["修改", "修改", "取消", "修改", "修改"]


def test_markdown(gk, plans):
    done = gk("diff", *plans, "--format", "md")
    assert (done.code, "| 取消 | 5（五） | 具体要求 | " + FIFTH in done.out) == (1, True)


def test_json(gk, plans):
    done = gk("diff", *plans, "--format", "json")
    told = json.loads(done.out)
    assert (done.code, list(told)) == (1, ["old", "new", "counts", "facts", "groups", "units", "tasks"])
    assert told["counts"] == {"added": 0, "removed": 1, "changed": 1, "renumbered": 0, "same": 35}
    assert told["new"] == {"id": "taishan-2019", "title": "台山市2019年政务公开工作要点责任分工表", "tasks": 36}
    gone, changed = told["tasks"]
    assert (gone["change"], gone["old"]["id"], gone["new"]) == ("removed", 5, None)
    assert (changed["change"], changed["fields"]) == ("changed", ["text", "units"])
    assert changed["new"]["responsible"] == ["市教育局", "市水利局"]
    assert changed["new"]["section"] == {"number": "九", "title": "强化重点民生领域信息公开"}
    assert [(unit["name"], unit["change"], unit["fields"]) for unit in told["units"]] == [
        ("市水利局", "changed", ["contact", "phone"])
    ]
    assert "5512345" not in done.out
    assert "李四" not in done.out


def test_a_number_that_moves_under_one_id_is_warned_of(gk, plans, tmp_path):
    """Entries stand at the id: after a renumbering they would be about another task."""
    moved = tmp_path / "改号.yaml"
    text = plans[0].read_text("utf-8")
    start = text.index("      - id: 37\n")
    moved.write_text(text[:start] + text[start:].replace("id: 37", "id: 38"), "utf-8")
    done = gk("diff", plans[0], moved)
    assert (done.code, "37（三十七）→38（三十七）" in done.out, "原有的记录仍在旧编号上" in done.out) == (1, True, True)
    moved.write_text(moved.read_text("utf-8").replace("id: taishan-2019", "id: taishan-2020"), "utf-8")
    assert "原有的记录" not in gk("diff", plans[0], moved).out


def test_what_cannot_be_compared_is_refused(gk, plans, tmp_path):
    missing = gk("diff", plans[0], tmp_path / "没有.yaml")
    assert (missing.code, missing.out, "没有.yaml：没有这个文件或目录" in missing.err) == (2, "", True)
    plans[1].write_text(plans[1].read_text("utf-8").replace("[市教育局, 市水利局]", "[市教肓局]"), "utf-8")
    broken = gk("diff", *plans)
    assert (broken.code, broken.out) == (2, "")
    assert "新.yaml:" in broken.err
    assert "市教肓局" in broken.err
    assert gk("diff", plans[0]).code == 2


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("公开目录。", "公开指南。", ("公开【目录】。", "公开【指南】。")),
        ("公开目录。", "公开新目录。", ("公开目录。", "公开【新】目录。")),
        ("公开目录。", "修订指南。", ("公开目录。", "修订指南。")),
        ("公开公开", "公开公开公开", ("公开公开", "公开公开【公开】")),
        ("", "公开", ("", "【公开】")),
    ],
)
def test_marks(old, new, marked):
    assert mark_difference(old, new) == marked


def test_a_contact_that_changed_is_told_and_not_shown(gk, plans):
    old, new = plans
    text = old.read_text("utf-8")
    for path, phone in ((old, "0750-5511111"), (new, "0750-5522222")):
        path.write_text(text.replace("{name: 市水利局, ", f"{{name: 市水利局, phone: {phone}, "), "utf-8")
    rows = [line.split(",") for line in gk("diff", old, new, "--format", "csv").out.splitlines()[1:]]
    assert rows == [["修改", "", "单位 市水利局的联系电话", "有", "有（已改）"]]


def test_a_group_that_is_no_longer_ranked(gk, plans):
    old, new = plans
    new.write_text(old.read_text("utf-8").replace("{name: 市直各单位, ranked: true, ", "{name: 市直各单位, "), "utf-8")
    rows = [line.split(",") for line in gk("diff", old, new, "--format", "csv").out.splitlines()[1:]]
    assert rows == [["修改", "", "类别 市直各单位的排名", "是", "否"]]
