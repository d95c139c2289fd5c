"""`report` and `matrix`: the same figures as `status`, in every format, readable by everybody."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import tempfile
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gkcheck.exporters import html
from gkcheck.ledger.fold import Ledger, fold
from gkcheck.ledger.summary import summarise
from gkcheck.table import Column, Mark, ParagraphKind, StatusText, table_of
from gkcheck.views import bulletin, contract
from tests import drawn_year, processes
from tests import hostile_texts as hostile
from tests.conftest import ROOT, examples, lacking, move_in, needs
from tests.forms.ledgers import plan as taishan
from tests.office import converted

HOSTILE = '<script>alert(1)</script> "><img src=http://example.invalid/x onerror=alert(2)> {{7*7}}'

BUSY = (
    ["done", 1, 2, 3, 31],
    ["done", 23, "--note", HOSTILE],
    ["start", 4, "--unit", "水步镇"],
    ["block", 9, "--unit", "四九镇", "--note", HOSTILE],
    ["skip", 30, "--unit", "白沙镇"],
)
"""Every status, an overdue and a hostile note."""


@pytest.fixture
def busy(gk):
    """The figures of a ledger in which `BUSY` was recorded."""
    for command in BUSY:
        assert gk(*command).code == 0
    return gk("status", "--format", "json").json()


def report(gk, path):
    done = gk("report", path)
    assert done.code == 0, done
    return path


def check_figures(rows, status):
    """The tables of a bulletin, wherever they were read, against the JSON of `status`."""
    by_name = {}
    for row in rows:
        for i, cell in enumerate(row[:2]):
            by_name.setdefault(cell, row[i + 1 :])
    total = status["assignments"]
    assert by_name["未开始"][0] == str(total["todo"])
    assert by_name["其中逾期"][0] == str(total["overdue"])
    assert by_name["合计"][0] == str(total["total"])
    for found, name in [(row, f"{row['number']}、{row['title']}") for row in status["sections"]] + [
        (row, row["unit"]) for row in status["units"]
    ]:
        said = by_name[name][:6]
        rates = [f"{found['reported_rate']:.2f}%", f"{found['confirmed_rate']:.2f}%"]
        counts = [found["overdue"], found["total"], found["done"] + found["confirmed"], found["confirmed"]]
        assert said == [*rates, *map(str, counts)], name


def test_html_agrees_with_status(gk, busy, tmp_path):
    text = report(gk, tmp_path / "r.html").read_bytes().decode()
    rows = hostile.html_rows(text)
    check_figures(rows, busy)
    rates = busy["assignments"]
    assert f"上报率{rates['reported_rate']:.2f}%" in text
    assert HOSTILE in unescape(text), "the reason of the block, as text"
    assert "<img" not in text


def test_html_has_the_title_whole_and_the_date_before_the_annexes(gk, tmp_path):
    text = report(gk, tmp_path / "r.html").read_bytes().decode()
    assert "<h1>关于《台山市2019年政务公开工作要点责任分工表》落实情况的通报</h1>" in text
    closing = text.index('<div class="closing">')
    assert text.index("四、下一步工作要求</h2>") < closing < text.index("附件1　责任单位与具体要求对照表</h2>")
    assert re.match(
        r"<div class=.closing.>\n<p>台山市人民政府办公室</p>\n<p>\d+年\d+月\d+日</p>\n</div>", text[closing:]
    )


def test_html_is_self_contained_and_says_so(gk, busy, tmp_path):
    text = report(gk, tmp_path / "r.html").read_bytes().decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src 'none'; ")
    for tag, name in (("style", "style-src"), ("script", "script-src")):
        (inner,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy
    assert not re.search(
        r"<(?:link|iframe|object|embed|base)\b|\ssrc=|url\(|@import| style=| on\w+=",
        re.sub(re.escape(HOSTILE), "", text.replace("&#34;&gt;&lt;img src=http://example.invalid/x onerror=", "")),
    )
    assert '<html lang="zh-CN">' in text


def test_word_and_markdown_agree_with_status(gk, busy, tmp_path):
    markdown = report(gk, tmp_path / "r.md").read_text("utf-8")
    check_figures(hostile.markdown_rows(markdown), busy)
    word = report(gk, tmp_path / "r.docx")
    check_figures([row for table in hostile.docx_tables(word) for row in table], busy)


@pytest.mark.long
def test_libreoffice_opens_the_bulletin(gk, busy, tmp_path):
    word = report(gk, tmp_path / "r.docx")
    (again,) = converted(tmp_path / "out", "fodt", word)
    assert hostile.fodt_tables(again) == hostile.docx_tables(word)


@pytest.mark.long
def test_the_bulletin_of_a_year_is_nine_pages(gk, tmp_path, monkeypatch):
    """A drawn year of records, converted by LibreOffice; no number of the matrix is broken."""
    pdfplumber = pytest.importorskip("pdfplumber")
    monkeypatch.setenv("GKCHECK_STORE", str(tmp_path / "台账.jsonl"))
    drawn_year.write_journal(tmp_path / "台账.jsonl", taishan())
    words = (
        "--as-of",
        "2019-12-10",
        "--since",
        "2019-09-30",
        "--number",
        "第3期",
        "--to",
        "各镇人民政府（街道办事处），市直各单位",
    )
    assert gk("report", tmp_path / "通报.docx", *words).code == 0
    (printed,) = converted(tmp_path / "out", "pdf", tmp_path / "通报.docx")
    with pdfplumber.open(printed) as pdf:
        assert len(pdf.pages) <= 9
        heads = [word["text"] for word in pdf.pages[6].extract_words() if word["text"].isdigit()]
    assert {"10", "37"} <= set(heads)


def test_units_are_ranked_within_their_group_only(gk, busy, tmp_path):
    text = report(gk, tmp_path / "r.md").read_text("utf-8")
    towns = text.split("**各镇（街）（按上报率排名）**")[1].split("**市直各单位（按上报率排名）**")[0]
    assert len(hostile.markdown_rows(towns)) == 18
    assert "市教育局" not in towns
    assert "（不排名）" in text


def test_suffixes_of_a_report(gk, tmp_path):
    done = gk("report", tmp_path / "r.xlsx")
    assert done.code == 2
    assert ".html" in done.err


# -- what the sentences say -----------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000), facts=st.integers(0, 900), day=st.dates(date(2019, 1, 1), date(2019, 12, 31)))
@settings(max_examples=examples(40), deadline=None)
def test_every_figure_of_the_prose_is_one_of_status(seed, facts, day):
    """Over drawn years: each sentence is taken apart, and nothing is left that has a figure."""
    plan = taishan()
    earlier = day - timedelta(days=60)
    entries = [decoded for decoded in drawn_year.entries(plan, seed, facts) if decoded.day <= day.isoformat()]
    before, now = (
        Ledger(plan, fold([entry for entry in entries if entry.day <= until.isoformat()]), until)
        for until in (earlier, day)
    )
    status = contract.status(summarise(now))
    document = bulletin.document(summarise(now), now.rows(), day, before=summarise(before))
    text = "".join(block.text for block in document.blocks if getattr(block, "kind", None) is ParagraphKind.BODY)
    check_prose(text, plan, status, contract.status(summarise(before)), now.rows())


def check_prose(text, plan, status, before, rows):
    counts, then = status["assignments"], before["assignments"]
    left = text.replace(plan.title, "").replace(plan.document_number, "")

    def take(pattern, *expected):
        nonlocal left
        found = re.search(pattern, left)
        assert bool(found) == all(value not in (0, "0.00", None) for value in expected), (pattern, expected, text)
        if found:
            assert list(found.groups()) == [str(value) for value in expected], (pattern, expected, text)
            left = left[: found.start()] + left[found.end() :]

    reported = counts["done"] + counts["confirmed"]
    take(r"共(\d+)项具体要求、(\d+)个责任项", status["tasks"]["total"], counts["total"])
    take(r"（其中不涉及(\d+)个）", counts["skipped"])
    take(r"已报完成(\d+)个(?!百)", reported)
    take(r"其中经核实办结(\d+)个", counts["confirmed"])
    take(r"；上报率([\d.]+)%", f"{counts['reported_rate']:.2f}" if reported else 0)
    take(r"，办结率([\d.]+)%", f"{counts['confirmed_rate']:.2f}" if counts["confirmed"] else 0)
    for word, key in (("逾期", "overdue"), ("受阻", "blocked"), ("推进中", "doing")):
        take(rf"[，、]{word}(\d+)个(?=[、。])", counts[key])
    moved = counts["done"] + counts["confirmed"] - then["done"] - then["confirmed"]
    moves = (
        ("已报完成", moved),
        ("办结", counts["confirmed"] - then["confirmed"]),
        ("逾期", counts["overdue"] - then["overdue"]),
    )
    for word, move in moves:
        take(rf"[，]{word}{'增加' if move > 0 else '减少'}(\d+)个", abs(move))
    points = round(counts["reported_rate"] - then["reported_rate"], 2)
    take(rf"上报率{'提高' if points > 0 else '下降'}([\d.]+)个百分点", f"{abs(points):.2f}")
    states = [state for row in rows for state in row.states]
    take(
        r"逾期的责任项有(\d+)个，涉及(\d+)个单位",
        counts["overdue"],
        sum(unit["overdue"] > 0 for unit in status["units"]),
    )
    for unit in sorted(status["units"], key=lambda unit: -len(unit["unit"])):
        take(rf"(?<=[：、]){re.escape(unit['unit'])}(\d+)个", unit["overdue"])
    take(r"退回后未再报的责任项有(\d+)个", sum(state.returned for state in states))
    take(r"受阻的责任项有(\d+)个", counts["blocked"])
    idle = [
        unit for unit in status["units"] if unit["total"] > unit["skipped"] and not unit["done"] + unit["confirmed"]
    ]
    take(r"上报率为零的单位有(\d+)个", len(idle))
    total = sum(int(number) for number in re.findall(r"[”因]的(\d+)个：", left))
    assert total == sum(state.returned for state in states) + counts["blocked"]
    for found in re.finditer(r"([一-鿿（），、]*?共)(\d+)个单位，上报率", left):
        assert int(found[2]) in {sum(unit["group"] == group.name for unit in status["units"]) for group in plan.groups}


# -- the matrix in the terminal -------------------------------------------------------------------------


def test_matrix_agrees_with_status(gk, busy):
    found = gk("matrix", "--format", "json").json()
    cells = [cell for unit in found["units"] for cell in unit["cells"].values()]
    total = busy["assignments"]
    assert len(cells) == total["total"]
    for status in ("todo", "doing", "blocked", "done", "confirmed", "skipped"):
        assert sum(cell["status"] == status for cell in cells) == total[status]
    assert sum(cell["overdue"] for cell in cells) == total["overdue"]


def test_matrix_of_a_group(gk, busy):
    lines = gk("matrix", "--group", "各镇（街）").out.splitlines()
    assert len(lines) == 1 + 17 + 1
    assert lines[0].split()[:4] == ["责任单位", "1", "2", "3"]
    assert lines[-1].startswith("逾 逾期")
    assert next(line for line in lines if line.startswith("四九镇")).split()[1:9] == [
        "完",
        "完",
        "完",
        "未",
        "未",
        "未",
        "未",
        "阻",
    ]
    rows = gk("matrix", "--group", "市教育局", "--format", "csv").out.splitlines()
    assert len(rows) == 2
    assert "已完成" in rows[1]
    rows[1].encode("gbk")


def test_a_matrix_has_only_the_tasks_that_its_units_owe(gk, tmp_path):
    text = report(gk, tmp_path / "r.md").read_text("utf-8")
    for name in ("各镇（街）", "市直各单位"):
        cells = gk("matrix", "--group", name, "--format", "json").json()
        owed = sorted({int(task) for unit in cells["units"] for task in unit["cells"]})
        head = text.split(f"**{name}对照表**")[1].strip().splitlines()[0]
        assert head == "| 责任单位 | " + " | ".join(map(str, owed)) + " |"
    assert len(owed) < 37


def test_matrix_fits_a_terminal_of_eighty_columns(gk):
    from gkcheck.text.width import width

    needs("tmux")
    name = f"gkcheck-matrix-{os.getpid()}"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = f"gkcheck matrix; tmux wait-for -S {name}"
        env = {**os.environ, "PATH": f"{Path(os.sys.executable).parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        processes.run(
            ["tmux", "-L", name, "new-session", "-d", "-x", "80", "-y", "200", f"{command}; sleep 60"],
            env=env,
            check=True,
        )
        try:
            processes.run(["tmux", "-L", name, "wait-for", name], env=env, limit=30, check=True)
            shown = processes.run(
                ["tmux", "-L", name, "capture-pane", "-p"], env=env, capture_output=True, text=True, check=True
            )
            out.write_text(shown.stdout)
        finally:
            processes.run(["tmux", "-L", name, "kill-server"], env=env)
        lines = out.read_text().splitlines()
    assert sum(line.startswith("台城街道") for line in lines) == 3, lines
    assert max(map(width, lines)) <= 80


# -- a real browser -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def harness():
    """tests/browser with its packages, installed once in a folder of its own outside the checkout."""
    needs("chromium", "node", "npm")
    source = ROOT / "tests" / "browser"
    mark = hashlib.sha256((source / "package.json").read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"gkcheck-browser-{mark}"
    folder.mkdir(exist_ok=True)
    for name in ("package.json", "visit.mjs"):
        shutil.copy(source / name, folder / name)
    if not (folder / "node_modules" / "axe-core" / "axe.js").exists():
        install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = processes.run(install, cwd=folder, capture_output=True, text=True, limit=180)
        if done.returncode:
            lacking(f"needs the packages of tests/browser/package.json: {done.stderr[-200:]}")
    return folder


@pytest.fixture(scope="module")
def visit(harness, tmp_path_factory):
    """The bulletin of a busy ledger, visited once: what the visit told, and the folder with its pictures and print."""
    from gkcheck.cli.main import run

    folder = tmp_path_factory.mktemp("visit")
    with pytest.MonkeyPatch.context() as patch:
        move_in(folder, patch)
        for command in BUSY:
            assert run([str(word) for word in command]) == 0
        assert run(["report", str(folder / "r.html")]) == 0
    done = processes.run(
        ["node", harness / "visit.mjs", shutil.which("chromium"), folder / "r.html", folder],
        capture_output=True, text=True, limit=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), folder


@pytest.mark.long
def test_report_in_chromium(visit):
    """No complaint, no request, no sideways scrolling, no serious fault of access; sorting and filtering work."""
    seen, folder = visit
    assert seen["console"] == []
    assert seen["requests"] == []
    assert seen["scroll"] == {"light": 0, "dark": 0, "phone": 0}
    assert set(seen["axe"]) == {"light", "dark", "phone", "print"}
    for where, faults in seen["axe"].items():
        assert not [fault for fault in faults if fault.startswith(("serious", "critical"))], (where, faults)
    rates = [float(cell[:-1]) for cell in seen["falling"]]
    assert rates == sorted(rates, reverse=True)
    assert [float(cell[:-1]) for cell in seen["rising"]] == sorted(rates)
    assert seen["again"] == seen["reset"] == seen["first"]
    assert seen["blocked"] == ["四九镇"]
    assert set(seen["found"]) == {"水步镇"}
    assert seen["said"].startswith("显示 1 行")
    assert set(seen["stops"]) == {1}, "one tab stop for the heads of a matrix"
    assert seen["walked"] == "1", "arrow keys go from head to head"
    assert seen["unscripted"]["rows"] > 120
    assert not seen["unscripted"]["controls"]
    assert any(HOSTILE in text for text in seen["cellsText"])
    for name in ("desktop-light.png", "desktop-dark.png", "phone.png", "phone-matrix.png", "print.pdf"):
        assert (folder / name).stat().st_size > 10_000


@pytest.mark.long
def test_printed_on_a4(visit):
    """Standing pages, the matrix lying, and nothing beyond the right edge."""
    needs("pdfinfo", "pdftotext")
    _, folder = visit
    sizes = processes.run(
        ["pdfinfo", "-l", "99", folder / "print.pdf"], capture_output=True, text=True, check=True
    ).stdout
    pages = [
        tuple(round(float(n)) for n in found) for found in re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", sizes)
    ]
    assert set(pages) == {(595, 842), (842, 595)}
    text = processes.run(["pdftotext", folder / "print.pdf", "-"], capture_output=True, text=True, check=True).stdout
    for page in text.split("\f")[1:-2]:
        assert "责任单位" in page or "具体要求" in page, "every page repeats the heads of its table"
    boxes = processes.run(
        ["pdftotext", "-bbox", folder / "print.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    wide = 0.0
    for line in boxes.splitlines():
        if found := re.search(r'<page width="([\d.]+)"', line):
            wide = float(found[1])
        elif found := re.search(r'xMax="([\d.-]+)"', line):
            assert float(found[1]) <= wide - 20


# -- a table too long for a browser ---------------------------------------------------------------------


def long_table(units=60, tasks=40):
    """A ledger of `units` times `tasks` rows, more than a browser lays out at once."""
    columns = (Column("序号", kind="number"), Column("具体要求", wrap=True), Column("责任单位", wrap=True, kind="unit"))
    columns = (*columns, Column("状态", kind="status"), Column("退回"))
    todo = StatusText("未开始", Mark.TODO)
    rows = [(str(t), f"第{t}项要求", f"单位{u}", todo, "") for t in range(tasks) for u in range(units)]
    return table_of(columns, rows, title="长表")


def test_a_long_table_is_folded_by_what_its_rows_have_in_common():
    table = long_table()
    text = html.render_tables([table]).decode()
    assert re.findall(r"<summary>(.*?)</summary>", text)[1] == "1　第1项要求　第 61—120 行"
    assert text.count("<details>") == 40
    rows = [row for row in hostile.html_rows(text) if row[0] != "责任单位"]
    assert [row[0] for row in rows] == [row[2] for row in table.rows[1:]]
    assert text.count("第1项要求") == 2, "in the title of its piece and as a label of the table"
    short = html.render_tables([long_table(units=50)]).decode()
    assert "<details>" not in short
    assert len(hostile.html_rows(short)) == 2_001


def test_a_long_table_whose_rows_have_nothing_in_common_is_folded_by_number():
    table = table_of((Column("编号"), Column("责任单位", kind="unit")), [(str(i), f"单位{i}") for i in range(2_300)])
    text = html.render_tables([table]).decode()
    assert re.findall(r"<summary>(.*?)</summary>", text)[-1] == "第 2001—2300 行"
    assert [row for row in hostile.html_rows(text) if row[0] != "编号"] == [list(row) for row in table.rows[1:]]


def test_an_empty_column_is_not_printed():
    """Widths for paper stand in the style sheet, whose hash the policy knows."""
    text = html.render_tables(
        [table_of((Column("甲"), Column("乙"), Column("丙", wrap=True)), [("1", "", "三")])]
    ).decode()
    assert ".t1 col:nth-child(2){visibility:collapse}" in text
    shares = [float(share) for share in re.findall(r"\.t1 col:nth-child\(\d\)\{width:([\d.]+)%\}", text)]
    assert len(shares) == 2
    assert abs(sum(shares) - 100) < 0.1


@pytest.mark.parametrize(("columns", "page"), [(13, ""), (14, "lying"), (16, "broad")])
def test_a_table_of_many_columns_is_printed_on_a_greater_page(columns, page):
    text = html.render_tables([table_of(tuple(Column(f"栏{i}") for i in range(columns)), [("字",) * columns])]).decode()
    assert re.findall(r'<section(?: class="(\w+)")?>', text) == [page]


@pytest.mark.long
def test_a_long_table_in_chromium(harness, tmp_path):
    """Nothing of it is laid out before it is opened; a search opens the pieces where it has found something."""
    (tmp_path / "long.html").write_bytes(html.render_tables([long_table()]))
    done = processes.run(
        ["node", harness / "visit.mjs", shutil.which("chromium"), tmp_path / "long.html", tmp_path],
        capture_output=True, text=True, limit=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert (seen["console"], seen["requests"]) == ([], [])
    assert (seen["folded"], seen["shownAtFirst"]) == (40, 0)
    assert seen["pieces"] == [40, 40]
    assert seen["shownThen"] == 40
    assert not [
        fault for faults in seen["axe"].values() for fault in faults if fault.startswith(("serious", "critical"))
    ]
