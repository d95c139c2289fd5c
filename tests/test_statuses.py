"""A status cell carries its status as a value: every renderer colours the same cell the same way, whatever its words."""

from __future__ import annotations

import io
import zipfile

import pytest

from gkcheck import labels
from gkcheck.exporters import docx, html
from gkcheck.model import Status
from gkcheck.table import Column, Mark, StatusText, mark_of, table_of
from gkcheck.views.statuses import status_text


def on_terminal(text, kind="status"):
    """A table of one cell as a terminal with colours shows it."""
    from rich.console import Console

    from gkcheck.terminal import draw

    out = io.StringIO()
    draw(
        [table_of((Column("状态", kind=kind),), [(text,)])],
        Console(file=out, width=80, force_terminal=True, color_system="standard", highlight=False),
    )
    return out.getvalue()


@pytest.mark.parametrize(
    ("qualifiers", "text", "mark"),
    [
        ({}, "已完成", Mark.DONE),
        ({"changed": True}, "已完成（内容已变更，请复核）", Mark.DONE),
        ({"overdue": True}, "已完成（逾期）", Mark.OVERDUE),
        ({"returned": True}, "已完成（退回）", Mark.RETURNED),
        ({"due_soon": True}, "已完成（即将到期）", Mark.DUE_SOON),
        ({"due_soon": True, "returned": True}, "已完成（退回）（即将到期）", Mark.RETURNED),
        ({"overdue": True, "returned": True, "changed": True}, "已完成（退回）（逾期）（内容已变更，请复核）", Mark.OVERDUE),
    ],
)  # fmt: skip
def test_the_most_pressing_word_gives_the_mark(qualifiers, text, mark):
    cell = status_text(Status.DONE, **qualifiers)
    assert (cell, mark_of(cell)) == (text, mark)


@pytest.mark.parametrize(
    ("status", "colour"),
    [
        (Status.TODO, ""),
        (Status.DOING, "\x1b[36m"),
        (Status.BLOCKED, "\x1b[33m"),
        (Status.DONE, "\x1b[32m"),
        (Status.CONFIRMED, "\x1b[1;32m"),
        (Status.SKIPPED, "\x1b[2m"),
    ],
)
def test_a_changed_claim_has_the_colour_of_its_status(status, colour):
    """On the terminal it was plain, in the page green."""
    text = status_text(status, changed=True)
    assert f"{colour}{text}" in on_terminal(text)
    assert colour or f"m{text}" not in on_terminal(text)
    page = html.render_tables([table_of((Column("单位"), Column("状态", kind="status")), [("甲", text)])]).decode()
    assert f'<td class="status {status.value}">{text}' in page


def test_words_alone_have_no_colour():
    """A note that happens to say 已完成 or 逾期 is no status."""
    for words in ("已完成", "逾期", "退"):
        assert f"m{words}" not in on_terminal(words)
        page = html.render_tables([table_of((Column("单位"), Column("状态", kind="status")), [("甲", words)])]).decode()
        assert f'<td class="status">{words}' in page


@pytest.mark.parametrize("mark", Mark)
def test_every_mark_is_a_class_of_the_page(mark):
    text = StatusText("字", mark)
    page = html.render_tables([table_of((Column("单位"), Column("1", kind="cell")), [("甲", text)])]).decode()
    assert f'<td class="cell {mark.value}">字' in page


def test_the_letters_of_a_printed_matrix_are_shaded_by_their_mark():
    def fills(text):
        columns = (Column("单位"), Column("1", kind="cell"))
        data = docx.render_tables([table_of(columns, [("甲", text)])])
        return zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").count(b"w:fill")

    assert fills(StatusText("完", Mark.DONE)) == 1
    assert fills(StatusText("未", Mark.TODO)) == 0
    assert fills("完") == 0


def test_every_letter_of_the_matrix_stands_for_one_word():
    assert list(labels.LETTERS) == ["逾", "退", "未", "推", "阻", "完", "结", "免"]
    assert set(labels.LETTERS.values()) == {labels.OVERDUE, labels.RETURNED, *labels.STATUS.values()}
