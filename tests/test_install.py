"""README.md and docs/install.md: their lines run as written, with the Python of the system and nothing else.

BARE_DEBIAN names the folder of a bare Debian (debootstrap) to run them in; .ci/run makes one.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
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
BARE = Path(os.environ["BARE_DEBIAN"]) if os.environ.get("BARE_DEBIAN") else None
BY_CI = ("wheels", "folder")
"""The marks of what .ci/run does in steps of its own."""

NOT_TRIED = "没有在真机上试过"
ANSWERS = {"venv": "义务教育", "pipx": "义务教育", "uv": "义务教育", "readme": "义务教育", "shared": "共用/台账.jsonl"}
ANSWERS |= {"without-compiler": "义务教育"}


class Machine:
    """A place with the system's own Python, pipx and uv: this machine, or a bare Debian below a folder."""

    def __init__(self, root: Path | None, folder: Path) -> None:
        self.root, self.folder = root, folder
        network = ("SSL_CERT_", "PIP_CERT", "PIP_INDEX", "UV_INDEX", "HTTP", "http")  # how an index is reached
        self.env = {name: value for name, value in os.environ.items() if name.startswith(network)}
        python = "/usr/bin" if root else f"{Path(sys.base_prefix) / 'bin'}:/usr/bin"
        self.env |= {"LANG": "C.UTF-8", "PATH": f"{python}:/bin", "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
        if os.environ.get("PIP_CONSTRAINT"):
            shutil.copy(os.environ["PIP_CONSTRAINT"], folder / "constraints.txt")
            self.env["PIP_CONSTRAINT"] = f"{self.inside(folder)}/constraints.txt"
        self.run("python3 -m venv tools; tools/bin/pip install -q pipx uv", folder, check=True)
        self.run("mkdir programs; ln -s $PWD/tools/bin/pipx $PWD/tools/bin/uv programs/", folder, check=True)
        self.env["PATH"] += f":{self.inside(folder)}/programs"

    def inside(self, path: Path) -> str:
        """The path as the machine itself calls it."""
        return f"/{path.relative_to(self.root)}" if self.root else str(path)

    def run(self, lines: str, folder: Path, **options):
        """Run lines of a shell in a folder, which is the home too; the first that fails ends them."""
        enter = ["chroot", str(self.root)] if self.root else []
        env = [f"{name}={value}" for name, value in self.env.items()]
        command = [*enter, "env", "-i", f"HOME={self.inside(folder)}", *env, "bash", "-ec"]
        lines = f"cd '{self.inside(folder)}'\n{lines}"
        return processes.run([*command, lines], capture_output=True, text=True, limit=400, **options)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    needs("bash")
    if BARE is None:
        return Machine(None, tmp_path_factory.mktemp("machine"))
    return Machine(BARE, Path(tempfile.mkdtemp(dir=BARE / "tmp")))


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
def test_the_lines_of_a_way_to_install_work_as_written(machine, way):
    folder = machine.folder / way
    folder.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSES", "src", "data", "docs"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    done = machine.run(WAYS[way], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    if way == "elsewhere":
        for name, platform in (("windows", "win_amd64"), ("arm64", "aarch64")):
            names = [path.name for path in (folder / name).iterdir()]
            assert any(re.match(rf"lxml-.*cp312.*{platform}\.whl", name) for name in names), names
    else:
        assert ANSWERS[way] in done.stdout


def test_every_block_is_tried_or_stands_where_the_page_says_that_it_was_not():
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE):
        for found in BLOCK.finditer(section):
            mark = found["mark"] or ""
            assert mark.startswith("tried: ") or mark in BY_CI or NOT_TRIED in section, found["lines"]
