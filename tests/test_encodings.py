"""The encodings of Chinese offices, told apart by what they decode to."""

from __future__ import annotations

import pytest

from gkcheck.text.encodings import decode
from tests.notices_read import HERE

SIMPLIFIED = "某县2024年政务公开任务分工表\n1.公开财政预算。（责任单位：县财政局）\n"
TRADITIONAL = "某縣2024年政務公開任務分工表\n1.公開財政預算。（責任單位：縣財政局）\n"


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, "短", "plain ascii\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_an_encoding_is_told_by_the_text(encoding, text):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_byte_order_mark(encoding):
    assert decode(SIMPLIFIED.encode(encoding)) == SIMPLIFIED


def test_traditional_script_is_in_big5_or_in_gbk():
    """A page of a mirror, long and Traditional, is in either."""
    text = (HERE / "source" / "taishan-2019.txt").read_text("utf-8")
    assert decode(text.encode("gb18030")) == text
    assert decode(TRADITIONAL.encode("big5hkscs")) == TRADITIONAL
    plain = text.encode("big5hkscs", "ignore")
    assert decode(plain) == plain.decode("big5hkscs")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_stray_byte_damages_one_spot_and_not_the_encoding(encoding):
    data = SIMPLIFIED.encode(encoding)
    at = data.index("预算".encode(encoding))
    text = decode(data[:at] + b"\xff" + data[at:])
    assert text is not None
    assert "\ufffd" in text
    assert text.startswith("某县2024年政务公开任务分工表\n1.公开财政")
    assert "（责任单位：县财政局）" in text


@pytest.mark.parametrize("data", [bytes(range(128, 256)) * 9, b"\0\1\2\3" * 50, b"\x89PNG\r\n\0\0\0\rIHDR"])
def test_bytes_that_are_no_text(data):
    assert decode(data) is None
