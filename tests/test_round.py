"""One whole round of the office's paper: forms out, filled in, back, reviewed, letters twice; all of it held against
what was drawn.

`Round` keeps what the round should have come to, drawn and counted by the test itself. Quickly it is filled in by
openpyxl; the long run has LibreOffice fill it in, and one form with everything that people do to a form.
"""

from __future__ import annotations

import io
import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from gkcheck.cli.main import run
from gkcheck.exporters.registry import DATA, DOCUMENTS, suffixes_of
from tests.conftest import Answer, Gkcheck, move_in
from tests.forms.sheets import ASKED_ONCE, COLUMN, TITLES
from tests.office import Order, filled_in
from tests.test_contacts import texts
from tests.test_exporters import ROWS_IN, TEXT_IN

TOWNS = ["台城街道", "大江镇", "水步镇", "四九镇", "白沙镇", "三合镇", "冲蒌镇", "斗山镇", "都斛镇", "赤溪镇"]
DEPARTMENTS = ["市财政局", "市民政局", "市水利局", "市公安局"]
ODD = "市教育局"
"""Its form is filled in with every oddity; it is the fifteenth."""
WORDS = {"未开始": "todo", "推进中": "doing", "受阻": "blocked", "已完成": "done", "不涉及": "skipped"}
LABELS = {code: word for word, code in WORDS.items()} | {"confirmed": "已办结"}
PHONE = "0750-5598761"
Key = tuple[int, str]
Facts = dict[str, object]


@dataclass
class Round:
    """The state after the round: `expected[(task, unit)]` is the status of each assignment, `claims` what its unit
    said (fields of the claim, and `evidence`), `acts` the office's answer with its reason."""

    gk: Gkcheck
    folder: Path
    expected: dict[Key, str]
    odd: Answer | None = None
    rows: dict[str, dict[int, int]] = field(default_factory=dict)
    claims: dict[Key, Facts] = field(default_factory=dict)
    acts: dict[Key, tuple[str, str | None]] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[Key, str]:
        return {key: reason for key, (action, reason) in self.acts.items() if action == "return" and reason}

    def counts(self, unit: str | None = None) -> Counter[str]:
        return Counter(status for (_, owner), status in self.expected.items() if unit in (None, owner))

    def claim(self, task: int, unit: str, status: str, **said: object) -> None:
        """Keep what a unit says of one assignment; what is not named it leaves empty."""
        self.expected[task, unit] = status
        empty = {"note": None, "problem": None, "next": None, "day": None, "evidence": []}
        self.claims[task, unit] = empty | {"status": status, "by": f"{unit}经办人", "recorded_by": "测试"} | said


def draw_claims(round_: Round, unit: str) -> dict[int, dict[str, str]]:
    """Claim something in five of six rows, and keep it as what is true; the cells by row and title."""
    drawn = random.Random(unit)
    cells: dict[int, dict[str, str]] = {}
    for task, row in round_.rows[unit].items():
        word = drawn.choice([*WORDS, "已完成"])
        if word == "未开始":
            continue
        day = f"2019-11-{drawn.randint(1, 28):02}"
        said = {
            "完成情况": word,
            "办理日期": day,
            "进展情况": f"={unit}第{task}项的进展",
            "下一步措施": f"{unit}下一步{task}",
        }
        truth: Facts = {"day": day, "note": said["进展情况"], "next": said["下一步措施"]}
        if word == "受阻":
            said["存在问题"] = truth["problem"] = f"{unit}缺第{task}项的经费"
        if word == "已完成":
            address = f"https://www.example.gov.cn/{row}/{task}.html"
            said["佐证材料"] = f"公开页：{address}（{day}）"
            truth["evidence"] = [{"kind": "url", "value": address, "title": "公开页", "published": day}]
        cells[row] = said
        round_.claim(task, unit, WORDS[word], **truth)
    return cells


def write_with_openpyxl(path: Path, unit: str, cells: dict[int, dict[str, str]]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["填报表"]
    for address, text in registration(unit).items():
        sheet[address] = text
    for row, said in cells.items():
        for title, text in said.items():
            cell = sheet.cell(row, COLUMN[title], text)
            cell.data_type = "s"
    book.save(path)


def registration(unit: str) -> dict[str, str]:
    return {ASKED_ONCE["填报人"]: f"{unit}经办人", ASKED_ONCE["联系电话"]: PHONE}


def place(row: int, title: str) -> str:
    """Return the address of a cell of the form."""
    return f"{'ABCDEFGHIJKLM'[TITLES.index(title)]}{row}"


def orders_for(unit: str, cells: dict[int, dict[str, str]]) -> Iterator[Order]:
    """Yield what a person does at LibreOffice: days are typed as at the keyboard, everything else is text."""
    yield ("show", "填报表")
    for address, text in registration(unit).items():
        yield ("text", address, text)
    for row, said in cells.items():
        for title, text in said.items():
            yield ("type" if title == "办理日期" else "text", place(row, title), text)


# -- the form with every oddity -------------------------------------------------------------------------

LINK = "https://www.example.gov.cn/zfxxgk/2019.html"
WORDS_UNDERSTOOD = {"办结": "done", "√": "done", "☑": "done", " 推\u200b进 。": "doing", "未启动": "todo"}
PARTS = ["未完成", "部分完成", "基本完成"]
DAYS = {"11月5日": "2019-11-05", "11.5": "2019-11-05", "2019年11月": "2019-11-30"}


def odd_orders(round_: Round, picture: Path) -> tuple[list[Order], list[tuple[str, str]]]:
    """Return the orders that fill the odd form in, and what is to be listed of it: the cell and words of the message.

    What is to be taken is kept as what is true. The tasks are used one after the other.
    """
    tasks = iter(round_.rows[ODD].items())
    orders: list[Order] = [
        ("show", "_gkcheck"), ("text", "B5", "2019-11-30T09:00:00+08:00"), ("copy", "填报表", "填报表（2）"),
        *orders_for(ODD, {}), ("text", "C2", "台山市教育局"),
    ]  # fmt: skip
    listed: list[tuple[str, str]] = []

    def row(**said: object) -> int:
        """Take the next row, and claim in it what is said."""
        task, number = next(tasks)
        if said:
            round_.claim(task, ODD, **said)
        return number

    at = row()  # of task 1, which was recorded as finished before
    orders.append(("text", place(at, "完成情况"), "未\u200b开始"))
    listed.append((place(at, "完成情况"), "请核对：具体要求 1 已经是“已完成”"))

    at = row(status="done", evidence=[{"kind": "url", "value": LINK, "title": "招生方案"}])
    orders += [("text", place(at, "完成情况"), "已完成"), ("link", place(at, "佐证材料"), LINK, "招生方案")]

    top = row(status="skipped", day="2019-11-06")
    bottom = row(status="skipped", day="2019-11-06")
    for title, text in (("完成情况", "不涉及"), ("办理日期", "2019-11-06")):
        orders += [("type", place(top, title), text), ("merge", f"{place(top, title)}:{place(bottom, title)}")]

    at = row()
    orders.append(("text", place(at, "目前状态"), "已完成"))
    listed.append((place(at, "目前状态"), "改写的“已完成”没有记录，要报告的请填在“完成情况”"))

    for word, status in WORDS_UNDERSTOOD.items():
        at = row(status=status, note=f"写作{word.strip()}")
        orders += [("text", place(at, "完成情况"), word), ("text", place(at, "进展情况"), f"写作{word.strip()}")]
    orders.append(("note", place(at, "进展情况"), "以电话为准"))
    listed.append((place(at, "进展情况"), "批注“以电话为准”没有读"))

    for word in PARTS:
        at = row()
        orders.append(("text", place(at, "完成情况"), word))
        listed.append((place(at, "完成情况"), f"不认识的完成情况“{word}”，可填："))

    for typed, day in DAYS.items():
        at = row(status="done", day=day)
        orders += [("text", place(at, "完成情况"), "完成"), ("type", place(at, "办理日期"), typed)]
    orders.append(("picture", place(at, "佐证材料"), picture.as_uri()))
    listed.append((place(at, "佐证材料"), "图片没有读"))

    at = row()
    orders += [("text", place(at, "完成情况"), "已完成"), ("text", place(at, "办理日期"), "下周")]
    listed.append((place(at, "办理日期"), "“下周”不是日期"))

    at = row()
    orders += [("text", place(at, "完成情况"), "已完成"), ("text", place(at, "进展情况"), f"请找张三{PHONE}")]
    listed.append((place(at, "进展情况"), "写了电话号码"))

    at = row(status="doing", note="已公布")
    orders += [("text", place(at, "完成情况"), "在办"), ("text", place(at, "进展情况"), "已公布，尚未开会")]
    orders.append(("strike", place(at, "进展情况"), "，尚未开会"))
    listed.append((place(at, "进展情况"), "有删除线的“，尚未开会”没有读"))

    at = row()
    orders += [("text", place(at, "完成情况"), "已完成"), ("strike", place(at, "完成情况"), "已完成")]
    listed.append((place(at, "完成情况"), "有删除线的“已完成”没有读"))

    at = row(status="blocked", problem="缺人")
    orders += [("text", place(at, "完成情况"), "受阻"), ("text", place(at, "存在问题"), "缺人")]
    orders += [("text", "N4", "备注"), ("text", f"N{at}", "待补充")]
    listed.append((f"N{at}", "增加的“备注”一栏有 1 格内容，“待补充”等没有读"))

    orders += [("add", "说明"), ("show", "说明"), ("text", "B2", "情况说明"), ("show", "填报表（2）")]
    listed.append(("说明!B2", "工作表“说明”不是填报表，有 1 格内容没有读"))
    at = row(status="done", note="写在复制的表里")
    orders += [("text", place(at, "完成情况"), "已完成"), ("text", place(at, "进展情况"), "写在复制的表里")]
    return orders, listed


# -- the round ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["openpyxl", pytest.param("LibreOffice", marks=pytest.mark.long)])
def the_round(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Round:
    """Forms to all, fifteen filled in, collected, ten claims confirmed, three returned, letters twice: once."""
    folder = tmp_path_factory.mktemp("round")
    with pytest.MonkeyPatch.context() as patch:
        move_in(folder, patch)
        patch.setenv("GKCHECK_STORE", str(folder / "journal.jsonl"))
        assert "新建日志" in run_here("repair").err
        return whole_round(folder, by_libreoffice=request.param == "LibreOffice")


def run_here(*arguments: object) -> Answer:
    """Run a command line in this process, for what outlives one test."""
    out, err = io.BytesIO(), io.BytesIO()
    with (
        redirect_stdout(io.TextIOWrapper(out, "utf-8", write_through=True)),
        redirect_stderr(io.TextIOWrapper(err, "utf-8", write_through=True)),
    ):
        code = run([str(argument) for argument in arguments])
        return Answer(code, out.getvalue().decode(), err.getvalue().decode())


def whole_round(place: Path, *, by_libreoffice: bool) -> Round:
    gk, folder = run_here, place / "forms"
    assert gk("done", 1, "--unit", ODD, "--on", "2019-11-01", "--by", "张三").code == 0
    assert gk("form", "-o", folder).code == 0
    assert len(list(folder.iterdir())) == 40
    round_ = Round(gk, folder, {key: cell["status"] for key, cell in standing(gk).items()})
    round_.claim(1, ODD, "done", by="张三", recorded_by=None, day="2019-11-01")
    for unit in (*TOWNS, *DEPARTMENTS, ODD):
        sheet = openpyxl.load_workbook(folder / f"{unit}.xlsx")["填报表"]
        round_.rows[unit] = {sheet.cell(row, 1).value: row for row in range(5, sheet.max_row + 1)}
    cells = {unit: draw_claims(round_, unit) for unit in (*TOWNS, *DEPARTMENTS)}
    if by_libreoffice:
        collect_what_libreoffice_saved(round_, place, cells)
    else:
        cells[ODD] = {}
        for unit, said in cells.items():
            write_with_openpyxl(folder / f"{unit}.xlsx", unit, said)
        answer = gk("collect", folder)
        assert answer.code == 0, answer
    review(round_)
    return round_


def collect_what_libreoffice_saved(round_: Round, place: Path, cells: dict[str, dict[int, dict[str, str]]]) -> None:
    """Have the forms filled in, the odd one too, and collect them: that one on demand in part."""
    picture = place / "picture.png"
    Image.new("RGB", (8, 8)).save(picture)
    odd, listed = odd_orders(round_, picture)
    orders = {round_.folder / f"{unit}.xlsx": list(orders_for(unit, said)) for unit, said in cells.items()}
    for path in filled_in(place / "saved", {**orders, round_.folder / f"{ODD}.xlsx": odd}):
        shutil.copy(path, round_.folder)
    claimed = [key for key in round_.claims if key[1] != ODD]
    round_.odd = round_.gk("collect", round_.folder)
    assert (round_.odd.code, f"已记录 {len(claimed)} 条" in round_.odd.out) == (1, True), round_.odd
    assert {key[1] for key, cell in standing(round_.gk).items() if cell["claim"] and key != (1, ODD)} == {*cells}
    check_listed(round_.odd, listed)
    round_.odd = round_.gk("collect", round_.folder, "--partial")
    assert f"已记录 {len(round_.claims) - len(claimed) - 1} 条" in round_.odd.out, round_.odd
    check_listed(round_.odd, listed)


def check_listed(answer: Answer, expected: list[tuple[str, str]]) -> None:
    """Hold what `collect` lists against what is to be listed: each piece with its cell, and nothing else."""
    lines = dict(re.findall(r"^[^!\n]+\.xlsx!(\S+): (.*)", answer.out, re.MULTILINE))
    assert lines.keys() == {address for address, _ in expected}, answer.out
    assert [(address, words) for address, words in expected if words not in lines[address]] == [], lines
    for word, status in WORDS_UNDERSTOOD.items():
        shown = word.strip().replace("\u200b", "\\u200b")
        assert f"“{shown}”按“{LABELS[status]}”" in answer.err


def review(round_: Round) -> None:
    """The office confirms ten claims, sends three back, and sends letters, twice."""
    done = [key for key, status in sorted(round_.expected.items()) if status == "done" and key[1] != ODD]
    answered = random.Random(14).sample(done, 13)
    for task, unit in answered[:10]:
        assert round_.gk("confirm", task, "--unit", unit, "--by", "审核员", "--note", "属实").code == 0
        round_.expected[task, unit], round_.acts[task, unit] = "confirmed", ("confirm", "属实")
    for task, unit in answered[10:]:
        reason = f"{unit}第{task}项的链接打不开"
        assert round_.gk("return", task, "--unit", unit, "--by", "审核员", "--note", reason).code == 0
        round_.expected[task, unit], round_.acts[task, unit] = "doing", ("return", reason)
    for name in ("first", "second"):
        answer = round_.gk("remind", "-o", round_.folder.parent / name, "--format", "txt")
        assert answer.code == 0, answer


@pytest.fixture
def after_the_round(the_round: Round, gk: Gkcheck, own_home: Path, tmp_path: Path, monkeypatch) -> Round:
    """The state after the round, in a journal, with contacts and with forms of the test's own."""
    place = the_round.folder.parent
    shutil.copy(place / "journal.jsonl", tmp_path)
    shutil.copytree(the_round.folder, tmp_path / "forms")
    shutil.copytree(place / ".config", own_home / ".config")
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "journal.jsonl"))
    return replace(the_round, gk=gk, folder=tmp_path / "forms")


def standing(gk: Gkcheck) -> dict[Key, Facts]:
    """Return every assignment as `tasks` tells it."""
    tasks = gk("tasks", "--format", "json").json()
    return {(task["id"], cell["unit"]): cell for task in tasks for cell in task["assignments"]}


def owing(round_: Round) -> set[str]:
    """Units that still have something neither reported nor 不涉及."""
    return {unit for (_, unit), status in round_.expected.items() if status in ("todo", "doing", "blocked")}


# -- what became of it ----------------------------------------------------------------------------------


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


def test_every_assignment_stands_as_it_was_drawn(after_the_round):
    """Status, what the unit said, and the office's answer beside it; of the assignments nobody spoke of, nothing."""
    found = standing(after_the_round.gk)
    assert {key: cell["status"] for key, cell in found.items()} == after_the_round.expected
    for key, cell in found.items():
        claim, act = cell["claim"], cell["act"]
        said = after_the_round.claims.get(key)
        if said is None:
            assert (claim, cell["evidence"]) == (None, []), key
        else:
            said = said | {"day": said["day"] or claim["at"][:10]}
            assert {name: {**claim, "evidence": cell["evidence"]}[name] for name in said} == said, key
        answer = (act["action"], act["note"]) if act else None
        assert answer == after_the_round.acts.get(key)
        assert act is None or act["by"] == "审核员"


def test_collecting_again_records_nothing(after_the_round, tmp_path):
    """Nor does what the office decided meanwhile become a conflict."""
    before = (tmp_path / "journal.jsonl").read_bytes()
    answer = after_the_round.gk("collect", after_the_round.folder, "--partial")
    assert (answer.code, "没有新的填报内容" in answer.out) == (1 if after_the_round.odd else 0, True), answer
    if after_the_round.odd:
        listed = [line for line in after_the_round.odd.out.splitlines() if ".xlsx!" in line and ": " in line]
        assert [line for line in answer.out.splitlines() if ".xlsx!" in line] == listed
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_the_next_forms_show_where_things_stand(after_the_round, tmp_path):
    folder = tmp_path / "next"
    assert after_the_round.gk("form", "-o", folder).code == 0
    for unit in (*TOWNS, *DEPARTMENTS, ODD):
        sheet = openpyxl.load_workbook(folder / f"{unit}.xlsx")["填报表"]
        for row in sheet.iter_rows(min_row=5, values_only=True):
            assert row[5].startswith(LABELS[after_the_round.expected[(row[0], unit)]])
            reason = after_the_round.reasons.get((row[0], unit))
            assert reason is None or reason in row[5]


def test_what_was_claimed_carries_its_evidence(after_the_round):
    found = after_the_round.gk("evidence", "--format", "json").json()
    claimed = {(item["task"], item["unit"]): item["value"] for item in found}
    assert claimed == {key: said["evidence"][0]["value"] for key, said in after_the_round.claims.items() if said["evidence"]}  # fmt: skip
    assert len(found) == len(claimed)


def test_one_undo_takes_the_collection_back(gk, after_the_round):
    batch = next(entry["batch"] for entry in gk("log", "--format", "json").json() if entry["by"] == f"{TOWNS[0]}经办人")
    assert gk("undo", batch).code == 2
    assert gk("undo", batch, "--force").code == 0
    assert gk("check").code == 0


# -- on paper -------------------------------------------------------------------------------------------


def test_letters_go_twice_to_every_unit_that_owes_and_their_numbers_run_on(the_round, after_the_round):
    units = owing(after_the_round)
    letters = after_the_round.gk("remind", "--list", "--format", "json").json()
    assert sorted(letter["number"] for letter in letters) == list(range(1, 2 * len(units) + 1))
    for name, numbers in (("first", range(1, len(units) + 1)), ("second", range(len(units) + 1, 2 * len(units) + 1))):
        paper = {path.name: path.read_text("utf-8") for path in (the_round.folder.parent / name).iterdir()}
        assert {letter["unit"] for letter in letters if letter["number"] in numbers} == units
        assert len(paper) == len(units)
        for letter in letters:
            if letter["number"] in numbers:
                (text,) = [text for file, text in paper.items() if f"-{letter['number']}-" in file]
                assert letter["unit"] in text
                assert re.search(rf"〕{letter['number']}号", text)
                assert ("第二次催办" in text) == (name == "second")
                assert all(
                    reason in text for key, reason in after_the_round.reasons.items() if key[1] == letter["unit"]
                )
                assert (PHONE in text) == (letter["unit"] in after_the_round.rows)
    for key, cell in standing(after_the_round.gk).items():
        owes = after_the_round.expected[key] in ("todo", "doing", "blocked")
        assert len(cell["letters"]) == (2 if owes else 0), key


def test_show_tells_claim_and_act_apart(after_the_round):
    for (task, unit), (action, note) in after_the_round.acts.items():
        said = after_the_round.claims[task, unit]
        rows = ROWS_IN[".md"](after_the_round.gk("show", task, "--format", "md").out.encode())
        head = next(row for row in rows if row[0] == "责任单位" and "状态" in row)
        cells = dict(zip(head, next(row for row in rows if row[0] == unit and len(row) == len(head)), strict=True))
        assert (cells["填报人"], cells["更新"]) == (said["by"], said["day"])
        assert cells["备注"] == f"{said['note']}；下一步措施：{said['next']}"
        opinion = {"confirm": "确认办结", "return": "退回"}[action]
        assert re.fullmatch(rf"{opinion}：{note}（审核员，\d{{4}}-\d\d-\d\d）", cells["审核"])
        found = after_the_round.gk("show", task, "--format", "json").json()
        cell = next(cell for cell in found["assignments"] if cell["unit"] == unit)
        assert (cell["claim"]["note"], cell["act"]["note"], cell["act"]["action"]) == (said["note"], note, action)
        assert cell["returned"] == (action == "return")


@pytest.mark.parametrize("suffix", [one for one in suffixes_of(DATA) if one != ".json"])
def test_every_export_carries_claim_and_act_apart(after_the_round, tmp_path, suffix):
    path = tmp_path / f"ledger{suffix}"
    assert after_the_round.gk("export", path, "--by", "assignment").code == 0
    rows = ROWS_IN[suffix](path.read_bytes())
    head = next(row for row in rows if "审核意见" in row)
    exported = {}
    for row in rows[rows.index(head) + 1 :]:
        cells = dict(zip(head, row, strict=False))
        if len(row) == len(head) and cells["序号"].isdecimal():
            exported[int(cells["序号"]), cells["责任单位"]] = cells
    assert exported.keys() == after_the_round.expected.keys()
    for key, cells in exported.items():
        said = after_the_round.claims.get(key, {})
        action, reason = after_the_round.acts.get(key, (None, None))
        titles = {"进展情况": "note", "存在问题": "problem", "下一步措施": "next", "填报人": "by"}
        assert {title: cells[title] for title in titles} == {
            title: said.get(name) or "" for title, name in titles.items()
        }
        assert cells["审核人"] == ("审核员" if action else "")
        assert cells["审核意见"] == {"confirm": f"确认办结：{reason}", "return": f"退回：{reason}", None: ""}[action]
        assert LABELS[after_the_round.expected[key]] in cells["状态"]
        owes = after_the_round.expected[key] in ("todo", "doing", "blocked")
        assert cells["催办次数"] == ("2" if owes else "")


def test_the_export_for_programs_carries_claim_and_act_apart(after_the_round, tmp_path):
    assert after_the_round.gk("export", tmp_path / "ledger.json", "--by", "task").code == 0
    exported = {
        (task["id"], cell["unit"]): cell
        for task in json.loads((tmp_path / "ledger.json").read_text("utf-8-sig"))
        for cell in task["assignments"]
    }
    assert exported == standing(after_the_round.gk)


@pytest.mark.parametrize("suffix", suffixes_of(DOCUMENTS))
def test_the_bulletin_tells_reasons_from_claims(after_the_round, tmp_path, suffix):
    """A return is told with the office's reason, an obstacle with the unit's problem, and no progress note at all."""
    path = tmp_path / f"bulletin{suffix}"
    assert after_the_round.gk("report", path).code == 0
    text = TEXT_IN[suffix](path.read_bytes())
    status = after_the_round.gk("status", "--format", "json").json()["assignments"]
    assert f"{status['reported_rate']:.2f}" in text
    assert f"{status['confirmed_rate']:.2f}" in text
    assert all(f"“{reason}”" in text for reason in after_the_round.reasons.values())
    problems = {said["problem"] for said in after_the_round.claims.values() if said["problem"]}
    assert any(f"“{problem}”" in text for problem in problems)
    assert not any(said["note"] in text for said in after_the_round.claims.values() if said["note"])
    assert "属实" not in text


def test_the_number_of_a_clerk_stands_in_letters_only(after_the_round, tmp_path):
    """Not in the journal, nor in any export, bulletin, list, history or next form; the register has it."""
    gk = after_the_round.gk
    contacts = gk("units", "--contacts", "--format", "json").json()
    assert {one["unit"]: one["phone"] for one in contacts} == dict.fromkeys(after_the_round.rows, PHONE)
    made = tmp_path / "made"
    made.mkdir()
    for suffix in suffixes_of(DATA):
        assert gk("export", made / f"ledger{suffix}").code == 0
    for suffix in suffixes_of(DOCUMENTS):
        assert gk("report", made / f"bulletin{suffix}").code == 0
    assert gk("form", "-o", made / "next").code == 0
    shutil.copy(tmp_path / "journal.jsonl", made)
    files = [path for path in made.rglob("*") if path.is_file()]
    assert len(files) == len(suffixes_of(DATA)) + len(suffixes_of(DOCUMENTS)) + 40 + 1
    assert [path.name for path in files if PHONE in texts(path) or PHONE.replace("-", "") in texts(path)] == []
    for line in (["show", task] for task, _ in after_the_round.claims):
        assert PHONE not in gk(*line).out
    for line in (["log"], ["tasks"], ["evidence"], ["units"], ["status"], ["remind", "--list"], ["check"]):
        assert PHONE not in gk(*line).out, line
