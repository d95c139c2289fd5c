"""Small files of the kinds that offices send: what each shows is what is read, and the rest is named."""

from __future__ import annotations

import pytest

from gkcheck.cli.commands.import_notice import FOUND
from tests.notices_read import HERE, brief, reading_of

CASES = HERE / "cases"
USUAL = ["1.|一、信息发布|-|公开财政预算。|责任:县财政局", "2.|二、政策解读|-|解读重要文件。|责任:县司法局"]
SHORT = ["1.|一、信息发布|-|公开预算。|责任:县财政局", "2.|二、政策解读|-|解读文件。|责任:县司法局"]


def case(name: str):
    """The reading of a case."""
    return reading_of(CASES / name)


@pytest.mark.parametrize("sign", ["bom", "lrm", "shy", "zwsp"])
def test_an_invisible_character_before_a_number_or_a_title_is_removed(sign):
    """In a table and in paragraphs; what was removed is counted."""
    table, prose = case(f"t-{sign}-number.docx"), case(f"t-{sign}-prose.docx")
    assert brief(table) == SHORT
    assert brief(prose) == [SHORT[0], SHORT[1] + "|6月底前=2024-06-30"]
    assert (table.repairs.invisible, prose.repairs.invisible) == (3, 4)
    assert not table.findings and not prose.findings


@pytest.mark.parametrize(
    ("name", "units", "invisible"),
    [
        ("s-bommid.txt", ["县财政局", "县司法局"], 1), ("zerowidth.txt", ["县财政局", "县司法局", "县审计局", "县公安局", "县教育局"], 5),
        ("invisible.docx", ["县财政局", "县财政局", "县司法局"], 4),
        ("u-entities.html", ["县财政局", "县审计局", "县公安局", "县教育局", "县民政局", "县司法局"], 4),
    ],
)  # fmt: skip
def test_a_name_is_whole_and_stands_once(name, units, invisible):
    reading = case(name)
    assert [unit for task in reading.tasks for unit in task.names()] == units
    assert reading.repairs.invisible == invisible


def test_radicals_are_read_as_the_ordinary_characters():
    reading = case("kangxi.txt")
    assert brief(reading) == [
        "1.|一、信息发布|-|公开财政预算。|责任:县民政局", "2.|二、政策解读|-|解读文件。|责任:县水利局+县文广旅体局",
    ]  # fmt: skip
    assert reading.repairs.lookalikes == 8


@pytest.mark.parametrize(
    ("name", "spots"),
    [
        ("s-fffd.txt", ["公开\ufffd预算", "县财政\ufffd局", "锟斤拷公开"]), ("s-pua.txt", ["公开\ue5e5预算", "县财政\ue863局"]),
        ("s-cid.txt", ["公开(cid:2446)预算", "县(cid:1204)政局"]), ("badbyte.html", ["财政预\ufffd。"]),
    ],
)  # fmt: skip
def test_damage_is_kept_and_every_spot_of_it_named(gk, name, spots):
    findings = [found.message for found in case(name).findings if "疑有乱码" in found.message]
    assert len(findings) == len(spots)
    assert [spot for spot, found in zip(spots, findings, strict=True) if spot not in found] == []
    done = gk("import", CASES / name)
    assert (done.code, done.err.count("疑有乱码")) == (FOUND, len(spots))


def test_a_unit_that_stands_twice_but_for_what_nobody_sees_is_refused(gk):
    done = gk("check", "--plan", CASES / "shy-twice.yaml")
    assert (done.code, "登记了两次" in done.err + done.out) == (1, True)
