"""One grammar: the plain reading and typer read every line alike, and plain lines load no typer."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gkcheck
from gkcheck import labels
from gkcheck.cli.options import UNIT
from gkcheck.cli.params import Argument, Option, parameters_of, read_plain, take_apart
from gkcheck.cli.registry import COMMANDS, SETTINGS, read_request, signature
from gkcheck.cli.typer_app import read_with_typer
from gkcheck.errors import BadCommandLine
from gkcheck.model import Status
from tests import processes

SOURCE = Path(gkcheck.__file__).parent

WORDS = st.sampled_from(["23", "市教育局", "9月30日", "a b", "-", "x=y", "一", "2019-12-31", "0", "报表.xlsx"])


@st.composite
def plain_lines(draw):
    """A line made of a command's own words: each argument it needs, some options once, the settings on either side."""
    command = draw(st.sampled_from([*COMMANDS]))
    arguments = [one for one in signature(command) if not one.spellings]
    needed = sum(one.required for one in arguments)
    count = draw(st.integers(needed, len(arguments)))
    words = [[draw(value_of(one))] for one in arguments[:count]]
    chosen = draw(
        st.lists(st.sampled_from([one for one in signature(command) if one.spellings]), unique=True, max_size=4)
    )
    before = []
    for option in chosen:
        written = draw(written_option(option))
        if option in SETTINGS and draw(st.booleans()):
            before += written
        else:
            words.insert(draw(st.integers(0, len(words))), written)
    return [*before, command, *(word for part in words for word in part)]


def value_of(parameter):
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    if parameter.type in (int, float):
        return st.integers(1, 500).map(str)
    return WORDS


@st.composite
def written_option(draw, option):
    spelled = draw(st.sampled_from(option.spellings))
    if option.is_flag:
        return [spelled]
    value = draw(value_of(option).filter(lambda word: not word.startswith("-")))
    return [f"{spelled}={value}"] if spelled.startswith("--") and draw(st.booleans()) else [spelled, value]


@settings(max_examples=40, deadline=None)
@given(plain_lines())
@example(["deadline", "23", "24", "2019-12-01"])
@example(["--plan", "x.yaml", "done", "23", "--store=y"])
def test_typer_reads_a_plain_line_as_it_is_read_without_it(words):
    """Every line drawn here is plain, and both readings give the same request."""
    plain = read_request(words)
    assert plain is not None
    assert plain == read_with_typer(words)


@st.composite
def odd_lines(draw):
    """Plain lines with something changed: a word more, a word less, twice, cut, or a spelling nobody declared."""
    words = draw(plain_lines())
    at = draw(st.integers(0, len(words) - 1))
    change = draw(st.sampled_from(["more", "less", "twice", "cut", "bundle", "dashes", "unknown"]))
    odd = {"more": "zzz", "bundle": "-u市教育局", "dashes": "--", "unknown": "--fromat"}.get(change)
    if odd is not None:
        return [*words[:at], odd, *words[at:]]
    if change == "less":
        return words[:at] + words[at + 1 :]
    return [*words, *words[-2:]] if change == "twice" else words[: at + 1]


@settings(max_examples=40, deadline=None)
@given(odd_lines())
@example(["tasks", "--unit", "--named"])
def test_what_is_read_without_typer_is_never_another_thing_or_wrong(words):
    """A line that only typer may refuse is never taken for a plain one."""
    plain = read_request(words)
    try:
        full = read_with_typer(words)
    except BadCommandLine:
        full = None
    assert plain in (None, full)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "tasks --channel 网 --channel=网 --channel x",
            "选项 --channel 只能写一次，这里写了 3 次，用 gkcheck tasks --help 查看用法",
        ),
        ("--plan a tasks --plan b", "选项 --plan 只能写一次，这里写了 2 次，用 gkcheck tasks --help 查看用法"),
        ("where extra", "多出了“extra”，用 gkcheck where --help 查看用法"),
        ("tasks --fromat json", "没有 --fromat 这个选项，是否要用 --format，用 gkcheck tasks --help 查看用法"),
        (
            "tasks --status 完了",
            "选项 --status 的值“完了”不对，可选：todo 未开始、doing 推进中、blocked 受阻、done 已完成、"
            "confirmed 已办结、skipped 不涉及、overdue 逾期、returned 退回、due-soon 即将到期",
        ),
        ("tasks --status done,完了 --role 牵头", "选项 --status 的值“完了”不对，可选：todo 未开始、"),
        ("tasks --role 主办", "选项 --role 的值“主办”不对，可选：lead 牵头、responsible 责任、support 配合"),
        ("log --action 删除", "选项 --action 的值“删除”不对，可选：start 开始办理、done 报告完成、"),
        ("tasks --format excel", "选项 --format 的值“excel”不对，可选：table、json、csv、tsv、md"),
        ("show", "缺少参数 编号，用 gkcheck show --help 查看用法"),
        ("tsks", "没有 tsks 这个命令，是否要用 gkcheck tasks，用 gkcheck --help 查看用法"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_in_chinese(gk, line, message):
    answer = gk(*line.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"gkcheck: {message}")
    assert message.endswith("、") or answer.err == f"gkcheck: {message}\n"


@pytest.mark.parametrize("line", ["--version log 6", "--version=x tasks", "-h return 6 6", "-h"])
def test_an_option_of_gkcheck_itself_comes_before_a_command(gk, line):
    answer = gk(*line.split())
    if "=" in line:
        assert answer.code == 2
    else:
        assert answer.out.startswith("gkcheck 0." if "version" in line else "用法：gkcheck [选项] 命令")


@pytest.mark.parametrize(
    ("line", "as_written"),
    [
        ("tasks --status 已完成", "tasks --status done"),
        ("tasks --status DONE", "tasks --status done"),
        ("tasks --status 未开始、受阻", "tasks --status todo --status blocked"),
        ("tasks --status 未开始，受阻", "tasks --status todo --status blocked"),
        ("tasks --status todo,blocked", "tasks --status todo --status blocked"),
        ("tasks --status=進行中", "tasks --status doing"),
        ("tasks --status 逾期、退回;即将到期", "tasks --status overdue --status returned --status due-soon"),
        ("tasks --role 牵头,配合", "tasks --role lead --role support"),
        ("log --action 退回、完成", "log --action return --action done"),
        ("log --action 确认办结", "log --action confirm"),
        ("tasks --format JSON", "tasks --format json"),
        ("tasks --format ＣＳＶ", "tasks --format csv"),
        ("log -f JSONL", "log -f jsonl"),
        ("status --by 单位", "status --by unit"),
        ("status --by 具体要求", "status --by task"),
        ("export x.csv --by 责任项", "export x.csv --by assignment"),
        ("template 通报 -o x.docx", "template bulletin -o x.docx"),
        ("deadline 1 --every 每季度", "deadline 1 --every quarter"),
    ],
)
def test_a_choice_may_be_typed_as_screens_show_it(line, as_written):
    """In either script, any case and width; several in one word. Typer's reading is the same."""
    assert read_request(line.split()) == read_request(as_written.split()) is not None
    assert read_with_typer(line.split()) == read_request(line.split())


@pytest.mark.parametrize(
    ("glossary", "words"),
    [
        (labels.STATUS | labels.QUALIFIER, labels.STATUS_WORDS),
        (labels.ROLE, labels.ROLE_WORDS),
        (labels.ACTION, labels.ACTION_WORDS),
        (labels.EVERY, labels.EVERY_WORDS),
    ],
)
def test_every_label_may_be_typed_and_no_word_means_two(glossary, words):
    assert {value: words[value].split()[0] for value in glossary} == glossary
    spelled = [word for listed in words.values() for word in listed.split()]
    assert len(spelled) == len(set(spelled))


def test_an_option_that_may_be_repeated_is(gk, tmp_path):
    answer = gk("form", "-u", "市教育局", "-u", "市财政局", "-o", tmp_path)
    assert answer.code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"市教育局.xlsx", "市财政局.xlsx"}


@pytest.mark.parametrize("line", ["tasks -u市教育局", "tasks --unit -x", "done -- 23"])
def test_unusual_lines_are_left_to_typer(line):
    assert read_request(line.split()) is None


LINES = {
    "show": "show 23", "done": "done 23 --dry-run", "start": "start 23 --dry-run", "block": "block 23 --dry-run -n 等文件",
    "skip": "skip 23 --dry-run", "reopen": "reopen 23 --dry-run", "note": "note 23 --dry-run -n 已报",
    "confirm": "confirm 23 --dry-run", "return": "return 23 --dry-run -n 理由", "deadline": "deadline 23 2019-12-31 --dry-run",
    "form": "form -u 市教育局 -o {tmp}/表", "collect": "collect {tmp}/表", "export": "export {tmp}/台账.csv",
    "report": "report {tmp}/通报.md", "template": "template letter -o {tmp}/模板.docx", "import": "import {tmp}/none.txt", "merge": "merge {tmp}/none.jsonl",
    "push": "push service=none", "store": "store init service=none",
}  # fmt: skip


@pytest.mark.parametrize("command", [None, "--help", "--version", *COMMANDS])
def test_a_plain_line_of_any_command_loads_no_typer(command, tmp_path):
    """Carried out or refused: whatever comes of it, typer was not needed to read it."""
    needed = [one for one in signature(command) if one.required] if command in COMMANDS else []
    line = LINES.get(command, " ".join([command or "", *("23" for _ in needed)]))
    words = line.format(tmp=tmp_path).split()
    script = "import sys; from gkcheck.cli.main import run; run(sys.argv[1:]); sys.exit('typer' in sys.modules)"
    done = processes.run([sys.executable, "-c", script, *words], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_every_spelling_stands_once_in_the_source():
    """An option is declared in one place; what else speaks of it does so in a sentence."""
    found: dict[str, list[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for spelled in re.findall(r"[\"'](--[a-z][a-z-]+)[\"']", path.read_text("utf-8")):
            found.setdefault(spelled, []).append(str(path.relative_to(SOURCE)))
    assert {spelled: places for spelled, places in found.items() if len(places) > 1} == {}


def test_every_option_named_in_a_message_exists():
    known = {spelled for name in (None, *COMMANDS) for one in signature(name) for spelled in one.spellings}
    known |= {"--help", "--encoding", "--template"}  # the last two are createdb's
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("[一-鿿]", node.value):
                named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", node.value))
                assert named <= known, (path, node.lineno)


def test_a_signature_becomes_parameters():
    def command(
        session: object,
        numbers: Annotated[list[str], Argument("编号", "说明", completes="task")],
        unit: Annotated[str | None, UNIT("单位")] = None,
        status: Annotated[Status, Option("--status", help="状态")] = Status.TODO,
        count: Annotated[int, Option("--count", metavar="N", least=1, most=9)] = 1,
    ) -> None: ...

    numbers, unit, status, count = parameters_of(command)
    assert (numbers.type, numbers.multiple, numbers.required, numbers.spellings) == (str, True, True, ())
    assert (unit.type, unit.multiple, unit.required, unit.spellings) == (str, False, False, ("--unit", "-u"))
    assert (status.choices[:2], status.default, status.metavar) == (["todo", "doing"], Status.TODO, "WORD")
    parameters = (numbers, unit, status, count)
    assert read_plain(parameters, ["1", "2", "--count", "9"]) == {"numbers": ["1", "2"], "count": 9}
    for refused in (
        [],
        ["1", "--count", "10"],
        ["1", "--count", "x"],
        ["1", "--status", "late"],
        ["1", "-u", "a", "-u", "b"],
    ):
        assert read_plain(parameters, refused) is None
    assert take_apart(parameters, ["1", "--unit"]).waiting == unit
