"""Hostile documents end soon, in little memory, with one line and exit 2; and no bytes at all crash a reader."""

from __future__ import annotations

import random
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gkcheck.errors import GkcheckError
from tests import processes
from tests.conftest import examples
from tests.hostile import HOSTILE, docx_of, package, write, xlsx_of
from tests.notices_read import FIXTURES, NOTICES, reading_of

SECONDS = 10
MEGABYTES = 500
READ = {"names.txt"}
"""Odd, but with a task in it."""
QUICK = {
    "lying-bomb.docx",
    "entities.docx",
    "external.xlsx",
    "far-cell.xlsx",
    "nested-100.docx",
    "deep-divs.html",
    "wide-span.docx",
    "pipes.txt",
    "names.txt",
    "binary.txt",
    "torn.docx",
    "old.doc",
}
"""One of each kind; the others are long."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in sorted(HOSTILE)]
)
def test_a_hostile_document_is_refused_in_time(name, tmp_path):
    """Ten seconds of work (other programs may keep the machine busy), 500 MB, one line, exit 2, nothing on stdout."""
    if name.endswith(".pdf"):
        pytest.importorskip("pdfminer", reason="needs pdfminer.six")
    if not Path("/proc/self/status").exists():
        pytest.skip("needs /proc")
    code, out, err, spent, memory = processes.measured("import", write(tmp_path, name))
    assert spent < SECONDS
    assert memory < MEGABYTES
    assert "Traceback" not in err
    if name in READ:
        assert code in (0, 1)
    else:
        assert (code, out) == (2, "")
        assert len(err.splitlines()) == 1
        assert err.startswith("gkcheck: ")
        assert "程序出错" not in err


def test_what_entities_point_to_is_never_read(tmp_path):
    """An external entity is refused before it is looked at."""
    secret = tmp_path / "secret.txt"
    secret.write_text("1.机密。（责任单位：市教育局）", "utf-8")
    prefix = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    for data in (docx_of(b"<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", prefix), xlsx_of(b"<sheetData/>", prefix)):
        with pytest.raises(GkcheckError, match="实体"):
            reading_of(data, "a.docx")


def harmless(data: bytes, name: str) -> None:
    """Read bytes; only a refusal in one line may come of it."""
    refusal = ""
    try:
        reading_of(data, name)
    except GkcheckError as error:
        refusal = str(error)
    assert "\n" not in refusal


def test_an_encoding_that_nobody_knows_is_damage():
    with zipfile.ZipFile(FIXTURES / "two-tiers.xlsx") as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    sheet = next(name for name in parts if "worksheets/sheet" in name)
    assert b'encoding="UTF-8"' in parts[sheet]
    parts[sheet] = parts[sheet].replace(b'encoding="UTF-8"', b'encoding="UTFUTF-8"', 1)
    with pytest.raises(GkcheckError, match="损坏"):
        reading_of(package(parts), "a.xlsx")


BOUNDED = settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
PIECES = st.sampled_from(
    ["一、", "（一）", "1.", "1 ", "（责任单位：", "牵头单位：", "）", "〔", "|", "\n|\n", "\n", "\t", "　", "市教育局", "各镇（街）", "牵头", "配合", "会", "、", "，", "；", "。", "等", "工作任务", "责任单位",
     "序号", "完成时限", "年底前", "2019年12月31日前", "圍繞", "務(wù)", "?dāng)?shù)", "附件：", "注：", "┌─┬─┐", "│", "├─┼─┤", "做好公开。", "各县、市、区政府", "下同", "排名第一位为牵头单位", "\x00", "\ufeff", "\U00020000"]
)  # fmt: skip


@BOUNDED
@given(st.lists(PIECES, max_size=60).map("".join))
def test_no_text_made_of_notices_crashes_the_reader(text):
    """Whatever order their parts come in."""
    harmless(text.encode(), "a.txt")


@BOUNDED
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_no_text_or_bytes_crash_the_reader(source):
    """Any characters, any bytes, under any suffix."""
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    for name in ("a.txt", "a.html", "a.doc"):
        harmless(data, name)
    harmless(b"<html><table>" + data, "a.html")


@BOUNDED
@given(st.sampled_from(sorted(NOTICES.glob("*.txt"))), st.integers(0, 2**32))
def test_no_mutated_sample_crashes_the_reader(path, seed):
    """Lines doubled, dropped and swapped; characters cut out and put in."""
    dice = random.Random(seed)
    lines = path.read_text("utf-8").splitlines()
    for _ in range(dice.randint(1, 6)):
        at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        match dice.randrange(4):
            case 0:
                lines.insert(at, lines[other])
            case 1 if len(lines) > 1:
                del lines[at]
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                cut = dice.randrange(len(lines[at]) + 1)
                lines[at] = (
                    lines[at][:cut]
                    + dice.choice(["", "|", "（", "）", "、", "\n", "。", "：", "１"])
                    + lines[at][cut + dice.randrange(3) :]
                )
    harmless("\n".join(lines).encode(), "a.txt")


@settings(BOUNDED, max_examples=examples(25))
@given(
    st.sampled_from(sorted(FIXTURES.glob("two-tiers*.*")) + sorted(FIXTURES.glob("mixed*.*"))), st.integers(0, 2**32)
)
def test_no_mutated_office_file_crashes_the_reader(path, seed):
    """Bytes flipped in the file, or in a part inside its package."""
    dice = random.Random(seed)
    if path.suffix in (".docx", ".xlsx") and dice.random() < 0.7:
        with zipfile.ZipFile(path) as opened:
            parts = {name: opened.read(name) for name in opened.namelist()}
        name = dice.choice(
            [
                name
                for name in parts
                if name.endswith("document.xml") or "sheet" in name or "numbering" in name or "shared" in name.lower()
            ]
        )
        parts[name] = _flipped(parts[name], dice)
        harmless(package(parts), path.name)
    else:
        harmless(_flipped(path.read_bytes(), dice), path.name)


def _flipped(data: bytes, dice: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(out))
        match dice.randrange(3):
            case 0:
                out[at] = dice.randrange(256)
            case 1:
                del out[at : at + dice.randrange(40)]
            case _:
                out[at:at] = out[at : at + dice.randrange(200)]
        if not out:
            return b"x"
    return bytes(out)


def test_time_grows_with_the_text(tmp_path):
    """Four times the tasks take no more than eight times the work, in running text and in rows."""

    def spent(count: int, line: str) -> float:
        start = time.process_time()
        reading_of("2021年任务分工\n一、任务\n" + "".join(line.format(n) for n in range(count)))
        return time.process_time() - start

    for line in (
        "{0}.办好第{0}件事。（责任单位：市教育局、第{0}中心）\n",
        "{0} | 办好第{0}件事。 | 市教育局、县财政局 |\n",
    ):
        spent(50, line)
        small, large = spent(250, line), spent(1000, line)
        assert large < 8 * small + 0.5
