"""Between lock and fsync: the lock deleted, the journal renamed over, cut, appended to, and a disk that fails."""

from __future__ import annotations

import errno
import importlib.util
import os
import sys
import types
from contextlib import suppress
from pathlib import Path

import pytest

from gkcheck import atomic_files
from gkcheck.errors import BadJournal, StoreFault
from gkcheck.journal import file_store, lock, turn
from gkcheck.model import Action, Draft
from tests import processes
from tests.journal.exchange import contents
from tests.journal.faults import AT, PLAN, filled, ids, journal_at
from tests.journal.test_transport import HEADER, line

NOTE = Draft(Action.NOTE, task=1, note="我的")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


@pytest.fixture(params=["short", "long"])
def length(request, monkeypatch):
    if request.param == "long":
        monkeypatch.setattr(file_store, "LONG_JOURNAL", 1)


def record_as_others(path):
    journal_at(path).record(lambda _: [Draft(Action.NOTE, task=1, note="别人的")], by="别人", at=AT)


def others_write(path):
    """Another process records, whoever holds the lock file: it has been deleted."""
    path.with_name(path.name + ".lock").unlink(missing_ok=True)
    assert processes.wait(processes.fork(lambda: record_as_others(path))) == 0


def renamed_over(path):
    """As git checkout and a synchronising disk do it: another file of the same lines and one more."""
    other = path.with_name("other")
    count = path.read_bytes().count(b"\n")
    other.write_bytes(path.read_bytes() + line(count, note="别人的"))
    os.replace(other, path)


def cut(path):
    os.truncate(path, path.stat().st_size - 100)


def rewritten(path):
    """In place, as an editor does it."""
    path.write_bytes(path.read_bytes() + line(9, note="别人的"))


def removed(path):
    path.unlink()


ATTACKS = {
    "the lock deleted": lambda path: path.with_name(path.name + ".lock").unlink(),
    "the lock deleted and another writer": others_write,
    "renamed over": renamed_over,
    "cut": cut,
    "rewritten": rewritten,
    "removed": removed,
}


def act(path, kind, meanwhile):
    """Do something that writes, and `meanwhile` where it has read the journal but not yet written."""
    if kind == "record":

        def decide(history):
            meanwhile()
            return [NOTE]

        journal_at(path).record(decide, by="我", at=AT, scope=None)
    elif kind == "merge":
        other = filled(path.with_name("merged.jsonl"), 3)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(file_store, "in_order", watched(file_store.in_order, meanwhile))
            journal_at(path).merge(contents(other).lines, at=AT)
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(file_store, "in_order", watched(file_store.in_order, meanwhile))
            journal_at(path).repair(at=AT)


def watched(real, meanwhile):
    def watch(*arguments):
        meanwhile()
        return real(*arguments)

    return watch


def once(attack, path):
    """The attack, the first time only; how often it was asked for is counted."""
    calls = []

    def meanwhile():
        calls.append(1)
        if len(calls) == 1:
            attack(path)

    return meanwhile, calls


HANGING = [
    (name, kind)
    for name in ATTACKS
    for kind in ("record", "merge", "repair")
    if kind == "record" or "another writer" not in name  # a merge and a repair hold the file itself: see below
]


@pytest.mark.parametrize(("name", "kind"), HANGING)
def test_what_changes_while_a_writer_hangs_is_seen(path, name, kind, length):
    """The turn is taken again, with what the others wrote: nothing of theirs is lost, ours is there once."""
    known = set(ids(filled(path, 5)))
    if kind == "repair":
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    meanwhile, calls = once(ATTACKS[name], path)
    if (name, kind) == ("cut", "merge"):
        with pytest.raises(BadJournal, match="第 6 行已损坏"):
            act(path, kind, meanwhile)
        return
    act(path, kind, meanwhile)
    after = journal_at(path).read()
    found = [entry.note for entry in after.entries]
    vain = name != "the lock deleted" and (name, kind) != ("removed", "repair")
    assert len(calls) == (2 if vain else 1), "the turn was taken again where it was in vain"
    if name in ("renamed over", "rewritten") or "another writer" in name:
        assert found.count("别人的") == 1
    if name == "removed":
        known = set()
    elif name == "cut":
        known = {entry.id for entry in after.entries} & known
        assert len(known) == 4
    assert known <= {entry.id for entry in after.entries}
    assert found.count("我的") == (kind == "record")
    assert len({entry.id for entry in after.entries}) == len(after.entries)


def test_a_writer_that_has_the_file_keeps_others_out_without_a_lock_file(path, monkeypatch):
    """The lock deleted at the last moment, another writer waits for the file itself."""
    filled(path, 3)
    children = []
    real = os.fsync

    def delete_and_write(descriptor):
        monkeypatch.setattr(atomic_files.os, "fsync", real)
        path.with_name(path.name + ".lock").unlink()
        children.append(processes.fork(lambda: record_as_others(path)))
        with pytest.raises(TimeoutError):
            wait_briefly(children[0])
        real(descriptor)

    monkeypatch.setattr(atomic_files.os, "fsync", delete_and_write)
    journal_at(path).record(lambda _: [NOTE], by="我", at=AT)
    assert processes.wait(children[0]) == 0
    assert [entry.note for entry in journal_at(path).read().entries][3:] == ["我的", "别人的"]
    assert [entry.seq for entry in journal_at(path).read().entries] == [1, 2, 3, 4, 5]


def wait_briefly(child):
    """Fail with TimeoutError if the child is still at work after a while; it goes on."""
    import time

    time.sleep(0.3)
    if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        raise TimeoutError


@pytest.mark.parametrize("attack", [renamed_over, cut, removed])
def test_what_changes_between_write_and_fsync_is_seen(path, monkeypatch, attack, length):
    """What was written into a file that is no longer there is written again."""
    filled(path, 5)
    meanwhile, _ = once(attack, path)
    real = os.fsync

    def fsync(descriptor):
        meanwhile()
        real(descriptor)

    monkeypatch.setattr(atomic_files.os, "fsync", fsync)
    journal_at(path).record(lambda _: [NOTE], by="我", at=AT)
    monkeypatch.undo()
    history = journal_at(path).read()
    assert [entry.note for entry in history.entries].count("我的") == 1
    assert [entry.note for entry in history.entries].count("别人的") == (attack is renamed_over) * 1


def appended(path, data):
    with open(path, "ab") as file:
        file.write(data)


@pytest.mark.parametrize("behind", [b"", line(99, note="别人的")])
def test_a_disk_that_fails_at_fsync_takes_back_ours_alone(path, monkeypatch, behind, length):
    """EIO: cut back to the byte; with others' entries behind ours nothing is cut, and the sentence says so."""
    filled(path, 5)
    before = path.read_bytes()

    def fail(descriptor):
        appended(path, behind)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(atomic_files.os, "fsync", fail)
    with pytest.raises(StoreFault) as refused:
        journal_at(path).record(lambda _: [NOTE], by="我", at=AT)
    monkeypatch.undo()
    if behind:
        assert "可能已在其中" in str(refused.value)
        assert "重试" not in str(refused.value)
        assert path.read_bytes().startswith(before)
        assert path.read_bytes().endswith(behind)
        assert [entry.note for entry in journal_at(path).read().entries][5:] == ["我的", "别人的"]
    else:
        assert "磁盘读写出错" in str(refused.value)
        assert path.read_bytes() == before


def test_others_between_reading_and_writing_are_counted(path, monkeypatch):
    """A program without any lock appends at the last moment: ours is taken back and numbered anew."""
    filled(path, 2)
    real, done = os.write, []

    def write(descriptor, data):
        if not done:
            done.append(appended(path, line(3, note="别人的")))
        return real(descriptor, data)

    monkeypatch.setattr(atomic_files.os, "write", write)
    journal_at(path).record(lambda _: [NOTE], by="我", at=AT)
    assert [(entry.seq, entry.note) for entry in journal_at(path).read().entries][2:] == [(3, "别人的"), (4, "我的")]


def test_the_first_entry_never_covers_a_journal_made_this_moment(path):
    def decide(_):
        if not path.exists():
            others_write(path)
        return [NOTE]

    journal_at(path).record(decide, by="我", at=AT)
    assert [(entry.seq, entry.note) for entry in journal_at(path).read().entries] == [(1, "别人的"), (2, "我的")]


@pytest.mark.parametrize("command", [["tasks"], ["check"], ["log"], ["show", "23"]])
def test_a_line_that_is_just_being_written_is_not_torn(path, gk, monkeypatch, length, command):
    """A reader that meets half of it looks again; what stays half is torn."""
    path.write_bytes(HEADER + line(1) + line(2)[:50])
    answer = gk(*command, "--store", path)
    assert "没有写完" in answer.out + answer.err
    monkeypatch.setattr(file_store.time, "sleep", lambda _: path.write_bytes(HEADER + line(1) + line(2)))
    path.write_bytes(HEADER + line(1) + line(2)[:50])
    answer = gk(*command, "--store", path)
    assert (answer.code, "没有写完" in answer.out + answer.err) == (0, False)


def test_a_journal_made_at_the_last_moment_is_not_covered(path, monkeypatch):
    """Between the last look and the new file: the turn is taken again."""
    real, calls = os.link, []

    def link(source, target):
        if not calls:
            calls.append(1)
            monkeypatch.setattr(atomic_files.os, "link", real)
            others_write(path)
        real(source, target)

    monkeypatch.setattr(atomic_files.os, "link", link)
    journal_at(path).record(lambda _: [NOTE], by="我", at=AT)
    assert calls
    assert [(entry.seq, entry.note) for entry in journal_at(path).read().entries] == [(1, "别人的"), (2, "我的")]


def test_a_journal_that_never_stands_still_is_refused(path, monkeypatch):
    monkeypatch.setattr(turn, "TRIES", 3)
    filled(path, 1)
    calls = []

    def decide(_):
        calls.append(rewritten(path))
        return [NOTE]

    with pytest.raises(StoreFault, match="不断被别的程序改动"):
        journal_at(path).record(decide, by="我", at=AT)
    assert len(calls) == 3


def test_a_torn_line_with_a_whole_entry_in_it_stays(path):
    """Another program's half line, glued to an entry without its line break: the entry is not set aside."""
    filled(path, 2)
    appended(path, b'{"seq":3,"at"' + line(3, note="别人的")[:-1])
    journal_at(path).record(lambda _: [NOTE], by="我", at=AT)
    journal_at(path).repair(at=AT)
    assert [(entry.seq, entry.note) for entry in journal_at(path).read().entries][2:] == [(3, "别人的"), (4, "我的")]


def test_a_slow_writer_gets_its_turn_among_quick_ones(path):
    """With the lock file deleted, others record all the time: the second turn keeps them out."""
    filled(path, 2)
    calls = []

    def decide(_):
        calls.append(1)
        path.with_name(path.name + ".lock").unlink()
        child = processes.fork(lambda: record_as_others(path))
        with suppress(TimeoutError):
            wait_briefly(child)
        children.append(child)
        return [NOTE]

    children: list[int] = []
    journal_at(path).record(decide, by="我", at=AT)
    assert [processes.wait(child) for child in children] == [0, 0]
    assert [entry.note for entry in journal_at(path).read().entries][2:] == ["别人的", "我的", "别人的"]


def test_undo_says_what_it_does_once(path, gk, monkeypatch):
    """Also where its turn has to be taken again."""
    filled(path, 3)
    real, calls = turn.Turn.check, []

    def check(self):
        calls.append(1)
        if len(calls) == 1:
            raise turn.Changed
        real(self)

    monkeypatch.setattr(turn.Turn, "check", check)
    assert gk("undo", "--store", path).out.count("已撤销 1 条") == 1
    assert len(calls) > 1


def test_the_waiting_are_told_to_leave_the_lock_file_alone(gkcheck, path):
    with lock.hold_lock(path.with_name(path.name + ".lock"), 1, lambda: None):
        answer = gkcheck("done", 23, "--store", path, env={"GKCHECK_LOCK_TIMEOUT": "1.5"})
    assert answer.code == 2
    assert answer.err.count("不要删除锁文件") == 2


# -- Windows, as far as it can be told from here -------------------------------------------------------------


def test_windows_is_asked_again_while_somebody_reads(tmp_path, monkeypatch):
    """For two seconds, then its error stands."""
    target, temporary = tmp_path / "a", tmp_path / "b"
    temporary.write_text("new")
    target.write_text("old")
    real, refusals = os.replace, []

    def busy(source, destination):
        refusals.append(1)
        if len(refusals) < 4:
            raise PermissionError(13, "in use")
        real(source, destination)

    monkeypatch.setattr(atomic_files.os, "replace", busy)
    monkeypatch.setattr(atomic_files.time, "sleep", lambda _: None)
    with pytest.raises(PermissionError):
        atomic_files._rename(temporary, target)
    monkeypatch.setattr(atomic_files.os, "name", "nt")
    atomic_files._rename(temporary, target)
    monkeypatch.setattr(atomic_files.os, "name", "posix")
    assert target.read_text() == "new"
    temporary.write_text("newer")
    refusals.clear()
    monkeypatch.setattr(atomic_files, "_BUSY_FOR", 0.0)
    monkeypatch.setattr(atomic_files.os, "name", "nt")
    with pytest.raises(PermissionError):
        atomic_files._rename(temporary, target)
    monkeypatch.undo()


@pytest.mark.parametrize("error", [errno.EACCES, errno.EDEADLK, errno.EINVAL])
def test_windows_answers_a_held_lock_with_any_error(tmp_path, monkeypatch, error):
    def locking(descriptor, mode, count):
        raise OSError(error, "locked")

    fake = types.SimpleNamespace(LK_NBLCK=2, LK_UNLCK=0, locking=locking)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    spec = importlib.util.spec_from_file_location("windows_lock", Path(lock.__file__))
    assert spec
    assert spec.loader
    windows_lock = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(windows_lock)
    with pytest.raises(StoreFault, match="仍被另一个 gkcheck 占用"), windows_lock.hold_lock(tmp_path / "l", 0, print):
        pass


def test_the_header_of_these_journals_is_that_of_the_plan():
    assert PLAN.encode() in HEADER
