"""Forms sent to units, in a journal of the test's own."""

from __future__ import annotations

import pytest

from gkcheck.journal import record_format


@pytest.fixture
def store(tmp_path, monkeypatch):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(record_format.header("taishan-2019"))
    monkeypatch.setenv("GKCHECK_STORE", str(path))
    return path


@pytest.fixture
def sent(gk, tmp_path, store):
    """A folder of forms for the units named."""

    def send(*units, folder="out"):
        arguments = [word for unit in units for word in ("--unit", unit)]
        answer = gk("form", *arguments, "-o", tmp_path / folder)
        assert answer.code == 0, answer
        return tmp_path / folder

    return send
