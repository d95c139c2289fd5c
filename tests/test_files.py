"""Files that commands write: whole or not at all, never over another unasked, with names that every system takes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gkcheck import atomic_files
from gkcheck.atomic_files import save, save_all
from gkcheck.errors import BadTarget
from gkcheck.journal import record_format
from gkcheck.paths import config_directory
from gkcheck.text.file_names import LONGEST_NAME, safe_name
from tests import processes
from tests.conftest import lacking, make_link

AS_NOBODY = """
import os, sys
from gkcheck.cli.main import run
run(["check"])
run([*sys.argv[1:-1], os.path.basename(sys.argv[-1])])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
sys.exit(run(sys.argv[1:]))
"""
"""Everything is loaded first: the interpreter may lie where nobody else may read."""


def refused(answer):
    assert answer.code == 2, answer
    assert answer.out == ""
    assert answer.err.count("\n") == 1, answer.err
    return answer.err


def test_an_existing_file_stays_without_force(gk, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("我的")
    assert "--force" in refused(gk("export", file))
    assert file.read_text() == "我的"
    assert gk("export", file, "--force").code == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert os.listdir(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("name", ["没有/a.csv", ".", "目录.csv", "管道.csv"])
def test_targets_that_are_no_files(gk, tmp_path, name):
    (tmp_path / "目录.csv").mkdir()
    os.mkfifo(tmp_path / "管道.csv")
    before = sorted(os.listdir(tmp_path))
    refused(gk("export", tmp_path / name, "--force"))
    assert sorted(os.listdir(tmp_path)) == before


def test_a_folder_that_may_not_be_written(open_folder):
    if os.geteuid() != 0:
        lacking("needs root, to become somebody with fewer rights")
    folder = open_folder / "锁"
    folder.mkdir()
    warm = open_folder / "暖"
    warm.mkdir()
    (open_folder / "j.jsonl").write_bytes(record_format.header("taishan-2019"))
    (open_folder / "j.jsonl").chmod(0o644)
    warm.chmod(0o755)
    env = {**os.environ, "GKCHECK_STORE": str(open_folder / "j.jsonl"), "HOME": str(warm)}
    commands = (["export", "a.csv"], ["remind", "-o", "新"])
    for *command, name in commands:
        done = processes.run(
            [sys.executable, "-c", AS_NOBODY, *command, str(folder / name)],
            capture_output=True, text=True, env=env, cwd=warm,
        )  # fmt: skip
        assert done.returncode == 2, done
        assert done.stderr.count("\n") == 1
        assert list(folder.iterdir()) == []


HOLD = """
import os, sys
file = open(sys.argv[1], "r+b")  # on Windows this alone keeps others from replacing it
if os.name != "nt":
    import fcntl
    fcntl.lockf(file, fcntl.LOCK_EX)
print(1, flush=True)
input()
"""


def test_a_file_that_an_office_has_open(gk, tmp_path):
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"old")
    lock = tmp_path / ".~lock.a.xlsx#"
    lock.write_text(",")
    assert "打开" in refused(gk("export", file, "--force"))
    lock.unlink()

    holder = processes.start([sys.executable, "-c", HOLD, str(file)], stdin=processes.PIPE, stdout=processes.PIPE)
    assert holder.stdout
    holder.stdout.readline()

    assert "打开" in refused(gk("export", file, "--force"))
    holder.communicate(b"\n", timeout=processes.LIMIT)
    assert file.read_bytes() == b"old"
    assert gk("export", file, "--force").code == 0


@pytest.fixture
def notice(tmp_path):
    """A folder with a notice in it."""
    file = tmp_path / "原文" / "通知.txt"
    file.parent.mkdir()
    file.write_text("（一）公开招生方案。（责任单位：市教育局）\n（二）公开预算。（责任单位：市财政局）\n", "utf-8")
    return file


def test_an_imported_plan_goes_through_a_link_and_keeps_the_rights_of_its_file(gk, notice, tmp_path):
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text("旧")
    real.chmod(0o600)
    make_link(link, real)
    assert gk("import", notice, "-o", link, "--force").code in (0, 1)
    assert link.is_symlink()
    assert "市教育局" in real.read_text("utf-8")
    assert real.stat().st_mode & 0o777 == 0o600


def test_an_imported_plan_never_replaces_an_open_file(gk, notice, tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text("旧")
    assert "--force" in refused(gk("import", notice, "-o", file))
    (tmp_path / ".~lock.plan.yaml#").write_text(",")
    assert "打开" in refused(gk("import", notice, "-o", file, "--force"))
    assert file.read_text() == "旧"


def test_settings_go_through_a_link(gk, tmp_path, own_home):
    """People keep their settings among their dotfiles."""
    real, link = tmp_path / "config.toml", config_directory() / "config.toml"
    real.write_text("")
    link.parent.mkdir(parents=True)
    make_link(link, real)
    assert gk("config", "set", "by", "李").code == 0
    assert link.is_symlink()
    assert "李" in real.read_text("utf-8")


KILLED = """
import os, sys
from pathlib import Path
from gkcheck import atomic_files
atomic_files.os.fsync = lambda descriptor: os.kill(os.getpid(), 9)
atomic_files.save(Path(sys.argv[1]), b"x" * 100_000, force=True)
"""


def test_a_killed_run_leaves_nothing_for_long(tmp_path):
    """Its temporary file is removed by the next write in the folder; the file itself is as it was."""
    file = tmp_path / "a.csv"
    file.write_text("旧")
    done = processes.run([sys.executable, "-c", KILLED, str(file)], capture_output=True)
    assert abs(done.returncode) == 9, done  # on Windows 9
    (left,) = set(os.listdir(tmp_path)) - {"a.csv"}
    if os.name == "nt":  # where nobody is asked whether the process runs, and what is a day old is removed
        os.utime(tmp_path / left, (0, 0))
    assert file.read_text() == "旧"
    save(tmp_path / "b.csv", b"2")
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "b.csv"], left


def test_temporary_files_of_other_runs_stay(tmp_path):
    """Those of a running process, and those of another machine on a shared folder until they are a day old."""
    save(tmp_path / "a", b"1")
    mine = atomic_files._machine()
    running, elsewhere, old = (
        tmp_path / f".gkcheck-{mine}-{os.getppid()}-0.tmp",
        tmp_path / ".gkcheck-00000000-999999999-0.tmp",
        tmp_path / ".gkcheck-00000000-999999999-1.tmp",
    )
    for path in (running, elsewhere, old):
        path.write_text("x")
    os.utime(old, (0, 0))
    save(tmp_path / "b", b"2")
    assert set(os.listdir(tmp_path)) == {"a", "b", running.name, elsewhere.name}


@pytest.mark.parametrize(
    "command",
    [
        ["export", "a.xlsx"],
        ["remind", "-o", "信"],
        *(pytest.param(line, marks=pytest.mark.long) for line in (["export", "a.docx"], ["report", "a.html"])),
    ],
)
def test_a_full_disk_leaves_nothing(tmp_path, command):
    """A limit on the size of files stands for the disk: the write fails midway with an error of the system."""
    resource = pytest.importorskip("resource")
    (tmp_path / "a.html").write_text("旧")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = processes.run(
        [sys.executable, "-m", "gkcheck", *command, "--force"], capture_output=True, text=True, cwd=tmp_path, preexec_fn=limit
    )  # fmt: skip
    assert done.returncode == 2, done
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.html"]
    assert (tmp_path / "a.html").read_text() == "旧"


def test_all_or_none(tmp_path):
    """The second target is refused: the first is not written either."""
    taken = tmp_path / "b"
    taken.write_text("旧")
    with pytest.raises(BadTarget):
        save_all({tmp_path / "a": b"1", taken: b"2"})
    assert sorted(os.listdir(tmp_path)) == ["b"]


def test_a_link_stays_a_link_and_rights_stay(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("旧")
    real.chmod(0o640)
    make_link(link, real)
    save(link, b"new", force=True)
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("市教育局", "市教育局"),
        ("各镇（街）", "各镇（街）"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j"),
        ("CON", "_CON"),
        ("nul.局", "_nul.局"),
        ("COM¹", "_COM¹"),
        ("console", "console"),
        ("尾巴. . ", "尾巴"),
        ("\x1b[31m\r\n\u202e反", "_[31m___反"),
        ("", "_"),
        ("...", "_"),
    ],
)  # fmt: skip
def test_names_of_files(text, name):
    assert safe_name(text) == name


def test_long_names_stay_apart(tmp_path):
    one, two = safe_name("很" * 400 + "甲"), safe_name("很" * 400 + "乙")
    assert one != two
    assert max(len(one.encode()), len(two.encode())) <= LONGEST_NAME
    (tmp_path / one).write_text("")


def test_hostile_units_get_letters_inside_the_folder(gk, tmp_path):
    names = ["../../出去", "CON", "甲:乙*丙?", "=1+1", "很" * 200, "<b>粗</b>"]
    units = "".join(f"  - {{name: '{name}'}}\n" for name in names)
    listed = ", ".join(f"'{name}'" for name in names)
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        f"format: 1\nid: h\ntitle: 表\nunits:\n{units}sections:\n  - number: 一\n    title: 试\n    tasks:\n"
        f"      - {{id: 1, number: 一, text: 做, responsible: [{listed}]}}\n",
        "utf-8",
    )
    folder = tmp_path / "信"
    done = gk("remind", "-o", folder, "--format", "md", "--plan", plan)
    assert done.code == 0, done
    assert len(list(folder.iterdir())) == len(names)
    assert sorted(os.listdir(tmp_path)) == ["plan.yaml", "信"]
    for file in folder.iterdir():
        assert file.name.startswith("催办单-")
    assert not Path(tmp_path.parent / "出去.md").exists()
