"""Notices drawn by chance, of shapes and words that nobody chose: what is read of them, and what is wrong in silence."""

from __future__ import annotations

import pytest

from tests.drawn.__main__ import FORMATS, scores
from tests.drawn.notices import draw


def test_a_seed_draws_the_same_notice_again():
    assert draw(7) == draw(7) != draw(9)
    assert {draw(seed).table for seed in range(4)} == {True, False}


def test_a_score_tells_a_wrong_reading(tmp_path, monkeypatch):
    """A body that another task has is no right reading, whatever else is right."""
    import tests.drawn.score as score

    read = score.reading_of
    monkeypatch.setattr(score, "reading_of", lambda path: read(path.read_text("utf-8").replace("财政", "审计")))
    one = scores(tmp_path, 4, ("txt",))["txt"]
    assert (one.found, one.right < one.tasks) == (one.tasks, True)


@pytest.mark.parametrize("name", ["txt", "html"])
def test_drawn_notices_are_read(name, tmp_path):
    """A few, without an office program."""
    score = scores(tmp_path, 20, (name,))[name]
    assert score.found >= 0.98 * score.tasks, score.faults
    assert score.right >= 0.9 * score.tasks, score.faults


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
def test_two_hundred_drawn_notices_are_read_in_every_format(name, tmp_path):
    """LibreOffice makes what is not text or a page; `python -m tests.drawn 200` prints what is wrong."""
    if name == "pdf":
        pytest.importorskip("pdfminer", reason="needs pdfminer.six")
    score = scores(tmp_path, 200, (name,))[name]
    print(name, score)
    assert score.found >= 0.98 * score.tasks, score.faults
    assert score.right >= 0.95 * score.tasks, score.faults
    assert not score.silent
