"""The garbage of a run over thousands of files. Elsewhere none is looked for (`__main__`): a command soon ends."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator

from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    Item = TypeVar("Item")

_OFTEN = 20
"""The files after which garbage is collected: the trees of so many Word documents take some ten megabytes."""


def collecting(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items in their order, and collect the garbage that was made of every few; what was there before stays."""
    gc.freeze()
    try:
        for number, item in enumerate(items, 1):
            yield item
            if number % _OFTEN == 0:
                gc.collect()
    finally:
        gc.unfreeze()
