"""Several users of one journal: two uids in one folder, and root in turn. Nobody is locked out."""

from __future__ import annotations

import os
import stat
import sys

import pytest

from gkcheck.cli.main import run
from gkcheck.errors import StoreFault
from gkcheck.journal import record_format
from gkcheck.journal.rights import rights_beside
from tests import processes
from tests.conftest import lacking, modes
from tests.journal.faults import PLAN, filled, ids, journal_at

GROUP = 34567
USERS = {"甲": 30001, "乙": 30002, "root": 0}


@pytest.fixture
def office(open_folder, gk):
    """A shared folder (2775), a home for each user, and everything loaded: others may not read the sources."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        lacking("needs root, to become one user and another")
    tmp_path = open_folder
    warm = tmp_path / "warm.jsonl"
    proof = tmp_path / "佐证.txt"
    proof.write_text("公示照片")
    proof.chmod(0o644)
    for words in (["done", "1", "--evidence", proof], ["undo"], ["merge", warm], ["show", "1"], ["tasks"], ["check"]):
        gk(*words, "--store", warm)
    warm.write_bytes(warm.read_bytes() + b"x\n")
    gk("repair", "--store", warm)
    for name, uid in USERS.items():
        (tmp_path / name).mkdir()
        os.chown(tmp_path / name, uid, uid)
    folder = tmp_path / "共享"
    folder.mkdir()
    os.chown(folder, USERS["甲"], GROUP)
    folder.chmod(0o2775)
    return folder


def as_user(office, name, umask, *words, expected=0):
    """Run a command as a user of the group; its words are the message where it does not answer as expected."""
    said = office.parent / name / "said"
    path = office / "台账.jsonl"

    def work():
        os.setgroups([GROUP])
        os.setgid(USERS[name])
        os.setuid(USERS[name])
        os.umask(umask)
        os.environ.update(HOME=str(office.parent / name), GKCHECK_STORE=str(path), GKCHECK_BY=name)
        sys.stdout = sys.stderr = open(said, "w", encoding="utf-8")  # noqa: SIM115 - for the rest of the child
        code = run([str(word) for word in words])
        sys.stdout.close()
        return code

    code = processes.wait(processes.fork(work))
    assert code == expected, (name, words, said.read_text("utf-8"))
    return said.read_text("utf-8")


@pytest.mark.parametrize("umask", [0o002, *(pytest.param(mask, marks=pytest.mark.long) for mask in (0o022, 0o077))])
@pytest.mark.parametrize("first", ["甲", *(pytest.param(name, marks=pytest.mark.long) for name in ("乙", "root"))])
def test_two_users_and_root_work_on_one_journal_in_turn(office, umask, first):
    """Each records, hands in evidence, undoes, merges, repairs and checks; after each act all others still can."""
    path = office / "台账.jsonl"
    order = [first, *(name for name in USERS if name != first)]
    proof = office.parent / "佐证.txt"
    recorded = 0
    for turn, name in enumerate(order * 2, 1):
        other = office / f"{turn}.jsonl"
        filled(other, turn)
        other.chmod(0o644)
        note = f"{turn} {name}"
        as_user(office, name, umask, "done", turn, "--note", note, "--evidence", proof)
        as_user(office, name, umask, "block", turn, "--note", note)
        as_user(office, name, umask, "undo")
        as_user(office, name, umask, "merge", other)
        with open(path, "ab") as file:
            file.write(b'{"damaged"}\n')
        as_user(office, name, umask, "check", expected=1)
        as_user(office, name, umask, "repair")
        for someone in order:
            as_user(office, someone, umask, "note", turn, "--note", someone)
            assert someone in as_user(office, someone, umask, "show", turn)
        recorded += 3 + turn + 3
        assert len(ids(journal_at(path))) == recorded
        assert not [line for line in as_user(office, name, umask, "check", expected=1).splitlines() if "佐证" in line
                    and "没有问题" not in line]  # fmt: skip
    files = [file for file in (path, *office.rglob("*")) if file.is_file() and not file.name[0].isdigit()]
    assert {(file.stat().st_gid, stat.S_IMODE(file.stat().st_mode)) for file in files} == {(GROUP, 0o664)}
    assert sum(".damaged-" in file.name for file in files) == 6
    evidence = path.with_name(path.name + ".evidence").stat()
    assert (evidence.st_gid, stat.S_IMODE(evidence.st_mode)) == (GROUP, 0o2775)


@pytest.mark.parametrize("command", ["merge", "repair", "done"])
def test_root_leaves_the_clerk_his_journal(office, command):
    """What root replaces or makes in a clerk's folder keeps the clerk's name, mode and group."""
    folder = office.parent / "甲"
    path = folder / "台账.jsonl"
    os.chown(folder, USERS["甲"], USERS["甲"])
    folder.chmod(0o700)
    if command != "done":
        filled(path, 3)
        path.chmod(0o640)
        os.chown(path, USERS["甲"], GROUP)
    other = folder / "other.jsonl"
    filled(other, 4)
    if command == "repair":
        path.write_bytes(path.read_bytes() + b"x\n")
    words = {"merge": ["merge", other], "repair": ["repair"], "done": ["done", "23"]}[command]
    assert processes.wait(processes.fork(lambda: run([*map(str, words), "--store", str(path)]))) == 0
    status = path.stat()
    if command == "done":
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (USERS["甲"], USERS["甲"], 0o600)
    else:
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (USERS["甲"], GROUP, 0o640)
    assert path.with_name(path.name + ".lock").stat().st_uid == USERS["甲"]


def test_who_would_lock_the_owner_out_is_refused(office):
    """A journal that others may write, but not as its group's: replacing it would take it from its owner."""
    path = office / "台账.jsonl"
    filled(path, 3)
    for file in (path, path.with_name(path.name + ".lock")):
        file.chmod(0o660)
        os.chown(file, USERS["甲"], GROUP)
    other = office / "other.jsonl"
    filled(other, 5)
    other.chmod(0o644)
    before = path.read_bytes()
    path.chmod(0o620)  # the group may write, but not read again what it has replaced
    said = as_user(office, "乙", 0o002, "merge", other, expected=2)
    assert "没有权限" in said
    assert path.read_bytes() == before


def test_a_hard_link_is_told_of(tmp_path, gk):
    path, link, other = tmp_path / "journal.jsonl", tmp_path / "link.jsonl", tmp_path / "other.jsonl"
    filled(path, 2)
    filled(other, 3)
    os.link(path, link)
    assert gk("done", "23", "--store", path).err == ""
    assert link.read_bytes() == path.read_bytes()
    answer = gk("merge", other, "--store", path)
    assert (answer.code, "2 个硬链接" in answer.err) == (0, True)


@modes
@pytest.mark.parametrize(
    ("folder", "expected"),
    [(0o2775, 0o664), (0o775, 0o664), (0o755, 0o644), (0o750, 0o640), (0o700, 0o600), (0o1777, 0o664), (0o2770, 0o660)],
)
def test_the_mode_of_a_new_file_comes_from_its_folder(tmp_path, folder, expected):
    tmp_path.chmod(folder)
    journal = tmp_path / "journal.jsonl"
    assert rights_beside(journal).mode == expected
    journal.write_bytes(record_format.header(PLAN))
    journal.chmod(0o640)
    assert rights_beside(journal).mode == 0o640


def test_evidence_that_cannot_be_read_is_a_finding_of_check(office):
    path = office / "台账.jsonl"
    as_user(office, "甲", 0o002, "done", "23", "--evidence", office.parent / "佐证.txt")
    folder = path.with_name(path.name + ".evidence")
    (stored,) = folder.iterdir()
    for target, mode in ((stored, 0), (folder, 0)):
        target.chmod(mode)
        said = as_user(office, "乙", 0o002, "check", expected=1)
        assert "佐证.txt" in said
        assert "没有权限" in said
    folder.chmod(0o2775)
    stored.unlink()
    os.mkfifo(stored)
    assert "不在" in as_user(office, "乙", 0o002, "check", expected=1)


def test_a_config_that_cannot_be_read_is_a_warning(office):
    config = office.parent / "乙" / ".config" / "gkcheck" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('by = "某人"')
    for path, mode in ((config, 0), (config.parent, 0)):
        path.chmod(mode)
        said = as_user(office, "乙", 0o002, "note", "23", "--note", "备注")
        assert said.count("警告：读不了配置文件") == 1
        assert "已记录" in said
        assert "没有权限" in as_user(office, "乙", 0o002, "config", "set", "by", "某人", expected=2)
    config.parent.chmod(0o700)
    assert config.read_text() == 'by = "某人"'


def test_without_rights_nothing_is_made(office):
    """A folder that only its owner may write: refused in a line."""
    office.chmod(0o755)
    assert "没有权限" in as_user(office, "乙", 0o002, "done", "23", expected=2)
    assert list(office.iterdir()) == []
    with pytest.raises(StoreFault):
        journal_at(office / "没有" / "a.jsonl").record(lambda _: [], by="测", at="2019-11-01T09:00:00+08:00")
