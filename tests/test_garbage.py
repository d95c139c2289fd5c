"""A run over many files does not keep what it made of each."""

from __future__ import annotations

import gc
import weakref

from gkcheck.__main__ import _GARBAGE_THRESHOLDS
from gkcheck.cli.garbage import collecting


class Tree:
    def __init__(self):
        self.root = self


def test_trees_of_files_before_are_gone():
    thresholds = gc.get_threshold()
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    try:
        trees, alive = [], 0
        for _ in collecting(range(100)):
            trees.append(weakref.ref(Tree()))
            alive = max(alive, sum(tree() is not None for tree in trees))
    finally:
        gc.set_threshold(*thresholds)
    assert (len(trees), 1 <= alive <= 25, gc.get_freeze_count()) == (100, True, 0)
