"""Forms made to harm whoever collects them: each ends soon, in little memory, taken whole or refused in one sentence."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from gkcheck.forms.layout import VERSION
from tests import processes
from tests.forms.sheets import ASKED_ONCE, COLUMN, entries, fill, state

SECONDS, MEGABYTES = 10, 300

MAIN, HIDDEN, BOOK = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"
STYLES, STRINGS, TYPES = "xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
RELS = "xl/_rels/workbook.xml.rels"
SCHEMAS = "http://schemas.openxmlformats.org"
DIGITS = b"9" * 5_000


def rewrite(path: Path, **changes):
    """Change parts of a package, each by a function of its content (None for a part that is not there)."""
    with zipfile.ZipFile(path) as package:
        parts = {part: package.read(part) for part in package.namelist()}
    for name, change in changes.items():
        content = change(parts.get(name))
        parts[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for part, data in parts.items():
            package.writestr(part, data)


def at_end(rows: bytes):
    """Add rows at the end of a sheet."""
    return lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>", 1)


def merged(area: bytes, count: int = 1):
    """Merge an area of a sheet, as often as it is said."""
    return lambda xml: xml.replace(b"</mergeCells>", b'<mergeCell ref="%s"/>' % area * count + b"</mergeCells>", 1)


def in_cell(title: str, cell: bytes):
    """Put a cell (`#` is its address) in the place of one of task 23, or of the unit."""

    def change(xml: bytes) -> bytes:
        row = re.search(rb'<c r="A(\d+)"[^>]*><v>23</v>', xml)[1]
        once = {"单位": "C2", **ASKED_ONCE}
        place = once[title].encode() if title in once else b"%c%s" % (ord("A") + COLUMN[title] - 1, row)
        return re.sub(rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % place, lambda _: cell.replace(b"#", place), xml, count=1)

    return change


def text(words: str) -> bytes:
    return f'<c r="#" t="inlineStr"><is><t>{words}</t></is></c>'.encode()


def strings(content: bytes, name: str = STRINGS):
    """Parts for a workbook whose strings are `content`."""
    kind = f"{SCHEMAS}/officeDocument/2006/relationships/sharedStrings".encode()
    return {
        name: lambda _: b'<sst xmlns="%s/spreadsheetml/2006/main">%s</sst>' % (SCHEMAS.encode(), content),
        RELS: lambda xml: xml.replace(
            b"</Relationships>", b'<Relationship Id="s" Type="%s" Target="sharedStrings.xml"/></Relationships>' % kind
        ),
        TYPES: lambda xml: xml.replace(
            b"</Types>",
            b'<Override PartName="/%s" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
            b'sharedStrings+xml"/></Types>' % name.encode(),
        ),
    }


def renamed(change):
    """Give the sheet a name that no XML part has, and change it."""

    def both(path: Path) -> None:
        with zipfile.ZipFile(path) as package:
            content = package.read(MAIN)
        target = lambda xml: xml.replace(b"worksheets/sheet1.xml", b"worksheets/picture.png")  # noqa: E731
        rewrite(path, **{"xl/worksheets/picture.png": lambda _: change(content), RELS: target, TYPES: target})

    return both


def more_sheets(count: int):
    """Add sheets in front of the form's, each with as many rows as a form may have cells."""
    rows = b'<worksheet xmlns="%s/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>' % (
        SCHEMAS.encode(),
        b"<row><c/><c/></row>" * 20_000,
    )
    kind = f"{SCHEMAS}/officeDocument/2006/relationships/worksheet".encode()
    numbers = [b"%d" % n for n in range(count)]
    added = b"".join(b'<sheet name="x%s" sheetId="9%s" r:id="x%s"/>' % (n, n, n) for n in numbers)
    targets = b"".join(b'<Relationship Id="x%s" Type="%s" Target="/x/%s.xml"/>' % (n, kind, n) for n in numbers)
    schema = b'<sheets xmlns:r="%s/officeDocument/2006/relationships">' % SCHEMAS.encode()
    return {
        **{f"x/{n}.xml": lambda _: rows for n in range(count)},
        BOOK: lambda xml: xml.replace(b"<sheets>", schema + added),
        RELS: lambda xml: xml.replace(b"</Relationships>", targets + b"</Relationships>"),
    }


def utf7(xml: bytes) -> bytes:
    hidden = xml.decode().replace("</sheetData>", "<row/>" * 300_000 + "</sheetData>")
    return b'<?xml version="1.0" encoding="utf-7"?>' + hidden.encode("utf-7")


def ebcdic(xml: bytes) -> bytes:
    return '<?xml version="1.0" encoding="cp037"?><x/>'.encode("cp037")


TAKEN = {
    "blank-at-the-end": {MAIN: at_end(b'<row r="1048576"><c r="A1048576" t="str"><v> </v></c></row>')},
    "style-at-the-end": {MAIN: at_end(b'<row r="1048576"><c r="XFD1048576" s="1"/></row>')},
    "merged-below": {MAIN: merged(b"A40:XFD1048576")},
    "merged-below-a-thousand-times": {MAIN: merged(b"A40:XFD1048576", 1_000)},
    "far-cell-on-the-hidden-sheet": {
        HIDDEN: at_end(b'<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>')
    },
    "merged-hidden-sheet": {HIDDEN: lambda xml: xml.replace(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')},
    "thousand-empty-rows": {MAIN: at_end(b"<row/>" * 1_000)},
}  # fmt: skip
"""Odd, but every word of the unit is there."""

REFUSED = {
    "merged-over-tasks": ({MAIN: merged(b"A5:XFD1048576")}, "!A5:XFD1048576: 合并了单元格"),
    "merged-over-tasks-often": ({MAIN: merged(b"A5:XFD1048576", 200_000)}, "!A5:XFD1048576: 合并了单元格（共 200000 处）"),
    "million-cells-in-a-row": ({MAIN: at_end(b"<row>" + b"<c/>" * 1_000_000 + b"</row>")}, "大得不正常"),
    "million-rows": ({MAIN: at_end(b"<row/>" * 1_000_000)}, "大得不正常"),
    "million-attributes": (
        {MAIN: at_end(b"<row " + b" ".join(b'a%d=""' % n for n in range(1_000_000)) + b"/>")}, "大得不正常"),
    "as-many-cells-as-may-be": ({MAIN: at_end(b"<row>" + b"<c/>" * 780_000 + b"</row>")}, "损坏"),
    "as-many-attributes-as-may-be": (
        {MAIN: at_end(b"<row " + b" ".join(b'a%d=""' % n for n in range(780_000)) + b"/>")}, "大得不正常"),
    "as-many-attributes-as-an-element-may-have": (
        {MAIN: at_end((b"<row " + b" ".join(b'a%d=""' % n for n in range(1_990)) + b"/>") * 380)}, ""),
    "cells-without-end": ({MAIN: at_end(b'<row r="1048577"><c t="str"><v>x</v></c></row>')}, "损坏"),
    "columns-without-end": ({MAIN: at_end(b"<row>" + b"<c/>" * 16_385 + b"</row>")}, "损坏"),
    "row-of-5000-digits": ({MAIN: at_end(b'<row r="%s"/>' % DIGITS)}, "损坏"),
    "rows-that-fall": ({MAIN: at_end(b'<row r="5"><c r="A5"><v>1</v></c></row>')}, "损坏"),
    "merged-nowhere": ({MAIN: merged(b"A1:A" + DIGITS)}, "损坏"),
    "string-of-5000-digits": ({MAIN: at_end(b'<row><c t="s"><v>%s</v></c></row>' % DIGITS)}, "损坏"),
    "million-strings": ({**strings(b"<si/>" * 1_000_000)}, "大得不正常"),
    "one-string-a-thousand-times": (
        {**strings(b"<si><t>%s</t></si>" % (b"x" * 1_000_000)), MAIN: at_end(b'<row><c t="s"><v>0</v></c></row>' * 1_000)},
        "合计超过 1000 万字"),
    "as-many-words-as-may-be": (
        {**strings(b"<si><t>%s</t></si>" % (b"x" * 20_000)),
         MAIN: at_end((b"<row>" + b"<c/>" * 8 + b'<c t="s"><v>0</v></c></row>') * 490)}, None),
    "half-a-million-styles": ({STYLES: lambda xml: xml.replace(b"</cellXfs>", b"<xf/>" * 500_000 + b"</cellXfs>")}, ""),
    "million-styles": ({STYLES: lambda xml: xml.replace(b"</cellXfs>", b"<xf/>" * 1_000_000 + b"</cellXfs>")}, "大得不正常"),
    "deep-cells": ({MAIN: at_end(b"<row>" * 100_000 + b"</row>" * 100_000)}, "损坏"),
    "thirty-sheets": (more_sheets(30), "大得不正常"),
    "registration-key-of-5000-digits": (
        {HIDDEN: at_end(b'<row><c t="str"><v>%s</v></c></row>' % DIGITS)}, "的编号有 5000 位"),
    "registration-of-5000-digits": (
        {HIDDEN: lambda xml: xml.replace(b">%d</t>" % VERSION, b">%s</t>" % DIGITS, 1)}, "请升级"),
    "form-of-5000-digits": ({HIDDEN: at_end(b'<row><c t="str"><v>made2</v></c><c t="str"><v>%s</v></c></row>' % DIGITS)},
                            "登记页已被改动"),
    "number-of-5000-digits": ({MAIN: in_cell("序号", b'<c r="#"><v>%s</v></c>' % DIGITS)}, "没有序号"),
    "day-of-5000-digits": ({MAIN: in_cell("办理日期", b'<c r="#"><v>%s</v></c>' % DIGITS)}, "不是日期"),
    "status-of-a-million": ({MAIN: in_cell("完成情况", text("完" * 1_000_000))}, "不认识的完成情况"),
    "status-that-grows": ({MAIN: in_cell("完成情况", text("\ufdfa" * 1_000_000))}, "不认识的完成情况"),
    "number-that-grows": ({MAIN: in_cell("序号", text("\ufdfa" * 1_000_000))}, "没有序号"),
    "day-of-blanks": ({MAIN: in_cell("办理日期", text("1" + " " * 1_000_000 + "1"))}, "不是日期"),
    "person-of-a-million": ({MAIN: in_cell("填报人", text("名" * 1_000_000))}, "最多 20000 个"),
    "phone-of-a-million": ({MAIN: in_cell("联系电话", text("1" * 1_000_000))}, "联系电话不像电话号码"),
    "evidence-of-blanks": ({MAIN: in_cell("佐证材料", text("http://a.cn/" + " 发布日期" * 200_000))}, "最多 20000 个"),
    "unit-of-a-million": ({MAIN: in_cell("单位", text("x" * 1_000_000))}, "表上写的是“xxx"),
    "named-as-a-picture": (renamed(at_end(b"<row/>" * 1_000_000)), "大得不正常"),
    "entities-in-a-picture": (renamed(lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml), "实体"),
    "utf-7": ({MAIN: utf7}, "损坏"),
    "ebcdic": ({MAIN: ebcdic}, "损坏"),
    "sixty-thousand-odd-rows": (
        {MAIN: at_end(b'<row><c/><c/><c/><c/><c/><c/><c t="str"><v>x</v></c></row>' * 60_000)}, "填写的行超过 20000"),
}  # fmt: skip
"""What is done to a form, and what `collect` says of it; "" where it is sound, but for its weight;
None where it is taken and what stands beside is listed."""

QUICK = {"blank-at-the-end", "merged-over-tasks", "million-cells-in-a-row", "as-many-cells-as-may-be",
         "registration-key-of-5000-digits", "number-that-grows", "utf-7"}  # fmt: skip
"""One of each kind; the others are long."""


def named(names):
    return [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in names]


@pytest.fixture
def pair(sent):
    """A sound form, and a copy of another unit's to be made hostile, both filled in."""
    folder = sent("教育局", "台城")
    fill(folder / "市教育局.xlsx", (23, {"完成情况": "已完成"}))
    fill(folder / "台城街道.xlsx", (1, {"完成情况": "已完成"}))
    return folder


def collected(folder):
    answer = processes.measured("collect", folder)
    assert answer.seconds < SECONDS
    assert answer.megabytes < MEGABYTES
    assert "Traceback" not in answer.err
    assert "程序出错" not in answer.err
    return answer


@pytest.mark.parametrize("name", named(TAKEN))
def test_what_is_only_odd_is_taken(gk, pair, store, name):
    rewrite(pair / "市教育局.xlsx", **TAKEN[name])
    answer = collected(pair)
    assert (answer.code, entries(store)) == (0, 2), answer


@pytest.mark.parametrize("name", named(REFUSED))
def test_what_is_hostile_is_refused_in_one_sentence(gk, pair, store, name):
    """Ten seconds of work, 300 MB, one line that names the file; the sound form beside it is taken."""
    change, said = REFUSED[name]
    path = pair / "市教育局.xlsx"
    change(path) if callable(change) else rewrite(path, **change)
    answer = collected(pair)
    lines = [line for line in answer.out.splitlines() if re.match(r"市教育局\.xlsx\S*: ", line)]
    if said is None:
        assert (answer.code, entries(store), len(lines)) == (1, 2, 21), answer
    elif said:
        assert (answer.code, entries(store), len(lines)) == (1, 1, 1), answer
        assert said in lines[0]
        assert len(lines[0]) < 300
    else:
        assert (answer.code, entries(store)) == (0, 2), answer
    assert state(gk, 1, "台城街道")["status"] == "done"
