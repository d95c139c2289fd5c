"""Traditional script → Simplified without OpenCC: the table, checked against OpenCC.

`python -m tests.test_script` makes src/gkcheck/text/tables/script.py anew.
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gkcheck.text.script import folded, simplified
from gkcheck.text.tables import script as script_table
from tests import processes

opencc = pytest.importorskip("opencc", reason="needs a wheel of OpenCC for this machine")


def dictionary(name: str) -> dict[str, str]:
    """Return one of OpenCC's dictionaries, the first of several answers for each entry."""
    parts = Path(opencc.__file__).parent / "clib"
    into = ["-f", "ocd2", "-t", "text", "-o", "/dev/stdout"]
    source = parts / "share" / "opencc" / f"{name}.ocd2"
    done = processes.run([parts / "bin" / "opencc_dict", *into, "-i", source], capture_output=True, check=True)
    lines = (line.split("\t") for line in done.stdout.decode().splitlines() if "\t" in line)
    return {entry: answers.split(" ")[0] for entry, answers in lines}


def characters_and_phrases() -> tuple[dict[str, str], dict[str, str]]:
    """Return what the table is made from: the characters that change, and the phrases."""
    characters = {**dictionary("TSCharacters"), **dictionary("TSCharactersExt")}
    return {a: b for a, b in characters.items() if a != b}, dictionary("TSPhrases")


def test_the_table_is_that_of_opencc():
    characters, phrases = characters_and_phrases()
    pairs = script_table.CHARACTERS.replace("\n", "")
    assert dict(zip(pairs[::2], pairs[1::2], strict=True)) == characters, (
        "OpenCC has learnt better: make the table anew"
    )
    words = script_table.PHRASES.split()
    assert dict(zip(words[::2], words[1::2], strict=True)) == phrases, "OpenCC has learnt better: make the table anew"


EVERY = [chr(code) for code in range(0x2E80, 0x323B0) if not 0xD800 <= code < 0xE000]


def test_every_character_becomes_what_opencc_makes_of_it():
    converter = opencc.OpenCC("t2s")
    wrong = [char for char in EVERY if simplified(char) != converter.convert(char)]
    assert wrong == []
    assert [char for char in EVERY if len(simplified(char)) != 1] == []


SOME = [char for pair in script_table.PHRASES.split() for char in pair] + list("，教育局市縣著。AU 1")


@given(st.lists(st.sampled_from([*script_table.PHRASES.split(), *SOME]), max_size=12).map("".join))
def test_any_text_becomes_what_opencc_makes_of_it(text):
    """Phrases beside, within and across one another: the longest that begins first is taken."""
    if "著" not in text:
        assert simplified(text) == opencc.OpenCC("t2s").convert(text)
    assert len(simplified(text)) == len(text)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("縣區教育局", "县区教育局"),
        ("憑藉、慰藉、狼藉", "凭借、慰藉、狼藉"),
        ("乾坤與乾燥", "乾坤与干燥"),
        ("著力推進，沿著，著作權", "着力推进，沿着，著作权"),
        ("公開　Open", "公开　Open"),
        ("\uf9e9面", "里面"),
        ("\ud800縣", "\ud800县"),
    ],
)
def test_simplified(printed, plain):
    assert simplified(printed) == plain


def test_a_folded_text_is_as_long_as_the_printed_one():
    assert folded("縣區（公開）１") == "县区(公开)1".replace("(", folded("（")).replace(")", folded("）"))
    assert len(folded("縣區（公開）１")) == 7


def main() -> None:
    """Write the table."""
    characters, phrases = characters_and_phrases()
    pairs = "".join(a + b for a, b in sorted(characters.items()))
    words = " ".join(f"{a} {b}" for a, b in sorted(phrases.items()))
    path = Path(script_table.__file__)
    head = path.read_text("utf-8").split('CHARACTERS = """')[0]
    rows = [pairs[at : at + 112] for at in range(0, len(pairs), 112)]
    lines = "\n".join(textwrap.wrap(words, 112, break_long_words=False))
    body = "\n".join(rows)
    path.write_text(f'{head}CHARACTERS = """\n{body}\n"""\n\nPHRASES = """\n{lines}\n"""\n', "utf-8")


if __name__ == "__main__":
    sys.exit(main())
