"""Which units get a form, and under which file name."""

from __future__ import annotations

import pytest

from gkcheck.operations.forms import distinct_names, form_units
from tests.operations.samples import PLAN


@pytest.mark.parametrize(
    ("chosen", "units"),
    [
        (None, ["台城街道", "大江镇", "市教育局", "市各行政执法单位"]),
        ({"各镇（街）"}, []),
        ({"市教育局"}, ["市教育局"]),
        ({"市教育局", "大江镇", "台城街道"}, ["台城街道", "大江镇", "市教育局"]),
        ({"市各行政执法单位"}, ["市各行政执法单位"]),
    ],
)
def test_the_units_that_get_a_form(chosen, units):
    assert form_units(PLAN, chosen) == units


@pytest.mark.parametrize(
    ("names", "distinct"),
    [
        ([], []),
        (["市教育局", "市财政局"], ["市教育局", "市财政局"]),
        (["甲", "甲", "甲"], ["甲", "甲-2", "甲-3"]),
        (["A", "a", "ß", "SS"], ["A", "a-2", "ß", "SS-2"]),
        (["甲", "甲-2", "甲"], ["甲", "甲-2", "甲-3"]),
    ],
)
def test_no_form_is_written_over_another(names, distinct):
    """On some systems two names that differ only in case are one file."""
    assert distinct_names(names) == distinct
