"""Faults of the disk and the directory, and files that are no journal of this plan."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from gkcheck.errors import StoreFault
from gkcheck.journal import record_format
from gkcheck.model import Action, Draft
from tests import processes
from tests.conftest import Answer, make_link, modes, needs
from tests.journal.faults import AT, PLAN, filled, ids, journal_at


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


def refused(answer, *said):
    """One line, exit 2, no answer."""
    assert (answer.code, answer.out) == (2, ""), answer
    assert answer.err.count("\n") == 1, answer.err
    for words in said:
        assert words in answer.err


# -- the disk -------------------------------------------------------------------------------------------


def test_a_file_size_limit_leaves_the_journal_as_it_was(path):
    """RLIMIT_FSIZE in a child: half of the line would fit."""
    resource = pytest.importorskip("resource")
    filled(path, 20)
    before = path.read_bytes()

    def record_too_much():
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, len(before) + 100))
        draft = Draft(Action.NOTE, task=1, note="长" * 2000)
        try:
            journal_at(path).record(lambda history: [draft], by="测试", at=AT)
        except StoreFault as fault:
            return 42 if "文件超过系统允许的大小" in str(fault) else 2

    assert processes.wait(processes.fork(record_too_much)) == 42
    assert path.read_bytes() == before


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 KB of its own; needs to be root on Linux, as the checks are."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and processes.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    yield disk
    processes.run(["umount", "-l", disk])


def test_a_full_disk_leaves_the_journal_as_it_was(small_disk, gkcheck):
    """Recording until nothing fits any more; then repair and merge, which need room too."""
    path = small_disk / "journal.jsonl"
    filled(path, 20)
    (small_disk / "ballast").write_bytes(b"x" * 30_000)
    for i in range(200):
        before = path.read_bytes()
        answer = gkcheck("note", 23, "--note", "长" * 3000 + str(i), "--store", path)
        if answer.code:
            break
    refused(answer, "磁盘已满")
    assert path.read_bytes() == before
    other = small_disk.parent / "other.jsonl"
    filled(other, 30)
    refused_merge = gkcheck("merge", other, "--store", path)
    assert refused_merge.code == 2
    assert "磁盘已满" in refused_merge.err
    assert path.read_bytes() == before
    assert sorted(file.name for file in small_disk.iterdir()) == ["ballast", "journal.jsonl", "journal.jsonl.lock"]


def test_a_read_only_disk(small_disk, gkcheck):
    path = small_disk / "journal.jsonl"
    filled(path, 3)
    processes.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert gkcheck("tasks", "--store", path).code == 0
    refused(gkcheck("done", 23, "--store", path), "只读")
    refused(gkcheck("done", 23, "--store", small_disk / "new.jsonl"), "只读")


def test_no_permission(tmp_path):
    """Even root, its right to pass over permissions taken away."""
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if bound:
        needs("setpriv")

    def gkcheck(*arguments):
        command = [*bound, sys.executable, "-m", "gkcheck", *map(str, arguments)]
        done = processes.run(command, capture_output=True, text=True)
        return Answer(done.returncode, done.stdout, done.stderr)

    path = tmp_path / "closed" / "journal.jsonl"
    path.parent.mkdir()
    filled(path, 3)
    path.chmod(0o400)
    refused(gkcheck("done", 23, "--store", path), "没有权限")
    path.parent.chmod(0)
    refused(gkcheck("tasks", "--store", path), "没有权限")
    path.parent.chmod(0o700)
    assert len(ids(journal_at(path))) == 3


def test_paths_that_cannot_be(tmp_path, gkcheck):
    """A file where the directory should be, a directory where the file should be, a name too long, a loop."""
    (tmp_path / "file").write_text("x")
    make_link(tmp_path / "loop", tmp_path / "loop")
    for wrong in (tmp_path / "file" / "j.jsonl", tmp_path, tmp_path / ("长" * 200), tmp_path / "loop"):
        refused(gkcheck("done", 23, "--store", wrong), "--store")
    assert (tmp_path / "file").read_text() == "x"


def test_the_directory_is_removed_under_way(tmp_path, gkcheck):
    """It is not made anew: with a disk unplugged a second journal would cover the first."""
    path = tmp_path / "a" / "b" / "journal.jsonl"
    path.parent.mkdir(parents=True)
    assert gkcheck("done", 23, "--store", path).code == 0
    shutil.rmtree(tmp_path / "a")
    for command in (["tasks"], ["check"], ["done", "23"]):
        assert gkcheck(*command, "--store", path).code == 2
    assert not (tmp_path / "a").exists()


@modes
def test_private_to_the_user(tmp_path, gkcheck, monkeypatch):
    """In the user's data directory: 0700 for directories made, 0600 for the files; an existing directory keeps its mode."""
    tmp_path.chmod(0o755)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "a" / "b"))
    path = tmp_path / "a" / "b" / "gkcheck" / "taishan-2019.jsonl"
    proof = tmp_path / "proof.txt"
    proof.write_text("x")
    old = os.umask(0)
    try:
        gkcheck("done", 23, "--evidence", proof)
    finally:
        os.umask(old)
    folder = path.with_name(path.name + ".evidence")
    made = [path.parent, folder, path, path.with_name(path.name + ".lock"), *folder.iterdir()]
    assert [stat.S_IMODE(p.stat().st_mode) for p in made] == [0o700, 0o700, 0o600, 0o600, 0o600]
    path.parent.chmod(0o755)
    path.unlink()
    gkcheck("done", 24)
    assert [stat.S_IMODE(p.stat().st_mode) for p in (tmp_path, path.parent, path)] == [0o755, 0o755, 0o600]


def test_a_symbolic_link_is_followed_and_stays(tmp_path, gkcheck):
    """Recording, repair and merge change what the link points at, never the link."""
    target = tmp_path / "real" / "journal.jsonl"
    target.parent.mkdir()
    link = tmp_path / "link.jsonl"
    make_link(link, target)
    assert gkcheck("done", 23, "--store", link).code == 0
    other = tmp_path / "other.jsonl"
    filled(other, 2)
    assert gkcheck("merge", other, "--store", link).code == 0
    target.write_bytes(target.read_bytes().replace(b'"seq":2', b'"seq":3', 1))
    assert gkcheck("repair", "--store", link).code == 0
    assert link.is_symlink()
    assert len(ids(journal_at(target))) == 2


# -- wrong files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello\nworld\n", "不是 gkcheck 的日志"),
        (b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)) * 50, "不是 gkcheck 的日志"),
        (b"\x00" * 100_000, "不是 gkcheck 的日志"),
        (b"[" * 100_000, "不是 gkcheck 的日志"),
        (b'{"format": "other", "version": 1, "plan": "taishan-2019"}\n', "不是 gkcheck 的日志"),
        (b'{"format": "gkcheck-journal", "version": 1, "plan": "xinhui-2019"}\n', "这是“xinhui-2019”的日志"),
        (b'{"format": "gkcheck-journal", "version": 2, "plan": "taishan-2019"}\n', "请升级 gkcheck"),
        (b'{"format": "gkcheck-journal", "version": true, "plan": "taishan-2019"}\n', "不是 gkcheck 的日志"),
    ],
)
def test_what_is_no_journal_of_this_plan_is_refused(path, gk, content, said):
    """Neither read nor written to."""
    path.write_bytes(content)
    for command in (["tasks"], ["done", "23"], ["undo"], ["log"], ["merge", path]):
        refused(gk(*command, "--store", path), said)
    assert path.read_bytes() == content
    assert gk("check", "--store", path).code == 1


def test_a_line_of_ten_megabytes(path, gk):
    """Named and passed over, in bounded memory; repair keeps its bytes."""
    filled(path, 2)
    whole = path.read_bytes()
    monster = b'{"seq":3,"note":"' + b"x" * 10_000_000 + b'"}\n'
    path.write_bytes(whole + monster)
    (add,) = journal_at(path).record(lambda history: [Draft(Action.NOTE, task=1, note="后")], by="测试", at=AT)
    assert add.seq == 3
    history = journal_at(path).read()
    assert (len(history.entries), [problem.where.line for problem in history.problems]) == (3, [4])
    assert gk("repair", "--store", path).code == 0
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == monster
    assert journal_at(path).read().problems == []


def test_other_bytes_set_aside_at_the_same_time_get_a_file_of_their_own(path):
    """The same bytes get none: a repair that was killed after it had set them aside is done again."""
    filled(path, 1)
    whole = path.read_bytes()
    for damaged in (b"one\nand more\n", b"one\n", b"other\n", b"one\n"):
        path.write_bytes(whole + damaged)
        assert journal_at(path).repair(at=AT).aside is not None
    asides = sorted(aside.read_bytes() for aside in path.parent.glob("*.damaged-*"))
    assert asides == [b"one\n", b"one\nand more\n", b"other\n"]


def test_an_unknown_action_is_kept_and_reported(path, gk):
    """Written whole by a newer version: never dropped by repair or merge, not counted, named by check."""
    filled(path, 2)
    newer = record_format.encode(Draft(Action.NOTE, task=1), seq=3, at=AT, by="新", batch="b").replace(
        b'"note",', b'"audit",', 1
    )
    before = newer[: newer.rindex(b',"id"')]
    newer = before + b',"id":"' + record_format._hash(before).encode() + b'"}\n'
    path.write_bytes(path.read_bytes() + newer)
    assert "不认识的动作“audit”" in gk("check", "--store", path).out
    assert len(gk("log", "--store", path, "--format", "json").json()) == 2
    gk("repair", "--store", path)
    assert newer in path.read_bytes()
    other = path.with_name("other.jsonl")
    filled(other, 3)
    assert gk("merge", other, "--store", path).code == 0
    assert newer in path.read_bytes()
    assert journal_at(path).record(lambda history: [Draft(Action.NOTE, task=1)], by="测试", at=AT)[0].seq == 4


def test_the_same_line_twice_counts_once(path, gk):
    filled(path, 2)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.split(b"\n")[1] + b"\n")
    assert len(ids(journal_at(path))) == 2
    checked = gk("check", "--store", path)
    assert checked.code == 1
    assert f"{path}:4: 与第 2 行重复" in checked.out
    gk("repair", "--store", path)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("kind", ["fifo", "device", "socket"])
def test_what_is_no_regular_file_is_refused_without_a_hang(tmp_path, gkcheck, kind):
    path = tmp_path / "odd"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    else:
        import socket

        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path))
    for command in (["tasks"], ["done", "23"], ["check"]):
        refused(gkcheck(*command, "--store", path), "不是普通文件")


def test_entries_about_what_the_plan_no_longer_has(path, gk):
    """Kept, not counted, reported by check."""
    draft = [Draft(Action.DONE, task=99, unit=None), Draft(Action.DONE, task=1, unit="市旧局")]
    journal_at(path).record(lambda history: draft, by="测试", at=AT)
    checked = gk("check", "--store", path)
    assert checked.code == 1
    assert "已没有这项具体要求" in checked.out
    assert "已没有这个单位" in checked.out
    assert gk("status", "--store", path, "--format", "json").json()["tasks"]["done"] == 0
    assert len(gk("log", "--store", path, "--format", "json").json()) == 2


def test_a_changed_task_is_flagged(tmp_path, path, gk):
    """Entries recorded before the text changed say 内容已变更，请复核."""
    from gkcheck.cli.context import built_in_plan

    plan = tmp_path / "plan.yaml"
    plan.write_text(built_in_plan().read_text("utf-8"), "utf-8")
    gk("done", 23, "--plan", plan, "--store", path)
    assert "内容已变更" not in gk("show", 23, "--plan", plan, "--store", path).out
    plan.write_text(plan.read_text("utf-8").replace("通过多种形式及时公开义务教育", "及时公开义务教育"), "utf-8")
    assert "内容已变更，请复核" in gk("show", 23, "--plan", plan, "--store", path).out
    assert gk("show", 23, "--plan", plan, "--store", path, "--format", "json").json()["assignments"][0]["changed"]
    checked = gk("check", "--plan", plan, "--store", path)
    assert checked.code == 1
    assert "内容已变更，请复核" in checked.out
    assert "已记录" in gk("done", 23, "--plan", plan, "--store", path).out
    assert "内容已变更" not in gk("show", 23, "--plan", plan, "--store", path).out


def test_the_plan_name_in_the_header(path):
    filled(path, 1)
    first = path.read_bytes().split(b"\n")[0]
    assert first == b'{"format": "gkcheck-journal", "version": 1, "plan": "taishan-2019"}'
    assert PLAN == "taishan-2019"


# -- what is shown --------------------------------------------------------------------------------------


NASTY = ["[red]危[/red]", "\x1b[31m红\x1b[0m", "铃\x07", "倒\u202e序", "两\n行", "制\t表", "零\x00字节", "\x9b31m"]


def test_notes_are_shown_harmless_and_kept_as_given(path, gk):
    """Markup, escapes, control characters, direction overrides, newlines."""
    for i, note in enumerate(NASTY, 1):
        draft = Draft(Action.NOTE, task=23, unit="市教育局", note=note)
        journal_at(path).record(lambda history, draft=draft: [draft], by=note.strip(), at=AT)
        shown = (
            gk("show", 23, "--store", path).out
            + gk("log", "--store", path).out
            + gk("undo", "--dry-run", "--store", path).out
        )
        assert not set(shown) & set("\x1b\x07\u202e\x00\x9b"), note
        assert gk("log", "--store", path, "--format", "json").json()[i - 1]["note"] == note
    assert "[red]危[/red]" in gk("log", "--store", path).out
    assert "\\x1b[31m红" in gk("log", "--store", path).out


def test_on_a_terminal_too():
    import io

    from rich.console import Console

    from gkcheck.table import Column, table_of
    from gkcheck.terminal import draw

    for width in (100, 20):
        out = io.StringIO()
        columns = (Column("备注", wrap=True), Column("编号"))
        draw(
            [table_of(columns, [(note, "1") for note in NASTY])],
            Console(file=out, width=width, force_terminal=True, color_system=None),
        )
        assert not set(out.getvalue()) & set("\x07\u202e\x00\x9b")
        assert "[red]危" in out.getvalue()
        assert "\x1b[31m" not in out.getvalue()
