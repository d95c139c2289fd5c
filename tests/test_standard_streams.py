"""`-` for a file: import, collect and merge read stdin, export and report write stdout."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests import processes
from tests.conftest import ROOT
from tests.forms.sheets import fill
from tests.terminal import Terminal

NOTICE = (ROOT / "tests" / "notices" / "08.txt").read_bytes()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line, stdin=b""):
    """Return the exit code of a command, the bytes on its stdout, and what it says on stderr."""
    done = processes.run([sys.executable, "-m", "gkcheck", *line.split()], input=stdin, capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("form", ["xlsx", "csv", "tsv", "json", "md", "docx", "html"])
def test_an_export_to_stdout_is_the_file(form):
    code, data, said = run(f"export - --unit 教育局 --format {form}")
    assert (code, "已导出：标准输出（22" in said) == (0, True)
    assert run(f"export 台账.{form} --unit 教育局")[0] == 0
    written = Path(f"台账.{form}").read_bytes()
    assert data == written or (form in ("xlsx", "docx") and data[:4] == written[:4] == b"PK\x03\x04")
    assert os.listdir() == [f"台账.{form}"]


@pytest.mark.parametrize("form", ["md", "docx", "html", "txt"])
def test_a_bulletin_to_stdout_is_the_file(form):
    code, data, said = run(f"report - --format {form}")
    assert (code, said) == (0, "已写好通报：标准输出\n")
    assert run(f"report 通报.{form}")[0] == 0
    assert data == Path(f"通报.{form}").read_bytes() or form == "docx"


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("export -", "用 --format 写明格式：xlsx、csv"),
        ("report -", "用 --format 写明格式：md、docx"),
        ("export - --format pdf", "可选：xlsx、csv"),
        ("report - --format xlsx", "可选：md、docx"),
        ("export 台账.xlsx --format csv", "台账.xlsx 的后缀与 --format csv 不一致"),
    ],
)
def test_a_format_that_is_not_clear_is_refused(line, remedy):
    code, data, said = run(line)
    assert (code, data) == (2, b"")
    assert remedy in said
    assert os.listdir() == []


def test_a_terminal_gets_text_and_no_workbook():
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm"}
    command = [sys.executable, "-m", "gkcheck", "export", "-", "--unit", "教育局", "--format"]
    with Terminal([*command, "xlsx"], own, 80) as terminal:
        assert terminal.wait() == 2
        assert "不能显示在终端上" in terminal.plain
    with Terminal([*command, "csv"], own, 80) as terminal:
        assert terminal.wait() == 0
        assert terminal.plain.startswith("序号,编号,")


def test_a_form_comes_from_stdin():
    assert run("form --unit 教育局 -o 表")[0] == 0
    form = Path("表/市教育局.xlsx")
    fill(form, (23, {"完成情况": "已完成"}))
    code, data, _ = run("collect -", form.read_bytes())
    assert (code, "已记录 1 条" in data.decode()) == (0, True)
    code, data, _ = run("collect -", "什么都不是".encode())
    assert (code, data.decode().startswith("标准输入: ")) == (1, True)


def test_an_office_ledger_comes_from_stdin():
    ledger = "编号,责任单位,完成情况\n23,市教育局,已完成\n".encode("gb18030")
    code, data, _ = run("collect -", ledger)
    assert (code, "已记录 1 条（收到台账 1 份）" in data.decode()) == (0, True), data.decode()


def test_a_journal_comes_from_stdin():
    assert run("done 23 --unit 教育局 --store 别处.jsonl")[0] == 0
    journal = Path("别处.jsonl").read_bytes()
    assert run("merge -", journal)[:2] == (0, "标准输入：新 1 条，已有 0 条，未收 0 条\n已并入 1 条记录\n".encode())
    assert run("merge -", journal)[:2] == (0, "标准输入：新 0 条，已有 1 条，未收 0 条\n已并入 0 条记录\n".encode())
    code, data, _ = run("merge -", journal + b"torn\n")
    assert (code, "标准输入:3: " in data.decode()) == (1, True)
    code, _, said = run("merge -", b"\n")
    assert (code, "标准输入是空的" in said) == (2, True)
    code, _, said = run("merge -", NOTICE)
    assert (code, "标准输入 不是 gkcheck 的日志" in said) == (2, True)


def test_a_notice_comes_from_stdin_and_the_plan_goes_to_stdout():
    code, data, _ = run("import - -o -", NOTICE)
    assert (code, data) == run("import -", NOTICE)[:2]
    assert "\nsections:\n" in data.decode()
    assert os.listdir() == []


def test_the_answer_of_import_is_utf8_whatever_the_locale(monkeypatch):
    expected = run("import - --format json", NOTICE)[1]
    assert json.loads(expected)
    monkeypatch.setenv("PYTHONIOENCODING", "gbk")
    assert run("import - --format json", NOTICE)[1] == expected


def test_no_stdin_is_said():
    for line in ("import -", "collect -", "merge -"):
        done = processes.run(["sh", "-c", f"{sys.executable} -m gkcheck {line} <&-"], capture_output=True)
        assert (done.returncode, "没有标准输入可读" in done.stderr.decode()) == (2, True)
