"""A small province at a real server: many processes, pools, accounts; writers and the server are killed. Only counts."""

from __future__ import annotations

import json
import os
import sys

import pytest

from tests import processes
from tests.conftest import ROOT

pytest.importorskip("psycopg_pool")

UNITS = 60


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_nothing_is_lost(tmp_path):
    """Every entry that was answered is there once, whoever was killed; the rights of units hold."""
    found = tmp_path / "found.json"
    script = [sys.executable, "benchmarks/province.py", "--units", UNITS, "--processes", 8, "--seconds", 8]
    done = processes.run([*map(str, script), "--json", str(found)], limit=300, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout
    figures = json.loads(found.read_text("utf-8"))
    assert figures["journal"] == {
        "entries": 4 * UNITS,
        "answered": figures["journal"]["answered"],  # not what a killed writer recorded and was not told of
        "lost": 0,
        "doubled": 0,
        "problems": 0,
        "seq unbroken": True,
        "check": 0,
    }
    assert figures["journal"]["answered"] > 3 * UNITS
    assert [(one["wrongly accepted"], one["killed"]) for one in figures["rounds"]] == [(0, 0), (0, 0), (0, 1)]
    assert all(one["requests"]["refused"]["count"] >= 16 for one in figures["rounds"])
    assert figures["rounds"][0]["errors"] == figures["rounds"][1]["errors"] == {}
