"""What people type at the prompt is answered, or refused with the right line to type: `typed_lines.txt`, a test a line."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from gkcheck.cli.context import Context
from tests.conftest import ROOT, move_in

LINES = ROOT / "tests" / "typed_lines.txt"

DRAWN = (
    ("2019-10-28", "deadline 2 2019-11-01"),
    ("2019-11-18", "done 2 --unit 市民政局"),
    ("2019-11-19", "return 2 --unit 市民政局 --note 佐证打不开"),
    ("2019-11-20", "done 1 --unit 各镇（街）"),
    ("2019-11-20", "done 23 --unit 市教育局 --evidence https://www.example.gov.cn/zsfa.html"),
    ("2019-11-21", "confirm 23 --unit 市教育局"),
    ("2019-11-21", "start 5 --unit 市财政局"),
    ("2019-11-22", "block 7 --unit 市公安局 --note 等待上级平台"),
)
"""The ledger that every line is typed over: the day and the line of each record."""

TODAY = "2019-11-25"


class TypedLine(NamedTuple):
    """A line of the file: what is typed after `gkcheck`, the exit code, what the answer says and what it must not."""

    typed: str
    code: int
    says: tuple[str, ...]
    never: tuple[str, ...]


def typed_lines() -> list[TypedLine]:
    """Return the lines of the file; those that begin with # are remarks."""
    found = []
    for line in LINES.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            typed, code, *words = line.split(" | ")
            says = tuple(word for word in words if not word.startswith("!"))
            found.append(TypedLine(typed, int(code), says, tuple(word[1:] for word in words if word.startswith("!"))))
    return found


def set_clock(patch: pytest.MonkeyPatch, day: str) -> None:
    """Let every run from now on be at nine in the morning of a day, at the office."""
    moment = datetime.fromisoformat(f"{day}T01:00:00").replace(tzinfo=UTC).isoformat(timespec="microseconds")
    patch.setattr(Context, "read_clock", lambda context: setattr(context, "_moment", moment))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """The journal of the ledger."""
    from gkcheck.cli.main import run

    journal = tmp_path_factory.mktemp("drawn") / "日志.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        move_in(tmp_path_factory.mktemp("home"), patch)
        for day, line in DRAWN:
            set_clock(patch, day)
            assert run([*line.split(), "--store", str(journal)]) == 0
    return journal


@pytest.fixture
def desk(drawn, tmp_path, monkeypatch) -> Path:
    """The journal in a working folder of its own, on Monday 2019-11-25."""
    journal = tmp_path / drawn.name
    shutil.copy(drawn, journal)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GKCHECK_STORE", str(journal))
    set_clock(monkeypatch, TODAY)
    return journal


@pytest.mark.parametrize("line", typed_lines(), ids=lambda line: line.typed)
def test_a_line_as_people_type_it(desk, drawn, gk, line):
    """What is refused changes nothing, and a line to type instead is answered."""
    answer = gk(*shlex.split(line.typed))
    said = answer.out + answer.err
    assert answer.code == line.code, said
    assert [word for word in line.says if word not in said] == [], said
    assert [word for word in line.never if word in said] == [], said
    assert (answer.out == "") == (line.code == 2), said
    if line.code == 2 or "--dry-run" in line.typed:
        assert desk.read_bytes() == drawn.read_bytes()
    for instead in re.findall(r"应写成：gkcheck ([^，；。（\n]+)", answer.err):
        assert gk(*shlex.split(instead)).code == 0 or "编号" in instead, instead


def test_there_are_enough_of_them():
    lines = typed_lines()
    assert len(lines) >= 150
    assert len({line.typed for line in lines}) == len(lines)
