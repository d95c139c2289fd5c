"""Completion: what is offered, how each shell takes it, how it is installed, and how fast it is."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from gkcheck.__main__ import main
from gkcheck.cli.completion import install
from gkcheck.cli.completion.scripts import SCRIPTS
from gkcheck.config import KEYS
from gkcheck.paths import config_directory
from tests import processes
from tests.conftest import lacking, make_link, needs
from tests.terminal import Terminal


@pytest.fixture
def offered(capfd, monkeypatch):
    """The candidates for the last word, with their help."""

    def ask(*words):
        monkeypatch.setenv("_GKCHECK_COMPLETE", "zsh")
        monkeypatch.setattr(sys, "argv", ["gkcheck", *words])
        main()
        monkeypatch.delenv("_GKCHECK_COMPLETE")
        out, err = capfd.readouterr()
        assert err == ""
        return dict(line.partition("\t")[::2] for line in out.splitlines())

    return ask


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["tasks", "--unit", "jy"], ["市教育局"]),
        (["tasks", "--unit", "jiaoy"], ["市教育局"]),
        (["tasks", "--unit", "sjy"], ["市教育局"]),
        (["tasks", "--unit", "教"], ["市教育局"]),
        (["tasks", "--unit", "卫健"], ["市卫生健康局"]),
        (["tasks", "-u", "沖"], ["冲蒌镇"]),
        (["tasks", "--unit=jy"], ["--unit=市教育局"]),
        (["--plan", str(Path(__file__).parent), "tasks", "--unit", "jy"], []),
        (["units", "shui"], ["水步镇", "市水利局", "市税务局"]),
        (["units", "gzh"], ["各镇（街）"]),
        (["config", "set", "unit", "jy"], ["市教育局"]),
        (["show", "37"], ["37"]),
        (["show", "三十七"], ["三十七"]),
        (["done", "36", "3"], ["3", "30", "31", "32", "33", "34", "35", "37"]),
        (["done", "35-"], ["35-36", "35-37"]),
        (["done", "--unit", "市教育局", "2"], ["2", "23", "27", "28"]),
        (["tasks", "--section", "十"], ["十", "十一", "十三", "十四", "十五", "十六", "十七"]),
        (["tasks", "--status", "do"], ["doing", "done"]),
        (["tasks", "--role", ""], ["lead", "responsible", "support"]),
        (["tasks", "--format", "j"], ["json"]),
        (["config", ""], ["set", "unset"]),
        (["config", "unset", ""], list(KEYS)),
        (["tasks", "--sec"], ["--section"]),
        (["un"], ["units", "undo"]),
        (["教"], ["市教育局"]),
        (["jiaoy"], ["市教育局"]),
        (["tasks", "教"], ["市教育局"]),
        (["log", "教"], ["市教育局"]),
        (["log", "37"], ["37"]),
        (["done", "教"], []),
        (["ls", "-u", "jy"], ["市教育局"]),
        (["ls", "--sec"], ["--section"]),
        (["overdue", "jy"], ["市教育局"]),
        (["finish", "37"], ["37"]),
        (["search", ""], []),
        (["help", "un"], ["units", "undo"]),
        (["undo", "x"], []),
        (["nonsense", ""], []),
        (["merge", ""], [":files"]),
        (["done", "23", "--evidence", ""], [":files"]),
        (["--plan", ""], [":files"]),
        (["config", "set", "plan", ""], [":files"]),
    ],
)
def test_candidates(offered, words, expected):
    assert list(offered(*words)) == expected


def test_help_beside_the_candidates(offered):
    assert offered("show", "23") == {"23": "通过多种形式及时公开义务教育招生方案、招生范围、……"}
    assert offered("tasks", "--section", "九") == {"九": "强化重点民生领域信息公开"}
    assert offered("tasks", "--status", "bl") == {"blocked": "受阻"}
    assert offered("sho")["show"].startswith("一项具体要求的全文")


def test_batches_for_undo(gkcheck, offered):
    gkcheck("done", "23")
    batch = gkcheck("log", "--format", "json").json()[0]["batch"]
    found = offered("undo", "")
    assert list(found) == [batch]
    assert "测试 报告完成 23" in found[batch]


@pytest.mark.parametrize(
    "words", [[], [""], ["--unit"], ["tasks", "--unit", "\x00"[:0]], ["tasks", "--unit", "(*)"], ["-"]]
)
def test_nothing_typed_makes_it_talk_or_fail(offered, words):
    offered(*words)


def test_a_broken_plan_offers_nothing_and_says_nothing(gkcheck, tmp_path):
    (tmp_path / "bad.yaml").write_text("{", "utf-8")
    answer = gkcheck("--plan", tmp_path / "bad.yaml", "tasks", "--unit", "jy", env={"_GKCHECK_COMPLETE": "bash"})
    assert answer == (0, "", "")


def test_bash_keeps_what_was_typed_where_the_candidates_have_another_beginning(gkcheck):
    answer = gkcheck("tasks", "--unit", "shuiw", env={"_GKCHECK_COMPLETE": "bash"})
    assert answer.out == "市税务局\n"
    answer = gkcheck("tasks", "--unit", "s", env={"_GKCHECK_COMPLETE": "bash"})
    assert "水步镇" in answer.out


def test_nothing_that_a_terminal_obeys_is_offered(gkcheck, offered):
    gkcheck("done", "23", "--by", "\x1b[31m李")
    (said,) = offered("undo", "").values()
    assert "\\x1b[31m李 报告完成" in said


LOADED_LATE = ("typer", "rich", "pypinyin", *(["platformdirs"] if os.name != "nt" else []))
"""The libraries that a name is completed without; on Windows only platformdirs knows where the user's files are."""


def test_units_are_completed_without_loading_typer():
    code = (
        "import sys, os; os.environ['_GKCHECK_COMPLETE'] = 'zsh'; sys.argv = ['gkcheck', 'tasks', '--unit', 'jy'];"
        "from gkcheck.__main__ import main; main(); sys.stdout.flush();"
        f"print([name for name in {LOADED_LATE} if name in sys.modules])"
    )
    out = processes.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines() == ["市教育局\t教育局", "[]"]


# -- in real shells --------------------------------------------------------------------------------------

COMPLETED = [
    ("gkcheck tasks --unit jy", "gkcheck tasks --unit 市教育局"),
    ("gkcheck tasks --unit=jy", "gkcheck tasks --unit=市教育局"),
    ("gkcheck units jy", "gkcheck units 市教育局"),
    ("gkcheck units 市教", "gkcheck units 市教育局"),
    ("gkcheck tasks --unit gzh", "gkcheck tasks --unit 各镇（街）"),
]
"""The words typed before TAB, and the line that stands there after it."""

LISTED = [
    ("gkcheck tasks --unit 市", "市税务局"),
    ("gkcheck tasks --unit shui", "市水利局"),
    ("gkcheck done --dry-run 2", "23 .{0,3}通过多种形式及时公开义务教育招生方案"),
    ("gkcheck tasks --status ", "confirmed.*已办结"),
]
"""The words typed before TAB TAB, and a candidate shown below the line."""

SHOW_LINE = {
    "bash": """bind -x '"\\C-x\\C-p": printf "LINE<%s>" "$READLINE_LINE"'""",
    "zsh": """show() { zle -I; print -r -- "LINE<$BUFFER>" }; zle -N show; bindkey '^X^P' show""",
    "fish": """bind \\cx\\cp 'printf "LINE<%s>" (commandline)'""",
}
"""Have ^X ^P show the line that stands in the shell's own editor."""


@pytest.fixture
def shell_env(own_home):
    needs("locale")
    if "C.UTF-8" not in processes.run(["locale", "-a"], capture_output=True, text=True).stdout.replace("utf8", "UTF-8"):
        lacking("needs the locale C.UTF-8")
    (own_home / "bin").mkdir()
    script = own_home / "bin" / "gkcheck"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m gkcheck "$@"\n')
    script.chmod(0o755)
    path = f"{own_home / 'bin'}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm", "PS1": "$ ",
            "GKCHECK_PAGER": ""}  # fmt: skip


@pytest.fixture(params=list(SHOW_LINE))
def shell(request, gk, shell_env):
    """A shell with completion installed, at its prompt."""
    name = request.param
    needs(name)
    assert gk("--install-completion", name).code == 0
    with Terminal([name, "-i"], shell_env, columns=120) as terminal:
        terminal.type(SHOW_LINE[name] + "\n")
        terminal.type("echo at the pro''mpt\n")
        terminal.wait_for("at the prompt")
        yield terminal


def check_completed(shell, typed, line):
    """Read the line before Enter: the command itself would resolve what TAB should have completed."""
    shell.type(typed + "\t")
    shell.settle(0.8)
    shell.type("\x18\x10")
    assert re.search("LINE<(.*?) ?>", shell.wait_for("LINE<.*>"))[1] == line
    shell.type("\x15")
    shell.settle(0.2)


def test_tab_completes_pinyin_on_the_line(shell):
    check_completed(shell, *COMPLETED[0])


@pytest.mark.long
def test_fish_completes_pinyin_with_the_keys_of_vi(gk, shell_env, own_home):
    needs("fish")
    assert gk("--install-completion", "fish").code == 0
    (own_home / ".config" / "fish" / "config.fish").write_text("fish_vi_key_bindings\n")
    with Terminal(["fish", "-i"], shell_env, columns=120) as terminal:
        terminal.type(SHOW_LINE["fish"].replace("bind ", "bind -M insert ") + "\n")
        terminal.type("echo at the pro''mpt\n")
        terminal.wait_for("at the prompt")
        check_completed(terminal, *COMPLETED[0])


@pytest.mark.long
def test_tab_in_every_place(shell):
    for typed, line in COMPLETED:
        check_completed(shell, typed, line)
    for typed, shown in LISTED:
        shell.type(typed + "\t\t")
        shell.wait_for(shown)
        shell.type("\x15")
        shell.settle(0.2)


@pytest.mark.long
def test_pinyin_that_many_names_share_is_not_taken_away(shell):
    shell.type("gkcheck tasks --unit shui\t\t")
    shell.wait_for("市水利局")
    check_completed(shell, "w", "gkcheck tasks --unit 市税务局")


HOSTILE = [
    "甲$(touch ran)乙",
    "丙;touch ran",
    "丁 戊",
    "己\"'`touch ran`",
    "庚*?[a]{b,c}",
    "辛\\壬",
    "子&|<>#!",
    "寅~$HOME",
    "~root",
]
"""Names of units that a shell would obey, each with a first character of its own, but for `~root`, typed as root."""


@pytest.mark.long
@pytest.mark.parametrize("option", ["--unit ", "--unit="])
def test_what_is_completed_arrives_as_it_is_called(shell, shell_env, tmp_path, option):
    """Every name is put in such that the shell hands over exactly the name, and runs nothing in it."""
    units = "".join(f"  - {{name: {json.dumps(name)}}}\n" for name in HOSTILE)
    (tmp_path / "plan.yaml").write_text(
        "format: 1\nid: a\ntitle: 表\nunits:\n" + units + "sections: [{title: 节, tasks: [{id: 1, text: 文, responsible: "
        f"[{json.dumps(HOSTILE[0])}]}}]}}]\n", "utf-8",
    )  # fmt: skip
    script = Path(shell_env["HOME"]) / "bin" / "gkcheck"
    script.write_text(
        f'#!/bin/sh\n[ "$_GKCHECK_COMPLETE" ] && exec {sys.executable} -m gkcheck --plan {tmp_path}/plan.yaml "$@"\n'
        "printf 'GOT<%s>\\n' \"$3$2\"\n"
    )
    shell.type(f"cd {tmp_path}\n")
    shell.settle(0.3)
    for name in HOSTILE:
        shell.type(f"gkcheck tasks {option}{'root' if name == '~root' else name[0]}\t")
        shell.settle(0.8)
        shell.type("\n")
        shown = re.search(r"GOT<(.*)>\s", shell.wait_for(r"GOT<.*>\s"))[1]
        assert shown == (f"{name}--unit" if option == "--unit " else f"--unit={name}")
    assert not (tmp_path / "ran").exists()


# -- installing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shell", "start"), [("bash", ".bashrc"), ("zsh", ".zshrc")])
def test_installing_twice_adds_one_line_and_keeps_the_rest(gk, own_home, shell, start):
    (own_home / start).write_bytes(b"export A=1")
    for _ in range(2):
        assert f"已为 {shell} 安装补全" in gk("--install-completion", shell).out
    lines = (own_home / start).read_text("utf-8").splitlines()
    assert lines[0] == "export A=1"
    assert len(lines) == 2
    assert lines[1].endswith(install.MARK)


@pytest.mark.parametrize(("shell", "start"), [("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", None)])
def test_uninstalling_takes_away_what_was_installed_and_nothing_else(gk, own_home, shell, start):
    own = b"export A=1\r\n# about gkcheck completion of mine\n"
    if start:
        (own_home / "dotfiles").write_bytes(own)
        make_link(own_home / start, "dotfiles")
    before = sorted(path for path in own_home.rglob("*") if path.is_file())
    gk("--install-completion", shell)
    assert sorted(path for path in own_home.rglob("*") if path.is_file()) != before
    assert f"已去掉 {shell} 的补全" in gk("--uninstall-completion", shell).out
    assert sorted(path for path in own_home.rglob("*") if path.is_file()) == before
    if start:
        assert (own_home / start).is_symlink()
        assert (own_home / "dotfiles").read_bytes() == own
    assert gk("--uninstall-completion", shell) == (0, f"{shell} 没有装过补全，没有改动\n", "")


def test_installing_for_powershell_asks_it_for_its_profile(gk, own_home, monkeypatch):
    needs("sh")
    program = own_home / "bin" / "pwsh"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho {own_home}/profile.ps1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    assert gk("--install-completion", "pwsh").code == 0
    assert "completion.ps1" in (own_home / "profile.ps1").read_text("utf-8")


def test_the_shell_is_recognised(gkcheck, own_home):
    needs("bash")
    done = processes.run(
        ["bash", "-c", f"{sys.executable} -m gkcheck --show-completion; true"], capture_output=True, text=True
    )
    assert done.stdout == SCRIPTS["bash"]


def test_an_unknown_shell_is_refused(gk):
    answer = gk("--install-completion", "tcsh")
    assert answer.code == 2
    assert answer.err == "gkcheck: 没有“tcsh”的补全，可选：bash、zsh、fish、powershell\n"


def test_a_file_that_cannot_be_written_is_named(gk, own_home):
    blocked = own_home / config_directory().relative_to(own_home).parts[0]
    blocked.write_text("")
    answer = gk("--install-completion", "bash")
    assert answer.code == 2
    assert str(blocked) in answer.err
