"""Letters as facts, in a file and in a database: recorded as one batch, numbered on, never numbered twice."""

from __future__ import annotations

import json
import re
import sys

import pytest

from tests import processes


@pytest.fixture(params=["file", "postgres"])
def store(request, tmp_path, monkeypatch):
    """An empty journal of the built-in plan, in use."""
    where = str(tmp_path / "台账.jsonl") if request.param == "file" else request.getfixturevalue("url")
    monkeypatch.setenv("GKCHECK_STORE", where)
    if request.param == "file":
        (tmp_path / "台账.jsonl").write_text('{"format": "gkcheck-journal", "version": 1, "plan": "taishan-2019"}\n')
    return where


def register(gk):
    return gk("remind", "--list", "--format", "json").json()


def numbers(gk):
    return [letter["number"] for letter in register(gk)]


def test_numbers_run_on_over_two_rounds_and_an_undo(gk, store, tmp_path):
    towns = ("--unit", "各镇（街）", "--format", "txt")
    first = gk("remind", *towns, "-o", tmp_path / "一")
    assert (first.code, numbers(gk)) == (0, list(range(1, 18))), first
    assert len({letter["batch"] for letter in register(gk)}) == 1
    assert gk("undo").code == 0
    assert all(letter["undone"] for letter in register(gk))
    assert gk("show", 1, "--format", "json").json()["assignments"][0]["letters"] == []
    assert gk("remind", *towns, "-o", tmp_path / "二").code == 0
    assert numbers(gk) == list(range(1, 35)), "the numbers of letters taken back are not given again"
    title = (tmp_path / "二" / "催办单-18-台城街道.txt").read_text("utf-8-sig")
    assert "第二次" not in title, "a letter taken back was none"
    for times, folder in (("第二次催办", "三"), ("第三次催办", "四")):
        assert gk("remind", "--unit", "台城街道", "--format", "txt", "-o", tmp_path / folder).code == 0
        (path,) = (tmp_path / folder).iterdir()
        text = path.read_text("utf-8-sig")
        assert f"{times}单" in text
        assert f"这是{times}。" in text
    assert numbers(gk)[-2:] == [35, 36]
    (unit,) = gk("units", "台城街道", "--format", "json").json()
    assert unit["letters"] == 3
    assert "3 次，最近 催办〔" in gk("show", 1, "--format", "md").out
    assert re.search(r"^1,.*,台城街道,.*,3$", gk("show", 1, "--format", "csv").out, re.MULTILINE)
    assert gk("log", 1, "--unit", "台城街道", "--action", "remind", "--format", "json").json()[-1]["letter"] == 36


def test_a_number_is_never_given_twice(gk, store, tmp_path):
    assert gk("remind", "--unit", "四九镇", "--first-number", 7, "-o", tmp_path / "一").code == 0
    refused = gk("remind", "--unit", "四九镇", "--first-number", 7, "-o", tmp_path / "二")
    assert refused.code == 2
    assert "已编到 7 号" in refused.err
    assert not (tmp_path / "二").exists()
    assert numbers(gk) == [7]


def test_what_only_shows_records_nothing(gk, store, tmp_path):
    for options in ((), ("-o", "-"), ("-o", tmp_path / "信", "--dry-run")):
        done = gk("remind", "--unit", "四九镇", *options)
        assert done.code == 0
        assert "没有登记" in done.out + done.err
        assert "1号" in done.out
    assert register(gk) == []
    assert not (tmp_path / "信").exists()


def test_two_writers_at_once_give_no_number_twice(gk, store, tmp_path):
    writers = [
        processes.start([sys.executable, "-m", "gkcheck", "remind", "--unit", unit, "--format", "md", "-o", str(tmp_path / f"信{i}")])
        for i, unit in enumerate(("各镇（街）", "市直各单位"))
    ]  # fmt: skip
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert sorted(numbers(gk)) == list(range(1, 37))
    for letter in register(gk):
        (path,) = tmp_path.glob(f"信*/催办单-{letter['number']}-{letter['unit']}.md")
        assert f"〕{letter['number']}号" in path.read_text("utf-8")


def test_the_register_says_what_was_answered(gk, store, tmp_path):
    assert gk("remind", "--unit", "市教育局", "--reply-by", "今天", "-o", tmp_path / "信").code == 0
    (letter,) = register(gk)
    assert (letter["answered"], letter["late"], letter["reply_by"]) == ([], False, letter["day"])
    assert gk("deadline", 23, "2030-01-01", "--unit", "市教育局").code == 0
    assert register(gk)[0]["answered"] == [], "an act of the office is no answer"
    assert gk("note", 23, "--unit", "市教育局", "--note", "正在办").code == 0
    assert register(gk)[0]["answered"] == [23]
    owed = [row["id"] for row in gk("tasks", "--unit", "市教育局", "--format", "json").json()]
    assert gk("done", *owed, "--unit", "市教育局").code == 0
    assert "已答复" in gk("remind", "--list", "--format", "md").out
    assert gk("remind", "--list", "--unit", "四九镇", "--format", "json").json() == []


def test_a_record_that_fails_names_the_files(gk, tmp_path, monkeypatch):
    from gkcheck.errors import StoreFault
    from gkcheck.journal.file_store import FileJournal

    def full(*_):
        raise StoreFault("磁盘已满")

    monkeypatch.setattr(FileJournal, "_append", full)
    failed = gk("remind", "--unit", "四九镇", "-o", tmp_path / "信")
    assert failed.code == 2
    assert re.search(r"磁盘已满；1 份催办单已写在 .*信，登记没有完成", failed.err.replace("\n", ""))


def test_an_attempt_that_was_overtaken_leaves_no_file(gk, tmp_path, monkeypatch):
    """Others wrote a letter while the files were being made: theirs keeps its number, ours are made anew."""
    from gkcheck.cli.context import Context

    recorded = Context.record

    def twice(self, decide, **options):
        decide(None)
        monkeypatch.setattr(Context, "record", recorded)
        assert gk("remind", "--unit", "四九镇", "--format", "md", "-o", tmp_path / "别人").code == 0
        return recorded(self, decide, **options)

    monkeypatch.setattr(Context, "record", twice)
    assert gk("remind", "--unit", "市税务局", "--format", "md", "-o", tmp_path / "信").code == 0
    assert [path.name for path in (tmp_path / "信").iterdir()] == ["催办单-2-市税务局.md"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--list", "--format", "docx"], "--list 不能用 docx"),
        (["--list", "-o", "信"], "--list 只和"),
        (["--format", "csv"], "csv 只用于 --list"),
        (["--reply-by", "2019-01-01"], "已经过了"),
        (["--reply-by", "下周"], "不是日期"),
    ],
)
def test_refused_in_one_line(gk, words, said):
    answer = gk("remind", *words)
    assert (answer.code, said in answer.err.replace("\n", "")) == (2, True), answer


def test_the_days_for_an_answer_come_from_the_settings(gk, tmp_path, monkeypatch):
    from datetime import datetime, timedelta, timezone

    assert gk("config", "set", "reply_days", "x").code == 2
    for days, change in ((7, None), (3, ("config", "set", "reply_days", "3"))):
        assert change is None or gk(*change).code == 0
        assert gk("remind", "--unit", "四九镇", "-o", tmp_path / str(days)).code == 0
        assert (
            register(gk)[-1]["reply_by"]
            == (datetime.now(timezone(timedelta(hours=8))).date() + timedelta(days)).isoformat()
        )
    monkeypatch.setenv("GKCHECK_REPLY_DAYS", "很久")
    assert gk("remind", "--unit", "四九镇").code == 2
    assert json.loads(gk("config", "--format", "json").out)["reply_days"]["source"] == "environment"


def test_a_number_that_two_merged_offices_gave_is_named_until_one_is_taken_back(gk, tmp_path, monkeypatch):
    """Each office numbers its letters from 1; `check` names both until one is undone and sent again."""
    units = {"甲": "市教育局", "乙": "市财政局"}
    for office, unit in units.items():
        monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / f"{office}.jsonl"))
        assert gk("note", 23 if office == "甲" else 17, "--unit", unit, "--note", office).code == 0
        assert gk("remind", "--unit", unit, "-o", tmp_path / office).code == 0
    assert gk("merge", tmp_path / "甲.jsonl").code == 0
    assert numbers(gk) == [1, 1]
    first, second = register(gk)
    answer = gk("check")
    (line,) = [line for line in (answer.out + answer.err).splitlines() if "编了 2 份" in line]
    assert answer.code == 1
    assert all(f"给{one['unit']}的（批次 {one['batch']}）" in line for one in (first, second)), line
    assert gk("undo", second["batch"]).code == 0
    answer = gk("check")
    assert "编了" not in answer.out + answer.err
    assert gk("remind", "--unit", second["unit"], "-o", tmp_path / "again").code == 0
    assert numbers(gk)[-1] == 2
