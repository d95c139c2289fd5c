"""README.md and docs/install.md: their lines run as written, with the Python of the system and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests import processes
from tests.conftest import ROOT, needs

PAGE = (ROOT / "docs" / "install.md").read_text("utf-8")
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]*) -->\n)?```(?:sh|powershell)\n(?P<lines>.*?)```\n", re.DOTALL)
WAYS: dict[str, str] = {}
for found in BLOCK.finditer(PAGE):
    if (found["mark"] or "").startswith("tried: "):
        way = found["mark"].removeprefix("tried: ")
        WAYS[way] = WAYS.get(way, "") + found["lines"]
COMMANDS = next(
    found for found in BLOCK.finditer((ROOT / "README.md").read_text("utf-8")) if found["mark"] == "commands"
)
WAYS["readme"] = "".join(COMMANDS["lines"].splitlines(keepends=True)[:2])  # the third runs all the tests: .ci/run does
NOT_TRIED = "没有在真机上试过"
ANSWERS = {"venv": "义务教育", "pipx": "义务教育", "uv": "义务教育", "readme": "义务教育", "shared": "共用/台账.jsonl"}


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """A folder of programs with pipx and uv, from a virtual environment of their own."""
    place = tmp_path_factory.mktemp("tools")
    processes.run([sys.executable, "-m", "venv", str(place)], check=True, limit=120)
    processes.run([str(place / "bin" / "pip"), "install", "-q", "pipx", "uv"], check=True, limit=300)
    programs = place / "programs"
    programs.mkdir()
    for name in ("pipx", "uv"):
        (programs / name).symlink_to(place / "bin" / name)
    return programs


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
def test_the_lines_of_a_way_to_install_work_as_written(way, tools, tmp_path):
    needs("bash")
    for name in ("pyproject.toml", "README.md", "LICENSE", "src", "data", "docs"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    home = tmp_path / "home"
    home.mkdir()
    network = ("PIP_", "UV_", "SSL_CERT_", "HTTP", "http")  # which index, and how it is reached
    kept = {name: value for name, value in os.environ.items() if name.startswith(network)}
    path = f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin:{tools}"
    env = {**kept, "HOME": str(home), "LANG": "C.UTF-8", "PATH": path, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    done = processes.run(
        ["bash", "-e", "-c", WAYS[way]], cwd=tmp_path, env=env, capture_output=True, text=True, limit=400
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if way == "elsewhere":
        for folder, platform in (("windows", "win_amd64"), ("arm64", "aarch64")):
            names = [path.name for path in (tmp_path / folder).iterdir()]
            assert any(re.match(rf"lxml-.*cp312.*{platform}\.whl", name) for name in names), names
    else:
        assert ANSWERS[way] in done.stdout


def test_every_block_is_tried_or_stands_where_the_page_says_that_it_was_not():
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE):
        for found in BLOCK.finditer(section):
            mark = found["mark"] or ""
            assert mark.startswith("tried: ") or mark == "wheels" or NOT_TRIED in section, found["lines"]
