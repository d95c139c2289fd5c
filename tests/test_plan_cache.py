"""The compiled plan is a copy: used for exactly the bytes it was made from, made again otherwise."""

from __future__ import annotations

import platformdirs
import pytest

from gkcheck import paths
from gkcheck.cli.context import built_in_plan
from gkcheck.plan.cache import load_compiled, save_compiled
from gkcheck.plan.reader import read_plan


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_bytes(built_in_plan().read_bytes())
    return path


def compiled():
    (file,) = (paths.cache_directory() / "plans").iterdir()
    return file


def test_the_compiled_plan_is_the_plan(plan):
    """Every value of every type comes back."""
    data = plan.read_bytes()
    read, _ = read_plan(data.decode(), "")
    assert read is not None
    assert load_compiled(plan, data) is None
    save_compiled(plan, data, read)
    loaded = load_compiled(plan, data)
    assert loaded == read
    assert [type(task) for task in loaded.tasks()] == [type(task) for task in read.tasks()]
    assert loaded.tasks()[28].deadline.date == read.tasks()[28].deadline.date
    assert loaded.issued == read.issued


def test_a_changed_plan_is_read_again(gk, plan):
    assert len(gk("tasks", "--plan", plan, "--match", "义务教育", "--format", "json").json()) == 1
    plan.write_text(plan.read_text("utf-8").replace("义务教育", "学前教育"), "utf-8")
    assert gk("tasks", "--plan", plan, "--match", "义务教育", "--format", "json").json() == []


def test_damage_and_deletion_do_no_harm(gk, plan):
    """Cut or altered at any place: found, and the YAML is read."""
    expected = gk("tasks", "--plan", plan, "--format", "json").out
    whole = compiled().read_bytes()
    for data in [
        b"",
        whole[:50],
        whole[:-1],
        *(whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :] for i in range(0, len(whole), 4001)),
    ]:
        compiled().write_bytes(data)
        assert gk("tasks", "--plan", plan, "--format", "json").out == expected
        assert compiled().read_bytes() == whole
    compiled().unlink()
    assert gk("tasks", "--plan", plan, "--format", "json").out == expected


def test_a_cache_that_cannot_be_written_is_done_without(gk, plan, own_home):
    paths.cache_directory().parent.mkdir(parents=True, exist_ok=True)
    paths.cache_directory().write_text("a file where the directory should be")
    assert gk("tasks", "--plan", plan).code == 0


def test_problems_are_never_compiled(gk, plan):
    plan.write_text(plan.read_text("utf-8").replace("市教育局]", "市教育居]"), "utf-8")
    for _ in range(2):
        assert gk("tasks", "--plan", plan).code == 2


@pytest.mark.parametrize("chosen", [None, "/somewhere/else"])
def test_the_places_are_those_of_platformdirs(monkeypatch, chosen):
    for variable, ours, theirs in [
        ("XDG_DATA_HOME", paths.data_directory, platformdirs.user_data_path),
        ("XDG_CONFIG_HOME", paths.config_directory, platformdirs.user_config_path),
        ("XDG_CACHE_HOME", paths.cache_directory, platformdirs.user_cache_path),
    ]:
        if chosen:
            monkeypatch.setenv(variable, chosen)
        assert ours() == theirs("gkcheck", appauthor=False)
