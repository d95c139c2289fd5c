"""The store that was named is the store: none that is not there passes for an empty ledger. What was recorded is said."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gkcheck.cli.main import run
from gkcheck.config import KEYS, config_path
from gkcheck.errors import NoHome
from gkcheck.journal import record_format
from gkcheck.paths import absolute, cache_directory, config_directory, data_directory, home
from tests import processes
from tests.conftest import lacking, make_link
from tests.journal.faults import PLAN, filled, ids, journal_at

QUERIES = [["tasks"], ["status"], ["log"], ["show", "23"], ["units"], ["matrix"], ["evidence"], [], ["log", "23"]]
LEAVES_THE_OFFICE = [
    ["report", "a.html"],
    ["remind"],
    ["remind", "-o", "信"],
    ["form", "-o", "表"],
    ["export", "a.csv"],
]
WRITES = [["done", "23"], ["note", "23", "--note", "备注"], ["merge", "other.jsonl"], ["repair"], ["undo"]]
SOURCES = ["flag", "environment", "config"]


@pytest.fixture(params=SOURCES)
def named(request, tmp_path, monkeypatch, gk):
    """Names a store by flag, environment or config; returns how to run a command with it."""
    monkeypatch.chdir(tmp_path)
    filled(tmp_path / "other.jsonl", 2)

    def name(store):
        def call(*words):
            return gk(*words, *(["--store", store] if request.param == "flag" else []))

        if request.param == "environment":
            monkeypatch.setenv("GKCHECK_STORE", str(store))
        elif request.param == "config":
            assert gk("config", "set", "store", store).code == 0
        return call

    name.source = request.param
    return name


def test_where_the_folder_is_missing_everyone_refuses(named, tmp_path):
    """A disk unplugged, a path mistyped: nothing is shown, written or made."""
    before = sorted(tmp_path.rglob("*"))
    gk = named(tmp_path / "移动硬盘" / "台账.jsonl")
    for words in (*QUERIES, *LEAVES_THE_OFFICE, *WRITES, ["check"]):
        answer = gk(*words)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), (words, answer)
        assert "移动硬盘" in answer.err
    assert gk("where").code == 0
    assert gk("config").code == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_where_only_the_file_is_missing_queries_say_so(named, tmp_path):
    """An empty ledger with a word on stderr, `check` 1, and what leaves the office is refused."""
    path = tmp_path / "台账.jsonl"
    gk = named(path)
    for words in QUERIES:
        answer = gk(*words)
        assert (answer.code, answer.err.count("\n")) == (0, 1), (words, answer)
        assert f"还没有日志 {path}" in answer.err
    checked = gk("check")
    assert (checked.code, f"{path}: 还没有这个日志" in checked.out, "没有问题" in checked.out.split("\n")[0]) == (
        1,
        True,
        False,
    )
    for words in LEAVES_THE_OFFICE:
        answer = gk(*words)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), (words, answer)
        assert "还没有日志" in answer.err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.jsonl", "other.jsonl.lock"]


@pytest.mark.parametrize(
    "words",
    [
        ["done", "23"],
        *(pytest.param(words, marks=pytest.mark.long) for words in (["merge", "other.jsonl"], ["repair"])),
    ],
)
def test_a_writer_makes_the_file_and_says_so(named, tmp_path, words):
    path = tmp_path / "台账.jsonl"
    gk = named(path)
    answer = gk(*words)
    assert (answer.code, f"新建日志 {path}" in answer.err) == (0, True)
    assert gk(*words).err == ""
    assert path.is_file()
    for leaving in LEAVES_THE_OFFICE:
        assert gk(*leaving).code == 0


def test_a_dangling_link_is_a_file_that_is_not_there(named, tmp_path):
    (tmp_path / "real").mkdir()
    make_link(tmp_path / "link.jsonl", tmp_path / "real" / "台账.jsonl")
    gk = named(tmp_path / "link.jsonl")
    assert "还没有日志" in gk("tasks").err
    assert gk("done", "23").code == 0
    assert (tmp_path / "real" / "台账.jsonl").is_file()
    make_link(tmp_path / "lost.jsonl", tmp_path / "gone" / "台账.jsonl")
    gk = named(tmp_path / "lost.jsonl")
    assert (gk("tasks").code, gk("done", "23").code) == (2, 2)


@pytest.mark.parametrize("seen_by", [["done", "23"], ["tasks"]])
def test_a_configured_journal_that_was_there_and_is_gone_is_refused_by_all(gk, tmp_path, monkeypatch, seen_by):
    """An empty mount point: the folder is there, the journal is not. Setting the store anew begins anew."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "台账.jsonl"
    if seen_by == ["tasks"]:
        filled(path, 1)
    gk("config", "set", "store", path)
    assert gk(*seen_by).code == 0
    assert gk("tasks").code == 0
    path.unlink()
    for words in (*QUERIES, *LEAVES_THE_OFFICE, ["done", "23"], ["repair"], ["check"]):
        answer = gk(*words)
        assert (answer.code, answer.out, "原来在，现在不在了" in answer.err) == (2, "", True), (words, answer)
    assert not path.exists()
    assert list(gk("config", "--format", "json").json()) == list(KEYS)
    assert gk("config", "set", "store", path).code == 0
    assert "新建日志" in gk("done", "23").err


def test_the_users_own_store_needs_no_naming(gk):
    """It is made at the first record, without a word."""
    assert gk("tasks").err == ""
    assert gk("check").code == 0
    assert gk("export", "-h").code == 0
    assert gk("done", "23").err == ""


# -- paths -------------------------------------------------------------------------------------------------


def test_a_tilde_and_a_relative_path_mean_the_same_everywhere(named, tmp_path, own_home, monkeypatch):
    """In an option, in the environment, in the settings: from the home, and from where the user is."""
    filled(own_home / "台账.jsonl", 3)
    (tmp_path / "b").mkdir()
    for typed, path in (("~/台账.jsonl", own_home / "台账.jsonl"), ("b/../新.jsonl", tmp_path / "新.jsonl")):
        gk = named(typed)
        assert gk("where", "--format", "json").json()["store"]["value"] == str(path)
        assert gk("done", "23").code == 0
        assert path.exists()
    assert not (tmp_path / "~").exists()
    assert len(ids(journal_at(own_home / "台账.jsonl"))) == 4


def test_a_setting_written_by_hand_is_read_the_same_way(gk, own_home, tmp_path, monkeypatch):
    from gkcheck.cli.context import built_in_plan

    (own_home / "表.yaml").write_bytes(built_in_plan().read_bytes())
    config_path().parent.mkdir(parents=True)
    config_path().write_text('store = "~/台账.jsonl"\nplan = "~/表.yaml"', "utf-8")
    monkeypatch.chdir(tmp_path)
    assert gk("done", "23").code == 0
    assert (own_home / "台账.jsonl").exists()
    assert gk("where", "--format", "json").json()["plan"]["value"] == str(own_home / "表.yaml")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG is of Linux")
def test_directories_that_are_not_absolute_are_ignored(monkeypatch, own_home, tmp_path, gk):
    """As the XDG specification demands, and HOME alike."""
    monkeypatch.chdir(tmp_path)
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, "relative")
    assert data_directory() == own_home / ".local/share/gkcheck"
    assert config_directory() == own_home / ".config/gkcheck"
    assert cache_directory() == own_home / ".cache/gkcheck"
    monkeypatch.setenv("HOME", "relative")
    assert home().is_absolute()
    assert absolute("~/a").is_absolute()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert gk("done", "23").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "data"]


@pytest.fixture
def no_home(monkeypatch):
    import pwd

    def unknown(_):
        raise KeyError("no such user")

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)


def test_without_a_home_what_needs_none_works(gk, tmp_path, no_home, monkeypatch):
    """With a store named, everything; without one, a sentence."""
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "台账.jsonl"
    for words in (["done", "23"], ["tasks"], ["check"], ["show", "23"], ["undo"], ["report", "a.html"], ["where"]):
        assert gk(*words, "--store", store).code == 0, words
    for words in (
        ["tasks"], ["done", "23"], ["tasks", "--store", "~/a.jsonl"], ["config", "set", "by", "某人"],
        ["--install-completion", "bash"], ["--install-completion", "fish"], ["教育局"],
    ):  # fmt: skip
        answer = gk(*words)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), words
        assert "主目录" in answer.err
    with pytest.raises(NoHome):
        home()


# -- what was recorded is said to be recorded ----------------------------------------------------------------


def onto_full_disk(arguments, *, stderr_too=False, env=None):
    """Run a command of its own process whose stdout (and stderr) cannot be written."""
    if not Path("/dev/full").exists():
        lacking("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = processes.run(
            [sys.executable, "-m", "gkcheck", *map(str, arguments)],
            stdout=full,
            stderr=full if stderr_too else processes.PIPE,
            env={**os.environ, **(env or {})},
        )
    return done.returncode, "" if stderr_too else done.stderr.decode()


@pytest.mark.parametrize(
    "words",
    [
        ["done", "24"],
        ["undo"],
        ["merge", "other.jsonl"],
        ["repair"],
        ["done", "24", "--evidence", "文字：" + "长" * 19_000],
        pytest.param(["confirm", "23"], marks=pytest.mark.long),
        pytest.param(["deadline", "23", "2019-12-01"], marks=pytest.mark.long),
    ],
    ids=lambda words: words[0],
)
def test_after_the_commit_a_full_disk_behind_the_answer_is_no_failure(tmp_path, gk, words, monkeypatch):
    """The fact is there once, and nobody is told to try again."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "台账.jsonl"
    gk("done", "23", "--unit", "市教育局", "--store", path)
    filled(tmp_path / "other.jsonl", 2)
    if words == ["repair"]:
        path.write_bytes(path.read_bytes() + b"x\n")
    before = path.read_bytes()
    code, said = onto_full_disk([*words, "--store", path])
    assert path.read_bytes() != before
    assert (code, said.count("\n")) == (2, 1)
    assert "已记录，但结果没有显示出来" in said
    assert "重试" not in said
    assert "日志" not in said.replace("日志 ", "")


def test_before_any_commit_a_full_disk_is_a_failure(tmp_path, gk):
    path = tmp_path / "台账.jsonl"
    gk("done", "23", "--store", path)
    for words in (["tasks"], ["done", "23", "--dry-run"], ["undo", "--dry-run"], ["done", "23"]):
        code, said = onto_full_disk([*words, "--store", path])
        assert (code, "输出失败：磁盘已满" in said, "已记录" in said) == (2, True, False), words


def test_where_nobody_can_be_told_the_exit_code_tells(tmp_path):
    """stderr on the full disk, too: no traceback, no other code."""
    path = tmp_path / "台账.jsonl"
    code, _ = onto_full_disk(["done", "23", "--store", path], stderr_too=True)
    assert (code, len(ids(journal_at(path)))) == (2, 1)
    code, _ = onto_full_disk(["tasks", "--unit", "没有", "--store", path], stderr_too=True)
    assert code == 2


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (RuntimeError("x"), 3)])
def test_what_goes_wrong_after_the_commit_does_not_hide_it(tmp_path, capsys, monkeypatch, error, code):
    path = tmp_path / "台账.jsonl"
    path.write_bytes(record_format.header(PLAN))
    from gkcheck.cli import recording

    def fail(*_):
        raise error

    monkeypatch.setattr(recording, "describe_outcome", fail)
    assert run(["done", "23", "--store", str(path)]) == code
    said = capsys.readouterr().err
    assert "已经记录" in said or "已记录" in said
    assert len(ids(journal_at(path))) == 1


def test_only_the_journals_own_errors_are_called_errors_of_the_journal(tmp_path, gk, monkeypatch):
    """An error of something else while the lock is held says what it is about."""
    from gkcheck.cli import recording

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recording, "outcomes_of", fail)
    answer = gk("done", "23", "--store", tmp_path / "台账.jsonl")
    assert "写入日志" not in answer.err
