"""The folder that runs without Python (packaging/folder.py): every command answers as where Python is.

`BUILT_FOLDER=dist/gkcheck pytest tests/test_folder.py` tries one that was built; .ci/run builds it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import docx
import openpyxl
import pytest

from tests import processes
from tests.terminal import Terminal
from tests.test_libraries import LINES, laid_out, usual_codes

FOLDER = os.environ.get("BUILT_FOLDER", "")

pytestmark = pytest.mark.skipif(not FOLDER, reason="needs BUILT_FOLDER, a folder that was built")


@pytest.fixture
def answer(tmp_path):
    """Run the program of the folder in a working folder of its own, with no other program to be found."""
    program = Path(FOLDER).resolve() / "gkcheck"
    desk = laid_out(tmp_path / "desk")
    env = {"HOME": str(desk), "PATH": "/nonexistent", "SHELL": "/bin/bash", "LANG": "C.UTF-8"}

    def call(*words: str, **more: str):
        return processes.run([program, *words], capture_output=True, text=True, cwd=desk, env={**env, **more})

    return call


def test_every_command_answers_as_where_python_is(answer, tmp_path):
    usual = usual_codes(tmp_path / "usual")
    for line in LINES:
        done = answer(*line.split())
        assert (done.returncode, "Traceback" in done.stderr) == (usual[line], False), (line, done.stdout, done.stderr)
    desk = tmp_path / "desk"
    assert json.loads(answer("status", "--format", "json").stdout)["tasks"]["total"] == 37
    assert any("政务公开" in paragraph.text for paragraph in docx.Document(str(desk / "通报.docx")).paragraphs)
    assert openpyxl.load_workbook(desk / "台账.xlsx").active.max_row > 37
    assert "<title>" in (desk / "通报.html").read_text("utf-8")
    assert (desk / "四.yaml").read_text("utf-8").count("- id: ") == 37


def test_a_shell_is_given_candidates(answer):
    assert "市教育局" in answer("tasks", "--unit", "jy", _GKCHECK_COMPLETE="zsh").stdout


def test_other_programs_get_the_libraries_of_the_system(tmp_path):
    """A pager is started with the environment that the folder was started with, not with the folder's own libraries."""
    pager = tmp_path / "pager"
    pager.write_text(f'#!/bin/sh\necho "${{LD_LIBRARY_PATH-none}}" >{tmp_path}/said\ncat\n')
    pager.chmod(0o755)
    env = {**os.environ, "TERM": "xterm", "LANG": "C.UTF-8", "GKCHECK_PAGER": str(pager)}
    with Terminal([str(Path(FOLDER).resolve() / "gkcheck"), "tasks"], env, 80) as terminal:
        assert terminal.wait() == 0
    assert (tmp_path / "said").read_text() == "none\n"
