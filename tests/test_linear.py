"""Nothing takes more than twice as long, give or take, for twice as much: no pattern and no reader."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from xml.sax.saxutils import escape

import pytest

from gkcheck.errors import GkcheckError
from gkcheck.evidence.page_metadata import decode, read_page
from gkcheck.evidence.parse import read_evidence, read_evidence_cell
from gkcheck.forms.cells import day_in, number_in, text_in
from gkcheck.plan.reader import read_plan
from gkcheck.text.damage import without_pinyin
from gkcheck.text.file_names import safe_name
from gkcheck.text.normalize import full_width, key
from gkcheck.text.width import wrap
from tests.hostile import docx_of, xlsx_of
from tests.notices_read import reading_of
from tests.patterns import SOURCE, Recipe, Use, uses_in, worst_texts

FILES = {
    str(path.relative_to(SOURCE)): path for path in sorted(SOURCE.rglob("*.py")) if "re." in path.read_text("utf-8")
}
STEPS = (*range(12, 64, 4), *(2**n for n in range(6, 15)))
"""The sizes tried, in characters, until one takes long enough to be compared with its double."""

LONG_ENOUGH = 0.004
"""Seconds of processor time from which a ratio means something."""

AT_MOST = 3.0
"""The ratio of the time for a text to that for half of it. Linear is 2, quadratic 4."""


LIMIT = 1.0
"""Seconds of processor time after which a text counts as too much for good."""


def spent(work: Callable[[], object], tries: int = 1) -> float:
    """Return the least processor time of some tries, in seconds; infinity where it is more than `LIMIT`."""
    best = float("inf")
    before = signal.signal(signal.SIGPROF, _stop)
    try:
        for _ in range(tries):
            start = time.process_time()
            signal.setitimer(signal.ITIMER_PROF, LIMIT)
            work()
            signal.setitimer(signal.ITIMER_PROF, 0)
            best = min(best, time.process_time() - start)
    except TimeoutError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return best


def _stop(*_: object) -> None:
    raise TimeoutError


def growth(
    run: Callable[[str], object], recipe: Recipe, sizes: Sequence[int] = STEPS, long_enough: float = LONG_ENOUGH
) -> float:
    """Return how many times longer a text takes than its half, at the first size that takes long enough; else 0."""
    for size in sizes:
        half, whole = recipe.text(size), recipe.text(2 * size)
        took = partial(spent, partial(run, half))
        if took() > long_enough and (least := took(3)) > long_enough:
            return spent(partial(run, whole), 3) / min(LIMIT, least)
    return 0.0


def is_worse(use: Use, recipe: Recipe) -> bool:
    """True if a use takes more than linear time, also for longer texts: a busy machine slows a short one by chance."""
    return all(
        growth(use.run, recipe, long_enough=enough) > AT_MOST for enough in (LONG_ENOUGH, *2 * [4 * LONG_ENOUGH])
    )


KNOWN_UNKNOWN = {
    "journal/line_fields.py": "the pattern of a line, which is tried here, without some of its groups, or else any line",
    "journal/postgres/connection.py": "the messages of libpq, from a table of constants without a repetition",
    "text/script.py": "the phrases of text.tables.script, without a repetition",
}
"""Files with a pattern that only a call knows, and where it comes from."""


QUICK = 2
"""The worst texts tried of each pattern where people work; the long run tries all, up to some thousands."""


@pytest.mark.parametrize("most", [QUICK, pytest.param(100_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", FILES)
def test_no_pattern_is_more_than_linear(name, most):
    uses, unknown = uses_in(FILES[name])
    slow = []
    for use in uses:
        recipes = worst_texts(use.pattern)
        recipes = recipes[:: -(-len(recipes) // most) or 1]
        worst = next((recipe for recipe in recipes if is_worse(use, recipe)), None)
        if worst is not None:
            slow.append((use.place, use.method, use.pattern.pattern, worst))
    assert slow == []
    assert not unknown or name in KNOWN_UNKNOWN, unknown


@pytest.mark.parametrize(
    "source",
    [
        r"(a+)+b",
        *(
            pytest.param(source, marks=pytest.mark.long)
            for source in (r"\s*x", r"(?:多个?|个)*局", r"<m[^>]*>", r"日期\s*:?\s*\d", rb"=\s*\"?\s*a")
        ),
    ],
)
def test_a_pattern_that_is_worse_is_found(source):
    use = Use("", re.compile(source), "search")
    assert any(is_worse(use, recipe) for recipe in worst_texts(use.pattern))


# -- readers ---------------------------------------------------------------------------------------------

TEXTS = {
    "blanks": (" ", "日期"), "line breaks": ("\n", "一、"), "opened": ("（", ""), "closed": ("）", ""), "in brackets": ("（市局）", ""),
    "digits": ("9", ""), "digits of a reference": ("9", "&#"), "numbers": ("1.", ""), "bars": ("|", ""), "dashes": ("-", "a"),
    "names": ("市教育局、", "（责任单位："), "labels": ("责任单位：", ""), "dates": ("2019年12月", ""), "counts": ("多个", "等"),
    "elements": ("<meta ", ""), "attributes": ("a", "<meta "), "addresses": ("https://a.cn/ ", ""), "quotes": ('"', ""),
    "invisible": ("\u200b", "市"), "that grow": ("\ufdfa", ""), "pinyin": ("政?a)?a)", ""), "words": ("a ", ""), "one word": ("a", ""),
}  # fmt: skip
"""Adversarial texts: what is repeated, and what stands before it."""

SIZES = (2_000, 4_000, 8_000)
WORTH_COMPARING = 0.05
"""Seconds of processor time below which a reader is quick, however it grows."""


def html_of(text: str) -> bytes:
    return f"<html><body><p>{text}</p><table><tr><td>{text}</td></tr></table></body></html>".encode()


def xlsx_with(text: str) -> bytes:
    cell = f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>'.encode()
    return xlsx_of(b"<sheetData>" + (b"<row>" + cell * 2 + b"</row>") * 2 + b"</sheetData>")


def docx_with(text: str) -> bytes:
    return docx_of(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>".encode())


def plan_of(text: str) -> str:
    return f"format: 1\nid: a\ntitle: {json.dumps(text)}\nunits: [{{name: {json.dumps(text)}}}]\n"


READERS: dict[str, Callable[[str], object]] = {
    "page": lambda text: read_page(decode(f"<title>{text}</title><body>{text}".encode(), None)),
    "evidence": lambda text: read_evidence(text),
    "address": lambda text: read_evidence(f"http://{text}"),
    "evidence in a cell": lambda text: read_evidence_cell(text),
    "day in a cell": day_in,
    "number in a cell": number_in,
    "text in a cell": text_in,
    "plan": lambda text: read_plan(plan_of(text), "a.yaml"),
    "plan as it is": lambda text: read_plan(text, "a.yaml"),
    "key": key,
    "full width": full_width,
    "pinyin": without_pinyin,
    "file name": safe_name,
    "lines": lambda text: wrap(text, 40),
    "text": lambda text: reading_of(text.encode(), "a.txt"),
    "html": lambda text: reading_of(html_of(text), "a.html"),
    "docx": lambda text: reading_of(docx_with(text), "a.docx"),
    "xlsx": lambda text: reading_of(xlsx_with(text), "a.xlsx"),
}
IMPORTERS = ("text", "html", "docx", "xlsx")


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        pytest.param(reader, text, marks=[pytest.mark.long] if reader in IMPORTERS else [])
        for reader in READERS
        for text in TEXTS
    ],
)
def test_no_reader_is_more_than_linear(reader, text):
    pump, before = TEXTS[text]

    def read(content: str) -> None:
        with suppress(GkcheckError):
            READERS[reader](content)

    assert growth(read, Recipe(before, pump, "\n"), SIZES, WORTH_COMPARING) <= AT_MOST


NUMBERED = [
    "{0}.办好这件事。（责任单位：市教育局）", "{0}、任务", "（{0}）任务", "第{0}项", "{0}年{0}月{0}日前完成", "20{0}年", "2019年{0}月底前",
    "第{0}季度末前", "附件{0}：任务分工表", "共{0}项", "台府办〔{0}〕{0}号", "{0}|办好这件事。|市教育局", "等{0}个单位", "{0}-{0}",
]  # fmt: skip
"""Where a notice, a plan or a cell has a number."""


@pytest.mark.parametrize("digit", ["9", "９", "٩", "九"])
@pytest.mark.parametrize("reader", READERS)
def test_a_number_of_5000_digits_is_text_or_refused(reader, digit):
    """Python refuses to read so many digits as a number; nowhere may that be the answer."""
    for line in NUMBERED:
        with suppress(GkcheckError):
            READERS[reader](line.format(digit * 5_000))


@pytest.mark.parametrize("name", ["rowspan", "colspan", "start", "value"])
def test_an_attribute_of_5000_digits_is_text_or_refused(name):
    with suppress(GkcheckError):
        reading_of(f'<ol {name}="{"9" * 5_000}"><li {name}="{"9" * 5_000}">甲</li></ol>'
                   f'<table><tr><td {name}="{"9" * 5_000}">甲</td></tr></table>'.encode(), "a.html")  # fmt: skip
