"""Commands that ask the journal for a part of it: they answer as if they had been given the whole."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from unittest.mock import Mock

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gkcheck.cli.commands import interactive
from gkcheck.cli.context import Context
from gkcheck.forms.read import read_form
from gkcheck.journal import EVERYTHING, History, index, record_format
from gkcheck.journal.clock import at_office
from gkcheck.journal.file_store import FileJournal
from gkcheck.journal.index import lines
from gkcheck.journal.live import live_history
from gkcheck.ledger.fold import Ledger
from gkcheck.model import Action, Draft, Every, Evidence
from tests.conftest import examples
from tests.forms.sheets import fill
from tests.journal.exchange import contents
from tests.journal.histories import drafts

PLAN = """\
format: 1
id: scopes
title: 责任分工表
issued: 2019-01-02
groups:
  - {name: 各镇（街）, ranked: true}
  - {name: 各执法单位}
units:
  - {name: 市教育局}
  - {name: 市财政局, groups: [各镇（街）]}
  - {name: 台城街道, groups: [各镇（街）]}
sections:
  - number: 一
    title: 公开
    tasks:
      - {id: 1, number: 一, text: 公开招生方案, lead: [市教育局], support: [各镇（街）]}
      - {id: 2, number: 二, text: 公开预算, responsible: [各镇（街）], deadline: {date: 2019-11-30}}
  - number: 二
    title: 定期
    tasks:
      - {id: 3, number: 三, text: 每季度公开, responsible: [市教育局, 各镇（街）], deadline: {every: quarter}}
      - {id: 4, number: 四, text: 公开执法, responsible: [各执法单位, 市教育局]}
"""
UNITS = ["市教育局", "市财政局", "台城街道", "各执法单位", "旧局", None]
DAYS = [None, None, "2019-03-31", "2019-11-02"]
LATER = [*DAYS, "2019-12-30", "2099-01-01"]
FORMS = ["市教育局", "市财政局"]


def whole_current(journal, scope=EVERYTHING, until=None, is_writer=False):
    return live_history(whole_read(journal), until)


def whole_read(journal, scope=EVERYTHING):
    lines, problems = contents(journal)
    return History([at_office(one.entry, journal.zone) for one in lines], problems)


make_ledger = Ledger.__init__


def whole_ledger(ledger, plan, latest, as_of, recurring=None, details=True):
    make_ledger(ledger, plan, latest, as_of, recurring)


class Office:
    """A plan with a journal, and two forms that its units filled in."""

    def __init__(self, folder: Path, gk, patch) -> None:
        self.folder, self.gk, self.patch = folder, gk, patch
        (folder / "plan.yaml").write_text(PLAN, "utf-8")
        patch.setenv("GKCHECK_PLAN", str(folder / "plan.yaml"))
        patch.setenv("GKCHECK_STORE", str(folder / "journal.jsonl"))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        self.write([])
        assert gk("form", *FORMS, "-o", folder / "forms").code == 0
        for unit, status in zip(FORMS, ("已完成", "推进中"), strict=True):
            day = {"办理日期": "2019-11-20"}
            fill(
                folder / "forms" / f"{unit}.xlsx",
                (1, {"完成情况": status, "进展情况": "已公布"}), (3, {"完成情况": status, **day}),
            )  # fmt: skip
        self.forms = [read_form((folder / "forms" / f"{unit}.xlsx").read_bytes(), unit).id for unit in FORMS]

    def write(self, facts) -> None:
        """Write a journal of these facts; a damaged line stands for each that is None."""
        written = [record_format.header("scopes")]
        for seq, fact in enumerate(facts, 1):
            draft, batch, form = fact or (Draft(Action.NOTE, task=1), 0, None)
            if draft.task is not None and draft.action in (Action.DONE, Action.START, Action.NOTE) and form is not None:
                draft = draft._replace(form=self.forms[form], unit=FORMS[form])
            line = record_format.encode(
                draft, seq=seq, at=f"2019-11-{min(seq, 30):02}T09:00:00.000000+08:00", by="李", batch=f"{batch:012x}"
            )
            written.append(line if fact else line.replace(b'"task":1', b'"task":2'))
        (self.folder / "journal.jsonl").write_bytes(b"".join(written))

    def answers(self, *words, made=None):
        """Return what a command answers over a long journal, and what it answers where it is given everything."""
        found = []
        for is_whole in (False, True):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("gkcheck.journal.file_store.LONG_JOURNAL", 0)
                if is_whole:
                    patch.setattr(Ledger, "__init__", whole_ledger)
                    patch.setattr(FileJournal, "read", whole_read)
                    patch.setattr(FileJournal, "current", whole_current)
                    patch.setattr(FileJournal, "latest", lambda journal, count: whole_read(journal).entries[-count:])
                answer = self.gk(*words)
            found.append((answer, made.read_bytes() if made and made.exists() else None))
            if made:
                made.unlink(missing_ok=True)
        return found


COMMANDS = (
    [],
    ["tasks", "--format", "json"],
    ["tasks", "市教育局", "--format", "json"],
    ["show", 1, 2, 3, 4, "--unit", "市财政局", "--format", "json"],
    *(
        ["status", "--by", by, "--format", kind]
        for by in ("section", "class", "unit", "task")
        for kind in ("table", "csv")
    ),
    ["status", "台城街道", "--format", "json"],
    *(["matrix", "--format", kind] for kind in ("table", "json", "tsv", "md")),
    ["matrix", "市教育局", "--as-of", "2019-11-15"],
    ["matrix", "--group", "各镇（街）", "--format", "csv"],
    ["units"],
    ["units", "--format", "json"],
    ["evidence", "--format", "json"],
    ["evidence", "市财政局", "--format", "json"],
    ["remind"],
    ["remind", "市教育局", "--as-of", "2019-11-10"],
    ["remind", "--list", "--format", "json"],
    ["remind", "--list", "--unit", "市财政局", "--format", "json"],
    ["review"],
    ["review", "市教育局"],
    ["fill", "--unit", "市财政局"],
    ["deadline", 1, 3, "2019-12-01", "--unit", "市教育局", "--dry-run"],
    ["confirm", 2, "--unit", "市财政局", "--dry-run"],
)
MADE = (
    ["export", "台账.json"],
    ["export", "台账.csv", "--unit", "市财政局"],
    ["export", "台账.csv", "--section", "一", "--status", "done"],
    ["export", "台账.json", "--by", "task", "--unit", "市财政局"],
    ["export", "台账.csv", "--by", "task"],
    ["export", "台账.html", "--by", "task"],
    ["report", "通报.md"],
    ["report", "通报.md", "--since", "2019-11-05"],
)


@st.composite
def facts(draw):
    """Facts in the order of recording: claims, letters, deadlines, undos of any batch, and here and there a damaged line."""
    found = []
    days = draw(st.sampled_from([DAYS, DAYS, LATER]))
    for number in range(1, draw(st.integers(1, 14))):
        if draw(st.integers(0, 19)) == 0:
            found.append(None)
            continue
        draft = draw(drafts)
        if draft.action is Action.UNDO:
            draft = draft._replace(undoes=f"{draw(st.integers(1, number)):012x}")
        else:
            unit, task = draw(st.sampled_from(UNITS)), draw(st.sampled_from([1, 2, 3, 4, 23]))
            draft = draft._replace(task=task, unit=unit, on=draw(st.sampled_from(days)))
        if draft.action is Action.DEADLINE:
            draft = draft._replace(every=draw(st.sampled_from([None, None, Every.QUARTER])))
        found.append((draft, draw(st.integers(max(1, number - 1), number)), draw(st.sampled_from([None, 0, 1]))))
    return found


@pytest.fixture
def office(gk, tmp_path, monkeypatch):
    monkeypatch.setattr(interactive, "_needs_person", lambda *_: None)
    monkeypatch.setattr(interactive, "ask", lambda _: "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        Context, "read_clock", lambda self: setattr(self, "_moment", "2019-12-10T01:00:00.000000+00:00")
    )
    return Office(tmp_path, gk, monkeypatch)


def check(office):
    """Compare every command's answers to a part of the journal and to the whole."""
    for command in COMMANDS:
        part, whole = office.answers(*command)
        assert part == whole, command
    for command in MADE:
        part, whole = office.answers(*command, made=office.folder / command[1])
        assert part == whole, command
    for option in ([], ["--force"], ["--partial"]):
        part, whole = office.answers("collect", "forms", "--dry-run", *option)
        assert part == whole, option
    for unit in FORMS:
        form = office.folder / "out" / f"{unit}.xlsx"
        part, whole = (
            [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(made))["填报表"]]
            for _, made in office.answers("form", unit, "-o", "out", "--force", made=form)
        )
        assert part == whole, unit


def fact(batch, action, task=None, unit=None, form=None, **more):
    return Draft(action, task, unit, **more), batch, form


YEAR = [
    fact(1, Action.START, 1, "市财政局"),
    fact(2, Action.NOTE, 1, "市财政局", note="正在起草", evidence=(Evidence("url", "https://a"),)),
    fact(3, Action.DONE, 1, form=0, note="已公布"),
    fact(4, Action.REOPEN, 1, "市教育局"),
    fact(5, Action.REMIND, 2, "市财政局", letter=1, reply_by="2019-11-10"),
    fact(6, Action.NOTE, 2, "市财政局", note="正在印发"),
    fact(7, Action.DONE, 2, "台城街道"),
    fact(8, Action.UNDO, undoes=f"{7:012x}"),
    fact(9, Action.UNDO, undoes=f"{8:012x}"),
    fact(10, Action.BLOCK, 4, note="等文件"),
    None,
    fact(12, Action.DONE, 3, "市教育局", on="2019-03-31"),
    fact(13, Action.CONFIRM, 3, "市教育局"),
    fact(14, Action.DEADLINE, 1, "旧局", every=Every.MONTH),
]
"""A year in which every command has something to tell that another unit, task or detail would not."""


def test_a_part_of_a_year_is_enough(office):
    office.write(YEAR)
    check(office)


def test_a_form_is_collected_without_decoding_what_others_recorded(office, monkeypatch):
    """20,000 entries of another unit; the first command builds the index."""
    others = [
        fact(n, [Action.DONE, Action.REOPEN][n % 2], n % 3 + 1, "台城街道", note="已公布") for n in range(1, 20_001)
    ]
    office.write([*others, fact(20_001, Action.DONE, 1, form=0, note="起草")])
    readers = [(record_format, "decode"), (index, "entry_in"), (lines, "entry_in")]
    counts = [Mock(wraps=getattr(room, name)) for room, name in readers]
    for (room, name), count in zip(readers, counts, strict=True):
        monkeypatch.setattr(room, name, count)
    assert "将记录 4 条" in office.gk("collect", "forms", "--dry-run").out
    assert office.gk("form", "市教育局", "-o", "out").code == 0
    assert 0 < sum(count.call_count for count in counts) < 500


@given(drawn=facts())
@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_part_of_the_journal_is_enough(office, drawn):
    """Undos, later days, whole tasks, tasks that come round, letters, forms recorded before, damaged lines."""
    office.write(drawn)
    check(office)
