"""Every kind of place an answer may go to: terminals of any width, pipes, other encodings, pagers."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
from pathlib import Path

import pytest

from gkcheck.cli.context import built_in_plan
from gkcheck.cli.registry import COMMANDS
from gkcheck.cli.streams import first_reading
from gkcheck.terminal import fitted, progress
from gkcheck.text.width import width, wrap
from tests import processes
from tests.conftest import ROOT, move_in, needs
from tests.screens import RECORDED, SHOWN
from tests.terminal import Terminal

EVERY = [
    "done 26 --unit 财政局 --evidence 台财〔2019〕1号",
    "done 23 --unit 教育局 --note " + "长" * 60,
    "start 4 --unit 水步镇",
    "block 9 --unit 四九镇 --note 等上级文件，文件一到就办",
    "skip 30 --unit 白沙镇 --note 本镇没有进驻大厅的事项",
    "reopen 4 --unit 水步镇",
    "note 1 --note 已电话核对",
    "confirm 26 --unit 财政局",
    "return 23 --unit 教育局 --note 佐证打不开，请补",
    "done 23 --unit 教育局",
    "deadline 30 2019-11-29 --unit 教育局",
    "",
    "--help",
    "tasks --help",
    "tasks",
    "tasks --unit 市教育局",
    "show 23",
    "status",
    "status --by unit",
    "status --by task",
    "matrix",
    "units",
    "log",
    "evidence",
    "form --unit 教育局 -o 填报表",
    "collect 填报表",
    "remind --unit 教育局",
    "export 台账.csv",
    "report 通报.md",
    "template letter -o 模板.docx",
    "import 通知.txt -o 新表.yaml",
    "diff 旧表.yaml 新表.yaml",
    "undo",
    "merge 别处.jsonl",
    "check",
    "repair",
    "where",
    "env",
    "config",
    "fill --unit 教育局",
    "review",
    "push postgresql://nobody@127.0.0.1:1/x",
    "store init postgresql://nobody@127.0.0.1:1/x",
    "tasks --unit 教肓局",
    "tasks --unti 教育局",
]
"""Every command, in an order that gives each something to show; the last ones are refused."""

REFUSED = EVERY[-4:]


def code_of(words):
    """Return the exit code of a line of EVERY: 1 where two plans differ."""
    return 2 if words in REFUSED else int(words.startswith("diff"))


FEW = ["done 23 --unit 教育局", "", "tasks --help", "show 23", "tasks --unti 教育局"]
"""One of each kind: a record, the page of a folder with nothing asked, help, a long text, a refusal."""

ASKING = ("fill", "review")
"""The commands that ask: on a terminal they are left with q, elsewhere they refuse."""


@pytest.fixture
def desk(tmp_path, monkeypatch, gk):
    """A working folder with what the commands of EVERY read."""
    monkeypatch.chdir(tmp_path)
    Path("通知.txt").write_bytes((ROOT / "tests" / "notices" / "08.txt").read_bytes())
    Path("旧表.yaml").write_bytes(built_in_plan().read_bytes())
    assert gk("done", 24, "--unit", "卫健局", "--store", "别处.jsonl").code == 0


def test_every_command_is_among_them():
    assert {words.split()[0] for words in EVERY if words and words[0] != "-"} == set(COMMANDS)


RUN = [sys.executable, "-m", "gkcheck"]


def screen(arguments, columns, **env):
    """Return the exit code of a command on a terminal so wide, the lines it shows, and all it wrote."""
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm-256color", "GKCHECK_PAGER": "", **env}
    with Terminal([*RUN, *arguments], own, columns) as terminal:
        code = terminal.wait()
        return code, terminal.plain.split("\n"), terminal.seen


@pytest.mark.parametrize("columns", [40, *(pytest.param(wide, marks=pytest.mark.long) for wide in (80, 120))])
def test_nothing_is_wider_than_the_screen_or_cut(desk, columns):
    """Only words to be copied may be wider: a path or an address too long for a line."""
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm-256color", "GKCHECK_PAGER": ""}
    for words in EVERY:
        with Terminal([*RUN, *words.split()], own, columns) as terminal:
            if words.startswith(ASKING):
                terminal.wait_for(r"退出\s*\(q\s*\)：")
                asked = terminal.plain
                terminal.type("q\r")
                code, shown = terminal.wait(), asked + terminal.settled
            else:
                code, shown = terminal.wait(), terminal.settled
        assert code == code_of(words), (words, shown)
        assert "\ufffd" not in shown
        if words.startswith("remind"):
            continue  # a letter's paragraphs stay whole, to be copied
        lines = shown.split("\n")
        longest = [max(map(len, re.findall(r"[!-~]+", line)), default=0) for line in lines]
        wide = [
            line for line, word in zip(lines, longest, strict=True) if width(line) > columns and word < columns - 12
        ]
        assert not wide, words
        assert not [line for line in lines if line.endswith("…") and not line.endswith("……")], words
        assert not [line for line in lines if line.strip()[:1] in "，。、；：）》〕" and line.strip()], words


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("公开，透明。", 8, ["公开，透", "明。"]),
        ("公开“透明”", 6, ["公开", "“透明”"]),
        ("公开，透明。", 10, ["公开，透", "明。"]),
        ("公开透明。", 8, ["公开透", "明。"]),
        ("公开", 3, ["公", "开"]),
        ("see the manual", 8, ["see the", "manual"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("", 5, [""]),
        ("一\n二", 5, ["一", "二"]),
        ("，，，，，", 4, ["，，", "，，", "，"]),
    ],
)
def test_wrapping(text, room, lines):
    assert wrap(text, room) == lines


def test_a_long_sentence_is_broken_where_a_person_would():
    said = "  没有叫“教肓局”的单位，是否要找：市教育局（用 gkcheck units 查看全部），时限 2019-11-29"
    assert fitted(said, 40) == (
        "  没有叫“教肓局”的单位，是否要找：市教育\n  局（用 gkcheck units 查看全部），时限\n  2019-11-29"
    )
    path = "/home/clerk/.local/share/gkcheck/taishan-2019.jsonl"
    assert fitted(f"日志 {path}：没有问题", 30) == f"日志\n{path}：\n没有问题"
    assert fitted("短", 30) == "短"


def test_addresses_stay_whole_and_bars_are_blocks_where_the_encoding_has_them(gk):
    address = "http://www.cnts.gov.cn/zwgk/zdly/jyly/2019/content_1234567890.html"
    gk("done", 23, "--unit", "教育局", "--evidence", f"招生方案|{address}|2019-11-18")
    gk("done", "1-5", "--unit", "教育局")
    for columns in (40, 80, 120):
        for words in ("log", "evidence", "show 23"):
            assert address in "\n".join(screen(words.split(), columns)[1]), (words, columns)
    assert "█░" in screen(["status", "--by", "unit"], 80)[2]
    assert "##........" in screen(["status", "--by", "unit"], 80, PYTHONIOENCODING="gbk")[2]
    assert not re.search("[█░]", gk("status", "--by", "unit").out)


def test_no_line_ends_in_blanks():
    for words in ("tasks", "status", "matrix", "units"):
        assert not [line for line in screen([words], 80)[1] if line.endswith(" ")]


def test_a_matrix_caps_its_names():
    """The longest name is 80 columns wide; the letters of 17 tasks and it do not fit beside each other."""
    _, lines, _ = screen(["matrix"], 80)
    assert max(map(width, lines)) <= 80
    assert any(line.startswith("涉及公共资源配置") and "……" in line for line in lines)
    head = next(line for line in lines if line.startswith("责任单位"))
    assert len(head.split()) > 12


@pytest.mark.parametrize("columns", [40, 80, 100])
def test_a_long_list_has_one_line_a_task_on_a_narrow_terminal(columns):
    _, lines, _ = screen(["tasks", "--as-of", "2019-11-25"], columns)
    numbered = [line for line in lines if re.match(r"\d+（", line)]
    assert len(numbered) == 37
    assert columns - 4 < max(map(width, numbered)) <= columns
    assert any("每项只列一行" in line for line in lines)


def test_a_wide_terminal_and_a_short_list_are_in_full():
    for columns, words in ((101, "tasks"), (80, "tasks --full"), (80, "tasks --section 九")):
        text = "".join("".join(screen(words.split(), columns)[1]).split())
        assert "每项只列一行" not in text
        assert "教育" in text


def test_what_is_overdue_or_behind_is_red_beside_its_word(gk):
    _, _, seen = screen(["status", "--as-of", "2020-01-10"], 80)
    assert "\x1b[31m  18\x1b[0m" in seen
    assert "\x1b[31m落后 100.00 个百分点\x1b[0m" in seen


def test_a_pipe_is_not_padded_to_its_longest_cell(gk):
    row = gk("tasks").out.splitlines()[2]
    assert "通俗易懂。  各镇（街）、市直各单位  " in row


def test_every_command_is_among_the_screens_that_are_kept():
    kept = {words.split()[0] for words in SHOWN + RECORDED if words and words[0] != "-"}
    assert set(COMMANDS) - kept == {
        "env",
        "push",
        "store",
    }  # what env lists is of the machine; the others need a server


@pytest.mark.parametrize(
    "words", ["tasks --full", "tasks --unit 市教育局 --full", "show 23", "units", "status --by section"]
)
def test_signs_of_two_columns_are_counted_so_where_that_is_set(words):
    """In a terminal that draws “ ” … ─ two columns wide nothing is wider than the screen."""
    _, lines, _ = screen(words.split(), 80, GKCHECK_WIDE_SIGNS="1", COLUMNS="80")
    assert any("“" in line or "─" in line for line in lines)
    assert max(width(line, ambiguous=2) for line in lines) <= 80
    _, without, _ = screen(words.split(), 80)
    assert max(width(line, ambiguous=2) for line in without) > 80


def test_a_dumb_terminal_has_its_own_width():
    _, lines, _ = screen(["tasks"], 44, TERM="dumb")
    assert max(map(width, lines)) <= 44


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(env):
    _, _, seen = screen(["status"], 80, **env)
    assert "\x1b[3" not in seen
    assert "\x1b[9" not in seen


ENCODINGS = {
    "gbk": {"PYTHONIOENCODING": "gbk"},
    "utf-8": {"LC_ALL": "C"},
    "ascii": {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
}
"""Surroundings by the encoding that is then written."""

ENCODED_HELP = {"ascii": "utf-8"}
"""typer takes an ASCII stream to be a mistake, and writes its help in UTF-8."""


def piped(arguments, env):
    done = processes.run([*RUN, *arguments], capture_output=True, env={**os.environ, **env})
    assert b"Traceback" not in done.stderr
    return done


def told(lines, env, encoding):
    """Return the output of each command in a pipe, without what differs from run to run."""
    found = []
    for words in lines:
        done = piped(words.split(), env)
        assert done.returncode == (2 if words.startswith(ASKING) else code_of(words)), (words, done)
        said = (done.stdout + done.stderr).decode(
            encoding if not words.endswith("--help") else ENCODED_HELP.get(encoding, encoding)
        )
        assert "\x1b" not in said
        said = re.sub(r"(PYTHONIOENCODING +)\S+", r"\1", said)  # what `env` lists
        found.append(re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?|[0-9a-f]{12}|  +|──+", "#", said))
    return found


@pytest.fixture(scope="module", params=[FEW, pytest.param(EVERY, marks=pytest.mark.long)], ids=["few", "every"])
def in_utf8(request, tmp_path_factory):
    """Lines, and what each says in a pipe where everything is UTF-8, in the home that is named first."""
    from gkcheck.cli.main import run

    folder = tmp_path_factory.mktemp("utf8")
    with pytest.MonkeyPatch.context() as patch:
        move_in(folder, patch)
        patch.chdir(folder)
        Path("通知.txt").write_bytes((ROOT / "tests" / "notices" / "08.txt").read_bytes())
        Path("旧表.yaml").write_bytes(built_in_plan().read_bytes())
        assert run(["done", "24", "--unit", "卫健局", "--store", "别处.jsonl"]) == 0
        return str(folder), request.param, told(request.param, {"LC_ALL": "C.UTF-8"}, "utf-8")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_encoding_takes_every_answer(desk, in_utf8, own_home, encoding):
    """The same text wherever the encoding has the characters; elsewhere visible codes, and never a question mark."""
    before, lines, expected = in_utf8
    found = told(lines, ENCODINGS[encoding], encoding)
    for words, said, wanted in zip(lines, found, expected, strict=True):
        if encoding in ("gbk", "utf-8"):
            assert said.replace(str(own_home), before) == wanted, words
        elif encoding not in ENCODED_HELP or not words.endswith("--help"):
            assert "?" not in said
            assert ("\\u" in said) == any(ord(char) > 255 for char in wanted), words


BARE = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "GKCHECK_UNIT": "市教育局"}
"""Surroundings in which not even the arguments and the names of files are taken to be UTF-8."""


def test_where_nothing_is_utf8_words_are_still_read_and_recorded(desk):
    assert piped(["done", "23", "--note", "招生方案"], BARE).returncode == 0
    log = json.loads(piped(["log", "--format", "json"], BARE).stdout)
    assert [(entry["unit"], entry["by"], entry["note"]) for entry in log] == [("市教育局", "测试", "招生方案")]


@pytest.mark.parametrize(
    "words", ["form -o 填报表", "export 台账.csv", "import 通知.txt", "tasks --plan 表.yaml", "log --store 日志.jsonl"]
)
def test_a_name_of_a_file_that_the_locale_lacks_is_refused_in_words(desk, words):
    done = piped(words.split(), {**BARE, "PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 2, done
    assert "PYTHONUTF8=1" in done.stderr.decode()


def test_a_dumb_terminal_gets_the_same_text(desk):
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "dumb"}
    for words in ("tasks --unit 市教育局", "status", "units", "log"):
        with (
            Terminal([*RUN, *words.split()], own, 80) as dumb,
            Terminal(
                [*RUN, *words.split()], {**own, "TERM": "xterm", "NO_COLOR": "1", "GKCHECK_PAGER": ""}, 80
            ) as other,
        ):
            assert dumb.wait() == other.wait() == 0
            assert dumb.plain == other.plain


def test_what_gbk_has_is_there_and_what_it_lacks_is_spelled(gkcheck):
    gkcheck("done", "23", "--note", "— ‐ “” √ 㙍 ✓ \u00a0€ 😀")
    text = piped(["show", "23"], {"PYTHONIOENCODING": "gbk"}).stdout.decode("gbk")
    assert "— ‐ “” √ \\u364d √  EUR \\U0001f600" in text


@pytest.mark.parametrize(
    "arguments", [["show", "23", "--format", "json"], ["log", "--format", "json"], ["log", "--format", "jsonl"]]
)
def test_json_is_utf8_whatever_the_locale(gkcheck, arguments):
    """The same bytes, and on a terminal of another encoding still JSON."""
    gkcheck("done", "23", "--note", "㙍 😀 \u00a0\x9b")
    expected = piped(arguments, {}).stdout
    assert "㙍 😀 \u00a0\x9b".encode() in expected
    for env in (*ENCODINGS.values(), BARE):
        assert piped(arguments, env).stdout == expected
    _, _, seen = screen(arguments, 80, PYTHONIOENCODING="gbk:strict")
    assert "\\u364d \\ud83d\\ude00 \\u00a0\\u009b" in seen


def test_a_pipe_gets_every_row_whole(gkcheck):
    text = gkcheck("tasks").out
    assert "促进发展更加公平更有质量的教育。" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("arguments", [["tasks"], ["tasks", "--format", "json"], ["--help"], ["log"]])
def test_a_closed_pipe_ends_quietly(arguments):
    for reader in ("head -1", "true", "head -c 10"):
        line = " ".join([*RUN, *arguments]) + f" | {reader}; exit ${{PIPESTATUS[0]}}"
        done = processes.run(["bash", "-c", line], capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("words", ["--version", "tasks", "tasks --format json", "status", "log"])
def test_a_full_disk_behind_a_redirection_is_said_once(words):
    with open("/dev/full", "wb") as full:
        done = processes.run([*RUN, *words.split()], stdout=full, stderr=processes.PIPE)
    assert (done.returncode, done.stderr.decode().count("\n")) == (2, 1), done
    assert "输出失败：磁盘已满" in done.stderr.decode()


def test_a_stream_that_is_not_there_is_no_fault():
    done = processes.run(["sh", "-c", " ".join([*RUN, "tasks"]) + " >&-"], capture_output=True)
    assert done.stderr == b""


# -- the pager -------------------------------------------------------------------------------------------


@pytest.fixture
def pager(tmp_path):
    """A pager that says it was used."""
    script = tmp_path / "pager"
    script.write_text("#!/bin/sh\necho PAGED\ncat\n")
    script.chmod(0o755)
    return str(script)


def test_a_long_answer_goes_through_the_pager(pager, monkeypatch):
    for name in ("PAGER", "GKCHECK_PAGER"):
        env = {"GKCHECK_PAGER": pager} if name == "GKCHECK_PAGER" else {"PAGER": pager}
        own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", **env}
        with Terminal([*RUN, "tasks"], own, 80) as terminal:
            assert terminal.wait() == 0
            assert terminal.plain.startswith("PAGED")
            assert "37（三十七）" in terminal.plain


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["where"], {}),
        (["tasks", "--no-pager"], {}),
        (["--no-pager", "tasks"], {}),
        (["tasks"], {"GKCHECK_PAGER": ""}),
        (["tasks"], {"GKCHECK_PAGER": "no-such-program"}),
        (["tasks"], {"GKCHECK_PAGER": "cat"}),
        (["tasks"], {"GKCHECK_PAGER": "'"}),
        (["tasks"], {"TERM": "dumb"}),
    ],
)
def test_the_pager_stays_away(pager, arguments, env):
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "GKCHECK_PAGER": pager, **env}
    with Terminal([*RUN, *arguments], own, 80) as terminal:
        assert terminal.wait() == 0
        assert "PAGED" not in terminal.plain
        assert len(terminal.plain) > 200


def test_a_pager_that_is_left_early_is_no_fault(tmp_path):
    script = tmp_path / "pager"
    script.write_text("#!/bin/sh\nhead -1\n")
    script.chmod(0o755)
    own = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "GKCHECK_PAGER": str(script)}
    with Terminal([*RUN, "tasks"], own, 80) as terminal:
        assert terminal.wait() == 0
        assert len(terminal.plain.strip().split("\n")) == 1


@pytest.mark.parametrize("script", ["exit 1", "echo broken >&2; exit 127", "cat >/dev/null; exit 3"])
def test_a_pager_that_fails_is_done_without(tmp_path, script):
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\n{script}\n")
    pager.chmod(0o755)
    _, lines, _ = screen(["tasks"], 80, GKCHECK_PAGER=str(pager))
    assert "37（三十七）" in "\n".join(lines)


@pytest.mark.parametrize(
    "own",
    [None, "-iM", *(pytest.param(own, marks=pytest.mark.long) for own in ("", "iM", "FX", "--ignore-case", "+G", "8"))],
)
def test_less_shows_colours_whatever_its_options(own):
    needs("less")
    env = {name: value for name, value in os.environ.items() if name != "LESS"}
    env |= {
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "GKCHECK_PAGER": "less",
        **({} if own is None else {"LESS": own}),
    }
    with Terminal([*RUN, "tasks"], env, 80) as terminal:
        terminal.wait_for("三")
        shown = terminal.seen
        terminal.type("q")
        assert terminal.wait() == 0
    assert re.search(r"\x1b\[[12]m", shown)
    assert "ESC" not in shown


# -- the progress bar ------------------------------------------------------------------------------------


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("total", "terminal", "shown"), [(3, True, True), (None, True, True), (1, True, False), (3, False, False)]
)
def test_progress_is_shown_on_a_terminal_and_where_there_is_more_than_one_step(monkeypatch, total, terminal, shown):
    screen = Screen() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress("检查[网址]", total) as tell:
        tell()
        tell(2, 7)
    assert ("检查[网址]" in screen.getvalue()) == shown
    assert ("2/7" in screen.getvalue()) == shown


@pytest.mark.parametrize(("seconds", "terminal", "shown"), [(0.9, True, False), (1.1, True, True), (1.1, False, False)])
def test_a_first_reading_is_told_of_after_a_second_on_a_terminal(monkeypatch, seconds, terminal, shown):
    screen = Screen() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    times = iter([0.0, *[seconds] * 9])
    monkeypatch.setattr(time, "monotonic", lambda: next(times, seconds))
    advance = first_reading()
    for done in (1, 120, 236, 236):
        advance(done << 20, 236 << 20)
    assert ("首次读取日志" in screen.getvalue()) == shown
    assert ("120/236" in screen.getvalue()) == shown
    assert screen.getvalue() == "" or shown
    assert "236/236" not in screen.getvalue(), "it is gone with the last step"


def test_the_bar_of_a_first_reading_loads_nothing_for_a_pipe():
    code = """
import sys, time
from gkcheck.cli.streams import first_reading
advance = first_reading()
advance(1, 2 << 20); time.sleep(1.05); advance(1 << 20, 2 << 20); advance(2 << 20, 2 << 20)
print("rich" in sys.modules)
"""
    done = processes.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
