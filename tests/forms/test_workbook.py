"""Cells as the programs of units leave them: of every type, in every container."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time

import openpyxl
import pytest

from gkcheck.errors import BadDocument
from gkcheck.forms.workbook import Area, address, read_workbook
from gkcheck.importers.formats.ooxml import PackageGuard

GUARD = PackageGuard("", "请另存")
NOON = datetime(2019, 11, 1, 12)


def sheets(data):
    return list(read_workbook(data, GUARD))


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(data, change):
    """Change every part of a package: a function of its name and its content, which returns both."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as other:
        for name in package.namelist():
            new, content = change(name, package.read(name))
            info = zipfile.ZipInfo("x")
            info.filename = new
            other.writestr(info, content)
    return out.getvalue()


@pytest.fixture
def book():
    book = openpyxl.Workbook()
    book.active.append(["甲", 23, 1.5, True, NOON, "=1+1", "2019-11-01", 43770])
    return book


def test_values_are_what_they_show(book):
    sheet = book.active
    for number, (value, shown) in enumerate(
        [
            (43770.5, 'yyyy"年"m"月"d"日"'),
            (43770.5, "[$-804]aaaa;m/d"),
            (0.5, "h:mm"),
            (0.95, "0%"),
            (5, '"d"0'),
            (43770, "m/d"),
        ],
        9,
    ):
        cell = sheet.cell(1, number)
        cell.value = value
        cell.number_format = shown
    (found,) = sheets(saved(book))
    assert list(found.rows[1].values()) == [
        "甲", 23, 1.5, True, NOON, "=1+1", "2019-11-01", 43770, NOON, NOON, time(12), 0.95, 5, datetime(2019, 11, 1),
    ]  # fmt: skip


def test_days_since_1904(book):
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    (found,) = sheets(saved(book))
    assert found.rows[1][5] == NOON


STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def strict(name, content):
    for usual, other in STRICT.items():
        content = content.replace(usual, other)
    return name, content


CONTAINERS = {
    "strict": strict,
    "backslashes": lambda name, content: (name.replace("/", "\\"), content),
    "capitals": lambda name, content: (name.upper(), content),
    "utf-16": lambda name, content: (name, content.decode().encode("utf-16")),
    "main part elsewhere": lambda name, content: (
        name.replace("workbook.xml", "book2.xml"),
        content.replace(b"/workbook.xml", b"/book2.xml"),
    ),
}


@pytest.mark.parametrize("change", CONTAINERS.values(), ids=CONTAINERS)
def test_containers_of_other_programs(book, change):
    (plain,) = sheets(saved(book))
    assert sheets(rewritten(saved(book), change)) == [plain]


def test_runs_readings_and_computed_formulas(book):
    cells = (
        b'<row r="9"><c t="inlineStr"><is><r><t>\xe7\x94\xb2</t></r><r><t>\xe4\xb9\x99</t></r><rPh><t>jia</t></rPh></is></c>'
        b'<c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2019-11-01T12:00:00</v></c></row>'
    )

    def change(name, content):
        return name, content.replace(b"</sheetData>", cells + b"</sheetData>") if "sheet1" in name else content

    (found,) = sheets(rewritten(saved(book), change))
    assert found.rows[9] == {1: "甲乙", 2: 2, 3: "#N/A", 4: NOON}


def test_only_what_holds_something_is_there(book):
    book.active["XFD1048576"] = "远"
    book.active["C3"] = ""
    book.active.merged_cells.add("A40:XFD1048575")
    (found,) = sheets(saved(book))
    assert list(found.rows) == [1, 1_048_576]
    assert found.rows[1_048_576] == {16_384: "远"}
    assert found.merged == (Area(40, 1, 1_048_575, 16_384),)


def test_addresses():
    assert [address(row, column) for row, column in ((1, 1), (5, 26), (5, 27), (12, 702), (1_048_576, 16_384))] == [
        "A1", "Z5", "AA5", "ZZ12", "XFD1048576"]  # fmt: skip


def test_a_sheet_whose_part_is_missing_is_damage(book):
    with pytest.raises(BadDocument, match="损坏"):
        sheets(rewritten(saved(book), lambda name, content: (name.replace("sheet1", "sheet7"), content)))
