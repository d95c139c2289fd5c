"""Lists of words are priors: with any one word gone, nearly all of the samples is read as before."""

from __future__ import annotations

import importlib
import pkgutil
import random
import re

import pytest

import gkcheck.importers
from gkcheck.errors import GkcheckError
from gkcheck.text.script import folded
from tests.notices_read import NOTICES, brief, gold_of, reading_of

SAMPLES = sorted(path.stem for path in NOTICES.glob("*.txt") if gold_of(path.stem)["tasks"])
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(gkcheck.importers.__path__, "gkcheck.importers.")
    if "recognize" in found.name or "tables" in found.name
]
GROUP = re.compile(r"(?:^|\||\((?:\?:|\?P<\w+>)?)([^()\[\]\\|]+(?:\|[^()\[\]\\|]+)+)(?=[)|]|$)")
"""A group of plain words in a pattern."""


def forget():
    """Empty every cache of the recognisers."""
    for module in MODULES:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def words_of(pattern):
    """Every word that could be taken out of a pattern, with the pattern that is left."""
    for group in GROUP.finditer(pattern):
        words = group[1].split("|")
        for n, word in enumerate(words):
            if len(word) > 1:
                start, end = group.span(1)
                yield word, pattern[:start] + "|".join(words[:n] + words[n + 1 :]) + pattern[end:]


def patterns():
    """The compiled patterns of the recognisers and the tables, each once."""
    found = {}
    for module in MODULES:
        for value in vars(module).values():
            listed = value if isinstance(value, tuple) else [value]
            for one in listed:
                for part in one if isinstance(one, tuple) else [one]:
                    if isinstance(part, re.Pattern):
                        found[part.pattern, part.flags] = part
    return list(found.values())


def replaced(value, old, new):
    """A pattern, or a tuple of tuples that holds it, with another in its place."""
    if value is old:
        return new
    if not isinstance(value, tuple):
        return value
    parts = [replaced(one, old, new) for one in value]
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)


def lines_read():
    """Each task of every sample in a line; a sample that is refused has none."""
    out = []
    for name in SAMPLES:
        try:
            out += [f"{name} {line}" for line in brief(reading_of(NOTICES / f"{name}.txt"))]
        except GkcheckError:
            continue
    return out


def share_left(monkeypatch, pattern, left):
    """The share of tasks that is read as before with another pattern in place of one."""
    before = lines_read()
    new = re.compile(left, pattern.flags)
    with monkeypatch.context() as patch:
        for module in MODULES:
            for name, value in list(vars(module).items()):
                if not name.startswith("__") and replaced(value, pattern, new) != value:
                    patch.setattr(module, name, replaced(value, pattern, new))
        forget()
        after = set(lines_read())
    forget()
    return sum(line in after for line in before) / len(before)


TEXT = folded("".join((NOTICES / f"{name}.txt").read_text("utf-8") for name in SAMPLES))
CHOICES = [
    (pattern, word, left)
    for pattern in patterns()
    for word, left in words_of(pattern.pattern)
    if word.rstrip("?") in TEXT
]
"""Every word of two characters or more, in every pattern, that the samples use."""


def test_one_word_of_a_list_hardly_matters(monkeypatch):
    """Sixteen words, the same in every run."""
    shares = [share_left(monkeypatch, pattern, left) for pattern, _, left in random.Random(15).sample(CHOICES, 16)]
    assert sum(shares) / len(shares) >= 0.98
    assert min(shares) >= 0.5


@pytest.mark.long
def test_no_word_of_a_list_matters_much(monkeypatch):
    """Every fifth word of all lists: on average nothing is lost, and no word loses more than four in ten."""
    shares = {
        (word, pattern.pattern[:20]): share_left(monkeypatch, pattern, left) for pattern, word, left in CHOICES[::5]
    }
    assert sum(shares.values()) / len(shares) >= 0.99
    assert {word: share for word, share in shares.items() if share < 0.6} == {}
