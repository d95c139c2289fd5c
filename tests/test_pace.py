"""The progress over the year beside the expected one: its points, and how each format draws them."""

from __future__ import annotations

import io
import re
from datetime import date

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gkcheck.exporters import charts
from gkcheck.journal import record_format
from gkcheck.journal.live import live_entries, statuses_on
from gkcheck.ledger import fold
from gkcheck.ledger.latest import ever_recurring
from gkcheck.ledger.pace import PacePoint, pace_days, pace_of
from gkcheck.ledger.schedule import ExpectedProgress, Light, light_of
from gkcheck.ledger.summary import Counts, summarise
from gkcheck.model import Action, Draft, Every, Status
from gkcheck.views import pace
from tests import drawn_year
from tests.conftest import examples
from tests.forms.ledgers import plan as taishan
from tests.test_ledger import PLAN, entry
from tests.test_terminals import screen

AS_OF = date(2019, 12, 10)


def fact(seq, action, day, task=1, unit="教育局", **fields):
    return entry(seq, action, task, unit, **fields)._replace(at=f"2019-12-{seq:02}T09:00:00+08:00", on=day)


def points_of(entries, as_of=AS_OF):
    rows, days = fold.Ledger(PLAN, {}, as_of).rows(), pace_days(PLAN, as_of)
    recurring = ever_recurring(PLAN, [entry for entry in entries if entry.action is Action.DEADLINE])
    return pace_of(
        PLAN, rows, days, statuses_on(entries, days),
        lambda day: [entry for entry in live_entries(entries, day) if entry.task in recurring],
    )  # fmt: skip


def test_the_points_of_a_ledger_made_by_hand():
    """A task of one unit, one of four and one of three: eight assignments."""
    entries = [
        fact(1, Action.DONE, "2019-01-31"),
        fact(2, Action.BLOCK, "2019-01-31", 2, "东镇"),
        fact(3, Action.DONE, "2019-02-01", 2, None),
        fact(4, Action.REOPEN, "2019-03-05", 2, "财政局"),
        fact(5, Action.CONFIRM, "2019-03-06"),
        fact(6, Action.SKIP, "2019-04-01", 3, "东镇"),
        fact(7, Action.START, "2019-12-10"),
        fact(8, Action.DONE, "2019-12-11", 3, "西镇"),
    ]
    found = points_of(entries)
    assert [point.day.month for point in found] == [*range(1, 12), 12]
    assert [point.expected for point in found][:2] == [8.33, 16.67]
    counted = [(point.reported, point.confirmed, point.counted) for point in found]
    assert counted == [(1, 0, 8), (5, 0, 8), (4, 1, 8), *[(4, 1, 7)] * 8, (3, 0, 7)]
    assert found[0].reported_rate == 12.5


def test_what_comes_round_again_counts_in_its_period():
    """A task of one unit, due each quarter from January on: what was done in one is open again in the next."""
    entries = [
        fact(1, Action.DEADLINE, "2019-01-02", every=Every.QUARTER),
        fact(2, Action.DONE, "2019-02-03"),
        fact(3, Action.DONE, "2019-06-03"),
    ]
    assert [point.reported for point in points_of(entries)] == [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("day", "count"), [("2018-05-01", 1), ("2019-01-31", 1), ("2019-02-01", 2), ("2019-12-31", 12), ("2026-11-25", 13)]
)
def test_the_days_are_the_month_ends_of_the_year_and_the_day_itself(day, count):
    days = pace_days(PLAN, date.fromisoformat(day))
    assert len(days) == count
    assert days == sorted(set(days))


FACTS = st.tuples(
    st.sampled_from(list(Action)),
    st.sampled_from([1, 2, 3]),
    st.sampled_from(["教育局", "财政局", "东镇", "西镇", "各执法单位", None]),
    st.dates(date(2019, 1, 1), date(2019, 12, 31)),
    st.sampled_from([None, *Every]),
    st.integers(0, 40),
)


@given(drawn=st.lists(FACTS, max_size=40), as_of=st.dates(date(2018, 12, 1), date(2020, 2, 1)))
@settings(max_examples=examples(200), deadline=None)
def test_every_point_is_what_status_says_of_its_day(drawn, as_of):
    """Undone batches, later days, whole tasks and tasks that come round again included."""
    entries = []
    for seq, (action, task, unit, day, every, undone) in enumerate(drawn, 1):
        of = {"undoes": f"{undone:012x}"} if action is Action.UNDO else {}
        of |= {"every": every, "due": None} if action is Action.DEADLINE else {}
        entries.append(entry(1, action, task, unit, **of)._replace(seq=seq, batch=f"{seq:012x}", on=day.isoformat()))
    for point in points_of(entries, as_of):
        said = summarise(fold.ledger_of(PLAN, live_entries(entries, point.day), point.day)).assignments
        assert point[2:] == (*said.reported[:1], said.confirmed, said.reported[1])
        assert (point.reported_rate, point.confirmed_rate) == (said.reported_rate, said.confirmed_rate)


@pytest.mark.parametrize(
    ("statuses", "overdue", "light"),
    [
        ([], 0, None),
        ([Status.SKIPPED], 0, None),
        ([Status.DONE, Status.TODO], 0, Light.GREEN),
        ([Status.DONE, Status.TODO, Status.TODO], 0, Light.YELLOW),
        ([Status.DONE, Status.DONE, Status.TODO], 1, Light.RED),
    ],
)
def test_the_light_of_half_a_year(statuses, overdue, light):
    counts = Counts()
    for i, status in enumerate(reversed(statuses)):
        counts.add(status, i < overdue)
    assert light_of(counts, ExpectedProgress(6, 50.0)) is light


POINTS = [PacePoint(date(2019, 1, 31), 8.33, 0, 0, 8), PacePoint(date(2019, 2, 10), 100.0, 8, 4, 8)]


def test_the_line_has_a_sign_for_each_point():
    assert pace.line(POINTS) == "走势 上报率 ▁█，序时进度 ▁█（2019年各月末、2019-02-10）"
    assert pace.line(POINTS[1:], pace.PLAIN_SIGNS) == "走势 上报率 7，序时进度 7（2019-02-10）"
    assert pace.SIGNS.encode("gbk")
    nearly = POINTS[1]._replace(reported=9_999, counted=10_000, expected=0.0)
    assert "上报率 ▇，序时进度 ▁" in pace.line([nearly])


def test_a_picture_of_the_lines_has_a_legend_and_a_text():
    svg = charts.burn_up(pace.burn_up(POINTS))
    assert 'aria-label="折线图：截至2019-02-10，序时进度100.00%，上报率100.00%，办结率50.00%；' in svg
    assert re.findall(r'line-(\w+)" points="([^"]+)"', svg) == [
        ("expected", "40.0,195.0 480.0,30.0"),
        ("reported", "40.0,210.0 480.0,30.0"),
        ("sure", "40.0,210.0 480.0,120.0"),
    ]
    assert re.findall(r'<text x="[^>]+>(\w+)<', svg) == ["序时进度", "上报率", "办结率"]
    assert "NaN" not in charts.burn_up(pace.burn_up(POINTS[:1]))


@pytest.fixture
def year(gk, tmp_path, monkeypatch):
    """A drawn year, looked at on a day."""
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "台账.jsonl"))
    drawn_year.write_journal(tmp_path / "台账.jsonl", taishan())
    return ("--as-of", "2019-12-10")


def test_each_format_draws_the_same_points(gk, year, tmp_path):
    status = gk("status", *year, "--format", "json").json()["assignments"]
    rates = [f"{status[name]:.2f}%" for name in ("reported_rate", "confirmed_rate")]
    for name in ("r.html", "r.docx", "r.md"):
        assert gk("report", tmp_path / name, *year).code == 0
    assert gk("export", tmp_path / "x.xlsx", *year).code == 0

    markdown = (tmp_path / "r.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in markdown.splitlines() if re.match(r"\| 2019-\d\d-\d\d \|", line)]
    assert rows[-1] == ["2019-12-10", "91.67%", *rates]
    assert len(rows) == 12

    html = (tmp_path / "r.html").read_text("utf-8")
    assert f"上报率{rates[0]}，办结率{rates[1]}；各日的数字见下表" in html
    assert html.count('<span class="under"><svg') == html.count('<td class="rates"><svg') > 40
    assert (
        html.count("</svg></span></th>") == html.count('<span class="under">') == html.count('<span class="under"><svg')
    )
    assert "</th><span" not in html

    burn_up = docx.Document(str(tmp_path / "r.docx")).tables[1]
    figures = [[cell.text for cell in row.cells] for row in burn_up.rows][-3:]
    assert figures == [
        [title, *(row[i] for row in rows)] for i, title in enumerate(["序时进度", "上报率", "办结率"], 1)
    ]
    shaded = [
        "".join(re.findall(r'w:fill="(\w+)"', cell._tc.xml)) for row in burn_up.rows[:10] for cell in row.cells[-1:]
    ]
    assert shaded == [""] * 5 + ["8FB9DD"] * 4 + ["0B4F8A"]

    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["逐月进度与序时进度"]
    (chart,) = sheet._charts
    assert [series.val.numRef.f.split("!")[1] for series in chart.series] == [f"${c}$2:${c}$13" for c in "BCD"]
    assert [f"{cell.value:.2%}" for cell in sheet[13][1:]] == ["91.67%", *rates]


def test_a_bar_of_a_document_is_as_long_as_its_rate(gk, year, tmp_path):
    assert gk("report", tmp_path / "r.docx", *year).code == 0
    document = docx.Document(io.BytesIO((tmp_path / "r.docx").read_bytes()))
    for row in document.tables[2].rows[1:]:
        cells = row.cells
        room = cells[-1].width.twips - 2 * 40 - 15
        for paragraph, rate in zip(cells[-1].paragraphs, (cells[1].text, cells[2].text), strict=True):
            length = (room - paragraph.paragraph_format.right_indent.twips) / room * 100
            if float(rate[:-1]):
                assert length == pytest.approx(float(rate[:-1]), abs=1)
            assert ("w:shd" in paragraph._p.xml) == (float(rate[:-1]) > 0)


def test_lights_agree_with_the_figures_beside_them(gk, year, tmp_path):
    assert gk("report", tmp_path / "r.md", *year).code == 0
    text = (tmp_path / "r.md").read_text("utf-8")
    rows = re.findall(r"\| ([\d.]+)% \| [\d.]+% \| (\d+) \| \d+ \| \d+ \| \d+ \| (.)灯 \|", text)
    assert {light for _, _, light in rows} == {"红", "黄", "绿"}
    for reported, overdue, light in rows:
        assert light == ("红" if int(overdue) else "黄" if float(reported) < 91.67 else "绿")


@pytest.mark.parametrize(("encoding", "sign"), [("utf-8", "▁"), ("gbk", None), ("latin-1", "0")])
def test_status_draws_the_line_on_a_terminal(encoding, sign):
    """In the signs of its encoding: figures where it has no blocks."""
    code, lines, seen = screen(["status"], 100, PYTHONIOENCODING=encoding)
    assert code == 0
    if sign:
        months = len(pace_days(taishan(), date.today()))
        assert sum(f" {sign * months}" in line for line in lines) == 1
    assert "\\u258" not in seen


def test_the_line_is_of_the_units_that_were_chosen(gk, year):
    for words in ([], ["--unit", "市城市管理和综合执法局"], ["--unit", "江门市生态环境局台山分局"]):
        rate = gk("status", *words, *year, "--format", "json").json()["assignments"]["reported_rate"]
        _, lines, _ = screen(["status", *words, *year], 120)
        (line,) = [line for line in lines if "走势" in line]
        reported = re.search("上报率 ([▁-█]+)，", line)[1]
        assert reported[-1] == pace.SIGNS[int(rate * 7 / 100)], line


def test_a_long_journal_is_not_read_for_the_line(tmp_path, year):
    path = tmp_path / "台账.jsonl"
    last = record_format.decode(path.read_bytes().splitlines()[-1])
    assert last.seq == drawn_year.FACTS
    for seq, said in ((20_000, "走势 上报率"), (20_001, "记录多于 20000 条，走势请看")):
        draft = Draft(Action.NOTE, 1, "市教育局", note="长")
        line = record_format.encode(draft, seq=seq, at="2019-12-20T09:00:00.000000+08:00", by="李", batch="f" * 12)
        other = tmp_path / f"{seq}.jsonl"
        other.write_bytes(path.read_bytes() + line)
        code, lines, _ = screen(["status", *year], 100, GKCHECK_STORE=str(other))
        assert code == 0
        assert any(said in shown for shown in lines), lines


@pytest.mark.parametrize("format", ["table", "json", "csv", "tsv", "md"])
def test_no_pipe_has_the_line(gk, format):
    assert "走势" not in gk("status", "--format", format).out
