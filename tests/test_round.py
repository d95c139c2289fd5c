"""One whole round of the office's paper: forms out, filled in, back, reviewed; every figure agrees with `status`.

`Round` keeps what the round should have come to, counted by the test itself; further papers (letters, the
bulletin, exports) are checked against the same figures: add a test that takes `after_the_round`.
"""

from __future__ import annotations

import io
import json
import shutil
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from gkcheck.cli.main import run
from tests.conftest import Answer, Gkcheck, move_in
from tests.office import converted

TOWNS = ["台城街道", "大江镇", "水步镇", "四九镇", "白沙镇", "三合镇", "冲蒌镇", "斗山镇", "都斛镇", "赤溪镇"]
DEPARTMENTS = ["市教育局", "市财政局", "市民政局", "市水利局", "市公安局"]
WORDS = {"未开始": "todo", "推进中": "doing", "受阻": "blocked", "已完成": "done", "不涉及": "skipped"}
PHONE = "0750-5512345"
CLAIMS = ["已完成", "推进中", "受阻", "不涉及", "已完成", "", "已完成"]


@dataclass
class Round:
    """The state after the round: `expected[(task, unit)]` is the status each assignment should have."""

    gk: Gkcheck
    folder: Path
    expected: dict[tuple[int, str], str]
    reasons: dict[tuple[int, str], str] = field(default_factory=dict)

    def counts(self, unit: str | None = None) -> Counter[str]:
        return Counter(status for (_, owner), status in self.expected.items() if unit in (None, owner))


def fill_in(path: Path, round_: Round, unit: str, start: int) -> None:
    """Claim something in six of seven rows, beginning elsewhere in each unit."""
    book = openpyxl.load_workbook(path)
    sheet = book["填报表"]
    columns = {cell.value: cell.column for cell in sheet[4]}
    sheet["F2"], sheet["I2"] = "经办人", PHONE
    for row in range(5, sheet.max_row + 1):
        claim = CLAIMS[(row + start) % len(CLAIMS)]
        if not claim:
            continue
        said = {
            "完成情况": claim,
            "办理日期": datetime(2019, 11, 1 + row % 28),
            "进展情况": f"={unit}第{row}行",
        }
        if claim == "已完成":
            said["佐证材料"] = f"公开页：https://www.example.gov.cn/{start}/{row}.html（2019-11-0{1 + row % 9}）"
        for title, value in said.items():
            cell = sheet.cell(row, columns[title])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        round_.expected[(sheet.cell(row, 1).value, unit)] = WORDS[claim]
    book.save(path)


@pytest.fixture(scope="module", params=["openpyxl", pytest.param("LibreOffice", marks=pytest.mark.long)])
def the_round(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Round:
    """Forms to all, fifteen filled in (every second one saved by LibreOffice), collected and reviewed: once."""
    place = tmp_path_factory.mktemp("round")
    with pytest.MonkeyPatch.context() as patch:
        move_in(place, patch)
        patch.setenv("GKCHECK_STORE", str(place / "journal.jsonl"))
        assert "新建日志" in run_here("repair").err
        return whole_round(place, saved_by_libreoffice=request.param == "LibreOffice")


def run_here(*arguments: object) -> Answer:
    """Run a command line in this process, for what outlives one test."""
    out, err = io.BytesIO(), io.BytesIO()
    with (
        redirect_stdout(io.TextIOWrapper(out, "utf-8", write_through=True)),
        redirect_stderr(io.TextIOWrapper(err, "utf-8", write_through=True)),
    ):
        code = run([str(argument) for argument in arguments])
        return Answer(code, out.getvalue().decode(), err.getvalue().decode())


def whole_round(place: Path, *, saved_by_libreoffice: bool) -> Round:
    gk = run_here
    folder = place / "forms"
    assert gk("form", "-o", folder).code == 0
    owed = {
        (task["id"], cell["unit"]): cell["status"]
        for task in gk("tasks", "--format", "json").json()
        for cell in task["assignments"]
    }
    round_ = Round(gk, folder, owed)
    filled = [*TOWNS, *DEPARTMENTS]
    for start, unit in enumerate(filled):
        fill_in(folder / f"{unit}.xlsx", round_, unit, start)
    if saved_by_libreoffice:
        for path in converted(place / "saved", "xlsx", *(folder / f"{unit}.xlsx" for unit in filled[::2])):
            shutil.copy(path, folder)
    answer = gk("collect", folder)
    assert answer.code == 0, answer
    review(round_)
    return round_


@pytest.fixture
def after_the_round(the_round: Round, gk: Gkcheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Round:
    """The state after the round, in a journal and with forms of the test's own."""
    shutil.copy(the_round.folder.parent / "journal.jsonl", tmp_path)
    shutil.copytree(the_round.folder, tmp_path / "forms")
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "journal.jsonl"))
    return replace(the_round, gk=gk, folder=tmp_path / "forms")


def review(round_: Round) -> None:
    """The office confirms every claim of the towns but the first, and sends one back of each department."""
    for unit in TOWNS[1:]:
        done = [task for (task, owner), status in round_.expected.items() if owner == unit and status == "done"]
        assert round_.gk("confirm", *done, "--unit", unit).code == 0
        round_.expected.update({(task, unit): "confirmed" for task in done})
    for unit in DEPARTMENTS:
        task = next(task for (task, owner), status in round_.expected.items() if owner == unit and status == "done")
        assert round_.gk("return", task, "--unit", unit, "--note", f"{unit}的链接打不开").code == 0
        round_.expected[(task, unit)] = "doing"
        round_.reasons[(task, unit)] = f"{unit}的链接打不开"


def test_the_figures_of_status_are_what_the_units_said_and_the_office_decided(after_the_round):
    status = after_the_round.gk("status", "--format", "json").json()
    counts = after_the_round.counts()
    names = ("todo", "doing", "blocked", "done", "confirmed", "skipped")
    assert {name: status["assignments"][name] for name in names} == {name: counts[name] for name in names}
    assert all(counts[name] for name in names)
    whole = sum(counts.values()) - counts["skipped"]
    assert status["assignments"]["reported_rate"] == round(
        100 * (counts["done"] + counts["confirmed"]) / whole + 1e-9, 2
    )
    assert status["assignments"]["confirmed_rate"] == round(100 * counts["confirmed"] / whole + 1e-9, 2)
    for unit in status["units"]:
        own = after_the_round.counts(unit["unit"])
        assert {name: unit[name] for name in names} == {name: own[name] for name in names}


def test_every_assignment_stands_as_it_should(after_the_round):
    found, reasons = {}, {}
    for task in after_the_round.gk("tasks", "--format", "json").json():
        for cell in task["assignments"]:
            found[(task["id"], cell["unit"])] = cell["status"]
            if (task["id"], cell["unit"]) in after_the_round.reasons:
                reasons[(task["id"], cell["unit"])] = cell["act"]["note"]
    assert found == after_the_round.expected
    assert reasons == after_the_round.reasons


def test_collecting_again_records_nothing(after_the_round, tmp_path):
    """Nor does what the office decided meanwhile become a conflict."""
    before = (tmp_path / "journal.jsonl").read_bytes()
    answer = after_the_round.gk("collect", after_the_round.folder)
    assert (answer.code, "没有新的填报内容" in answer.out) == (0, True), answer.out[-2000:]
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_the_next_forms_show_where_things_stand(after_the_round, tmp_path):
    folder = tmp_path / "next"
    assert after_the_round.gk("form", "-o", folder).code == 0
    words = {code: word for word, code in WORDS.items()} | {"confirmed": "已办结"}
    for unit in (*TOWNS, *DEPARTMENTS):
        sheet = openpyxl.load_workbook(folder / f"{unit}.xlsx")["填报表"]
        for row in sheet.iter_rows(min_row=5, values_only=True):
            assert row[5].startswith(words[after_the_round.expected[(row[0], unit)]])
            reason = after_the_round.reasons.get((row[0], unit))
            assert reason is None or reason in row[5]


def test_what_was_claimed_carries_its_evidence(after_the_round):
    found = after_the_round.gk("evidence", "--format", "json").json()
    claimed = Counter((item["task"], item["unit"]) for item in found)
    once_done = {key for key, status in after_the_round.expected.items() if status in ("done", "confirmed")}
    assert set(claimed) == once_done | set(after_the_round.reasons)
    assert set(claimed.values()) == {1}
    assert all(item["title"] == "公开页" and item["published"].startswith("2019-11-0") for item in found)


def test_one_undo_takes_the_collection_back(gk, after_the_round):
    batch = next(entry["batch"] for entry in gk("log", "--format", "json").json() if entry["by"] == "经办人")
    assert gk("undo", batch).code == 2
    assert gk("undo", batch, "--force").code == 0
    assert gk("check").code == 0


def owing(round_: Round) -> set[str]:
    """Units that still have something neither reported nor 不涉及."""
    return {unit for (_, unit), status in round_.expected.items() if status in ("todo", "doing", "blocked")}


def test_a_letter_goes_to_every_unit_that_owes_something_and_no_other(after_the_round, tmp_path):
    folder = tmp_path / "letters"
    assert after_the_round.gk("remind", "-o", folder, "--format", "txt").code == 0
    letters = {path: path.read_text("utf-8") for path in folder.iterdir()}
    for unit in owing(after_the_round):
        assert sum(unit in path.name for path in letters) == 1, unit
    assert len(letters) == len(owing(after_the_round))
    for (_, unit), reason in after_the_round.reasons.items():
        assert any(reason in text for path, text in letters.items() if unit in path.name), unit


def test_every_export_and_the_bulletin_show_the_same_figures(after_the_round, tmp_path):
    gk = after_the_round.gk
    counts = after_the_round.counts()
    exported = tmp_path / "ledger.json"
    assert gk("export", exported, "--by", "task").code == 0
    tasks = json.loads(exported.read_text("utf-8-sig"))
    assert {
        (task["id"], cell["unit"]): cell["status"] for task in tasks for cell in task["assignments"]
    } == after_the_round.expected
    assert gk("export", tmp_path / "ledger.xlsx", "--by", "assignment").code == 0
    sheet = openpyxl.load_workbook(tmp_path / "ledger.xlsx").worksheets[0]
    cells = Counter(str(cell.value) for row in sheet.iter_rows() for cell in row)
    words = {code: word for word, code in WORDS.items()} | {"confirmed": "已办结"}
    for code in ("blocked", "done", "confirmed", "skipped"):
        assert sum(count for text, count in cells.items() if text.startswith(words[code])) == counts[code], code
    for name in ("report.html", "report.md"):
        assert gk("report", tmp_path / name).code == 0
        text = (tmp_path / name).read_text("utf-8")
        status = gk("status", "--format", "json").json()["assignments"]
        assert f"{status['reported_rate']:.2f}" in text
        assert f"{status['confirmed_rate']:.2f}" in text
        assert all(reason in text for reason in after_the_round.reasons.values())
