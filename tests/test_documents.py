"""The documents cannot lie: sessions run, help is generated, no command, option or error is left out.

`python -m tests.documents` makes anew what is compared here.
"""

from __future__ import annotations

import os
import re
import sys
from html.parser import HTMLParser
from importlib.metadata import version

import pytest

from gkcheck import __version__
from gkcheck.cli.help import help_text, purpose
from gkcheck.cli.registry import COMMANDS, signature
from gkcheck.text.width import width
from tests import documents, processes, sample_notice
from tests.conftest import needs
from tests.documents import GENERATED, ROOT, SESSIONS, messages, options_of, with_real_output

ANEW = "out of date: run python -m tests.documents"
WRITTEN = [name for name in SESSIONS if name not in GENERATED]


@pytest.fixture(scope="module")
def manual():
    """All that was written by hand, as one text."""
    return "\n".join((ROOT / name).read_text("utf-8") for name in WRITTEN)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.long] if name == "README.zh-CN.md" else [])  # has those of README.md
        for name in WRITTEN
        if "```console" in (ROOT / name).read_text("utf-8")
    ],
)
def test_sessions_show_what_really_happens(name):
    needs("bash")
    text = (ROOT / name).read_text("utf-8")
    assert _ruled(with_real_output(text)) == _ruled(text), ANEW


def _ruled(text: str) -> str:
    """A text with rules of one length: versions of rich differ by a dash."""
    return re.sub("─+", "─", text)


def test_a_session_edited_by_hand_is_found():
    text = "```console\n$ gkcheck --version\ngkcheck 9.9\n```\n"
    assert with_real_output(text) == f"```console\n$ gkcheck --version\ngkcheck {__version__}\n```\n"


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_is_current(name):
    if name.endswith(".svg") and int(version("rich").split(".")[0]) < 15:
        pytest.skip("this rich draws another frame")
    assert (ROOT / name).read_text("utf-8") == GENERATED[name](), ANEW


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_manual(manual, name):
    assert f"gkcheck {name}" in manual


@pytest.mark.parametrize("option", sorted({option for name in (None, *COMMANDS) for option in options_of(name)}))
def test_every_option_is_in_the_manual(manual, option):
    assert re.search(rf"(?<![\w-]){option}(?![\w-])", manual)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_purpose_an_example_and_helps_in_chinese(name):
    text = help_text(name)
    assert re.search(rf"^  例：gkcheck {name}", text, re.MULTILINE), "no example"
    assert len(purpose(name).split("\n")[0]) >= 5
    for parameter in signature(name):
        assert re.search("[一-鿿]", parameter.help), parameter.name


def test_every_error_is_in_the_catalogue():
    catalogue = (ROOT / "docs/errors.md").read_text("utf-8")
    found = messages()
    assert len(found) > 50
    for _, text in found:
        assert f"- `{text}`" in catalogue


def test_both_readmes_say_the_same():
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    blocks = [re.findall(r"^```.*?^```", text, re.DOTALL | re.MULTILINE) for text in (english, chinese)]
    without_comments = [[re.sub(r" +# .*", "", block) for block in found] for found in blocks]
    assert without_comments[0] == without_comments[1]
    assert english.count("\n## ") == chinese.count("\n## ")


@pytest.mark.parametrize("name", WRITTEN)
def test_links_lead_somewhere(name):
    path = ROOT / name
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{name}: {target}"


@pytest.mark.parametrize("columns", ["40", "80"])
def test_the_manual_page_has_no_warnings(columns):
    needs("man")
    command = ["man", "--warnings", "-E", "UTF-8", "-l", str(ROOT / "docs/man/gkcheck.1")]
    env = {**os.environ, "MANWIDTH": columns}
    done = processes.run(command, env=env, capture_output=True, text=True, check=True)
    assert "GKCHECK(1)" in done.stdout
    assert done.stderr == ""
    assert max(map(width, done.stdout.splitlines())) <= int(columns)


def test_the_picture_is_an_image_of_text():
    class Texts(HTMLParser):
        found = ""

        def handle_data(self, data: str) -> None:
            self.found += data

    parser = Texts()
    text = (ROOT / "docs/terminal.svg").read_text("utf-8")
    parser.feed(text)
    assert "教育局" in parser.found.replace("\xa0", " ")
    assert "url(" not in text.replace("url(#", "")


def test_the_runner_keeps_what_it_should_not_run():
    text = "<!-- not run -->\n```console\n$ false\nanything\n```\n"
    assert with_real_output(text) == text
    assert documents.COLUMNS == 88


def test_the_version_stands_in_one_place():
    done = processes.run([sys.executable, "-m", "gkcheck", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"gkcheck {__version__}\n"
    for name in ("pyproject.toml", "README.md"):
        assert __version__ not in (ROOT / name).read_text("utf-8")


def test_the_sample_notice_is_as_its_recipe_writes_it(tmp_path):
    from docx import Document

    sample_notice.write(tmp_path / "a.docx")
    read = [Document(str(path)) for path in (sample_notice.NOTICE, tmp_path / "a.docx")]
    texts = [
        [paragraph.text for paragraph in one.paragraphs]
        + [cell.text for row in one.tables[0].rows for cell in row.cells]
        for one in read
    ]
    assert texts[0] == texts[1], "out of date: run python -m tests.sample_notice"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_what_a_readme_names_is_in_the_checkout(name):
    for path in re.findall(r"(?:samples|data|docs)/[\w./-]+", (ROOT / name).read_text("utf-8")):
        assert (ROOT / path).exists(), path
