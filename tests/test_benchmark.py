"""benchmarks/run.py: what it says about what it measured. Nothing here is timed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "benchmarks"

if not hasattr(__import__("os"), "wait4"):
    pytest.skip("needs os.wait4", allow_module_level=True)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script as a module."""
    monkeypatch.syspath_prepend(str(FOLDER))
    import run

    return run


def test_nothing_beside_the_minimal_app_hides_a_standard_module() -> None:
    """A script's folder stands first among the places that modules come from."""
    assert not {path.stem for path in FOLDER.glob("*.py")} & {*sys.stdlib_module_names, "typer", "rich"}


def test_a_process_is_measured_whole(run: Any, tmp_path: Path) -> None:
    from measuring import Job, measure

    job = Job("python", [sys.executable, "-c", "print(1)"], {})
    measure([job], 3, tmp_path / "scratch")
    assert len(job.runs) == 3
    assert all(0 < one.wall < 60 and 0 < one.cpu < 60 and one.peak > 1 << 20 for one in job.runs)


def test_a_command_that_fails_records_nothing_or_hangs_is_no_figure(run: Any, tmp_path: Path) -> None:
    from measuring import Job, measure, run_once

    failing = Job("failing", [sys.executable, "-c", "raise SystemExit('so')"], {}, peer="other")
    idle = Job("idle", [sys.executable, "-c", "print(1)"], {}, marks=tmp_path / "journal", peer="other")
    measure([failing, idle], 2, tmp_path / "scratch")
    assert (failing.fault, failing.wall, idle.fault) == ("failed with 1: so", None, "recorded nothing")
    hanging = Job("hanging", [sys.executable, "-c", "import time; time.sleep(60)"], {}, limit=0.2)
    run_once(hanging)
    assert hanging.fault == "no answer in 0 s"
    with pytest.raises(SystemExit, match="ours: failed with 1"):
        measure([Job("ours", failing.command, {})], 1, tmp_path / "scratch")


def test_medians_and_ratios(run: Any) -> None:
    from measuring import Job, Run, median, table

    assert (median([3, 1, 2]), median([4, 1, 2, 3])) == (2, 2.5)
    floor = Job("pass", [], {}, runs=[Run(0.01, 0.01, 10 << 20)])
    job = Job("a|b", [], {}, runs=[Run(seconds, 0.5, 20 << 20) for seconds in (0.03, 0.02, 1.5)])
    gone = Job("gone", [], {}, fault="no answer in 120 s")
    assert table([floor, job, gone], {"pass": floor}).splitlines()[2:] == [
        "| pass | 1 | 10.0 | 10.0–10.0 | 10.0 | 10.0 | 1.00 |",
        "| a\\|b | 3 | 30.0 | 20.0–1,500 | 500.0 | 20.0 | 3.00 |",
        "| gone |  | no answer in 120 s |  |  |  |  |",
    ]


def test_every_claim_is_judged_by_what_was_measured(run: Any) -> None:
    from measuring import Job, Run

    names = (run.PASS, run.PLAIN, run.RICH, *(f"`{name}`" for name in (run.TABLE, run.JSON, run.DONE, run.STATUS)))
    jobs = [Job(name, [], {}, runs=[Run(0.1, 0.1, 50 << 20)]) for name in names]
    jobs += [
        Job(name, [], {}, runs=[Run(seconds, 1, 1)], peer=name, work="done")
        for name, seconds in (("task", 0.05), ("topydo", 0.2))
    ]
    sizes = {entries: run.Size(entries, 1.0, jobs) for entries in (None, 100_000)}
    text, holds = run.ending(sizes, judging=True)
    assert not holds
    assert "/ typer + rich | ≤ 1.15 × | 1.00 × | holds |" in text
    assert "1,000,000 entries: `status` | ≤ 5 s | not measured |  |" in text
    assert [(claim.what[:7], claim.holds) for claim in run.against_peers(sizes)] == [
        ("37 task", True),
        ("100,000", False),
        ("100,000", True),
    ]
    assert "does not hold" not in run.ending(sizes, judging=False)[0]
