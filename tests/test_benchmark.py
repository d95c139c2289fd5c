"""benchmarks/run.py: what it says about what it measured. Nothing here is timed, and no other program is needed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "benchmarks"
MODULES = ("commands", "judging", "measuring", "peers", "performance", "places", "plot", "results", "run")

if not hasattr(__import__("os"), "posix_spawn"):
    pytest.skip("needs os.posix_spawn", allow_module_level=True)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The scripts as modules."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return SimpleNamespace(**{name: import_module(name) for name in MODULES})


@pytest.fixture
def job(bench: Any) -> Callable[..., Any]:
    """A job that runs a line of Python."""

    def made(line: str, peer: str = "", **options: Any) -> Any:
        return bench.measuring.Job(bench.measuring.Figure(line, peer), [sys.executable, "-c", line], {}, **options)

    return made


def figure(bench: Any, name: str, cpu: float, wall: float | None = None, peak: int = 50_000_000, **more: Any) -> Any:
    """A figure of one run."""
    return bench.measuring.Figure(name, runs=[bench.measuring.Run(wall or cpu, cpu, peak)], **more)


def section(bench: Any, key: str, costs: dict[str, float], *others: Any) -> Any:
    """A section of gkcheck's own figures, by name and processor time, and others."""
    figures = [figure(bench, name, cpu) for name, cpu in costs.items()]
    return bench.results.Section(key, f"at {key}", int(key) if key.isdigit() else 0, [*figures, *others])


def by_name(claims: list[Any]) -> dict[str, Any]:
    """The claims about long journals and documents that are no figures of memory, by what they say."""
    return {claim.what: claim for claim in claims if claim.unit == "×" and not claim.group.startswith("The built-in")}


def test_no_script_hides_a_standard_module() -> None:
    """A script's folder stands first among the places that modules come from."""
    assert not {path.stem for path in FOLDER.glob("*.py")} & {*sys.stdlib_module_names, "typer", "rich"}


def test_a_process_is_measured_whole(bench: Any, job: Any, tmp_path: Path) -> None:
    (found,) = bench.measuring.measure([job("print(1)")], 3, tmp_path / "scratch")
    assert len(found.runs) == 3
    assert all(0 < one.wall < 60 and 0 < one.cpu < 60 and one.peak > 1 << 20 for one in found.runs)


def test_a_peak_is_the_process_own_and_not_that_of_who_measures(bench: Any, job: Any) -> None:
    """A child begins with the memory of the process that starts it; that is the helper, not this one."""
    held = bytearray(200 << 20)
    held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])
    with bench.measuring.Spawner() as spawner:
        small = spawner.run(job("pass")).peak
        large = spawner.run(job("x = b'x' * (100 << 20)")).peak
    assert small < 50 << 20
    assert large > 100 << 20
    assert len(held) == 200 << 20


def test_a_command_that_fails_records_nothing_or_hangs_is_no_figure(bench: Any, job: Any, tmp_path: Path) -> None:
    failing = job("raise SystemExit('so')", "other")
    idle = job("print(1)", "other", marks=tmp_path / "journal")
    silent = job("x = 1", "other")
    bench.measuring.measure([failing, idle, silent], 2, tmp_path / "scratch")
    faults = [one.figure.fault for one in (failing, idle, silent)]
    assert faults == ["failed with 1: so", "recorded nothing", "answered nothing"]
    assert failing.figure.median("cpu") is None
    hanging = job("import time; time.sleep(60)", limit=0.2)
    with bench.measuring.Spawner() as spawner:
        spawner.run(hanging)
        assert hanging.figure.fault == "no answer in 0.2 s"
        fine = job("raise SystemExit(1)", codes=(0, 1))
        spawner.run(fine)
        assert fine.figure.fault is None
    with pytest.raises(SystemExit, match="failed with 1: so"):
        bench.measuring.measure([job("raise SystemExit('so')")], 1, tmp_path / "scratch")


def test_jobs_take_turns_each_prepared_and_long_ones_less_often(
    bench: Any, job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    costs = {"a": 0.1, "b": 3.0, "c": 20.0, "d": 30.0}

    def run(_: Any, one: Any, output: str = "") -> Any:
        if output:
            Path(output).write_text("answer")
        return bench.measuring.Run(costs[one.figure.name], 1.0, 1)

    monkeypatch.setattr(bench.measuring.Spawner, "run", run)
    jobs = [job(name, "other" if name == "d" else "", before=lambda name=name: order.append(name)) for name in costs]
    found = bench.measuring.measure(jobs, 6, tmp_path / "scratch")
    assert [len(one.runs) for one in found] == [6, 3, 3, 1]
    assert "".join(order) == "abcd" + "abc" * 2 + "ab" + "a" * 3


def test_medians_and_a_table(bench: Any) -> None:
    assert (bench.measuring.median([3, 1, 2]), bench.measuring.median([4, 1, 2, 3])) == (2, 2.5)
    assert (bench.measuring.ratio(1, None), bench.measuring.ratio(3, 2)) == (None, 1.5)
    costs = (0.03, 0.02, 1.5)
    runs = [bench.measuring.Run(2 * cpu, cpu, 20 << 20) for cpu in costs]
    shown = bench.performance.titled(
        section(
            bench,
            "100000",
            {bench.commands.PASS: 0.01},
            bench.measuring.Figure("a|b", "other", runs=runs),
            bench.measuring.Figure("gone", "other", fault="no answer in 120 s"),
        )
    )
    assert shown.splitlines()[4:] == [
        "| `python -c pass` | 1 | 10.0 | 10.0–10.0 | 10.0 | 48 | 1.00 |",
        "| other a\\|b | 3 | 30.0 | 20.0–1,500 | 60.0 | 20 | 3.00 |",
        "| other gone |  | no answer in 120 s |  |  |  |  |",
    ]


def test_a_full_run_is_judged_against_the_floor_an_empty_python_and_other_programs(bench: Any) -> None:
    of = bench.commands
    results = bench.results.results_of(
        {},
        [
            section(bench, "37", {of.PASS: 0.01, of.TABLE: 0.034, of.DONE: 0.036}),
            section(
                bench,
                "100000",
                {},
                figure(bench, of.TABLE, 0.5, 1.0, work="list"),
                figure(bench, "ls", 0.6, 0.9, work="list", peer="Taskwarrior"),
                figure(bench, "ls", 2.0, 2.0, work="list", peer="topydo"),
                bench.measuring.Figure("ls", "td-cli", "list", fault="no answer"),
            ),
            section(bench, "documents", {of.FLOOR: 0.1, of.DOCUMENTS[0]: 4.0}),
            section(bench, "1000000", {of.FLOOR: 4.0, of.COLD: 3.9, of.STATUS: 1.1, of.DONE: 0.13, of.TEN: 0.1}),
        ],
    )
    claims = bench.judging.claims(results)
    found = by_name(claims)
    said = {
        f"{of.TABLE} / Taskwarrior ls": (1 / 0.9, False),  # the wall, where it is worse
        f"{of.TABLE} / topydo ls": (0.5, True),
        f"{of.TABLE} / td-cli ls": (None, None),
        of.COLD: (3.9 / 4, True),
        of.STATUS: (1.1 / 4, False),
        of.CHECK: (None, None),
        f"{of.DONE} / the same at 10 entries": (1.3, False),
        f"{of.DOCUMENTS[0]} / the floor": (40, False),
    }
    assert {name: (found[name].value, found[name].holds) for name in said} == {
        name: (pytest.approx(value) if value else None, holds) for name, (value, holds) in said.items()
    }
    groups = {(claim.group[:12], claim.what): claim.holds for claim in claims}
    assert (groups["The built-in", of.TABLE], groups["The built-in", of.DONE]) == (True, False)
    assert [claim.value for claim in claims if claim.unit == "MB" and claim.what == of.STATUS] == [50]
    text = bench.performance.judged(claims)
    assert f"| {of.STATUS} | ≤ 0.25 × | 0.28 × | **does not hold** |" in text
    assert f"| {of.CHECK} | ≤ 1.3 × | no figure |  |" in text


def test_the_compact_form_subtracts_what_a_command_takes_idle_and_lets_a_ratio_go_over_by_half(bench: Any) -> None:
    of = bench.commands
    idle = dict.fromkeys(bench.judging.OF_FLOOR, 0.1)

    def claimed(**costs: float) -> dict[str, Any]:
        named = {getattr(of, name): cost for name, cost in costs.items()}
        sections = [section(bench, "compact", {of.FLOOR: 0.4, **named}), section(bench, "idle", idle)]
        return by_name(bench.judging.compact_claims(bench.results.results_of({}, sections)))

    assert claimed(STATUS=0.24)[of.STATUS][2:4] == pytest.approx((0.14 / 0.4, 0.375))
    assert claimed(STATUS=0.24)[of.STATUS].holds
    assert not claimed(STATUS=0.26)[of.STATUS].holds
    assert claimed(DONE=0.17, TEN=0.1)[f"{of.DONE} / the same at 10 entries"].holds


def test_the_compact_form_fails_where_something_fails_twice(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def judged(*runs: list[str]) -> int:
        """The exit code where each run finds these not to hold."""
        left = iter(runs)
        monkeypatch.setattr(bench.run, "small", lambda *_: [])
        claim = bench.judging.Claim
        monkeypatch.setattr(bench.run, "compact_claims", lambda _: [claim("g", name, 2.0, 1.0) for name in next(left)])
        home = tmp_path / str(len(list(tmp_path.iterdir())))
        home.mkdir()
        return int(bench.run.judge_twice(home, home, 1))

    assert judged([]) == 0
    assert judged(["a"], ["b"]) == 0
    assert judged(["a", "b"], ["b"]) == 1
    assert capsys.readouterr().err.endswith("does not hold:\n  g: b\n")


def test_what_is_judged_is_measured(bench: Any, tmp_path: Path) -> None:
    """Each name with a bound is that of a job, and each work of other programs has one of gkcheck."""
    for name in ("data", "homes"):
        (tmp_path / name).mkdir()
    homes, of, judging = tmp_path / "homes", bench.commands, bench.judging
    few = bench.places.generated(homes / "few", tmp_path / "data", bench.run.FEWEST, 10)
    ten = bench.places.generated(homes / "ten", tmp_path / "data", bench.run.FEWEST, 10)
    long = {job.figure.name for job in of.long(homes, few, ten)}
    assert set(judging.OF_FLOOR) | {of.DONE, of.TEN} <= long
    assert set(judging.OF_PASS) <= {job.figure.name for job in bench.run.short(homes)}
    documents = {job.figure.name for job in of.documents(few, forms=True)}
    assert set(judging.OF_FLOOR_OF_DOCUMENTS) == set(judging.PEAK_OF_DOCUMENTS) == documents
    assert [job.figure.work for job in of.shared(few, bench.run.EVERY)] == list(of.WORKS)


@pytest.mark.long
def test_every_command_that_is_measured_answers(bench: Any, tmp_path: Path) -> None:
    homes, data = tmp_path / "homes", tmp_path / "data"
    homes.mkdir()
    data.mkdir()
    few = bench.places.generated(homes / "few", data, bench.run.FEWEST, 10)
    ten = bench.places.generated(homes / "ten", data, bench.run.FEWEST, 10)
    jobs = [bench.commands.floor(few.store), *bench.run.short(homes), *bench.commands.long(homes, few, ten)]
    found = bench.measuring.measure([*jobs, *bench.commands.documents(few, forms=True)], 2, tmp_path / "scratch")
    assert all(len(one.runs) == 2 for one in found)


def test_another_program_of_the_same_name_is_not_taken_for_one_that_is_measured(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    said = {"task": "2.6.2", "td": "td 1.2, text to diagram", "venv/bin/topydo": "topydo 0.16\\n\\nCopyright 2014"}
    for name, text in said.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nprintf '{text}'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = bench.peers.installed(tmp_path / "venv")
    assert {name: one.version for name, one in found.items()} == {"Taskwarrior": "2.6.2", "topydo": "0.16"}


def test_a_program_that_has_no_room_for_so_many_tasks_gives_no_answer(bench: Any, tmp_path: Path) -> None:
    (found,) = bench.peers.jobs("topydo", "topydo", tmp_path / "home", 1_000_000, {}, bench.run.BASIC)
    assert (found.figure.title, found.figure.fault) == ("topydo with 1,000,000 tasks", "there is room for 286,291")


def test_the_other_programs_have_37_tasks_of_one_tag(bench: Any) -> None:
    for count in (37, 110, 10_000):
        tagged = [item.number for item in bench.peers.items(count) if item.tag == bench.peers.TAG]
        assert len(tagged) == 37
        assert {*bench.peers._two(count)} <= {*tagged}


def test_the_plot_is_an_svg_of_one_line_for_each_program_and_work(bench: Any) -> None:
    work = {"list": bench.commands.TABLE, "done": bench.commands.DONE, "summary": bench.commands.STATUS}

    def at(key: str, cost: float) -> Any:
        ours = [figure(bench, name, cost, work=kind) for kind, name in work.items()]
        other = figure(bench, "ls", cost * 10, work="list", peer="topydo")
        gone = bench.measuring.Figure("do", "topydo", "done", fault="no answer")
        return section(bench, key, {}, *ours, other, gone)

    results = bench.results.results_of({}, [at("37", 0.05), at("10000", 0.1), at("1000000", 2.0)])
    drawn = bench.plot.plot(results)
    root = ElementTree.fromstring(drawn)
    lines = [one.get("d", "")[2:].split() for one in root.iter("{http://www.w3.org/2000/svg}path")]
    assert [len(line) for line in lines] == [3, 3, 3, 3]
    corners = [tuple(map(float, place.split(","))) for line in lines for place in line]
    assert all(0 < x < bench.plot.WIDTH and 0 < y < bench.plot.HEIGHT for x, y in corners)
    assert lines[0][0].split(",")[0] == f"{bench.plot.LEFT:.1f}"
    axes = bench.plot.Axes(0.0, -2, 2)
    assert axes.y(100.0) == bench.plot.TOP
    assert axes.y(1.0) - axes.y(10.0) == pytest.approx(axes.y(0.1) - axes.y(1.0))
    assert "td-cli" not in drawn
    assert "prefers-color-scheme: dark" in drawn


def test_figures_are_kept_and_drawn_again(bench: Any, tmp_path: Path) -> None:
    kept = ROOT / "docs" / "PERFORMANCE.json"
    results = bench.results.from_json(kept)
    assert bench.results.to_json(results) == kept.read_text("utf-8")
    copy = tmp_path / "PERFORMANCE.json"
    copy.write_bytes(kept.read_bytes())
    assert bench.run.main(["--draw", str(copy)]) == 0
    for name in ("PERFORMANCE.md", "PERFORMANCE.svg"):
        stands = (ROOT / "docs" / name).read_text("utf-8")
        assert (tmp_path / name).read_text("utf-8") == stands, "run python benchmarks/run.py --draw"
