"""config: the user's own defaults, and who wins."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.config import KEYS, config_path, old_config_path


def test_nothing_is_set_at_first(gk):
    shown = gk("config", "--format", "json").json()
    assert list(shown) == list(KEYS)
    assert shown["unit"] == {"value": None, "source": "default"}


def test_a_unit_is_kept_by_its_full_name_and_used_when_recording(gk):
    for guess in ("jy", "务服"):
        answer = gk("config", "set", "unit", guess)
        assert (answer.code, answer.out) == (2, ""), "what records go to for a year is not guessed"
        assert "请写全名、简称" in answer.err
    assert gk("config", "set", "unit", "jyj").out.startswith("已设定 unit：市教育局")
    answer = gk("done", "23")
    assert "市教育局 → 已完成" in answer.out
    assert "按默认单位“市教育局”记录（来自 gkcheck config）" in answer.err
    assert "默认单位    市教育局" in gk("where").out
    assert gk("where", "--format", "json").json()["unit"] == {"value": "市教育局", "source": "config"}


def test_queries_do_not_narrow_by_the_default_unit(gk):
    everything = gk("tasks", "--format", "json").out
    gk("config", "set", "unit", "市教育局")
    assert gk("tasks", "--format", "json").out == everything


def test_a_flag_of_one_run_is_gone_after_it(gk, monkeypatch):
    monkeypatch.setenv("GKCHECK_PAGER", "more")
    before = dict(os.environ)
    assert gk("tasks", "--no-pager", "--quiet").code == 0
    assert dict(os.environ) == before


def test_flag_beats_environment_beats_config_beats_default(gk, monkeypatch):
    monkeypatch.delenv("GKCHECK_BY")

    def by():
        return gk("config", "--format", "json").json()["by"]

    assert by() == {"value": None, "source": "default"}
    gk("config", "set", "by", "配置")
    assert by() == {"value": "配置", "source": "config"}
    monkeypatch.setenv("GKCHECK_BY", "环境")
    assert by() == {"value": "环境", "source": "environment"}
    gk("done", "23", "--by", "命令行")
    gk("done", "24")
    assert [entry["by"] for entry in gk("log", "--format", "json").json()] == ["命令行", "环境"]


def test_a_setting_is_taken_back(gk):
    gk("config", "set", "by", "某人")
    assert gk("config", "unset", "by").out.startswith("已取消 by")
    assert gk("config", "unset", "by").out.startswith("by 本来就没有设定")
    assert tomllib.loads(config_path().read_text("utf-8")) == {}


def test_plan_and_store_are_kept_from_the_root_and_used(gk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from gkcheck.cli.context import built_in_plan

    (tmp_path / "my.yaml").write_text(
        built_in_plan().read_text("utf-8").replace("id: taishan-2019", "id: mine"), "utf-8"
    )
    gk("config", "set", "plan", "my.yaml")
    gk("config", "set", "store", "my.jsonl")
    monkeypatch.chdir("/")
    shown = gk("where", "--format", "json").json()
    assert shown["plan"] == {"value": str(tmp_path / "my.yaml"), "source": "config"}
    assert shown["store"] == {"value": str(tmp_path / "my.jsonl"), "source": "config"}
    assert gk("done", "23").code == 0
    assert '"plan": "mine"' in (tmp_path / "my.jsonl").read_text("utf-8").splitlines()[0].replace('":"', '": "')


@pytest.mark.parametrize(
    "words",
    [
        ["unit", "没有这个"],
        ["unit", " "],
        ["plan", "没有.yaml"],
        ["store", "/"],
        ["by", ""],
        ["letter_code", "两\n行"],
        ["phone", "0" * 61],
        ["sealed", "也许"],
        ["by", "\udce5"],
        ["colour", "x"],
        ["unit"],
        [],
    ],
)
def test_what_cannot_be_used_is_refused_at_once(gk, words):
    answer = gk("config", "set", *words)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert not config_path().exists()


def write(content: bytes, name: str = "config.json") -> Path:
    path = config_path().with_name(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("config.json", content) for content in (b"{", b"[]", b"\xff\xfe", b"null", b"[" * 100_000)),
        *(("config.toml", content) for content in (b"unit", b"\xff\xfe", b"a = " + b"[" * 100_000, b"a = 1\na = 1")),
    ],
)
def test_a_file_that_is_no_settings_is_refused_where_one_is_needed(gk, name, content, tmp_path):
    """Nothing is asked of, or recorded in, another journal than the one that the file may name."""
    path = write(content, name)
    for command in (["tasks"], ["done", "23"], ["config", "set", "by", "某人"], ["23"], []):
        answer = gk(*command)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.count("\n") == 1
        assert str(path) in answer.err
    named = ["--plan", built_in_plan(), "--store", tmp_path / "a.jsonl"]
    assert gk("done", "23", "-u", "市教育局", *named).code == 0
    for command in (["tasks", *named], ["--version"], ["help", "done"], ["done", "--help"], ["status", *named]):
        assert gk(*command).code == 0
    assert path.read_bytes() == content


@pytest.mark.parametrize("command", ["where", "config"])
@pytest.mark.parametrize("content", [b"{", b'{"store": 3}', b'{"store": ""}', b'{"store": null}', b"x", b"store = 3"])
def test_what_shows_the_settings_works_without_them(gk, content, command):
    path = write(content, "config.json" if content[:1] == b"{" else "config.toml")
    answer = gk(command)
    assert answer.code == 0
    assert re.search(r"(日志|store) +（不能用） +用户配置", answer.out)
    assert answer.err.count("\n") == 1
    assert str(path) in answer.err
    assert gk(command, "--json").json()["store"] == {"value": None, "source": "config"}


def test_one_bad_setting_leaves_the_others(gk):
    write('{"unit": 3, "by": "某人", "store": "/tmp/没有/a.jsonl"}'.encode())
    assert gk("tasks", "--store", "x.jsonl").code == 0
    assert "的 unit 应是一段文字，请用 gkcheck config set unit 改正" in gk("done", "23", "--store", "x.jsonl").err
    assert gk("config", "unset", "unit").out.startswith("已取消 unit")
    assert tomllib.loads(config_path().read_text("utf-8")) == {"by": "某人", "store": "/tmp/没有/a.jsonl"}


def test_unset_moves_a_broken_file_aside(gk):
    for number, name in enumerate(("config.json.bad", "config.json.bad1")):
        write(b"{%d" % number)
        assert gk("config", "unset", "by").out == (
            f"配置文件不是合法的 JSON，已移到 {config_path().with_name(name)}；现在没有任何设定\n"
        )
        assert not old_config_path().exists()
        assert config_path().with_name(name).read_bytes() == b"{%d" % number
    assert gk("config", "set", "by", "某人").code == 0


def test_a_key_of_a_newer_version_is_named_and_kept(gk):
    write('{"colour": {"a": ["\\ud800"]}, "by": "某人", "by2": ""}'.encode())
    for command in (["tasks"], ["done", "23"], ["where"]):
        answer = gk(*command)
        assert answer.code == 0
        assert answer.err.count("有不认识的项目“colour、by2”") == 1
    assert gk("config", "set", "unit", "市教育局").code == 0
    assert gk("config", "unset", "by").code == 0
    kept = json.loads(old_config_path().read_text("utf-8"))
    assert kept == {"unit": "市教育局", "colour": {"a": ["\ud800"]}, "by2": ""}
    assert not config_path().exists()


def test_a_file_from_notepad_is_read(gk):
    config_path().parent.mkdir(parents=True)
    config_path().write_bytes(b"\xef\xbb\xbf" + 'unit = "市教育局"\r\n'.encode())
    assert gk("config", "--format", "json").json()["unit"]["value"] == "市教育局"
    assert gk("config", "set", "by", "李").code == 0


def test_a_broken_line_is_named(gk):
    write('unit = "市教育局"\nby = 某人\n'.encode(), "config.toml")
    assert "配置文件第 2 行不是合法的 TOML" in gk("done", "23").err


def test_the_json_of_before_is_read_and_turned_into_toml_by_the_first_change(gk):
    old = {"unit": "市教育局", "contact": '李"四\\\x7f', "by2": "新", "新 键": "值"}
    write(json.dumps(old).encode())
    shown = gk("config", "--format", "json").json()
    assert not config_path().exists()
    assert str(config_path()) in gk("config", "set", "phone", "5512345").out
    assert not old_config_path().exists()
    assert json.loads(config_path().with_name("config.json.old").read_text("utf-8")) == old
    assert tomllib.loads(config_path().read_text("utf-8")) == {**old, "phone": "5512345"}
    after = gk("config", "--format", "json").json()
    assert after == {**shown, "phone": {"value": "5512345", "source": "config"}}


def test_two_files_that_differ_are_refused(gk):
    """Somebody with a program of before has changed a setting: neither is taken in silence."""
    gk("config", "set", "unit", "市教育局")
    write('{"unit": "市教育局", "store_seen": "/a"}'.encode())
    assert gk("where").err == ""
    write('{"unit": "市财政局"}'.encode())
    answer = gk("done", "23")
    assert (answer.code, answer.out) == (2, "")
    assert f"{config_path()} 之外还有以前的 {old_config_path()}，内容不同" in answer.err
    assert gk("env").code == 1
    assert f"已移到 {old_config_path()}.bad；现在用 {config_path()}" in gk("config", "unset", "unit").out
    assert "按默认单位“市教育局”记录" in gk("done", "23").err


def test_comments_and_order_stay(gk):
    write(
        '# 办公室的设置\nphone = "1"  # 总机\n\nunit = "市教育局"\nreply_days = 5\nby = "李"\n'
        'contact = "王\u2028五"\n[later]\nby = 3\n'.encode(),
        "config.toml",
    )
    assert gk("config", "--format", "json").json()["reply_days"]["value"] == "5"
    assert gk("config", "set", "unit", "市财政局").code == 0
    assert gk("config", "set", "letter_code", '粤"发\\').code == 0
    assert config_path().read_text("utf-8") == (
        '# 办公室的设置\nphone = "1"  # 总机\n\nunit = "市财政局"\nreply_days = 5\nby = "李"\n'
        'contact = "王\u2028五"\nletter_code = "粤\\"发\\\\"\n[later]\nby = 3\n'
    )


@pytest.mark.parametrize("text", ['contact = """\nby = "x"\n"""\nby = "李"\n', '"by" = "李"\n'])
@pytest.mark.parametrize("words", [["set", "by", "王"], ["unset", "by"]])
def test_what_cannot_be_changed_line_by_line_is_left_alone(gk, text, words):
    write(text.encode(), "config.toml")
    answer = gk("config", *words)
    assert (answer.code, config_path().read_text("utf-8")) == (2, text)
    assert "请打开它自己改" in answer.err


def test_yes_and_no_and_days_may_be_written_as_such(gk):
    write(b"sealed = true\nreply_days = 5\n", "config.toml")
    shown = gk("config", "--format", "json").json()
    assert (shown["sealed"]["value"], shown["reply_days"]["value"]) == ("是", "5")


def test_a_default_unit_that_the_plan_lacks_says_where_it_comes_from(gk):
    config_path().parent.mkdir(parents=True)
    config_path().write_text('unit = "市审计局"', "utf-8")
    answer = gk("done", "23")
    assert answer.code == 2
    assert "默认单位（gkcheck config）不能用：没有叫“市审计局”的单位" in answer.err


def test_a_server_is_kept_as_it_was_typed(gk):
    address = "postgresql://zfb@10.0.0.5/gkcheck"
    assert gk("config", "set", "store", address).code == 0
    assert gk("config", "--format", "json").json()["store"]["value"] == address
