"""Hostile texts go out and come back as they were, by our own reader and through LibreOffice; cells of any type."""

from __future__ import annotations

import io
import json
from datetime import date, datetime

import openpyxl
import pytest

from gkcheck.forms.cells import day_in, encoded, number_in, text_in
from gkcheck.journal import record_format
from tests import processes
from tests.conftest import examples, needs
from tests.forms.sheets import entries, fill
from tests.office import converted

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "'=1", "\t=1".strip(), "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "a&b<c>\"d'",
    "]]>", "&amp;", "\x1b[31m红\x1b[0m", "‮abc", "_x001B_", "_x005F_x001B_", "a\nb", "😀𠮷", "#N/A", "#REF!", "TRUE",
    "007", "1e5", "2019-11-01", "{=1}", "%00", "../../etc", "长" * 15_000, "a  b", "－1", "＝1",
]  # fmt: skip


def test_hostile_words_of_a_unit_come_back_as_the_same_text(gk, sent, store):
    """Typed into a text cell, as office programs store it; recorded, exported and shown as they were."""
    folder = sent("台城", "市教育局")
    owed = [task["id"] for task in gk("tasks", "--unit", "台城", "--format", "json").json()]
    owed_too = [task["id"] for task in gk("tasks", "--unit", "市教育局", "--format", "json").json()]
    placed = [("台城街道", task) for task in owed] + [("市教育局", task) for task in owed_too]
    wanted = dict(zip(placed, HOSTILE, strict=False))
    for unit in ("台城街道", "市教育局"):
        rows = [
            (task, {"完成情况": "推进中", "进展情况": encoded(text)})
            for (owner, task), text in wanted.items()
            if owner == unit
        ]
        fill(folder / f"{unit}.xlsx", *rows)
    assert gk("collect", folder).code == 0
    assert {(entry["unit"], entry["task"]): entry["note"] for entry in gk("log", "--format", "json").json()} == wanted
    assert "\x1b" not in gk("collect", folder).out


def hostile_plan(tmp_path):
    plan = tmp_path / "hostile.yaml"
    units = ["=HYPERLINK(1)", "../../逃出", "a/b", "CON", "甲" * 120, "<b>乙</b>", '名:*?"<>|', "a:b", "丙"]
    tasks = [
        {"id": i, "number": str(i), "text": text, "responsible": units}
        for i, text in enumerate([text for text in HOSTILE if text.isprintable()], 1)
    ]
    plan.write_text(
        json.dumps(
            {
                "format": 1,
                "id": "hostile",
                "title": "=1+1",
                "units": [{"name": unit} for unit in units],
                "sections": [{"number": "一", "title": "@节", "tasks": tasks}],
            },
            ensure_ascii=False,
        ),
        "utf-8",
    )
    return plan


def test_hostile_names_and_texts_of_a_plan_go_out_and_come_back(gk, tmp_path, store):
    plan = hostile_plan(tmp_path)
    store.write_bytes(record_format.header("hostile"))
    folder = tmp_path / "out"
    answer = gk("form", "--plan", plan, "-o", folder)
    assert answer.code == 0, answer
    paths = sorted(folder.iterdir())
    assert len(paths) == 9
    assert {path.parent for path in paths} == {folder}
    for path in paths:
        book = openpyxl.load_workbook(path)
        sheet = book["填报表"]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
        for row in sheet.iter_rows(min_row=5):
            row[6].value = "已完成"
        book.save(path)
    answer = gk("collect", folder, "--plan", plan)
    assert answer.code == 0, answer.out[-2000:]
    status = gk("status", "--plan", plan, "--format", "json").json()
    assert status["assignments"]["done"] == status["assignments"]["total"] == entries(store)


@pytest.mark.long
def test_libreoffice_saves_a_form_that_comes_back_the_same(gk, sent, store, tmp_path):
    folder = sent("教育局", "台城")
    # LibreOffice 7.4 reads _x005F_x001B_ as _x001B_ and writes that back unescaped: no reader can tell them apart then.
    hostile = {
        1: "=1+1",
        2: "\x1b[31m",
        3: "{=1}",
        4: "<b>&",
        5: "甲\n乙",
        7: "007",
        8: "‮abc",
        9: "'=1",
        12: "-1",
        13: "#N/A",
    }
    fill(
        folder / "台城街道.xlsx",
        *((task, {"完成情况": "推进中", "进展情况": encoded(text)}) for task, text in hostile.items()),
    )
    fill(folder / "市教育局.xlsx",
         (23, {"完成情况": "已完成", "办理日期": datetime(2019, 11, 1), "填报人": "经办人", "联系电话": "0750-5512345"}))  # fmt: skip
    saved = tmp_path / "saved"
    converted(saved, "xlsx", *folder.iterdir())
    answer = gk("collect", saved)
    assert answer.code == 0, answer
    log = gk("log", "--format", "json").json()
    assert {entry["task"]: entry["note"] for entry in log if entry["unit"] == "台城街道"} == hostile
    (entry,) = [entry for entry in log if entry["unit"] == "市教育局"]
    assert (entry["on"], entry["by"], entry["note"]) == ("2019-11-01", "经办人", None)
    assert "没有新的" in gk("collect", folder).out
    sheet = openpyxl.load_workbook(saved / "台城街道.xlsx")["填报表"]
    assert sheet.print_title_rows == "$4:$4"


@pytest.mark.long
def test_a_form_prints_on_a4_lying_with_nothing_cut(gk, sent, tmp_path):
    needs("pdftotext", "pdfinfo")
    pdfplumber = pytest.importorskip("pdfplumber")
    (pdf,) = converted(tmp_path / "saved", "pdf", sent("政府办") / "市政府办公室.xlsx")
    size = processes.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert "A4" in size
    assert "841.89 x 595.276" in size or "841.89 x 595.304" in size or "842 x 595" in size, size
    text = processes.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    pages = text.rstrip("\f").split("\f")
    assert all("完成情况" in page and "下一步措施" in page for page in pages)
    with pdfplumber.open(pdf) as opened:
        cells = [
            cell or "" for page in opened.pages for table in page.extract_tables() for row in table for cell in row
        ]
    shown = ["".join(cell.split()) for cell in cells]
    for task in gk("tasks", "--unit", "政府办", "--format", "json").json():
        last = "".join(task["text"].split())[-6:]
        assert any(cell.endswith(last) for cell in shown), last


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (datetime(2019, 11, 1, 8, 30), date(2019, 11, 1)),
        (date(2019, 11, 1), date(2019, 11, 1)),
        (43770, date(2019, 11, 1)),
        (43770.5, date(2019, 11, 1)),
        ("43770", date(2019, 11, 1)),
        (20191101, date(2019, 11, 1)),
        ("2019-11-01 00:00:00", date(2019, 11, 1)),
        ("２０１９年１１月１日", date(2019, 11, 1)),
        ("2019/11/1", date(2019, 11, 1)),
        ("2019-11", date(2019, 11, 30)),
        (True, None),
        (-1, None),
        (10**20, None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_in_whatever_writing(value, day):
    assert day_in(value) == day


def test_cells_of_whatever_type():
    assert [text_in(value) for value in (None, 1, 1.0, 1.5, True, "a_x000D_\nb", "_xD83D__xDE00_", "_xD800_")] == [
        "", "1", "1", "1.5", "是", "a\nb", "😀", "�"]  # fmt: skip
    assert [number_in(value) for value in (23, 23.0, "２３", "23.", "x", None, True, "第2项")] == [
        23,
        23,
        23,
        23,
        None,
        None,
        None,
        None,
    ]


def test_reading_arbitrary_bytes_never_crashes():
    from hypothesis import given, settings
    from hypothesis import strategies as st

    from gkcheck.errors import BadDocument
    from gkcheck.forms.read import read_form

    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    whole = book.getvalue()

    @settings(max_examples=examples(25), deadline=None)
    @given(st.integers(0, len(whole) - 1), st.binary(min_size=1, max_size=8))
    def damaged(at, bytes_):
        data = whole[:at] + bytes_ + whole[at + len(bytes_) :]
        with pytest.raises(BadDocument):
            read_form(data, "x.xlsx")

    damaged()
