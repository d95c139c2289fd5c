"""A library that is missing or broken: one line with the remedy where it is needed, and everything else works."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from gkcheck.cli.installation import DISTRIBUTIONS, missing_library
from tests import processes
from tests.conftest import ROOT
from tests.test_rooms import MAY_IMPORT_LIBRARY
from tests.test_terminals import EVERY, screen

LINES = [
    "done 24 --unit 卫健局 --store 别处.jsonl",
    *EVERY,
    "tasks -u市教育局",
    "units 敎育局",
    "import taishan.docx -o 一.yaml",
    "import taishan.xlsx -o 二.yaml",
    "import taishan.html -o 三.yaml",
    "import taishan.pdf -o 四.yaml",
    "export 台账.xlsx",
    "export 台账.docx",
    "export 台账.html",
    "export 台账.json",
    "export 台账.md",
    "report 通报.docx",
    "report 通报.html",
    "remind --unit 教育局 --template letter-template.docx -o 催办",
    "remind --unit 教育局 -o 信",
    "done 5 --unit 教育局 --evidence http://127.0.0.1:1/",
    "evidence --check",
    "--install-completion",
]
"""Every command, and every format of those that have several."""

_WORD = ["template ", "export 台账.docx", "report 通报.docx", "-o 信"]
NEEDS = {
    "typer": ["--unti ", "-u市"],
    "shellingham": ["--unti ", "-u市", "--install-completion"],  # typer imports it, too
    "rich": [],
    "platformdirs": [],
    "pypinyin": ["import taishan."],
    "httpx": ["evidence --check"],
    "psycopg": ["postgresql://"],
    "jinja2": ["template ", "export 台账.html", "report 通报.html"],
    "markupsafe": ["template ", "export 台账.html", "report 通报.html"],
    "docx": _WORD,
    "docxtpl": ["template "],
    "openpyxl": ["form ", "export 台账.xlsx"],
    "lxml": [*_WORD, "collect ", "import taishan.docx", "import taishan.xlsx", "import taishan.html"],
    "pdfminer": ["import taishan.pdf"],
}
"""What the lines contain that need a library; in a pipe nothing needs rich, and on Linux nothing needs platformdirs."""

_RUN = """
import contextlib, io, json, sys
missing, lines = json.load(sys.stdin)
if missing: sys.modules[missing] = None
from gkcheck.cli.main import run
for line in lines:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(line.split())
    print(json.dumps([line, code, err.getvalue()]))
"""


def laid_out(folder: Path) -> Path:
    """Make a working folder with the files that LINES read; return it."""
    folder.mkdir()
    shutil.copy(ROOT / "tests" / "notices" / "08.txt", folder / "通知.txt")
    for file in ("taishan.docx", "taishan.xlsx", "taishan.html", "taishan.pdf", "letter-template.docx"):
        shutil.copy(ROOT / "tests" / "fixtures" / file, folder)
    return folder


def carried_out(folder: Path, missing: str | None = None) -> dict[str, tuple[int, str]]:
    """Carry out LINES in a process of its own, one after the other; return the exit code and stderr of each."""
    done = processes.run(
        [sys.executable, "-c", _RUN],
        input=json.dumps([missing, LINES]),
        capture_output=True,
        text=True,
        cwd=laid_out(folder),
        env={**os.environ, "HOME": str(folder), "SHELL": "/bin/bash"},
    )
    assert done.returncode == 0, done.stderr
    return {line: (code, err) for line, code, err in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The exit codes where every library is there."""
    return usual_codes(tmp_path_factory.mktemp("usual") / "desk")


def usual_codes(folder: Path) -> dict[str, int]:
    """Return the exit code of each of LINES where every library is there."""
    answers = carried_out(folder)
    assert not {line for line, (code, _) in answers.items() if code not in (0, 1, 2)}
    return {line: code for line, (code, _) in answers.items()}


def test_every_library_is_tried():
    assert set(NEEDS) | {"yaml"} == set(MAY_IMPORT_LIBRARY)


def test_every_library_is_declared_and_no_other():
    """Those of the extras among them; one that another brings along is not relied upon to stay."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {
        re.match(r"[\w.-]+", line)[0] for line in [*project["dependencies"], *extras["pdf"], *extras["postgres"]]
    }
    used = {DISTRIBUTIONS.get(library, library).partition("[")[0].lower() for library in MAY_IMPORT_LIBRARY}
    assert declared == used


@pytest.mark.parametrize(
    "library", [library if library == "lxml" else pytest.param(library, marks=pytest.mark.long) for library in NEEDS]
)
def test_what_needs_a_library_is_refused_and_the_rest_works(usual, tmp_path, library):
    answers = carried_out(tmp_path / "desk", library)
    distribution = DISTRIBUTIONS.get(library, library)
    for line, (code, err) in answers.items():
        if any(need in line for need in NEEDS[library]):
            assert (code, err.count("\n")) == (2, 1), (line, err)
            assert f"组件 {distribution} 没有装上，请运行 {sys.executable} -m pip install " in err, line
        elif line == "collect 填报表" and library == "openpyxl":
            assert code == 2, "there is nothing to collect where no form was written"
        else:
            assert (code, "组件" in err) == (usual[line], False), (line, err)


@pytest.mark.long
@pytest.mark.parametrize("library", ["_sqlite3", "_ssl", "_bz2", "_lzma", "_ctypes", "readline", "pwd"])
def test_a_python_without_all_of_its_own_library_serves_the_rest(usual, tmp_path, library):
    """Pythons that were built on a machine without the headers lack these; only what goes over the network needs any."""
    for line, (code, err) in carried_out(tmp_path / "desk", library).items():
        if code != usual[line]:
            assert (code, err.count("\n"), "组件" in err) == (2, 1, True), (line, err)
            assert "evidence --check" in line or "postgresql" in line, (library, line)


BROKEN = {
    "raise ImportError('DLL load failed while importing etree: 找不到指定的模块。')": "装坏了（DLL load failed while importing etree: 找不到指定的模块。）",
    "raise OSError('cannot load library')": "装坏了（cannot load library）",
    "import nothing_of_this_name": "组件 nothing_of_this_name 没有装上",
    "def (": "装坏了（invalid syntax",
}


@pytest.mark.parametrize(("source", "said"), BROKEN.items(), ids=["system", "other", "without-its-own", "damaged"])
def test_a_broken_library_is_told_from_a_fault_of_ours(gkcheck, tmp_path, source, said):
    """Whatever it raises while it is imported."""
    broken = tmp_path / "site-packages" / "lxml"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text(source, "utf-8")
    env = {"PYTHONPATH": os.pathsep.join([str(broken.parent), os.environ.get("PYTHONPATH", "")])}
    done = gkcheck("import", ROOT / "tests" / "fixtures" / "taishan.docx", "-o", tmp_path / "表.yaml", env=env)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert said in done.err
    assert not (tmp_path / "表.yaml").exists()
    assert gkcheck("status", env=env).code == 0


def test_without_rich_a_terminal_gets_the_remedy(tmp_path):
    (tmp_path / "rich.py").write_text("raise ImportError('gone')", "utf-8")
    env = {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    code, _, seen = screen(["tasks"], 80, **env)
    assert code == 2
    assert "组件 rich 装坏了" in seen


def test_a_fault_of_ours_is_no_missing_library():
    """A module of gkcheck itself that is not there, and every error that is not raised by an import."""
    for statement in ("import gkcheck.nothing", "from gkcheck.model import Nothing", "{}['x']"):
        with pytest.raises((ImportError, KeyError)) as raised:
            exec(statement, {"__name__": "gkcheck.model"})
        raised.value.__traceback__ = raised.value.__traceback__.tb_next
        assert missing_library(raised.value) is None, statement


def installed(monkeypatch, environment: Path) -> str:
    """Return what is said of a missing openpyxl where gkcheck is installed in an environment."""
    monkeypatch.setattr(sys, "prefix", str(environment))
    return str(missing_library(ModuleNotFoundError("No module named 'openpyxl'", name="openpyxl")))


def test_the_remedy_is_that_of_the_installation(monkeypatch, tmp_path):
    assert f"请运行 {sys.executable} -m pip install --force-reinstall openpyxl（" in installed(monkeypatch, tmp_path)
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nuv = 0.9.1\n")
    said = f"请运行 uv pip install --python {sys.executable} --reinstall openpyxl"
    assert installed(monkeypatch, tmp_path).endswith(said)
    (tmp_path / "pipx_metadata.json").write_text("{}")
    assert installed(monkeypatch, tmp_path).endswith("请运行 pipx inject --force gkcheck openpyxl")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert installed(monkeypatch, tmp_path).endswith("请重新复制整个 gkcheck 文件夹")
