"""Formats of other packages: found by help, used for their suffix, and blamed for their own faults."""

from __future__ import annotations

import json
import os
import sys

import pytest

from gkcheck.exporters.registry import own_exporters
from tests import plugin_example, processes

PAGE = "# 任务表\n序号|工作任务|责任单位\n1|公开招生方案|市教育局\n2|公开预算|市财政局\n"


@pytest.fixture
def example(tmp_path, gkcheck, monkeypatch):
    """The package of the documentation installed, as it may be changed; runs are processes of their own."""
    folder = tmp_path / "libraries"
    folder.mkdir()
    plugin_example.install(folder)
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.chdir(tmp_path)
    return folder


def change(folder, before, after):
    file = folder / "gkcheck_example.py"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_the_documented_package_adds_an_export_format(example, gkcheck, tmp_path):
    assert ".rst" in gkcheck("export", "--help").out
    assert gkcheck("export", "台账.rst", "--unit", "教育局").out == "已导出：台账.rst（22 个责任项）\n"
    text = (tmp_path / "台账.rst").read_text("utf-8")
    assert text.count("\n- ") == 22
    assert "市教育局" in text


def test_the_documented_package_adds_an_import_format(example, gkcheck, tmp_path):
    assert "psv" in gkcheck("import", "--help").out
    (tmp_path / "表.psv").write_text(PAGE.partition("\n")[2], "utf-8")
    answer = gkcheck("import", "表.psv", "-o", "表.yaml", "-y")
    assert answer.code in (0, 1)
    assert "公开招生方案" in (tmp_path / "表.yaml").read_text("utf-8")


def test_a_file_that_is_of_another_format_than_its_suffix_says_is_read_as_what_it_is(example, gkcheck, tmp_path):
    (tmp_path / "表.psv").write_text("一、工作任务\n（一）公开招生方案。（市教育局负责）\n", "utf-8")
    assert '"format": "text"' in gkcheck("import", "表.psv", "--format", "json").out


def test_env_lists_the_package(example, gkcheck):
    shown = gkcheck("env", "--format", "json").json()
    assert shown["plugins"] == [
        {"use": "导出", "suffix": ".rst", "package": "gkcheck-example"},
        {"use": "导入", "suffix": ".psv", "package": "gkcheck-example"},
    ]


FAULTS = [
    ("from gkcheck.exporters", "raise ImportError('odd')\nfrom gkcheck.exporters", "装不上（ImportError: odd）"),
    ("EXPORTER = ", "EXPORTER = 3\nOTHER = ", "不是 Exporter"),
    ('    rows = [row for', '    raise ValueError("odd")\n    rows = [row for', "出错（ValueError: odd）"),
    (').encode()\n\n\ndef detect', ')\n\n\ndef detect', "应给出 bytes，给出的是 str"),
]  # fmt: skip
"""What is broken in the package, and what is said of it."""


@pytest.mark.parametrize(("before", "after", "said"), FAULTS, ids=[said for _, _, said in FAULTS])
def test_a_fault_is_told_as_the_plugins(example, gkcheck, tmp_path, before, after, said):
    change(example, before, after)
    answer = gkcheck("export", "台账.rst")
    assert (answer.code, answer.out) == (2, "")
    assert (
        answer.err
        == f"gkcheck: 插件 gkcheck-example 的 .rst 格式{said}；请更新它，或用 pip uninstall gkcheck-example 卸载\n"
    )
    assert not (tmp_path / "台账.rst").exists()
    assert gkcheck("export", "台账.csv").code == 0
    assert gkcheck("export", "--help").code == 0


def test_a_plugin_that_cannot_be_loaded_is_named_by_env(example, gkcheck):
    change(example, FAULTS[0][0], FAULTS[0][1])
    answer = gkcheck("env", "--format", "json")
    assert answer.code == 1
    assert len([one for one in json.loads(answer.out)["problems"] if "装不上" in one]) == 2


def test_no_plugin_takes_the_place_of_a_format_of_ours(example, gkcheck, tmp_path):
    points = next(example.glob("*.dist-info")) / "entry_points.txt"
    points.write_text(points.read_text("utf-8").replace("rst =", "csv ="), "utf-8")
    gkcheck("export", "台账.csv")
    assert not (tmp_path / "台账.csv").read_text("utf-8-sig").startswith("- ")
    answer = gkcheck("env")
    assert answer.code == 1
    assert ".csv 是 gkcheck 自己的格式" in answer.out


def test_two_packages_for_one_suffix_are_refused(example, gkcheck):
    about = next(example.glob("*.dist-info"))
    other = example / "other-1.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1\n", "utf-8")
    (other / "entry_points.txt").write_text((about / "entry_points.txt").read_text("utf-8"), "utf-8")
    answer = gkcheck("export", "台账.rst")
    assert answer.code == 2
    assert "有 2 个插件都提供 .rst 格式（gkcheck-example、other）" in answer.err


@pytest.mark.parametrize(
    "words", [["tasks"], ["done", "23"], *(["export", f"a{one.suffix}"] for one in own_exporters()[1:5])]
)
def test_who_uses_no_plugin_does_not_look_for_them(gkcheck, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    script = (
        "import sys; from gkcheck.cli.main import run; import importlib.abc\n"
        "import importlib.metadata as metadata\n"
        "metadata.entry_points = lambda **about: sys.exit('looked for plug-ins')\n"
        "sys.exit(run(sys.argv[1:]))"
    )
    done = processes.run([sys.executable, "-c", script, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
