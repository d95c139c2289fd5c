"""Differences of Windows, as far as they can be tried elsewhere."""

from __future__ import annotations

import ast
import errno
import os
import re
import sys
from pathlib import Path

import pytest

from gkcheck import atomic_files
from gkcheck.atomic_files import check_targets
from gkcheck.cli.completion.install import MARK
from gkcheck.cli.streams import quoted
from gkcheck.errors import BadTarget, fault_of
from tests.conftest import ABSENT, HOMES, ROOT, lacks, needs

TESTS = sorted((ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_test_is_collected_without_the_modules_that_windows_lacks(path):
    """The top of a file is run before any test can be skipped."""
    top = ast.parse(path.read_text("utf-8")).body
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in top if isinstance(node, ast.ImportFrom)}
    assert names & ABSENT == set()


def test_only_what_a_test_asks_for_itself_is_skipped_there(monkeypatch):
    """A module or a function that gkcheck asks for where Windows has none is a fault of gkcheck."""

    def error_of(ask):
        with pytest.raises((AttributeError, ModuleNotFoundError)) as raised:
            ask()
        return raised.value

    monkeypatch.setitem(sys.modules, "termios", None)
    monkeypatch.delattr(os, "replace")
    assert lacks(error_of(lambda: os.replace)) == "os.replace"
    assert lacks(error_of(lambda: __import__("termios"))) == "termios"
    assert lacks(error_of(lambda: __import__("nowhere"))) is None
    assert lacks(error_of(lambda: None.name)) is None
    assert lacks(error_of(lambda: atomic_files._rename(Path("a"), Path("b")))) is None


def test_the_tests_live_in_a_home_of_their_own_there_too(monkeypatch):
    windows = pytest.importorskip("platformdirs.windows")
    if not hasattr(windows, "_is_fully_qualified"):
        pytest.skip("this platformdirs cannot be told where the folders are")
    for name in HOMES:
        monkeypatch.setenv(name, r"C:\home")
    folders = windows.Windows("gkcheck", appauthor=False)
    for folder in (folders.user_data_dir, folders.user_config_dir, folders.user_cache_dir):
        assert folder.startswith(r"C:\home"), folder


@pytest.mark.parametrize("name", ["con.xlsx", "NUL", "Aux.html", "com1.csv", "台账:1.xlsx", "台账?.xlsx"])
def test_a_name_that_means_a_device_is_refused_there(tmp_path, monkeypatch, name):
    """A table written to con.xlsx goes to the screen, and one written to 台账:1.xlsx is hidden within 台账."""
    if os.name != "nt":
        check_targets([tmp_path / name], False)
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(BadTarget, match="在 Windows 里不能作文件名，请换一个文件名"):
        check_targets([tmp_path / name], False)
    check_targets([tmp_path / "console.xlsx"], False)


def test_a_directory_is_called_one_there(tmp_path, monkeypatch):
    """A plan that is a directory: Windows says that access is denied."""
    denied = PermissionError(errno.EACCES, "Permission denied", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert fault_of(denied) == "没有权限，或文件正被别的程序打开"
    monkeypatch.setattr(sys, "platform", "win32")
    assert fault_of(denied) == "这是一个目录"
    assert fault_of(PermissionError(errno.EACCES, "Permission denied", "x")) == "没有权限，或文件正被别的程序打开"


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        (r"C:\Users\李\台账.jsonl", r"C:\Users\李\台账.jsonl"),
        (r"D:\我的 文件\a.jsonl", r'"D:\我的 文件\a.jsonl"'),
        ("psycopg[binary]", '"psycopg[binary]"'),
        ("D:\\我的 文件\\", r'"D:\我的 文件\\"'),
        (r"D:\$a b", r"'D:\$a b'"),
        (r"D:\$李's", r"'D:\$李''s'"),
    ],
)
def test_a_remedy_can_be_pasted_into_both_shells_there(monkeypatch, word, typed):
    """The command prompt knows no single quotes; within double ones PowerShell reads $."""
    monkeypatch.setattr(sys, "platform", "win32")
    assert quoted(word) == typed


def test_a_sentence_of_the_system_loses_its_full_stop():
    assert fault_of(OSError(None, "无效的句柄。")) == "系统报告 无效的句柄"


@pytest.fixture
def profile(gk, tmp_path, monkeypatch):
    """Install completion for PowerShell in the home of 张三's; what its profile holds then, and held before."""

    def installed(before: bytes = b"") -> bytes:
        needs("sh")
        home = tmp_path / "张三's"
        program, start = home / "bin" / "pwsh", home / "profile.ps1"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "{start}"\n', "utf-8")
        program.chmod(0o755)
        start.write_bytes(before)
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        for _ in range(2):
            assert gk("--install-completion", "powershell").code == 0
        return start.read_bytes()

    return installed


def test_the_profile_of_powershell_is_read_in_any_code_page(profile, tmp_path):
    """PowerShell 5.1 takes a profile without a mark to be in code page 936: the line that is added is ASCII."""
    line = profile().decode("ascii")
    assert line.count(MARK) == 1
    text = re.search(r"\[regex\]::Unescape\('(.*?)'\);", line)[1]
    path = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text).replace("''", "'")
    assert Path(path).is_relative_to(tmp_path / "张三's")
    assert Path(path).read_text("ascii").startswith("# gkcheck completion for PowerShell")


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-8", b"\xef\xbb\xbf"), ("gbk", b"")])
def test_the_rest_of_the_profile_stays_as_it_is(gk, profile, tmp_path, encoding, mark):
    """The lines that `>>` of PowerShell 5.1 has written are UTF-16."""
    before = mark + "$a = '张三'".encode(encoding)
    after = profile(before)
    assert after.startswith(before)
    lines = after[len(mark) :].decode(encoding).splitlines()
    assert (lines[0], len(lines)) == ("$a = '张三'", 2)
    assert lines[1].endswith(MARK)
    assert gk("--uninstall-completion", "powershell").code == 0
    assert (tmp_path / "张三's" / "profile.ps1").read_bytes() == before + "\n".encode(encoding)
